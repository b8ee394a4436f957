"""Releases: what was published, of which data, under which rule. Every public number comes from one."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ourpatch.data.disclosure.rules.rounding import LEAST_BASE
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.identifiers import uuid7


class ReleaseKind(models.TextChoices):
    """What a release holds."""

    COUNTS = "counts", _("Counts by month and category")
    POINTS = "points", _("Map points")


class AreaKind(models.TextChoices):
    """What a release is of: a neighbourhood, which is a service area, or an official area, which is a code."""

    NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood")
    WARD = "ward", _("Ward")
    LSOA = "lsoa", _("Lower-layer super output area (LSOA)")
    DISTRICT = "district", _("District or unitary authority")


class Detail(models.TextChoices):
    """Which kinds of area are published."""

    NEIGHBOURHOODS = "neighbourhoods", _("Neighbourhoods only")
    WARDS = "wards", _("Neighbourhoods and wards")
    SMALL_AREAS = "small_areas", _("Neighbourhoods, wards and small areas (LSOAs)")

    @property
    def kinds(self) -> tuple[AreaKind, ...]:
        """The kinds of area that are published beside neighbourhoods."""
        order = list(Detail)
        return (AreaKind.WARD, AreaKind.LSOA)[: order.index(self)]


class Publishing(models.Model):
    """What somebody chose to publish of a partnership, and how. Never changed: a new choice replaces it, the latest counts.

    `rounded_to`: each number to the nearest multiple of it; empty: exactly.
    """

    KIND = "publishing"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partnership = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="+")
    detail = models.CharField(max_length=15, choices=Detail.choices, default=Detail.NEIGHBOURHOODS)
    rounded_to = models.PositiveSmallIntegerField(null=True)
    user_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200)
    chosen_at = models.DateTimeField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership"], condition=Q(replaces__isnull=True), name="publishing_begins_once"
            ),
            models.CheckConstraint(
                condition=Q(rounded_to__isnull=True) | Q(rounded_to__gte=LEAST_BASE), name="publishing_rounds_to_a_base"
            ),
        ]

    @property
    def seen_as(self) -> UUID | None:
        """What whoever chooses next says that they have seen; None while nobody has chosen."""
        return None if self.chosen_at is None else self.id


class Release(models.Model):
    """What may be shown of one area's quarter. It never changes: a correction is a release that supersedes it.

    `cells` is what is shown. Where that is rounded, `behind` is what would have been safe to show exactly: later releases are
    held against it, and nothing public reads it. `is_left_out`: it shows nothing and never holds; it is the record that its area
    could not be published safely of this data.
    """

    KIND = "release"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=ReleaseKind.choices)
    dataset = models.CharField(max_length=40)
    area_kind = models.CharField(max_length=15, choices=AreaKind.choices, default=AreaKind.NEIGHBOURHOOD)
    area_code = models.CharField(max_length=12, blank=True)
    service_area = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, null=True, related_name="+")
    partnership_id = models.UUIDField(db_index=True)
    quarter = models.DateField()
    data_version = models.CharField(max_length=64)
    rule = models.JSONField()
    cells = models.JSONField()
    behind = models.JSONField(null=True)
    made_at = models.DateTimeField()
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    is_latest = models.BooleanField(default=True)
    is_left_out = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_area", "dataset", "kind", "quarter"],
                condition=Q(is_latest=True),
                name="release_latest_once",
            ),
            models.UniqueConstraint(
                fields=["area_kind", "area_code", "dataset", "kind", "quarter"],
                condition=Q(is_latest=True, service_area__isnull=True),
                name="release_of_code_latest_once",
            ),
            models.CheckConstraint(
                condition=Q(area_kind="neighbourhood", area_code="", service_area__isnull=False)
                | (~Q(area_kind="neighbourhood") & ~Q(area_code="") & Q(service_area__isnull=True)),
                name="release_of_neighbourhood_or_code",
            ),
            models.CheckConstraint(
                condition=Q(is_left_out=False) | Q(is_latest=False), name="release_left_out_never_holds"
            ),
        ]
        indexes = [
            models.Index(
                fields=["partnership_id", "kind", "quarter"], condition=Q(is_latest=True), name="release_latest"
            ),
            models.Index(fields=["dataset", "quarter", "area_kind"], name="release_of_quarter"),
            models.Index(fields=["partnership_id", "quarter"], condition=Q(is_left_out=True), name="release_left_out"),
        ]

    @property
    def area(self) -> tuple[str, str]:
        """Kind and code of its area; a neighbourhood's code is the id of the service area."""
        return self.area_kind, self.area_code or str(self.service_area_id)

    @property
    def rounded_to(self) -> int | None:
        """Its numbers are the nearest multiples of this; None: they are exact."""
        base: int | None = self.rule.get("rounded_to")
        return base
