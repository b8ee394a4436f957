"""Cubes: the same answers as the rows give, whichever files have one; kept, moved and removed with their files."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.data.factories_store import JANUARY, rows, table
from tests.data.truth_store import described, questions, truth

from ourpatch.data.store import cubes, engine, files
from ourpatch.data.store.query import Box, CountBy, Dimension, Grid, MomentsIn, PointsIn, Query, Series, TopN, Where
from ourpatch.data.store.rules import month_of

pytestmark = pytest.mark.rules

ALL = Where("d")
HERE = Where("d", area=Dimension.NEIGHBOURHOOD, codes=("n1",))
DAYS = Where("d", since=date(2026, 1, 5))


@pytest.fixture(autouse=True)
def small_files_have_cubes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cubes, "LEAST_ROWS", 1)


def stored(chosen: list[dict[str, Any]]) -> list[Path]:
    """One file for each month of the rows, with its cubes."""
    months: dict[date, list[dict[str, Any]]] = {}
    for row, made in zip(chosen, rows(chosen), strict=True):
        months.setdefault(month_of(made["local_date"]), []).append(row)
    return [files.stage(table(each), month).path for month, each in months.items()]


def cubes_of(path: Path) -> set[str]:
    return {cube.name for cube in cubes.CUBES if cube.beside(path).exists()}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(described, max_size=12), times=st.sampled_from([1, 6]), lost=st.integers(0, 7), query=questions)
def test_with_or_without_cubes_the_engine_agrees_with_the_truth(
    chosen: list[dict[str, Any]], times: int, lost: int, query: Query
) -> None:
    alike = chosen * times
    paths = stored(alike)
    for number, path in enumerate(paths):
        if lost >> number & 1:
            for cube in cubes.CUBES:
                cube.beside(path).unlink(missing_ok=True)

    assert engine.execute(query, paths) == truth(query, rows(alike))


@pytest.mark.parametrize(
    "query",
    [
        CountBy(ALL),
        CountBy(ALL, (Dimension.NEIGHBOURHOOD, Dimension.MONTH, Dimension.CATEGORY)),
        CountBy(ALL, (Dimension.HOUR, Dimension.WEEKDAY)),
        CountBy(DAYS, (Dimension.CATEGORY,)),
        CountBy(Where("d", date(2026, 1, 1), date(2026, 1, 31)), (Dimension.WARD,)),
        CountBy(Where("d", categories=("burglary",)), (Dimension.DISTRICT,)),
        CountBy(Where("d", box=Box(0, 0, 1e6, 1e6))),
        Series(HERE, Dimension.LSOA),
        TopN(ALL, Dimension.LSOA, 3),
        PointsIn(HERE, (Dimension.PLACE_PRECISION,)),
        Grid(ALL, 500),
    ],
)
def test_a_question_that_a_cube_can_answer_reads_no_row(query: Query) -> None:
    chosen = [{"neighbourhood": "n1", "local_date": date(2026, 1, 9), "time_precision": "day"}, {}] * 4
    path = stored(chosen)[0]
    assert cubes_of(path) == {"times", "areas", "points"}
    path.write_bytes(b"not read")

    assert engine.execute(query, [path]) == truth(query, rows(chosen))


@pytest.mark.parametrize(
    "query",
    [
        CountBy(ALL, (Dimension.NEIGHBOURHOOD, Dimension.HOUR)),
        CountBy(ALL, (Dimension.OUTCOME,)),
        CountBy(DAYS, (Dimension.WARD,)),
        CountBy(Where("d", until=date(2026, 1, 30)), (Dimension.WARD,)),
        PointsIn(ALL, (Dimension.CATEGORY,)),
        Grid(Where("d", categories=("burglary",)), 500),
        MomentsIn(ALL),
    ],
)
def test_a_question_that_needs_more_than_a_cube_knows_is_answered_from_rows(query: Query) -> None:
    assert cubes.cube_for(query) is None


def test_a_cube_that_is_no_shorter_than_its_rows_is_not_kept() -> None:
    apart = [{"easting": 350_000.0 + number, "category": f"c{number % 2}"} for number in range(8)]

    assert cubes_of(stored(apart)[0]) == {"times", "areas"}


def test_a_small_file_has_no_cube(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cubes, "LEAST_ROWS", 9)

    assert cubes_of(stored([{}] * 8)[0]) == set()
    assert cubes_of(stored([{}] * 9)[0]) == {"times", "areas", "points"}


def test_the_totals_of_a_cube_are_those_of_its_rows() -> None:
    path = stored([{"n": 2_000_000_000}] * 4)[0]

    for cube in cubes.CUBES:
        assert pq.read_table(cube.beside(path)).column("n").to_pylist() == [8_000_000_000]


def test_cubes_go_where_their_file_goes() -> None:
    staged = files.stage(table([{}] * 4), JANUARY)
    path = files.absolute(files.settle(staged, "d", uuid4()))

    assert cubes_of(path) == {"times", "areas", "points"}
    assert not cubes_of(staged.path)

    files.discard([path])

    assert not [each for each in files.root().rglob("*") if each.is_file()]


def test_a_cube_is_a_stray_when_its_file_is() -> None:
    kept, left = (files.settle(files.stage(table([{}] * 4), JANUARY), "d", uuid4()) for _each in range(2))
    files.absolute(left).unlink()
    later = datetime.now().astimezone() + timedelta(days=1)

    strays = files.strays({kept}, later)

    assert sorted(strays) == sorted(cube.beside(files.absolute(left)) for cube in cubes.CUBES)
