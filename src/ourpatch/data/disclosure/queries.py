"""Reading what was published. Public pages, maps, feeds and the API read this and nothing else of the recorded data."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from ourpatch.data.disclosure.models import AreaKind, Publishing, Release, ReleaseKind
from ourpatch.data.disclosure.quarters import BANDS, TOTAL, Table
from ourpatch.data.disclosure.rules import WHY_WORDS, Why
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.ground.words import Message

QUARTERS_COMPARED = 5
"""The latest quarter of a small area and the four before it, of which the last is the same quarter a year before."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A published number; None when it is withheld, and then `why` says why in words.

    `rounded_to`: it is the nearest multiple of that to what was recorded; None: it is what was recorded.
    """

    value: int | None
    why: Message | None = None
    rounded_to: int | None = None


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """A month's total, and its anti-social behaviour where the quarter is closed (else None)."""

    month: date
    total: Figure
    asb: Figure | None


@dataclass(frozen=True, slots=True)
class CategoryFigure:
    """A category's number in one quarter, and in the same quarter a year before where that was published."""

    category: str
    count: Figure
    year_before: Figure | None


@dataclass(frozen=True, slots=True)
class PublishedCounts:
    """What is published of one place.

    `months` in order, gaps are months not loaded. `categories` in the law book's order, of `quarter`, the latest that is
    closed (None when there is none yet), and `quarter_months` those of its months that are loaded. `rate`: incidents a year
    per 1,000 people in that quarter, with its interval.
    """

    months: tuple[MonthFigure, ...]
    quarter: date | None
    quarter_months: tuple[date, ...]
    quarter_total: Figure | None
    categories: tuple[CategoryFigure, ...]
    rate: PublishedRate | None
    release_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class PublishedRate:
    """A rate a year per 1,000 residents with its 95% interval, and the population it stands on."""

    value: float
    lower: float
    upper: float
    population: int
    population_year: int | None


@dataclass(frozen=True, slots=True)
class PublishedQuarter:
    """What is published of a ward or a small area in one quarter; `categories` in the law book's order.

    `months` are those loaded (first days); `smallest_shown`: counts from 1 to below it are withheld.
    """

    quarter: date
    months: tuple[date, ...]
    categories: Mapping[str, Figure]
    total: Figure
    rounded_to: int | None
    smallest_shown: int
    made_at: datetime
    release_id: UUID


@dataclass(frozen=True, slots=True)
class PublishedArea:
    """The latest quarters that are published of a ward or a small area, the latest first."""

    partnership_id: UUID
    quarters: tuple[PublishedQuarter, ...]

    @property
    def latest(self) -> PublishedQuarter:
        """The latest quarter."""
        return self.quarters[0]

    @property
    def year_before(self) -> PublishedQuarter | None:
        """The same quarter a year before, where all its months are published."""
        wanted = self.latest.quarter.replace(year=self.latest.quarter.year - 1)
        return next((each for each in self.quarters if each.quarter == wanted and len(each.months) == 3), None)


@dataclass(frozen=True, slots=True)
class PublishedPoint:
    """A map point (metres, EPSG:27700) and the band of its count in the quarter: `least` to `most` (None: no upper end)."""

    easting: float
    northing: float
    place: str
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class PublishedPoints:
    """The map points of a place in one closed quarter, and those of its months (first days) that are loaded."""

    quarter: date
    months: tuple[date, ...]
    points: tuple[PublishedPoint, ...]
    release_id: UUID


def publishing_of(partnership_id: UUID) -> Publishing:
    """What is chosen for a partnership now; while nobody has chosen, what holds then: neighbourhoods, exactly."""
    chosen = Publishing.objects.filter(partnership_id=partnership_id, replaced_by__isnull=True).first()
    return chosen or Publishing(partnership_id=partnership_id)


def publishing_of_each(partnership_ids: Collection[UUID]) -> dict[UUID, Publishing]:
    """The same for many partnerships, in one query."""
    chosen = Publishing.objects.filter(partnership_id__in=list(partnership_ids), replaced_by__isnull=True)
    found = {each.partnership_id: each for each in chosen}
    return {pk: found.get(pk) or Publishing(partnership_id=pk) for pk in partnership_ids}


