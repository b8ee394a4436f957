"""Control charts: the published numbers, the four rules and their order, and the honesty of charts of small counts."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.data.analysis import change
from ourpatch.data.analysis.signals import Point
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

PUBLISHED = [12, 15, 11, 14, 13, 16, 12, 30, 14, 13, 12, 15]
LOW = [0, 1, 0, 2, 0, 0, 1, 3, 0, 1, 0, 1]
# Mean 50 exactly and a mean moving range that the two-in-three rule can be laid on.
CALM = [50, 53, 47, 52, 48, 51, 49, 50, 53, 47, 52, 48, 51, 49]


def keys(chart):
    return {sentence.key for sentence in chart.sentences}


@pytest.mark.golden
class TestPublished:
    def test_xmr_limits_after_one_screen(self):
        chart = change.xmr(PUBLISHED)
        assert chart.centre[0] == pytest.approx(14.75)
        assert chart.moving_range == pytest.approx((3.9,))
        assert chart.lower[0] == pytest.approx(4.376)
        assert chart.upper[0] == pytest.approx(25.124)
        assert chart.signals == (7,)
        assert chart.points[7] is Point.OUTSIDE
        assert chart.direction[7] == 1

    def test_unscreened_limits_are_those_we_do_not_use(self):
        ranges = np.abs(np.diff(PUBLISHED))
        assert 14.75 + change.LIMIT_FACTOR * ranges.mean() == pytest.approx(28.534, abs=1e-3)

    def test_low_counts_never_promise_less_than_nothing(self):
        chart = change.xmr(LOW)
        assert min(chart.lower) == 0.0
        assert {"clamped", "low_counts", "short_series"} <= keys(chart)
        assert change.xmr(LOW, floor=None).lower[0] == pytest.approx(-2.877, abs=1e-3)

    def test_two_near_limits_on_opposite_sides_are_no_signal(self):
        values = [*CALM, 59, 50, 41, *CALM]
        assert change.xmr(values, baseline=14).signals == ()

    def test_two_near_limits_on_one_side_are_a_signal(self):
        chart = change.xmr([*CALM, 59, 51, 59, *CALM[1:]], baseline=14)
        assert chart.signals == (14, 16)
        assert chart.points[14] is Point.TWO_IN_THREE


class TestRules:
    def test_seven_rising_points_are_a_trend(self):
        values = [*CALM, 47, 48, 49, 50, 51, 52, 53]
        chart = change.xmr(values, baseline=14)
        assert [i for i, p in enumerate(chart.points) if p is Point.TREND] == list(range(14, 21))
        assert chart.direction[-1] == 1

    def test_six_rising_points_are_not(self):
        assert Point.TREND not in change.xmr([*CALM, 48, 49, 50, 51, 52, 53], baseline=14).points

    def test_an_equal_neighbour_breaks_a_trend(self):
        assert Point.TREND not in change.xmr([*CALM, 47, 48, 49, 50, 50, 51, 52], baseline=14).points

    def test_seven_on_one_side(self):
        values = [*CALM, 52, 51, 53, 51, 52, 51, 52]
        chart = change.xmr(values, baseline=14)
        assert [i for i, p in enumerate(chart.points) if p is Point.ONE_SIDE] == list(range(14, 21))

    def test_a_point_on_the_centre_breaks_a_run(self):
        values = [*CALM, 52, 51, 53, 50, 52, 51, 52]
        assert Point.ONE_SIDE not in change.xmr(values, baseline=14).points

    def test_outside_comes_before_trend(self):
        chart = change.xmr([*CALM, 47, 48, 49, 50, 51, 52, 80], baseline=14)
        assert chart.points[-1] is Point.OUTSIDE
        assert chart.points[-2] is Point.TREND

    def test_a_level_series_says_nothing(self):
        assert change.xmr([0.1] * 20).signals == ()
        assert change.c_chart([0] * 20).signals == ()


class TestOptions:
    def test_limits_stay_until_a_step_is_chosen(self):
        halved = [*CALM, *(v / 2 for v in CALM)]
        assert change.xmr(halved, baseline=14).signals
        stepped = change.xmr(halved, steps=[14])
        assert stepped.signals == ()
        assert stepped.phases == ((0, 14), (14, 28))
        assert "steps" in keys(stepped)

    def test_a_summer_peak_is_no_signal_once_the_season_is_taken_out(self):
        season = [0.7, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5, 1.5, 1.2, 1.0, 0.8, 0.7]
        noise = np.random.default_rng(7).normal(0, 3, 36)
        values = [100 * season[i % 12] + noise[i] for i in range(36)]
        index = change.seasonal_index(values)
        assert np.mean(index[:12]) == pytest.approx(1.0)
        assert Point.OUTSIDE not in change.xmr(values, season_index=index).points
        assert len(change.xmr(values).signals) > len(change.xmr(values, season_index=index).signals)

    def test_the_result_says_what_was_chosen(self):
        told = keys(change.xmr(CALM, baseline=10))
        assert {"xmr_limits", "xmr_screen", "rules", "baseline", "no_signal"} <= told
        assert all(str(s) for s in change.xmr(CALM, baseline=10).sentences)

    @pytest.mark.parametrize(
        "call",
        [
            lambda: change.xmr([1, 2]),
            lambda: change.xmr([1, 2, float("nan"), 4]),
            lambda: change.xmr(CALM, baseline=2),
            lambda: change.xmr(CALM, steps=[13]),
            lambda: change.xmr(CALM, season_index=[1.0] * 3),
            lambda: change.xmr([1, -2, 3]),
            lambda: change.c_chart([1.5, 2, 3]),
            lambda: change.u_chart([1, 2, 3], [1, 0, 1]),
            lambda: change.seasonal_index(range(1, 24)),
        ],
    )
    def test_what_cannot_be_charted_is_refused(self, call):
        with pytest.raises(BadInput):
            call()


class TestSmallCounts:
    def test_the_default_changes_with_the_size_of_the_counts(self):
        assert change.for_counts(CALM).kind == "xmr"
        assert change.for_counts(LOW).kind == "c"
        assert change.for_counts(LOW, exposure=[30, 31] * 6).kind == "u"

    @pytest.mark.golden
    def test_poisson_limits_for_a_mean_of_three_quarters(self):
        chart = change.c_chart(LOW)
        assert chart.centre[0] == pytest.approx(0.75)
        # P(X > 4) = 0.00118 and P(X > 3) = 0.0073 for a mean of 0.75: five is the first surprise.
        assert (chart.lower[0], chart.upper[0]) == (0.0, 4.0)
        assert chart.signals == ()

    def test_five_where_less_than_one_is_usual_is_a_signal(self):
        chart = change.c_chart([*LOW, 5], baseline=12)
        assert chart.points[-1] is Point.OUTSIDE

    def test_quiet_months_are_no_run_where_nothing_is_usual(self):
        counts = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]
        assert change.c_chart(counts).signals == ()

    def test_rates_follow_their_exposure(self):
        chart = change.u_chart([2, 4, 2, 4, 2, 4], [1, 2, 1, 2, 1, 2])
        assert chart.values == pytest.approx((2,) * 6)
        assert chart.upper[1] < chart.upper[0]

    def test_clumped_counts_are_said_to_be_clumped(self):
        assert "overdispersed" in keys(change.c_chart([0, 0, 0, 9, 0, 0, 0, 0, 12, 0, 0, 0, 0]))

    @given(st.integers(0, 10_000))
    def test_false_alarms_stay_rare(self, seed):
        counts = np.random.default_rng(seed).poisson(3.0, 24).tolist()
        outside = [p for p in change.c_chart(counts).points if p is Point.OUTSIDE]
        assert len(outside) <= 3


@given(st.lists(st.integers(0, 500), min_size=3, max_size=60))
def test_every_chart_is_sound(counts):
    for chart in (change.xmr(counts), change.c_chart(counts)):
        assert len(chart.points) == len(chart.lower) == len(counts)
        lines = zip(chart.lower, chart.centre, chart.upper, strict=True)
        assert all(0 <= low <= mid <= high for low, mid, high in lines)
        assert all((d != 0) == p.special for d, p in zip(chart.direction, chart.points, strict=True))


@given(st.lists(st.floats(0, 1e6, allow_nan=False), min_size=3, max_size=40), st.floats(0.5, 100))
def test_a_chart_does_not_depend_on_the_unit(values, scale):
    one, other = change.xmr(values, floor=None), change.xmr([v * scale for v in values], floor=None)
    assert other.upper == pytest.approx([u * scale for u in one.upper], rel=1e-6, abs=1e-6)


COUNTS = [41, 38, 75, 22, 90, 61, 30, 18, 44, 52, 66, 37, 58, 250]
PEOPLE = [4.0, 5.0, 8.0, 3.0, 9.0, 6.0, 4.0, 3.0, 5.0, 5.0, 7.0, 4.0, 6.0, 9.0]


class TestPrime:
    def test_u_prime_agrees_with_a_computation_written_out(self):
        """Laney's steps one after another: standardised rates, their moving ranges screened once, three sigma z."""
        chart = change.u_prime_chart(COUNTS, PEOPLE)
        rate = sum(COUNTS) / sum(PEOPLE)
        errors = [(rate / n) ** 0.5 for n in PEOPLE]
        z = [(c / n - rate) / e for c, n, e in zip(COUNTS, PEOPLE, errors, strict=True)]
        ranges = [abs(b - a) for a, b in pairwise(z)]
        kept = [one for one in ranges if one < 3.267 * sum(ranges) / len(ranges)]
        assert len(kept) < len(ranges)
        sigma = sum(kept) / len(kept) / 1.128
        assert chart.moving_range == pytest.approx((sigma,))
        assert chart.centre == pytest.approx([rate] * 14)
        assert chart.upper == pytest.approx([rate + 3 * sigma * e for e in errors])
        assert chart.lower == pytest.approx([max(0.0, rate - 3 * sigma * e) for e in errors])
        assert chart.signals[-1] == 13
        assert chart.kind == "u_prime"

    @given(st.lists(st.integers(5, 60), min_size=13, max_size=30).filter(lambda series: len(set(series)) > 1))
    def test_c_prime_is_xmr_but_for_the_rounding_of_its_factor(self, counts):
        prime, plain = change.c_prime_chart(counts), change.xmr(counts)
        assert prime.centre == pytest.approx(plain.centre)
        assert np.array(prime.upper) - prime.centre == pytest.approx(
            (np.array(plain.upper) - plain.centre) * 3 / 1.128 / change.LIMIT_FACTOR
        )

    def test_sigma_is_one_where_chance_is_all_there_is(self):
        rng = np.random.default_rng(8)
        size = rng.uniform(1, 9, 4000)
        chart = change.u_prime_chart(rng.poisson(20 * size).tolist(), size.tolist())
        assert chart.moving_range[0] == pytest.approx(1, abs=0.05)
        assert sum(point is Point.OUTSIDE for point in chart.points) / 4000 < 0.006

    def test_overdispersed_counts_signal_less_than_by_poissons_limits(self):
        rng = np.random.default_rng(9)
        size = rng.uniform(2, 9, 200)
        counts = rng.negative_binomial(4, 4 / (4 + 20 * size)).tolist()
        plain, prime = change.u_chart(counts, size.tolist()), change.u_prime_chart(counts, size.tolist())
        outside = [sum(p is Point.OUTSIDE for p in chart.points) for chart in (plain, prime)]
        assert outside[0] > 60
        assert outside[1] <= 6
        assert "overdispersed" in keys(plain)

    def test_limits_come_from_the_baseline_and_steps_start_afresh(self):
        based = change.u_prime_chart(COUNTS, PEOPLE, baseline=13)
        assert based.centre[0] == pytest.approx(sum(COUNTS[:13]) / sum(PEOPLE[:13]))
        stepped = change.u_prime_chart([*COUNTS[:13], *[2 * c for c in COUNTS[:13]]], PEOPLE[:13] * 2, steps=[13])
        assert stepped.centre[13] == pytest.approx(2 * stepped.centre[0])
        assert len(stepped.moving_range) == 2

    @given(st.floats(0.01, 100))
    def test_the_unit_of_exposure_changes_nothing(self, scale):
        plain = change.u_prime_chart(COUNTS, PEOPLE)
        scaled = change.u_prime_chart(COUNTS, [n * scale for n in PEOPLE])
        assert np.array(scaled.upper) * scale == pytest.approx(plain.upper)
        assert scaled.points == plain.points

    def test_it_is_chosen_where_sizes_differ_and_counts_are_not_small(self):
        assert change.for_counts(COUNTS, exposure=PEOPLE).kind == "u_prime"
        assert change.for_counts(COUNTS, exposure=[30, 31] * 7).kind == "xmr"
        assert change.for_counts(LOW, exposure=[1, 3] * 6).kind == "u"
        seasonal = change.for_counts(COUNTS, exposure=PEOPLE, season_index=[0.5, 1.5] * 7)
        assert seasonal.values[0] == pytest.approx(COUNTS[0] / (PEOPLE[0] * 0.5))

    @pytest.mark.parametrize(
        ("counts", "people"), [([0] * 5, [1.0] * 5), ([1, 2.5, 3], [1.0] * 3), ([1, 2], [1.0] * 2)]
    )
    def test_refuses(self, counts, people):
        with pytest.raises(BadInput):
            change.u_prime_chart(counts, people)

    def test_no_limit_promises_less_than_nothing(self):
        chart = change.u_prime_chart([1, 9, 0, 12, 2, 20, 0, 7, 30, 1], [1, 2, 1, 2, 1, 3, 1, 2, 3, 1])
        assert min(chart.lower) == 0
        assert {"clamped", "short_series"} <= keys(chart)

    def test_one_level_rate_has_limits_on_it_and_no_signal(self):
        assert change.u_prime_chart([10, 20, 30, 10], [1.0, 2.0, 3.0, 1.0]).signals == ()
