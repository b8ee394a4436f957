"""Judging coordinates: what is a place in Great Britain, and what went wrong where it is not.

Metres are EPSG:27700, degrees WGS84. A pair that is only half there, or zero and zero, is no place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ourpatch.data.exchange.mapping.shapes import Floats, Mask
from ourpatch.ground.geo import to_bng

FEET = 0.3048

# The National Grid's squares of 100 km that hold land of Great Britain or the Isle of Man, by easting from the left.
# Source: Ordnance Survey, "Using the National Grid".
_SQUARES = {
    0: (0, 7, 8, 9),
    1: (0, 1, 2, 5, 6, 7, 8, 9, 10),
    2: (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    3: (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    4: (0, 1, 2, 3, 4, 5, 6, 8, 10, 11, 12),
    5: (0, 1, 2, 3, 4),
    6: (1, 2, 3),
}
_SQUARE = 100_000.0
# Those of them with land of England or Wales reach to this row of squares, by easting from the left.
_BORDER = {0: 0, 1: 2, 2: 3, 3: 5, 4: 6, 5: 4, 6: 3}
_BRITAIN = np.zeros((8, 14), dtype=np.bool_)
_ENGLAND_WALES = np.zeros((8, 14), dtype=np.bool_)
for _east, _norths in _SQUARES.items():
    _BRITAIN[_east, list(_norths)] = True
    _ENGLAND_WALES[_east, [_north for _north in _norths if _north <= _BORDER[_east]]] = True

_SCILLY = (80_000.0, 130_000.0)

# A box round Great Britain in degrees.
LONGITUDES = (-9.0, 2.5)
LATITUDES = (49.5, 61.5)
# The same box in metres of Web Mercator (EPSG:3857).
_MERCATOR_X = (-1_010_000.0, 280_000.0)
_MERCATOR_Y = (6_360_000.0, 8_730_000.0)


@dataclass(frozen=True, slots=True)
class Points:
    """A pair of columns judged: both numbers are NaN where there is no usable place. `faults`: which rows, by what was found."""

    first: Floats
    second: Floats
    faults: dict[str, Mask]


def judge_metres(easting: Floats, northing: Floats, unreadable: Mask) -> Points:
    """Eastings and northings. `unreadable`: something is written that is no number."""
    pair = ~np.isnan(easting) & ~np.isnan(northing) & ~unreadable
    zero = pair & (easting == 0) & (northing == 0)
    checked = pair & ~zero
    exchanged = _exchanged(easting, northing)
    # The sea west of Scilly: what lies there has lost a digit.
    short = (np.abs(easting) < _SCILLY[0]) & (np.abs(northing) < _SCILLY[1])
    good = checked & in_britain(easting, northing) & ~exchanged & ~short
    left = checked & ~good
    faults = {"place_unreadable": unreadable, "place_zero": zero, "place_half": _half(easting, northing, unreadable)}
    for fault, found in (
        ("place_degrees", _degrees(easting, northing) | _degrees(northing, easting)),
        ("place_mercator", _within(easting, _MERCATOR_X) & _within(northing, _MERCATOR_Y)),
        ("place_swapped", in_britain(northing, easting) & ~short),
        ("place_feet", in_britain(easting * FEET, northing * FEET) & ~short),
        ("place_short", short),
        ("place_outside", left),
    ):
        faults[fault] = left & found
        left = left & ~found
    return Points(np.where(good, easting, np.nan), np.where(good, northing, np.nan), faults)


def judge_degrees(longitude: Floats, latitude: Floats, unreadable: Mask) -> Points:
    """Longitudes and latitudes. `unreadable`: something is written that is no number."""
    pair = ~np.isnan(longitude) & ~np.isnan(latitude) & ~unreadable
    zero = pair & (longitude == 0) & (latitude == 0)
    checked = pair & ~zero
    good = checked & _degrees(longitude, latitude)
    if good.any():
        easting, northing = to_bng(np.where(good, longitude, np.nan), np.where(good, latitude, np.nan))
        good &= in_britain(easting, northing)
    left = checked & ~good
    faults = {"place_unreadable": unreadable, "place_zero": zero, "place_half": _half(longitude, latitude, unreadable)}
    for fault, found in (
        ("place_swapped", _degrees(latitude, longitude)),
        ("place_metres", (np.abs(longitude) > 180) | (np.abs(latitude) > 90)),
        ("place_sign", (longitude > 0) & _degrees(-longitude, latitude)),
        ("place_outside", left),
    ):
        faults[fault] = left & found
        left = left & ~found
    return Points(np.where(good, longitude, np.nan), np.where(good, latitude, np.nan), faults)


def in_britain(easting: Floats, northing: Floats) -> Mask:
    """Which points lie in a square of 100 km that holds land of Great Britain; never for NaN."""
    return _on(_BRITAIN, easting, northing)


def in_england_wales(easting: Floats, northing: Floats) -> Mask:
    """Which points lie in a square of 100 km that holds land of England or Wales."""
    return _on(_ENGLAND_WALES, easting, northing)


def _exchanged(easting: Floats, northing: Floats) -> Mask:
    """Points that lie in Scotland as they stand and in England or Wales the other way round, where most of the file does so.

    London's northings are few enough to be eastings of Galloway, so that a row alone cannot be told.
    """
    as_written = in_england_wales(easting, northing)
    found: Mask = ~as_written & in_england_wales(northing, easting)
    return found if found.sum() > as_written.sum() else np.zeros_like(found)


def _on(land: Mask, easting: Floats, northing: Floats) -> Mask:
    safe = _within(easting, (0, 700_000)) & _within(northing, (0, 1_300_000))
    column = np.where(safe, easting, 0) // _SQUARE
    row = np.where(safe, northing, 0) // _SQUARE
    found: Mask = safe & land[column.astype(np.intp), row.astype(np.intp)]
    return found


def _degrees(longitude: Floats, latitude: Floats) -> Mask:
    return _within(longitude, LONGITUDES) & _within(latitude, LATITUDES)


def _within(values: Floats, limits: tuple[float, float]) -> Mask:
    found: Mask = (values >= limits[0]) & (values < limits[1])
    return found


def _half(first: Floats, second: Floats, unreadable: Mask) -> Mask:
    half: Mask = (np.isnan(first) != np.isnan(second)) & ~unreadable
    return half
