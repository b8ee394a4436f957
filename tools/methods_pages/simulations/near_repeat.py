"""Near repeats and repeats in incidents that have nothing to do with one another."""

from __future__ import annotations

import numpy as np
from tools.methods_pages.measured import Figures, Share

from ourpatch.data.analysis.near_repeat import near_repeat
from ourpatch.data.analysis.repeats import repeats

PATTERNS = 400
WHOLE_GRIDS = 400


def measured() -> Figures:
    """Shares of patterns with p of 0.05 or less, cell by cell and for whole grids."""
    return {**_grid(), **_whole_grid(), **_repeats(), **_waits()}


def _grid() -> Figures:
    """Places that cluster, times that do not: three cells of a small grid."""
    chance = np.random.default_rng(11)
    small = np.zeros(3, dtype=int)
    for seed in range(PATTERNS):
        x, y, t = chance.normal(0, 150, 60), chance.exponential(150, 60), chance.integers(0, 60, 60)
        found = near_repeat(x, y, t, distance_edges=(0, 60, 120), day_edges=(0, 5, 10), permutations=99, seed=seed)
        small += [found.p[1][0] <= 0.05, found.p[1][1] <= 0.05, found.p[2][0] <= 0.05]
    return {f"cell {i + 1}": Share(int(one), PATTERNS) for i, one in enumerate(small)}


def _whole_grid() -> Figures:
    """The default grid of 48 cells: any p of 0.05 or less, and any cell called once p is adjusted."""
    chance = np.random.default_rng(12)
    unadjusted = called = 0
    for seed in range(WHOLE_GRIDS):
        x, y, t = chance.normal(0, 400, 150), chance.normal(0, 400, 150), chance.integers(0, 365, 150)
        found = near_repeat(x, y, t, permutations=999, seed=seed)
        unadjusted += min(map(min, found.p)) <= 0.05
        called += found.strongest is not None
    return {"grid unadjusted": Share(unadjusted, WHOLE_GRIDS), "grid called": Share(called, WHOLE_GRIDS)}


def _repeats() -> Figures:
    chance = np.random.default_rng(3)
    bold = 0
    for _pattern in range(PATTERNS):
        p = repeats(chance.integers(0, 500, 200).tolist(), at_risk=500).p
        bold += p is not None and p <= 0.05
    return {"repeats": Share(bold, PATTERNS)}


def _waits() -> Figures:
    chance = np.random.default_rng(12)
    small = np.zeros(3, dtype=int)
    for seed in range(PATTERNS):
        who, day = chance.integers(0, 25, 50).tolist(), chance.integers(0, 100, 50)
        found = repeats(who, day, wait_edges=(0, 10, 30), permutations=99, seed=seed)
        small += [wait.p <= 0.05 for wait in found.waits]
    return {f"wait {i + 1}": Share(int(one), PATTERNS) for i, one in enumerate(small)}
