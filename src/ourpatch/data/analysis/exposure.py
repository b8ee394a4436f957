"""Is there more in and around a cell than its share of what it could have happened to would bring?

The base is either known (people, square kilometres) or itself a count of what was recorded (other incidents). Where chance
alone is at work every person, or every square metre, is hit as often as any other, and what lies in a cell and its neighbours
is binomial, given the incidents in all; of a counted base, every incident is as likely as any other to be of the kind that was
asked about, and it is hypergeometric. Both tails are exact, so nothing is drawn, no seed matters, and ties count as chance.

Shuffling rates among cells, as is done with counts, would not do: a rate over few leaps further than one over many, so rates of
cells of unequal size cannot be exchanged. Sources: Besag and Newell 1991 (a test of every area against its share); Openshaw and
others 1987; Fisher 1935 (the hypergeometric tail); Goodchild and Lam 1980 (sharing out by ground).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from ourpatch.data.analysis.distributions import Interval, poisson_interval
from ourpatch.data.analysis.grids import Grid, Neighbours
from ourpatch.data.analysis.hotspots import (
    ALPHA,
    LEAST,
    Counted,
    HotSpot,
    coarse_places,
    enough_incidents,
    gathered,
    shown_places,
)
from ourpatch.data.analysis.multiplicity import false_discovery
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table
from ourpatch.data.analysis.tails import binomial_tails, hypergeometric_tails, share_intervals
from ourpatch.data.store.rules import PlacePrecision
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

CONFIDENCE = 0.95

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Base:
    """What incidents are held against.

    `rate`: the name of the rate, as "yearly rate per 1,000 residents of 2024"; `head`: what a column of it is called; `per`: so
    many of it to a rate; `fewest`: over less of it no rate is given and no cell is called. `counted`: it is itself a count of
    what was recorded, and rates are shares and not by the year; `holds`: it holds the incidents that are held against it.
    """

    rate: Message
    head: Message
    per: float
    fewest: float
    counted: bool = False
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Risk:
    """A rate with its exact interval, and how many times the rate of the whole it is."""

    count: int
    amount: float
    rate: float
    interval: Interval
    ratio: float


@dataclass(frozen=True, slots=True)
class Risks:
    """What every cell says against a base, in the grid's order.

    `amounts`: of the base in each cell; `around`, `around_amounts`: in the cell and its neighbours; `ratio`: the rate around over
    the overall rate (None where there is none of the base); `p`, `q`, `hot`, `spots` as in `HotSpots`; a cell that was not tested
    has p 1. `cells`: the rate of each cell by itself, None over too little of the base. `of_spots`: that of each of `spots`.
    `spread`: how many times as much the cells vary as this chance makes them.
    """

    base: Base
    keys: tuple[str, ...]
    counts: tuple[int, ...]
    amounts: tuple[float, ...]
    around: tuple[int, ...]
    around_amounts: tuple[float, ...]
    ratio: tuple[float | None, ...]
    p: tuple[float, ...]
    q: tuple[float, ...]
    hot: tuple[bool, ...]
    spots: tuple[HotSpot, ...]
    of_spots: tuple[Risk | None, ...]
    cells: tuple[Risk | None, ...]
    overall: float
    months: float
    tested: int
    alpha: float
    least: int
    spread: float
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """Hot spots from the one with most incidents."""
        heads = (_("Number"), _("Easting"), _("Northing"), _("Cells"), _("Incidents"), *self._heads())
        rows = [
            (i, round(s.easting), round(s.northing), len(s.cells), s.incidents, *_figures(risk))
            for i, (s, risk) in enumerate(zip(self.spots, self.of_spots, strict=True), 1)
        ]
        return Table(heads, tuple(rows))

    def cell_table(self) -> Table:
        """Cells with a rate, from the one whose interval begins highest: the highest rates are those of the fewest."""
        known = [(key, risk) for key, risk in zip(self.keys, self.cells, strict=True) if risk is not None]
        rows = [
            (key, risk.count, *_figures(risk))
            for key, risk in sorted(known, key=lambda one: (-one[1].interval.lower, -one[1].rate, one[0]))
        ]
        return Table((_("Cell"), _("Incidents"), *self._heads()), tuple(rows))

    def _heads(self) -> tuple[Message, ...]:
        return self.base.head, rate_head(self.base), _("Interval from"), _("Interval to"), _("Times the average")


def _figures(risk: Risk | None) -> tuple[float | None, ...]:
    if risk is None:
        return (None,) * 5
    return round(risk.amount, 3), risk.rate, risk.interval.lower, risk.interval.upper, risk.ratio


def rate_head(base: Base) -> Message:
    """What a column of its rates is called."""
    return _("Rate: %(rate)s", rate=base.rate)


def risks(
    grid: Grid,
    counted: Counted,
    amounts: npt.ArrayLike,
    base: Base,
    *,
    months: float = 12,
    neighbours: Neighbours | None = None,
    alpha: float = ALPHA,
    least: int = LEAST,
    place_precision: PlacePrecision | None = None,
) -> Risks:
    """Cells among more incidents than their share of the base brings by chance. `amounts`: of the base in each cell, shape
    (cells,); of a counted base whole numbers, and no fewer than the incidents where it holds them. `place_precision`: how exactly
    the source says where, if it says so.

    Raises BadInput for amounts that do not fit, fewer than three cells with enough of the base, and options that make no sense.
    """
    counts, held = np.array(counted.counts, dtype=np.float64), _amounts(grid, counted, amounts, base)
    if not (0 < alpha < 1 and least >= 1 and 0 < months < math.inf):
        raise BadInput(_("Ask for a false-discovery rate between 0 and 1, one incident or more, and a month or more."))
    size = held + counts if base.counted and not base.holds else held
    kept = size > 0
    total, whole = float(counts[kept].sum()), float(size[kept].sum())
    if not total:
        raise BadInput(_("No incident lies where there is any of what they are held against: check that both fit."))
    beside = grid.neighbours() if neighbours is None else neighbours
    around, size_around = (np.where(kept, each, 0.0) for each in (counts, size))
    around, size_around = around + beside.sums(around), size_around + beside.sums(size_around)
    tested = kept & (size_around >= max(base.fewest, np.finfo(np.float64).tiny))
    if tested.sum() < 3:
        raise BadInput(
            _(
                "Fewer than three cells have enough of what incidents are held against: use larger cells or a lower limit."
            )
        )
    p, q = np.ones(len(grid)), np.ones(len(grid))
    p[tested] = _tails(around[tested], size_around[tested], total, whole, base.counted)
    q[tested] = false_discovery(p[tested])
    hot = (q <= alpha) & enough_incidents(np.where(kept, counts, 0.0), around, least)
    overall = total / float(held[kept].sum())
    spots = gathered(grid, counts, hot, beside)
    found = Risks(
        base=base,
        keys=grid.keys,
        counts=counted.counts,
        amounts=tuple(held.tolist()),
        around=tuple(around.astype(np.int64).tolist()),
        around_amounts=tuple((np.where(kept, held, 0.0) + beside.sums(np.where(kept, held, 0.0))).tolist()),
        ratio=(),
        p=tuple(p.tolist()),
        q=tuple(q.tolist()),
        hot=tuple(hot.tolist()),
        spots=spots,
        of_spots=_rated(_sums(spots, counts), _sums(spots, held), base, months, overall),
        cells=_rated(counts, held, base, months, overall),
        overall=_scale(base, months) * overall,
        months=months,
        tested=int(tested.sum()),
        alpha=alpha,
        least=least,
        spread=_spread(counts[kept], size[kept], total, whole, base.counted),
        sentences=(),
    )
    ratio = tuple(
        n / amount / overall if amount > 0 else None
        for n, amount in zip(found.around, found.around_amounts, strict=True)
    )
    found = replace(found, ratio=ratio)
    told = [
        *_findings(found, grid),
        *_choices(found, beside),
        *_cautions(found, kept),
        *coarse_places(place_precision),
    ]
    return replace(found, sentences=(*told, *counted.sentences, *grid.sentences))


def shared_out(grid: Grid, shapes: Sequence[BaseGeometry], amounts: npt.ArrayLike) -> Floats:
    """Amounts of areas (shape (areas,)) shared out among cells by ground: each cell has of an area's what it covers of it.

    Raises BadInput for amounts that are negative or missing, or that do not fit.
    """
    given = np.asarray(amounts, dtype=np.float64)
    if given.shape != (len(shapes),) or not np.isfinite(given).all() or (given < 0).any():
        raise BadInput(_("Give one number from zero for each area that is shared out."))
    outlines = np.array(shapes, dtype=np.object_)
    shapely.prepare(outlines)
    area, cell = shapely.STRtree(grid.shapes).query(outlines, predicate="intersects")
    within = shapely.covers(outlines[area], grid.shapes[cell])
    common = shapely.area(grid.shapes[cell])
    crossing = np.flatnonzero(~within)
    common[crossing] = shapely.area(shapely.intersection(outlines[area[crossing]], grid.shapes[cell[crossing]]))
    share = common / shapely.area(outlines)[area]
    return np.bincount(cell, share * given[area], len(grid)).astype(np.float64, copy=False)


# --- tails ------------------------------------------------------------------------------------------------------------


def _tails(around: Floats, size: Floats, total: float, whole: float, counted: bool) -> Floats:
    """P(as much or more) for each cell's surroundings."""
    if counted:
        return hypergeometric_tails(around, size, total, whole)
    return binomial_tails(around, total, np.minimum(1.0, size / whole))


