"""What a survey can say: weights that match the population, what they cost, and intervals that admit it.

Raking multiplies each answer's design weight and never replaces it; every share carries its design effect and the
number of plain answers it is worth; windows that share answers are never compared as though they did not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.distributions import Interval, student_quantile
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table, yes_no
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Method = Literal["wilson", "logit"]

FEW_ANSWERS = 50
TOLERANCE = 1e-8
MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Raked:
    """Weights, one per answer, with a mean of 1, and how well they meet the targets.

    `worst_gap` is the largest difference between a weighted share and its target (0.01 is one percentage point);
    `capped` counts the answers whose weight was held at the cap. `design_weights` and `margins` (the category of each
    answer) are what it began from: an estimate with these weights counts what raking gained, if every target is met.
    """

    design_weights: tuple[float, ...]
    margins: tuple[tuple[int, ...], ...]
    weights: tuple[float, ...]
    converged: bool
    rounds: int
    worst_gap: float
    capped: int
    kish: Kish
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """How the weighting went, in one row."""
        heads = (
            _("Answers"),
            _("Worth (answers)"),
            _("Design effect"),
            _("Rounds"),
            _("Targets met"),
            _("Furthest share from its target"),
            _("Held at the cap"),
            _("Smallest weight"),
            _("Largest weight"),
        )
        cost = self.kish
        ends = (min(self.weights), max(self.weights))
        row = (cost.answers, cost.effective, cost.design_effect, self.rounds, yes_no(self.converged))
        return Table(heads, ((*row, self.worst_gap, self.capped, *ends),))


@dataclass(frozen=True, slots=True)
class Kish:
    """What unequal weights alone cost: `effective` plain answers for the `answers` that were given."""

    answers: int
    design_effect: float
    effective: float


@dataclass(frozen=True, slots=True)
class Share:
    """A weighted share (0 to 1) with its standard error, design effect, effective answers and interval."""

    value: float
    standard_error: float
    answers: int
    design_effect: float
    effective: float
    interval: Interval
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """One row; the share from 0 to 1."""
        heads = (
            _("Share"),
            _("Interval from"),
            _("Interval to"),
            _("Answers"),
            _("Worth (answers)"),
            _("Design effect"),
        )
        ends = (self.interval.lower, self.interval.upper)
        return Table(heads, ((self.value, *ends, self.answers, self.effective, self.design_effect),))


@dataclass(frozen=True, slots=True)
class Mean:
    """A weighted mean with its standard error, design effect, effective answers and interval."""

    value: float
    standard_error: float
    answers: int
    design_effect: float
    effective: float
    interval: Interval
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """One row, in the unit of the answers."""
        heads = (
            _("Mean"),
            _("Interval from"),
            _("Interval to"),
            _("Answers"),
            _("Worth (answers)"),
            _("Design effect"),
        )
        ends = (self.interval.lower, self.interval.upper)
        return Table(heads, ((self.value, *ends, self.answers, self.effective, self.design_effect),))


@dataclass(frozen=True, slots=True)
class Window:
    """A share over some waves of a survey, for example four quarters; `effective` answers as in `Share`."""

    waves: frozenset[str]
    share: float
    effective: float


@dataclass(frozen=True, slots=True)
class WindowChange:
    """Later share less earlier share with its interval; both None where the windows have a wave in common."""

    estimate: float | None
    interval: Interval | None
    shown: bool
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """One row; empty values where the windows share answers."""
        heads = (_("Change of the share"), _("Interval from"), _("Interval to"), _("Shown"))
        ends = (None, None) if self.interval is None else (self.interval.lower, self.interval.upper)
        return Table(heads, ((self.estimate, *ends, yes_no(self.shown)),))


def rake(
    design_weights: Sequence[float],
    groups: Mapping[str, Sequence[str]],
    targets: Mapping[str, Mapping[str, float]],
    *,
    cap: float | None = 5.0,
) -> Raked:
    """Weights whose shares meet the population's in every margin, begun from the design weights (Deming and Stephan
    1940).

    `groups[margin]` holds one category per answer, `targets[margin]` the population of each category (any unit).
    `cap`: no weight above so many times the mean; held in every round, so that the rest still moves towards the
    targets. Raises BadInput for weights that are not above zero, margins that do not fit, a category without a target
    or a target that nobody answers for.
    """
    weights = _weights(design_weights)
    if cap is not None and not cap > 1.0:
        raise BadInput(_("The cap on weights is a number above 1, for example 5."))
    margins = _margins(groups, targets, len(weights))
    weights = weights / weights.mean()
    began = tuple(weights.tolist())
    gap, rounds = _worst_gap(weights, margins), 0
    while gap > TOLERANCE and rounds < MOST_ROUNDS:
        weights = _one_round(weights, margins, cap)
        gap, rounds = _worst_gap(weights, margins), rounds + 1
    capped = 0 if cap is None else int((weights >= cap * (1 - 1e-9)).sum())
    converged = gap <= TOLERANCE
    cost = kish(weights.tolist())
    told = _raking_words(cap, converged, rounds, gap, capped)
    return Raked(
        design_weights=began,
        margins=tuple(tuple(codes.tolist()) for codes, _wanted in margins),
        weights=tuple(weights.tolist()),
        converged=converged,
        rounds=rounds,
        worst_gap=gap,
        capped=capped,
        kish=cost,
        sentences=(*told, _worth(cost)),
    )


def kish(weights: Sequence[float]) -> Kish:
    """Design effect of unequal weights, n * sum(w^2) / sum(w)^2 (Kish 1965). Raises BadInput as `rake`."""
    w = _weights(weights)
    effect = float(len(w) * (w**2).sum() / w.sum() ** 2)
    return Kish(len(w), effect, len(w) / effect)


def share(
    answers: npt.ArrayLike,
    weights: Sequence[float] | Raked | None = None,
    *,
    strata: Sequence[str] | None = None,
    clusters: Sequence[str] | None = None,
    drawn_from: Sequence[float] | None = None,
    members: Sequence[float] | None = None,
    among: Sequence[bool] | None = None,
    method: Method = "wilson",
    confidence: float = 0.95,
) -> Share:
    """Weighted share of yes with its interval, from one answer (0 or 1) each.

    `among`: whose answers it is about (a ward's, the women's); the others only show how the sample was drawn, and theirs
    may be missing. `drawn_from`: for each answer, how many clusters (people, where there are none) its stratum holds,
    asked or not; `members`: how many people its cluster holds, where only some were asked, at random. The standard error
    is by Taylor linearisation over clusters within strata, corrected for a finite population where `drawn_from` says how
    large it is, and then with what the second draw adds where `members` does (as R's survey::svymean with fpc of one stage
    or two); with raked weights it counts what raking gained (as after survey::calibrate). The quantile is Student's with
    clusters less strata degrees of freedom. The design effect is against a simple sample with replacement; where everybody
    agrees it is Kish's. Raises BadInput for no answers, answers that are not 0 or 1, a stratum with one cluster of several,
    a population smaller than its sample, or one that was asked whole.
    """
    sample = _sample(answers, weights, _Drawn(strata, clusters, drawn_from, members), among)
    if not np.isin(sample.values[sample.among], (0.0, 1.0)).all():
        raise BadInput(_YES_OR_NO)
    value, error, cost = _estimated(sample)
    mixed = 0.0 < value < 1.0
    used: Method = method if mixed else "wilson"
    quantile = student_quantile(0.5 + _share(confidence) / 2.0, sample.freedom)
    interval = _interval(value, cost.effective, error, quantile, confidence, used)
    told = _share_words(value, interval, cost, used, sample)
    return Share(value, error, cost.answers, cost.design_effect, cost.effective, interval, told)


def mean(
    answers: npt.ArrayLike,
    weights: Sequence[float] | Raked | None = None,
    *,
    strata: Sequence[str] | None = None,
    clusters: Sequence[str] | None = None,
    drawn_from: Sequence[float] | None = None,
    members: Sequence[float] | None = None,
    among: Sequence[bool] | None = None,
    confidence: float = 0.95,
) -> Mean:
    """Weighted mean of numbers (such as answers from 1 to 5) with Student's interval; all else as `share`. Raises BadInput
    as `share`, and for answers that are not numbers.
    """
    sample = _sample(answers, weights, _Drawn(strata, clusters, drawn_from, members), among)
    value, error, cost = _estimated(sample)
    reach = student_quantile(0.5 + _share(confidence) / 2.0, sample.freedom) * error
    interval = Interval(value - reach, value + reach, confidence)
    text = _(
        "Mean %(value).2f, between %(lower).2f and %(upper).2f (%(confidence)g%% interval).",
        value=value,
        lower=interval.lower,
        upper=interval.upper,
        confidence=confidence * 100,
    )
    told = (finding("mean", text), _worth(cost), choice("student", _STUDENT), *_base(cost, sample))
    return Mean(value, error, cost.answers, cost.design_effect, cost.effective, interval, told)


def wilson(value: float, effective: float, *, confidence: float = 0.95) -> Interval:
    """Wilson's (1927) interval for a share of so many effective answers. Raises BadInput for no share or no answers."""
    _proportion(value)
    if not 0 < effective < math.inf:
        raise BadInput(_("An interval needs at least one answer."))
    return _interval(value, effective, 0.0, NormalDist().inv_cdf(0.5 + _share(confidence) / 2.0), confidence, "wilson")


