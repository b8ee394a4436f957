"""CUSUM: the design's run length by an independent simulation, signals on a drift, and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.data.analysis.cusum import cusum, design
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules


def keys(result):
    return {sentence.key for sentence in result.sentences}


def mean_run(rng, mean, k, h, sign, runs=3000):
    """Periods until the sum reaches the threshold, many series at once and without the module."""
    sums, lengths = np.zeros(runs), np.zeros(runs)
    going = np.ones(runs, dtype=bool)
    while going.any():
        sums[going] = np.maximum(0, sums[going] + sign * (rng.poisson(mean, going.sum()) - k))
        lengths[going] += 1
        going &= sums < h - 1e-9
    return lengths.mean()


@pytest.mark.parametrize(("mean", "ratio"), [(0.5, 2.0), (3.0, 1.5), (40.0, 1.25), (8.0, 0.6)])
def test_run_lengths_are_those_of_a_simulation(mean, ratio):
    found, rng = design(mean, ratio=ratio), np.random.default_rng(6)
    sign = 1 if ratio > 1 else -1
    assert found.run_in_control >= 100
    assert mean_run(rng, mean, found.k, found.h, sign) == pytest.approx(found.run_in_control, rel=0.08)
    assert mean_run(rng, mean * ratio, found.k, found.h, sign) == pytest.approx(found.run_changed, rel=0.05)
    assert found.k == pytest.approx(mean * (ratio - 1) / math.log(ratio), rel=0.08)


def test_a_lower_threshold_would_not_do():
    found, rng = design(3.0), np.random.default_rng(7)
    assert mean_run(rng, 3.0, found.k, found.h - 1.0, 1) < 100


def test_of_large_counts_a_large_change_is_seen_at_once_and_nothing_else_ever_is():
    found = cusum([1760, 1750, 1770, 2700], [1762.5] * 4)
    assert found.design.run_in_control == math.inf
    assert found.signals == (3,)
    assert any("less than once in 10,000 periods" in str(each) for each in found.sentences)


def test_notices_a_drift_that_no_single_month_shows():
    counts = [4, 3, 5, 4, 4, 3, 5, 4, 7, 6, 7, 6, 7, 6, 7]
    found = cusum(counts, [4.0] * 15)
    assert found.signals
    assert found.signals[0] >= 8
    assert {"signals", "design", "run_lengths"} <= keys(found)
    assert cusum(counts[:8], [4.0] * 8).signals == ()
    assert cusum([0] * 8, [4.0] * 8, ratio=0.5).signals
    assert max(cusum([0] * 8, [4.0] * 8).sums) == 0


def test_a_season_that_is_expected_is_no_signal():
    season = [10.0, 30.0] * 12
    assert cusum([10, 30] * 12, season).signals == ()
    assert "moving" in keys(cusum([10, 30] * 12, season))
    assert cusum([10, 30] * 12, [10.0] * 24).signals


@given(st.lists(st.integers(0, 12), min_size=3, max_size=40))
def test_sums_are_never_below_nought_and_more_incidents_never_lower_the_first(counts):
    plain = cusum(counts, [4.0] * len(counts))
    more = cusum([c + 1 for c in counts], [4.0] * len(counts))
    assert min(plain.sums) >= 0
    first = plain.signals[0] if plain.signals else len(counts)
    assert (more.signals[0] if more.signals else len(counts)) <= first


@pytest.mark.parametrize(
    ("counts", "expected", "more", "message"),
    [
        ([], [], {}, "whole numbers"),
        ([1, -1], [1, 1], {}, "whole numbers"),
        ([1, math.inf], [1, 1], {}, "finite"),
        ([math.nan, None], [1, 1], {}, "at least one"),
        ([1, 1.5], [1, 1], {}, "whole numbers"),
        ([1, 1], [1, 0], {}, "above zero for each period"),
        ([1, 1], [1], {}, "above zero for each period"),
        ([1, 1], [1, 1], {"ratio": 1.0}, "ratio other than 1"),
        ([1, 1], [1, 1], {"ratio": 1.0001}, "cannot be noticed"),
    ],
)
def test_refuses(counts, expected, more, message):
    with pytest.raises(BadInput, match=message):
        cusum(counts, expected, **more)
