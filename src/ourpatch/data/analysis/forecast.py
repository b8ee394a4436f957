"""What the next months may bring, with an interval whose record is measured: how often did it hold what then came?

A simple method on purpose: the level of the last twelve months times the time of year. Its interval comes from its own
past errors, and its coverage is measured on months that it had not seen when it made the interval.

A series has one count for each month, and None where there is none: years and months ahead are counted by the calendar,
whatever is missing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.missing import ENOUGH_OF_A_YEAR, completed, figures, known
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

    `counts`: the months it was made from, None where there is no figure. `past`: the forecasts that were tried, by how far
    ahead, oldest first.
    """

    counts: tuple[int | None, ...]
    past: tuple[Past, ...]
    ahead: tuple[Ahead, ...]
    confidence: float
    coverage: float
    trials: int
    sentences: tuple[Sentence, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """The positions of the months without a figure."""
        return tuple(i for i, count in enumerate(self.counts) if count is None)

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


class _Trial(NamedTuple):
    """A forecast that could have been made when so many months were known, and its error in roots of what was expected."""

    known: int
    expected: float
    error: float


def forecast(counts: Sequence[float | None], *, months: int = 3, confidence: float = 0.8) -> Forecast:
    """Forecast of monthly counts, oldest first, for so many months ahead (1 to 12).

    Interval: expected +- q * sqrt(expected + 1), q the error on that scale which so many of the earlier forecasts for
    as many months ahead did not pass (split conformal: Vovk et al. 2005), every forecast made only from what was known
    then. Months without a count stand in whole years as `missing.completed` has it; no past forecast of one or right after
    one is tried. Raises BadInput for fewer than 36 + 2 * months months, values that are not counts, no count in the newest
    month or too few in the last twelve, too few past forecasts for the confidence asked for, or figures that are all zero.
    """
    series = _counts(counts, months)
    if not 0.0 < confidence < 1.0:
        raise BadInput(_("Confidence lies between 0 and 1, for example 0.8."))
    ahead, past = [], []
    for step in range(1, months + 1):
        expected = _newest(series, step)
        trials = _trials(series, step)
        needed = math.ceil(confidence / (1.0 - confidence) - 1e-9)
        if len(trials) < needed + 1:
            raise BadInput(
                _(
                    "This confidence needs %(months)s more months of figures: give more, or ask for a lower one.",
                    months=needed + 1 - len(trials),
                )
            )
        errors = [trial.error for trial in trials]
        past += [_tried(series, step, trials[i], errors[:i], confidence) for i in range(needed, len(trials))]
        reach = _reach(errors, confidence) * math.sqrt(expected + 1.0)
        ahead.append(Ahead(step, expected, max(0.0, expected - reach), expected + reach))
    coverage = float(np.mean([one.held for one in past]))
    return Forecast(
        counts=tuple(None if count != count else int(count) for count in series.tolist()),
        past=tuple(past),
        ahead=tuple(ahead),
        confidence=confidence,
        coverage=coverage,
        trials=len(past),
        sentences=(*_words(coverage, len(past), confidence), *_missing(series)),
    )


def _tried(series: Floats, step: int, trial: _Trial, earlier: Sequence[float], confidence: float) -> Past:
    """A past forecast so many months ahead, with the interval that only the errors of the earlier ones give."""
    limit = _reach(earlier, confidence)
    reach = limit * math.sqrt(trial.expected + 1.0)
    position = trial.known + step - 1
    return Past(
        position=position,
        months=step,
        expected=trial.expected,
        lower=max(0.0, trial.expected - reach),
        upper=trial.expected + reach,
        came=int(series[position]),
        held=trial.error <= limit,
    )


def _trials(series: Floats, step: int) -> list[_Trial]:
    """Past forecasts `step` months ahead that could have been made and tried, oldest first."""
    found = []
    for so_many in range(2 * SEASON, len(series) - step + 1):
        came, expected = float(series[so_many + step - 1]), _expected(series[:so_many], step)
        if expected is not None and came == came:
            found.append(_Trial(so_many, expected, abs(came - expected) / math.sqrt(expected + 1.0)))
    return found


def _newest(series: Floats, step: int) -> float:
    expected = _expected(series, step)
    if expected is None:
        raise BadInput(
            _(
                "Too many months are missing: a forecast needs %(least)s of the last twelve, and each month of the year once "
                "in whole years. Load the missing months, or ask for another period.",
                least=math.ceil(ENOUGH_OF_A_YEAR * SEASON),
            )
        )
    return expected


def _expected(series: Floats, step: int) -> float | None:
    """Level of the last twelve months times the share of the target's month in whole years before; None where the newest
    month, or too many, are missing.
    """
    last = series[-SEASON:]
    if np.isnan(last[-1]) or len(known(last)) < ENOUGH_OF_A_YEAR * SEASON:
        return None
    years = len(series) // SEASON
    whole = completed(series[len(series) - years * SEASON :].reshape(years, SEASON))
    if whole is None:
        return None
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


def _missing(series: Floats) -> list[Sentence]:
    count = int(np.isnan(series).sum())
    if not count:
        return []
    text = _(
        "Months without a figure: %(count)s. The level and the season take them as their year and the time of year lead to "
        "expect; no past forecast of one, or made right after one, was tried.",
        count=count,
    )
    return [caution("missing", text)]


def _counts(counts: Sequence[float | None], months: int) -> Floats:
    series = figures(counts)
    there = known(series)
    if (there < 0).any() or (there != np.round(there)).any():
        raise BadInput(_("Counts are whole numbers from zero."))
    if not 1 <= months <= SEASON:
        raise BadInput(_("Ask for 1 to 12 months ahead."))
    if len(series) < LEAST_MONTHS + 2 * months:
        raise BadInput(_("A forecast needs %(least)s months of figures.", least=LEAST_MONTHS + 2 * months))
    if np.isnan(series[-1]):
        raise BadInput(
            _("The newest month has no figure. Load it, or end the series with the last month that has one.")
        )
    if not there.any():
        raise BadInput(_("Nothing was recorded in any month: there is nothing to forecast from."))
    return series
