"""Notes on a neighbourhood and the reviews of its profile."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from ourpatch.access.teams.models import in_language
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.models import Protected, Sensitivity
from ourpatch.intelligence.profiles.rules import Category


class ProfileNote(Protected):
    """What somebody knows of a neighbourhood. Open to the partnership, or restricted to the organisation that wrote it."""

    KIND: ClassVar[str] = "profile_note"

    neighbourhood = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="profile_notes")
    category = models.CharField(max_length=25, choices=[(str(each), str(each)) for each in Category])
    text = models.TextField()
    text_cy = models.TextField(blank=True)
    source = models.CharField(max_length=300)
    limitations = models.CharField(max_length=300, blank=True)
    is_public = models.BooleanField(default=False)
    by_name = models.CharField(max_length=200)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["neighbourhood", "category"],
                condition=models.Q(retired_at__isnull=True),
                name="note_of_profile",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_public=False) | models.Q(sensitivity="open"), name="public_note_is_open"
            )
        ]

    @property
    def shown_text(self) -> str:
        """The note in the reader's language."""
        return in_language(self.text, self.text_cy)

    @property
    def is_restricted(self) -> bool:
        """Whether it stays with the organisation that wrote it."""
        return self.sensitivity != Sensitivity.OPEN

    def retire(self, now: datetime) -> None:
        """Leave the profile; the note is kept."""
        self.retired_at = now
        self.store_change()


class ProfileReview(models.Model):
    """One formal review of a profile: that its content is valid and current."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    neighbourhood = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="profile_reviews")
    on = models.DateField()
    next_due_on = models.DateField()
    note = models.TextField()
    by_name = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["neighbourhood", "-on"], name="review_of_profile")]
        constraints = [
            models.CheckConstraint(condition=models.Q(next_due_on__gt=models.F("on")), name="profile_review_goes_on")
        ]
