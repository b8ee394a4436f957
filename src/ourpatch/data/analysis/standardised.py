"""Rates that allow for who lives where: directly and indirectly standardised, with intervals.

A town of students and a town of pensioners differ in what happens to them before anybody has policed either. Sources:
Breslow and Day 1987 (Byar's limits); Dobson, Kuulasmaa, Eberle and Scherer 1991; Eayres 2008 (APHO technical briefing 3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.distributions import Interval, poisson_interval
from ourpatch.data.analysis.sentences import Sentence, caution, choice
from ourpatch.data.analysis.tables import Table
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

FEW = 10

Around = Literal["exact", "byar"]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Standardised:
    """A standardised rate (per `per` people) or ratio (1 = as many as expected, `per` 1) with its interval.

    `observed`: the incidents; `expected`: how many the reference rates lead to expect (ratio only).
    """

    value: float
    lower: float
    upper: float
    confidence: float
    per: float
    observed: int
    expected: float | None
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """One row; a ratio has what was expected, a rate has not."""
        heads = (_("Incidents"), _("Expected"), _("Standardised figure"), _("Interval from"), _("Interval to"))
        return Table(heads, ((self.observed, self.expected, self.value, self.lower, self.upper),))


def direct_rate(
    counts: npt.ArrayLike,
    populations: npt.ArrayLike,
    standard: npt.ArrayLike,
    *,
    per: float = 1000,
    confidence: float = 0.95,
    interval: Around = "exact",
) -> Standardised:
    """The rate that a standard population would have at this area's rates by group (age, sex, ...), with Dobson's interval.

    `counts`, `populations`, `standard`: one of each for every group, shape (groups,); the counts of as long as the rate is
    for. Raises BadInput for a group without people, counts that are no counts, or a standard of nobody.
    """
    observed, people, weights = _groups(counts, populations, standard)
    if not (weights >= 0).all() or not weights.sum() > 0:
        raise BadInput(_("The standard population cannot be negative and must not be empty."))
    share = weights / weights.sum() / people * per
    value, total = float((share * observed).sum()), int(observed.sum())
    told = [choice("direct", _DIRECT), choice("interval", _AROUND[interval])]
    if total == 0:
        # Nobody knows in which group the first incident would be: the group that counts most bounds it from above.
        upper = float(share.max()) * _interval(0, confidence, interval).upper
        told.append(
            caution("none", _("Nothing was recorded: the upper end is the most that the largest share allows."))
        )
        return Standardised(0.0, 0.0, upper, confidence, per, 0, None, tuple(told))
    around = _interval(total, confidence, interval)
    stretch = math.sqrt(float((share**2 * observed).sum()) / total)
    lower, upper = value + stretch * (around.lower - total), value + stretch * (around.upper - total)
    return Standardised(value, max(0.0, lower), upper, confidence, per, total, None, (*told, *_few(total)))


def indirect_ratio(
    count: int,
    populations: npt.ArrayLike,
    reference_counts: npt.ArrayLike,
    reference_populations: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    interval: Around = "exact",
) -> Standardised:
    """Incidents over how many there would be at the reference's rates by group: 1.2 is a fifth more than expected.

    `populations`: this area's people, `reference_*`: the reference's counts and people, shape (groups,). Raises BadInput
    as `direct_rate`, and where nothing is expected.
    """
    reference, reference_people, people = _groups(reference_counts, reference_populations, populations)
    observed = _whole(np.array([count], dtype=np.float64))
    if not (people >= 0).all():
        raise BadInput(_("A population cannot be negative."))
    expected = float((reference / reference_people * people).sum())
    if not expected > 0:
        raise BadInput(
            _("Nothing is expected at the reference's rates: choose a reference in which something happened.")
        )
    around = _interval(int(observed[0]), confidence, interval)
    told = [choice("indirect", _INDIRECT), choice("interval", _AROUND[interval]), *_few(count)]
    told.append(caution("not_each_other", _("Two such ratios must not be compared with each other, only each with 1.")))
    return Standardised(
        value=count / expected,
        lower=around.lower / expected,
        upper=around.upper / expected,
        confidence=confidence,
        per=1.0,
        observed=count,
        expected=expected,
        sentences=tuple(told),
    )


def byar_interval(count: int, confidence: float = 0.95) -> Interval:
    """Byar's approximation to the exact Poisson interval, as public health tables use it. Raises BadInput as the exact."""
    if count < 0:
        raise BadInput(_("A count cannot be negative."))
    if not 0.0 < confidence < 1.0:
        raise BadInput(_("Confidence lies between 0 and 1, for example 0.95."))
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    above = count + 1
    lower = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3 if count else 0.0
    upper = above * (1 - 1 / (9 * above) + z / (3 * math.sqrt(above))) ** 3
    # One incident: the cube of something below nought.
    return Interval(max(0.0, lower), upper, confidence)


_DIRECT = _("Directly standardised: this area's rates by group, weighted as in the standard population.")
_INDIRECT = _("Indirectly standardised: incidents over how many there would be at the reference's rates by group.")
_AROUND: dict[Around, Message] = {
    "exact": _("The interval is exact for the count (Poisson); populations are taken as known."),
    "byar": _("The interval is Byar's approximation for the count; populations are taken as known."),
}


def _interval(count: int, confidence: float, interval: Around) -> Interval:
    return poisson_interval(count, confidence) if interval == "exact" else byar_interval(count, confidence)


def _few(total: int) -> list[Sentence]:
    if total >= FEW:
        return []
    text = _("Based on fewer than %(few)s incidents: a standardised figure is not steady enough to publish.", few=FEW)
    return [caution("few", text)]


def _groups(counts: npt.ArrayLike, people: npt.ArrayLike, other: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    arrays = [np.asarray(each, dtype=np.float64) for each in (counts, people, other)]
    if arrays[0].ndim != 1 or not arrays[0].size or any(each.shape != arrays[0].shape for each in arrays):
        raise BadInput(_("Give one count, one population and one weight for each group."))
    if not all(np.isfinite(each).all() for each in arrays):
        raise BadInput(_("A figure is missing: fill it in, or join its group to another."))
    if not (arrays[1] > 0).all():
        raise BadInput(_("A group without people has no rate: join it to another."))
    return _whole(arrays[0]), arrays[1], arrays[2]


def _whole(counts: Floats) -> Floats:
    if not np.isfinite(counts).all() or (counts < 0).any() or (counts % 1).any():
        raise BadInput(_("Counts are whole numbers from zero."))
    return counts
