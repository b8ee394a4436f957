"""A layout is proposed from headings first and values second; the order of rows and columns does not matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data.factories_mapping import FULL, LISTS, SPRING, sheet_of, spec_of

from ourpatch.data.exchange.mapping import Layout, apply, check_layout, propose, remarks
from ourpatch.data.exchange.mapping.codes import speller
from ourpatch.data.store import specs

pytestmark = pytest.mark.rules

DAYS = [SPRING[0] + timedelta(days=at * 4) for at in range(20)]
COLLISIONS: dict[str, Sequence[str]] = {
    "Accident Index": [f"2026{at:06}" for at in range(20)],
    "Accident Date": [f"{day:%d/%m/%Y}" for day in DAYS],
    "Time": [f"{at:02}:15" for at in range(20)],
    "Location_Easting_OSGR": [str(353000 + at) for at in range(20)],
    "Location_Northing_OSGR": [str(429000 + at) for at in range(20)],
    "accidentSeverity": ["1", "2", "3", "Slight"] * 5,
    "1st Road Number": ["6"] * 20,
    "Number of Vehicles": ["2"] * 20,
    "Officer name": ["PC Jones"] * 20,
}
ROADS = specs.dataset("road_collisions")
EXPECTED = {
    "reference": "Accident Index",
    "date": "Accident Date",
    "time": "Time",
    "easting": "Location_Easting_OSGR",
    "northing": "Location_Northing_OSGR",
    "category": "accidentSeverity",
    "place": "1st Road Number",
}


def proposed(columns: Mapping[str, Sequence[str]], spec: specs.DatasetSpec = FULL) -> Layout:
    return propose(sheet_of(columns), spec, LISTS)


def by_field(layout: Layout) -> dict[str, str]:
    return {each.field: each.column for each in layout.fields}


@settings(max_examples=40, deadline=None)
@given(st.permutations(list(COLLISIONS)), st.permutations(range(20)))
def test_the_order_of_columns_and_rows_changes_nothing(headings: list[str], rows: list[int]) -> None:
    columns = {name: [COLLISIONS[name][row] for row in rows] for name in headings}
    layout = proposed(columns, ROADS)
    assert by_field(layout) == EXPECTED
    assert layout.fields == proposed(COLLISIONS, ROADS).fields
    assert layout.header == tuple(headings)
    assert set(layout.ignored) == {"Number of Vehicles", "Officer name"}


def test_a_proposal_can_be_used_as_it_is() -> None:
    sheet = sheet_of(COLLISIONS)
    layout = propose(sheet, ROADS, LISTS)
    assert not check_layout(layout, ROADS, sheet.header, LISTS)
    found = apply(sheet, layout, ROADS, LISTS, SPRING)
    assert found.kept.all()
    assert set(found.columns["category"].to_pylist()) == {"fatal", "serious", "slight"}


@pytest.mark.parametrize("heading", ["SEVERITY", "severity", "Se-verity", " Severity ", "séverity", "Severity (code)"])
def test_headings_are_compared_without_case_signs_and_spaces(heading: str) -> None:
    found = by_field(proposed({"Incident date": ["03/04/2026"], heading: ["fatal"]}))
    # Words beside a known one are no match by name; here the values say it only where the field must be filled.
    assert found.get("category") == (None if "code" in heading else heading)


@pytest.mark.parametrize(
    "heading", ["IncidentDate", "incident_date", "Incident  date", "INCIDENT DATE", "incident-date:"]
)
def test_camel_case_and_underlines_are_taken_apart(heading: str) -> None:
    assert by_field(proposed({heading: ["03/04/2026"]})) == {"date": heading}


def test_values_speak_where_headings_say_nothing() -> None:
    found = by_field(
        proposed(
            {
                "A": [f"{day:%d/%m/%Y}" for day in DAYS],
                "B": [f"{-2.7 + at / 1000:.4f}" for at in range(20)],
                "C": [f"{53.7 + at / 1000:.4f}" for at in range(20)],
                "D": ["E01025302"] * 20,
            }
        )
    )
    assert found == {"date": "A", "longitude": "B", "latitude": "C", "lsoa": "D"}


def test_a_grid_pair_without_headings_is_told_apart_by_where_it_lies() -> None:
    # 181,000 and 531,000: London one way round, the sea and Galloway the other.
    columns = {"Date": ["03/04/2026"] * 20, "P": [str(181000 + at) for at in range(20)]}
    columns["Q"] = [str(531000 + at) for at in range(20)]
    assert by_field(proposed(columns)) == {"date": "Date", "easting": "Q", "northing": "P"}
    # Preston and Derbyshire: nobody can tell.
    columns |= {"P": [str(353000 + at) for at in range(20)], "Q": [str(429000 + at) for at in range(20)]}
    assert by_field(proposed(columns)) == {"date": "Date"}


@pytest.mark.parametrize("heading", ["Date of birth", "DOB", "Victim birth date", "Caller name"])
def test_a_column_about_a_person_is_never_read_for_its_looks(heading: str) -> None:
    layout = proposed({heading: [f"{day:%d/%m/%Y}" for day in DAYS]})
    assert layout.fields == ()
    assert layout.ignored == (heading,)


def test_a_heading_whose_values_are_something_else_is_not_believed() -> None:
    columns = {"Date": ["fine", "wet", "dry"], "Logged": ["03/04/2026", "04/04/2026", "25/04/2026"]}
    assert by_field(proposed(columns))["date"] == "Logged"


def test_half_a_place_is_not_proposed() -> None:
    assert by_field(proposed({"Date": ["03/04/2026"], "Easting": ["353000"]})) == {"date": "Date"}


def formats_of(values: Sequence[str], spec: specs.DatasetSpec = FULL) -> tuple[str, ...]:
    return next(each.formats for each in proposed({"Date": values}, spec).fields if each.field == "date")


def about(values: Sequence[str]) -> list[str]:
    sheet = sheet_of({"Date": values})
    return [str(message) for field, message in remarks(sheet, propose(sheet, FULL, LISTS), FULL) if field == "date"]


def test_the_day_comes_first_unless_the_values_prove_otherwise() -> None:
    british = [f"{day:%d/%m/%Y}" for day in DAYS]
    american = [f"{day:%m/%d/%Y}" for day in DAYS]
    assert formats_of(british) == ()
    assert about(british) == []
    assert formats_of(american) == ("%m/%d/%Y",)
    assert "month stands before the day" in about(american)[0]


def test_dates_that_could_be_either_are_read_with_the_day_first_and_said() -> None:
    either = [f"{date(2026, month, day):%d/%m/%Y}" for month in (4, 5, 6) for day in (1, 5, 9, 12)]
    assert formats_of(either) == ()
    assert "No day after the 12th" in about(either)[0]
    iso = [f"{date(2026, 4, day):%Y-%m-%d}" for day in range(1, 13)]
    assert about(iso) == []


def test_american_dates_with_times_and_excel_numbers() -> None:
    assert formats_of([f"{day:%m/%d/%Y} 09:30 PM" for day in DAYS]) == ("%m/%d/%Y %I:%M %p",)
    numbers = [str(46115 + at) for at in range(20)]
    assert formats_of(numbers) == ("excel",)
    assert "numbers of Excel" in about(numbers)[0]


def test_a_time_behind_the_date_is_read_by_the_time_field_too_and_said() -> None:
    values = [f"{day:%d/%m/%Y} 0{at % 9}:15" for at, day in enumerate(DAYS)]
    sheet = sheet_of({"Date": values})
    layout = propose(sheet, FULL, LISTS)
    assert by_field(layout) == {"date": "Date", "time": "Date"}
    assert [str(message) for _field, message in remarks(sheet, layout, FULL)] == [
        "Date and time are both read from the column “Date”."
    ]
    assert apply(sheet, layout, FULL, LISTS, SPRING).local_hour.to_pylist()[:3] == [0, 1, 2]


def test_a_time_beside_the_date_goes_with_a_field_of_both() -> None:
    spec = spec_of(
        {"key": "datetime", "required": True, "names": ["Assault date"]},
        {"key": "arrival", "kind": "datetime", "names": ["Arrival date"]},
    )
    days = [f"{day:%d/%m/%Y}" for day in DAYS]
    clocks = [f"{at:02}:15" for at in range(20)]
    layout = proposed(
        {"Arrival time": clocks, "Arrival date": days, "Assault date": days, "Assault time": clocks}, spec
    )
    assert {each.field: (each.column, each.time_column) for each in layout.fields} == {
        "datetime": ("Assault date", "Assault time"),
        "arrival": ("Arrival date", "Arrival time"),
    }


def test_translations_are_proposed_for_spellings_and_near_spellings() -> None:
    values = ["Seriously injured", "Seriously injurred", "Fatal", "No injury", "3"]
    layout = proposed({"Date": ["03/04/2026"] * 5, "Severity": values})
    codes = next(each.codes for each in layout.fields if each.field == "category")
    assert codes == {"seriously injured": "serious", "seriously injurred": "serious", "3": "slight"}


@pytest.mark.parametrize("key", [key for key, spec in specs.every().items() if spec.mapped])
def test_a_sender_who_uses_a_known_name_for_each_field_is_understood(key: str) -> None:
    """Every field of every dataset, under its first name, with values of its kind."""
    spec = specs.dataset(key)
    samples = {
        "date": "13/04/2026", "time": "09:35", "datetime": "13/04/2026 09:35", "month": "2026-04", "easting": "353000",
        "northing": "429000", "longitude": "-2.7012", "latitude": "53.7634", "postcode": "PR1 2HE", "outward": "PR1",
        "lsoa": "E01025302", "count": "3", "age": "14", "reference": "LC-20260413-0001", "place": "Fishergate",
        "text": "Some words",
    }  # fmt: skip
    columns: dict[str, list[str]] = {}
    for each in spec.fields:
        name = each.names[0] if each.names else each.label.en
        value = LISTS(each.code_list or "").codes[0] if each.kind == "code" else samples[each.kind]
        columns[name] = [value] * 3
    layout = proposed(columns, spec)
    if len(columns) == len(spec.fields):
        expected = {each.key: each.names[0] if each.names else each.label.en for each in spec.fields}
        assert by_field(layout) == expected
    assert not check_layout(layout, spec, tuple(columns), LISTS)


def test_a_spelling_of_two_codes_is_a_spelling_of_none() -> None:
    severities = LISTS("collision_severities")
    twice = [replace(item, facts={"also": ("Hurt", f"{item.code} hurt")}) for item in severities]
    found = speller(replace(severities, items=tuple(twice)))
    assert found.code("hurt") is None
    assert found.code("Fatal hurt") == "fatal"
    assert found.nearly("seriuos hurt") == "serious"
    assert found.nearly("hurt") is None
