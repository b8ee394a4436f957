"""What a mutation run found in charts, sums and forecasts that no other test would have noticed."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from ourpatch.data.analysis import change
from ourpatch.data.analysis.cusum import design
from ourpatch.data.analysis.forecast import forecast
from ourpatch.data.analysis.signals import runs_by_chance
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

YEAR = [10, 12, 14, 20, 26, 30, 34, 30, 24, 18, 12, 10]


def keys(result):
    return {sentence.key for sentence in result.sentences}


@pytest.mark.parametrize(("points", "warned"), [(12, True), (13, False)])
def test_from_how_many_points_limits_are_steady(points, warned):
    found = change.xmr([50, 53, 47] * 4 + [50] * (points - 12))
    assert ("short_series" in keys(found)) == warned


def test_a_month_with_nothing_in_any_year_is_refused():
    with pytest.raises(BadInput, match="nothing in any year"):
        change.seasonal_index([0, *range(1, 12)] * 2)


@pytest.mark.parametrize(("mean", "k"), [(4.0, 4.875), (5.0, 6.25), (40.0, 49.0)])
def test_the_reference_is_rounded_to_a_grid_finer_than_a_quarter_of_the_margin(mean, k):
    """Against half as many again: references 4.933, 6.166, 49.33; a quarter of the margins 0.23, 0.29, 2.3: eighths, quarters,
    ones.
    """
    assert design(mean).k == k


def test_how_long_a_run_is_as_rare_as_seven_tosses():
    """Below: chance of 0 with a mean of 0.2 is 0.819, of 0 with 0.5 is 0.607, of two or fewer with 2.5 is 0.544."""
    above, below = runs_by_chance(np.array([0.2, 0.5, 1.0, 2.5, 3.0]))
    assert below.tolist() == [25, 10, 7, 8, 7]
    assert above.tolist() == [7, 7, 7, 7, 7]


@pytest.mark.parametrize(("larger", "kind"), [(1.24, "xmr"), (1.25, "u_prime")])
def test_from_which_difference_of_sizes_limits_follow_them(larger, kind):
    assert change.for_counts([50, 53, 47] * 5, exposure=[1.0] * 14 + [larger]).kind == kind


def test_a_season_of_small_figures_is_one():
    assert change.seasonal_index([0.2, 0.6] * 2, period=2) == pytest.approx((0.5, 1.5) * 2)


def test_how_often_limits_start_afresh_is_said():
    found = change.xmr([50, 53, 47] * 6, steps=[6, 12])
    assert next(str(each) for each in found.sentences if each.key == "steps").endswith(": 2.")


def test_laneys_chart_of_low_counts_says_so_and_stops_at_nought():
    found = change.c_prime_chart([0, 1, 0, 2, 0, 0, 1, 3, 0, 1, 0, 1])
    assert "low_counts" in keys(found)
    assert any("lie below 0 and stops" in str(each) for each in found.sentences)


def test_as_many_more_months_as_are_asked_for_are_enough_and_one_less_is_not():
    series = YEAR * 5
    with pytest.raises(BadInput, match="more months") as refused:
        forecast(series, months=1, confidence=0.98)
    more = int(re.search(r"(\d+) more months", str(refused.value))[1])
    series = (YEAR * 9)[: len(series) + more]
    assert forecast(series, months=1, confidence=0.98).trials == 1
    with pytest.raises(BadInput, match="needs 1 more months"):
        forecast(series[:-1], months=1, confidence=0.98)


def test_an_interval_that_held_two_standard_errors_too_seldom_is_not_to_be_relied_on():
    warned = []
    for seed in range(40):
        swing = np.random.default_rng(seed).normal(0, 0.5 + seed / 20, 72).cumsum()
        found = forecast(np.maximum(0, np.round(np.array(YEAR * 6) * 3 + swing * 6)).tolist(), months=1)
        apart = (0.8 - found.coverage) / math.sqrt(0.8 * 0.2 / found.trials)
        assert ("too_narrow" in keys(found)) == (apart > 2)
        warned.append(apart)
    assert any(2 < apart <= 3 for apart in warned)
    assert any(apart <= 2 for apart in warned)


def test_counts_that_vary_as_chance_makes_them_are_not_called_clumped():
    assert "overdispersed" not in keys(change.c_chart([0, 1, 0, 2, 0, 0, 1, 3, 0, 1, 0, 1]))
    assert "overdispersed" not in keys(change.c_chart([50, 53, 47, 45, 58, 51, 43, 56]))
