"""What a method asks for and what it gives. Pure: no Django, no store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from ourpatch.data.analysis.exposure import Base
from ourpatch.data.analysis.pictures import Picture
from ourpatch.data.analysis.sentences import Sentence
from ourpatch.data.analysis.tables import Table
from ourpatch.data.store.rules import PlacePrecision, TimePrecision
from ourpatch.ground.words import Message

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Value = str | int | float | bool | None


class Group(StrEnum):
    """What people want to know, as the page sorts the methods."""

    WHERE = "where"
    WHEN = "when"
    AGAIN = "again"
    CHANGE = "change"
    COMPARE = "compare"
    WORKED = "worked"


class Unit(StrEnum):
    """The areas that are compared."""

    NEIGHBOURHOOD = "neighbourhood"
    WARD = "ward"
    LSOA = "lsoa"


class Kind(StrEnum):
    """What an option is filled in with."""

    CHOICE = "choice"
    WHOLE = "whole"
    NUMBER = "number"
    TICK = "tick"
    MONTH = "month"
    AREAS = "areas"
    DATASET = "dataset"
    CATEGORIES = "categories"


@dataclass(frozen=True, slots=True)
class Option:
    """Something that a method lets people choose. `default` None: worked out from the data, or needed where `required`."""

    key: str
    kind: Kind
    label: Message
    default: Value = None
    choices: tuple[tuple[str, Message], ...] = ()
    hint: Message | None = None
    least: float | None = None
    most: float | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """Distinct places (metres, EPSG:27700), how many incidents at each, and how many that have no place."""

    easting: Floats
    northing: Floats
    n: Integers
    without_place: int

    def each(self) -> tuple[Floats, Floats]:
        """One easting and northing for every incident."""
        return np.repeat(self.easting, self.n), np.repeat(self.northing, self.n)


@dataclass(frozen=True, slots=True)
class Incidents:
    """One of each for every incident. `starts`, `ends`: local instants (datetime64[us]) or days; `places`: name or point."""

    easting: Floats
    northing: Floats
    starts: npt.NDArray[np.datetime64]
    ends: npt.NDArray[np.datetime64]
    places: tuple[tuple[float, float] | None, ...]
    precision: TimePrecision | None
    place_precision: PlacePrecision | None


def told_apart(names: Sequence[str], keys: Sequence[str]) -> tuple[str, ...]:
    """Names of areas, with the key where two have the same."""
    times = Counter(names)
    return tuple(name if times[name] == 1 else f"{name} ({key})" for name, key in zip(names, keys, strict=True))


@dataclass(frozen=True, slots=True)
class Areas:
    """Areas of one kind, one of each: `population` and `deprivation` may be missing (None). `counts`: shape (areas, months);
    `elsewhere`: incidents of the place that lie in none of them.
    """

    unit: Unit
    keys: tuple[str, ...]
    names: tuple[str, ...]
    shapes: tuple[BaseGeometry, ...]
    population: tuple[int | None, ...]
    deprivation: tuple[float | None, ...]
    months: tuple[date, ...]
    counts: Integers
    elsewhere: int
    population_year: int | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Their names, with the key where two have the same."""
        return told_apart(self.names, self.keys)


@dataclass(frozen=True, slots=True)
class Residents:
    """How many live in each of the small areas that cover the place (metres, EPSG:27700); `year`: of the figures, None where
    nobody said; `boundaries`: which ones these are.
    """

    unit: Unit
    shapes: tuple[BaseGeometry, ...]
    people: tuple[int, ...]
    year: int | None
    boundaries: str


@dataclass(frozen=True, slots=True)
class Mix:
    """Areas with the people and the incidents of their LSOAs by fifth of deprivation, the most deprived first: shape (areas, 5).
    An LSOA belongs to the area that holds a point inside it; `elsewhere`: incidents of the place in none of these.
    """

    keys: tuple[str, ...]
    names: tuple[str, ...]
    shapes: tuple[BaseGeometry, ...]
    people: Integers
    counts: Integers
    year: int | None
    boundaries: str
    elsewhere: int


