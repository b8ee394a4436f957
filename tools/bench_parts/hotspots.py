"""Hot spots: Gi* of a county's year beside a loop over its cells with the same permutations; what a point, a cell and a
permutation cost.
"""

from __future__ import annotations

from pathlib import Path

from bench_parts.measuring import Run, best, run, table

CELLS, POINTS, PERMUTATIONS = 12_769, 56_000, 999
ALL_CELLS = (12_769, 51_076, 204_304)
ALL_POINTS = (56_000, 560_000, 5_600_000)
ALL_PERMUTATIONS = (999, 9_999, 99_999, 999_999)
NOTE = (
    "The loop does as esda does, one cell after another over the values of its neighbours, all permutations of a cell at once "
    "in numpy; esda itself is not installed here, and its compiled loop would be quicker than this one. Both draw the same "
    "permutations"
)


def section(_work: Path) -> list[str]:
    """Leaves when the two ways do not agree."""
    ours, loop = (_best(way, CELLS, POINTS, PERMUTATIONS) for way in ("ours", "loop"))
    apart = max(abs(a - b) for a, b in zip(ours.numbers[1:], loop.numbers[1:], strict=True))
    if apart > 1e-9:
        raise SystemExit(f"The loop and the hot spots differ by {apart}.")
    rows = [
        [name, f"{one.numbers[0]:.3f}", f"{one.numbers[0] / ours.numbers[0]:,.0f}", f"{one.megabytes:,.0f}"]
        for name, one in (("`hot_spots`", ours), ("a loop over cells", loop))
    ]
    heads = [f"{POINTS:,} incidents, {CELLS:,} squares, {PERMUTATIONS} permutations", "s", "ours = 1", "peak MB"]
    note = f"{NOTE}; every cell's p and Gi* agree (furthest apart: {apart:.1g})."
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
