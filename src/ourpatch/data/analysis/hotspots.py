"""Where do incidents come together more than chance puts them? Counts, rates, and Gi* that keeps its promise.

Every cell is asked at once, so p is adjusted for it; ties count as chance; a handful of incidents is never a hot spot.
Other tools choose the tail after seeing the data, call neighbourhoods with nothing in them, or leave the adjustment to the
reader. Sources: Getis and Ord 1992; Ord and Getis 1995; Benjamini and Hochberg 1995; Assunção and Reis 1999; anchors 3.1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.distributions import Interval, poisson_interval
from ourpatch.data.analysis.grids import Grid, Neighbours
from ourpatch.data.analysis.local_test import Progress, conditional_p, enough_permutations, gi_star, steadied_rates
from ourpatch.data.analysis.multiplicity import false_discovery
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table
from ourpatch.data.store.rules import PlacePrecision
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

SEED = 1
ALPHA = 0.05
LEAST = 5
FEWEST_PERMUTATIONS, MOST_PERMUTATIONS = 9_999, 999_999
FEW = 50

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Counted:
    """Incidents in each cell of a grid; `outside`: those that lie in none."""

    counts: tuple[int, ...]
    outside: int
    sentences: tuple[Sentence, ...]

    @property
    def incidents(self) -> int:
        """Those that were counted."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class CellRate:
    """One cell's yearly rate per so many at risk, with its exact interval, and how many times the rate of all cells."""

    key: str
    count: int
    at_risk: float
    rate: float
    interval: Interval
    ratio: float


@dataclass(frozen=True, slots=True)
class Rates:
    """Cells in the grid's order, without those that hold nobody at risk; `overall`: the rate of all of them together."""

    cells: tuple[CellRate, ...]
    overall: float
    per: int
    months: float
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """Cells from the highest rate."""
        heads = (
            _("Cell"),
            _("Incidents"),
            _("At risk"),
            _("Yearly rate"),
            _("Interval from"),
            _("Interval to"),
            _("Times all cells"),
        )
        rows = [
            (c.key, c.count, c.at_risk, c.rate, c.interval.lower, c.interval.upper, c.ratio)
            for c in sorted(self.cells, key=lambda one: (-one.rate, one.key))
        ]
        return Table(heads, tuple(rows))


@dataclass(frozen=True, slots=True)
class HotSpot:
    """Hot cells that touch one another: their numbers, a middle (metres), what they hold and how large they are."""

    cells: tuple[int, ...]
    easting: float
    northing: float
    incidents: int
    square_metres: float


@dataclass(frozen=True, slots=True)
class HotSpots:
    """What every cell of a grid says, in the grid's order.

    `around`: incidents in a cell and its neighbours. `gi`: standardised Gi* (Ord and Getis 1995). `p`: one-sided, by
    permutation; `q`: adjusted for asking every cell (equal to p if not `adjusted`). `hot`: q is at most `alpha`, the cell
    holds an incident, and it and its neighbours hold `least` or more. A cell that was not tested has p 1. `spots`: the hot
    cells by the places they make, from the one with most incidents.
    """

    counts: tuple[int, ...]
    around: tuple[int, ...]
    gi: tuple[float, ...]
    p: tuple[float, ...]
    q: tuple[float, ...]
    hot: tuple[bool, ...]
    spots: tuple[HotSpot, ...]
    tested: int
    permutations: int
    seed: int
    alpha: float
    least: int
    adjusted: bool
    by_rate: bool
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """Hot spots from the one with most incidents."""
        heads = (_("Number"), _("Easting"), _("Northing"), _("Cells"), _("Square km"), _("Incidents"))
        rows = [
            (i, round(s.easting), round(s.northing), len(s.cells), round(s.square_metres / 1e6, 3), s.incidents)
            for i, s in enumerate(self.spots, 1)
        ]
        return Table(heads, tuple(rows))


def count_points(grid: Grid, easting: npt.ArrayLike, northing: npt.ArrayLike) -> Counted:
    """Incidents (metres, shape (n,)) in each cell. Raises BadInput for none, for some without a place, and when all lie
    outside.
    """
    places = grid.place(easting, northing)
    inside = places[places >= 0]
    if not len(places):
        raise BadInput(_("There are no incidents to count: choose another category, period or area."))
    if not len(inside):
        raise BadInput(_("All incidents lie outside the study area: check that both are of the same place."))
    return _counted(np.bincount(inside, minlength=len(grid)), len(places) - len(inside))


