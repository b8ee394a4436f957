"""Ask the engine each kind of question: `ask.py HOURS_FOLDER`. Prints, for each: seconds at first, median of five, rows.

The last line is the whole answer, as JSON: [[question, first, median, rows], ...].
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

import django

TIMES = 5
CELL = 500


def main(hours: Path) -> None:
    """Ask each question of every live file; those about hours, of the files that have them."""
    django.setup()
    from ourpatch.data.store import cubes, files
    from ourpatch.data.store.models import StoredFile

    live = StoredFile.objects.filter(live=True).order_by("month", "path")
    paths = [files.absolute(line.path) for line in live]
    timed = [path for path in sorted(hours.iterdir()) if cubes.file_of(path) == path]
    print(json.dumps([_asked(name, query, timed if "hour" in name else paths) for name, query in _questions(paths)]))


def _questions(paths: list[Path]) -> list[tuple[str, object]]:
    from ourpatch.data.store import engine
    from ourpatch.data.store.query import CountBy, Dimension, Grid, PointsIn, Series, TopN, Where
    from ourpatch.data.store.rules import POLICE_UK

    everywhere = Where(POLICE_UK)
    busiest = str(engine.execute(TopN(everywhere, Dimension.NEIGHBOURHOOD, 1), paths[:1])[0][0])
    here = Where(POLICE_UK, area=Dimension.NEIGHBOURHOOD, codes=(busiest,))
    return [
        (
            "CountBy: every neighbourhood and category",
            CountBy(everywhere, (Dimension.NEIGHBOURHOOD, Dimension.CATEGORY)),
        ),
        ("Series: every neighbourhood, by month", Series(everywhere, Dimension.NEIGHBOURHOOD)),
        ("TopN: the ten LSOAs with most", TopN(everywhere, Dimension.LSOA, 10)),
        ("PointsIn: the busiest neighbourhood", PointsIn(here)),
        (f"Grid: {CELL} m, everything", Grid(everywhere, CELL)),
        ("CountBy: hour and weekday", CountBy(everywhere, (Dimension.HOUR, Dimension.WEEKDAY))),
        ("CountBy: one neighbourhood, month and category", CountBy(here, (Dimension.MONTH, Dimension.CATEGORY))),
        ("PointsIn: everything", PointsIn(everywhere)),
    ]


def _asked(name: str, query: object, paths: list[Path]) -> tuple[str, float, float, int]:
    from ourpatch.data.store import engine

    taken: list[float] = []
    for _time in range(TIMES + 1):
        start = time.perf_counter()
        rows = engine.execute(query, paths)  # type: ignore[arg-type]
        taken.append(time.perf_counter() - start)
    return name, taken[0], statistics.median(taken[1:]), len(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
