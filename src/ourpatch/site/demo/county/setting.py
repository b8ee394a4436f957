"""What every teller of the year needs: the calendar, the map, the people, and the counts that results rest on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from .incidents import Table, Window, circle_round, divmod_month
from .map import CountyMap, Neighbourhood
from .people import Person, Role
from .profiles import CATEGORIES
from .script import Day
from .truths import Circle, Truths

LONDON = ZoneInfo("Europe/London")
LANDMARK_RADIUS_M = 80.0


@dataclass(frozen=True, slots=True)
class Setting:
    """The invented county as the tellers see it."""

    seed: int
    window: Window
    map: CountyMap
    people: tuple[Person, ...]
    incidents: Table
    truths: Truths

    def day(self, pair: Day) -> date:
        """The date of (month of the year told, day), cut to the end of that month."""
        number, day = pair
        start = self.window.start.year * 12 + self.window.start.month - 1
        following = date(*divmod_month(start + number + 1))
        return min(date(*divmod_month(start + number)) + timedelta(days=day - 1), following - timedelta(days=1))

    def at(self, day: date, hour: int = 9, minute: int = 0) -> datetime:
        """That London clock time as an instant in UTC."""
        return datetime.combine(day, time(hour, minute), LONDON).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The last instant that has happened."""
        return self.at(self.window.until, 20)

    def month_names(self) -> dict[str, str]:
        """m0 to m11: English names of the twelve months."""
        return {f"m{number}": month.strftime("%B") for number, month in enumerate(self.window.months)}

    def hood(self, key: str) -> Neighbourhood:
        """The neighbourhood of this key."""
        return next(hood for hood in self.map.neighbourhoods if hood.key == key)

    def person(self, key: str) -> Person:
        """The person in this post; raises KeyError when nobody is."""
        for person in self.people:
            if person.key == key:
                return person
        raise KeyError(f"Nobody in the post {key!r}.")

    def team(self, hood: str, *roles: Role) -> list[Person]:
        """Those who serve this neighbourhood in one of these roles, police first as listed."""
        return [person for person in self.people if person.role in roles and hood in person.neighbourhoods]

    def circle(self, name: str, hood: str) -> Circle:
        """The circle round a street or landmark of this neighbourhood; raises KeyError when there is neither."""
        if any(street.name == name and street.neighbourhood == hood for street in self.map.streets):
            return circle_round(self.map, name, hood)
        place = self.map.place(name)
        away = np.hypot(self.map.anchors.e - place.e, self.map.anchors.n - place.n)
        inside = tuple(np.flatnonzero(away <= LANDMARK_RADIUS_M).tolist())
        return Circle(name, hood, place.e, place.n, LANDMARK_RADIUS_M, inside)

    def point_near(self, rng: np.random.Generator, e: float, n: float, hood: str) -> tuple[float, float]:
        """A point a few doors from another, in the same neighbourhood."""
        inside = self.hood(hood).geometry
        while True:
            near_e, near_n = e + rng.normal(0, 22), n + rng.normal(0, 22)
            if shapely.contains_xy(inside, near_e, near_n):
                return round(float(near_e), 1), round(float(near_n), 1)

    def count(self, category: str, circle: Circle, first: date, last: date) -> int:
        """Incidents of a category published inside a circle from the first to the last day, both included."""
        rows = self.incidents
        days = rows["at"].astype("M8[D]")
        chosen = (rows["category"] == CATEGORIES.index(category)) & np.isin(rows["anchor"], circle.anchors)
        chosen &= (days >= np.datetime64(first)) & (days <= np.datetime64(last))
        return int(chosen.sum())
