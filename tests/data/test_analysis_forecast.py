"""Forecasts: a season repeated, an interval that holds as often as it says, and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourpatch.data.analysis.forecast import forecast
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

YEAR = [10, 12, 14, 20, 26, 30, 34, 30, 24, 18, 12, 10]


def keys(result):
    return {sentence.key for sentence in result.sentences}


def test_a_season_that_repeats_is_continued():
    found = forecast(YEAR * 5, months=12)
    assert [one.expected for one in found.ahead] == pytest.approx(YEAR)
    assert found.coverage == 1
    assert [one.months for one in found.ahead] == list(range(1, 13))


def test_level_follows_the_last_year():
    found = forecast(YEAR * 4 + [2 * v for v in YEAR], months=1)
    assert found.ahead[0].expected == pytest.approx(20)


def test_the_interval_holds_as_often_as_it_says():
    rng = np.random.default_rng(12)
    held, said = [], []
    for start in range(300):
        # Every month has its turn as the next: small months are held more often than large ones.
        usual = np.roll(np.array(YEAR * 7, dtype=float), start)
        series = rng.negative_binomial(20, 20 / (20 + usual))
        found = forecast(series[:72], months=2)
        held += [one.lower <= series[71 + one.months] <= one.upper for one in found.ahead]
        said.append(found.coverage)
    assert 0.75 <= np.mean(held) <= 0.87
    assert np.mean(said) == pytest.approx(np.mean(held), abs=0.05)


def test_a_record_that_fails_is_told():
    rng = np.random.default_rng(1)
    series = [*rng.poisson(50, 48), *rng.poisson(50 * 1.35 ** np.arange(1, 13))]
    assert "too_narrow" in keys(forecast(series, months=1))


@settings(max_examples=40)
@given(st.lists(st.integers(0, 60), min_size=48, max_size=60).filter(any))
def test_bounds_are_in_order_and_later_months_do_not_reach_back(series):
    found = forecast(series, months=3)
    assert all(0 <= one.lower <= one.expected <= one.upper for one in found.ahead)
    assert 0 <= found.coverage <= 1
    assert forecast(series, months=1).ahead[0] == found.ahead[0]


@pytest.mark.parametrize(
    ("series", "more", "message"),
    [
        ([], {}, "needs 42 months"),
        ([5], {}, "needs 42 months"),
        ([0] * 60, {}, "Nothing was recorded"),
        ([-1] * 60, {}, "whole numbers"),
        ([math.inf] * 60, {}, "finite"),
        ([0.5] * 60, {}, "whole numbers"),
        (YEAR * 5, {"months": 13}, "1 to 12"),
        (YEAR * 5, {"confidence": 1.0}, "between 0 and 1"),
        (YEAR * 5, {"confidence": 0.99}, "lower one"),
    ],
)
def test_refuses(series, more, message):
    with pytest.raises(BadInput, match=message):
        forecast(series, **more)
