"""A year of incidents as one numpy table, ordinary ones by profile and the planted truths to the exact count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import shapely
from numpy.typing import NDArray

from .map import CountyMap
from .profiles import CATEGORIES, PROFILES, STREET_KINDS, Profile
from .truths import BurglarySeries, Circle, Intervention, MovedHotSpot, PlantedSpot, SeriesEvent, Truths

INCIDENT = np.dtype(
    [
        ("category", "u1"),
        ("asb_kind", "u1"),
        ("at", "M8[m]"),
        ("e", "f8"),
        ("n", "f8"),
        ("anchor", "i4"),
    ]
)
"""One row an incident: index into CATEGORIES, index into ASB_KINDS, London clock time, exact metres, map point."""

ASB_KINDS = ("", "personal", "nuisance", "environmental")
WANTED = 120_000
"""Incidents in the months of the window that have been handed over."""
HANDED_OVER = timedelta(days=1)
"""The force hands a month over on the second day of the next."""
STREET_SPREAD = 1.15
"""Log-normal spread of streets' own pull: gives the few streets that hold a large part of all incidents."""
STREET_PULL_MOST = 6.5
SCATTER_M = 24.0
PLANTED_SCATTER_M = 9.0
SERIES_METRES = 200.0
SERIES_DAYS = 7

Table = NDArray[np.void]
Minutes = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Window:
    """Twelve calendar months that end on `until`, the last one cut there."""

    until: date

    @property
    def months(self) -> tuple[date, ...]:
        """First days of the twelve months, oldest first."""
        last = self.until.year * 12 + self.until.month - 1
        return tuple(date(*divmod_month(number)) for number in range(last - 11, last + 1))

    @property
    def start(self) -> date:
        """First day of the window."""
        return self.months[0]

    def days(self) -> NDArray[np.datetime64]:
        """Every day of the window as datetime64[D]."""
        return np.arange(np.datetime64(self.start), np.datetime64(self.until) + 1)

    def is_handed_over(self, days: NDArray[np.datetime64]) -> NDArray[np.bool_]:
        """Whether the month of each day or instant has been handed over by `until`; ten or eleven months have."""
        handed: NDArray[np.bool_] = days.astype("M8[M]") < np.datetime64(self.until - HANDED_OVER, "M")
        return handed

    def month_number(self, days: NDArray[np.datetime64]) -> NDArray[np.int64]:
        """Which month of the window, 0 to 11, each day or instant falls in."""
        return (days.astype("M8[M]") - np.datetime64(self.start, "M")).astype(np.int64)


def divmod_month(number: int) -> tuple[int, int, int]:
    """Year, month and first day of a month counted from year 0."""
    year, month = divmod(number, 12)
    return year, month + 1, 1


def happen(county_map: CountyMap, seed: int, window: Window) -> tuple[Table, Truths]:
    """A year of incidents, sorted by time, and the truths planted in them."""
    rng = np.random.default_rng([seed, 2])
    truths = _truths(np.random.default_rng([seed, 3]), county_map, window)
    pull = _street_pull(rng, county_map)
    ordinary = np.concatenate([_ordinary(rng, county_map, window, number, pull) for number in range(len(PROFILES))])
    ordinary = _snap(county_map, ordinary)
    kept = ordinary[~_where_planted(ordinary, truths)]
    planted = [_planted(rng, county_map, window, spot) for spot in truths.spots()]
    table = np.concatenate([kept, *planted, _series_rows(truths.burglaries)])
    table["asb_kind"] = _asb_kinds(rng, table)
    return table[np.lexsort((table["n"], table["e"], table["category"], table["at"]))], truths


# ---------------------------------------------------------------- ordinary incidents


def _street_pull(rng: np.random.Generator, county_map: CountyMap) -> NDArray[np.float64]:
    own = np.clip(rng.lognormal(0, STREET_SPREAD, len(county_map.streets)), 0, STREET_PULL_MOST)
    busy = np.array([street.kind in ("centre", "parade", "station") for street in county_map.streets])
    own = np.where(busy, np.maximum(own, 1.6), own)
    return own[county_map.anchors.street]


def _ordinary(
    rng: np.random.Generator, county_map: CountyMap, window: Window, number: int, pull: NDArray[np.float64]
) -> Table:
    profile = PROFILES[number]
    count = int(rng.poisson(_expected(profile, window)))
    anchors = county_map.anchors
    weight = pull * anchors.addresses.astype(float) ** 0.5 * _kind_factor(county_map, profile)
    score = np.array([lsoa.deprivation_score for lsoa in county_map.lsoas])[anchors.lsoa]
    weight = weight * (score / 20.0) ** profile.hardship * rng.lognormal(0, 0.45, len(weight))
    rows = np.zeros(count, INCIDENT)
    rows["category"] = number
    rows["anchor"] = draw(rng, weight, count)
    rows["at"] = times(rng, profile, window.days(), count)
    rows["e"] = anchors.e[rows["anchor"]] + rng.normal(0, SCATTER_M, count)
    rows["n"] = anchors.n[rows["anchor"]] + rng.normal(0, SCATTER_M, count)
    return rows


