"""Which areas to compare with? For each area where something was done, the one that was most like it before it began.

Near means near in standardised covariates and in what was recorded before: its level, and with three periods or more its
trend. How far the two groups differed before matching and after it is reported for each covariate, whatever the outcome
(Rosenbaum and Rubin 1985; Stuart 2010). Matching cannot make areas alike in what nobody measured.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.evaluation import BeforeAfter
from ourpatch.data.analysis.evaluation_designs import Matched, matched_pairs
from ourpatch.data.analysis.likeness import Floats, distances, level, standardised, table_of
from ourpatch.data.analysis.sentences import Listed, Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

BALANCED = 0.1
FAR_APART = 0.25
LEAST_FOR_TREND = 3
MOST_COMPARED = 20_000_000

_BALANCE = frozenset({"balanced", "not_balanced", "far_apart", "not_alike_before", "unmatched"})

# What is worked out from the counts before; the names are no covariate's.
LEVEL, TREND = "level before", "trend before"
NAMES: dict[str, Message] = {
    LEVEL: _("incidents a period before"),
    TREND: _("trend before (incidents a period more each period)"),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A treated area, its match, and how far apart they are in standard deviations (root mean square)."""

    treated: str
    match: str
    distance: float


@dataclass(frozen=True, slots=True)
class Balance:
    """One covariate's means: of all treated areas, of all that could be their match, of the treated areas that have one, and
    of the matches (one that serves twice counts twice).

    `before`, `after`: the standardised difference of each two means, over the spread that both groups had before matching
    (infinite where there was none and the means differ).
    """

    covariate: str
    treated: float
    pool: float
    matched: float
    matches: float
    before: float
    after: float

    @property
    def name(self) -> Message | str:
        """What the covariate is called."""
        return NAMES.get(self.covariate, self.covariate)


@dataclass(frozen=True, slots=True)
class Matching:
    """Pairs, nearest first; `unmatched`: treated areas without one; `left_out`: areas with a value missing."""

    pairs: tuple[Pair, ...]
    unmatched: tuple[str, ...]
    left_out: tuple[str, ...]
    balance: tuple[Balance, ...]
    replacement: bool
    caliper: float | None
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """The pairs, nearest first."""
        heads = (_("Where it was done"), _("Its match"), _("Distance"))
        return Table(heads, tuple((one.treated, one.match, one.distance) for one in self.pairs))

    def balance_table(self) -> Table:
        """How far the groups differ in each covariate, before matching and after."""
        heads = (
            _("Covariate"),
            _("Mean where it was done"),
            _("Mean of all others"),
            _("Difference before matching"),
            _("Mean of those with a match"),
            _("Mean of the matches"),
            _("Difference after matching"),
        )
        rows = [(b.name, b.treated, b.pool, b.before, b.matched, b.matches, b.after) for b in self.balance]
        return Table(heads, tuple(rows))


def match_areas(
    treated: Sequence[str],
    areas: Sequence[str],
    before: npt.ArrayLike,
    covariates: Mapping[str, npt.ArrayLike] | None = None,
    *,
    replacement: bool = False,
    caliper: float | None = None,
) -> Matching:
    """A match among the other `areas` for each of the `treated` (which are among them).

    `before`: what was recorded before, shape (areas,) or (areas, periods), the oldest period first; of a period without data
    NaN in every area. `covariates`: shape
    (areas,) each, NaN where missing; all count alike. The closest pair is made first, then the closest of those left;
    with `replacement` an area may be the match of several. `caliper`: no pair further apart, in standard deviations. The
    order of the areas changes nothing. Raises BadInput for treated areas that are not among the areas, nobody to match
    them with, figures that do not fit, and when no pair is near enough.
    """
    _check(treated, areas)
    names, table = table_of(areas, _indicators(before, covariates or {}, len(areas)), least=1)
    whole: npt.NDArray[np.bool_] = np.asarray(np.isfinite(table).all(axis=1))
    keys = [str(area) for area, complete in zip(areas, whole.tolist(), strict=True) if complete]
    flags = np.array([key in set(treated) for key in keys], dtype=np.bool_)
    if not flags.any() or flags.all():
        raise BadInput(_("Nobody is left to match: check which areas have a value of every covariate."))
    values = table[whole]
    pairs = _paired(keys, flags, standardised(values, names), replacement, caliper)
    if not pairs:
        raise BadInput(_("No area is near enough to any other: allow pairs that are further apart."))
    found = Matching(
        pairs=pairs,
        unmatched=tuple(sorted(set(treated) - {pair.treated for pair in pairs})),
        left_out=tuple(str(area) for area, complete in zip(areas, whole.tolist(), strict=True) if not complete),
        balance=tuple(_balances(names, values, keys, flags, pairs)),
        replacement=replacement,
        caliper=caliper,
        sentences=(),
    )
    return replace(found, sentences=(*_findings(found), *_choices(found), *_cautions(found)))


