"""Near repeat: do incidents follow one another close in place and time more often than chance makes?

Knox's test over a whole grid of bands of distance and time. Pairs that are near are found once; each permutation of the
times only asks again how far apart in time they are. Bands hold one edge and not the other, and say so in their names:
a well-known calculator puts two incidents three days apart into its band "4 to 6".

Sources: Knox 1964; Townsley, Homel and Chaseling 2003; Johnson and others 2007; Steenbeek's NearRepeat (Near Repeat
Calculator vignette); anchors 3.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.bands import Band, Closed, band_edges, distance_band, same_place_band, time_band
from ourpatch.data.analysis.moments import Moments, moments
from ourpatch.data.analysis.multiplicity import false_discovery
from ourpatch.data.analysis.pairs import Metric, near_pairs, separation
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table, yes_no
from ourpatch.data.store.rules import PlacePrecision, TimePrecision
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

DISTANCE_EDGES = (0.0, 100.0, 200.0, 300.0, 400.0, 500.0)
DAY_EDGES = (0.0, 7.0, 14.0, 21.0, 28.0, 35.0, 42.0, 49.0, 56.0)
SAME_PLACE = 1.0
PERMUTATIONS = 999
SEED = 1
ALPHA = 0.05
FEW_PAIRS = 5
MOST_PAIRS = 20_000_000
_AT_ONCE = 1 << 15  # so many gaps stay in the processor's own memory

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Indexes = npt.NDArray[np.int32]
Pairs = tuple[Indexes, Indexes]
Grid = tuple[tuple[int, ...], ...]
RealGrid = tuple[tuple[float, ...], ...]
RatioGrid = tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True, slots=True)
class NearRepeat:
    """Pairs of incidents by distance (rows) and time (columns), and what chance leads to expect.

    `expected`: the exact mean over every way to share out the times. `median`, `p`: over the permutations; `p` is
    one-sided, (1 + number >= observed) / (1 + permutations). `q`: p adjusted for asking every cell at once. `ratio`
    (Knox) and `ratio_to_median`: observed over each, None where that is nought. `shown`: q is at most `alpha` and there
    are at least `FEW_PAIRS` pairs.
    """

    distance_bands: tuple[Band, ...]
    time_bands: tuple[Band, ...]
    observed: Grid
    expected: RealGrid
    median: RealGrid
    ratio: RatioGrid
    ratio_to_median: RatioGrid
    p: RealGrid
    q: RealGrid
    shown: tuple[tuple[bool, ...], ...]
    incidents: int
    left_out: int
    near_in_space: tuple[int, ...]
    near_in_time: tuple[int, ...]
    permutations: int
    seed: int
    metric: Metric
    alpha: float
    sentences: tuple[Sentence, ...]

    @property
    def strongest(self) -> tuple[int, int] | None:
        """Row and column of the shown cell with the highest ratio, if any is shown."""
        shown = [(i, j) for i, row in enumerate(self.shown) for j, one in enumerate(row) if one]
        return max(shown, key=lambda at: (self.ratio[at[0]][at[1]] or 0.0, -at[0], -at[1]), default=None)

    def table(self) -> Table:
        """A row for each cell of the grid, distance by distance."""
        heads = (
            _("Distance"),
            _("Time"),
            _("Pairs"),
            _("By chance"),
            _("Times chance"),
            _("p"),
            _("Adjusted p"),
            _("More than chance often makes"),
        )
        rows = [
            (
                far.label,
                late.label,
                self.observed[i][j],
                self.expected[i][j],
                self.ratio[i][j],
                self.p[i][j],
                self.q[i][j],
                yes_no(self.shown[i][j]),
            )
            for i, far in enumerate(self.distance_bands)
            for j, late in enumerate(self.time_bands)
        ]
        return Table(heads, tuple(rows))


def near_repeat(
    easting: npt.ArrayLike,
    northing: npt.ArrayLike,
    starts: npt.ArrayLike,
    ends: npt.ArrayLike | None = None,
    *,
    distance_edges: Sequence[float] = DISTANCE_EDGES,
    day_edges: Sequence[float] = DAY_EDGES,
    same_place: float | None = SAME_PLACE,
    closed: Closed = "lower",
    metric: Metric = "euclidean",
    precision: TimePrecision | None = None,
    place_precision: PlacePrecision | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
    alpha: float = ALPHA,
    progress: Callable[[int, int], None] | None = None,
) -> NearRepeat:
    """The whole grid of distance and time bands. The same incidents in any order give the same result.

    `easting`, `northing`: metres, shape (n,). `starts`, `ends`: dates, local instants, or days as numbers; an incident
    that happened between the two counts at the middle if the span is shorter than the narrowest time band, and is left
    out and counted otherwise. `distance_edges` (metres) and `day_edges` begin with 0. `same_place`: closer than this
    is the same place and a band of its own (None: no such band). `closed`: which edge a band holds. `precision`,
    `place_precision`: how exactly the source says when and where, if it says so. `progress`: told permutations done and of
    how many. Raises BadInput for
    places or times that are missing, for months, for fewer than two places or two times, and for bands that the records
    are too coarse for.
    """
    across = _distance_edges(distance_edges, same_place)
    days = band_edges(day_edges)
    if permutations < 1 or not 0.0 < alpha < 1.0:
        raise BadInput(_("Ask for one permutation or more, and for a false-discovery rate between 0 and 1."))
    _refuse_areas(place_precision)
    x, y = _places(easting, northing)
    when = moments(starts, ends, precision, float(np.diff(days).min()))
    if when.values.shape != x.shape:
        raise BadInput(_("Give one place and one time for each incident."))
    _refuse_finer_than_data(when, days, precision)
    x, y, t = _in_one_order(x[when.kept], y[when.kept], when.values[when.kept])
    clock = _Clock(t, days * when.per_day, closed)
    counted = _count(clock, _pairs_by_band(x, y, across, metric, closed), permutations, seed, progress)
    q = false_discovery(counted.p)
    found = NearRepeat(
        distance_bands=_distance_bands(across, same_place, closed),
        time_bands=tuple(time_band(a, b, closed) for a, b in pairwise(days.tolist())),
        observed=_grid(counted.observed),
        expected=_grid(counted.expected),
        median=_grid(counted.median),
        ratio=_ratios(counted.observed, counted.expected),
        ratio_to_median=_ratios(counted.observed, counted.median),
        p=_grid(counted.p),
        q=_grid(q),
        shown=_grid((q <= alpha) & (counted.observed >= FEW_PAIRS)),
        incidents=len(t),
        left_out=int((~when.kept).sum()),
        near_in_space=tuple(counted.space.tolist()),
        near_in_time=tuple(counted.time.tolist()),
        permutations=permutations,
        seed=seed,
        metric=metric,
        alpha=alpha,
        sentences=(),
    )
    told = (*_findings(found), *_choices(found, same_place, closed, when.middles), *_cautions(found, place_precision))
    return replace(found, sentences=told)


# --- counting ---------------------------------------------------------------------------------------------------------


class _Clock:
    """The moments and the edges of the time bands, in the smallest numbers that hold them exactly."""

    __slots__ = ("_below", "_edges", "times")

    def __init__(self, times: Floats, edges: Floats, closed: Closed) -> None:
        times = times - times.min()
        span = max(float(times.max()), float(edges[-1])) + 1
        whole = not (times % 1).any() and not (edges % 1).any()
        kind = np.int16 if span < 2**15 else np.int32 if span < 2**31 else np.float64
        self.times = times.astype(kind if whole else np.float64)
        self._edges: list[float] = [int(e) for e in edges] if whole else edges.tolist()
        self._below: np.ufunc = np.less if closed == "lower" else np.less_equal

    def count(self, times: npt.NDArray[np.generic], by_band: Sequence[Pairs]) -> Counts:
        """Pairs in each cell, distance by time, when the incidents happened at `times`."""
        return np.array([self._in_band(times, i, j) for i, j in by_band], dtype=np.int64)

    def count_all(self) -> Counts:
        """All pairs of incidents in each time band, however far apart: shape (time bands,)."""
        ordered = np.sort(self.times).astype(np.float64)
        side: Literal["left", "right"] = "left" if self._below is np.less else "right"
        upto = [np.searchsorted(ordered, ordered + edge, side=side) for edge in self._edges[1:]]
        later = np.arange(1, len(ordered) + 1)
        return np.diff([int(np.maximum(one - later, 0).sum()) for one in upto], prepend=0)

    def _in_band(self, times: npt.NDArray[np.generic], i: Indexes, j: Indexes) -> Counts:
        upto = np.zeros(len(self._edges) - 1, dtype=np.int64)
        for start in range(0, len(i), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            gaps = np.abs(times.take(i[part]) - times.take(j[part]))  # type: ignore[operator]
            upto += [np.count_nonzero(self._below(gaps, edge)) for edge in self._edges[1:]]
        return np.diff(upto, prepend=0)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Arrays of distance by time; `space` and `time`: the pairs of each band of either kind alone."""

    observed: Counts
    expected: Floats
    median: Floats
    p: Floats
    space: Counts
    time: Counts


