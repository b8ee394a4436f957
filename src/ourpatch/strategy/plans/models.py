"""Strategic priorities and partnership plans."""

from __future__ import annotations

from django.db import models

from ourpatch.access.teams.models import in_language
from ourpatch.foundation.directory.models import Person
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.identifiers import uuid7


class StrategicPriority(models.Model):
    """What a partnership as a whole wants to achieve, with the one person who answers for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partnership = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="strategic_priorities")
    title = models.CharField(max_length=160)
    title_cy = models.CharField(max_length=160, blank=True)
    lead = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    objective = models.TextField()
    objective_cy = models.TextField(blank=True)
    measure = models.CharField(max_length=300)
    target = models.CharField(max_length=300)
    source = models.TextField(blank=True)
    from_on = models.DateField()
    until = models.DateField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("from_on")), name="strategic_priority_ends_after_start"
            )
        ]
        verbose_name_plural = "strategic priorities"

    def __str__(self) -> str:
        return self.shown_title

    @property
    def shown_title(self) -> str:
        """The title in the reader's language."""
        return in_language(self.title, self.title_cy)

    @property
    def shown_objective(self) -> str:
        """The objective in the reader's language."""
        return in_language(self.objective, self.objective_cy)


class PartnershipPlan(models.Model):
    """The plan of a partnership for the three years from an April; published as a summary in both languages."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partnership = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="partnership_plans")
    year = models.PositiveSmallIntegerField()
    priorities = models.ManyToManyField(StrategicPriority, related_name="plans")
    summary = models.TextField()
    summary_cy = models.TextField(blank=True)
    published_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "year"], name="partnership_plan_once_a_year")]

    def __str__(self) -> str:
        return f"{self.year}"

    @property
    def shown_summary(self) -> str:
        """The summary in the reader's language."""
        return in_language(self.summary, self.summary_cy)
