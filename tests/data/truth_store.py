"""What every engine must answer, in a few lines over rows in memory; and rows and questions to try."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from ourpatch.data.store.query import (
    Box,
    CountBy,
    Dimension,
    Grid,
    MomentsIn,
    PointsIn,
    Query,
    Row,
    Series,
    TopN,
    Where,
)

DAYS = [date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 15)]
INSTANTS = [datetime(2026, 1, 31, 23, 59, 59, 7, UTC), datetime(2026, 3, 15, 4, 5, tzinfo=UTC)]
MONTHS = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]


def key(row: dict[str, Any], dimension: Dimension) -> Any:
    special: dict[Dimension, Callable[[], Any]] = {
        Dimension.DATASET: lambda: "d",
        Dimension.MONTH: lambda: row["local_date"].replace(day=1),
        Dimension.WEEKDAY: lambda: None if row["time_precision"] == "month" else row["local_date"].isoweekday(),
        Dimension.HOUR: lambda: row["local_hour"],
        Dimension.LSOA: lambda: row["publisher_lsoa"] or row["lsoa"],
    }
    return special[dimension]() if dimension in special else row[str(dimension)]


def within(row: dict[str, Any], where: Where) -> bool:
    e, n, box = row["easting"], row["northing"], where.box
    return (
        (where.since is None or row["local_date"] >= where.since)
        and (where.until is None or row["local_date"] <= where.until)
        and (where.categories is None or row["category"] in where.categories)
        and (where.area is None or key(row, where.area) in (where.codes or ()))
        and (box is None or (e is not None and box.west <= e < box.east and box.south <= n < box.north))
    )


def keys(row: dict[str, Any], query: Query) -> tuple[Any, ...] | None:
    if isinstance(query, TopN):
        found = key(row, query.by)
        return None if found in (None, "") else (found,)
    if isinstance(query, Grid):
        e, n = row["easting"], row["northing"]
        return None if e is None else (math.floor(e / query.cell), math.floor(n / query.cell))
    if isinstance(query, PointsIn):
        if row["easting"] is None:
            return None
        return (*(key(row, each) for each in query.by), row["easting"], row["northing"], row["place"])
    if isinstance(query, MomentsIn):
        instants = [
            None if at is None else round(at.timestamp() * 1_000_000) for at in (row["starts_at"], row["ends_at"])
        ]
        named = [row[each] for each in ("time_precision", "easting", "northing", "place", "place_precision")]
        return (row["local_date"], *instants, *named)
    by = query.by if isinstance(query, CountBy) else (*([query.by] if query.by else []), Dimension.MONTH)
    return tuple(key(row, each) for each in by)


def truth(query: Query, all_rows: list[dict[str, Any]]) -> list[Row]:
    totals: Counter[tuple[Any, ...]] = Counter()
    for row in all_rows:
        if within(row, query.where) and (found := keys(row, query)) is not None:
            totals[found] += row["n"]
    answer = sorted((*found, n) for found, n in totals.items()) if not _has_none(totals) else _sorted_with_none(totals)
    if isinstance(query, TopN):
        return sorted(answer, key=lambda row: (-row[-1], row[0]))[: query.n]
    return answer


def _has_none(totals: Counter[tuple[Any, ...]]) -> bool:
    return any(part is None for found in totals for part in found)


def _sorted_with_none(totals: Counter[tuple[Any, ...]]) -> list[Row]:
    ordered = sorted(totals, key=lambda found: tuple((part is None, "" if part is None else part) for part in found))
    return [(*found, totals[found]) for found in ordered]


described = st.builds(
    lambda point, **rest: {**rest, "easting": point[0] if point else None, "northing": point[1] if point else None},
    point=st.none()
    | st.tuples(st.sampled_from([-5.0, 0.0, 99.5, 100.0, 350_000.0]), st.sampled_from([0.0, 100.0, 430_000.5])),
    local_date=st.sampled_from(DAYS),
    local_hour=st.none() | st.integers(0, 23),
    time_precision=st.sampled_from(["month", "hour"]),
    category=st.sampled_from(["burglary", "drugs", "it's"]),
    neighbourhood=st.sampled_from(["", "n1", "n2"]),
    ward=st.sampled_from(["", "w1"]),
    lsoa=st.sampled_from(["", "l1", "l2"]),
    publisher_lsoa=st.sampled_from(["", "l1", "l3"]),
    district=st.just("d1"),
    place=st.sampled_from(["", "On or near Park"]),
    place_precision=st.sampled_from(["exact", "snapped"]),
    starts_at=st.sampled_from([None, *INSTANTS]),
    ends_at=st.sampled_from([None, INSTANTS[1]]),
    n=st.integers(1, 5),
)
dimensions = st.sampled_from(sorted(Dimension))
places = st.sampled_from([(Dimension.LSOA, ("l1", "l3")), (Dimension.NEIGHBOURHOOD, ("n1", "")), (Dimension.WARD, ())])
wheres = st.builds(
    lambda area, **rest: Where("d", area=area and area[0], codes=area and area[1], **rest),
    area=st.none() | places,
    since=st.none() | st.sampled_from(DAYS),
    until=st.none() | st.sampled_from(DAYS),
    categories=st.none() | st.lists(st.sampled_from(["burglary", "it's"]), max_size=2).map(tuple),
    box=st.none() | st.just(Box(0.0, 0.0, 100.0, 500_000.0)),
)
several = st.lists(dimensions, max_size=3, unique=True).map(tuple)
questions = st.one_of(
    st.builds(CountBy, wheres, several),
    st.builds(Series, wheres, st.none() | dimensions.filter(lambda d: d is not Dimension.MONTH)),
    st.builds(TopN, wheres, dimensions, st.integers(1, 4)),
    st.builds(PointsIn, wheres, several),
    st.builds(Grid, wheres, st.sampled_from([100, 1000])),
    st.builds(MomentsIn, wheres),
)
