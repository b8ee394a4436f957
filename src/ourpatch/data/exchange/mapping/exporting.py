"""A layout as plain data, so that it can be kept, and carried as a file from one partnership to another.

What comes back from a file is anybody's: every key, type, length and number of things is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from ourpatch.data.exchange.mapping import formats
from ourpatch.data.exchange.mapping.layout import Layout, Mapped
from ourpatch.data.exchange.reading.sheet import SheetOptions
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

VERSION = 1
MOST_COLUMNS = 500
MOST_CODES = 5_000
MOST_FORMATS = 20
LONGEST = 300

_KEYS = ("ourpatch_layout", "dataset", "fields", "options", "header", "ignored")
_FIELD_KEYS = ("field", "column", "value", "formats", "codes", "time_column")
_OPTION_KEYS = ("sheet", "header_row", "delimiter", "encoding", "records")
_LAST_HEADER_ROW = 1_000
_Made = TypeVar("_Made")


def as_data(layout: Layout) -> dict[str, object]:
    """A layout as it is written to a file: text, numbers, lists and mappings only."""
    options = layout.options
    return {
        "ourpatch_layout": VERSION,
        "dataset": layout.dataset,
        "fields": [
            {
                "field": each.field,
                "column": each.column,
                "value": each.value,
                "formats": list(each.formats),
                "codes": dict(each.codes),
                "time_column": each.time_column,
            }
            for each in layout.fields
        ],
        "options": {key: getattr(options, key) for key in _OPTION_KEYS},
        "header": list(layout.header),
        "ignored": list(layout.ignored),
    }


def from_data(data: object) -> Layout:
    """The layout in a file's data. Raises BadInput that names the part that cannot be used."""
    whole = _mapping(data, "layout", _KEYS)
    version = whole.get("ourpatch_layout")
    if type(version) is not int or version != VERSION:
        raise BadInput(_("This is not a layout file that this version of Ourpatch can read."))
    if "dataset" not in whole or "fields" not in whole:
        raise _unusable("layout")
    return Layout(
        dataset=_filled(whole["dataset"], "dataset"),
        fields=_several(whole["fields"], "fields", _field, MOST_COLUMNS),
        options=_options(whole.get("options", {})),
        header=_several(whole.get("header", []), "header", _heading, MOST_COLUMNS),
        ignored=_several(whole.get("ignored", []), "ignored", _heading, MOST_COLUMNS),
    )


def _field(data: object) -> Mapped:
    one = _mapping(data, "fields", _FIELD_KEYS)
    if "field" not in one:
        raise _unusable("fields")
    return Mapped(
        field=_filled(one["field"], "field"),
        column=_text(one.get("column", ""), "column"),
        value=_text(one.get("value", ""), "value"),
        formats=_several(one.get("formats", []), "formats", _format, MOST_FORMATS),
        codes=_codes(one.get("codes", {})),
        time_column=_text(one.get("time_column", ""), "time_column"),
    )


def _codes(data: object) -> dict[str, str]:
    if not isinstance(data, Mapping) or len(data) > MOST_CODES:
        raise _unusable("codes")
    codes = {_text(key, "codes"): _filled(value, "codes") for key, value in data.items()}
    # The same word in other letters is translated once; twice alike is the same.
    if len({key.strip().casefold() for key in codes}) != len(
        {(key.strip().casefold(), code) for key, code in codes.items()}
    ):
        raise BadInput(_("The layout translates one word into two codes. Choose one of them."))
    return codes


def _options(data: object) -> SheetOptions:
    given = _mapping(data, "options", _OPTION_KEYS)
    row = given.get("header_row", 0)
    if type(row) is not int or not 0 <= row <= _LAST_HEADER_ROW:
        raise _unusable("header_row")
    return SheetOptions(
        sheet=_text(given.get("sheet", ""), "sheet"),
        header_row=row,
        # A tab is the one sign below the space that an option may hold.
        delimiter="\t" if given.get("delimiter") == "\t" else _text(given.get("delimiter", ""), "delimiter"),
        encoding=_text(given.get("encoding", ""), "encoding"),
        records=_text(given.get("records", ""), "records"),
    )


def _mapping(data: object, part: str, keys: tuple[str, ...]) -> Mapping[str, object]:
    if not isinstance(data, Mapping) or not set(data) <= set(keys):
        raise _unusable(part)
    return data


def _several(data: object, part: str, make: Callable[[object], _Made], most: int) -> tuple[_Made, ...]:
    if not isinstance(data, list | tuple) or len(data) > most:
        raise _unusable(part)
    return tuple(make(each) for each in data)


def _heading(data: object) -> str:
    # Excel allows a line break inside a cell, and headings have them.
    if (
        isinstance(data, str)
        and len(data) <= LONGEST
        and _is_plain(data.replace("\n", " ").replace("\r", " ").replace("\t", " "))
    ):
        return data
    raise _unusable("header")


def _format(data: object) -> str:
    pattern = _filled(data, "formats")
    if formats.check_format(pattern, needs="") is not None:
        raise _unusable("formats")
    return pattern


def _filled(data: object, part: str) -> str:
    text = _text(data, part)
    if not text.strip():
        raise _unusable(part)
    return text


def _text(data: object, part: str) -> str:
    if part in ("column", "time_column"):
        return _heading(data)
    if not isinstance(data, str) or len(data) > LONGEST or not _is_plain(data):
        raise _unusable(part)
    return data


def _is_plain(text: str) -> bool:
    """No control characters, and no halves of a surrogate pair."""
    return all(sign >= " " and sign != "\x7f" and not "\ud800" <= sign <= "\udfff" for sign in text)


def _unusable(part: str) -> BadInput:
    return BadInput(_("The layout file cannot be used: look at “%(part)s”. Nothing was taken over.", part=part))
