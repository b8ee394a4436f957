"""Counts that are held against something, where chance is all: how many cells, maps and areas are called all the same."""

from __future__ import annotations

import numpy as np
import shapely
from tools.methods_pages.measured import Figures, Mean, Share

from ourpatch.data.analysis.exposure import Base, Risks, risks
from ourpatch.data.analysis.grids import Grid, square_grid
from ourpatch.data.analysis.hotspots import given_counts
from ourpatch.data.analysis.mix import allowed_for
from ourpatch.ground.words import say

MAPS, ACROSS, SIDE = 200, 30, 100.0
PLACES, AREAS = 200, 20
RATES = np.array([0.08, 0.05, 0.03, 0.02, 0.01])
FIFTHS = [say(str(number)) for number in range(1, 6)]
PEOPLE = Base(say("yearly rate per 1,000 residents"), say("Residents"), per=1000, fewest=100)
CRIMES = Base(say("per cent of all crimes"), say("Crimes"), per=100, fewest=20, counted=True, holds=True)
OTHERS = Base(say("for every 100 others"), say("Others"), per=100, fewest=20, counted=True)


def measured() -> Figures:
    """Shares of cells with p of 0.05 or less, of maps with any cell called, and of areas and places with any called."""
    chance, grid = np.random.default_rng(41), _board()
    figures: Figures = {}
    figures |= _called("people", [_of_people(chance, grid, 0.02) for _map in range(MAPS)])
    figures |= _called("busy people", [_of_people(chance, grid, 0.2) for _map in range(MAPS)])
    figures |= _called("crimes", [_of_others(chance, grid, CRIMES) for _map in range(MAPS)])
    figures |= _called("others", [_of_others(chance, grid, OTHERS) for _map in range(MAPS)])
    figures |= _called("clumps", [_of_clumps(chance, grid) for _map in range(MAPS)])
    return {**figures, **_standardised()}


def towns(chance: np.random.Generator, grid: Grid) -> np.typing.NDArray[np.float64]:
    """Six towns: people by cell, 20 in the country."""
    people = np.full(len(grid), 20.0)
    for _town in range(6):
        east, north = chance.choice(grid.easting), chance.choice(grid.northing)
        people += 800 * np.exp(-((grid.easting - east) ** 2 + (grid.northing - north) ** 2) / (2 * 250.0**2))
    return np.round(people)


def _board() -> Grid:
    return square_grid(shapely.box(4e5, 3e5, 4e5 + SIDE * ACROSS, 3e5 + SIDE * ACROSS), SIDE)


def _of_people(chance: np.random.Generator, grid: Grid, rate: float) -> Risks:
    people = towns(chance, grid)
    return risks(grid, given_counts(grid, chance.poisson(people * rate)), people, PEOPLE)


def _of_others(chance: np.random.Generator, grid: Grid, base: Base) -> Risks:
    """A fifth of all crimes, wherever they are, are of the kind that is asked about."""
    every = chance.poisson(towns(chance, grid) * 0.05)
    counts = chance.binomial(every, 0.2)
    return risks(grid, given_counts(grid, counts), every if base.holds else every - counts, base)


def _of_clumps(chance: np.random.Generator, grid: Grid) -> Risks:
    """Everybody equally at risk, and half an incident more in the same cell for each, as at an address that reports again."""
    people = towns(chance, grid)
    first = chance.poisson(people * 0.02)
    return risks(grid, given_counts(grid, first + chance.poisson(first * 0.5)), people, PEOPLE)


def _called(name: str, found: list[Risks]) -> Figures:
    shares = []
    for each in found:
        size = np.array(each.around_amounts)
        if each.base.counted and not each.base.holds:
            size = size + np.array(each.around)
        shares.append(float((np.array(each.p)[size >= each.base.fewest] <= 0.05).mean()))
    cells = Mean(float(np.mean(shares)), float(np.std(shares) / np.sqrt(len(shares))), len(shares))
    return {f"{name} cells": cells, f"{name} maps": Share(sum(any(each.hot) for each in found), len(found))}


def _standardised() -> Figures:
    """Places of twenty areas that differ in their mix and in nothing else."""
    chance = np.random.default_rng(43)
    names = [str(number) for number in range(AREAS)]
    any_called = held = 0
    for _place in range(PLACES):
        people = chance.integers(300, 3_000, (AREAS, len(FIFTHS)))
        found = allowed_for(names, FIFTHS, chance.poisson(people * RATES), people)
        any_called += any(one.apart for one in found.areas)
        held += sum(one.interval.lower <= 1 <= one.interval.upper for one in found.areas)
    return {"mix any": Share(any_called, PLACES), "mix interval": Share(held, PLACES * AREAS)}
