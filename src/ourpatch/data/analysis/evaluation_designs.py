"""Stronger designs than one area against another: matched pairs, difference in differences, interrupted time series.

Each answers the same question (how much lower or higher than it would have been?) with an interval, and its words come
only from that interval. What a design has to assume is said beside every result.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.distributions import Interval, student_quantile
from ourpatch.data.analysis.evaluation import VERDICTS, BeforeAfter, Verdict, verdict_of
from ourpatch.data.analysis.missing import figures as figures_of
from ourpatch.data.analysis.missing import shown, whole_periods
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table, named
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

FEW_AREAS = 6
SEASON = 12
LEAST_BEFORE = 8
LEAST_AFTER = 4
LEAST_NEIGHBOURS = 8
STRONG_CORRELATION = 0.6
PASSES = 50
_UNSAFE = frozenset({"trends_differ", "season_unseen", "drift", "not_alike_before"})
_NOT_SAFE = _("A change is not shown: what this design has to assume does not hold here (see the cautions).")


@dataclass(frozen=True, slots=True)
class Effect:
    """A change against what would have been expected, in the units that the design says.

    `freedom` are the degrees of freedom of Student's t behind the interval.
    """

    estimate: float
    standard_error: float
    interval: Interval
    freedom: float
    verdict: Verdict
    sentences: tuple[Sentence, ...]

    def effect_table(self) -> Table:
        """The estimate with its interval, in one row."""
        heads = (_("Change"), _("Standard error"), _("Interval from"), _("Interval to"), _("Degrees of freedom"))
        ends = (self.interval.lower, self.interval.upper)
        return Table(heads, ((self.estimate, self.standard_error, *ends, self.freedom),))


@dataclass(frozen=True, slots=True)
class Matched(Effect):
    """An effect over matched pairs, and the change of each pair's treated area and of its match."""

    changes: tuple[tuple[float, float], ...]

    def table(self, labels: Sequence[str] = ()) -> Table:
        """A row for each pair; `labels`: the treated areas."""
        heads = (_("Pair"), _("Change where it was done"), _("Change of its match"), _("Difference"))
        names = named(labels, len(self.changes))
        return Table(heads, tuple((name, a, b, a - b) for name, (a, b) in zip(names, self.changes, strict=True)))


@dataclass(frozen=True, slots=True)
class Differences(Effect):
    """An effect over groups of areas, and the mean figures of each group, one per period (NaN where there is none); those from
    `first_after` are after.
    """

    treated: tuple[float, ...]
    others: tuple[float, ...]
    first_after: int

    @property
    def expected(self) -> tuple[float, ...]:
        """The treated areas' mean, one per period after, had they changed as the others did."""
        before = slice(None, self.first_after)
        apart = float(np.nanmean(self.treated[before]) - np.nanmean(self.others[before]))
        return tuple(value + apart for value in self.others[self.first_after :])

    def table(self, labels: Sequence[str] = ()) -> Table:
        """A row for each period, oldest first."""
        heads = (_("Period"), _("Mean where it was done"), _("Mean of the others"), _("Expected where it was done"))
        names = named(labels, len(self.treated))
        expected = (*[None] * self.first_after, *map(shown, self.expected))
        ours, theirs = map(shown, self.treated), map(shown, self.others)
        return Table(heads, tuple(zip(names, ours, theirs, expected, strict=True)))


