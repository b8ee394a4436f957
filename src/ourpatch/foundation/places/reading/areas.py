"""Reading boundary files as they are: GeoJSON, GeoPackage, Shapefile, and zip archives of them. No database.

Which column holds the codes is told by the codes: official ones say what kind of area they name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ourpatch.foundation.places import rules
from ourpatch.foundation.places.reading.archives import unpacked
from ourpatch.foundation.places.reading.rows import AreaRow, ReadAreas
from ourpatch.foundation.places.reading.systems import on_national_grid
from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import repair, to_wkb
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

SUFFIXES = (".geojson", ".json", ".gpkg", ".shp")
# Named, because GDAL would also follow a file that points to other files.
DRIVERS = ("GeoJSON", "GPKG", "ESRI Shapefile")
POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
# One damaged code must not hide the column that holds the others.
ENOUGH_CODES = 0.9
YEAR_OF_COLUMN = re.compile(r"(\d\d)CD$", re.IGNORECASE)
WELSH_ENDINGS = ("nmw", "_cy", "_name_cy", "namew")
NAME_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "district": ("district", "district_name", "lad_name", "authority"),
    "ward": ("ward_name", "ward"),
    "lsoa": ("lsoa_name", "lsoa"),
    "county": ("county_name", "county"),
    "force": ("force_name", "force", "pfa_name"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what, where the file's own do not say it; an empty one is found."""

    code: str = ""
    name: str = ""
    name_cy: str = ""


@dataclass(frozen=True, slots=True)
class _Table:
    """One layer of a file: column name -> values, outlines, stated coordinate system, and the district its name is."""

    columns: Mapping[str, list[str]]
    outlines: Sequence[BaseGeometry | None]
    stated: str | None
    district: str


def read_areas(path: Path, kind: str, columns: Columns | None = None, layer: str = "") -> ReadAreas:
    """The areas of a boundary file, on the National Grid, valid, each code once; with notes on everything that was mended.

    Raises BadInput, which says what is wrong and what to do.
    """
    rows: list[AreaRow] = []
    notes: list[Message] = []
    code_column = ""
    for table in _tables(path, layer):
        chosen = _chosen(table.columns, kind, columns or Columns(), path)
        code_column = chosen.code
        found, said = _rows(table, chosen, kind)
        rows += found
        notes += [each for each in said if each not in notes]
    rows, repeated = _each_once(rows)
    year = YEAR_OF_COLUMN.search(code_column)
    return ReadAreas(
        rows=tuple(rows),
        notes=(*notes, *repeated),
        vintage=f"20{year[1]}" if year else "",
        source=path.name,
        content_sha256=content_of(rows),
    )


def content_of(rows: Iterable[AreaRow]) -> str:
    """64 hexadecimal digits of what a boundary set says: the same for the same areas, in whatever order and file format."""
    digest = hashlib.sha256()
    for row in sorted(rows, key=lambda one: one.code):
        digest.update("\0".join((row.code, row.name, row.name_cy, "")).encode())
        digest.update(to_wkb(row.geometry))
    return digest.hexdigest()


# ---------------------------------------------------------------- files


def _tables(path: Path, layer: str) -> list[_Table]:
    if not path.exists():
        raise BadInput(_("There is no file %(file)s.", file=str(path)))
    if path.suffix.lower() == ".zip":
        with unpacked(path) as files:
            readable = [each for each in files if each.suffix.lower() in SUFFIXES]
            tables = [_table(each, layer) for each in readable]
    elif path.suffix.lower() in SUFFIXES:
        tables = [_table(path, layer)]
    else:
        tables = []
    tables = [table for table in tables if len(table.outlines)]
    if not tables:
        raise BadInput(
            _(
                "%(file)s holds no areas. Give a GeoJSON, GeoPackage or Shapefile, or a zip file of them.",
                file=path.name,
            )
        )
    return tables


def _table(path: Path, layer: str) -> _Table:
    # Loaded where it is needed: most commands read no boundaries from files.
    import pyogrio.raw
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        if pyogrio.read_info(path, layer=layer or _only_layer(path))["driver"] not in DRIVERS:
            raise BadInput(_("%(file)s is not the kind of file that its name says. Export it again.", file=path.name))
        meta, _ids, shapes, values = pyogrio.raw.read(path, layer=layer or _only_layer(path))
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise BadInput(
            _("%(file)s could not be read: %(why)s", file=path.name, why=str(error).split("\n")[0])
        ) from error
    columns = {str(name): [_text(each) for each in column] for name, column in zip(meta["fields"], values, strict=True)}
    outlines = [] if shapes is None else list(shapely.from_wkb(shapes, on_invalid="ignore"))
    return _Table(columns, outlines, meta["crs"], path.stem if rules.is_code_of("district", path.stem) else "")


def _only_layer(path: Path) -> str:
    """The one layer that holds areas. Raises BadInput when somebody has to choose."""
    import pyogrio

    drawn = [str(name) for name, shape in pyogrio.list_layers(path) if shape is not None]
    if len(drawn) != 1:
        raise BadInput(
            _("%(file)s has %(count)s layers with outlines. Name one of them.", file=path.name, count=len(drawn))
        )
    return drawn[0]


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value).strip()


