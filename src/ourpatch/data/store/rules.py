"""What the incident store knows: how exact and how open data is, what a submission may become, when it may be undone."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
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
    """How exactly a row says where, from fine to coarse. Snapped: moved to a map point that stands for eight addresses or more
    (anchors 2.10). Postcode: the middle of one, which stands for some fifteen addresses and for a hundred at most.
    """

    EXACT = "exact"
    SNAPPED = "snapped"
    ADDRESS = "address"
    POSTCODE = "postcode"
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


def next_month(day: date) -> date:
    """The first day of the month after a day's."""
    return month_end(day) + timedelta(days=1)


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def missing_months(months: Sequence[date]) -> list[date]:
    """The months between the first and the last that are not there; `months` by their first days, earliest first."""
    there, found = set(months), []
    month = months[0] if months else None
    while month is not None and month < months[-1]:
        month = next_month(month)
        if month not in there:
            found.append(month)
    return found


def whole_months(since: date | None, until: date | None) -> bool:
    """Whether a period begins with a month and ends with one, where it says either."""
    return (since is None or since == month_of(since)) and (until is None or until == month_end(until))


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
