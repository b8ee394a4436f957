"""Reading whatever file a partner sends: one table of text with row numbers, or a message that says what to do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ourpatch.data.exchange.reading import building
from ourpatch.data.exchange.reading.caps import Given, ReadCaps, empty
from ourpatch.data.exchange.reading.delimited import read_delimited
from ourpatch.data.exchange.reading.json_records import read_json
from ourpatch.data.exchange.reading.kinds import Kind, kind_of, named
from ourpatch.data.exchange.reading.sheet import BadRow, Sheet, SheetOptions
from ourpatch.data.exchange.reading.workbook import list_worksheets, read_workbook
from ourpatch.data.exchange.reading.xml_records import read_xml
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

__all__ = ["LOOKED_AT", "BadRow", "ReadCaps", "Sheet", "SheetOptions", "read_first", "read_sheet", "worksheets"]

LOOKED_AT = 20_000
"""Rows that are enough to say what the columns of a file hold."""

_BEGINNING = 4 * 1024 * 1024

_TEXTS = {Kind.DELIMITED: read_delimited, Kind.JSON: read_json, Kind.XML: read_xml}


def read_sheet(
    path: Path,
    name: str,
    options: SheetOptions = SheetOptions(),  # noqa: B008 - frozen
    caps: ReadCaps = ReadCaps(),  # noqa: B008 - frozen
) -> Sheet:
    """The table in a file: CSV and its kin, Excel, JSON or XML, told by its content. `name` is what people call the file.

    Every row is in the columns, in `bad_rows`, or blank. Raises BadInput, with what to do, when it cannot be read as a whole.
    """
    return _read(path, name, options, caps, 0)


def read_first(
    path: Path,
    name: str,
    options: SheetOptions = SheetOptions(),  # noqa: B008 - frozen
    caps: ReadCaps = ReadCaps(),  # noqa: B008 - frozen
    rows: int = LOOKED_AT,
) -> Sheet:
    """The same of the first rows, for whoever is to say what the columns hold: a long file takes no longer than a short one.
    There may be some rows more or fewer than `rows`. Raises BadInput as `read_sheet` does, for what is wrong in the beginning.
    """
    sheet = _read(path, name, options, caps, rows)
    if not sheet.of_about:
        return sheet
    note = _(
        "The file is long, about %(all)s rows. Only the first %(count)s were looked at here; every row is read and checked once "
        "the columns are matched.",
        all=sheet.of_about,
        count=sheet.rows_read,
    )
    return replace(sheet, notes=(note, *sheet.notes))


def _read(path: Path, name: str, options: SheetOptions, caps: ReadCaps, rows: int) -> Sheet:
    _check_file(path, name)
    kind = kind_of(path, name)
    size = path.stat().st_size
    if kind is Kind.WORKBOOK:
        sheet = read_workbook(path, name, options, caps, rows)
    elif size > caps.text_bytes:
        raise BadInput(building.too_large(name))
    else:
        with path.open("rb") as file:
            given = Given(file.read(_BEGINNING if rows else size), size, rows)
        sheet = _TEXTS[kind](given, name, options, caps)
    return sheet if named(name, kind) else _with_note(sheet, kind)


def worksheets(path: Path, caps: ReadCaps = ReadCaps()) -> tuple[str, ...]:  # noqa: B008 - frozen
    """The names of the worksheets to choose from; none when the file is no workbook. Raises BadInput as `read_sheet` does."""
    _check_file(path, path.name)
    if kind_of(path, path.name) is not Kind.WORKBOOK:
        return ()
    return list_worksheets(path, path.name, caps)


def _check_file(path: Path, name: str) -> None:
    if not path.is_file():
        raise BadInput(_("There is no file called %(name)s. Nothing was loaded.", name=name))
    if not path.stat().st_size:
        raise BadInput(empty(name))


def _with_note(sheet: Sheet, kind: Kind) -> Sheet:
    note = _("The name of the file says otherwise, but it holds %(kind)s and was read as such.", kind=kind.upper())
    return replace(sheet, notes=(note, *sheet.notes))
