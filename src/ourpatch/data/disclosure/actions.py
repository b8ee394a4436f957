"""Making releases: everything that leaves the house about recorded data is decided here."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Literal
from uuid import UUID

from ourpatch.data.analysis.rates import rate
from ourpatch.data.disclosure import quarters
from ourpatch.data.disclosure.gathering import (
    areas_of,
    areas_touched,
    has_other_kinds,
    last_day,
    published_of,
    told_before,
    version_of,
)
from ourpatch.data.disclosure.models import AreaKind, Release, ReleaseKind
from ourpatch.data.disclosure.overlaps import (
    NEIGHBOURHOOD,
    Area,
    Told,
    Version,
    counts_of,
    withhold_further,
    without,
)
from ourpatch.data.disclosure.permissions import Permission
from ourpatch.data.disclosure.quarters import TOTAL, Table
from ourpatch.data.disclosure.rules import MinimumCell
from ourpatch.data.store import queries as store
from ourpatch.data.store.query import Dimension, PointsIn, Where
from ourpatch.data.store.rules import POLICE_UK, PlacePrecision
from ourpatch.foundation import law
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import change
from ourpatch.ground.permission.actor import Actor

Points = Mapping[str, list[list[Any]]]
Standing = Mapping[tuple[str, Area, date], Release]

# Releases written in one transaction, so that nobody waits long for the one writer that SQLite has.
CHUNK = 100


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all releases of one run share. `months` by quarter; `versions` of each quarter's data; `rule` and its record."""

    areas: Mapping[str, ServiceArea]
    partnership_id: UUID
    dataset: str
    now: datetime
    book: law.LawBook
    categories: tuple[str, ...]
    months: Mapping[date, tuple[date, ...]]
    versions: Mapping[date, str]
    rule: MinimumCell
    rule_record: dict[str, object]

    def is_closed(self, quarter: date) -> bool:
        """Whether a quarter will get no further month."""
        return quarters.is_closed(quarter, [month for months in self.months.values() for month in months])

    def holds(self, release: Release) -> bool:
        """Whether there is still data for a release."""
        if release.quarter not in self.months:
            return False
        return release.kind != ReleaseKind.POINTS or self.is_closed(release.quarter)


def make_releases(
    *, by: Actor, partnership_id: UUID, now: datetime, dataset: str = POLICE_UK, also: Collection[AreaKind] = ()
) -> list[Release]:
    """Publish what may be shown of every neighbourhood of a partnership, quarter by quarter; returns the new releases.

    `also`: other kinds of area that are published besides, by category, once a quarter is closed. Every release is held
    against all that was published of the same quarter, of any area that overlaps. What is published already of the same
    data under the same rule is left alone, so that running it again changes nothing. What was published of data that has
    been undone is withdrawn. Raises NotAllowed.
    """
    by.require(Permission.MAKE, partnership_id)
    areas = {str(area.pk): area for area in places.neighbourhoods(partnership_id)}
    setting = _setting(areas, partnership_id, dataset, now)
    standing = _standing(partnership_id, dataset)
    _withdraw(by, [each for each in standing.values() if not setting.holds(each)])
    due = _due(setting, standing, also)
    made = [release for quarter, listed in due.items() for release in _made(setting, quarter, listed)]
    for chunk in _chunks(made):
        _write(by, chunk)
    return made


def _setting(areas: Mapping[str, ServiceArea], partnership_id: UUID, dataset: str, now: datetime) -> _Setting:
    jurisdiction: Literal["england", "wales"] = (
        "wales" if any(area.jurisdiction == "wales" for area in areas.values()) else "england"
    )
    book = law.book(clock.london_date(now), jurisdiction)
    months: dict[date, list[date]] = defaultdict(list)
    for month in store.months_loaded(dataset):
        months[quarters.quarter_of(month)].append(month)
    rule = MinimumCell.of(book, "publishable")
    return _Setting(
        areas=areas,
        partnership_id=partnership_id,
        dataset=dataset,
        now=now,
        book=book,
        categories=book.codes("police_uk_categories").codes,
        months={quarter: tuple(listed) for quarter, listed in months.items()},
        versions=_versions(store.month_versions(dataset)),
        rule=rule,
        rule_record={**asdict(rule), "law_book": book.digest, "on": book.on.isoformat()},
    )


