"""How a sender's system writes a dataset: its columns, its code words, its kind of file; and the layout that reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ourpatch.data.exchange.mapping import Layout, Mapped
from ourpatch.data.exchange.reading.sheet import SheetOptions

from .scene import Row, Spot

Cell = Callable[[Row], object]
Changed = Mapping[str, Cell]
"""Heading -> what stands in its column this time, instead of what the system writes."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, what it holds, the fields of the dataset that are read from it (none: nobody asked for it).

    `formats`: of dates and times, where the usual ones do not read them. `codes`: the sender's word -> the law book's code.
    """

    heading: str
    cell: Cell
    fields: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paper:
    """What is to be written: whose return it is, its first and last day, the headings and the rows' cells."""

    organisation: str
    first: date
    last: date
    headings: tuple[str, ...]
    cells: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Vendor:
    """A sender's system for one dataset, and what its people call it. `filename` is filled with `who`, `first` and `last`.

    `when` and `notes` are the headings of the column with the date, and of one with words that nobody reads.
    """

    dataset: str
    system: str
    filename: str
    columns: tuple[Column, ...]
    options: SheetOptions
    write: Callable[[Paper], bytes]
    when: str
    notes: str = ""
    same: Mapping[str, str] = field(default_factory=dict)
    """Field -> the one value of every row, where the file has no column for it."""

    def content(self, organisation: str, first: date, last: date, rows: Sequence[Row], changed: Changed) -> bytes:
        """The file of these rows."""
        writers = [changed.get(each.heading, each.cell) for each in self.columns]
        cells = [[cell(row) for cell in writers] for row in rows]
        return self.write(Paper(organisation, first, last, tuple(each.heading for each in self.columns), cells))

    def layout(self) -> Layout:
        """How the file is read."""
        mapped = [
            Mapped(key, each.heading, formats=each.formats, codes=each.codes)
            for each in self.columns
            for key in each.fields
        ]
        return Layout(
            dataset=self.dataset,
            fields=(*mapped, *(Mapped(key, value=value) for key, value in self.same.items())),
            options=self.options,
            header=tuple(each.heading for each in self.columns),
            ignored=tuple(each.heading for each in self.columns if not each.fields),
        )


def coded(heading: str, book: Mapping[str, str]) -> Column:
    """The column of the category, in the sender's words. `book`: the law book's code -> the sender's word."""
    return Column(heading, lambda row: book[row.category], ("category",), codes=_turned(book))


def fact(heading: str, key: str, *fields: str, book: Mapping[str, str] | None = None) -> Column:
    """A column of one of the rows' other facts, in the sender's words where there is a `book`."""
    if book is None:
        return Column(heading, lambda row: row.facts.get(key, ""), fields)
    return Column(heading, lambda row: book[str(row.facts[key])], fields, codes=_turned(book))


def clock(heading: str, pattern: str, *fields: str, formats: tuple[str, ...] = ()) -> Column:
    """A column of the date, the time or both, written by a `strftime` pattern."""
    return Column(heading, lambda row: row.at.strftime(pattern), fields, formats)


def where(heading: str, part: str, *fields: str) -> Column:
    """A column of one part of the place."""
    return Column(heading, lambda row: getattr(spot_of(row), part), fields)


def spot_of(row: Row) -> Spot:
    """The place of a row that has one; raises ValueError when it has none."""
    if row.spot is None:
        raise ValueError("The row has no place.")
    return row.spot


def _turned(book: Mapping[str, str]) -> dict[str, str]:
    return {word: code for code, word in book.items()}
