"""Sheets, small datasets and layouts for the tests of mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from ourpatch.data.exchange.findings import Weight
from ourpatch.data.exchange.mapping import Layout, Mapped, Read, apply
from ourpatch.data.exchange.reading.sheet import BadRow, Sheet, SheetOptions
from ourpatch.data.store import specs
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation.law import book

SPRING = (date(2026, 4, 1), date(2026, 6, 30))
LISTS = book(SPRING[0]).codes


def spec_of(*fields: Mapping[str, object], period: str = "quarter", time: str = "instant") -> DatasetSpec:
    """A dataset with these fields; a key that is a kind needs no kind."""
    made = [
        {"label_en": str(each["key"]), "label_cy": str(each["key"]), "kind": each["key"], **each} for each in fields
    ]
    return specs.parse(
        {
            "key": "tried",
            "label_en": "Tried",
            "label_cy": "Tried",
            "data_class": "controlled",
            "scheme": "collision_severities",
            "period": period,
            "time_precision": time,
            "place_precision": "exact",
            "senders": ["police"],
            "fields": made,
            "limitations": [],
            "source": "test",
        }
    )


FULL = spec_of(
    {"key": "reference"},
    {"key": "date", "required": True, "names": ["Date", "Incident date"]},
    {"key": "time", "names": ["Time", "Incident time"]},
    {"key": "easting", "names": ["Easting", "X"]},
    {"key": "northing", "names": ["Northing", "Y"]},
    {"key": "longitude", "names": ["Lon"]},
    {"key": "latitude", "names": ["Lat"]},
    {"key": "postcode"},
    {"key": "outward"},
    {"key": "lsoa", "names": ["LSOA code"]},
    {"key": "place", "names": ["Street"]},
    {"key": "category", "kind": "code", "list": "collision_severities", "names": ["Severity"]},
    {"key": "casualties", "kind": "count", "names": ["Casualties"]},
    {"key": "age", "names": ["Age"]},
    {"key": "words", "kind": "text", "names": ["Words"]},
)


def sheet_of(columns: Mapping[str, Sequence[str]], *, bad: Sequence[BadRow] = ()) -> Sheet:
    """A sheet with these columns; its first row is row 2 of the file."""
    table = pa.table({name: pa.array(list(values), pa.string()) for name, values in columns.items()})
    return Sheet("file.csv", "csv", table, np.arange(2, 2 + table.num_rows), SheetOptions(), bad_rows=tuple(bad))


def layout_of(spec: DatasetSpec, sheet: Sheet, *mapped: Mapped) -> Layout:
    """A layout for a sheet; without `mapped` every column fills the field of its name."""
    fields = mapped or tuple(Mapped(name, name) for name in sheet.header)
    return Layout(spec.key, fields, SheetOptions(), sheet.header)


def read(
    spec: DatasetSpec,
    columns: Mapping[str, Sequence[str]],
    *mapped: Mapped,
    period: tuple[date, date] | None = SPRING,
    bad: Sequence[BadRow] = (),
) -> Read:
    """The columns of a file read as a dataset."""
    sheet = sheet_of(columns, bad=bad)
    return apply(sheet, layout_of(spec, sheet, *mapped), spec, LISTS, period)


def kinds(found: Read, row: int = 0) -> set[str]:
    """The kinds of finding about the row at a position."""
    number = int(found.numbers[row])
    return {each.kind for each in found.findings.kept if each.row == number}


def weights(found: Read, row: int = 0) -> set[Weight]:
    """The weights of the findings about the row at a position."""
    number = int(found.numbers[row])
    return {each.weight for each in found.findings.kept if each.row == number}
