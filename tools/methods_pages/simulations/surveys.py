"""Surveys of a population whose answer is known: how often the interval holds it."""

from __future__ import annotations

import numpy as np
from tools.methods_pages.measured import Figures, Share

from ourpatch.data.analysis.surveys import Window, compare_windows, share

ROUNDS = 1000
TRUTH = 0.3


def measured() -> Figures:
    """Coverage with clusters, with and without minding them, with strata and weights, and of changes."""
    return {**_clusters(), **_strata(), **_windows()}


def _clusters() -> Figures:
    """Thirty clusters of ten, whose own shares spread around the truth."""
    chance = np.random.default_rng(11)
    clusters = np.repeat([str(i) for i in range(30)], 10).tolist()
    held = {"wilson": 0, "logit": 0, "unminded": 0}
    for _round in range(ROUNDS):
        yes = (chance.random(300) < np.repeat(chance.beta(3, 7, 30), 10)).tolist()
        held["wilson"] += TRUTH in share(yes, clusters=clusters).interval
        held["logit"] += TRUTH in share(yes, clusters=clusters, method="logit").interval
        held["unminded"] += TRUTH in share(yes).interval
    return {f"clusters {name}": Share(count, ROUNDS) for name, count in held.items()}


def _strata() -> Figures:
    """Three strata of different sizes and shares, sampled alike and weighted back."""
    chance = np.random.default_rng(14)
    shares, sizes = np.array([0.2, 0.4, 0.5]), np.array([0.6, 0.3, 0.1])
    truth = float((shares * sizes).sum())
    strata = np.repeat(["north", "south", "west"], 100).tolist()
    weights = np.repeat(sizes * 3, 100).tolist()
    inside = sum(
        truth in share((chance.random(300) < np.repeat(shares, 100)).tolist(), weights, strata=strata).interval
        for _round in range(ROUNDS)
    )
    return {"strata": Share(inside, ROUNDS)}


def _windows() -> Figures:
    chance = np.random.default_rng(15)
    shown = 0
    for _round in range(ROUNDS * 2):
        one, other = (chance.binomial(400, 0.49, 2) / 400).tolist()
        shown += compare_windows(Window(frozenset("a"), one, 400), Window(frozenset("b"), other, 400)).shown
    return {"windows": Share(shown, ROUNDS * 2)}
