"""A sheet read by a layout: typed values, rows kept, and for every other row a finding that explains it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.data.exchange_files.corpus import CORPUS, Broken
from tests.data.factories_mapping import FULL, LISTS, SPRING, kinds, layout_of, read, sheet_of, spec_of, weights

from ourpatch.data.exchange.findings import Weight
from ourpatch.data.exchange.mapping import Mapped, apply, wording
from ourpatch.data.exchange.mapping.codes import speller
from ourpatch.data.exchange.reading import read_sheet
from ourpatch.data.exchange.reading.building import looks_like_total
from ourpatch.data.exchange.reading.sheet import BadRow
from ourpatch.data.store import specs
from ourpatch.foundation.law import book
from ourpatch.ground.errors import RuleBroken

pytestmark = pytest.mark.rules

LONDON = ZoneInfo("Europe/London")
GOOD: dict[str, str] = {"date": "03/04/2026"}
PRESTON = {"easting": "353000", "northing": "429000"}

# What one row holds, the kinds of finding about it, whether it is kept, and values that are read.
BAD_INPUTS: dict[str, tuple[dict[str, str], set[str], bool, dict[str, Any]]] = {
    "no such day": ({"date": "31/02/2026"}, {"date_not_existing"}, False, {"date": None}),
    "no such day in a leap year's place": ({"date": "29/02/2026"}, {"date_not_existing"}, False, {}),
    "day 0": ({"date": "00/04/2026"}, {"date_not_existing"}, False, {}),
    "month first": ({"date": "04/13/2026"}, {"date_order"}, False, {}),
    "empty date of Excel": ({"date": "01/01/1900"}, {"date_empty_year"}, False, {}),
    "empty date of a program": ({"date": "1970-01-01"}, {"date_empty_year"}, False, {}),
    "in the future": ({"date": "03/04/2062"}, {"date_future"}, False, {}),
    "before the period": ({"date": "31/03/2026"}, {"other_period"}, False, {}),
    "after the period": ({"date": "01/07/2026"}, {"other_period"}, False, {}),
    "Excel serial": ({"date": "46115"}, {"date_serial"}, False, {}),
    "Excel serial with a time": ({"date": "46115.5"}, {"date_serial"}, False, {}),
    "words for a date": ({"date": "last Friday"}, {"date_unreadable"}, False, {}),
    "only a year": ({"date": "2026"}, {"date_unreadable"}, False, {}),
    "no date": ({"date": ""}, {"required_missing"}, False, {}),
    "date not known": ({"date": "unknown"}, {"required_missing"}, False, {}),
    "24:00": (GOOD | {"time": "24:00"}, {"time_24"}, True, {"time": time(0, 0), "date": date(2026, 4, 4)}),
    "24:00 into the next period": ({"date": "30/06/2026", "time": "24:00"}, {"other_period", "time_24"}, False, {}),
    "25 o'clock": (GOOD | {"time": "25:10"}, {"time_not_existing"}, True, {"time": None}),
    "60 minutes": (GOOD | {"time": "09:60"}, {"time_not_existing"}, True, {"time": None}),
    "a lonely hour": (GOOD | {"time": "9"}, {"time_unclear"}, True, {"time": None}),
    "time not known": (GOOD | {"time": "unknown"}, {"time_unknown"}, True, {"time": None}),
    "words for a time": (GOOD | {"time": "evening"}, {"time_unreadable"}, True, {"time": None}),
    "Excel's fraction": (GOOD | {"time": "0.395833"}, {"time_serial"}, True, {"time": None}),
    "spring's lost hour": ({"date": "29/03/2026", "time": "01:30"}, {"time_skipped", "other_period"}, False, {}),
    "(0,0) in metres": (GOOD | {"easting": "0", "northing": "0"}, {"place_zero"}, True, {"easting": None}),
    "(0,0) in degrees": (GOOD | {"longitude": "0.0", "latitude": "0"}, {"place_zero"}, True, {"latitude": None}),
    "half a place": (GOOD | {"easting": "353000", "northing": ""}, {"place_half"}, True, {"easting": None}),
    "degrees for metres": (GOOD | {"easting": "-2.7", "northing": "53.76"}, {"place_degrees"}, False, {}),
    "degrees for metres, swapped": (GOOD | {"easting": "53.76", "northing": "-2.7"}, {"place_degrees"}, False, {}),
    "metres for degrees": (GOOD | {"longitude": "353000", "latitude": "429000"}, {"place_metres"}, False, {}),
    "swapped degrees": (GOOD | {"longitude": "53.76", "latitude": "-2.7"}, {"place_swapped"}, False, {}),
    "swapped metres": (GOOD | {"easting": "900000", "northing": "250000"}, {"place_swapped"}, False, {}),
    "London's metres swapped": (GOOD | {"easting": "181000", "northing": "531000"}, {"place_swapped"}, False, {}),
    "Web Mercator": (GOOD | {"easting": "-300558", "northing": "7123456"}, {"place_mercator"}, False, {}),
    "feet": (GOOD | {"easting": "1158136", "northing": "1407480"}, {"place_feet"}, False, {}),
    "kilometres": (GOOD | {"easting": "353.0", "northing": "429.0"}, {"place_short"}, False, {}),
    "a digit lost": (GOOD | {"easting": "35300", "northing": "42900"}, {"place_short"}, False, {}),
    "a short grid reference": (GOOD | {"easting": "3530", "northing": "4290"}, {"place_short"}, False, {}),
    "the Atlantic": (GOOD | {"easting": "-50000", "northing": "400000"}, {"place_outside"}, False, {}),
    "Paris": (GOOD | {"longitude": "2.35", "latitude": "48.85"}, {"place_outside"}, False, {}),
    "the Atlantic in degrees": (GOOD | {"longitude": "-8.5", "latitude": "51.0"}, {"place_outside"}, False, {}),
    "letters of the grid": (GOOD | {"easting": "SD 530 290", "northing": "429000"}, {"place_unreadable"}, False, {}),
    "a decimal comma": (GOOD | {"longitude": "-2,7", "latitude": "53,76"}, {"place_unreadable"}, False, {}),
    "not a number": (GOOD | {"easting": "NaN", "northing": "inf"}, {"place_unreadable"}, False, {}),
    "full postcode for half": (GOOD | {"outward": "pr1 2he"}, {"postcode_full"}, True, {"outward": "PR1"}),
    "no postcode at all": (GOOD | {"outward": "Preston"}, {"postcode_unreadable"}, True, {"outward": None}),
    "half a postcode": (GOOD | {"postcode": "PR1"}, {"postcode_half"}, True, {"postcode": "PR1"}),
    "postcode of wrong letters": (GOOD | {"postcode": "PR1 2CI"}, {"postcode_unreadable"}, True, {"postcode": None}),
    "name of an area": (GOOD | {"lsoa": "Preston 017B"}, {"area_unreadable"}, True, {"lsoa": None}),
    "code of a middle area": (GOOD | {"lsoa": "E02005253"}, {"area_unreadable"}, True, {"lsoa": None}),
    "code of Scotland": (GOOD | {"lsoa": "S01006506"}, {"area_unreadable"}, True, {"lsoa": None}),
    "half a person": (GOOD | {"casualties": "1.5"}, {"count_not_whole"}, True, {"casualties": None}),
    "below nothing": (GOOD | {"casualties": "-1"}, {"count_negative"}, True, {"casualties": None}),
    "suppressed": (GOOD | {"casualties": "<5"}, {"count_suppressed"}, True, {"casualties": None}),
    "a star": (GOOD | {"casualties": "*"}, {"count_suppressed"}, True, {"casualties": None}),
    "endless": (GOOD | {"casualties": "9" * 15}, {"count_too_large"}, True, {"casualties": None}),
    "a word for a number": (GOOD | {"casualties": "two"}, {"count_unreadable"}, True, {"casualties": None}),
    "age in parts": (GOOD | {"age": "14.5"}, {"age_not_whole"}, True, {"age": None}),
    "age of nobody": (GOOD | {"age": "121"}, {"age_too_large"}, True, {"age": None}),
    "age before birth": (GOOD | {"age": "-1"}, {"age_negative"}, True, {"age": None}),
    "age in words": (GOOD | {"age": "teenager"}, {"age_unreadable"}, True, {"age": None}),
    "unknown code": (GOOD | {"category": "Z9"}, {"code_unknown"}, True, {"category": None}),
    "text without end": (GOOD | {"words": "x" * 501}, {"text_too_long"}, True, {"words": None}),
    "reference without end": (GOOD | {"reference": "1" * 101}, {"text_too_long"}, True, {"reference": None}),
}


@pytest.mark.parametrize("name", BAD_INPUTS)
def test_a_bad_input_is_found_and_said(name: str) -> None:
    cells, expected, kept, values = BAD_INPUTS[name]
    # Good rows beside it, so that the one row does not refuse the file.
    good = {key: GOOD.get(key, "") for key in cells}
    found = read(FULL, {key: [cells[key], *[good[key]] * 30] for key in cells})
    assert kinds(found) == expected
    assert bool(found.kept[0]) is kept
    assert found.kept[1:].all()
    assert not found.refused
    for key, value in values.items():
        shown = found.local_date if key == "date" and value else found.columns[key]
        assert shown[0].as_py() == value


def test_every_kind_of_finding_has_words() -> None:
    for kind, fault in wording.FAULTS.items():
        assert len(kind) <= 33  # with "needed_" in front it fits the column of 40 letters
        assert str(fault.says)
        assert str(fault.do)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:30", time(9, 30)),
        ("9.30", time(9, 30)),
        ("0930", time(9, 30)),
        ("930", time(9, 30)),
        ("9:30 pm", time(21, 30)),
        ("9 p.m.", time(21, 0)),
        ("12:15 AM", time(0, 15)),
        ("09:30:15", time(9, 30, 15)),
        ("09:30:15.250", time(9, 30, 15)),
        ("0930hrs", time(9, 30)),
        ("00:00", time(0, 0)),
        ("2026-04-03T09:30", time(9, 30)),
    ],
)
def test_times_as_senders_write_them(text: str, expected: time) -> None:
    found = read(FULL, GOOD_COLUMNS | {"time": [text]})
    assert found.columns["time"][0].as_py() == expected
    assert found.local_hour[0].as_py() == expected.hour
    assert kinds(found) == set()


GOOD_COLUMNS = {key: [value] for key, value in GOOD.items()}

WRITTEN = (
    "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%Y%m%d", "%Y/%m/%d", "%A %d %B %Y",
    "%d/%m/%y", "%d-%b-%y",
)  # fmt: skip


@given(day=st.dates(date(2001, 1, 1), date(2060, 12, 31)), pattern=st.sampled_from(WRITTEN))
def test_a_date_in_any_usual_form_reads_back(day: date, pattern: str) -> None:
    found = read(spec_of({"key": "date", "required": True}), {"date": [day.strftime(pattern)]}, period=None)
    assert found.columns["date"][0].as_py() == day
    assert found.kept.all()


@given(
    day=st.dates(date(2001, 1, 1), date(2060, 12, 31)),
    pattern=st.sampled_from(("%m/%d/%Y", "%m-%d-%y", "%b %d, %Y", "%d%b%Y", "Day %d of %m in %Y", "%y%m%d")),
)
def test_a_date_in_the_layouts_own_form_reads_back(day: date, pattern: str) -> None:
    mapped = Mapped("date", "When", formats=("%Y!%m!%d", pattern))
    found = read(spec_of({"key": "date", "required": True}), {"When": [day.strftime(pattern)]}, mapped, period=None)
    assert found.columns["date"][0].as_py() == day


@given(instant=st.datetimes(datetime(2001, 1, 1), datetime(2060, 12, 31)))
def test_an_excel_number_reads_back_where_the_layout_says_so(instant: datetime) -> None:
    instant = instant.replace(microsecond=0)
    serial = (instant - datetime(1899, 12, 30)) / timedelta(days=1)
    spec = spec_of({"key": "datetime", "required": True})
    found = read(spec, {"When": [f"{serial:.9f}"]}, Mapped("datetime", "When", formats=("excel",)), period=None)
    local = datetime.combine(found.local_date[0].as_py(), time(found.local_hour[0].as_py()))
    assert abs(local - instant) <= timedelta(hours=2)
    assert found.local_date[0].as_py() == instant.date()


def test_welsh_months_are_read() -> None:
    found = read(FULL, {"date": ["3 Ebrill 2026", "4 Mai 2026", "5 Mehefin 2026"]})
    assert found.columns["date"].to_pylist() == [date(2026, 4, 3), date(2026, 5, 4), date(2026, 6, 5)]


@settings(max_examples=300)
@given(st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)))
@example(datetime(2000, 10, 29, 1, 0, fold=1))
def test_instants_are_those_of_londons_clocks(wall: datetime) -> None:
    # A file cannot write which of two equal hours it means: the first is taken, and the sender is told.
    wall = wall.replace(microsecond=0, fold=0)
    found = read(FULL, {"date": [f"{wall:%Y-%m-%d}"], "time": [f"{wall:%H:%M:%S}"]}, period=None)
    assert found.starts_at[0].as_py() == wall.replace(tzinfo=LONDON).astimezone(UTC)


def test_the_hour_that_came_twice_and_the_one_that_never_came() -> None:
    spec = spec_of({"key": "datetime", "required": True})
    found = read(spec, {"datetime": ["25/10/2026 01:30", "29/03/2026 01:30", "29/03/2026 00:59"]}, period=None)
    assert found.starts_at.to_pylist() == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
    ]
    assert found.local_hour.to_pylist() == [1, 2, 0]
    assert [kinds(found, row) for row in range(3)] == [{"time_twice"}, {"time_skipped"}, set()]
    assert found.kept.all()


def test_a_time_written_in_utc_is_shown_by_londons_clocks() -> None:
    spec = spec_of({"key": "datetime", "required": True}, period="month")
    written = ["2026-04-30T23:30:00+00:00", "2026-05-31T23:30:00Z", "2026-10-25T01:30:00+01:00"]
    found = read(spec, {"datetime": written}, period=(date(2026, 5, 1), date(2026, 5, 31)))
    assert found.local_date.to_pylist() == [date(2026, 5, 1), date(2026, 6, 1), date(2026, 10, 25)]
    assert found.local_hour.to_pylist() == [0, 0, 1]
    assert found.starts_at[1].as_py() == datetime(2026, 5, 31, 23, 30, tzinfo=UTC)
    assert found.kept.tolist() == [True, False, False]
    assert "time_twice" not in kinds(found, 2)


def test_a_row_is_as_exact_as_it_says_and_never_more_than_its_dataset() -> None:
    found = read(FULL, {"date": ["03/04/2026"] * 2, "time": ["09:30", ""]})
    assert found.time_precision.to_pylist() == ["instant", "day"]
    assert found.starts_at.to_pylist() == [datetime(2026, 4, 3, 8, 30, tzinfo=UTC), None]
    assert found.local_hour.to_pylist() == [9, None]
    fields = ({"key": "date", "required": True}, {"key": "time"})
    for precision, day, hour in (
        ("hour", date(2026, 5, 3), 9),
        ("day", date(2026, 5, 3), None),
        ("month", date(2026, 5, 1), None),
        ("quarter", date(2026, 4, 1), None),
    ):
        coarse = read(spec_of(*fields, time=precision), {"date": ["03/05/2026"], "time": ["09:30"]})
        assert coarse.time_precision.to_pylist() == [precision]
        assert coarse.local_date.to_pylist() == [day]
        assert coarse.local_hour.to_pylist() == [hour]
        assert coarse.starts_at.to_pylist() == [None]


def test_rows_without_a_date_belong_to_the_period_where_a_date_need_not_be() -> None:
    spec = spec_of({"key": "n", "kind": "count", "required": True}, {"key": "month"}, time="quarter")
    found = read(spec, {"n": ["5"]})
    assert (found.local_date[0].as_py(), found.time_precision[0].as_py()) == (SPRING[0], "quarter")
    assert read(spec, {"n": ["5", "6"], "month": ["", "2026-05"]}).local_date.to_pylist() == [SPRING[0], SPRING[0]]
    refused = read(spec, {"n": ["5"]}, period=None)
    assert refused.refused
    assert not refused.kept.any()
    assert refused.findings.counts["period_missing"] == 1


def test_midnight_in_every_row_is_no_time() -> None:
    days = ["03/04/2026 00:00:00"] * 25
    spec = spec_of({"key": "datetime", "required": True})
    found = read(spec, {"datetime": days})
    assert found.findings.counts == Counter(time_all_midnight=1)
    assert set(found.time_precision.to_pylist()) == {"day"}
    once = read(spec, {"datetime": [*days, "03/04/2026 00:01"]})
    assert set(once.time_precision.to_pylist()) == {"instant"}


def test_times_behind_dates_are_not_read_unasked_but_said() -> None:
    found = read(FULL, {"date": ["03/04/2026 09:30"]})
    assert found.findings.counts["time_left_out"] == 1
    assert found.time_precision.to_pylist() == ["day"]
    both = read(FULL, {"When": ["03/04/2026 09:30"]}, Mapped("date", "When"), Mapped("time", "When"))
    assert not both.findings.counts
    assert both.local_hour.to_pylist() == [9]


def test_a_date_and_a_time_apart_fill_one_field() -> None:
    spec = spec_of({"key": "datetime", "required": True})
    mapped = Mapped("datetime", "Day", time_column="Clock")
    found = read(spec, {"Day": ["03/04/2026", "03/04/2026"], "Clock": ["21:05", "?"]}, mapped)
    assert found.starts_at.to_pylist() == [datetime(2026, 4, 3, 20, 5, tzinfo=UTC), None]
    assert kinds(found, 1) == {"time_unknown"}


def test_a_second_date_may_lie_outside_the_period() -> None:
    spec = spec_of({"key": "datetime", "required": True}, {"key": "arrival", "kind": "datetime"})
    found = read(spec, {"datetime": ["03/04/2026"] * 2, "arrival": ["01/07/2026 01:00", "32/07/2026"]})
    assert found.kept.all()
    assert found.columns["arrival"][0].as_py() == datetime(2026, 7, 1, 0, 0, tzinfo=UTC)
    assert kinds(found, 1) == {"noted_date_not_existing"}
    assert weights(found, 1) == {Weight.NOTES}


def test_a_good_pair_of_coordinates_stands_for_a_bad_one() -> None:
    found = read(
        FULL,
        GOOD_COLUMNS | {"easting": ["9"], "northing": ["9"], "longitude": ["-2.7"], "latitude": ["53.76"]},
    )
    assert found.kept.all()
    assert kinds(found) == {"noted_place_short"}
    easting, northing = found.metres()
    assert (easting[0], northing[0]) == pytest.approx((353_947, 429_424), abs=300)


def test_scotland_is_in_britain_and_a_swapped_file_is_found_by_its_other_rows() -> None:
    glasgow = read(
        FULL,
        {
            "date": ["03/04/2026"] * 3,
            "easting": ["259000", *["353000"] * 2],
            "northing": ["665000", "429000", "429000"],
        },
    )
    assert glasgow.kept[0]
    london = read(FULL, {"date": ["03/04/2026"] * 30, "easting": ["181000"] * 30, "northing": ["531000"] * 30})
    assert london.findings.counts["place_swapped"] == 30
    assert london.refused


def test_numbers_with_commas_and_points_are_whole() -> None:
    found = read(
        FULL,
        GOOD_COLUMNS | {"casualties": ["1,234.0"], "easting": ["353,000"], "northing": ["429000.00"], "age": ["+14"]},
    )
    assert found.columns["casualties"].to_pylist() == [1234]
    assert found.columns["easting"].to_pylist() == [353000.0]
    assert found.columns["age"].to_pylist() == [14]
    assert not found.findings.counts


def test_codes_by_the_layout_the_list_and_its_spellings() -> None:
    mapped = (Mapped("date", "date"), Mapped("category", "S", codes={"bad": "fatal", "Slight": "serious"}))
    values = ["BAD ", "slight", "fatal", "2", "Angheuol", "Seriously injured", "Unknown", ""]
    found = read(FULL, {"date": ["03/04/2026"] * 8, "S": values}, *mapped)
    assert found.columns["category"].to_pylist() == [
        "fatal", "serious", "fatal", "serious", "fatal", "serious", None, None,
    ]  # fmt: skip
    assert not found.findings.counts


@pytest.mark.parametrize(
    ("value", "named"),
    [("Z9", True), ("8", True), ("AB-12", True), ("Lee", False), ("John Smith", False), ("07700900123", False),
     ("AB12CDE", False), ("943 476 5919", False), ("Smith", False), ("j@x.org", False)],
)  # fmt: skip
def test_only_short_codes_are_named(value: str, named: bool) -> None:
    found = read(FULL, GOOD_COLUMNS | {"category": [value]})
    said = [str(each.says) + str(each.do) for each in found.findings.kept]
    assert said
    assert any(value in text for text in said) is named


def test_a_required_code_that_is_unknown_sets_the_row_aside() -> None:
    spec = spec_of(
        {"key": "date"}, {"key": "category", "kind": "code", "list": "collision_severities", "required": True}
    )
    found = read(spec, {"date": ["03/04/2026"] * 20, "category": ["slight"] * 18 + ["Q7", ""]})
    assert found.kept.tolist() == [True] * 18 + [False] * 2
    assert kinds(found, 18) == {"needed_code_unknown"}
    assert kinds(found, 19) == {"required_missing"}
    assert found.findings.count(Weight.REFUSES) == 1  # two of twenty rows are a tenth


def test_the_first_kept_row_with_a_reference_stands() -> None:
    days = ["31/02/2026", "03/04/2026", "03/04/2026", *["03/04/2026"] * 20]
    found = read(FULL, {"date": days, "reference": ["A", "A", " A ", *[""] * 10, *["0"] * 5, *["N/A"] * 5]})
    assert found.kept.tolist() == [False, True, False, *[True] * 20]
    assert kinds(found, 2) == {"repeated"}
    assert not found.refused


@pytest.mark.golden
def test_rows_without_an_identifier_are_never_repeats_of_each_other() -> None:
    # Golden test 13: a blank Crime ID parses, an unknown further column and a blank Context are tolerated.
    header = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type"
    header += ",Last outcome category,Context,Extra"
    row = ",2026-04,A,A,-2.70,53.76,On or near Fishergate,E01025302,Preston 017B,Anti-social behaviour,,,"
    columns = {name: [value] * 2 for name, value in zip(header.split(","), row.split(","), strict=True)}
    spec = specs.dataset("police_uk_street")
    mapped = (
        Mapped("reference", "Crime ID"), Mapped("month", "Month"), Mapped("longitude", "Longitude"),
        Mapped("latitude", "Latitude"), Mapped("place", "Location"), Mapped("lsoa", "LSOA code"),
        Mapped("category", "Crime type"),
    )  # fmt: skip
    found = read(spec, columns, *mapped, period=(date(2026, 4, 1), date(2026, 4, 30)))
    assert found.kept.tolist() == [True, True]
    assert not found.findings.counts
    assert found.columns["reference"].to_pylist() == [None, None]
    assert found.local_date.to_pylist() == [date(2026, 4, 1)] * 2
    assert found.time_precision.to_pylist() == ["month"] * 2


def test_a_tenth_of_the_rows_refuses_the_file_and_repeats_do_not_count() -> None:
    def refused(bad: int, rows: int) -> bool:
        return read(FULL, {"date": ["?!"] * bad + ["03/04/2026"] * (rows - bad)}).refused

    assert refused(10, 100)
    assert not refused(9, 100)
    aside = BadRow(7, wording.FAULTS["repeated"].says)
    assert read(FULL, {"date": ["03/04/2026"] * 9}, bad=[aside]).refused
    assert not read(FULL, {"date": ["03/04/2026"] * 10}, bad=[aside]).refused
    repeats = read(FULL, {"date": ["03/04/2026"] * 10, "reference": ["A"] * 10})
    assert not repeats.refused
    assert repeats.kept.sum() == 1


def test_the_refusal_names_the_commonest_fault() -> None:
    found = read(FULL, {"date": ["46115", "46115", "31/02/2026", "03/04/2026"]})
    [whole] = [each for each in found.findings.kept if each.weight is Weight.REFUSES]
    assert str(whole.says).startswith(
        "3 of 4 rows cannot be used. Most often, for example in row 2: Where a date should be"
    )


def test_an_empty_required_column_refuses_the_file() -> None:
    found = read(FULL, {"date": ["", " ", "n/a"]})
    assert found.refused
    assert not found.kept.any()
    assert found.findings.counts == Counter(column_empty=1)


def test_one_value_for_all_rows() -> None:
    found = read(FULL, {"date": ["03/04/2026"] * 2}, Mapped("date", "date"), Mapped("category", value="Slight"))
    assert found.columns["category"].to_pylist() == ["slight", "slight"]
    assert all(len(column) == 2 for column in found.columns.values())


def test_the_first_and_the_last_day_belong_to_the_period() -> None:
    found = read(FULL, {"date": ["01/04/2026", "30/06/2026"], "time": ["00:00", "23:59:59"]})
    assert found.kept.all()
    assert not found.findings.counts


def test_many_findings_are_counted_and_few_are_listed() -> None:
    rows = 5_000
    found = read(FULL, {"date": ["03/04/2026"] * rows, "age": ["999"] * rows})
    assert found.findings.counts["age_too_large"] == rows
    assert found.findings.count(Weight.NOTES) == rows
    assert len(found.findings.kept) == found.findings.listed


def test_a_layout_that_does_not_fit_is_not_applied() -> None:
    sheet = sheet_of({"date": ["03/04/2026"]})
    with pytest.raises(RuleBroken, match="no column called “Day”"):
        apply(sheet, layout_of(FULL, sheet, Mapped("date", "Day")), FULL, LISTS, SPRING)


CELLS = st.sampled_from(
    ["", "03/04/2026", "31/02/2026", "46115", "09:30", "24:00", "0", "353000", "429000", "-2.7", "53.76", "PR1", "PR1 2HE",
     "E01025302", "fatal", "Q7", "-1", "12.5", "unknown", "Mrs Jones", "\u00e9\u2603", "1e9", "=1+1"]
) | st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)  # fmt: skip
KEYS = tuple(each.key for each in FULL.fields)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(*[CELLS] * len(KEYS)), min_size=1, max_size=12))
def test_every_row_is_kept_or_has_a_finding_that_explains_it(rows: list[tuple[str, ...]]) -> None:
    found = read(FULL, dict(zip(KEYS, map(list, zip(*rows, strict=True)), strict=True)))
    explained = {each.row for each in found.findings.kept if each.weight is Weight.SETS_ASIDE}
    for at, kept in enumerate(found.kept.tolist()):
        if found.findings.counts["column_empty"]:
            assert not kept
        else:
            assert kept is (int(found.numbers[at]) not in explained)
        if kept:
            assert SPRING[0] <= found.local_date[at].as_py() <= SPRING[1]
    assert all(len(column) == len(rows) for column in found.columns.values())
    easting, northing = found.metres()
    assert np.array_equal(np.isnan(easting), np.isnan(northing))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(*[CELLS] * len(KEYS)), min_size=1, max_size=12))
def test_no_finding_repeats_a_value(rows: list[tuple[str, ...]]) -> None:
    marked = [tuple(f"{cell}Zorblax" for cell in row) for row in rows]
    found = read(FULL, dict(zip(KEYS, map(list, zip(*marked, strict=True)), strict=True)))
    assert found.findings.kept
    assert not any("Zorblax" in str(each.says) + str(each.do) for each in found.findings.kept)


def test_codes_are_judged_by_the_list_of_the_day() -> None:
    spec = spec_of({"key": "date", "required": True}, {"key": "reason", "kind": "code", "list": "exclusion_reasons"})
    day = date(2019, 10, 7)
    sheet = sheet_of({"date": [f"{day:%d/%m/%Y}"], "reason": ["OT"]})
    lists = book(day).codes
    found = apply(sheet, layout_of(spec, sheet), spec, lists, (date(2019, 10, 1), date(2019, 12, 31)))
    assert found.columns["reason"].to_pylist() == ["OT"]
    today = read(spec, {"date": ["03/04/2026"], "reason": ["OT"]})
    assert today.columns["reason"].to_pylist() == [None]


SPEC_OF_VALUES = spec_of(
    {"key": "date", "required": True},
    {"key": "easting"},
    {"key": "northing"},
    {"key": "longitude"},
    {"key": "latitude"},
)
# Each file of the corpus whose values are wrong: kinds found, and rows kept.
VALUES: dict[str, tuple[set[str], int]] = {
    # Lancaster the wrong way round is Nottinghamshire: only the boundaries of the partnership can tell.
    "eastings and northings swapped": (set(), 2),
    "longitudes and latitudes swapped": ({"place_swapped", "too_many_faults"}, 0),
    "nought and nought": ({"place_zero"}, 2),
    "Web Mercator metres": ({"place_mercator", "too_many_faults"}, 0),
    "degrees in grid columns": ({"place_degrees", "too_many_faults"}, 0),
    "places outside Great Britain": ({"place_outside", "too_many_faults"}, 0),
    "places of another grid (UTM 30N)": ({"place_outside", "too_many_faults"}, 0),
    "kilometres": ({"place_short", "too_many_faults"}, 0),
    "feet": ({"place_feet", "too_many_faults"}, 0),
    "grid references with letters": ({"place_unreadable", "too_many_faults"}, 0),
    "one coordinate missing": ({"place_half"}, 2),
    "degrees in minutes and seconds": ({"place_unreadable", "too_many_faults"}, 0),
    "longitudes without their minus": ({"place_sign", "too_many_faults"}, 0),
    "dates that do not exist": ({"date_not_existing", "too_many_faults"}, 1),
    "days and months mixed": ({"date_order", "too_many_faults"}, 1),
    "Excel day numbers": ({"date_serial", "too_many_faults"}, 0),
    "columns shifted in some rows": ({"date_unreadable", "place_unreadable", "too_many_faults"}, 1),
    "dates in a century to come": ({"date_future", "date_empty_year", "too_many_faults"}, 0),
}


@pytest.mark.parametrize("broken", [each for each in CORPUS if each.stage == "mapping"], ids=lambda each: each.case)
def test_the_files_of_the_corpus_whose_values_are_wrong(broken: Broken, tmp_path: Path) -> None:
    sheet = read_sheet(broken.write(tmp_path), broken.name)
    mapped = [Mapped(name.lower(), name) for name in sheet.header]
    march = (date(2026, 3, 1), date(2026, 3, 31))
    found = apply(sheet, layout_of(SPEC_OF_VALUES, sheet, *mapped), SPEC_OF_VALUES, LISTS, march)
    assert (set(found.findings.counts), int(found.kept.sum())) == VALUES[broken.case]


def test_a_line_of_totals_is_no_fault_of_a_small_file() -> None:
    sheet = sheet_of(
        {"date": ["01/04/2026"] * 3, "category": ["slight"] * 3}, bad=[BadRow(5, looks_like_total(), total=True)]
    )
    found = apply(sheet, layout_of(FULL, sheet), FULL, LISTS, SPRING)
    assert (int(found.kept.sum()), found.refused) == (3, False)
    assert found.findings.counts["total_line"] == 1


def test_a_longer_code_is_of_the_code_that_it_begins_with() -> None:
    spelling = speller(LISTS("icd10_assault_and_substances"))
    assert [spelling.code(each) for each in ("X99", "X99.4", "x994", "F10.2", "Y91.1")] == [
        "X99",
        "X99",
        "X99",
        "F10",
        "Y91",
    ]
    assert [spelling.code(each) for each in ("X99 knife", "X9", "X99.4567", "Z00.1")] == [None] * 4
