"""Giving rows their areas: by the point under the boundaries of the day, and by the publisher's own code where that says more.

Published points repeat, within a month and from month to month, so a point is looked up once and remembered.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from uuid import UUID
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from ourpatch.foundation.places.queries import Assigned, Resolver
from ourpatch.foundation.places.resolver import drawn
from ourpatch.ground.geo import to_bng

Floats = NDArray[np.float64]
Objects = NDArray[np.object_]
Numbers = NDArray[np.intp]
Mask = NDArray[np.bool_]
Keys = NDArray[np.int64]

LSOA = "lsoa"
NOWHERE = 0
MILLION = 1_000_000
# Above any latitude in millionths of a degree, twice over for those south of the equator.
SHIFT = 2**30
# Every snapped point of England and Wales, in some forty megabytes.
MOST_REMEMBERED = 1_000_000


# Ward, small area, district, neighbourhood's id as text ("" for none), partnership's id.
Overlying = tuple[str, str, str, str, UUID | None]


@dataclass(frozen=True)
class Areas:
    """Areas that lie over each other, each such set once. The first is nowhere."""

    sets: tuple[Overlying, ...]
    _coded: dict[str, pa.DictionaryArray] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def ward(self) -> Objects:
        """Ward of each set."""
        return self._column(0)

    @cached_property
    def lsoa(self) -> Objects:
        """Small area of each set."""
        return self._column(1)

    @cached_property
    def district(self) -> Objects:
        """District of each set."""
        return self._column(2)

    @cached_property
    def neighbourhood(self) -> Objects:
        """Neighbourhood's id of each set, as text."""
        return self._column(3)

    @cached_property
    def partnership(self) -> Objects:
        """Partnership's id of each set."""
        return self._column(4)

    @cached_property
    def inside(self) -> Mask:
        """Which sets lie in a partnership."""
        return np.array([each is not None for each in self.partnership.tolist()], dtype=np.bool_)

    def coded(self, kind: str) -> pa.DictionaryArray:
        """Codes of one kind of area, each code listed once."""
        if kind not in self._coded:
            self._coded[kind] = pa.array(getattr(self, kind).tolist(), pa.string()).dictionary_encode()
        return self._coded[kind]

    def _column(self, position: int) -> Objects:
        column: Objects = np.empty(len(self.sets), dtype=object)
        column[:] = [each[position] for each in self.sets]
        return column


@dataclass(frozen=True, slots=True)
class Placed:
    """Where each of n rows lies: metres (EPSG:27700; NaN for none) and which of the sets of areas it lies in."""

    easting: Floats
    northing: Floats
    at: Numbers
    areas: Areas

    @property
    def has_point(self) -> Mask:
        """Which rows have a point."""
        return ~np.isnan(self.easting)

    @property
    def inside(self) -> Mask:
        """Which rows lie in a partnership."""
        found: Mask = self.areas.inside[self.at]
        return found

    @property
    def ward(self) -> Objects:
        """The ward's code of each row; "" for none."""
        return self._each(self.areas.ward)

    @property
    def lsoa(self) -> Objects:
        """The small area's code of each row; "" for none."""
        return self._each(self.areas.lsoa)

    @property
    def district(self) -> Objects:
        """The district's code of each row; "" for none."""
        return self._each(self.areas.district)

    @property
    def neighbourhood(self) -> Objects:
        """The neighbourhood's id of each row, as text; "" for none."""
        return self._each(self.areas.neighbourhood)

    @property
    def partnership(self) -> Objects:
        """The partnership's id of each row; None for none."""
        return self._each(self.areas.partnership)

    def coded(self, kind: str, where: Mask) -> pa.DictionaryArray:
        """The codes of one kind of area in these rows, as a column of a table."""
        codes = self.areas.coded(kind)
        return pa.DictionaryArray.from_arrays(codes.indices.take(pa.array(self.at[where])), codes.dictionary)

    def partnerships(self, where: Mask) -> frozenset[UUID]:
        """The partnerships that these rows lie in."""
        found = self.areas.partnership[np.unique(self.at[where])]
        return frozenset(each for each in found.tolist() if each is not None)

    def _each(self, of_set: Objects) -> Objects:
        found: Objects = of_set[self.at]
        return found


def place(resolver: Resolver, lon: Floats, lat: Floats, publisher_lsoa: Objects) -> Placed:
    """Put rows in their areas. Degrees WGS84, NaN for no point; a row whose point lies nowhere goes where its small area lies.

    Degrees are taken to the sixth decimal, ten centimetres on the ground: as many as are published.
    """
    memory = _memories.setdefault(resolver, _Memory())
    has_point = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    easting, northing = np.full((2, lon.size), np.nan)
    at = np.full(lon.size, NOWHERE, dtype=np.intp)
    with memory.lock:
        easting[has_point], northing[has_point], at[has_point] = memory.recall(resolver, lon[has_point], lat[has_point])
        return _by_small_area(resolver, memory.gazetteer, (easting, northing, at), publisher_lsoa)


def place_at(resolver: Resolver, easting: Floats, northing: Floats, publisher_lsoa: Objects) -> Placed:
    """The same for points in metres (EPSG:27700), NaN for no point. They may be exact places, so they are not remembered."""
    gazetteer = _Gazetteer()
    at = gazetteer.numbers(resolver.assign(easting, northing))
    return _by_small_area(resolver, gazetteer, (easting, northing, at), publisher_lsoa)


