"""What is published of a quarter, before and after it closes and when it is corrected."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourpatch.data.disclosure.quarters import (
    BANDS,
    ROOM,
    TOTAL,
    MapPoint,
    Table,
    band,
    crowded,
    drawable,
    is_closed,
    publishable,
    quarter_of,
    rounded,
    shows_more,
)
from ourpatch.data.disclosure.rules import Leak, MinimumCell, bases_of, differences_unsafe, nearest
from ourpatch.foundation import law

BASES = tuple(bases_of(law.book(date(2026, 11, 18))))

pytestmark = pytest.mark.rules

RULE = MinimumCell()
CATEGORIES = ("asb", "burglary", "drugs")
MONTHS = (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))

counts_of_a_quarter = st.lists(
    st.lists(st.sampled_from([0, 0, 1, 2, 4, 5, 9, 30]), min_size=3, max_size=3), min_size=3, max_size=3
).map(lambda rows: np.array(rows, dtype=np.int64))


def open_quarter(counts: np.ndarray, months: int, *seen: Table) -> Table:
    return publishable(counts[:, :months], CATEGORIES, MONTHS[:months], closed=False, rule=RULE, seen=seen)


def closed_quarter(counts: np.ndarray, *seen: Table) -> Table:
    return publishable(counts, CATEGORIES, MONTHS, closed=True, rule=RULE, seen=seen)


def sums() -> dict[tuple[str, str], list[tuple[str, str]]]:
    columns = [f"{month:%Y-%m}" for month in MONTHS]
    found = {(row, TOTAL): [(row, column) for column in columns] for row in (*CATEGORIES, TOTAL)}
    return found | {(TOTAL, column): [(row, column) for row in CATEGORIES] for column in (*columns, TOTAL)}


def test_quarters_begin_in_january_april_july_and_october() -> None:
    assert [quarter_of(date(2026, month, 1)).month for month in range(1, 13)] == [1] * 3 + [4] * 3 + [7] * 3 + [10] * 3


def test_a_quarter_closes_with_its_last_month_or_a_later_one() -> None:
    first = date(2026, 1, 1)
    assert not is_closed(first, [first, date(2026, 2, 1)])
    assert is_closed(first, [first, date(2026, 3, 1)])
    assert is_closed(first, [first, date(2026, 4, 1)])


def test_of_an_open_quarter_only_months_totals_are_published() -> None:
    counts = np.array([[20, 1, 0], [3, 1, 0], [0, 1, 0]])

    table = open_quarter(counts, 2)

    assert table.figures == {(TOTAL, "2026-04"): 23, (TOTAL, "2026-05"): None}
    assert table.why == {(TOTAL, "2026-05"): "small"}


def test_of_a_closed_quarter_everything_is_published_that_gives_no_small_number_away() -> None:
    counts = np.array([[20, 30, 40], [9, 8, 7], [2, 6, 6]])

    table = closed_quarter(counts)

    assert table.figures["asb", TOTAL] == 90
    assert table.figures["drugs", "2026-04"] is None
    assert table.why["drugs", "2026-04"] == "small"
    assert "protects" in table.why.values()
    assert Table.of_cells(table.as_cells()) == table


@settings(max_examples=60, deadline=None)
@given(counts_of_a_quarter)
def test_no_release_of_a_growing_quarter_gives_away_what_another_withholds(counts: np.ndarray) -> None:
    first = open_quarter(counts, 1)
    second = open_quarter(counts, 2, first)
    last = closed_quarter(counts, first, second)

    for before in (first, second):
        found = differences_unsafe(before.figures, last.figures, RULE, nested=sums())
        assert [each for each in found if each.leak is not Leak.SMALL_STEP] == []


@settings(max_examples=60, deadline=None)
@given(counts_of_a_quarter, counts_of_a_quarter)
def test_no_correction_gives_away_a_small_step(before: np.ndarray, after: np.ndarray) -> None:
    old = closed_quarter(before)
    new = closed_quarter(after, old)

    leaks = {each.leak for each in differences_unsafe(old.figures, new.figures, RULE, nested=sums())}
    assert Leak.SMALL_STEP not in leaks
    assert Leak.SUBTRACTION not in leaks


def test_a_small_correction_withholds_the_cells_and_the_figures_that_moved() -> None:
    before = closed_quarter(np.array([[20, 30, 40], [9, 8, 7], [6, 6, 6]]))
    after = closed_quarter(np.array([[20, 30, 42], [9, 8, 7], [6, 6, 6]]), before)

    assert after.figures == {(TOTAL, "2026-04"): 35, (TOTAL, "2026-05"): 44, (TOTAL, "2026-06"): None}


def test_a_second_correction_is_compared_with_everything_that_was_shown() -> None:
    first = closed_quarter(np.array([[20, 30, 40], [9, 8, 7], [6, 6, 6]]))
    second = closed_quarter(np.array([[20, 30, 42], [9, 8, 7], [6, 6, 6]]), first)
    third = closed_quarter(np.array([[21, 30, 42], [9, 8, 7], [6, 6, 6]]), first, second)

    assert ("asb", "2026-04") not in third.figures


def test_a_correction_that_changes_no_count_publishes_the_same() -> None:
    counts = np.array([[20, 30, 40], [9, 8, 7], [2, 6, 6]])
    before = closed_quarter(counts)

    assert closed_quarter(counts, before) == before


def test_bands_hide_single_incidents() -> None:
    assert [band(count) for count in (1, 4, 5, 9, 10, 99, 5000)] == [1, 1, 5, 5, 10, 50, 100]


@settings(max_examples=60, deadline=None)
@given(counts_of_a_quarter, st.sampled_from(BASES))
def test_a_rounded_table_is_worked_out_from_the_exact_one_and_fills_nothing_in(counts: np.ndarray, base: int) -> None:
    exact = closed_quarter(counts)
    table = rounded(exact, base)

    assert (table.why, table.months, table.closed) == (exact.why, exact.months, exact.closed)
    for key, value in exact.figures.items():
        shown = table.figures[key]
        assert (shown is None) == (value is None)
        if shown is not None and value is not None:
            assert shown % base == 0
            assert abs(shown - value) <= base // 2
            # The number alone says how it is rounded, so that no two releases of it can be averaged.
            assert shown == nearest(value, base)


def test_what_may_be_rounded_to_is_odd_from_three_and_one_of_it_is_recommended() -> None:
    found = bases_of(law.book(date(2026, 11, 18)))
    assert all(base >= 3 and base % 2 for base in found)
    assert [base for base, recommended in found.items() if recommended] == [5]


def test_exact_says_more_than_any_rounding_and_a_small_base_more_than_a_large() -> None:
    finest_first = [None, *BASES]
    for at, one in enumerate(finest_first):
        assert [shows_more(one, other) for other in finest_first] == [place > at for place in range(len(finest_first))]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([1, 2, 4, 5, 9, 12]), st.integers(0, 1), st.integers(0, 2)), max_size=9))
def test_no_point_of_the_lowest_band_is_pinned_down_by_the_total_of_any_area(found: list[tuple[int, int, int]]) -> None:
    """Points of two neighbourhoods and three small areas that reach over their border, all totals known."""
    totals: dict[tuple[str, str], int] = {}
    points = []
    for at, (count, hood, lsoa) in enumerate(found):
        areas = (("neighbourhood", str(hood)), ("lsoa", str(lsoa)))
        points.append(MapPoint(float(at), 0.0, "", band(count), areas))
        totals |= {area: totals.get(area, 0) + count for area in areas}

    kept = drawable(points, totals)

    assert crowded(kept, totals) == set()
    for area, total in totals.items():
        inside = [each.least for each in kept if area in each.areas]
        assert BANDS[0] not in inside or total - sum(inside) >= ROOM
    assert [each for each in points if each.least > BANDS[0]] == [each for each in kept if each.least > BANDS[0]]
    # Nothing is left out that need not be.
    assert crowded(points, totals) or kept == points


def test_an_area_whose_total_nobody_knows_pins_nothing_down() -> None:
    points = [MapPoint(0.0, 0.0, "", 1, (("lsoa", "a"),))]
    assert drawable(points, {}) == points
    assert crowded(points, {}) == set()
    assert crowded(points, {("lsoa", "a"): 1}) == {("lsoa", "a")}


def test_points_of_somebody_elses_map_leave_less_room_for_ours() -> None:
    """Eight incidents in a small area: both our points leave room, beside four that have been seen only one does."""
    lsoa = ("lsoa", "a")
    ours = [MapPoint(float(at), 0.0, "", 1, (("neighbourhood", "1"), lsoa)) for at in range(2)]
    theirs = [MapPoint(float(at), 9.0, "", 1, (("neighbourhood", "2"), lsoa)) for at in range(4)]
    assert drawable(ours, {lsoa: 8}) == ours
    assert drawable(ours, {lsoa: 8}, theirs) == ours[:1]
    assert drawable(ours, {lsoa: 8}, theirs[:2]) == ours
