"""Fifty million invented rows in real places: written as archives, loaded, and asked."""

from __future__ import annotations

import json
from pathlib import Path

from bench_parts.loading import MILLION, prepared
from bench_parts.measuring import DATA, Run, fresh, run, table

SUPPLIERS, ROWS = 5, 100_000
MONTHS_EACH, ARCHIVES = 10, 10


def section(work: Path) -> list[str]:
    """Load archive by archive, each gone before the next is written; then every kind of question."""
    folder = DATA / "lancashire"
    if not folder.exists():
        return ["(Not measured: the real places are not here.)"]
    home = fresh(prepared(folder, work), work)
    loads = [_loaded(folder, home, work, number) for number in range(ARCHIVES)]
    return [*_loads(loads), "", *_questions(home, work)]


def _loaded(folder: Path, home: Path, work: Path, number: int) -> Run:
    archive = work / f"invented-{number}.zip"
    real = folder / "police-uk-2018-11-to-2019-02.zip"
    run("invent.py", real, archive, number * MONTHS_EACH, MONTHS_EACH, SUPPLIERS, ROWS)
    done = run("ours.py", 1, archive, home=home)
    archive.unlink()
    return done


def _loads(loads: list[Run]) -> list[str]:
    rows = ROWS * SUPPLIERS * MONTHS_EACH
    return table(
        ["Loading 50 million rows", "rows", "whole command, s", "s a million rows", "peak MB"],
        [
            [
                f"archive {number}",
                f"{rows:,}",
                f"{one.seconds:.1f}",
                f"{one.seconds / rows * MILLION:.2f}",
                f"{one.megabytes:,.0f}",
            ]
            for number, one in enumerate(loads, 1)
        ]
        + [_total(loads, rows * len(loads))],
    )


def _total(loads: list[Run], rows: int) -> list[str]:
    seconds = sum(one.seconds for one in loads)
    most = max(one.megabytes for one in loads)
    return ["all", f"{rows:,}", f"{seconds:.1f}", f"{seconds / rows * MILLION:.2f}", f"{most:,.0f}"]


def _questions(home: Path, work: Path) -> list[str]:
    hours = work / "hours"
    run("hours.py", hours, home=home)
    done = run("ask.py", hours, home=home)
    files = len({path.name.split(".")[0] for path in hours.iterdir()})
    return [
        *table(
            [f"Asked of 50 million rows in {files} files", "first, ms", "median, ms", "rows in the answer"],
            [
                [name, f"{first * 1000:,.0f}", f"{median * 1000:,.0f}", f"{rows:,}"]
                for name, first, median, rows in json.loads(done.said)
            ],
        ),
        "",
        f"Peak memory of the process that asks: {done.megabytes:,.0f} MB. data.police.uk publishes no hour: for that question "
        "the rows were given one, and written again by `files.stage`.",
    ]
