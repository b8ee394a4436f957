"""Periods without a figure: what was not loaded is not nought, and the periods on either side of it are no neighbours.

A series that may have some is given with one value for every period, in order of time, and None (or NaN) where there is
none. So a position is a place in the calendar, whatever is missing before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.tables import Value
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NO_DATA = _("no data")
# Of a year with fewer of its periods than this there is no saying what the others held.
ENOUGH_OF_A_YEAR = 0.75
_PASSES = 500
_SETTLED = 1e-9


def figures(values: Sequence[float | None] | Floats) -> Floats:
    """One figure for each period, NaN where there is none. Raises BadInput for infinite figures, and for a table."""
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1 or np.isinf(series).any():
        raise BadInput(_("Give one finite figure for each period, and none where there is no data."))
    return series


def known(series: Floats) -> Floats:
    """The figures that there are."""
    return series[~np.isnan(series)]


def steps_between(series: Floats) -> Floats:
    """The steps from each figure to the next, none of them over a period without one."""
    return known(np.diff(series))


def stretches(there: Flags) -> list[tuple[int, int]]:
    """Start and end of each stretch without a gap."""
    turns = [0, *(int(i) + 1 for i in np.flatnonzero(np.diff(there))), len(there)]
    return [(a, b) for a, b in pairwise(turns) if b > a and there[a]]


def shown(value: float | None) -> Value:
    """A figure as a table has it: in words where there is none."""
    return NO_DATA if value is None or value != value else value


def completed(years: Floats, least: int = 1) -> Floats | None:
    """Whole years, shape (years, periods), of those that have three quarters of their figures; where one is missing stands
    what its year and its time of year lead to expect (year times season, fitted to the figures that there are).

    None where a time of year has a figure in fewer than `least` of them. Years without a gap stay as they are.
    """
    there = ~np.isnan(years)
    kept = there.mean(axis=1) >= ENOUGH_OF_A_YEAR
    years, there = years[kept], there[kept]
    if not len(years) or int(there.sum(axis=0).min()) < least:
        return None
    return years if there.all() else _filled(years, there)


def whole_periods(panel: Floats) -> Flags:
    """Which periods of a panel, shape (areas, periods), have figures. Raises BadInput where one has them in some areas only."""
    there = ~np.isnan(panel)
    every: Flags = np.asarray(there.all(axis=0))
    if (there.any(axis=0) & ~every).any():
        raise BadInput(
            _("A period must have a figure in every area or in none: leave out areas whose figures are missing.")
        )
    return every


def _filled(years: Floats, there: Flags) -> Floats:
    """Expectation and fit in turn, until they settle."""
    full = np.where(there, years, 0.0)
    for _pass in range(_PASSES):
        total = float(full.sum())
        if total == 0:
            break
        fit = np.where(there, years, np.outer(full.sum(axis=1), full.sum(axis=0)) / total)
        settled = float(np.abs(fit - full).max()) <= _SETTLED * total
        full = fit
        if settled:
            break
    return full
