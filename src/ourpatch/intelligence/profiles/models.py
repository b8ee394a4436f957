"""Notes on a neighbourhood and the reviews of its profile."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.models import Protected
from ourpatch.intelligence.profiles.rules import NAMES, Category


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

    class Meta:
        indexes = [models.Index(fields=["neighbourhood", "category"], name="note_of_profile")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_public=False) | models.Q(sensitivity="open"), name="public_note_is_open"
            )
        ]

    @property
    def category_name(self) -> str:
        """The name of its category in the reader's language."""
        return str(NAMES[Category(self.category)])


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
