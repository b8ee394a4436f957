"""The report that a clerk gets back: a workbook with what was found, and the sender's own rows with the offending cells marked.

A cell in which the depersonalisation gate found something is never repeated, nor what stands beside it in its column. Whatever a
cell holds is written as text, so that none becomes a formula.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO, StringIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from ourpatch.data.exchange import gate
from ourpatch.data.exchange.findings import Findings, Weight
from ourpatch.data.exchange.gate.kinds import WHAT
from ourpatch.data.exchange.reading.sheet import Sheet
from ourpatch.data.exchange.wording import WEIGHTS
from ourpatch.ground.spreadsheets import plain_cell, writable

MOST_ROWS = 2_000
# A workbook holds 32,767 units of UTF-16 in a cell; a sign is two of them at most.
LONGEST_CELL = 16_000
MARK = "⚠ "
# So many findings of a kind are listed; of more columns than these it cannot be told which ones the gate found something in.
_LISTED = Findings().listed
_HELD_KINDS = {f"gate_{sure}{kind}": what for kind, what in WHAT.items() for sure in ("", "maybe_")}
_HEAD = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_OFFENDING = PatternFill("solid", fgColor="FFDD00")
_HELD = PatternFill("solid", fgColor="F8D7DA")
_AUTHOR = "Ourpatch"
_WIDTHS = (16, 26, 52, 52, 22)
_ROW_WIDTHS = (10, 20)


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """One finding as a report shows it, in the reader's language. `row` 0: the whole file; `column` "": the whole row;
    `follows` "": what its weight says.
    """

    row: int
    column: str
    kind: str
    weight: Weight
    says: str
    do: str
    follows: str = ""


def report_workbook(
    summary: Sequence[tuple[str, str]], findings: Sequence[ReportFinding], sheet: Sheet | None = None
) -> bytes:
    """The report as XLSX, in the language that is active. `sheet`: the file's rows; without it none of them is shown."""
    book = Workbook(write_only=True)
    found = findings if sheet is None else _nameless(findings, sheet)
    _write_findings(book, summary, found)
    if sheet is not None:
        _write_rows(book, found, sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def report_csv(findings: Iterable[ReportFinding]) -> str:
    """What was found as comma-separated values; a cell that a spreadsheet would calculate is made text."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(_headings())
    for each in findings:
        cells = map(str, _cells(each))
        writer.writerow([plain_cell(cell) for cell in cells])
    return out.getvalue()


def _headings() -> list[str]:
    return [_("Row"), _("Column"), _("What was found"), _("What to do"), _("What follows")]


def _cells(each: ReportFinding) -> list[str | int]:
    return [each.row or _("Whole file"), each.column, each.says, each.do, each.follows or str(WEIGHTS[each.weight])]


def _nameless(findings: Sequence[ReportFinding], sheet: Sheet) -> list[ReportFinding]:
    """The findings, a heading that itself identifies somebody called by its place in all of them, as the gate calls it."""
    shown = dict(zip(sheet.header, _Held.by(findings).headings(sheet), strict=True))
    return [replace(each, column=shown.get(each.column, each.column)) for each in findings]


def _write_findings(book: Workbook, summary: Sequence[tuple[str, str]], findings: Sequence[ReportFinding]) -> None:
    page = book.create_sheet(_("What was found")[:31])
    for number, width in enumerate(_WIDTHS, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    first = len(summary) + 2
    page.freeze_panes = f"A{first + 1}"
    page.auto_filter.ref = f"A{first}:E{max(first + len(findings), first + 1)}"
    for name, value in summary:
        page.append([_text(page, name, font=_HEAD), _text(page, value)])
    page.append([])
    page.append([_text(page, heading, font=_HEAD) for heading in _headings()])
    for each in findings:
        page.append([_text(page, cell) for cell in _cells(each)])


@dataclass(frozen=True, slots=True)
class _Held:
    """What is not repeated. `every`: no column is; `singled`: of every row only the cells in which something was found are, since
    more rows may single somebody out than are listed.
    """

    columns: frozenset[str]
    every: bool
    singled: bool

    @classmethod
    def by(cls, findings: Sequence[ReportFinding]) -> _Held:
        """A column in which the gate found something in any row is held: its other cells may hold what the gate did not know."""
        columns = frozenset(each.column for each in findings if each.kind.startswith("gate_") and each.column)
        return cls(columns, len(columns) >= _LISTED, _identifies(each for each in findings if not each.column))

    def headings(self, sheet: Sheet) -> list[str]:
        """The headings; one that itself identifies somebody is called by its place."""
        called = gate.called(sheet)
        places = [(f"#{at}", name) for at, name in enumerate(sheet.header, start=1)]
        return [place if self.every or place in self.columns or name in called else name for place, name in places]

    def holds(self, column: str, about: Sequence[ReportFinding]) -> bool:
        """Whether a cell is held, `about` being what was found in it."""
        return self.every or column in self.columns or (self.singled and not about)


def _write_rows(book: Workbook, findings: Sequence[ReportFinding], sheet: Sheet) -> None:
    by_row: dict[int, list[ReportFinding]] = {}
    for each in findings:
        if each.row:
            by_row.setdefault(each.row, []).append(each)
    places = {int(number): at for at, number in enumerate(sheet.numbers) if int(number) in by_row}
    shown = sorted(places)[:MOST_ROWS]
    held = _Held.by(findings)
    headings = held.headings(sheet)
    page = book.create_sheet(_("Your rows, marked")[:31])
    for at in range(len(headings) + 1):
        page.column_dimensions[get_column_letter(at + 1)].width = _ROW_WIDTHS[min(at, 1)]
    page.freeze_panes = "B3"
    page.auto_filter.ref = f"A2:{get_column_letter(len(headings) + 1)}{len(shown) + 2}"
    page.append([_text(page, _how_many(len(shown), len(places)), font=_HEAD, wrapped=False)])
    page.append([_text(page, heading, font=_HEAD) for heading in (_("Row"), *headings)])
    for number in shown:
        values = [column[places[number]].as_py() for column in sheet.columns.columns]
        page.append(_marked(page, number, dict(zip(headings, values, strict=True)), by_row[number], held))


def _how_many(shown: int, found: int) -> str:
    told = ngettext("%(n)s row with something found in it", "%(n)s rows with something found in them", shown)
    more = ". " + _("There are %(n)s; the first are shown.") % {"n": found} if found > shown else ""
    return told % {"n": shown} + more


def _marked(
    page: object, number: int, values: dict[str, str], found: Sequence[ReportFinding], held: _Held
) -> list[WriteOnlyCell]:
    whole_row = [each for each in found if not each.column]
    if whole_row:
        cells = [_text(page, MARK + str(number), fill=_OFFENDING, comment=_said(whole_row))]
    else:
        cells = [_text(page, number, font=_HEAD)]
    for column, value in values.items():
        about = [each for each in found if each.column == column]
        if held.holds(column, about) or _identifies(whole_row):
            cells.append(_held_back(page, value, about, whole_row))
        elif about:
            cells.append(_text(page, MARK + value, fill=_OFFENDING, comment=_said(about)))
        else:
            cells.append(_text(page, value))
    return cells


def _held_back(
    page: object, value: str, about: Sequence[ReportFinding], whole_row: Sequence[ReportFinding]
) -> WriteOnlyCell:
    """A cell that says what it held, if the gate knew it; one that held nothing stays empty."""
    if not value and not about:
        return _text(page, "")
    what = dict.fromkeys(str(_HELD_KINDS[each.kind]) for each in about if each.kind in _HELD_KINDS)
    told = " ".join([_("[held back]"), ", ".join(what)]).strip()
    return _text(page, told, fill=_HELD, comment=_said(about or whole_row))


def _identifies(found: Iterable[ReportFinding]) -> bool:
    return any(each.weight is Weight.HOLDS for each in found)


def _said(found: Iterable[ReportFinding]) -> str:
    return "\n".join(dict.fromkeys(f"{each.says} {each.do}" for each in found))


def _text(
    page: object,
    value: str | int,
    *,
    font: Font | None = None,
    fill: PatternFill | None = None,
    comment: str = "",
    wrapped: bool = True,
) -> WriteOnlyCell:
    """A cell of text, whatever the text begins with; a number stays one, so that rows can be sorted."""
    cell = WriteOnlyCell(page, value=value if isinstance(value, int) else _writable(value))
    if isinstance(value, str):
        cell.data_type = "s"
    if wrapped:
        cell.alignment = _WRAPPED
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    if comment:
        cell.comment = Comment(_writable(comment), _AUTHOR, width=320, height=120)
    return cell


def _writable(text: str) -> str:
    """A text as a workbook may hold it."""
    plain = writable(text)
    return plain if len(plain) <= LONGEST_CELL else f"{plain[:LONGEST_CELL]}…"
