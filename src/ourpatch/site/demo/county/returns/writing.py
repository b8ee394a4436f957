"""Kinds of files: text tables, workbooks, JSON, XML; each written as some system in use writes it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import date, time
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from ..timeless import saved
from .vendor import Paper

DAY_FORMAT, TIME_FORMAT = "DD/MM/YYYY", "HH:MM"


def table(
    delimiter: str = ",",
    encoding: str = "utf-8",
    *,
    line_end: str = "\r\n",
    quoted: bool = False,
    title: str = "",
) -> Callable[[Paper], bytes]:
    """A text table. `title`: a first line, above one that says the period and the headings."""

    def write(paper: Paper) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(
            text,
            delimiter=delimiter,
            lineterminator=line_end,
            quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
        )
        if title:
            writer.writerow([f"{paper.organisation} – {title}"])
            writer.writerow([f"Period {paper.first:%d.%m.%Y} – {paper.last:%d.%m.%Y}"])
        writer.writerow(paper.headings)
        writer.writerows(paper.cells)
        return text.getvalue().encode(encoding)

    return write


def workbook_with_totals(sheet: str, title: str, *, counted: str) -> Callable[[Paper], bytes]:
    """A workbook: a worksheet of notes, then the rows under a merged title, dates as Excel's own, a line of totals."""

    def write(paper: Paper) -> bytes:
        book = openpyxl.Workbook()
        notes = _first(book, "Notes")
        for line in (
            ("Return", title),
            ("Sent by", paper.organisation),
            ("First day", paper.first),
            ("Last day", paper.last),
        ):
            notes.append(line)
        rows = book.create_sheet(sheet)
        rows.append([f"{paper.organisation}: {title}"])
        rows.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(paper.headings))
        rows["A1"].font = Font(bold=True)
        rows.append([])
        rows.append(list(paper.headings))
        for cells in paper.cells:
            rows.append(list(cells))
        _format_moments(rows, paper.cells, below=3)
        total = [""] * len(paper.headings)
        total[0], total[paper.headings.index(counted)] = "Total", str(len(paper.cells))
        rows.append(total)
        return saved(book)

    return write


def plain_workbook(sheet: str, headings: Sequence[str]) -> Callable[[Paper], bytes]:
    """A workbook of one worksheet that people keep by hand. `headings`: as they stand in it, with line breaks."""

    def write(paper: Paper) -> bytes:
        book = openpyxl.Workbook()
        rows = _first(book, sheet)
        rows.append(list(headings))
        for cells in paper.cells:
            rows.append(list(cells))
        return saved(book)

    return write


def json_under(*path: str) -> Callable[[Paper], bytes]:
    """A JSON object with its records under a path of keys; a dotted heading is a name inside an object."""

    def write(paper: Paper) -> bytes:
        inner: object = [_nested(paper.headings, cells) for cells in paper.cells]
        for key in reversed(path):
            inner = {key: inner}
        about = {"source": paper.organisation, "from": paper.first.isoformat(), "to": paper.last.isoformat()}
        assert isinstance(inner, dict)
        return json.dumps(about | inner, indent=1).encode()

    return write


def json_lines(paper: Paper) -> bytes:
    """One JSON object a line."""
    return "".join(f"{json.dumps(_nested(paper.headings, cells))}\n" for cells in paper.cells).encode()


def xml_records(root: str, head: str, record: str) -> Callable[[Paper], bytes]:
    """An XML document: a head with the period, then an element for each record."""

    def write(paper: Paper) -> bytes:
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<{root} version="2.0">',
            f" <{head}><PeriodStart>{paper.first}</PeriodStart><PeriodEnd>{paper.last}</PeriodEnd></{head}>",
        ]
        for cells in paper.cells:
            inner = "".join(
                f"<{name}>{escape(str(cell))}</{name}>" for name, cell in zip(paper.headings, cells, strict=True)
            )
            lines.append(f" <{record}>{inner}</{record}>")
        return "\n".join([*lines, f"</{root}>", ""]).encode()

    return write


def _first(book: openpyxl.Workbook, title: str) -> Worksheet:
    sheet = book.worksheets[0]
    sheet.title = title
    return sheet


def _format_moments(sheet: Worksheet, cells: Sequence[Sequence[object]], below: int) -> None:
    """Show dates and times as people in Britain do."""
    for column, value in enumerate(cells[0], start=1):
        shown = TIME_FORMAT if isinstance(value, time) else DAY_FORMAT if isinstance(value, date) else ""
        for row in range(below + 1, below + 1 + len(cells)) if shown else ():
            sheet.cell(row, column).number_format = shown


def _nested(headings: Sequence[str], cells: Sequence[object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for heading, cell in zip(headings, cells, strict=True):
        *outer, name = heading.split(".")
        inside = found
        for key in outer:
            inner = inside.setdefault(key, {})
            assert isinstance(inner, dict)
            inside = inner
        inside[name] = cell
    return found