def given_counts(grid: Grid, counts: npt.ArrayLike, outside: int = 0) -> Counted:
    """Counts of the cells in the grid's order, shape (cells,), that somebody made already. Raises BadInput unless they are
    whole numbers from 0 and fit.
    """
    found = np.asarray(counts, dtype=np.float64)
    if found.shape != (len(grid),):
        raise BadInput(_("Give one count for each cell: %(cells)s.", cells=len(grid)))
    if not np.isfinite(found).all() or (found < 0).any() or (found != np.round(found)).any():
        raise BadInput(_("Counts are whole numbers from zero; leave out a cell without a figure."))
    if not found.any():
        raise BadInput(_("There are no incidents to count: choose another category, period or area."))
    return _counted(found.astype(np.int64), outside)


def cell_rates(
    grid: Grid,
    counted: Counted,
    at_risk: npt.ArrayLike,
    *,
    per: int = 1000,
    months: float = 12,
    confidence: float = 0.95,
) -> Rates:
    """Yearly rates by cell against those at risk (people, homes, vehicles; shape (cells,)). Raises BadInput for numbers at
    risk that are negative, missing or all nought.
    """
    population = _at_risk(grid, at_risk)
    if not (months > 0 and per > 0 and math.isfinite(months)):
        raise BadInput(_("A rate needs a number of months and a base, both above zero."))
    counts = np.array(counted.counts)
    known = population > 0
    total, incidents = float(population[known].sum()), int(counts[known].sum())
    scale = per * 12.0 / months
    around = {count: poisson_interval(count, confidence) for count in set(counts[known].tolist())}
    cells = tuple(
        _cell_rate(grid.keys[i], int(counts[i]), float(population[i]), scale, around[int(counts[i])], incidents / total)
        for i in np.flatnonzero(known).tolist()
    )
    told = [
        choice(
            "rate_per_year", _("Yearly rates per %(per)s at risk. Months counted: %(months)g.", per=per, months=months)
        )
    ]
    told += [
        choice(
            "interval",
            _(
                "Intervals (%(share)g%%) are exact for the count (Poisson); the number at risk is taken as known.",
                share=confidence * 100,
            ),
        )
    ]
    return Rates(cells, scale * incidents / total, per, months, (*told, *_nobody(counts, known), *counted.sentences))


def hot_spots(
    grid: Grid,
    counted: Counted,
    at_risk: npt.ArrayLike | None = None,
    *,
    neighbours: Neighbours | None = None,
    permutations: int | None = None,
    seed: int = SEED,
    alpha: float = ALPHA,
    least: int = LEAST,
    adjust: bool = True,
    place_precision: PlacePrecision | None = None,
    progress: Progress | None = None,
) -> HotSpots:
    """Cells among more incidents than chance often makes; with `at_risk` (shape (cells,)), among higher rates.

    `neighbours`: those of `grid.neighbours()` if not given. `permutations`: chosen so that one cell alone can be called,
    if not given. `adjust`: keep the promise of false discoveries at `alpha` (Benjamini and Hochberg). `place_precision`:
    how exactly the source says where, if it says so. `progress`: told permutations done and of how many. Raises BadInput
    for fewer than three cells with anyone at risk, and for options that make no sense.
    """
    kept = np.ones(len(grid), dtype=np.bool_) if at_risk is None else _at_risk(grid, at_risk) > 0
    _check(int(kept.sum()), permutations, alpha, least)
    counts = np.array(counted.counts, dtype=np.float64)
    if not counts[kept].any():
        raise BadInput(_("No incident lies in a cell with anyone at risk: check that both are of the same place."))
    beside = grid.neighbours() if neighbours is None else neighbours
    among = beside if kept.all() else beside.among(kept)
    values = counts if at_risk is None else steadied_rates(counts[kept], np.asarray(at_risk, dtype=np.float64)[kept])
    chosen = _enough(len(values), alpha) if permutations is None else permutations
    p, gi = np.ones(len(grid)), np.zeros(len(grid))
    p[kept] = conditional_p(values, among, chosen, seed, progress)
    gi[kept] = gi_star(values, among)
    q = p.copy()
    if adjust:
        q[kept] = false_discovery(p[kept])
    around = counts + beside.sums(counts)
    hot = (q <= alpha) & enough_incidents(counts, around, least)
    found = HotSpots(
        counts=counted.counts,
        around=tuple(around.astype(np.int64).tolist()),
        gi=tuple(gi.tolist()),
        p=tuple(p.tolist()),
        q=tuple(q.tolist()),
        hot=tuple(hot.tolist()),
        spots=gathered(grid, counts, hot, beside),
        tested=int(kept.sum()),
        permutations=chosen,
        seed=seed,
        alpha=alpha,
        least=least,
        adjusted=adjust,
        by_rate=at_risk is not None,
        sentences=(),
    )
    told = [*_findings(found, grid), choice("neighbours", beside.rule), *_choices(found)]
    told += [*_cautions(found, among, place_precision), *_nobody(counts, kept), *counted.sentences]
    return replace(found, sentences=(*told, *grid.sentences))


