"""A sheet read by a layout: typed columns, which rows are kept, and what was found in the others.

Whole columns at a time; only rows that something was found in are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ourpatch.data.exchange.findings import Findings, Weight
from ourpatch.data.exchange.mapping import columns, places, wording
from ourpatch.data.exchange.mapping.checking import check_layout
from ourpatch.data.exchange.mapping.codes import Lists, speller
from ourpatch.data.exchange.mapping.columns import READERS, Column
from ourpatch.data.exchange.mapping.layout import Layout, Mapped
from ourpatch.data.exchange.mapping.moments import Moments
from ourpatch.data.exchange.mapping.shapes import Floats, Mask
from ourpatch.data.exchange.mapping.when import main_fields, read_moments, read_when, typed
from ourpatch.data.exchange.mapping.working import Span, Work, first_of_kind
from ourpatch.data.exchange.reading.sheet import Sheet
from ourpatch.data.store.specs import DatasetSpec, Field, FieldKind
from ourpatch.ground.geo import to_bng

TYPES: Mapping[FieldKind, pa.DataType] = {
    FieldKind.DATE: pa.date32(),
    FieldKind.MONTH: pa.date32(),
    FieldKind.TIME: pa.time32("s"),
    FieldKind.DATETIME: pa.timestamp("us", tz="UTC"),
    FieldKind.EASTING: pa.float64(),
    FieldKind.NORTHING: pa.float64(),
    FieldKind.LONGITUDE: pa.float64(),
    FieldKind.LATITUDE: pa.float64(),
    FieldKind.COUNT: pa.int32(),
    FieldKind.AGE: pa.int32(),
}
"""How a field's column is typed; every other kind is text. Null: nothing usable."""

PAIRS = ((FieldKind.EASTING, FieldKind.NORTHING), (FieldKind.LONGITUDE, FieldKind.LATITUDE))
_DAY_KINDS = (FieldKind.DATE, FieldKind.DATETIME, FieldKind.MONTH)


@dataclass(frozen=True, slots=True)
class Read:
    """A sheet as the dataset's fields. All arrays have one value a row of `numbers` (row numbers of the file).

    `columns`: every field of the dataset by its key, typed as `TYPES` says; coordinates of a pair are both null where there is
    no usable place. `kept`: rows that may be loaded. `local_date`: London day (first of the month or quarter where no more is
    known). `local_hour`: 0 to 23. `starts_at`: UTC. `time_precision`: of each row, never finer than the dataset's.
    """

    spec: DatasetSpec
    layout: Layout
    numbers: NDArray[np.int64]
    columns: dict[str, pa.Array]
    kept: Mask
    findings: Findings
    local_date: pa.Array
    local_hour: pa.Array
    starts_at: pa.Array
    time_precision: pa.Array

    @property
    def refused(self) -> bool:
        """Whether the file as a whole cannot be used; then nothing of it may be loaded."""
        return self.findings.count(Weight.REFUSES) > 0

    def metres(self) -> tuple[Floats, Floats]:
        """Eastings and northings (EPSG:27700): the sender's own, else of their degrees; NaN where there is no place."""
        easting, northing = self._pair(PAIRS[0])
        from_degrees = to_bng(*self._pair(PAIRS[1]))
        lacking = np.isnan(easting)
        return np.where(lacking, from_degrees[0], easting), np.where(lacking, from_degrees[1], northing)

    def _pair(self, kinds: tuple[FieldKind, FieldKind]) -> tuple[Floats, Floats]:
        found = [first_of_kind(self.spec, kind) for kind in kinds]
        if not all(found):
            nowhere = np.full(len(self.numbers), np.nan)
            return nowhere, nowhere
        first, second = (self.columns[each.key].to_numpy(zero_copy_only=False) for each in found if each)
        return first, second


def apply(
    sheet: Sheet,
    layout: Layout,
    spec: DatasetSpec,
    lists: Lists,
    period: Span | None = None,
    *,
    today: date | None = None,
) -> Read:
    """Read a sheet by a layout. `period`: first and last day that the rows may lie in; None: any.

    Every row is kept or has a finding. Raises RuleBroken when the layout does not fit the dataset or the sheet.
    """
    check_layout(layout, spec, sheet.header, lists).raise_if_any()
    work = Work(sheet, layout, spec, lists, period, today)
    _read_fields(work)
    _read_places(work)
    when = read_when(work)
    _set_aside_repeats(work)
    _judge_whole(work)
    return Read(
        spec=spec,
        layout=layout,
        numbers=sheet.numbers,
        columns={each.key: work.columns[each.key] for each in spec.fields},
        kept=work.kept,
        findings=work.findings,
        local_date=when.local_date,
        local_hour=when.local_hour,
        starts_at=when.starts_at,
        time_precision=when.time_precision,
    )


