"""Putting the kept rows of a published file into the shape of the store."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ourpatch.data.exchange.placing import Floats, Placed
from ourpatch.data.exchange.police_uk import StreetRows
from ourpatch.data.store import files
from ourpatch.data.store.rules import POLICE_UK, PlacePrecision, TimePrecision
from ourpatch.data.store.specs import dataset


def store_table(rows: StreetRows, placed: Placed, categories: Mapping[str, str]) -> pa.Table:
    """The kept rows in the shape of `store.files.ROW`; `categories` maps each published crime type to its code."""
    kept = rows.kept
    chosen = pa.array(kept)
    count = int(kept.sum())

    def text(column: str) -> pa.ChunkedArray:
        return rows.text(column).filter(chosen)

    def same(value: object, kind: pa.DataType) -> pa.Array:
        return pa.repeat(pa.scalar(value, kind), count)

    def measured(values: Floats) -> pa.Array:
        return pa.array(values[kept], from_pandas=True)

    reference = text("Crime ID")
    snapped, nowhere = (pa.scalar(str(each)) for each in (PlacePrecision.SNAPPED, PlacePrecision.NONE))
    columns: dict[str, object] = {
        "row_number": pa.array(rows.numbers[kept], pa.int32()),
        "source_reference": pc.if_else(pc.equal(reference, ""), None, reference),
        "starts_at": pa.nulls(count, files.ROW.field("starts_at").type),
        "ends_at": pa.nulls(count, files.ROW.field("ends_at").type),
        "local_date": same(rows.file.month, pa.date32()),
        "local_hour": pa.nulls(count, pa.int8()),
        "time_precision": same(str(TimePrecision.MONTH), pa.string()),
        "easting": measured(placed.easting),
        "northing": measured(placed.northing),
        "place_precision": pc.if_else(pa.array(placed.has_point[kept]), snapped, nowhere),
        "place": text("Location"),
        "ward": placed.coded("ward", kept),
        "lsoa": placed.coded("lsoa", kept),
        "district": placed.coded("district", kept),
        "neighbourhood": placed.coded("neighbourhood", kept),
        "publisher_lsoa": text("LSOA code"),
        "category": _coded(text("Crime type"), categories),
        "scheme": same(dataset(POLICE_UK).scheme, pa.string()),
        "outcome": text("Last outcome category"),
        "n": same(1, pa.int32()),
    }
    return pa.table(columns)


def _coded(names: pa.ChunkedArray, categories: Mapping[str, str]) -> pa.Array:
    """Codes for names; the list may hold names that none of these rows has, of rows that were set aside."""
    encoded = names.combine_chunks().dictionary_encode()
    codes = pa.array([categories.get(name, "") for name in encoded.dictionary.to_pylist()], pa.string())
    return codes.take(encoded.indices)
