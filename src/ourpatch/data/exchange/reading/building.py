"""From rows of text to a Sheet: columns built in pieces, so that a large file never stands in memory as single words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ourpatch.data.exchange.reading.caps import ReadCaps
from ourpatch.data.exchange.reading.heading import check_names, letter, too_wide
from ourpatch.data.exchange.reading.sheet import BadRow, Sheet, SheetOptions
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_PIECE = 20_000
_TOTAL = re.compile(r"^\s*((grand|overall|sub)[ -]?)?(totals?|sum|cyfanswm)\s*:?\s*$", re.IGNORECASE)
# "Total" and "Grand total" may both stand at the end; more than this are values.
_TOTAL_LINES = 3


class Rows:
    """Rows as they are read. Blank ones are left out; those that cannot be used are kept as BadRow."""

    def __init__(self, name: str, names: Sequence[str], caps: ReadCaps) -> None:
        self.bad: list[BadRow] = []
        self._name = name
        self._caps = caps
        self._columns: dict[int | str, list[str]] = {position: [] for position in range(len(names))}
        self._labels: dict[int | str, str] = dict(enumerate(names))
        self._pieces: list[dict[int | str, pa.Array]] = []
        self._numbers: list[int] = []
        self._letters = 0

    def add(self, number: int, cells: Sequence[str]) -> None:
        """Add a row with as many cells as there are headings."""
        if not self._usable(number, cells):
            return
        for column, cell in zip(self._columns.values(), cells, strict=True):
            column.append(cell)
        self._counted(number)

    def add_record(self, number: int, record: Mapping[str, str]) -> None:
        """Add a row by the names of its fields; a name that was not met before is a new column, empty in rows before."""
        if not self._usable(number, list(record.values())):
            return
        for key in record:
            if key not in self._columns:
                self._widen(key)
        for name, values in self._columns.items():
            values.append(record.get(str(name), ""))
        self._counted(number)

    def set_aside(self, number: int, says: Message) -> None:
        """Keep a row that cannot be used by its number and what is wrong with it."""
        self.bad.append(BadRow(number, says))
        self._check_count()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns in order."""
        return tuple(self._labels.values())

    def table(self) -> pa.Table:
        """The columns. Their names may be empty or alike; `finish` judges them."""
        self._cut()
        arrays = [
            pa.chunked_array([piece.get(key, _empty(piece)) for piece in self._pieces], pa.string())
            for key in self._columns
        ]
        return pa.Table.from_arrays(arrays, names=list(self.names))

    def numbers(self) -> NDArray[np.int64]:
        """The number of every row of the table."""
        return np.array(self._numbers, dtype=np.int64)

    def _usable(self, number: int, cells: Sequence[str]) -> bool:
        joined = "".join(cells)
        if not joined or joined.isspace():
            return False
        self._letters += len(joined)
        # Excel keeps a text once and points to it, so that a small file may hold far more letters than bytes.
        if self._letters > self._caps.text_bytes:
            raise BadInput(too_large(self._name))
        if len(joined) > self._caps.cell and max(map(len, cells)) > self._caps.cell:
            self.set_aside(number, too_long(self._caps))
            return False
        if not is_text(joined):
            self.set_aside(number, _("The row holds characters that are not text. Remove them."))
            return False
        return True

    def _widen(self, key: str) -> None:
        if len(self._columns) >= self._caps.columns:
            raise BadInput(too_wide(self._name, self._caps))
        rows = len(self._numbers) - sum(len(next(iter(piece.values()))) for piece in self._pieces)
        self._columns[key] = [""] * rows
        self._labels[key] = key

    def _counted(self, number: int) -> None:
        self._numbers.append(number)
        if len(self._numbers) % _PIECE == 0:
            self._check_count()
            self._cut()

    def _check_count(self) -> None:
        if len(self._numbers) + len(self.bad) > self._caps.rows:
            raise BadInput(too_many(self._name, self._caps))

    def _cut(self) -> None:
        if any(self._columns.values()):
            self._pieces.append({key: pa.array(column, pa.string()) for key, column in self._columns.items()})
            for column in self._columns.values():
                column.clear()


