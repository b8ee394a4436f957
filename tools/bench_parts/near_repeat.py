"""Near repeat: the whole Knox grid beside a plain loop over the same permutations; what a permutation and a pair cost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bench_parts import others
from bench_parts.measuring import Run, run, table

POINTS, FEW, MANY = 10_000, 9, 999
CLASS_DRAWS = 20
SIZES = (5_000, 10_000, 20_000)
PERMUTATIONS = (99, 999, 9_999)
NOTE = (
    "The loop takes one distance and one time after another, in Python. Both draw the same permutations, and every cell's pairs "
    "and p agree"
)
LOOPED = "pointpats answers one distance and one time, so it is looped over the grid's"
REACHES, GAPS = 6, 8


@dataclass(frozen=True, slots=True)
class Way:
    """Seconds before the first permutation and of each, as measured with so many."""

    name: str
    first: float
    each: float
    permutations: int
    megabytes: float

    @property
    def whole(self) -> float:
        """Seconds of the grid with as many permutations as are the custom."""
        return self.first + MANY * self.each


def section(work: Path) -> list[str]:
    """Leaves when the ways do not agree."""
    file = work / "incidents.npz"
    ours, loop, whole = (
        run("knox.py", "ours", POINTS, FEW, file),
        run("knox.py", "loop", POINTS, FEW),
        run("knox.py", "ours", POINTS, MANY),
    )
    apart = max(abs(a - b) for a, b in zip(ours.numbers[1:], loop.numbers[1:], strict=True))
    if apart > 1e-9:
        raise SystemExit(f"The loop and the grid differ by {apart}.")
    each = (whole.numbers[0] - ours.numbers[0]) / (MANY - FEW)
    own = Way("`near_repeat`", whole.numbers[0] - MANY * each, each, MANY, whole.megabytes)
    theirs, told = _pointpats(np.array(ours.numbers[2 : 2 + REACHES * GAPS]).reshape(REACHES, GAPS), file)
    plain = Way("a plain loop", 0.0, loop.numbers[0] / (FEW + 1), FEW, loop.megabytes)
    heads = [
        f"Knox grid, {REACHES} by {GAPS} cells, {POINTS:,} incidents",
        "permutations measured",
        "s before the first",
        "ms a permutation",
        "ours = 1",
        f"s for {MANY}",
        "ours = 1",
        "peak MB",
    ]
    rows = [_row(way, own) for way in (own, *theirs, plain)]
    note = f"{NOTE} (furthest apart: {apart:g}). {told}"
    return [*table(heads, rows), "", note, "", *_by_size(), "", *_by_permutations()]


def _row(way: Way, own: Way) -> list[str]:
    return [
        way.name,
        str(way.permutations),
        f"{way.first:.2f}",
        f"{way.each * 1000:,.2f}",
        f"{way.each / own.each:,.0f}",
        f"{way.whole:,.2f}",
        f"{way.whole / own.whole:,.0f}",
        f"{way.megabytes:,.0f}",
    ]


def _pointpats(cells: np.ndarray, file: Path) -> tuple[list[Way], str]:
    """Its older function and its class; nothing timed where it is not installed."""
    version = others.version_of("pointpats")
    if version is None:
        return [], others.missing("pointpats")
    upto = cells.cumsum(axis=0).cumsum(axis=1)
    function = run("with_pointpats.py", "function", file, FEW, python=others.PYTHON)
    by_class = run("with_pointpats.py", "class", file, CLASS_DRAWS, python=others.PYTHON)
    for found, wanted in ((function, upto), (by_class, upto[:, :1])):
        if not np.array_equal(found.numbers[2:], wanted.ravel()):
            raise SystemExit("pointpats and the grid count different pairs.")
    told = (
        f"{LOOPED} with few permutations, and what all {MANY} take is reckoned from those. `Knox` is timed for the "
        f"shortest time alone, where it is quickest and holds least, and counted {GAPS} times; its older `knox`, which it calls "
        "deprecated, for every one. Both count the same pairs within every distance and time that was asked, exactly; their "
        "permutations are their own."
    )
    return [
        _way(f"pointpats {version}, `knox` (older)", function, FEW, 1),
        _way(f"pointpats {version}, `Knox`", by_class, CLASS_DRAWS, GAPS),
    ], told


def _way(name: str, found: Run, permutations: int, times: int) -> Way:
    without, drawn = (seconds * times for seconds in found.numbers[:2])
    each = max(drawn - without, 0.0) / permutations
    return Way(name, without, each, permutations, found.megabytes)


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
