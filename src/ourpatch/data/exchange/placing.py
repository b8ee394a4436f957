"""Giving rows their areas: by the point under the boundaries of the day, and by the publisher's own code where that says more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray

from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.queries import Assigned, Resolver
from ourpatch.ground.geo import from_wkb, to_bng

Floats = NDArray[np.float64]
Objects = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where each of n rows lies: metres (EPSG:27700; NaN for none), codes ("" for none) and partnerships (None for none)."""

    easting: Floats
    northing: Floats
    ward: Objects
    lsoa: Objects
    district: Objects
    neighbourhood: Objects
    partnership: Objects

    @property
    def has_point(self) -> NDArray[np.bool_]:
        """Which rows have a point."""
        return ~np.isnan(self.easting)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which rows lie in a partnership."""
        return np.array([each is not None for each in self.partnership.tolist()], dtype=np.bool_)

    def partnerships(self, where: NDArray[np.bool_]) -> frozenset[UUID]:
        """The partnerships that these rows lie in."""
        return frozenset(each for each in self.partnership[where].tolist() if each is not None)


def place(resolver: Resolver, lon: Floats, lat: Floats, publisher_lsoa: Objects) -> Placed:
    """Put rows in their areas. Degrees WGS84, NaN for no point; a row whose point lies nowhere goes where its small area lies."""
    easting, northing = to_bng(lon, lat)
    assigned = resolver.assign(easting, northing)
    nowhere = np.array(
        [
            partnership is None and code != ""
            for partnership, code in zip(assigned.partnership, publisher_lsoa, strict=True)
        ],
        dtype=np.bool_,
    )
    placed = Placed(
        easting=easting,
        northing=northing,
        ward=assigned.ward,
        lsoa=assigned.lsoa,
        district=assigned.district,
        neighbourhood=_as_text(assigned.neighbourhood),
        partnership=assigned.partnership,
    )
    if nowhere.any():
        _go_by_small_area(placed, np.flatnonzero(nowhere), publisher_lsoa, resolver)
    return placed


def _go_by_small_area(placed: Placed, rows: NDArray[np.intp], publisher_lsoa: Objects, resolver: Resolver) -> None:
    codes, which = np.unique(publisher_lsoa[rows].astype(str), return_inverse=True)
    known = _by_code(resolver, codes.tolist())
    for position, code in enumerate(codes.tolist()):
        if code in known:
            at, areas = known[code]
            here = rows[which == position]
            placed.ward[here] = areas.ward[at]
            placed.lsoa[here] = code
            placed.district[here] = areas.district[at]
            placed.neighbourhood[here] = _as_text(areas.neighbourhood)[at]
            placed.partnership[here] = areas.partnership[at]


def _by_code(resolver: Resolver, codes: Sequence[str]) -> dict[str, tuple[int, Assigned]]:
    """The areas of a point inside each small area that is loaded."""
    stored = places.areas("lsoa").filter(code__in=codes).defer(None).values_list("code", "outline")
    rows = list(stored)
    inside = shapely.point_on_surface(np.array([from_wkb(outline) for _code, outline in rows], dtype=object))
    assigned = resolver.assign(shapely.get_x(inside), shapely.get_y(inside))
    return {code: (at, assigned) for at, (code, _outline) in enumerate(rows)}


def _as_text(ids: Objects) -> Objects:
    texts: Objects = np.empty(ids.size, dtype=object)
    texts[:] = [str(each) if each is not None else "" for each in ids.tolist()]
    return texts
