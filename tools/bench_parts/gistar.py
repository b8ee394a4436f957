"""Hot spots of an invented county's year: `gistar.py WAY CELLS POINTS PERMUTATIONS [FILE]`, where WAY is `ours` or `loop`.

The loop is the way of esda: for each cell in turn, the permuted values of its neighbours are gathered and summed for every
permutation, and held against what is there. It does so with numpy for all permutations of a cell at once.

Prints one line: seconds from points to p, then the p of every cell and its Gi*. Writes FILE for `with_esda.py`.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path

import numpy as np
import shapely

from ourpatch.data.analysis.grids import Grid, square_grid
from ourpatch.data.analysis.hotspots import SEED, count_points, hot_spots
from ourpatch.data.analysis.local_test import draws

SIDE, TOWNS = 500, 40


def main(way: str, cells: int, points: int, permutations: int, file: Path | None) -> None:
    """Invent, ask, and print."""
    across = SIDE * round(math.sqrt(cells))
    grid = square_grid(shapely.box(300_000, 400_000, 300_000 + across, 400_000 + across), SIDE)
    x, y = _county(across, points)
    start = time.perf_counter()
    p, gi = (_ours if way == "ours" else _loop)(grid, x, y, permutations)
    seconds = time.perf_counter() - start
    print(seconds, *p.tolist(), *gi.tolist())
    if file is not None:
        near = grid.neighbours()
        np.savez(file, counts=count_points(grid, x, y).counts, starts=near.starts, members=near.members)


def _county(across: int, points: int) -> tuple[np.ndarray, np.ndarray]:
    """Incidents in towns, and one in ten anywhere."""
    chance = np.random.default_rng(20)
    town = chance.uniform(0, across, (2, TOWNS))[:, chance.integers(0, TOWNS, points)]
    place = np.clip(town + chance.normal(0, 2 * SIDE, (2, points)), 0, across - 1)
    anywhere = chance.random(points) < 0.1
    place[:, anywhere] = chance.uniform(0, across, (2, int(anywhere.sum())))
    return 300_000 + place[0], 400_000 + place[1]


def _ours(grid: Grid, x: np.ndarray, y: np.ndarray, permutations: int) -> tuple[np.ndarray, np.ndarray]:
    found = hot_spots(grid, count_points(grid, x, y), permutations=permutations)
    return np.array(found.p), np.array(found.gi)


def _loop(grid: Grid, x: np.ndarray, y: np.ndarray, permutations: int) -> tuple[np.ndarray, np.ndarray]:
    counts = np.array(count_points(grid, x, y).counts, dtype=float)
    neighbours = grid.neighbours()
    n, mean, spread = len(counts), counts.mean(), counts.std()
    lists = np.concatenate(list(draws(n, int(neighbours.sizes.max()) + 1, permutations, SEED)))
    p, gi = np.empty(n), np.empty(n)
    for cell in range(n):
        near = neighbours.of(cell)
        observed, size, weight = counts[near].sum(), len(near), len(near) + 1
        own = lists == cell
        kept = np.where(np.cumsum(own, axis=1)[:, :size] > 0, lists[:, 1 : size + 1], lists[:, :size])
        p[cell] = (1 + (counts[kept].sum(axis=1) >= observed).sum()) / (1 + permutations)
        above = observed + counts[cell] - weight * mean
        gi[cell] = above / (spread * math.sqrt((n * weight - weight**2) / (n - 1)))
    return p, gi


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]), Path(sys.argv[5]) if len(sys.argv) > 5 else None)
