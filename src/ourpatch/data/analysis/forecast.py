"""What the next months may bring, with an interval whose record is measured: how often did it hold what then came?

A simple method on purpose: the level of the last twelve months times the time of year. Its interval comes from its own
past errors, and its coverage is measured on months that it had not seen when it made the interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table, named, yes_no
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

Floats = npt.NDArray[np.float64]

SEASON = 12
LEAST_MONTHS = 3 * SEASON
FEW_TRIALS = 20


@dataclass(frozen=True, slots=True)
class Ahead:
    """A month ahead (1 is the next): incidents expected and its interval."""

    months: int
    expected: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Past:
    """A forecast of the month at `position` (from 0) that could have been made `months` before, and what then came."""

    position: int
    months: int
    expected: float
    lower: float
    upper: float
    came: int
    held: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """The months ahead, and the record: the share of `trials` past forecasts whose interval held what came.

    `counts`: the months it was made from. `past`: the forecasts that were tried, by how far ahead, oldest first.
    """

    counts: tuple[int, ...]
    past: tuple[Past, ...]
    ahead: tuple[Ahead, ...]
    confidence: float
    coverage: float
    trials: int
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """The months ahead."""
        heads = (_("Months ahead"), _("Expected"), _("Interval from"), _("Interval to"))
        return Table(heads, tuple((one.months, one.expected, one.lower, one.upper) for one in self.ahead))

    def past_table(self, labels: Sequence[str] = ()) -> Table:
        """The record: every past forecast and what came. `labels`: the months of `counts`."""
        heads = (
            _("Period"),
            _("Months ahead"),
            _("Expected"),
            _("Interval from"),
            _("Interval to"),
            _("What came"),
            _("Held by the interval"),
        )
        names = named(labels, len(self.counts))
        rows = [
            (names[one.position], one.months, one.expected, one.lower, one.upper, one.came, yes_no(one.held))
            for one in self.past
        ]
        return Table(heads, tuple(rows))


def forecast(counts: Sequence[int], *, months: int = 3, confidence: float = 0.8) -> Forecast:
    """Forecast of monthly counts, oldest first, for so many months ahead (1 to 12).

    Interval: expected +- q * sqrt(expected + 1), q the error on that scale which so many of the earlier forecasts for
    as many months ahead did not pass (split conformal: Vovk et al. 2005), every forecast made only from what was known
    then. Raises BadInput for fewer than 36 + 2 * months months, values that are not counts, too few past forecasts for
    the confidence asked for, or figures that are all zero.
    """
    series = _counts(counts, months)
    if not 0.0 < confidence < 1.0:
        raise BadInput(_("Confidence lies between 0 and 1, for example 0.8."))
    ahead, past = [], []
    for step in range(1, months + 1):
        scores = _scores(series, step)
        needed = math.ceil(confidence / (1.0 - confidence) - 1e-9)
        if len(scores) < needed + 1:
            raise BadInput(
                _(
                    "This confidence needs %(months)s more months of figures: give more, or ask for a lower one.",
                    months=needed + 1 - len(scores),
                )
            )
        past += [_tried(series, step, i, scores, confidence) for i in range(needed, len(scores))]
        expected = _expected(series, step)
        reach = _reach(scores, confidence) * math.sqrt(expected + 1.0)
        ahead.append(Ahead(step, expected, max(0.0, expected - reach), expected + reach))
    coverage = float(np.mean([one.held for one in past]))
    return Forecast(
        counts=tuple(series.astype(np.int64).tolist()),
        past=tuple(past),
        ahead=tuple(ahead),
        confidence=confidence,
        coverage=coverage,
        trials=len(past),
        sentences=tuple(_words(coverage, len(past), confidence)),
    )


def _tried(series: Floats, step: int, i: int, scores: Sequence[float], confidence: float) -> Past:
    """The i-th past forecast so many months ahead, with the interval that only the earlier ones give."""
    known = 2 * SEASON + i
    expected = _expected(series[:known], step)
    limit = _reach(scores[:i], confidence)
    reach = limit * math.sqrt(expected + 1.0)
    return Past(
        position=known + step - 1,
        months=step,
        expected=expected,
        lower=max(0.0, expected - reach),
        upper=expected + reach,
        came=int(series[known + step - 1]),
        held=scores[i] <= limit,
    )


def _scores(series: Floats, step: int) -> list[float]:
    """Errors of past forecasts `step` months ahead, oldest first, in roots of what was expected."""
    found = []
    for known in range(2 * SEASON, len(series) - step + 1):
        expected = _expected(series[:known], step)
        found.append(abs(float(series[known + step - 1]) - expected) / math.sqrt(expected + 1.0))
    return found


def _expected(series: Floats, step: int) -> float:
    """Level of the last twelve months times the share of the target's month in whole years before."""
    years = len(series) // SEASON
    whole = series[len(series) - years * SEASON :].reshape(years, SEASON)
    total = float(whole.sum())
    if total == 0:
        return 0.0
    typical = float(whole[:, (step - 1) % SEASON].sum()) / total
    return float(whole[-1].sum()) * typical


def _reach(scores: Sequence[float], confidence: float) -> float:
    ranked = sorted(scores)
    return ranked[min(len(ranked), math.ceil((len(ranked) + 1) * confidence - 1e-9)) - 1]


def _words(coverage: float, trials: int, confidence: float) -> list[Sentence]:
    told = [
        finding(
            "coverage",
            _(
                "Of %(trials)s past forecasts %(coverage).0f%% held what then came (%(confidence)g%% was meant).",
                trials=trials,
                coverage=coverage * 100,
                confidence=confidence * 100,
            ),
        ),
        choice(
            "method", _("Level of the last twelve months times the time of year; the interval is from past errors.")
        ),
        caution(
            "as_before", _("It expects the months ahead to vary as those before did; it knows of no change to come.")
        ),
    ]
    if coverage < confidence - 2.0 * math.sqrt(confidence * (1.0 - confidence) / trials):
        told.append(caution("too_narrow", _("The interval held less often than it should: do not rely on it.")))
    if trials < FEW_TRIALS:
        told.append(caution("few_trials", _("Only %(count)s past forecasts: the record is short.", count=trials)))
    return told


def _counts(counts: Sequence[int], months: int) -> Floats:
    series = np.asarray(counts, dtype=np.float64)
    if series.ndim != 1 or not np.isfinite(series).all() or (series < 0).any() or (series != np.round(series)).any():
        raise BadInput(_("Counts are whole numbers from zero, none missing."))
    if not 1 <= months <= SEASON:
        raise BadInput(_("Ask for 1 to 12 months ahead."))
    if len(series) < LEAST_MONTHS + 2 * months:
        raise BadInput(_("A forecast needs %(least)s months of figures.", least=LEAST_MONTHS + 2 * months))
    if not series.any():
        raise BadInput(_("Nothing was recorded in any month: there is nothing to forecast from."))
    return series
