"""Control charts of figures in which nothing changes: how often they signal all the same."""

from __future__ import annotations

import numpy as np
from tools.methods_pages.measured import Figures, Mean, Share

from ourpatch.data.analysis.change import c_chart, for_counts, u_prime_chart, xmr
from ourpatch.data.analysis.cusum import design
from ourpatch.data.analysis.false_alarms import false_alarms
from ourpatch.data.analysis.rare import g_chart, t_chart
from ourpatch.data.analysis.signals import Point

CHARTS, PERIODS = 2000, 24
GAPS = 30
WARDS = (*[2.0] * 200, *[8.0] * 150, *[30.0] * 50)


def measured() -> Figures:
    """By chart: points that signal, newest points that signal, and charts with any signal."""
    chance = np.random.default_rng(41)
    figures: Figures = {}
    for mean in (20.0, 3.0, 0.5):
        figures |= _charts(f"poisson {mean:g}", [chance.poisson(mean, PERIODS) for _chart in range(CHARTS)])
    return {
        **figures,
        **_normal(),
        **_xmr_of_small_counts(),
        **_gaps(),
        **_run_lengths(),
        **_drift(),
        **_uneven(),
        **_wards(),
    }


def _charts(name: str, series: list[np.typing.NDArray[np.int64]]) -> Figures:
    points = newest = any_signal = outside = 0
    for counts in series:
        chart = for_counts(counts.tolist())
        points += len(chart.signals)
        newest += chart.points[-1].special
        any_signal += bool(chart.signals)
        outside += sum(point is Point.OUTSIDE for point in chart.points)
    return {
        f"{name} points": Share(points, CHARTS * PERIODS),
        f"{name} outside": Share(outside, CHARTS * PERIODS),
        f"{name} newest": Share(newest, CHARTS),
        f"{name} charts": Share(any_signal, CHARTS),
    }


def _normal() -> Figures:
    """XmR where its own arithmetic is right: normal figures, limits from many points."""
    chance = np.random.default_rng(42)
    outside = sum(
        sum(point is Point.OUTSIDE for point in xmr(chance.normal(50, 5, 200).tolist()).points) for _run in range(200)
    )
    return {"xmr outside": Share(outside, 200 * 200)}


def _xmr_of_small_counts() -> Figures:
    """An XmR chart of small counts, which `for_counts` does not choose."""
    chance = np.random.default_rng(43)
    outside = 0
    for _run in range(CHARTS):
        outside += sum(point is Point.OUTSIDE for point in xmr(chance.poisson(0.5, PERIODS).tolist()).points)
    small = 0
    chance = np.random.default_rng(43)
    for _run in range(CHARTS):
        small += sum(point is Point.OUTSIDE for point in c_chart(chance.poisson(0.5, PERIODS).tolist()).points)
    return {"xmr of 0.5": Share(outside, CHARTS * PERIODS), "c of 0.5": Share(small, CHARTS * PERIODS)}


def _gaps() -> Figures:
    chance = np.random.default_rng(44)
    g = sum(len(g_chart((chance.geometric(0.1, GAPS) - 1).tolist()).signals) for _chart in range(CHARTS))
    t = sum(len(t_chart(chance.exponential(9.0, GAPS).tolist()).signals) for _chart in range(CHARTS))
    return {"g": Share(g, CHARTS * GAPS), "t": Share(t, CHARTS * GAPS)}


def _run_lengths() -> Figures:
    """Periods to a signal, many series at once and without the module's own sums."""
    figures: Figures = {}
    for mean, ratio in ((0.5, 2.0), (3.0, 1.5), (40.0, 1.25)):
        found, chance = design(mean, ratio=ratio), np.random.default_rng(6)
        figures[f"run {mean:g} calm"] = _mean_run(chance, mean, found.k, found.h)
        figures[f"run {mean:g} changed"] = _mean_run(chance, mean * ratio, found.k, found.h)
    return figures


def _mean_run(chance: np.random.Generator, mean: float, k: float, h: float, runs: int = 4000) -> Mean:
    sums, lengths = np.zeros(runs), np.zeros(runs)
    going = np.ones(runs, dtype=np.bool_)
    while going.any():
        sums[going] = np.maximum(0, sums[going] + chance.poisson(mean, int(going.sum())) - k)
        lengths[going] += 1
        going &= sums < h - 1e-9
    return Mean(float(lengths.mean()), float(lengths.std() / np.sqrt(runs)), runs)


def _drift() -> Figures:
    """Incidents that hang together: counts that vary three times as much as chance makes them."""
    chance = np.random.default_rng(45)
    clumped = chance.negative_binomial(1.5, 1.5 / (1.5 + 3.0), (CHARTS, PERIODS))
    chart = sum(bool(c_chart(row.tolist()).signals) for row in clumped)
    return {"clumped charts": Share(chart, CHARTS)}


def _uneven() -> Figures:
    """Rates over periods of very different size, as even as chance and three times as uneven: points outside u' limits."""
    chance = np.random.default_rng(46)
    size = np.tile([1.0, 3.0], PERIODS // 2)
    outside = {"even": 0, "uneven": 0}
    for _chart in range(CHARTS):
        even = chance.poisson(20 * size)
        uneven = chance.negative_binomial(10 * size, 1 / 3)
        for name, counts in (("even", even), ("uneven", uneven)):
            chart = u_prime_chart(counts.tolist(), size.tolist())
            outside[name] += sum(point is Point.OUTSIDE for point in chart.points)
    return {f"u prime {name}": Share(count, CHARTS * PERIODS) for name, count in outside.items()}


def _wards() -> Figures:
    """Four hundred wards with their own charts: how many newest points signal, on average and in nine of ten runs."""
    found = false_alarms(WARDS, periods=PERIODS, runs=40)
    middle = {"wards": found.expected, "wards lower": found.lower, "wards upper": found.upper}
    return {name: Mean(value, 0.0, found.runs) for name, value in middle.items()}
