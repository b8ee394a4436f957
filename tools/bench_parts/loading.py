"""Loading, beside two other ways to do a part of it; and how memory and time grow with the rows."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench_parts.measuring import DATA, ROOT, TIMES, Run, best, fresh, run, table

NATIONAL = DATA / "national" / "police-uk-2019-01.zip"
SIZES = (1, 3, 10)
MILLION = 1_000_000
NOT_HERE = "(Not measured: the national month is not here.)"


@dataclass(frozen=True, slots=True)
class Records:
    """What is loaded: its name in the table, and its archive."""

    name: str
    archive: Path


OURS = "`ourpatch load police-uk`"
DUCKDB = "DuckDB read_csv to Parquet, no checks, no places"
PANDAS = "pandas + geopandas, no checks"


def county(work: Path) -> tuple[Path, Records]:
    """The boundaries' folder and the records of one force: Lancashire's, else the invented county's."""
    folder = DATA / "lancashire"
    if folder.exists():
        return folder, Records("Lancashire, four months", folder / "police-uk-2018-11-to-2019-02.zip")
    sys.path.insert(0, str(ROOT / "src"))
    from ourpatch.site.demo import county as invented

    files = invented.build().write_files(work / "county")
    return work / "county", Records("An invented county, twelve months", Path(files.police))


def prepared(folder: Path, work: Path) -> Path:
    """A home with the boundaries of a folder and no records."""
    home = work / "prepared"
    run("prepare.py", folder, home=home)
    return home


def beside_others(folder: Path, records: Records, home: Path, work: Path) -> list[str]:
    """One archive, three ways, cold and warm, each the best of three."""
    ways = {
        OURS: lambda passes: run("ours.py", passes, records.archive, home=fresh(home, work)),
        DUCKDB: lambda passes: run("with_duckdb.py", passes, work, records.archive),
        PANDAS: lambda passes: run("with_pandas.py", passes, work, folder, records.archive),
    }
    cold = {name: best(partial(way, 1)) for name, way in ways.items()}
    warm = {name: min(way(2).numbers[0] for _time in range(TIMES)) for name, way in ways.items()}
    rows = cold[DUCKDB].numbers[1]
    return table(
        [records.name, "rows", "whole command, s", "ours = 1", "warm, s", "ours = 1", "warm, rows/s", "peak MB"],
        [
            [
                name,
                f"{rows:,.0f}",
                f"{cold[name].seconds:.2f}",
                f"{cold[name].seconds / cold[OURS].seconds:.2f}",
                f"{warm[name]:.2f}",
                f"{warm[name] / warm[OURS]:.2f}",
                f"{rows / warm[name]:,.0f}",
                f"{cold[name].megabytes:,.0f}",
            ]
            for name in ways
        ],
    )


def growth(home: Path, work: Path) -> list[str]:
    """The national month as one, three and ten months: seconds a million rows, and memory."""
    measured: list[tuple[int, float, Run]] = []
    for months in SIZES:
        archive = work / f"{months}-months.zip"
        rows = run("months.py", NATIONAL, archive, months).numbers[0]
        measured.append((months, rows, best(partial(_ours, archive, home, work))))
        archive.unlink()
    first = measured[0][2]
    return table(
        [
            "The national month written as several",
            "rows",
            "whole command, s",
            "s a million rows",
            "peak MB",
            "first = 1",
        ],
        [
            [
                f"{months} month{'s' if months > 1 else ''}",
                f"{rows:,.0f}",
                f"{one.seconds:.2f}",
                f"{one.seconds / rows * MILLION:.2f}",
                f"{one.megabytes:,.0f}",
                f"{one.megabytes / first.megabytes:.2f}",
            ]
            for months, rows, one in measured
        ],
    )


def _ours(archive: Path, home: Path, work: Path) -> Run:
    return run("ours.py", 1, archive, home=fresh(home, work))


def section(work: Path) -> list[str]:
    """All of it."""
    folder, records = county(work)
    home = prepared(folder, work)
    lines = [*beside_others(folder, records, home, work), ""]
    if not NATIONAL.exists():
        return [*lines, NOT_HERE]
    national = Records("41 forces, one month, only Lancashire's boundaries", NATIONAL)
    return [*lines, *beside_others(folder, national, home, work), "", *growth(home, work)]
