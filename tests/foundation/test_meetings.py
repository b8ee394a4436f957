"""Meetings: planned, given an agenda from live data, held, minuted, decided at, and announced in calendars."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.foundation.factories import (
    make_actor,
    make_neighbourhood,
    make_organisation,
    make_partnership,
    make_person,
    make_staff,
)

from ourpatch.foundation.meetings import actions, icalendar, queries, rules
from ourpatch.foundation.meetings.events import DecisionMade, MeetingHeld
from ourpatch.foundation.meetings.models import Forum, ForumKind, Meeting, MeetingState, Openness
from ourpatch.foundation.meetings.permissions import Permission
from ourpatch.foundation.meetings.queries import AGENDA, AgendaEntry
from ourpatch.foundation.meetings.rules import Votes
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock, events
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor, ActorKind, Grant
from ourpatch.ground.tasks.models import Task
from ourpatch.ground.tasks.permissions import Permission as TaskPermission

pytestmark = [pytest.mark.room, pytest.mark.django_db]

CAME = {"Residents": 23, "Police": 2}


@pytest.fixture
def place() -> ServiceArea:
    return make_neighbourhood(make_partnership())


@pytest.fixture
def manager(place: ServiceArea) -> Actor:
    person = make_person(make_organisation(partnership=place.partnership))
    return make_actor(person, [*Permission, TaskPermission.GIVE], place.partnership)


def make_forum(by: Actor, place: ServiceArea, now: datetime, **changed: object) -> Forum:
    wanted: dict[str, object] = {"name": "Mill Lane PACT", "openness": Openness.OPEN, **changed}
    return actions.make_forum(
        by=by,
        kind=ForumKind.NEIGHBOURHOOD,
        service_area_id=place.pk,
        terms_of_reference="Residents raise and choose.",
        now=now,
        **wanted,  # type: ignore[arg-type]
    )


def make_meeting(by: Actor, place: ServiceArea, now: datetime, **changed: object) -> Meeting:
    forum = make_forum(by, place, now, **changed)
    return actions.plan_meeting(
        by=by, forum_id=forum.pk, starts_at=now + timedelta(days=1), venue="Library; upstairs", now=now
    )


def hold(by: Actor, meeting: Meeting, **changed: object) -> Meeting:
    meeting.refresh_from_db()
    wanted: dict[str, object] = {"minutes": "All was said.", "attendance": CAME, **changed}
    later = meeting.starts_at + timedelta(hours=2)
    return actions.hold_meeting(by=by, meeting_id=meeting.pk, version=meeting.version, now=later, **wanted)  # type: ignore[arg-type]


def test_a_meeting_is_held_with_minutes_and_attendance_only(manager: Actor, place: ServiceArea, now: datetime) -> None:
    meeting = make_meeting(manager, place, now)
    with pytest.raises(RuleBroken, match="has not begun"):
        actions.hold_meeting(by=manager, meeting_id=meeting.pk, version=1, minutes="x", attendance=CAME, now=now)
    with pytest.raises(RuleBroken) as refused:
        hold(manager, meeting, minutes=" ", attendance={})
    assert set(refused.value.problems.by_field) == {"minutes", "attendance"}
    heard: list[MeetingHeld] = []
    events.listen(MeetingHeld)(heard.append)
    held = hold(manager, meeting)
    assert held.state == MeetingState.HELD
    assert queries.attendance_of(held) == CAME
    assert heard[-1].service_area_id == place.pk
    with pytest.raises(RuleBroken, match="already"):
        hold(manager, meeting)


def test_decisions_need_a_held_meeting_a_listed_method_and_believable_votes(
    manager: Actor, place: ServiceArea, now: datetime
) -> None:
    meeting = make_meeting(manager, place, now)
    decide = {"by": manager, "meeting_id": meeting.pk, "text": "Stop the fires", "now": now}
    with pytest.raises(RuleBroken, match="meeting that was held"):
        actions.record_decision(method="show_of_hands", **decide)
    hold(manager, meeting)
    with pytest.raises(RuleBroken) as refused:
        actions.record_decision(method="coin", votes=Votes(26, 0, 0), **decide)
    assert set(refused.value.problems.by_field) == {"method", "votes_for"}
    about = uuid4()
    heard: list[DecisionMade] = []
    events.listen(DecisionMade)(heard.append)
    made = actions.record_decision(
        method="show_of_hands", votes=Votes(20, 2, 3), about_kind="priority", about_id=about, **decide
    )
    assert list(queries.decisions_about("priority", about)) == [made]
    assert heard[-1].decision_id == made.pk
    actions.record_decision(method="dot_vote", votes=Votes(in_favour=60), **decide)


@given(*[st.none() | st.integers(0, 60)] * 3, st.integers(0, 60), st.sampled_from(["ballot", "dot_vote"]))
def test_votes_never_exceed_who_came_except_with_dots(
    in_favour: int | None, against: int | None, abstained: int | None, present: int, method: str
) -> None:
    votes = Votes(in_favour, against, abstained)
    problems = rules.check_decision(
        state="held", text="x", method=method, methods=["ballot", "dot_vote"], votes=votes, present=present
    )
    assert bool(problems) == (method == "ballot" and votes.total > present)


def test_the_agenda_keeps_written_items_and_renews_live_ones(manager: Actor, place: ServiceArea, now: datetime) -> None:
    live = ["Three concerns are waiting"]
    AGENDA.add("test", lambda by, forum, at: [AgendaEntry(title) for title in live], order=1)
    try:
        meeting = make_meeting(manager, place, now)
        actions.set_agenda(
            by=manager,
            meeting_id=meeting.pk,
            version=1,
            items=[AgendaEntry("Welcome"), AgendaEntry("Minutes")],
            now=now,
        )
        with pytest.raises(Conflict):
            actions.set_agenda(by=manager, meeting_id=meeting.pk, version=1, items=[], now=now)
        item = meeting.agenda.get(title="Welcome")
        actions.minute_item(by=manager, item_id=item.pk, minute="Everybody was welcomed.", now=now)
        live[:] = ["Four concerns are waiting"]
        actions.refresh_agenda(by=manager, meeting_id=meeting.pk, now=now)
        items = list(meeting.agenda.order_by("position").values_list("title", "source", "minute"))
        assert items == [
            ("Welcome", "", "Everybody was welcomed."),
            ("Minutes", "", ""),
            ("Four concerns are waiting", "test", ""),
        ]
        hold(manager, meeting)
        with pytest.raises(RuleBroken, match="stays as it was"):
            actions.refresh_agenda(by=manager, meeting_id=meeting.pk, now=now)
    finally:
        AGENDA._entries.pop("test")


def test_an_undertaking_gives_a_task_when_it_is_about_a_record(
    manager: Actor, place: ServiceArea, now: datetime
) -> None:
    meeting = make_meeting(manager, place, now)
    hold(manager, meeting)
    council = make_organisation("district_council", partnership=place.partnership)
    undertake = {"by": manager, "meeting_id": meeting.pk, "organisation_id": council.pk, "now": now}
    due = date(2026, 12, 1)
    with pytest.raises(RuleBroken, match="before the meeting"):
        actions.undertake_action(text="Cut the hedge", due=date(2026, 11, 1), **undertake)
    plain = actions.undertake_action(text="Cut the hedge", due=due, **undertake)
    assert plain.task_id is None
    subject = Task(
        partnership_id=place.partnership_id,
        controller_id=manager.organisation_id,
        service_area_id=place.pk,
        activity="test",
        organisation_id=council.pk,
    )
    with_task = actions.undertake_action(text="Light the alley", due=due, subject=subject, **undertake)
    task = Task.objects.get(pk=with_task.task_id)
    assert (task.title, task.organisation_id, task.due) == ("Light the alley", council.pk, due)
    assert list(queries.list_undertakings(manager, organisation_id=council.pk)) == [plain, with_task]


def public(place: ServiceArea) -> Actor:
    partnership_id = place.partnership_id
    assert partnership_id
    return Actor(ActorKind.PUBLIC, "Anybody", grants=(Grant(frozenset({Permission.VIEW}), partnership_id),))


def test_a_closed_forum_is_seen_by_its_members_only(manager: Actor, place: ServiceArea, now: datetime) -> None:
    member = make_person(make_organisation("district_council", partnership=place.partnership))
    seat = actions.Seat(organisation_id=member.organisation_id)
    make_meeting(manager, place, now)
    closed = make_meeting(manager, place, now, name="Tasking group", is_public=False, members=[seat])
    assert closed in queries.list_meetings(make_actor(member, [Permission.VIEW], place.partnership))
    for outsider in (make_actor(make_person(), [Permission.VIEW], place.partnership), public(place)):
        assert queries.list_meetings(outsider).count() == 1
        with pytest.raises(NotFound):
            queries.get_meeting(outsider, closed.pk)
    assert closed not in queries.list_public(now)
    assert queries.list_meetings(make_actor(member, [Permission.VIEW], make_partnership())).count() == 0


def test_only_who_may_record_there_records(manager: Actor, place: ServiceArea, now: datetime) -> None:
    meeting = make_meeting(manager, place, now)
    other_place = make_neighbourhood(place.partnership)
    stranger = make_actor(make_person(), list(Permission), place.partnership, [other_place])
    with pytest.raises(NotAllowed):
        hold(stranger, meeting)


def test_the_next_public_meeting_is_announced_and_a_cancelled_one_stays_as_cancelled(
    manager: Actor, place: ServiceArea, now: datetime
) -> None:
    meeting = make_meeting(manager, place, now)
    assert queries.next_meeting(place.pk, now) == meeting
    assert queries.next_meeting(place.pk, now + timedelta(days=2)) is None
    actions.move_meeting(
        by=manager, meeting_id=meeting.pk, version=1, starts_at=now + timedelta(days=3), venue="Hall", now=now
    )
    actions.cancel_meeting(by=manager, meeting_id=meeting.pk, version=2, now=now)
    assert queries.next_meeting(place.pk, now) is None
    text = queries.calendar_of(place.pk, "Mill Lane", now)
    assert "STATUS:CANCELLED\r\nSEQUENCE:2\r\n" in text
    assert "DTSTART:20261121T120000Z" in text


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=200)


@given(WORDS, WORDS)
def test_a_calendar_keeps_every_letter_within_lines_of_75_octets(summary: str, location: str) -> None:
    at = datetime.fromisoformat("2026-06-05T18:30:00+01:00")
    text = icalendar.calendar("Name", [icalendar.Entry("1@x", at, summary, location)], at)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = unfolded(text)
    told = {line.split(":", 1)[0]: line.split(":", 1)[1] for line in lines if ":" in line}
    assert told["DTSTART"] == "20260605T173000Z"
    for name, words in (("SUMMARY", summary), ("LOCATION", location)):
        assert plain(told[name]) == words
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]


def plain(escaped: str) -> str:
    letters, rest = [], iter(escaped)
    for letter in rest:
        if letter == "\\":
            letter = {"n": "\n"}.get(following := next(rest), following)
        letters.append(letter)
    return "".join(letters)


def test_the_pages_lead_from_a_forum_to_a_recorded_decision(client: Client) -> None:
    place = make_neighbourhood(make_partnership())
    user = make_staff(client, place.partnership, list(Permission))
    client.post(
        reverse("meetings:new_forum"),
        {
            "name": "Mill Lane PACT",
            "kind": "neighbourhood",
            "openness": "open",
            "service_area_id": str(place.pk),
            "terms_of_reference": "Residents choose.",
            "is_public": "on",
        },
    )
    forum = Forum.objects.get()
    plan = reverse("meetings:plan", args=[forum.pk])
    assert (
        "Say where the meeting is" in client.post(plan, {"starts_at": "2126-06-05T18:30", "venue": ""}).content.decode()
    )
    client.post(plan, {"starts_at": "2126-06-05T18:30", "venue": "Library"})
    meeting = Meeting.objects.get()
    assert meeting.starts_at == datetime.fromisoformat("2126-06-05T17:30:00+00:00"), "London summer time"
    client.post(reverse("meetings:agenda", args=[meeting.pk]), {"version": "1", "items": "Welcome\n\nFires"})
    stale = client.post(reverse("meetings:agenda", args=[meeting.pk]), {"version": "1", "items": "Mine"})
    assert "Somebody else changed this meeting" in stale.content.decode()
    assert "Mine" in stale.content.decode(), "nothing typed is lost"
    address = reverse("meetings:meeting", args=[meeting.pk])
    assert "Fires" in client.get(address).content.decode()
    Meeting.objects.update(starts_at=clock.now() - timedelta(hours=3))
    record = reverse("meetings:record", args=[meeting.pk])
    assert "Residents" in client.get(record).content.decode()
    said = {"version": "2", "group_0": "12", "other_group": "Scouts", "other_number": "3", "minutes": "Much was said."}
    client.post(record, said)
    assert queries.attendance_of(meeting) == {"Residents": 12, "Scouts": 3}
    decide = reverse("meetings:decide", args=[meeting.pk])
    decision = {"text": "Stop the fires", "method": "show_of_hands", "votes_for": "99"}
    assert "There are more votes than people who came (15)." in client.post(decide, decision).content.decode()
    client.post(decide, {**decision, "votes_for": "12"})
    undertaking = {"text": "Cut the hedge", "organisation_id": str(user.person.organisation_id), "due": "2126-07-01"}
    client.post(reverse("meetings:undertake", args=[meeting.pk]), undertaking)
    page = client.get(address).content.decode()
    for words in ("Stop the fires", "Show of hands", "12 for, 0 against", "Cut the hedge", "Much was said."):
        assert words in page
    assert "Mill Lane PACT" in client.get(reverse("meetings:meetings")).content.decode()
