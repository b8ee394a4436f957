"""Stands for intelligence.community: what a resident tells of tension becomes an agenda item and a fact for later rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ourpatch.access.concerns.models import Concern
from ourpatch.foundation.meetings.models import Forum
from ourpatch.foundation.meetings.queries import AGENDA, AgendaEntry
from ourpatch.ground import events
from ourpatch.ground.permission.actor import Actor

STANDS_FOR = "intelligence.community"
GRADES = ("calm", "raised", "high")

_graded: dict[UUID, str] = {}


@dataclass(frozen=True, slots=True)
class TensionRaised:
    """An analyst graded what was told above calm."""

    concern_id: UUID
    service_area_id: UUID
    grade: str
    at: datetime


def open_room() -> None:
    """Begin calm, and put what is graded on agendas."""
    _graded.clear()
    AGENDA.add("tension", entries, order=5)


def grade(*, by: Actor, concern: Concern, grade: str, now: datetime) -> None:
    """Grade what somebody told."""
    _graded[concern.pk] = grade
    if GRADES.index(grade):
        events.publish(TensionRaised(concern.pk, concern.service_area_id, grade, now))


def entries(by: Actor, forum: Forum, now: datetime) -> list[AgendaEntry]:
    """The highest grade of the forum's area; never what was told."""
    here = Concern.objects.filter(pk__in=_graded, service_area_id=forum.service_area_id)
    highest = max((GRADES.index(_graded[each.pk]) for each in here), default=0)
    return [AgendaEntry(f"Tension: {GRADES[highest]}")] if highest else []
