"""Reading partners' files: every broken file gives its message, or loses nothing."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.data.exchange_files import CORPUS, Broken, writers

from ourpatch.data.exchange.reading import ReadCaps, Sheet, SheetOptions, read_first, read_sheet, worksheets
from ourpatch.data.exchange.reading.workbook_values import Format, Shape, number_text
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return list(zip(*(column.to_pylist() for column in sheet.columns.columns), strict=True))


def read(folder: Path, name: str, data: bytes, options: SheetOptions = SheetOptions()) -> Sheet:  # noqa: B008
    path = folder / name
    path.write_bytes(data)
    return read_sheet(path, name, options)


def ids(file: Broken) -> str:
    return f"{file.name}: {file.case}"


def test_the_corpus_is_large_and_its_cases_are_told_apart() -> None:
    assert len({ids(file) for file in CORPUS}) == len(CORPUS)
    assert len([file for file in CORPUS if file.stage == "reading"]) >= 60
    assert len([file for file in CORPUS if file.stage == "mapping"]) >= 10


@pytest.mark.parametrize("file", [file for file in CORPUS if file.refused], ids=ids)
def test_a_file_that_cannot_be_used_says_what_to_do(file: Broken, tmp_path: Path) -> None:
    path = file.write(tmp_path)
    with pytest.raises(BadInput) as refusal:
        read_sheet(path, file.name, file.options, file.caps)
    message = str(refusal.value)
    assert file.refused in message
    assert message.startswith(file.name)
    assert message.endswith("Nothing was loaded.")


@pytest.mark.parametrize("file", [file for file in CORPUS if not file.refused], ids=ids)
def test_a_file_that_can_be_used_loses_nothing(file: Broken, tmp_path: Path) -> None:
    sheet = read_sheet(file.write(tmp_path), file.name, file.options, file.caps)
    assert sheet.header == file.header
    assert cells(sheet) == [tuple(row) for row in file.rows]
    assert sheet.numbers.tolist() == list(file.numbers)
    assert [row.number for row in sheet.bad_rows] == list(file.bad)
    for row in sheet.bad_rows:
        assert file.bad[row.number] in str(row.says)
    assert len(sheet.notes) == len(file.notes), [str(note) for note in sheet.notes]
    for note, words in zip(sheet.notes, file.notes, strict=True):
        assert words in str(note)


@pytest.mark.parametrize("file", [file for file in CORPUS if not file.refused], ids=ids)
def test_what_was_found_reads_the_same_file_again(file: Broken, tmp_path: Path) -> None:
    path = file.write(tmp_path)
    first = read_sheet(path, file.name, file.options, file.caps)
    again = read_sheet(path, file.name, first.used, file.caps)
    assert again.columns.equals(first.columns)
    assert again.numbers.tolist() == first.numbers.tolist()


def test_messages_repeat_no_value_of_a_row(tmp_path: Path) -> None:
    secret = "Zebedee Quill"
    table = f"Date,Type,Place\n01/03/2026,Noise,x\n{secret}\n{secret},a,b,c\nx,{secret}{'y' * 40_000},z\n"
    sheet = read(tmp_path, "a.csv", table.encode())
    assert len(sheet.bad_rows) == 3
    assert not any(secret in str(row.says) for row in sheet.bad_rows)


def test_worksheets_are_listed_the_hidden_ones_last(tmp_path: Path) -> None:
    part = writers.text_sheet((("a", "b"), ("1", "2")))
    path = tmp_path / "a.xlsx"
    path.write_bytes(writers.workbook({"Old": part, "One": part, "Two": part}, states={"Old": "hidden"}))
    assert worksheets(path) == ("One", "Two", "Old")
    path.write_bytes(b"a,b\n1,2\n")
    assert worksheets(path) == ()


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no file called"):
        read_sheet(tmp_path / "a.csv", "a.csv")


def test_a_workbook_of_another_writer_reads_the_same(tmp_path: Path) -> None:
    from datetime import date, datetime, time

    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Day", "When", "At", "Ref", "N", "Share"])
    book.active.append([date(2026, 3, 1), datetime(2026, 3, 1, 9, 5, 7), time(23, 59), "0012", 7, 0.1])
    book.active.append([date(2024, 2, 29), None, None, "=1+1 as text", 12.0, -3.25])
    book.active["D3"].data_type = "s"
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert cells(read_sheet(path, "a.xlsx")) == [
        ("2026-03-01", "2026-03-01T09:05:07", "23:59", "0012", "7", "0.1"),
        ("2024-02-29", "", "", "=1+1 as text", "12", "-3.25"),
    ]


def test_an_entity_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("opened")
    address = (tmp_path / "secret.txt").as_uri()
    text = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{address}">]><all><i><a>&e;</a></i><i><a>b</a></i></all>'
    with pytest.raises(BadInput, match="document type"):
        read(tmp_path, "a.xml", text.encode())


def test_a_bomb_is_refused_before_it_fills_memory(tmp_path: Path) -> None:
    part = writers.sheet(
        writers.text_row(1, ("a", "b")), *[writers.text_row(n, ("x" * 5_000, "y")) for n in range(2, 4_000)]
    )
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(writers.workbook({"Data": part}))
    tracemalloc.start()
    try:
        with pytest.raises(BadInput, match="would unpack to far more"):
            read_sheet(path, "bomb.xlsx", caps=ReadCaps(ratio=20))
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    part = writers.text_sheet((("a", "b"), *[(str(n), "y" * 50) for n in range(3_000)]))
    data = bytearray(writers.workbook({"Data": part}))
    entry = data.index(b"PK\x01\x02")
    while data.find(b"xl/worksheets/sheet1.xml", entry, entry + 80) < 0:
        entry = data.index(b"PK\x01\x02", entry + 4)
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    with pytest.raises(BadInput, match="damaged"):
        read(tmp_path, "a.xlsx", bytes(data))


@pytest.mark.parametrize("rows", [20_001, 45_000])
def test_long_tables_keep_every_row_and_number(rows: int, tmp_path: Path) -> None:
    """Longer than the pieces that columns are built from, with a column that appears late."""
    text = "\n".join(f'{{"n": {n}}}' if n % 15_000 else f'{{"n": {n}, "late{n}": "x"}}' for n in range(rows))
    sheet = read(tmp_path, "a.jsonl", text.encode())
    assert sheet.columns.column("n").to_pylist() == [str(n) for n in range(rows)]
    assert sheet.columns.column("late15000").to_pylist().index("x") == 15_000
    assert sheet.numbers.tolist() == list(range(1, rows + 1))


@given(st.floats(0.001, 2_900_000, allow_nan=False))
def test_a_day_number_is_a_moment_that_python_reads(serial: float) -> None:
    from datetime import datetime, timedelta

    text = number_text(repr(serial), Format(Shape.BOTH), True)
    assert text is not None
    expected = datetime(1904, 1, 1) + timedelta(seconds=round(serial * 86_400))
    assert datetime.fromisoformat(text) == expected


# Headings that no rule judges, and cells of any text that is not blank in its row, no total and not cut by a format.
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_headings = st.lists(st.text(_LETTERS, min_size=1, max_size=6), min_size=2, max_size=5, unique=True)
_cell = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\ufffd"), max_size=20)
_plain = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffd\ufffe\uffff"), max_size=20)


def tables(cell: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    def of(headings: list[str]) -> st.SearchStrategy[list[list[str]]]:
        # The first cell keeps a row from being blank, and from being a line of totals.
        row = st.lists(cell, min_size=len(headings) - 1, max_size=len(headings) - 1).map(lambda rest: ["x", *rest])
        return st.lists(row, min_size=1, max_size=6).map(lambda rows: [headings, *rows])

    return _headings.flatmap(of)


_each_example = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def same(sheet: Sheet, table: list[list[str]]) -> bool:
    return [list(sheet.header), *map(list, cells(sheet))] == table and not sheet.bad_rows


@_each_example
@given(tables(_cell), st.sampled_from(",\t;|"), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_table_comes_back_from_text(
    tmp_path: Path, table: list[list[str]], delimiter: str, end: str, quote_all: bool
) -> None:
    data = writers.delimited(table, delimiter, end, quote_all=quote_all)
    sheet = read(tmp_path, "a.csv", data, SheetOptions(delimiter=delimiter, header_row=1))
    assert same(sheet, table)
    assert sheet.numbers.tolist() == list(range(2, len(table) + 1))


@_each_example
@given(tables(st.text(_LETTERS + " '.-", max_size=8)), st.sampled_from(",\t;|"))
def test_the_sign_between_columns_is_found(tmp_path: Path, table: list[list[str]], delimiter: str) -> None:
    sheet = read(tmp_path, "a.csv", writers.delimited(table, delimiter))
    assert same(sheet, table)
    assert sheet.used.delimiter == delimiter


@_each_example
@given(tables(_plain | st.sampled_from(["a\rb", "a\nb", "_x000D_", " a ", "=1", "0012"])))
def test_any_table_comes_back_from_a_workbook(tmp_path: Path, table: list[list[str]]) -> None:
    data = writers.workbook({"Data": writers.text_sheet(table)})
    assert same(read(tmp_path, "a.xlsx", data, SheetOptions(header_row=1)), table)


@_each_example
@given(tables(_cell))
def test_any_table_comes_back_from_json(tmp_path: Path, table: list[list[str]]) -> None:
    assert same(read(tmp_path, "a.json", writers.json_records(table)), table)


@_each_example
@given(tables(_plain | st.sampled_from(["a\rb", "a\nb", "<a>&amp;", " a "])))
def test_any_table_comes_back_from_xml(tmp_path: Path, table: list[list[str]]) -> None:
    assert same(read(tmp_path, "a.xml", writers.xml_records(table)), table)


_FORMATS: dict[str, Callable[[writers.Table], bytes]] = {
    "a.csv": writers.delimited,
    "a.tsv": partial(writers.delimited, delimiter="\t"),
    "a.xlsx": lambda table: writers.workbook({"Data": writers.text_sheet(table)}),
    "a.json": writers.json_records,
    "a.xml": writers.xml_records,
}
_told_apart = st.sampled_from(
    ["0012", "1.50", "007", "=1+1", "12/03/2026", "a,b", 'six" pipe', "Café Zoë", "a\nb", " a ", ""]
)


@settings(_each_example, max_examples=50)
@given(tables(_plain | _told_apart))
def test_any_table_reads_the_same_in_every_format(tmp_path: Path, table: list[list[str]]) -> None:
    """Headings and rows alike, wholly or by its beginning; so what is said of a file does not depend on how it was exported."""
    for name, written in _FORMATS.items():
        options = SheetOptions(header_row=1, delimiter={"a.csv": ",", "a.tsv": "\t"}.get(name, ""))
        sheet = read(tmp_path, name, written(table), options)
        assert same(sheet, table), name
        assert read_first(tmp_path / name, name, options).columns.equals(sheet.columns)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text('ab,"\n\r ;', max_size=60))
@example('","\r;,,')
def test_any_text_is_refused_or_counted_row_by_row(tmp_path: Path, text: str) -> None:
    """Against Python's own reader: every row that is not blank is in the columns or set aside, under its own number."""
    import csv
    import io

    data = f"h,i,j\n{text}"
    try:
        sheet = read(tmp_path, "a.csv", data.encode(), SheetOptions(delimiter=",", header_row=1))
    except BadInput:
        return
    records = list(enumerate(csv.reader(io.StringIO(data, newline="")), 1))[1:]
    filled = [number for number, row in records if any(cell.strip() for cell in row)]
    assert sorted([*sheet.numbers.tolist(), *(row.number for row in sheet.bad_rows)]) == filled
    by_number = dict(records)
    for number, row in zip(sheet.numbers.tolist(), cells(sheet), strict=True):
        assert by_number[number][:3] == list(row)
