"""Text tables: comma, tab, semicolon and bar. Whole columns at a time where quotation marks fit, else row by row.

Row numbers are those that a spreadsheet shows: blank rows count, line breaks inside quotation marks do not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from ourpatch.data.exchange.reading import building
from ourpatch.data.exchange.reading.building import Rows
from ourpatch.data.exchange.reading.caps import Given, ReadCaps
from ourpatch.data.exchange.reading.heading import SAMPLE, Heading, find_heading, too_wide, widest
from ourpatch.data.exchange.reading.sheet import BadRow, Sheet, SheetOptions
from ourpatch.data.exchange.reading.texts import Text, read_text
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_DELIMITERS = ",\t;|"
_HEAD = 8 * 1024 * 1024
_QUOTE, _RETURN, _LINE = ord('"'), ord("\r"), ord("\n")

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Body:
    """The rows below the heading: their bytes, the number of the row above them, and the headings' count."""

    name: str
    data: bytes
    above: int
    width: int
    delimiter: str
    caps: ReadCaps


@dataclass(frozen=True, slots=True)
class _Record:
    number: int
    cells: list[str]
    end: int


@dataclass(frozen=True, slots=True)
class _Parsed:
    table: pa.Table
    numbers: NDArray[np.int64]
    bad: list[BadRow]
    notes: tuple[Message, ...] = ()


def read_delimited(given: Given, name: str, options: SheetOptions, caps: ReadCaps) -> Sheet:
    """Read a text table, or its first rows. Raises BadInput when it cannot be read as a whole."""
    text = read_text(name, given.data, options.encoding, cut=given.cut)
    content, said = _said_delimiter(text.data)
    delimiter = _checked_delimiter(name, options.delimiter) or said or _delimiter(name, content)
    sample = _sample(content, delimiter)
    heading = find_heading(name, [(row.number, row.cells) for row in sample], options.header_row, caps)
    _check_delimiter(name, heading, delimiter)
    start = next(row.end for row in sample if row.number == heading.row)
    end = _end(content, delimiter, heading.row + given.rows, given) if given.rows else len(content)
    body = _Body(name, content[start:end], heading.row, len(heading.names), delimiter, caps)
    parsed = _parse(body)
    used = SheetOptions(header_row=heading.row, delimiter=delimiter, encoding=text.encoding)
    table = parsed.table.rename_columns(list(heading.names))
    notes = (*text.notes, *heading.notes, *parsed.notes, *_line_ends(text))
    return building.finish(
        name,
        "csv",
        table,
        parsed.numbers,
        parsed.bad,
        used=used,
        notes=notes,
        caps=caps,
        totals=True,
        share=given.share(end / len(content)),
    )


def _said_delimiter(data: bytes) -> tuple[bytes, str]:
    """Excel's own first line "sep=;" names the delimiter; a spreadsheet does not show that line."""
    line = data[:7].split(b"\n")[0].rstrip(b"\r")
    if len(line) == 5 and line[:4].lower() == b"sep=" and chr(line[4]) in _DELIMITERS:
        return data[data.index(b"=") + 2 :].removeprefix(b"\r").removeprefix(b"\n"), chr(line[4])
    return data, ""


def _checked_delimiter(name: str, asked: str) -> str:
    if not asked or (len(asked) == 1 and asked.isascii() and not asked.isalnum() and asked not in '"\r\n\0 .-'):
        return asked
    raise BadInput(
        _("%(name)s: columns cannot be parted by that sign. Choose comma, tab, ; or |. Nothing was loaded.", name=name)
    )


def _delimiter(name: str, data: bytes) -> str:
    """The sign under which the first rows agree best about how many cells a row has."""
    order = "\t,;|" if PurePath(name).suffix.lower() in (".tsv", ".tab") else _DELIMITERS

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = [len(row.cells) for row in _sample(data, delimiter) if any(row.cells)]
        width = widest(widths)
        return (sum(1 for each in widths if each >= width), width) if width > 1 else (0, 0)

    return max(order, key=agreement)


