"""The report that a clerk gets back: a workbook with what was found, and the sender's own rows with the offending cells marked.

A cell in which the depersonalisation gate found something is never repeated. Whatever a cell holds is written as text, so that
none becomes a formula.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from ourpatch.data.exchange.findings import Weight
from ourpatch.data.exchange.reading.sheet import Sheet
from ourpatch.data.exchange.wording import WEIGHTS

MOST_ROWS = 2_000
LONGEST_CELL = 32_000
MARK = "⚠ "
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEAD = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_OFFENDING = PatternFill("solid", fgColor="FFDD00")
_HELD = PatternFill("solid", fgColor="F8D7DA")
_AUTHOR = "Ourpatch"
_WIDTHS = (10, 26, 52, 52, 22)


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """One finding as a report shows it, in the reader's language. `row` 0: the whole file; `column` "": the whole row."""

    row: int
    column: str
    kind: str
    weight: Weight
    says: str
    do: str


def report_workbook(
    summary: Sequence[tuple[str, str]], findings: Sequence[ReportFinding], sheet: Sheet | None = None
) -> bytes:
    """The report as XLSX, in the language that is active. `sheet`: the file's rows; without it none of them is shown."""
    book = Workbook(write_only=True)
    _write_findings(book, summary, findings)
    if sheet is not None:
        _write_rows(book, findings, sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def report_csv(findings: Iterable[ReportFinding]) -> str:
    """What was found as comma-separated values; a cell that a spreadsheet would calculate is made text."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(_headings())
    for each in findings:
        cells = _cells(each)
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()


def _headings() -> list[str]:
    return [_("Row"), _("Column"), _("What was found"), _("What to do"), _("What follows")]


def _cells(each: ReportFinding) -> list[str]:
    row = str(each.row) if each.row else _("Whole file")
    return [row, each.column, each.says, each.do, str(WEIGHTS[each.weight])]


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


def _write_rows(book: Workbook, findings: Sequence[ReportFinding], sheet: Sheet) -> None:
    by_row: dict[int, list[ReportFinding]] = {}
    for each in findings:
        if each.row:
            by_row.setdefault(each.row, []).append(each)
    places = {int(number): at for at, number in enumerate(sheet.numbers) if int(number) in by_row}
    shown = sorted(places)[:MOST_ROWS]
    page = book.create_sheet(_("Your rows, marked")[:31])
    page.freeze_panes = "B3"
    told = ngettext("%(n)s row with something found in it", "%(n)s rows with something found in them", len(shown))
    note = told % {"n": len(shown)}
    if len(places) > len(shown):
        note += ". " + _("There are %(n)s; the first are shown.") % {"n": len(places)}
    page.append([_text(page, note, font=_HEAD)])
    page.append([_text(page, heading, font=_HEAD) for heading in (_("Row"), *_shown_headings(sheet, findings))])
    held = _held_columns(findings)
    for number in shown:
        values = {name: sheet.columns.column(at)[places[number]].as_py() for at, name in enumerate(sheet.header)}
        page.append(_marked(page, number, values, by_row[number], held))


def _marked(
    page: object, number: int, values: Mapping[str, str], found: Sequence[ReportFinding], held: frozenset[str]
) -> list[object]:
    cells: list[object] = [_text(page, str(number), font=_HEAD)]
    whole_row = [each for each in found if not each.column]
    for at, (name, value) in enumerate(values.items(), start=1):
        about = [each for each in found if each.column in (name, f"#{at}")]
        if name in held or f"#{at}" in held or _identifies(whole_row):
            cells.append(_text(page, _("[held back]"), fill=_HELD, comment=_said(about or whole_row)))
        elif about:
            cells.append(_text(page, MARK + value, fill=_OFFENDING, comment=_said(about)))
        else:
            cells.append(_text(page, value))
    if whole_row:
        cells[0] = _text(page, MARK + str(number), fill=_OFFENDING, comment=_said(whole_row))
    return cells


def _held_columns(findings: Iterable[ReportFinding]) -> frozenset[str]:
    """Columns in which the gate found something in any row: the others of the column may hold what it did not know."""
    return frozenset(each.column for each in findings if each.kind.startswith("gate_") and each.column)


def _shown_headings(sheet: Sheet, findings: Sequence[ReportFinding]) -> list[str]:
    """The headings; one that itself identifies somebody is called by its place, as the findings call it."""
    called = {each.column for each in findings}
    return [f"#{at}" if f"#{at}" in called else name for at, name in enumerate(sheet.header, start=1)]


def _identifies(found: Iterable[ReportFinding]) -> bool:
    return any(each.weight is Weight.HOLDS for each in found)


def _said(found: Iterable[ReportFinding]) -> str:
    return "\n".join(dict.fromkeys(f"{each.says} {each.do}" for each in found))


def _text(
    page: object, value: str, *, font: Font | None = None, fill: PatternFill | None = None, comment: str = ""
) -> WriteOnlyCell:
    """A cell of text, whatever the text begins with."""
    cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL])
    cell.data_type = "s"
    cell.alignment = _WRAPPED
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    if comment:
        cell.comment = Comment(comment, _AUTHOR, width=320, height=120)
    return cell
