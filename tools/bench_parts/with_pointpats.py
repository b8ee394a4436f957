"""The Knox grid by pointpats, looped over distances and times: `with_pointpats.py WAY FILE PERMUTATIONS`.

FILE holds x and y in whole metres, days, and the upper edges of the bands, `reaches` and `gaps`. pointpats holds both edges of
a band and Ourpatch the lower one only: whole numbers are asked for what lies just below each edge. WAY is `class`, its `Knox`,
for the first gap alone, which is the cheapest for it; or `function`, its older `knox`, for all of them.

Prints one line: seconds without permutations, seconds with them, then the pairs within each reach and gap that was asked.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pointpats.spacetime import Knox, knox

Ask = Callable[[np.ndarray, np.ndarray, float, float, int], int]


def main(way: str, file: Path, permutations: int) -> None:
    """Read, ask twice, and print."""
    warnings.simplefilter("ignore")
    given = np.load(file)
    places, days = np.column_stack((given["x"], given["y"])), given["days"].reshape(-1, 1)
    ask, gaps = (_class, given["gaps"][:1]) if way == "class" else (_function, given["gaps"])
    asked = [(reach - 1e-6, gap - 0.5) for reach in given["reaches"].tolist() for gap in gaps.tolist()]
    taken = []
    for draws in (0, permutations):
        start = time.perf_counter()
        found = [ask(places, days.copy(), reach, gap, draws) for reach, gap in asked]
        taken.append(time.perf_counter() - start)
    print(*taken, *found)


def _class(places: np.ndarray, days: np.ndarray, reach: float, gap: float, permutations: int) -> int:
    return int(Knox(places, days, reach, gap, permutations).statistic_)


def _function(places: np.ndarray, days: np.ndarray, reach: float, gap: float, permutations: int) -> int:
    return int(knox(places, days, reach, gap, permutations)["stat"])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
