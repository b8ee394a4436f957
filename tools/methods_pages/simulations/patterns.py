"""Patterns over twelve periods where there are none."""

from __future__ import annotations

import numpy as np
import shapely
from tools.methods_pages.measured import Figures, Share

from ourpatch.data.analysis.grids import square_grid
from ourpatch.data.analysis.patterns import Pattern, hot_spot_patterns

CUBES, ACROSS, PERIODS = 30, 20, 12


def measured() -> Figures:
    """Cubes of chance alone in which any cell has a pattern."""
    return {name: Share(_with_a_pattern(mean, seed), CUBES) for name, mean, seed in (("one", 1.0, 8), ("few", 0.2, 9))}


def _with_a_pattern(mean: float, seed: int) -> int:
    grid = square_grid(shapely.box(4e5, 3e5, 4e5 + 100 * ACROSS, 3e5 + 100 * ACROSS), 100)
    chance, found = np.random.default_rng(seed), 0
    for run in range(CUBES):
        patterns = hot_spot_patterns(grid, chance.poisson(mean, (len(grid), PERIODS)), seed=run)
        found += patterns.count(Pattern.NONE) < len(grid)
    return found