def smallest_change(
    value: float,
    answers: tuple[float, float],
    *,
    design_effect: float = 1.0,
    power: float = 0.8,
    confidence: float = 0.95,
) -> float:
    """The change of a share, up or down, that two separate samples of so many answers would show with this power.

    Normal approximation at the share `value`, both samples with the design effect. Raises BadInput for what is no
    share, no answers, or a design effect that is not above zero.
    """
    _proportion(value)
    if not all(0 < n < math.inf for n in (*answers, design_effect)):
        raise BadInput(_("Give two numbers of answers and a design effect, all above zero."))
    normal = NormalDist()
    reach = normal.inv_cdf(0.5 + _share(confidence) / 2.0) + normal.inv_cdf(_share(power))
    return reach * math.sqrt(value * (1.0 - value) * design_effect * sum(1.0 / n for n in answers))


def compare_windows(earlier: Window, later: Window, *, confidence: float = 0.95) -> WindowChange:
    """The change between two windows that have no wave in common (Newcombe 1998, from two Wilson intervals).

    Windows with a wave in common share people's answers: no interval is given, and the result says what to compare.
    Raises BadInput for a window without waves.
    """
    if not (earlier.waves and later.waves):
        raise BadInput(_("Name the waves of each window."))
    common = earlier.waves & later.waves
    if common:
        told = caution(
            "overlap",
            _(
                "The two windows share waves (%(count)s), so the same answers are in both. Compare windows with no wave "
                "in common.",
                count=len(common),
            ),
        )
        return WindowChange(None, None, False, (told,))
    before, after = (wilson(one.share, one.effective, confidence=confidence) for one in (earlier, later))
    estimate = later.share - earlier.share
    down = math.hypot(later.share - after.lower, before.upper - earlier.share)
    up = math.hypot(after.upper - later.share, earlier.share - before.lower)
    interval = Interval(estimate - down, estimate + up, confidence)
    shown = 0.0 not in interval
    text = (
        _("The share changed by more than chance often makes it.")
        if shown
        else _("A change is not shown: the difference could be chance.")
    )
    return WindowChange(estimate, interval, shown, (finding("changed" if shown else "not_shown", text),))


