"""Reading answers: what is published, and the receipt of one concern from end to end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from ourpatch.access.concerns.models import Concern, Problem, ProblemConcern
from ourpatch.access.concerns.permissions import Permission as ConcernPermission
from ourpatch.answers.publishing.models import PublishedAnswer
from ourpatch.answers.publishing.permissions import Permission
from ourpatch.answers.publishing.rules import State
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor
from ourpatch.influence.priorities.models import Priority
from ourpatch.influence.priorities.rules import State as PriorityState
from ourpatch.interventions.problems import queries as plans
from ourpatch.interventions.problems.models import Plan
from ourpatch.interventions.problems.permissions import Permission as PlanPermission
from ourpatch.interventions.problems.queries import Progress


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one concern: each part is None (or empty) until it is there.

    It says what is public or the person's own: days and numbers of the work, never whom else it is about.
    """

    raised_on: date
    replied_on: date | None
    grouped_on: date | None
    others: int
    priority: Priority | None
    progress: tuple[Progress, ...]
    answered_on: date | None
    answer: PublishedAnswer | None


def recent(neighbourhood_id: UUID, limit: int = 5) -> QuerySet[PublishedAnswer]:
    """The newest published answers of a neighbourhood: public."""
    return _published().filter(neighbourhood_id=neighbourhood_id)[:limit]


def recent_of_partnership(partnership_id: UUID, limit: int = 10) -> QuerySet[PublishedAnswer]:
    """The newest published answers of a partnership: public."""
    return _published().filter(partnership_id=partnership_id).select_related("neighbourhood")[:limit]


def answer_of_priority(priority_id: UUID) -> PublishedAnswer | None:
    """The newest published answer of a priority: public."""
    return _published().filter(priority_id=priority_id).first()


def list_answers(by: Actor) -> QuerySet[PublishedAnswer]:
    """The answers this actor may see: drafts first, then the newest published."""
    rows = PublishedAnswer.objects.visible_to(by, Permission.VIEW).filter(_not_kept_from(by))
    return rows.select_related("neighbourhood").order_by("state", "-published_at", "-made_at", "pk")


def get_answer(by: Actor, answer_id: UUID) -> PublishedAnswer:
    """One answer, or NotFound."""
    rows = PublishedAnswer.objects.filter(_not_kept_from(by)).select_related("neighbourhood")
    found: PublishedAnswer = rows.get_visible(by, Permission.VIEW, answer_id)
    return found


def receipt(concern: Concern) -> Receipt:
    """The receipt of a concern; the caller has checked that the reader may see the concern (by code or permission)."""
    link = (
        ProblemConcern.objects.filter(concern=concern, removed_at__isnull=True)
        .select_related("problem")
        .order_by("-pk")
        .first()
    )
    problem_id = link.problem_id if link else None
    priority = _priority(problem_id) if problem_id else None
    return Receipt(
        raised_on=london_date(concern.raised_at),
        replied_on=london_date(concern.replied_at) if concern.replied_at else None,
        grouped_on=london_date(link.added_at) if link else None,
        others=ProblemConcern.objects.filter(problem_id=problem_id, removed_at__isnull=True).count() - 1
        if problem_id
        else 0,
        priority=priority,
        progress=tuple(plans.progress_of(problem_id)) if problem_id else (),
        answered_on=london_date(concern.answered_at) if concern.answered_at else None,
        answer=_published().filter(problem_id=problem_id).first() if problem_id else None,
    )


def measure_untranslated(partnership_id: UUID) -> tuple[int, int]:
    """(published answers in English only, all published ones) of a partnership."""
    rows = list(_published().filter(partnership_id=partnership_id))
    return sum(1 for each in rows if not each.has_welsh), len(rows)


def _not_kept_from(by: Actor) -> Q:
    """What everybody reads, and drafts of what this actor may see: a conflict of interest in the plan covers its draft."""
    plan_seen = Q(plan__isnull=True) | Q(plan__in=Plan.objects.visible_to(by, PlanPermission.VIEW))
    problem_seen = Q(problem__isnull=True) | Q(
        problem__in=Problem.objects.visible_to(by, ConcernPermission.VIEW_PROBLEM)
    )
    return Q(state=State.PUBLISHED) | (plan_seen & problem_seen)


def _published() -> QuerySet[PublishedAnswer]:
    return PublishedAnswer.objects.filter(state=State.PUBLISHED).order_by("-published_at", "pk")


def _priority(problem_id: UUID) -> Priority | None:
    told = (PriorityState.ADOPTED, PriorityState.CLOSED)
    return (
        Priority.objects.filter(problem_id=problem_id, state__in=[str(s) for s in told]).order_by("-adopted_on").first()
    )