def _spread(counts: Floats, size: Floats, total: float, whole: float, counted: bool) -> float:
    """Mean squared distance from what each cell's share brings, over what chance makes of it: 1 where chance is all."""
    share = size / whole
    variance = total * share * (1 - share)
    if counted:
        variance = variance * (whole - total) / max(whole - 1, 1.0)
    there = variance > 0
    if not there.any():
        return 1.0
    return float(((counts - total * share)[there] ** 2 / variance[there]).mean())


def _rated(counts: Floats, amounts: Floats, base: Base, months: float, overall: float) -> tuple[Risk | None, ...]:
    """Rates with their exact intervals; None over too little of the base."""
    size = amounts + counts if base.counted and not base.holds else amounts
    scale = _scale(base, months)
    known = np.flatnonzero((amounts > 0) & (amounts >= base.fewest))
    n, of = counts[known], amounts[known]
    lower, upper = _share_ends(n, size[known], base) if base.counted else _rate_ends(n, of)
    found: list[Risk | None] = [None] * len(counts)
    for i, count, amount, low, high in zip(*(each.tolist() for each in (known, n, of, lower, upper)), strict=True):
        rate = count / amount
        around = Interval(scale * low, scale * high, CONFIDENCE)
        found[i] = Risk(int(count), amount, scale * rate, around, rate / overall)
    return tuple(found)


