"""Suppression attacked: every table that fits what is shown is tried, two releases are subtracted, points are traced
back.
"""

from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely import box

from ourpatch.data.disclosure.rules import (
    Anchors,
    Leak,
    MinimumCell,
    Suppressed,
    Totals,
    Why,
    differences_unsafe,
    intervals,
    least_addresses,
    snap_points,
    suppress,
)
from ourpatch.data.disclosure.rules import tables as of_tables
from ourpatch.foundation import law
from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import AreaIndex

pytestmark = pytest.mark.rules

RULE = MinimumCell()
TOTALS = st.builds(Totals, st.booleans(), st.booleans(), st.booleans())
SHAPES = st.one_of(st.tuples(st.integers(1, 9)), st.tuples(st.integers(1, 4), st.integers(1, 4)))


def tables(shapes=SHAPES, most=14):
    return arrays(np.int64, shapes, elements=st.integers(0, most))


def places(array):
    return product(*(range(n) for n in array.shape))


def with_totals(cells):
    """Rows of [a, b, c, d] -> the 3 x 3 tables with their totals."""
    a, b, c, d = cells.T
    return np.stack([a, b, a + b, c, d, c + d, a + c, b + d, a + b + c + d], axis=1)


class TestAttack:
    """The bounds against brute force: all two-by-two tables up to a cap that fit what is shown."""

    CAP = 16
    EVERY = with_totals(np.array(list(product(range(CAP + 1), repeat=4))))

    @settings(max_examples=60)
    @given(arrays(np.int64, (2, 2), elements=st.integers(0, 4)), TOTALS, arrays(np.bool_, (3, 3)))
    def test_bounds_are_exactly_what_fits(self, cells, totals, hidden):
        shown = suppress(cells, RULE, totals)
        nothing, rule = np.zeros((3, 3), dtype=bool), MinimumCell(zeros_shown=False)
        attacked = Suppressed(shown.counts, hidden & shown.published, nothing, shown.published, rule, "none")
        seen = (shown.published & ~hidden).ravel()
        fitting = self.EVERY[(self.EVERY[:, seen] == shown.counts.ravel()[seen]).all(axis=1)]
        for place, (low, high) in intervals(attacked).items():
            column = fitting[:, place[0] * 3 + place[1]]
            assert column.min() == low
            if high is None:
                assert column.max() >= self.CAP
            else:
                assert column.max() == high

    @settings(max_examples=150)
    @given(tables(), TOTALS)
    def test_nothing_withheld_can_be_worked_out(self, cells, totals):
        found = suppress(cells, RULE, totals)
        for low, high in intervals(found).values():
            assert high is None or high - low >= RULE.width
        for place, (low, high) in intervals(found, knowing_why=True).items():
            if found.primary[place]:
                assert high is None or high > low

    @settings(max_examples=100)
    @given(tables(), TOTALS)
    def test_what_is_shown_is_true_and_not_small(self, cells, totals):
        found = suppress(cells, RULE, totals)
        for place in places(found.counts):
            shown = found.shown(*place)
            assert shown is None or (shown == found.counts[place] and not RULE.is_small(shown))
            assert found.counts[place] > 0 or found.why(*place) in (Why.SHOWN, Why.NOT_PUBLISHED)
        assert not (found.primary & found.secondary).any()

    @settings(max_examples=8, deadline=None)
    @given(tables(st.tuples(st.integers(6, 12), st.integers(6, 9)), most=40))
    def test_large_tables_are_as_safe(self, cells):
        found = suppress(cells, RULE)
        assert all(high is None or high - low >= RULE.width for low, high in intervals(found).values())

    @settings(max_examples=60)
    @given(tables(st.tuples(st.integers(2, 3), st.integers(2, 3))))
    def test_the_optimal_answer_is_never_worse_than_the_greedy_one(self, cells):
        found = suppress(cells, RULE)
        if found.method == "optimal":
            table = of_tables.Laid.again(found.counts, found.published)
            greedy = of_tables._greedy(table, table.at(found.primary), RULE)
            best = table.at(found.secondary)
            assert (len(best & table.totals), len(best)) <= (len(greedy & table.totals), len(greedy))


