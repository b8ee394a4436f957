"""Making releases: everything that leaves the house about recorded data is decided here."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Literal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ourpatch.data.analysis.rates import rate
from ourpatch.data.disclosure import quarters
from ourpatch.data.disclosure.models import Release, ReleaseKind
from ourpatch.data.disclosure.permissions import Permission
from ourpatch.data.disclosure.quarters import TOTAL, Table
from ourpatch.data.disclosure.rules import MinimumCell
from ourpatch.data.store import queries as store
from ourpatch.data.store.query import CountBy, Dimension, PointsIn, Where
from ourpatch.data.store.rules import POLICE_UK, PlacePrecision
from ourpatch.foundation import law
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import change
from ourpatch.ground.permission.actor import Actor

Counts = Mapping[tuple[str, date], NDArray[np.int64]]
Points = Mapping[tuple[str, date], list[list[Any]]]
Key = tuple[str, UUID, date]
History = Mapping[Key, Sequence[Release]]

# Releases written in one transaction, so that nobody waits long for the one writer that SQLite has.
CHUNK = 100


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all releases of one run share. `months` by quarter; `versions` of each quarter's data; `rule` and its record."""

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


def make_releases(*, by: Actor, partnership_id: UUID, now: datetime, dataset: str = POLICE_UK) -> list[Release]:
    """Publish what may be shown of every neighbourhood of a partnership, quarter by quarter; returns the new releases.

    What is published already of the same data under the same rule is left alone, so that running it again changes nothing.
    What was published of data that has been undone is withdrawn. Raises NotAllowed.
    """
    by.require(Permission.MAKE, partnership_id)
    areas = {str(area.pk): area for area in places.neighbourhoods(partnership_id)}
    setting = _setting(areas.values(), dataset, now)
    history = _history(areas, dataset)
    _withdraw(by, [releases[-1] for releases in history.values() if not setting.holds(releases[-1])])
    due = [
        (area, quarter)
        for area in areas.values()
        for quarter in setting.months
        if _is_due(history.get((ReleaseKind.COUNTS, area.pk, quarter)), setting, quarter)
    ]
    if not due:
        return []
    made = list(_made(due, areas, setting, history, partnership_id, dataset, now))
    for chunk in _chunks(made):
        _write(by, chunk)
    return made


def _setting(areas: Iterable[ServiceArea], dataset: str, now: datetime) -> _Setting:
    jurisdiction: Literal["england", "wales"] = (
        "wales" if any(area.jurisdiction == "wales" for area in areas) else "england"
    )
    book = law.book(clock.london_date(now), jurisdiction)
    months: dict[date, list[date]] = defaultdict(list)
    for month in store.months_loaded(dataset):
        months[quarters.quarter_of(month)].append(month)
    rule = MinimumCell.of(book, "publishable")
    return _Setting(
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


def _history(areas: Iterable[str], dataset: str) -> History:
    """Everything that was ever published of these places, oldest first."""
    found: dict[Key, list[Release]] = defaultdict(list)
    for release in Release.objects.filter(service_area_id__in=list(areas), dataset=dataset).order_by("made_at", "pk"):
        found[release.kind, release.service_area_id, release.quarter].append(release)
    return dict(found)


def _is_due(releases: Sequence[Release] | None, setting: _Setting, quarter: date) -> bool:
    if not releases or not releases[-1].is_latest:
        return True
    before = releases[-1]
    same_rule = {name: before.rule[name] for name in asdict(setting.rule)} == asdict(setting.rule)
    return before.data_version != setting.versions[quarter] or not same_rule


def _made(
    due: Sequence[tuple[ServiceArea, date]],
    areas: Mapping[str, ServiceArea],
    setting: _Setting,
    history: History,
    partnership_id: UUID,
    dataset: str,
    now: datetime,
) -> Iterator[Release]:
    counts, points = _counts(areas, setting, dataset), _points(areas, setting, dataset)
    people = {area.pk: places.population(area) for area, _quarter in due}
    for area, quarter in due:
        before = history.get((ReleaseKind.COUNTS, area.pk, quarter), [])
        table = quarters.publishable(
            counts[str(area.pk), quarter],
            setting.categories,
            setting.months[quarter],
            closed=setting.is_closed(quarter),
            rule=setting.rule,
            seen=[Table.of_cells(each.cells) for each in before],
        )
        cells = {**table.as_cells(), "rate": _rate(table, *people[area.pk])}
        yield _release(ReleaseKind.COUNTS, area, quarter, cells, before, setting, partnership_id, dataset, now)
        if setting.is_closed(quarter):
            before = history.get((ReleaseKind.POINTS, area.pk, quarter), [])
            shown = {"months": list(table.months), "points": points.get((str(area.pk), quarter), [])}
            yield _release(ReleaseKind.POINTS, area, quarter, shown, before, setting, partnership_id, dataset, now)


def _counts(areas: Mapping[str, ServiceArea], setting: _Setting, dataset: str) -> Counts:
    """(neighbourhood, quarter) -> counts with a row a category and a column a month; one question to the store for all."""
    counts = {
        (area, quarter): np.zeros((len(setting.categories), len(months)), dtype=np.int64)
        for area in areas
        for quarter, months in setting.months.items()
    }
    where = Where(dataset, area=Dimension.NEIGHBOURHOOD, codes=tuple(sorted(areas)))
    row_of = {category: row for row, category in enumerate(setting.categories)}
    for area, month, category, n in store.run(
        CountBy(where, (Dimension.NEIGHBOURHOOD, Dimension.MONTH, Dimension.CATEGORY))
    ):
        if isinstance(month, date) and category in row_of:
            quarter = quarters.quarter_of(month)
            column = setting.months[quarter].index(month)
            counts[str(area), quarter][row_of[str(category)], column] += int(str(n))
    return counts


def _points(areas: Mapping[str, ServiceArea], setting: _Setting, dataset: str) -> Points:
    """(neighbourhood, quarter) -> [easting, northing, place, band] of each point that was published as a map point."""
    where = Where(dataset, area=Dimension.NEIGHBOURHOOD, codes=tuple(sorted(areas)))
    by = (Dimension.NEIGHBOURHOOD, Dimension.MONTH, Dimension.PLACE_PRECISION)
    totals: dict[tuple[str, date], dict[tuple[float, float, str], int]] = defaultdict(lambda: defaultdict(int))
    for area, month, precision, easting, northing, place, n in store.run(PointsIn(where, by)):
        # Only what was moved to a map point before it came here may be drawn; anything more exact never is.
        if precision == PlacePrecision.SNAPPED and isinstance(month, date):
            point = (float(str(easting)), float(str(northing)), str(place))
            totals[str(area), quarters.quarter_of(month)][point] += int(str(n))
    return {key: [[*point, quarters.band(n)] for point, n in sorted(found.items())] for key, found in totals.items()}


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
    kind: ReleaseKind,
    area: ServiceArea,
    quarter: date,
    cells: dict[str, Any],
    before: Sequence[Release],
    setting: _Setting,
    partnership_id: UUID,
    dataset: str,
    now: datetime,
) -> Release:
    return Release(
        kind=kind,
        dataset=dataset,
        service_area=area,
        partnership_id=partnership_id,
        quarter=quarter,
        data_version=setting.versions[quarter],
        rule=setting.rule_record,
        cells=cells,
        made_at=now,
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
