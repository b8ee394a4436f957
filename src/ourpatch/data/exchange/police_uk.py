"""Reading one street-level file of data.police.uk, whole columns at a time, without losing a row or its number.

Row numbers are those that a spreadsheet shows: the header is row 1.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from ourpatch.data.exchange import rules
from ourpatch.data.exchange.rules import FAULTS, HEADER, Reason, StreetFile
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
KEPT = -1
REASONS = tuple(Reason)

# Columns whose values mostly differ; the others say the same few things over and over and are read as numbered lists.
SEVERAL = ("Crime ID", "Longitude", "Latitude", "Location")
_LISTED = pa.dictionary(pa.int32(), pa.string())
_TYPES = {name: pa.string() if name in SEVERAL else _LISTED for name in HEADER}

_NUMBER = r"^-?[0-9]{1,3}(\.[0-9]+)?$"
_LSOA = r"^[0-9A-Z]{8,9}$"

Mask = NDArray[np.bool_]
Judge = Callable[[pa.Array], pa.Array]
"""Says of each text of an array whether something holds of it."""


@dataclass(slots=True)
class StreetRows:
    """The rows of a file that have the right number of columns, and what was judged of every row so far.

    `columns` holds one value a row; `numbers` the row's number in the file; `verdict` KEPT or a position in REASONS.
    `uncounted` are rows that have no columns to show: (row number, reason).
    """

    file: StreetFile
    columns: pa.Table
    numbers: NDArray[np.int64]
    verdict: NDArray[np.int8]
    uncounted: list[tuple[int, Reason]]

    @property
    def rows_read(self) -> int:
        """How many rows the file has."""
        return len(self.numbers) + len(self.uncounted)

    @property
    def kept(self) -> Mask:
        """Which rows nothing was found against."""
        kept: Mask = self.verdict == KEPT
        return kept

    def set_aside(self, where: Mask, reason: Reason) -> None:
        """Set rows aside that were not set aside before."""
        self.verdict[where & self.kept] = REASONS.index(reason)

    def text(self, column: str) -> pa.ChunkedArray:
        """One column: text, or a numbered list of texts where the same ones come again and again."""
        return self.columns.column(column)

    def objects(self, column: str) -> NDArray[np.object_]:
        """One column as an array of strings."""
        values: NDArray[np.object_] = self.text(column).to_numpy(zero_copy_only=False)
        return values

    def where(self, column: str, judge: Judge) -> Mask:
        """In which rows the judge finds that it holds; a text that comes again is judged once."""
        masks = [_where(chunk, judge) for chunk in self.text(column).chunks]
        found: Mask = np.concatenate(masks) if masks else np.zeros(0, dtype=np.bool_)
        return found

    def counts(self) -> dict[str, int]:
        """How many rows were set aside, by reason; reasons without any are left out."""
        found = {reason: int(np.sum(self.verdict == code)) for code, reason in enumerate(REASONS)}
        for _number, reason in self.uncounted:
            found[reason] += 1
        return {str(reason): count for reason, count in found.items() if count}

    def listed(self) -> tuple[tuple[int, str], ...]:
        """(row number, reason) of the first rows set aside for each reason."""
        rows: list[tuple[int, str]] = []
        for code, reason in enumerate(REASONS):
            numbers = [int(number) for number in self.numbers[self.verdict == code]]
            numbers += [number for number, why in self.uncounted if why is reason]
            rows += [(number, str(reason)) for number in sorted(numbers)[: rules.LISTED]]
        return tuple(rows)


def read_street(file: StreetFile, data: bytes, categories: Mapping[str, str]) -> StreetRows:
    """Read a file and set aside what is faulty in itself; where a row lies is judged later.

    `categories` maps each published crime type to its code. Raises BadInput when the file as a whole cannot be used.
    """
    data = data.removeprefix(BYTE_ORDER_MARK)
    _check_text(file.name, data)
    rules.check_header(file.name, _header(data))
    rows = _parse(file, data)
    # The reader's own copies of the file go back to the system here, so that the hundredth file needs no more than the first.
    pa.default_memory_pool().release_unused()
    _judge_lengths(rows)
    _judge_shapes(rows)
    _judge_months(rows)
    known = pa.array(list(categories), pa.string())
    rows.set_aside(~rows.where("Crime type", lambda text: pc.is_in(text, value_set=known)), Reason.UNKNOWN_CATEGORY)
    _check_faults(rows)
    return rows


def judge_repeats(rows: StreetRows) -> None:
    """Keep the first of the kept rows with one Crime ID. Rows without an ID are never repeats of each other (golden test 13)."""
    identified = np.flatnonzero(rows.kept & ~rows.where("Crime ID", _is_empty))
    codes = _codes(rows.text("Crime ID").take(pa.array(identified)))
    # Codes are given in the order of first sight, so a code that is not above all before it was seen before.
    seen = np.maximum.accumulate(np.concatenate(([-1], codes)))[:-1]
    repeated = np.zeros(len(rows.numbers), dtype=np.bool_)
    repeated[identified[codes <= seen]] = True
    rows.set_aside(repeated, Reason.REPEATED)


def degrees(rows: StreetRows) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude of the rows kept so far; NaN for none, and for the zeros that stand for none (anchors 2.10)."""
    unknown = ~rows.kept | rows.where("Longitude", _is_empty) | rows.where("Latitude", _is_empty)
    lon, lat = (_numbers(rows.text(name), unknown) for name in ("Longitude", "Latitude"))
    nowhere = np.isnan(lon) | np.isnan(lat) | ((lon == 0) & (lat == 0))
    return np.where(nowhere, np.nan, lon), np.where(nowhere, np.nan, lat)


