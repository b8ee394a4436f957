"""Published answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ourpatch.access.concerns.models import OUTCOME_LABELS, Problem
from ourpatch.answers.publishing.rules import State
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.permission.models import Protected
from ourpatch.influence.priorities.models import Priority
from ourpatch.interventions.problems.models import Plan

STATE_LABELS = {State.DRAFT: _("Draft"), State.PUBLISHED: _("Published"), State.WITHDRAWN: _("Withdrawn")}


class PublishedAnswer(Protected):
    """ "You said, we did": what was raised, what was done, what was not and why. Names nobody; open."""

    KIND: ClassVar[str] = "answer"

    neighbourhood = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="answers")
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, null=True, related_name="answers")
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, null=True, related_name="answers")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="answers")
    title = models.CharField(max_length=120)
    title_cy = models.CharField(max_length=120, blank=True)
    said = models.TextField()
    said_cy = models.TextField(blank=True)
    did = models.TextField()
    did_cy = models.TextField(blank=True)
    not_done = models.TextField(blank=True)
    not_done_cy = models.TextField(blank=True)
    outcome = models.CharField(max_length=12, choices=[(str(each), label) for each, label in OUTCOME_LABELS.items()])
    state = models.CharField(max_length=10, choices=[(str(s), STATE_LABELS[s]) for s in State], default=State.DRAFT)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=200, blank=True)
    told = models.PositiveIntegerField(default=0)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["neighbourhood", "-published_at"], name="answer_of_neighbourhood")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | (~Q(state="draft") & Q(published_at__isnull=False)),
                name="answer_published_when",
            )
        ]

    def __str__(self) -> str:
        return self.shown["title"]

    @property
    def has_welsh(self) -> bool:
        """True when everything that is said in English is said in Welsh."""
        pairs = (
            (self.title, self.title_cy),
            (self.said, self.said_cy),
            (self.did, self.did_cy),
            (self.not_done, self.not_done_cy),
        )
        return all(welsh for english, welsh in pairs if english)

    @property
    def is_fallback(self) -> bool:
        """True when the reader wants Welsh and parts are in English only; the page says so."""
        return _wants_welsh() and not self.has_welsh

    @property
    def shown(self) -> dict[str, str]:
        """Title, said, did and not done in the reader's language; English where the Welsh is missing."""
        welsh = _wants_welsh()
        names = ("title", "said", "did", "not_done")
        return {name: (getattr(self, f"{name}_cy") if welsh else "") or getattr(self, name) for name in names}


def _wants_welsh() -> bool:
    return (get_language() or "en").startswith("cy")
