"""Projects that do nothing, and projects whose effect is known: what each design says of them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from tools.methods_pages.measured import Figures, Mean, Share

from ourpatch.data.analysis.evaluation import BeforeAfter, Verdict, rate_ratio, wdd, wdq
from ourpatch.data.analysis.evaluation_designs import difference_in_differences, interrupted_series, matched_pairs
from ourpatch.data.analysis.evaluation_power import Plan, power_to_show
from ourpatch.data.analysis.matching import change_of_matched, match_areas

RUNS = 2000
SERIES = 1000
Floats = npt.NDArray[np.float64]


def measured() -> Figures:
    """False verdicts of two areas, coverage of the stronger designs, and power against a simulation."""
    return {**_two_areas(), **_pairs(), **_matched(), **_panels(), **_series(), **_power()}


def wandering(chance: np.random.Generator, n: int, correlation: float, spread: float = 5.0) -> Floats:
    """Errors of which each resembles the one before."""
    errors = np.empty(n)
    errors[0] = chance.normal(0, spread / math.sqrt(1 - correlation**2))
    for i in range(1, n):
        errors[i] = correlation * errors[i - 1] + chance.normal(0, spread)
    return errors


def _two_areas() -> Figures:
    figures: Figures = {}
    for name, means, seed in (("large", [40, 40, 160, 160], 11), ("small", [3, 3, 5, 5], 12)):
        shown = claimed = alone = 0
        for a, b, c, d in np.random.default_rng(seed).poisson(means, (RUNS, 4)).tolist():
            shown += wdd(BeforeAfter(a, b), BeforeAfter(c, d)).verdict is not Verdict.NOT_SHOWN
            alone += rate_ratio(BeforeAfter(a, b)).verdict is not Verdict.NOT_SHOWN
            quotient = wdq(BeforeAfter(a, b), BeforeAfter(b, a), BeforeAfter(c, d))
            claimed += quotient.success is not None and quotient.success < 0
        figures |= {
            f"wdd {name}": Share(shown, RUNS),
            f"ratio {name}": Share(alone, RUNS),
            f"wdq {name}": Share(claimed, RUNS),
        }
    return figures


def _pairs() -> Figures:
    """Eight pairs of areas that differ among themselves, and no effect."""
    chance = np.random.default_rng(13)
    inside = 0
    for _run in range(SERIES):
        usual = chance.gamma(8, 10, (8, 2))
        counts = chance.poisson(np.repeat(usual[:, :, None], 2, axis=2) * chance.normal(1, 0.1, (8, 2, 2)).clip(0.5))
        pairs = [(BeforeAfter(*one.tolist()), BeforeAfter(*other.tolist())) for one, other in counts]
        inside += 0 in matched_pairs(pairs).interval
    return {"pairs": Share(inside, SERIES)}


def _matched() -> Figures:
    """Eight areas treated because they had been among the twenty busiest of eighty, and no effect: a bad year passes by
    itself.
    """
    chance = np.random.default_rng(16)
    areas = [f"E{i:02}" for i in range(80)]
    matched = alone = 0
    for _run in range(SERIES):
        usual = chance.gamma(4, 1, 80)
        before, after = chance.poisson(usual[:, None], (80, 12)), chance.poisson(usual * 12)
        busiest = np.argsort(-before.sum(axis=1), kind="stable")[:20]
        treated = [areas[i] for i in chance.choice(busiest, 8, replace=False).tolist()]
        total = before.sum(axis=1)
        figures = {area: BeforeAfter(int(b), int(a)) for area, b, a in zip(areas, total, after, strict=True)}
        found = change_of_matched(match_areas(treated, areas, before), figures)
        matched += found.verdict is not Verdict.NOT_SHOWN
        together = BeforeAfter(*(sum(getattr(figures[area], when) for area in treated) for when in ("before", "after")))
        alone += rate_ratio(together).verdict is not Verdict.NOT_SHOWN
    return {"matched": Share(matched, SERIES), "busiest alone": Share(alone, SERIES)}


def _panels() -> Figures:
    """Eight treated areas of sixteen, an effect of six fewer a month, months that resemble one another."""
    chance = np.random.default_rng(5)
    flags = [True] * 8 + [False] * 8
    inside = 0
    for _run in range(SERIES):
        panel = 60 + np.array([wandering(chance, 24, 0.7) for _area in flags])
        panel[:8, 12:] -= 6
        inside += -6 in difference_in_differences(panel, flags, 12).interval
    return {"differences": Share(inside, SERIES)}


def _series() -> Figures:
    figures: Figures = {}
    for correlation in (0.0, 0.4, 0.8):
        chance = np.random.default_rng(9)
        inside = wrong = 0
        for _run in range(SERIES):
            total = interrupted_series(100 + wandering(chance, 48, correlation), 36, seasonal=False).total
            inside += 0 in total.interval
            wrong += total.verdict is not Verdict.NOT_SHOWN
        figures[f"series {correlation:g}"] = Share(inside, SERIES)
        figures[f"series {correlation:g} shown"] = Share(wrong, SERIES)
    return figures


def _power() -> Figures:
    chance, shown = np.random.default_rng(8), 0
    for _run in range(RUNS):
        before, other, after_other = chance.poisson(240, 3).tolist()
        after = int(chance.poisson(240 * 0.7))
        found = wdd(BeforeAfter(before, after, 12, 12), BeforeAfter(other, after_other, 12, 12))
        shown += found.verdict is Verdict.SHOWN_REDUCTION
    return {"power seen": Share(shown, RUNS), "power said": Mean(power_to_show(Plan(20, 20, 12, 12), 0.3), 0.0, 1)}
