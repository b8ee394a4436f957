"""Rows that were read by a layout, given their areas and put into the shape of the store, a table a month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ourpatch.data.exchange import placing
from ourpatch.data.exchange.findings import Finding, Findings, Weight
from ourpatch.data.exchange.mapping import Read
from ourpatch.data.exchange.mapping.applying import TYPES
from ourpatch.data.exchange.placing import Floats, Mask, Objects, Placed
from ourpatch.data.store import files
from ourpatch.data.store.rules import PlacePrecision, TimePrecision, month_of
from ourpatch.data.store.specs import DatasetSpec, Field, FieldKind
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.queries import Resolver
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_POINT_KINDS = (FieldKind.EASTING, FieldKind.LONGITUDE, FieldKind.POSTCODE)
# What is said of how places were found, with how many rows, and what to do.
_HOW_PLACED = {
    "placed_by_postcode": (
        _(
            "%(count)s of %(rows)s rows have no coordinates. They were placed at the middle of their postcode, not where it was."
        ),
        _("Nothing need be done. Coordinates would be more exact, if you have them."),
    ),
    "postcode_not_found": (
        _(
            "%(count)s of %(rows)s rows have a postcode that is not in the directory of postcodes here, and no coordinates."
        ),
        _(
            "Check the postcodes. If they are right, ask your administrator to load a newer directory, and send the file again."
        ),
    ),
    "placed_by_area": (
        _(
            "%(count)s of %(rows)s rows are known by their small area alone: they count there and have no point on the map."
        ),
        _("Nothing need be done, if no more is known."),
    ),
    "placed_nowhere": (
        _(
            "%(count)s of %(rows)s rows have no coordinates, postcode or small area. They were loaded without a place; an "
            "address or a place in words is not looked up."
        ),
        _("Send coordinates or a postcode for them, if you have them."),
    ),
}
_MAIN_TIMES = (FieldKind.DATETIME, FieldKind.DATE, FieldKind.MONTH)


def locate(read: Read, resolver: Resolver) -> Placed:
    """Where each row lies: by its coordinates, else by its postcode where a directory of postcodes is loaded, else by its
    small area.
    """
    easting, northing = read.metres()
    postcodes = _texts(read, FieldKind.POSTCODE)
    lacking = np.isnan(easting) & (postcodes != "")
    if lacking.any():
        points = places.points_of_postcodes(set(postcodes[lacking].tolist()))
        nowhere = (np.nan, np.nan)
        found = np.array([points.get(each, nowhere) for each in postcodes[lacking].tolist()]).reshape(-1, 2)
        easting, northing = easting.copy(), northing.copy()
        easting[lacking], northing[lacking] = found[:, 0], found[:, 1]
    return placing.place_at(resolver, easting, northing, _texts(read, FieldKind.LSOA))


def how_placed(read: Read, placed: Placed) -> Findings:
    """How the places of the rows to be loaded were found, where it was not by their coordinates: told once for the whole file."""
    findings = Findings()
    if not any(each.kind in _POINT_KINDS for each in read.spec.fields):
        return findings
    postcodes = _texts(read, FieldKind.POSTCODE)
    lacking = read.kept & ~placed.has_point
    whole = np.array([" " in each for each in postcodes.tolist()], dtype=np.bool_)
    for kind, where in (
        ("placed_by_postcode", read.kept & _by_postcode(read, placed)),
        ("postcode_not_found", lacking & whole),
        ("placed_by_area", lacking & ~whole & placed.inside),
        ("placed_nowhere", lacking & ~whole & ~placed.inside),
    ):
        count = int(where.sum())
        if count:
            says, do = _HOW_PLACED[kind]
            said = Message(says.text, {"count": count, "rows": int(read.kept.sum())})
            findings.add(Finding(0, _place_column(read), kind, Weight.NOTES, said, do))
    return findings


def set_aside_elsewhere(read: Read, placed: Placed, partnerships: Collection[UUID]) -> Findings:
    """Rows whose place lies in none of the sender's partnerships are not loaded; rows without a place are."""
    findings = Findings()
    ours = np.array([each in partnerships for each in placed.areas.partnership.tolist()], dtype=np.bool_)[placed.at]
    somewhere = placed.has_point | placed.inside
    elsewhere = read.kept & somewhere & ~ours
    if not elsewhere.any():
        return findings
    says = _("The place lies outside the area of every partnership that the sender is a member of.")
    do = _("Nothing need be done if it does. If it does not, check the coordinates and send the row again.")
    findings.add_rows(
        read.numbers[elsewhere].tolist(), Finding(0, _place_column(read), "outside", Weight.SETS_ASIDE, says, do)
    )
    read.kept[elsewhere] = False
    if not read.kept.any():
        says = _("Every row lies outside the area of the partnership.")
        do = _("Check which columns hold the place and whether the file is of this area, then send it again.")
        findings.add(Finding(0, _place_column(read), "all_outside", Weight.REFUSES, says, do))
    return findings


def month_tables(read: Read, placed: Placed) -> Mapping[date, pa.Table]:
    """First day of a month (of counts for a quarter: of the quarter's first) -> its kept rows in the shape of the store."""
    table = _table(read, placed)
    months = np.array([month_of(day) for day in table.column("local_date").to_pylist()], dtype="datetime64[D]")
    return {month.item(): table.filter(pa.array(months == month)) for month in np.unique(months)}


def rows_by_month(read: Read) -> dict[date, int]:
    """First day of a month -> how many rows are kept under it."""
    days = _day_kept(read).filter(pa.array(read.kept)).to_pylist()
    return dict(Counter(month_of(day) for day in days))


