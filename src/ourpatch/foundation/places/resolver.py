"""Point -> every area, for one point or for millions. A complete set never changes, so its boundaries stay in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.db.models import Count, Max
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from ourpatch.foundation.places import rules
from ourpatch.foundation.places.models import Area, AreaKind, BoundarySet, ServiceAreaKind, ServiceAreaPart
from ourpatch.ground.geo import AreaIndex, from_wkb

Objects = NDArray[np.object_]
Indices = NDArray[np.intp]
Floats = NDArray[np.float64]
SetIds = tuple[tuple[str, UUID], ...]
"""Kind of area and boundary set, in order."""

PLACED = (ServiceAreaKind.NEIGHBOURHOOD, ServiceAreaKind.PARTNERSHIP)
"""What a point is told to lie in."""

NO_AREA = ""


@dataclass(frozen=True, slots=True)
class Assigned:
    """The areas of n points, each an array of n objects in the points' order.

    District, ward and LSOA are official codes ("" where none); neighbourhood and partnership are ids of service areas (None
    where none).
    """

    district: Objects
    ward: Objects
    lsoa: Objects
    neighbourhood: Objects
    partnership: Objects


@dataclass(frozen=True, slots=True)
class Drawn:
    """The areas of one boundary set, by code. Arrays have one more element at the end, so that index -1 is "nowhere"."""

    index: AreaIndex[str]
    outlines: tuple[BaseGeometry, ...]
    codes: Objects
    parents: Objects

    @property
    def inside_points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A point inside each area, eastings and northings."""
        points = shapely.point_on_surface(np.array(self.outlines, dtype=object))
        return shapely.get_x(points), shapely.get_y(points)


class Resolver:
    """The boundaries of a day and the service areas made of them, ready to be asked."""

    def __init__(self, set_ids: Mapping[str, UUID], made_of: Mapping[str, Mapping[str, UUID]]) -> None:
        """`made_of`: kind of service area -> kind of area -> the set that those are made of."""
        self.set_ids = dict(set_ids)
        self._made_of = {kind: dict(sets) for kind, sets in made_of.items()}
        self._service_areas = _service_areas_by_code(self._made_of)
        self._partnership_of = _partnerships_of_neighbourhoods()
        self.geography = self._fingerprint()

    @classmethod
    def current(cls, on: date | None = None) -> Resolver:
        """The resolver of the boundaries in force on this London day (see `rules.in_force`); without a day, of the newest.

        Two small queries when warm. Hold one for a batch, and ask again for the next.
        """
        sets = list(BoundarySet.objects.complete().defer("notes"))
        parts = tuple(
            ServiceAreaPart.objects.filter(kind__in=PLACED)
            .values_list("kind", "area__boundary_set_id")
            .annotate(last=Max("pk"), count=Count("pk"))
            .order_by("kind", "area__boundary_set_id")
        )
        chosen = _ids(rules.in_force(sets, on))
        made_of = tuple(
            (kind, _made_of(sets, chosen, {row[1] for row in parts if row[0] == kind}, on)) for kind in PLACED
        )
        return _resolver(chosen, made_of, parts)

    def assign(self, e: ArrayLike, n: ArrayLike) -> Assigned:
        """Every area of each point; eastings and northings in metres (EPSG:27700), NaN gives none.

        A point's district is its ward's, so that the two never disagree along a generalised border. Its neighbourhood is the
        one its LSOA, ward or district belongs to; its partnership is its neighbourhood's, else its district's. Where no
        neighbourhoods are made of the wards in force yet, those of the wards before them hold.
        """
        east, north = np.asarray(e, dtype=float).ravel(), np.asarray(n, dtype=float).ravel()
        codes = _codes(self.set_ids, east, north)
        neighbourhood = self._service_area(ServiceAreaKind.NEIGHBOURHOOD, codes, east, north)
        partnership = self._service_area(ServiceAreaKind.PARTNERSHIP, codes, east, north)
        return Assigned(
            district=codes[AreaKind.DISTRICT],
            ward=codes[AreaKind.WARD],
            lsoa=codes[AreaKind.LSOA],
            neighbourhood=neighbourhood,
            partnership=_first(_look_up(self._partnership_of, neighbourhood), partnership),
        )

    def neighbourhoods_of_lsoas(self, codes: Iterable[str]) -> Objects:
        """The neighbourhood that holds most of each LSOA (its inside point), for records that say no more; None where unknown."""
        return _look_up(self._best_fit, np.array(list(codes), dtype=object))

    def lsoas_of(self, neighbourhood_ids: Iterable[UUID]) -> tuple[str, ...]:
        """The codes of the LSOAs that best fit these neighbourhoods, in order."""
        wanted = set(neighbourhood_ids)
        return tuple(sorted(code for code, neighbourhood in self._best_fit.items() if neighbourhood in wanted))

    @cached_property
    def _best_fit(self) -> dict[Any, Any]:
        if AreaKind.LSOA not in self.set_ids:
            return {}
        lsoas = drawn(self.set_ids[AreaKind.LSOA])
        found = self.assign(*lsoas.inside_points).neighbourhood
        return dict(zip(lsoas.index.keys, found, strict=True))

    def _service_area(self, kind: str, codes: Mapping[str, Objects], e: Floats, n: Floats) -> Objects:
        """By the smallest area that says it: LSOA, then ward, then district."""
        by_code, sets = self._service_areas[kind], self._made_of[kind]
        if sets != self.set_ids:
            codes = _codes(sets, e, n)
        smallest_first = (AreaKind.LSOA, AreaKind.WARD, AreaKind.DISTRICT)
        found = [_look_up(by_code[area], codes[area]) for area in smallest_first if by_code.get(area)]
        nowhere = np.full(e.size, None, dtype=object)
        return _first(*found, nowhere)

    def _fingerprint(self) -> str:
        """64 hexadecimal digits that change when a point could get other areas."""
        every = [self.set_ids, *(sets for _kind, sets in sorted(self._made_of.items()) if sets != self.set_ids)]
        digest = hashlib.sha256()
        for sets in every:
            digest.update(repr(sorted((str(kind), str(pk)) for kind, pk in sets.items())).encode())
        for kind, by_area in sorted(self._service_areas.items()):
            for area, by_code in sorted(by_area.items()):
                digest.update(repr((str(kind), str(area), sorted((c, str(i)) for c, i in by_code.items()))).encode())
        return digest.hexdigest()