class Source(Protocol):
    """Recorded data as a method asks for it, narrowed to the question. Every call may raise BadInput."""

    @property
    def what(self) -> str:
        """What is counted, in the reader's language."""

    @property
    def where(self) -> str:
        """The name of the place."""

    @property
    def when(self) -> str:
        """The period, in words."""

    @property
    def months(self) -> tuple[date, ...]:
        """The loaded months of the period, as their first days, earliest first."""

    @property
    def calendar(self) -> tuple[date, ...]:
        """Every month from the first of them to the last, whether it is loaded or not."""

    @property
    def place_precision(self) -> PlacePrecision | None:
        """The coarsest precision of the places, where every row with a point says one."""

    @property
    def smallest(self) -> int | None:
        """The smallest count that may be told of one place or hour; None where the data is publishable."""

    @property
    def smallest_metres(self) -> int | None:
        """The smallest cell and reach, in metres, in which places may be told; None where the data is publishable."""

    @property
    def cautions(self) -> tuple[Sentence, ...]:
        """What holds of the data whatever is asked of it: missing months, rows without a place."""

    def labels(self, ahead: int = 0) -> tuple[str, ...]:
        """The months of `calendar` in the reader's language, and so many after the last."""

    def study_area(self) -> BaseGeometry:
        """The outline of the place (metres, EPSG:27700)."""

    def points(self) -> Points:
        """Where incidents were."""

    def monthly_points(self) -> tuple[Points, Integers]:
        """Places by month, and each one's position in `months`."""

    def incidents(self) -> Incidents:
        """Every incident by itself."""

    def series(self) -> Floats:
        """Incidents in each month of `calendar`; NaN where it is not loaded."""

    def areas(self, unit: Unit, categories: tuple[str, ...] | None = None) -> Areas:
        """The areas of a kind within the place, with their incidents in each of `months`; of other categories than those asked
        about where they are given.
        """

    @property
    def against(self) -> Source | None:
        """Other incidents of the same place and period that these are held against, where they were chosen."""

    @property
    def is_held(self) -> bool:
        """Whether those other incidents hold these. Raises BadInput where they hold some of them and not others."""

    @property
    def state(self) -> str:
        """The dataset and the state of it that is read, for programs."""

    def residents(self) -> Residents:
        """The smallest areas of the place of which it is known how many live in each."""

    def mix(self, unit: Unit) -> Mix:
        """The areas of a kind by the deprivation of the LSOAs in them."""

    def index_categories(self) -> dict[str, tuple[str, ...]]:
        """Variable of the vulnerable localities index -> the dataset's categories that count for it."""


@dataclass(frozen=True, slots=True)
class Captioned:
    """A table and what it shows."""

    caption: Message
    table: Table


@dataclass(frozen=True, slots=True)
class Shape:
    """A place of the result, for a map elsewhere: outline or point in metres (EPSG:27700), with what was found of it."""

    outline: BaseGeometry
    properties: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Held:
    """What counts were held against: the base of their rates, which kind of base, of which year, and where it is from."""

    base: Base
    kind: str
    year: int | None
    source: Message


@dataclass(frozen=True, slots=True)
class Result:
    """What a method found. `tabulate` and `draw` make its tables and pictures in the reader's language; `found` is the
    analysis's own result, for programs.

    `smallest`: the smallest count above nought from which a figure of the result comes, for the rule of controlled data; None
    where the result holds no counts of people or places.
    """

    found: object
    sentences: tuple[Sentence, ...]
    tabulate: Callable[[], Sequence[Captioned]]
    draw: Callable[[], Sequence[Picture]]
    smallest: int | None = None
    shapes: tuple[Shape, ...] = field(default=())
    held: Held | None = None


Run = Callable[[Source, Mapping[str, object]], Result]


@dataclass(frozen=True, slots=True)
class Method:
    """A way of answering one kind of question. `page` is its methods page, without ending."""

    key: str
    group: Group
    name: Message
    asks: Message
    run: Run
    page: str
    options: tuple[Option, ...] = ()
    singles: bool = False
    """Whether the result tells of single incidents, which controlled data may not."""


def least_shown(counts: npt.ArrayLike) -> int | None:
    """The smallest count above nought; None where there is none."""
    values = np.asarray(counts)
    above = values[values > 0]
    return int(above.min()) if above.size else None
