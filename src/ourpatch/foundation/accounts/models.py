"""Users and the roles they hold in places."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from ourpatch.foundation.directory.models import Person
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
