"""What answers add to the page of a plan: those there are, and the way to write one."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from ourpatch.answers.publishing import queries
from ourpatch.answers.publishing.permissions import Permission
from ourpatch.ground.links import Link
from ourpatch.ground.permission.actor import Actor
from ourpatch.interventions.problems.models import Plan
from ourpatch.interventions.problems.steps import NEXT_STEPS


def register() -> None:
    """Put them where the page of a plan looks for them."""
    NEXT_STEPS.add("answer", answers_of, order=20)


def answers_of(by: Actor, plan: Plan) -> list[Link]:
    """The answers to a plan, and the way to write one for whoever may."""
    written = [
        Link(
            _("You said, we did: %(title)s") % {"title": each.shown["title"]},
            reverse("publishing:answer", args=[each.pk]),
        )
        for each in queries.list_answers(by).filter(plan_id=plan.pk)
    ]
    if not by.holds(Permission.WRITE, plan.partnership_id, plan.service_area_id):
        return written
    return [*written, Link(_("Write an answer"), f"{reverse('publishing:new')}?plan={plan.pk}")]