@dataclass(slots=True)
class _Gazetteer:
    """Numbers for sets of areas, given as they are met, and the set that holds each small area."""

    number: dict[Overlying, int] = field(default_factory=lambda: {("", "", "", "", None): NOWHERE})
    by_code: dict[str, int] = field(default_factory=dict)
    _areas: Areas = field(default_factory=lambda: Areas(()))

    def numbers(self, found: Assigned) -> Numbers:
        """The number of the set that each point lies in."""
        columns = (found.ward, found.lsoa, found.district, _as_text(found.neighbourhood), found.partnership)
        sets = zip(*(column.tolist() for column in columns), strict=True)
        return np.array([self.number.setdefault(each, len(self.number)) for each in sets], dtype=np.intp)

    def of_small_areas(self, resolver: Resolver, codes: Sequence[str]) -> Numbers:
        """The set that lies at a point inside each small area; nowhere for one that is not loaded."""
        unknown = [code for code in codes if code not in self.by_code]
        if unknown:
            self.by_code |= dict.fromkeys(unknown, NOWHERE) | self._inside(resolver, set(unknown))
        return np.array([self.by_code[code] for code in codes], dtype=np.intp)

    def areas(self) -> Areas:
        """The sets, by number."""
        if len(self._areas.sets) != len(self.number):
            self._areas = Areas(tuple(self.number))
        return self._areas

    def _inside(self, resolver: Resolver, codes: Set[str]) -> dict[str, int]:
        if LSOA not in resolver.set_ids:
            return {}
        loaded = drawn(resolver.set_ids[LSOA])
        wanted = [
            (code, outline) for code, outline in zip(loaded.index.keys, loaded.outlines, strict=True) if code in codes
        ]
        inside = shapely.point_on_surface(np.array([outline for _code, outline in wanted], dtype=object))
        found = resolver.assign(shapely.get_x(inside), shapely.get_y(inside))
        of_code = np.array([code for code, _outline in wanted], dtype=object)
        numbers = self.numbers(replace(found, lsoa=of_code))
        return dict(zip(of_code.tolist(), numbers.tolist(), strict=True))


class _Memory:
    """Published points that were looked up under one resolver: where they are in metres, and in which set of areas.

    Whoever asks it, or its gazetteer, holds the lock.
    """

    _keys: Keys
    _easting: Floats
    _northing: Floats
    _at: Numbers

    def __init__(self) -> None:
        self.gazetteer = _Gazetteer()
        self.lock = Lock()
        self._forget()

    def recall(self, resolver: Resolver, lon: Floats, lat: Floats) -> tuple[Floats, Floats, Numbers]:
        """Eastings, northings and sets of points in degrees. Looks up those that were not met before."""
        keys, which = np.unique(_keys(lon, lat), return_inverse=True)
        if self._keys.size > MOST_REMEMBERED:
            self._forget()
        self._learn(resolver, keys[~_among(keys, self._keys)])
        where = np.searchsorted(self._keys, keys)[which]
        return self._easting[where], self._northing[where], self._at[where]

    def _learn(self, resolver: Resolver, keys: Keys) -> None:
        if not keys.size:
            return
        easting, northing = to_bng(*_degrees(keys))
        at = self.gazetteer.numbers(resolver.assign(easting, northing))
        where = np.searchsorted(self._keys, keys)
        self._keys = np.insert(self._keys, where, keys)
        self._easting = np.insert(self._easting, where, easting)
        self._northing = np.insert(self._northing, where, northing)
        self._at = np.insert(self._at, where, at)

    def _forget(self) -> None:
        self._keys, self._at = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.intp)
        self._easting, self._northing = np.zeros(0), np.zeros(0)


# A resolver goes when other boundaries come into force, and what was remembered under it goes with it.
_memories: WeakKeyDictionary[Resolver, _Memory] = WeakKeyDictionary()


def _by_small_area(
    resolver: Resolver, gazetteer: _Gazetteer, found: tuple[Floats, Floats, Numbers], publisher_lsoa: Objects
) -> Placed:
    """Rows that lie in no partnership go where their publisher's small area lies, if that is loaded."""
    easting, northing, at = found
    astray = np.flatnonzero(~gazetteer.areas().inside[at] & (publisher_lsoa != ""))
    if astray.size:
        codes, which = np.unique(publisher_lsoa[astray].astype(str), return_inverse=True)
        instead = gazetteer.of_small_areas(resolver, codes.tolist())[which]
        at[astray] = np.where(instead == NOWHERE, at[astray], instead)
    return Placed(easting, northing, at, gazetteer.areas())


def _keys(lon: Floats, lat: Floats) -> Keys:
    """One number a point: millionths of a degree, the longitude above the latitude."""
    keys: Keys = np.rint(lon * MILLION).astype(np.int64) * SHIFT + np.rint(lat * MILLION).astype(np.int64)
    return keys


def _degrees(keys: Keys) -> tuple[Floats, Floats]:
    east, north = np.divmod(keys + SHIFT // 2, SHIFT)
    return east / MILLION, (north - SHIFT // 2) / MILLION


def _among(keys: Keys, known: Keys) -> Mask:
    """Which keys are known; both in order."""
    where = np.searchsorted(known, keys)
    found: Mask = where < known.size
    found[found] = known[where[found]] == keys[found]
    return found


def _as_text(ids: Objects) -> Objects:
    texts: Objects = np.empty(ids.size, dtype=object)
    texts[:] = [str(each) if each is not None else "" for each in ids.tolist()]
    return texts
