"""Rounded tables: near the truth, adding up where it is said, and giving no count away."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ourpatch.data.disclosure.rules import Totals, round_table, rounded_intervals
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

SHAPES = st.one_of(st.tuples(st.integers(1, 8)), st.tuples(st.integers(1, 4), st.integers(1, 4)))
TABLES = arrays(np.int64, SHAPES, elements=st.integers(0, 17))
BASES = st.sampled_from([3, 5, 9])


@settings(max_examples=80, deadline=None)
@given(TABLES, BASES)
def test_controlled_rounding_adds_up_and_goes_to_a_neighbouring_multiple(cells: np.ndarray, base: int) -> None:
    found = round_table(cells, base)

    assert (found.way, found.error, found.adds_up) == ("controlled", base - 1, True)
    assert not (found.shown % base).any()
    assert (np.abs(found.shown - found.counts) <= found.error).all()
    # A number that is a multiple stays as it is.
    assert (found.shown[found.counts % base == 0] == found.counts[found.counts % base == 0]).all()
    if cells.ndim == 2:
        inner = found.shown[:-1, :-1]
        assert (inner.sum(axis=1) == found.shown[:-1, -1]).all()
        assert (inner.sum(axis=0) == found.shown[-1, :-1]).all()
    assert found.shown[(-1,) * cells.ndim] == found.shown[tuple(slice(None, -1) for _axis in cells.shape)].sum()


@settings(max_examples=60, deadline=None)
@given(TABLES, BASES)
def test_controlled_rounding_leaves_every_count_within_a_base(cells: np.ndarray, base: int) -> None:
    found = round_table(cells, base)
    intervals = rounded_intervals(found)

    for place in product(*(range(n) for n in cells.shape)):
        shown = int(found.shown[place])
        assert intervals[place] == (max(0, shown - base + 1), shown + base - 1)


@settings(max_examples=60, deadline=None)
@given(TABLES, BASES)
def test_nearest_is_kept_only_where_no_count_is_given_away(cells: np.ndarray, base: int) -> None:
    found = round_table(cells, base, "nearest")

    assert (np.abs(found.shown - found.counts) <= found.error).all()
    for place, (low, high) in rounded_intervals(found).items():
        assert low <= found.counts[place]
        assert high is None or (high >= found.counts[place] and high - low >= base // 2)


@pytest.mark.golden
class TestWorked:
    def test_four_twos_beside_a_total_of_ten_would_all_be_two(self) -> None:
        found = round_table([2, 2, 2, 2], 5, "nearest")
        assert found.way == "controlled"
        cells, total = found.shown[:4], found.shown[4]
        assert set(cells.tolist()) == {0, 5}
        assert total == cells.sum()
        assert total in (5, 10)
        assert all(high is not None and high - low >= 4 for low, high in rounded_intervals(found).values())

    def test_nearest_says_that_its_total_does_not_add_up(self) -> None:
        found = round_table([11, 21, 31], 5, "nearest")
        assert (found.way, found.error, found.adds_up) == ("nearest", 2, False)
        assert found.shown.tolist() == [10, 20, 30, 65]

    def test_without_a_total_nearest_gives_nothing_away(self) -> None:
        found = round_table([2, 2, 2, 2], 5, "nearest", Totals(grand=False))
        assert found.way == "nearest"
        assert found.shown[:4].tolist() == [0, 0, 0, 0]

    @pytest.mark.parametrize("base", [1, 2, 4, 10])
    def test_an_even_or_idle_base_is_refused(self, base: int) -> None:
        with pytest.raises(BadInput):
            round_table([1, 2], base)
