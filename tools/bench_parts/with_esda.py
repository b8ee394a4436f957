"""Getis and Ord's local G* by esda: `with_esda.py FILE JOBS PERMUTATIONS`, where FILE holds counts, starts and members.

Runs where esda is installed and Ourpatch is not. What esda compiles is compiled before the clock starts, and its weights are
made: only `G_Local` is timed, the best of three.

Prints one line: seconds, then the p of every cell and its Gi*.
"""

from __future__ import annotations

import sys
import time
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
from esda.getisord import G_Local
from libpysal.weights import W, fill_diagonal

TIMES = 3


def main(file: Path, jobs: int, permutations: int) -> None:
    """Read, warm up, ask, and print."""
    warnings.simplefilter("ignore")
    given = np.load(file)
    counts, weights = given["counts"].astype(float), _weights(given["starts"], given["members"])
    taken = []
    for _time in range(TIMES + 1):
        start = time.perf_counter()
        found = G_Local(
            counts,
            weights,
            transform="B",
            star=True,
            permutations=permutations,
            keep_simulations=False,
            n_jobs=jobs,
            seed=1,
        )
        taken.append(time.perf_counter() - start)
    print(min(taken[1:]), *found.p_sim.tolist(), *found.Zs.tolist())


def _weights(starts: np.ndarray, members: np.ndarray) -> W:
    """The same neighbours, each cell among its own, as esda makes it when asked for G*."""
    near = {i: members[a:b].tolist() for i, (a, b) in enumerate(pairwise(starts.tolist()))}
    return fill_diagonal(W(near, id_order=sorted(near), silence_warnings=True), 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
