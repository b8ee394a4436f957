"""Setting up forums, planning and recording meetings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from ourpatch.foundation.directory import queries as directory
from ourpatch.foundation.meetings import queries, rules
from ourpatch.foundation.meetings.events import DecisionMade, MeetingHeld
from ourpatch.foundation.meetings.models import (
    AgendaItem,
    Attendance,
    Decision,
    Forum,
    ForumKind,
    ForumMember,
    Meeting,
    MeetingAction,
    MeetingState,
    Openness,
)
from ourpatch.foundation.meetings.permissions import Permission
from ourpatch.foundation.meetings.queries import AgendaEntry
from ourpatch.foundation.meetings.rules import Votes
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock, events
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import Conflict, NotFound
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import Protected
from ourpatch.ground.tasks import actions as tasks


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat at a forum: an organisation's (and a person's in it), or a resident group's by name."""

    organisation_id: UUID | None = None
    group_name: str = ""
    person_id: UUID | None = None


def make_forum(
    *,
    by: Actor,
    name: str,
    kind: ForumKind,
    openness: Openness,
    service_area_id: UUID,
    terms_of_reference: str,
    now: datetime,
    name_cy: str = "",
    chair_id: UUID | None = None,
    is_public: bool = True,
    members: Sequence[Seat] = (),
) -> Forum:
    """Set up a group that meets. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "meetings.make_forum") as audit:
        place = ServiceArea.objects.filter(pk=service_area_id).first()
        if place is None:
            raise NotFound(_("There is no such area."))
        partnership_id = place.partnership_id or place.pk
        by.require(Permission.MAKE_FORUM, partnership_id, place.pk)
        rules.check_forum(name=name, terms_of_reference=terms_of_reference).raise_if_any()
        forum = Forum.objects.create(
            name=name.strip(),
            name_cy=name_cy.strip(),
            kind=kind,
            openness=openness,
            service_area=place,
            partnership_id=partnership_id,
            terms_of_reference=terms_of_reference.strip(),
            chair_id=chair_id,
            is_public=is_public,
        )
        ForumMember.objects.bulk_create(
            ForumMember(forum=forum, organisation_id=s.organisation_id, group_name=s.group_name, person_id=s.person_id)
            for s in members
        )
        audit.noted("forum", [forum.pk])
    return forum


def plan_meeting(
    *, by: Actor, forum_id: UUID, starts_at: datetime, venue: str, now: datetime, access_notes: str = ""
) -> Meeting:
    """Plan the next meeting of a forum. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "meetings.plan_meeting") as audit:
        forum = Forum.objects.filter(pk=forum_id).first()
        if forum is None:
            raise NotFound(_("There is no such forum."))
        by.require(Permission.PLAN, forum.partnership_id, forum.service_area_id)
        rules.check_plan(starts_at=starts_at, venue=venue, now=now).raise_if_any()
        meeting = Meeting.objects.create(
            forum=forum, starts_at=starts_at, venue=venue.strip(), access_notes=access_notes.strip()
        )
        audit.noted("meeting", [meeting.pk])
    return meeting


def move_meeting(
    *,
    by: Actor,
    meeting_id: UUID,
    version: int,
    starts_at: datetime,
    venue: str,
    now: datetime,
    access_notes: str = "",
) -> Meeting:
    """Give a planned meeting another time or place. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "meetings.move_meeting") as audit:
        meeting = _locked(by, Permission.PLAN, meeting_id, version)
        rules.check_cancel(state=meeting.state).raise_if_any()
        rules.check_plan(starts_at=starts_at, venue=venue, now=now).raise_if_any()
        meeting.starts_at, meeting.venue = starts_at, venue.strip()
        meeting.access_notes = access_notes.strip()
        _store(meeting)
        audit.noted("meeting", [meeting.pk])
    return meeting


def cancel_meeting(*, by: Actor, meeting_id: UUID, version: int, now: datetime) -> Meeting:
    """Cancel a planned meeting; it stays announced as cancelled. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "meetings.cancel_meeting") as audit:
        meeting = _locked(by, Permission.PLAN, meeting_id, version)
        rules.check_cancel(state=meeting.state).raise_if_any()
        meeting.state = MeetingState.CANCELLED
        _store(meeting)
        audit.noted("meeting", [meeting.pk])
    return meeting


def set_agenda(*, by: Actor, meeting_id: UUID, version: int, items: Sequence[AgendaEntry], now: datetime) -> Meeting:
    """Write the agenda: these items first, then what the rooms put on it from live data.

    Raises NotAllowed, NotFound, Conflict, RuleBroken.
    """
    with change(by, "meetings.set_agenda") as audit:
        meeting = _locked(by, Permission.PLAN, meeting_id, version)
        rules.check_agenda(state=meeting.state, titles=[item.title for item in items]).raise_if_any()
        _write_agenda(by, meeting, items, now)
        _store(meeting)
        audit.noted("meeting", [meeting.pk])
    return meeting