def _versions(by_month: Mapping[date, str]) -> dict[date, str]:
    """A version for each quarter that changes when its data does, or when it becomes closed."""
    by_quarter: dict[date, list[str]] = defaultdict(list)
    for month, version in sorted(by_month.items()):
        by_quarter[quarters.quarter_of(month)].append(f"{month} {version}")
    return {
        quarter: hashlib.sha256(repr((listed, quarters.is_closed(quarter, by_month))).encode()).hexdigest()
        for quarter, listed in by_quarter.items()
    }


def _standing(partnership_id: UUID, dataset: str) -> Standing:
    """What is published now of a partnership's areas; as many as there are areas and quarters, however often remade."""
    found = Release.objects.filter(partnership_id=partnership_id, dataset=dataset, is_latest=True).defer("cells")
    return {(release.kind, release.area, release.quarter): release for release in found}


def _due(setting: _Setting, standing: Standing, also: Collection[AreaKind]) -> dict[date, list[Area]]:
    """The areas of which a quarter must be published anew."""
    ids = [area.pk for area in setting.areas.values()]
    others = [area for kind in also for area in areas_of(kind, ids, setting.book.on)]
    due: dict[date, list[Area]] = {}
    for quarter in setting.months:
        listed: list[Area] = [(NEIGHBOURHOOD, code) for code in setting.areas]
        listed += others if setting.is_closed(quarter) else []
        found = [
            area for area in listed if _is_due(standing.get((ReleaseKind.COUNTS, area, quarter)), setting, quarter)
        ]
        if found:
            due[quarter] = found
    return due


def _is_due(before: Release | None, setting: _Setting, quarter: date) -> bool:
    if before is None:
        return True
    same_rule = {name: before.rule.get(name) for name in asdict(setting.rule)} == asdict(setting.rule)
    return before.data_version != setting.versions[quarter] or not same_rule


def _made(setting: _Setting, quarter: date, due: Sequence[Area]) -> Iterator[Release]:
    """The releases of a quarter: each area's table by itself, then all of them beside everything published before."""
    earlier = published_of(setting.dataset, quarter, due)
    chains: dict[Area, list[Release]] = defaultdict(list)
    for release in earlier:
        chains[release.area].append(release)
    now = version_of(setting.dataset, quarter, setting.months[quarter], due, setting.categories)
    tables = {area: _table(setting, quarter, area, now, chains.get(area, ())) for area in due}
    tables, rule = _beside_everything(setting, quarter, tables, now, earlier)
    neighbourhoods = [setting.areas[code] for kind, code in due if kind == NEIGHBOURHOOD]
    people = {str(area.pk): places.population(area) for area in neighbourhoods}
    for area, table in tables.items():
        rate = _rate(table, *people.get(area[1], (None, None)))
        yield _release(
            setting, ReleaseKind.COUNTS, area, quarter, {**table.as_cells(), "rate": rate}, chains[area], rule
        )
    if setting.is_closed(quarter):
        yield from _made_points(setting, quarter, {code: tables[NEIGHBOURHOOD, code] for code in people}, rule)


def _table(setting: _Setting, quarter: date, area: Area, now: Version, before: Sequence[Release]) -> Table:
    """What may be shown of one area by itself, and after what was shown of it before."""
    counts, months = counts_of(now, area, len(setting.categories)), setting.months[quarter]
    if area[0] != NEIGHBOURHOOD:
        return quarters.by_category(counts.sum(axis=1), setting.categories, months, setting.rule)
    return quarters.publishable(
        counts,
        setting.categories,
        months,
        closed=setting.is_closed(quarter),
        rule=setting.rule,
        seen=[Table.of_cells(each.cells) for each in before],
    )


