"""Organisations, their membership of partnerships, and people in their working roles."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.identifiers import uuid7


class OrganisationKind(models.TextChoices):
    """What sort of body it is. Source: statutory.md section 1, names today."""

    POLICE = "police", _("Police force")
    LOCAL_POLICING_BODY = "local_policing_body", _("Police and crime commissioner or mayor")
    COUNTY_COUNCIL = "county_council", _("County council")
    DISTRICT_COUNCIL = "district_council", _("District council")
    UNITARY_COUNCIL = "unitary_council", _("Unitary council")
    FIRE = "fire", _("Fire and rescue authority")
    HEALTH = "health", _("Health body")
    PROBATION = "probation", _("Probation")
    HOUSING = "housing", _("Registered provider of housing")
    PARISH_COUNCIL = "parish_council", _("Parish or town council")
    EDUCATION = "education", _("School, college or university")
    VOLUNTARY = "voluntary", _("Voluntary or community group")
    FAITH = "faith", _("Faith organisation")
    WATCH = "watch", _("Watch scheme")
    BUSINESS = "business", _("Business")
    TRANSPORT = "transport", _("Transport")


class Sector(models.TextChoices):
    """The sector a body belongs to."""

    STATUTORY = "statutory", _("Statutory")
    PUBLIC = "public", _("Other public")
    THIRD = "third", _("Third sector")
    PRIVATE = "private", _("Private")


class Organisation(models.Model):
    """A body that takes part."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=160, unique=True)
    name_cy = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    sector = models.CharField(max_length=10, choices=Sector.choices)
    services = models.TextField(blank=True)
    public_email = models.EmailField(blank=True)
    public_telephone = models.CharField(max_length=30, blank=True)
    website = models.URLField(blank=True)


class Duty(models.TextChoices):
    """What the law asks of a member. Source: statutory.md section 1."""

    RESPONSIBLE = "responsible", _("Responsible authority")
    COOPERATING = "cooperating", _("Co-operating body")
    INVITEE = "invitee", _("Invited to take part")


class Membership(models.Model):
    """An organisation's place in a partnership, dated."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    partnership = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=15, choices=Duty.choices)
    from_on = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "partnership", "from_on"], name="membership_once")
        ]


class Person(models.Model):
    """A person in their working role: a name, an office and how to reach them at work; nothing private."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120)
    title_cy = models.CharField(max_length=120, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    email = models.EmailField(blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    languages = models.CharField(max_length=120, blank=True)
    from_on = models.DateField()
    until = models.DateField(null=True)
    verified_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["organisation", "name"], name="person_in_organisation")]
