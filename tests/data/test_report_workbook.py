"""The report of a delivery as a workbook: everything that was found, offending cells marked, nothing that identifies repeated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from openpyxl import load_workbook
from tests.data.factories_mapping import sheet_of
from tests.data.gate.corpus import Case, halves

from ourpatch.data.exchange import gate
from ourpatch.data.exchange.findings import Finding, Findings, Weight
from ourpatch.data.exchange.intake.judging import judge
from ourpatch.data.exchange.report_workbook import MARK, MOST_ROWS, ReportFinding, report_csv, report_workbook
from ourpatch.data.store import specs
from ourpatch.foundation.law import book

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


def every_word(book: Any) -> str:
    """Cells and notes."""
    notes = " ".join(cell.comment.text for page in book for row in page.iter_rows() for cell in row if cell.comment)
    return f"{texts(book)} {notes}"


def reported(found: Sequence[Finding]) -> list[ReportFinding]:
    return [
        ReportFinding(each.row, each.column, each.kind, each.weight, str(each.says), str(each.do)) for each in found
    ]


def noted(row: int, column: str) -> ReportFinding:
    return ReportFinding(row, column, "noted", Weight.NOTES, "Look here.", "Nothing.")


def test_every_finding_stands_with_its_row_column_and_what_to_do() -> None:
    book = opened(report_workbook(SUMMARY, [BAD_DATE, NAMED]))
    (page,) = book.worksheets
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0][:2] == ["Receipt", "ABCD-EFGH"]
    assert rows[2] == ["Row", "Column", "What was found", "What to do", "What follows"]
    assert rows[3] == [2, "Date", "There is no such day.", "Correct the date.", "The row is not loaded"]
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
    book = opened(report_workbook(SUMMARY, [alone, noted(3, "Date")], SHEET))
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


def test_a_held_cell_says_what_it_held_and_an_empty_one_stays_empty() -> None:
    sheet = sheet_of({"Date": ["x", "x"], "Notes": ["Jane Wilkinson", ""]})
    named = ReportFinding(2, "Notes", "gate_name", Weight.HOLDS, "The cell holds the name of a person.", "Take it out.")
    page = opened(report_workbook(SUMMARY, [named, noted(3, "Date")], sheet)).worksheets[1]
    assert page["C3"].value == "[held back] the name of a person"
    assert "Take it out." in page["C3"].comment.text
    assert not page["C4"].value


def test_nobody_singled_out_is_shown_though_no_finding_of_the_row_is_listed() -> None:
    """Only the first findings of a kind are listed; another finding of such a row must not show the rest of it."""
    alone = ReportFinding(2, "", "gate_singled_out", Weight.HOLDS, "Fewer than three pupils.", "Leave out the age.")
    page = opened(report_workbook(SUMMARY, [alone, noted(4, "Date")], SHEET)).worksheets[1]
    assert [cell.value for cell in page[4]] == [4, f"{MARK}02/07/2026", "[held back]"]


def test_more_columns_that_identify_than_are_listed_hold_back_all_columns() -> None:
    wide = {f"{'ABCDEFGHIJ'[at // 30]}{at}": ["victim John Smith"] for at in range(Findings().listed + 5)}
    sheet = sheet_of({"Date": ["31/02/2026"], **wide})
    found = reported(gate.examine(sheet, None, specs.dataset("council_asb")).kept)
    assert "Smith" not in every_word(opened(report_workbook(SUMMARY, [*found, BAD_DATE], sheet)))


def test_a_heading_that_identifies_is_called_by_its_place_in_every_finding() -> None:
    sheet = sheet_of({"Date": ["31/02/2026"], "Jane Wilkinson": ["wet"]})
    found = reported(gate.examine(sheet, None, specs.dataset("council_asb")).kept)
    content = report_workbook(SUMMARY, [*found, noted(2, "Jane Wilkinson")], sheet)
    assert "Wilkinson" not in every_word(opened(content))
    assert "#2" in every_word(opened(content))


@pytest.mark.parametrize("case", halves()["held out"], ids=lambda case: case.dataset)
def test_nothing_planted_in_the_gates_corpus_is_in_the_report(case: Case) -> None:
    """In no column in which the gate found anything, be it in another row; what it misses altogether its own tests measure."""
    day = date(2026, 3, 31)
    judged = judge(case.sheet, case.layout, case.spec, book(day).codes, None, day)
    column = next(iter(case.columns))
    found = [*reported(judged.findings.kept), *(noted(row, column) for row, _column in case.planted)]
    told = every_word(opened(report_workbook(SUMMARY, found, case.sheet))) + report_csv(found)
    known = {each.column for each in judged.findings.kept if each.kind.startswith("gate_")}
    planted = {case.columns[column][row - 2] for row, column in case.planted if column in known}
    assert len(planted) > 0.9 * len(case.planted)
    assert not [each for each in planted if each in told]


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_signs_that_no_workbook_may_hold_do_not_damage_it(sign: str) -> None:
    found = ReportFinding(2, f"Da{sign}te", "bad", Weight.SETS_ASIDE, f"Bad{sign}ly written.", f"Mend{sign} it.")
    book = opened(report_workbook([("Fi\x00le", f"a{sign}b.csv")], [found], sheet_of({f"Da{sign}te": [f"x{sign}y"]})))
    assert book.worksheets[0]["B1"].value == "ab.csv"
    assert book.worksheets[1]["B3"].value == f"{MARK}xy"
    assert book.worksheets[1]["B3"].comment.text.startswith("Badly written. Mend it.")


def test_a_cell_longer_than_a_workbook_may_hold_is_cut_and_says_so() -> None:
    page = opened(report_workbook(SUMMARY, [BAD_DATE], sheet_of({"Date": ["😀" * 40_000]}))).worksheets[1]
    value = page["B3"].value
    assert value.endswith("…")
    assert len(value.encode("utf-16-le")) // 2 <= 32_767


def test_fifty_thousand_findings_are_all_there() -> None:
    found = [noted(row, "Date") for row in range(2, 50_002)]
    page = load_workbook(BytesIO(report_workbook(SUMMARY, found)), read_only=True).worksheets[0]
    rows = [row[0] for row in page.iter_rows(min_row=4, values_only=True)]
    assert rows == list(range(2, 50_002))
    assert report_csv(found).count("\n") == 50_001


pytestmark = pytest.mark.rules
