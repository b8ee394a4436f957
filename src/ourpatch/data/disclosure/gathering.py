"""Reading what a joint decision needs: the data of a quarter by place, as it stands and as it stood, and earlier releases.

Only of one quarter and the areas that overlap, so that the cost of a release does not grow with all that were ever made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import cast
from uuid import UUID

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from ourpatch.data.disclosure import quarters
from ourpatch.data.disclosure.models import AreaKind, Release, ReleaseKind
from ourpatch.data.disclosure.overlaps import KINDS, NEIGHBOURHOOD, Area, Place, Told, Version
from ourpatch.data.disclosure.quarters import Table
from ourpatch.data.store import queries as store
from ourpatch.data.store.query import CountBy, Dimension, Where
from ourpatch.foundation.places.queries import Resolver
from ourpatch.foundation.places.resolver import drawn

MOST_VERSIONS = 8
"""Versions of a quarter's data that a release is held against; of older ones each figure is still compared with itself."""
MOST_ASKED = 500

DIMENSIONS = tuple(Dimension(kind) for kind in KINDS)


def areas_of(kind: AreaKind, neighbourhood_ids: Collection[UUID], on: date) -> list[Area]:
    """The official areas of a kind that best fit these neighbourhoods, so that each belongs to one partnership."""
    resolver = Resolver.current(on)
    if kind not in resolver.set_ids:
        return []
    areas = drawn(resolver.set_ids[kind])
    found = resolver.assign(*areas.inside_points).neighbourhood
    codes = [code for code, pk in zip(areas.index.keys, found, strict=True) if pk in set(neighbourhood_ids)]
    return [(str(kind), str(code)) for code in sorted(codes)]


def version_of(
    dataset: str,
    quarter: date,
    months: Sequence[date],
    areas: Iterable[Area],
    categories: Sequence[str],
    *,
    known_on: datetime | None = None,
) -> Version:
    """The counts of a quarter by place, category and month, of every place in these areas."""
    columns: dict[object, int] = {month: at for at, month in enumerate(months)}
    rows = {category: at for at, category in enumerate(categories)}
    counts: dict[Place, NDArray[np.int64]] = {}
    for kind, codes in codes_by_kind(areas).items():
        # A place lies in the areas of several kinds: each finds all of it, and so the same counts.
        found: dict[Place, NDArray[np.int64]] = defaultdict(lambda: np.zeros((len(rows), len(columns)), np.int64))
        where = Where(dataset, quarter, last_day(quarter), area=Dimension(kind), codes=tuple(codes))
        by = (*DIMENSIONS, Dimension.MONTH, Dimension.CATEGORY)
        for *place, month, category, n in store.run(CountBy(where, by), known_on=known_on):
            if month in columns and category in rows:
                found[_place(place)][rows[str(category)], columns[month]] += int(str(n))
        counts |= found
    return Version(tuple(f"{month:%Y-%m}" for month in months), dict(sorted(counts.items())))


def areas_touched(version: Version) -> set[Area]:
    """Every area that shares a place with the data."""
    return {(kind, code) for place in version.counts for kind, code in zip(KINDS, place, strict=True) if code}


def published_of(dataset: str, quarter: date, areas: Iterable[Area]) -> list[Release]:
    """Every release of counts that was ever made of these areas in a quarter, oldest first."""
    found: list[Release] = []
    for kind, codes in codes_by_kind(areas).items():
        for some in _chunks(codes):
            of = Q(service_area_id__in=some) if kind == NEIGHBOURHOOD else Q(area_kind=kind, area_code__in=some)
            found += Release.objects.filter(of, dataset=dataset, quarter=quarter, kind=ReleaseKind.COUNTS)
    return sorted(found, key=lambda release: (release.made_at, release.pk))


def named_in(dataset: str, areas: Iterable[Area]) -> dict[date, set[Area]]:
    """Quarter -> those of these areas that its records name."""
    found: dict[date, set[Area]] = defaultdict(set)
    for kind, codes in codes_by_kind(areas).items():
        where = Where(dataset, area=Dimension(kind), codes=tuple(codes))
        for code, month, _n in store.run(CountBy(where, (Dimension(kind), Dimension.MONTH))):
            found[quarters.quarter_of(cast("date", month))].add((kind, str(code)))
    return found


def published_beside(partnership_id: UUID, dataset: str, quarter: date) -> set[Area]:
    """Every area but neighbourhoods of which a partnership ever published counts of a quarter."""
    found = Release.objects.filter(partnership_id=partnership_id, dataset=dataset, quarter=quarter)
    found = found.filter(kind=ReleaseKind.COUNTS, is_left_out=False).exclude(area_kind=AreaKind.NEIGHBOURHOOD)
    return set(found.values_list("area_kind", "area_code").distinct())


def has_other_kinds(dataset: str, quarter: date) -> bool:
    """Whether anything but neighbourhoods was ever published of a quarter."""
    others = Release.objects.filter(dataset=dataset, quarter=quarter, kind=ReleaseKind.COUNTS)
    return others.exclude(area_kind=AreaKind.NEIGHBOURHOOD).exists()


def told_before(
    dataset: str, quarter: date, releases: Sequence[Release], now: Version, data_version: str, categories: Sequence[str]
) -> tuple[list[Told], list[Version]]:
    """What earlier releases told, and the versions of the data that they told it of, the present one first."""
    versions = [now]
    number = {data_version: 0}
    areas = {release.area for release in releases}
    told = []
    for release in reversed(releases):
        table = exact_of(release)
        if release.data_version not in number and len(versions) < MOST_VERSIONS:
            number[release.data_version] = len(versions)
            months = [date.fromisoformat(f"{month}-01") for month in table.months]
            versions.append(version_of(dataset, quarter, months, areas, categories, known_on=release.made_at))
        if release.data_version in number:
            told.append(Told(release.area, table, number[release.data_version]))
    return told, versions


def exact_of(release: Release) -> Table:
    """What a release counts as: its numbers, those behind rounded ones as though they had been shown exactly."""
    return Table.of_cells(release.cells if release.behind is None else release.behind)


def codes_by_kind(areas: Iterable[Area]) -> Mapping[str, list[str]]:
    """Kind -> the codes of these areas, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for kind, code in sorted(set(areas)):
        found[kind].append(code)
    return found


def last_day(quarter: date) -> date:
    """The last day of a quarter."""
    return (quarters.last_month(quarter) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _place(codes: Sequence[object]) -> Place:
    neighbourhood, ward, lsoa, district = (str(code or "") for code in codes)
    return neighbourhood, ward, lsoa, district


def _chunks(codes: Sequence[str]) -> Iterator[list[str]]:
    waiting = iter(codes)
    while chunk := list(islice(waiting, MOST_ASKED)):
        yield chunk
