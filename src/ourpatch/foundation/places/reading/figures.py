"""Reading figures by area that a person pastes or hands in: two columns, code and figure. No database."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from fractions import Fraction
from io import StringIO
from itertools import islice

from ourpatch.foundation.places import rules
from ourpatch.ground.errors import Problems, RuleBroken
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

FIELD = "figures"
MOST_ROWS = 50_000
MOST_TOLD = 10
# As spreadsheets write them: 1234, 1,234 and 1234.5.
FIGURE = re.compile(r"(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure of one area, and the row it stands in as a person counts rows."""

    row: int
    code: str
    value: Fraction


def read_figures(text: str) -> list[FigureRow]:
    """Figures from CSV, or from cells copied out of a spreadsheet; a heading may stand first. Numbers from zero upwards.

    Raises RuleBroken, beside the field `figures`: which rows could not be read. What stands in them is not repeated.
    """
    rows = _rows(text)
    if rows and _figure(rows[0][1]) is None and not rules.OFFICIAL_CODE.fullmatch(rows[0][1][0].strip()):
        rows = rows[1:]
    found = [
        FigureRow(number, cells[0].strip(), figure) for number, cells in rows if (figure := _figure(cells)) is not None
    ]
    read = {row.row for row in found}
    refuse_rows(
        [number for number, _cells in rows if number not in read],
        lambda row: _("Row %(row)s: give a code and a number from zero upwards.", row=row),
    )
    if not found:
        raise _refused(_("Give at least one row with a code and a number."))
    return found


def refuse_rows(rows: Collection[int], words: Callable[[int], Message]) -> None:
    """Raise RuleBroken with a message for each of these rows, the first ten, and how many more there are."""
    told = [words(row) for row in islice(rows, MOST_TOLD)]
    if len(rows) > MOST_TOLD:
        told.append(_("The same is wrong with %(count)s more rows.", count=len(rows) - MOST_TOLD))
    Problems.collect((FIELD, message) for message in told).raise_if_any()


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Row number and cells of every row that is not blank."""
    first = text.lstrip().partition("\n")[0]
    delimiter = next((each for each in ("\t", ";") if each in first), ",")
    # No database of ours holds a NUL, and what has one is no text.
    reader = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    try:
        if "\0" in text:
            raise csv.Error
        rows = [(number, cells) for number, cells in enumerate(islice(reader, MOST_ROWS + 1), start=1) if any(cells)]
    except csv.Error as error:
        raise _refused(
            _("These rows are not CSV. Copy two columns from a spreadsheet, or save it as CSV UTF-8.")
        ) from error
    if len(rows) > MOST_ROWS:
        raise _refused(_("There are more than %(most)s rows. Convert them in parts.", most=MOST_ROWS))
    return rows


def _figure(cells: list[str]) -> Fraction | None:
    """The second of two cells, when it is a number from zero upwards; further cells must be empty."""
    if len(cells) < 2 or any(cell.strip() for cell in cells[2:]):
        return None
    text = cells[1].strip()
    return Fraction(text.replace(",", "")) if FIGURE.fullmatch(text) else None


def _refused(message: Message) -> RuleBroken:
    return RuleBroken(Problems.collect([(FIELD, message)]))
