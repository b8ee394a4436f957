"""Forecasts of months that were kept back: how often the interval held what came."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from tools.methods_pages.measured import Figures, Mean, Share

from ourpatch.data.analysis.forecast import forecast

YEAR = (10, 12, 14, 20, 26, 30, 34, 30, 24, 18, 12, 10)
SERIES = 300
MONTHS = 72
Floats = npt.NDArray[np.float64]


def measured() -> Figures:
    """Coverage for a season that repeats, and for a level that then halves; and what the record had said."""
    usual = np.array(YEAR * 7, dtype=np.float64)
    halved = usual.copy()
    halved[MONTHS:] /= 2
    return {**_held("steady", lambda start: np.roll(usual, start), 12), **_held("halved", lambda _start: halved, 13)}


def _held(name: str, usual: Callable[[int], Floats], seed: int) -> Figures:
    """Two months ahead of six years. Every month has its turn as the next."""
    chance = np.random.default_rng(seed)
    held, said, warned = [], [], 0
    for start in range(SERIES):
        mean = usual(start)
        series = chance.negative_binomial(20, 20 / (20 + mean))
        found = forecast(series[:MONTHS].tolist(), months=2)
        held += [one.lower <= series[MONTHS - 1 + one.months] <= one.upper for one in found.ahead]
        said.append(found.coverage)
        warned += any(sentence.key == "too_narrow" for sentence in found.sentences)
    record = Mean(float(np.mean(said)), float(np.std(said) / np.sqrt(SERIES)), SERIES)
    return {
        name: Share(int(sum(held)), len(held)),
        f"{name} said": record,
        f"{name} warned": Share(warned, SERIES),
    }
