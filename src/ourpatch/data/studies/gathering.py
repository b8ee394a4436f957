"""Recorded data as the methods ask for it: read from the store once, within the place that was asked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TypeVar, cast

import numpy as np
import shapely
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from ourpatch.data.analysis.sentences import Sentence, caution
from ourpatch.data.disclosure.rules import MinimumCell
from ourpatch.data.store import queries as store
from ourpatch.data.store import specs
from ourpatch.data.store.query import CountBy, Dimension, MomentsIn, PointsIn, Row, Series, Where
from ourpatch.data.store.rules import PlacePrecision, TimePrecision, missing_months, month_end, next_month, whole_months
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.data.studies.contract import Areas, Floats, Incidents, Integers, Mix, Points, Residents, Unit
from ourpatch.data.studies.question import Question
from ourpatch.foundation import law
from ourpatch.foundation.law.entries import Item
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import Area, ServiceArea, ServiceAreaKind
from ourpatch.ground import clock
from ourpatch.ground.clock import LONDON
from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import from_wkb
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as __

MOST_MONTHS_NAMED = 6
MOST_KINDS_NAMED = 3
# A kind that comes so often a month stays away from a month by chance less than once in ten thousand.
COMMON = 10
LEAST_MONTHS_TO_MISS = 2
INDEX_CATEGORIES = "vulnerable_localities_categories"
MOST_INCIDENTS = 1_000_000
FIFTHS = 5
Precision = TypeVar("Precision", TimePrecision, PlacePrecision)
DIMENSIONS = {
    Unit.NEIGHBOURHOOD: Dimension.NEIGHBOURHOOD,
    Unit.WARD: Dimension.WARD,
    Unit.LSOA: Dimension.LSOA,
}


@dataclass(frozen=True, slots=True)
class _Area:
    """One area as the comparison methods need it."""

    key: str
    name: str
    shape: BaseGeometry
    population: int | None
    deprivation: float | None


@dataclass(frozen=True, slots=True)
class Against:
    """Another dataset and those of its categories (none: all) that the counts are held against."""

    spec: DatasetSpec
    categories: tuple[str, ...]


class Gathering:
    """The source of a study over the store; see `contract.Source`."""

    def __init__(
        self,
        question: Question,
        spec: DatasetSpec,
        place: ServiceArea,
        now: datetime,
        *,
        controlled: bool,
        against: Against | None = None,
    ) -> None:
        """The caller has checked that whoever asks may see this dataset there, and the one that it is held against.
        `controlled`: either of them is.
        """
        self._against, self._controlled = against, controlled
        self._question, self._spec, self._place, self._now = question, spec, place, now
        book = law.book(clock.london_date(now))
        self.smallest = MinimumCell.of(book, "controlled").smallest_shown if controlled else None
        self.smallest_metres = int(book.number("controlled_smallest_cell")) if controlled else None

    # --- what was asked -----------------------------------------------------------------------------------------------

    @property
    def what(self) -> str:
        """What is counted, in the reader's language: the dataset, and the categories where they were chosen."""
        wanted = self._question.categories
        if not wanted:
            return str(self._spec.label)
        codes = {item.code: item.label(get_language() or "en") for item in self._items}
        return ", ".join(codes.get(each, each) for each in wanted)

    @property
    def _items(self) -> tuple[Item, ...]:
        return specs.categories_of(self._spec, law.book(self._day))

    @property
    def _day(self) -> date:
        return self._question.until or clock.london_date(self._now)

    @property
    def where(self) -> str:
        """The place's name."""
        return self._place.shown_name

    @property
    def when(self) -> str:
        """From the first month to the last, or the days that were asked for."""
        since, until = self._question.since, self._question.until
        first, last = self.months[0], self.months[-1]
        if self._by_days:
            return _("%(first)s to %(last)s") % {
                "first": date_format(max(since or first, first), "j F Y"),
                "last": date_format(min(until or month_end(last), month_end(last)), "j F Y"),
            }
        if first == last:
            return str(date_format(first, "F Y"))
        return _("%(first)s to %(last)s") % {"first": date_format(first, "F Y"), "last": date_format(last, "F Y")}

    @cached_property
    def months(self) -> tuple[date, ...]:
        """The loaded months of the period. Raises BadInput when there is none."""
        found = tuple(month for month, _n in self._monthly)
        if not found:
            raise BadInput(__("No month of this dataset is loaded for that period. Ask for another period."))
        return found

    @cached_property
    def calendar(self) -> tuple[date, ...]:
        """Every month from the first loaded one to the last."""
        return tuple(sorted((*self.months, *missing_months(self.months))))

    def labels(self, ahead: int = 0) -> tuple[str, ...]:
        """The months of the calendar in the reader's language, and so many after the last."""
        every = list(self.calendar)
        for _step in range(ahead):
            every.append(next_month(every[-1]))
        return tuple(str(date_format(month, "M Y")) for month in every)

    @property
    def cautions(self) -> tuple[Sentence, ...]:
        """Months that are missing between those loaded, months that are asked for in part, rows that have no place."""
        told = []
        missing = missing_months(self.months)
        if missing:
            told.append(caution("months_missing", _months_missing(missing)))
        if not self._controlled and not self._spec.aggregate:
            told.extend(self._kinds_that_come_and_go())
        if self._by_days:
            told.append(
                caution("part_months", __("The first or the last month is counted in part, as the days asked for say."))
            )
        return tuple(told)

    def _kinds_that_come_and_go(self) -> list[Sentence]:
        """Said where a category is common in some months and absent from others: then these months do not hold the same."""
        language = get_language() or "en"
        gone = sorted(item.label(language) for item in self._items if item.code in self._come_and_go)
        return [caution("kinds_differ", _kinds_differ(gone))] if gone else []

    @cached_property
    def _come_and_go(self) -> frozenset[str]:
        """The codes of such categories: asked once, and said in each language."""
        if len(self._question.categories) == 1 or len(self.months) < LEAST_MONTHS_TO_MISS:
            return frozenset()
        seen: dict[str, list[int]] = {}
        asked = CountBy(self._where, (Dimension.CATEGORY, Dimension.MONTH))
        for code, _month, n in store.run(asked, known_on=self._known_on):
            seen.setdefault(str(code), []).append(int(str(n)))
        return frozenset(
            code
            for code, counts in seen.items()
            if len(counts) < len(self.months) and sum(counts) >= COMMON * len(counts)
        )

    @property
    def _by_days(self) -> bool:
        return not whole_months(self._question.since, self._question.until)

    @property
    def state(self) -> str:
        """The dataset and its data version."""
        return f"{self._spec.key} {store.data_version(self._spec.key)}"

    # --- what it is held against --------------------------------------------------------------------------------------

    @cached_property
    def against(self) -> Gathering | None:
        """The other incidents, within the same place and period. Raises BadInput for a category that the dataset has not."""
        other = self._against
        if other is None:
            return None
        asked = replace(self._question, dataset=other.spec.key, categories=other.categories)
        found = Gathering(asked, other.spec, self._place, self._now, controlled=self._controlled)
        known = {item.code for item in found._items}
        unknown = [code for code in other.categories if known and code not in known]
        if unknown:
            raise BadInput(
                __(
                    "%(dataset)s has no category %(code)s. It has: %(names)s.",
                    dataset=str(other.spec.label),
                    code=unknown[0],
                    names=", ".join(sorted(known)),
                )
            )
        return found

    @property
    def is_held(self) -> bool:
        """Whether the others hold these. Raises BadInput where they are the same, or hold some of these and not others."""
        other = self._against
        if other is None or other.spec.key != self._spec.key:
            return False
        own, theirs = set(self._question.categories), set(other.categories)
        if own == theirs:
            raise BadInput(
                __(
                    "That holds the counts against themselves: choose what is counted, or other categories to hold it against."
                )
            )
        if not theirs or (own and own < theirs):
            return True
        if own and not own & theirs:
            return False
        raise BadInput(
            __(
                "What the counts are held against has some of their categories and not others. Take all of them in, or "
                "none."
            )
        )

    def residents(self) -> Residents:
        """How many live in its LSOAs, else in its wards. Raises BadInput where it is not known of all of them."""
        for unit in (Unit.LSOA, Unit.WARD):
            found = list(places.areas_within(self._place, str(unit)).select_related("boundary_set"))
            if found and all(each.population is not None for each in found):
                return Residents(
                    unit=unit,
                    shapes=tuple(from_wkb(each.outline) for each in found),
                    people=tuple(each.population or 0 for each in found),
                    year=_year(found),
                    boundaries=_boundaries(found),
                )
        raise BadInput(
            __(
                "It is not known how many live in every ward of %(place)s, so there are no rates by residents. Load populations "
                "with the boundaries (ourpatch load-boundaries --ward-population), or hold counts against something else.",
                place=self.where,
            )
        )

    def mix(self, unit: Unit) -> Mix:
        """The areas of a kind by the deprivation of their LSOAs. Raises BadInput where populations or deprivation are missing."""
        lsoas = list(places.areas_within(self._place, str(Unit.LSOA)).select_related("boundary_set"))
        _refuse_unknown(lsoas, self.where)
        counted = self.areas(Unit.LSOA)
        areas = self._areas_of(unit)
        holds = _holders(areas, counted.shapes)
        people, counts = (np.zeros((len(areas), FIFTHS), dtype=np.int64) for _each in range(2))
        elsewhere = counted.elsewhere
        for at, each, n in zip(holds, lsoas, counted.counts.sum(axis=1).tolist(), strict=True):
            if at is None:
                elsewhere += n
                continue
            fifth = ((each.deprivation_decile or 1) - 1) // 2
            people[at, fifth] += each.population or 0
            counts[at, fifth] += n
        some = np.flatnonzero(people.sum(axis=1) > 0).tolist()
        return Mix(
            keys=tuple(areas[i].key for i in some),
            names=tuple(areas[i].name for i in some),
            shapes=tuple(areas[i].shape for i in some),
            people=people[some],
            counts=counts[some],
            year=_year(lsoas),
            boundaries=_boundaries(lsoas),
            elsewhere=elsewhere,
        )

    # --- places -------------------------------------------------------------------------------------------------------

    def study_area(self) -> BaseGeometry:
        """The outline of the place. Raises BadInput when it was never drawn."""
        outline = places.outline(self._place)
        if outline.is_empty:
            raise BadInput(__("%(place)s has no boundary yet. Load boundaries first.", place=self.where))
        return outline

    @cached_property
    def place_precision(self) -> PlacePrecision | None:
        """The coarsest precision of rows that have a point."""
        found = {row[0] for row in self._points if row[1] is not None}
        return _coarsest(PlacePrecision, found)

    def points(self) -> Points:
        """Places with how many incidents at each. Raises BadInput when no incident has a place."""
        placed = [row for row in self._points if row[1] is not None]
        if not placed:
            raise BadInput(
                __(
                    "No incident that fits the question says where it happened. Ask for another period, category or dataset."
                )
            )
        total = sum(n for _month, n in self._monthly)
        return _as_points([row[1:3] + row[4:] for row in placed], total)

    def monthly_points(self) -> tuple[Points, Integers]:
        """Places by month, with each one's position in `months`."""
        rows = store.run(PointsIn(self._where, by=(Dimension.MONTH,)), known_on=self._known_on)
        position: dict[object, int] = {month: at for at, month in enumerate(self.months)}
        total = sum(n for _month, n in self._monthly)
        return _as_points([(row[1], row[2], row[4]) for row in rows], total), np.array(
            [position[row[0]] for row in rows], dtype=np.int64
        )

    @cached_property
    def _points(self) -> list[tuple[object, ...]]:
        rows = store.run(PointsIn(self._where, by=(Dimension.PLACE_PRECISION,)), known_on=self._known_on)
        return [tuple(row) for row in rows]

    # --- moments ------------------------------------------------------------------------------------------------------

    def incidents(self) -> Incidents:
        """Every incident by itself. Raises BadInput for none, counts that stand for many, and more than a million."""
        if self._spec.aggregate:
            raise BadInput(__("This dataset holds counts and not incidents, so single ones cannot be told apart."))
        rows = store.run(MomentsIn(self._where), known_on=self._known_on)
        total = sum(int(str(row[-1])) for row in rows)
        if not rows:
            raise BadInput(__("Nothing was recorded that fits the question."))
        if total > MOST_INCIDENTS:
            raise BadInput(
                __(
                    "%(count)s incidents are too many for a question about single ones: ask for a shorter period, fewer "
                    "categories or a smaller place.",
                    count=f"{total:,}",
                )
            )
        return _incidents(rows)

    # --- numbers ------------------------------------------------------------------------------------------------------

    def series(self) -> Floats:
        """Incidents in each month of the calendar, NaN where it is not loaded. Raises BadInput when none is."""
        by_month = dict(self._monthly)
        return np.array([by_month.get(month, np.nan) for month in self.calendar], dtype=np.float64)

    def index_categories(self) -> dict[str, tuple[str, ...]]:
        """Variable of the vulnerable localities index -> the dataset's categories that count for it, by code or by group."""
        variables = {item.code: str(item.fact("variable")) for item in law.book(self._day).codes(INDEX_CATEGORIES)}
        found: dict[str, tuple[str, ...]] = {}
        for item in self._items:
            variable = variables.get(str(item.facts.get("group", item.code)))
            if variable is not None:
                found[variable] = (*found.get(variable, ()), item.code)
        return found

    def areas(self, unit: Unit, categories: tuple[str, ...] | None = None) -> Areas:
        """The areas of a kind within the place with their counts by month. Raises BadInput when there are none."""
        where = self._where if categories is None else replace(self._where, categories=categories)
        found = self._areas_of(unit)
        if not found:
            raise BadInput(__("No areas of that kind are loaded for %(place)s.", place=self.where))
        position = {each.key: at for at, each in enumerate(found)}
        month_at: dict[object, int] = {month: at for at, month in enumerate(self.months)}
        counts = np.zeros((len(found), len(self.months)), dtype=np.int64)
        elsewhere = 0
        asked = CountBy(where, by=(DIMENSIONS[unit], Dimension.MONTH))
        for key, month, n in store.run(asked, known_on=self._known_on):
            if str(key or "") in position:
                counts[position[str(key)], month_at[month]] += int(str(n))
            else:
                elsewhere += int(str(n))
        return Areas(
            unit=unit,
            keys=tuple(each.key for each in found),
            names=tuple(each.name for each in found),
            shapes=tuple(each.shape for each in found),
            population=tuple(each.population for each in found),
            deprivation=tuple(each.deprivation for each in found),
            months=self.months,
            counts=counts,
            elsewhere=elsewhere,
            population_year=self._population_year(unit),
        )

    def _population_year(self, unit: Unit) -> int | None:
        if unit is Unit.LSOA:
            return _year(places.areas_within(self._place, str(unit)).defer("outline"))
        return places.population(self._place)[1]

    def _areas_of(self, unit: Unit) -> list[_Area]:
        if unit is not Unit.NEIGHBOURHOOD:
            return [
                _Area(
                    area.code,
                    area.name_cy if area.name_cy and get_language() == "cy" else area.name,
                    from_wkb(area.outline),
                    area.population,
                    area.deprivation_score,
                )
                for area in places.areas_within(self._place, str(unit))
            ]
        within = self._neighbourhoods
        outlines, people, scores = (
            places.outlines(within),
            places.populations(within),
            places.deprivation_scores(within),
        )
        return [
            _Area(str(each.pk), each.shown_name, outlines[each.pk], people[each.pk], scores[each.pk]) for each in within
        ]

    @cached_property
    def _neighbourhoods(self) -> list[ServiceArea]:
        if self._place.kind == ServiceAreaKind.NEIGHBOURHOOD:
            return [self._place]
        return list(places.neighbourhoods(self._place.pk))

    @cached_property
    def _monthly(self) -> list[tuple[date, int]]:
        rows = store.run(Series(self._where), known_on=self._known_on)
        return [(cast("date", month), int(str(n))) for month, n in rows]

    @cached_property
    def _where(self) -> Where:
        asked = self._question
        return Where(
            asked.dataset,
            asked.since,
            asked.until,
            categories=asked.categories or None,
            area=Dimension.NEIGHBOURHOOD,
            codes=tuple(sorted(str(each.pk) for each in self._neighbourhoods)),
        )

    @property
    def _known_on(self) -> datetime | None:
        day = self._question.known_on
        return None if day is None else clock.end_of_day(day)


