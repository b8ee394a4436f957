"""JSON: a list of objects, alone or inside an object, or one object a line. Numbers keep the digits that were written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from ourpatch.data.exchange.reading import building
from ourpatch.data.exchange.reading.building import Rows
from ourpatch.data.exchange.reading.caps import Given, ReadCaps, too_deep
from ourpatch.data.exchange.reading.sheet import Sheet, SheetOptions
from ourpatch.data.exchange.reading.texts import read_text
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

# Zeros that an exponent may stand for; "1e999999999" would fill the machine.
_EXPONENT = 30
_LISTS_DEEP = 4
_SPACE = re.compile(r"[ \t\n\r]*")
# A text, whole or cut off at the end of what was read, or a bracket.
_MARK = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)|[\[\]{}]', re.DOTALL)
_CLOSING = {"[": "]", "{": "}"}


class _Twice(dict[str, object]):
    """An object that gives one key twice."""


class _Digits(str):
    """A number as it was written, so that it is not taken for a text in a list."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _Whole:
    name: str
    text: str
    caps: ReadCaps


def read_json(given: Given, name: str, options: SheetOptions, caps: ReadCaps) -> Sheet:
    """Read the records of a JSON file, or its first ones. Raises BadInput when it cannot be read, or it holds several lists."""
    text = read_text(name, given.data, options.encoding, cut=given.cut, table=False)
    whole = _Whole(name, text.data.decode(), caps)
    rows = Rows(name, (), caps)
    lines = not options.records and _starts(whole.text) != "[" and _is_lines(whole)
    share = 1.0
    if given.cut:
        short = _whole_lines(whole.text) if lines else _mended(whole.text)
        share = given.share(len(short) / len(whole.text))
        whole = replace(whole, text=short)
    try:
        path, values = ("", _lines(whole, rows)) if lines else _records(whole, options.records)
        read = _add_all(rows, values, caps, given.rows)
    except RecursionError as error:
        raise BadInput(too_deep(name)) from error
    used = SheetOptions(encoding=text.encoding, records=path)
    return building.finish(
        name,
        "json",
        rows.table(),
        rows.numbers(),
        rows.bad,
        used=used,
        notes=text.notes,
        caps=caps,
        totals=False,
        share=share * read,
    )


def plain_number(text: str) -> str:
    """A number in digits: whole ones without a point, small exponents written out; anything else as it came."""
    if not any(sign in text for sign in ".eE"):
        return text
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    if number.is_finite() and number == number.to_integral_value() and abs(number.adjusted()) <= _EXPONENT:
        return f"{number.to_integral_value():f}"
    if "e" in text.lower() and abs(number.adjusted()) <= _EXPONENT:
        return f"{number:f}"
    return text


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Twice(found)


def _decimal(text: str) -> str:
    return _Digits(plain_number(text))


_DECODER = json.JSONDecoder(parse_float=_decimal, parse_int=_Digits, parse_constant=_Digits, object_pairs_hook=_object)


def _records(whole: _Whole, asked: str) -> tuple[str, Iterator[tuple[int, object]]]:
    """The key path of the list of records, and the records."""
    if asked:
        return asked, _under(whole, _loaded(whole), asked)
    if _starts(whole.text) == "[":
        return "", _elements(whole)
    loaded = _loaded(whole)
    path = _list_path(whole, loaded)
    return path, _under(whole, loaded, path)


def _add_all(rows: Rows, values: Iterator[tuple[int, object]], caps: ReadCaps, wanted: int) -> float:
    """Add the records, or as many as are wanted; returns the share of them that this is, as far as it is known."""
    number = 0
    for number, value in values:
        _add(rows, number, value, caps)
        if number == wanted:
            break
    left = sum(1 for _each in values)
    return number / (number + left) if left else 1.0


def _whole_lines(text: str) -> str:
    """The beginning of a file without the line that it was cut in."""
    return text[: text.rfind("\n") + 1] or text


def _mended(text: str) -> str:
    """The beginning of a file up to the last whole element of the outermost list that it was cut in, and every bracket closed."""
    open_: list[str] = []
    ends: dict[int, int] = {}
    for mark in _MARK.finditer(text):
        sign = mark[0]
        if sign in _CLOSING:
            open_.append(sign)
        elif sign in "]}" and open_:
            open_.pop()
            if open_ and open_[-1] == "[":
                ends[len(open_)] = mark.end()
    depth = open_.index("[") + 1 if "[" in open_ else 0
    if depth not in ends:
        return text
    return text[: ends[depth]] + _closed(open_[:depth])


def _closed(open_: Sequence[str]) -> str:
    return "".join(_CLOSING[each] for each in reversed(open_))


def _starts(text: str) -> str:
    return text.lstrip()[:1]


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _elements(whole: _Whole) -> Iterator[tuple[int, object]]:
    """The elements of the outermost list, one at a time."""
    text, number = whole.text, 0
    at = _skip(text, _skip(text, 0) + 1)
    while text[at : at + 1] != "]":
        value, at = _decoded(whole, at)
        number += 1
        yield number, value
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            raise BadInput(_wrong(whole, at))
    if (after := _skip(text, at + 1)) != len(text):
        raise BadInput(_wrong(whole, after))


