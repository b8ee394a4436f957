"""Rare events: a chart of the time between them says more than a row of noughts and ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.change import LEAST_STEPS, LIMIT_FACTOR
from ourpatch.data.analysis.missing import figures, known, shown, steps_between
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table, named
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

Floats = npt.NDArray[np.float64]

TAIL = 0.00135
ROOT = 3.6
FEW_GAPS = 10
_WAYS = {1: _("longer than chance makes"), -1: _("shorter than chance makes")}


@dataclass(frozen=True, slots=True)
class GapChart:
    """Gaps between events in order (NaN where how long it was is not known), their centre and limits (in the unit given), and
    which way each is a signal.

    `direction` is +1 for a gap that is longer than chance makes (events rarer), -1 for a shorter one, else 0. `kind` is
    "g" for whole numbers of days or chances between, "t" for times.
    """

    kind: Literal["g", "t"]
    gaps: tuple[float, ...]
    centre: float
    lower: float
    upper: float
    direction: tuple[int, ...]
    sentences: tuple[Sentence, ...]

    @property
    def signals(self) -> tuple[int, ...]:
        """The positions of the gaps that are signals."""
        return tuple(i for i, way in enumerate(self.direction) if way)

    @property
    def missing(self) -> tuple[int, ...]:
        """The positions of gaps of which nobody knows how long they were."""
        return tuple(i for i, gap in enumerate(self.gaps) if gap != gap)

    def table(self, labels: Sequence[str] = ()) -> Table:
        """A row for each gap, oldest first; `labels`: the events that end them."""
        heads = (_("Event"), _("Gap before it"), _("Centre"), _("Lower limit"), _("Upper limit"), _("Signal"))
        names = named(labels, len(self.gaps))
        said = [_WAYS.get(way) for way in self.direction]
        rows = [
            (name, shown(gap), self.centre, self.lower, self.upper, way)
            for name, gap, way in zip(names, self.gaps, said, strict=True)
        ]
        return Table(heads, tuple(rows))


def g_chart(gaps: Sequence[float | None], *, baseline: int | None = None) -> GapChart:
    """Whole days (or chances) without an event between one event and the next, with exact geometric limits.

    The chance of an event is estimated from the first `baseline` gaps (all, if None) as the number of gaps less one over
    gaps and events less one, which is unbiased (Benneyan 2001). A gap of which nobody knows how long it was is None. Raises
    BadInput for fewer than three that are known, or gaps that are not whole numbers from zero, or that are all zero.
    """
    series = _gaps(gaps, baseline)
    if (known(series) != np.round(known(series))).any():
        raise BadInput(_("A g chart needs whole numbers; for times between events use a t chart."))
    chosen = known(series)[:baseline]
    chance = (len(chosen) - 1) / (float(chosen.sum()) + len(chosen) - 1)
    if chance >= 1.0:
        raise BadInput(_("No gap is longer than zero: chart the counts of each period instead."))
    lower = _geometric(TAIL, chance)
    upper = _geometric(1.0 - TAIL, chance)
    told = [choice("g_limits", _("Limits are exact for events that are equally likely every day (geometric)."))]
    if lower == 0:
        told.append(
            caution("no_lower", _("No gap can be short enough to be a signal: look for events bunched together."))
        )
    return _chart("g", series, _geometric(0.5, chance), lower, upper, told)


def t_chart(gaps: Sequence[float | None], *, baseline: int | None = None) -> GapChart:
    """Times between events (any unit), made even by the root of 3.6 (Nelson 1994) and charted as XmR.

    A gap of which nobody knows how long it was is None, and no moving range is taken over it. Raises BadInput for fewer than
    three that are known or two that follow another, negative gaps, or gaps of nought (two events at one moment).
    """
    series = _gaps(gaps, baseline)
    if (series <= 0).any():
        raise BadInput(_("A t chart needs times above zero; for whole days between events use a g chart."))
    even = series ** (1.0 / ROOT)
    chosen = even if baseline is None else even[: int(np.flatnonzero(~np.isnan(even))[baseline - 1]) + 1]
    steps = steps_between(chosen)
    if len(steps) < LEAST_STEPS:
        raise BadInput(_("Too few gaps follow one another, so there is no telling what is usual: use a g chart."))
    middle, reach = float(known(chosen).mean()), LIMIT_FACTOR * float(np.abs(steps).mean())
    told = [
        choice("t_limits", _("Times were made even by their root of 3.6; limits are 2.66 mean moving ranges of it."))
    ]
    return _chart("t", series, middle**ROOT, max(0.0, middle - reach) ** ROOT, (middle + reach) ** ROOT, told)


def _geometric(share: float, chance: float) -> float:
    """The smallest number of failures before a success that is not exceeded with this chance."""
    # 1 - (1-p)^(x+1) >= share; the hair keeps an exact answer from being rounded one up.
    return float(max(0, math.ceil(math.log1p(-share) / math.log1p(-chance) - 1.0 - 1e-9)))


def _gaps(gaps: Sequence[float | None], baseline: int | None) -> Floats:
    series = figures(gaps)
    count = len(known(series))
    if count < 3 or (known(series) < 0).any():
        raise BadInput(_("Give at least three gaps between events, zero or more; sort the events by date first."))
    if baseline is not None and not 3 <= baseline <= count:
        raise BadInput(_("The baseline must have at least three gaps and no more than there are."))
    return series


def _chart(
    kind: Literal["g", "t"], series: Floats, centre: float, lower: float, upper: float, told: list[Sentence]
) -> GapChart:
    hair = 1e-9 * max(1.0, upper)
    direction = tuple(int(gap > upper + hair) - int(gap < lower - hair) for gap in series.tolist())
    total = len(known(series))
    if total < FEW_GAPS:
        told.append(caution("few_gaps", _("Only %(count)s gaps: limits are unsteady.", count=total)))
    if total < len(series):
        text = _(
            "Gaps that reach across a time without data: %(count)s. How long they were is not known, so they are left out; "
            "long gaps are the likelier to be among them.",
            count=len(series) - total,
        )
        told.append(caution("missing", text))
    found = sum(1 for way in direction if way)
    if found:
        head = finding("signals", _("Gaps outside the limits: %(count)s of %(total)s.", count=found, total=total))
    else:
        head = finding("no_signal", _("No signal: the gaps vary as they would by chance."))
    return GapChart(kind, tuple(series.tolist()), centre, lower, upper, direction, (head, *told))
