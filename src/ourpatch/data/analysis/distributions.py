"""The few exact distributions that counts need: Poisson and binomial tails and their intervals.

Incomplete gamma and beta by series and continued fraction (Abramowitz and Stegun 6.5.29, 6.5.31, 26.5.8), accurate to
about 1e-12 for the counts a county holds; quantiles by bisection, so that they cannot run away.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

_TINY = 1e-300
_EPSILON = 1e-15
_MOST_TERMS = 100_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided interval; `upper` may be infinite."""

    lower: float
    upper: float
    confidence: float

    def __contains__(self, value: float) -> bool:
        return self.lower <= value <= self.upper


def poisson_interval(count: int, confidence: float = 0.95) -> Interval:
    """Exact (Garwood 1936) interval for the mean of a Poisson count. Raises BadInput for a negative count."""
    if count < 0:
        raise BadInput(_("A count cannot be negative."))
    tail = _tail(confidence)
    lower = 0.0 if count == 0 else _root(lambda mean: poisson_sf(count - 1, mean) - tail, 0.0, float(count))
    beyond = count + 10.0 * math.sqrt(count + 1.0) + 20.0
    upper = _root(lambda mean: tail - poisson_cdf(count, mean), float(count), beyond)
    return Interval(lower, upper, confidence)


def binomial_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """Exact (Clopper and Pearson 1934) interval for a proportion. Raises BadInput unless 0 <= successes <= trials."""
    if not 0 <= successes <= trials:
        raise BadInput(_("There cannot be more successes than trials."))
    tail = _tail(confidence)
    share = successes / trials if trials else 0.5
    lower = 0.0 if successes == 0 else _root(lambda p: binomial_sf(successes - 1, trials, p) - tail, 0.0, share)
    upper = 1.0 if successes == trials else _root(lambda p: tail - binomial_cdf(successes, trials, p), share, 1.0)
    return Interval(lower, upper, confidence)


def poisson_cdf(count: int, mean: float) -> float:
    """P(X <= count) for a Poisson mean."""
    if count < 0:
        return 0.0
    return 1.0 if mean <= 0 else 1.0 - _lower_gamma(count + 1.0, mean)


def poisson_sf(count: int, mean: float) -> float:
    """P(X > count) for a Poisson mean, exact in the far tail."""
    if count < 0:
        return 1.0
    return 0.0 if mean <= 0 else _lower_gamma(count + 1.0, mean)


def binomial_cdf(successes: int, trials: int, share: float) -> float:
    """P(X <= successes) in so many trials."""
    if successes < 0:
        return 0.0
    return 1.0 if successes >= trials else _beta(trials - successes, successes + 1.0, 1.0 - share)


def binomial_sf(successes: int, trials: int, share: float) -> float:
    """P(X > successes) in so many trials."""
    if successes < 0:
        return 1.0
    return 0.0 if successes >= trials else _beta(successes + 1.0, trials - successes, share)


def student_quantile(share: float, freedom: float) -> float:
    """The value that Student's t stays below with this chance (Abramowitz and Stegun 26.7.1). Raises BadInput unless
    0.5 <= share < 1 and freedom > 0.
    """
    if not (0.5 <= share < 1.0 and freedom > 0):
        raise BadInput(_("There are too few figures to leave any freedom for an interval."))
    # Solved on the scale of the beta function's argument, which is bounded where t is not.
    at = _root(lambda x: 1.0 - 0.5 * _beta(freedom / 2.0, 0.5, 1.0 - x) - share, 0.0, 1.0)
    return math.sqrt(freedom * at / (1.0 - at)) if at < 1.0 else math.inf


def _tail(confidence: float) -> float:
    if not 0.0 < confidence < 1.0:
        raise BadInput(_("Confidence lies between 0 and 1, for example 0.95."))
    return (1.0 - confidence) / 2.0


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function meets nought between two bounds."""
    for _halving in range(200):
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        low, high = (low, middle) if rising(middle) >= 0 else (middle, high)
    return (low + high) / 2.0


def _lower_gamma(a: float, x: float) -> float:
    """Regularised lower incomplete gamma function P(a, x)."""
    if x <= 0:
        return 0.0
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    return scale * _gamma_series(a, x) if x < a + 1.0 else 1.0 - scale * _gamma_fraction(a, x)


def _gamma_series(a: float, x: float) -> float:
    term = total = 1.0 / a
    for n in range(1, _MOST_TERMS):
        term *= x / (a + n)
        total += term
        if term < total * _EPSILON:
            break
    return total


def _gamma_fraction(a: float, x: float) -> float:
    b = x + 1.0 - a
    c, d = 1.0 / _TINY, 1.0 / b
    value = d
    for n in range(1, _MOST_TERMS):
        an = -n * (n - a)
        b += 2.0
        d = 1.0 / _away_from_nought(an * d + b)
        c = _away_from_nought(b + an / c)
        value *= c * d
        if abs(c * d - 1.0) < _EPSILON:
            break
    return value


def _beta(a: float, b: float, x: float) -> float:
    """Regularised incomplete beta function I_x(a, b)."""
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    scale = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1.0) / (a + b + 2.0):
        return scale * _beta_fraction(a, b, x) / a
    return 1.0 - scale * _beta_fraction(b, a, 1.0 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1.0 / _away_from_nought(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1.0 / _away_from_nought(1.0 + step * d)
            c = _away_from_nought(1.0 + step / c)
            value *= c * d
        if abs(c * d - 1.0) < _EPSILON:
            break
    return value


def _away_from_nought(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
