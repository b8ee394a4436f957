"""Reading what is known of areas: population, deprivation, local neighbourhoods, postcodes, place names. No database."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar
from zipfile import BadZipFile

from django.utils.text import slugify

from ourpatch.foundation.places import rules
from ourpatch.foundation.places.changes import Change, ChangeCode
from ourpatch.foundation.places.reading.archives import refuse_too_large
from ourpatch.foundation.places.reading.rows import (
    DeprivationRow,
    LsoaChangeRow,
    NeighbourhoodRow,
    PlaceNameRow,
    PopulationRow,
    PostcodeRow,
)
from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import in_cover
from ourpatch.ground.words import say as _

Cells = Sequence[object]
Row = TypeVar("Row")

# Folded column names, likeliest first, as the publishers write them.
CODE = ("gss_code", "ward_code", "wardcode", "code", "lsoa", "lsoa_code", "area_code")
NAME = ("ward", "ward_name", "name", "area_name")
PEOPLE = ("population", "all_ages", "total", "persons")
SCORE = ("overall_local_score", "imd_score", "score")
DECILE = ("original_decile", "imd_decile", "decile")
GROUP_NAME = ("neighbourhood_name", "neighbourhood")
GROUP_CODE = ("neighbourhood_code",)
NO_GRID_REFERENCE = "9"
# England and Wales have 35,796 lines.
MOST_CHANGES = 100_000


def read_population(path: Path) -> list[PopulationRow]:
    """People by area, from a workbook's first sheet or a CSV file. Raises BadInput."""
    head, rows = _head_and_rows(path)
    code, people = _column(path, head, CODE), _column(path, head, PEOPLE)
    name = _optional(head, NAME)
    return [
        PopulationRow(number, _text(row, code), _text(row, name), _whole(path, number, row[people]))
        for number, row in rows
        if _text(row, code)
    ]


def read_deprivation(path: Path) -> list[DeprivationRow]:
    """Deprivation by LSOA, from a CSV file; population where it has one. Raises BadInput."""
    head, rows = _head_and_rows(path)
    code, score, decile = (_column(path, head, each) for each in (CODE, SCORE, DECILE))
    people = _optional(head, PEOPLE)
    return [
        DeprivationRow(
            row=number,
            code=_text(row, code),
            score=_number(path, number, row[score]),
            decile=_decile(path, number, row[decile]),
            population=_whole(path, number, row[people]) if people is not None else None,
        )
        for number, row in rows
        if _text(row, code)
    ]


def read_neighbourhoods(path: Path) -> list[NeighbourhoodRow]:
    """Which neighbourhood each ward is in, by local agreement (columns ward_code, neighbourhood, its code). Raises BadInput."""
    head, rows = _head_and_rows(path)
    code, name = _column(path, head, ("ward_code", *CODE)), _column(path, head, GROUP_NAME)
    key = _optional(head, GROUP_CODE)
    return [
        NeighbourhoodRow(number, _text(row, code), _text(row, name), slugify(_text(row, key) or _text(row, name)))
        for number, row in rows
        if _text(row, code) and _text(row, name)
    ]


def read_lsoa_changes(path: Path) -> list[LsoaChangeRow]:
    """The lookup of LSOA changes, from a CSV file with the publisher's columns (LSOA11CD, CHGIND, LSOA21CD, names, district).

    Raises BadInput: no such file or columns, no lines, too many, a code that is no LSOA's, a change code that is none, a line
    that is there twice with two changes. The same line again is one line. Source: see `ourpatch.foundation.places.changes`.
    """
    if not path.is_file():
        raise BadInput(_("There is no file %(file)s.", file=path.name))
    head, rows = _head_and_rows(path)
    code_2011, change, code_2021 = (_column(path, head, (each,)) for each in ("lsoa11cd", "chgind", "lsoa21cd"))
    name_2011, name_2021, district = (_optional(head, (each,)) for each in ("lsoa11nm", "lsoa21nm", "lad22cd"))
    found: dict[tuple[str, str], LsoaChangeRow] = {}
    for number, row in rows:
        line = _change(path, number, _text(row, code_2011), _text(row, code_2021), _text(row, change))
        district_code = _text(row, district)
        read = LsoaChangeRow(
            row=number,
            line=line,
            name_2011=_text(row, name_2011),
            name_2021=_text(row, name_2021),
            district_code=district_code if rules.is_code_of("district", district_code) else "",
        )
        first = found.setdefault((line.code_2011, line.code_2021), read)
        if first.line.change is not line.change:
            raise BadInput(
                _(
                    "%(file)s: rows %(first)s and %(row)s give the same two areas different change codes. Fetch it again.",
                    file=path.name,
                    first=first.row,
                    row=number,
                )
            )
        if len(found) > MOST_CHANGES:
            raise BadInput(
                _("%(file)s has more than %(most)s rows, so it is another file.", file=path.name, most=MOST_CHANGES)
            )
    if not found:
        raise BadInput(_("%(file)s has no rows below its heading.", file=path.name))
    return list(found.values())