def _sums(spots: Sequence[HotSpot], values: Floats) -> Floats:
    return np.array([values[list(spot.cells)].sum() for spot in spots], dtype=np.float64)


def _scale(base: Base, months: float) -> float:
    return base.per if base.counted else base.per * 12.0 / months


def _rate_ends(counts: Floats, amounts: Floats) -> tuple[Floats, Floats]:
    """Ends of rates whose base is known (exact Poisson)."""
    around = [_interval(int(n)) for n in counts.tolist()]
    ends = np.array([(each.lower, each.upper) for each in around], dtype=np.float64).reshape(-1, 2)
    return ends[:, 0] / amounts, ends[:, 1] / amounts


@lru_cache(maxsize=10_000)
def _interval(count: int) -> Interval:
    """Many cells have the same count."""
    return poisson_interval(count, CONFIDENCE)


def _share_ends(counts: Floats, whole: Floats, base: Base) -> tuple[Floats, Floats]:
    """Ends of shares of a counted base, or as odds where it does not hold the incidents (exact binomial)."""
    pairs, at = np.unique(np.column_stack((counts, whole)), axis=0, return_inverse=True)
    lower, upper = (each[at.ravel()] for each in share_intervals(pairs[:, 0], pairs[:, 1], CONFIDENCE))
    if base.holds:
        return lower, upper
    with np.errstate(divide="ignore"):
        return lower / (1 - lower), upper / (1 - upper)


def _amounts(grid: Grid, counted: Counted, given: npt.ArrayLike, base: Base) -> Floats:
    found = np.asarray(given, dtype=np.float64)
    if found.shape != (len(grid),) or len(counted.counts) != len(grid):
        raise BadInput(_("Give one number at risk for each cell: %(cells)s.", cells=len(grid)))
    if not np.isfinite(found).all() or (found < 0).any() or not found.any():
        raise BadInput(_("What incidents are held against is 0 or more in each cell, and not 0 in all."))
    if base.counted and (found % 1).any():
        raise BadInput(_("Counts are whole numbers from zero."))
    if base.holds and (found < np.array(counted.counts)).any():
        raise BadInput(_("A cell holds more of the incidents than of those that they are part of: count both alike."))
    return found


# --- words ------------------------------------------------------------------------------------------------------------


