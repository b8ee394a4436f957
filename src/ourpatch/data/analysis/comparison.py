"""Compared with places like ours: which areas are most similar, and how a rate stands among theirs.

Similarity is distance between standardised indicators of who lives where and how, the published way of CIPFA's and the
Office for National Statistics' nearest neighbours and the idea behind the Home Office's most similar groups (whose own
variables and weights are the Home Office's: this is not that list). It says nothing about crime: an area is compared with
others like it so that what is left to explain is worth asking about.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.distributions import Interval, binomial_cdf, binomial_interval, binomial_sf
from ourpatch.data.analysis.likeness import Floats, distances, shares_of, standardised, table_of
from ourpatch.data.analysis.multiplicity import false_discovery
from ourpatch.data.analysis.rates import Rate, rate
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table, Value
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

GROUP_SIZE = 14
ALPHA = 0.05
UNUSUAL = 0.95


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A similar area: `distance` in standard deviations (root mean square over the indicators), `differences` by indicator
    (its value less the target's, in standard deviations), and `stays`: in how many of the lists with one indicator left
    out it is found as well.
    """

    key: str
    distance: float
    differences: tuple[float, ...]
    stays: int


@dataclass(frozen=True, slots=True)
class MostSimilar:
    """The most similar areas, nearest first. `indicators` and `weights` (which add up to 1) in one order; `left_out`: areas
    without a value for every indicator.
    """

    target: str
    neighbours: tuple[Neighbour, ...]
    indicators: tuple[str, ...]
    weights: tuple[float, ...]
    left_out: tuple[str, ...]
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """Similar areas, nearest first; an indicator's column holds the difference from the target in standard deviations."""
        own = (_("%(indicator)s (difference)", indicator=name) for name in self.indicators)
        heads = (_("Area"), _("Distance"), _("Found with an indicator left out (times)"), *own)
        return Table(heads, tuple((n.key, n.distance, n.stays, *n.differences) for n in self.neighbours))


@dataclass(frozen=True, slots=True)
class Compared:
    """One area's rate beside the target's: `ratio` (target's over its), exact p (two-sided, chance of the counts only) and
    q, adjusted for asking about every area.
    """

    key: str
    rate: Rate
    ratio: float | None
    p: float
    q: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The target's rate among those of similar areas. `together`: the others as one; `ratio`: target's over theirs, None
    where they have none, with its exact interval for chance. `rank`: 1 is the highest, equals share one.
    """

    target: str
    rate: Rate
    together: Rate
    ratio: float | None
    interval: Interval
    rank: int
    others: tuple[Compared, ...]
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """The target, the others as one, then each of them from the highest rate. Ratios are the target's over theirs."""
        heads = (
            _("Area"),
            _("Incidents"),
            _("Population"),
            _("Yearly rate"),
            _("Interval from"),
            _("Interval to"),
            _("Ratio to it"),
            _("Adjusted p"),
        )
        others = sorted(self.others, key=lambda one: (-one.rate.value, one.key))
        rows: list[tuple[Value, ...]] = [
            (self.target, *_figures(self.rate), None, None),
            (_("Similar areas together"), *_figures(self.together), self.ratio, None),
            *((one.key, *_figures(one.rate), one.ratio, one.q) for one in others),
        ]
        return Table(heads, tuple(rows))


def _figures(of: Rate) -> tuple[int, float, float, float, float]:
    return of.count, of.population, of.value, of.lower, of.upper


