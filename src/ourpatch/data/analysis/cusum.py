"""Small lasting changes of counts: a Poisson CUSUM that states its design and how often it errs.

It adds up what lies beyond the reference value and signals at a threshold, so it notices a drift that no single month
shows. The threshold is the lowest whose run length without any change, worked out exactly by a Markov chain (Brook and
Evans 1972), is as long as asked for.

Over a period without a count the sum stays as it is: it adds up how much the counts speak for the change (the logarithm of
a likelihood ratio; Page 1954), and none speaks neither for it nor against it. The run lengths then hold for the periods
that have a count.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.change import LEAST_STEPS
from ourpatch.data.analysis.distributions import poisson_cdf
from ourpatch.data.analysis.missing import figures, known, shown, steps_between
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table, named, yes_no
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Floats = npt.NDArray[np.float64]

HARDLY_EVER = 10_000.0
MOST_STATES = 400
LARGE_SPREAD = 1.5


@dataclass(frozen=True, slots=True)
class Design:
    """Reference value `k` and threshold `h` in incidents, for `mean` a period against `mean` times `ratio`.

    `run_in_control` and `run_changed` are the mean numbers of periods to a signal, from nought, without a change and
    with it.
    """

    mean: float
    ratio: float
    k: float
    h: float
    run_in_control: float
    run_changed: float


@dataclass(frozen=True, slots=True)
class Cusum:
    """Running sums, one per period (incidents beyond the reference), and the positions that are signals; `counts` (None where
    there is none) and `expected` as they were given.

    After a signal the sum starts again from nought; without a count it stays as it was.
    """

    counts: tuple[int | None, ...]
    expected: tuple[float, ...]
    sums: tuple[float, ...]
    signals: tuple[int, ...]
    design: Design
    sentences: tuple[Sentence, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """The positions without a count."""
        return tuple(i for i, count in enumerate(self.counts) if count is None)

    def table(self, labels: Sequence[str] = ()) -> Table:
        """A row for each period, oldest first."""
        heads = (_("Period"), _("Incidents"), _("Expected"), _("Sum beyond the reference"), _("Signal"))
        names, counts = named(labels, len(self.sums)), map(shown, self.counts)
        said = [yes_no(i in self.signals) for i in range(len(self.sums))]
        return Table(heads, tuple(zip(names, counts, self.expected, self.sums, said, strict=True)))


def cusum(
    counts: Sequence[float | None], expected: Sequence[float], *, ratio: float = 1.5, run_length: float = 100.0
) -> Cusum:
    """CUSUM of counts against what is expected in each period (season and exposure belong in `expected`).

    `counts`: one for each period in order of time, None where there is none. `ratio`: the change to notice, above 1 a rise,
    below 1 a fall. The design is for the mean of `expected` where there are counts; the reference of each period moves with
    it. Raises BadInput for no counts at all, expectations that are not above zero, or as `design`.
    """
    x, mean = figures(counts), np.asarray(expected, dtype=np.float64)
    there = ~np.isnan(x)
    if not there.any() or (known(x) < 0).any() or (known(x) != np.round(known(x))).any():
        raise BadInput(_("Counts are whole numbers from zero, and there must be at least one."))
    if mean.shape != x.shape or not np.isfinite(mean).all() or not (mean > 0).all():
        raise BadInput(_("Give one expected count above zero for each period, from figures before this series."))
    plan = design(float(mean[there].mean()), ratio=ratio, run_length=run_length)
    beyond = x - mean * (plan.k / plan.mean)
    sums, signals = _run(beyond if ratio > 1 else -beyond, plan.h)
    return Cusum(
        counts=tuple(None if count != count else int(count) for count in x.tolist()),
        expected=tuple(mean.tolist()),
        sums=sums,
        signals=signals,
        design=plan,
        sentences=(*_words(plan, len(signals), bool(np.ptp(mean[there]) > 0)), *_missing(x), *_spread(x, mean)),
    )


@lru_cache(maxsize=1024)
def design(mean: float, *, ratio: float = 1.5, run_length: float = 100.0) -> Design:
    """The design for a mean count per period: k = mean (ratio - 1) / ln ratio (Lucas 1985), rounded to the chain's grid.

    Raises BadInput for a mean that is not above zero, a ratio of 1, or a change too small for the mean to be noticed.
    """
    if not (0 < mean < math.inf and 0 < ratio < math.inf and ratio != 1.0 and 1 < run_length < math.inf):
        raise BadInput(_("Give a mean above zero, a ratio other than 1 and a run length above 1."))
    reference = mean * (ratio - 1.0) / math.log(ratio)
    step = _grid(abs(reference - mean))
    k = round(reference / step) * step
    low, high = 1, MOST_STATES
    if _run_length(mean, k, high, step, ratio > 1) < run_length:
        raise BadInput(_("So small a change cannot be noticed in counts of this size: choose a larger one."))
    while low < high:
        middle = (low + high) // 2
        enough = _run_length(mean, k, middle, step, ratio > 1) >= run_length
        low, high = (low, middle) if enough else (middle + 1, high)
    runs = (_run_length(one, k, low, step, ratio > 1) for one in (mean, mean * ratio))
    return Design(mean, ratio, k, low * step, *runs)


def _grid(margin: float) -> float:
    """The power of two below a quarter of what lies between mean and reference: counts and sums then fall on one grid."""
    return min(1.0, 2.0 ** math.floor(math.log2(margin / 4.0)))


def _run_length(mean: float, k: float, states: int, step: float, rising: bool) -> float:
    """Mean periods from nought until the sum reaches `states` steps, exactly for this grid."""
    most = math.ceil(mean + 12.0 * math.sqrt(mean) + 12.0 + k + states * step)
    below = np.array([poisson_cdf(count, mean) for count in range(most + 1)])
    chances = np.diff(below, prepend=0.0)
    moves = np.round((np.arange(most + 1) - k) / step).astype(np.int64) * (1 if rising else -1)
    chain = np.zeros((states, states))
    for start in range(states):
        landed = np.maximum(start + moves, 0)
        inside = landed < states
        chain[start] = np.bincount(landed[inside], weights=chances[inside], minlength=states)
    try:
        solved = np.linalg.solve(np.eye(states) - chain, np.ones(states))
    except np.linalg.LinAlgError:
        # Nothing ever leaves the chain: with such counts the threshold is never reached.
        return math.inf
    # A sum that can hardly ever reach the threshold leaves nothing to solve but rounding.
    return float(solved[0]) if solved[0] > 0 else math.inf


def _run(beyond: Floats, h: float) -> tuple[tuple[float, ...], tuple[int, ...]]:
    sums: list[float] = []
    signals: list[int] = []
    held = 0.0
    for i, value in enumerate(beyond.tolist()):
        there = value == value
        # What is left of adding and taking away the same is no sum.
        held = max(0.0, round(held + value, 9)) if there else held
        sums.append(held)
        if there and held >= h - 1e-9:
            signals.append(i)
            held = 0.0
    return tuple(sums), tuple(signals)


def _run_lengths(plan: Design) -> Message:
    if plan.run_in_control > HARDLY_EVER:
        return _(
            "Without any change it signals less than once in 10,000 periods; with that change after %(changed).1f.",
            changed=plan.run_changed,
        )
    return _(
        "Without any change it signals once in %(calm).0f periods on average; with that change after %(changed).1f.",
        calm=plan.run_in_control,
        changed=plan.run_changed,
    )


def _words(plan: Design, signals: int, moving: bool) -> list[Sentence]:
    told = [
        finding("signals", _("Signals of a lasting change: %(count)s.", count=signals))
        if signals
        else finding("no_signal", _("No signal: a lasting change of this size is not shown.")),
        choice(
            "design",
            _(
                "Made to notice %(ratio)g times the expected count: reference %(k).2f, threshold %(h).2f.",
                ratio=plan.ratio,
                k=plan.k,
                h=plan.h,
            ),
        ),
        choice("run_lengths", _run_lengths(plan)),
        caution(
            "independent", _("Linked incidents, or an expected count that is off, make false signals more frequent.")
        ),
    ]
    if moving:
        told.append(caution("moving", _("The run lengths are for the average expected count; it differs by period.")))
    return told


def _missing(x: Floats) -> list[Sentence]:
    count = int(np.isnan(x).sum())
    if not count:
        return []
    text = _(
        "Periods without a figure: %(count)s. The sum stays as it was over them, and the run lengths count only periods that "
        "have one.",
        count=count,
    )
    return [caution("missing", text)]


def _spread(x: Floats, mean: Floats) -> list[Sentence]:
    """Whether neighbouring counts differ more than chance makes them; a lasting change hardly touches neighbours."""
    steps = steps_between((x - mean) / np.sqrt(mean))
    if len(steps) < LEAST_STEPS:
        return []
    spread = float(np.abs(steps).mean()) / 1.128
    if spread <= LARGE_SPREAD:
        return []
    text = _(
        "Neighbouring counts differ %(times).1f times as much as chance makes them: the run lengths do not hold, and "
        "signals are more frequent. Use the XmR chart.",
        times=spread,
    )
    return [caution("overdispersed", text)]