def _decoded(whole: _Whole, at: int) -> tuple[object, int]:
    try:
        value, end = _DECODER.raw_decode(whole.text, at)
    except json.JSONDecodeError as error:
        raise BadInput(_wrong(whole, error.pos)) from error
    return value, end


def _is_lines(whole: _Whole) -> bool:
    if PurePath(whole.name).suffix.lower() in (".jsonl", ".ndjson"):
        return True
    first, _line_end, rest = whole.text.lstrip().partition("\n")
    if not rest.strip():
        return False
    try:
        return isinstance(_DECODER.decode(first), dict)
    except json.JSONDecodeError:
        return False


def _lines(whole: _Whole, rows: Rows) -> Iterator[tuple[int, object]]:
    """One value a line. A line that cannot be read is set aside, but a last one that was cut off refuses the file."""
    lines = whole.text.split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, _DECODER.decode(line)
        except json.JSONDecodeError as error:
            if number == len(lines):
                raise BadInput(_cut_off(whole, number)) from error
            rows.set_aside(number, _("The line is not valid JSON."))


def _loaded(whole: _Whole) -> object:
    if len(whole.text) > whole.caps.object_bytes:
        raise BadInput(building.too_large(whole.name))
    value, end = _decoded(whole, _skip(whole.text, 0))
    if (after := _skip(whole.text, end)) != len(whole.text):
        raise BadInput(_wrong(whole, after))
    return value


def _under(whole: _Whole, found: object, path: str) -> Iterator[tuple[int, object]]:
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, list):
        raise BadInput(
            _(
                "%(name)s holds no list of records under the name that the layout says. Export it as before. Nothing was loaded.",
                name=whole.name,
            )
        )
    return iter(list(enumerate(found, 1)))


def _list_path(whole: _Whole, loaded: object) -> str:
    """The one key path under which a list of objects stands."""
    found = list(_paths(loaded, (), _LISTS_DEEP))
    if len(found) == 1:
        return found[0]
    if not found:
        raise BadInput(
            _(
                "%(name)s holds no list of records. Export them as a list of objects, or as CSV or Excel (.xlsx). Nothing was "
                "loaded.",
                name=whole.name,
            )
        )
    raise BadInput(
        _(
            "%(name)s holds several lists (%(names)s). Export the one with the records alone, or name it in the layout. "
            "Nothing was loaded.",
            name=whole.name,
            names=", ".join(found[:5]),
        )
    )


def _paths(value: object, path: tuple[str, ...], deep: int) -> Iterator[str]:
    if isinstance(value, list) and path and any(isinstance(each, dict) for each in value):
        yield ".".join(path)
    elif isinstance(value, dict) and deep:
        for key, inner in value.items():
            yield from _paths(inner, (*path, key), deep - 1)


def _add(rows: Rows, number: int, value: object, caps: ReadCaps) -> None:
    if not isinstance(value, dict):
        rows.set_aside(number, _("The record is not an object with names and values."))
        return
    record: dict[str, str] = {}
    if problem := _flatten(value, (), record, caps):
        rows.set_aside(number, problem)
    else:
        rows.add_record(number, record)


def _flatten(value: dict[str, Any], path: tuple[str, ...], record: dict[str, str], caps: ReadCaps) -> Message | None:
    """Put the values under dotted names; says what is wrong with a record that cannot be a row."""
    if isinstance(value, _Twice):
        return _("The record gives the same name twice, so it cannot be told which value holds.")
    if len(path) > caps.depth:
        return _("The record is nested too deeply.")
    for key, inner in value.items():
        here = (*path, key)
        name = ".".join(here)
        if not building.is_text(name) or name in record:
            return _("The record has a name that cannot be used, or gives it twice.")
        if isinstance(inner, list) and key == "coordinates":
            # The point of GeoJSON: longitude and latitude become columns of their own.
            inner = {str(position): each for position, each in enumerate(inner, 1)}
        if isinstance(inner, dict):
            if problem := _flatten(inner, here, record, caps):
                return problem
        else:
            record[name] = "" if inner is None else _text(inner)
    return None


def _text(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return _written(value)


def _written(value: object) -> str:
    """A list, and what is in it, as JSON again."""
    if isinstance(value, _Digits):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(_written(each) for each in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)}: {_written(each)}' for key, each in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)


def _wrong(whole: _Whole, at: int) -> Message:
    line = whole.text.count("\n", 0, at) + 1
    if not whole.text[at:].strip() or _open_text(whole.text, at):
        return _cut_off(whole, line)
    return _(
        "%(name)s is not valid JSON: something is wrong in line %(line)s. Export it again. Nothing was loaded.",
        name=whole.name,
        line=line,
    )


def _open_text(text: str, at: int) -> bool:
    """Whether a quoted text starts here that no later mark closes: the file was cut off in it."""
    return text[at : at + 1] == '"' and '"' not in text[at + 1 :]


def _cut_off(whole: _Whole, line: int) -> Message:
    return _(
        "%(name)s stops in the middle of line %(line)s. Get the whole file. Nothing was loaded.",
        name=whole.name,
        line=line,
    )
