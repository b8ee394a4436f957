"""What plans add to the page of a priority: its plan, or the way to begin one."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from ourpatch.ground.permission.actor import Actor
from ourpatch.influence.priorities.models import Priority
from ourpatch.influence.priorities.rules import State
from ourpatch.influence.priorities.steps import NEXT_STEPS, Link
from ourpatch.interventions.problems import queries
from ourpatch.interventions.problems.permissions import Permission


def register() -> None:
    """Put it where the page of a priority looks for it."""
    NEXT_STEPS.add("plan", plan_of, order=10)


def plan_of(by: Actor, priority: Priority) -> list[Link]:
    """The plan of a priority; for a current one without a plan, the way to begin it."""
    plan = queries.plan_of_priority(by, priority.pk)
    if plan is not None:
        return [Link(_("See its problem-solving plan"), reverse("problems:plan", args=[plan.pk]))]
    may_make = by.holds(Permission.MAKE, priority.partnership_id, priority.service_area_id)
    if priority.state != State.ADOPTED or not may_make:
        return []
    return [Link(_("Begin a plan"), f"{reverse('problems:new')}?priority={priority.pk}", is_action=True)]