@dataclass(frozen=True, slots=True)
class Interrupted:
    """An interrupted time series: the total over all periods after that have a figure (incidents), its step and its change of
    slope.

    `values`: the figures as given, NaN where there is none. `expected` are the figures without the intervention, one per
    period after; `correlation` is that of neighbouring errors, which was taken out.
    """

    total: Effect
    step: float
    slope: float
    correlation: float
    values: tuple[float, ...]
    fitted: tuple[float, ...]
    expected: tuple[float, ...]

    @property
    def first_after(self) -> int:
        """The first period after, counted from 0."""
        return len(self.fitted) - len(self.expected)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What the total says."""
        return self.total.sentences

    def table(self, labels: Sequence[str] = ()) -> Table:
        """A row for each period, oldest first."""
        heads = (_("Period"), _("As recorded"), _("Fitted"), _("Expected without it"))
        names = named(labels, len(self.values))
        expected = (*[None] * self.first_after, *self.expected)
        return Table(heads, tuple(zip(names, map(shown, self.values), self.fitted, expected, strict=True)))


def matched_pairs(
    pairs: Sequence[tuple[BeforeAfter, BeforeAfter]],
    *,
    matches: Sequence[Hashable] | None = None,
    balance: Sequence[Sentence] = (),
    confidence: float = 0.95,
) -> Matched:
    """Mean change of the treated areas (first of each pair) less that of their matches, incidents per period after.

    Student's t over pairs, so that areas that differ more than chance widen the interval. `matches`: which area each
    match is, where one may serve several pairs; pairs with the same match then count as one cluster. `balance`: what is
    said of how alike the pairs were; no change is shown where they were not. Raises BadInput for fewer than two pairs or
    matches, or pairs over different periods.
    """
    if len(pairs) < 2:
        raise BadInput(_("Matched areas need two pairs or more; for one pair use the difference with its comparison."))
    if any((a.months_before, a.months_after) != (b.months_before, b.months_after) for a, b in pairs):
        raise BadInput(_("Compare areas over the same periods."))
    changes = tuple((treated.change, match.change) for treated, match in pairs)
    gaps = np.array([treated - match for treated, match in changes])
    error, clusters = _clustered(gaps, range(len(gaps)) if matches is None else matches)
    told = [
        choice("pairs", _("Each area is compared with its own match: %(count)s pairs.", count=len(gaps))),
        caution("matching", _("A match is alike only in what it was matched on.")),
        *_few_areas(clusters),
        *balance,
    ]
    if clusters < len(gaps):
        text = _("Some areas share a match: %(pairs)s pairs have %(matches)s.", pairs=len(gaps), matches=clusters)
        told.append(choice("shared_matches", text))
    return Matched(*_parts(_effect(float(gaps.mean()), error, clusters - 1, confidence, told)), changes)


def difference_in_differences(
    figures: npt.ArrayLike, treated: Sequence[bool], first_after: int, *, confidence: float = 0.95
) -> Differences:
    """Change of the mean per period in treated areas less that in the others.

    `figures` has shape (areas, periods), a period without data NaN in every area; periods from `first_after` (counted from
    0) are after. Every area is one cluster: its periods are averaged before and after, which is safe against
    autocorrelation within an area (Bertrand, Duflo and Mullainathan 2004), and Welch's t allows the two groups different
    spreads. Raises BadInput for fewer than two areas on a side, no figures before or after, or figures that are missing in
    some areas only.
    """
    panel = np.asarray(figures, dtype=np.float64)
    flags = np.asarray(treated, dtype=np.bool_)
    if panel.ndim != 2 or flags.shape != (panel.shape[0],) or np.isinf(panel).any():
        raise BadInput(_("Give one row of figures for each area, and say which areas were treated."))
    if min(int(flags.sum()), int((~flags).sum())) < 2:
        raise BadInput(_("Give at least two treated areas and two others; for one of each use the difference (WDD)."))
    periods = np.flatnonzero(whole_periods(panel))
    before, after = periods[periods < first_after], periods[periods >= first_after]
    if not len(before) or not len(after):
        raise BadInput(_("There must be at least one period before and one after."))
    changes = np.take(panel, after, axis=1).mean(axis=1) - np.take(panel, before, axis=1).mean(axis=1)
    estimate, error, freedom = _welch(changes[flags], changes[~flags])
    told = [
        choice("clusters", _("Each area counts once, so figures that follow one another do not count as independent.")),
        *_missing(first_after, panel.shape[1], before, after, _("They are in neither group's mean.")),
        *_before_trends(np.take(panel, before, axis=1), before, flags, confidence),
        *_few_areas(min(int(flags.sum()), int((~flags).sum()))),
    ]
    ours, theirs = (tuple(panel[which].mean(axis=0).tolist()) for which in (flags, ~flags))
    return Differences(*_parts(_effect(estimate, error, freedom, confidence, told)), ours, theirs, first_after)


def interrupted_series(
    values: Sequence[float | None], first_after: int, *, seasonal: bool | None = None, confidence: float = 0.95
) -> Interrupted:
    """Segmented regression of one area's equal periods: level and slope before, and what changed from `first_after`.

    Errors follow their neighbour with one correlation (Prais and Winsten 1954, repeated until it settles; the
    correlation is raised for the bias of short series, Kendall 1954). A period without a figure is None: the correlation is
    that of true neighbours, and two figures so many periods apart share that power of it (Savin and White 1978). `seasonal`
    adds one yearly wave of months (on by default from 24 figures before; with fewer nothing is shown unless it is False,
    which says that there is no season). The verdict is about the total over all periods after that have a figure. Raises
    BadInput for fewer than 8 figures before or 4 after, fewer than 8 that follow another without a gap, or figures that do
    not vary at all.
    """
    series = figures_of(values)
    periods = np.flatnonzero(~np.isnan(series))
    y, before, after = series[periods], periods[periods < first_after], periods[periods >= first_after]
    if len(before) < LEAST_BEFORE or len(after) < LEAST_AFTER:
        raise BadInput(
            _(
                "An interrupted series needs at least %(before)s periods before and %(after)s after.",
                before=LEAST_BEFORE,
                after=LEAST_AFTER,
            )
        )
    if np.ptp(y) == 0:
        raise BadInput(_("All figures are equal: there is no variation to judge a change against."))
    apart = np.diff(periods)
    if (apart == 1).sum() < LEAST_NEIGHBOURS:
        raise BadInput(
            _(
                "Too few figures follow one another without a gap, so what neighbours have in common cannot be judged. Load the "
                "periods that are missing."
            )
        )
    wave = len(before) >= 2 * SEASON if seasonal is None else seasonal
    design = _segments(len(series), first_after, wave)
    beta, spread, correlation = _prais_winsten(design[periods], y, apart)
    weights = np.zeros(design.shape[1])
    weights[2:4] = design[after, 2:4].sum(axis=0)
    freedom = len(y) - design.shape[1] - 1
    error = math.sqrt(float(weights @ spread @ weights))
    told = [
        *_series_words(wave, seasonal is None and not wave, correlation),
        *_missing(first_after, len(series), before, after, _("The total is over the periods after that have one.")),
    ]
    total = _effect(float(weights @ beta), error, freedom, confidence, told)
    fitted = design @ beta
    without = fitted[first_after:] - design[first_after:, 2:4] @ beta[2:4]
    return Interrupted(
        total=total,
        step=float(beta[2]),
        slope=float(beta[3]),
        correlation=correlation,
        values=tuple(series.tolist()),
        fitted=tuple(fitted.tolist()),
        expected=tuple(without.tolist()),
    )


# --- arithmetic -------------------------------------------------------------------------------------------------------


def _clustered(gaps: Floats, matches: Sequence[Hashable]) -> tuple[float, int]:
    """The standard error of the mean gap when gaps with one match hang together, and the number of matches."""
    if len(matches) != len(gaps):
        raise BadInput(_("Name one match for each pair."))
    sums: dict[Hashable, float] = {}
    for match, apart in zip(matches, (gaps - gaps.mean()).tolist(), strict=True):
        sums[match] = sums.get(match, 0.0) + apart
    if len(sums) < 2:
        raise BadInput(_("All pairs share one match: choose two matches or more, or compare with that one area (WDD)."))
    square = sum(value**2 for value in sums.values()) * len(sums) / (len(sums) - 1)
    return math.sqrt(square) / len(gaps), len(sums)


def _parts(effect: Effect) -> tuple[float, float, Interval, float, Verdict, tuple[Sentence, ...]]:
    return (
        effect.estimate,
        effect.standard_error,
        effect.interval,
        effect.freedom,
        effect.verdict,
        effect.sentences,
    )


def _welch(treated: Floats, others: Floats) -> tuple[float, float, float]:
    """Difference of two means, its standard error and Welch's degrees of freedom."""
    parts = [float(group.var(ddof=1)) / len(group) for group in (treated, others)]
    variance = sum(parts)
    below = sum(part**2 / (len(group) - 1) for part, group in zip(parts, (treated, others), strict=True))
    freedom = variance**2 / below if below > 0 else float(len(treated) + len(others) - 2)
    return float(treated.mean() - others.mean()), math.sqrt(variance), freedom


