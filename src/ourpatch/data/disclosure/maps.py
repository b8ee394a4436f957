"""Map points of a quarter beside everything that was ever published of it, by whatever partnership.

A total of an area and the lowest counts of its points can together say that each point is its lowest. What was withdrawn, or
drawn again with fewer points, has been seen; and an area can hold points of neighbourhoods of more than one partnership.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from django.db.models import QuerySet

from ourpatch.data.disclosure import quarters
from ourpatch.data.disclosure.gathering import codes_by_kind, exact_of, last_day, published_of
from ourpatch.data.disclosure.models import AreaKind, Release, ReleaseKind
from ourpatch.data.disclosure.overlaps import NEIGHBOURHOOD, Area
from ourpatch.data.disclosure.quarters import MapPoint, Table
from ourpatch.data.store import queries as store
from ourpatch.data.store.query import CountBy, Dimension, PointsIn, Where
from ourpatch.data.store.rules import PlacePrecision


def drawable_of(
    dataset: str, quarter: date, months: Sequence[date], codes: Collection[str], tables: Mapping[Area, Table]
) -> list[MapPoint]:
    """The points of these neighbourhoods that may be drawn, beside `tables`, which are published with them, and all before."""
    points = _points(dataset, quarter, codes)
    totals = {**_told_before(dataset, quarter, months, points), **totals_of(tables)}
    others = [area for area in totals if area[0] != NEIGHBOURHOOD]
    beside = [point for point in seen_around(dataset, quarter, others) if dict(point.areas)[NEIGHBOURHOOD] not in codes]
    return quarters.drawable(points, totals, beside)


def seen_around(dataset: str, quarter: date, areas: Collection[Area]) -> list[MapPoint]:
    """The points that maps have shown as they stand now, of every neighbourhood that shares ground with these areas."""
    seen: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    for release in maps_of(dataset, quarter, _neighbourhoods_around(dataset, quarter, areas)):
        seen[release.area[1]].update(map(tuple, release.cells["points"]))
    points = _points(dataset, quarter, seen)
    return [point for point in points if tuple(point.drawn) in seen[dict(point.areas)[NEIGHBOURHOOD]]]


def maps_of(dataset: str, quarter: date, codes: Collection[str]) -> QuerySet[Release]:
    """Every map that was ever published of these neighbourhoods in a quarter, oldest first."""
    found = Release.objects.filter(
        service_area_id__in=list(codes), dataset=dataset, quarter=quarter, kind=ReleaseKind.POINTS
    )
    return found.order_by("made_at", "pk")


def totals_of(tables: Mapping[Area, Table]) -> dict[Area, int]:
    """The totals that these tables tell."""
    found = {area: quarters.total_of(table) for area, table in tables.items()}
    return {area: total for area, total in found.items() if total is not None}


def _told_before(dataset: str, quarter: date, months: Sequence[date], points: Iterable[MapPoint]) -> dict[Area, int]:
    """The last total that was told of each area with such points, over the same months."""
    areas = {area for point in points for area in point.areas if area[1]}
    names = tuple(f"{month:%Y-%m}" for month in months)
    found: dict[Area, int] = {}
    for release in published_of(dataset, quarter, areas):
        table = exact_of(release)
        if table.months == names:
            found |= totals_of({release.area: table})
    return found


def _neighbourhoods_around(dataset: str, quarter: date, areas: Iterable[Area]) -> set[str]:
    found: set[str] = set()
    for kind, codes in codes_by_kind(areas).items():
        where = Where(dataset, quarter, last_day(quarter), area=Dimension(kind), codes=tuple(codes))
        found |= {str(code) for code, _n in store.run(CountBy(where, (Dimension.NEIGHBOURHOOD,))) if code}
    return found


def _points(dataset: str, quarter: date, codes: Collection[str]) -> list[MapPoint]:
    """Each point of these neighbourhoods that was published as a map point, with the ward and small area of most of its rows."""
    if not codes:
        return []
    where = Where(dataset, quarter, last_day(quarter), area=Dimension.NEIGHBOURHOOD, codes=tuple(sorted(codes)))
    by = (Dimension.NEIGHBOURHOOD, Dimension.WARD, Dimension.LSOA, Dimension.PLACE_PRECISION)
    found: dict[tuple[str, float, float, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for area, ward, lsoa, precision, easting, northing, place, n in store.run(PointsIn(where, by)):
        # Only what was moved to a map point before it came here may be drawn; anything more exact never is.
        if precision == PlacePrecision.SNAPPED:
            at = (str(area), float(str(easting)), float(str(northing)), str(place))
            found[at][str(ward or ""), str(lsoa or "")] += int(str(n))
    return [_point(*at, counted) for at, counted in sorted(found.items())]


def _point(code: str, easting: float, northing: float, place: str, counted: Counter[tuple[str, str]]) -> MapPoint:
    ward, lsoa = max(counted, key=lambda areas: (counted[areas], areas))
    areas = ((NEIGHBOURHOOD, code), (str(AreaKind.WARD), ward), (str(AreaKind.LSOA), lsoa))
    return MapPoint(easting, northing, place, quarters.band(counted.total()), areas)
