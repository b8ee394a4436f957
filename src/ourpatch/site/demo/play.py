"""Plays a demo through the actions and loaders of real life, each deed at its own time."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from tqdm import tqdm

from ourpatch.access.concerns.permissions import Permission as Concerns
from ourpatch.answers.feedback import actions as feedback
from ourpatch.data.disclosure import actions as disclosure
from ourpatch.data.disclosure.permissions import Permission as Releases
from ourpatch.foundation.messaging import actions as messaging
from ourpatch.foundation.messaging.carriers import carrier
from ourpatch.foundation.messaging.permissions import Permission as Messaging
from ourpatch.ground import clock
from ourpatch.ground.permission.actor import Actor
from ourpatch.site.demo import county as invented_county
from ourpatch.site.demo import sheet
from ourpatch.site.demo.chapters import (
    answers,
    concerns,
    meetings,
    partnership,
    people,
    places,
    plans,
    priorities,
    profiles,
    real_area,
    returns,
    teams,
)
from ourpatch.site.demo.county import County
from ourpatch.site.demo.county.incidents import Table
from ourpatch.site.demo.county.life import Life
from ourpatch.site.demo.county.profiles import CATEGORIES
from ourpatch.site.demo.stage import Stage
from ourpatch.site.demo.timeline import Timeline
from ourpatch.site.loading import command_line

SMALL_SHARE = 0.1
SMALL_NEIGHBOURHOODS = frozenset({"wyndmoor", "eddonford", "fennick-park"})
EVENING = 20
CARRIED_EVERY = timedelta(hours=3)


class _Somewhere(Protocol):
    """Something told of a neighbourhood."""

    @property
    def neighbourhood(self) -> str: ...


Told = TypeVar("Told", bound=_Somewhere)


def invented(*, until: date, small: bool = False, seed: int = 2026) -> dict[str, object]:
    """The invented county, its year told up to the end of this day; returns the sign-in sheet."""
    _say("Inventing the county")
    county = invented_county.build(seed, until)
    if small:
        county = replace(county, incidents=_fewer(county))
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(
            county=county,
            life=_shorter(county.life()) if small else county.life(),
            files=county.write_files(Path(folder)),
            folder=Path(folder),
            password=people.new_password(),
            timeline=Timeline(_evening(until)),
            share=SMALL_SHARE if small else 1.0,
        )
        _set_up(stage)
        _every_noon(stage)
        _play(stage.timeline)
    _say("Publishing what may be published")
    publish()
    return sheet.of_stage(stage)


def lancashire(data: Path, *, until: date) -> dict[str, object]:
    """The real boundaries and records of a folder, with a few neighbourhoods brought to life; returns the sign-in sheet."""
    timeline = Timeline(_evening(until))
    _say("Loading the boundaries and records of Lancashire")
    real_area.load(data, now=timeline.end - real_area.SET_UP_BEFORE)
    _say("Entering people, and playing the weeks of a few neighbourhoods")
    scene = real_area.set_up(timeline)
    _play(timeline)
    _say("Publishing what may be published")
    publish()
    return real_area.sheet_of(scene)


def publish() -> None:
    """Make the releases that the public pages read."""
    by = command_line(Releases.MAKE)
    for grant in by.grants[1:]:
        disclosure.make_releases(by=by, partnership_id=grant.partnership_id, now=clock.now())


def _set_up(stage: Stage) -> None:
    _say("Loading boundaries, postcodes and place names")
    places.set_up(stage)
    _say("Entering organisations, people and agreements")
    people.set_up(stage)
    teams.set_up(stage)
    for chapter in (partnership, meetings, concerns, priorities, plans, answers, profiles):
        chapter.set_up(stage)
    places.set_records(stage)
    returns.set_up(stage)


def _play(timeline: Timeline) -> None:
    """Everything in the order of time; messages leave within hours of being written."""
    by = command_line(Messaging.SEND)
    with tqdm(total=len(timeline), desc="Playing the story", disable=None, leave=False, file=sys.stderr) as bar:
        carried = None
        for instant in timeline.play():
            if carried is None or instant - carried > CARRIED_EVERY:
                _carry_messages(by, instant)
                carried = instant
            bar.update()
    _carry_messages(by, timeline.end)


def _every_noon(stage: Stage) -> None:
    """Broken promises go up to a supervisor, as the job does in real life."""
    by = command_line(Concerns.ASSIGN)

    def escalate(now: datetime) -> None:
        feedback.escalate_overdue(by=by, now=now)

    day = stage.county.start
    while day <= stage.county.until:
        stage.timeline.at(stage.morning(day, 12), escalate)
        day += timedelta(days=1)


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(EVENING), clock.LONDON)


def _carry_messages(by: Actor, now: datetime) -> None:
    to_whom = carrier()
    while (message := messaging.claim_next(by=by, now=now)) is not None:
        to_whom.carry(message)
        messaging.mark_sent(by=by, message_id=message.pk, now=now)


def _fewer(county: County) -> Table:
    """A tenth of the ordinary incidents, and everything that was planted."""
    rows, rng = county.incidents, np.random.default_rng(county.seed)
    kept = rng.random(len(rows)) < SMALL_SHARE
    for spot in county.truths.spots():
        kept |= (rows["category"] == CATEGORIES.index(spot.category)) & np.isin(rows["anchor"], spot.circle.anchors)
    series = [event.anchor for event in county.truths.burglaries.events]
    kept |= (rows["category"] == CATEGORIES.index("Burglary")) & np.isin(rows["anchor"], series)
    return rows[kept]


def _shorter(life: Life) -> Life:
    """What was said and done in the neighbourhoods of the planted truths, and nowhere else."""
    problems = {each.key for each in life.problems if each.neighbourhood in SMALL_NEIGHBOURHOODS}

    def here(told: Sequence[Told]) -> tuple[Told, ...]:
        return tuple(each for each in told if each.neighbourhood in SMALL_NEIGHBOURHOODS)

    return Life(
        showcase=life.showcase,
        concerns=here(life.concerns),
        problems=here(life.problems),
        forums=here(life.forums),
        meetings=here(life.meetings),
        priorities=here(life.priorities),
        plans=tuple(each for each in life.plans if each.problem in problems),
        answers=here(life.answers),
    )


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)
