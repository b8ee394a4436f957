"""Has anything changed? Statistical process control for monthly and weekly figures.

`for_counts` is the one call with good defaults: it chooses the chart and says what it chose. The XmR chart follows
the public-sector standard "Making Data Count" (limits at 2.66 mean moving ranges, one screen of moving ranges at
3.267, four rules in an order of precedence); charts of small counts have exact Poisson limits instead, since an XmR
chart of them promises negative counts. Where periods hold very different numbers of people, days or premises, the u'
chart lets the limits follow and allows for counts that vary more than chance. Limits are never moved without being
asked: a step is a decision that somebody gives a reason for.

Every series has one value for each period, in order of time, and None (or NaN) where there is none. Nothing is taken over
such a gap: no moving range, no trend, no run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from ourpatch.data.analysis.distributions import poisson_cdf, poisson_sf
from ourpatch.data.analysis.missing import completed, figures, known, shown, steps_between
from ourpatch.data.analysis.sentences import Listed, Sentence, caution, choice, finding
from ourpatch.data.analysis.signals import NAMES, Floats, Lines, Point, judge, runs_by_chance, runs_of_seven
from ourpatch.data.analysis.tables import Table, named
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

LIMIT_FACTOR = 2.66
SCREEN_FACTOR = 3.267
SHORT_SERIES = 13
LOW_COUNT_MEAN = 5.0
OUTER_TAIL = 0.00135  # one side of three standard deviations
NEAR_TAIL = 0.02275  # one side of two
LEAST_STEPS = 2
UNEVEN = 1.25  # exposures this many times apart need limits of their own
_RANGE_OF_NORMAL = 1.128  # the mean moving range of a standard normal series

Kind = Literal["xmr", "c", "u", "c_prime", "u_prime"]


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A series with its centre and limits (one of each per point) and what every point says.

    `direction` is +1 where a signal is towards higher values, -1 towards lower, 0 where there is none. `moving_range`
    is of each phase the mean moving range (XmR), or how many times as much as chance counts vary (c' and u');
    `sentences` holds the choices that were made, the cautions and the findings. A value is NaN where there is no figure;
    its limits are those that a figure would have.
    """

    kind: Kind
    values: tuple[float, ...]
    centre: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    points: tuple[Point, ...]
    direction: tuple[int, ...]
    phases: tuple[tuple[int, int], ...]
    moving_range: tuple[float, ...]
    sentences: tuple[Sentence, ...]

    @property
    def signals(self) -> tuple[int, ...]:
        """The positions of the points that are signals."""
        return tuple(i for i, point in enumerate(self.points) if point.special)

    @property
    def missing(self) -> tuple[int, ...]:
        """The positions without a figure."""
        return tuple(i for i, point in enumerate(self.points) if point is Point.NO_DATA)

    def table(self, labels: Sequence[str] = ()) -> Table:
        """A row for each period, oldest first; what a signal is called, and None where there is none."""
        heads = (_("Period"), _("Figure"), _("Average"), _("Lower limit"), _("Upper limit"), _("Signal"))
        names, values = named(labels, len(self.values)), map(shown, self.values)
        said = [NAMES.get(point) for point in self.points]
        return Table(heads, tuple(zip(names, values, self.centre, self.lower, self.upper, said, strict=True)))


def for_counts(
    counts: Sequence[float | None],
    *,
    exposure: Sequence[float] | None = None,
    season_index: Sequence[float] | None = None,
    baseline: int | None = None,
    steps: Sequence[int] = (),
) -> ControlChart:
    """The right chart for counts of incidents: XmR from a mean of 5 a period, otherwise exact Poisson limits.

    `exposure` (people, days or premises per period, also of those without a count) makes it a chart of rates; where it
    differs by more than a quarter and counts are not small, a u' chart. Raises BadInput as the charts do.
    """
    values = _series(counts)
    weights = None if exposure is None else _exposure(exposure, len(values))
    many = float(known(values).mean()) >= LOW_COUNT_MEAN
    if many and (weights is None or _even(weights[~np.isnan(values)])):
        rates = values if weights is None else values / weights
        return xmr(rates.tolist(), season_index=season_index, baseline=baseline, steps=steps)
    if weights is None and season_index is None:
        return c_chart(counts, baseline=baseline, steps=steps)
    seasonal = (np.ones(len(values)) if weights is None else weights) * _season(season_index, len(values))
    chart = u_prime_chart if many else u_chart
    return chart(counts, seasonal.tolist(), baseline=baseline, steps=steps)


