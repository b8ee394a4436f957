"""Made-up forums, meetings and priorities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ourpatch.access.concerns.permissions import Permission as Concerns
from ourpatch.foundation.meetings import actions as meetings
from ourpatch.foundation.meetings.models import Forum, ForumKind, Meeting, Openness
from ourpatch.foundation.meetings.permissions import Permission as Meetings
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.permission.actor import Actor
from ourpatch.influence.priorities import actions
from ourpatch.influence.priorities.models import Priority
from ourpatch.influence.priorities.permissions import Permission
from ourpatch.influence.priorities.rules import Smart

from ..access.factories_concerns import NOON, STAFF, Scene

TEAM = frozenset({*STAFF, *Permission, *Meetings, Concerns.VIEW_PROBLEM})
SMART = Smart(
    exact_place="Canal path between Mill Lane and the lock",
    days_and_times="Fridays and Saturdays, 7pm to 11pm",
    objective="No motorbikes on the canal path in the evening",
    measure="Evenings with motorbikes, counted by the residents' watch",
    target="At most one evening a month",
    by_when=date(2027, 3, 31),
)


@dataclass(frozen=True)
class Forums:
    """A neighbourhood's forum with a meeting that was held an hour ago."""

    forum: Forum
    meeting: Meeting


def make_forum(by: Actor, area: ServiceArea, **more: Any) -> Forum:
    """An open neighbourhood forum."""
    return meetings.make_forum(
        by=by,
        name=more.pop("name", f"{area.name} forum"),
        kind=ForumKind.NEIGHBOURHOOD,
        openness=Openness.OPEN,
        service_area_id=area.pk,
        terms_of_reference="Residents choose the priorities.",
        now=NOON,
        **more,
    )


def make_meeting(by: Actor, forum: Forum, held: bool = True, now: datetime = NOON, came: int = 20) -> Meeting:
    """A meeting an hour before now; recorded as held unless told otherwise."""
    starts_at = now - timedelta(hours=1)
    meeting = meetings.plan_meeting(
        by=by, forum_id=forum.pk, starts_at=starts_at, venue="Library", now=now - timedelta(days=7)
    )
    if held:
        meeting = meetings.hold_meeting(
            by=by,
            meeting_id=meeting.pk,
            version=meeting.version,
            minutes="The priorities were discussed.",
            attendance={"Residents": came},
            now=now,
        )
    return meeting


def make_priority(scene: Scene, by: Actor, smart: bool = True, **more: Any) -> Priority:
    """A proposal, SMART unless told otherwise."""
    facts: dict[str, Any] = {
        "title": "Motorbikes on the canal path",
        "statement": "Motorbikes race along the canal path and people are afraid to walk there.",
        "kind": "chronic",
        "is_asb": True,
    }
    priority = actions.propose_priority(by=by, neighbourhood_id=scene.neighbourhood.pk, now=NOON, **{**facts, **more})
    if smart:
        priority = actions.make_smart(by=by, priority_id=priority.pk, version=priority.version, smart=SMART, now=NOON)
    return priority


def adopt(scene: Scene, by: Actor, priority: Priority) -> Priority:
    """The priority, chosen at a meeting by a show of hands."""
    meeting = make_meeting(by, make_forum(by, scene.neighbourhood))
    actions.adopt_priorities(
        by=by,
        meeting_id=meeting.pk,
        candidates=[priority.pk],
        chosen=[priority.pk],
        method="show_of_hands",
        present=20,
        votes={priority.pk: 17},
        now=NOON,
    )
    priority.refresh_from_db()
    return priority
