"""Displacement and effect: the published numbers, zero counts, and words that never claim more than the interval."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.data.analysis.evaluation import BeforeAfter, Reading, Verdict, rate_ratio, wdd, wdq
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

COUNTS = st.integers(0, 500)
AREAS = st.builds(BeforeAfter, COUNTS, COUNTS)


def keys(result):
    return [sentence.key for sentence in result.sentences]


@pytest.mark.golden
class TestPublished:
    response, buffer, control = BeforeAfter(100, 70), BeforeAfter(50, 45), BeforeAfter(200, 190)

    def test_the_quotient_says_diffusion(self):
        found = wdq(self.response, self.buffer, self.control)
        assert found.gross_effect == 30
        assert found.net_effect == pytest.approx(0.13158, abs=5e-6)
        assert found.success == pytest.approx(-0.13158, abs=5e-6)
        assert found.buffer == pytest.approx(-0.013158, abs=5e-7)
        assert found.wdq == pytest.approx(0.10)
        assert found.total_net_effect == pytest.approx(27.5)
        assert found.reading is Reading.DIFFUSION
        assert "no_interval" in keys(found)

    def test_the_difference_says_unproven(self):
        found = wdd(self.response, self.control)
        assert found.estimate == pytest.approx(-20)
        assert found.standard_error == pytest.approx(23.66, abs=5e-3)
        assert (found.lower, found.upper) == pytest.approx((-66.38, 26.38), abs=5e-3)
        assert found.verdict is Verdict.NOT_SHOWN

    def test_conditional_interval(self):
        # 8 after against 12 before: Clopper-Pearson 0.19119 to 0.63946 for 8 of 20, turned into odds.
        found = rate_ratio(BeforeAfter(12, 8))
        assert found.estimate == pytest.approx(8 / 12)
        assert (found.lower, found.upper) == pytest.approx((0.23639, 1.77356), abs=5e-5)
        assert found.verdict is Verdict.NOT_SHOWN
        assert "no_comparison" in keys(found)


class TestVerdicts:
    def test_a_reduction_is_shown_only_when_the_interval_leaves_out_no_change(self):
        assert wdd(BeforeAfter(300, 150), BeforeAfter(200, 195)).verdict is Verdict.SHOWN_REDUCTION
        assert wdd(BeforeAfter(150, 300), BeforeAfter(200, 195)).verdict is Verdict.SHOWN_INCREASE
        assert rate_ratio(BeforeAfter(100, 50)).verdict is Verdict.SHOWN_REDUCTION

    def test_no_wording_says_that_it_worked(self):
        assert not any("work" in verdict for verdict in Verdict)

    @given(AREAS, AREAS)
    def test_the_verdict_follows_the_interval(self, response, control):
        found = wdd(response, control)
        assert found.lower <= found.estimate <= found.upper
        assert (found.verdict is Verdict.SHOWN_REDUCTION) == (found.upper < 0)
        assert (found.verdict is Verdict.SHOWN_INCREASE) == (found.lower > 0)

    @given(AREAS, st.sampled_from([0.8, 0.95, 0.99]))
    def test_the_ratio_lies_in_its_interval(self, area, confidence):
        found = rate_ratio(area, confidence=confidence)
        assert found.lower <= (found.estimate if found.estimate is not None else math.inf)
        assert found.estimate is None or found.estimate <= found.upper

    def test_where_nothing_changed_a_change_is_rarely_shown(self):
        draws = np.random.default_rng(11).poisson([40, 40, 160, 160], size=(2000, 4))
        shown = [
            wdd(BeforeAfter(int(a), int(b)), BeforeAfter(int(c), int(d))).verdict is not Verdict.NOT_SHOWN
            for a, b, c, d in draws
        ]
        assert 0.03 < np.mean(shown) < 0.07

    def test_small_counts_are_not_oversold(self):
        # Five to none has a one in sixteen chance by the toss of a coin; the normal interval would call it shown.
        none = BeforeAfter(0, 0)
        assert wdd(BeforeAfter(5, 0), none).verdict is Verdict.NOT_SHOWN
        assert wdd(BeforeAfter(20, 0), none).verdict is Verdict.SHOWN_REDUCTION
        assert "wdd_exact" in keys(wdd(BeforeAfter(5, 0), none))

    @given(st.integers(0, 10_000))
    def test_small_counts_without_change_seldom_show_one(self, seed):
        draws = np.random.default_rng(seed).poisson([3, 3, 5, 5], size=(60, 4))
        shown = [
            wdd(BeforeAfter(int(a), int(b)), BeforeAfter(int(c), int(d))).verdict is not Verdict.NOT_SHOWN
            for a, b, c, d in draws
        ]
        assert np.mean(shown) < 0.2

    def test_longer_after_than_before_is_put_on_one_footing(self):
        level = BeforeAfter(100, 200, months_before=6, months_after=12)
        assert wdd(level, level).estimate == pytest.approx(0)
        assert rate_ratio(level).estimate == pytest.approx(1.0)
        assert rate_ratio(level).verdict is Verdict.NOT_SHOWN


class TestZeros:
    def test_a_comparison_of_zero_gives_no_quotient(self):
        found = wdq(BeforeAfter(10, 5), BeforeAfter(4, 4), BeforeAfter(0, 3))
        assert found.wdq is None
        assert found.reading is Reading.NOT_WORKED_OUT
        assert keys(found) == ["control_zero"]

    def test_no_effect_means_no_reading(self):
        found = wdq(BeforeAfter(50, 60), BeforeAfter(40, 20), BeforeAfter(100, 100))
        assert found.reading is Reading.NO_EFFECT
        assert keys(found)[0] == "no_effect"

    def test_nothing_anywhere(self):
        none = BeforeAfter(0, 0)
        assert wdd(none, none).verdict is Verdict.NOT_SHOWN
        assert rate_ratio(none).estimate is None
        assert rate_ratio(none).upper == math.inf

    def test_nothing_before_has_no_ratio_but_an_interval(self):
        found = rate_ratio(BeforeAfter(0, 12))
        assert found.estimate is None
        assert found.lower > 1
        assert found.verdict is Verdict.SHOWN_INCREASE

    @given(AREAS, AREAS, AREAS)
    def test_every_set_of_counts_has_an_answer(self, response, buffer, control):
        found = wdq(response, buffer, control)
        assert all(str(sentence) for sentence in found.sentences)
        assert found.wdq is None or math.isfinite(found.wdq)

    @pytest.mark.parametrize(
        "bad",
        [
            lambda: BeforeAfter(-1, 2),
            lambda: BeforeAfter(1, 2, months_before=0),
            lambda: wdd(BeforeAfter(1, 2), BeforeAfter(1, 2), confidence=95),
            lambda: wdq(BeforeAfter(1, 2), BeforeAfter(1, 2), BeforeAfter(1, 2, months_after=2)),
        ],
    )
    def test_what_is_no_comparison_is_refused(self, bad):
        with pytest.raises(BadInput):
            bad()
