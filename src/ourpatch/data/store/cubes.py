"""Cubes: a stored file counted beforehand by the columns that most questions are about, so that they need not read its rows.

A cube lies beside its file, is written before the manifest names the file, and never changes. Where there is none, because it
would be no shorter than the rows, or was lost, the rows answer: a cube saves time and says nothing of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from ourpatch.data.store.query import Dimension, Grid, MomentsIn, PointsIn, Query, Where
from ourpatch.data.store.rules import whole_months
from ourpatch.data.store.sql import dimensions

# Fewer rows are hardly shorter when counted, and soon read: a month of one county's force would load half as long again.
LEAST_ROWS = 50_000
# A cube that is not shorter than its rows by so many times is not worth its place on the disk.
SHORTER = 4

_WHERE = ("place_precision", "neighbourhood", "ward", "district", "lsoa", "publisher_lsoa")
_DAY = "day"


@dataclass(frozen=True, slots=True)
class Cube:
    """Totals of `n` by some columns of the rows. `days`: their `local_date` is the rows' own, else the first day of the month."""

    name: str
    columns: tuple[str, ...]
    days: bool = False

    def beside(self, path: Path) -> Path:
        """Where the cube of a file lies."""
        return path.with_suffix(f".{self.name}{path.suffix}")

    def holds(self, asked: frozenset[str]) -> bool:
        """Whether what is asked about is in it."""
        return asked <= {*self.columns, *([_DAY] if self.days else [])}


CUBES = (
    Cube("times", ("local_date", "local_hour", "time_precision", "category", "place_precision"), days=True),
    Cube("areas", ("local_date", "category", *_WHERE)),
    Cube("points", ("local_date", "easting", "northing", "place", *_WHERE)),
)


def cube_for(query: Query) -> Cube | None:
    """The cube that can answer a question; None when only the rows can."""
    if isinstance(query, MomentsIn):
        return None
    asked = _asked(query)
    return next((cube for cube in CUBES if cube.holds(asked)), None)


def make_cubes(rows: pa.Table, month: date) -> list[tuple[Cube, pa.Table]]:
    """The cubes worth having of the rows of one month, given in the order of their file."""
    if rows.num_rows < LEAST_ROWS:
        return []
    first = pa.repeat(pa.scalar(month, pa.date32()), rows.num_rows)
    monthly = rows.set_column(rows.schema.get_field_index("local_date"), "local_date", first)
    made = [(cube, _counted(rows if cube.days else monthly, cube)) for cube in CUBES]
    return [(cube, table) for cube, table in made if table.num_rows * SHORTER <= rows.num_rows]


def file_of(path: Path) -> Path:
    """The file that a cube lies beside; a file itself is its own."""
    return path.with_name(path.name.split(".")[0]).with_suffix(path.suffix)


def _counted(rows: pa.Table, cube: Cube) -> pa.Table:
    # In one thread the groups come in the order of the rows, and so what a question skips lies together here too.
    counted = rows.group_by(list(cube.columns), use_threads=False).aggregate([("n", "sum")])
    return counted.rename_columns([*cube.columns, "n"])


def _asked(query: Query) -> frozenset[str]:
    """The columns that an answer is made of; `day` stands for a date that is more than a month's name."""
    found = set(_filtered(query.where))
    for dimension in dimensions(query):
        found |= _made_of(dimension)
    if isinstance(query, Grid | PointsIn):
        found |= {"easting", "northing"}
    if isinstance(query, PointsIn):
        found.add("place")
    return frozenset(found)


def _filtered(where: Where) -> set[str]:
    found = set() if whole_months(where.since, where.until) else {_DAY}
    if where.categories is not None:
        found.add("category")
    if where.area is not None:
        found |= _made_of(where.area)
    if where.box is not None:
        found |= {"easting", "northing"}
    return found


def _made_of(dimension: Dimension) -> set[str]:
    match dimension:
        case Dimension.DATASET | Dimension.MONTH:
            return set()
        case Dimension.WEEKDAY:
            return {_DAY, "time_precision"}
        case Dimension.HOUR:
            return {"local_hour"}
        case Dimension.LSOA:
            return {"publisher_lsoa", "lsoa"}
    return {str(dimension)}
