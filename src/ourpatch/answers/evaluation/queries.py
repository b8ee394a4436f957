"""Reading evaluations."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Max, QuerySet

from ourpatch.answers.evaluation.models import Evaluation
from ourpatch.answers.evaluation.permissions import Permission
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor
from ourpatch.interventions.problems.models import Plan
from ourpatch.interventions.problems.permissions import Permission as PlanPermission


def list_evaluations(by: Actor) -> QuerySet[Evaluation]:
    """The visible evaluations of visible plans, newest first."""
    rows = Evaluation.objects.visible_to(by, Permission.VIEW).filter(plan__in=_plans(by))
    return rows.select_related("plan__neighbourhood").order_by("-made_at", "pk")


def list_of_plan(by: Actor, plan_id: UUID) -> QuerySet[Evaluation]:
    """The visible evaluations of one plan, newest first."""
    return list_evaluations(by).filter(plan_id=plan_id)


def get_evaluation(by: Actor, evaluation_id: UUID) -> Evaluation:
    """One evaluation, or NotFound; whoever may not see the plan does not see what came of it."""
    rows = Evaluation.objects.filter(plan__in=_plans(by)).select_related("plan__neighbourhood")
    found: Evaluation = rows.get_visible(by, Permission.VIEW, evaluation_id)
    return found


def newest_day(partnership_id: UUID) -> date | None:
    """The day of the newest evaluation of a partnership, whoever may see it."""
    newest = Evaluation.objects.filter(partnership_id=partnership_id).aggregate(at=Max("made_at"))["at"]
    return london_date(newest) if newest else None


def _plans(by: Actor) -> QuerySet[Plan]:
    return Plan.objects.visible_to(by, PlanPermission.VIEW)