def enough_incidents(counts: Floats, around: Floats, least: int) -> Flags:
    """Cells that hold an incident and, with their neighbours, `least` or more: fewer are never called."""
    return np.asarray((counts >= 1) & (around >= least))


def gathered(grid: Grid, counts: Floats, hot: Flags, beside: Neighbours) -> tuple[HotSpot, ...]:
    """Hot cells that are neighbours, put together; from the place with most incidents."""
    left, spots = set(np.flatnonzero(hot).tolist()), []
    while left:
        cells, ahead = [], [left.pop()]
        while ahead:
            cells.append(cell := ahead.pop())
            near = left.intersection(beside.of(cell).tolist())
            left -= near
            ahead.extend(near)
        spots.append(_spot(grid, counts, sorted(cells)))
    return tuple(sorted(spots, key=lambda one: (-one.incidents, one.easting, one.northing)))


# --- what was given ---------------------------------------------------------------------------------------------------


def shown_places(hot: Sequence[bool], counts: Sequence[int], spots: Sequence[HotSpot], grid: Grid) -> Sentence:
    """How many cells are hot, in how many places, and how much of the area and of the incidents they have."""
    incidents = sum(spot.incidents for spot in spots)
    text = _(
        "Hot cells: %(hot)s of %(cells)s. Separate places that they make: %(spots)s. In all %(area).2g%% of the area, "
        "with %(incidents)s of %(all)s incidents (%(share).0f%%).",
        hot=f"{sum(hot):,}",
        cells=f"{len(hot):,}",
        spots=f"{len(spots):,}",
        area=100 * sum(spot.square_metres for spot in spots) / float(grid.square_metres.sum()),
        incidents=f"{incidents:,}",
        all=f"{sum(counts):,}",
        share=100 * incidents / sum(counts),
    )
    return finding("shown", text)


def coarse_places(place: PlacePrecision | None) -> list[Sentence]:
    """What is said of points that are coarser than cells may be. Raises BadInput where there are no points at all."""
    if place is PlacePrecision.SNAPPED:
        text = _(
            "These places were moved to map points that stand for several addresses: cells smaller than the gaps between "
            "those points show the points and not the incidents."
        )
        return [caution("snapped", text)]
    if place is PlacePrecision.POSTCODE:
        text = _(
            "Some of these places are the middle of a postcode, which stands for some fifteen addresses: cells smaller than a "
            "postcode show where its middle lies and not the incidents."
        )
        return [caution("postcodes", text)]
    if place in (PlacePrecision.OUTWARD, PlacePrecision.AREA, PlacePrecision.NONE):
        raise BadInput(_("These records give an area and not a point: count them by those areas instead of cells."))
    return []


def _counted(counts: Integers, outside: int) -> Counted:
    told = []
    if outside:
        text = _(
            "Outside the study area and not counted: %(outside)s of %(all)s incidents.",
            outside=f"{outside:,}",
            all=f"{outside + int(counts.sum()):,}",
        )
        told.append(caution("outside", text))
    return Counted(tuple(counts.tolist()), outside, tuple(told))


def _at_risk(grid: Grid, given: npt.ArrayLike) -> Floats:
    found = np.asarray(given, dtype=np.float64)
    if found.shape != (len(grid),):
        raise BadInput(_("Give one number at risk for each cell: %(cells)s.", cells=len(grid)))
    if not np.isfinite(found).all() or (found < 0).any() or not found.any():
        raise BadInput(
            _("Numbers at risk are 0 or more, and not all 0. Where one is not known, leave the cell out of the grid.")
        )
    return found


def _check(cells: int, permutations: int | None, alpha: float, least: int) -> None:
    if cells < 3:
        raise BadInput(_("Hot spots compare a cell with others: use smaller cells, or a larger area."))
    if (permutations is not None and permutations < 1) or not 0 < alpha < 1 or least < 1:
        raise BadInput(
            _("Ask for one permutation or more, a false-discovery rate between 0 and 1, and one incident or more.")
        )


def _enough(cells: int, alpha: float) -> int:
    return min(max(FEWEST_PERMUTATIONS, enough_permutations(cells, alpha)), MOST_PERMUTATIONS)


def _cell_rate(key: str, count: int, at_risk: float, scale: float, around: Interval, overall: float) -> CellRate:
    per = scale / at_risk
    interval = Interval(around.lower * per, around.upper * per, around.confidence)
    ratio = count / at_risk / overall if overall else math.nan
    return CellRate(key, count, at_risk, count * per, interval, ratio)


