"""When each row was: the London day that it is counted under, and the instant where the file says it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ourpatch.data.exchange.mapping import moments
from ourpatch.data.exchange.mapping.formats import DAY_SECONDS
from ourpatch.data.exchange.mapping.layout import Mapped
from ourpatch.data.exchange.mapping.moments import Days, Moments
from ourpatch.data.exchange.mapping.shapes import Mask
from ourpatch.data.exchange.mapping.working import Work
from ourpatch.data.store.rules import TimePrecision
from ourpatch.data.store.specs import Field, FieldKind, Period

_WHEN = (FieldKind.DATETIME, FieldKind.DATE, FieldKind.MONTH)
_PRECISIONS = tuple(TimePrecision)
_EMPTY_DATES = tuple(date.fromisoformat(each) for each in ("1899-12-30", "1899-12-31", "1904-01-01", "1970-01-01"))
# Times of so many rows are not midnight by chance.
_MIDNIGHTS = 20
# Without the present day a date is in the future when it lies more than a year after its period.
_SOON = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class When:
    """When each row was, as `Read` shows it."""

    local_date: pa.Array
    local_hour: pa.Array
    starts_at: pa.Array
    time_precision: pa.Array


def read_when(work: Work) -> When:
    """Read the field that says when, with the time beside it, and judge it against the period."""
    main, clock = main_fields(work)
    if main is None:
        found = _nothing_said(work)
        precision = np.full(work.rows, _PRECISIONS.index(_whole(work.spec.period)))
    else:
        found = _read_main(work, main, clock)
        precision = np.full(work.rows, _PRECISIONS.index(_precision_of(main)))
        found, precision = _from_period(work, main, found, precision)
    _judge_days(work, main, found)
    found = _judge_clocks(work, main, clock, found)
    return _shown(work, main, clock, found, precision)


def _nothing_said(work: Work) -> Moments:
    """No column says when: every row belongs to the period that was chosen for the file."""
    nobody, everybody = np.zeros(work.rows, dtype=np.bool_), np.ones(work.rows, dtype=np.bool_)
    if work.period is None:
        work.kept[:] = False
        work.said("period_missing", None)
    day = moments.NO_DAY if work.period is None else moments.number_of(work.period[0])
    return Moments(
        day=np.full(work.rows, day, dtype=np.int64),
        second=np.full(work.rows, moments.NO_SECOND, dtype=np.int64),
        offset=np.full(work.rows, moments.NO_OFFSET, dtype=np.int64),
        blank=everybody,
        shortened=nobody,
        faults={},
    )


def _read_main(work: Work, main: Field, clock: Field | None) -> Moments:
    mapped = work.mapped(main)
    assert mapped is not None
    found = read_moments(work, main, mapped)
    by_clock = work.mapped(clock) if clock is not None else None
    for fault, where in found.faults.items():
        # A time field reads the times itself and says so itself.
        if by_clock is None or not fault.startswith("time_"):
            work.found(fault, where, main)
    if (found.shortened & found.has_day).any():
        work.said("year_two_digits", main)
    work.judge_missing(main, found.blank)
    if clock is None or by_clock is None:
        return _without_stray_times(work, main, found)
    times = moments.read_clocks(work.text(by_clock), by_clock.formats)
    for fault, where in times.faults.items():
        work.found(fault, where, clock, needed=clock.required)
    work.judge_missing(clock, times.blank)
    return moments.joined(found, times)


def _without_stray_times(work: Work, main: Field, found: Moments) -> Moments:
    """Times behind the dates of a field that holds dates: not read unasked."""
    if main.kind is not FieldKind.DATE:
        return found
    if (found.second > 0).any() and any(each.kind is FieldKind.TIME for each in work.spec.fields):
        work.said("time_left_out", main)
    return replace(found, second=np.full(work.rows, moments.NO_SECOND, dtype=np.int64))


def _from_period(
    work: Work, main: Field, found: Moments, precision: NDArray[np.int64]
) -> tuple[Moments, NDArray[np.int64]]:
    """Rows without a date, where one need not be there, belong to the period that was chosen for the file."""
    if main.required or not found.blank.any():
        return found, precision
    if work.period is None:
        work.found("date_missing", found.blank, main)
        return found, precision
    start = moments.number_of(work.period[0])
    coarse = _PRECISIONS.index(_whole(work.spec.period))
    return replace(found, day=np.where(found.blank, start, found.day)), np.where(found.blank, coarse, precision)


def _judge_days(work: Work, main: Field | None, found: Moments) -> None:
    """Days that cannot be, and those of other periods."""
    if main is None:
        return
    days = found.day + (found.second == DAY_SECONDS)
    known = found.has_day
    emptied = known & (np.isin(days, [moments.number_of(each) for each in _EMPTY_DATES]) | _in_1900(days))
    work.found("date_empty_year", emptied, main)
    known = known & ~emptied
    last = work.today or (work.period[1] + _SOON if work.period else None)
    if last is not None:
        future = known & (days > moments.number_of(last))
        work.found("date_future", future, main)
        known = known & ~future
    if work.period is not None:
        first, final = (moments.number_of(each) for each in work.period)
        work.found("other_period", known & ((days < first) | (days > final)), main)


def _in_1900(days: Days) -> Mask:
    inside: Mask = (days >= moments.number_of(date(1900, 1, 1))) & (days <= moments.number_of(date(1900, 12, 31)))
    return inside


def _judge_clocks(work: Work, main: Field | None, clock: Field | None, found: Moments) -> Moments:
    about = clock or main
    known = found.has_day & found.has_time
    work.found("time_24", known & (found.second == DAY_SECONDS), about)
    if known.sum() >= _MIDNIGHTS and not found.second[known].any():
        work.said("time_all_midnight", about)
        return replace(found, second=np.full(work.rows, moments.NO_SECOND, dtype=np.int64))
    return moments.carried(found)


def _shown(work: Work, main: Field | None, clock: Field | None, found: Moments, precision: NDArray[np.int64]) -> When:
    instants = moments.instants(found)
    if _PRECISIONS.index(work.spec.time_precision) <= _PRECISIONS.index(TimePrecision.HOUR):
        work.found("time_skipped", instants.skipped, clock or main)
        work.found("time_twice", instants.twice, clock or main)
    precision = np.where(instants.known, _PRECISIONS.index(TimePrecision.INSTANT), precision)
    precision = np.maximum(precision, _PRECISIONS.index(work.spec.time_precision))
    _show_main(work, main, clock, found, instants)
    hourly = instants.known & (precision <= _PRECISIONS.index(TimePrecision.HOUR))
    exact = instants.known & (precision == _PRECISIONS.index(TimePrecision.INSTANT))
    names = pa.array([str(each) for each in _PRECISIONS], pa.string())
    return When(
        local_date=_dates(_coarsened(found.day, precision), found.has_day),
        local_hour=pa.array((instants.second // 3600).astype(np.int8), pa.int8(), mask=~hourly),
        starts_at=_stamps(instants.utc, exact),
        time_precision=names.take(pa.array(precision)),
    )


def _show_main(work: Work, main: Field | None, clock: Field | None, found: Moments, instants: moments.Instants) -> None:
    if main is not None:
        said = replace(found, day=np.where(found.blank, moments.NO_DAY, found.day))
        shown = _stamps(instants.utc, instants.known) if main.kind is FieldKind.DATETIME else typed(main.kind, said)
        work.columns[main.key] = shown
    if clock is not None:
        work.columns[clock.key] = typed(FieldKind.TIME, replace(found, second=instants.second))


def _coarsened(day: Days, precision: NDArray[np.int64]) -> Days:
    known = day != moments.NO_DAY
    safe = np.where(known, day, 0)
    month, quarter = moments.first_of(safe, 1), moments.first_of(safe, 3)
    of_month = precision == _PRECISIONS.index(TimePrecision.MONTH)
    of_quarter = precision == _PRECISIONS.index(TimePrecision.QUARTER)
    return np.where(of_quarter, quarter, np.where(of_month, month, safe))


def read_moments(work: Work, each: Field, mapped: Mapped) -> Moments:
    """The column of a date or time, read as its kind."""
    text = work.text(mapped)
    if each.kind is FieldKind.TIME:
        return moments.read_clocks(text, mapped.formats)
    if each.kind is FieldKind.MONTH:
        return moments.read_months(text, mapped.formats)
    found = moments.read_days(text, mapped.formats)
    if mapped.time_column:
        found = moments.joined(found, moments.read_clocks(work.text(mapped, mapped.time_column), ()))
    return found


def main_fields(work: Work) -> tuple[Field | None, Field | None]:
    """The field that says when a row was, and the one with its time where that stands apart."""
    filled = [each for each in work.spec.fields if work.mapped(each) is not None]
    named = [each for kind in _WHEN for each in filled if each.kind is kind and each.key == str(kind)]
    main = next(iter(named or [each for kind in _WHEN for each in filled if each.kind is kind]), None)
    if main is None or main.kind is not FieldKind.DATE:
        return main, None
    clocks = [each for each in filled if each.kind is FieldKind.TIME]
    return main, next(iter(sorted(clocks, key=lambda each: each.key != "time")), None)


def _precision_of(main: Field) -> TimePrecision:
    return TimePrecision.MONTH if main.kind is FieldKind.MONTH else TimePrecision.DAY


def _whole(period: Period) -> TimePrecision:
    return TimePrecision.MONTH if period is Period.MONTH else TimePrecision.QUARTER


def typed(kind: FieldKind, found: Moments) -> pa.Array:
    """Moments as the column of a field of this kind."""
    if kind is FieldKind.TIME:
        seconds = (np.where(found.has_time, found.second, 0) % DAY_SECONDS).astype(np.int32)
        return pa.array(seconds, pa.int32(), mask=~found.has_time).cast(pa.time32("s"))
    if kind is FieldKind.DATETIME:
        instants = moments.instants(moments.carried(found))
        return _stamps(instants.utc, instants.known)
    return _dates(found.day, found.has_day)


def _dates(days: Days, known: Mask) -> pa.Array:
    return pa.array(np.where(known, days, 0).astype(np.int32), pa.int32(), mask=~known).cast(pa.date32())


def _stamps(seconds: Days, known: Mask) -> pa.Array:
    whole = pa.array(np.where(known, seconds, 0) * 1_000_000, pa.int64(), mask=~known)
    return whole.cast(pa.timestamp("us", tz="UTC"))
