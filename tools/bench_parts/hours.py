"""The loaded files once more, each row with a day and an hour, as a dataset that has them would be: `hours.py TARGET`.

Written by the same `files.stage` that every loader uses.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import django
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def main(target: Path) -> None:
    """Give every row of every live file a day of its month and an hour."""
    django.setup()
    from ourpatch.data.store import files
    from ourpatch.data.store.models import StoredFile

    chance = np.random.default_rng(24)
    target.mkdir()
    for number, line in enumerate(StoredFile.objects.filter(live=True).order_by("path")):
        rows = _timed(pq.read_table(files.absolute(line.path)), line.month, chance)
        files.put(files.stage(rows, line.month), target / f"{number}.parquet")


def _timed(rows: pa.Table, month: date, chance: np.random.Generator) -> pa.Table:
    days = np.datetime64(month) + chance.integers(0, 28, rows.num_rows)
    for name, values in {
        "local_date": pa.array(days.astype("datetime64[D]")),
        "local_hour": pa.array(chance.integers(0, 24, rows.num_rows), pa.int8()),
        "time_precision": pa.repeat(pa.scalar("hour"), rows.num_rows),
    }.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, values)
    return rows


if __name__ == "__main__":
    main(Path(sys.argv[1]))