def latest(service_area_id: UUID, kind: str = ReleaseKind.COUNTS, dataset: str = POLICE_UK) -> list[Release]:
    """The releases that hold now for a place, by quarter."""
    return list(
        Release.objects.filter(service_area_id=service_area_id, dataset=dataset, kind=kind, is_latest=True).order_by(
            "quarter"
        )
    )


def latest_of(kind: AreaKind, code: str, dataset: str = POLICE_UK, most: int | None = None) -> list[Release]:
    """The releases that hold now for a ward, a small area or a district, by quarter; the newest so many."""
    found = Release.objects.filter(area_kind=kind, area_code=code, dataset=dataset, is_latest=True)
    return list(found.order_by("-quarter")[:most])[::-1]


def latest_of_quarter(partnership_id: UUID, quarter: date, dataset: str = POLICE_UK) -> list[Release]:
    """The releases that hold now for every ward and small area of a partnership in one quarter, by kind and code."""
    found = _of_other_kinds(partnership_id, dataset).filter(quarter=quarter)
    return list(found.order_by("-area_kind", "area_code"))


def quarters_of_areas(partnership_id: UUID, dataset: str = POLICE_UK) -> list[date]:
    """The quarters of which wards or small areas of a partnership are published, the latest first."""
    found = _of_other_kinds(partnership_id, dataset).order_by("-quarter")
    return list(found.values_list("quarter", flat=True).distinct())


def areas_published(partnership_id: UUID, dataset: str = POLICE_UK) -> dict[AreaKind, list[str]]:
    """Kind -> the codes of a partnership's wards and small areas that are published of any of the quarters that are compared."""
    found: dict[AreaKind, list[str]] = {}
    every = _of_other_kinds(partnership_id, dataset)
    newest = quarters_of_areas(partnership_id, dataset)[:QUARTERS_COMPARED]
    listed = every.filter(quarter__in=newest).order_by("area_kind", "area_code")
    for kind, code in listed.values_list("area_kind", "area_code").distinct():
        found.setdefault(AreaKind(kind), []).append(code)
    return found


def has_areas(partnership_id: UUID, dataset: str = POLICE_UK) -> bool:
    """Whether any ward or small area of a partnership is published."""
    return _of_other_kinds(partnership_id, dataset).exists()


def published_area(kind: AreaKind, code: str, dataset: str = POLICE_UK) -> PublishedArea | None:
    """What is published of a ward or a small area, or None when nothing is. One query, of the last quarters only."""
    releases = latest_of(kind, code, dataset, most=QUARTERS_COMPARED)
    if not releases:
        return None
    newest = releases[-1]
    return PublishedArea(newest.partnership_id, tuple(_quarter(release) for release in reversed(releases)))


def published_counts(service_area_id: UUID, dataset: str = POLICE_UK) -> PublishedCounts | None:
    """The counts published of a place, or None when nothing is."""
    return published_counts_of([service_area_id], dataset).get(service_area_id)


def published_counts_of(service_area_ids: Iterable[UUID], dataset: str = POLICE_UK) -> dict[UUID, PublishedCounts]:
    """Service area id -> the counts published of it, in one query; places without any are left out."""
    found = Release.objects.filter(
        service_area_id__in=list(service_area_ids), dataset=dataset, kind=ReleaseKind.COUNTS, is_latest=True
    ).order_by("quarter")
    by_place: dict[UUID, list[Release]] = {}
    for release in found:
        if release.service_area_id is not None:
            by_place.setdefault(release.service_area_id, []).append(release)
    return {place: _counts(releases) for place, releases in by_place.items()}


