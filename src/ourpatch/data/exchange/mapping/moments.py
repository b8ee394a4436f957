"""Whole columns of dates and times: read value by value, put together, and turned into instants by London's clocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ourpatch.data.exchange.mapping import formats
from ourpatch.data.exchange.mapping.formats import DAY_SECONDS, Moment
from ourpatch.data.exchange.mapping.shapes import UNKNOWN, Mask, distinct, is_nothing, rows_of
from ourpatch.ground.clock import LONDON

Days = NDArray[np.int64]

NO_DAY = -(2**31)
NO_SECOND = -1
NO_OFFSET = 10_000
_EPOCH = date(1970, 1, 1)
_NOTHING = Moment()


@dataclass(frozen=True, slots=True)
class Moments:
    """A column read. `day`: days since 1970 or NO_DAY; `second`: after midnight or NO_SECOND; `offset`: minutes before UTC as
    written, or NO_OFFSET. `blank`: nothing was written. `faults`: which rows, by what was found; `shortened`: two-digit years.
    """

    day: Days
    second: Days
    offset: Days
    blank: Mask
    shortened: Mask
    faults: dict[str, Mask]

    @property
    def has_day(self) -> Mask:
        """Which rows have a day."""
        has: Mask = self.day != NO_DAY
        return has

    @property
    def has_time(self) -> Mask:
        """Which rows have a time."""
        has: Mask = self.second != NO_SECOND
        return has


def read_days(column: pa.Array, patterns: Sequence[str]) -> Moments:
    """Dates, with the times written behind them."""
    return _read(column, lambda text: formats.read_day(text, patterns), UNKNOWN)


def read_months(column: pa.Array, patterns: Sequence[str]) -> Moments:
    """Months, as their first days."""
    read = _read(column, lambda text: formats.read_day(text, patterns, formats.MONTHS), UNKNOWN)
    return replace(read, day=np.where(read.has_day, first_of(read.day, 1), NO_DAY), second=_none(read, NO_SECOND))


def read_clocks(column: pa.Array, patterns: Sequence[str]) -> Moments:
    """Times of day."""
    return _read(column, lambda text: formats.read_clock(text, patterns), frozenset())


def joined(days: Moments, clocks: Moments) -> Moments:
    """Dates with times that stand in another column. A time written with the date stands where the other is missing."""
    from_clock = clocks.has_time
    return replace(
        days,
        second=np.where(from_clock, clocks.second, days.second),
        offset=np.where(from_clock, clocks.offset, days.offset),
        faults=days.faults | clocks.faults,
    )


def carried(moments: Moments) -> Moments:
    """24:00 as 0:00 of the next day."""
    over = moments.has_day & (moments.second == DAY_SECONDS)
    return replace(
        moments,
        day=np.where(over, moments.day + 1, moments.day),
        second=np.where(moments.second == DAY_SECONDS, 0, moments.second),
    )


@dataclass(frozen=True, slots=True)
class Instants:
    """Seconds since 1970 in UTC (meaningless where `known` is false). `skipped`: London's clocks jumped over the time, it was
    read an hour later; `twice`: they showed it twice, the first was taken. `second`: as the clocks showed it.
    """

    utc: Days
    known: Mask
    second: Days
    skipped: Mask
    twice: Mask


def instants(moments: Moments) -> Instants:
    """When each row was, for rows that have a day and a time."""
    known = moments.has_day & moments.has_time
    wall = np.where(known, moments.day * DAY_SECONDS + moments.second, 0)
    ahead = np.where(moments.offset == NO_OFFSET, 0, moments.offset * 60)
    second = moments.second.copy()
    skipped, twice = np.zeros(len(wall), dtype=np.bool_), np.zeros(len(wall), dtype=np.bool_)
    bare = known & (moments.offset == NO_OFFSET)
    days, which = np.unique(moments.day[bare], return_inverse=True)
    changes = [_changes(int(day)) for day in days.tolist()]
    rows = np.flatnonzero(bare)
    ahead[rows] = np.array([change[0] for change in changes], dtype=np.int64)[which] if changes else 0
    for at, (before, after) in enumerate(changes):
        if before != after:
            here = rows[which == at]
            for row in here.tolist():
                ahead[row], second[row], skipped[row], twice[row] = _on_change_day(int(wall[row]), int(second[row]))
    return Instants(wall - ahead, known, second, skipped, twice)


def first_of(day: Days, months: int) -> Days:
    """The first day of each day's month (1), quarter (3) or year (12); days since 1970."""
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    start = month - month % months
    found: Days = start.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return found


def number_of(day: date) -> int:
    """Days since 1970."""
    return (day - _EPOCH).days


def _read(column: pa.Array, read: Callable[[str], Moment], unknown: frozenset[str]) -> Moments:
    blank = is_nothing(column, unknown)
    values, which = distinct(column)
    empty = rows_of_values(blank, which, len(values))
    days, seconds, offsets, shortened = [], [], [], []
    faults: dict[str, list[int]] = {}
    for at, value in enumerate(values):
        moment = _NOTHING if empty[at] else read(value)
        days.append(NO_DAY if moment.day is None else number_of(moment.day))
        seconds.append(NO_SECOND if moment.second is None else moment.second)
        offsets.append(NO_OFFSET if moment.offset is None else moment.offset)
        shortened.append(moment.shortened)
        if moment.fault or moment.clock_fault:
            faults.setdefault(moment.fault or moment.clock_fault, []).append(at)
    return Moments(
        day=_taken(days, which),
        second=_taken(seconds, which),
        offset=_taken(offsets, which),
        blank=blank,
        shortened=rows_of(shortened, which),
        faults={fault: np.isin(which, at) for fault, at in sorted(faults.items())},
    )


def rows_of_values(rows: Mask, which: NDArray[np.intp], count: int) -> Mask:
    """For each different value, whether its rows are marked."""
    marked = np.zeros(count, dtype=np.bool_)
    marked[which[rows]] = True
    return marked


def _taken(values: list[int], which: NDArray[np.intp]) -> Days:
    taken: Days = np.array(values, dtype=np.int64)[which] if values else np.zeros(0, dtype=np.int64)
    return taken


def _none(read: Moments, value: int) -> Days:
    return np.full(len(read.day), value, dtype=np.int64)


def _changes(day: int) -> tuple[int, int]:
    """How many seconds London's clocks are before UTC when a day begins and when the next one does."""
    try:
        start = datetime.combine(_EPOCH + timedelta(days=day), datetime.min.time(), LONDON)
        return _ahead(start), _ahead(start + timedelta(days=1))
    except OverflowError:
        return 0, 0


def _ahead(local: datetime) -> int:
    offset = local.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _on_change_day(wall: int, second: int) -> tuple[int, int, bool, bool]:
    local = datetime.fromtimestamp(wall, UTC).replace(tzinfo=LONDON)
    first, later = _ahead(local), _ahead(local.replace(fold=1))
    if first == later:
        return first, second, False, False
    if first < later:
        # Spring: with winter's offset the instant is an hour on by summer's clocks.
        return first, second + later - first, True, False
    return first, second, False, True
