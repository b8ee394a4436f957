"""Which row holds the headings, and whether they can be told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import ceil

from ourpatch.data.exchange.reading.caps import ReadCaps, empty
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

SAMPLE = 100
"""Rows among which the heading is looked for."""

# A heading row has most of its cells filled; a title has one or two.
_FILLED = 0.6
_TITLE_CELLS = 2
_VALUE = re.compile(
    r"^\s*("
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}.*"
    r"|\d{4}-\d{2}-\d{2}.*"
    r"|-?\d+\.\d{3,}"
    r"|\d{6,}"
    r"|[EW]01\d{6}"
    r")\s*$"
)

Row = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Heading:
    """The row with the headings: its number, its cells, and the notes on rows above it."""

    row: int
    names: tuple[str, ...]
    notes: tuple[Message, ...] = ()


def find_heading(name: str, sample: Sequence[Row], asked: int, caps: ReadCaps) -> Heading:
    """The heading among the first rows. `asked`: the row number its sender chose, or 0.

    Raises BadInput when there are none, when it cannot be told, when they look like values, or two are alike.
    """
    rows = [(number, _trimmed(cells)) for number, cells in sample if any(cell.strip() for cell in cells)]
    if not rows:
        raise BadInput(empty(name))
    at = _asked(name, rows, asked) if asked else _found(name, rows)
    number, cells = rows[at]
    if not asked:
        _check_values(name, number, cells)
    names = check_names(name, cells, caps)
    return Heading(number, names, _titles(number, [above for above, _cells in rows[:at]]))


def check_names(name: str, cells: Sequence[str], caps: ReadCaps) -> tuple[str, ...]:
    """Headings without surrounding and doubled spaces. Raises BadInput when there are too many, too long or two alike."""
    names = tuple(" ".join(cell.split()) for cell in cells)
    if len(names) > caps.columns:
        raise BadInput(too_wide(name, caps))
    for position, each in enumerate(names):
        if len(each) > caps.heading:
            raise BadInput(
                _(
                    "%(name)s: the heading of column %(column)s is longer than %(longest)s letters. Shorten it, or delete what "
                    "stands above the row with the headings. Nothing was loaded.",
                    name=name,
                    column=letter(position),
                    longest=caps.heading,
                )
            )
    _check_twice(name, names)
    return names


def letter(position: int) -> str:
    """The letters of a column as a spreadsheet shows them; 0 is A."""
    found, left = "", position + 1
    while left:
        left, place = divmod(left - 1, 26)
        found = chr(ord("A") + place) + found
    return found


def position_of(letters: str) -> int:
    """The place of a column among all from its capital letters; A is 0."""
    return reduce(lambda found, each: found * 26 + ord(each) - ord("A") + 1, letters, 0) - 1


def too_wide(name: str, caps: ReadCaps) -> Message:
    """The message of a table with more columns than are read."""
    return _(
        "%(name)s has more than %(count)s columns. Leave out those that the dataset does not ask for. Nothing was loaded.",
        name=name,
        count=caps.columns,
    )


def _trimmed(cells: Sequence[str]) -> list[str]:
    kept = list(cells)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def typical_width(rows: Sequence[Row]) -> int:
    """How many cells most of the table has, empty ones at the end of a row not counted."""
    return widest([len(_trimmed(cells)) for _number, cells in rows])


def widest(widths: Sequence[int]) -> int:
    """The width under which most cells lie, so that a few titles or odd rows do not outweigh the table; 0 without any."""
    counts = Counter(widths)
    return max(counts, key=lambda width: (counts[width] * width, width), default=0)


def _asked(name: str, rows: Sequence[Row], asked: int) -> int:
    for at, (number, _cells) in enumerate(rows):
        if number == asked:
            return at
    raise BadInput(
        _(
            "%(name)s has no headings in row %(row)s. Choose the row that holds the headings. Nothing was loaded.",
            name=name,
            row=asked,
        )
    )


def _found(name: str, rows: Sequence[Row]) -> int:
    width = typical_width(rows)
    need = max(min(width, 2), ceil(width * _FILLED))
    for at, (_number, cells) in enumerate(rows):
        if _filled(cells) >= need:
            return at
        if _filled(cells) > _TITLE_CELLS:
            break
    raise BadInput(
        _(
            "%(name)s: it cannot be told which row holds the headings. Delete what stands above them, so that they are in the "
            "first row. Nothing was loaded.",
            name=name,
        )
    )


def _check_values(name: str, row: int, cells: Sequence[str]) -> None:
    if any(_VALUE.match(cell) for cell in cells):
        raise BadInput(
            _(
                "%(name)s: row %(row)s should hold the headings but looks like values. Put a row above it that says what each "
                "column holds. Nothing was loaded.",
                name=name,
                row=row,
            )
        )


def _check_twice(name: str, names: Sequence[str]) -> None:
    first: dict[str, int] = {}
    for position, each in enumerate(names):
        if each and (before := first.setdefault(each.casefold(), position)) != position:
            raise BadInput(
                _(
                    "%(name)s: columns %(first)s and %(second)s have the same heading. Give each its own. Nothing was loaded.",
                    name=name,
                    first=letter(before),
                    second=letter(position),
                )
            )


def _titles(row: int, above: Sequence[int]) -> tuple[Message, ...]:
    if not above:
        return ()
    return (_("The headings are in row %(row)s; what stands above them was taken for a title and not read.", row=row),)
