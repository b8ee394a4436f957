"""Equal cells in rows: squares, or hexagons that stand on a point, numbered so that every cell's neighbours lie at the same
steps.

A cell has a step `q` to the east and a row `r` to the north. Rows of hexagons lean by half a cell, so steps do too
(axial coordinates). The lattice begins at the National Grid's own origin: the same size always gives the same cells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

Shape = Literal["square", "hexagon"]
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Outlines = npt.NDArray[np.object_]

_ROW = math.sqrt(3.0) / 2.0
ROOK = ((1, 0), (0, 1), (-1, 0), (0, -1))
QUEEN = (*ROOK, (1, 1), (-1, 1), (-1, -1), (1, -1))
HEXAGON = (*ROOK, (-1, 1), (1, -1))


@dataclass(frozen=True, slots=True)
class Lattice:
    """`side`: metres, of a square, or of a hexagon from one flat side to the other."""

    shape: Shape
    side: float

    @property
    def square_metres(self) -> float:
        """The area of a whole cell."""
        return self.side * self.side * (1.0 if self.shape == "square" else _ROW)

    def centres(self, q: Places, r: Places) -> tuple[Floats, Floats]:
        """Easting and northing of the middle of cells, metres."""
        east, north = q.astype(np.float64), r.astype(np.float64)
        if self.shape == "square":
            return self.side * (east + 0.5), self.side * (north + 0.5)
        return self.side * (east + north / 2), self.side * _ROW * north

    def steps(self, x: Floats, y: Floats) -> tuple[Places, Places]:
        """The cell that holds each point (metres); a point on a square's edge is in the cell to the east or north."""
        if self.shape == "square":
            return np.floor(x / self.side).astype(np.intp), np.floor(y / self.side).astype(np.intp)
        # A hexagon is what lies nearest to its middle, and that middle is in the row below the point or in the one above.
        low = np.floor(y / (self.side * _ROW)).astype(np.intp)
        found = [(r, np.rint(x / self.side - r / 2).astype(np.intp)) for r in (low, low + 1)]
        apart = []
        for r, q in found:
            cx, cy = self.centres(q, r)
            apart.append((x - cx) ** 2 + (y - cy) ** 2)
        above = apart[1] < apart[0]
        return np.where(above, found[1][1], found[0][1]), np.where(above, found[1][0], found[0][0])

    def columns(self, q: Places, r: Places) -> Places:
        """Steps without the lean, so that a table of a region has no more columns than it needs."""
        return q if self.shape == "square" else q + r // 2

    def covering(self, bounds: tuple[float, float, float, float]) -> tuple[Places, Places]:
        """All cells that a rectangle (metres) can touch."""
        west, south, east, north = bounds
        row = self.side if self.shape == "square" else self.side * _ROW
        r = np.arange(math.floor(south / row) - 1, math.floor(north / row) + 2)
        column = np.arange(math.floor(west / self.side) - 1, math.floor(east / self.side) + 2)
        grid_r, grid_c = (each.ravel() for each in np.meshgrid(r, column, indexing="ij"))
        return (grid_c if self.shape == "square" else grid_c - grid_r // 2), grid_r

    def outlines(self, q: Places, r: Places) -> Outlines:
        """The cells as polygons."""
        x, y = self.centres(q, r)
        if self.shape == "square":
            half = self.side / 2
            return np.asarray(shapely.box(x - half, y - half, x + half, y + half))
        angles = np.pi / 6 + np.pi / 3 * np.arange(6)
        reach = self.side / math.sqrt(3.0)
        corners = np.stack((x[:, None] + reach * np.cos(angles), y[:, None] + reach * np.sin(angles)), axis=-1)
        return np.asarray(shapely.polygons(corners))

    def within(self, reach: float) -> list[tuple[int, int]]:
        """Steps from a cell to those, itself among them, that a disc of this radius (metres) around a point in it can meet
        the middle of.
        """
        rows = math.ceil(reach / (self.side * _ROW)) + 2
        steps = np.arange(-2 * rows, 2 * rows + 1)
        q, r = (each.ravel() for each in np.meshgrid(steps, steps, indexing="ij"))
        x, y = self.centres(q, r)
        here_x, here_y = self.centres(np.zeros(1, dtype=np.intp), np.zeros(1, dtype=np.intp))
        # From its middle a cell reaches no further than a square's corner.
        near = np.hypot(x - here_x, y - here_y) <= reach + self.side * math.sqrt(0.5)
        return list(zip(q[near].tolist(), r[near].tolist(), strict=True))