def xmr(
    values: Sequence[float | None],
    *,
    season_index: Sequence[float] | None = None,
    baseline: int | None = None,
    steps: Sequence[int] = (),
    floor: float | None = 0.0,
) -> ControlChart:
    """XmR chart: mean +- 2.66 mean moving ranges, moving ranges of 3.267 times their mean or more left out once.

    `season_index`: one factor per point (mean about 1; see `seasonal_index`); limits are worked out on values divided
    by it and drawn multiplied by it. `baseline`: work out the limits from the first so many figures of each phase.
    `steps`: positions where a new phase starts. `floor`: no value can lie below it, so the lower limit stops there
    (None: values may be negative). Raises BadInput for fewer than three figures, or two that follow another without a
    gap, values that are not finite, or options that do not fit the series. Source: NHSRplotthedots 0.2.2; anchors 3.5.
    """
    series = _series(values)
    if floor is not None and (series < floor).any():
        raise BadInput(_("A figure lies below %(floor)g, which was said to be impossible.", floor=floor))
    season = _season(season_index, len(series))
    phases = _phases(series, steps, baseline)
    adjusted = series / season
    centre, spread = np.empty_like(series), np.empty_like(series)
    ranges = []
    for start, end in phases:
        chosen = adjusted[_first(adjusted, start, end, baseline)]
        moving_range = _screened_moving_range(chosen)
        centre[start:end], spread[start:end] = known(chosen).mean(), LIMIT_FACTOR * moving_range
        ranges.append(moving_range)
    lines = Lines(centre, centre - spread, centre + spread, centre - spread * 2 / 3, centre + spread * 2 / 3)
    told = [
        choice("xmr_limits", _("Limits are the mean plus and minus 2.66 times the mean moving range.")),
        choice("xmr_screen", _("Moving ranges of 3.267 times their mean or more were left out once.")),
        *_common_choices(season_index is not None, baseline, len(phases)),
        *_missing(series),
        *_xmr_cautions(series, lines.lower * season, floor),
    ]
    if floor is not None:
        lines = replace(lines, lower=np.maximum(lines.lower, floor / season))
    points, direction = judge(adjusted, lines, phases, runs_of_seven(len(series)))
    return _chart("xmr", series, lines, season, points, direction, phases, ranges, told)


def c_chart(counts: Sequence[float | None], *, baseline: int | None = None, steps: Sequence[int] = ()) -> ControlChart:
    """Chart of small counts over equal periods, with exact Poisson limits. Raises BadInput as `xmr`, and for values
    that are not counts.
    """
    return _poisson_chart("c", counts, np.ones(len(counts)), baseline, steps)


def u_chart(
    counts: Sequence[float | None], exposure: Sequence[float], *, baseline: int | None = None, steps: Sequence[int] = ()
) -> ControlChart:
    """Chart of rates (count / exposure) of small counts, with exact Poisson limits per point. Raises BadInput as
    `c_chart`.
    """
    return _poisson_chart("u", counts, _exposure(exposure, len(counts)), baseline, steps)


def c_prime_chart(
    counts: Sequence[float | None], *, baseline: int | None = None, steps: Sequence[int] = ()
) -> ControlChart:
    """Laney's chart of counts over equal periods that vary more (or less) than chance: `u_prime_chart` with one exposure
    for all, which is the XmR chart but for the rounding of 2.66. Raises BadInput as `u_prime_chart`.
    """
    return _prime_chart("c_prime", counts, np.ones(len(counts)), baseline, steps)