def _read_fields(work: Work) -> None:
    """Everything but places and the time of the row."""
    apart = {*main_fields(work), *(first_of_kind(work.spec, kind) for pair in PAIRS for kind in pair)}
    for each in work.spec.fields:
        mapped = work.mapped(each)
        work.columns[each.key] = pa.nulls(work.rows, TYPES.get(each.kind, pa.string()))
        if mapped is not None and each not in apart:
            _read_field(work, each, mapped)


def _read_field(work: Work, each: Field, mapped: Mapped) -> None:
    text = work.text(mapped)
    if each.kind in (*_DAY_KINDS, FieldKind.TIME):
        _read_other_time(work, each, read_moments(work, each, mapped))
        return
    if each.kind is FieldKind.CODE:
        column = columns.read_codes(text, speller(work.lists(each.code_list or "")), mapped.codes)
    elif each.kind in READERS:
        column = READERS[each.kind](text)
    else:
        # A second field of a kind of coordinate: a number and no more.
        column = _bare_number(text)
    work.columns[each.key] = column.values
    for fault, where in column.faults.items():
        needed = each.required and fault not in ("postcode_half", "postcode_full")
        work.found(fault, where, each, needed=needed)
    work.judge_missing(each, column.blank)


def _bare_number(text: pa.Array) -> Column:
    found, blank, unreadable = columns.read_numbers(text)
    return Column(pa.array(found, from_pandas=True), blank, {"place_unreadable": unreadable})


def _read_other_time(work: Work, each: Field, found: Moments) -> None:
    """A date or time beside the one that the row is counted under: it may be anything that exists."""
    work.columns[each.key] = typed(each.kind, found)
    for fault, where in found.faults.items():
        work.found(fault, where, each, needed=each.required, lightly=not each.required)
    work.judge_missing(each, found.blank)


def _read_places(work: Work) -> None:
    judged = [_read_pair(work, pair) for pair in PAIRS]
    for at, pair in enumerate(judged):
        if pair is not None:
            fields, points = pair
            other = judged[1 - at]
            placed = ~np.isnan(other[1].first) if other is not None else np.zeros(work.rows, dtype=np.bool_)
            for fault, where in points.faults.items():
                work.found(fault, where & ~placed, fields[0], needed=fields[0].required)
                work.found(fault, where & placed, fields[0], lightly=True)


def _read_pair(work: Work, pair: tuple[FieldKind, FieldKind]) -> tuple[tuple[Field, Field], places.Points] | None:
    first, second = (first_of_kind(work.spec, kind) for kind in pair)
    if first is None or second is None:
        return None
    ways = work.mapped(first), work.mapped(second)
    if ways[0] is None or ways[1] is None:
        return None
    east, east_blank, east_bad = columns.read_numbers(work.text(ways[0]))
    north, north_blank, north_bad = columns.read_numbers(work.text(ways[1]))
    judge = places.judge_metres if pair == PAIRS[0] else places.judge_degrees
    points = judge(east, north, east_bad | north_bad)
    work.columns[first.key] = pa.array(points.first, from_pandas=True)
    work.columns[second.key] = pa.array(points.second, from_pandas=True)
    work.judge_missing(first, east_blank)
    work.judge_missing(second, north_blank)
    return (first, second), points


def _set_aside_repeats(work: Work) -> None:
    """The first of the kept rows with one reference is kept. Rows without one are never repeats (golden test 13)."""
    each = first_of_kind(work.spec, FieldKind.REFERENCE)
    if each is None:
        return
    references = work.columns[each.key]
    identified = np.flatnonzero(work.kept & references.is_valid().to_numpy(zero_copy_only=False))
    codes = references.dictionary_encode().indices.to_numpy(zero_copy_only=False)[identified]
    _values, first = np.unique(codes, return_index=True)
    repeated = np.zeros(work.rows, dtype=np.bool_)
    repeated[np.delete(identified, first)] = True
    work.found("repeated", repeated, each)


def _judge_whole(work: Work) -> None:
    """Rows that could not be read at all, and a file with too many rows that cannot be used."""
    bad = work.sheet.bad_rows
    work.findings.extend(wording.bad_row(each.number, each.says, total=each.total) for each in bad)
    faulty, rows = int(work.faulty.sum()) + sum(not each.total for each in bad), work.sheet.rows_read
    if work.findings.count(Weight.REFUSES) or not faulty or faulty * wording.FAULTY_SHARE < rows:
        return
    counts = {
        kind: count
        for kind, count in work.findings.counts.items()
        if work.findings.weights[kind] is Weight.SETS_ASIDE and kind not in ("repeated", "total_line")
    }
    kind = max(counts, key=lambda each: counts[each])
    commonest = next(each for each in work.findings.kept if each.kind == kind)
    work.findings.add(wording.too_many_faults(faulty, rows, commonest))
