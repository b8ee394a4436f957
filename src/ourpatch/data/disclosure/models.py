"""Releases: what was published, of which data, under which rule. Every public number comes from one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

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


class Release(models.Model):
    """What may be shown of one area's quarter. It never changes: a correction is a release that supersedes it."""

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
    made_at = models.DateTimeField()
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    is_latest = models.BooleanField(default=True)

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
        ]
        indexes = [
            models.Index(
                fields=["partnership_id", "kind", "quarter"], condition=Q(is_latest=True), name="release_latest"
            ),
            models.Index(fields=["dataset", "quarter", "area_kind"], name="release_of_quarter"),
        ]

    @property
    def area(self) -> tuple[str, str]:
        """Kind and code of its area; a neighbourhood's code is the id of the service area."""
        return self.area_kind, self.area_code or str(self.service_area_id)