@pytest.mark.golden
class TestWorked:
    def test_one_small_cell_in_a_two_way_table_takes_three_more(self):
        found = suppress([[20, 3, 30], [12, 25, 14], [40, 17, 22]], RULE)
        assert found.method == "optimal"
        assert np.argwhere(found.primary).tolist() == [[0, 1]]
        assert np.argwhere(found.secondary).tolist() == [[0, 0], [1, 0], [1, 1]]
        assert found.why(0, 1) is Why.SMALL
        assert found.shown(0, 1) is None
        assert found.shown(3, 3) == 183

    def test_one_small_cell_in_a_list_takes_the_smallest_other(self):
        found = suppress([50, 3, 9, 31], RULE)
        assert np.flatnonzero(found.secondary).tolist() == [2]

    def test_four_that_add_up_to_sixteen_would_all_be_four(self):
        found = suppress([4, 4, 4, 4, 60, 0], RULE)
        assert found.secondary.any()
        assert found.shown(5) == 0

    def test_without_a_total_nothing_further_is_needed(self):
        found = suppress([50, 3, 9, 31], RULE, Totals(grand=False))
        assert found.method == "none"
        assert found.why(4) is Why.NOT_PUBLISHED

    def test_large_counts_are_all_shown(self):
        found = suppress([[10, 20], [30, 40]], RULE)
        assert not found.withheld.any()

    def test_zeros_can_be_withheld_too(self):
        found = suppress([0, 30, 40, 50], MinimumCell(zeros_shown=False))
        assert found.why(0) is Why.SMALL

    def test_the_rule_comes_from_the_law_book(self):
        book = law.book(date(2026, 11, 22), local={"publishable_smallest_count": 7})
        assert MinimumCell.of(book, "publishable") == MinimumCell(7, 7)
        assert MinimumCell.of(book, "controlled").smallest_shown == 10

    @pytest.mark.parametrize("bad", [[], [[[1]]], [1.5, 2.0], [-1, 4]])
    def test_what_is_no_table_of_counts_is_refused(self, bad):
        with pytest.raises(BadInput):
            suppress(bad, RULE)

    def test_a_rule_that_protects_nothing_is_refused(self):
        with pytest.raises(BadInput):
            MinimumCell(smallest_shown=2)


class TestReleases:
    def test_a_running_total_gives_the_month_away(self):
        found = differences_unsafe({"ward": 40}, {"ward": 42}, RULE)
        assert [(u.key, u.leak, u.low) for u in found] == [("ward", Leak.SMALL_STEP, 2)]
        assert differences_unsafe({"ward": 40}, {"ward": 46}, RULE) == []
        assert differences_unsafe({"ward": 40}, {"ward": 40}, RULE) == []

    def test_what_was_shown_cannot_be_hidden_again(self):
        found = differences_unsafe({"ward": 12}, {"ward": None}, RULE)
        assert [u.leak for u in found] == [Leak.ALREADY_SHOWN]

    @pytest.mark.golden
    def test_a_new_release_by_smaller_areas_gives_back_what_was_withheld(self):
        old = {"district": 100, "ward a": None, "ward b": None}
        new = {"a1": 30, "a2": 18, "ward c": 50}
        nested = {"district": ["ward a", "ward b", "ward c"], "ward a": ["a1", "a2"]}
        assert differences_unsafe(old, {"ward c": 50}, RULE, nested=nested) == []
        found = differences_unsafe(old, new, RULE, nested=nested)
        assert {(u.key, u.low, u.high) for u in found} == {("ward a", 48, 48), ("ward b", 2, 2)}
        assert {u.leak for u in found} == {Leak.SUBTRACTION}

    def test_a_tight_sum_leaves_too_little_doubt(self):
        nested = {"ward": ["x", "y", "z"]}
        found = differences_unsafe({"ward": 33}, {"x": None, "y": None, "z": 30}, RULE, nested=nested)
        assert {(u.key, u.low, u.high) for u in found} == {("x", 0, 3), ("y", 0, 3)}

    def test_releases_that_contradict_each_other_are_left_alone(self):
        assert differences_unsafe({"ward": 3}, {"x": None, "y": 30}, RULE, nested={"ward": ["x", "y"]}) == []

    @given(st.lists(st.integers(0, 30), min_size=2, max_size=6), st.sets(st.integers(0, 5)))
    def test_bounds_hold_the_truth(self, cells, withheld):
        parts = {i: (None if i in withheld else v) for i, v in enumerate(cells)}
        for unsafe in differences_unsafe({"all": sum(cells)}, parts, RULE, nested={"all": list(parts)}):
            assert unsafe.low <= cells[unsafe.key] <= unsafe.high

    @given(tables(st.tuples(st.integers(2, 9))))
    def test_one_release_that_is_safe_alone_leaks_nothing_against_itself(self, cells):
        found = suppress(cells, RULE)
        release = {i: found.shown(i) for i in range(len(cells) + 1)}
        nested = {len(cells): list(range(len(cells)))}
        assert differences_unsafe(release, release, RULE, nested=nested) == []


