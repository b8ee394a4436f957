"""Priorities, the choices that made them, and their reviews."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ourpatch.access.concerns.models import Problem
from ourpatch.access.teams.models import in_language
from ourpatch.foundation.meetings.models import Decision, Meeting
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.models import Protected
from ourpatch.influence.priorities.rules import ReviewResult, Smart, State

STATE_LABELS = {
    State.PROPOSED: _("Proposed"),
    State.ADOPTED: _("Current"),
    State.NOT_CHOSEN: _("Not chosen"),
    State.CLOSED: _("Finished"),
}
REVIEW_LABELS = {
    ReviewResult.KEEP: _("Keep it as it is"),
    ReviewResult.CHANGE: _("Keep it and change it"),
    ReviewResult.CLOSE: _("Finish with it"),
}


class Priority(Protected):
    """What a neighbourhood asks to be worked on. Holds nothing about a person; open to the partnership's members."""

    KIND: ClassVar[str] = "priority"

    neighbourhood = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="priorities")
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, null=True, related_name="priorities")
    title = models.CharField(max_length=120)
    title_cy = models.CharField(max_length=120, blank=True)
    statement = models.TextField()
    statement_cy = models.TextField(blank=True)
    kind = models.CharField(max_length=20)
    is_asb = models.BooleanField(default=False)
    raised_by = models.CharField(max_length=160, blank=True)
    exact_place = models.CharField(max_length=200, blank=True)
    easting = models.FloatField(null=True)
    northing = models.FloatField(null=True)
    days_and_times = models.CharField(max_length=200, blank=True)
    objective = models.TextField(blank=True)
    measure = models.CharField(max_length=300, blank=True)
    target = models.CharField(max_length=200, blank=True)
    by_when = models.DateField(null=True)
    evidence = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=[(str(s), STATE_LABELS[s]) for s in State], default=State.PROPOSED)
    adopted_on = models.DateField(null=True)
    last_reviewed_on = models.DateField(null=True)
    review_due_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    closing_reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["neighbourhood", "state"], name="priority_of_neighbourhood")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="adopted") | Q(adopted_on__isnull=False, review_due_on__isnull=False),
                name="adopted_priority_has_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_title

    @property
    def shown_title(self) -> str:
        """The title in the reader's language."""
        return in_language(self.title, self.title_cy)

    @property
    def shown_statement(self) -> str:
        """The statement in the reader's language."""
        return in_language(self.statement, self.statement_cy)

    @property
    def smart(self) -> Smart:
        """Its SMART part, as the rules read it."""
        return Smart(self.exact_place, self.days_and_times, self.objective, self.measure, self.target, self.by_when)

    def set_smart(self, smart: Smart) -> None:
        """Take the SMART part."""
        self.exact_place, self.days_and_times = smart.exact_place.strip(), smart.days_and_times.strip()
        self.objective, self.measure, self.target = smart.objective.strip(), smart.measure.strip(), smart.target.strip()
        self.by_when = smart.by_when

    def adopt(self, on: date, review_due_on: date) -> None:
        """Become a current priority on the day of the meeting."""
        self.state, self.adopted_on, self.last_reviewed_on, self.review_due_on = State.ADOPTED, on, on, review_due_on

    def close(self, on: date, reason: str) -> None:
        """Be finished with, for a reason."""
        self.state, self.closed_on, self.closing_reason, self.review_due_on = State.CLOSED, on, reason.strip(), None


class Choice(models.Model):
    """How a forum chose at one meeting: the method, who decided, and the recorded decision."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="choices")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="choice")
    method = models.CharField(max_length=30)
    present = models.PositiveIntegerField()
    reason_for_more = models.TextField(blank=True)
    made_at = models.DateTimeField()


class Ballot(models.Model):
    """The votes for one candidate; without votes (a panel's consensus) the number is empty."""

    choice = models.ForeignKey(Choice, on_delete=models.CASCADE, related_name="ballots")
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="ballots")
    votes = models.PositiveIntegerField(null=True)
    chosen = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["choice", "priority"], name="ballot_once")]


class Review(models.Model):
    """One review of a current priority."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    priority = models.ForeignKey(Priority, on_delete=models.CASCADE, related_name="reviews")
    on = models.DateField()
    result = models.CharField(max_length=8, choices=[(str(r), REVIEW_LABELS[r]) for r in ReviewResult])
    note = models.TextField()
    by_name = models.CharField(max_length=200)

    class Meta:
        ordering = ["on", "id"]
