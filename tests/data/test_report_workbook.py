"""The report of a delivery as a workbook: everything that was found, offending cells marked, nothing that identifies repeated."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from openpyxl import load_workbook
from tests.data.factories_mapping import sheet_of

from ourpatch.data.exchange.findings import Weight
from ourpatch.data.exchange.report_workbook import MARK, MOST_ROWS, ReportFinding, report_csv, report_workbook

SHEET = sheet_of({"Date": ["31/02/2026", "01/07/2026", "02/07/2026"], "Notes": ["=1+1", "Jane Wilkinson", "wet"]})
BAD_DATE = ReportFinding(
    2, "Date", "date_not_existing", Weight.SETS_ASIDE, "There is no such day.", "Correct the date."
)
NAMED = ReportFinding(3, "Notes", "gate_name", Weight.HOLDS, "The cell holds the name of a person.", "Take it out.")
SUMMARY = (("Receipt", "ABCD-EFGH"),)


def opened(content: bytes) -> Any:
    return load_workbook(BytesIO(content))


def texts(book: Any) -> str:
    return " ".join(
        str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value is not None
    )


def test_every_finding_stands_with_its_row_column_and_what_to_do() -> None:
    book = opened(report_workbook(SUMMARY, [BAD_DATE, NAMED]))
    (page,) = book.worksheets
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0][:2] == ["Receipt", "ABCD-EFGH"]
    assert rows[2] == ["Row", "Column", "What was found", "What to do", "What follows"]
    assert rows[3] == ["2", "Date", "There is no such day.", "Correct the date.", "The row is not loaded"]
    assert page.auto_filter.ref == "A3:E5"


def test_an_offending_cell_is_marked_in_colour_in_words_and_by_a_note() -> None:
    book = opened(report_workbook(SUMMARY, [BAD_DATE], SHEET))
    marked = book.worksheets[1]["B3"]
    assert marked.value == f"{MARK}31/02/2026"
    assert marked.fill.fgColor.rgb == "00FFDD00"
    assert "Correct the date." in marked.comment.text
    assert book.worksheets[1].max_row == 3


def test_what_identifies_somebody_is_never_repeated_nor_anything_else_of_its_column() -> None:
    both = [BAD_DATE, NAMED]
    book = opened(report_workbook(SUMMARY, both, SHEET))
    assert "Wilkinson" not in texts(book)
    assert "=1+1" not in texts(book)
    assert "[held back]" in texts(book)


def test_a_row_that_singles_somebody_out_shows_none_of_its_cells() -> None:
    alone = ReportFinding(3, "", "gate_singled_out", Weight.HOLDS, "Fewer than three pupils.", "Leave out the age.")
    book = opened(report_workbook(SUMMARY, [alone], SHEET))
    assert "Wilkinson" not in texts(book)
    assert "01/07/2026" not in texts(book)


def test_no_cell_becomes_a_formula() -> None:
    hostile = ReportFinding(2, '=HYPERLINK("http://example.org")', "note", Weight.NOTES, "+1", "@x")
    book = opened(report_workbook([("=1", "=2")], [hostile, BAD_DATE], SHEET))
    assert all(cell.data_type != "f" for page in book for row in page.iter_rows() for cell in row)
    assert "'=HYPERLINK" in report_csv([hostile])


def test_it_is_told_in_welsh() -> None:
    with translation.override("cy"):
        assert opened(report_workbook(SUMMARY, [BAD_DATE], SHEET)).worksheets[0]["A3"].value == "Rhes"


def test_a_very_bad_file_shows_its_first_rows_and_says_how_many_there_are() -> None:
    many = sheet_of({"Date": ["x\x00y"] * (MOST_ROWS + 5)})
    found = [
        ReportFinding(at, "Date", "date_unreadable", Weight.SETS_ASIDE, "No.", "Do.") for at in range(2, MOST_ROWS + 7)
    ]
    book = opened(report_workbook(SUMMARY, found, many))
    assert book.worksheets[1].max_row == MOST_ROWS + 2
    assert str(MOST_ROWS + 5) in book.worksheets[1]["A1"].value


pytestmark = pytest.mark.rules