def _count(
    clock: _Clock,
    by_band: Sequence[Pairs],
    permutations: int,
    seed: int,
    progress: Callable[[int, int], None] | None,
) -> _Counted:
    observed = clock.count(clock.times, by_band)
    chance = np.empty((permutations, *observed.shape), dtype=np.int32)
    generator = np.random.default_rng(seed)
    for done in range(permutations):
        chance[done] = clock.count(generator.permutation(clock.times), by_band)
        if progress is not None:
            progress(done + 1, permutations)
    space, time = np.array([len(i) for i, _j in by_band], dtype=np.int64), clock.count_all()
    n = len(clock.times)
    return _Counted(
        observed=observed,
        expected=np.outer(space, time) / (n * (n - 1) / 2),
        median=np.median(chance, axis=0),
        p=(1 + (chance >= observed).sum(axis=0)) / (1 + permutations),
        space=space,
        time=time,
    )


def _pairs_by_band(x: Floats, y: Floats, edges: Floats, metric: Metric, closed: Closed) -> list[Pairs]:
    """The two incidents of every pair that is near, by distance band. Raises BadInput when there are too many."""
    limits = np.array([separation(edge, metric) for edge in edges])
    parts: list[list[Pairs]] = [[] for _band in limits[1:]]
    found = 0
    for i, j, apart in near_pairs(x, y, float(edges[-1]), metric):
        band = np.searchsorted(limits, apart, side="right" if closed == "lower" else "left") - 1
        # A band that holds its upper edge leaves nought to nobody but the first.
        band = np.maximum(band, 0)
        found += len(band)
        if found > MOST_PAIRS:
            raise BadInput(
                _(
                    "More than %(pairs)s pairs lie within reach, too many to compare. Ask about a shorter distance, a "
                    "smaller area or a shorter period.",
                    pairs=f"{MOST_PAIRS:,}",
                )
            )
        for number, part in enumerate(parts):
            here = band == number
            part.append((i[here].astype(np.int32), j[here].astype(np.int32)))
    return [_joined(part) for part in parts]