def _year(areas: Iterable[Area]) -> int | None:
    """The latest year of their populations."""
    return max((each.population_year for each in areas if each.population_year), default=None)


def _boundaries(areas: Sequence[Area]) -> str:
    found = {each.boundary_set for each in areas}
    return ", ".join(sorted(f"{each.get_kind_display()} {each.vintage}" for each in found))


def _refuse_unknown(lsoas: Sequence[Area], where: str) -> None:
    """Raises BadInput unless every LSOA has its people and its decile of deprivation."""
    if not lsoas or any(each.deprivation_decile is None for each in lsoas):
        raise BadInput(
            __(
                "Deprivation is not known of every LSOA of %(place)s. Load it with the boundaries (ourpatch load-boundaries "
                "--lsoas, --deprivation).",
                place=where,
            )
        )
    if any(each.population is None for each in lsoas):
        raise BadInput(
            __(
                "It is not known how many live in every LSOA of %(place)s. Load a deprivation file that has a column of "
                "populations (ourpatch load-boundaries --deprivation).",
                place=where,
            )
        )


def _holders(areas: Sequence[_Area], shapes: Sequence[BaseGeometry]) -> list[int | None]:
    """The area that holds a point inside each shape; None where none does."""
    inside = shapely.point_on_surface(np.array(shapes, dtype=object))
    point, area = shapely.STRtree([each.shape for each in areas]).query(inside, predicate="intersects")
    first: dict[int, int] = {}
    for at, holder in zip(point.tolist(), area.tolist(), strict=True):
        first[at] = min(holder, first.get(at, holder))
    return [first.get(at) for at in range(len(shapes))]