def _findings(found: Risks, grid: Grid) -> list[Sentence]:
    average = finding(
        "average",
        _(
            "Over the whole place: %(value)s (%(rate)s), from %(incidents)s incidents.",
            value=_round(found.overall),
            rate=found.base.rate,
            incidents=f"{_rated_incidents(found):,}",
        ),
    )
    if not found.spots:
        text = _(
            "Nowhere is there more around a cell, for what it is held against, than chance often brings: no hot spot is shown."
        )
        return [finding("none_shown", text), average]
    shown = shown_places(found.hot, found.counts, found.spots, grid)
    return [shown, average, *_first(found)]


def _rated_incidents(found: Risks) -> int:
    """Those in cells with any of the base; beside other incidents all count."""
    pairs = zip(found.counts, found.amounts, strict=True)
    return sum(n for n, amount in pairs if amount > 0 or found.base.counted)


def _first(found: Risks) -> list[Sentence]:
    """The hot spot with most incidents, with its rate where there is enough of the base for one."""
    spot, risk = found.spots[0], found.of_spots[0]
    if risk is None:
        return []
    text = _(
        "Most incidents in one place: %(incidents)s, around easting %(easting)s, northing %(northing)s: %(value)s "
        "(%(rate)s), %(times).1f times that of the whole place. Its 95%% interval is %(lower)s to %(upper)s; as it was "
        "picked for being high, expect it to be lower next time.",
        incidents=f"{spot.incidents:,}",
        easting=f"{spot.easting:.0f}",
        northing=f"{spot.northing:.0f}",
        value=_round(risk.rate),
        rate=found.base.rate,
        times=risk.ratio,
        lower=_round(risk.interval.lower),
        upper=_round(risk.interval.upper),
    )
    return [finding("largest", text)]


def _choices(found: Risks, beside: Neighbours) -> list[Sentence]:
    if found.base.counted:
        chance = _(
            "Chance: of all these incidents taken together each is as likely as any other to be of the kind asked about, "
            "wherever it happened (hypergeometric, exact; nothing is drawn at random)."
        )
    else:
        chance = _(
            "Chance: each incident falls to a cell as often as its share of what they are held against says (binomial, exact; "
            "nothing is drawn at random)."
        )
    rates = (
        _("Rates: %(rate)s.", rate=found.base.rate)
        if found.base.counted
        else _("Rates: %(rate)s. Months counted: %(months)g.", rate=found.base.rate, months=found.months)
    )
    return [
        choice("rates", rates),
        choice("chance", chance),
        choice(
            "called",
            _(
                "A cell is called hot when in it and its neighbours there is more than that chance often brings, it holds an "
                "incident, and it and its neighbours hold %(least)s or more.",
                least=found.least,
            ),
        ),
        choice(
            "multiplicity",
            _(
                "Every cell was asked at once, so p is adjusted (Benjamini and Hochberg): on average no more than about "
                "%(share)g%% of the cells called are false.",
                share=found.alpha * 100,
            ),
        ),
        choice("neighbours", beside.rule),
    ]


def _cautions(found: Risks, kept: Flags) -> list[Sentence]:
    told = [
        caution(
            "above_average",
            _(
                "Hot means that a cell and its neighbours together lie above the rate of the whole place by more than chance. It "
                "does not mean far above, nor that the cell by itself is above: look at how many times it is, and from where to "
                "where."
            ),
        )
    ]
    if found.spread > 1 + 2 * math.sqrt(2 / max(1, int(kept.sum()))):
        text = _(
            "Cells differ %(times).1f times as much as this chance would make them. What causes that (who comes there, what "
            "stands there, one address that reports often) is not in these figures, and incidents that hang together "
            "make more cells hot than should be.",
            times=found.spread,
        )
        told.append(caution("overdispersed", text))
    if not found.base.counted and found.months % 12:
        text = _("Less or more than whole years: these rates carry the season of their months.")
        told.append(caution("season", text))
    few = sum(risk is None for risk in found.cells)
    if few and found.base.fewest > 0:
        text = _(
            "Cells without a rate of their own, as they have fewer than %(fewest)s of what incidents are held against "
            "(%(base)s): %(cells)s. On the map of rates they are white.",
            fewest=_round(found.base.fewest),
            base=found.base.head,
            cells=f"{few:,}",
        )
        told.append(caution("too_few", text))
    lost = int(np.array(found.counts)[~kept].sum())
    if lost:
        text = _(
            "Incidents in cells with none of what they are held against, for which no rate can be given: %(incidents)s. They "
            "are in no test.",
            incidents=f"{lost:,}",
        )
        told.append(caution("nobody_at_risk", text))
    return told


def _round(value: float) -> str:
    """A rate as people say it: three figures."""
    if not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
