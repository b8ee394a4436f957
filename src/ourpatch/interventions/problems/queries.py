"""Reading problem-solving plans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from ourpatch.access.concerns import queries as concerns
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.tasks.rules import State as TaskState
from ourpatch.interventions.problems.models import Plan, PlanAction, PlanEntry, PlanNote, action_facts
from ourpatch.interventions.problems.permissions import Permission
from ourpatch.interventions.problems.rules import Facts, Stage

SEARCHED = ("title", "title_cy", "happening", "cause", "approach", "happened", "learning")
DONE = str(TaskState.DONE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of plans is narrowed to; `state` is open, all, due (for review) or a stage."""

    state: str = "open"
    text: str = ""
    neighbourhood_id: UUID | None = None
    owner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work on a problem has come, as it may be told to anybody: days and numbers, no wording of an action."""

    plan_id: UUID
    begun_on: date
    stage: Stage
    actions: int
    done: int
    last_done_on: date | None
    closed_on: date | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Measured:
    """The plans of a partnership: open, reviewed in time, closed, and of those closed each outcome's number."""

    open: int
    reviewed_in_time: int
    closed: int
    outcomes: dict[str, int]


def list_plans(by: Actor, wanted: Wanted, on: date) -> QuerySet[Plan]:
    """The visible plans, review due first. Searching finds what other teams tried and what came of it (features V1)."""
    rows = Plan.objects.visible_to(by, Permission.VIEW).select_related(
        "neighbourhood", "owner__organisation", "priority"
    )
    if wanted.state == "open":
        rows = rows.exclude(stage=Stage.CLOSED)
    elif wanted.state == "due":
        rows = rows.filter(review_due_on__lte=on)
    elif wanted.state != "all":
        rows = rows.filter(stage=wanted.state)
    for word in wanted.text.split():
        rows = rows.filter(_holds(word))
    exact = {"neighbourhood_id": wanted.neighbourhood_id, "owner_id": wanted.owner_id}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    return rows.order_by("review_due_on", "-closed_on", "id")


def get_plan(by: Actor, plan_id: UUID) -> Plan:
    """One plan, or NotFound."""
    plan: Plan = Plan.objects.get_visible(by, Permission.VIEW, plan_id)
    return plan


def plan_of_priority(by: Actor, priority_id: UUID) -> Plan | None:
    """The visible plan that serves a priority."""
    return Plan.objects.visible_to(by, Permission.VIEW).filter(priority_id=priority_id).first()


def plans_of_problem(by: Actor, problem_id: UUID) -> QuerySet[Plan]:
    """The visible plans about a problem, newest first."""
    return Plan.objects.visible_to(by, Permission.VIEW).filter(problem_id=problem_id).order_by("-made_at", "id")


def list_actions(plan: Plan) -> Sequence[PlanAction]:
    """The actions of a plan that the caller may see, in the order they were added, with their tasks."""
    return list(plan.actions.select_related("task", "organisation"))


def list_entries(plan: Plan) -> Sequence[PlanEntry]:
    """The story of a plan that the caller may see, newest first."""
    return list(plan.entries.order_by("-at", "-id"))


def list_notes(by: Actor, plan_id: UUID) -> QuerySet[PlanNote]:
    """The notes on a plan that this actor may read, oldest first; others do not know that there are any."""
    return PlanNote.objects.visible_to(by, Permission.VIEW_NOTES).filter(plan_id=plan_id).order_by("made_at", "id")


def facts_of(plan: Plan) -> Facts:
    """The plan as the rules read it, with its actions counted."""
    actions, open_tasks = action_facts(list_actions(plan))
    return plan.facts(actions=actions, open_tasks=open_tasks)


def count_owed(plan: Plan) -> int:
    """How many people who raised what this plan is about are still owed an answer."""
    return concerns.count_owed(plan.problem_id) if plan.problem_id else 0


def progress_of(problem_id: UUID) -> list[Progress]:
    """How far the work on a problem has come, oldest plan first; what a receipt and a public page may tell."""
    return [_progress(plan) for plan in _counted(Plan.objects.filter(problem_id=problem_id))]


def progress_of_priorities(priority_ids: Iterable[UUID]) -> dict[UUID, Progress]:
    """How far the work on these priorities has come; a priority without a plan is absent. One query."""
    rows = _counted(Plan.objects.filter(priority_id__in=list(priority_ids)))
    return {plan.priority_id: _progress(plan) for plan in rows if plan.priority_id}


def count_acting(partnership_id: UUID) -> int:
    """How many open plans of a partnership have at least one action that was not withdrawn."""
    acting = Plan.objects.filter(partnership_id=partnership_id).exclude(stage=Stage.CLOSED)
    live = PlanAction.objects.filter(plan=OuterRef("pk")).exclude(task__state=str(TaskState.WITHDRAWN))
    return acting.filter(Exists(live)).count()


def measure_strategic(strategic_priority_id: UUID, on: date) -> Measured:
    """How the plans that serve a strategic priority stand on a day; totals without an identifier."""
    return _measured(Plan.objects.filter(strategic_priority_id=strategic_priority_id), on)


def measure_plans(partnership_id: UUID, on: date, neighbourhood_id: UUID | None = None) -> Measured:
    """How the plans of a partnership (or of one neighbourhood) stand on a day; totals without an identifier."""
    rows = Plan.objects.filter(partnership_id=partnership_id)
    if neighbourhood_id:
        rows = rows.filter(neighbourhood_id=neighbourhood_id)
    return _measured(rows, on)


def _measured(rows: QuerySet[Plan], on: date) -> Measured:
    is_open = ~Q(stage=Stage.CLOSED)
    counts = rows.aggregate(
        open=Count("pk", filter=is_open),
        in_time=Count("pk", filter=is_open & Q(review_due_on__gte=on)),
        closed=Count("pk", filter=Q(stage=Stage.CLOSED)),
    )
    outcomes = rows.filter(stage=Stage.CLOSED).values("outcome").annotate(n=Count("pk")).order_by("outcome")
    return Measured(
        open=counts["open"],
        reviewed_in_time=counts["in_time"],
        closed=counts["closed"],
        outcomes={row["outcome"]: row["n"] for row in outcomes},
    )


def _counted(rows: QuerySet[Plan]) -> QuerySet[Any]:
    return rows.annotate(
        given=Count("actions", filter=~Q(actions__task__state=str(TaskState.WITHDRAWN)), distinct=True),
        finished=Count("actions", filter=Q(actions__task__state=DONE), distinct=True),
        last_done=Max("actions__task__steps__at", filter=Q(actions__task__steps__state=DONE)),
    ).order_by("made_at", "id")


def _progress(plan: Any) -> Progress:
    """One row of `_counted`."""
    return Progress(
        plan_id=plan.pk,
        begun_on=london_date(plan.made_at),
        stage=Stage(plan.stage),
        actions=plan.given,
        done=plan.finished,
        last_done_on=london_date(plan.last_done) if plan.last_done else None,
        closed_on=plan.closed_on,
        outcome=plan.outcome if plan.closed_on else "",
    )


def _holds(word: str) -> Q:
    found = Q()
    for name in SEARCHED:
        found |= Q(**{f"{name}__icontains": word})
    return found