def _joined(parts: list[Pairs]) -> Pairs:
    """One pair of arrays from many; the many are let go, so that both are held for one band only."""
    first = np.concatenate([i for i, _j in parts]) if parts else np.empty(0, dtype=np.int32)
    second = np.concatenate([j for _i, j in parts]) if parts else np.empty(0, dtype=np.int32)
    parts.clear()
    return first, second


# --- what was given ---------------------------------------------------------------------------------------------------


def _distance_edges(given: Sequence[float], same_place: float | None) -> Floats:
    edges = band_edges(given)
    if same_place is None:
        return edges
    if not 0 < same_place < edges[1]:
        raise BadInput(_("The same place must be closer than the end of the first band, and not 0."))
    return np.concatenate((edges[:1], [same_place], edges[1:]))


def _places(easting: npt.ArrayLike, northing: npt.ArrayLike) -> tuple[Floats, Floats]:
    x, y = np.asarray(easting, dtype=np.float64), np.asarray(northing, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise BadInput(_("Give one easting and one northing for each incident."))
    missing = int((~(np.isfinite(x) & np.isfinite(y))).sum())
    if missing:
        raise BadInput(
            _("Incidents without a place: %(count)s. Leave them out, and say how many.", count=f"{missing:,}")
        )
    return x, y


def _refuse_areas(place: PlacePrecision | None) -> None:
    if place in (PlacePrecision.OUTWARD, PlacePrecision.AREA, PlacePrecision.NONE):
        raise BadInput(
            _(
                "These records give an area and not a point: how far apart two incidents were cannot be asked of them. Use "
                "records with places."
            )
        )


def _refuse_finer_than_data(when: Moments, days: Floats, precision: TimePrecision | None) -> None:
    if when.whole_days and (days % 1).any():
        raise BadInput(_("These records say the day and not the hour: give bands of whole days."))
    if precision is TimePrecision.HOUR and (days * 24 % 1).any():
        raise BadInput(_("These records say the hour and not the minute: give bands of whole hours."))


def _in_one_order(x: Floats, y: Floats, t: Floats) -> tuple[Floats, Floats, Floats]:
    """The same incidents in whatever order they came give the same permutations, and so the same result."""
    order = np.lexsort((t, y, x))
    x, y, t = x[order], y[order], t[order]
    if len(t) < 2 or (t == t[0]).all() or ((x == x[0]) & (y == y[0])).all():
        raise BadInput(
            _(
                "Near repeat compares places and times: it needs incidents at two places or more and at two times or more."
            )
        )
    return x, y, t


# --- names and words --------------------------------------------------------------------------------------------------


def _distance_bands(edges: Floats, same_place: float | None, closed: Closed) -> tuple[Band, ...]:
    bands = [distance_band(a, b, closed) for a, b in pairwise(edges.tolist())]
    if same_place is not None:
        bands[0] = same_place_band(same_place, closed)
    return tuple(bands)


def _findings(found: NearRepeat) -> list[Sentence]:
    if found.strongest is None:
        text = _(
            "No distance and time holds more pairs of incidents than chance often makes: near repeat is not shown."
        )
        return [finding("none_shown", text)]
    i, j = found.strongest
    cells = len(found.distance_bands) * len(found.time_bands)
    return [
        finding(
            "shown",
            _(
                "Combinations of distance and time that hold more pairs of incidents than chance often makes: %(count)s of "
                "%(cells)s.",
                count=sum(map(sum, found.shown)),
                cells=cells,
            ),
        ),
        finding(
            "strongest",
            _(
                "The strongest, %(distance)s and %(time)s: %(observed)s pairs where chance leads to expect %(expected).1f, "
                "%(ratio).1f times as many (p %(p).3g, %(q).3g when adjusted).",
                distance=found.distance_bands[i].label,
                time=found.time_bands[j].label,
                observed=f"{found.observed[i][j]:,}",
                expected=found.expected[i][j],
                ratio=found.ratio[i][j],
                p=found.p[i][j],
                q=found.q[i][j],
            ),
        ),
    ]


def _choices(found: NearRepeat, same_place: float | None, closed: Closed, middles: int) -> list[Sentence]:
    told = [
        choice("edges", _EDGES[closed]),
        choice("metric", _METRICS[found.metric]),
        choice(
            "permutations",
            _(
                "Chance: the times were shared out among the places %(count)s times (seed %(seed)s); p is one more than the "
                "number of times that made as many pairs or more, over %(all)s.",
                count=f"{found.permutations:,}",
                seed=found.seed,
                all=f"{found.permutations + 1:,}",
            ),
        ),
        choice(
            "multiplicity",
            _(
                "Every combination was asked at once, so p is adjusted (Benjamini and Hochberg): on average no more "
                "than about %(share)g%% of those called are false. One with fewer than %(few)s pairs is never called.",
                share=found.alpha * 100,
                few=FEW_PAIRS,
            ),
        ),
    ]
    if same_place is not None:
        text = _(
            "Closer than %(metres)g m is the same place; where points stand for a street or a postcode, so does this.",
            metres=same_place,
        )
        told.append(choice("same_place", text))
    if middles:
        text = _("Incidents counted at the middle of a short span of time: %(count)s.", count=f"{middles:,}")
        told.append(choice("middles", text))
    return told


_EDGES: dict[Closed, Message] = {
    "lower": _("A band holds its lower edge and not its upper edge."),
    "upper": _("A band holds its upper edge and not its lower edge; the first holds both."),
}
_METRICS: dict[Metric, Message] = {
    "euclidean": _("Distances are in a straight line."),
    "manhattan": _("Distances are along streets that run north and east (Manhattan)."),
}


def _cautions(found: NearRepeat, place: PlacePrecision | None) -> list[Sentence]:
    told = [
        caution(
            "not_why",
            _(
                "This shows that incidents come together in place and time, not why. Where the number of homes or of "
                "people changed in part of the area meanwhile, it shows that too."
            ),
        )
    ]
    cells = len(found.distance_bands) * len(found.time_bands)
    together = ceil(cells / (found.permutations + 1) / found.alpha - 1e-9)
    if together > 1:
        text = _(
            "With %(count)s permutations a combination can only be called if %(together)s or more are as strong as can be. "
            "Ask for %(enough)s or more.",
            count=f"{found.permutations:,}",
            together=together,
            enough=f"{ceil(cells / found.alpha - 1e-9) - 1:,}",
        )
        told.append(caution("few_permutations", text))
    if found.left_out:
        text = _(
            "Left out: %(count)s of %(total)s incidents. The span in which each happened is as long as the narrowest time "
            "band or longer; what is left may not be typical.",
            count=f"{found.left_out:,}",
            total=f"{found.incidents + found.left_out:,}",
        )
        told.append(caution("left_out", text))
    if place is PlacePrecision.SNAPPED:
        text = _(
            "These places were moved to map points that stand for eight addresses or more: the bands of the same place and of "
            "the shortest distances mix neighbours with repeats."
        )
        told.append(caution("snapped", text))
    if place is PlacePrecision.POSTCODE:
        text = _(
            "Some of these places are the middle of a postcode, which stands for some fifteen addresses: the bands of the same "
            "place and of the shortest distances mix neighbours with repeats."
        )
        told.append(caution("postcodes", text))
    if not any(found.near_in_space):
        told.append(caution("none_near", _("No two incidents lie within the longest distance of each other.")))
    return told


# --- shape ------------------------------------------------------------------------------------------------------------


def _grid(array: npt.NDArray[np.generic]) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(row) for row in array.tolist())


def _ratios(observed: Counts, expected: Floats) -> RatioGrid:
    pairs = zip(observed.tolist(), expected.tolist(), strict=True)
    return tuple(tuple(o / e if e else None for o, e in zip(*rows, strict=True)) for rows in pairs)