def _before_trends(
    before: Floats, periods: Integers, flags: npt.NDArray[np.bool_], confidence: float
) -> list[Sentence]:
    """Whether the two groups were moving alike before; three periods are the fewest that show it."""
    if before.shape[1] < 3:
        text = _("With fewer than three periods before, nobody can see whether the areas were moving alike.")
        return [caution("trends_unseen", text)]
    time = periods - periods.mean()
    slopes = before @ time / float(time @ time)
    gap, error, freedom = _welch(slopes[flags], slopes[~flags])
    if abs(gap) > student_quantile(0.5 + confidence / 2.0, freedom) * error:
        text = _("The treated areas were already moving differently before: the result is not safe.")
        return [caution("trends_differ", text)]
    text = _("Before, the areas were not shown to move differently; this does not prove that they moved alike.")
    return [choice("trends_alike", text)]


def _segments(n: int, first_after: int, wave: bool) -> Floats:
    time = np.arange(n, dtype=np.float64)
    after = (time >= first_after).astype(np.float64)
    columns = [np.ones(n), time - first_after, after, after * (time - first_after)]
    if wave:
        angle = 2.0 * np.pi * time / SEASON
        columns += [np.sin(angle), np.cos(angle)]
    return np.column_stack(columns)


def _prais_winsten(design: Floats, y: Floats, apart: Integers) -> tuple[Floats, Floats, float]:
    """Coefficients, their covariance and the correlation of neighbouring errors; `apart`: periods from each to the next."""
    n, k = design.shape
    correlation = 0.0
    for _pass in range(PASSES):
        x, z = _whitened(design, correlation, apart), _whitened(y[:, None], correlation, apart)[:, 0]
        beta = np.linalg.lstsq(x, z, rcond=None)[0]
        errors = y - design @ beta
        found = _correlation(errors, k, apart == 1)
        if abs(found - correlation) < 1e-9:
            break
        correlation = found
    left = z - x @ beta
    spread = np.linalg.inv(x.T @ x) * float(left @ left) / (n - k)
    return np.asarray(beta, dtype=np.float64), np.asarray(spread, dtype=np.float64), correlation


