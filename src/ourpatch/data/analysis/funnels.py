"""Funnel plots: which areas differ from the average by more than their size lets chance do?

Exact limits for counts of rare incidents, at 95 % and 99.8 %; wider where areas differ among themselves for reasons that
nobody has measured, as areas do, and the result says by how much. Sources: Spiegelhalter 2005 (Statistics in Medicine 24,
1185; appendix A.1.1 for the exact limits); Spiegelhalter 2005 (Quality and Safety in Health Care 14, 347) for dispersion;
Spiegelhalter and others 2012 (Journal of the Royal Statistical Society A 175, 1) for square roots.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.distributions import poisson_cdf
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

INNER, OUTER = 0.95, 0.998
WINSORISED = 0.1
FEW_AREAS = 10
CURVE_POINTS = 60

Spread = Literal["additive", "multiplicative", "none"]
Floats = npt.NDArray[np.float64]


class Position(StrEnum):
    """Where an area lies: within the limits, or beyond the inner (95 %) or the outer (99.8 %) ones."""

    WITHIN = "within"
    HIGH = "high"
    VERY_HIGH = "very_high"
    LOW = "low"
    VERY_LOW = "very_low"


POSITIONS: dict[Position, Message] = {
    Position.WITHIN: _("Within the limits"),
    Position.HIGH: _("Above 95%"),
    Position.VERY_HIGH: _("Above 99.8%"),
    Position.LOW: _("Below 95%"),
    Position.VERY_LOW: _("Below 99.8%"),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The inner (95 %) and outer (99.8 %) limits of a rate at one population; never below nought."""

    population: float
    inner_lower: float
    inner_upper: float
    outer_lower: float
    outer_upper: float


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One area: its count, population, rate, the limits at its size, and where that puts it."""

    key: str
    count: int
    value: float
    limits: Limits
    position: Position


@dataclass(frozen=True, slots=True)
class Funnel:
    """Rates (per `per` people a year) by population, around `centre`.

    `dispersion`: how many times as much the areas vary around their own average as chance makes them (from winsorised z).
    `widened`: whether the limits allow for it, in the manner of `spread`, on the scale of square roots (rates have a long
    tail upwards). `between`: the standard deviation among areas that the additive limits allow for, in the unit of the
    rates, near the average. `curve`: the limits over the range of populations.
    """

    points: tuple[FunnelPoint, ...]
    curve: tuple[Limits, ...]
    centre: float
    per: float
    months: float
    dispersion: float
    widened: bool
    spread: Spread
    between: float
    sentences: tuple[Sentence, ...]

    def at(self, *positions: Position) -> tuple[FunnelPoint, ...]:
        """The areas in any of these positions, furthest from the average first."""
        found = [point for point in self.points if point.position in positions]
        return tuple(sorted(found, key=lambda point: (-abs(point.value - self.centre), point.key)))

    def table(self) -> Table:
        """Areas from the highest rate, with the limits at their size."""
        heads = (
            _("Area"),
            _("Incidents"),
            _("Population"),
            _("Yearly rate"),
            _("Limit from (95%)"),
            _("Limit to (95%)"),
            _("Limit from (99.8%)"),
            _("Limit to (99.8%)"),
            _("Where it lies"),
        )
        rows = [
            (
                one.key,
                one.count,
                one.limits.population,
                one.value,
                one.limits.inner_lower,
                one.limits.inner_upper,
                one.limits.outer_lower,
                one.limits.outer_upper,
                POSITIONS[one.position],
            )
            for one in sorted(self.points, key=lambda point: (-point.value, point.key))
        ]
        return Table(heads, tuple(rows))


def funnel(
    keys: Sequence[str],
    counts: npt.ArrayLike,
    populations: npt.ArrayLike,
    *,
    per: float = 1000,
    months: float = 12,
    centre: float | None = None,
    spread: Spread = "additive",
) -> Funnel:
    """Counts over so many months, and populations, shape (areas,), as yearly rates in a funnel around their own average.

    `centre`: another average to compare with, such as the nation's. `spread`: how limits allow for areas that differ among
    themselves, where they do: a spread of its own added to chance's, chance's multiplied, or not at all. Raises BadInput
    for fewer than three areas, an area without people, counts that are no counts, or nothing recorded at all.
    """
    observed, people = _areas(keys, counts, populations)
    if not (0 < months < math.inf and 0 < per < math.inf):
        raise BadInput(_("A rate needs a number of months and a base, both above zero."))
    # Person-years over the base: a count over it is a yearly rate, and the average times it is the count to expect.
    size = people * months / 12 / per
    own = float(observed.sum() / size.sum())
    middle = own if centre is None else centre
    if not (math.isfinite(middle) and middle > 0):
        raise BadInput(_("The average to compare with must be above nought."))
    dispersion = _dispersion(observed, size, own)
    widened = spread != "none" and dispersion > 1 + 2 * math.sqrt(2 / len(people))
    used: Spread = spread if widened else "none"
    shape = _Shape(middle, used, dispersion, _between(observed, size, own) if used == "additive" else 0.0)
    points = [_point(k, o, n, s, shape) for k, o, n, s in zip(keys, observed, people, size, strict=True)]
    reach = np.geomspace(people.min(), people.max(), CURVE_POINTS)
    return Funnel(
        points=tuple(points),
        curve=tuple(_limits(n, n * months / 12 / per, shape) for n in reach.tolist()),
        centre=middle,
        per=per,
        months=months,
        dispersion=dispersion,
        widened=widened,
        spread=spread,
        between=2 * math.sqrt(middle * shape.between),
        sentences=tuple(_sentences(points, dispersion, used, spread, per, months)),
    )


@dataclass(frozen=True, slots=True)
class _Shape:
    """What limits depend on besides size; `spread` is the one in use, `between` a variance of square roots."""

    centre: float
    spread: Spread
    dispersion: float
    between: float


def _dispersion(observed: Floats, size: Floats, centre: float, between: float = 0.0) -> float:
    """Mean squared z, the furthest tenth at either end pulled in so that the few areas that are sought do not hide
    themselves, over what that leaves of a normal spread of 1. Without that last step, which the sources leave out, five
    times as many areas as promised lie beyond the outer limits.
    """
    z = (np.sqrt(observed / size) - math.sqrt(centre)) / np.sqrt(0.25 / size + between)
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    return float((np.clip(z, low, high) ** 2).mean() / _left_of_normal())


def _left_of_normal() -> float:
    """The mean square of a standard normal value with its tails pulled in."""
    normal = NormalDist()
    edge = normal.inv_cdf(1 - WINSORISED)
    return 1 - 2 * WINSORISED - 2 * edge * normal.pdf(edge) + 2 * WINSORISED * edge**2


def _between(observed: Floats, size: Floats, centre: float) -> float:
    """The variance among areas beyond chance's: with it added, z has the spread that it should (Paule and Mandel 1982; the
    sources' moments pull large areas in too far, and come out small).
    """
    furthest = np.abs(np.sqrt(observed / size) - math.sqrt(centre)).max()
    low, high = 0.0, float(furthest**2 / _left_of_normal())
    for _halving in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _dispersion(observed, size, centre, middle) > 1 else (low, middle)
    return (low + high) / 2


def _point(key: str, observed: float, population: float, size: float, shape: _Shape) -> FunnelPoint:
    limits, value = _limits(float(population), float(size), shape), float(observed / size)
    return FunnelPoint(str(key), int(observed), value, limits, _position(value, limits))


def _position(value: float, limits: Limits) -> Position:
    if value > limits.inner_upper:
        return Position.VERY_HIGH if value > limits.outer_upper else Position.HIGH
    if value < limits.inner_lower:
        return Position.VERY_LOW if value < limits.outer_lower else Position.LOW
    return Position.WITHIN


def _limits(population: float, size: float, shape: _Shape) -> Limits:
    tails = [(1 - INNER) / 2, (1 + INNER) / 2, (1 - OUTER) / 2, (1 + OUTER) / 2]
    return Limits(population, *(max(0.0, _limit(tail, size, shape)) for tail in tails))


def _limit(tail: float, size: float, shape: _Shape) -> float:
    if shape.spread == "none":
        return poisson_quantile(tail, shape.centre * size) / size
    chance = 0.25 / size
    variance = chance + shape.between if shape.spread == "additive" else chance * shape.dispersion
    return max(0.0, math.sqrt(shape.centre) + NormalDist().inv_cdf(tail) * math.sqrt(variance)) ** 2


def poisson_quantile(tail: float, mean: float) -> float:
    """Where a Poisson count with this mean leaves `tail` of its chance below, interpolated between whole counts as
    Spiegelhalter does (may lie just below nought for a small mean). Source: Spiegelhalter 2005, appendix A.1.1.
    """
    count = max(0, math.floor(mean + NormalDist().inv_cdf(tail) * math.sqrt(mean)))
    while count > 0 and poisson_cdf(count - 1, mean) >= tail:
        count -= 1
    while poisson_cdf(count, mean) < tail:
        count += 1
    upto, before = poisson_cdf(count, mean), poisson_cdf(count - 1, mean)
    return count - (upto - tail) / (upto - before)


# --- words ------------------------------------------------------------------------------------------------------------


_SPREADS: dict[Spread, Message] = {
    "none": _("Limits (95%; 99.8%) are exact for chance alone (Poisson)."),
    "additive": _(
        "Limits (95%; 99.8%) allow for chance and for the differences among areas that nobody measured (random "
        "effects, on the scale of square roots)."
    ),
    "multiplicative": _("Limits (95%; 99.8%) are those of chance, widened alike for areas of every size."),
}


def _sentences(
    points: Sequence[FunnelPoint], dispersion: float, used: Spread, asked: Spread, per: float, months: float
) -> list[Sentence]:
    told = [
        *_findings(points),
        choice("limits", _SPREADS[used]),
        choice("rates", _("Yearly rates per %(per)g people. Months counted: %(months)g.", per=per, months=months)),
        choice(
            "average",
            _(
                "By chance alone about %(inner).1f of %(count)s areas would lie beyond the inner limits and "
                "%(outer).1f beyond the outer.",
                inner=(1 - INNER) * len(points),
                outer=(1 - OUTER) * len(points),
                count=len(points),
            ),
        ),
    ]
    if used != "none":
        text = _(
            "Areas differ %(times).1f times as much as chance makes them. What causes that (who lives, works and visits "
            "there) is not in these figures: being beyond a limit is a question, not a verdict.",
            times=dispersion,
        )
        told.append(caution("overdispersed", text))
    elif asked == "none" and dispersion > 1 + 2 * math.sqrt(2 / len(points)):
        text = _(
            "Areas differ %(times).1f times as much as chance makes them, and these limits do not allow for it.",
            times=dispersion,
        )
        told.append(caution("not_widened", text))
    lost = sum(point.limits.inner_lower == 0 for point in points)
    if lost:
        text = _("For %(lost)s of the areas the lower limit is nought: a low rate there cannot stand out.", lost=lost)
        told.append(caution("no_lower", text))
    if months % 12:
        text = _("Less or more than whole years: these rates carry the season of their months.")
        told.append(caution("season", text))
    if len(points) < FEW_AREAS:
        text = _("Only %(count)s areas: how much areas differ is hardly known.", count=len(points))
        told.append(caution("few_areas", text))
    return told


def _findings(points: Sequence[FunnelPoint]) -> list[Sentence]:
    counts = {position: sum(point.position is position for point in points) for position in Position}
    return [
        finding(
            "positions",
            _(
                "Above the outer limits: %(very_high)s of %(count)s areas; below them: %(very_low)s. Besides, above the "
                "inner limits: %(high)s; below them: %(low)s.",
                count=len(points),
                very_high=counts[Position.VERY_HIGH],
                very_low=counts[Position.VERY_LOW],
                high=counts[Position.HIGH],
                low=counts[Position.LOW],
            ),
        )
    ]


def _areas(keys: Sequence[str], counts: npt.ArrayLike, populations: npt.ArrayLike) -> tuple[Floats, Floats]:
    observed, people = np.asarray(counts, dtype=np.float64), np.asarray(populations, dtype=np.float64)
    if observed.shape != (len(keys),) or people.shape != (len(keys),) or len(keys) < 3:
        raise BadInput(_("A funnel needs three areas or more, with one count and one population each."))
    if len(set(keys)) != len(keys):
        raise BadInput(_("An area is given twice: add its figures up first."))
    if not np.isfinite(observed).all() or (observed < 0).any() or (observed % 1).any():
        raise BadInput(_("Counts are whole numbers from zero; an area without a figure is left out, not counted as 0."))
    without = [key for key, n in zip(keys, people.tolist(), strict=True) if not (math.isfinite(n) and n > 0)]
    if without:
        raise BadInput(_("No population is known for %(area)s: leave out areas without one.", area=str(without[0])))
    if not observed.sum():
        raise BadInput(_("Nothing was recorded in any area: there is nothing to compare."))
    return observed, people
