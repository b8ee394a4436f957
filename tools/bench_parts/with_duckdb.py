"""DuckDB alone: the unpacked CSV files to one Parquet file a month. No checks, no places. Prints seconds, peak KB, rows."""

from __future__ import annotations

import resource
import sys
import time
import zipfile
from pathlib import Path

import duckdb


def main(archive: Path, work: Path) -> None:
    """Unpack and convert."""
    start = time.perf_counter()
    out = work / "duckdb"
    out.mkdir()
    with zipfile.ZipFile(archive) as packed:
        names = [name for name in packed.namelist() if name.endswith("-street.csv")]
        packed.extractall(out, names)
    database = duckdb.connect()
    database.execute("SET threads = 2")
    rows = 0
    for name in names:
        target = out / f"{Path(name).stem}.parquet"
        database.execute(f"COPY (SELECT * FROM read_csv('{out / name}')) TO '{target}' (FORMAT parquet)")  # noqa: S608
        rows += database.execute(f"SELECT count(*) FROM '{target}'").fetchall()[0][0]  # noqa: S608
    print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, rows)


if __name__ == "__main__":
    main(Path(sys.argv[2]), Path(sys.argv[3]))