def _correlation(errors: Floats, k: int, neighbours: npt.NDArray[np.bool_]) -> float:
    """Of neighbouring errors, raised for its bias in short series, never below nought (which would narrow the interval)."""
    n, below = len(errors), float(errors @ errors)
    if below <= 1e-18 * n:
        return 0.0
    # Of n figures in a row all but one follow another; where fewer do, each stands for more.
    share = len(neighbours) / int(neighbours.sum())
    raw = float(errors[1:][neighbours] @ errors[:-1][neighbours]) * share / below
    return min(0.95, max(0.0, (n * raw + k) / (n - 3.0)))


def _whitened(columns: Floats, correlation: float, apart: Integers) -> Floats:
    white, shared = columns.copy(), correlation**apart
    spread = np.sqrt((1.0 - correlation * correlation) / (1.0 - shared * shared))
    white[1:] = (columns[1:] - shared[:, None] * columns[:-1]) * spread[:, None]
    white[0] = columns[0] * math.sqrt(1.0 - correlation**2)
    return white


# --- words ------------------------------------------------------------------------------------------------------------


def _effect(estimate: float, error: float, freedom: float, confidence: float, told: Sequence[Sentence]) -> Effect:
    """The words and verdict of an interval; a sentence in `_UNSAFE` keeps any interval from showing a change."""
    if not 0.0 < confidence < 1.0:
        raise BadInput(_("Confidence lies between 0 and 1, for example 0.95."))
    if error <= 1e-12 * max(1.0, abs(estimate)):
        raise BadInput(_("The areas all moved by the same amount: there is no variation to judge a change against."))
    reach = student_quantile(0.5 + confidence / 2.0, freedom) * error
    around = Interval(estimate - reach, estimate + reach, confidence)
    unsafe = any(sentence.key in _UNSAFE for sentence in told)
    verdict = Verdict.NOT_SHOWN if unsafe else verdict_of(around.lower, around.upper, 0.0)
    headline = _NOT_SAFE if unsafe else VERDICTS[verdict]
    text = _(
        "A change of %(estimate).1f against what would have been expected, "
        "between %(lower).1f and %(upper).1f (%(share)g%% interval).",
        estimate=estimate,
        lower=around.lower,
        upper=around.upper,
        share=confidence * 100,
    )
    words = (finding(verdict.value, headline), finding("effect", text), *told)
    return Effect(estimate, error, around, freedom, verdict, words)


def _missing(first_after: int, count: int, before: Integers, after: Integers, what: Message) -> list[Sentence]:
    """How many periods have no figure on either side, and what was done."""
    if len(before) + len(after) == count:
        return []
    text = _(
        "Periods without a figure: %(before)s before and %(after)s after. %(what)s",
        before=first_after - len(before),
        after=count - first_after - len(after),
        what=what,
    )
    return [caution("missing", text)]


def _few_areas(least: int) -> list[Sentence]:
    if least >= FEW_AREAS:
        return []
    text = _("Only %(count)s areas on a side: a few unusual areas can make or hide a change.", count=least)
    return [caution("few_areas", text)]


def _series_words(wave: bool, unseen: bool, correlation: float) -> list[Sentence]:
    told = [
        choice("autocorrelation", _("Neighbouring periods resemble each other (%(r).2f); allowed for.", r=correlation)),
        caution("nothing_else", _("This holds only if nothing else changed at the same time.")),
    ]
    if wave:
        told.append(choice("wave", _("A yearly wave of months was taken out.")))
    if unseen:
        text = _("With fewer than %(least)s periods before, a season cannot be told from an effect.", least=2 * SEASON)
        told.append(caution("season_unseen", text))
    if correlation > STRONG_CORRELATION:
        text = _("The figures drift so much that the interval may still be too short: add a comparison area.")
        told.append(caution("drift", text))
    return told
