"""What the incident store knows: how exact and how open data is, what a submission may become, when it may be undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from uuid import UUID

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import say as _


class DataClass(StrEnum):
    """How far a dataset may be seen; the three never mix."""

    PERSONAL = "personal"
    CONTROLLED = "controlled"
    PUBLISHABLE = "publishable"


class TimePrecision(StrEnum):
    """How exactly a row says when."""

    INSTANT = "instant"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"


class PlacePrecision(StrEnum):
    """How exactly a row says where. Snapped: moved to a map point that stands for eight addresses or more (anchors 2.10)."""

    EXACT = "exact"
    SNAPPED = "snapped"
    ADDRESS = "address"
    OUTWARD = "outward"
    AREA = "area"
    NONE = "none"


class State(StrEnum):
    """Where a submission stands: what readers see, replaced by a later one, or taken out again."""

    LOADED = "loaded"
    SUPERSEDED = "superseded"
    UNDONE = "undone"


POLICE_UK = "police_uk_street"


def month_of(day: date) -> date:
    """The first day of a day's month; months are named by it throughout the store."""
    return day.replace(day=1)


ANOTHER_LOAD = _(
    "Another load of the same month finished while this one ran. Nothing of this one was kept. "
    "Look at what is loaded now, then load again if you still need to."
)


def check_undo(state: State) -> Problems:
    """Only what readers see can be undone: a replaced submission comes back by undoing the one that replaced it."""
    messages = {
        State.SUPERSEDED: _("A later load replaced this one. Undo the later one first."),
        State.UNDONE: _("This load has been undone already."),
    }
    return Problems.collect([("", messages[state]) if state in messages else None])


def check_partnerships(touched: Iterable[UUID], held: Iterable[UUID]) -> Problems:
    """A load changes every partnership it has rows in, so the permission must be held in each of them."""
    missing = len(set(touched) - set(held))
    return Problems.collect(
        [
            (
                "",
                _(
                    "This covers %(count)s partnerships that you may not do this for. Ask somebody who may, for all of them.",
                    count=missing,
                ),
            )
            if missing
            else None
        ]
    )
