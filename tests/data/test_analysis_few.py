"""Nothing, one, two or three incidents: every analysis answers or says what to do, and no warning of numpy stands for either."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pytest
from shapely.geometry import box

from ourpatch.data.analysis import change, surveys
from ourpatch.data.analysis.comparison import compare_rates, most_similar
from ourpatch.data.analysis.concentration import concentration, generalised_gini, gini
from ourpatch.data.analysis.cusum import cusum
from ourpatch.data.analysis.density import density
from ourpatch.data.analysis.evaluation import BeforeAfter, rate_ratio, wdd, wdq
from ourpatch.data.analysis.evaluation_designs import difference_in_differences, interrupted_series, matched_pairs
from ourpatch.data.analysis.evaluation_power import Plan, smallest_reduction
from ourpatch.data.analysis.false_alarms import false_alarms
from ourpatch.data.analysis.forecast import forecast
from ourpatch.data.analysis.funnels import funnel
from ourpatch.data.analysis.grids import square_grid
from ourpatch.data.analysis.hotspots import cell_rates, count_points, hot_spots
from ourpatch.data.analysis.hours import hours_and_weekdays
from ourpatch.data.analysis.matching import match_areas
from ourpatch.data.analysis.multiplicity import false_discovery
from ourpatch.data.analysis.near_repeat import near_repeat
from ourpatch.data.analysis.patterns import hot_spot_patterns
from ourpatch.data.analysis.rare import g_chart, t_chart
from ourpatch.data.analysis.repeats import repeats
from ourpatch.data.analysis.standardised import direct_rate, indirect_ratio
from ourpatch.data.analysis.vulnerability import vulnerable_localities
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

GRID = square_grid(box(0, 0, 300, 300), 100)
FEW = [[], *([n] for n in range(4)), *map(list, product(range(4), repeat=2)), *map(list, product(range(3), repeat=3))]
FEW += [[1, 1, 1, 0, 0, 0], [2, 1, 0, 0, 0, 0], [3, 0, 0, 0, 0, 0], [0] * 6]
NAMES = ["a", "b", "c", "d", "e", "f"]


def counted(counts: list[int]) -> Iterator[Callable[[], object]]:
    """Every analysis of counts: of months, of areas, of places."""
    names, ones = NAMES[: len(counts)], [1.0] * len(counts)
    yield lambda: change.for_counts(counts)
    yield lambda: change.xmr(counts)
    yield lambda: change.u_chart(counts, ones)
    yield lambda: change.u_prime_chart(counts, ones)
    yield lambda: change.for_counts([*counts, None, *counts])
    yield lambda: change.seasonal_index(counts, 1)
    yield lambda: change.seasonal_index([*counts, None], 1)
    yield lambda: cusum(counts, ones)
    yield lambda: cusum([None, *counts], [1.0, *ones])
    yield lambda: g_chart(counts)
    yield lambda: t_chart(counts)
    yield lambda: t_chart([None, *counts, None])
    yield lambda: forecast([*[0] * 48, *counts])
    yield lambda: forecast([*[0] * 40, None, *[0] * 7, *counts])
    yield lambda: false_alarms(counts, periods=3, runs=1)
    yield lambda: interrupted_series([*[0] * 9, *counts, 0, 0], 9)
    yield lambda: difference_in_differences([counts, counts, [0] * len(counts), ones], [True, True, False, False], 1)
    yield lambda: match_areas(names[:1], names, counts)
    yield lambda: concentration(counts, bootstraps=99, simulations=19)
    yield lambda: concentration(counts, places=20, bootstraps=99, simulations=19)
    yield lambda: gini(counts)
    yield lambda: generalised_gini(counts)
    yield lambda: funnel(names, counts, ones)
    yield lambda: compare_rates("a", names, counts, ones)
    yield lambda: most_similar("a", names, {"x": counts})
    yield lambda: vulnerable_localities(names, {"x": counts, "y": ones}, ones, draws=10)
    yield lambda: direct_rate(counts, ones, ones)
    yield lambda: indirect_ratio(1, ones, counts, ones)
    yield lambda: surveys.kish(counts)
    yield lambda: surveys.share([n > 0 for n in counts], ones)
    yield lambda: surveys.mean(counts, ones)
    yield lambda: surveys.rake(ones, {"g": names}, {"g": dict.fromkeys(names, 1.0)})
    yield lambda: false_discovery([n / 3 for n in counts])


def placed(n: int, *, apart: float) -> Iterator[Callable[[], object]]:
    """Every analysis of single incidents, all at one place or some way from each other."""
    at = [50.0 + apart * i for i in range(n)]
    days = np.array([f"2026-03-{1 + 2 * i:02}" for i in range(n)], dtype="datetime64[D]")
    yield lambda: count_points(GRID, at, at)
    yield lambda: hot_spots(GRID, count_points(GRID, at, at), permutations=99)
    yield lambda: hot_spots(GRID, count_points(GRID, at, at), [1.0] * len(GRID), permutations=99)
    yield lambda: cell_rates(GRID, count_points(GRID, at, at), [1.0] * len(GRID))
    yield lambda: density(GRID, at, at)
    yield lambda: hot_spot_patterns(GRID, np.full((len(GRID), 4), n), permutations=99)
    yield lambda: near_repeat(at, at, days, permutations=99)
    yield lambda: repeats(at, days)
    yield lambda: repeats([1] * n, days)
    yield lambda: hours_and_weekdays(days.astype("datetime64[us]"))


def compared(n: int) -> Iterator[Callable[[], object]]:
    """Every analysis of before and after."""
    for one, other in ((BeforeAfter(n, 0), BeforeAfter(0, n)), (BeforeAfter(n, n), BeforeAfter(0, 0))):
        yield lambda one=one, other=other: wdd(one, other)
        yield lambda one=one, other=other: wdq(one, other, one)
        yield lambda one=one: rate_ratio(one)
        yield lambda one=one, other=other: matched_pairs([(one, other), (other, one)])
    yield lambda: smallest_reduction(Plan(n, n, 1, 1))


def answered(calls: Iterator[Callable[[], object]]) -> int:
    """How many answer; the others refuse, and any warning is an error."""
    count = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for call in calls:
            try:
                found = call()
            except BadInput:
                continue
            count += 1
            if hasattr(found, "table"):
                assert found.table().heads
    return count


@pytest.mark.parametrize("counts", FEW, ids=str)
def test_few_counts(counts: list[int]) -> None:
    assert answered(counted(counts)) >= (9 if len(counts) > 2 and sum(counts) > 1 else 0)


@pytest.mark.parametrize("apart", [0.0, 90.0])
@pytest.mark.parametrize("n", range(4))
def test_few_incidents(n: int, apart: float) -> None:
    assert answered(placed(n, apart=apart)) >= (4 if n else 0)


@pytest.mark.parametrize("n", range(4))
def test_few_before_and_after(n: int) -> None:
    assert answered(compared(n)) >= 4
