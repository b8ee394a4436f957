"""The files of the store: written aside, made safe on the disk, then moved to their names in one step.

A file counts only when the manifest in the database names it, and its cubes with it. What a kill leaves behind is a stray:
`sweep` removes it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from numpy.typing import NDArray

from ourpatch.data.store.cubes import CUBES, file_of, make_cubes
from ourpatch.data.store.rules import month_of
from ourpatch.ground.identifiers import uuid7

ROW = pa.schema(
    [
        pa.field("row_number", pa.int32(), nullable=False),
        pa.field("source_reference", pa.string()),
        pa.field("starts_at", pa.timestamp("us", tz="UTC")),
        pa.field("ends_at", pa.timestamp("us", tz="UTC")),
        pa.field("local_date", pa.date32(), nullable=False),
        pa.field("local_hour", pa.int8()),
        pa.field("time_precision", pa.string(), nullable=False),
        pa.field("easting", pa.float64()),
        pa.field("northing", pa.float64()),
        pa.field("place_precision", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("ward", pa.string(), nullable=False),
        pa.field("lsoa", pa.string(), nullable=False),
        pa.field("district", pa.string(), nullable=False),
        pa.field("neighbourhood", pa.string(), nullable=False),
        pa.field("publisher_lsoa", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("scheme", pa.string(), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("n", pa.int32(), nullable=False),
    ]
)
"""One incident (n = 1) or a count of them. Unknown text is empty, unknown numbers are null; metres EPSG:27700."""

# A source's reference is its own in nearly every row; every other text comes again and again.
TEXTS = [field.name for field in ROW if field.type == pa.string() and field.name != "source_reference"]

STAGING = ".staging"
SUFFIX = ".parquet"
# Large enough for a force's month in one piece, small enough to skip most of a year's file; the engine reads one at a time.
ROW_GROUP = 122_880
# Most questions are about one neighbourhood, and rows alike lie together: a question skips what it does not ask for, and a
# file is a quarter of the size that it has in the order of arrival. `row_number` keeps that order.
SORTED_BY = ("neighbourhood", "category", "easting", "northing")
_LISTED = pa.dictionary(pa.int32(), pa.string())
_STORED = pa.schema([field.with_type(_LISTED) if field.name in TEXTS else field for field in ROW])


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that is safe on the disk under a temporary name."""

    month: date
    path: Path
    rows: int
    sha256: str


def root() -> Path:
    """The folder of the store."""
    return Path(settings.OURPATCH_HOME) / "store"


def absolute(path: str) -> Path:
    """Where a file of the manifest lies."""
    return root() / path


def stage(table: pa.Table, month: date, extra: Sequence[pa.Field] = ()) -> Staged:
    """Write the rows of one local month under a temporary name and make them safe on the disk.

    `extra` are the columns that the dataset has besides, after those of `ROW`. Texts may come as numbered lists. Raises
    ValueError when the table has another shape, or rows of another month: a fault in the caller.
    """
    rows = _in_order(table.cast(pa.schema([*_STORED, *extra])))
    days = rows.column("local_date").unique().to_pylist()
    if any(month_of(day) != month for day in days):
        raise ValueError(f"the rows for {month} hold other months")
    folder = root() / STAGING
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid7()}{SUFFIX}"
    _write(rows, path)
    _make_safe(path)
    for cube, counted in make_cubes(rows, month):
        _write(counted, cube.beside(path))
        _make_safe(cube.beside(path))
    return Staged(month, path, rows.num_rows, _sha256(path))


def settle(staged: Staged, dataset: str, submission_id: UUID) -> str:
    """Move a staged file to its name for good; returns the path that the manifest is to hold."""
    relative = f"{dataset}/{staged.month:%Y-%m}/{submission_id}{SUFFIX}"
    target = root() / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    put(staged, target)
    for folder in (target.parent, target.parent.parent, root()):
        _make_safe(folder)
    return relative


def put(staged: Staged, target: Path) -> None:
    """Move a staged file to another name, and its cubes to theirs."""
    for cube in CUBES:
        if cube.beside(staged.path).exists():
            _move(cube.beside(staged.path), cube.beside(target))
    _move(staged.path, target)


def discard(paths: Collection[Path]) -> None:
    """Remove files that will not be used, with their cubes; what is gone already is no error."""
    for path in paths:
        for each in (path, *(cube.beside(path) for cube in CUBES)):
            each.unlink(missing_ok=True)


def strays(known: Collection[str], before: datetime) -> list[Path]:
    """Files that no line of the manifest names and nobody wrote to since `before`: left behind by a kill."""
    kept = {root() / path for path in known}
    return [
        path
        for path in sorted(root().rglob("*"))
        if path.is_file() and file_of(path) not in kept and path.stat().st_mtime < before.timestamp()
    ]


def _in_order(rows: pa.Table) -> pa.Table:
    keys = [_sortable(rows.column(name)) for name in reversed(SORTED_BY)]
    return rows.take(pa.array(np.lexsort(keys)))


def _sortable(column: pa.ChunkedArray) -> NDArray[Any]:
    """Numbers that sort as the column does."""
    if column.type != _LISTED:
        values: NDArray[Any] = column.to_numpy()
        return values
    listed = column.unify_dictionaries().combine_chunks()
    ranks: NDArray[np.uint64] = pc.rank(listed.dictionary, tiebreaker="dense").to_numpy()
    which: NDArray[np.int32] = listed.indices.to_numpy()
    return ranks[which]


def _write(rows: pa.Table, path: Path) -> None:
    listed = [field.name for field in rows.schema if field.name in TEXTS or field.name not in ROW.names]
    # Readers see plain texts, so how they were listed is not kept.
    pq.write_table(rows, path, compression="zstd", row_group_size=ROW_GROUP, use_dictionary=listed, store_schema=False)


def _make_safe(path: Path) -> None:
    """Wait until the disk holds a file, or a folder's list of names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _move(source: Path, target: Path) -> None:
    source.replace(target)


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
