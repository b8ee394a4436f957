"""A layout is checked before it is used, noticed when the export changed, and carried from one partnership to another."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.factories_mapping import FULL, LISTS, spec_of

from ourpatch.data.exchange.mapping import Layout, Mapped, as_data, check_layout, differences, fits, from_data
from ourpatch.data.exchange.mapping.formats import DATES, EXCEL, MONTH_FIRST, TIMES
from ourpatch.data.exchange.reading.sheet import SheetOptions
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

HEADER = ("When", "X", "Y", "Severity", "Notes")
DATE = Mapped("date", "When")
GOOD = Layout(FULL.key, (DATE, Mapped("category", "Severity")), SheetOptions(), HEADER, ("X", "Y", "Notes"))
STAMP = spec_of({"key": "datetime", "required": True})


def layout(*mapped: Mapped) -> Layout:
    return replace(GOOD, fields=mapped)


def test_a_good_layout_has_no_problems() -> None:
    assert not check_layout(GOOD, FULL, HEADER, LISTS)
    same_column = layout(DATE, Mapped("time", "When"))
    assert not check_layout(same_column, FULL, HEADER, LISTS)
    assert not check_layout(layout(DATE, Mapped("category", value="2")), FULL, HEADER, LISTS)
    own_word = Mapped("category", value="our word", codes={"Our Word": "fatal"})
    assert not check_layout(layout(DATE, own_word), FULL, HEADER, LISTS)


PROBLEMS: dict[str, tuple[Layout, str, str]] = {
    "another dataset": (replace(GOOD, dataset="other"), "", "another dataset"),
    "unknown field": (layout(DATE, Mapped("moon", "X")), "", "no field called “moon”"),
    "field twice": (layout(DATE, Mapped("place", "X"), Mapped("place", "Y")), "place", "filled twice"),
    "required field left out": (layout(Mapped("place", "X")), "date", "Choose the column that holds “date”"),
    "column that is not there": (layout(Mapped("date", "Day")), "date", "no column called “Day”"),
    "column for two fields": (layout(DATE, Mapped("place", "When")), "place", "“When” fills another field already"),
    "column and value": (layout(DATE, Mapped("place", "X", "Town")), "place", "not both"),
    "neither column nor value": (layout(DATE, Mapped("place")), "place", "Choose a column, or one value"),
    "half a place": (layout(DATE, Mapped("easting", "X")), "easting", "column for “northing” too"),
    "other half of a place": (layout(DATE, Mapped("latitude", "X")), "latitude", "column for “longitude” too"),
    "reference for all": (layout(DATE, Mapped("reference", value="7")), "reference", "cannot stand in every row"),
    "no date for all": (layout(Mapped("date", value="soon")), "date", "cannot stand in every row"),
    "no time for all": (layout(DATE, Mapped("time", value="25:00")), "time", "cannot stand in every row"),
    "no count for all": (layout(DATE, Mapped("casualties", value="few")), "casualties", "cannot stand in every row"),
    "format that is none": (layout(replace(DATE, formats=("%Q",))), "date", "“%Q” cannot be used"),
    "format without its sign": (layout(replace(DATE, formats=("%d/%m/%Y%",))), "date", "cannot be used"),
    "format twice the day": (layout(replace(DATE, formats=("%d/%d/%Y",))), "date", "each once"),
    "format without a year": (layout(replace(DATE, formats=("%d/%m",))), "date", "everything that the field needs"),
    "time format of a date": (layout(DATE, Mapped("time", "X", formats=("%d/%m/%Y",))), "time", "everything"),
    "half a time": (layout(DATE, Mapped("time", "X", formats=("%I:%M",))), "time", "everything"),
    "empty format": (layout(replace(DATE, formats=(" ",))), "date", "empty or too long"),
    "format of a place": (layout(DATE, Mapped("place", "X", formats=("%d",))), "place", "dates and times only"),
    "codes of a place": (layout(DATE, Mapped("place", "X", codes={"a": "b"})), "place", "Only a field of codes"),
    "code off the list": (layout(DATE, Mapped("category", "X", codes={"a": "grave"})), "category", "“grave” is not on"),
    "value off the list": (layout(DATE, Mapped("category", value="grave")), "category", "for all rows is not on"),
    "time column of a date": (layout(replace(DATE, time_column="X")), "date", "field of date and time"),
}  # fmt: skip


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_bad_layout_is_explained(name: str) -> None:
    bad, field, message = PROBLEMS[name]
    problems = check_layout(bad, FULL, HEADER, LISTS)
    assert any(message in str(text) for text in problems.by_field[field])


def test_a_time_column_is_checked_too() -> None:
    good = Layout(STAMP.key, (Mapped("datetime", "When", time_column="X"),), SheetOptions(), HEADER)
    assert not check_layout(good, STAMP, HEADER, LISTS)
    missing = replace(good, fields=(Mapped("datetime", "When", time_column="Z"),))
    assert "no column called “Z”" in str(check_layout(missing, STAMP, HEADER, LISTS).by_field["datetime"][0])


def test_a_list_that_does_not_exist_is_said() -> None:
    spec = spec_of({"key": "date"}, {"key": "kind", "kind": "code", "list": "no_such_list"})
    problems = check_layout(layout(DATE, Mapped("kind", "X")), spec, HEADER, LISTS)
    assert "no list of codes" in str(problems.by_field["kind"][0])


def test_a_heading_twice_is_said() -> None:
    problems = check_layout(GOOD, FULL, (*HEADER, "When"), LISTS)
    assert "two columns called “When”" in str(problems.by_field["date"][0])


@given(st.permutations(HEADER))
def test_the_order_of_columns_is_no_change(header: list[str]) -> None:
    assert fits(GOOD, header)
    assert differences(GOOD, header) == ()


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (("X", "Y", "Severity", "Notes"), ["The column “When” is gone."]),
        ((*HEADER, "Start time"), ["The column “Start time” is new."]),
        (("WHEN ", *HEADER[1:]), ["The column “When” is now written “WHEN ”."]),
        (("Start", *HEADER[1:]), ["The column “When” is gone.", "The column “Start” is new."]),
        ((*HEADER, "X"), ["The column “X” is there twice."]),
        ((), [f"The column “{name}” is gone." for name in HEADER]),
    ],
)
def test_a_changed_export_is_noticed(header: tuple[str, ...], said: list[str]) -> None:
    assert [str(each) for each in differences(GOOD, header)] == said
    assert not fits(GOOD, header)


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
WORD = TEXT.filter(lambda text: bool(text.strip()))
FIELDS = st.builds(
    Mapped,
    field=WORD,
    column=TEXT,
    value=TEXT,
    formats=st.lists(st.sampled_from([*DATES, *MONTH_FIRST, *TIMES, EXCEL]), max_size=4).map(tuple),
    codes=st.lists(st.tuples(TEXT, WORD), max_size=5, unique_by=lambda pair: pair[0].strip().casefold()).map(dict),
    time_column=TEXT,
)
OPTIONS = st.builds(
    SheetOptions,
    sheet=TEXT,
    header_row=st.integers(0, 1_000),
    delimiter=st.sampled_from(["", ",", ";", "\t", "|"]),
    encoding=TEXT,
    records=TEXT,
)
LAYOUTS = st.builds(
    Layout,
    dataset=WORD,
    fields=st.lists(FIELDS, max_size=6).map(tuple),
    options=OPTIONS,
    header=st.lists(TEXT, max_size=6).map(tuple),
    ignored=st.lists(TEXT, max_size=6).map(tuple),
)


@given(LAYOUTS)
def test_a_layout_is_carried_as_a_file_and_comes_back(made: Layout) -> None:
    written = json.dumps(as_data(made))
    assert from_data(json.loads(written)) == made
    assert as_data(from_data(json.loads(written))) == as_data(made)


def test_a_heading_may_have_a_line_break() -> None:
    made = replace(GOOD, header=("Date\nof call",))
    assert from_data(as_data(made)) == made


def changed(**parts: Any) -> dict[str, object]:
    return as_data(GOOD) | parts


def with_field(**parts: Any) -> dict[str, object]:
    return changed(fields=[{"field": "date", "column": "When"} | parts])


HOSTILE: dict[str, object] = {
    "nothing": None,
    "a list": [],
    "a number": 1,
    "empty": {},
    "another version": changed(ourpatch_layout=2),
    "a version in words": changed(ourpatch_layout="1"),
    "a version that is true": changed(ourpatch_layout=True),
    "no version": {key: value for key, value in as_data(GOOD).items() if key != "ourpatch_layout"},
    "no dataset": {key: value for key, value in as_data(GOOD).items() if key != "dataset"},
    "no fields": {key: value for key, value in as_data(GOOD).items() if key != "fields"},
    "unknown key": changed(run="rm -rf"),
    "a key that is no text": {**as_data(GOOD), 7: "x"},
    "dataset of another type": changed(dataset=["x"]),
    "empty dataset": changed(dataset=" "),
    "fields of another type": changed(fields="date"),
    "fields as a mapping": changed(fields={"date": "When"}),
    "a field that is text": changed(fields=["date"]),
    "a field without its name": changed(fields=[{"column": "When"}]),
    "unknown key of a field": with_field(eval="1"),
    "too many fields": changed(fields=[{"field": "date"}] * 501),
    "column of another type": with_field(column=3),
    "column with NUL": with_field(column="a\0b"),
    "endless column": with_field(column="x" * 301),
    "value with an escape": with_field(value="\x1b[2J"),
    "value with half a letter": with_field(value="\ud800"),
    "formats as text": with_field(formats="%d"),
    "format that is none": with_field(formats=["%(boom)s"]),
    "format of another type": with_field(formats=[1]),
    "too many formats": with_field(formats=["%d/%m/%Y"] * 21),
    "codes as a list": with_field(codes=[["a", "b"]]),
    "code to nothing": with_field(codes={"a": ""}),
    "code of another type": with_field(codes={"a": {"b": "c"}}),
    "code twice": with_field(codes={"A": "x", "a ": "y"}),
    "too many codes": with_field(codes={str(number): "x" for number in range(5_001)}),
    "options of another type": changed(options=[]),
    "unknown option": changed(options={"path": "/etc/passwd"}),
    "header row below nothing": changed(options={"header_row": -1}),
    "header row of true": changed(options={"header_row": True}),
    "header row of ages": changed(options={"header_row": 10**30}),
    "header row in parts": changed(options={"header_row": 1.5}),
    "delimiter that is a list": changed(options={"delimiter": ["\t"]}),
    "too many headings": changed(header=["x"] * 501),
    "heading of another type": changed(header=[None]),
    "ignored of another type": changed(ignored={"x": 1}),
    "deep": changed(header=[[[[[[]]]]]]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_layout_file_of_a_stranger_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        from_data(HOSTILE[name])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(list(as_data(GOOD))), JSON))
def test_arbitrary_data_is_a_layout_or_a_message(data: dict[str, object]) -> None:
    try:
        made = from_data({"ourpatch_layout": 1, "dataset": "x", "fields": []} | data)
    except BadInput:
        return
    assert from_data(as_data(made)) == made
