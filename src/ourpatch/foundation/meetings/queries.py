"""Reading forums, meetings and what was decided at them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from ourpatch.foundation import law
from ourpatch.foundation.meetings import icalendar
from ourpatch.foundation.meetings.models import (
    Decision,
    Forum,
    ForumMember,
    Meeting,
    MeetingAction,
    MeetingState,
)
from ourpatch.foundation.meetings.permissions import Permission
from ourpatch.ground.contributions import Point
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor

# A calendar keeps meetings of the last weeks, so that a cancelled or moved one reaches calendars that look rarely.
CALENDAR_BACK = timedelta(weeks=6)


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """One item that a later room puts on an agenda."""

    title: str
    text: str = ""


AgendaSource = Callable[[Actor, Forum, datetime], list[AgendaEntry]]
AGENDA: Point[AgendaSource] = Point("agenda items")


def list_forums(by: Actor) -> QuerySet[Forum]:
    """The forums this actor may see, by name: public ones, and those on which their organisation has a seat."""
    inside = Q(pk__in=[])
    for grant in by.scopes(Permission.VIEW):
        place = Q(partnership_id=grant.partnership_id)
        if grant.service_areas is not None:
            # A forum of the whole partnership, or of a wider area, also belongs to whoever works in a part of it.
            place &= Q(service_area__in=grant.service_areas) | Q(service_area__children__in=grant.service_areas)
        inside |= place
    found = Forum.objects.filter(inside).select_related("service_area", "chair").distinct().order_by("name", "id")
    if by.acts_for_partnership:
        return found
    if by.organisation_id is None:
        return found.filter(is_public=True)
    seats = ForumMember.objects.filter(forum=OuterRef("pk"), organisation_id=by.organisation_id)
    return found.filter(Q(is_public=True) | Q(Exists(seats)))


def get_forum(by: Actor, forum_id: UUID) -> Forum:
    """One forum, or NotFound."""
    forum = list_forums(by).filter(pk=forum_id).first()
    if forum is None:
        raise NotFound(_("There is no such forum."))
    return forum


def list_meetings(by: Actor, *, service_area_id: UUID | None = None, state: str = "") -> QuerySet[Meeting]:
    """The meetings of the forums this actor may see, newest first."""
    found = Meeting.objects.filter(forum__in=list_forums(by).order_by().values("pk"))
    if service_area_id:
        found = found.filter(forum__service_area_id=service_area_id)
    if state:
        found = found.filter(state=state)
    return found.select_related("forum__service_area").order_by("-starts_at", "-id")


def list_ahead(by: Actor, since: datetime, until: datetime) -> QuerySet[Meeting]:
    """The planned meetings of the forums this actor may see that begin in this time, soonest first."""
    found = list_meetings(by, state=MeetingState.PLANNED).filter(starts_at__gte=since, starts_at__lt=until)
    return found.order_by("starts_at", "id")


def get_meeting(by: Actor, meeting_id: UUID) -> Meeting:
    """One meeting with its forum, or NotFound."""
    meeting = list_meetings(by).filter(pk=meeting_id).first()
    if meeting is None:
        raise NotFound(_("There is no such meeting."))
    return meeting


def list_public(now: datetime, *, service_area_id: UUID | None = None) -> QuerySet[Meeting]:
    """The public meetings to come, soonest first, cancelled ones among them: what the public pages announce."""
    found = _public(service_area_id).filter(starts_at__gte=now)
    return found.order_by("starts_at", "id")


def list_public_past(now: datetime, *, service_area_id: UUID | None = None) -> QuerySet[Meeting]:
    """The public meetings that were held, newest first, with their minutes."""
    found = _public(service_area_id).filter(starts_at__lt=now, state=MeetingState.HELD)
    return found.order_by("-starts_at", "-id")


def next_meeting(service_area_id: UUID, now: datetime) -> Meeting | None:
    """The next public meeting of a service area, or None."""
    return list_public(now, service_area_id=service_area_id).filter(state=MeetingState.PLANNED).first()


def calendar_of(service_area_id: UUID, name: str, now: datetime) -> str:
    """The public meetings of a service area as iCalendar text."""
    meetings = _public(service_area_id).filter(starts_at__gte=now - CALENDAR_BACK).order_by("starts_at", "id")
    return icalendar.calendar(name, [_entry(meeting) for meeting in meetings], now)


def live_agenda(by: Actor, forum: Forum, now: datetime) -> list[tuple[str, AgendaEntry]]:
    """What later rooms would put on a forum's agenda now: (source, entry) in the order of the contributions."""
    return [(key, entry) for key, source in AGENDA.all() for entry in source(by, forum, now)]


def decisions_about(about_kind: str, about_id: UUID) -> QuerySet[Decision]:
    """The decisions about one record, oldest first; the caller has checked that the record is visible."""
    found = Decision.objects.filter(about_kind=about_kind, about_id=about_id)
    return found.select_related("meeting__forum").order_by("made_at", "id")


def list_undertakings(by: Actor, *, organisation_id: UUID, due_by: date | None = None) -> QuerySet[MeetingAction]:
    """What an organisation undertook at meetings this actor may see, soonest due first."""
    found = MeetingAction.objects.filter(meeting__in=list_meetings(by).order_by().values("pk"))
    found = found.filter(organisation_id=organisation_id).select_related("meeting__forum")
    return (found.filter(due__lte=due_by) if due_by else found).order_by("due", "id")


def methods_of(meeting: Meeting, on: date, language: str = "en") -> list[tuple[str, str]]:
    """The methods by which a forum may decide on this day: (code, name)."""
    jurisdiction = meeting.forum.service_area.jurisdiction
    book = law.book(on, "wales" if jurisdiction == "wales" else "england")
    return book.codes("decision_methods").choices(language)


def attendance_of(meeting: Meeting) -> dict[str, int]:
    """Group -> how many came."""
    return dict(meeting.attendance.order_by("id").values_list("group", "number"))


def _public(service_area_id: UUID | None) -> QuerySet[Meeting]:
    found = Meeting.objects.filter(forum__is_public=True).select_related("forum__service_area")
    return found.filter(forum__service_area_id=service_area_id) if service_area_id else found


def _entry(meeting: Meeting) -> icalendar.Entry:
    return icalendar.Entry(
        uid=f"{meeting.pk}@ourpatch",
        starts_at=meeting.starts_at,
        summary=meeting.forum.name,
        location=meeting.venue,
        description=meeting.access_notes,
        cancelled=meeting.state == MeetingState.CANCELLED,
        sequence=meeting.version - 1,
    )
