"""Where a point may be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ourpatch.data.disclosure.rules.cells import Floats, Integers
from ourpatch.foundation.law import LawBook
from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import AreaIndex
from ourpatch.ground.words import say as _


@dataclass(frozen=True, slots=True, eq=False)
class Anchors:
    """Map points that incidents may be shown at: place (metres, EPSG:27700), addresses each stands for, and the area
    it lies in (-1: in none; nothing is shown there).
    """

    easting: Floats
    northing: Floats
    addresses: Integers
    area: Integers

    @classmethod
    def drawn(cls, easting: Floats, northing: Floats, addresses: Integers, areas: AreaIndex[Any]) -> Anchors:
        """Map points with the area that each lies in by its outline: a position in `areas.keys`, for incidents alike."""
        return cls(easting, northing, addresses, areas.locate(easting, northing).astype(np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Snapped:
    """Where each point is shown: the anchor's position in its arrays and place; -1 and NaN where the area has no
    anchor.
    """

    anchor: Integers
    easting: Floats
    northing: Floats


def snap_points(
    easting: Floats, northing: Floats, area: Integers, anchors: Anchors, *, min_addresses: int = 8
) -> Snapped:
    """The nearest anchor of enough addresses in the same area; the first in the list where two are equally near.

    Metres, EPSG:27700. Always the same answer for the same place, so that averaging repeated releases gains nothing;
    never across a boundary, so that counts by area stay right. Source: data.police.uk location anonymisation; anchors
    3.7.
    """
    e, n = _millimetres(easting), _millimetres(northing)
    chosen = np.full(len(e), -1, dtype=np.int64)
    allowed = np.flatnonzero((anchors.addresses >= min_addresses) & (anchors.area >= 0))
    anchor_e, anchor_n = _millimetres(anchors.easting), _millimetres(anchors.northing)
    for name in np.unique(area):
        mine, near = np.flatnonzero(area == name), allowed[anchors.area[allowed] == name]
        for part in np.array_split(mine, 1 + len(mine) * len(near) // 2_000_000) if near.size else ():
            away = (e[part, None] - anchor_e[near]) ** 2 + (n[part, None] - anchor_n[near]) ** 2
            chosen[part] = near[away.argmin(axis=1)]
    found = chosen >= 0
    shown_e, shown_n = np.full(len(e), np.nan), np.full(len(e), np.nan)
    shown_e[found], shown_n[found] = anchors.easting[chosen[found]], anchors.northing[chosen[found]]
    return Snapped(chosen, shown_e, shown_n)


def least_addresses(book: LawBook) -> int:
    """The addresses that a map point must stand for, by a law book."""
    return book.number("snap_least_addresses")


def _millimetres(metres: Floats) -> Integers:
    # Whole millimetres compare exactly: two anchors equally near are a tie on every machine.
    values = np.asarray(metres, dtype=np.float64)
    if not np.isfinite(values).all():
        raise BadInput(_("A point without a place cannot be moved to a map point: leave it out first."))
    return np.round(values * 1000).astype(np.int64)
