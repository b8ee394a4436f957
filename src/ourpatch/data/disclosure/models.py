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


class Release(models.Model):
    """What may be shown of one neighbourhood's quarter. It never changes: a correction is a release that supersedes it."""

    KIND = "release"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=ReleaseKind.choices)
    dataset = models.CharField(max_length=40)
    service_area = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="+")
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
        ]
        indexes = [
            models.Index(
                fields=["partnership_id", "kind", "quarter"], condition=Q(is_latest=True), name="release_latest"
            ),
        ]
