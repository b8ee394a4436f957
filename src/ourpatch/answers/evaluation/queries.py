"""Reading evaluations."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from ourpatch.answers.evaluation.models import Evaluation
from ourpatch.answers.evaluation.permissions import Permission
from ourpatch.ground.permission.actor import Actor


def list_evaluations(by: Actor) -> QuerySet[Evaluation]:
    """The visible evaluations, newest first."""
    return Evaluation.objects.visible_to(by, Permission.VIEW).select_related("plan__neighbourhood").order_by("-made_at")


def list_of_plan(by: Actor, plan_id: UUID) -> QuerySet[Evaluation]:
    """The visible evaluations of one plan, newest first."""
    return list_evaluations(by).filter(plan_id=plan_id)


def get_evaluation(by: Actor, evaluation_id: UUID) -> Evaluation:
    """One evaluation, or NotFound."""
    found: Evaluation = Evaluation.objects.select_related("plan__neighbourhood").get_visible(
        by, Permission.VIEW, evaluation_id
    )
    return found
