"""Excel workbooks (.xlsx, .xlsm): the last values of every cell of one worksheet, as text.

Read by our own small reader of the format rather than by openpyxl's: that one makes numbers into floats, hides which cells are
formulas when asked for their values, and fails on styles that are odd. Source: ECMA-376 part 1, 18.3 and 18.4.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ourpatch.data.exchange.reading import building, safe_xml, workbook_values
from ourpatch.data.exchange.reading.building import Rows
from ourpatch.data.exchange.reading.caps import ReadCaps, empty
from ourpatch.data.exchange.reading.heading import (
    SAMPLE,
    Heading,
    find_heading,
    letter,
    position_of,
    too_wide,
    typical_width,
)
from ourpatch.data.exchange.reading.kinds import damaged_workbook
from ourpatch.data.exchange.reading.sheet import BadRow, Sheet, SheetOptions
from ourpatch.data.exchange.reading.workbook_package import Package, Worksheet, open_package
from ourpatch.data.exchange.reading.workbook_values import Format, Shape
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_CELL = re.compile(r"^\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$")
_LAST_ROW = 1_048_576
_MERGES_NAMED = 5


def read_workbook(path: Path, name: str, options: SheetOptions, caps: ReadCaps, wanted: int = 0) -> Sheet:
    """Read one worksheet. `wanted`: how many rows, in round figures; 0: all. Raises BadInput when the workbook cannot be read, or
    its headings cannot be told.
    """
    with open_package(path, name, caps) as package:
        book = _Book.read(package)
        chosen, sample = book.choose(options.sheet)
        heading = _heading(name, sample, options.header_row, caps)
        cells = _Cells(book, heading, wanted)
        cells.read(chosen)
        notes = [*book.notes(chosen), *heading.notes, *cells.notes()]
        rows = cells.rows
    table, numbers, merged = rows.table(), rows.numbers(), cells.merged(heading)
    touched = np.isin(numbers, merged)
    if touched.any():
        rows.bad += [BadRow(int(number), _merged_row()) for number in numbers[touched]]
        table, numbers = table.filter(~touched), numbers[~touched]
    used = SheetOptions(sheet=chosen.name, header_row=heading.row)
    return building.finish(
        name,
        "xlsx",
        table,
        numbers,
        rows.bad,
        used=used,
        notes=notes,
        caps=caps,
        totals=True,
        share=cells.share if wanted else 1.0,
    )


def list_worksheets(path: Path, name: str, caps: ReadCaps) -> tuple[str, ...]:
    """The names of the worksheets in order, hidden ones last."""
    with open_package(path, name, caps) as package:
        sheets = _worksheets(package, _workbook_part(package))
    return tuple(sheet.name for sheet in sorted(sheets, key=lambda sheet: sheet.hidden))


class _EnoughError(Exception):
    """The sample is full."""


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: list[str]
    flaw: Message | None


@dataclass(slots=True)
class _Book:
    """What the worksheets share: texts, number formats, the first day, and their names."""

    package: Package
    sheets: list[Worksheet]
    strings: _Strings | None
    formats: list[Format]
    from_1904: bool

    @classmethod
    def read(cls, package: Package) -> _Book:
        main = _workbook_part(package)
        links = package.targets(main).values()
        parts = {kind: part for kind, part in links if package.has(part)}
        dated = any(
            element == "workbookPr" and attributes.get("date1904") in ("1", "true", "on")
            for element, attributes in package.elements(main)
        )
        strings = _Strings(package, parts["sharedStrings"]) if "sharedStrings" in parts else None
        formats = _formats(package, parts["styles"]) if "styles" in parts else []
        return cls(package, _worksheets(package, main), strings, formats, dated)

    def choose(self, asked: str) -> tuple[Worksheet, list[_Row]]:
        """The worksheet that was asked for, or the first that looks like a table, with its first rows."""
        if asked:
            found = [sheet for sheet in self.sheets if sheet.name.strip().casefold() == asked.strip().casefold()]
            if not found:
                raise BadInput(
                    _(
                        "%(name)s has no worksheet of the name that was chosen. Choose one it has. Nothing was loaded.",
                        name=self.package.name,
                    )
                )
            return found[0], self._sample(found[0])
        visible = [sheet for sheet in self.sheets if not sheet.hidden] or self.sheets
        samples = [(sheet, self._sample(sheet)) for sheet in visible[:20]]
        filled = [each for each in samples if each[1]]
        if not filled:
            raise BadInput(empty(self.package.name))
        return next(
            (each for each in filled if typical_width([(row.number, row.cells) for row in each[1]]) > 1), filled[0]
        )

    def _sample(self, sheet: Worksheet) -> list[_Row]:
        reader = _Reader(self, SAMPLE)
        reader.read(sheet)
        return reader.sample

    def notes(self, chosen: Worksheet) -> list[Message]:
        notes = []
        if self.package.has_macros:
            notes.append(_("The workbook holds macros. They were not run; the values were read."))
        if len(self.sheets) > 1:
            hidden = sum(1 for sheet in self.sheets if sheet.hidden and sheet is not chosen)
            notes.append(
                _(
                    "The workbook has %(count)s worksheets, %(hidden)s of them hidden; only “%(sheet)s” was read.",
                    count=len(self.sheets),
                    hidden=hidden,
                    sheet=chosen.name,
                )
            )
        if chosen.hidden:
            notes.append(_("The worksheet is hidden in the workbook; it was read all the same."))
        if self.from_1904:
            notes.append(_("The workbook counts its days from 1904; dates were read accordingly."))
        return notes


@dataclass(slots=True)
class _Reader:
    """Reads the cells of one worksheet, row by row. With `limit`, only the first filled rows, into `sample`. `share`: of the
    worksheet that was read.
    """

    book: _Book
    limit: int = 0
    share: float = 0.0
    sample: list[_Row] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    formulas: int = 0
    rounded: int = 0
    hidden_rows: int = 0
    hidden_columns: set[str] = field(default_factory=set)
    _number: int = 0
    _cells: list[str] = field(default_factory=list)
    _flaw: Message | None = None
    _column: int = -1
    _kind: str = "n"
    _style: int = 0
    _formula: bool = False
    _letters: list[str] | None = None
    _value: str | None = None
    _phonetic: bool = False

    def read(self, sheet: Worksheet) -> None:
        try:
            for share in self.book.package.steps(sheet.part, start=self.start, end=self.end, text=self.text):
                self.share = share
                if self.has_enough():
                    return
        except _EnoughError:
            return

    def has_enough(self) -> bool:
        """Whether what follows need not be read."""
        return False

    def row(self, row: _Row) -> None:
        """Take a row that has something in it."""
        self.sample.append(row)
        if len(self.sample) == self.limit:
            raise _EnoughError

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        element = safe_xml.local(element)
        if element == "c":
            self._start_cell(attributes)
        elif element in ("v", "t"):
            self._letters = None if self._phonetic else []
        elif element == "f":
            self._formula = True
        elif element == "rPh":
            self._phonetic = True
        else:
            self._start_other(element, attributes)

    def text(self, letters: str) -> None:
        if self._letters is not None:
            self._letters.append(letters)

    def end(self, element: str) -> None:
        element = safe_xml.local(element)
        if element in ("v", "t"):
            if self._letters is not None:
                self._value = (self._value or "") + "".join(self._letters)
                self._letters = None
        elif element == "c":
            self._end_cell()
        elif element == "row":
            self._end_row()
        elif element == "rPh":
            self._phonetic = False

    def _start_other(self, element: str, attributes: Mapping[str, str]) -> None:
        hidden = attributes.get("hidden") in ("1", "true", "on")
        if element == "row":
            self._start_row(attributes.get("r", ""), hidden)
        elif element == "col" and hidden:
            first, last = (self._whole(attributes.get(key, "")) for key in ("min", "max"))
            self.hidden_columns |= {
                letter(at - 1) for at in range(first, min(last, first + 100) + 1) if 0 < at < 16_385
            }
        elif element == "mergeCell":
            self.merges.append(attributes.get("ref", ""))

    def _start_row(self, said: str, hidden: bool) -> None:
        number = self._whole(said) if said else self._number + 1
        if not self._number < number <= _LAST_ROW:
            raise BadInput(damaged_workbook(self.book.package.name))
        self._number, self._cells, self._flaw, self._column = number, [], None, -1
        self.hidden_rows += hidden

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        said = _CELL.match(attributes.get("r", ""))
        self._column = position_of(said[1].upper()) if said else self._column + 1
        self._kind = attributes.get("t", "n")
        self._style = self._whole(attributes.get("s", "0"))
        self._formula, self._value = False, None

    def _whole(self, text: str) -> int:
        try:
            return int(text)
        except ValueError as error:
            raise BadInput(damaged_workbook(self.book.package.name)) from error

    def _end_cell(self) -> None:
        self.formulas += self._formula
        if self._formula and self._value is None:
            self._found(_("The formula in column %(column)s has no value yet. Open the file in Excel and save it."))
            return
        text = self._text()
        if not text:
            return
        if self._column >= self.book.package.caps.columns:
            raise BadInput(too_wide(self.book.package.name, self.book.package.caps))
        if len(self._cells) <= self._column:
            self._cells.extend([""] * (self._column + 1 - len(self._cells)))
        self._cells[self._column] = text

    def _text(self) -> str:
        raw = self._value or ""
        if not raw:
            return ""
        if self._kind == "n":
            return self._number_text(raw)
        if self._kind == "s":
            return self._shared(raw)
        if self._kind == "b":
            return "TRUE" if raw.strip() in ("1", "true") else "FALSE"
        if self._kind == "e":
            self._found(_("The cell in column %(column)s shows an error of Excel, such as #REF! or #N/A. Correct it."))
            return ""
        return raw if self._kind == "d" else workbook_values.unescaped(raw)

    def _shared(self, raw: str) -> str:
        found = self.book.strings.at(self._whole(raw)) if self.book.strings is not None else None
        if found is None:
            raise BadInput(damaged_workbook(self.book.package.name))
        return found

    def _number_text(self, raw: str) -> str:
        formats = self.book.formats
        shown = formats[self._style] if 0 <= self._style < len(formats) else Format()
        text = workbook_values.number_text(raw.strip(), shown, self.book.from_1904)
        if text is None:
            self._found(_("The cell in column %(column)s holds a date or number that does not exist. Correct it."))
            return ""
        if shown.shape is Shape.NUMBER and workbook_values.is_rounded(raw):
            self.rounded += 1
        return text

    def _found(self, says: Message) -> None:
        """Keep the first thing wrong with a row; the column is named as a spreadsheet does."""
        if self._flaw is None:
            self._flaw = Message(says.text, {"column": letter(min(self._column, 16_383))})

    def _end_row(self) -> None:
        if self._flaw is not None or any(cell.strip() for cell in self._cells):
            self.row(_Row(self._number, self._cells, self._flaw))


class _Cells(_Reader):
    """Reads the rows below the heading into columns: all, or until there are as many as are wanted."""

    def __init__(self, book: _Book, heading: Heading, wanted: int) -> None:
        super().__init__(book)
        self._heading = heading
        self._wanted = wanted
        self._taken = 0
        self._width = len(heading.names)
        self.rows = Rows(book.package.name, heading.names, book.package.caps)

    def row(self, row: _Row) -> None:
        if row.number <= self._heading.row:
            return
        self._taken += 1
        cells = row.cells
        if row.flaw is not None:
            self.rows.set_aside(row.number, row.flaw)
        elif len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
            self.rows.set_aside(row.number, self._beyond(cells))
        else:
            self.rows.add(row.number, (cells + [""] * (self._width - len(cells)))[: self._width])

    def has_enough(self) -> bool:
        return 0 < self._wanted <= self._taken

    def notes(self) -> list[Message]:
        """What the sender should know of the worksheet."""
        notes = []
        if self.formulas:
            notes.append(_("Cells with formulas: %(count)s. Their last values were read.", count=self.formulas))
        if self.rounded:
            notes.append(
                _(
                    "Numbers of more than 15 digits: %(count)s. Excel keeps only 15 digits, so the last ones may be wrong. "
                    "Format such columns as text.",
                    count=self.rounded,
                )
            )
        if self.hidden_rows:
            notes.append(
                _("Rows hidden in the workbook: %(count)s. They were read all the same.", count=self.hidden_rows)
            )
        if self.hidden_columns:
            columns = ", ".join(sorted(self.hidden_columns, key=lambda each: (len(each), each)))
            notes.append(_("Columns hidden in the workbook were read all the same: %(columns)s.", columns=columns))
        return notes + self._merge_notes()

    def merged(self, heading: Heading) -> list[int]:
        """The numbers of rows below the heading that are in merged cells, the first row of a merge downwards excepted.

        Raises BadInput when headings are merged.
        """
        marks = np.zeros(self._number + 2, dtype=np.int64)
        for ref in self.merges:
            first, last, wide = self._range(ref)
            if first <= heading.row <= last:
                raise BadInput(
                    _(
                        "%(name)s: headings are merged (%(cells)s). Unmerge them and give each column its own heading. "
                        "Nothing was loaded.",
                        name=self.book.package.name,
                        cells=ref,
                    )
                )
            start = first if wide else first + 1
            if heading.row < start <= min(last, self._number):
                marks[start] += 1
                marks[min(last, self._number) + 1] -= 1
        found: list[int] = np.flatnonzero(np.cumsum(marks) > 0).tolist()
        return found

    def _merge_notes(self) -> list[Message]:
        below = [ref for ref in self.merges if self._range(ref)[0] > self._heading.row]
        if not below:
            return []
        named = ", ".join(below[:_MERGES_NAMED]) + (" …" if len(below) > _MERGES_NAMED else "")
        return [_("Cells are merged (%(cells)s), so that rows in them lack values.", cells=named)]

    def _range(self, ref: str) -> tuple[int, int, bool]:
        corners = [_CELL.match(corner) for corner in ref.split(":")]
        first, last = corners[0], corners[-1]
        if first is None or last is None:
            raise BadInput(damaged_workbook(self.book.package.name))
        return int(first[2]), int(last[2]), first[1] != last[1]

    def _beyond(self, cells: Sequence[str]) -> Message:
        at = next(at for at in range(self._width, len(cells)) if cells[at].strip())
        return _("The row holds a value in column %(column)s, which has no heading.", column=letter(at))


def _heading(name: str, sample: Sequence[_Row], asked: int, caps: ReadCaps) -> Heading:
    heading = find_heading(name, [(row.number, row.cells) for row in sample], asked, caps)
    flaw = next((row.flaw for row in sample if row.number == heading.row), None)
    if flaw is not None:
        raise BadInput(_("%(name)s: the headings cannot be read. %(says)s Nothing was loaded.", name=name, says=flaw))
    return heading


def _merged_row() -> Message:
    return _("Cells of this row are merged, so that its values cannot be told. Unmerge them and fill every row.")


def _workbook_part(package: Package) -> str:
    for kind, part in package.targets("").values():
        if kind == "officeDocument" and package.has(part):
            return part
    raise BadInput(damaged_workbook(package.name))


def _worksheets(package: Package, main: str) -> list[Worksheet]:
    parts = package.targets(main)
    found = []
    for element, attributes in package.elements(main):
        if element != "sheet":
            continue
        link = next(
            (value for key, value in attributes.items() if key != "sheetId" and safe_xml.local(key) == "id"), ""
        )
        kind, part = parts.get(link, ("", ""))
        # A chart on a sheet of its own holds no cells.
        if kind == "worksheet" and package.has(part):
            found.append(Worksheet(attributes.get("name", ""), part, attributes.get("state", "visible") != "visible"))
    if not found:
        raise BadInput(damaged_workbook(package.name))
    return found


class _Strings:
    """The shared texts, without the readings that East Asian ones carry; read as far as somebody asked for one."""

    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        self._found: list[str] = []
        self._letters: list[str] = []
        self._inside: Counter[str] = Counter()
        self._size = 0
        self._reading = package.steps(part, start=self._start, end=self._end, text=self._text)

    def at(self, place: int) -> str | None:
        """The text at a place; None when there is none."""
        while place >= len(self._found):
            if next(self._reading, None) is None:
                return None
        return self._found[place] if place >= 0 else None

    def _start(self, element: str, _attributes: Mapping[str, str]) -> None:
        self._inside[safe_xml.local(element)] += 1

    def _text(self, piece: str) -> None:
        if self._inside["t"] and not self._inside["rPh"]:
            self._letters.append(piece)

    def _end(self, element: str) -> None:
        element = safe_xml.local(element)
        self._inside[element] -= 1
        if element == "si":
            self._found.append(workbook_values.unescaped("".join(self._letters)))
            self._letters.clear()
            self._size += len(self._found[-1])
            if self._size > self._package.caps.text_bytes:
                raise BadInput(building.too_large(self._package.name))


def _formats(package: Package, part: str) -> list[Format]:
    """The number format of every cell style."""
    custom: dict[int, str] = {}
    formats: list[Format] = []
    inside = False
    for element, attributes in package.elements(part):
        if element == "numFmt" and attributes.get("numFmtId", "").isdecimal():
            custom.setdefault(int(attributes["numFmtId"]), attributes.get("formatCode", "General"))
        elif element in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = element == "cellXfs"
        elif element == "xf" and inside:
            said = attributes.get("numFmtId", "0")
            formats.append(workbook_values.format_of(int(said) if said.isdecimal() else 0, custom))
    return formats
