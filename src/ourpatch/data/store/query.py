"""The questions that the store answers: frozen dataclasses, the same for every engine.

Every question starts from `Where`: which rows count. Rows hold counts (`n`), so every answer is a sum of `n`.
`sql.py` turns a question into SQL, for `engine.py` and `cluster.py`; a truth of a few lines in the tests must agree with both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Dimension(StrEnum):
    """What rows can be counted by."""

    DATASET = "dataset"
    MONTH = "month"
    WEEKDAY = "weekday"
    HOUR = "hour"
    CATEGORY = "category"
    NEIGHBOURHOOD = "neighbourhood"
    WARD = "ward"
    LSOA = "lsoa"
    DISTRICT = "district"
    PLACE_PRECISION = "place_precision"
    OUTCOME = "outcome"


AREAS = frozenset({Dimension.NEIGHBOURHOOD, Dimension.WARD, Dimension.LSOA, Dimension.DISTRICT})


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in metres (EPSG:27700): its west and south edges belong to it, its east and north edges do not."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Where:
    """Which rows count: dataset, local days (both included), categories, areas of a kind, a rectangle. None means all.

    The LSOA of a row is its publisher's where the publisher gave one, otherwise the one its point lies in.
    """

    dataset: str
    since: date | None = None
    until: date | None = None
    categories: tuple[str, ...] | None = None
    area: Dimension | None = None
    codes: tuple[str, ...] | None = None
    box: Box | None = None

    def __post_init__(self) -> None:
        if self.area is not None and self.area not in AREAS:
            raise ValueError(f"{self.area} is not a kind of area")
        if (self.area is None) != (self.codes is None):
            raise ValueError("give the kind of area and its codes together")


@dataclass(frozen=True, slots=True)
class CountBy:
    """How many, by each combination of dimensions that occurs. Rows: (*dimensions, n), in the dimensions' order."""

    where: Where
    by: tuple[Dimension, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """How many in each loaded month, by at most one dimension. Rows: (key?, month, n).

    A loaded month without rows is 0; a month that is not loaded is absent, since not knowing is not none. `keys` are
    there even when nothing was ever counted for them.
    """

    where: Where
    by: Dimension | None = None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopN:
    """The keys with the highest counts; equal counts in the order of their keys. Rows: (key, n)."""

    where: Where
    by: Dimension
    n: int


@dataclass(frozen=True, slots=True)
class PointsIn:
    """Each distinct point with its place's name and how many there. Rows: (*dimensions, easting, northing, place, n)."""

    where: Where
    by: tuple[Dimension, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """How many in each square of a grid that starts at the National Grid's origin. Rows: (column, row, n); metres."""

    where: Where
    cell: int


@dataclass(frozen=True, slots=True)
class MomentsIn:
    """Each distinct moment and place, and how many then and there, for analyses that need single incidents.

    Rows: (local date, starts, ends, time precision, easting, northing, place, place precision, n). `starts`, `ends`:
    microseconds since 1970 in UTC, None where only a day, month or quarter is known; easting, northing in metres.
    """

    where: Where


Query = CountBy | Series | TopN | PointsIn | Grid | MomentsIn
Value = str | int | float | date | None
Row = tuple[Value, ...]
