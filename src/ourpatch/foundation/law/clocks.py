"""When something is due and whether it was done in time. Instants are aware; days are London days."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from ourpatch.foundation.law import holidays
from ourpatch.foundation.law.entries import Clock, ClockKind
from ourpatch.ground.clock import LONDON, london_date
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _


class ClockState(StrEnum):
    """Running (time left), met (stopped in time), late (stopped after it was due), overdue (past due and still not
    stopped).
    """

    RUNNING = "running"
    MET = "met"
    LATE = "late"
    OVERDUE = "overdue"


def due(clock: Clock, started_at: datetime) -> datetime:
    """The last instant, in UTC, at which the clock can still be met.

    Elapsed hours run through nights, weekends and clock changes (72 hours from Friday 17:00 is Monday 17:00, or 16:00
    when the clocks went back). Days and months end with the London day: the day of the start counts as day nought; a
    month that is too short ends on its last day. `quarter_following` starts anywhere in a quarter and ends with the
    quarter after it (SI 2007/1831: July to September is due by 31 December). Raises BadInput for an instant without a
    time zone.
    """
    _aware(started_at)
    if clock.kind is ClockKind.ELAPSED_HOURS:
        return started_at.astimezone(UTC) + timedelta(hours=clock.amount)
    return _end_of(_LAST_DAY[clock.kind](london_date(started_at), clock.amount))


def due_on(clock: Clock, started_at: datetime) -> date:
    """The London day on which the clock runs out: what a letter or a page prints."""
    return london_date(due(clock, started_at))


def state(due_at: datetime, now: datetime, stopped_at: datetime | None = None) -> ClockState:
    """Where a clock stands at `now`; a stop in the future of `now` has not happened yet."""
    for instant in (due_at, now, stopped_at):
        _aware(instant)
    if stopped_at is not None and stopped_at <= now:
        return ClockState.MET if stopped_at <= due_at else ClockState.LATE
    return ClockState.OVERDUE if now > due_at else ClockState.RUNNING


def add_months(day: date, months: int) -> date:
    """The same day some months later (or earlier), or the last day of a month that is too short."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def add_working_days(day: date, days: int) -> date:
    """The n-th working day after a day (weekends and the bank holidays of England and Wales do not count)."""
    while days > 0:
        day += timedelta(days=1)
        days -= holidays.is_working_day(day)
    return day


def quarter_end(day: date) -> date:
    """The last day of the calendar quarter that a day lies in (the information periods of SI 2007/1831)."""
    return add_months(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3) - timedelta(days=1)


def _following_quarter_end(day: date, quarters: int) -> date:
    end = quarter_end(day)
    for _each in range(quarters):
        end = quarter_end(end + timedelta(days=1))
    return end


def _add_days(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _end_of(day: date) -> datetime:
    # The last second, not the next midnight: printed as a date it must still name the day that is promised.
    return datetime.combine(day, time(23, 59, 59), LONDON).astimezone(UTC)


def _aware(instant: datetime | None) -> None:
    if instant is not None and instant.tzinfo is None:
        raise BadInput(_("This time has no time zone: give it one before counting."))


_LAST_DAY: Mapping[ClockKind, Callable[[date, int], date]] = {
    ClockKind.CALENDAR_DAYS: _add_days,
    ClockKind.WORKING_DAYS: add_working_days,
    ClockKind.CALENDAR_MONTHS: add_months,
    ClockKind.QUARTER_FOLLOWING: _following_quarter_end,
}
