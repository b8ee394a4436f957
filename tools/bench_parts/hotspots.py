"""Hot spots: Gi* of a county's year beside a loop over its cells with the same permutations; what a point, a cell and a
permutation cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from bench_parts import others
from bench_parts.measuring import Run, best, run, table

CELLS, POINTS, PERMUTATIONS = 12_769, 56_000, 999
ALL_CELLS = (12_769, 51_076, 204_304)
ALL_POINTS = (56_000, 560_000, 5_600_000)
ALL_PERMUTATIONS = (999, 9_999, 99_999, 999_999)
NOTE = (
    "The loop takes one cell after another over the values of its neighbours, all permutations of a cell at once in numpy. "
    "Both draw the same permutations"
)
JOBS = (1, -1)
# So many of a hundred cells are to lie within this many standard errors of each other when both draw by chance.
WITHIN, HUNDREDTHS = 2.5758, 99


def section(work: Path) -> list[str]:
    """Leaves when the ways do not agree."""
    file = work / "cells.npz"
    ours, loop = _best("ours", CELLS, POINTS, PERMUTATIONS), _best("loop", CELLS, POINTS, PERMUTATIONS)
    run("gistar.py", "ours", CELLS, POINTS, PERMUTATIONS, file)
    apart = _apart("The loop", ours.numbers[1:], loop.numbers[1:])
    theirs, told = _esda(ours, file)
    rows = [
        [name, f"{one.numbers[0]:.3f}", f"{one.numbers[0] / ours.numbers[0]:,.0f}", f"{one.megabytes:,.0f}"]
        for name, one in (("`hot_spots`", ours), *theirs, ("a loop over cells", loop))
    ]
    heads = [f"{POINTS:,} incidents, {CELLS:,} squares, {PERMUTATIONS} permutations", "s", "ours = 1", "peak MB"]
    note = f"{NOTE}; every cell's p and Gi* agree (furthest apart: {apart:.1g}). {told}"
    by_cells = [(cells, POINTS, PERMUTATIONS) for cells in ALL_CELLS]
    by_points = [(CELLS, points, PERMUTATIONS) for points in ALL_POINTS]
    by_permutations = [(CELLS, POINTS, permutations) for permutations in ALL_PERMUTATIONS]
    return [
        *table(heads, rows),
        "",
        note,
        "",
        *_growth("Squares", "added square", by_cells, 0),
        "",
        *_growth("Incidents", "added incident", by_points, 1),
        "",
        *_growth("Permutations", "added permutation", by_permutations, 2),
    ]


def _esda(ours: Run, file: Path) -> tuple[list[tuple[str, Run]], str]:
    """esda on one core and on all, and what agreed; nothing timed where it is not installed."""
    version = others.version_of("esda")
    if version is None:
        return [], others.missing("esda")
    timed = [(jobs, run("with_esda.py", file, jobs, PERMUTATIONS, python=others.PYTHON)) for jobs in JOBS]
    p, gi = np.split(np.array(ours.numbers[1:]), 2)
    furthest, within = 0.0, []
    for _jobs, one in timed:
        their_p, their_gi = np.split(np.array(one.numbers[1:]), 2)
        furthest = max(furthest, _apart("esda", gi.tolist(), their_gi.tolist()))
        within.append(_alike(_smaller_tail(p), their_p))
    note = (
        f"esda's `G_Local` is timed when it has compiled what it compiles and has its weights, the best of three; ours from "
        f"points to p. Its Gi* is the same (furthest apart: {furthest:.1g}). Its p has draws of its own and is that of the "
        f"smaller tail: beside ours, folded alike, {min(within):.1f} % of cells lie within 2.58 standard errors of chance, where "
        f"{HUNDREDTHS} % should."
    )
    names = {1: "one core", -1: "all cores"}
    return [(f"esda {version}, {names[jobs]}", one) for jobs, one in timed], note


def _apart(whose: str, ours: Sequence[float], theirs: Sequence[float]) -> float:
    apart = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
    if apart > 1e-9:
        raise SystemExit(f"{whose} and the hot spots differ by {apart}.")
    return apart


def _smaller_tail(p: np.ndarray) -> np.ndarray:
    reached = np.rint(p * (1 + PERMUTATIONS)) - 1
    return np.asarray((1 + np.minimum(reached, PERMUTATIONS - reached)) / (1 + PERMUTATIONS))


def _alike(p: np.ndarray, other: np.ndarray) -> float:
    """Of a hundred cells, those whose two p differ by no more than chance makes 99 in a hundred differ."""
    middle = (p + other) / 2
    error = np.sqrt(2 * middle * (1 - middle) / PERMUTATIONS)
    return float((np.abs(p - other) <= WITHIN * error + 1 / PERMUTATIONS).mean() * 100)


def _best(way: str, *sizes: int) -> Run:
    return best(lambda: run("gistar.py", way, *sizes))


def _growth(name: str, one: str, sizes: list[tuple[int, int, int]], which: int) -> list[str]:
    """What one more costs, from the first size on."""
    runs = [_best("ours", *each) for each in sizes]
    rows = []
    for size, found in zip(sizes, runs, strict=True):
        more = size[which] - sizes[0][which]
        cost = f"{(found.numbers[0] - runs[0].numbers[0]) / more * 1e9:,.0f}" if more else ""
        rows.append([f"{size[which]:,}", f"{found.numbers[0]:.3f}", cost, f"{found.megabytes:,.0f}"])
    return table([name, "s", f"ns for each {one}", "peak MB"], rows)