def _change(path: Path, number: int, code_2011: str, code_2021: str, change: str) -> Change:
    for code in (code_2011, code_2021):
        if not rules.is_code_of("lsoa", code):
            raise BadInput(
                _("%(file)s, row %(row)s: this is not the code of an LSOA, like E01012345.", file=path.name, row=number)
            )
    if change not in set(ChangeCode):
        raise BadInput(
            _("%(file)s, row %(row)s: the change code is none of U, S, M and X.", file=path.name, row=number)
        )
    return Change(code_2011, code_2021, ChangeCode(change))


def postcodes(path: Path) -> Iterator[PostcodeRow]:
    """The live postcodes of an ONS postcode directory CSV (columns pcds, oseast1m, osnrth1m), one by one. Raises BadInput.

    Left out: terminated ones, and those without a grid reference (quality 9). Source: ONS Postcode Directory user guide.
    """
    head, rows = _head_and_rows(path)
    shown, east, north = (_column(path, head, (each,)) for each in ("pcds", "oseast1m", "osnrth1m"))
    ended, quality = _optional(head, ("doterm",)), _optional(head, ("osgrdind",))
    for number, row in rows:
        if _text(row, ended) or _text(row, quality) == NO_GRID_REFERENCE or not _text(row, east):
            continue
        e, n = _number(path, number, row[east]), _number(path, number, row[north])
        if in_cover(e, n):
            yield PostcodeRow(_text(row, shown), e, n)


def place_names(path: Path) -> Iterator[PlaceNameRow]:
    """The names of a gazetteer CSV (columns name, kind, easting, northing; metres, EPSG:27700), one by one. Raises BadInput."""
    head, rows = _head_and_rows(path)
    name, kind, east, north = (_column(path, head, (each,)) for each in ("name", "kind", "easting", "northing"))
    for number, row in rows:
        if _text(row, name):
            yield PlaceNameRow(
                _text(row, name), _text(row, kind), _number(path, number, row[east]), _number(path, number, row[north])
            )


# ---------------------------------------------------------------- files


def _head_and_rows(path: Path) -> tuple[list[str], Iterator[tuple[int, Cells]]]:
    """Folded column names, and (row number as a person counts it, cells) for each row below, as they come."""
    coming = _numbered(path)
    first = next(coming, None)
    if first is None:
        raise BadInput(_("%(file)s is empty.", file=path.name))
    head = [_folded(cell) for cell in first[1]]
    return head, (
        (number, _padded(row, len(head))) for number, row in coming if any(cell not in (None, "") for cell in row)
    )


def _numbered(path: Path) -> Iterator[tuple[int, Cells]]:
    if not path.exists():
        raise BadInput(_("There is no file %(file)s.", file=str(path)))
    reader: Callable[[Path], Iterable[Cells]] = _workbook if path.suffix.lower() == ".xlsx" else _csv
    return iter(enumerate(reader(path), start=1))


def _workbook(path: Path) -> Iterator[Cells]:
    # Loaded where it is needed: most commands read no workbook.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    refuse_too_large(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, OSError) as error:
        raise BadInput(
            _("%(file)s is not a workbook that we can read. Save it again as .xlsx.", file=path.name)
        ) from error
    try:
        yield from book.worksheets[0].iter_rows(values_only=True)
    finally:
        book.close()


def _csv(path: Path) -> Iterator[Cells]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                # No database of ours holds a NUL, and one would rather fail than say so.
                if any("\0" in cell for cell in row):
                    raise csv.Error
                yield row
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(_("%(file)s is not a CSV file in UTF-8. Save it again as CSV UTF-8.", file=path.name)) from error


def _padded(row: Cells, width: int) -> Cells:
    return row if len(row) >= width else [*row, *[None] * (width - len(row))]


# ---------------------------------------------------------------- columns and cells


def _folded(cell: object) -> str:
    return rules.fold_column("" if cell is None else str(cell))


def _column(path: Path, head: Sequence[str], wanted: Sequence[str]) -> int:
    found = _optional(head, wanted)
    if found is None:
        raise BadInput(
            _(
                "%(file)s has no column %(wanted)s. The columns are: %(columns)s.",
                file=path.name,
                wanted=wanted[0],
                columns=", ".join(head),
            )
        )
    return found


def _optional(head: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((head.index(each) for each in wanted if each in head), None)


def _text(row: Cells, column: int | None) -> str:
    value = None if column is None else row[column]
    return "" if value is None else str(value).strip()


def _number(path: Path, number: int, cell: object) -> float:
    try:
        return float(str(cell).replace(",", ""))
    except ValueError as error:
        raise BadInput(
            _("%(file)s, row %(row)s: %(cell)s is not a number.", file=path.name, row=number, cell=str(cell))
        ) from error


def _whole(path: Path, number: int, cell: object) -> int:
    value = _number(path, number, cell)
    if value < 0 or value != int(value):
        raise BadInput(
            _("%(file)s, row %(row)s: %(cell)s is not a number of people.", file=path.name, row=number, cell=str(cell))
        )
    return int(value)


def _decile(path: Path, number: int, cell: object) -> int:
    value = _number(path, number, cell)
    if value not in range(1, 11):
        raise BadInput(
            _("%(file)s, row %(row)s: %(cell)s is not a decile, 1 to 10.", file=path.name, row=number, cell=str(cell))
        )
    return int(value)