def most_similar(
    target: str,
    areas: Sequence[str],
    indicators: Mapping[str, npt.ArrayLike],
    *,
    size: int = GROUP_SIZE,
    weights: Mapping[str, float] | None = None,
) -> MostSimilar:
    """The `size` areas most like the target by named indicators (each of shape (areas,), NaN where missing).

    Indicators are standardised over all areas given (mean 0, standard deviation 1) and count alike unless `weights` says
    otherwise. Raises BadInput for fewer than two indicators, a target without all its values, an indicator that is the same
    everywhere, or too few areas.
    """
    names, table = table_of(areas, indicators, least=2)
    share = shares_of(names, weights)
    whole: npt.NDArray[np.bool_] = np.asarray(np.isfinite(table).all(axis=1))
    keys = [str(area) for area, complete in zip(areas, whole.tolist(), strict=True) if complete]
    if target not in keys:
        raise BadInput(_("%(area)s is not among the areas with a value for every indicator.", area=target))
    if not 1 <= size < len(keys):
        raise BadInput(_("Ask for at least one similar area and fewer than there are: %(count)s.", count=len(keys) - 1))
    standard = standardised(table[whole], names)
    gaps = standard - standard[keys.index(target)]
    order = _nearest(gaps, share, keys, target)[:size]
    without = [_nearest(gaps, _less(share, k), keys, target)[:size] for k in range(len(names))]
    neighbours = tuple(
        Neighbour(
            key=keys[i],
            distance=float(distances(gaps[i], share)),
            differences=tuple(gaps[i].tolist()),
            stays=sum(i in others for others in without),
        )
        for i in order
    )
    left_out = tuple(str(area) for area, complete in zip(areas, whole.tolist(), strict=True) if not complete)
    lonely = _loneliness(standard, share, keys.index(target))
    told = _similar_words(target, neighbours, names, left_out, lonely, weights is not None)
    return MostSimilar(target, neighbours, names, tuple(share.tolist()), left_out, tuple(told))


def compare_rates(
    target: str,
    areas: Sequence[str],
    counts: Sequence[int],
    populations: Sequence[float],
    *,
    per: int = 1000,
    months: float = 12,
    confidence: float = 0.95,
) -> Comparison:
    """The target's rate among those of its group (`areas` holds the target and the others; one count and one population
    each). Raises BadInput for a target that is not among them, nobody to compare with, or what `rate` refuses.
    """
    if len(set(areas)) != len(areas) or not len(areas) == len(counts) == len(populations):
        raise BadInput(_("Give each area once, with one count and one population."))
    if target not in areas or len(areas) < 2:
        raise BadInput(_("%(area)s must be among the areas, with at least one other to compare with.", area=target))
    rates = {
        area: rate(_whole(count), population, per=per, months=months, confidence=confidence)
        for area, count, population in zip(areas, counts, populations, strict=True)
    }
    own = rates.pop(target)
    people = math.fsum(one.population for one in rates.values())
    total = sum(one.count for one in rates.values())
    together = rate(total, people, per=per, months=months, confidence=confidence)
    p = [_two_sided(own, other) for other in rates.values()]
    others = tuple(
        Compared(area, other, own.value / other.value if other.count else None, one_p, one_q)
        for (area, other), one_p, one_q in zip(rates.items(), p, false_discovery(p).tolist(), strict=True)
    )
    ratio = own.value / together.value if total else None
    interval = _ratio_interval(own, together, confidence)
    # Equal rates share a rank, whatever the last bit of a division says.
    rank = 1 + sum(other.value > own.value * (1 + 1e-12) for other in rates.values())
    told = _rate_words(target, ratio, interval, rank, others, per, months)
    return Comparison(target, own, together, ratio, interval, rank, others, tuple(told))


# --- similarity -------------------------------------------------------------------------------------------------------


def _less(share: Floats, left_out: int) -> Floats:
    rest = share.copy()
    rest[left_out] = 0.0
    return np.asarray(rest / rest.sum())


def _nearest(gaps: Floats, share: Floats, keys: Sequence[str], target: str) -> list[int]:
    """Positions of the others, nearest first; areas that are equally far in order of their keys."""
    distance = np.round(distances(gaps, share), 12)
    return sorted((i for i, key in enumerate(keys) if key != target), key=lambda i: (distance[i], keys[i]))


def _loneliness(standard: Floats, share: Floats, target: int) -> float:
    """The share of areas whose own nearest neighbour is nearer than the target's is."""
    nearest = []
    for i in range(len(standard)):
        distance = distances(standard - standard[i], share)
        distance[i] = np.inf
        nearest.append(float(distance.min()))
    return float(np.mean([near < nearest[target] - 1e-12 for near in nearest]))


