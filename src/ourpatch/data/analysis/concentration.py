"""How concentrated are incidents, and how much of that is only that there are fewer incidents than places?

Five burglaries cannot be spread over a thousand homes: most homes have none whatever happens. The generalised Gini compares
with the most even spread that the number of incidents allows, and the Lorenz curve stands beside what chance alone gives.
Sources: Bernasco and Steenbeek 2017 (generalised Lorenz curve and Gini; G' = max(1, places / incidents) (G - 1) + 1, without
bias times m / (m - 1), m the smaller of the two); Efron 1987 (the BCa bootstrap); anchors 3.3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.distributions import Interval
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

TOP_SHARES = (0.01, 0.05, 0.1, 0.2)
BOOTSTRAPS = 1999
SIMULATIONS = 199
SEED = 1
CONFIDENCE = 0.95
FEW = 20

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class TopShare:
    """The share of incidents that a share of places holds, those with most first, beside what chance gives: its mean and
    the middle 95% of it.
    """

    places: float
    incidents: float
    chance: float
    chance_lower: float
    chance_upper: float


@dataclass(frozen=True, slots=True)
class Concentration:
    """`gini`: the ordinary one. `generalised`: against the most even spread that the incidents allow, without bias; 0 when
    they are as even as can be, 1 when all are at one place; `interval`: by bootstrap over places (None where it cannot be
    had). `chance`: the mean of `generalised` when every place is equally at risk; `p`: how often chance gives as much (by
    simulation). `curve`, `chance_curve`: share of places, share of incidents, from the places with most.
    """

    gini: float
    generalised: float
    interval: Interval | None
    chance: float
    p: float
    tops: tuple[TopShare, ...]
    half: float
    chance_half: float
    curve: Curve
    chance_curve: Curve
    places: int
    hit: int
    incidents: int
    bootstraps: int
    simulations: int
    seed: int
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """What the busiest places hold, beside chance; shares from 0 to 1."""
        heads = (_("Share of places"), _("Share of incidents"), _("By chance"), _("Chance from"), _("Chance to"))
        rows = [(t.places, t.incidents, t.chance, t.chance_lower, t.chance_upper) for t in self.tops]
        return Table(heads, tuple(rows))


def concentration(
    counts: npt.ArrayLike,
    *,
    places: int | None = None,
    tops: tuple[float, ...] = TOP_SHARES,
    bootstraps: int = BOOTSTRAPS,
    simulations: int = SIMULATIONS,
    confidence: float = CONFIDENCE,
    seed: int = SEED,
) -> Concentration:
    """Concentration of incidents over places, from one count for each, shape (n,). `places`: how many there are, where only
    those that were hit are given. The order of the places changes nothing.

    Raises BadInput for counts that are not whole numbers from 0, for fewer than two places or two incidents, and for shares
    outside 0 to 1.
    """
    sizes, numbers = _histogram(counts, places)
    if not (all(0 < share < 1 for share in tops) and bootstraps >= 99 and simulations >= 19 and 0 < confidence < 1):
        raise BadInput(
            _("Shares and confidence lie between 0 and 1; ask for 99 bootstraps or more, and 19 simulations or more.")
        )
    n, total = int(numbers.sum()), int((sizes * numbers).sum())
    generator = np.random.default_rng(seed)
    chance = _by_chance(generator, n, total, simulations)
    mean_curve = _mean_curve(chance)
    curve = _curve(sizes, numbers)
    generalised = float(_unbiased(sizes, numbers[None, :])[0])
    ginis = np.array([_unbiased(*each)[0] for each in chance])
    found = Concentration(
        gini=float(_ginis(sizes, numbers[None, :])[0]),
        generalised=generalised,
        interval=_bca(generator, sizes, numbers, bootstraps, confidence),
        chance=float(ginis.mean()),
        p=float((1 + (ginis >= generalised - 1e-12).sum()) / (1 + simulations)),
        tops=tuple(_top(share, curve, chance) for share in tops),
        half=_places_for(0.5, curve),
        chance_half=_places_for(0.5, mean_curve),
        curve=_told(curve),
        chance_curve=_told(mean_curve),
        places=n,
        hit=int(numbers[sizes > 0].sum()),
        incidents=total,
        bootstraps=bootstraps,
        simulations=simulations,
        seed=seed,
        sentences=(),
    )
    return replace(found, sentences=(*_findings(found), *_choices(found), *_cautions(found)))


def gini(counts: npt.ArrayLike, *, places: int | None = None) -> float:
    """The ordinary Gini coefficient. Raises BadInput as `concentration`."""
    sizes, numbers = _histogram(counts, places)
    return float(_ginis(sizes, numbers[None, :])[0])


def generalised_gini(counts: npt.ArrayLike, *, places: int | None = None, unbiased: bool = True) -> float:
    """The generalised Gini of Bernasco and Steenbeek. Raises BadInput as `concentration`."""
    sizes, numbers = _histogram(counts, places)
    found = _unbiased(sizes, numbers[None, :]) if unbiased else _generalised(sizes, numbers[None, :])
    return float(found[0])


# --- arithmetic -------------------------------------------------------------------------------------------------------


def _histogram(counts: npt.ArrayLike, places: int | None) -> tuple[Integers, Integers]:
    """The different counts from the highest, and how many places have each."""
    given = np.asarray(counts, dtype=np.float64)
    if given.ndim != 1 or not np.isfinite(given).all() or (given < 0).any() or (given != np.round(given)).any():
        raise BadInput(_("Counts are whole numbers from zero, one for each place."))
    n = len(given) if places is None else places
    if n < len(given):
        raise BadInput(_("There are more counts than places: give the number of all places, hit or not."))
    if n < 2 or given.sum() < 2:
        raise BadInput(_("Concentration needs two places or more and two incidents or more."))
    padded = np.concatenate((given, [0.0])) if n > len(given) else given
    sizes, numbers = np.unique(padded.astype(np.int64), return_counts=True)
    numbers = numbers.astype(np.int64)
    numbers[0] += n - len(padded)
    return sizes[::-1], numbers[::-1]


def _ginis(sizes: Integers, numbers: Integers) -> Floats:
    """Gini of each row of `numbers`, shape (rows, sizes), places by size from the highest."""
    numbers = numbers.astype(np.float64)
    n = numbers.sum(axis=1)
    total = numbers @ sizes
    before = np.cumsum(numbers, axis=1) - numbers
    # The sum of rank times count, ranks from 1 at the highest: a run of equals has its ranks' mean.
    ranked = (numbers * (before + (numbers + 1) / 2)) @ sizes
    return np.asarray((n + 1 - 2 * ranked / total) / n, dtype=np.float64)


def _generalised(sizes: Integers, numbers: Integers) -> Floats:
    n, total = numbers.sum(axis=1), numbers @ sizes
    return np.asarray(np.maximum(1.0, n / total) * (_ginis(sizes, numbers) - 1) + 1)


def _unbiased(sizes: Integers, numbers: Integers) -> Floats:
    smaller = np.minimum(numbers.sum(axis=1), numbers @ sizes)
    found: Floats = _generalised(sizes, numbers) * smaller / (smaller - 1.0)
    return found


def _bca(
    generator: np.random.Generator, sizes: Integers, numbers: Integers, bootstraps: int, confidence: float
) -> Interval | None:
    """Bias-corrected and accelerated bootstrap interval over places; None where too little varies."""
    n = int(numbers.sum())
    drawn = generator.multinomial(n, numbers / n, size=bootstraps)
    drawn = drawn[drawn @ sizes >= 2]
    if len(drawn) < bootstraps // 2:
        return None
    ginis = np.sort(_unbiased(sizes, drawn))
    here = float(_unbiased(sizes, numbers[None, :])[0])
    # Ties count half: with few incidents many bootstraps agree with the data.
    below = float((ginis < here - 1e-12).mean() + (np.abs(ginis - here) <= 1e-12).mean() / 2)
    if not 0 < below < 1 or ginis[0] == ginis[-1]:
        return None
    normal = NormalDist()
    bias, bend = normal.inv_cdf(below), _acceleration(sizes, numbers)
    at = []
    for share in ((1 - confidence) / 2, (1 + confidence) / 2):
        z = bias + normal.inv_cdf(share)
        at.append(normal.cdf(bias + z / (1 - bend * z)))
    lower, upper = np.quantile(ginis, at).tolist()
    return Interval(max(lower, 0.0), min(upper, 1.0), confidence)


def _acceleration(sizes: Integers, numbers: Integers) -> float:
    """From leaving out each place in turn; places with the same count are left out once, and counted as many times."""
    left = numbers[None, :] - np.eye(len(sizes), dtype=np.int64)
    fit = np.minimum(left.sum(axis=1), left @ sizes) >= 2
    if not fit.any():
        return 0.0
    ginis, weight = _unbiased(sizes, left[fit]), numbers[fit].astype(np.float64)
    apart = np.average(ginis, weights=weight) - ginis
    squares = float((weight * apart**2).sum())
    return float((weight * apart**3).sum()) / (6 * squares**1.5) if squares > 0 else 0.0


def _curve(sizes: Integers, numbers: Integers) -> tuple[Floats, Floats]:
    """Corners of the Lorenz curve from the places with most: shares of places, shares of incidents."""
    held = numbers * sizes
    places = np.concatenate(([0.0], np.cumsum(numbers) / numbers.sum()))
    return places, np.concatenate(([0.0], np.cumsum(held) / held.sum()))


def _by_chance(generator: np.random.Generator, n: int, total: int, times: int) -> list[tuple[Integers, Integers]]:
    """Histograms of incidents that fell on places by chance, each as likely as another."""
    found = []
    for _time in range(times):
        hits = np.bincount(np.bincount(generator.integers(0, n, total), minlength=n))
        sizes = np.flatnonzero(hits)[::-1]
        found.append((sizes.astype(np.int64), hits[sizes][None, :].astype(np.int64)))
    return found


def _mean_curve(chance: list[tuple[Integers, Integers]]) -> tuple[Floats, Floats]:
    curves = [_curve(sizes, numbers[0]) for sizes, numbers in chance]
    places = np.unique(np.concatenate([np.linspace(0, 1, 201), curves[0][0]]))
    return places, np.mean([np.interp(places, *each) for each in curves], axis=0)


def _top(share: float, curve: tuple[Floats, Floats], chance: list[tuple[Integers, Integers]]) -> TopShare:
    by_chance = np.array([np.interp(share, *_curve(sizes, numbers[0])) for sizes, numbers in chance])
    lower, upper = np.quantile(by_chance, [0.025, 0.975]).tolist()
    return TopShare(share, float(np.interp(share, *curve)), float(by_chance.mean()), lower, upper)


def _places_for(share: float, curve: tuple[Floats, Floats]) -> float:
    """The smallest share of places that holds this share of incidents."""
    return float(np.interp(share, curve[1], curve[0]))


def _told(curve: tuple[Floats, Floats]) -> Curve:
    return tuple(zip(curve[0].tolist(), curve[1].tolist(), strict=True))


# --- words ------------------------------------------------------------------------------------------------------------


def _findings(found: Concentration) -> list[Sentence]:
    told = [
        finding(
            "top",
            _(
                "The busiest %(places)g%% of places hold %(incidents).1f%% of incidents; chance alone would give them "
                "%(chance).1f%%.",
                places=100 * top.places,
                incidents=100 * top.incidents,
                chance=100 * top.chance,
            ),
        )
        for top in found.tops
    ]
    half = _(
        "Half of the incidents are at %(half).2g%% of places; by chance alone half would be at %(chance).2g%%.",
        half=100 * found.half,
        chance=100 * found.chance_half,
    )
    return [*told, finding("half", half), _gini_sentence(found)]


def _gini_sentence(found: Concentration) -> Sentence:
    values: dict[str, object] = {"gini": found.generalised, "chance": found.chance, "p": found.p}
    if found.p > 1 - CONFIDENCE:
        text = _(
            "Generalised Gini %(gini).2f, where chance alone gives %(chance).2f on average: more concentration than chance is "
            "not shown.",
            **values,
        )
        return finding("not_more_than_chance", text)
    if found.interval is None:
        text = _("Generalised Gini %(gini).2f, where chance alone gives %(chance).2f on average (p %(p).2g).", **values)
        return finding("gini", text)
    text = _(
        "Generalised Gini %(gini).3f (%(share)g%% interval %(lower).3f to %(upper).3f), where chance alone gives %(chance).2f on "
        "average (p %(p).2g).",
        share=100 * found.interval.confidence,
        lower=found.interval.lower,
        upper=found.interval.upper,
        **values,
    )
    return finding("gini", text)


def _choices(found: Concentration) -> list[Sentence]:
    basis = _(
        "%(incidents)s incidents over %(places)s places, %(hit)s of them hit. 0 is about as even as so many incidents can be, 1 "
        "is all at one place (Bernasco and Steenbeek 2017).",
        incidents=f"{found.incidents:,}",
        places=f"{found.places:,}",
        hit=f"{found.hit:,}",
    )
    chance = _(
        "Chance: each incident falls on any place alike, %(count)s times (seed %(seed)s); the interval comes from %(bootstraps)s "
        "bootstraps over places.",
        count=found.simulations,
        seed=found.seed,
        bootstraps=f"{found.bootstraps:,}",
    )
    return [choice("basis", basis), choice("chance", chance)]


def _cautions(found: Concentration) -> list[Sentence]:
    text = _(
        "Places differ: a hospital, a shopping street or a long road is hit more often than a house without anything being "
        "amiss. More concentration than chance is usual, and this does not say where or why."
    )
    told = [caution("places_differ", text)]
    if found.hit == found.places:
        text = _("Every place was hit: if places without incidents were left out, give the number of all.")
        told.append(caution("all_hit", text))
    if found.incidents < FEW:
        text = _("Only %(count)s incidents: the figures can change a lot by chance.", count=found.incidents)
        told.append(caution("few", text))
    if found.interval is None:
        told.append(caution("no_interval", _("Too little varies among these places for an interval.")))
    return told