def _beside_everything(
    setting: _Setting, quarter: date, tables: dict[Area, Table], now: Version, earlier: Sequence[Release]
) -> tuple[dict[Area, Table], dict[str, object]]:
    """The tables with what else must be withheld beside each other and earlier releases, and the rule as it was kept."""
    overlap = any(kind != NEIGHBOURHOOD for kind, _code in tables) or has_other_kinds(setting.dataset, quarter)
    if not overlap and not earlier:
        # Neighbourhoods share no ground: each by itself is all there is.
        return tables, setting.rule_record
    if overlap:
        touched = areas_touched(now)
        earlier = published_of(setting.dataset, quarter, touched)
        everywhere = {*tables, *(release.area for release in earlier)}
        now = version_of(setting.dataset, quarter, setting.months[quarter], everywhere, setting.categories)
    before, versions = told_before(
        setting.dataset, quarter, earlier, now, setting.versions[quarter], setting.categories
    )
    new = [Told(area, table, 0) for area, table in tables.items()]
    joint = withhold_further(new, before, versions, setting.categories, setting.rule)
    kept = {area: without(table, joint.withheld.get(area, frozenset())) for area, table in tables.items()}
    return kept, {**setting.rule_record, "given_away_before": joint.given_away}


def _made_points(
    setting: _Setting, quarter: date, tables: Mapping[str, Table], rule: dict[str, object]
) -> Iterator[Release]:
    points = _points(setting, quarter, tables)
    before = Release.objects.filter(
        service_area_id__in=list(tables), dataset=setting.dataset, quarter=quarter, kind=ReleaseKind.POINTS
    ).defer("cells")
    chains: dict[Area, list[Release]] = defaultdict(list)
    for release in before.order_by("made_at", "pk"):
        chains[release.area].append(release)
    for code, table in tables.items():
        area = (NEIGHBOURHOOD, code)
        shown = {"months": list(table.months), "points": quarters.drawable(points.get(code, []), table)}
        yield _release(setting, ReleaseKind.POINTS, area, quarter, shown, chains[area], rule)


def _points(setting: _Setting, quarter: date, codes: Collection[str]) -> Points:
    """Neighbourhood -> [easting, northing, place, band] of each point that was published as a map point."""
    where = Where(setting.dataset, quarter, last_day(quarter), area=Dimension.NEIGHBOURHOOD, codes=tuple(sorted(codes)))
    by = (Dimension.NEIGHBOURHOOD, Dimension.PLACE_PRECISION)
    found: dict[str, list[list[Any]]] = defaultdict(list)
    for area, precision, easting, northing, place, n in store.run(PointsIn(where, by)):
        # Only what was moved to a map point before it came here may be drawn; anything more exact never is.
        if precision == PlacePrecision.SNAPPED:
            point = [float(str(easting)), float(str(northing)), str(place), quarters.band(int(str(n)))]
            found[str(area)].append(point)
    return {area: sorted(points) for area, points in found.items()}


def _rate(table: Table, population: int | None, year: int | None) -> dict[str, object] | None:
    total = table.figures.get((TOTAL, TOTAL))
    if total is None or not population:
        return None
    found = rate(total, population, per=1000, months=len(table.months))
    return {
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "population": population,
        "population_year": year,
    }


def _release(
    setting: _Setting,
    kind: ReleaseKind,
    area: Area,
    quarter: date,
    cells: dict[str, Any],
    before: Sequence[Release],
    rule: dict[str, object],
) -> Release:
    is_neighbourhood = area[0] == NEIGHBOURHOOD
    return Release(
        kind=kind,
        dataset=setting.dataset,
        area_kind=area[0],
        area_code="" if is_neighbourhood else area[1],
        service_area=setting.areas[area[1]] if is_neighbourhood else None,
        partnership_id=setting.partnership_id,
        quarter=quarter,
        data_version=setting.versions[quarter],
        rule=rule,
        cells=cells,
        made_at=setting.now,
        supersedes=before[-1] if before else None,
    )


def _write(by: Actor, made: Sequence[Release]) -> None:
    with change(by, "disclosure.make_releases") as audit:
        Release.objects.filter(pk__in=[each.supersedes_id for each in made if each.supersedes_id]).update(
            is_latest=False
        )
        Release.objects.bulk_create(made)
        audit.noted(Release.KIND, [each.pk for each in made])


def _withdraw(by: Actor, releases: Sequence[Release]) -> None:
    shown = [each.pk for each in releases if each.is_latest]
    if shown:
        with change(by, "disclosure.withdraw_releases") as audit:
            Release.objects.filter(pk__in=shown).update(is_latest=False)
            audit.noted(Release.KIND, shown)


def _chunks(made: Sequence[Release]) -> Iterator[list[Release]]:
    waiting = iter(made)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk
