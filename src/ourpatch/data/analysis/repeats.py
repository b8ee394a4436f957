"""Repeat victims and repeat places: how many, how often, how soon again, and what chance alone would give.

A count of repeats means little by itself: throw enough incidents at enough doors and some are hit twice. So the table
stands beside the one that chance gives when every place is equally at risk, and the times to the next incident beside those
of the same incidents with their times shared out afresh, which also allows for a period that cuts long waits off. Sources:
Farrell and Pease 1993, 2003; Johnson 2008; anchors 3.2.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.bands import Band, band_edges, time_band
from ourpatch.data.analysis.distributions import binomial_sf, poisson_sf
from ourpatch.data.analysis.moments import MONTHS_ONLY, moments, only_months
from ourpatch.data.analysis.multiplicity import false_discovery
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table
from ourpatch.data.store.rules import PlacePrecision, TimePrecision
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

LONGEST = 5
WAIT_EDGES = (0.0, 7.0, 14.0, 28.0, 56.0, 84.0, 182.0)
PERMUTATIONS = 999
SEED = 1
ALPHA = 0.05

Of = Literal["places", "people"]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Times:
    """Those that were hit this many `times` (the last row: or more): how many, their incidents, the shares of each, and
    how many chance leads to expect (None where the number at risk is not known).
    """

    times: int
    or_more: bool
    those: int
    share_of_those: float
    incidents: int
    share_of_incidents: float
    expected_those: float | None
    expected_incidents: float | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Waits from one incident to the next at the same place or to the same person, by band of days: how many, what share,
    how many chance leads to expect, and p (one-sided, more than chance) with q.
    """

    band: Band
    count: int
    share: float
    expected: float
    p: float
    q: float


@dataclass(frozen=True, slots=True)
class Repeats:
    """`again`: incidents after the first at the same place or to the same person; `expected_again` and `p`: what chance
    gives when all at risk are equally so, and how often it gives as many (at most).
    """

    of: Of
    rows: tuple[Times, ...]
    waits: tuple[Wait, ...]
    incidents: int
    those: int
    again: int
    at_risk: int | None
    expected_again: float | None
    p: float | None
    left_out: int
    permutations: int
    seed: int
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """How many were hit how often; shares from 0 to 1."""
        heads = (
            _("Times"),
            _("Places") if self.of == "places" else _("People"),
            _("Share of them"),
            _("Incidents"),
            _("Share of incidents"),
            _("By chance"),
            _("Incidents by chance"),
        )
        rows = [
            (
                _("%(times)s or more", times=one.times) if one.or_more else one.times,
                one.those,
                one.share_of_those,
                one.incidents,
                one.share_of_incidents,
                one.expected_those,
                one.expected_incidents,
            )
            for one in self.rows
        ]
        return Table(heads, tuple(rows))

    def wait_table(self) -> Table:
        """How long it was from one incident to the next; empty where times are not known well enough."""
        heads = (_("Wait"), _("Repeats"), _("Share"), _("By chance"), _("p"), _("Adjusted p"))
        rows = [(one.band.label, one.count, one.share, one.expected, one.p, one.q) for one in self.waits]
        return Table(heads, tuple(rows))