def extra_fields(spec: DatasetSpec) -> tuple[Field, ...]:
    """The dataset's fields that are kept in columns of their own beside those of `store.files.ROW`."""
    main = _main_time(spec)
    return tuple(
        each
        for each in spec.fields
        if (each.extra or (each.kind is FieldKind.DATETIME and each is not main)) and each.key not in files.ROW.names
    )


def extra_columns(spec: DatasetSpec) -> tuple[pa.Field, ...]:
    """The types of those columns."""
    return tuple(pa.field(each.key, TYPES.get(each.kind, pa.string())) for each in extra_fields(spec))


def _table(read: Read, placed: Placed) -> pa.Table:
    spec, kept = read.spec, read.kept
    chosen, count = pa.array(kept), int(kept.sum())

    def text(values: Objects) -> pa.Array:
        return pa.array(values[kept].tolist(), pa.string())

    def measured(values: Floats) -> pa.Array:
        return pa.array(values[kept], from_pandas=True)

    references = _first(read, FieldKind.REFERENCE)
    columns: dict[str, object] = {
        "row_number": pa.array(read.numbers[kept], pa.int32()),
        "source_reference": references.filter(chosen),
        "starts_at": read.starts_at.filter(chosen),
        "ends_at": pa.nulls(count, files.ROW.field("ends_at").type),
        "local_date": _day_kept(read).filter(chosen),
        "local_hour": read.local_hour.filter(chosen),
        "time_precision": read.time_precision.filter(chosen),
        "easting": measured(placed.easting),
        "northing": measured(placed.northing),
        "place_precision": _place_precision(read, placed).filter(chosen),
        "place": text(_place_named(read)),
        "ward": placed.coded("ward", kept),
        "lsoa": placed.coded("lsoa", kept),
        "district": placed.coded("district", kept),
        "neighbourhood": placed.coded("neighbourhood", kept),
        "publisher_lsoa": text(_texts(read, FieldKind.LSOA)),
        "category": pc.fill_null(_keyed(read, "category"), "").filter(chosen),
        "scheme": pa.repeat(pa.scalar(spec.scheme), count),
        "outcome": pc.fill_null(_keyed(read, "outcome"), "").filter(chosen),
        "n": _counts(read).filter(chosen),
    }
    for each in extra_fields(spec):
        columns[each.key] = read.columns[each.key].filter(chosen)
    return pa.table(columns)


def _day_kept(read: Read) -> pa.Array:
    """The day that a row is kept under: of counts for a quarter the quarter's first."""
    if not is_of_quarters(read.spec):
        return read.local_date
    return pa.array([quarter_of(day) if day else None for day in read.local_date.to_pylist()], pa.date32())


def is_of_quarters(spec: DatasetSpec) -> bool:
    """Whether a row is a count of a quarter, and so stands in its first month."""
    return spec.aggregate and spec.time_precision is TimePrecision.QUARTER


def quarter_of(day: date) -> date:
    """The first day of a day's quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _counts(read: Read) -> pa.Array:
    if read.spec.aggregate and "n" in read.columns:
        return pc.fill_null(read.columns["n"], 0).cast(pa.int32())
    return pa.repeat(pa.scalar(1, pa.int32()), len(read.numbers))


def _place_precision(read: Read, placed: Placed) -> pa.Array:
    outward = _texts(read, FieldKind.OUTWARD) != ""
    found = np.full(len(read.numbers), str(PlacePrecision.NONE), dtype=object)
    found[outward] = str(PlacePrecision.OUTWARD)
    found[placed.inside] = str(PlacePrecision.AREA)
    # A dataset of areas never becomes exact because a row came with a point.
    found[placed.has_point] = str(read.spec.place_precision)
    found[_by_postcode(read, placed)] = str(_coarser(read.spec.place_precision, PlacePrecision.POSTCODE))
    return pa.array(found.tolist(), pa.string())


def _by_postcode(read: Read, placed: Placed) -> Mask:
    """Which rows have no coordinates of their own and stand at the middle of their postcode."""
    by_postcode: Mask = placed.has_point & np.isnan(read.metres()[0])
    return by_postcode


def _coarser(first: PlacePrecision, second: PlacePrecision) -> PlacePrecision:
    return max(first, second, key=list(PlacePrecision).index)


def _place_named(read: Read) -> Objects:
    """The place in words; where there is none, the first half of the postcode."""
    named, outward = _texts(read, FieldKind.PLACE), _texts(read, FieldKind.OUTWARD)
    found: Objects = np.where(named == "", outward, named)
    return found


def _texts(read: Read, kind: FieldKind) -> Objects:
    """The values of the first field of a kind; "" where there is none."""
    found = np.empty(len(read.numbers), dtype=object)
    found[:] = pc.fill_null(_first(read, kind), "").to_pylist()
    return found


def _first(read: Read, kind: FieldKind) -> pa.Array:
    field = next((each for each in read.spec.fields if each.kind is kind), None)
    return read.columns[field.key] if field is not None else pa.nulls(len(read.numbers), pa.string())


def _keyed(read: Read, key: str) -> pa.Array:
    return read.columns.get(key, pa.nulls(len(read.numbers), pa.string()))


def _main_time(spec: DatasetSpec) -> Field | None:
    for kind in _MAIN_TIMES:
        found = next((each for each in spec.fields if each.kind is kind), None)
        if found is not None:
            return found
    return None


def _place_column(read: Read) -> str:
    """The sender's heading of the place: of its first coordinate, else of its small area."""
    kinds = (FieldKind.EASTING, FieldKind.LONGITUDE, FieldKind.LSOA, FieldKind.POSTCODE)
    by_field = {each.field: each.column for each in read.layout.fields if each.column}
    fields = [each.key for kind in kinds for each in read.spec.fields if each.kind is kind and each.key in by_field]
    return by_field[fields[0]] if fields else ""