def _check_delimiter(name: str, heading: Heading, delimiter: str) -> None:
    if len(heading.names) > 1:
        return
    others = [each for each in _DELIMITERS if each != delimiter and heading.names[0].count(each) > 1]
    if others:
        raise BadInput(
            _(
                "%(name)s: the headings are not parted by the sign that was chosen. Choose %(sign)s or leave it to us. "
                "Nothing was loaded.",
                name=name,
                sign="tab" if others[0] == "\t" else others[0],
            )
        )


def _end(data: bytes, delimiter: str, last: int, given: Given) -> int:
    """Where a row ends: the last one that is wanted, else the last whole one of a file's beginning, else its only one."""
    rows = _sample(data, delimiter, last)
    if len(rows) < last and not given.cut:
        return len(data)
    whole = rows if rows[-1].end < len(data) else rows[:-1]
    return whole[-1].end if len(whole) > 1 else len(data)


def _sample(data: bytes, delimiter: str, most: int = SAMPLE) -> list[_Record]:
    """The first rows and the byte where each ends."""
    end = 0

    def lines() -> Iterator[str]:
        nonlocal end
        for line in io.StringIO(data[:_HEAD].decode("utf-8", "ignore"), newline=""):
            end += len(line.encode())
            yield line

    found: list[_Record] = []
    try:
        for cells in csv.reader(lines(), delimiter=delimiter):
            found.append(_Record(len(found) + 1, cells, end))
            if len(found) == most:
                break
    except csv.Error:
        pass  # The row is judged where all rows are read.
    return found


def _parse(body: _Body) -> _Parsed:
    if body.width > body.caps.columns:
        raise BadInput(too_wide(body.name, body.caps))
    if not body.data:
        return _slowly(body)
    if not _quotes_fit(body.data, body.delimiter):
        return _slowly(body)
    return _quickly(body) or _slowly(body)


def _quotes_fit(data: bytes, delimiter: str) -> bool:
    """Whether every quotation mark opens or closes a whole cell: only then do all parsers read the same cells."""
    raw = np.frombuffer(data, dtype=np.uint8)
    at = np.flatnonzero(raw == _QUOTE)
    if not len(at):
        return True
    if len(at) % 2:
        return False
    opens, closes = at[0::2], at[1::2]
    edges = np.array([ord(delimiter), _RETURN, _LINE], dtype=np.uint8)
    doubled = opens[1:] == closes[:-1] + 1
    before = (opens == 0) | np.isin(raw[opens - 1], edges)
    after = (closes == len(raw) - 1) | np.isin(raw[np.minimum(closes + 1, len(raw) - 1)], edges)
    before[1:] |= doubled
    after[:-1] |= doubled
    return bool(before.all() and after.all())


def _quickly(body: _Body) -> _Parsed | None:
    """Read whole columns; None when a row has to be looked at more closely than that."""
    odd: list[pacsv.InvalidRow] = []

    def note(row: pacsv.InvalidRow) -> str:
        odd.append(row)
        return "skip"

    table = _columns(body, note)
    if table is None:
        return None
    blank_odd = {row.number for row in odd if _is_blank(row.text, body.delimiter)}
    ragged = [row for row in odd if row.number not in blank_odd]
    if any(row.text.rstrip().endswith((body.delimiter, '""')) for row in ragged if row.actual_columns > body.width):
        return None
    last = table.num_rows + len(odd)
    numbers = np.setdiff1d(np.arange(1, last + 1), [row.number for row in odd]) + body.above
    bad = []
    for row in ragged:
        cells = next(csv.reader([row.text], delimiter=body.delimiter), [])
        bad.append(_ragged(body, row.number + body.above, cells, row.actual_columns, row.number == last))
    return _judged(body, table, numbers, bad)


def _is_blank(text: str, delimiter: str) -> bool:
    """Whether no cell of a row holds anything; a delimiter within quotation marks is something."""
    if text.replace(delimiter, "").strip(' \t\r\n"'):
        return False
    cells = next(csv.reader([text], delimiter=delimiter), []) if '"' in text else []
    return not any(cell.strip() for cell in cells)


