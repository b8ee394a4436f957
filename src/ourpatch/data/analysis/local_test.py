"""Is what lies around a cell more than chance would put there? A conditional permutation test of every cell at once.

For each cell its own value stays and the others are shared out afresh among all other cells; p is one-sided and safe with
ties, (1 + number as great or greater) / (1 + permutations). The same permutations serve every cell. A cell's neighbours
then hold the first few of a shuffled list from which the cell itself was taken out, so one short list of sums serves all
cells, but for the few that were themselves drawn: the cost of a permutation hardly grows with the number of cells.

Sources: Getis and Ord 1992; Ord and Getis 1995; Anselin 1995 (conditional permutation); Phipson and Smyth 2010 (p is never
0); Assunção and Reis 1999 (rates); anchors 3.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.grids import Neighbours

_ROWS = 4096
_MOST_DRAWN = 1 << 20
_MOST_POOL = 1 << 22
_SLACK = 1e-10

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Integers = npt.NDArray[np.int64]
Progress = Callable[[int, int], None]


def conditional_p(
    values: Floats, neighbours: Neighbours, permutations: int, seed: int, progress: Progress | None = None
) -> Floats:
    """One-sided p that the neighbours of each cell hold as much as they do, shape (n,); 1 for a cell without neighbours.

    `values`: shape (n,), finite. Memory does not grow with the permutations.
    """
    sizes = neighbours.sizes
    widest = int(sizes.max(initial=0))
    # Sums of the same values in another order may differ in their last digit, and are ties all the same.
    least = neighbours.sums(values) - _SLACK * np.abs(values).max(initial=0.0) * max(widest, 1)
    reached = np.zeros(len(values), dtype=np.int64)
    done = 0
    for drawn in draws(len(values), widest + 1, permutations, seed):
        reached += _as_great(values, sizes, least, drawn)
        done += len(drawn)
        if progress is not None:
            progress(done, permutations)
    return np.asarray((1 + reached) / (1 + permutations))


def draws(cells: int, size: int, permutations: int, seed: int) -> Iterator[Places]:
    """The first `size` cells of so many shuffled lists of all `cells`, in chunks of shape (some, size)."""
    generator = np.random.default_rng(seed)
    size = min(size, cells)
    draw = _distinct if size * size <= cells else _shuffled
    rows = max(1, min(_ROWS, _MOST_DRAWN // size, _MOST_POOL // cells if draw is _shuffled else _ROWS))
    for start in range(0, permutations, rows):
        yield draw(generator, cells, size, min(rows, permutations - start))


def gi_star(values: Floats, neighbours: Neighbours) -> Floats:
    """Ord and Getis's standardised Gi* with weight 1 for a cell and its neighbours, shape (n,); 0 where it has no spread."""
    n = len(values)
    weight = neighbours.sizes + 1.0
    spread = float(values.std())
    scale = spread * np.sqrt(np.maximum(n * weight - weight**2, 0.0) / max(n - 1, 1))
    above = values + neighbours.sums(values) - weight * values.mean()
    spreads = scale > _SLACK * np.abs(values).max(initial=0.0)
    return np.where(spreads, above / np.where(spreads, scale, 1.0), 0.0)


def steadied_rates(counts: Floats, at_risk: Floats) -> Floats:
    """Rates put on one scale, so that a small population's leaps by chance weigh no more than a large one's: shape (n,), mean
    about 0, spread about 1 when all share one rate. `at_risk` above zero. Source: Assunção and Reis 1999.
    """
    rates, total = counts / at_risk, float(at_risk.sum())
    overall = float(counts.sum()) / total
    between = float((at_risk * (rates - overall) ** 2).sum()) / total - overall / (total / len(counts))
    variance = max(between, 0.0) + overall / at_risk
    return np.asarray((rates - overall) / np.sqrt(variance))


# --- permutations -----------------------------------------------------------------------------------------------------


def _distinct(generator: np.random.Generator, cells: int, size: int, rows: int) -> Places:
    """Few of many: draw freely, and again where one came twice."""
    drawn = generator.integers(0, cells, (rows, size))
    again = np.arange(rows)
    while len(again):
        twice = (np.diff(np.sort(drawn[again], axis=1), axis=1) == 0).any(axis=1)
        again = again[twice]
        drawn[again] = generator.integers(0, cells, (len(again), size))
    return drawn


def _shuffled(generator: np.random.Generator, cells: int, size: int, rows: int) -> Places:
    """Many of few: the beginning of Fisher and Yates's shuffle, all rows at once."""
    pool = np.tile(np.arange(cells), (rows, 1))
    row = np.arange(rows)
    for first in range(size):
        other = generator.integers(first, cells, rows)
        pool[row, first], pool[row, other] = pool[row, other], pool[row, first].copy()
    return pool[:, :size]


def _as_great(values: Floats, sizes: Places, least: Floats, drawn: Places) -> Integers:
    """In how many of the lists that were drawn each cell's neighbours hold `least` or more."""
    sums = np.concatenate((np.zeros((len(drawn), 1)), np.cumsum(values[drawn], axis=1)), axis=1)
    found = np.zeros(len(values), dtype=np.int64)
    for size in np.unique(sizes):
        these = np.flatnonzero(sizes == size)
        found[these] = len(drawn) - np.searchsorted(np.sort(sums[:, size]), least[these])
    return found + _corrected(values, sizes, least, drawn, sums)


def _corrected(values: Floats, sizes: Places, least: Floats, drawn: Places, sums: Floats) -> Integers:
    """A cell that was drawn into its own neighbourhood is taken out, and the next on the list comes in."""
    row, position = np.nonzero(np.arange(drawn.shape[1]) < sizes[drawn])
    cell = drawn[row, position]
    size = sizes[cell]
    rightly = sums[row, size + 1] - values[cell] >= least[cell]
    wrongly = sums[row, size] >= least[cell]
    change = rightly.astype(np.float64) - wrongly
    return np.bincount(cell, weights=change, minlength=len(values)).astype(np.int64)


def enough_permutations(cells: int, alpha: float) -> int:
    """So many that one cell alone can still be called when all are asked at once."""
    return math.ceil(cells / alpha - 1e-9) - 1
