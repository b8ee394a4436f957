"""What may be published of an invented force's quarter: `joint.py AREAS`, where AREAS is how many small areas it has.

Six or seven small areas make a ward, twenty wards a district, about ten small areas a neighbourhood, whose borders cut through
wards and through one small area in six. First all tables together; then, with those standing, the data corrected a little.

Prints one line: seconds of the first and of the second decision, and the figures that were withheld besides in each.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from ourpatch.data.disclosure import quarters
from ourpatch.data.disclosure.overlaps import (
    KINDS,
    NEIGHBOURHOOD,
    Area,
    Told,
    Version,
    counts_of,
    withhold_further,
    without,
)
from ourpatch.data.disclosure.quarters import Table
from ourpatch.data.disclosure.rules import MinimumCell

RULE = MinimumCell()
MONTHS = [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)]
# Of a thousand recorded incidents, by category: one is a quarter of them, several are rare.
SHARES = {
    "anti-social-behaviour": 180,
    "bicycle-theft": 10,
    "burglary": 45,
    "criminal-damage-arson": 80,
    "drugs": 30,
    "other-crime": 20,
    "other-theft": 75,
    "possession-of-weapons": 10,
    "public-order": 80,
    "robbery": 12,
    "shoplifting": 78,
    "theft-from-the-person": 15,
    "vehicle-crime": 60,
    "violent-crime": 305,
}
CATEGORIES = tuple(SHARES)
A_MONTH, A_WARD, A_DISTRICT, A_NEIGHBOURHOOD, CUT = 15.0, 6.4, 20, 10, 6
CORRECTED = 0.02


def main(areas: int) -> None:
    """Invent, decide twice, and print."""
    force = invented(areas)
    tables = tables_of(force)
    start = time.perf_counter()
    first = withhold_further([Told(area, table, 0) for area, table in tables.items()], [], [force], CATEGORIES, RULE)
    seconds = time.perf_counter() - start
    told = {area: without(table, first.withheld.get(area, frozenset())) for area, table in tables.items()}
    now = corrected(force)
    after = tables_of(now, told)
    new, before = [Told(area, table, 0) for area, table in after.items()], [Told(a, t, 1) for a, t in told.items()]
    start = time.perf_counter()
    second = withhold_further(new, before, [now, force], CATEGORIES, RULE)
    print(seconds, time.perf_counter() - start, *(sum(map(len, each.withheld.values())) for each in (first, second)))


def invented(areas: int) -> Version:
    """The counts of a force's small areas, busy and quiet ones."""
    chance = np.random.default_rng(31)
    shares = np.array(list(SHARES.values())) / sum(SHARES.values())
    counts: dict[tuple[str, str, str, str], np.ndarray] = {}
    for lsoa in range(areas):
        ward, neighbourhood = int(lsoa / A_WARD), (lsoa + A_NEIGHBOURHOOD // 3) // A_NEIGHBOURHOOD
        expected = A_MONTH * chance.gamma(1.5, 1 / 1.5) * shares * chance.gamma(4.0, 1 / 4.0, len(shares))
        parts = {neighbourhood: 0.85, neighbourhood + 1: 0.15} if lsoa % CUT == 0 else {neighbourhood: 1.0}
        for each, part in parts.items():
            place = (f"n{each}", f"w{ward}", f"l{lsoa}", f"d{ward // A_DISTRICT}")
            counts[place] = chance.poisson(np.repeat(expected[:, None] * part, len(MONTHS), axis=1)).astype(np.int64)
    return Version(tuple(f"{month:%Y-%m}" for month in MONTHS), counts)


def corrected(force: Version) -> Version:
    """The same with one cell in fifty a few more."""
    chance = np.random.default_rng(32)
    counts = {
        place: each + chance.integers(1, 4, each.shape) * (chance.random(each.shape) < CORRECTED)
        for place, each in force.counts.items()
    }
    return Version(force.months, counts)


def tables_of(force: Version, before: Mapping[Area, Table] | None = None) -> dict[Area, Table]:
    """The table of each area by itself."""
    areas = sorted({(kind, code) for place in force.counts for kind, code in zip(KINDS, place, strict=True)})
    return {area: _table(force, area, [before[area]] if before else []) for area in areas}


def _table(force: Version, area: Area, seen: Sequence[Table]) -> Table:
    counts = counts_of(force, area, len(CATEGORIES))
    if area[0] == NEIGHBOURHOOD:
        return quarters.publishable(counts, CATEGORIES, MONTHS, closed=True, rule=RULE, seen=seen)
    return quarters.by_category(counts.sum(axis=1), CATEGORIES, MONTHS, RULE)


if __name__ == "__main__":
    main(int(sys.argv[1]))
