"""What a mutation run found that no other test would have noticed: edges of the analysis."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest
from shapely.geometry import box

from ourpatch.data.analysis import density as densities
from ourpatch.data.analysis import pairs
from ourpatch.data.analysis.bands import distance_band, same_place_band
from ourpatch.data.analysis.change import for_counts
from ourpatch.data.analysis.circulation import UNBOUNDED, Arc, Circulation
from ourpatch.data.analysis.cusum import cusum
from ourpatch.data.analysis.distributions import student_quantile
from ourpatch.data.analysis.evaluation import ROLES, BeforeAfter, Verdict, rate_ratio, verdict_of, wdd, wdq
from ourpatch.data.analysis.evaluation_designs import difference_in_differences, interrupted_series
from ourpatch.data.analysis.false_alarms import false_alarms
from ourpatch.data.analysis.funnels import Position, funnel
from ourpatch.data.analysis.grids import square_grid
from ourpatch.data.analysis.hotspots import cell_rates, given_counts
from ourpatch.data.analysis.hours import hours_and_weekdays
from ourpatch.data.analysis.likeness import level, shares_of
from ourpatch.data.analysis.moments import moments
from ourpatch.data.analysis.near_repeat import near_repeat
from ourpatch.data.analysis.rare import g_chart, t_chart
from ourpatch.data.analysis.rates import rate
from ourpatch.data.analysis.repeats import repeats
from ourpatch.data.analysis.signals import Lines, Point, judge
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules


def test_the_last_bits_of_a_large_mean_are_on_no_side_of_it():
    level = np.full(9, 1e6)
    lines = Lines(level, level - 300, level + 300, level - 200, level + 200)
    seven = np.full(9, 7)
    for series, found in ((level + 1e-6, Point.COMMON), (level + 1.0, Point.ONE_SIDE)):
        assert set(judge(series, lines, [(0, 9)], (seven, seven))[0]) == {found}


def test_a_run_on_one_side_ends_where_it_ends():
    series = np.array([1.0, -1, 1, -1, *([1] * 7), -1, 1, -1, 1, -1])
    middle = np.zeros(len(series))
    lines = Lines(middle, middle - 9, middle + 9, middle - 6, middle + 6)
    seven = np.full(len(series), 7)
    points, direction = judge(series, lines, [(0, len(series))], (seven, seven))
    assert [i for i, point in enumerate(points) if point is Point.ONE_SIDE] == list(range(4, 11))
    assert direction == [0] * 4 + [1] * 7 + [0] * 5


class TestBeforeAfter:
    @pytest.mark.parametrize("months", [(0.0, 1.0), (1.0, 0.0), (math.inf, 1.0), (1.0, math.inf)])
    def test_a_period_without_length_or_end_is_refused(self, months):
        with pytest.raises(BadInput):
            BeforeAfter(3, 3, *months)

    @pytest.mark.parametrize("counts", [(-1, 0), (0, -1)])
    def test_none_at_all_is_a_count_and_fewer_is_not(self, counts):
        assert BeforeAfter(0, 0).change == 0
        with pytest.raises(BadInput):
            BeforeAfter(*counts)

    def test_an_interval_that_ends_at_no_change_shows_none(self):
        assert verdict_of(-5.0, 0.0, 0.0) is verdict_of(0.0, 5.0, 0.0) is Verdict.NOT_SHOWN
        assert verdict_of(-5.0, -0.1, 0.0) is Verdict.SHOWN_REDUCTION
        assert verdict_of(0.1, 5.0, 0.0) is Verdict.SHOWN_INCREASE

    @pytest.mark.parametrize(("least", "method"), [(19, "wdd_exact"), (20, "wdd_normal")])
    def test_which_counts_are_few(self, least, method):
        keys = {each.key for each in wdd(BeforeAfter(40, least), BeforeAfter(40, 40)).sentences}
        assert method in keys
        assert ("few" in keys) == (least == 19)

    def test_each_row_of_the_quotient_names_its_own_area(self):
        response, around, compared = BeforeAfter(90, 60), BeforeAfter(50, 55), BeforeAfter(80, 82)
        rows = wdq(response, around, compared).table().rows[:3]
        assert [row[:3] for row in rows] == [(ROLES[0], 90, 60), (ROLES[2], 50, 55), (ROLES[1], 80, 82)]

    def test_of_nothing_before_and_after_any_ratio_may_be_true(self):
        found = rate_ratio(BeforeAfter(0, 0))
        assert (found.estimate, found.lower, found.upper) == (None, 0.0, math.inf)
        assert found.verdict is Verdict.NOT_SHOWN


def test_the_shortest_table_of_repeats_has_one_and_two_or_more():
    rows = repeats(["a", "a", "b"], longest=2).rows
    assert [(row.times, row.or_more, row.those) for row in rows] == [(1, False, 1), (2, True, 1)]
    with pytest.raises(BadInput):
        repeats(["a", "a", "b"], longest=1)


def test_where_all_were_hit_twice_they_had_every_incident():
    told = {each.key: str(each) for each in repeats(["a", "a", "b", "b"]).sentences}
    assert told["share"] == "Those hit twice or more are 100% of all that were hit, and had 100% of the incidents."


@pytest.mark.parametrize(("swing", "warned"), [(3, False), (4, True)])
def test_from_which_swing_the_run_lengths_do_not_hold(swing, warned):
    # Neighbours differ by 2 * swing; chance makes them differ by 1.128 * 4 on average.
    found = cusum([16 - swing, 16 + swing] * 6, [16.0] * 12)
    assert ("overdispersed" in {each.key for each in found.sentences}) == warned


@pytest.mark.parametrize(("gaps", "warned"), [(9, True), (10, False)])
def test_from_how_many_gaps_limits_are_steady(gaps, warned):
    found = g_chart([3, 5] * 4 + [4] * (gaps - 8))
    assert ("few_gaps" in {each.key for each in found.sentences}) == warned


def test_a_gap_beyond_a_limit_says_on_which_side_in_its_table():
    found = t_chart([30.0, 31, 29, 30, 32, 30, 31, 29, 30, 31, 400, 0.01])
    assert [str(row[-1]) for row in found.table().rows if row[-1]] == [
        "longer than chance makes",
        "shorter than chance makes",
    ]


def test_the_lines_of_the_two_groups_are_their_means_in_each_period():
    panel = [[1, 2, 3, 4], [3, 4, 5, 6], [1, 1, 1, 2], [3, 3, 3, 2]]
    found = difference_in_differences(panel, [True, True, False, False], 2)
    assert (found.treated, found.others) == ((2.0, 3.0, 4.0, 5.0), (2.0, 2.0, 2.0, 2.0))


def test_figures_that_hardly_move_from_month_to_month_keep_a_correlation_below_one():
    slow = [100 + 50 * math.sin(month / 15) for month in range(60)]
    assert 0.9 < interrupted_series(slow, 30, seasonal=False).correlation <= 0.95


def test_a_cell_with_one_person_at_risk_has_a_rate():
    grid = square_grid(box(0, 0, 200, 100), 100)
    found = cell_rates(grid, given_counts(grid, [1, 3]), [1, 1], per=1, months=12)
    assert [cell.rate for cell in found.cells] == [1.0, 3.0]
    assert found.overall == 2.0


def test_the_furthest_from_the_average_comes_first_on_whichever_side_it_is():
    found = funnel(["high", "none", *"cdefgh"], [34, 0, *[20] * 6], [1000] * 8, spread="none")
    furthest = found.at(Position.VERY_HIGH, Position.HIGH, Position.LOW, Position.VERY_LOW)
    assert [point.key for point in furthest] == ["none", "high"]


@pytest.mark.parametrize(
    ("counts", "spread", "said"),
    [
        ([20] * 8, "none", None),
        ([20] * 8, "additive", None),
        ([5, 60, 10, 50, 9, 40, 20, 20], "none", "not_widened"),
        ([5, 60, 10, 50, 9, 40, 20, 20], "additive", "overdispersed"),
    ],
)
def test_limits_that_do_not_allow_for_differences_say_so_where_there_are_any(counts, spread, said):
    told = {each.key for each in funnel("abcdefgh", counts, [1000] * 8, spread=spread).sentences}
    assert told & {"not_widened", "overdispersed"} == ({said} if said else set())


@pytest.mark.parametrize("same_place", [0.0, -0.5])
def test_the_same_place_is_a_distance_above_nought(same_place):
    with pytest.raises(BadInput, match="same place"):
        near_repeat(
            [0.0, 5, 9], [0.0] * 3, [0.0, 1, 2], distance_edges=(0, 10), day_edges=(0, 2), same_place=same_place
        )


@pytest.mark.parametrize("least", [0, 2, 5])
def test_a_number_that_nothing_holds_from_above_is_unbounded_however_far_it_may_fall(least):
    table = Circulation([Arc(0, 1, 5), Arc(1, 0, 5)])
    assert table.interval(0, {0, 1}, limits={0: (least, UNBOUNDED)}) == (least, UNBOUNDED)


def test_false_alarms_are_those_of_the_newest_points():
    found = false_alarms([2.0, 9.0, 30.0], periods=12, runs=40, seed=5)
    chance = np.random.default_rng(5)
    newest = [
        sum(
            for_counts(row.tolist()).points[-1].special
            for row in chance.poisson(np.array([[2.0], [9.0], [30.0]]), (3, 12))
        )
        for _run in range(40)
    ]
    assert found.counts == tuple(newest)
    assert found.expected == np.mean(newest)


def test_two_periods_make_no_chart_to_give_an_alarm():
    with pytest.raises(BadInput, match="three figures in a row"):
        false_alarms([2.0], periods=2, runs=1)
    assert false_alarms([2.0], periods=3, runs=1).runs == 1


@pytest.mark.parametrize(("most", "refused"), [(10, False), (9, True)])
def test_how_many_pairs_may_be_looked_at(monkeypatch, most, refused):
    monkeypatch.setattr(pairs, "MOST_CANDIDATES", most)
    five = np.zeros(5)
    if refused:
        with pytest.raises(BadInput, match="About 10 pairs"):
            list(pairs.near_pairs(five, five, 1.0, "euclidean"))
    else:
        assert sum(len(i) for i, _j, _apart in pairs.near_pairs(five, five, 1.0, "euclidean")) == 10


@pytest.mark.parametrize("at_once", [1, 3, 7])
def test_pairs_are_the_same_however_many_are_looked_at_at_once(monkeypatch, at_once):
    chance = np.random.default_rng(3)
    x, y = chance.uniform(0, 50, (2, 40))
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    wanted = {(i, j) for i, j in zip(*np.nonzero(apart <= 9), strict=True) if i < j}
    monkeypatch.setattr(pairs, "_AT_ONCE", at_once)
    found = [
        tuple(sorted(pair))
        # At most one chunk for each point and each of its two ranges.
        for i, j, _apart in islice(pairs.near_pairs(x, y, 9.0, "euclidean"), 81)
        for pair in zip(i.tolist(), j.tolist(), strict=True)
    ]
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_two_points_just_within_reach_are_a_pair_wherever_the_squares_begin():
    early = round(0.9999999985 * 2**40) / 2**40
    found = list(pairs.near_pairs(np.array([0.0, early, early + 1.0]), np.zeros(3), 1.0, "euclidean"))
    assert sorted(pair for i, j, _apart in found for pair in zip(i.tolist(), j.tolist(), strict=True)) == [
        (0, 1),
        (1, 2),
    ]


def test_what_lies_two_squares_away_is_not_looked_at(monkeypatch):
    monkeypatch.setattr(pairs, "MOST_CANDIDATES", 0)
    assert all(not len(i) for i, _j, _apart in pairs.near_pairs(np.array([0.5, 3.0]), np.zeros(2), 1.0, "euclidean"))


@pytest.mark.parametrize(("count", "warned"), [(19, True), (20, False)])
def test_from_how_many_incidents_a_rate_is_steady(count, warned):
    assert ("rate_few" in {each.key for each in rate(count, 1000).sentences}) == warned


@pytest.mark.golden
@pytest.mark.parametrize(
    ("share", "freedom", "published"),
    [(0.975, 1, 12.706), (0.975, 5, 2.571), (0.975, 30, 2.042), (0.95, 10, 1.812), (0.995, 4, 4.604), (0.5, 7, 0.0)],
)
def test_student_quantiles_are_those_of_the_printed_tables(share, freedom, published):
    """Abramowitz and Stegun, table 26.10."""
    assert student_quantile(share, freedom) == pytest.approx(published, abs=5e-4)


def test_parts_of_incidents_are_told_to_a_tenth():
    found = hours_and_weekdays(["2024-03-01T22:30"], ["2024-03-02T00:10"])
    rows = found.table().rows
    assert [rows[4][23], rows[4][24], rows[5][1]] == [0.3, 0.3, 0.3]
    assert rows[4][-1] == 0.7


def test_incidents_that_end_an_hour_before_they_start_are_counted():
    starts = ["2024-03-01T22:30", "2024-03-01T22:30", "2024-03-01T22:30"]
    ends = ["2024-03-01T21:30", "2024-03-01T22:30", "2024-03-01T19:30"]
    with pytest.raises(BadInput, match="end before they start: 2"):
        hours_and_weekdays(starts, ends)


def test_the_same_place_begins_at_nought_whichever_edge_a_band_holds():
    for closed in ("lower", "upper"):
        first, second = same_place_band(1.0, closed), distance_band(1.0, 100.0, closed)
        assert (first.lower, first.upper, second.lower, second.upper) == (0.0, 1.0, 1.0, 100.0)


class TestTimes:
    def test_ends_of_another_kind_or_number_than_starts_are_refused(self):
        for starts, ends in (([1.0, 2.0], ["2024-01-01", "2024-01-02"]), ([1.0, 2.0], [1.0]), ([1.0, 2.0], [3.0] * 3)):
            with pytest.raises(BadInput, match="same kind, one of each"):
                moments(starts, ends, None, 7.0)

    def test_times_in_rows_and_columns_are_refused(self):
        for given in ([[1.0, 2.0]], np.array([["2024-01-01", "2024-01-02"]], dtype="datetime64[D]")):
            with pytest.raises(BadInput, match="one time for each incident"):
                moments(given, None, None, 7.0)


class TestLikeness:
    def test_an_indicator_may_count_for_nothing_while_two_do_count(self):
        names = ("a", "b", "c")
        assert shares_of(names, {"a": 1, "b": 3, "c": 0}).tolist() == [0.25, 0.75, 0.0]
        for weights in ({"a": 1, "b": 0, "c": 0}, {"a": 2, "b": 3, "c": -1}):
            with pytest.raises(BadInput, match="two or more are above zero"):
                shares_of(names, weights)

    @pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
    def test_last_bits_make_no_difference_whatever_the_size_of_the_numbers(self, size):
        assert level(np.array([0.1 + 0.2, 0.3, 0.3]) * size)
        assert not level(np.array([0.3, 0.3, 0.3000001]) * size)
        assert level(np.zeros(3))


@pytest.mark.parametrize(("bandwidth", "refused"), [(280.0, False), (290.0, True)])
def test_how_many_cells_a_kernel_may_cover(monkeypatch, bandwidth, refused):
    """Twice the bandwidth is tried as well: a disc of 98.5 cells, and one of 105.7."""
    monkeypatch.setattr(densities, "MOST_STEPS", 100)
    grid = square_grid(box(0, 0, 500, 500), 100)
    if refused:
        with pytest.raises(BadInput, match="covers too many cells"):
            densities.density(grid, [250.0], [250.0], bandwidth=bandwidth)
    else:
        assert densities.density(grid, [250.0], [250.0], bandwidth=bandwidth).bandwidth == bandwidth


@pytest.mark.parametrize(("wide", "to_less_than_half"), [(240, 5), (250, 0), (260, 0)])
@pytest.mark.parametrize("clip", [True, False])
def test_how_many_cells_are_cut_to_less_than_half(wide, to_less_than_half, clip):
    told = {each.key: each.params for each in square_grid(box(0, 0, wide, 500), 100, clip=clip).sentences}
    assert told["edge"] == {"count": "5", "half": f"{to_less_than_half}"}