def _expected(profile: Profile, window: Window) -> float:
    """How many of a category the window holds for the months handed over to hold their share of all that are wanted."""
    days = window.days()
    season = np.array(profile.year)[days.astype("M8[M]").astype(np.int64) % 12]
    share = profile.share / sum(one.share for one in PROFILES)
    return float(WANTED * share * season.sum() / season[window.is_handed_over(days)].sum())


def _kind_factor(county_map: CountyMap, profile: Profile) -> NDArray[np.float64]:
    factor = dict(zip(STREET_KINDS, profile.kinds, strict=True))
    by_street = np.array([factor[street.kind] for street in county_map.streets])
    return by_street[county_map.anchors.street]


def draw(rng: np.random.Generator, weight: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    edges = np.cumsum(weight)
    at = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    drawn: NDArray[np.int64] = np.minimum(at, len(weight) - 1)
    return drawn


def times(rng: np.random.Generator, profile: Profile, days: NDArray[np.datetime64], count: int) -> Minutes:
    """London clock times on the given days by the profile's year, week and day."""
    month = days.astype("M8[M]").astype(np.int64) % 12
    weekday = (days.astype("M8[D]").astype(np.int64) + 3) % 7
    weight = np.array(profile.year)[month] * np.array(profile.week)[weekday] * rng.lognormal(0, 0.08, len(days))
    day = days[draw(rng, weight, count)].astype("M8[m]")
    hour = draw(rng, profile.hours(), count)
    minute = rng.integers(0, 60, count)
    rounded = rng.random(count) < 0.55
    minute = np.where(rounded, minute // 5 * 5, minute)
    return skip_missing_hour(day + (hour * 60 + minute).astype("m8[m]"))


def skip_missing_hour(at: Minutes) -> Minutes:
    """Move times in the hour that spring takes away (last Sunday of March, 01:00) one hour on."""
    day = at.astype("M8[D]")
    date_of_month = (day - day.astype("M8[M]").astype("M8[D]")).astype(np.int64) + 1
    sunday = (day.astype(np.int64) + 3) % 7 == 6
    march = day.astype("M8[M]").astype(np.int64) % 12 == 2
    one_o_clock = (at - day.astype("M8[m]")).astype(np.int64) // 60 == 1
    moved: Minutes = at + np.where(sunday & march & (date_of_month >= 25) & one_o_clock, 60, 0).astype("m8[m]")
    return moved


def _snap(county_map: CountyMap, rows: Table) -> Table:
    tree = shapely.STRtree(shapely.points(county_map.anchors.e, county_map.anchors.n))
    rows["anchor"] = tree.nearest(shapely.points(rows["e"], rows["n"]))
    return rows


def _asb_kinds(rng: np.random.Generator, rows: Table) -> NDArray[np.int64]:
    kinds = rng.choice([1, 2, 3], size=len(rows), p=[0.24, 0.66, 0.10])
    return np.where(rows["category"] == CATEGORIES.index("Anti-social behaviour"), kinds, 0)


# ---------------------------------------------------------------- planted truths


def _where_planted(rows: Table, truths: Truths) -> NDArray[np.bool_]:
    """Ordinary incidents that would blur an exact count."""
    blurred = np.zeros(len(rows), bool)
    for spot in truths.spots():
        same = rows["category"] == CATEGORIES.index(spot.category)
        blurred |= same & np.isin(rows["anchor"], spot.circle.anchors)
    return blurred


def _planted(rng: np.random.Generator, county_map: CountyMap, window: Window, spot: PlantedSpot) -> Table:
    number = CATEGORIES.index(spot.category)
    days = window.days()
    month = window.month_number(days)
    at = np.concatenate(
        [times(rng, PROFILES[number], days[month == one], count) for one, count in enumerate(spot.monthly)]
    )
    rows = np.zeros(len(at), INCIDENT)
    rows["category"], rows["at"] = number, at
    rows["anchor"] = rng.choice(np.array(spot.circle.anchors), len(at))
    _scatter_close(rng, county_map, rows)
    return rows


def _scatter_close(rng: np.random.Generator, county_map: CountyMap, rows: Table) -> None:
    """Exact points so near to their map point that no other one is nearer."""
    for axis, values in (("e", county_map.anchors.e), ("n", county_map.anchors.n)):
        offset = np.clip(rng.normal(0, PLANTED_SCATTER_M, len(rows)), -14, 14)
        rows[axis] = values[rows["anchor"]] + offset


def _truths(rng: np.random.Generator, county_map: CountyMap, window: Window) -> Truths:
    """Plan the truths; the numbers are chosen by hand so that stories can quote them."""
    plant = _planter(county_map)
    months = window.months
    moved = MovedHotSpot(
        plant("station-car-park", "Vehicle crime", "Station Car Park", "eddonford",
              (21, 24, 19, 23, 22, 25, 20, 4, 3, 2, 4, 3)),
        plant("park-and-ride", "Vehicle crime", "Riverside Park and Ride", "eddonford",
              (2, 3, 1, 2, 3, 2, 4, 16, 21, 23, 20, 22)),
        moved_on=months[7],
    )  # fmt: skip
    treated = plant("copperfield-parade", "Anti-social behaviour", "Copperfield Parade", "wyndmoor",
                    (31, 29, 30, 32, 34, 30, 21, 18, 17, 17, 15, 14))  # fmt: skip
    comparison = plant("larkhill-parade", "Anti-social behaviour", "Larkhill Parade", "pitlow",
                       (28, 27, 29, 30, 33, 31, 30, 31, 32, 30, 29, 28))  # fmt: skip
    lesser = (
        plant("mill-lane", "Anti-social behaviour", "Mill Lane", "stannerley", (6, 5, 7, 9, 11, 13, 14, 15, 14, 13, 9,
              8)),
        plant("bankfoot-road", "Anti-social behaviour", "Bankfoot Road", "stannerley",
              (7, 6, 6, 8, 10, 11, 12, 13, 12, 12, 9, 7)),
        plant("quayside", "Violence and sexual offences", "Quayside", "harrowick-central",
              (41, 46, 38, 36, 40, 39, 37, 34, 35, 33, 32, 34)),
        plant("fore-bridge", "Violence and sexual offences", "Fore Bridge", "eddonford",
              (22, 25, 21, 20, 22, 23, 24, 22, 23, 22, 21, 22)),
        plant("wharf-lane", "Vehicle crime", "Wharf Lane", "carrowbridge", (9, 10, 8, 9, 11, 10, 9, 10, 9, 8, 10, 9)),
        plant("high-street", "Shoplifting", "High Street", "eddonford", (38, 44, 36, 37, 39, 38, 27, 24, 25, 23, 24,
              26)),
        plant("castle-street", "Shoplifting", "Castle Street", "carrowbridge",
              (33, 37, 30, 31, 32, 33, 32, 31, 33, 34, 32, 33)),
    )  # fmt: skip
    intervention = Intervention(
        treated, comparison, months[6], treated.total(0, 6), treated.total(6, 12),
        comparison.total(0, 6), comparison.total(6, 12),
    )  # fmt: skip
    return Truths(moved, _series(rng, county_map, window), intervention, lesser)


Planter = Callable[[str, str, str, str, tuple[int, ...]], PlantedSpot]


def _planter(county_map: CountyMap) -> Planter:
    def plant(key: str, category: str, street: str, neighbourhood: str, monthly: tuple[int, ...]) -> PlantedSpot:
        return PlantedSpot(key, category, circle_round(county_map, street, neighbourhood), monthly)

    return plant


def circle_round(county_map: CountyMap, street: str, neighbourhood: str, margin: float = 35.0) -> Circle:
    """The circle round a street's map points, `margin` metres wider, with every map point that lies inside it."""
    own = list(county_map.street(street, neighbourhood).anchors)
    anchors = county_map.anchors
    e, n = float(anchors.e[own].mean()), float(anchors.n[own].mean())
    radius = float(np.ceil(np.hypot(anchors.e[own] - e, anchors.n[own] - n).max() + margin))
    inside = np.flatnonzero(np.hypot(anchors.e - e, anchors.n - n) <= radius)
    return Circle(street, neighbourhood, round(e, 1), round(n, 1), radius, tuple(inside.tolist()))


def _series(rng: np.random.Generator, county_map: CountyMap, window: Window) -> BurglarySeries:
    """Sixteen evening burglaries of student houses that walk from street to street within about seven weeks."""
    anchors = county_map.anchors
    here = county_map.street("Hadrian Street", "fennick-park").anchors[0]
    day = window.months[2] + timedelta(days=12)
    events: list[SeriesEvent] = []
    for _ in range(16):
        e, n = (float(v[here]) + float(rng.uniform(-12, 12)) for v in (anchors.e, anchors.n))
        at = datetime(day.year, day.month, day.day, int(rng.integers(17, 23)), int(rng.integers(0, 60)))  # noqa: DTZ001
        events.append(SeriesEvent(at, round(e, 1), round(n, 1), int(here)))
        near = np.flatnonzero(np.hypot(anchors.e - e, anchors.n - n) <= SERIES_METRES - 30)
        here = int(rng.choice(near))
        day += timedelta(days=int(rng.integers(1, 6)))
    return BurglarySeries("fennick-park", tuple(events), SERIES_METRES, SERIES_DAYS)


def _series_rows(series: BurglarySeries) -> Table:
    rows = np.zeros(len(series.events), INCIDENT)
    rows["category"] = CATEGORIES.index("Burglary")
    for number, event in enumerate(series.events):
        rows[number]["at"], rows[number]["anchor"] = np.datetime64(event.at, "m"), event.anchor
        rows[number]["e"], rows[number]["n"] = event.e, event.n
    return rows
