"""What priorities add to the page of a problem: the way to propose one."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from ourpatch.access.concerns.models import Problem
from ourpatch.access.concerns.steps import NEXT_STEPS
from ourpatch.ground.links import Link
from ourpatch.ground.permission.actor import Actor
from ourpatch.influence.priorities.permissions import Permission


def register() -> None:
    """Put it where the page of a problem looks for it."""
    NEXT_STEPS.add("priority", propose_it, order=10)


def propose_it(by: Actor, problem: Problem) -> list[Link]:
    """The way to put an open problem before the forum."""
    if not problem.is_open or not by.holds(Permission.PROPOSE, problem.partnership_id, problem.service_area_id):
        return []
    return [
        Link(_("Propose it as a priority"), f"{reverse('priorities:propose')}?problem={problem.pk}", is_action=True)
    ]