def published_points(service_area_id: UUID, dataset: str = POLICE_UK) -> PublishedPoints | None:
    """The map points of the latest closed quarter, or None when there is none."""
    releases = latest(service_area_id, ReleaseKind.POINTS, dataset)
    if not releases:
        return None
    points = tuple(_point(*each) for each in releases[-1].cells["points"])
    return PublishedPoints(releases[-1].quarter, _days(releases[-1].cells["months"]), points, releases[-1].pk)


def _of_other_kinds(partnership_id: UUID, dataset: str) -> QuerySet[Release]:
    found = Release.objects.filter(
        partnership_id=partnership_id, dataset=dataset, kind=ReleaseKind.COUNTS, is_latest=True
    )
    return found.exclude(area_kind=AreaKind.NEIGHBOURHOOD)


def _quarter(release: Release) -> PublishedQuarter:
    shown = _Shown.of(release)
    return PublishedQuarter(
        quarter=release.quarter,
        months=_days(shown.months),
        categories={name: shown.figure(name, TOTAL) or Figure(None) for name in shown.categories},
        total=shown.figure(TOTAL, TOTAL) or Figure(None),
        rounded_to=release.rounded_to,
        smallest_shown=release.rule["smallest_shown"],
        made_at=release.made_at,
        release_id=release.pk,
    )


def _counts(releases: list[Release]) -> PublishedCounts:
    tables = {release.quarter: _Shown.of(release) for release in releases}
    closed = [quarter for quarter, table in tables.items() if table.closed and table.figure(TOTAL, TOTAL)]
    quarter = max(closed, default=None)
    return PublishedCounts(
        months=tuple(_month(table, month) for table in tables.values() for month in table.months),
        quarter=quarter,
        quarter_months=_days(tables[quarter].months) if quarter else (),
        quarter_total=tables[quarter].figure(TOTAL, TOTAL) if quarter else None,
        categories=_categories(tables, quarter) if quarter else (),
        rate=_rate(releases, quarter),
        release_ids=tuple(release.pk for release in releases),
    )


def _days(months: Iterable[str]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(f"{month}-01") for month in months)


def _month(shown: _Shown, month: str) -> MonthFigure:
    return MonthFigure(
        month=date.fromisoformat(f"{month}-01"),
        total=shown.figure(TOTAL, month) or Figure(None),
        asb=shown.figure("anti-social-behaviour", month),
    )


def _categories(tables: Mapping[date, _Shown], quarter: date) -> tuple[CategoryFigure, ...]:
    shown, year_before = tables[quarter], tables.get(quarter.replace(year=quarter.year - 1))
    return tuple(
        CategoryFigure(
            category=name,
            count=shown.figure(name, TOTAL) or Figure(None),
            year_before=year_before.figure(name, TOTAL) if year_before and len(year_before.months) == 3 else None,
        )
        for name in shown.categories
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """What one release shows."""

    table: Table
    rounded_to: int | None

    @classmethod
    def of(cls, release: Release) -> _Shown:
        return cls(Table.of_cells(release.cells), release.rounded_to)

    @property
    def months(self) -> tuple[str, ...]:
        """Those loaded, as 2026-04."""
        return self.table.months

    @property
    def closed(self) -> bool:
        """Whether the quarter will get no further month."""
        return self.table.closed

    @property
    def categories(self) -> list[str]:
        """The categories that have a row, in order."""
        return list(dict.fromkeys(row for row, _column in self.table.figures if row != TOTAL))

    def figure(self, row: str, column: str) -> Figure | None:
        """One number; None where it is not published at all."""
        if (row, column) not in self.table.figures:
            return None
        why = self.table.why.get((row, column))
        return Figure(self.table.figures[row, column], WHY_WORDS[Why(why)] if why else None, self.rounded_to)


def _rate(releases: list[Release], quarter: date | None) -> PublishedRate | None:
    found = next((release.cells.get("rate") for release in releases if release.quarter == quarter), None)
    return PublishedRate(**found) if found else None


def _point(easting: float, northing: float, place: str, least: int) -> PublishedPoint:
    higher = [lowest for lowest in BANDS if lowest > least]
    return PublishedPoint(easting, northing, place, least, higher[0] - 1 if higher else None)