@lru_cache(maxsize=4)
def _resolver(set_ids: SetIds, made_of: tuple[tuple[str, SetIds], ...], parts: tuple[object, ...]) -> Resolver:
    """Kept as long as the sets and the service areas made of them are the same."""
    return Resolver(dict(set_ids), {kind: dict(sets) for kind, sets in made_of})


def _made_of(sets: Iterable[BoundarySet], chosen: SetIds, with_parts: Collection[UUID], on: date | None) -> SetIds:
    """The sets that a kind of service area is made of: those in force; where nothing is made of one yet, the one before it."""
    settled = dict(_ids(rules.in_force((each for each in sets if each.pk in with_parts), on)))
    return tuple((kind, pk if pk in with_parts else settled.get(kind, pk)) for kind, pk in chosen)


def _ids(sets: Mapping[str, BoundarySet]) -> SetIds:
    return tuple((kind, each.pk) for kind, each in sorted(sets.items()))


def _codes(set_ids: Mapping[str, UUID], e: Floats, n: Floats) -> dict[str, Objects]:
    """Kind of area -> the code of the area of each point ("" where none) in these sets; a point's district is its ward's."""
    at = {kind: _locate(set_ids, kind, e, n) for kind in (AreaKind.DISTRICT, AreaKind.WARD, AreaKind.LSOA)}
    of_ward = _take(set_ids, AreaKind.WARD, "parents", at[AreaKind.WARD])
    codes: dict[str, Objects] = {kind: _take(set_ids, kind, "codes", found) for kind, found in at.items()}
    codes[AreaKind.DISTRICT] = np.where(of_ward != NO_AREA, of_ward, codes[AreaKind.DISTRICT])
    return codes


def _locate(set_ids: Mapping[str, UUID], kind: str, e: Floats, n: Floats) -> Indices:
    return drawn(set_ids[kind]).index.locate(e, n) if kind in set_ids else np.full(e.size, -1, dtype=np.intp)


def _take(set_ids: Mapping[str, UUID], kind: str, what: str, at: Indices) -> Objects:
    if kind not in set_ids:
        return np.full(at.size, NO_AREA, dtype=object)
    taken: Objects = getattr(drawn(set_ids[kind]), what)[at]
    return taken


@lru_cache(maxsize=12)
def drawn(set_id: UUID) -> Drawn:
    """The areas of a complete set, in the order of their codes."""
    rows = list(
        Area.objects.filter(boundary_set_id=set_id).order_by("code").values_list("code", "outline", "parent_code")
    )
    outlines = tuple(from_wkb(outline) for _, outline, _ in rows)
    index = AreaIndex((code, outline) for (code, _, _), outline in zip(rows, outlines, strict=True))
    return Drawn(
        index=index,
        outlines=outlines,
        codes=np.array([*index.keys, NO_AREA], dtype=object),
        parents=np.array([*(parent for _, _, parent in rows), NO_AREA], dtype=object),
    )


def _service_areas_by_code(made_of: Mapping[str, Mapping[str, UUID]]) -> dict[str, dict[str, dict[str, UUID]]]:
    """Kind of service area -> kind of area -> code -> id."""
    found: dict[str, dict[str, dict[str, UUID]]] = {kind: {} for kind in made_of}
    for kind, sets in made_of.items():
        parts = ServiceAreaPart.objects.filter(kind=kind, area__boundary_set_id__in=list(sets.values()))
        for area_kind, code, pk in parts.values_list("area__boundary_set__kind", "area__code", "service_area_id"):
            found[kind].setdefault(area_kind, {})[code] = pk
    return found


def _partnerships_of_neighbourhoods() -> dict[UUID, UUID | None]:
    parts = ServiceAreaPart.objects.filter(kind=ServiceAreaKind.NEIGHBOURHOOD)
    return dict(parts.values_list("service_area_id", "service_area__partnership_id").distinct())


def _look_up(by_key: Mapping[Any, Any], keys: Objects) -> Objects:
    found: Objects = np.empty(keys.size, dtype=object)
    found[:] = [by_key.get(key) for key in keys.tolist()]
    return found


def _first(*candidates: Objects) -> Objects:
    """Element by element, the first that is not None."""
    found = candidates[0].copy()
    for other in candidates[1:]:
        empty = found == None  # noqa: E711 - numpy compares element by element
        found[empty] = other[empty]
    return found