def u_prime_chart(
    counts: Sequence[float | None], exposure: Sequence[float], *, baseline: int | None = None, steps: Sequence[int] = ()
) -> ControlChart:
    """Laney's chart of rates (count / exposure) that vary more (or less) than chance makes them: Poisson's three standard
    deviations at each period's exposure, times sigma z, the moving range of standardised rates over 1.128.

    Moving ranges of 3.267 times their mean or more are left out once, as for `xmr`. Raises BadInput as `u_chart`, and
    for a phase in which nothing happened. Source: Laney 2002 (Quality Engineering 14, 531).
    """
    return _prime_chart("u_prime", counts, _exposure(exposure, len(counts)), baseline, steps)


def seasonal_index(values: Sequence[float | None], period: int = 12) -> tuple[float, ...]:
    """One factor per period from the averages of like months, scaled to a mean of 1 over a full year.

    A month belongs with those of the same place in the year, whatever is missing between them; a missing one stands as
    `missing.completed` has it. Raises BadInput for less than two whole years, or two figures of each month (one year cannot
    tell season from change), or a month with nothing in it.
    """
    series = _series(values)
    years = len(series) // period
    if years < 2:
        raise BadInput(_("A seasonal pattern needs two whole years of figures."))
    whole = completed(series[: years * period].reshape(years, period), least=2)
    if whole is None:
        raise BadInput(
            _("A seasonal pattern needs two figures of each month of the year. Load the months that are missing.")
        )
    typical = whole.mean(axis=0)
    if not (typical > 0).all():
        raise BadInput(_("A month with nothing in any year leaves no seasonal pattern to compare with."))
    factors = typical / typical.mean()
    return tuple(float(factors[i % period]) for i in range(len(series)))


# --- limits -----------------------------------------------------------------------------------------------------------


def _first(series: Floats, start: int, end: int, baseline: int | None) -> slice:
    """The part of a phase that limits are worked out from: up to its figure of that number."""
    if baseline is None:
        return slice(start, end)
    return slice(start, start + int(np.flatnonzero(~np.isnan(series[start:end]))[baseline - 1]) + 1)


def _expected(series: Floats, exposure: Floats, phase: tuple[int, int], baseline: int | None) -> Floats:
    """What the rate of the figures that limits come from leads to expect in each period of a phase."""
    chosen = _first(series, *phase, baseline)
    there = ~np.isnan(series[chosen])
    expected: Floats = exposure[slice(*phase)] * series[chosen][there].sum() / exposure[chosen][there].sum()
    return expected


def _screened_moving_range(values: Floats) -> float:
    ranges = np.abs(steps_between(values))
    if len(ranges) < LEAST_STEPS:
        raise BadInput(
            _(
                "Too few figures follow one another without a gap, so there is no telling what is usual. Load the periods that "
                "are missing."
            )
        )
    kept = ranges[ranges < SCREEN_FACTOR * ranges.mean()]
    # A level series has nothing but noughts, none of them below a limit of nought.
    return float(kept.mean()) if kept.size else float(ranges.mean())


def _poisson_chart(
    kind: Literal["c", "u"],
    counts: Sequence[float | None],
    exposure: Floats,
    baseline: int | None,
    steps: Sequence[int],
) -> ControlChart:
    series = _whole(counts)
    phases = _phases(series, steps, baseline)
    expected = np.concatenate([_expected(series, exposure, phase, baseline) for phase in phases])
    bounds = {mean: _poisson_bounds(mean) for mean in {float(m) for m in expected}}
    lower, near_lower, near_upper, upper = np.array([bounds[float(m)] for m in expected], dtype=np.float64).T
    lines = Lines(*(line / exposure for line in (expected, lower, upper, near_lower, near_upper)))
    points, direction = judge(series / exposure, lines, phases, runs_by_chance(expected))
    told = [
        choice("poisson_limits", _("Limits are exact for rare, independent incidents (Poisson).")),
        choice("poisson_runs", _("A run on one side counts only when it is as rare as seven tosses of a coin.")),
        *_common_choices(False, baseline, len(phases)),
        *_missing(series),
        *_short_series(series),
        *_overdispersion(series, expected),
    ]
    level = np.ones_like(series)
    return _chart(kind, series / exposure, lines, level, points, direction, phases, [], told)


