"""Counts against population, with the interval that a count of that size deserves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ourpatch.data.analysis.distributions import poisson_interval
from ourpatch.data.analysis.sentences import Sentence, caution, choice
from ourpatch.data.analysis.tables import Table
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

FEW = 20


@dataclass(frozen=True, slots=True)
class Rate:
    """Incidents per `per` people per year, with its interval (exact Poisson for the count, the population taken as
    known).
    """

    value: float
    lower: float
    upper: float
    confidence: float
    count: int
    population: float
    per: int
    months: float
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """One row."""
        heads = (_("Incidents"), _("Population"), _("Yearly rate"), _("Interval from"), _("Interval to"))
        return Table(heads, ((self.count, self.population, self.value, self.lower, self.upper),))


def rate(count: int, population: float, *, per: int = 1000, months: float = 12, confidence: float = 0.95) -> Rate:
    """A yearly rate from a count over so many months. Raises BadInput when there are no people or no months to divide
    by.
    """
    for divisor in (population, months, per):
        if not math.isfinite(divisor) or divisor <= 0:
            raise BadInput(_("A rate needs a population, a number of months and a base, all above zero."))
    around = poisson_interval(count, confidence)
    scale = per / population * 12.0 / months
    return Rate(
        value=count * scale,
        lower=around.lower * scale,
        upper=around.upper * scale,
        confidence=confidence,
        count=count,
        population=population,
        per=per,
        months=months,
        sentences=tuple(_sentences(count, per, months)),
    )


def _sentences(count: int, per: int, months: float) -> list[Sentence]:
    basis = _("Yearly rate per %(per)s people. Months counted: %(months)g.", per=per, months=months)
    told = [choice("rate_per_year", basis)]
    if count < FEW:
        told.append(
            caution("rate_few", _("Based on %(count)s incidents: the rate can change a lot by chance.", count=count))
        )
    return told