def _columns(body: _Body, note: Callable[[pacsv.InvalidRow], str]) -> pa.Table | None:
    names = [str(position) for position in range(body.width)]
    try:
        return pacsv.read_csv(
            pa.BufferReader(body.data),
            # One block and one thread: only then does the reader know the number of an odd row.
            read_options=pacsv.ReadOptions(use_threads=False, block_size=len(body.data) + 1, column_names=names),
            parse_options=pacsv.ParseOptions(
                delimiter=body.delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None


def _judged(body: _Body, table: pa.Table, numbers: NDArray[np.int64], bad: list[BadRow]) -> _Parsed:
    """Leave blank rows out and set rows with endless cells aside."""
    blank = np.ones(table.num_rows, dtype=np.bool_)
    long = np.zeros(table.num_rows, dtype=np.bool_)
    for column in table.columns:
        if blank.any():
            blank &= _true(pc.equal(pc.utf8_trim_whitespace(column), ""))
        if (pc.max(pc.binary_length(column)).as_py() or 0) > body.caps.cell:
            long |= _true(pc.greater(pc.utf8_length(column), body.caps.cell))
    bad += [BadRow(int(number), building.too_long(body.caps)) for number in numbers[long]]
    kept = ~(blank | long)
    if not kept.all():
        table, numbers = table.filter(pa.array(kept)), numbers[kept]
    return _Parsed(table, numbers, bad)


def _slowly(body: _Body) -> _Parsed:
    """Read row by row, refusing a quotation mark that is not closed where its cell ends."""
    rows = Rows(body.name, [""] * body.width, body.caps)
    records = csv.reader(io.StringIO(body.data.decode(), newline=""), delimiter=body.delimiter, strict=True)
    number, last = body.above, None
    try:
        for number, cells in enumerate(records, body.above + 1):
            last = cells
            while len(cells) > body.width and not cells[-1].strip():
                cells.pop()
            if len(cells) == body.width:
                rows.add(number, cells)
            elif any(cell.strip() for cell in cells):
                # A row that ends the file is judged below: it may have been cut off.
                rows.bad.append(_ragged(body, number, cells, len(cells), False))
    except csv.Error as error:
        raise BadInput(_unclosed(body.name, number + 1)) from error
    if last is not None and rows.bad and rows.bad[-1].number == number:
        rows.bad[-1] = _ragged(body, number, last, len(last), True)
    stray = not _quotes_fit(body.data, body.delimiter)
    notes = (_("Some values hold a quotation mark of their own; it was kept."),) if stray else ()
    return _Parsed(rows.table(), rows.numbers(), rows.bad, notes)


def _ragged(body: _Body, number: int, cells: Sequence[str], found: int, is_last: bool) -> BadRow:
    """What is said of a row with too few or too many cells. Raises BadInput when the file was cut off in this row."""
    if building.is_total(cells):
        return BadRow(number, building.looks_like_total(), total=True)
    if is_last and found < body.width and not body.data.endswith((b"\n", b"\r")):
        raise BadInput(
            _(
                "%(name)s stops in the middle of row %(row)s. Get the whole file. Nothing was loaded.",
                name=body.name,
                row=number,
            )
        )
    return BadRow(
        number,
        _(
            "The row has %(found)s cells, but there are %(wanted)s headings, so its values cannot be told apart. Perhaps a "
            "value holds the sign that parts the columns and is not in quotation marks.",
            found=found,
            wanted=body.width,
        ),
    )


def _unclosed(name: str, row: int) -> Message:
    return _(
        "%(name)s: a quotation mark is opened in row %(row)s and not closed where its cell ends. Correct that row or save "
        "the file again. Nothing was loaded.",
        name=name,
        row=row,
    )


def _line_ends(text: Text) -> tuple[Message, ...]:
    pairs = text.data.count(b"\r\n")
    kinds = (pairs, text.data.count(b"\n") - pairs, text.data.count(b"\r") - pairs)
    if sum(1 for kind in kinds if kind) < 2:
        return ()
    return (_("The file mixes kinds of line ends; every row was read."),)


def _true(values: pa.ChunkedArray) -> Mask:
    mask: Mask = values.to_numpy(zero_copy_only=False).astype(np.bool_)
    return mask
