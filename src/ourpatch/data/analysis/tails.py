"""Exact tails of many counts at once: binomial and hypergeometric, and the intervals of shares.

Each value's chance follows from the one before it, from the value that was asked about outwards, until no more comes in; so a
tail is summed from its largest part and is as exact far out as it is near. About 1e-10 of the tail for a county's counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ratio = Callable[[Floats, npt.NDArray[np.intp]], Floats]

_ENOUGH = 1e-17
_HALVINGS = 60
_log_factorial = np.frompyfunc(lambda n: math.lgamma(n + 1), 1, 1)


def binomial_tails(hits: npt.ArrayLike, trials: npt.ArrayLike, shares: npt.ArrayLike) -> Floats:
    """P(X >= hits) for each of n binomial counts, arrays of one shape; whole numbers, shares from 0 to 1."""
    k, n, p = (np.array(each, dtype=np.float64) for each in np.broadcast_arrays(hits, trials, shares))
    inside = (k > 0) & (k <= n) & (p > 0) & (p < 1)
    found = np.where((k <= 0) | ((p >= 1) & (k <= n)), 1.0, 0.0)
    k, n, p = k[inside], n[inside], p[inside]
    upper = k > n * p
    start = np.where(upper, k, k - 1)
    log_start = _log(n) - _log(start) - _log(n - start) + start * np.log(p) + (n - start) * np.log1p(-p)
    odds = p / (1 - p)

    def up(at: Floats, of: npt.NDArray[np.intp]) -> Floats:
        return (n[of] - at) / (at + 1) * odds[of]

    def down(at: Floats, of: npt.NDArray[np.intp]) -> Floats:
        return at / (n[of] - at + 1) / odds[of]

    found[inside] = _tail(start, np.exp(log_start), upper, up, down)
    return found


def hypergeometric_tails(
    hits: npt.ArrayLike, drawn: npt.ArrayLike, marked: npt.ArrayLike, whole: npt.ArrayLike
) -> Floats:
    """P(X >= hits) where `drawn` are taken out of `whole`, `marked` of which are of a kind; arrays of one shape."""
    arrays = np.broadcast_arrays(hits, drawn, marked, whole)
    k, d, m, w = (np.array(each, dtype=np.float64) for each in arrays)
    least, most = np.maximum(0, d - (w - m)), np.minimum(d, m)
    inside = (k > least) & (k <= most)
    found = np.where(k <= least, 1.0, 0.0)
    k, d, m, w = k[inside], d[inside], m[inside], w[inside]
    upper = k > d * m / w
    start = np.where(upper, k, k - 1)
    log_start = _ways(m, start) + _ways(w - m, d - start) - _ways(w, d)
    rest = w - m - d

    def up(at: Floats, of: npt.NDArray[np.intp]) -> Floats:
        return (m[of] - at) * (d[of] - at) / ((at + 1) * (rest[of] + at + 1))

    def down(at: Floats, of: npt.NDArray[np.intp]) -> Floats:
        return at * (rest[of] + at) / ((m[of] - at + 1) * (d[of] - at + 1))

    found[inside] = _tail(start, np.exp(log_start), upper, up, down)
    return found


def share_intervals(hits: npt.ArrayLike, trials: npt.ArrayLike, confidence: float) -> tuple[Floats, Floats]:
    """Exact intervals (Clopper and Pearson 1934) of shares, lower and upper ends; trials of one or more."""
    k, n = (np.array(each, dtype=np.float64) for each in np.broadcast_arrays(hits, trials))
    tail = (1 - confidence) / 2
    lower = _where_tail_is(k, n, tail)
    upper = np.where(k >= n, 1.0, _where_tail_is(k + 1, n, 1 - tail))
    return np.where(k <= 0, 0.0, lower), upper


def _where_tail_is(hits: Floats, trials: Floats, tail: float) -> Floats:
    """The shares at which as many hits or more have this chance, which rises with the share."""
    low, high = np.zeros(len(hits)), np.ones(len(hits))
    for _halving in range(_HALVINGS):
        middle = (low + high) / 2
        above = binomial_tails(hits, trials, middle) >= tail
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.asarray((low + high) / 2)


def _tail(start: Floats, first: Floats, upper: npt.NDArray[np.bool_], up: Ratio, down: Ratio) -> Floats:
    """The sum from `start` upwards, or one less the sum from it downwards, given its own chance and the steps from each value."""
    found = first.copy()
    for these, ratio, step in ((upper, up, 1.0), (~upper, down, -1.0)):
        of = np.flatnonzero(these & (first > 0))
        at, term = start[of].copy(), first[of].copy()
        while len(of):
            term = term * ratio(at, of)
            found[of] += term
            going = term > _ENOUGH * found[of]
            of, at, term = of[going], at[going] + step, term[going]
    return np.asarray(np.clip(np.where(upper, found, 1 - found), 0.0, 1.0))


def _ways(of: Floats, chosen: Floats) -> Floats:
    return _log(of) - _log(chosen) - _log(of - chosen)


def _log(n: Floats) -> Floats:
    return np.asarray(_log_factorial(n), dtype=np.float64)