def change_of_matched(found: Matching, figures: Mapping[str, BeforeAfter], *, confidence: float = 0.95) -> Matched:
    """`matched_pairs` over the pairs that were found, with what the balance has to say: where the groups were not alike in
    what was recorded before, no change is shown. Raises BadInput for an area without
    figures, and as `matched_pairs`.
    """
    named = [key for pair in found.pairs for key in (pair.treated, pair.match)]
    without = sorted(key for key in named if key not in figures)
    if without:
        raise BadInput(_("No figures before and after are given for %(area)s.", area=without[0]))
    pairs = [(figures[pair.treated], figures[pair.match]) for pair in found.pairs]
    balance = [one for one in found.sentences if one.key in _BALANCE]
    matches = [pair.match for pair in found.pairs]
    return matched_pairs(pairs, matches=matches, balance=balance, confidence=confidence)


# --- arithmetic -------------------------------------------------------------------------------------------------------


def _check(treated: Sequence[str], areas: Sequence[str]) -> None:
    strangers = sorted(set(treated) - set(areas))
    if strangers:
        raise BadInput(_("%(area)s is not among the areas.", area=strangers[0]))
    if not treated or len(set(treated)) != len(treated):
        raise BadInput(_("Name each area where something was done once, and at least one."))
    if len(treated) * (len(areas) - len(treated)) > MOST_COMPARED:
        raise BadInput(_("So many areas cannot be compared with one another: give fewer that could be a match."))


def _indicators(before: npt.ArrayLike, covariates: Mapping[str, npt.ArrayLike], areas: int) -> dict[str, npt.ArrayLike]:
    counts = np.asarray(before, dtype=np.float64)
    if counts.ndim not in (1, 2) or len(counts) != areas or not counts.size:
        raise BadInput(_("Give what was recorded before: one row of figures for each area."))
    counts = counts.reshape(areas, -1)
    # A period without data leaves the others where they are in time; an area without it is left out later.
    periods = np.flatnonzero(~np.isnan(counts).all(axis=0))
    counts = np.take(counts, periods, axis=1) if len(periods) else counts
    derived: dict[str, npt.ArrayLike] = {LEVEL: counts.mean(axis=1)}
    if len(periods) >= LEAST_FOR_TREND:
        time = periods - periods.mean()
        derived[TREND] = counts @ time / float(time @ time)
    # What is the same everywhere tells no areas apart, and nobody chose it.
    useful = {name: column for name, column in derived.items() if not level(np.asarray(column))}
    if not useful and not covariates:
        raise BadInput(_("What was recorded before is the same everywhere: give covariates to tell areas apart."))
    return {**useful, **covariates}


def _paired(
    keys: Sequence[str], flags: npt.NDArray[np.bool_], standard: Floats, replacement: bool, caliper: float | None
) -> tuple[Pair, ...]:
    ours, others = (sorted(np.flatnonzero(which).tolist(), key=lambda i: keys[i]) for which in (flags, ~flags))
    share = np.full(standard.shape[1], 1 / standard.shape[1])
    apart = np.round([distances(standard[others] - standard[i], share) for i in ours], 12)
    left, free, pairs = set(range(len(ours))), np.ones(len(others), dtype=np.bool_), []
    # Equal distances keep the order of the keys, since the sort is stable and both sides are in it.
    for at in np.argsort(apart, axis=None, kind="stable").tolist():
        i, j = divmod(at, len(others))
        if not left or apart[i, j] > (math.inf if caliper is None else caliper):
            break
        if i in left and free[j]:
            left.remove(i)
            free[j] = replacement
            pairs.append(Pair(keys[ours[i]], keys[others[j]], float(apart[i, j])))
    return tuple(pairs)