# --- raking -----------------------------------------------------------------------------------------------------------


def _one_round(weights: Floats, margins: Sequence[tuple[Whole, Floats]], cap: float | None) -> Floats:
    for codes, wanted in margins:
        held = np.bincount(codes, weights=weights, minlength=len(wanted)) / weights.sum()
        weights = weights * (wanted / held)[codes]
    weights = weights / weights.mean()
    return weights if cap is None else _capped(weights, cap)


def _capped(weights: Floats, cap: float) -> Floats:
    """Weights held at the cap, what is taken off shared among the others in proportion, the mean still 1."""
    while (over := weights > cap).any():
        held = weights >= cap
        weights = np.where(over, cap, weights)
        rest = len(weights) - cap * int(held.sum())
        weights = np.where(held, cap, weights * (rest / weights[~held].sum()))
    return weights


def _worst_gap(weights: Floats, margins: Sequence[tuple[Whole, Floats]]) -> float:
    return max(
        float(np.abs(np.bincount(codes, weights=weights, minlength=len(wanted)) / weights.sum() - wanted).max())
        for codes, wanted in margins
    )


def _margins(
    groups: Mapping[str, Sequence[str]], targets: Mapping[str, Mapping[str, float]], n: int
) -> list[tuple[Whole, Floats]]:
    if not groups or set(groups) != set(targets):
        raise BadInput(_("Give the same margins for the answers and for the population, at least one."))
    return [_margin(name, groups[name], targets[name], n) for name in sorted(groups)]