def _prime_chart(
    kind: Literal["c_prime", "u_prime"],
    counts: Sequence[float | None],
    exposure: Floats,
    baseline: int | None,
    steps: Sequence[int],
) -> ControlChart:
    series = _whole(counts)
    phases = _phases(series, steps, baseline)
    expected, spread, times = np.empty_like(series), np.empty_like(series), []
    for start, end in phases:
        part, chosen = slice(start, end), _first(series, start, end, baseline)
        expected[part] = _expected(series, exposure, (start, end), baseline)
        if not known(series[chosen]).any():
            raise BadInput(_("Nothing was recorded in a part of the series: use the chart of small counts for it."))
        standardised = (series[chosen] - expected[chosen]) / np.sqrt(expected[chosen])
        sigma = _screened_moving_range(standardised) / _RANGE_OF_NORMAL
        spread[part] = 3.0 * sigma * np.sqrt(expected[part])
        times.append(sigma)
    near = spread * 2 / 3
    lines = Lines(
        *(
            line / exposure
            for line in (expected, expected - spread, expected + spread, expected - near, expected + near)
        )
    )
    told = [
        choice(
            "prime_limits",
            _(
                "Limits follow each period's size and allow for counts that vary %(times)s times as much as chance alone "
                "makes them (Laney).",
                times=Listed(tuple(f"{sigma:.1f}" for sigma in times)),
            ),
        ),
        choice("prime_screen", _("Moving ranges of 3.267 times their mean or more were left out once.")),
        *_common_choices(False, baseline, len(phases)),
        *_missing(series),
        *_xmr_cautions(series, expected - spread, 0.0),
    ]
    lines = replace(lines, lower=np.maximum(lines.lower, 0.0))
    points, direction = judge(series / exposure, lines, phases, runs_of_seven(len(series)))
    return _chart(kind, series / exposure, lines, np.ones_like(series), points, direction, phases, times, told)


def _poisson_bounds(mean: float) -> tuple[float, float, float, float]:
    """The lowest and highest count that is no surprise: by three standard deviations' chance, and by two's between
    them.
    """
    return (
        _lowest(mean, OUTER_TAIL),
        _lowest(mean, NEAR_TAIL),
        _highest(mean, NEAR_TAIL),
        _highest(mean, OUTER_TAIL),
    )


def _lowest(mean: float, tail: float) -> float:
    count = max(0, math.floor(mean - 6.0 * math.sqrt(mean)) - 1)
    while poisson_cdf(count, mean) <= tail:
        count += 1
    return float(count)


def _highest(mean: float, tail: float) -> float:
    count = math.floor(mean)
    while poisson_sf(count, mean) > tail:
        count += 1
    return float(count)


# --- words ------------------------------------------------------------------------------------------------------------


def _common_choices(seasonal: bool, baseline: int | None, phases: int) -> list[Sentence]:
    told = [
        choice(
            "rules",
            _(
                "A point is a signal when it lies outside the limits, belongs to a trend of seven, is one of two in "
                "three near a limit on the same side, or belongs to a run of seven on one side; the first that applies "
                "is named."
            ),
        )
    ]
    if seasonal:
        told.append(choice("season", _("Limits rise and fall with the time of year.")))
    if baseline is not None:
        told.append(choice("baseline", _("Limits come from the first %(count)s points.", count=baseline)))
    if phases > 1:
        told.append(choice("steps", _("Chosen points at which the limits start afresh: %(count)s.", count=phases - 1)))
    return told


def _xmr_cautions(series: Floats, lower: Floats, floor: float | None) -> list[Sentence]:
    told = _short_series(series)
    if floor is not None and (lower < floor).any():
        told.append(caution("clamped", _("The lower limit would lie below %(floor)g and stops there.", floor=floor)))
    if floor == 0.0 and float(known(series).mean()) < LOW_COUNT_MEAN:
        told.append(
            caution(
                "low_counts",
                _("The mean is below %(bound)g: use a chart with Poisson limits instead.", bound=LOW_COUNT_MEAN),
            )
        )
    return told


