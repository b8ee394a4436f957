"""The one place where a question becomes SQL: DuckDB over Parquet files, its memory and threads capped."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
from django.conf import settings

from ourpatch.data.store.query import CountBy, Dimension, Grid, PointsIn, Query, Row, Series, TopN, Where

MEMORY = "512MB"
THREADS = 2

EXPRESSIONS = {
    Dimension.MONTH: "date_trunc('month', local_date)::DATE",
    Dimension.WEEKDAY: "CASE WHEN time_precision IN ('month', 'quarter') THEN NULL ELSE isodow(local_date) END",
    Dimension.HOUR: "local_hour",
    Dimension.LSOA: "coalesce(nullif(publisher_lsoa, ''), lsoa)",
}
"""Dimensions that are not simply a column of the row."""


def execute(query: Query, paths: Sequence[Path]) -> list[Row]:
    """Answer a question from these files."""
    if not paths:
        return []
    sql, values = to_sql(query)
    cursor = _connection(os.getpid()).cursor()
    try:
        return cursor.execute(sql, {"files": [str(path) for path in paths], **values}).fetchall()
    finally:
        cursor.close()


def to_sql(query: Query) -> tuple[str, dict[str, object]]:
    """The SQL of a question and the values it binds; the caller binds `$files`. A series gives only months with rows."""
    conditions, values = _conditions(query.where)
    if isinstance(query, TopN):
        key = expression(query.by, query.where)
        select = _counted([key], [*conditions, f"{key} IS NOT NULL", f"{key}::VARCHAR <> ''"], order="total DESC, 1")
        return f"{select} LIMIT $top", {**values, "top": query.n}
    if isinstance(query, Grid):
        keys = [f"floor({axis} / $cell)::BIGINT" for axis in ("easting", "northing")]
        return _counted(keys, [*conditions, "easting IS NOT NULL"]), {**values, "cell": query.cell}
    if isinstance(query, PointsIn):
        keys = [*(expression(each, query.where) for each in query.by), "easting", "northing", "place"]
        return _counted(keys, [*conditions, "easting IS NOT NULL"]), values
    return _counted([expression(each, query.where) for each in _dimensions(query)], conditions), values


def expression(dimension: Dimension, where: Where) -> str:
    """The SQL of a dimension."""
    if dimension is Dimension.DATASET:
        return f"'{where.dataset}'"
    return EXPRESSIONS.get(dimension, str(dimension))


def _dimensions(query: CountBy | Series) -> tuple[Dimension, ...]:
    if isinstance(query, CountBy):
        return query.by
    return (query.by, Dimension.MONTH) if query.by else (Dimension.MONTH,)


def _counted(keys: Sequence[str], conditions: Sequence[str], order: str = "") -> str:
    numbers = ", ".join(str(position + 1) for position in range(len(keys)))
    wanted = "".join(f"{key}, " for key in keys)
    grouped = f" GROUP BY {numbers} ORDER BY {order or numbers}" if keys else " HAVING count(*) > 0"
    filtered = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    # Every part is written here; whatever comes from outside is bound.
    return f"SELECT {wanted}sum(n)::BIGINT AS total FROM read_parquet($files){filtered}{grouped}"  # noqa: S608


def _conditions(where: Where) -> tuple[list[str], dict[str, object]]:
    conditions: list[str] = []
    values: dict[str, object] = {}

    def demand(condition: str, **bound: object) -> None:
        conditions.append(condition)
        values.update(bound)

    if where.since is not None:
        demand("local_date >= $since", since=where.since)
    if where.until is not None:
        demand("local_date <= $until", until=where.until)
    if where.categories is not None:
        demand("list_contains($categories::VARCHAR[], category)", categories=list(where.categories))
    if where.area is not None:
        codes = list(where.codes or ())
        demand(f"list_contains($codes::VARCHAR[], {expression(where.area, where)})", codes=codes)
    if where.box is not None:
        conditions.append("easting >= $west AND easting < $east AND northing >= $south AND northing < $north")
        values.update(asdict(where.box))
    return conditions, values


def fill(rows: Sequence[Row], query: Series, months: Sequence[date]) -> list[Row]:
    """The answer of a series with a nought for each loaded month (first days) in which nothing was counted."""
    counted = {row[:-1]: row[-1] for row in rows}
    if query.by is None:
        return [(month, counted.get((month,), 0)) for month in months]
    keys = sorted({row[0] for row in rows} | set(query.keys), key=lambda key: (key is not None, key))
    return [(key, month, counted.get((key, month), 0)) for key in keys for month in months]


@cache
def _connection(process: int) -> duckdb.DuckDBPyConnection:
    # A forked process must not share its parent's engine, so there is one each.
    spill = Path(settings.OURPATCH_HOME) / "tmp" / "duckdb"
    spill.mkdir(parents=True, exist_ok=True)
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY,
            "threads": THREADS,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        },
    )
