"""Areas against what the mix of people who live in them would lead one to expect, stratum by stratum.

Poorer places have more recorded of most kinds, wherever they are. Standardising says whether an area has more than others of the
same mix; it does not say that the mix excuses anything, nor that what is left is anybody's doing. The stratum's rate comes from
all areas together, the area itself among them, so that what is expected adds up to what was recorded. Sources: Breslow and Day
1987 (indirect standardisation); Dobson and others 1991 (the direct rate's interval); Benjamini and Hochberg 1995.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.distributions import Interval, poisson_cdf, poisson_sf
from ourpatch.data.analysis.multiplicity import false_discovery
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.standardised import direct_rate, indirect_ratio
from ourpatch.data.analysis.tables import Table, Value
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

ALPHA = 0.05
FEWEST_INCIDENTS = 20
FEWEST_PEOPLE = 500
FEW = 10
SMALLEST_P = 1e-15

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum over all areas: its people, incidents and yearly rate."""

    name: Message
    people: float
    incidents: int
    rate: float


@dataclass(frozen=True, slots=True)
class AreaRatio:
    """One area: recorded over expected with its interval, exact p (two-sided, the expected taken as known) and q; its crude rate,
    and the rate that the whole place would have at the area's rates by stratum, None where the area has nobody in some stratum.
    """

    key: str
    people: float
    observed: int
    expected: float
    ratio: float
    interval: Interval
    p: float
    q: float
    crude: float
    direct: float | None
    direct_interval: Interval | None

    @property
    def apart(self) -> bool:
        """Whether it differs from what is expected by more than chance, with all areas asked at once."""
        return self.q <= ALPHA


@dataclass(frozen=True, slots=True)
class AllowedFor:
    """Areas in the order given, with what their mix of strata leads one to expect; rates per `per` people a year."""

    areas: tuple[AreaRatio, ...]
    strata: tuple[Stratum, ...]
    per: float
    months: float
    spread: float
    sentences: tuple[Sentence, ...]

    def ranked(self) -> tuple[AreaRatio, ...]:
        """The areas from the one whose interval begins highest, as the highest ratios are those of the fewest."""
        return tuple(sorted(self.areas, key=lambda one: (-one.interval.lower, -one.ratio, one.key)))

    def table(self) -> Table:
        """Areas, those that are surely highest first; with directly standardised rates where any area has one."""
        heads: tuple[Message, ...] = (
            _("Area"),
            _("People"),
            _("Incidents"),
            _("Expected"),
            _("Recorded over expected"),
            _("Interval from"),
            _("Interval to"),
            _("Adjusted p"),
            _("Yearly rate"),
        )
        rows: list[tuple[Value, ...]] = [
            (
                one.key,
                round(one.people),
                one.observed,
                one.expected,
                one.ratio,
                one.interval.lower,
                one.interval.upper,
                one.q,
                one.crude,
            )
            for one in self.ranked()
        ]
        if all(one.direct is None for one in self.areas):
            return Table(heads, tuple(rows))
        heads = (*heads, _("Directly standardised rate"), _("Interval from"), _("Interval to"))
        return Table(heads, tuple((*row, *_direct(one)) for row, one in zip(rows, self.ranked(), strict=True)))

    def strata_table(self) -> Table:
        """The strata over all areas, as given."""
        heads = (_("Deprivation"), _("People"), _("Incidents"), _("Yearly rate"))
        return Table(heads, tuple((one.name, round(one.people), one.incidents, one.rate) for one in self.strata))


def _direct(one: AreaRatio) -> tuple[Value, ...]:
    if one.direct_interval is None:
        return (None,) * 3
    return one.direct, one.direct_interval.lower, one.direct_interval.upper


def allowed_for(
    keys: Sequence[str],
    names: Sequence[Message],
    counts: npt.ArrayLike,
    people: npt.ArrayLike,
    *,
    per: float = 1000,
    months: float = 12,
) -> AllowedFor:
    """Areas standardised by stratum. `counts`, `people`: shape (areas, strata); `names`: of the strata.

    A stratum in which nobody lives is left out. Raises BadInput for fewer than two areas or strata with people, counts that are
    no counts, an area without people, and strata with too few people or incidents for a rate that others can be held against.
    """
    observed, live = _figures(keys, names, counts, people)
    held = live.sum(axis=0) > 0
    observed, live = observed[:, held], live[:, held]
    called = [name for name, is_held in zip(names, held.tolist(), strict=True) if is_held]
    _refuse_sparse(called, observed.sum(axis=0), live.sum(axis=0))
    scale = per * 12.0 / months
    strata = tuple(
        Stratum(name, float(n), int(count), float(scale * count / n))
        for name, n, count in zip(called, live.sum(axis=0), observed.sum(axis=0), strict=True)
    )
    areas = [_area(key, observed[i], live[i], observed, live, scale) for i, key in enumerate(keys)]
    adjusted = false_discovery([one.p for one in areas]).tolist()
    areas = [replace(one, q=q) for one, q in zip(areas, adjusted, strict=True)]
    found = AllowedFor(tuple(areas), strata, per, months, _spread(areas), ())
    return replace(found, sentences=(*_findings(found), *_choices(found), *_cautions(found)))


def _area(key: str, own: Floats, people: Floats, every: Floats, all_people: Floats, scale: float) -> AreaRatio:
    count = int(own.sum())
    ratio = indirect_ratio(count, people, every.sum(axis=0), all_people.sum(axis=0))
    assert ratio.expected is not None
    direct = direct_rate(own, people, all_people.sum(axis=0), per=scale) if (people > 0).all() else None
    tails = poisson_cdf(count, ratio.expected), poisson_sf(count - 1, ratio.expected)
    # The far lower tail is a difference of numbers near 1: smaller than these can tell is said as this.
    p = min(1.0, max(2 * min(tails), SMALLEST_P))
    return AreaRatio(
        key=key,
        people=float(people.sum()),
        observed=count,
        expected=ratio.expected,
        ratio=ratio.value,
        interval=Interval(ratio.lower, ratio.upper, ratio.confidence),
        p=p,
        q=p,
        crude=scale * count / float(people.sum()),
        direct=None if direct is None else direct.value,
        direct_interval=None if direct is None else Interval(direct.lower, direct.upper, direct.confidence),
    )