def _check_text(name: str, data: bytes) -> None:
    try:
        if not data.isascii():
            data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise BadInput(
            _(
                "%(name)s: row %(row)s is not in UTF-8, so its letters cannot be told (Latin-1, perhaps). "
                "Save the file as “CSV UTF-8”. Nothing was loaded.",
                name=name,
                row=row,
            )
        ) from error
    if b"\0" in data:
        raise BadInput(_("%(name)s is not a text file. Nothing was loaded.", name=name))


def _header(data: bytes) -> list[str]:
    first = data[: data.find(b"\n") + 1 or len(data)].decode("utf-8")
    return next(csv.reader([first]), [])


def _parse(file: StreetFile, data: bytes) -> StreetRows:
    odd: list[tuple[int, str]] = []

    def note(row: pacsv.InvalidRow) -> str:
        odd.append((row.number, row.text))
        return "skip"

    table = pacsv.read_csv(
        pa.BufferReader(data),
        # One block and one thread: only then does the reader know the number of an odd row.
        read_options=pacsv.ReadOptions(use_threads=False, block_size=len(data) + 1),
        parse_options=pacsv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note),
        convert_options=pacsv.ConvertOptions(
            include_columns=list(HEADER), column_types=_TYPES, strings_can_be_null=False
        ),
    )
    last = 1 + table.num_rows + len(odd)
    numbers = np.arange(2, last + 1)
    numbers = np.delete(numbers, [number - 2 for number, _text in odd]) if odd else numbers
    _check_whole(file.name, data, odd, last)
    _check_quotes(file.name, data, table, odd, numbers)
    blank = _blank(table)
    uncounted = [(number, Reason.MALFORMED) for number, _text in odd]
    filled = table.filter(pa.array(~blank)) if blank.any() else table
    return StreetRows(file, filled, numbers[~blank], np.full(filled.num_rows, KEPT, dtype=np.int8), uncounted)


def _check_whole(name: str, data: bytes, odd: list[tuple[int, str]], last: int) -> None:
    if not data.endswith(b"\n") and any(number == last for number, _text in odd):
        raise BadInput(
            _(
                "%(name)s stops in the middle of row %(row)s. Get the whole file. Nothing was loaded.",
                name=name,
                row=last,
            )
        )


