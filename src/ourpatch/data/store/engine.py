"""Answering questions with DuckDB over Parquet files, its memory and threads capped."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from ourpatch.data.store import cubes
from ourpatch.data.store.query import Query, Row, Series
from ourpatch.data.store.sql import DUCKDB, Dialect, to_sql

if TYPE_CHECKING:
    import duckdb

MEMORY = "512MB"
THREADS = 2


def execute(query: Query, paths: Sequence[Path]) -> list[Row]:
    """Answer a question from these files."""
    if not paths:
        return []
    dialect, bound = _source(query, paths)
    sql, values = to_sql(query, dialect)
    cursor = _connection(os.getpid()).cursor()
    try:
        return cursor.execute(sql, {**bound, **values}).fetchall()
    finally:
        cursor.close()


def fill(rows: Sequence[Row], query: Series, months: Sequence[date]) -> list[Row]:
    """The answer of a series with a nought for each loaded month (first days) in which nothing was counted."""
    counted = {row[:-1]: row[-1] for row in rows}
    if query.by is None:
        return [(month, counted.get((month,), 0)) for month in months]
    keys = sorted({row[0] for row in rows} | set(query.keys), key=lambda key: (key is not None, key))
    return [(key, month, counted.get((key, month), 0)) for key in keys for month in months]


def _source(query: Query, paths: Sequence[Path]) -> tuple[Dialect, dict[str, object]]:
    """What to read, and its paths: for each file the cube that can answer the question, where it has it, else its rows."""
    cube = cubes.cube_for(query)
    counted = [] if cube is None else [path for path in paths if cube.beside(path).exists()]
    if cube is None or not counted:
        return DUCKDB, {"files": [str(path) for path in paths]}
    columns = ", ".join((*cube.columns, "n"))
    sources: dict[str, object] = {"cubes": [str(cube.beside(path)) for path in counted]}
    rest = set(paths) - set(counted)
    if rest:
        sources["files"] = [str(path) for path in paths if path in rest]
    read = [f"SELECT {columns} FROM read_parquet(${name})" for name in sources]  # noqa: S608 - names are ours
    return replace(DUCKDB, rows=f"({' UNION ALL '.join(read)}) AS counted"), sources


@cache
def _connection(process: int) -> duckdb.DuckDBPyConnection:
    # A forked process must not share its parent's engine, so there is one each. A load has no question: it needs none.
    import duckdb

    spill = Path(settings.OURPATCH_HOME) / "tmp" / "duckdb"
    spill.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
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
    # A file of the store never changes, so what it says of its contents is read once.
    connection.execute("LOAD parquet")
    connection.execute("SET parquet_metadata_cache = true")
    return connection
