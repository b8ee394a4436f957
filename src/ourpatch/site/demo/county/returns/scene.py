"""Where, when and how often: what every teller of an authority's rows draws from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from ourpatch.foundation.law.clocks import add_months

from ..incidents import Table, draw, skip_missing_hour, times
from ..organisations import Organisation
from ..profiles import CATEGORIES, Profile

if TYPE_CHECKING:
    from .. import County

Fact = str | int
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEAR_M = 12.0
"""How far from its map point something happens along each axis; an LSOA's border is farther away."""
QUIET_PULL = 0.05
"""What draws rows to a map point where the county's year has no incident of the kind."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: metres EPSG:27700, its street and small area, its neighbourhood and the first half of its postcodes."""

    e: int
    n: int
    street: str
    lsoa: str
    neighbourhood: str
    outward: str


@dataclass(frozen=True, slots=True)
class Row:
    """Something that an authority recorded: the law book's code, London clock time, the place if it has one, other facts.

    `number` counts the rows of a period in the order of time, from 1; a corrected row keeps it.
    """

    category: str
    at: datetime
    spot: Spot | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """One authority and one period (its first day and how many months), with a source of chance of its own."""

    county: County
    organisation: Organisation
    first: date
    months: int
    rng: np.random.Generator
    share: float

    @property
    def last(self) -> date:
        """The last day of the period."""
        return add_months(self.first, self.months) - timedelta(days=1)

    @property
    def neighbourhoods(self) -> tuple[str, ...]:
        """The neighbourhoods that the authority serves."""
        every = tuple(each.key for each in self.county.map.neighbourhoods)
        return self.organisation.neighbourhoods or every

    def days(self) -> NDArray[np.datetime64]:
        """Every day of the period as datetime64[D]."""
        return np.arange(np.datetime64(self.first), np.datetime64(self.last) + 1)

    def number(self, a_quarter: float, profile: Profile, least: int = 0) -> int:
        """How many happen here of what happens so often in the whole county in a quarter, by the profile's seasons."""
        lsoas = self.county.map.lsoas
        here = sum(each.population for each in lsoas if each.neighbourhood in self.neighbourhoods)
        season = float(np.array(profile.year)[self.days().astype("M8[M]").astype(np.int64) % 12].mean())
        expected = a_quarter * self.months / 3 * season * self.share * here / sum(each.population for each in lsoas)
        return max(least, int(self.rng.poisson(expected)))

    def times(self, profile: Profile, count: int, days: NDArray[np.datetime64] | None = None) -> list[datetime]:
        """London clock times by the year, week and day of a profile, the earliest first."""
        chosen = self.days() if days is None else days
        found: list[datetime] = np.sort(times(self.rng, profile, chosen, count)).astype(object).tolist()
        return found

    def picks(self, weights: Mapping[str, float], count: int) -> list[str]:
        """So many of these, each as often as it weighs."""
        total = sum(weights.values())
        found: list[str] = self.rng.choice(list(weights), count, p=[each / total for each in weights.values()]).tolist()
        return found

    def pull(self, *categories: str) -> Floats:
        """What draws rows to each map point that the authority serves: its incidents of these kinds in the county's year."""
        anchors, rows = self.county.map.anchors, self.county.incidents
        numbers = [CATEGORIES.index(each) for each in categories]
        chosen = rows["anchor"][np.isin(rows["category"], numbers)] if numbers else rows["anchor"]
        found: Floats = (np.bincount(chosen, minlength=len(anchors.e)).astype(np.float64) + QUIET_PULL) * self._here()
        return found

    def homes(self) -> Floats:
        """What draws rows to where people live."""
        found: Floats = self.county.map.anchors.addresses.astype(np.float64) * self._here()
        return found

    def spots(self, weights: Floats, count: int) -> list[Spot]:
        """Places a few steps from map points that are drawn by these weights."""
        at = draw(self.rng, weights, count)
        anchors = self.county.map.anchors
        away = self.rng.uniform(-NEAR_M, NEAR_M, (2, count))
        return self._spots(at, anchors.e[at] + away[0], anchors.n[at] + away[1])

    def happened(self, categories: Collection[str], share: float) -> list[tuple[str, int, datetime, Spot]]:
        """This share of the county's own incidents of these kinds in the period: category, kind of ASB, time and place.

        What lies before the year that is told is like the same months of that year.
        """
        wanted = np.isin(self.county.incidents["category"], [CATEGORIES.index(each) for each in categories])
        rows = self.county.incidents[wanted & (self.rng.random(len(wanted)) < share)]
        rows = np.concatenate([self._of_month(rows, add_months(self.first, place)) for place in range(self.months)])
        rows = rows[np.argsort(rows["at"], kind="stable")]
        kinds = [CATEGORIES[each] for each in rows["category"].tolist()]
        spots = self._spots(rows["anchor"].astype(np.int64), rows["e"], rows["n"])
        return list(zip(kinds, rows["asb_kind"].tolist(), rows["at"].astype(object).tolist(), spots, strict=True))

    def _of_month(self, rows: Table, month: date) -> Table:
        own = rows["at"].astype("M8[M]")
        found = rows[own.astype(np.int64) % 12 == (month.month - 1)].copy()
        wanted = np.datetime64(month, "M")
        years = (wanted - found["at"].astype("M8[M]")).astype(np.int64) // 12
        # Whole weeks, so that a Saturday stays one; a day or two at the edge of the month is lost.
        found["at"] = skip_missing_hour(found["at"] + (years * 364).astype("m8[D]"))
        kept: Table = found[found["at"].astype("M8[M]") == wanted]
        return kept

    def _here(self) -> NDArray[np.bool_]:
        served = np.array([each.neighbourhood in self.neighbourhoods for each in self.county.map.lsoas])
        here: NDArray[np.bool_] = served[self.county.map.anchors.lsoa]
        return here

    def _spots(self, at: Ints, e: Floats, n: Floats) -> list[Spot]:
        """Places near map points; one beyond the county's border is moved to its map point."""
        county_map, anchors = self.county.map, self.county.map.anchors
        shapely.prepare(county_map.outline)
        inside = shapely.contains_xy(county_map.outline, np.rint(e), np.rint(n))
        e, n = np.rint(np.where(inside, e, anchors.e[at])), np.rint(np.where(inside, n, anchors.n[at]))
        found = []
        for anchor, east, north in zip(at.tolist(), e.astype(int).tolist(), n.astype(int).tolist(), strict=True):
            lsoa, street = county_map.lsoas[anchors.lsoa[anchor]], county_map.streets[anchors.street[anchor]]
            outward = county_map.postcodes[anchor].postcode.split()[0]
            found.append(Spot(east, north, street.name, lsoa.code, lsoa.neighbourhood, outward))
        return found


def numbered(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows in the order of time, each with its number."""
    return tuple(replace(row, number=at) for at, row in enumerate(sorted(rows, key=lambda row: row.at), start=1))