def _margin(name: str, given: Sequence[str], target: Mapping[str, float], n: int) -> tuple[Whole, Floats]:
    _fits(len(given), n)
    names = sorted(target)
    wanted = np.array([target[one] for one in names], dtype=np.float64)
    if not (np.isfinite(wanted).all() and (wanted > 0).all()):
        raise BadInput(_("Every target of %(margin)s is a number above zero.", margin=name))
    unmatched = sorted(set(given) ^ set(names))
    if unmatched:
        raise BadInput(
            _(
                "In %(margin)s these are only among the answers or only among the targets: %(names)s. Join them with "
                "another category.",
                margin=name,
                names=", ".join(unmatched),
            )
        )
    places = {one: i for i, one in enumerate(names)}
    return np.array([places[one] for one in given], dtype=np.int64), wanted / wanted.sum()


# --- shares -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Drawn:
    """How the sample was drawn, as the caller says it: see `share`."""

    strata: Sequence[str] | None
    clusters: Sequence[str] | None
    drawn_from: Sequence[float] | None
    members: Sequence[float] | None


@dataclass(frozen=True, slots=True)
class _Sample:
    """Answers as numbers (0 where they do not matter), and how they were drawn; `freedom`: clusters less strata among whom
    the question is asked. `raked`: margins and design weights whose gain counts. `clusters_in`: of each stratum; `people_in`:
    of each cluster; infinite where it was not said.
    """

    values: Floats
    weights: Floats
    strata: Whole
    clusters: Whole
    among: Flags
    raked: tuple[Floats, Floats] | None
    clusters_in: Floats
    people_in: Floats | None

    @property
    def freedom(self) -> int:
        return len(np.unique(self.clusters[self.among])) - len(np.unique(self.strata[self.among]))

    @property
    def stratum_of(self) -> Whole:
        """The stratum of each cluster."""
        found = np.zeros(int(self.clusters.max()) + 1, dtype=np.int64)
        found[self.clusters] = self.strata
        return found

    @property
    def left(self) -> Floats:
        """The share of each stratum's clusters that was not drawn."""
        return np.asarray(1.0 - np.bincount(self.stratum_of) / self.clusters_in)


def _sample(
    answers: npt.ArrayLike, weights: Sequence[float] | Raked | None, drawn: _Drawn, among: Sequence[bool] | None
) -> _Sample:
    values = np.array(answers, dtype=np.float64)
    n = len(values) if values.ndim == 1 else 0
    inside: Flags = np.ones(n, dtype=np.bool_) if among is None else np.asarray(among, dtype=np.bool_)
    _fits(inside.size, n)
    if not inside.any() or not np.isfinite(values[inside]).all():
        raise BadInput(_NO_ANSWERS)
    w = _weights(weights.weights if isinstance(weights, Raked) else [1.0] * n if weights is None else weights)
    layer = _codes([""] * n if drawn.strata is None else drawn.strata)
    unit = _codes([str(i) for i in range(n)] if drawn.clusters is None else drawn.clusters)
    for given in (w, layer, unit):
        _fits(len(given), n)
    nested = np.unique(layer * (n + 1) + unit, return_inverse=True)[1].astype(np.int64)
    if drawn.members is not None and (drawn.drawn_from is None or drawn.clusters is None):
        raise BadInput(
            _("How many people a cluster holds counts only beside clusters, and how many they were drawn from.")
        )
    sample = _Sample(
        values=np.where(inside, values, 0.0),
        weights=w,
        strata=layer,
        clusters=nested,
        among=inside,
        raked=_gain(weights) if isinstance(weights, Raked) else None,
        clusters_in=_sizes(drawn.drawn_from, layer),
        people_in=None if drawn.members is None else _sizes(drawn.members, nested),
    )
    _check_drawn(sample)
    return sample


