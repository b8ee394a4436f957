"""What was planted in the invented year, with its numbers: the answer sheet against which analysis can be marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Circle:
    """A named spot: centre in metres EPSG:27700, radius in metres, and the map points (anchor indexes) inside it."""

    name: str
    neighbourhood: str
    e: float
    n: float
    radius: float
    anchors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlantedSpot:
    """Exactly so many incidents of one category, by month of the window, at the map points of a circle."""

    key: str
    category: str
    circle: Circle
    monthly: tuple[int, ...]

    def total(self, first: int, last: int) -> int:
        """Incidents in the months first to last of the window, counted from 0, last excluded."""
        return sum(self.monthly[first:last])


@dataclass(frozen=True, slots=True)
class MovedHotSpot:
    """Truth 1: vehicle crime left one car park when it was made safer and came to another from `moved_on`."""

    before: PlantedSpot
    after: PlantedSpot
    moved_on: date


@dataclass(frozen=True, slots=True)
class SeriesEvent:
    """One burglary of the series: London clock time, exact point in metres and the map point it is published at."""

    at: datetime
    e: float
    n: float
    anchor: int


@dataclass(frozen=True, slots=True)
class BurglarySeries:
    """Truth 2: a near-repeat series; each event follows another within `metres` and `days`."""

    neighbourhood: str
    events: tuple[SeriesEvent, ...]
    metres: float
    days: int


@dataclass(frozen=True, slots=True)
class Intervention:
    """Truth 3: ASB at the treated spot falls from `began_on`; at the comparison spot it does not.

    `before` and `after` count the equal windows on either side of `began_on`.
    """

    treated: PlantedSpot
    comparison: PlantedSpot
    began_on: date
    before: int
    after: int
    comparison_before: int
    comparison_after: int


@dataclass(frozen=True, slots=True)
class Truths:
    """The three planted truths, and lesser spots with known counts that other stories are measured at."""

    moved: MovedHotSpot
    burglaries: BurglarySeries
    intervention: Intervention
    lesser: tuple[PlantedSpot, ...]

    def spots(self) -> tuple[PlantedSpot, ...]:
        """Every planted spot, the lesser ones last."""
        return (
            self.moved.before,
            self.moved.after,
            self.intervention.treated,
            self.intervention.comparison,
            *self.lesser,
        )

    def spot(self, key: str) -> PlantedSpot:
        """The planted spot of this key; raises KeyError when there is none."""
        for spot in self.spots():
            if spot.key == key:
                return spot
        raise KeyError(f"No planted spot {key!r}.")
