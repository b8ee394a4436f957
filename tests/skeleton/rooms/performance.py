"""Stands for answers.performance: reads earlier rooms downwards and shows the result where those rooms ask for contents."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from ourpatch.access.concerns import queries as concerns
from ourpatch.foundation.meetings.models import Forum
from ourpatch.foundation.meetings.queries import AGENDA, AgendaEntry
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import events
from ourpatch.ground.permission.actor import Actor
from ourpatch.interventions.problems import queries as plans
from ourpatch.strategy.cycle.evidence import STEP_EVIDENCE
from ourpatch.strategy.cycle.rules import Evidence

from . import surveys

STANDS_FOR = "answers.performance"

_closed_on: dict[UUID, date] = {}


def open_room() -> None:
    """Listen for results, and contribute them to the agenda and to the year."""
    _closed_on.clear()
    events.listen(surveys.SurveyClosed)(take_note)
    AGENDA.add("performance", entries, order=90)
    STEP_EVIDENCE.add("progress_published", progress)


def take_note(event: surveys.SurveyClosed) -> None:
    """A result is there."""
    _closed_on[event.neighbourhood_id] = event.at.date()


def entries(by: Actor, forum: Forum, now: datetime) -> list[AgendaEntry]:
    """Confidence, replies in time and plans of the forum's area, side by side."""
    confident, asked = surveys.measure_confidence(forum.service_area_id)
    if not asked:
        return []
    replied = concerns.measure_on_time(now=now, neighbourhood_id=forum.service_area_id)
    measured = plans.measure_plans(forum.partnership_id, now.date(), forum.service_area_id)
    text = f"Replies whose clock ended: {replied.ended}. Open plans: {measured.open}."
    return [AgendaEntry(f"Confidence: {confident} of {asked}", text)]


def progress(partnership: ServiceArea, on: date) -> Evidence | None:
    """The newest result of the partnership's neighbourhoods."""
    days = [_closed_on[each.pk] for each in places.neighbourhoods(partnership.pk) if each.pk in _closed_on]
    return Evidence(True, "A survey was answered.", on=max(days)) if days else None