def _spread(areas: Sequence[AreaRatio]) -> float:
    """How many times as much areas vary around what is expected as chance makes them."""
    return float(np.mean([(one.observed - one.expected) ** 2 / one.expected for one in areas]))


def _figures(
    keys: Sequence[str], names: Sequence[Message], counts: npt.ArrayLike, people: npt.ArrayLike
) -> tuple[Floats, Floats]:
    observed, live = np.asarray(counts, dtype=np.float64), np.asarray(people, dtype=np.float64)
    if observed.shape != (len(keys), len(names)) or live.shape != observed.shape or len(set(keys)) != len(keys):
        raise BadInput(_("Give each area once, with one count and one population for each stratum."))
    if not (np.isfinite(observed).all() and np.isfinite(live).all()) or (observed < 0).any() or (observed % 1).any():
        raise BadInput(_("Counts are whole numbers from zero; an area without a figure is left out, not counted as 0."))
    if (live < 0).any() or not (live.sum(axis=1) > 0).all() or len(keys) < 2:
        raise BadInput(_("Two areas or more are compared, each with people who live there."))
    if (observed[live == 0] > 0).any():
        raise BadInput(
            _("Incidents are counted in a stratum in which nobody lives: count both by the same small areas.")
        )
    return observed, live


def _refuse_sparse(names: Sequence[Message], incidents: Floats, people: Floats) -> None:
    if len(names) < 2:
        raise BadInput(
            _("Everybody here lives in one stratum of deprivation: there is no mix to allow for. Compare plain rates.")
        )
    sparse = [
        name
        for name, count, n in zip(names, incidents.tolist(), people.tolist(), strict=True)
        if count < FEWEST_INCIDENTS or n < FEWEST_PEOPLE
    ]
    if sparse:
        raise BadInput(
            _(
                "Too few people or incidents for a rate to hold others against (%(people)s people and %(incidents)s incidents "
                "are needed): %(name)s. Ask for a longer period, more categories or a larger place.",
                people=FEWEST_PEOPLE,
                incidents=FEWEST_INCIDENTS,
                name=sparse[0],
            )
        )


# --- words ------------------------------------------------------------------------------------------------------------


def _findings(found: AllowedFor) -> list[Sentence]:
    above = [one for one in found.ranked() if one.apart and one.ratio > 1]
    below = [one for one in found.areas if one.apart and one.ratio < 1]
    told = [
        finding(
            "apart",
            _(
                "More than their mix of deprivation would lead one to expect: %(above)s of %(count)s areas; fewer: %(below)s; of "
                "the rest a difference is not shown (p adjusted, 5%%).",
                above=len(above),
                below=len(below),
                count=len(found.areas),
            ),
        )
    ]
    if above:
        text = _(
            "%(area)s has %(ratio).2f times what its mix of deprivation would lead one to expect; between %(lower).2f and "
            "%(upper).2f (%(observed)s recorded, %(expected)s expected).",
            area=above[0].key,
            ratio=above[0].ratio,
            lower=above[0].interval.lower,
            upper=above[0].interval.upper,
            observed=f"{above[0].observed:,}",
            expected=f"{above[0].expected:,.0f}",
        )
        told.append(finding("first", text))
    return told


def _choices(found: AllowedFor) -> list[Sentence]:
    return [
        choice(
            "indirect",
            _(
                "Expected: each area's people by stratum times the stratum's rate over the whole place, the area itself included "
                "(indirect standardisation)."
            ),
        ),
        choice(
            "direct",
            _(
                "The directly standardised rate is what the whole place would have at the area's own rates by stratum; it is "
                "given where people of every stratum live in the area."
            ),
        ),
        choice(
            "interval",
            _(
                "Intervals (95%) are exact for the count (Poisson), of direct rates by Dobson; populations and what is expected "
                "are taken as known."
            ),
        ),
        choice(
            "rates",
            _("Yearly rates per %(per)g people. Months counted: %(months)g.", per=found.per, months=found.months),
        ),
    ]


def _cautions(found: AllowedFor) -> list[Sentence]:
    told = [
        caution("not_each_other", _("Two such ratios must not be compared with each other, only each with 1.")),
        caution(
            "not_why",
            _(
                "Allowing for deprivation does not say that it causes what was recorded, nor that what is left over is anybody's "
                "doing: who works, shops and goes out there is not in these figures."
            ),
        ),
        caution(
            "of_places",
            _(
                "Deprivation is that of the small areas where people live, not of the people who were harmed or who did harm."
            ),
        ),
    ]
    if found.spread > 1 + 2 * math.sqrt(2 / len(found.areas)):
        text = _(
            "Areas of the same mix differ %(times).1f times as much as chance makes them: a ratio beyond chance is usual here, "
            "and a question rather than a verdict.",
            times=found.spread,
        )
        told.append(caution("overdispersed", text))
    if found.months % 12:
        text = _("Less or more than whole years: these rates carry the season of their months.")
        told.append(caution("season", text))
    few = sum(one.observed < FEW for one in found.areas)
    if few:
        text = _(
            "Areas with fewer than %(few)s incidents, whose ratio can change a lot by chance: %(count)s.",
            few=FEW,
            count=few,
        )
        told.append(caution("few", text))
    return told