def _check_quotes(
    name: str, data: bytes, table: pa.Table, odd: list[tuple[int, str]], numbers: NDArray[np.int64]
) -> None:
    """A quotation mark that is never closed swallows the rows after it, so no published value may hold a line break."""
    if b'"' not in data:
        return
    swallowed = [number for number, text in odd if "\n" in text.strip()]
    for column in HEADER:
        swallowed += numbers[_where(table.column(column).combine_chunks(), _has_line_break)].tolist()
    if swallowed:
        raise BadInput(
            _(
                "%(name)s: a quotation mark is opened and not closed in row %(row)s. Nothing was loaded.",
                name=name,
                row=min(swallowed),
            )
        )


def _blank(table: pa.Table) -> Mask:
    empty = _where(table.column("Month").combine_chunks(), _is_empty)
    for name in ("Reported by", "Crime type", "Longitude", "Location"):
        if not empty.any():
            break
        empty &= _where(table.column(name).combine_chunks(), _is_empty)
    return empty


def _judge_lengths(rows: StreetRows) -> None:
    for name in HEADER:
        rows.set_aside(rows.where(name, _is_too_long), Reason.TOO_LONG)


def _judge_shapes(rows: StreetRows) -> None:
    for name, pattern in (("Longitude", _NUMBER), ("Latitude", _NUMBER), ("LSOA code", _LSOA)):
        fits = rows.where(name, partial(_is_empty_or_like, pattern=pattern))
        rows.set_aside(~fits, Reason.MALFORMED)


def _judge_months(rows: StreetRows) -> None:
    for month in pc.unique(rows.text("Month")).to_pylist():
        if month == f"{rows.file.month:%Y-%m}":
            continue
        where = rows.where("Month", partial(pc.equal, month))
        if rules.looks_like_month(month) and rules.month_named(month) is None:
            row = int(rows.numbers[where][0])
            raise BadInput(
                _(
                    "%(name)s: row %(row)s says %(month)s, which is not a month. Nothing was loaded.",
                    name=rows.file.name,
                    row=row,
                    month=month,
                )
            )
        rows.set_aside(where, Reason.OTHER_MONTH if rules.looks_like_month(month) else Reason.MALFORMED)


def _check_faults(rows: StreetRows) -> None:
    faulty = np.isin(rows.verdict, [REASONS.index(reason) for reason in FAULTS])
    numbers = [*rows.numbers[faulty].tolist(), *(number for number, _reason in rows.uncounted)]
    rules.check_faults(rows.file.name, rows.rows_read, len(numbers), min(numbers, default=None))


def _numbers(text: pa.ChunkedArray, unknown: Mask) -> NDArray[np.float64]:
    known = pc.if_else(pa.array(unknown), pa.scalar(None, pa.string()), text)
    parsed: NDArray[np.float64] = pc.cast(known, pa.float64()).to_numpy(zero_copy_only=False)
    return parsed


def _codes(text: pa.ChunkedArray) -> NDArray[np.int32]:
    codes: NDArray[np.int32] = pc.dictionary_encode(text).combine_chunks().indices.to_numpy(zero_copy_only=False)
    return codes


def _where(text: pa.Array, judge: Judge) -> Mask:
    if not isinstance(text, pa.DictionaryArray):
        return _true(judge(text))
    found = _true(judge(text.dictionary))
    which: NDArray[np.int32] = text.indices.to_numpy()
    return found[which] if found.any() else np.zeros(which.size, dtype=np.bool_)


def _is_empty(text: pa.Array) -> pa.Array:
    return pc.equal(text, "")


def _is_empty_or_like(text: pa.Array, pattern: str) -> pa.Array:
    return pc.or_(_is_empty(text), pc.match_substring_regex(text, pattern))


def _is_too_long(text: pa.Array) -> pa.Array:
    # Letters are counted only where the bytes are too many.
    if len(text) == 0 or pc.max(pc.binary_length(text)).as_py() <= rules.LONGEST_VALUE:
        return pa.repeat(pa.scalar(False), len(text))
    return pc.greater(pc.utf8_length(text), rules.LONGEST_VALUE)


def _has_line_break(text: pa.Array) -> pa.Array:
    return pc.match_substring(text, "\n")


def _true(values: pa.Array) -> Mask:
    mask: Mask = values.to_numpy(zero_copy_only=False).astype(np.bool_)
    return mask
