"""What every format is read to: one heading line and rows of text, each row with the number that its sender sees."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ourpatch.ground.words import Message


@dataclass(frozen=True, slots=True)
class SheetOptions:
    """How a sender's file is laid out, where it cannot be told from the file itself; empty and 0 mean: find out.

    `sheet`: name of the worksheet. `header_row`: number of the row with the headings (1 = first). `delimiter`, `encoding`:
    of text files. `records`: for JSON a key path such as "data.rows", for XML the name of the element that repeats.
    """

    sheet: str = ""
    header_row: int = 0
    delimiter: str = ""
    encoding: str = ""
    records: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that has no cells to show: its number and what is wrong with it, in words that repeat none of it. `total`: a line
    of totals, which is no fault of the file.
    """

    number: int
    says: Message
    total: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table that a file holds.

    `columns`: one text column a heading, in order; unknown cells are "". `numbers`: row numbers as a spreadsheet shows them
    (JSON and XML: the record's position, 1 = first; one object a line: the line). `used`: the options that were found or
    given. `notes`: what the sender should know and nothing was lost by (a byte-order mark, two worksheets, formulas read by
    their last values). `of_about`: about how many rows the file has where only its first ones were read; 0: all were.
    """

    name: str
    format: str
    columns: pa.Table
    numbers: NDArray[np.int64]
    used: SheetOptions
    notes: tuple[Message, ...] = ()
    bad_rows: tuple[BadRow, ...] = field(default=())
    of_about: int = 0

    @property
    def header(self) -> tuple[str, ...]:
        """The headings in order."""
        return tuple(self.columns.column_names)

    @property
    def rows_read(self) -> int:
        """Rows below the heading, good and bad, blank ones not counted."""
        return len(self.numbers) + len(self.bad_rows)

    def first(self, rows: int) -> Sheet:
        """The same with its first rows alone."""
        return replace(self, columns=self.columns.slice(0, rows), numbers=self.numbers[:rows], bad_rows=())

    def head(self, rows: int) -> list[dict[str, str]]:
        """The first rows, for a preview."""
        found: list[dict[str, str]] = self.columns.slice(0, rows).to_pylist()
        return found
