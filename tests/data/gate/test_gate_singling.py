"""Rows that single somebody out, against a truth of a few lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ourpatch.data.exchange.findings import Weight
from ourpatch.data.exchange.gate import examine_rows
from ourpatch.data.store import specs

pytestmark = pytest.mark.rules

EXCLUSIONS = specs.dataset("school_exclusions")
ASSAULTS = specs.dataset("ed_assaults")


@dataclass
class Rows:
    columns: dict[str, pa.Array]
    numbers: NDArray[np.int64]
    kept: NDArray[np.bool_]


def rows_of(rows: list[tuple[int | None, str, str, str, bool]]) -> Rows:
    ages, genders, schools, reasons, kept = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    columns = {
        "age": pa.array(ages, pa.int32()),
        "gender": pa.array(genders, pa.string()),
        "school": pa.array(schools, pa.string()),
        "reason": pa.array(reasons, pa.string()),
    }
    return Rows(columns, np.arange(2, len(rows) + 2), np.array(kept, dtype=np.bool_))


AGES, GENDERS = st.sampled_from([None, 11, 12]), st.sampled_from(["F", "M", ""])
ROW = st.tuples(AGES, GENDERS, st.sampled_from("AB"), st.sampled_from("xy"), st.booleans())


@given(st.lists(ROW, max_size=25))
def test_too_few_alike_are_found_and_no_others(rows: list[tuple[int | None, str, str, str, bool]]) -> None:
    full = [row[:4] for row in rows if row[4] and row[0] is not None and row[1]]
    alike = Counter(full)
    wanted = [at + 2 for at, row in enumerate(rows) if row[4] and row[0] is not None and row[1] and alike[row[:4]] < 3]
    found = examine_rows(rows_of(rows), EXCLUSIONS)
    assert [each.row for each in found.kept] == wanted
    assert found.count(Weight.HOLDS) == len(wanted)


def test_exact_place_and_minute_of_one_assault_hold_and_of_two_do_not() -> None:
    when = pa.array([1, 1, 2], pa.timestamp("us", tz="UTC"))
    columns = {"datetime": when, "easting": pa.array([1.0, 1.0, 1.0]), "northing": pa.array([2.0, 2.0, 2.0])}
    read = Rows(columns, np.array([2, 3, 4]), np.ones(3, dtype=np.bool_))
    assert [each.row for each in examine_rows(read, ASSAULTS).kept] == [4]


def test_rule_whose_fields_are_not_sent_holds_nothing() -> None:
    read = rows_of([(11, "F", "A", "x", True)])
    del read.columns["school"]
    assert not examine_rows(read, EXCLUSIONS).kept
    nowhere = pa.nulls(1, pa.float64())
    columns = {"datetime": pa.array([1], pa.timestamp("us", tz="UTC")), "easting": nowhere, "northing": nowhere}
    assert not examine_rows(Rows(columns, np.array([2]), np.ones(1, dtype=np.bool_)), ASSAULTS).kept


def test_finding_says_why_and_names_nobody() -> None:
    found = examine_rows(rows_of([(11, "F", "St Mary's", "x", True)]), EXCLUSIONS).kept[0]
    assert (found.row, found.column, found.kind) == (2, "", "gate_singled_out")
    assert "Fewer than three pupils" in str(found.says)
    assert "Mary" not in f"{found.says}{found.do}"