# ---------------------------------------------------------------- columns


def _chosen(columns: Mapping[str, list[str]], kind: str, asked: Columns, path: Path) -> Columns:
    missing = [name for name in (asked.code, asked.name, asked.name_cy) if name and name not in columns]
    if missing:
        raise BadInput(
            _("There is no column %(name)s. The columns are: %(columns)s.", name=missing[0], columns=", ".join(columns))
        )
    code = asked.code or _code_column(columns, kind)
    if not code:
        raise BadInput(
            _(
                "%(file)s has no column of %(kind)s codes (such as %(example)s). Say which column holds them. "
                "The columns are: %(columns)s.",
                file=path.name,
                kind=kind,
                example=f"{rules.CODES_OF_KIND[kind][0]}000001",
                columns=", ".join(columns),
            )
        )
    return Columns(code, asked.name or _name_column(columns, code, kind), asked.name_cy or _welsh_column(columns))


def _code_column(columns: Mapping[str, list[str]], kind: str) -> str:
    holding = [name for name, values in columns.items() if _holds_codes(values, kind)]
    return next((name for name in holding if YEAR_OF_COLUMN.search(name)), holding[0] if holding else "")


def _holds_codes(values: Sequence[str], kind: str) -> bool:
    return bool(values) and sum(rules.is_code_of(kind, value) for value in values) >= ENOUGH_CODES * len(values)


def _name_column(columns: Mapping[str, list[str]], code: str, kind: str) -> str:
    """The code column's own partner (WD23CD, WD23NM; ward_code, ward_name), else one that is called what the areas are."""
    partner = re.sub(r"cd$", "nm", re.sub(r"code$", "name", code.casefold()))
    wanted = (partner, *NAME_OF_KIND.get(kind, ()), "name")
    by_folded = {name.casefold(): name for name in columns if name != code}
    return next((by_folded[each] for each in wanted if each in by_folded), "")


def _welsh_column(columns: Mapping[str, list[str]]) -> str:
    return next((name for name in columns if name.casefold().endswith(WELSH_ENDINGS)), "")


# ---------------------------------------------------------------- rows


def _rows(table: _Table, chosen: Columns, kind: str) -> tuple[list[AreaRow], list[Message]]:
    codes = table.columns[chosen.code]
    _refuse_unnamed(codes)
    _refuse_undrawn(table.outlines, codes)
    drawn, notes = on_national_grid([each for each in table.outlines if each is not None], codes, table.stated)
    parents = _parents(table, kind)
    names = table.columns.get(chosen.name, codes)
    welsh = table.columns.get(chosen.name_cy, [""] * len(codes))
    rows = []
    for code, name, name_cy, outline, parent in zip(codes, names, welsh, drawn, parents, strict=True):
        valid, note = _valid(code, outline)
        notes += [note] if note else []
        rows.append(AreaRow(code, name or code, valid, name_cy, parent))
    return rows, notes


def _refuse_unnamed(codes: Sequence[str]) -> None:
    blank = [str(row) for row, code in enumerate(codes, start=1) if not code]
    if blank:
        raise BadInput(_("These areas have no code: rows %(rows)s. Give each its code.", rows=", ".join(blank[:10])))


def _refuse_undrawn(outlines: Sequence[BaseGeometry | None], codes: Sequence[str]) -> None:
    for outline, code in zip(outlines, codes, strict=True):
        if outline is None or outline.is_empty:
            raise BadInput(_("%(code)s has no outline. Leave it out, or draw it.", code=code))
        if shapely.get_type_id(outline) not in POLYGONS:
            raise BadInput(
                _("%(code)s is a %(shape)s. A boundary file holds polygons.", code=code, shape=outline.geom_type)
            )


def _valid(code: str, outline: BaseGeometry) -> tuple[BaseGeometry, Message | None]:
    try:
        valid, note = repair(outline)
    except BadInput as error:
        raise BadInput(_("%(code)s: %(what)s", code=code, what=str(error))) from error
    return valid, _("%(code)s: %(what)s", code=code, what=str(note)) if note else None


def _parents(table: _Table, kind: str) -> list[str]:
    """The district of each row: of a column of district codes, else of a file that is named for its district."""
    column = "" if kind == "district" else _code_column(table.columns, "district")
    return table.columns[column] if column else [table.district] * len(table.outlines)


def _each_once(rows: Sequence[AreaRow]) -> tuple[list[AreaRow], list[Message]]:
    """Rows by code. The very same area twice is kept once; two different areas of one code are refused."""
    found: dict[str, AreaRow] = {}
    notes = []
    for row in sorted(rows, key=lambda one: one.code):
        first = found.setdefault(row.code, row)
        if first is row:
            continue
        if not np.all(shapely.equals(first.geometry, row.geometry)):
            raise BadInput(
                _(
                    "The code %(code)s stands for two different areas. Join their outlines, or correct the code.",
                    code=row.code,
                )
            )
        notes.append(_("%(code)s: the same area is in the file twice. One was kept.", code=row.code))
    return list(found.values()), notes
