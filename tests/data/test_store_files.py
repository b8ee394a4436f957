"""A stored file: the rows that came, in an order that questions like, plain texts however they arrived."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.data.factories_store import JANUARY, table
from tests.data.truth_store import described

from ourpatch.data.store import files

pytestmark = pytest.mark.rules


def listed(rows: pa.Table) -> pa.Table:
    """The same rows with every text as a numbered list."""
    for name in files.TEXTS:
        rows = rows.set_column(rows.schema.get_field_index(name), name, rows.column(name).dictionary_encode())
    return rows


def sort_key(row: dict[str, Any]) -> tuple[Any, ...]:
    e, n = row["easting"], row["northing"]
    return row["neighbourhood"], row["category"], (e is None, e or 0), (n is None, n or 0), row["row_number"]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(described.map(lambda row: {**row, "local_date": JANUARY}), max_size=30))
def test_no_row_is_lost_and_rows_alike_lie_together(chosen: list[dict[str, Any]]) -> None:
    rows = table(chosen)
    plain, numbered = (files.stage(each, JANUARY) for each in (rows, listed(rows)))

    stored = pq.read_table(plain.path)
    assert stored.to_pylist() == sorted(rows.to_pylist(), key=sort_key)
    assert stored.schema.equals(files.ROW)
    assert plain.rows == len(chosen)
    assert pq.read_table(numbered.path).equals(stored)


def test_the_columns_that_a_dataset_has_besides_are_kept() -> None:
    rows = table([{}, {}]).append_column("method", pa.array(["ladder", None]))
    staged = files.stage(rows, JANUARY, extra=[pa.field("method", pa.string())])

    assert pq.read_table(staged.path).column("method").to_pylist() == ["ladder", None]


def test_rows_of_another_month_or_shape_are_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="hold other months"):
        files.stage(table([{"local_date": date(2026, 2, 1)}]), JANUARY)
    with pytest.raises(ValueError):
        files.stage(table([{}]).drop_columns("place"), JANUARY)
    with pytest.raises(ValueError):
        files.stage(table([{}]).append_column("method", pa.array(["ladder"])), JANUARY)
