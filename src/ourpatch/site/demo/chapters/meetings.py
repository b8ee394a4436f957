"""Forums and their meetings: called weeks ahead, held, minuted, and priorities chosen there with the votes counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from ourpatch.access.concerns import queries as concerns
from ourpatch.foundation.meetings import actions as meetings
from ourpatch.foundation.meetings.actions import Seat
from ourpatch.foundation.meetings.models import AgendaItem, ForumKind, Meeting, Openness
from ourpatch.foundation.meetings.queries import AgendaEntry
from ourpatch.ground.clock import london_date
from ourpatch.ground.tasks import actions as tasks
from ourpatch.ground.tasks.models import Task
from ourpatch.influence.priorities import actions as priorities
from ourpatch.influence.priorities.models import Priority
from ourpatch.influence.priorities.rules import State
from ourpatch.site.demo.county import life
from ourpatch.site.demo.stage import Stage

OPENNESS = {"open": Openness.OPEN, "partially_open": Openness.PARTLY_OPEN, "exclusive": Openness.EXCLUSIVE}
METHODS: dict[life.Method, str] = {
    "show_of_hands": "show_of_hands",
    "dot_vote": "dot_vote",
    "paper_ballot": "ballot",
    "panel_consensus": "panel",
    # What is taken up as a duty is told to the forum, not voted on.
    "duty": "consensus",
}
TERMS = {
    "open": "Anyone who lives, works or learns here may come, raise things and vote. Police and partners listen, answer and "
    "do not vote.",
    "partially_open": "Anyone may come and raise things. Residents' representatives, elected each spring, set the priorities.",
    "exclusive": "Key partners and elected residents.",
}
ACCESS = "Step-free, with a hearing loop. Tell us a week before if you need an interpreter or a lift."
CALLED = timedelta(days=42)
AGENDA_OUT = timedelta(days=7)
LENGTH = timedelta(minutes=100)
WALKED_WITHIN = timedelta(days=70)
WALKED = "Walked with three residents and the housing officer. What we saw is in the plan; two things were mended on the spot."
MOST = 3
MORE = "One of them is a policing priority, taken up as a duty beside those that the forum chose."


def set_up(stage: Stage) -> None:
    """Set up the forums, and put their meetings into the year."""
    for forum in stage.life.forums:
        _make_forum(stage, forum)
    for meeting in stage.life.meetings:
        _call(stage, meeting)


def _make_forum(stage: Stage, forum: life.Forum) -> None:
    place, manager = stage.neighbourhoods[forum.neighbourhood], stage.post(f"manager-{forum.neighbourhood}")
    constable = stage.people[f"pc-{forum.neighbourhood}"]
    made = meetings.make_forum(
        by=stage.manager(forum.neighbourhood),
        name=forum.name,
        name_cy=f"Fforwm {place.name}",
        kind=ForumKind.NEIGHBOURHOOD,
        openness=OPENNESS[forum.kind],
        service_area_id=place.pk,
        terms_of_reference=f"{TERMS[forum.kind]} Chaired by {forum.chair}, who lives here.",
        members=[
            Seat(group_name=f"Residents of {place.name}"),
            Seat(organisation_id=stage.organisations[manager.organisation].pk, person_id=stage.people[manager.key].pk),
            Seat(organisation_id=constable.organisation_id, person_id=constable.pk),
        ],
        now=stage.set_up_at,
    )
    stage.forums[forum.key] = made.pk


def _call(stage: Stage, meeting: life.Meeting) -> None:
    timeline, last_day = stage.timeline, stage.timeline.end - timedelta(days=1)
    timeline.at(max(stage.set_up_at, min(meeting.starts - CALLED, last_day)), _planner(stage, meeting))
    timeline.at(min(meeting.starts - AGENDA_OUT, last_day + timedelta(hours=1)), _agenda_setter(stage, meeting))
    if meeting.held:
        timeline.at(meeting.starts + LENGTH, _recorder(stage, meeting))
        for number, choice in enumerate(meeting.choices, start=1):
            timeline.at(meeting.starts + LENGTH + timedelta(minutes=number), _chooser(stage, meeting, choice))
        timeline.at(meeting.starts + LENGTH + timedelta(minutes=9), _undertaker(stage, meeting))


def _planner(stage: Stage, meeting: life.Meeting) -> Callable[[datetime], None]:
    def plan(now: datetime) -> None:
        planned = meetings.plan_meeting(
            by=stage.manager(meeting.neighbourhood),
            forum_id=stage.forums[meeting.forum],
            starts_at=meeting.starts,
            venue=meeting.venue,
            access_notes=ACCESS,
            now=now,
        )
        stage.meetings[meeting.key] = planned.pk

    return plan


def _agenda_setter(stage: Stage, meeting: life.Meeting) -> Callable[[datetime], None]:
    def set_agenda(now: datetime) -> None:
        meetings.set_agenda(
            by=stage.manager(meeting.neighbourhood),
            meeting_id=stage.meetings[meeting.key],
            version=_version(stage.meetings[meeting.key]),
            items=[AgendaEntry(item.title) for item in meeting.agenda],
            now=now,
        )

    return set_agenda


def _recorder(stage: Stage, meeting: life.Meeting) -> Callable[[datetime], None]:
    def record(now: datetime) -> None:
        by, meeting_id = stage.manager(meeting.neighbourhood), stage.meetings[meeting.key]
        said = {item.title: " ".join((item.minute, item.decision)).strip() for item in meeting.agenda}
        for item in AgendaItem.objects.filter(meeting_id=meeting_id, source=""):
            if said.get(item.title):
                meetings.minute_item(by=by, item_id=item.pk, minute=said[item.title], now=now)
        meetings.hold_meeting(
            by=by,
            meeting_id=meeting_id,
            version=_version(meeting_id),
            minutes="\n\n".join(f"{title}. {minute}" for title, minute in said.items() if minute),
            attendance=dict(meeting.attendance),
            now=now,
        )

    return record


def _chooser(stage: Stage, meeting: life.Meeting, choice: life.Choice) -> Callable[[datetime], None]:
    def choose(now: datetime) -> None:
        candidates = [count.priority for count in choice.counts if count.priority]
        if not choice.chosen:
            return
        votes = {stage.priorities[each.priority]: each.votes for each in choice.counts if each.priority}
        current = Priority.objects.filter(
            neighbourhood=stage.neighbourhoods[meeting.neighbourhood], state=State.ADOPTED
        ).count()
        priorities.adopt_priorities(
            by=stage.manager(meeting.neighbourhood),
            meeting_id=stage.meetings[meeting.key],
            candidates=[stage.priorities[each] for each in candidates],
            chosen=[stage.priorities[each] for each in choice.chosen],
            method=METHODS[choice.method],
            present=sum(number for _group, number in meeting.attendance),
            votes=votes if choice.method != "duty" else None,
            reason_for_more=MORE if current + len(choice.chosen) > MOST else "",
            now=now,
        )

    return choose


def _undertaker(stage: Stage, meeting: life.Meeting) -> Callable[[datetime], None]:
    """At each meeting the police undertake to walk the place of the newest open problem with residents, as a task."""

    def undertake(now: datetime) -> None:
        by, hood = stage.manager(meeting.neighbourhood), meeting.neighbourhood
        open_now = concerns.list_problems(by, service_area_id=stage.neighbourhoods[hood].pk)
        problem = open_now.order_by("-made_at").first()
        if problem is None:
            return
        undertaken = meetings.undertake_action(
            by=by,
            meeting_id=stage.meetings[meeting.key],
            text=f"Walk {problem.place_words} with residents before the next meeting, and tell them what was found.",
            organisation_id=stage.organisations["police"].pk,
            due=london_date(now) + WALKED_WITHIN,
            subject=problem,
            now=now,
        )
        assert undertaken.task_id is not None
        stage.timeline.at(now + timedelta(hours=15), _walker(stage, hood, undertaken.task_id, "accepted"))
        stage.timeline.at(now + WALKED_WITHIN - timedelta(days=4), _walker(stage, hood, undertaken.task_id, "done"))

    return undertake


def _walker(stage: Stage, hood: str, task_id: UUID, step: str) -> Callable[[datetime], None]:
    def walk(now: datetime) -> None:
        by, version = stage.officer(hood), Task.objects.values_list("version", flat=True).get(pk=task_id)
        if step == "accepted":
            tasks.accept_task(by=by, task_id=task_id, version=version, now=now)
        else:
            tasks.finish_task(by=by, task_id=task_id, version=version, note=WALKED, now=now)

    return walk


def _version(meeting_id: UUID) -> int:
    return Meeting.objects.values_list("version", flat=True).get(pk=meeting_id)
