"""What plans add to the pages of a priority and of a problem: the plan, or the way to begin one."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from ourpatch.access.concerns import steps as of_problem
from ourpatch.access.concerns.models import Problem
from ourpatch.ground.links import Link
from ourpatch.ground.permission.actor import Actor
from ourpatch.influence.priorities import steps as of_priority
from ourpatch.influence.priorities.models import Priority
from ourpatch.influence.priorities.rules import State
from ourpatch.interventions.problems import queries
from ourpatch.interventions.problems.permissions import Permission


def register() -> None:
    """Put it where the page of a priority looks for it."""
    of_priority.NEXT_STEPS.add("plan", plan_of, order=10)
    of_problem.NEXT_STEPS.add("plan", plans_of_problem, order=20)


def plan_of(by: Actor, priority: Priority) -> list[Link]:
    """The plan of a priority; for a current one without a plan, the way to begin it."""
    plan = queries.plan_of_priority(by, priority.pk)
    if plan is not None:
        return [Link(_("See its problem-solving plan"), _address(plan.pk))]
    may_make = by.holds(Permission.MAKE, priority.partnership_id, priority.service_area_id)
    if priority.state != State.ADOPTED or not may_make:
        return []
    return [Link(_("Begin a plan"), f"{reverse('problems:new')}?priority={priority.pk}", is_action=True)]


def plans_of_problem(by: Actor, problem: Problem) -> list[Link]:
    """The plans of a problem; for an open one without a plan, the way to begin it without a priority."""
    plans = list(queries.plans_of_problem(by, problem.pk))
    if plans:
        return [Link(_("See the plan “%(title)s”") % {"title": each.shown_title}, _address(each.pk)) for each in plans]
    if not problem.is_open or not by.holds(Permission.MAKE, problem.partnership_id, problem.service_area_id):
        return []
    return [Link(_("Begin a plan without a priority"), f"{reverse('problems:new')}?problem={problem.pk}")]


def _address(plan_id: UUID) -> str:
    return reverse("problems:plan", args=[plan_id])