def repeats(
    who: Sequence[Hashable | None],
    starts: npt.ArrayLike | None = None,
    ends: npt.ArrayLike | None = None,
    *,
    of: Of = "places",
    at_risk: int | None = None,
    longest: int = LONGEST,
    wait_edges: Sequence[float] = WAIT_EDGES,
    precision: TimePrecision | None = None,
    place_precision: PlacePrecision | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> Repeats:
    """Tables of repeats from one key (an address's, a pseudonym) and, if known, one time for each incident.

    An incident whose key is None or empty is left out and counted. `at_risk`: how many places or people there are, hit or
    not. `longest`: the row that takes in all above. `wait_edges`: days, from 0; the last band has no end. Times as
    `near_repeat` takes them; where they are months only, the waits are left out and the result says why.
    `place_precision`: what the keys of places stand for, if the source says so. Raises BadInput
    for no incident with a key, fewer at risk than were hit, or times that do not fit.
    """
    known, keys = _numbered(who)
    hits = np.bincount(keys)
    _check(len(keys), len(hits), at_risk, longest, permutations)
    waits, told = _waits(known, keys, starts, ends, band_edges(wait_edges), precision, permutations, seed)
    n, those = len(keys), len(hits)
    expected = _expected_again(n, at_risk) if at_risk is not None else None
    found = Repeats(
        of=of,
        rows=tuple(_row(hits, times, longest, n, at_risk) for times in range(1, longest + 1)),
        waits=waits,
        incidents=n,
        those=those,
        again=n - those,
        at_risk=at_risk,
        expected_again=expected,
        p=poisson_sf(n - those - 1, expected) if expected is not None else None,
        left_out=len(known) - n,
        permutations=permutations,
        seed=seed,
        sentences=(),
    )
    sentences = (*_findings(found), *_wait_findings(found), *_choices(found), *told, *_cautions(found, place_precision))
    return replace(found, sentences=sentences)


# --- how often --------------------------------------------------------------------------------------------------------


def _numbered(who: Sequence[Hashable | None]) -> tuple[npt.NDArray[np.bool_], Integers]:
    """Which incidents have a key, and for those a number from 0 for each key."""
    known = np.array([not (one is None or one == "" or one != one) for one in who], dtype=np.bool_)
    names = [one for one, has in zip(who, known.tolist(), strict=True) if has]
    number = {name: i for i, name in enumerate(dict.fromkeys(names))}
    return known, np.array([number[name] for name in names], dtype=np.int64)


def _check(incidents: int, those: int, at_risk: int | None, longest: int, permutations: int) -> None:
    if not incidents:
        raise BadInput(_("No incident says where or to whom it happened: there is nothing to count."))
    if at_risk is not None and at_risk < max(those, 2):
        raise BadInput(
            _("%(those)s were hit, so at least as many were at risk: give the number of all, hit or not.", those=those)
        )
    if longest < 2 or permutations < 1:
        raise BadInput(_("Ask for rows up to two times or more, and for one permutation or more."))


def _row(hits: Integers, times: int, longest: int, incidents: int, at_risk: int | None) -> Times:
    last = times == longest
    these = hits[hits >= times] if last else hits[hits == times]
    those, theirs = len(these), int(these.sum())
    return Times(
        times=times,
        or_more=last,
        those=those,
        share_of_those=those / len(hits),
        incidents=theirs,
        share_of_incidents=theirs / incidents,
        expected_those=None if at_risk is None else _expected_those(incidents, at_risk, times, last),
        expected_incidents=None if at_risk is None else _expected_incidents(incidents, at_risk, times, last),
    )


def _expected_those(incidents: int, at_risk: int, times: int, or_more: bool) -> float:
    more = 0.0 if or_more else binomial_sf(times, incidents, 1 / at_risk)
    return at_risk * (binomial_sf(times - 1, incidents, 1 / at_risk) - more)


def _expected_incidents(incidents: int, at_risk: int, times: int, or_more: bool) -> float:
    """Seen from one incident: how likely it is that so many of the others fell on the same place."""
    more = 0.0 if or_more else binomial_sf(times - 1, incidents - 1, 1 / at_risk)
    return incidents * (binomial_sf(times - 2, incidents - 1, 1 / at_risk) - more)


def _expected_again(incidents: int, at_risk: int) -> float:
    return incidents + at_risk * math.expm1(incidents * math.log1p(-1 / at_risk))


# --- how soon ---------------------------------------------------------------------------------------------------------


def _waits(
    known: npt.NDArray[np.bool_],
    keys: Integers,
    starts: npt.ArrayLike | None,
    ends: npt.ArrayLike | None,
    edges: Floats,
    precision: TimePrecision | None,
    permutations: int,
    seed: int,
) -> tuple[tuple[Wait, ...], list[Sentence]]:
    if starts is None:
        return (), []
    begun, ended = np.asarray(starts), None if ends is None else np.asarray(ends)
    if begun.shape != known.shape or (ended is not None and ended.shape != known.shape):
        raise BadInput(_("Give one time for each incident."))
    if only_months(begun, precision):
        return (), [caution("no_waits", MONTHS_ONLY)]
    when = moments(begun[known], None if ended is None else ended[known], precision, float(np.diff(edges).min()))
    told = []
    if not when.kept.all():
        text = _(
            "Incidents without a time that is narrow enough, left out of the waits: %(count)s.",
            count=int((~when.kept).sum()),
        )
        told.append(caution("wide_times", text))
    times = when.values[when.kept]
    return _wait_table(keys[when.kept], times - times.min(), edges, when.per_day, permutations, seed), told


def _wait_table(
    keys: Integers, times: Floats, edges: Floats, per_day: int, permutations: int, seed: int
) -> tuple[Wait, ...]:
    keys, times = _in_one_order(keys, times)
    same = keys[1:] == keys[:-1]
    if not same.any():
        return ()
    # One sort orders every key's times at once: each key has a stretch of the line to itself.
    offset = keys * (times.max() + 1)
    limits = np.append(edges * per_day, np.inf)

    def count(moments: Floats) -> Integers:
        gaps = np.diff(np.sort(offset + moments))[same]
        return np.diff([int((gaps < limit).sum()) for limit in limits])

    observed = count(times)
    generator = np.random.default_rng(seed)
    total, reached = np.zeros(len(observed)), np.ones(len(observed))
    for _permutation in range(permutations):
        chance = count(generator.permutation(times))
        total += chance
        reached += chance >= observed
    p = reached / (permutations + 1)
    q = false_discovery(p)
    uppers = [*edges[1:].tolist(), None]
    return tuple(
        Wait(time_band(lower, upper), int(o), float(o / same.sum()), float(e / permutations), float(a), float(b))
        for lower, upper, o, e, a, b in zip(edges.tolist(), uppers, observed, total, p, q, strict=True)
    )


def _in_one_order(keys: Integers, times: Floats) -> tuple[Integers, Floats]:
    """Whatever the order of the incidents and the names of the keys, the same histories meet the same permutations."""
    order = np.lexsort((times, keys))
    starts = np.flatnonzero(np.diff(keys[order])) + 1
    histories = sorted(
        (history.tolist() for history in np.split(times[order], starts)), key=lambda one: (len(one), one)
    )
    lengths = [len(history) for history in histories]
    return np.repeat(np.arange(len(lengths)), lengths), np.array([t for history in histories for t in history])


# --- words ------------------------------------------------------------------------------------------------------------


def _findings(found: Repeats) -> list[Sentence]:
    values: dict[str, object] = {
        "again": f"{found.again:,}",
        "incidents": f"{found.incidents:,}",
        "share": 100 * found.again / found.incidents,
    }
    told = [
        finding(
            "again",
            _("%(again)s of %(incidents)s incidents (%(share).0f%%) came after another at the same place.", **values),
        )
        if found.of == "places"
        else finding(
            "again",
            _("%(again)s of %(incidents)s incidents (%(share).0f%%) came after another to the same person.", **values),
        )
    ]
    once = found.rows[0]
    told.append(
        finding(
            "share",
            _(
                "Those hit twice or more are %(those).0f%% of all that were hit, and had %(incidents).0f%% of the incidents.",
                those=100 * (1 - once.share_of_those),
                incidents=100 * (1 - once.share_of_incidents),
            ),
        )
    )
    if found.expected_again is not None:
        told.append(_against_chance(found, found.expected_again))
    return told


def _against_chance(found: Repeats, expected: float) -> Sentence:
    values: dict[str, object] = {
        "at_risk": f"{found.at_risk:,}",
        "expected": expected,
        "again": f"{found.again:,}",
        "p": max(found.p or 0.0, 1e-4),
    }
    if found.p is not None and found.p <= ALPHA:
        text = _(
            "Chance alone, with %(at_risk)s equally at risk, would give about %(expected).1f such incidents; as many as "
            "%(again)s it seldom gives (p at most %(p).2g).",
            **values,
        )
        return finding("more_than_chance", text)
    text = _(
        "Chance alone, with %(at_risk)s equally at risk, would give about %(expected).1f such incidents: more than chance is "
        "not shown.",
        **values,
    )
    return finding("not_more_than_chance", text)


def _wait_findings(found: Repeats) -> list[Sentence]:
    if not found.waits:
        return []
    sooner = [wait for wait in found.waits if wait.q <= ALPHA and wait.count > wait.expected]
    if not sooner:
        return [finding("no_wait", _("No band of waits holds more than chance often makes: no rhythm is shown."))]
    first = sooner[0]
    text = _(
        "%(count)s of %(all)s waits to the next incident were %(band)s, where chance leads to expect %(expected).1f "
        "(p %(p).3g, %(q).3g when adjusted).",
        count=f"{first.count:,}",
        all=f"{sum(wait.count for wait in found.waits):,}",
        band=first.band.label,
        expected=first.expected,
        p=first.p,
        q=first.q,
    )
    return [finding("wait", text)]


def _choices(found: Repeats) -> list[Sentence]:
    told = [choice("keys", _("The same means the same key: spelt in two ways, one place or person counts as two."))]
    if found.waits:
        text = _(
            "Waits by chance: the times were shared out among the incidents %(count)s times (seed %(seed)s). Bands hold their "
            "lower edge and not their upper edge.",
            count=f"{found.permutations:,}",
            seed=found.seed,
        )
        told.append(choice("waits", text))
    return told


def _cautions(found: Repeats, place: PlacePrecision | None) -> list[Sentence]:
    told = []
    if found.of == "places" and place not in (None, PlacePrecision.EXACT, PlacePrecision.ADDRESS):
        text = _(
            "These places are not addresses: each stands for several, so what looks like a repeat may be a neighbour."
        )
        told.append(caution("not_addresses", text))
    if found.at_risk is None:
        text = _("How many were at risk was not given, so the number of repeats cannot be held against chance.")
        told.append(caution("no_chance", text))
    else:
        text = _(
            "Not all are equally at risk: a shop, a hospital or a block of flats under one address is hit more often than a "
            "house, without one incident leading to another."
        )
        told.append(caution("not_equal", text))
    if found.left_out:
        text = _("Incidents without a key, left out: %(count)s.", count=f"{found.left_out:,}")
        told.append(caution("left_out", text))
    text = _("What happened before the period is not known, so the first incident in it may be a repeat too.")
    return [*told, caution("period", text)]