def _months_missing(missing: Sequence[date]) -> Message:
    if len(missing) > MOST_MONTHS_NAMED:
        return __(
            "Months between the first and the last that are not loaded: %(count)s, from %(first)s to %(last)s.",
            count=len(missing),
            first=date_format(missing[0], "F Y"),
            last=date_format(missing[-1], "F Y"),
        )
    names = ", ".join(date_format(each, "F Y") for each in missing)
    return __("These months are not loaded: %(months)s.", months=names)


def _kinds_differ(names: Sequence[str]) -> Message:
    return __(
        "The months do not all hold the same: %(count)s of the categories are common in some months and absent from others "
        "(%(names)s). A change between such months may be one of what was loaded. Choose categories that are in every month, or "
        "a period in which the same were loaded.",
        count=len(names),
        names=", ".join(names[:MOST_KINDS_NAMED]) + (" …" if len(names) > MOST_KINDS_NAMED else ""),
    )


def _as_points(rows: Iterable[tuple[object, ...]], total: int) -> Points:
    table = np.array([tuple(map(float, map(str, row))) for row in rows], dtype=np.float64).reshape(-1, 3)
    n: Integers = table[:, 2].astype(np.int64)
    return Points(table[:, 0], table[:, 1], n, without_place=total - int(n.sum()))