def _sizes(given: Sequence[float] | None, groups: Whole) -> Floats:
    """How many each group holds, which every answer of the group must say alike; infinite where nobody says."""
    first = np.unique(groups, return_index=True)[1]
    if given is None:
        return np.full(len(first), math.inf)
    _fits(len(given), len(groups))
    sizes = np.asarray(given, dtype=np.float64)
    if not np.isfinite(sizes).all() or (sizes != sizes[first][groups]).any():
        raise BadInput(_("Give one size of the population for each stratum, and one for each cluster."))
    return sizes[first]


def _check_drawn(sample: _Sample) -> None:
    """Raises BadInput for what cannot be: more than there are, one of several, or everybody."""
    clusters, people = np.bincount(sample.stratum_of), np.bincount(sample.clusters)
    whole_clusters = clusters == sample.clusters_in
    if ((clusters < 2) & ~whole_clusters).any():
        raise BadInput(_("Each stratum needs two clusters or more: join small strata."))
    everybody = whole_clusters[sample.strata]
    if (clusters > sample.clusters_in).any():
        raise BadInput(_SMALLER)
    if sample.people_in is not None:
        whole_people = people == sample.people_in
        if (people > sample.people_in).any():
            raise BadInput(_SMALLER)
        if ((people < 2) & ~whole_people).any():
            raise BadInput(_("Each cluster of which only some were asked needs two answers or more."))
        everybody &= whole_people[sample.clusters]
    if everybody[sample.among].all():
        raise BadInput(_("Everybody was asked: chance plays no part. Give the share as it is, without an interval."))


def _codes(names: Sequence[str]) -> Whole:
    return np.unique(np.asarray(names, dtype=np.str_), return_inverse=True)[1].astype(np.int64)


def _gain(raked: Raked) -> tuple[Floats, Floats] | None:
    """Columns of the margins' categories, and design weights; none where targets were missed."""
    if not raked.converged:
        return None
    columns = [np.asarray(codes)[:, None] == np.unique(codes) for codes in raked.margins]
    return np.hstack(columns).astype(np.float64), np.asarray(raked.design_weights)


def _estimated(sample: _Sample) -> tuple[float, float, Kish]:
    """The mean, its standard error, and what the answers are worth."""
    w, inside = sample.weights, sample.among
    total = float(w[inside].sum())
    value = float((w * sample.values)[inside].sum()) / total
    apart = np.where(inside, sample.values - value, 0.0)
    variance = _taylor(w * _unexplained(apart, sample.raked) / total, sample)
    n, cost = int(inside.sum()), kish(w[inside].tolist())
    plain = float((w * apart**2).sum()) / total / max(1, n - 1)
    effect = variance / plain if plain > 0 else cost.design_effect
    return value, math.sqrt(variance), Kish(n, effect, n / effect if effect > 0 else float(n))


def _unexplained(apart: Floats, raked: tuple[Floats, Floats] | None) -> Floats:
    """What the margins leave of the differences from the mean: weights that meet them let nothing else vary (Deville and
    Saerndal 1992).
    """
    if raked is None:
        return apart
    columns, design = raked
    root = np.sqrt(design)
    explained = np.linalg.lstsq(columns * root[:, None], apart * root, rcond=None)[0]
    return np.asarray(apart - columns @ explained)


def _taylor(scores: Floats, sample: _Sample) -> float:
    """Variance of a sum of scores over clusters within strata, and over people within clusters where some were asked."""
    stratum_of, left = sample.stratum_of, sample.left
    totals = np.bincount(sample.clusters, weights=scores).astype(np.float64, copy=False)
    variance = float((left * _spread(totals, stratum_of)).sum())
    if sample.people_in is None:
        return variance
    unasked = 1.0 - np.bincount(sample.clusters) / sample.people_in
    return variance + float(((1.0 - left)[stratum_of] * unasked * _spread(scores, sample.clusters)).sum())


def _spread(totals: Floats, groups: Whole) -> Floats:
    """For each group of k totals: k times their variance, 0 for one alone."""
    count = np.bincount(groups).astype(np.float64)
    apart = totals - (np.bincount(groups, weights=totals) / count)[groups]
    return np.asarray(np.bincount(groups, weights=apart**2) * count / np.maximum(count - 1, 1))


