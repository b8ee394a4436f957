"""Concentration where every place is equally at risk, and intervals where the truth is known."""

from __future__ import annotations

import numpy as np
from tools.methods_pages.measured import Figures, Mean, Share

from ourpatch.data.analysis.concentration import concentration, generalised_gini

RUNS = 400


def measured() -> Figures:
    """False calls of concentration, the ordinary Gini that chance alone gives, and the coverage of intervals."""
    chance = np.random.default_rng(5)
    called, ginis, generalised = 0, [], []
    for _run in range(RUNS):
        found = concentration(chance.poisson(0.5, 400), simulations=99, bootstraps=99)
        called += found.p <= 0.05
        ginis.append(found.gini)
        generalised.append(found.generalised)
    return {
        "called": Share(called, RUNS),
        "gini by chance": _mean(ginis),
        "generalised by chance": _mean(generalised),
        **{f"coverage {places}": _coverage(places) for places in (250, 1000)},
    }


def _coverage(places: int) -> Share:
    """95 % intervals for samples of a mixture whose generalised Gini over very many places is known."""
    chance = np.random.default_rng(31)
    truth = generalised_gini(chance.poisson(chance.gamma(0.6, 3.0, 400_000)))
    holds = 0
    for _run in range(RUNS):
        interval = concentration(
            chance.poisson(chance.gamma(0.6, 3.0, places)), simulations=19, bootstraps=499
        ).interval
        holds += interval is not None and interval.lower <= truth <= interval.upper
    return Share(holds, RUNS)


def _mean(values: list[float]) -> Mean:
    return Mean(float(np.mean(values)), float(np.std(values) / np.sqrt(len(values))), len(values))
