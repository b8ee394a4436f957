"""Before a project starts: could its evaluation show anything? Power and the smallest reduction that would be shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

USUAL_POWER = 0.8


@dataclass(frozen=True, slots=True)
class Plan:
    """Incidents expected per month, in the area and in its comparison area (0: none), and the months on each side.

    Raises BadInput for figures that cannot be.
    """

    per_month: float
    comparison_per_month: float
    months_before: float
    months_after: float

    def __post_init__(self) -> None:
        periods = (self.per_month, self.months_before, self.months_after)
        if not all(0 < value < math.inf for value in periods) or not 0 <= self.comparison_per_month < math.inf:
            raise BadInput(_("Give incidents per month and months before and after, all above zero."))


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest reduction (0.25 is a quarter) that would be shown, None where even an end to all would not be."""

    reduction: float | None
    power: float
    confidence: float
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """One row; shares from 0 to 1."""
        heads = (_("Smallest reduction that would be shown"), _("Power"), _("Confidence"))
        return Table(heads, ((self.reduction, self.power, self.confidence),))


def power_to_show(plan: Plan, reduction: float, *, confidence: float = 0.95) -> float:
    """The chance that the weighted displacement difference would show a reduction by this share.

    Normal approximation with the variance of Wheeler and Ratcliffe (2018), independent Poisson counts, two-sided
    interval. Raises BadInput unless 0 <= reduction <= 1.
    """
    if not 0.0 <= reduction <= 1.0:
        raise BadInput(_("A reduction lies between 0 and 1, for example 0.25 for a quarter."))
    needed = NormalDist().inv_cdf(0.5 + _level(confidence) / 2.0)
    return NormalDist().cdf(_effect(plan, reduction) / _error(plan, reduction) - needed)


def smallest_reduction(plan: Plan, *, power: float = USUAL_POWER, confidence: float = 0.95) -> Smallest:
    """The smallest reduction shown with this power. Raises BadInput as `power_to_show`, and for a power that is none."""
    _level(power)
    told = [
        choice(
            "power", _("Power %(power)g%%: a reduction that is there would be shown this often.", power=power * 100)
        ),
        caution("poisson", _("Incidents are taken as independent; series of linked incidents need a larger effect.")),
    ]
    if power_to_show(plan, 1.0, confidence=confidence) < power:
        text = _("Even an end to every incident would not be shown. Wait longer, or take a larger area.")
        return Smallest(None, power, confidence, (finding("out_of_reach", text), *told))
    low, high = 0.0, 1.0
    for _halving in range(60):
        middle = (low + high) / 2.0
        enough = power_to_show(plan, middle, confidence=confidence) >= power
        low, high = (low, middle) if enough else (middle, high)
    text = _("A reduction of %(share).0f%% or more would be shown; a smaller one would probably not.", share=high * 100)
    return Smallest(high, power, confidence, (finding("smallest", text), *told))


def _effect(plan: Plan, reduction: float) -> float:
    return plan.per_month * plan.months_after * reduction


def _error(plan: Plan, reduction: float) -> float:
    scale = plan.months_after + plan.months_after**2 / plan.months_before
    return math.sqrt((plan.per_month + plan.comparison_per_month) * scale - _effect(plan, reduction))


def _level(level: float) -> float:
    if not 0.0 < level < 1.0:
        raise BadInput(_("Confidence and power lie between 0 and 1, for example 0.95."))
    return level
