"""An archive of invented rows in real places: `invent.py REAL_ARCHIVE TARGET FIRST_MONTH MONTHS SUPPLIERS ROWS`.

Every supplier's month has ROWS rows; each takes its place from one row of the real archive and its kind from another, and an
identifier of its own where that kind has one. Months count from January 2010.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

PLACE = ("Longitude", "Latitude", "Location", "LSOA code", "LSOA name")
KIND = ("Crime type", "Last outcome category")
FIRST_YEAR = 2010


def main(real: Path, target: Path, first: int, months: int, suppliers: int, rows: int) -> None:
    """Write the archive. The same numbers make the same archive."""
    pool = _pool(real)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(first, first + months):
            month = f"{FIRST_YEAR + number // 12}-{number % 12 + 1:02}"
            for supplier in range(suppliers):
                chance = np.random.default_rng((number, supplier))
                archive.writestr(
                    f"{month}/{month}-force-{supplier}-street.csv", _csv(_invented(pool, month, rows, chance))
                )


def _pool(real: Path) -> pa.Table:
    with zipfile.ZipFile(real) as archive:
        names = [name for name in archive.namelist() if name.endswith("-street.csv")]
        text = pacsv.ConvertOptions(strings_can_be_null=False, column_types=dict.fromkeys(PLACE, pa.string()))
        tables = [pacsv.read_csv(io.BytesIO(archive.read(name)), convert_options=text) for name in names]
    pool = pa.concat_tables(
        [table.cast(pa.schema([(name, pa.string()) for name in table.column_names])) for table in tables]
    )
    return pool.combine_chunks()


def _invented(pool: pa.Table, month: str, rows: int, chance: np.random.Generator) -> pa.Table:
    places = pool.select(PLACE).take(pa.array(chance.integers(0, pool.num_rows, rows)))
    kinds = pool.select(("Crime ID", *KIND)).take(pa.array(chance.integers(0, pool.num_rows, rows)))
    columns = {name: pa.repeat(pa.scalar(""), rows) for name in pool.column_names}
    columns |= {name: places.column(name) for name in PLACE} | {name: kinds.column(name) for name in KIND}
    columns["Month"] = pa.repeat(pa.scalar(month), rows)
    columns["Crime ID"] = pc.if_else(pc.equal(kinds.column("Crime ID"), ""), "", _identifiers(rows, chance))
    for name in ("Reported by", "Falls within"):
        columns[name] = pa.repeat(pool.column(name)[0], rows)
    return pa.table({name: columns[name] for name in pool.column_names})


def _identifiers(rows: int, chance: np.random.Generator) -> pa.Array:
    digits = chance.bytes(rows * 32).hex()
    offsets = np.arange(0, rows * 64 + 1, 64, dtype=np.int32)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(digits.encode()))


def _csv(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pacsv.write_csv(table, out, pacsv.WriteOptions(quoting_style="none", quoting_header="none"))
    return out.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *(int(each) for each in sys.argv[3:7]))
