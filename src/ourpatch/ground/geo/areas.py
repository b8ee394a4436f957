"""Which area a point lies in, for one point or for millions."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

Key = TypeVar("Key")
Indices = NDArray[np.intp]

NOWHERE = -1
# Bounds the memory for candidate pairs; a national month is a few chunks.
CHUNK = 250_000


class AreaIndex(Generic[Key]):
    """Areas of one vintage, ready to be asked which of them holds a point.

    Made from (key, outline) pairs: outlines in metres (EPSG:27700) and valid (see `repair`); an empty outline or None
    holds nothing. A border belongs to the areas on both sides and the one that came first wins, so give the pairs in a
    fixed order.
    """

    def __init__(self, areas: Iterable[tuple[Key, BaseGeometry | None]]) -> None:
        pairs = list(areas)
        self.keys: tuple[Key, ...] = tuple(key for key, _ in pairs)
        self._outlines = np.array([outline for _, outline in pairs], dtype=object)
        shapely.prepare(self._outlines)
        self._tree = shapely.STRtree(self._outlines)
        # A prepared outline is indexed when it is first asked, and shapely lets other threads run meanwhile.
        self._asking = Lock()

    def __len__(self) -> int:
        return len(self.keys)

    def locate(self, e: ArrayLike, n: ArrayLike) -> Indices:
        """Position in `keys` of the area that holds each point, or -1 (also for NaN); metres in, same shape out."""
        east, north = np.broadcast_arrays(np.asarray(e, dtype=float), np.asarray(n, dtype=float))
        found = np.full(east.size, NOWHERE, dtype=np.intp)
        known = np.flatnonzero(np.isfinite(east.ravel()) & np.isfinite(north.ravel()))
        for start in range(0, known.size, CHUNK):
            chunk = known[start : start + CHUNK]
            found[chunk] = self._locate_chunk(east.ravel()[chunk], north.ravel()[chunk])
        return found.reshape(east.shape)

    def key_at(self, e: float, n: float) -> Key | None:
        """The key of the area that holds this point (metres, EPSG:27700), or None."""
        position = int(self.locate(e, n))
        return None if position == NOWHERE else self.keys[position]

    def _locate_chunk(self, e: NDArray[np.float64], n: NDArray[np.float64]) -> Indices:
        point, area = self._tree.query(shapely.points(e, n))
        with self._asking:
            holds = shapely.intersects_xy(self._outlines[area], e[point], n[point])
        none = len(self.keys)
        first = np.full(e.size, none, dtype=np.intp)
        np.minimum.at(first, point[holds], area[holds])
        return np.where(first == none, NOWHERE, first)
