"""What evaluations add to the page of a plan: those there are, and the way to make one."""

from __future__ import annotations

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ourpatch.answers.evaluation import queries
from ourpatch.answers.evaluation.permissions import Permission
from ourpatch.ground.clock import london_date
from ourpatch.ground.links import Link
from ourpatch.ground.permission.actor import Actor
from ourpatch.interventions.problems.models import Plan
from ourpatch.interventions.problems.steps import NEXT_STEPS


def register() -> None:
    """Put them where the page of a plan looks for them."""
    NEXT_STEPS.add("evaluation", evaluations_of, order=10)


def evaluations_of(by: Actor, plan: Plan) -> list[Link]:
    """The evaluations of a plan, newest first, and the way to make one for whoever may."""
    made = [
        Link(
            _("Evaluation of %(day)s") % {"day": date_format(london_date(each.made_at), "j F Y")},
            reverse("evaluation:evaluation", args=[each.pk]),
        )
        for each in queries.list_of_plan(by, plan.pk)
    ]
    if not by.holds(Permission.MAKE, plan.partnership_id, plan.service_area_id):
        return made
    return [*made, Link(_("Evaluate"), reverse("evaluation:from_store", args=[plan.pk]))]
