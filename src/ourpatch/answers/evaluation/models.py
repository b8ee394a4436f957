"""Evaluations: the counts, the method's results as they were worked out, and what they were worked out from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ourpatch.answers.evaluation.rules import Counts, CountsFrom
from ourpatch.ground.permission.models import Protected
from ourpatch.interventions.problems.models import Plan


class Evaluation(Protected):
    """Before and after in the area of a plan and in a comparison area. Totals only, open to the partnership's members."""

    KIND: ClassVar[str] = "evaluation"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="evaluations")
    response_name = models.CharField(max_length=160)
    comparison_name = models.CharField(max_length=160)
    buffer_name = models.CharField(max_length=160, blank=True)
    zones = models.JSONField(default=dict)
    category = models.CharField(max_length=40, blank=True)
    before_from = models.DateField()
    after_from = models.DateField()
    months = models.PositiveSmallIntegerField()
    counts_from = models.CharField(
        max_length=5, choices=[(str(CountsFrom.STORE), _("The store")), (str(CountsFrom.TYPED), _("Typed in"))]
    )
    source = models.CharField(max_length=300, blank=True)
    data_version = models.CharField(max_length=64, blank=True)
    response_before = models.PositiveIntegerField()
    response_after = models.PositiveIntegerField()
    comparison_before = models.PositiveIntegerField()
    comparison_after = models.PositiveIntegerField()
    buffer_before = models.PositiveIntegerField(null=True)
    buffer_after = models.PositiveIntegerField(null=True)
    verdict = models.CharField(max_length=30)
    note = models.TextField(blank=True)
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(buffer_before__isnull=True, buffer_after__isnull=True)
                | models.Q(buffer_before__isnull=False, buffer_after__isnull=False),
                name="evaluation_buffer_is_a_pair",
            )
        ]

    def __str__(self) -> str:
        return self.plan.shown_title

    @property
    def response(self) -> Counts:
        """Counts where the work was done."""
        return Counts(self.response_before, self.response_after)

    @property
    def comparison(self) -> Counts:
        """Counts where it was not."""
        return Counts(self.comparison_before, self.comparison_after)

    @property
    def buffer(self) -> Counts | None:
        """Counts around the place, where trouble may have moved to; None when no buffer was chosen."""
        if self.buffer_before is None or self.buffer_after is None:
            return None
        return Counts(self.buffer_before, self.buffer_after)