class TestSnapping:
    anchors = Anchors(
        easting=np.array([100.0, 200.0, 300.0, 100.0]),
        northing=np.array([100.0, 100.0, 100.0, 100.0]),
        addresses=np.array([8, 3, 20, 40]),
        area=np.array([1, 1, 1, 2]),
    )

    def snap(self, e, n, area):
        return snap_points(np.array(e, float), np.array(n, float), np.array(area), self.anchors)

    def test_nearest_anchor_of_enough_addresses_in_the_same_area(self):
        found = self.snap([190, 290, 101], [100, 90, 100], [1, 1, 2])
        assert found.anchor.tolist() == [0, 2, 3]
        assert found.easting.tolist() == [100, 300, 100]

    def test_equally_near_takes_the_first(self):
        assert self.snap([200], [150], [1]).anchor.tolist() == [0]

    def test_an_area_without_anchor_has_no_place(self):
        found = self.snap([100], [100], [3])
        assert found.anchor.tolist() == [-1]
        assert np.isnan(found.easting).all()

    def test_what_lies_in_no_area_is_shown_nowhere(self):
        areas = AreaIndex([("west", box(0, 0, 100, 100)), ("east", box(100, 0, 200, 100))])
        # The nearest of the second lies over the border, the one after that in no area at all.
        anchors = Anchors.drawn(
            np.array([50.0, 110.0, 300.0]), np.array([50.0, 50.0, 50.0]), np.array([8, 8, 8]), areas
        )
        assert anchors.area.tolist() == [0, 1, -1]
        e, n = np.array([40.0, 95.0, 310.0]), np.array([50.0, 50.0, 50.0])
        found = snap_points(e, n, areas.locate(e, n), anchors)
        assert found.anchor.tolist() == [0, 0, -1]

    def test_how_many_addresses_is_law(self):
        assert least_addresses(law.book(date(2026, 11, 22))) == 8

    def test_a_missing_place_is_refused(self):
        with pytest.raises(BadInput):
            self.snap([np.nan], [1], [1])

    @given(
        arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1000)),
        st.integers(0, 1000),
        st.randoms(use_true_random=False),
    )
    def test_same_place_same_answer_in_any_order_and_company(self, e, seed, shuffler):
        random = np.random.default_rng(seed)
        n, area = random.uniform(0, 1000, len(e)), random.integers(0, 3, len(e))
        anchors = Anchors(
            random.uniform(0, 1000, 12),
            random.uniform(0, 1000, 12),
            random.integers(0, 20, 12),
            random.integers(0, 3, 12),
        )
        whole = snap_points(e, n, area, anchors).anchor
        order = list(range(len(e)))
        shuffler.shuffle(order)
        assert snap_points(e[order], n[order], area[order], anchors).anchor.tolist() == whole[order].tolist()
        for i, anchor in enumerate(whole):
            if anchor >= 0:
                assert anchors.addresses[anchor] >= 8
                assert anchors.area[anchor] == area[i]
