"""Problem-solving plans with their actions, partners, reviews, notes and story."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ourpatch.access.concerns.models import Problem
from ourpatch.access.teams.models import in_language
from ourpatch.foundation.directory.models import Organisation, Person
from ourpatch.foundation.meetings.models import Decision
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.models import Protected
from ourpatch.ground.tasks.models import Task
from ourpatch.influence.priorities.models import Priority
from ourpatch.interventions.problems import rules
from ourpatch.interventions.problems.rules import Doer, Facts, Form, Outcome, Part, Stage
from ourpatch.strategy.plans.models import StrategicPriority

FORM_LABELS = {Form.LIGHT: _("Light"), Form.FULL: _("Full")}
STAGE_LABELS = {
    Stage.SCANNING: _("Scanning"),
    Stage.ANALYSIS: _("Analysis"),
    Stage.RESPONSE: _("Response"),
    Stage.ASSESSMENT: _("Assessment"),
    Stage.CLOSED: _("Closed"),
}
DOER_LABELS = {
    Doer.POLICE: _("Police"),
    Doer.PARTNER: _("A partner"),
    Doer.COMMUNITY: _("The community"),
}
OUTCOME_LABELS = {
    Outcome.BETTER_SHOWN: _("Better, and the evidence shows it"),
    Outcome.BETTER_SAID: _("People say it is better; the figures cannot show it"),
    Outcome.NOT_SHOWN: _("Not shown to have worked"),
    Outcome.WORSE: _("Worse than before"),
    Outcome.NOT_CARRIED_OUT: _("Not carried out"),
}
WRITTEN = tuple(name for name in rules.NEEDS if name != "actions")


class EntryKind(models.TextChoices):
    """What a line of a plan's story tells."""

    MADE = "made", _("Plan begun")
    WRITTEN = "written", _("Plan written on")
    STAGE = "stage", _("Plan moved to another stage")
    OWNER = "owner", _("Plan given to somebody")
    FORM = "form", _("Plan grew into the full form")
    PARTNER = "partner", _("Partner joined")
    TASK = "task", _("Task")
    REVIEW = "review", _("Review")
    CLOSED = "closed", _("Plan closed")


class Plan(Protected):
    """What is done about a problem. Names nobody whom it is about, and is open to the partnership's members."""

    KIND: ClassVar[str] = "plan"

    neighbourhood = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="plans")
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, null=True, related_name="plans")
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, null=True, related_name="plans")
    strategic_priority = models.ForeignKey(
        StrategicPriority, on_delete=models.PROTECT, null=True, related_name="problem_plans"
    )
    reason_without_priority = models.TextField(blank=True)
    title = models.CharField(max_length=120)
    title_cy = models.CharField(max_length=120, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="plans")
    owner_because = models.TextField()
    form = models.CharField(max_length=5, choices=[(str(f), FORM_LABELS[f]) for f in Form], default=Form.LIGHT)
    stage = models.CharField(max_length=10, choices=[(str(s), STAGE_LABELS[s]) for s in Stage], default=Stage.SCANNING)

    happening = models.TextField(blank=True)
    hopes = models.TextField(blank=True)
    cause = models.TextField(blank=True)
    victim = models.TextField(blank=True)
    offender = models.TextField(blank=True)
    location = models.TextField(blank=True)
    hypothesis = models.TextField(blank=True)
    objective = models.TextField(blank=True)
    measure = models.CharField(max_length=300, blank=True)
    target = models.CharField(max_length=200, blank=True)
    by_when = models.DateField(null=True)
    approach = models.TextField(blank=True)
    risk = models.TextField(blank=True)
    community_impact = models.TextField(blank=True)
    happened = models.TextField(blank=True)
    outcome = models.CharField(max_length=15, choices=[(str(o), OUTCOME_LABELS[o]) for o in Outcome], blank=True)
    learning = models.TextField(blank=True)

    last_reviewed_on = models.DateField(null=True)
    review_due_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    closing_reason = models.TextField(blank=True)
    closing_decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="closed_plans")

    class Meta:
        indexes = [
            models.Index(fields=["neighbourhood", "stage"], name="plan_of_neighbourhood"),
            models.Index(fields=["problem"], name="plan_of_problem"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["priority"], condition=Q(priority__isnull=False), name="plan_once_per_priority"
            ),
            models.CheckConstraint(
                condition=Q(priority__isnull=False) | Q(problem__isnull=False), name="plan_serves_something"
            ),
            models.CheckConstraint(
                condition=Q(stage="closed", closed_on__isnull=False, review_due_on__isnull=True)
                | (~Q(stage="closed") & Q(closed_on__isnull=True, review_due_on__isnull=False)),
                name="plan_closed_or_reviewed",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_title

    @property
    def shown_title(self) -> str:
        """The title in the reader's language."""
        return in_language(self.title, self.title_cy)

    @property
    def is_open(self) -> bool:
        """True until it is closed."""
        return self.stage != Stage.CLOSED

    def facts(self, *, actions: int, open_tasks: int) -> Facts:
        """The plan as the rules read it."""
        written = {name for name in WRITTEN if getattr(self, name)}
        filled = written | {"actions"} if actions else written
        return Facts(Form(self.form), Stage(self.stage), frozenset(filled), open_tasks)

    def take(self, part: Part) -> None:
        """Take what is written in one part."""
        for name in rules.names_of(part):
            value = getattr(part, name)
            setattr(self, name, value.strip() if isinstance(value, str) else value)

    def close(self, on: date, reason: str, decision: Decision | None) -> None:
        """Be finished with."""
        self.stage, self.closed_on, self.review_due_on = Stage.CLOSED, on, None
        self.closing_reason, self.closing_decision = reason.strip(), decision


class PlanPartner(models.Model):
    """Who takes part in a plan beside its owner: an organisation, or a residents' group by name."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    group_name = models.CharField(max_length=160, blank=True)
    part = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "organisation"], condition=Q(organisation__isnull=False), name="plan_partner_once"
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | ~Q(group_name=""), name="plan_partner_is_somebody"
            ),
        ]

    @property
    def name(self) -> str:
        """The organisation's or the group's name."""
        return self.organisation.name if self.organisation else self.group_name


class PlanAction(models.Model):
    """One action of a plan. Whether it is accepted, done or returned is told by its task."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="actions")
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="plan_action")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    doer = models.CharField(max_length=10, choices=[(str(d), DOER_LABELS[d]) for d in Doer])

    class Meta:
        ordering = ["id"]


class PlanReview(models.Model):
    """One review of a plan."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="reviews")
    on = models.DateField()
    note = models.TextField()
    next_on = models.DateField()
    by_name = models.CharField(max_length=200)

    class Meta:
        ordering = ["on", "id"]


class PlanEntry(models.Model):
    """One line of a plan's story. `code` is a stage, a task's state or an outcome; `text` is what a person wrote."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    code = models.CharField(max_length=20, blank=True)
    text = models.TextField(blank=True)
    by_name = models.CharField(max_length=200)

    class Meta:
        ordering = ["at", "id"]


class PlanNote(Protected):
    """What only the organisation that wrote it, and those it shares with, may read about a plan."""

    KIND: ClassVar[str] = "plan_note"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    by_name = models.CharField(max_length=200)


def action_facts(actions: Iterable[PlanAction]) -> tuple[int, int]:
    """(actions that count, tasks still open): a withdrawn task is no action any more."""
    tasks = [action.task for action in actions]
    return sum(task.state != "withdrawn" for task in tasks), sum(task.is_open for task in tasks)
