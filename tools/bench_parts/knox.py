"""The whole Knox grid of invented incidents: `knox.py WAY POINTS PERMUTATIONS [FILE]`, where WAY is `ours` or `loop`.

The loop is the way of pointpats, which answers one distance and one time: for each of the grid's, and for each permutation,
over the neighbours of every incident in Python, asking which are near in time. It takes times as they are where pointpats
keeps a set of near ones for each incident, which for ten thousand would not fit into memory.

Prints one line: seconds, pairs in the grid, then the pairs and the p of every cell. Writes FILE for `with_pointpats.py`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from ourpatch.data.analysis.near_repeat import DAY_EDGES, DISTANCE_EDGES, SAME_PLACE, SEED, near_repeat

SIDE, DAYS = 10_000, 365
ACROSS = (0.0, SAME_PLACE, *DISTANCE_EDGES[1:])


def main(way: str, points: int, permutations: int, file: Path | None) -> None:
    """Invent, ask, and print."""
    chance = np.random.default_rng(20)
    x, y = chance.integers(0, SIDE, points), chance.integers(0, SIDE, points)
    days = chance.integers(0, DAYS, points)
    start = time.perf_counter()
    observed, p = (_ours if way == "ours" else _loop)(x, y, days, permutations)
    seconds = time.perf_counter() - start
    print(seconds, observed.sum(), *observed.ravel().tolist(), *p.ravel().tolist())
    if file is not None:
        np.savez(file, x=x, y=y, days=days, reaches=ACROSS[1:], gaps=DAY_EDGES[1:])


def _ours(x: np.ndarray, y: np.ndarray, days: np.ndarray, permutations: int) -> tuple[np.ndarray, np.ndarray]:
    found = near_repeat(x, y, days, permutations=permutations)
    return np.array(found.observed), np.array(found.p)


def _loop(x: np.ndarray, y: np.ndarray, days: np.ndarray, permutations: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.lexsort((days, y, x))
    x, y, days = x[order], y[order], days[order].astype(np.int16)
    upto = np.zeros((permutations + 1, len(ACROSS), len(DAY_EDGES)))
    for i, reach in enumerate(ACROSS[1:], 1):
        neighbours = _neighbours(x.tolist(), y.tolist(), reach)
        for j, gap in enumerate(DAY_EDGES[1:], 1):
            upto[:, i, j] = _one(neighbours, days, gap, permutations)
    cells = np.diff(np.diff(upto, axis=1), axis=2)
    return cells[0], (1 + (cells[1:] >= cells[0]).sum(axis=0)) / (1 + permutations)


def _one(neighbours: list[list[int]], days: np.ndarray, gap: float, permutations: int) -> list[float]:
    generator = np.random.default_rng(SEED)
    drawn = [days, *(generator.permutation(days) for _permutation in range(permutations))]
    found = []
    for times in (each.tolist() for each in drawn):
        near = 0
        for i, others in enumerate(neighbours):
            own = times[i]
            near += len([j for j in others if -gap < times[j] - own < gap])
        found.append(near / 2)
    return found


def _neighbours(x: list[int], y: list[int], reach: float) -> list[list[int]]:
    squares: dict[tuple[int, int], list[int]] = {}
    for i, (a, b) in enumerate(zip(x, y, strict=True)):
        squares.setdefault((int(a // reach), int(b // reach)), []).append(i)
    limit = reach * reach
    found: list[list[int]] = []
    for i, (a, b) in enumerate(zip(x, y, strict=True)):
        column, row = int(a // reach), int(b // reach)
        near = [squares.get((column + c, row + r), ()) for c in (-1, 0, 1) for r in (-1, 0, 1)]
        found.append([j for these in near for j in these if j != i and (x[j] - a) ** 2 + (y[j] - b) ** 2 < limit])
    return found


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]) if len(sys.argv) > 4 else None)
