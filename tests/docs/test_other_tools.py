"""Each fault that the methods pages find in another tool: its rule, restated, gives the wrong number; ours does not."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from tests.data.test_analysis_change import LOW, PUBLISHED
from tests.docs import other_tools
from tools.methods_pages import change as change_page
from tools.methods_pages import comparison as comparison_page
from tools.methods_pages import density as density_page
from tools.methods_pages import evaluation as evaluation_page
from tools.methods_pages import hot_spots as hot_spots_page
from tools.methods_pages import near_repeat as near_repeat_page
from tools.methods_pages import surveys as surveys_page
from tools.methods_pages.patterns import RECENTLY_COLD
from tools.methods_pages.simulations.evaluation import wandering

from ourpatch.data.analysis.change import c_chart, xmr
from ourpatch.data.analysis.concentration import generalised_gini
from ourpatch.data.analysis.density import density
from ourpatch.data.analysis.distributions import poisson_sf
from ourpatch.data.analysis.evaluation import BeforeAfter, Reading, Verdict, wdd, wdq
from ourpatch.data.analysis.evaluation_designs import difference_in_differences, interrupted_series
from ourpatch.data.analysis.grids import square_grid
from ourpatch.data.analysis.hotspots import given_counts, hot_spots
from ourpatch.data.analysis.local_test import gi_star
from ourpatch.data.analysis.near_repeat import near_repeat
from ourpatch.data.analysis.patterns import Pattern, classify
from ourpatch.data.analysis.rare import g_chart
from ourpatch.data.analysis.surveys import rake

pytestmark = pytest.mark.golden


class TestHotSpots:
    grid = hot_spots_page.board()
    even = np.random.default_rng(7).poisson(1.0, 900).astype(float)
    sparse = hot_spots_page.sparse_counts().astype(float)

    def test_the_tail_chosen_after_seeing_the_data_doubles_the_false_alarms(self):
        around, chance = other_tools.sums_by_chance(self.even, self.grid.neighbours(), 999, 1)
        theirs = (other_tools.p_by_the_smaller_tail(around, chance) <= 0.05).mean()
        assert other_tools.ESDA_EVEN[0] - 0.02 < theirs < other_tools.ESDA_EVEN[1] + 0.02
        ours = np.array(hot_spots(self.grid, given_counts(self.grid, self.even), permutations=9_999).p)
        assert (ours <= 0.05).mean() < theirs / 2

    def test_the_smaller_tail_calls_cells_with_nothing_around_them(self):
        around, chance = other_tools.sums_by_chance(self.sparse, self.grid.neighbours(), 999, 1)
        low = other_tools.p_by_the_smaller_tail(around, chance) < 0.05
        z = gi_star(self.sparse, self.grid.neighbours())
        assert (low.sum(), (low & (z < 0)).sum()) == pytest.approx(other_tools.ESDA_SPARSE, abs=20)
        ours = np.array(hot_spots(self.grid, given_counts(self.grid, self.sparse), permutations=9_999).p)
        assert (ours[z < 0] > 0.05).all()

    def test_mirrored_percentiles_miss_what_lies_far_above_all_chance(self):
        reference = np.random.default_rng(0).poisson(0.2, 999).astype(float)
        # esda 2.10.0 itself: 0.801.
        assert other_tools.p_by_mirrored_percentiles(100.0, reference) == pytest.approx(0.801)
        counts = np.random.default_rng(7).poisson(0.2, 900)
        middle = 15 * 30 + 15
        counts[[middle, *self.grid.neighbours().of(middle)]] = 9
        assert hot_spots(self.grid, given_counts(self.grid, counts), permutations=999).p[middle] == 0.001

    def test_p_of_a_normal_without_adjustment_calls_chance(self):
        z = gi_star(self.even, self.grid.neighbours())
        called = ((other_tools.p_of_a_normal(z) < 0.05) & (z > 0)).sum()
        assert called >= 10
        assert sum(hot_spots(self.grid, given_counts(self.grid, self.even)).hot) == 0

    def test_a_hull_counts_the_sea(self):
        hull, bay = hot_spots_page.hull_and_bay()
        land, points = hot_spots_page.horseshoe()
        assert bay / hull > 0.2
        grid = square_grid(land, 100)
        assert grid.square_metres.sum() == pytest.approx(land.area)
        assert (grid.place(points[:, 0], points[:, 1]) >= 0).all()
        assert not shapely.contains_xy(
            shapely.box(401_000, 301_000, 402_000, 303_000), grid.easting, grid.northing
        ).any()


class TestDensity:
    def test_a_plain_sum_halves_the_edge(self):
        middle, edge, corner = density_page.at_edges()
        assert middle == pytest.approx(2_500, rel=0.01)
        assert edge == pytest.approx(1_250, rel=0.02)
        assert corner == pytest.approx(625, rel=0.04)
        points = density_page.even()
        ours = np.array(density(density_page.study(), points[:, 0], points[:, 1], bandwidth=400).values, dtype=float)
        assert ours.min() > 2_475

    def test_the_scaled_kernel_is_more_than_one_incident(self):
        assert density_page.whole_of_scaled() == pytest.approx(7.25, abs=0.01)
        one = density(square_grid(shapely.box(4e5, 3e5, 402_000, 302_000), 20), [401_003.0], [301_007.0], bandwidth=200)
        assert sum(value or 0 for value in one.values) * 400 / 1e6 == pytest.approx(1, abs=1e-3)


class TestPatterns:
    def test_one_period_too_many_is_recent(self):
        assert other_tools.recent_share(RECENTLY_COLD, 4) == 0.25
        assert sum(RECENTLY_COLD[-4:]) == 0
        assert other_tools.classified(RECENTLY_COLD) == "emerging"
        assert classify([RECENTLY_COLD]).patterns == (Pattern.NONE,)


class TestNearRepeat:
    @pytest.mark.parametrize(
        ("value", "width", "theirs"),
        [(3, 3, "4 to 6"), (100, 100, "101 to 200"), (100, 200, "0 to 200"), (2, 3, "0 to 3")],
    )
    def test_bands_named_one_unit_too_high(self, value, width, theirs):
        assert other_tools.near_repeat_calculator_band(value, width) == theirs
        found = near_repeat([0, 100], [0, 0], [0, 3], distance_edges=(0, 100, 200), day_edges=(0, 3, 6), permutations=9)
        at = np.argwhere(np.array(found.observed) > 0)[0]
        assert str(found.time_bands[at[1]].label) == "3 to under 6 days"
        assert str(found.distance_bands[at[0]].label) == "100 to under 200 m"

    def test_the_chance_of_more_is_not_the_chance_of_as_many(self):
        mean = 3429 * 52 / (188 * 187 / 2)
        # pointpats 2.6.0 itself, on Burkitt's cases: 0.14624558.
        assert other_tools.p_of_more_than(13, mean) == pytest.approx(0.14624558, abs=1e-7)
        assert poisson_sf(12, mean) == pytest.approx(0.222267, abs=5e-7)

    def test_a_table_of_unadjusted_p_nearly_always_finds_something(self):
        chance = np.random.default_rng(12)
        unadjusted = called = 0
        for seed in range(12):
            x, y, t = chance.normal(0, 400, 120), chance.normal(0, 400, 120), chance.integers(0, 365, 120)
            found = near_repeat(x, y, t, permutations=199, seed=seed)
            unadjusted += min(map(min, found.p)) <= 0.05
            called += found.strongest is not None
        assert unadjusted >= 6
        assert called <= 2
        assert near_repeat_page.example().strongest is not None, "and what is there is called"


class TestConcentration:
    def test_the_ordinary_gini_cannot_fall_below_what_few_incidents_allow(self):
        even = [1] * 5 + [0] * 5
        # inequality 1.2.0 itself: 0.5, 0.78, 0.9, 0.25 for the four published cases.
        assert other_tools.classic_gini(even) == pytest.approx(0.5)
        assert other_tools.classic_gini([3, 1, 1, *[0] * 7]) == pytest.approx(0.78)
        assert generalised_gini(even) == pytest.approx(0, abs=1e-12)


class TestChange:
    def test_unscreened_ranges_give_other_limits(self):
        assert other_tools.xmr_limits(PUBLISHED, screened=False) == pytest.approx((0.966, 28.534), abs=1e-3)
        chart = xmr(PUBLISHED)
        assert (chart.lower[0], chart.upper[0]) == pytest.approx((4.376, 25.124))
        assert other_tools.xmr_limits(PUBLISHED, screened=True) == pytest.approx((4.376, 25.124))

    def test_a_limit_below_nought_is_promised(self):
        assert other_tools.xmr_limits(LOW, screened=True)[0] == pytest.approx(-2.877, abs=1e-3)
        assert min(xmr(LOW).lower) == 0
        assert "clamped" in {sentence.key for sentence in xmr(LOW).sentences}

    def test_near_opposite_limits_is_no_signal(self):
        assert sum(other_tools.two_in_three_on_any_side(change_page.NEAR)) == 2
        calm = [50, 53, 47, 52, 48, 51, 49, 50, 53, 47, 52, 48, 51, 49]
        assert xmr([*calm, 59, 50, 41, *calm], baseline=14).signals == ()

    def test_three_sigma_is_no_limit_for_gaps(self):
        assert 0.01 < change_page.false_gaps() < 0.03
        chance = np.random.default_rng(12)
        charts = [g_chart((chance.geometric(0.1, 30) - 1).tolist()) for _chart in range(400)]
        assert sum(gap > one.upper for one in charts for gap in one.gaps) / (400 * 30) < 0.00135 + 0.001

    def test_three_roots_are_no_limit_for_small_counts(self):
        limit = other_tools.c_limit(LOW)
        assert 3 < limit < 4
        assert poisson_sf(3, 0.75) > 5 * 0.00135
        assert c_chart(LOW).upper[0] == 4
        assert poisson_sf(4, 0.75) < 0.00135


class TestComparison:
    def test_pulled_in_ends_make_limits_too_narrow(self):
        published, ours = comparison_page.differing()
        assert published > 3 * 0.002
        assert ours < 0.002 + 3 * np.sqrt(0.002 / 5000)


class TestEvaluation:
    def test_the_quotient_alone_finds_an_effect_in_every_second_nothing(self):
        read = shown = 0
        for a, b, c, d in np.random.default_rng(11).poisson([40, 40, 160, 160], (600, 4)).tolist():
            response, control = BeforeAfter(a, b), BeforeAfter(c, d)
            read += wdq(response, BeforeAfter(b, a), control).reading not in (Reading.NO_EFFECT, Reading.NEITHER)
            shown += wdd(response, control).verdict is not Verdict.NOT_SHOWN
        assert 0.4 < read / 600 < 0.6
        assert shown / 600 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 600)

    def test_the_normal_interval_oversells_five_to_none(self):
        five, none = BeforeAfter(5, 0), BeforeAfter(0, 0)
        low, high = other_tools.normal_difference(five, none)
        assert low < high < 0
        assert wdd(five, none).verdict is Verdict.NOT_SHOWN
        assert wdd(five, none).upper > 0

    def test_months_of_one_area_are_no_separate_witnesses(self):
        assert evaluation_page.months_as_witnesses() < 0.7
        chance, flags = np.random.default_rng(5), [True] * 8 + [False] * 8
        panels = (60 + np.array([wandering(chance, 24, 0.7) for _area in flags]) for _round in range(120))
        inside = sum(0 in difference_in_differences(panel, flags, 12).interval for panel in panels)
        assert inside / 120 > 0.95 - 3 * np.sqrt(0.05 * 0.95 / 120)

    def test_months_that_resemble_one_another_are_not_independent(self):
        plain = evaluation_page.months_as_independent()
        chance = np.random.default_rng(9)
        series = (100 + wandering(chance, 48, 0.4) for _round in range(120))
        ours = sum(0 in interrupted_series(one, 36, seasonal=False).total.interval for one in series) / 120
        assert plain < 0.85
        assert ours > plain + 0.05


class TestSurveys:
    def test_raking_without_own_weights_misses_its_targets(self):
        theirs, ours = surveys_page.women_by_tool()
        assert abs(theirs - 0.5) > 0.02
        assert ours == pytest.approx(0.5, abs=1e-6)

    def test_trimming_after_raking_misses_its_targets(self):
        after, within = surveys_page.trimmed_shares()
        assert after < 0.19
        assert abs(within - 0.2) < abs(after - 0.2)

    def test_a_target_out_of_reach_is_told(self):
        found = rake([1.0] * 100, {"g": ["a"] * 99 + ["b"]}, {"g": {"a": 50.0, "b": 50.0}}, cap=5)
        assert not found.converged
        assert found.worst_gap == pytest.approx(0.45)
