"""Shapes of an ordinary year: how often each kind of incident happens, when, and on which kinds of street."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .design import StreetKind

Floats = NDArray[np.float64]

STREET_KINDS: tuple[StreetKind, ...] = (
    "centre", "parade", "estate", "residential", "lane", "industrial", "station", "carpark", "park",
)  # fmt: skip

EVENING = ((16.5, 2.6, 0.8), (21.0, 2.4, 1.0), (12.0, 3.0, 0.25))
"""Each rhythm is a mixture of (peak hour, spread in hours, weight) round the clock."""
NIGHT_LIFE = ((23.5, 2.4, 1.0), (17.5, 3.5, 0.8), (2.0, 1.3, 0.45))
TRADING = ((13.0, 2.2, 0.9), (16.5, 1.8, 0.9), (10.0, 1.6, 0.35))
DARK = ((1.5, 2.4, 1.0), (20.0, 3.0, 0.75), (4.0, 1.5, 0.4))
DAYTIME = ((12.5, 4.0, 1.0), (18.0, 3.0, 0.6))
BREAK_IN = ((19.0, 2.8, 1.0), (13.5, 3.0, 0.8), (2.5, 1.6, 0.5))

SUMMER = (0.76, 0.80, 0.92, 1.02, 1.12, 1.20, 1.28, 1.24, 1.06, 1.08, 0.86, 0.74)
"""Factors January to December; the rise in October is the run to Bonfire Night."""
WINTER = (1.12, 1.08, 1.00, 0.94, 0.90, 0.88, 0.90, 0.92, 0.97, 1.06, 1.14, 1.12)
LEVEL = (0.96, 0.93, 1.00, 1.00, 1.04, 1.04, 1.05, 1.03, 1.00, 1.00, 0.98, 1.00)

ALIKE = (1.0, 1.0, 1.0, 1.0, 1.05, 1.05, 1.0)
"""Factors Monday to Sunday."""
WEEKEND = (0.80, 0.80, 0.84, 0.92, 1.25, 1.55, 1.20)
SHOPPING = (1.0, 1.02, 1.02, 1.05, 1.12, 1.12, 0.68)
WORKING = (1.05, 1.05, 1.05, 1.05, 1.10, 0.90, 0.80)


@dataclass(frozen=True, slots=True)
class Profile:
    """How one category behaves: share, clock, week, year, pull of deprivation (exponent), weight by street kind."""

    category: str
    share: float
    clock: tuple[tuple[float, float, float], ...]
    week: tuple[float, ...]
    year: tuple[float, ...]
    hardship: float
    kinds: tuple[float, ...]

    def hours(self) -> Floats:
        """Weights of the 24 hours, summing to 1."""
        hour = np.arange(24) + 0.5
        weight = np.full(24, 0.02)
        for peak, spread, height in self.clock:
            gap = np.minimum(abs(hour - peak), 24 - abs(hour - peak))
            weight = weight + height * np.exp(-0.5 * (gap / spread) ** 2)
        found: Floats = weight / weight.sum()
        return found


PROFILES = (
    # weights by street kind: centre, parade, estate, residential, lane, industrial, station, car park, park
    Profile("Anti-social behaviour", 0.300, EVENING, WEEKEND, SUMMER, 0.85,
            (6.0, 5.0, 1.2, 0.8, 0.45, 0.8, 6.0, 2.5, 4.0)),
    Profile("Violence and sexual offences", 0.283, NIGHT_LIFE, WEEKEND, LEVEL, 0.80,
            (7.0, 2.2, 1.2, 0.9, 0.5, 0.4, 3.0, 0.8, 1.2)),
    Profile("Criminal damage and arson", 0.074, DARK, WEEKEND, SUMMER, 0.70,
            (2.4, 2.2, 1.2, 0.9, 0.6, 1.5, 2.0, 2.0, 2.0)),
    Profile("Public order", 0.072, NIGHT_LIFE, WEEKEND, SUMMER, 0.70,
            (9.0, 3.0, 1.0, 0.7, 0.4, 0.5, 5.0, 1.0, 1.5)),
    Profile("Shoplifting", 0.066, TRADING, SHOPPING, LEVEL, 0.30,
            (40.0, 14.0, 0.05, 0.05, 0.05, 0.3, 2.0, 0.1, 0.0)),
    Profile("Other theft", 0.060, DAYTIME, ALIKE, LEVEL, 0.40,
            (5.0, 2.2, 0.8, 0.9, 1.0, 2.2, 3.0, 1.5, 1.0)),
    Profile("Vehicle crime", 0.042, DARK, ALIKE, WINTER, 0.25,
            (1.2, 1.0, 0.9, 1.1, 0.8, 1.6, 1.5, 6.0, 1.0)),
    Profile("Burglary", 0.040, BREAK_IN, WORKING, WINTER, 0.45,
            (1.3, 1.3, 1.0, 1.1, 0.9, 1.8, 0.3, 0.1, 0.2)),
    Profile("Drugs", 0.022, EVENING, ALIKE, LEVEL, 0.90,
            (4.0, 3.0, 1.3, 0.8, 0.4, 0.6, 6.0, 1.5, 4.0)),
    Profile("Other crime", 0.017, DAYTIME, ALIKE, LEVEL, 0.50,
            (1.5, 1.2, 1.0, 1.0, 0.7, 0.8, 1.0, 0.6, 0.6)),
    Profile("Robbery", 0.009, NIGHT_LIFE, WEEKEND, LEVEL, 0.80,
            (8.0, 4.0, 1.0, 0.7, 0.1, 0.3, 6.0, 1.5, 3.0)),
    Profile("Theft from the person", 0.009, NIGHT_LIFE, WEEKEND, LEVEL, 0.20,
            (26.0, 2.0, 0.2, 0.3, 0.1, 0.2, 9.0, 0.4, 0.8)),
    Profile("Bicycle theft", 0.008, DAYTIME, WORKING, SUMMER, 0.10,
            (8.0, 2.0, 0.5, 0.9, 0.2, 0.6, 14.0, 2.0, 1.5)),
    Profile("Possession of weapons", 0.006, NIGHT_LIFE, WEEKEND, LEVEL, 0.90,
            (5.0, 2.5, 1.2, 0.7, 0.2, 0.3, 5.0, 1.0, 3.0)),
)  # fmt: skip

CATEGORIES = tuple(profile.category for profile in PROFILES)
"""The fourteen categories of data.police.uk as its files spell them."""