def _similar_words(
    target: str,
    neighbours: tuple[Neighbour, ...],
    names: tuple[str, ...],
    left_out: tuple[str, ...],
    lonely: float,
    weighted: bool,
) -> list[Sentence]:
    steady = sum(one.stays == len(names) for one in neighbours)
    told = [
        finding(
            "nearest",
            _(
                "Most like %(area)s: %(nearest)s. Found whichever indicator is left out: %(steady)s of the %(count)s.",
                area=target,
                nearest=neighbours[0].key,
                count=len(neighbours),
                steady=steady,
            ),
        ),
        choice("distance", _how(names, weighted)),
        caution(
            "not_official",
            _(
                "This list comes from these indicators alone; it is not the Home Office's most similar group, which has "
                "variables and weights of its own."
            ),
        ),
    ]
    if lonely >= UNUSUAL:
        text = _("%(area)s is unlike most: hardly an area is as far from its nearest. Compare with care.", area=target)
        told.append(caution("unusual", text))
    if left_out:
        text = _("Areas left out because a value is missing: %(count)s.", count=len(left_out))
        told.append(caution("left_out", text))
    return told


def _how(names: tuple[str, ...], weighted: bool) -> Message:
    listed = {"count": len(names), "names": ", ".join(names)}
    if weighted:
        return _(
            "Similar means near in %(count)s indicators, each standardised over all areas and weighted as chosen: %(names)s.",
            **listed,
        )
    return _(
        "Similar means near in %(count)s indicators, each standardised over all areas and counted alike: %(names)s.",
        **listed,
    )


# --- rates ------------------------------------------------------------------------------------------------------------


def _whole(count: float) -> int:
    if not math.isfinite(count) or count < 0 or count != int(count):
        raise BadInput(_("Counts are whole numbers from zero."))
    return int(count)


def _two_sided(one: Rate, other: Rate) -> float:
    """Twice the smaller tail of the one's count given both, at equal rates (conditional binomial)."""
    total, share = one.count + other.count, one.population / (one.population + other.population)
    if not total:
        return 1.0
    tails = binomial_cdf(one.count, total, share), binomial_sf(one.count - 1, total, share)
    return min(1.0, 2 * min(tails))


def _ratio_interval(one: Rate, other: Rate, confidence: float) -> Interval:
    """Exact interval of the ratio of two rates (Clopper and Pearson on the one's share of both counts)."""
    total = one.count + other.count
    if not total:
        return Interval(0.0, math.inf, confidence)
    share = binomial_interval(one.count, total, confidence)
    odds = [math.inf if p >= 1 else p / (1 - p) for p in (share.lower, share.upper)]
    lower, upper = (each * other.population / one.population for each in odds)
    return Interval(lower, upper, confidence)


def _rate_words(
    target: str,
    ratio: float | None,
    interval: Interval,
    rank: int,
    others: tuple[Compared, ...],
    per: int,
    months: float,
) -> list[Sentence]:
    apart = sum(other.q <= ALPHA for other in others)
    return [
        _ratio_sentence(target, ratio, interval),
        finding(
            "rank",
            _(
                "Its rate is number %(rank)s of %(count)s from the top; from %(apart)s of the %(others)s others it differs by "
                "more than chance (p adjusted, 5%%).",
                rank=rank,
                count=len(others) + 1,
                apart=apart,
                others=len(others),
            ),
        ),
        choice("rates", _("Yearly rates per %(per)g people. Months counted: %(months)g.", per=per, months=months)),
        choice(
            "exact",
            _(
                "Intervals and tests are exact for incidents that do not hang together (one address that reports often "
                "makes them too narrow); populations are taken as known."
            ),
        ),
        caution(
            "more_than_chance",
            _(
                "Similar areas differ for many reasons besides chance: a difference is a question to ask, not a mark for how "
                "well anybody works."
            ),
        ),
    ]


def _ratio_sentence(target: str, ratio: float | None, interval: Interval) -> Sentence:
    if ratio is None:
        return finding("no_ratio", _("Nothing was recorded in the similar areas: there is no ratio to theirs."))
    if 1.0 in interval:
        text = _(
            "%(area)s has %(ratio).2f times the rate of the similar areas together (%(share)g%% interval %(lower).2f to "
            "%(upper).2f): a difference is not shown.",
            area=target,
            ratio=ratio,
            lower=interval.lower,
            upper=interval.upper,
            share=interval.confidence * 100,
        )
        return finding("not_apart", text)
    text = _(
        "%(area)s has %(ratio).2f times the rate of the similar areas together (%(share)g%% interval %(lower).2f to "
        "%(upper).2f), more of a difference than chance often makes.",
        area=target,
        ratio=ratio,
        lower=interval.lower,
        upper=interval.upper,
        share=interval.confidence * 100,
    )
    return finding("apart", text)
