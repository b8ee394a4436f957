"""Periods without a figure: nothing is taken over a gap, the calendar holds its places, and the reader is told."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourpatch.data.analysis import change
from ourpatch.data.analysis.cusum import cusum
from ourpatch.data.analysis.evaluation import Verdict
from ourpatch.data.analysis.evaluation_designs import difference_in_differences, interrupted_series
from ourpatch.data.analysis.forecast import forecast
from ourpatch.data.analysis.matching import match_areas
from ourpatch.data.analysis.missing import NO_DATA, completed, figures, stretches
from ourpatch.data.analysis.pictures import (
    control_chart,
    cusum_chart,
    differences_chart,
    forecast_chart,
    gap_chart,
    interrupted_chart,
)
from ourpatch.data.analysis.rare import g_chart, t_chart
from ourpatch.data.analysis.signals import Lines, Point, judge, runs_of_seven
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

YEAR = [10, 12, 14, 20, 26, 30, 34, 30, 24, 18, 12, 10]
CALM = [50, 53, 47, 52, 48, 51, 49, 50, 53, 47, 52, 48, 51, 49]
COUNTS = st.lists(st.integers(0, 60), min_size=8, max_size=40)
TOLD = {"what": "Thefts", "where": "Here", "when": "now"}


def keys(result):
    return {sentence.key for sentence in result.sentences}


def told(result, key="missing"):
    return next(str(sentence) for sentence in result.sentences if sentence.key == key)


def with_gap(values, at, wide=1):
    return [*values[:at], *[None] * wide, *values[at:]]


def labels(count):
    return [f"month {i}" for i in range(count)]


class TestCompleted:
    def test_years_without_a_gap_stay_as_they_are(self):
        years = np.array(YEAR * 3, dtype=float).reshape(3, 12)
        assert np.array_equal(completed(years), years)

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 11)), max_size=6))
    def test_what_is_year_times_season_is_found_again(self, holes):
        whole = np.outer([1.0, 2.0, 0.5, 3.0], YEAR)
        given_years = whole.copy()
        for year, month in holes[:3]:
            given_years[year, month] = np.nan
        assert completed(given_years) == pytest.approx(whole, rel=1e-6)

    def test_totals_of_years_and_months_are_those_of_the_fit(self):
        """The fit of year times season has, over the figures that there are, the same sum for each year and each month."""
        years = np.random.default_rng(3).poisson(np.outer([20, 30, 25], np.array(YEAR) / 20)).astype(float)
        there = np.ones(years.shape, dtype=bool)
        there[0, 2] = there[1, 5] = there[1, 6] = False
        full = completed(np.where(there, years, np.nan))
        fit = np.outer(full.sum(axis=1), full.sum(axis=0)) / full.sum()
        assert full[there] == pytest.approx(years[there])
        assert full[~there] == pytest.approx(fit[~there], rel=1e-6)

    def test_a_year_with_too_little_is_left_out(self):
        years = np.outer([1.0, 1.0, 5.0], YEAR)
        years[2, :3] = np.nan
        assert len(completed(years)) == 3
        years[2, 3] = np.nan
        assert np.array_equal(completed(years), years[:2])

    def test_a_month_that_is_nowhere_or_too_seldom_is_not_made_up(self):
        years = np.outer([1.0, 1.0, 1.0], YEAR)
        years[:2, 4] = np.nan
        assert completed(years) is not None
        assert completed(years, least=2) is None
        years[2, 4] = np.nan
        assert completed(years) is None
        assert completed(np.full((2, 12), np.nan)) is None

    def test_nothing_in_any_year_stays_nothing(self):
        years = np.zeros((2, 12))
        years[0, 3] = np.nan
        assert np.array_equal(completed(years), np.zeros((2, 12)))


def test_stretches_are_what_lies_between_gaps():
    assert stretches(np.array([False, True, True, False, False, True])) == [(1, 3), (5, 6)]
    assert stretches(np.array([True, True])) == [(0, 2)]
    assert stretches(np.array([False])) == stretches(np.array([], dtype=bool)) == []


def test_a_figure_is_a_number_or_none():
    assert np.isnan(figures([1, None, math.nan])).tolist() == [False, True, True]
    for bad in ([1, math.inf], [[1, 2]]):
        with pytest.raises(BadInput, match="finite figure"):
            figures(bad)


class TestCharts:
    def test_a_moving_range_is_not_taken_over_a_gap(self):
        """Ranges 2, 2 and 2, 2; the step of 18 from 12 to 30 is none."""
        chart = change.xmr([10, 12, 10, None, 30, 28, 30])
        assert chart.moving_range == (2.0,)
        assert chart.centre[0] == 20
        assert chart.upper == pytest.approx([20 + 2.66 * 2] * 7)

    @given(COUNTS, st.integers(0, 3), st.integers(0, 3))
    def test_gaps_before_and_after_change_nothing(self, counts, before, after):
        padded = [*[None] * before, *counts, *[None] * after]
        here = slice(before, before + len(counts))
        for chart in (change.xmr, change.c_chart, change.for_counts):
            plain, wide = chart(counts), chart(padded)
            assert wide.points[here] == plain.points
            assert wide.upper[here] == plain.upper
            assert wide.moving_range == plain.moving_range
            assert wide.missing == (*range(before), *range(before + len(counts), len(padded)))

    @given(COUNTS, st.data())
    def test_a_gap_makes_no_signal(self, counts, data):
        """Limits of a c chart come from the figures alone, so the same ones stand with the gap and without it."""
        at = data.draw(st.integers(0, len(counts)))
        plain, gapped = change.c_chart(counts), change.c_chart(with_gap(counts, at, 2))
        moved = {i if i < at else i - 2 for i in gapped.signals}
        assert moved <= set(plain.signals)
        assert gapped.points[at] is gapped.points[at + 1] is Point.NO_DATA

    @given(st.lists(st.floats(-10, 10), min_size=4, max_size=40), st.data())
    def test_both_sides_of_a_gap_say_what_they_say_alone(self, values, data):
        at = data.draw(st.integers(1, len(values) - 1))
        series = np.array([*values[:at], np.nan, *values[at:]])
        level = np.zeros(len(series))
        lines = Lines(level, level - 9, level + 9, level - 6, level + 6)
        points, ways = judge(series, lines, [(0, len(series))], runs_of_seven(len(series)))
        alone = []
        for part in (slice(0, at), slice(at + 1, None)):
            own = Lines(*(getattr(lines, name)[part] for name in Lines.__slots__))
            alone.append(judge(series[part], own, [(0, len(own.centre))], runs_of_seven(len(own.centre))))
        assert points == [*alone[0][0], Point.NO_DATA, *alone[1][0]]
        assert ways == [*alone[0][1], 0, *alone[1][1]]

    @pytest.mark.parametrize(
        ("more", "rule"),
        [
            ([47, 48, 49, 50, 51, 52, 53], Point.TREND),
            ([52, 51, 53, 51, 52, 51, 52], Point.ONE_SIDE),
            ([59, 51, 59], Point.TWO_IN_THREE),
        ],
    )
    def test_no_rule_looks_across_a_gap(self, more, rule):
        at = len(CALM) + len(more) // 2
        whole = [*CALM, *more]
        assert rule in change.xmr(whole, baseline=14).points
        assert change.xmr(with_gap(whole, at), baseline=14).signals == ()
        assert rule in change.xmr(with_gap(whole, len(CALM)), baseline=14).points

    def test_the_baseline_counts_figures_and_steps_count_periods(self):
        gapped = with_gap(CALM, 5, 2)
        assert change.xmr(gapped, baseline=10).centre[0] == pytest.approx(np.mean(CALM[:10]))
        assert change.c_chart(gapped, baseline=10).centre[0] == pytest.approx(np.mean(CALM[:10]))
        stepped = change.xmr([*gapped, *with_gap([2 * value for value in CALM], 3, 2)], steps=[16])
        assert stepped.centre[16] == pytest.approx(2 * stepped.centre[15])

    def test_rates_and_laneys_limits_leave_the_gap_out(self):
        counts, people = [40, 44, 39, 90, 41, 84, 43, 38], [2.0, 2.0, 2.0, 4.0, 2.0, 4.0, 2.0, 2.0]
        gapped, sizes = with_gap(counts, 3), with_gap(people, 3)
        sizes[3] = 100.0
        for chart in (change.u_chart, change.u_prime_chart):
            found = chart(gapped, sizes)
            assert found.centre[0] == pytest.approx(sum(counts) / sum(people))
            assert math.isnan(found.values[3])
            assert found.lower[3] < found.centre[3] < found.upper[3]
        rates = np.array(counts) / people
        z = (rates - sum(counts) / sum(people)) / np.sqrt(sum(counts) / sum(people) / np.array(people))
        ranges = [abs(b - a) for i, (a, b) in enumerate(pairwise(z)) if i != 2]
        kept = [one for one in ranges if one < 3.267 * np.mean(ranges)]
        assert change.u_prime_chart(gapped, sizes).moving_range == pytest.approx((np.mean(kept) / 1.128,))
        # The size of the period without a count does not decide which chart it is.
        assert change.for_counts(with_gap(CALM, 3), exposure=[*[1.0] * 3, 9.0, *[1.0] * 11]).kind == "xmr"

    def test_it_is_said_and_shown_and_never_nought(self):
        chart = change.for_counts(with_gap(CALM, 4, 2))
        assert told(chart) == (
            "Periods without a figure: 2. They stay empty; no moving range, trend or run is taken across them."
        )
        row = chart.table(labels(16)).rows[4]
        assert row[:2] == ("month 4", NO_DATA)
        assert row[-1] is None
        assert len(chart.table().rows) == 16
        assert "missing" not in keys(change.for_counts(CALM))
        assert "of 14" in told(change.xmr([*with_gap(CALM, 4, 2)[:-1], 90]), "signals")

    def test_short_and_clumped_series_are_told_by_their_figures(self):
        assert "short_series" in keys(change.xmr([*CALM[:12], *[None] * 9]))
        clumped = [0, 0, 0, 9, 0, 0, 0, 0, 12, 0, 0, 0, 0]
        assert "overdispersed" in keys(change.c_chart(with_gap(clumped, 6, 5)))

    @pytest.mark.parametrize(
        ("values", "more", "message"),
        [
            ([1, None, 2], {}, "three figures"),
            ([1, None, 2, None, 3, None, 4], {}, "follow one another"),
            ([1, 2, None, 3], {}, "follow one another"),
            ([*CALM, None, None, 3, 4], {"steps": [14]}, "three figures"),
            (with_gap(CALM, 3, 9), {"baseline": 15}, "baseline"),
            ([*CALM, math.inf], {}, "finite"),
        ],
    )
    def test_what_cannot_be_charted_is_refused(self, values, more, message):
        with pytest.raises(BadInput, match=message):
            change.xmr(values, **more)


class TestSeason:
    def test_months_keep_their_place_after_a_gap(self):
        years = (np.outer([1, 1.5, 2], YEAR)).ravel().tolist()
        index = change.seasonal_index(years)
        years[14] = years[15] = years[28] = None
        assert change.seasonal_index(years) == pytest.approx(index, rel=1e-6)
        assert change.seasonal_index(years)[24:] == pytest.approx(np.array(YEAR) / 20, rel=1e-6)

    def test_a_season_is_no_signal_on_a_chart_with_a_gap(self):
        rng = np.random.default_rng(2)
        counts = rng.poisson(np.array(YEAR * 4) * 10).astype(float).tolist()
        counts[17:19] = [None, None]
        index = change.seasonal_index(counts)
        assert len(change.for_counts(counts, season_index=index).signals) <= 2
        assert len(change.for_counts(counts).signals) > 10
        assert index[:12] == pytest.approx(np.array(YEAR) / 20, rel=0.15)

    def test_two_figures_of_each_month_are_needed(self):
        with pytest.raises(BadInput, match="two figures of each month"):
            change.seasonal_index(with_gap(YEAR * 2, 5)[:24])


class TestCusum:
    @given(st.lists(st.integers(0, 12), min_size=3, max_size=30), st.data())
    def test_over_a_gap_the_sum_stays_as_it_was(self, counts, data):
        at = data.draw(st.integers(0, len(counts)))
        plain, gapped = (cusum(each, [4.0] * len(each)) for each in (counts, with_gap(counts, at)))
        assert gapped.sums[:at] + gapped.sums[at + 1 :] == plain.sums
        assert [i if i < at else i - 1 for i in gapped.signals] == list(plain.signals)
        before = 0.0 if at == 0 or at - 1 in plain.signals else plain.sums[at - 1]
        assert gapped.sums[at] == before
        assert gapped.missing == (at,)
        assert gapped.design == plain.design

    def test_what_is_expected_of_a_gap_moves_no_design(self):
        found = cusum([3, None, 5], [4.0, 400.0, 4.0])
        assert found.design.mean == 4.0
        assert "moving" not in keys(found)
        assert told(found).startswith("Periods without a figure: 1. The sum stays as it was")
        assert found.table().rows[1][1] == NO_DATA

    def test_spread_is_that_of_true_neighbours(self):
        """Low, then high, a gap between them: neighbours hardly differ."""
        counts = [10, 11, 10, 11, None, 30, 31, 30, 31]
        assert "overdispersed" not in keys(cusum(counts, [16.0] * 9))
        assert "overdispersed" not in keys(cusum([2, None, 40, None, 2, 40], [16.0] * 6))
        assert "overdispersed" in keys(cusum([2, 40, None, 2, 40], [16.0] * 5))


class TestForecast:
    def test_years_and_months_ahead_are_counted_by_the_calendar(self):
        series = YEAR * 6
        for hole in (16, 40, 41, 63, 64, 70):
            series[hole] = None
        found = forecast(series, months=12)
        assert [one.expected for one in found.ahead] == pytest.approx(YEAR, rel=1e-6)
        came = [YEAR[one.position % 12] for one in found.past]
        assert [one.expected for one in found.past] == pytest.approx(came, rel=1e-5)
        assert told(found).startswith("Months without a figure: 6.")

    def test_no_past_forecast_of_a_missing_month_or_made_after_one_is_tried(self):
        series = YEAR * 6
        series[50] = None
        past = {(one.position, one.months): one for one in forecast(series, months=2).past}
        whole = {(one.position, one.months) for one in forecast(YEAR * 6, months=2).past}
        assert {at for at, _ahead in past}.isdisjoint({50})
        # Made in the month without a figure: for the next month, and for that after it.
        assert {(51, 1), (52, 2), (50, 1), (50, 2)} <= whole - set(past)
        assert all(one.came == YEAR[one.position % 12] for one in past.values())

    @settings(max_examples=25)
    @given(st.lists(st.integers(1, 60), min_size=60, max_size=66), st.integers(0, 59))
    def test_a_gap_moves_no_month(self, counts, at):
        counts[at] = None
        if len(counts) == at + 1:
            counts.append(3)
        found = forecast(counts, months=1)
        assert {one.position for one in found.past} <= set(range(24, len(counts))) - {at}
        assert all(one.came == counts[one.position] for one in found.past)
        assert found.missing == (at,)

    @pytest.mark.parametrize(
        ("holes", "message"), [([59], "newest month"), ([50, 52, 54, 56], "Too many months"), (range(11, 59, 12), None)]
    )
    def test_too_much_is_missing(self, holes, message):
        series = YEAR * 5
        for hole in holes:
            series[hole] = None
        if message is None:
            series[11::12] = [None] * 5
            series += YEAR[:3]
            message = "Too many months"
        with pytest.raises(BadInput, match=message):
            forecast(series, months=1)

    def test_three_missing_of_the_last_twelve_are_carried(self):
        series = YEAR * 5
        series[50] = series[52] = series[54] = None
        assert forecast(series, months=1).ahead[0].expected == pytest.approx(YEAR[0], rel=1e-6)


class TestGaps:
    def test_a_gap_that_nobody_knows_is_left_out_and_told(self):
        for chart, shift in ((g_chart, 0), (t_chart, 0.5)):
            plain = [9 + shift, 14 + shift, 6 + shift, 21 + shift, 3 + shift, 17 + shift]
            found = chart(with_gap(plain, 6), baseline=5)
            whole = chart(plain, baseline=5)
            assert (found.centre, found.lower, found.upper) == (whole.centre, whole.lower, whole.upper)
            assert found.missing == (6,)
            assert found.direction[6] == 0
            assert found.table().rows[6][1] == NO_DATA
            assert told(found).startswith("Gaps that reach across a time without data: 1.")
            assert "Only 6 gaps" in told(found, "few_gaps")
        assert g_chart([3, None, 5, 2, 90], baseline=3).upper == g_chart([3, 5, 2, 90], baseline=3).upper

    def test_no_moving_range_over_it(self):
        even = [1.0, 2.0, 1.0, None, 9.0, 8.0, 9.0]
        found = t_chart([None if value is None else value**3.6 for value in even])
        assert found.upper == pytest.approx((5 + 2.66) ** 3.6)
        based = t_chart([None if value is None else value**3.6 for value in even], baseline=4)
        assert based.centre == pytest.approx(((1 + 2 + 1 + 9) / 4) ** 3.6)

    def test_refuses(self):
        with pytest.raises(BadInput, match="three gaps"):
            g_chart([1, None, 2])
        with pytest.raises(BadInput, match="baseline"):
            g_chart([1, None, 2, 3], baseline=4)
        with pytest.raises(BadInput, match="follow one another"):
            t_chart([1, None, 2, None, 3])


def generalised_least_squares(design, y, periods, correlation):
    """Written out with the whole covariance of figures so many periods apart."""
    covariance = correlation ** np.abs(np.subtract.outer(periods, periods))
    inverse = np.linalg.inv(covariance)
    return np.linalg.solve(design.T @ inverse @ design, design.T @ inverse @ y)


class TestInterrupted:
    def test_agrees_with_the_whole_covariance_written_out(self):
        rng = np.random.default_rng(11)
        errors = [0.0]
        for _month in range(59):
            errors.append(0.6 * errors[-1] + rng.normal(0, 4))
        values = (80 + np.array(errors)).tolist()
        for hole in (3, 4, 17, 40, 41, 42):
            values[hole] = None
        found = interrupted_series(values, 36, seasonal=False)
        time = np.arange(60.0)
        after = (time >= 36) * 1.0
        design = np.column_stack([np.ones(60), time - 36, after, after * (time - 36)])
        periods = np.array([i for i, value in enumerate(values) if value is not None])
        y = np.array([values[i] for i in periods])
        assert 0.2 < found.correlation < 0.95
        beta = generalised_least_squares(design[periods], y, periods, found.correlation)
        assert (found.step, found.slope) == pytest.approx(beta[2:], rel=1e-6)
        assert found.fitted == pytest.approx(design @ beta)
        late = [i for i in periods if i >= 36]
        assert found.total.estimate == pytest.approx(design[late, 2:].sum(axis=0) @ beta[2:])
        residuals = y - design[periods] @ beta
        near = np.diff(periods) == 1
        raw = (residuals[1:] * residuals[:-1])[near].sum() / near.sum() * len(near) / (residuals**2).sum()
        assert found.correlation == pytest.approx((len(y) * raw + 4) / (len(y) - 3))

    def test_coverage_with_gaps(self):
        rng, inside = np.random.default_rng(9), 0
        for _round in range(200):
            errors = [rng.normal(0, 5 / math.sqrt(1 - 0.4**2))]
            for _month in range(47):
                errors.append(0.4 * errors[-1] + rng.normal(0, 5))
            values = (100 + np.array(errors)).tolist()
            for hole in rng.choice(48, 8, replace=False):
                values[hole] = None
            inside += 0 in interrupted_series(values, 36, seasonal=False).total.interval
        assert 0.89 <= inside / 200 <= 0.99

    def test_what_is_missing_on_either_side_is_said_and_shown(self):
        values = np.random.default_rng(1).normal(50, 5, 40).tolist()
        values[5] = values[30] = values[31] = None
        found = interrupted_series(values, 28)
        assert told(found) == (
            "Periods without a figure: 1 before and 2 after. The total is over the periods after that have one."
        )
        assert found.table().rows[30][1] == NO_DATA
        assert found.first_after == 28
        assert len(found.expected) == 12
        assert "missing" not in keys(interrupted_series(values[6:30], 18))

    def test_a_season_asks_for_two_years_of_figures(self):
        values = np.random.default_rng(1).normal(50, 5, 40).tolist()
        values[5] = None
        assert "wave" in keys(interrupted_series(values, 25))
        assert "season_unseen" in keys(interrupted_series(values, 24))


class TestDifferences:
    FLAGS = (True, True, True, False, False, False)

    def test_a_gap_is_in_no_mean_and_moves_no_trend(self):
        rng = np.random.default_rng(4)
        panel = rng.normal(40, 3, (6, 16))
        gapped = panel.copy()
        gapped[:, [4, 12, 13]] = np.nan
        there = [i for i in range(16) if i not in (4, 12, 13)]
        found = difference_in_differences(gapped, self.FLAGS, 10)
        assert found.estimate == pytest.approx(difference_in_differences(panel[:, there], self.FLAGS, 9).estimate)
        assert told(found).startswith("Periods without a figure: 1 before and 2 after.")
        assert found.table().rows[4][1:] == (NO_DATA, NO_DATA, None)
        assert found.table().rows[12][1:] == (NO_DATA,) * 3

    def test_trends_before_are_told_by_the_calendar(self):
        """A step over a gap of twenty periods is a trend of a twentieth a period: by the calendar both groups move alike."""
        time = np.array([0, 1, 2, 23, 24, 25, 26])
        rng = np.random.default_rng(5)
        panel = np.full((6, 30), np.nan)
        slopes = np.array([1.0, 1.02, 0.98, 1.0, 1.01, 0.99])
        panel[:, time] = 50 + slopes[:, None] * time + rng.normal(0, 0.5, (6, 7))
        panel[:, 27:] = rng.normal(90, 1, (6, 3))
        found = difference_in_differences(panel, self.FLAGS, 27)
        assert "trends_alike" in keys(found)
        panel[:3, time] += 0.2 * time
        assert difference_in_differences(panel, self.FLAGS, 27).verdict is Verdict.NOT_SHOWN

    def test_a_match_is_alike_in_its_trend_by_the_calendar(self):
        names = ["treated", "alike", "other"]
        before = np.full((3, 13), np.nan)
        time = np.array([0, 1, 2, 12])
        before[:, time] = np.outer([1.0, 1.0, 3.0], time) + np.array([[0], [1], [-4]])
        found = match_areas(["treated"], names, before)
        trend = next(one for one in found.balance if one.covariate == "trend before")
        assert trend.treated == pytest.approx(1)
        assert trend.matches == pytest.approx(1)


class TestPictures:
    def drawn(self):
        gapped = with_gap(CALM, 4, 2)
        yield control_chart(change.xmr(gapped), labels(16), title="t", desc="d.")
        yield cusum_chart(cusum(gapped, [50.0] * 16), labels(16), **TOLD)
        yield gap_chart(g_chart(gapped), labels(16), **TOLD)
        series = YEAR * 4
        series[4] = series[5] = None
        yield forecast_chart(forecast(series, months=1), labels(49), **TOLD)
        long = np.random.default_rng(1).normal(50, 5, 30).tolist()
        long[4] = long[5] = None
        yield interrupted_chart(interrupted_series(long, 20), labels(30), **TOLD)
        panel = np.random.default_rng(1).normal(50, 5, (4, 12))
        panel[:, 4:6] = np.nan
        yield differences_chart(difference_in_differences(panel, [1, 1, 0, 0], 8), labels(12), **TOLD)

    def test_the_place_is_empty_named_and_told(self):
        for svg in self.drawn():
            assert "No data for: month 4; month 5." in svg.split("</desc>")[0]
            assert svg.count(">no data</text>") == 2  # its halo and itself
            assert ">No data</text>" in svg
            assert "nan" not in svg

    def test_a_line_stops_before_the_gap_and_goes_on_after_it(self):
        chart = change.xmr(with_gap(CALM, 4, 2))
        lines = re.findall(r'<polyline points="([^"]*)"', control_chart(chart, labels(16), title="t", desc="d"))
        assert [len(line.split()) for line in lines] == [16, 16, 16, 4, 10]

    def test_a_month_between_two_gaps_is_seen(self):
        series = YEAR * 4
        series[4] = series[6] = None
        assert forecast_chart(forecast(series, months=1), labels(49), **TOLD).count('<circle cx="') == 1

    def test_many_gaps_are_counted_and_one_less_is_named(self):
        counts = [3, 4, 2, *[value for n in range(13) for value in (None, n % 5)]]
        svg = control_chart(change.c_chart(counts), labels(len(counts)), title="t", desc="d.")
        assert "No data for 13, from month 3 to month 27." in svg
        assert "No data for: month 3;" in control_chart(change.c_chart(counts[:-2]), labels(27), title="t", desc="d.")

    def test_a_picture_without_a_gap_says_nothing_of_one(self):
        svg = control_chart(change.xmr(CALM), labels(14), title="t", desc="d.")
        assert "o data" not in svg

    @given(st.permutations(range(16)))
    def test_names_change_names_only(self, order):
        chart = change.xmr(with_gap(CALM, 4, 2))
        plain, other = chart.table(labels(16)), chart.table([labels(16)[i] for i in order])
        assert [row[1:] for row in plain.rows] == [row[1:] for row in other.rows]
