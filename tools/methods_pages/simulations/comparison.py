"""Rates that differ by chance alone, and intervals where the truth is known."""

from __future__ import annotations

import numpy as np
from tools.methods_pages.measured import Figures, Mean, Share

from ourpatch.data.analysis.comparison import compare_rates
from ourpatch.data.analysis.funnels import Funnel, Position, funnel
from ourpatch.data.analysis.rates import rate
from ourpatch.data.analysis.standardised import direct_rate

PATTERNS = 2000
GROUPS = 600
AREAS, FUNNELS = 200, 100


def measured() -> Figures:
    """Coverage of rates, p of comparisons, and areas beyond a funnel's limits."""
    return {**_rates(), **_comparisons(), **_funnels()}


def _rates() -> Figures:
    chance = np.random.default_rng(5)
    plain = standardised = 0
    people, standard, true = np.array([4000, 2000, 500]), np.array([30, 40, 30]), np.array([0.002, 0.005, 0.02])
    truth = float((true * standard).sum() / 100)
    for _pattern in range(PATTERNS):
        one = rate(int(chance.poisson(12)), 6000)
        plain += one.lower <= 2.0 <= one.upper
        other = direct_rate(chance.poisson(true * people), people, standard, per=1)
        standardised += other.lower <= truth <= other.upper
    return {"rate": Share(plain, PATTERNS), "direct": Share(standardised, PATTERNS)}


def _comparisons() -> Figures:
    chance = np.random.default_rng(4)
    small = apart = 0
    for _pattern in range(GROUPS):
        counts = chance.poisson([20, *[30] * 14]).tolist()
        found = compare_rates("a", [*"abcdefghijklmno"], counts, [1000.0, *[1500.0] * 14])
        small += found.others[0].p <= 0.05
        apart += any(other.q <= 0.05 for other in found.others)
    return {"compared": Share(small, GROUPS), "compared any": Share(apart, GROUPS)}


def _funnels() -> Figures:
    """Areas of one and the same rate, and areas that differ by six in a thousand around thirty."""
    chance = np.random.default_rng(10)
    figures = dict.fromkeys(("level inner", "level outer", "apart inner", "apart outer", "blind outer"), 0)
    between, widened = [], 0
    for _pattern in range(FUNNELS):
        people = chance.integers(2_000, 20_000, AREAS)
        level = _funnel(chance.poisson(people * 0.03), people)
        own = chance.normal(0.03**0.5, 0.006 / 2 / 0.03**0.5, AREAS) ** 2
        counts = chance.poisson(people * own)
        apart, blind = _funnel(counts, people), _funnel(counts, people, spread="none")
        widened += level.widened
        between.append(apart.between)
        figures["level inner"] += _outside(level)
        figures["level outer"] += _far(level)
        figures["apart inner"] += _outside(apart)
        figures["apart outer"] += _far(apart)
        figures["blind outer"] += _far(blind)
    error = float(np.std(between) / np.sqrt(FUNNELS))
    return {
        **{name: Share(held, AREAS * FUNNELS) for name, held in figures.items()},
        "level widened": Share(widened, FUNNELS),
        "between": Mean(float(np.mean(between)), error, FUNNELS),
    }


def _funnel(counts: np.typing.NDArray[np.int64], people: np.typing.NDArray[np.int64], **options: str) -> Funnel:
    return funnel([f"W{i}" for i in range(AREAS)], counts, people, **options)  # type: ignore[arg-type]


def _outside(found: Funnel) -> int:
    return sum(point.position is not Position.WITHIN for point in found.points)


def _far(found: Funnel) -> int:
    return len(found.at(Position.VERY_HIGH, Position.VERY_LOW))
