"""All pairs of points that lie near one another, found once by sorting the points into a grid.

Only neighbouring squares are looked at and only so many candidates at a time, so memory follows the pairs that are found
and not the square of the points.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

Metric = Literal["euclidean", "manhattan"]
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

MOST_CANDIDATES = 300_000_000
_AT_ONCE = 1 << 19
_MOST_SQUARES = 1e6  # along one side, so that a square's number never overflows


def separation(limit: float, metric: Metric) -> float:
    """A distance in metres as `near_pairs` measures it: squared for straight lines, which keeps whole metres exact."""
    return limit * limit if metric == "euclidean" else limit


def near_pairs(x: Floats, y: Floats, reach: float, metric: Metric) -> Iterator[tuple[Places, Places, Floats]]:
    """Every pair no further apart than `reach` (metres, above zero) once, in chunks: two arrays of positions and the
    `separation` of each pair.

    `x`, `y`: metres, shape (n,), finite. Raises BadInput when more pairs would have to be looked at than this machine
    should.
    """
    order, ranges = _ranges(x, y, reach)
    candidates = sum(int((after - first).sum()) for first, after in ranges)
    if candidates > MOST_CANDIDATES:
        raise BadInput(
            _(
                "About %(pairs)s pairs would have to be looked at, which is too many. Ask about a shorter distance, a smaller "
                "area or a shorter period.",
                pairs=f"{candidates:,}",
            )
        )
    x, y = x[order], y[order]
    limit = separation(reach, metric)
    for first, after in ranges:
        for i, j in _expanded(first, after):
            apart = _apart(x[j] - x[i], y[j] - y[i], metric)
            near = apart <= limit
            yield order[i[near]], order[j[near]], apart[near]


def _apart(dx: Floats, dy: Floats, metric: Metric) -> Floats:
    return dx * dx + dy * dy if metric == "euclidean" else np.abs(dx) + np.abs(dy)


def _ranges(x: Floats, y: Floats, reach: float) -> tuple[Places, list[tuple[Places, Places]]]:
    """The order of the points by square, and for each point in it two ranges of partners: the rest of its own square with
    the next one to the right, and the three squares above.
    """
    # A hair wider than the reach: rounding must not put two points that are just within it two squares apart.
    side = max(reach * (1 + 1e-9), float(np.ptp(x)) / _MOST_SQUARES, float(np.ptp(y)) / _MOST_SQUARES)
    column = np.floor((x - x.min()) / side).astype(np.int64) + 1
    row = np.floor((y - y.min()) / side).astype(np.int64)
    across = int(column.max()) + 2  # an empty column at either end: nobody's neighbour lies on the row above
    square = row * across + column
    order = np.argsort(square, kind="stable")
    square = square[order]
    own = np.arange(1, len(square) + 1), np.searchsorted(square, square + 1, side="right")
    above = np.searchsorted(square, square + across - 1), np.searchsorted(square, square + across + 1, side="right")
    return order, [own, above]


def _expanded(first: Places, after: Places) -> Iterator[tuple[Places, Places]]:
    """Positions of both points of each candidate pair, so many at a time."""
    counts = after - first
    done = np.concatenate((np.zeros(1, dtype=counts.dtype), np.cumsum(counts)))
    start = 0
    while start < len(counts):
        stop = max(start + 1, int(np.searchsorted(done, done[start] + _AT_ONCE, side="right")) - 1)
        these = counts[start:stop]
        i = np.repeat(np.arange(start, stop), these)
        offset = np.arange(len(i)) - np.repeat(done[start:stop] - done[start], these)
        yield i, np.repeat(first[start:stop], these) + offset
        start = stop
