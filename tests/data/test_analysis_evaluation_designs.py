"""Matched pairs, difference in differences, interrupted series and power: exact cases, coverage, and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.data.analysis.evaluation import BeforeAfter, Verdict, wdd
from ourpatch.data.analysis.evaluation_designs import difference_in_differences, interrupted_series, matched_pairs
from ourpatch.data.analysis.evaluation_power import Plan, power_to_show, smallest_reduction
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules


def keys(result):
    return {sentence.key for sentence in result.sentences}


def wandering(rng, n, correlation, spread=5.0):
    errors = np.empty(n)
    errors[0] = rng.normal(0, spread / math.sqrt(1 - correlation**2))
    for i in range(1, n):
        errors[i] = correlation * errors[i - 1] + rng.normal(0, spread)
    return errors


class TestPairs:
    def test_worked(self):
        """Changes of -30, -20, -10 against 0: mean -20, error 10/sqrt(3), t(2) 4.30265."""
        pairs = [(BeforeAfter(100, 100 - d), BeforeAfter(100, 100)) for d in (30, 20, 10)]
        found = matched_pairs(pairs)
        assert found.estimate == pytest.approx(-20)
        assert found.interval.upper == pytest.approx(-20 + 4.302653 * 10 / math.sqrt(3), abs=1e-5)
        assert found.verdict is Verdict.NOT_SHOWN
        assert {"not_shown", "matching", "few_areas"} <= keys(found)

    def test_refuses(self):
        with pytest.raises(BadInput, match="two pairs"):
            matched_pairs([(BeforeAfter(1, 1), BeforeAfter(1, 1))])
        with pytest.raises(BadInput, match="same amount"):
            matched_pairs([(BeforeAfter(9, 5), BeforeAfter(9, 9))] * 3)
        with pytest.raises(BadInput, match="same periods"):
            matched_pairs([(BeforeAfter(9, 5, 12, 6), BeforeAfter(9, 9))] * 2)


class TestDifferences:
    def test_worked(self):
        """Treated change -5 and -7, others 0 and 2: -7, error sqrt(2), two degrees of freedom."""
        panel = [[10, 10, 5, 5], [12, 12, 5, 5], [8, 8, 8, 8], [6, 6, 8, 8]]
        found = difference_in_differences(panel, [True, True, False, False], 2)
        assert found.estimate == pytest.approx(-7)
        assert found.standard_error == pytest.approx(math.sqrt(2))
        assert found.freedom == pytest.approx(2)
        assert found.verdict is Verdict.SHOWN_REDUCTION
        assert "trends_unseen" in keys(found)

    def test_areas_that_were_already_falling_are_not_safe(self):
        rng = np.random.default_rng(2)
        panel = rng.normal(50, 1, (20, 12))
        panel[:10] -= 2 * np.arange(12)
        found = difference_in_differences(panel, [True] * 10 + [False] * 10, 8)
        assert found.interval.upper < 0
        assert found.verdict is Verdict.NOT_SHOWN
        assert "trends_differ" in keys(found)

    def test_coverage_with_figures_that_follow_one_another(self):
        rng = np.random.default_rng(5)
        flags = [True] * 8 + [False] * 8
        inside = 0
        for _round in range(500):
            panel = 60 + np.array([wandering(rng, 24, 0.7) for _area in flags])
            panel[:8, 12:] -= 6
            inside += -6 in difference_in_differences(panel, flags, 12).interval
        assert 0.925 <= inside / 500 <= 0.975

    @given(st.integers(0, 1000), st.floats(-50, 50), st.floats(0.1, 10))
    def test_shift_scale_and_order(self, seed, shift, scale):
        rng = np.random.default_rng(seed)
        panel, flags = rng.normal(20, 5, (8, 10)), np.array([True, False] * 4)
        plain = difference_in_differences(panel, flags, 5)
        moved = difference_in_differences(panel * scale + shift, flags, 5)
        order = rng.permutation(8)
        assert moved.estimate == pytest.approx(plain.estimate * scale, abs=1e-7)
        assert moved.interval.upper == pytest.approx(plain.interval.upper * scale, abs=1e-7)
        assert difference_in_differences(panel[order], flags[order], 5).estimate == pytest.approx(plain.estimate)

    @pytest.mark.parametrize(
        ("panel", "flags", "first", "message"),
        [
            ([], [], 1, "one row of figures"),
            ([[1, math.inf]] * 4, [1, 1, 0, 0], 1, "one row of figures"),
            ([[1, math.nan]] * 4, [1, 1, 0, 0], 1, "before and one after"),
            ([[1, math.nan], *[[1, 2]] * 3], [1, 1, 0, 0], 1, "in every area or in none"),
            ([[1, 2]] * 3, [1, 0, 0], 1, "two treated"),
            ([[1, 2]] * 4, [1, 1, 0, 0], 2, "before and one after"),
            ([[0, 0]] * 4, [1, 1, 0, 0], 1, "same amount"),
        ],
    )
    def test_refuses(self, panel, flags, first, message):
        with pytest.raises(BadInput, match=message):
            difference_in_differences(panel, flags, first)


class TestInterrupted:
    def test_finds_a_step_and_a_slope(self):
        rng = np.random.default_rng(1)
        time = np.arange(48)
        clean = 100 + time * 0.5 - (time >= 36) * (20 + 1.0 * (time - 36))
        found = interrupted_series(clean + rng.normal(0, 0.5, 48), 36, seasonal=False)
        assert found.step == pytest.approx(-20, abs=1)
        assert found.slope == pytest.approx(-1, abs=0.2)
        assert found.total.estimate == pytest.approx(-(20 * 12 + sum(range(12))), abs=15)
        assert found.total.verdict is Verdict.SHOWN_REDUCTION
        assert found.expected[0] == pytest.approx(118, abs=1)
        assert {"autocorrelation", "nothing_else"} <= keys(found.total)

    def test_a_plain_season_is_no_effect(self):
        rng = np.random.default_rng(4)
        time = np.arange(54)
        figures = 100 + 30 * np.sin(2 * np.pi * time / 12) + rng.normal(0, 3, 54)
        assert interrupted_series(figures, 48).total.verdict is Verdict.NOT_SHOWN
        assert interrupted_series(figures, 48, seasonal=False).total.standard_error > 3 * (
            interrupted_series(figures, 48).total.standard_error
        )

    @pytest.mark.parametrize("correlation", [0.0, 0.4])
    def test_coverage(self, correlation):
        rng = np.random.default_rng(9)
        inside = 0
        for _round in range(300):
            figures = 100 + wandering(rng, 48, correlation)
            inside += 0 in interrupted_series(figures, 36, seasonal=False).total.interval
        assert 0.91 <= inside / 300 <= 0.99

    @given(st.integers(0, 500), st.floats(-50, 50), st.floats(0.1, 10))
    def test_shift_and_scale(self, seed, shift, scale):
        figures = np.random.default_rng(seed).normal(50, 5, 30)
        plain, moved = interrupted_series(figures, 20), interrupted_series(figures * scale + shift, 20)
        assert moved.total.estimate == pytest.approx(plain.total.estimate * scale, abs=1e-4)
        assert moved.correlation == pytest.approx(plain.correlation, abs=1e-6)

    @pytest.mark.parametrize(
        ("figures", "first", "message"),
        [
            ([], 0, "at least 8"),
            ([1] * 9, 8, "at least 8"),
            ([0] * 30, 20, "no variation"),
            ([1, math.inf] * 15, 20, "finite"),
            ([1, None, 2, None] * 10, 20, "follow one another"),
            ([*range(10), *[None] * 20, 1, 2, 3], 10, "4 after"),
        ],
    )
    def test_refuses(self, figures, first, message):
        with pytest.raises(BadInput, match=message):
            interrupted_series(figures, first)


class TestPower:
    def test_agrees_with_a_simulation(self):
        plan, rng = Plan(20, 20, 12, 12), np.random.default_rng(8)
        shown = 0
        for _round in range(2000):
            before, other, after_other = rng.poisson(240, 3)
            after = rng.poisson(240 * 0.7)
            found = wdd(BeforeAfter(before, after, 12, 12), BeforeAfter(other, after_other, 12, 12))
            shown += found.verdict is Verdict.SHOWN_REDUCTION
        assert power_to_show(plan, 0.3) == pytest.approx(shown / 2000, abs=0.035)

    def test_smallest_reduction_has_the_power_asked_for(self):
        plan = Plan(30, 60, 12, 6)
        found = smallest_reduction(plan)
        assert power_to_show(plan, found.reduction) == pytest.approx(0.8)
        assert "smallest" in keys(found)

    def test_nothing_could_be_shown(self):
        found = smallest_reduction(Plan(0.5, 5, 6, 3))
        assert found.reduction is None
        assert "out_of_reach" in keys(found)

    @given(st.floats(5, 500), st.floats(0, 500), st.floats(3, 36), st.floats(3, 36))
    def test_longer_is_never_weaker(self, rate, other, before, after):
        assert power_to_show(Plan(rate, other, before, after * 2), 0.3) >= power_to_show(
            Plan(rate, other, before, after), 0.3
        )

    def test_refuses(self):
        for bad in ((0, 1, 1, 1), (1, -1, 1, 1), (1, 1, math.nan, 1)):
            with pytest.raises(BadInput, match="above zero"):
                Plan(*bad)
        with pytest.raises(BadInput, match="between 0 and 1"):
            power_to_show(Plan(1, 1, 1, 1), 1.5)
