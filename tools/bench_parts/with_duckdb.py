"""DuckDB alone: the unpacked CSV files to one Parquet file each. No checks, no places: `with_duckdb.py PASSES WORK ARCHIVE`.

Prints the seconds of the last pass, and rows.
"""

from __future__ import annotations

import sys
import time
import zipfile
from pathlib import Path

import duckdb


def main(passes: int, work: Path, archive: Path) -> None:
    """Unpack and convert, as often as asked."""
    for _pass in range(passes):
        start = time.perf_counter()
        rows = _convert(work, archive)
        seconds = time.perf_counter() - start
    print(seconds, rows)


def _convert(work: Path, archive: Path) -> int:
    out = work / "duckdb"
    with zipfile.ZipFile(archive) as packed:
        names = [name for name in packed.namelist() if name.endswith("-street.csv")]
        packed.extractall(out, names)
    database = duckdb.connect()
    database.execute("SET threads = 2")
    rows = 0
    for name in names:
        target = out / f"{Path(name).stem}.parquet"
        copy = f"COPY (SELECT * FROM read_csv('{out / name}')) TO '{target}' (FORMAT parquet)"  # noqa: S608 - our own files
        rows += database.execute(copy).fetchall()[0][0]
    return rows


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
