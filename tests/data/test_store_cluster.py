"""Every question of the store, asked of a local Spark session, gives what DuckDB and the truth of a few lines give."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.data.factories_store import rows, table
from tests.data.truth_store import described, questions, truth

from ourpatch.data.store import cluster, engine, files
from ourpatch.data.store.query import CountBy, Query, Where
from ourpatch.data.store.rules import month_of

pytestmark = [pytest.mark.rules, pytest.mark.cluster]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session of this process: one thread, no page of its own, nothing left in the working folder."""
    sql = pytest.importorskip("pyspark.sql", reason="Spark is not installed: pip install 'ourpatch[cluster]'")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java 17, which is not on this machine.")
    folder = tmp_path_factory.mktemp("spark")
    session = (
        sql.SparkSession.builder.master("local[1]")
        .appName("ourpatch tests")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.memory", "512m")
        .config("spark.local.dir", str(folder))
        .config("spark.sql.warehouse.dir", str(folder))
        .config("spark.sql.shuffle.partitions", "1")
        # A dozen rows are answered sooner than a program for them is compiled, or made fast.
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.sql.adaptive.enabled", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


# Spark takes some tenths of a second to plan each question, so it is asked fewer than DuckDB is.
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(described, max_size=12), query=questions)
def test_both_engines_agree_with_the_truth(spark: Any, chosen: list[dict[str, Any]], query: Query) -> None:
    paths = stored(chosen)
    answer = cluster.execute(spark, query, paths)

    assert answer == truth(query, rows(chosen))
    assert answer == engine.execute(query, paths)


def test_without_files_nothing_was_recorded(spark: Any) -> None:
    assert cluster.execute(spark, CountBy(Where("d")), []) == []


def test_a_question_leaves_no_name_behind(spark: Any) -> None:
    cluster.execute(spark, CountBy(Where("d")), stored([{}]))

    assert spark.catalog.listTables() == []


def stored(chosen: list[dict[str, Any]]) -> list[Path]:
    """One file for each month of the rows, as every loader writes them."""
    months: dict[date, list[dict[str, Any]]] = {}
    for row, made in zip(chosen, rows(chosen), strict=True):
        months.setdefault(month_of(made["local_date"]), []).append(row)
    return [files.stage(table(each), month).path for month, each in months.items()]