def refresh_agenda(*, by: Actor, meeting_id: UUID, now: datetime) -> Meeting:
    """Renew the items from live data and keep the written ones. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "meetings.refresh_agenda") as audit:
        meeting = _locked(by, Permission.PLAN, meeting_id)
        rules.check_agenda(state=meeting.state, titles=[]).raise_if_any()
        written = [AgendaEntry(item.title, item.text) for item in meeting.agenda.filter(source="").order_by("position")]
        _write_agenda(by, meeting, written, now)
        audit.noted("meeting", [meeting.pk])
    return meeting


def minute_item(*, by: Actor, item_id: UUID, minute: str, now: datetime) -> AgendaItem:
    """Write down what was said about one item of the agenda. Raises NotAllowed, NotFound."""
    with change(by, "meetings.minute_item") as audit:
        item = AgendaItem.objects.filter(pk=item_id).first()
        if item is None:
            raise NotFound(_("There is no such item."))
        _locked(by, Permission.RECORD, item.meeting_id)
        item.minute = minute.strip()
        item.save(update_fields=["minute"])
        audit.noted("meeting", [item.meeting_id])
    return item


def hold_meeting(
    *, by: Actor, meeting_id: UUID, version: int, minutes: str, attendance: Mapping[str, int], now: datetime
) -> Meeting:
    """Record that a meeting was held: minutes, and how many came by group.

    Raises NotAllowed, NotFound, Conflict, RuleBroken.
    """
    with change(by, "meetings.hold_meeting") as audit:
        meeting = _locked(by, Permission.RECORD, meeting_id, version)
        rules.check_held(
            state=meeting.state, starts_at=meeting.starts_at, minutes=minutes, attendance=attendance, now=now
        ).raise_if_any()
        meeting.state = MeetingState.HELD
        _write_record(meeting, minutes, attendance)
        audit.noted("meeting", [meeting.pk])
        events.publish(MeetingHeld(meeting.pk, meeting.forum.service_area_id, now))
    return meeting


def correct_record(
    *, by: Actor, meeting_id: UUID, version: int, minutes: str, attendance: Mapping[str, int], now: datetime
) -> Meeting:
    """Correct the minutes and attendance of a held meeting. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "meetings.correct_record") as audit:
        meeting = _locked(by, Permission.RECORD, meeting_id, version)
        rules.check_record(minutes=minutes, attendance=attendance).raise_if_any()
        _write_record(meeting, minutes, attendance)
        audit.noted("meeting", [meeting.pk])
    return meeting


def record_decision(
    *,
    by: Actor,
    meeting_id: UUID,
    text: str,
    method: str,
    now: datetime,
    votes: Votes | None = None,
    about_kind: str = "",
    about_id: UUID | None = None,
) -> Decision:
    """Record what a held meeting decided, and by which method. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "meetings.record_decision") as audit:
        meeting = _locked(by, Permission.RECORD, meeting_id)
        counted = votes or Votes()
        methods = [code for code, _name in queries.methods_of(meeting, clock.london_date(meeting.starts_at))]
        rules.check_decision(
            state=meeting.state,
            text=text,
            method=method,
            methods=methods,
            votes=counted,
            present=sum(queries.attendance_of(meeting).values()),
        ).raise_if_any()
        decision = Decision.objects.create(
            meeting=meeting,
            text=text.strip(),
            method=method,
            votes_for=counted.in_favour,
            votes_against=counted.against,
            abstained=counted.abstained,
            about_kind=about_kind,
            about_id=about_id,
            made_at=now,
        )
        audit.noted("meeting", [meeting.pk], reason=f"decision {decision.pk}")
        events.publish(DecisionMade(decision.pk, meeting.pk, about_kind, about_id, now))
    return decision


def undertake_action(
    *,
    by: Actor,
    meeting_id: UUID,
    text: str,
    organisation_id: UUID,
    due: date,
    now: datetime,
    subject: Protected | None = None,
) -> MeetingAction:
    """Note what an organisation undertook; with a record it is about, also give it the task that chases itself.

    Raises NotAllowed, NotFound, RuleBroken.
    """
    with change(by, "meetings.undertake_action") as audit:
        meeting = _locked(by, Permission.RECORD, meeting_id)
        organisation = directory.organisation(organisation_id)
        held_on = clock.london_date(meeting.starts_at)
        rules.check_undertaking(state=meeting.state, text=text, due=due, held_on=held_on).raise_if_any()
        task = (
            tasks.give_task(
                by=by, subject=subject, organisation_id=organisation.pk, title=text[:TASK_TITLE], due=due, now=now
            )
            if subject is not None
            else None
        )
        undertaken = MeetingAction.objects.create(
            meeting=meeting, text=text.strip(), organisation=organisation, due=due, task_id=task.pk if task else None
        )
        audit.noted("meeting", [meeting.pk], reason=f"action {undertaken.pk}")
    return undertaken


TASK_TITLE = 200


def _write_agenda(by: Actor, meeting: Meeting, written: Sequence[AgendaEntry], now: datetime) -> None:
    minutes = {(item.source, item.title): item.minute for item in meeting.agenda.all()}
    live = queries.live_agenda(by, meeting.forum, now)
    entries = [*(("", entry) for entry in written), *live]
    meeting.agenda.all().delete()
    AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=meeting,
            position=position,
            title=entry.title.strip(),
            text=entry.text.strip(),
            source=source,
            minute=minutes.get((source, entry.title.strip()), ""),
        )
        for position, (source, entry) in enumerate(entries, start=1)
    )


def _write_record(meeting: Meeting, minutes: str, attendance: Mapping[str, int]) -> None:
    meeting.minutes = minutes.strip()
    meeting.attendance.all().delete()
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, group=group.strip(), number=number) for group, number in attendance.items()
    )
    _store(meeting)


def _store(meeting: Meeting) -> None:
    meeting.version += 1
    meeting.save()


def _locked(by: Actor, permission: Permission, meeting_id: UUID, version: int | None = None) -> Meeting:
    """Load and lock a meeting for a change; `version` is the one the person was shown."""
    meeting = (
        Meeting.objects.select_for_update(of=("self",)).select_related("forum__service_area").filter(pk=meeting_id)
    )
    found = meeting.first()
    if found is None:
        raise NotFound(_("There is no such meeting."))
    by.require(permission, found.forum.partnership_id, found.forum.service_area_id)
    if version is not None and found.version != version:
        raise Conflict(_("Somebody else changed this meeting while you were working. Look at it again, then choose."))
    return found
