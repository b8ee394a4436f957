"""Matching: the nearest are paired, nothing hangs on the order of areas, and the balance is what a reader would work out."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourpatch.data.analysis.evaluation import BeforeAfter, Verdict
from ourpatch.data.analysis.matching import LEVEL, TREND, change_of_matched, match_areas
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

AREAS = ["t1", "t2", "c1", "c2", "c3", "c4"]
BEFORE = [100.0, 50.0, 52.0, 97.0, 10.0, 300.0]
POOR = {"poor": [0.3, 0.1, 0.12, 0.28, 0.6, 0.1]}


def keys(found):
    return {sentence.key for sentence in found.sentences}


def pairs(found):
    return {(pair.treated, pair.match) for pair in found.pairs}


class TestPairs:
    def test_the_nearest_are_paired(self):
        found = match_areas(["t1", "t2"], AREAS, BEFORE, POOR)
        assert pairs(found) == {("t1", "c2"), ("t2", "c1")}
        assert [pair.distance for pair in found.pairs] == sorted(pair.distance for pair in found.pairs)

    def test_distance_is_a_root_mean_square_of_standard_deviations(self):
        found = match_areas(["t1"], AREAS, BEFORE, POOR)
        columns = np.array([BEFORE, POOR["poor"]])
        gaps = (columns[:, 0] - columns[:, 3]) / columns.std(axis=1)
        assert found.pairs[0].distance == pytest.approx(math.sqrt((gaps**2).mean()))

    def test_an_area_serves_once_unless_it_may_again(self):
        before = [50.0, 51.0, 50.4, 90.0, 10.0, 300.0]
        assert pairs(match_areas(["t1", "t2"], AREAS, before)) == {("t1", "c1"), ("t2", "c2")}
        again = match_areas(["t1", "t2"], AREAS, before, replacement=True)
        assert pairs(again) == {("t1", "c1"), ("t2", "c1")}

    def test_a_caliper_leaves_the_far_ones_out_and_says_which(self):
        before = [50.0, 200.0, 50.4, 90.0, 10.0, 300.0]
        found = match_areas(["t1", "t2"], AREAS, before, caliper=0.1)
        assert pairs(found) == {("t1", "c1")}
        assert found.unmatched == ("t2",)
        assert {"unmatched", "caliper"} <= keys(found)
        just = match_areas(["t1", "t2"], AREAS, before, caliper=found.pairs[0].distance)
        assert pairs(just) == pairs(found)
        with pytest.raises(BadInput, match="further apart"):
            match_areas(["t2"], AREAS, before, caliper=0.001)

    def test_more_treated_than_others_leaves_some_without(self):
        found = match_areas(["t1", "t2", "c1", "c2"], AREAS, BEFORE)
        assert len(found.pairs) == 2
        assert len(found.unmatched) == 2

    def test_the_trend_before_counts(self):
        """Two areas of one level: the one that was falling as the treated area was is its match."""
        before = [[30, 20, 10], [10, 20, 30], [29, 20, 11], [5, 5, 5]]
        found = match_areas(["t"], ["t", "rising", "falling", "low"], before)
        assert pairs(found) == {("t", "falling")}
        assert [one.covariate for one in found.balance] == [LEVEL, TREND]
        assert found.balance[1].treated == -10
        assert "no_trend" not in keys(found)
        assert "no_trend" in keys(match_areas(["t1"], AREAS, BEFORE))

    def test_missing_values_leave_an_area_out(self):
        poor = {"poor": [0.3, 0.1, 0.12, np.nan, 0.6, 0.1]}
        found = match_areas(["t1", "t2"], AREAS, BEFORE, poor)
        assert found.left_out == ("c2",)
        assert "c2" not in {pair.match for pair in found.pairs}

    def test_equals_are_taken_in_the_order_of_their_names(self):
        rng = np.random.default_rng(2)
        names = [f"c{i:02}" for i in range(80)]
        value = dict.fromkeys(names, 40.0) | {"t1": 50.0, "t2": 50.0, "z": 90.0}
        order = rng.permutation(list(value)).tolist()
        found = match_areas(["t2", "t1"], order, [value[key] for key in order])
        assert pairs(found) == {("t1", "c00"), ("t2", "c01")}

    @settings(max_examples=50)
    @given(st.permutations(range(6)), st.floats(0.1, 50), st.floats(-100, 100))
    def test_order_and_units_change_nothing(self, order, scale, shift):
        plain = match_areas(["t1", "t2"], AREAS, BEFORE, POOR)
        other = match_areas(
            ["t2", "t1"],
            [AREAS[i] for i in order],
            [BEFORE[i] * scale + shift for i in order],
            {"poor": [POOR["poor"][i] for i in order]},
        )
        assert pairs(other) == pairs(plain)
        assert [b.after for b in other.balance] == pytest.approx([b.after for b in plain.balance], abs=1e-6)

    @settings(max_examples=50)
    @given(st.lists(st.integers(0, 60), min_size=5, max_size=14), st.integers(1, 3), st.booleans())
    def test_no_free_pair_is_nearer_than_one_that_was_made(self, before, treated, replacement):
        names = [f"a{i:02}" for i in range(len(before))]
        if len(set(before)) == 1:
            return
        found = match_areas(names[:treated], names, before, replacement=replacement)
        value = dict(zip(names, before, strict=True))
        used = {pair.match for pair in found.pairs}
        for pair in found.pairs:
            free = set(names[treated:]) - (set() if replacement else used)
            own = abs(value[pair.treated] - value[pair.match])
            assert all(own <= abs(value[pair.treated] - value[key]) + 1e-9 for key in free)


class TestBalance:
    def test_differences_are_those_of_the_groups_over_their_spread(self):
        found = match_areas(["t1", "t2"], AREAS, BEFORE)
        ours, others = np.array([100.0, 50]), np.array([52.0, 97, 10, 300])
        spread = math.sqrt((ours.var(ddof=1) + others.var(ddof=1)) / 2)
        (row,) = found.balance
        assert (row.treated, row.pool, row.matched, row.matches) == pytest.approx((75, 114.75, 75, 74.5))
        assert row.before == pytest.approx((75 - 114.75) / spread)
        assert row.after == pytest.approx(0.5 / spread)
        assert {"balanced"} <= keys(found)

    def test_groups_that_cannot_be_made_alike_are_called_so(self):
        found = match_areas(["t1", "t2"], AREAS, [300.0, 290, 10, 12, 9, 14])
        assert {"not_balanced", "far_apart"} <= keys(found)
        (sentence,) = [one for one in found.sentences if one.key == "not_balanced"]
        assert f"{found.balance[0].after:+.2f}" in str(sentence)

    def test_treated_areas_that_were_lower_are_no_better_balanced(self):
        found = match_areas(["t1", "t2"], AREAS, [10.0, 12, 300, 290, 280, 310])
        assert found.balance[0].after < -1
        assert {"not_balanced", "far_apart", "not_alike_before"} <= keys(found)

    def test_no_spread_and_another_mean_is_endless(self):
        found = match_areas(["t1", "t2"], AREAS, [5.0, 5, 5, 5, 5, 5], {"x": [1, 1, 0, 0, 0, 0]})
        assert found.balance[0].after == math.inf
        assert [one.covariate for one in found.balance] == ["x"]

    def test_the_report_has_a_row_for_each_covariate(self):
        found = match_areas(["t1", "t2"], AREAS, BEFORE, POOR)
        table = found.balance_table()
        assert [str(row[0]) for row in table.rows] == ["incidents a period before", "poor"]
        assert all(len(row) == len(table.heads) for row in (*table.rows,))
        assert [row[:2] for row in found.table().rows] == [("t2", "c1"), ("t1", "c2")]


class TestChange:
    figures = {
        "t1": BeforeAfter(100, 60),
        "t2": BeforeAfter(50, 31),
        "c1": BeforeAfter(52, 50),
        "c2": BeforeAfter(97, 99),
    }

    def test_the_change_is_that_of_the_pairs(self):
        found = match_areas(["t1", "t2"], AREAS, BEFORE, POOR)
        effect = change_of_matched(found, self.figures)
        assert effect.estimate == pytest.approx(((-40 - 2) + (-19 + 2)) / 2)
        assert "balanced" in keys(effect) or "not_balanced" in keys(effect)

    def test_no_change_is_shown_between_groups_that_were_not_alike(self):
        """Every treated area fell by far more than its match, and none of them had been like it."""
        before = [300.0, 290, 280, 270, 10, 12, 9, 14]
        names = [f"{side}{i}" for side in "tc" for i in range(4)]
        after = [200, 188, 179, 168, 10, 12, 9, 14]
        figures = {k: BeforeAfter(int(b), a) for k, b, a in zip(names, before, after, strict=True)}
        effect = change_of_matched(match_areas(names[:4], names, before), figures)
        assert effect.interval.upper < 0
        assert effect.verdict is Verdict.NOT_SHOWN
        assert "not_alike_before" in keys(effect)

    def test_shared_matches_are_one_cluster(self):
        before = [50.0, 51.0, 50.4, 90.0, 10.0, 300.0]
        found = match_areas(["t1", "t2"], AREAS, before, replacement=True)
        with pytest.raises(BadInput, match="share one match"):
            change_of_matched(found, self.figures)

    def test_an_area_without_figures_is_named(self):
        found = match_areas(["t1", "t2"], AREAS, BEFORE, POOR)
        with pytest.raises(BadInput, match="c2"):
            change_of_matched(found, {key: one for key, one in self.figures.items() if key != "c2"})

    def test_matching_takes_out_what_differed_before(self):
        """Areas that were chosen because they were worse: matched on the years before, no effect is shown where none was."""
        rng = np.random.default_rng(21)
        shown = 0
        for _round in range(40):
            usual = rng.uniform(20, 200, 60)
            names = [f"a{i:02}" for i in range(60)]
            before, after = rng.poisson(usual, (8, 60)).T, rng.poisson(usual)
            worst = set(np.argsort(-usual)[:30:3].tolist())
            treated = [names[i] for i in sorted(worst)]
            found = match_areas(treated, names, before)
            figures = {k: BeforeAfter(int(b.sum()), int(a), 8, 1) for k, b, a in zip(names, before, after, strict=True)}
            shown += change_of_matched(found, figures).interval.upper < 0
        assert shown <= 4


class TestBadInput:
    @pytest.mark.parametrize(
        ("treated", "areas", "before", "more", "message"),
        [
            (["x"], AREAS, BEFORE, {}, "x is not among"),
            ([], AREAS, BEFORE, {}, "at least one"),
            (["t1", "t1"], AREAS, BEFORE, {}, "once"),
            (["t1"], ["t1", "t1"], [1, 2], {}, "each area once"),
            (["t1"], AREAS, [1, 2], {}, "one row of figures"),
            (AREAS, AREAS, BEFORE, {}, "Nobody is left"),
            (["t1"], AREAS, [np.nan, *BEFORE[1:]], {}, "Nobody is left"),
            (["t1"], AREAS, [5] * 6, {}, "same everywhere"),
            (["t1"], AREAS, BEFORE, {"covariates": {"x": [1] * 6}}, "x is the same everywhere"),
            (["t1"], AREAS, BEFORE, {"covariates": {"x": [1, 2]}}, "one value of each"),
        ],
    )
    def test_says_what_to_do(self, treated, areas, before, more, message):
        with pytest.raises(BadInput, match=message):
            match_areas(treated, areas, before, **more)
