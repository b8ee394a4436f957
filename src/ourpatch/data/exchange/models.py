"""Files that were handed in at the browser and wait for the worker."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ourpatch.ground.identifiers import uuid7


class HandedInState(models.TextChoices):
    """Where a handed-in file stands."""

    WAITING = "waiting", _("Waiting to be read")
    LOADED = "loaded", _("Loaded")
    REFUSED = "refused", _("Not loaded")


class HandedIn(models.Model):
    """A file that somebody handed in: who, when, and what became of it. The file goes once it was read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    filename = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    user_id = models.UUIDField()
    by_name = models.CharField(max_length=200)
    handed_in_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=HandedInState.choices, default=HandedInState.WAITING)
    finished_at = models.DateTimeField(null=True)
    message = models.TextField(blank=True)
    report = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="waiting", finished_at__isnull=True) | models.Q(finished_at__isnull=False),
                name="handed_in_finished_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["user_id", "-handed_in_at"], name="handed_in_by_user")]