def _spot(grid: Grid, counts: Floats, cells: list[int]) -> HotSpot:
    weight = counts[cells]
    return HotSpot(
        cells=tuple(cells),
        easting=float(np.average(grid.easting[cells], weights=weight)),
        northing=float(np.average(grid.northing[cells], weights=weight)),
        incidents=int(weight.sum()),
        square_metres=float(grid.square_metres[cells].sum()),
    )


# --- words ------------------------------------------------------------------------------------------------------------

_NONE = _("No cell lies among more incidents than chance often puts together: no hot spot is shown.")
_NONE_BY_RATE = _("No cell lies among higher rates than chance often puts together: no hot spot is shown.")


def _findings(found: HotSpots, grid: Grid) -> list[Sentence]:
    if not found.spots:
        return [finding("none_shown", _NONE_BY_RATE if found.by_rate else _NONE)]
    first = found.spots[0]
    largest = _(
        "Most incidents in one place: %(incidents)s, around easting %(easting)s, northing %(northing)s. Hot cells in it: "
        "%(cells)s (%(area).2f square km).",
        incidents=f"{first.incidents:,}",
        cells=f"{len(first.cells):,}",
        area=first.square_metres / 1e6,
        easting=f"{first.easting:.0f}",
        northing=f"{first.northing:.0f}",
    )
    return [shown_places(found.hot, found.counts, found.spots, grid), finding("largest", largest)]


def _choices(found: HotSpots) -> list[Sentence]:
    told = [
        choice(
            "called",
            _(
                "A cell is called hot when what lies around it is more than chance often puts there (Gi*, one-sided), it "
                "holds an incident, and it and its neighbours hold %(least)s or more.",
                least=found.least,
            ),
        ),
        choice(
            "permutations",
            _(
                "Chance: a cell's own figure stays and the others are shared out afresh, %(count)s times (seed %(seed)s); p is "
                "one more than the number of times that gave as much or more, over %(all)s.",
                count=f"{found.permutations:,}",
                seed=found.seed,
                all=f"{found.permutations + 1:,}",
            ),
        ),
    ]
    if found.by_rate:
        text = _("Cells are compared by rate, steadied so that small numbers at risk do not stand out by chance alone.")
        told.append(choice("by_rate", text))
    if found.adjusted:
        text = _(
            "Every cell was asked at once, so p is adjusted (Benjamini and Hochberg): on average no more than about "
            "%(share)g%% of the cells called are false.",
            share=found.alpha * 100,
        )
        told.append(choice("multiplicity", text))
    return told


def _cautions(found: HotSpots, among: Neighbours, place: PlacePrecision | None) -> list[Sentence]:
    told = [
        caution(
            "recorded",
            _("This shows where incidents were recorded close together, not why, and not what went unrecorded."),
        )
    ]
    if not found.by_rate:
        text = _("Nothing was held against the number of people or homes: where more of them are, more is recorded.")
        told.append(caution("no_denominator", text))
    text = _(
        "Gi* asks what lies around a cell: one address with many incidents and quiet neighbours is not found by it, and the "
        "busiest cell may be missing from the hot spot that it makes. Look at the highest counts and at repeats as well."
    )
    told.append(caution("lone_cells", text))
    return [*told, *_weaknesses(found, among), *coarse_places(place)]


def _weaknesses(found: HotSpots, among: Neighbours) -> list[Sentence]:
    told = []
    if not found.adjusted:
        text = _(
            "p was not adjusted: of %(cells)s cells chance alone would call up to about %(false).0f.",
            cells=f"{found.tested:,}",
            false=found.tested * found.alpha,
        )
        told.append(caution("not_adjusted", text))
    together = math.ceil(found.tested / (found.permutations + 1) / found.alpha - 1e-9)
    if found.adjusted and together > 1:
        text = _(
            "With %(count)s permutations a cell can only be called if %(together)s or more are as strong as can be. Ask for "
            "%(enough)s or more.",
            count=f"{found.permutations:,}",
            together=together,
            enough=f"{enough_permutations(found.tested, found.alpha):,}",
        )
        told.append(caution("few_permutations", text))
    alone = int((among.sizes == 0).sum())
    if alone:
        text = _("Cells without a neighbour, which cannot be called: %(count)s.", count=f"{alone:,}")
        told.append(caution("alone", text))
    incidents = sum(found.counts)
    if incidents < FEW:
        text = _("Few incidents (%(count)s): a hot spot that is there may well not show.", count=incidents)
        told.append(caution("few", text))
    return told


def _nobody(counts: npt.NDArray[np.generic], known: Flags) -> list[Sentence]:
    if known.all():
        return []
    text = _(
        "Cells with nobody at risk, left out: %(cells)s. Incidents in them, which no rate can be given for: %(incidents)s.",
        cells=f"{int((~known).sum()):,}",
        incidents=f"{int(counts[~known].sum()):,}",
    )
    return [caution("nobody_at_risk", text)]
