"""Every question of the store, asked of DuckDB and of a truth of a few lines, gives the same answer."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data.factories_store import rows, table
from tests.data.truth_store import MONTHS, described, questions, truth

from ourpatch.data.store import engine
from ourpatch.data.store.query import CountBy, Dimension, Query, Series, Where

pytestmark = pytest.mark.rules


@settings(max_examples=200, deadline=None)
@given(st.lists(described, max_size=25), questions)
def test_the_engine_agrees_with_the_truth(chosen: list[dict[str, Any]], query: Query) -> None:
    with tempfile.TemporaryDirectory() as folder:
        half = len(chosen) // 2
        paths = [Path(folder) / "1.parquet", Path(folder) / "2.parquet"]
        pq.write_table(table(chosen[:half]), paths[0])
        pq.write_table(table(chosen[half:]), paths[1])

        assert engine.execute(query, paths) == truth(query, rows(chosen))


def test_without_files_nothing_was_recorded() -> None:
    assert engine.execute(CountBy(Where("d")), []) == []


def test_a_series_has_a_nought_for_a_loaded_month_and_nothing_for_a_missing_one() -> None:
    loaded = [MONTHS[0], MONTHS[2]]
    query = Series(Where("d"), Dimension.NEIGHBOURHOOD, keys=("quiet",))

    filled = engine.fill([("busy", MONTHS[0], 3)], query, loaded)

    assert filled == [("busy", MONTHS[0], 3), ("busy", MONTHS[2], 0), ("quiet", MONTHS[0], 0), ("quiet", MONTHS[2], 0)]


def test_a_question_about_areas_names_their_kind() -> None:
    with pytest.raises(ValueError, match="together"):
        Where("d", codes=("n1",))
    with pytest.raises(ValueError, match="not a kind of area"):
        Where("d", area=Dimension.CATEGORY, codes=("burglary",))