def _incidents(rows: Sequence[Row]) -> Incidents:
    """Rows of `MomentsIn` as one of each for every incident, their instants in local time."""
    times = np.array([int(str(row[-1])) for row in rows], dtype=np.int64)
    east, north = (_floats([row[at] for row in rows]) for at in (4, 5))
    starts = np.array([_local(row[1], row[0]) for row in rows], dtype="datetime64[us]")
    ends = np.array([_local(row[2] if row[2] is not None else row[1], row[0]) for row in rows], dtype="datetime64[us]")
    places_of = [None if e != e else (e, n) for e, n in zip(east.tolist(), north.tolist(), strict=True)]
    at = np.repeat(np.arange(len(rows)), times)
    return Incidents(
        easting=east[at],
        northing=north[at],
        starts=starts[at],
        ends=np.maximum(starts, ends)[at],
        places=tuple(places_of[i] for i in at),
        precision=_coarsest(TimePrecision, {row[3] for row in rows}),
        place_precision=_coarsest(PlacePrecision, {row[7] for row in rows if row[4] is not None}),
    )


def _coarsest(kind: type[Precision], found: set[object]) -> Precision | None:
    """The last of an enumeration that goes from fine to coarse."""
    known = [each for each in kind if str(each) in found]
    return known[-1] if known else None


def _local(micros: object, day: object) -> datetime | object:
    """An instant as London's clocks showed it; the day where there is none."""
    if micros is None:
        return day
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(str(micros)))
    return instant.astimezone(LONDON).replace(tzinfo=None)


def _floats(values: Sequence[object]) -> Floats:
    return np.array([np.nan if value is None else float(str(value)) for value in values], dtype=np.float64)
