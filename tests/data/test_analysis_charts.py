"""Charts of rare events, and the false alarms of many charts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.data.analysis.false_alarms import false_alarms
from ourpatch.data.analysis.rare import g_chart, t_chart
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules


def keys(result):
    return {sentence.key for sentence in result.sentences}


class TestGaps:
    def test_g_limits_are_exact(self):
        """Nine gaps of 9 after one of 9: chance 9/99 = 1/11; the limits by counting up the geometric chances."""
        found = g_chart([9] * 10)
        chance, below, x = 1 / 11, 0.0, -1
        while below < 1 - 0.00135:
            x += 1
            below += chance * (1 - chance) ** x
        assert found.upper == x
        assert found.lower == 0
        assert found.centre == 7
        assert "no_lower" in keys(found)

    def test_a_long_quiet_is_a_signal(self):
        found = g_chart([3, 5, 2, 8, 4, 6, 1, 7, 3, 90], baseline=9)
        assert found.signals == (9,)
        assert found.direction[9] == 1

    def test_events_far_apart_can_be_too_close(self):
        found = g_chart([2000, 3000, 2500, 2200, 2800, 0], baseline=5)
        assert found.lower > 0
        assert found.direction[5] == -1

    def test_t_limits(self):
        """Transformed 1, 2, 3: mean 2, moving range 1, so 2 + 2.66 on that scale."""
        found = t_chart([1.0, 2**3.6, 3**3.6])
        assert found.centre == pytest.approx(2**3.6)
        assert found.upper == pytest.approx(4.66**3.6)
        assert found.lower == 0

    def test_false_signals_of_a_known_chance_are_few(self):
        rng = np.random.default_rng(3)
        series = [rng.geometric(0.02, 500) - 1 for _series in range(20)]
        assert np.mean([len(g_chart(one).signals) for one in series]) / 500 < 0.004

    @given(st.lists(st.floats(0.1, 1000), min_size=3, max_size=30), st.floats(0.01, 100))
    def test_units_change_nothing(self, gaps, scale):
        plain, scaled = t_chart(gaps), t_chart([gap * scale for gap in gaps])
        assert scaled.upper == pytest.approx(plain.upper * scale, rel=1e-6)
        assert scaled.centre == pytest.approx(plain.centre * scale, rel=1e-6)

    @pytest.mark.parametrize("chart", [g_chart, t_chart])
    @pytest.mark.parametrize("gaps", [[], [1, 2], [1, 2, -1], [1, 2, math.nan], [0, 0, 0]])
    def test_refuses(self, chart, gaps):
        with pytest.raises(BadInput):
            chart(gaps)

    def test_refuses_the_wrong_chart(self):
        with pytest.raises(BadInput, match="t chart"):
            g_chart([1.5, 2, 3])
        with pytest.raises(BadInput, match="baseline"):
            g_chart([1, 2, 3], baseline=4)


class TestFalseAlarms:
    def test_hundreds_of_charts_signal_by_chance(self):
        found = false_alarms([20.0] * 200, runs=5)
        assert 1 < found.expected < 20
        assert found.lower <= found.expected <= found.upper
        assert {"expected", "simulated"} <= keys(found)
        assert false_alarms([20.0] * 200, runs=5) == found

    def test_nothing_ever_happens_and_nothing_signals(self):
        assert false_alarms([0.0] * 20, runs=2).expected == 0

    @pytest.mark.parametrize("means", [[], [-1.0], [math.nan]])
    def test_refuses(self, means):
        with pytest.raises(BadInput, match="usual count"):
            false_alarms(means)

    def test_refuses_too_much_and_too_little(self):
        with pytest.raises(BadInput, match="fewer runs"):
            false_alarms([1.0] * 2000, runs=20)
        with pytest.raises(BadInput, match="three figures"):
            false_alarms([1.0], periods=2)