def _balances(
    names: Sequence[str], values: Floats, keys: Sequence[str], flags: npt.NDArray[np.bool_], pairs: Sequence[Pair]
) -> list[Balance]:
    place = {key: i for i, key in enumerate(keys)}
    ours, theirs = [place[pair.treated] for pair in pairs], [place[pair.match] for pair in pairs]
    found = []
    for name, column in zip(names, values.T, strict=True):
        spread = _spread(column[flags], column[~flags])
        means = [float(column[which].mean()) for which in (flags, ~flags, ours, theirs)]
        apart = [_standardised_difference(means[k] - means[k + 1], spread) for k in (0, 2)]
        found.append(Balance(name, *means, *apart))
    return found


def _spread(treated: Floats, pool: Floats) -> float:
    """The root of the mean variance of both groups; of one alone has none."""
    variances = [float(group.var(ddof=1)) for group in (treated, pool) if len(group) > 1]
    return math.sqrt(sum(variances) / len(variances)) if variances else 0.0


def _standardised_difference(apart: float, spread: float) -> float:
    if abs(apart) <= 1e-12 * max(1.0, spread):
        return 0.0
    return apart / spread if spread > 0 else math.copysign(math.inf, apart)


# --- words ------------------------------------------------------------------------------------------------------------


def _findings(found: Matching) -> list[Sentence]:
    furthest = max(found.pairs, key=lambda pair: pair.distance)
    told = [
        finding(
            "pairs",
            _(
                "Areas with a match: %(pairs)s of %(all)s. Furthest apart: %(treated)s and %(match)s, by %(distance).2f "
                "standard deviations.",
                pairs=len(found.pairs),
                all=len(found.pairs) + len(found.unmatched),
                treated=furthest.treated,
                match=furthest.match,
                distance=furthest.distance,
            ),
        )
    ]
    off = [one for one in found.balance if abs(one.after) > BALANCED]
    if not off:
        text = _(
            "After matching no covariate differs by more than %(bound)g standard deviations: the groups were alike in what "
            "they were matched on.",
            bound=BALANCED,
        )
        return [*told, finding("balanced", text)]
    named = Listed(tuple(_("%(name)s (%(apart)s)", name=one.name, apart=_signed(one.after)) for one in off))
    text = _(
        "After matching these still differ by more than %(bound)g standard deviations, so the groups were not alike: "
        "%(names)s.",
        bound=BALANCED,
        names=named,
    )
    return [*told, caution("not_balanced", text)]


def _signed(apart: float) -> str:
    return f"{apart:+.2f}" if math.isfinite(apart) else "∞"


def _choices(found: Matching) -> list[Sentence]:
    names = Listed(tuple(one.name for one in found.balance))
    told = [
        choice(
            "covariates", _("Near means near in these, each standardised and counted alike: %(names)s.", names=names)
        ),
        choice("once", _("An area may be the match of several."))
        if found.replacement
        else choice("once", _("Each area is the match of one at most; the closest pairs were made first.")),
    ]
    if found.caliper is not None:
        text = _("No pair may be further apart than %(caliper)g standard deviations.", caliper=found.caliper)
        told.append(choice("caliper", text))
    return told


def _cautions(found: Matching) -> list[Sentence]:
    told = []
    worst = [one.name for one in found.balance if abs(one.after) > FAR_APART]
    if worst:
        text = _(
            "Too far apart for a fair comparison: %(names)s. Give more areas to choose from, allow only nearer pairs, or "
            "compare changes with great care.",
            names=Listed(tuple(worst)),
        )
        told.append(caution("far_apart", text))
    if any(abs(one.after) > FAR_APART for one in found.balance if one.covariate in NAMES):
        text = _("The groups were not alike in what was recorded before: figures after cannot show what was done.")
        told.append(caution("not_alike_before", text))
    if found.unmatched:
        text = _("Without a match, and so not compared: %(areas)s.", areas=", ".join(found.unmatched))
        told.append(caution("unmatched", text))
    if found.left_out:
        text = _("Areas left out because a value is missing: %(count)s.", count=len(found.left_out))
        told.append(caution("left_out", text))
    if TREND not in {one.covariate for one in found.balance}:
        text = _("The trend before was not matched: give three periods or more before, if there are.")
        told.append(caution("no_trend", text))
    text = _("Areas are matched on what was measured: what nobody measured may differ as before.")
    return [*told, caution("unmeasured", text)]
