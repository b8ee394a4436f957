"""What priorities put on the agenda of the forum that chooses and reviews them."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from ourpatch.foundation.meetings.models import Forum
from ourpatch.foundation.meetings.queries import AGENDA, AgendaEntry
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor
from ourpatch.influence.priorities import queries


def register() -> None:
    """Put it where meetings look for it."""
    AGENDA.add("priorities", entries, order=20)


def entries(by: Actor, forum: Forum, now: datetime) -> list[AgendaEntry]:
    """The proposals to choose among, and each current priority whose review is due."""
    candidates = list(queries.list_candidates(by, forum.service_area))
    due = queries.list_reviews_due(by, london_date(now)).filter(queries.covered_by(forum.service_area))
    reviews = [AgendaEntry(_("Review the priority: %(title)s") % {"title": each.shown_title}) for each in due]
    if not candidates:
        return reviews
    titles = "\n".join(f"{each.shown_title} ({each.neighbourhood.shown_name})" for each in candidates)
    return [*reviews, AgendaEntry(_("Choose among the proposed priorities"), titles)]
