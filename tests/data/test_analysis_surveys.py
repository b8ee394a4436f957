"""Weights and shares of surveys: the worked numbers, an independent computation, coverage, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.data.analysis import surveys
from ourpatch.data.analysis.distributions import student_quantile
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

SEXES = ["f"] * 6 + ["m"] * 4
AGES = ["old", "old", "young", "young", "young", "old", "old", "young", "young", "old"]
TARGETS = {"sex": {"f": 51, "m": 49}, "age": {"old": 30, "young": 70}}


def keys(result):
    return {sentence.key for sentence in result.sentences}


def held(weights, names, name):
    return sum(w for w, one in zip(weights, names, strict=True) if one == name) / sum(weights)


@pytest.mark.golden
class TestPublished:
    def test_kish(self):
        found = surveys.kish([1.0] * 50 + [3.0] * 50)
        assert found.design_effect == pytest.approx(1.25)
        assert found.effective == pytest.approx(80)

    def test_wilson_on_effective_answers(self):
        found = surveys.wilson(0.49, 400 / 1.5)
        assert (found.lower, found.upper) == pytest.approx((0.431, 0.550), abs=6e-4)

    def test_a_ward_cannot_show_three_points(self):
        assert surveys.smallest_change(0.5, (100, 100)) > 0.03
        # 2.8016 standard errors of 0.0500 for two samples of 200.
        assert surveys.smallest_change(0.5, (200, 200)) == pytest.approx(0.140079, abs=1e-6)
        assert surveys.smallest_change(0.5, (200, 200), design_effect=4) == pytest.approx(0.280159, abs=1e-6)

    @pytest.mark.parametrize(("freedom", "value"), [(1, 12.7062), (4, 2.77645), (10, 2.22814), (120, 1.97993)])
    def test_students_quantile(self, freedom, value):
        assert student_quantile(0.975, freedom) == pytest.approx(value, abs=1e-4)


class TestRaking:
    def test_meets_every_target(self):
        found = surveys.rake([1.0] * 10, {"sex": SEXES, "age": AGES}, TARGETS)
        assert found.converged
        assert held(found.weights, SEXES, "f") == pytest.approx(0.51, abs=1e-7)
        assert held(found.weights, AGES, "old") == pytest.approx(0.30, abs=1e-7)
        assert np.mean(found.weights) == pytest.approx(1)

    def test_multiplies_design_weights(self):
        """Two answers alike in every margin keep the ratio of their design weights."""
        found = surveys.rake([1.0, 3.0] + [1.0] * 8, {"sex": SEXES, "age": AGES}, TARGETS)
        assert found.weights[1] / found.weights[0] == pytest.approx(3)

    def test_holds_the_cap_and_says_what_it_cost(self):
        names = ["a"] * 99 + ["b"]
        found = surveys.rake([1.0] * 100, {"g": names}, {"g": {"a": 50, "b": 50}}, cap=5)
        assert max(found.weights) == pytest.approx(5)
        assert not found.converged
        assert found.capped == 1
        assert found.worst_gap == pytest.approx(0.45)
        assert {"not_converged", "capped"} <= keys(found)
        assert any("still 45.00 percentage points from its target" in str(each) for each in found.sentences)
        assert surveys.rake([1.0] * 100, {"g": names}, {"g": {"a": 50, "b": 50}}, cap=None).converged

    @given(st.lists(st.floats(0.2, 5), min_size=10, max_size=10), st.floats(0.1, 1000), st.permutations(range(10)))
    def test_scale_and_order_change_nothing(self, weights, scale, order):
        groups = {"sex": SEXES, "age": AGES}
        plain = surveys.rake(weights, groups, TARGETS)
        other = surveys.rake(
            [weights[i] * scale for i in order], {k: [v[i] for i in order] for k, v in groups.items()}, TARGETS
        )
        assert other.weights == pytest.approx([plain.weights[i] for i in order], rel=1e-5)

    @pytest.mark.parametrize(
        ("weights", "groups", "targets", "message"),
        [
            ([], {"g": []}, {"g": {"a": 1}}, "one weight above zero"),
            ([1, math.nan], {"g": ["a", "a"]}, {"g": {"a": 1}}, "one weight above zero"),
            ([1, 0], {"g": ["a", "a"]}, {"g": {"a": 1}}, "one weight above zero"),
            ([1, 1], {"g": ["a"]}, {"g": {"a": 1}}, "one value for each answer"),
            ([1, 1], {"g": ["a", "b"]}, {"g": {"a": 1}}, "only among"),
            ([1, 1], {"g": ["a", "a"]}, {"g": {"a": 1, "b": 1}}, "only among"),
            ([1, 1], {"g": ["a", "b"]}, {"g": {"a": 1, "b": 0}}, "above zero"),
            ([1, 1], {"g": ["a", "b"]}, {}, "same margins"),
        ],
    )
    def test_refuses_what_cannot_be_weighted(self, weights, groups, targets, message):
        with pytest.raises(BadInput, match=message):
            surveys.rake(weights, groups, targets)


class TestShare:
    def test_agrees_with_a_computation_written_out(self):
        """Independent of the module: the sums of Taylor's formula one after another, six digits."""
        rng = np.random.default_rng(3)
        strata = np.repeat(["n", "s", "w"], 40)
        clusters = np.array([f"{s}{i % 8}" for i, s in enumerate(strata)])
        weights, yes = rng.uniform(0.5, 3, 120), rng.random(120) < 0.4
        p = sum(w for w, y in zip(weights, yes, strict=True) if y) / sum(weights)
        variance = 0.0
        for stratum in "nsw":
            names = [f"{stratum}{i}" for i in range(8)]
            totals = [sum(weights[i] * (yes[i] - p) for i in range(120) if clusters[i] == c) for c in names]
            middle = sum(totals) / 8
            variance += 8 / 7 * sum((t - middle) ** 2 for t in totals)
        found = surveys.share(yes, weights, strata=strata, clusters=clusters)
        assert found.value == pytest.approx(p, rel=1e-9)
        assert found.standard_error == pytest.approx(math.sqrt(variance) / weights.sum(), rel=1e-9)
        assert found.design_effect == pytest.approx(variance / weights.sum() ** 2 / (p * (1 - p) / 119), rel=1e-9)

    def test_a_simple_sample_has_no_design_effect(self):
        found = surveys.share([True] * 30 + [False] * 70)
        assert found.design_effect == pytest.approx(1)
        assert found.standard_error == pytest.approx(math.sqrt(0.21 / 99))

    def test_whole_clusters_of_one_mind_are_worth_one_answer_each(self):
        found = surveys.share([True] * 50 + [False] * 50, clusters=[str(i // 10) for i in range(100)])
        assert found.effective == pytest.approx(9.0909, abs=1e-3)
        assert {"few_answers", "few_clusters"} <= keys(found)

    @pytest.mark.parametrize("method", ["wilson", "logit"])
    def test_everybody_agrees(self, method):
        found = surveys.share([True] * 60, method=method)
        assert found.interval.upper == pytest.approx(1)
        assert 0.9 < found.interval.lower < 0.96
        assert "wilson" in keys(found)

    @pytest.mark.parametrize("method", ["wilson", "logit"])
    def test_coverage_in_clusters(self, method):
        """Clusters of 10 whose own shares spread around 0.3; the interval must hold the truth about as often as said."""
        rng = np.random.default_rng(11)
        clusters = np.repeat([str(i) for i in range(30)], 10)
        inside = 0
        for _round in range(500):
            yes = rng.random(300) < np.repeat(rng.beta(3, 7, 30), 10)
            inside += 0.3 in surveys.share(yes, clusters=clusters, method=method).interval
        assert 0.92 <= inside / 500 <= 0.98

    @given(st.lists(st.booleans(), min_size=5, max_size=60), st.floats(0.01, 100))
    def test_scale_of_weights_and_naming_yes_change_nothing(self, yes, scale):
        weights = [1 + i % 3 for i in range(len(yes))]
        plain, scaled = surveys.share(yes, weights), surveys.share(yes, [w * scale for w in weights])
        no = surveys.share([not one for one in yes], weights)
        assert scaled.interval.lower == pytest.approx(plain.interval.lower, abs=1e-9)
        assert 1 - no.interval.upper == pytest.approx(plain.interval.lower, abs=1e-9)

    @pytest.mark.parametrize(
        ("given", "more", "message"),
        [
            ([], {}, "yes or no"),
            ([1, 2], {}, "yes or no"),
            ([1, math.nan], {}, "yes or no"),
            ([1, 0], {"strata": ["a", "b"]}, "two clusters or more"),
            ([1, 0], {"clusters": ["a"]}, "one value for each answer"),
            ([1, 0], {"confidence": 1.0}, "between 0 and 1"),
        ],
    )
    def test_refuses(self, given, more, message):
        with pytest.raises(BadInput, match=message):
            surveys.share(given, **more)


class TestFinitePopulation:
    """Ten of two strata, in five clusters of two."""

    yes = (1, 0, 1, 1, 0, 1, 0, 0, 1, 0)
    strata = tuple("aaaabbbbbb")
    clusters = tuple("1122334455")

    def asked(self, sizes=(5, 9), **more):
        drawn = [dict(zip("ab", sizes, strict=True))[one] for one in self.strata]
        return surveys.share(
            self.yes, **{"strata": self.strata, "clusters": self.clusters, "drawn_from": drawn, **more}
        )

    def test_a_half_of_a_population_halves_the_variance(self):
        answers = [1, 0, 0, 1, 1, 0, 1, 0]
        plain, half = surveys.share(answers), surveys.share(answers, drawn_from=[16] * 8)
        assert half.standard_error**2 == pytest.approx(plain.standard_error**2 / 2)
        assert half.design_effect == pytest.approx(plain.design_effect / 2)
        assert half.effective == pytest.approx(16)

    @given(st.floats(1e9, 1e15))
    def test_a_population_without_end_needs_no_correction(self, many):
        plain = surveys.share(self.yes, strata=self.strata, clusters=self.clusters)
        assert self.asked((many, many)).standard_error == pytest.approx(plain.standard_error, rel=1e-8)
        assert self.asked((many, many), members=[many] * 10).interval.lower == pytest.approx(plain.interval.lower)

    @given(st.integers(2, 40), st.integers(3, 40), st.integers(2, 30))
    def test_a_second_draw_only_adds(self, of_a, of_b, members):
        if (of_a, of_b) != (2, 3):
            one = self.asked((of_a, of_b))
            two = self.asked((of_a, of_b), members=[members] * 10)
            assert two.standard_error >= one.standard_error * (1 - 1e-12)
            assert (members > 2) or two.standard_error == pytest.approx(one.standard_error)

    def test_a_stratum_that_was_asked_whole_adds_nothing(self):
        """Written out: b's three clusters of nine hold 1, 0 and 1 yes of 2; a, both of its two clusters."""
        p = 0.5
        totals = [(1 - 2 * p) / 10, (0 - 2 * p) / 10, (1 - 2 * p) / 10]
        middle = sum(totals) / 3
        variance = (1 - 3 / 9) * 3 / 2 * sum((one - middle) ** 2 for one in totals)
        assert self.asked((2, 9)).standard_error == pytest.approx(math.sqrt(variance))

    def test_one_cluster_is_enough_where_there_is_no_other(self):
        found = surveys.share((1, 0, 1, 1, 0), strata=tuple("abbbb"), drawn_from=(1, 8, 8, 8, 8))
        assert found.standard_error == pytest.approx(math.sqrt((1 - 4 / 8) * 4 / 3 * 4 * 0.25) / 5)

    @pytest.mark.parametrize(
        ("more", "message"),
        [
            ({"sizes": (1, 9)}, "More were asked"),
            ({"sizes": (math.inf, 9)}, "one size of the population"),
            ({"drawn_from": [5] * 9 + [6]}, "one size of the population"),
            ({"drawn_from": [5] * 9}, "one value for each answer"),
            ({"sizes": (2, 3)}, "Everybody was asked"),
            ({"sizes": (2, 9), "among": [True] * 4 + [False] * 6}, "Everybody was asked"),
            ({"sizes": (2, 3), "members": [2] * 10}, "Everybody was asked"),
            ({"members": [1] * 10}, "More were asked"),
            ({"members": [3] * 9 + [4]}, "one size of the population"),
            ({"members": [3] * 9}, "one value for each answer"),
            ({"drawn_from": None, "members": [3] * 10}, "only beside clusters"),
            ({"clusters": None, "sizes": (50, 90), "members": [3] * 10}, "only beside clusters"),
            ({"clusters": tuple("1122334456"), "members": [3] * 10}, "two answers or more"),
        ],
    )
    def test_refuses(self, more, message):
        with pytest.raises(BadInput, match=message):
            self.asked(**more)


class TestWindows:
    first = surveys.Window(frozenset({"q1", "q2", "q3", "q4"}), 0.40, 400)

    def test_windows_with_common_waves_are_not_compared(self):
        found = surveys.compare_windows(self.first, surveys.Window(frozenset({"q2", "q3", "q4", "q5"}), 0.7, 400))
        assert found.interval is None
        assert found.estimate is None
        assert not found.shown
        assert keys(found) == {"overlap"}

    def test_windows_apart_are(self):
        apart = frozenset({"q5", "q6", "q7", "q8"})
        small = surveys.compare_windows(self.first, surveys.Window(apart, 0.43, 400))
        assert not small.shown
        assert keys(small) == {"not_shown"}
        assert surveys.compare_windows(self.first, surveys.Window(apart, 0.55, 400)).shown

    def test_newcombes_example(self):
        """56 of 70 against 48 of 80: 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
        found = surveys.compare_windows(
            surveys.Window(frozenset("a"), 48 / 80, 80), surveys.Window(frozenset("b"), 56 / 70, 70)
        )
        assert (found.interval.lower, found.interval.upper) == pytest.approx((0.0524, 0.3339), abs=5e-5)

    def test_refuses(self):
        with pytest.raises(BadInput, match="waves"):
            surveys.compare_windows(surveys.Window(frozenset(), 0.4, 400), self.first)
        with pytest.raises(BadInput, match="above zero"):
            surveys.smallest_change(0.5, (0, 100))
        with pytest.raises(BadInput, match="at least one answer"):
            surveys.wilson(0.5, 0)
        assert (surveys.wilson(0, 10).lower, surveys.wilson(1, 10).upper) == pytest.approx((0, 1))
        for impossible in (-0.001, 1.001, math.nan):
            with pytest.raises(BadInput, match="between 0 and 1"):
                surveys.wilson(impossible, 100)
