"""Near repeat: the whole Knox grid beside a plain loop over the same permutations; what a permutation and a pair cost."""

from __future__ import annotations

from pathlib import Path

from bench_parts.measuring import Run, run, table

POINTS, FEW, MANY = 10_000, 9, 999
SIZES = (5_000, 10_000, 20_000)
PERMUTATIONS = (99, 999, 9_999)
NOTE = (
    "The loop does as pointpats does, one distance and one time after another; pointpats itself is not installed here. "
    "Both draw the same permutations, and every cell's pairs and p agree"
)


def section(_work: Path) -> list[str]:
    """Leaves when the two ways do not agree."""
    ours, loop, whole = (run("knox.py", *each) for each in _asked())
    apart = max(abs(a - b) for a, b in zip(ours.numbers[1:], loop.numbers[1:], strict=True))
    if apart > 1e-9:
        raise SystemExit(f"The loop and the grid differ by {apart}.")
    each = (whole.numbers[0] - ours.numbers[0]) / (MANY - FEW)
    looped = loop.numbers[0] / (FEW + 1)
    beside = [
        ["`near_repeat`", str(MANY), f"{whole.numbers[0]:.2f}", f"{each * 1000:.2f}", "1", f"{whole.megabytes:,.0f}"],
        [
            "a plain loop",
            str(FEW),
            f"{loop.numbers[0]:.2f}",
            f"{looped * 1000:,.0f}",
            f"{looped / each:,.0f}",
            f"{loop.megabytes:,.0f}",
        ],
    ]
    heads = [
        f"Knox grid, 6 by 8 cells, {POINTS:,} incidents",
        "permutations",
        "s",
        "ms a permutation",
        "ours = 1",
        "peak MB",
    ]
    return [*table(heads, beside), "", f"{NOTE} (furthest apart: {apart:g}).", "", *_by_size(), "", *_by_permutations()]


def _asked() -> list[tuple[object, ...]]:
    return [("ours", POINTS, FEW), ("loop", POINTS, FEW), ("ours", POINTS, MANY)]


def _by_size() -> list[str]:
    rows = []
    for points in SIZES:
        few, many = run("knox.py", "ours", points, FEW), run("knox.py", "ours", points, FEW + 100)
        pairs, each = few.numbers[1], (many.numbers[0] - few.numbers[0]) / 100
        rows.append(
            [
                f"{points:,}",
                f"{pairs:,.0f}",
                f"{each * 1000:.2f}",
                f"{each / pairs * 1e9:.1f}",
                f"{many.megabytes:,.0f}",
            ]
        )
    return table(
        [
            "Incidents in the same hundred square kilometres",
            "pairs in the grid",
            "ms a permutation",
            "ns for each of them",
            "peak MB",
        ],
        rows,
    )


def _by_permutations() -> list[str]:
    runs: list[Run] = [run("knox.py", "ours", POINTS // 2, count) for count in PERMUTATIONS]
    return table(
        [f"Permutations of {POINTS // 2:,} incidents", "s", "peak MB", "first = 1"],
        [
            [f"{count:,}", f"{one.numbers[0]:.2f}", f"{one.megabytes:,.1f}", f"{one.megabytes / runs[0].megabytes:.2f}"]
            for count, one in zip(PERMUTATIONS, runs, strict=True)
        ],
    )
