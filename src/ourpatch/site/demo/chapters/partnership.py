"""The partnerships: strategic priorities with a named lead, the published plan, the strategy group, the year's steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import yaml

from ourpatch.data.disclosure import actions as disclosure
from ourpatch.data.disclosure.models import Detail
from ourpatch.foundation.law.cycle import partnership_year
from ourpatch.foundation.meetings import actions as meetings
from ourpatch.foundation.meetings.actions import Seat
from ourpatch.foundation.meetings.models import AgendaItem, ForumKind, Meeting, Openness
from ourpatch.foundation.meetings.queries import AgendaEntry
from ourpatch.ground.clock import london_date
from ourpatch.site.demo.stage import Stage
from ourpatch.strategy.cycle import actions as cycle
from ourpatch.strategy.plans import actions as plans

STORY = Path(__file__).with_name("partnerships.yaml")
ANALYSTS = {"Harrowick": "analyst-city", "Carrow Vale": "analyst-county", "Eddonside": "analyst-county"}
PUBLISHES_SMALL_AREAS = "Harrowick"
TERMS = (
    "Responsible authorities, the commissioner's office and those we invite. Sets the strategic priorities, watches progress "
    "every quarter, and answers to the public for the plan."
)
CALLED = timedelta(days=30)
LENGTH = timedelta(minutes=120)
PUBLISHED = (3, 24)


def set_up(stage: Stage) -> None:
    """Set priorities and publish the plan in force, set up the strategy groups, and put their year into the timeline.

    One of them has chosen to publish its wards and small areas besides, so that there are some to see.
    """
    for name, group in story()["groups"].items():
        _set_priorities(stage, name, group)
        _strategy_group(stage, name, group)
        for code, step in story()["steps"].items():
            _record(stage, name, group, code, step)
    disclosure.choose_publishing(
        by=stage.actor(ANALYSTS[PUBLISHES_SMALL_AREAS]),
        partnership_id=stage.partnerships[PUBLISHES_SMALL_AREAS].pk,
        detail=Detail.SMALL_AREAS,
        rounded_to=None,
        replaces=None,
        now=stage.set_up_at,
    )


@cache
def story() -> dict[str, Any]:
    """What the partnerships aim at, as it is written beside this chapter."""
    return cast("dict[str, Any]", yaml.safe_load(STORY.read_text(encoding="utf-8")))


def _set_priorities(stage: Stage, name: str, group: dict[str, Any]) -> None:
    by, partnership = stage.actor(group["chair"]), stage.partnerships[name]
    year = partnership_year(stage.county.start)
    ids = []
    for told in group["priorities"]:
        made = plans.set_priority(
            by=by,
            partnership_id=partnership.pk,
            title=told["title"],
            title_cy=told["title_cy"],
            lead_id=stage.people[told["lead"]].pk,
            objective=told["objective"],
            objective_cy=told["objective_cy"],
            measure=told["measure"],
            target=told["target"],
            source=told["source"],
            from_on=date(year, 4, 1),
            until=date(year + 3, 3, 31),
        )
        ids.append(made.pk)
        for category in told["serves"]:
            stage.strategic[name, category] = made.pk
    _publish(stage, name, group, year, ids, stage.set_up_at)
    for next_year in range(year + 1, partnership_year(stage.county.until) + 1):
        stage.timeline.at(stage.morning(date(next_year, *PUBLISHED)), _publisher(stage, name, group, next_year, ids))


def _publish(stage: Stage, name: str, group: dict[str, Any], year: int, ids: list[UUID], now: datetime) -> None:
    plans.publish_plan(
        by=stage.actor(group["chair"]),
        partnership_id=stage.partnerships[name].pk,
        year=year,
        priority_ids=ids,
        summary=group["summary"],
        summary_cy=group["summary_cy"],
        now=now,
    )


def _publisher(
    stage: Stage, name: str, group: dict[str, Any], year: int, ids: list[UUID]
) -> Callable[[datetime], None]:
    def publish(now: datetime) -> None:
        _publish(stage, name, group, year, ids, now)

    return publish


# ---------------------------------------------------------------- the strategy group


def _strategy_group(stage: Stage, name: str, group: dict[str, Any]) -> None:
    partnership = stage.partnerships[name]
    by = stage.administrator(partnership)
    seats = [Seat(organisation_id=stage.organisations[key].pk, person_id=_board(stage, key)) for key in group["seats"]]
    forum = meetings.make_forum(
        by=by,
        name=f"{group['name']}: strategy group",
        kind=ForumKind.STRATEGY,
        openness=Openness.EXCLUSIVE,
        service_area_id=partnership.pk,
        terms_of_reference=TERMS,
        chair_id=stage.people[group["chair"]].pk,
        is_public=False,
        members=seats,
        now=stage.set_up_at,
    )
    for day in _quarters(stage):
        _meeting(stage, name, group, forum.pk, day)


def _board(stage: Stage, organisation: str) -> UUID | None:
    people = [each for each in stage.county.people if each.organisation == organisation]
    first = next((each for each in people if each.role == "board_member"), None)
    return stage.people[first.key].pk if first else None


def _quarters(stage: Stage) -> Iterator[date]:
    """The days on which a strategy group meets: those of the year told, and the next one."""
    days = sorted(
        date(year, month, day)
        for year in range(stage.county.start.year, stage.county.until.year + 2)
        for month, day in story()["quarters"]
    )
    told = [day for day in days if stage.county.start <= day <= stage.county.until]
    yield from told
    yield next(day for day in days if day > stage.county.until)


def _meeting(stage: Stage, name: str, group: dict[str, Any], forum_id: UUID, day: date) -> None:
    by, key = stage.administrator(stage.partnerships[name]), f"strategy-{name}-{day}"
    starts = stage.morning(day, 10)

    def plan(now: datetime) -> None:
        planned = meetings.plan_meeting(by=by, forum_id=forum_id, starts_at=starts, venue=group["venue"], now=now)
        stage.meetings[key] = planned.pk
        items = [AgendaEntry(title) for title, _minute in story()["agenda"]]
        meetings.set_agenda(by=by, meeting_id=planned.pk, version=planned.version, items=items, now=now)

    def hold(now: datetime) -> None:
        said = dict(story()["agenda"])
        for item in AgendaItem.objects.filter(meeting_id=stage.meetings[key], source=""):
            meetings.minute_item(by=by, item_id=item.pk, minute=said[item.title], now=now)
        held = meetings.hold_meeting(
            by=by,
            meeting_id=stage.meetings[key],
            version=Meeting.objects.values_list("version", flat=True).get(pk=stage.meetings[key]),
            minutes="\n\n".join(f"{title}. {minute}" for title, minute in said.items()),
            attendance={"responsible authorities": 9, "co-operating bodies": 3, "invited": 2},
            now=now,
        )
        meetings.undertake_action(
            by=by,
            meeting_id=held.pk,
            text="Send every neighbourhood manager the results of the plans that ended, in plain words.",
            organisation_id=stage.organisations[group["seats"][0]].pk,
            due=london_date(now) + timedelta(days=21),
            now=now,
        )

    stage.timeline.at(max(stage.set_up_at, min(starts - CALLED, stage.timeline.end - timedelta(days=1))), plan)
    stage.timeline.at(starts + LENGTH, hold)


# ---------------------------------------------------------------- the year's steps


def _record(stage: Stage, name: str, group: dict[str, Any], code: str, step: dict[str, Any]) -> None:
    """Put a step into the present year: on its day when that has come, as under way when it has none."""
    year = partnership_year(stage.county.until)
    owner = group["chair"] if step["owner"] == "chair" else ANALYSTS[name]
    done = _day(year, step["day"]) if "day" in step else None
    at = stage.morning(done, 16) if done else stage.morning(stage.county.until - timedelta(days=4))

    def record(now: datetime) -> None:
        cycle.record_step(
            by=stage.actor(owner),
            partnership_id=stage.partnerships[name].pk,
            year=year,
            code=code,
            version=0,
            owner_id=stage.people[owner].pk,
            done_on=done,
            note=step["note"],
            now=now,
        )

    stage.timeline.at(at, record)


def _day(year: int, month_and_day: list[int]) -> date:
    month, day = month_and_day
    return date(year if month >= 4 else year + 1, month, day)
