"""Boundary sets, areas, service areas, the gazetteer and the postcode directory."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ourpatch.ground.identifiers import uuid7


class AreaKind(models.TextChoices):
    """What a boundary set draws."""

    FORCE = "force", _("Police force area")
    COUNTY = "county", _("County")
    DISTRICT = "district", _("District or unitary authority")
    WARD = "ward", _("Ward")
    LSOA = "lsoa", _("Lower-layer super output area (LSOA)")


class BoundarySetQuerySet(models.QuerySet["BoundarySet"]):
    def complete(self) -> Self:
        """Sets whose areas have all arrived; only these are used, newest first within a kind."""
        return self.filter(loaded_at__isnull=False).order_by("kind", "-valid_from", "-loaded_at")


class BoundarySet(models.Model):
    """One dated set of boundaries of one kind, as it was loaded.

    `loaded_at` is empty while its areas arrive. `notes` is the load report: what was mended and what did not match, each a
    text and its values (see `ourpatch.ground.words`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=AreaKind.choices)
    vintage = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=300)
    attribution = models.CharField(max_length=300, blank=True)
    content_sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(null=True)
    notes = models.JSONField(default=list)

    objects = BoundarySetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "vintage"], name="boundary_set_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")),
                name="boundary_set_ends_after_start",
            ),
        ]


class Area(models.Model):
    """One area of a boundary set. `outline` is WKB in metres, EPSG:27700."""

    id = models.BigAutoField(primary_key=True)
    boundary_set = models.ForeignKey(BoundarySet, on_delete=models.CASCADE, related_name="areas")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    name_cy = models.CharField(max_length=120, blank=True)
    outline = models.BinaryField()
    parent_code = models.CharField(max_length=12, blank=True)
    population = models.PositiveIntegerField(null=True)
    population_year = models.PositiveSmallIntegerField(null=True)
    deprivation_score = models.FloatField(null=True)
    deprivation_decile = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["boundary_set", "code"], name="area_code_once_in_set")]
        indexes = [models.Index(fields=["code"], name="area_by_code")]


class ServiceAreaKind(models.TextChoices):
    """The stable places that grants and records name."""

    COUNTY_GROUP = "county_group", _("County strategy group")
    PARTNERSHIP = "partnership", _("Community safety partnership")
    POLICING_AREA = "policing_area", _("Local policing area")
    NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood")


class Tier(models.TextChoices):
    """How local government is arranged over a partnership."""

    DISTRICT = "district", _("District in a two-tier county")
    UNITARY = "unitary", _("Unitary")


class ServiceArea(models.Model):
    """A place that stays itself when its boundary is redrawn. A partnership is the service area of its own partnership_id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=15, choices=ServiceAreaKind.choices)
    name = models.CharField(max_length=120)
    name_cy = models.CharField(max_length=120, blank=True)
    slug = models.SlugField(max_length=120, unique=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    partnership = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    tier = models.CharField(max_length=10, choices=Tier.choices, blank=True)
    jurisdiction = models.CharField(max_length=10, default="england")
    description = models.TextField(blank=True)
    description_cy = models.TextField(blank=True)
    agreed_how = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["county_group", "partnership"]) | Q(partnership__isnull=False),
                name="service_area_within_partnership",
            ),
        ]
        indexes = [models.Index(fields=["kind", "partnership"], name="service_area_kind")]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name in the language of the page; English where there is no Welsh one."""
        return self.name_cy if self.name_cy and get_language() == "cy" else self.name


class ServiceAreaPart(models.Model):
    """An area that makes up a service area, in one vintage. An area belongs to one service area of a kind in a vintage.

    `kind` repeats the service area's, so that the database can hold that rule.
    """

    service_area = models.ForeignKey(ServiceArea, on_delete=models.CASCADE, related_name="parts")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="service_area_parts")
    kind = models.CharField(max_length=15, choices=ServiceAreaKind.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "kind"], name="area_once_in_a_kind_of_service_area")]


class PlaceName(models.Model):
    """A name people use for a place: street, village, park, school, landmark. Metres, EPSG:27700.

    Which neighbourhood it lies in is asked of the boundaries each time, so that it is right after they are redrawn.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=120)
    folded = models.CharField(max_length=150, db_index=True)
    kind = models.CharField(max_length=30)
    easting = models.FloatField()
    northing = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["folded", "kind", "easting", "northing"], name="place_name_once"),
        ]


class Postcode(models.Model):
    """A unit postcode of a directory that was loaded, within the neighbourhoods. Metres, EPSG:27700."""

    folded = models.CharField(max_length=8, primary_key=True)
    shown = models.CharField(max_length=8)
    easting = models.FloatField()
    northing = models.FloatField()


class LsoaChangeSetQuerySet(models.QuerySet["LsoaChangeSet"]):
    def complete(self) -> Self:
        """Lookups whose lines have all arrived, the one in use first."""
        return self.filter(loaded_at__isnull=False).order_by("-loaded_at", "-pk")


class LsoaChangeSet(models.Model):
    """The published lookup of LSOAs of 2011 and 2021, as it was loaded; the one loaded last is used.

    `loaded_at` is empty while its lines arrive. `notes` are the contradictions found in it (see `BoundarySet.notes`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=300)
    content_sha256 = models.CharField(max_length=64, unique=True)
    loaded_at = models.DateTimeField(null=True)
    notes = models.JSONField(default=list)

    objects = LsoaChangeSetQuerySet.as_manager()


class LsoaChange(models.Model):
    """One line of the lookup: an area of 2011, one of 2021 that it shares ground with, and how it changed."""

    id = models.BigAutoField(primary_key=True)
    change_set = models.ForeignKey(LsoaChangeSet, on_delete=models.CASCADE, related_name="changes")
    code_2011 = models.CharField(max_length=9)
    name_2011 = models.CharField(max_length=120)
    change = models.CharField(max_length=1)
    code_2021 = models.CharField(max_length=9)
    name_2021 = models.CharField(max_length=120)
    district_code = models.CharField(max_length=9, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change_set", "code_2011", "code_2021"], name="lsoa_change_once_in_set"),
            models.CheckConstraint(condition=Q(change__in=["U", "S", "M", "X"]), name="lsoa_change_code_is_published"),
        ]