def _missing(series: Floats) -> list[Sentence]:
    count = int(np.isnan(series).sum())
    if not count:
        return []
    text = _(
        "Periods without a figure: %(count)s. They stay empty; no moving range, trend or run is taken across them.",
        count=count,
    )
    return [caution("missing", text)]


def _short_series(series: Floats) -> list[Sentence]:
    count = len(known(series))
    if count >= SHORT_SERIES:
        return []
    return [
        caution(
            "short_series",
            _("Only %(count)s points: limits are unsteady below %(least)s.", count=count, least=SHORT_SERIES),
        )
    ]


def _overdispersion(series: Floats, expected: Floats) -> list[Sentence]:
    freedom = len(known(series)) - 1
    index = float(known(((series - expected) ** 2) / np.maximum(expected, 1e-12)).sum())
    if index <= freedom + 3.0 * math.sqrt(2.0 * freedom):
        return []
    times = index / freedom
    text = _("Counts vary %(times).1f times as much as chance alone makes them: expect more signals.", times=times)
    return [caution("overdispersed", text)]


def _findings(points: Sequence[Point]) -> list[Sentence]:
    count = sum(point.special for point in points)
    if not count:
        return [finding("no_signal", _("No signal: the figures vary as they usually do."))]
    total = sum(point is not Point.NO_DATA for point in points)
    text = _("Points that are signals of a change: %(count)s of %(total)s.", count=count, total=total)
    return [finding("signals", text)]


# --- shape ------------------------------------------------------------------------------------------------------------


def _chart(
    kind: Kind,
    values: Floats,
    lines: Lines,
    season: Floats,
    points: Sequence[Point],
    direction: Sequence[int],
    phases: Sequence[tuple[int, int]],
    ranges: Sequence[float],
    told: Sequence[Sentence],
) -> ControlChart:
    return ControlChart(
        kind=kind,
        values=tuple(values.tolist()),
        centre=tuple((lines.centre * season).tolist()),
        lower=tuple((lines.lower * season).tolist()),
        upper=tuple((lines.upper * season).tolist()),
        points=tuple(points),
        direction=tuple(direction),
        phases=tuple(phases),
        moving_range=tuple(ranges),
        sentences=(*_findings(points), *told),
    )


def _series(values: Sequence[float | None]) -> Floats:
    series = figures(values)
    if len(known(series)) < 3:
        raise BadInput(_("A chart needs at least three figures in a row."))
    return series


def _whole(counts: Sequence[float | None]) -> Floats:
    series = _series(counts)
    there = known(series)
    if (there < 0).any() or (there != np.round(there)).any():
        raise BadInput(_("Counts are whole numbers from zero."))
    return series


def _exposure(exposure: Sequence[float], n: int) -> Floats:
    weights = np.asarray(exposure, dtype=np.float64)
    if weights.shape != (n,) or not np.isfinite(weights).all() or not (weights > 0).all():
        raise BadInput(_("Give one exposure above zero for each period."))
    return weights


def _even(weights: Floats) -> bool:
    return bool(weights.max() < UNEVEN * weights.min())


def _season(index: Sequence[float] | None, n: int) -> Floats:
    if index is None:
        return np.ones(n)
    season = np.asarray(index, dtype=np.float64)
    if season.shape != (n,) or not np.isfinite(season).all() or not (season > 0).all():
        raise BadInput(_("Give one seasonal factor above zero for each figure."))
    return season


def _phases(series: Floats, steps: Sequence[int], baseline: int | None) -> list[tuple[int, int]]:
    turns = [0, *steps, len(series)]
    phases = list(pairwise(turns))
    fewest = min(len(known(series[start:end])) if 0 <= start < end else 0 for start, end in phases)
    if fewest < 3:
        raise BadInput(_("Each part between chosen steps needs at least three figures, in order of time."))
    if baseline is not None and not 3 <= baseline <= fewest:
        raise BadInput(_("The baseline must have at least three figures and fit in each part of the series."))
    return phases
