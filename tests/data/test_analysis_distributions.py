"""Exact tails and intervals against sums of fractions and published tables."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.data.analysis import rates
from ourpatch.data.analysis.distributions import (
    binomial_cdf,
    binomial_interval,
    binomial_sf,
    poisson_cdf,
    poisson_interval,
    poisson_sf,
)
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules


@given(st.integers(0, 60), st.integers(1, 400))
def test_poisson_tail_is_the_sum_of_its_terms(count, tenths):
    mean = tenths / 10
    summed = math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))
    assert poisson_cdf(count, mean) == pytest.approx(summed, abs=1e-12)
    assert poisson_cdf(count, mean) + poisson_sf(count, mean) == pytest.approx(1.0, abs=1e-12)


@given(st.integers(1, 40), st.data())
def test_binomial_tail_is_the_sum_of_its_terms(trials, data):
    successes = data.draw(st.integers(0, trials))
    share = Fraction(data.draw(st.integers(1, 99)), 100)
    terms = (math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(successes + 1))
    assert binomial_cdf(successes, trials, float(share)) == pytest.approx(float(sum(terms)), abs=1e-12)
    total = binomial_cdf(successes, trials, float(share)) + binomial_sf(successes, trials, float(share))
    assert total == pytest.approx(1.0, abs=1e-12)


@pytest.mark.golden
@pytest.mark.parametrize(
    ("count", "lower", "upper"),
    [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (10, 4.7954, 18.3904), (100, 81.3640, 121.6268)],
)
def test_poisson_interval_as_tabulated(count, lower, upper):
    around = poisson_interval(count)
    assert around.lower == pytest.approx(lower, abs=5e-5)
    assert around.upper == pytest.approx(upper, abs=5e-5)


@pytest.mark.golden
def test_binomial_interval_as_tabulated():
    around = binomial_interval(8, 20)
    assert (around.lower, around.upper) == pytest.approx((0.19119, 0.63946), abs=5e-6)


@given(st.integers(0, 200_000))
def test_poisson_interval_leaves_its_tails_outside(count):
    around = poisson_interval(count)
    assert count in around
    assert poisson_cdf(count, around.upper) == pytest.approx(0.025, rel=1e-6)
    if count:
        assert poisson_sf(count - 1, around.lower) == pytest.approx(0.025, rel=1e-6)


def test_nothing_seen_out_of_nothing_says_nothing():
    assert (binomial_interval(0, 0).lower, binomial_interval(0, 0).upper) == (0.0, 1.0)


@pytest.mark.parametrize("bad", [lambda: poisson_interval(-1), lambda: binomial_interval(3, 2)])
def test_impossible_counts_are_refused(bad):
    with pytest.raises(BadInput):
        bad()


def test_rate_is_yearly_and_carries_its_interval():
    found = rates.rate(10, 2000, months=6)
    assert found.value == pytest.approx(10.0)
    assert (found.lower, found.upper) == pytest.approx((4.7954, 18.3904), abs=1e-3)
    assert [s.key for s in found.sentences] == ["rate_per_year", "rate_few"]
    assert "10 incidents" in str(found.sentences[1])


@pytest.mark.parametrize(("population", "months"), [(0, 12), (100, 0), (float("nan"), 12)])
def test_a_rate_needs_something_to_divide_by(population, months):
    with pytest.raises(BadInput):
        rates.rate(1, population, months=months)
