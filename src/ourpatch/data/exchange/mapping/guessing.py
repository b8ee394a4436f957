"""What a column looks like it holds, told from its values alone; the order of the rows does not matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ourpatch.data.exchange.mapping import formats, places
from ourpatch.data.exchange.mapping.columns import text_of
from ourpatch.data.exchange.mapping.shapes import LSOA, NOTHING, OUTWARD, POSTCODE, UNKNOWN, Floats, numbers
from ourpatch.data.store.specs import FieldKind

LOOKED_AT = 500
"""So many different values of a column are looked at, spread evenly over them in their own order."""
SURE = 0.9
"""A column is what this share of its values look like."""


@dataclass(frozen=True, slots=True)
class Values:
    """Different values of a column, sorted, those for nothing left out."""

    each: tuple[str, ...]

    def share(self, fits: Callable[[str], bool]) -> float:
        """The share of the values that fit; 0 where there are none."""
        return sum(map(fits, self.each)) / len(self.each) if self.each else 0.0

    def numbers(self) -> Floats:
        """The values as numbers, NaN for those that are none."""
        return numbers(pa.array(self.each, pa.string()))


def look(column: pa.ChunkedArray | pa.Array) -> Values:
    """The values of a column to look at."""
    found = sorted(pc.unique(text_of(column)).to_pylist())
    filled = [value for value in found if value.casefold() not in NOTHING and value.casefold() not in UNKNOWN]
    if len(filled) > LOOKED_AT:
        filled = [filled[int(at)] for at in np.linspace(0, len(filled) - 1, LOOKED_AT)]
    return Values(tuple(filled))


def likeness(kind: FieldKind, values: Values) -> float | None:
    """The share of values that look like a kind; None for kinds that look like anything."""
    judge = _LIKE.get(kind)
    return None if judge is None else judge(values)


def has_times(values: Values) -> bool:
    """Whether dates are mostly followed by times that are not all midnight."""
    seconds = [formats.read_day(value, ()).second for value in values.each]
    return sum(second is not None for second in seconds) >= SURE * len(seconds) > 0 and any(seconds)


def date_formats(values: Values, usual: tuple[str, ...] = formats.DATES) -> tuple[str, ...]:
    """The formats to write in a layout: none where the usual ones read the dates, the day first wherever that can be."""
    usually = _read(values, (), usual)
    if usually >= SURE:
        return ()
    ways: dict[tuple[str, ...], float] = {(): usually}
    ways |= {(pattern,): _read(values, (pattern,), usual) for pattern in (*_american(), formats.EXCEL)}
    best = max(ways.values())
    return next(way for way, share in ways.items() if share == best)


def american_too(values: Values) -> bool:
    """Whether dates that were read with the day first could all have been written with the month first."""
    days = [formats.read_day(value, ()).day for value in values.each if not value[:4].isdigit()]
    known = [day for day in days if day is not None]
    return len(known) >= _ENOUGH_DAYS and all(day.day <= 12 for day in known) and _slashed(values)


# Of so many different days of a period, one that is past the 12th would be expected.
_ENOUGH_DAYS = 8


def _read(values: Values, patterns: tuple[str, ...], usual: tuple[str, ...]) -> float:
    return values.share(lambda value: formats.read_day(value, patterns, usual).day is not None)


def _american() -> tuple[str, ...]:
    times = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
    return tuple(f"{day}{time}" for day in formats.MONTH_FIRST for time in times)


def _slashed(values: Values) -> bool:
    return values.share(lambda value: value[:2].strip("/-.").isdigit() and not value[:4].isdigit()) >= SURE


def _date(values: Values) -> float:
    usually = _read(values, (), formats.DATES)
    # Only what might be a date is tried in the other ways, which are many.
    if usually >= SURE or not values.share(lambda value: value[:1].isdigit() or value[:3].isalpha()) >= SURE:
        return usually
    american = max(_read(values, (way,), formats.DATES) for way in _american())
    return max(usually, american, values.share(formats.is_serial))


def _month(values: Values) -> float:
    return _read(values, (), formats.MONTHS)


def _time(values: Values) -> float:
    # Whole numbers such as 930 may be anything; a time without its sign is believed by its heading only.
    return values.share(lambda value: not value.isdigit() and not formats.read_clock(value, ()).fault)


def _metres(values: Values, most: float) -> float:
    found = values.numbers()
    return float(np.mean((found > 1_000) & (found < most))) if found.size else 0.0


def _degrees(values: Values, limits: tuple[float, float]) -> float:
    found = values.numbers()
    inside = (found >= limits[0]) & (found < limits[1])
    exact = np.array(["." in value for value in values.each], dtype=np.bool_)
    return float(np.mean(inside & exact)) if found.size else 0.0


def _whole(values: Values) -> float:
    found = values.numbers()
    return float(np.mean((found >= 0) & (found == np.floor(found)))) if found.size else 0.0


_LIKE: Mapping[FieldKind, Callable[[Values], float]] = {
    FieldKind.DATE: _date,
    FieldKind.DATETIME: _date,
    FieldKind.MONTH: _month,
    FieldKind.TIME: lambda values: values.share(lambda value: not formats.read_clock(value, ()).fault),
    FieldKind.EASTING: lambda values: _metres(values, 700_000),
    FieldKind.NORTHING: lambda values: _metres(values, 1_300_000),
    FieldKind.LONGITUDE: lambda values: _degrees(values, places.LONGITUDES),
    FieldKind.LATITUDE: lambda values: _degrees(values, places.LATITUDES),
    FieldKind.POSTCODE: lambda values: values.share(lambda value: POSTCODE.fullmatch(value.upper()) is not None),
    FieldKind.OUTWARD: lambda values: values.share(lambda value: OUTWARD.fullmatch(value.upper()) is not None),
    FieldKind.LSOA: lambda values: values.share(lambda value: LSOA.fullmatch(value.upper()) is not None),
    FieldKind.COUNT: _whole,
    FieldKind.AGE: _whole,
}

TELLING: Mapping[FieldKind, Callable[[Values], float]] = {
    each: _LIKE[each]
    for each in (FieldKind.LONGITUDE, FieldKind.LATITUDE, FieldKind.POSTCODE, FieldKind.LSOA, FieldKind.DATE)
} | {FieldKind.DATETIME: _date, FieldKind.TIME: _time, FieldKind.OUTWARD: _LIKE[FieldKind.OUTWARD]}
"""Kinds that a column can be known to hold whatever its heading says; eastings and northings only as a pair."""


def grid_pair(columns: Mapping[str, Values]) -> tuple[str, str] | None:
    """The only two columns that are an easting and a northing in England or Wales one way round, and not the other."""
    found = {name: values.numbers() for name, values in sorted(columns.items()) if _metres(values, 1_300_000) >= SURE}
    if len(found) != 2:
        return None
    for first, second in (tuple(found), tuple(found)[::-1]):
        if _reaches(found[first], found[second]) and not _reaches(found[second], found[first]):
            return first, second
    return None


def _reaches(easting: Floats, northing: Floats) -> bool:
    """Whether the spans of two columns lie in England or Wales; their values are not in pairs any more."""
    corners = [
        (np.nanquantile(easting, at), np.nanquantile(northing, there)) for at in (0.1, 0.9) for there in (0.1, 0.9)
    ]
    east, north = np.array(corners).T
    return bool(places.in_england_wales(east, north).all())
