"""How alike areas are: named indicators on one scale, and the distance between them.

Indicators are standardised (mean 0, standard deviation 1) over all areas that are compared; a distance is the root mean
square of the differences, in standard deviations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

Floats = npt.NDArray[np.float64]


def table_of(
    areas: Sequence[str], indicators: Mapping[str, npt.ArrayLike], *, least: int
) -> tuple[tuple[str, ...], Floats]:
    """The indicators' names, and their values of shape (areas, indicators). Raises BadInput for fewer than `least`
    indicators, an area given twice, or values that do not fit.
    """
    if len(indicators) < least:
        raise BadInput(_("Give two indicators or more: one number does not make places alike."))
    if len(set(areas)) != len(areas):
        raise BadInput(_("Give each area once."))
    columns = [np.asarray(values, dtype=np.float64) for values in indicators.values()]
    if any(column.shape != (len(areas),) for column in columns):
        raise BadInput(_("Give one value of each indicator for each area."))
    return tuple(indicators), np.column_stack(columns)


def shares_of(names: tuple[str, ...], weights: Mapping[str, float] | None) -> Floats:
    """Weights that add up to 1, alike if none are given. Raises BadInput for other names, or fewer than two above zero."""
    if weights is not None and set(weights) != set(names):
        raise BadInput(_("Give a weight for each indicator and for no other."))
    given = np.array([1.0 if weights is None else weights[name] for name in names])
    if not np.isfinite(given).all() or (given < 0).any() or np.count_nonzero(given) < 2:
        raise BadInput(_("Weights are not negative, and two or more are above zero."))
    return np.asarray(given / given.sum())


def level(column: Floats) -> bool:
    """Whether a column is the same everywhere, but for the last bits of its numbers."""
    return bool(column.std() <= 1e-12 * max(1e-300, float(np.abs(column).max())))


def standardised(table: Floats, names: tuple[str, ...]) -> Floats:
    """Every column with mean 0 and standard deviation 1. Raises BadInput for one that is the same everywhere."""
    for name, column in zip(names, table.T, strict=True):
        if level(column):
            raise BadInput(
                _("%(indicator)s is the same everywhere and cannot tell areas apart: leave it out.", indicator=name)
            )
    return np.asarray((table - table.mean(axis=0)) / table.std(axis=0))


def distances(gaps: Floats, share: Floats) -> Floats:
    """Root mean squares over the last axis, by weights that add up to 1."""
    return np.asarray(np.sqrt((gaps**2 * share).sum(axis=-1)))
