"""Answering questions with DuckDB over Parquet files, its memory and threads capped."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from ourpatch.data.store.query import Query, Row, Series
from ourpatch.data.store.sql import to_sql

if TYPE_CHECKING:
    import duckdb

MEMORY = "512MB"
THREADS = 2


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


def fill(rows: Sequence[Row], query: Series, months: Sequence[date]) -> list[Row]:
    """The answer of a series with a nought for each loaded month (first days) in which nothing was counted."""
    counted = {row[:-1]: row[-1] for row in rows}
    if query.by is None:
        return [(month, counted.get((month,), 0)) for month in months]
    keys = sorted({row[0] for row in rows} | set(query.keys), key=lambda key: (key is not None, key))
    return [(key, month, counted.get((key, month), 0)) for key in keys for month in months]


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