def _interval(
    value: float, effective: float, error: float, quantile: float, confidence: float, method: Method
) -> Interval:
    if method == "logit":
        middle, reach = math.log(value / (1.0 - value)), quantile * error / (value * (1.0 - value))
        return Interval(_expit(middle - reach), _expit(middle + reach), confidence)
    square = quantile**2 / effective
    centre = (value + square / 2.0) / (1.0 + square)
    reach = quantile * math.sqrt(value * (1.0 - value) / effective + square / (4.0 * effective)) / (1.0 + square)
    return Interval(max(0.0, centre - reach), min(1.0, centre + reach), confidence)


def _expit(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value))


# --- words ------------------------------------------------------------------------------------------------------------


def _raking_words(cap: float | None, converged: bool, rounds: int, gap: float, capped: int) -> list[Sentence]:
    told = [choice("design_weights", _("Raking began from the design weights and multiplied them."))]
    if cap is not None:
        told.append(choice("cap", _("No weight may be above %(cap)g times the mean.", cap=cap)))
    if capped:
        told.append(caution("capped", _("Answers held at the cap: %(count)s.", count=capped)))
    if converged:
        told.append(
            finding("converged", _("The weights meet every target. Rounds that it took: %(rounds)s.", rounds=rounds))
        )
    else:
        told.append(
            caution(
                "not_converged",
                _(
                    "After %(rounds)s rounds the furthest share is still %(gap).2f percentage points from its target: "
                    "join small categories, drop a margin or raise the cap.",
                    rounds=rounds,
                    gap=gap * 100,
                ),
            )
        )
    return told


def _worth(cost: Kish) -> Sentence:
    text = _(
        "%(answers)s answers are worth %(effective).0f (design effect %(effect).2f).",
        answers=cost.answers,
        effective=cost.effective,
        effect=cost.design_effect,
    )
    return finding("effective", text)


def _share_words(value: float, around: Interval, cost: Kish, method: Method, sample: _Sample) -> tuple[Sentence, ...]:
    kind = {"wilson": _("Wilson's interval on effective answers."), "logit": _("Interval on the logit scale.")}[method]
    text = _(
        "%(value).0f%%, between %(lower).0f%% and %(upper).0f%% (%(confidence)g%% interval).",
        value=value * 100,
        lower=around.lower * 100,
        upper=around.upper * 100,
        confidence=around.confidence * 100,
    )
    told = [finding("share", text), _worth(cost), choice(method, kind)]
    return (*told, *_base(cost, sample))


def _base(cost: Kish, sample: _Sample) -> list[Sentence]:
    told = [choice("finite", _finite(sample))] if np.isfinite(sample.clusters_in).all() else []
    if cost.effective < FEW_ANSWERS:
        text = _("Worth fewer than %(least)s answers: do not publish this figure.", least=FEW_ANSWERS)
        told.append(caution("few_answers", text))
    if sample.freedom < 10:
        told.append(caution("few_clusters", _("Few clusters: the interval is only roughly right.")))
    return told


def _finite(sample: _Sample) -> Message:
    if sample.people_in is None:
        return _("The interval counts that the sample is a part of a population of known size.")
    return _("The interval counts that clusters, and people in them, were drawn from a population of known size.")


# --- checks -----------------------------------------------------------------------------------------------------------

_YES_OR_NO = _("Give each answer as yes or no (1 or 0), and leave out who did not answer.")
_NO_ANSWERS = _("Give each answer as yes or no (1 or 0) or as a number, and leave out who did not answer.")
_SMALLER = _("More were asked than there are: mend the size of the population.")
_STUDENT = _("Student's interval, over clusters within strata.")


def _weights(weights: Sequence[float]) -> Floats:
    w = np.asarray(weights, dtype=np.float64)
    if w.ndim != 1 or not len(w) or not np.isfinite(w).all() or not (w > 0).all():
        raise BadInput(_("Give one weight above zero for each answer, and at least one answer."))
    return w


def _fits(given: int, n: int) -> None:
    if given != n:
        raise BadInput(_("Give one value for each answer: %(given)s for %(count)s answers.", given=given, count=n))


def _proportion(value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise BadInput(_("A share lies between 0 and 1."))


def _share(level: float) -> float:
    if not 0.0 < level < 1.0:
        raise BadInput(_("Confidence and power lie between 0 and 1, for example 0.95."))
    return level
