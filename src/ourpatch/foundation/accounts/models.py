"""Users and the roles they hold in places; the tokens by which an organisation's own programs act."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from ourpatch.foundation.directory.models import Organisation, Person
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.identifiers import uuid7


class UserManager(BaseUserManager["User"]):
    """Finds users by their e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who may sign in. Roles are rows of their own; there is no superuser."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="user")
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=2, default="en")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    def get_full_name(self) -> str:
        """The name that pages greet this user by."""
        return self.person.name

    @property
    def is_staff(self) -> bool:
        """Django admin is not installed; nobody is staff of it."""
        return False


class RoleGrant(models.Model):
    """A role held by a user over one service area: a neighbourhood, a policing area or a whole partnership."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=40)
    service_area = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "service_area", "from_on"], name="role_grant_once")
        ]

    @property
    def role_name(self) -> str:
        """The role's name for people; its code while no role of this code is composed."""
        from ourpatch.foundation.accounts.actors import ROLES

        role = ROLES.get(self.role)
        return str(role.name) if role else self.role


class OrganisationToken(models.Model):
    """A secret by which a program of an organisation acts for it, in the partnerships named, until it expires.

    Only the digest of the secret is kept. `prefix` stands at the secret's beginning and tells one token from another.
    `last_used_on` is a London day.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=20, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    permissions = models.JSONField()
    partnerships = models.ManyToManyField(ServiceArea, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="token_expires_after_it_is_made"
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by="")
                | (models.Q(revoked_at__isnull=False) & ~models.Q(revoked_by="")),
                name="token_revoked_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-made_at"], name="token_of_organisation")]

    def is_live(self, at: datetime) -> bool:
        """Whether it opens anything at this instant."""
        return self.revoked_at is None and at < self.expires_at
