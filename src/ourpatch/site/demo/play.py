"""Plays a demo through the actions and loaders of real life, each deed at its own time."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

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
    teams,
)
from ourpatch.site.demo.county import County
from ourpatch.site.demo.county.profiles import CATEGORIES
from ourpatch.site.demo.stage import Stage
from ourpatch.site.demo.timeline import Timeline
from ourpatch.site.loading import command_line

SMALL_SHARE = 0.1
EVENING = 20
CARRIED_EVERY = timedelta(hours=3)


def invented(*, until: date, small: bool = False, seed: int = 2026) -> dict[str, object]:
    """The invented county, its year told up to the end of this day; returns the sign-in sheet."""
    _say("Inventing the county")
    county = invented_county.build(seed, until)
    if small:
        county = replace(county, incidents=_fewer(county))
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(
            county=county,
            life=county.life(),
            files=county.write_files(Path(folder)),
            folder=Path(folder),
            password=people.new_password(),
            timeline=Timeline(datetime.combine(until, datetime.min.time(), clock.LONDON) + timedelta(hours=EVENING)),
        )
        _set_up(stage)
        _play(stage)
    _say("Publishing what may be published")
    publish()
    return sheet.of_stage(stage)


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


def _play(stage: Stage) -> None:
    """Everything in the order of time; messages leave as they are written, and broken promises go up every noon."""
    by = command_line(Messaging.SEND, Concerns.ASSIGN)
    _every_noon(stage, lambda now: feedback.escalate_overdue(by=by, now=now))
    with tqdm(total=len(stage.timeline), desc="Playing the year", disable=None, leave=False, file=sys.stderr) as bar:
        carried = stage.set_up_at
        for instant in stage.timeline.play():
            if instant - carried > CARRIED_EVERY:
                _carry_messages(by, instant)
                carried = instant
            bar.update()
        _carry_messages(by, stage.timeline.end)


def _every_noon(stage: Stage, deed) -> None:  # type: ignore[no-untyped-def]
    day = stage.county.start
    while day <= stage.county.until:
        stage.timeline.at(stage.morning(day, 12), deed)
        day += timedelta(days=1)


def _carry_messages(by, now: datetime) -> None:  # type: ignore[no-untyped-def]
    to_whom = carrier()
    while (message := messaging.claim_next(by=by, now=now)) is not None:
        to_whom.carry(message)
        messaging.mark_sent(by=by, message_id=message.pk, now=now)


def _fewer(county: County):  # type: ignore[no-untyped-def]
    """A tenth of the ordinary incidents, and everything that was planted."""
    rows, rng = county.incidents, np.random.default_rng(county.seed)
    kept = rng.random(len(rows)) < SMALL_SHARE
    for spot in county.truths.spots():
        kept |= (rows["category"] == CATEGORIES.index(spot.category)) & np.isin(rows["anchor"], spot.circle.anchors)
    series = [event.anchor for event in county.truths.burglaries.events]
    kept |= (rows["category"] == CATEGORIES.index("Burglary")) & np.isin(rows["anchor"], series)
    return rows[kept]


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)
