"""The first rows of a long file, for a preview: nothing after them is read, and a short file is read as always."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.data.exchange_files import CORPUS, Broken, writers

from ourpatch.data.exchange import reading
from ourpatch.data.exchange.reading import Sheet, SheetOptions, read_first, read_sheet
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

HEADER = ("Ref", "Type", "Place")
FEW = 300


def rows(count: int) -> Iterator[tuple[str, str, str]]:
    return ((str(at), f"Noise {at % 7}", f"{at} places away, in words") for at in range(count))


def as_records(count: int) -> Iterator[str]:
    return (json.dumps(dict(zip(HEADER, row, strict=True))) for row in rows(count))


def as_csv(count: int, tail: str) -> bytes:
    return writers.delimited([HEADER, *rows(count)], quote_all=True) + tail.encode()


def as_tsv(count: int, tail: str) -> bytes:
    return (writers.delimited([HEADER, *rows(count)], "\t").decode() + tail).encode("utf-16")


def as_list(count: int, tail: str) -> bytes:
    return ("[" + ",\n".join(as_records(count)) + tail + "]").encode()


def as_nested(count: int, tail: str) -> bytes:
    records = ",".join(as_records(count))
    return ('{"about": {"n": [1, 2]}, "data": {"rows": [' + records + tail + "]}}").encode()


def as_lines(count: int, tail: str) -> bytes:
    return ("\n".join(as_records(count)) + tail).encode()


def as_xml(count: int, tail: str) -> bytes:
    data = writers.xml_records([HEADER, *rows(count)])
    return data.replace(b"</incidents>", tail.encode() + b"</incidents>")


def as_workbook(count: int, tail: str) -> bytes:
    strings: dict[str, int] = {}
    made = []
    for number, row in enumerate((HEADER, *rows(count)), 1):
        places = [strings.setdefault(cell, len(strings)) for cell in row]
        cells = (f'<c r="{"ABC"[at]}{number}" t="s"><v>{place}</v></c>' for at, place in enumerate(places))
        made.append(writers.row(number, *cells))
    part = writers.sheet(*made, after=tail)
    return writers.workbook({"Data": part}, parts={"sharedStrings": writers.strings(*strings) + tail})


WRITERS: dict[str, tuple[Callable[[int, str], bytes], str]] = {
    "a.csv": (as_csv, '1,"never closed\n'),
    "a.tsv": (as_tsv, '1\t"never closed\n'),
    "list.json": (as_list, ',{"broken'),
    "nested.json": (as_nested, ',{"broken'),
    "a.jsonl": (as_lines, '\n{"broken'),
    "a.xml": (as_xml, "<incident><broken></incident>"),
    "a.xlsx": (as_workbook, "<crossed></broken>"),
}


@pytest.fixture(autouse=True)
def small_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_BEGINNING", 64 * 1024)


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return list(zip(*(column.to_pylist() for column in sheet.columns.columns), strict=True))


@pytest.mark.parametrize("name", WRITERS)
def test_nothing_is_read_after_the_first_rows(name: str, tmp_path: Path) -> None:
    """What is broken far behind them refuses the whole file and not its beginning."""
    build, tail = WRITERS[name]
    path = tmp_path / name
    path.write_bytes(build(8_000, tail))
    first = read_first(path, name, rows=FEW)
    assert first.header == HEADER
    assert cells(first)[:FEW] == list(rows(FEW))[: len(first.numbers)]
    assert 100 <= len(first.numbers) < 4_000
    assert "about" in str(first.notes[0])
    with pytest.raises(BadInput):
        read_sheet(path, name)


@pytest.mark.parametrize("name", WRITERS)
def test_how_long_the_file_is_is_told_to_a_tenth(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(WRITERS[name][0](8_000, ""))
    first = read_first(path, name, rows=FEW)
    assert first.of_about == pytest.approx(8_000, rel=0.15)
    assert cells(first) == cells(read_sheet(path, name))[: len(first.numbers)]


@pytest.mark.parametrize("name", WRITERS)
def test_the_first_rows_of_a_longer_file_take_no_more_memory(name: str, tmp_path: Path) -> None:
    peaks = []
    for count in (8_000, 30_000):
        path = tmp_path / name
        path.write_bytes(WRITERS[name][0](count, ""))
        tracemalloc.start()
        try:
            read_first(path, name, rows=FEW)
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[1] < 1.25 * peaks[0] + 50_000


@pytest.mark.parametrize("file", [file for file in CORPUS if not file.refused], ids=lambda file: f"{file.case}")
def test_a_short_file_is_read_as_always(file: Broken, tmp_path: Path) -> None:
    path = file.write(tmp_path)
    first, whole = (read(path, file.name, file.options, file.caps) for read in (read_first, read_sheet))
    assert first.of_about == whole.of_about == 0
    assert (first.columns, first.notes, first.bad_rows) == (whole.columns, whole.notes, whole.bad_rows)


def test_a_list_in_each_record_is_not_taken_for_the_records(tmp_path: Path) -> None:
    record = {"Ref": "1", "parts": [{"a": 1}, {"a": 2}]}
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"rows": [record] * 3_000}))
    first = read_first(path, "a.json", rows=FEW)
    assert first.used.records == "rows"
    assert {each["parts"] for each in first.head(FEW)} == {'[{"a": 1}, {"a": 2}]'}


def test_a_beginning_ends_between_rows_and_letters(tmp_path: Path) -> None:
    """The end of what is read falls into a letter of two bytes and into quotation marks."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"Ref,Place\n" + b"".join(b'%d,"a\nb \xc3\xa9"\n' % at for at in range(20_000)))
    for size in range(3_000, 3_040):
        reading._BEGINNING = size
        first = read_first(path, "a.csv")
        assert set(first.columns.column("Place").to_pylist()) == {"a\nb é"}
        assert first.numbers.tolist() == list(range(2, len(first.numbers) + 2))


def test_what_is_wrong_in_the_beginning_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'Ref,Place\n1,"never closed\n' + b"2,x\n" * 50_000)
    with pytest.raises(BadInput, match="opened in row 2"):
        read_first(path, "a.csv")
    path.write_bytes(b"Ref,Ref\n" + b"2,x\n" * 50_000)
    with pytest.raises(BadInput, match="the same heading"):
        read_first(path, "a.csv", SheetOptions(header_row=1))
