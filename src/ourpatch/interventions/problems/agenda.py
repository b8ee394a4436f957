"""What plans put on the agenda of the forums of their area: every plan whose review is due (guide-2 C38)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from ourpatch.foundation.meetings.models import Forum
from ourpatch.foundation.meetings.queries import AGENDA, AgendaEntry
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor
from ourpatch.interventions.problems import queries


def register() -> None:
    """Put it where meetings look for it."""
    AGENDA.add("plans", entries, order=30)


def entries(by: Actor, forum: Forum, now: datetime) -> list[AgendaEntry]:
    """Each plan of the forum's area that is due for review, with its stage and owner."""
    area = forum.service_area
    inside = Q(neighbourhood_id=area.pk) | Q(neighbourhood__parent_id=area.pk) | Q(partnership_id=area.pk)
    due = queries.list_plans(by, queries.Wanted(state="due"), london_date(now)).filter(inside)
    return [
        AgendaEntry(
            _("Review the plan: %(title)s") % {"title": plan.shown_title},
            _("Stage: %(stage)s. Owner: %(owner)s, %(organisation)s.")
            % {
                "stage": plan.get_stage_display(),
                "owner": plan.owner.name,
                "organisation": plan.owner.organisation.name,
            },
        )
        for plan in due
    ]
