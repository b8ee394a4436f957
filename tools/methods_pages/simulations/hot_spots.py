"""Hot spots where every place is equally at risk: how many cells, and how many whole grids, are called all the same."""

from __future__ import annotations

import numpy as np
import shapely
from tools.methods_pages.measured import Figures, Mean, Share

from ourpatch.data.analysis.grids import Grid, square_grid
from ourpatch.data.analysis.hotspots import given_counts, hot_spots
from ourpatch.data.analysis.hours import hours_and_weekdays

GRIDS, ACROSS, SIDE, PERMUTATIONS = 200, 30, 100.0, 19_999
MEANS = {"sparse": 0.05, "even": 1.0, "busy": 10.0}
BLIND = 50
YEARS = 3000


def measured() -> Figures:
    """Shares of cells with p of 0.05 or less, and of grids with any cell called."""
    figures: Figures = {}
    for seed, (name, mean) in enumerate(MEANS.items(), 17):
        figures |= _even(name, mean, seed)
    return {**figures, **_towns(), **_hours()}


def board() -> Grid:
    """Thirty by thirty squares of a hundred metres."""
    return square_grid(shapely.box(4e5, 3e5, 4e5 + SIDE * ACROSS, 3e5 + SIDE * ACROSS), SIDE)


def _even(name: str, mean: float, seed: int) -> Figures:
    chance, grid = np.random.default_rng(seed), board()
    shares, called = [], 0
    for run in range(GRIDS):
        counts = chance.poisson(mean, len(grid))
        found = hot_spots(grid, given_counts(grid, counts), permutations=PERMUTATIONS, seed=run)
        shares.append(float((np.array(found.p) <= 0.05).mean()))
        called += any(found.hot)
    return {f"{name} cells": _mean(shares), f"{name} grids": Share(called, GRIDS)}


def _towns() -> Figures:
    """Six towns, everybody equally at risk: with the people, and without."""
    chance, grid = np.random.default_rng(23), board()
    shares, called, blind = [], 0, 0
    for run in range(GRIDS):
        people = np.full(len(grid), 20.0)
        for _town in range(6):
            east, north = chance.choice(grid.easting), chance.choice(grid.northing)
            people += 800 * np.exp(-((grid.easting - east) ** 2 + (grid.northing - north) ** 2) / (2 * 250.0**2))
        people = np.round(people)
        counted = given_counts(grid, chance.poisson(people * 0.02))
        found = hot_spots(grid, counted, people, permutations=PERMUTATIONS, seed=run)
        shares.append(float((np.array(found.p) <= 0.05).mean()))
        called += any(found.hot)
        blind += run < BLIND and any(hot_spots(grid, counted, permutations=PERMUTATIONS, seed=run).hot)
    return {"towns cells": _mean(shares), "towns grids": Share(called, GRIDS), "towns blind": Share(blind, BLIND)}


def _hours() -> Figures:
    """Five hundred incidents at any minute of a year: how often a busiest hour is called a peak."""
    chance = np.random.default_rng(29)
    called = 0
    for _run in range(YEARS):
        times = np.datetime64("2024-01-01T00:00") + chance.integers(0, 52 * 7 * 24 * 60, 500).astype("timedelta64[m]")
        called += hours_and_weekdays(times).p <= 0.05
    return {"hours": Share(called, YEARS)}


def _mean(shares: list[float]) -> Mean:
    return Mean(float(np.mean(shares)), float(np.std(shares) / np.sqrt(len(shares))), len(shares))
