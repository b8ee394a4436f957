"""What a mutation run found that no other test would have noticed: edges of the analysis."""

from __future__ import annotations

import numpy as np
import pytest

from ourpatch.data.analysis.signals import Lines, Point, judge

pytestmark = pytest.mark.rules


def test_the_last_bits_of_a_large_mean_are_on_no_side_of_it():
    level = np.full(9, 1e6)
    lines = Lines(level, level - 300, level + 300, level - 200, level + 200)
    seven = np.full(9, 7)
    for series, found in ((level + 1e-6, Point.COMMON), (level + 1.0, Point.ONE_SIDE)):
        assert set(judge(series, lines, [(0, 9)], (seven, seven))[0]) == {found}


def test_a_run_on_one_side_ends_where_it_ends():
    series = np.array([1.0, -1, 1, -1, *([1] * 7), -1, 1, -1, 1, -1])
    middle = np.zeros(len(series))
    lines = Lines(middle, middle - 9, middle + 9, middle - 6, middle + 6)
    seven = np.full(len(series), 7)
    points, direction = judge(series, lines, [(0, len(series))], (seven, seven))
    assert [i for i, point in enumerate(points) if point is Point.ONE_SIDE] == list(range(4, 11))
    assert direction == [0] * 4 + [1] * 7 + [0] * 5
