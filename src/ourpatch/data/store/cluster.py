"""Answering questions with Spark over the same Parquet files, where there are more rows than one machine should read.

    session = SparkSession.builder.master("spark://...").getOrCreate()
    rows = cluster.execute(session, CountBy(Where(POLICE_UK), by=(Dimension.MONTH,)), paths)

Spark comes with the extra `cluster` and needs Java 17. Every machine of the cluster must see the files under the same paths.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from ourpatch.data.store.query import Query, Row, Value
from ourpatch.data.store.sql import SPARK, to_sql


class Frame(Protocol):
    """As much of a Spark data frame as is used here."""

    def createOrReplaceTempView(self, name: str) -> None:
        """Give the rows a name."""

    def collect(self) -> Sequence[Sequence[Value]]:
        """All rows."""


class Reader(Protocol):
    """As much of Spark's reader as is used here."""

    def parquet(self, *paths: str) -> Frame:
        """The rows of Parquet files."""


class Catalog(Protocol):
    """As much of Spark's catalogue as is used here."""

    def dropTempView(self, name: str) -> bool:
        """Forget a name."""


class Session(Protocol):
    """As much of a Spark session as is used here, so that Spark need not be installed to read this."""

    @property
    def read(self) -> Reader:
        """What reads files."""

    @property
    def catalog(self) -> Catalog:
        """What knows names."""

    def sql(self, sql: str, args: dict[str, object]) -> Frame:
        """The rows that answer a question, with values bound by name."""


def execute(session: Session, query: Query, paths: Sequence[Path]) -> list[Row]:
    """Answer a question from these files; the same rows in the same order as `engine.execute`."""
    if not paths:
        return []
    name = f"incidents_{uuid4().hex}"
    session.read.parquet(*(str(path) for path in paths)).createOrReplaceTempView(name)
    try:
        sql, values = to_sql(query, SPARK)
        return [tuple(row) for row in session.sql(sql, args={"rows": name, **values}).collect()]
    finally:
        session.catalog.dropTempView(name)