def finish(
    name: str,
    kind: str,
    table: pa.Table,
    numbers: NDArray[np.int64],
    bad: Sequence[BadRow],
    *,
    used: SheetOptions,
    notes: Sequence[Message],
    caps: ReadCaps,
    totals: bool,
    share: float = 1.0,
) -> Sheet:
    """The Sheet of a table read: last lines that are totals set aside (`totals`), columns without a heading judged. `share`: of
    the file that was read, from 0 to 1.

    Raises BadInput when there are no rows, or none that can be used, or too many, or headings that cannot be told apart.
    """
    if len(numbers) + len(bad) > caps.rows:
        raise BadInput(too_many(name, caps))
    aside = list(bad)
    if totals:
        kept = len(numbers) - _total_lines(table)
        aside += [BadRow(int(number), looks_like_total(), total=True) for number in numbers[kept:]]
        table, numbers = table.slice(0, kept), numbers[:kept]
    aside.sort(key=lambda row: row.number)
    if not len(numbers):
        raise BadInput(_no_rows(name, table.num_columns, aside, totals))
    table, dropped = _without_blank_columns(name, table)
    table = table.rename_columns(list(check_names(name, table.column_names, caps)))
    return Sheet(name, kind, table, numbers, used, (*notes, *dropped), tuple(aside), _about(len(numbers), share))


def looks_like_total() -> Message:
    """What is said of a line of totals."""
    return _("This looks like a line of totals, not a record. It was left out.")


def is_total(cells: Sequence[str]) -> bool:
    """Whether the first cell of a row that is filled says "Total"."""
    return bool(_TOTAL.match(next((cell for cell in cells if cell.strip()), "")))


def is_text(value: str) -> bool:
    """Whether every character can be kept: no NUL, no half of a surrogate pair."""
    if "\0" in value:
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def too_long(caps: ReadCaps) -> Message:
    """What is said of a row with an endless cell."""
    return _(
        "The row holds a cell of more than %(count)s letters. Perhaps a quotation mark is missing.", count=caps.cell
    )


def too_many(name: str, caps: ReadCaps) -> Message:
    """The message of a table with more rows than are read."""
    return _(
        "%(name)s has more than %(count)s rows. Hand it in in parts, a month each. Nothing was loaded.",
        name=name,
        count=caps.rows,
    )


def too_large(name: str) -> Message:
    """The message of a file that holds, or unpacks to, more than is read."""
    return _("%(name)s is too large to be read. Hand it in in parts, a month each. Nothing was loaded.", name=name)


def _about(rows: int, share: float) -> int:
    """How many rows a whole file has, to two digits; 0 when all of it was read."""
    if share >= 1:
        return 0
    return max(int(float(f"{rows / share:.2g}")), rows)


def _empty(piece: Mapping[int | str, pa.Array]) -> pa.Array:
    return pa.array([""] * len(next(iter(piece.values()))), pa.string())


def _total_lines(table: pa.Table) -> int:
    last = table.slice(max(table.num_rows - _TOTAL_LINES, 0))
    rows = list(zip(*(column.to_pylist() for column in last.columns), strict=True))
    count = 0
    while count < len(rows) and is_total(rows[-1 - count]):
        count += 1
    return count


def _no_rows(name: str, columns: int, bad: Sequence[BadRow], table: bool) -> Message:
    """What is said of a file without a row that can be used. `table`: it has headings and rows; else records."""
    if not bad and not columns:
        return _(
            "%(name)s holds no records. Export it again. If there was nothing to report, say so under “Data duties”. Nothing was "
            "loaded.",
            name=name,
        )
    if not bad:
        return _(
            "%(name)s has headings but no rows. Export it again. If there was nothing to report, say so under “Data duties”. "
            "Nothing was loaded.",
            name=name,
        )
    if not table:
        return _(
            "%(name)s: none of its %(count)s records can be used. Export it again. Record %(row)s: %(says)s Nothing was loaded.",
            name=name,
            count=len(bad),
            row=bad[0].number,
            says=bad[0].says,
        )
    return _(
        "%(name)s: none of its %(count)s rows can be used; perhaps another row holds the headings. Row %(row)s: %(says)s Nothing "
        "was loaded.",
        name=name,
        count=len(bad),
        row=bad[0].number,
        says=bad[0].says,
    )


def _without_blank_columns(name: str, table: pa.Table) -> tuple[pa.Table, tuple[Message, ...]]:
    unnamed = [position for position, heading in enumerate(table.column_names) if not heading.strip()]
    for position in unnamed:
        if not pc.all(pc.equal(pc.utf8_trim_whitespace(table.column(position)), "")).as_py():
            raise BadInput(
                _(
                    "%(name)s: column %(column)s holds values but has no heading. Give it one. Nothing was loaded.",
                    name=name,
                    column=letter(position),
                )
            )
    if not unnamed:
        return table, ()
    kept = [position for position in range(table.num_columns) if position not in unnamed]
    letters = ", ".join(letter(position) for position in unnamed)
    return table.select(kept), (
        _("Columns without a heading and without values were left out: %(columns)s.", columns=letters),
    )
