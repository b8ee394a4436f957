"""Whole columns are judged at a time; the verdict on each row is the one that the rules, read one by one, give it."""

from __future__ import annotations

import csv
import io
import math
import re
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.factories_exchange import NAME, csv_bytes, street_row

from ourpatch.data.exchange import police_uk, rules
from ourpatch.data.exchange.police_uk import KEPT, REASONS, read_street
from ourpatch.data.exchange.rules import HEADER, Reason, StreetFile

pytestmark = pytest.mark.rules

FILE = StreetFile(NAME, "squareshire", date(2019, 1, 1))
CATEGORIES = {"Burglary": "burglary", "Anti-social behaviour": "anti-social-behaviour"}
LONG = "x" * (rules.LONGEST_VALUE + 1)
# Letters of two bytes each: as many letters as there may be, and more bytes than that.
WIDE = "ŵ" * rules.LONGEST_VALUE

changes = st.fixed_dictionaries(
    {},
    optional={
        "Crime ID": st.sampled_from(["a" * 64, "b" * 64, "", LONG]),
        "Month": st.sampled_from(["2018-12", "Burglary", ""]),
        "Longitude": st.sampled_from(["", "0", "0.000000", "-2.5", "1e5", "nan", "12345", "-2,"]),
        "Latitude": st.sampled_from(["", "0", "53.7", " 53.7", "53.7.1"]),
        "LSOA code": st.sampled_from(["", "E01999901", "W01000001", "95AA01S1", "nonsense"]),
        "Location": st.sampled_from(["", WIDE, WIDE + "w", "On or near Café"]),
        "Crime type": st.sampled_from(["Anti-social behaviour", "Witchcraft", ""]),
        "Context": st.sampled_from(["", LONG]),
    },
)


def judged(row: dict[str, str]) -> Reason | None:
    """The rules for one row by itself."""
    if any(len(row[name]) > rules.LONGEST_VALUE for name in HEADER):
        return Reason.TOO_LONG
    for name, pattern in (
        ("Longitude", r"-?\d{1,3}(\.\d+)?"),
        ("Latitude", r"-?\d{1,3}(\.\d+)?"),
        ("LSOA code", r"[0-9A-Z]{8,9}"),
    ):
        if row[name] and not re.fullmatch(pattern, row[name]):
            return Reason.MALFORMED
    if row["Month"] != "2019-01":
        return Reason.OTHER_MONTH if re.fullmatch(r"\d{4}-\d{2}", row["Month"]) else Reason.MALFORMED
    return None if row["Crime type"] in CATEGORIES else Reason.UNKNOWN_CATEGORY


def repeats(rows: list[dict[str, str]], verdicts: list[Reason | None]) -> list[Reason | None]:
    """The same after the first of the kept rows with one identifier."""
    seen: set[str] = set()
    found = []
    for row, verdict in zip(rows, verdicts, strict=True):
        again = verdict is None and row["Crime ID"] != "" and row["Crime ID"] in seen
        if verdict is None:
            seen.add(row["Crime ID"])
        found.append(Reason.REPEATED if again else verdict)
    return found


def degree(row: dict[str, str], name: str) -> float:
    lon, lat = row["Longitude"], row["Latitude"]
    return math.nan if not lon or not lat or float(lon) == float(lat) == 0 else float(row[name])


@given(st.lists(changes, min_size=1, max_size=30))
def test_every_row_is_judged_as_it_would_be_alone(described: list[dict[str, str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "FAULTY_SHARE", 1.0)
        _same_verdicts([street_row(**change) for change in described])


def _same_verdicts(made: list[dict[str, str]]) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(made)
    expected = [judged(row) for row in made]

    rows = read_street(FILE, out.getvalue().encode(), CATEGORIES)

    assert _reasons(rows) == expected
    lon, lat = police_uk.degrees(rows)
    kept = [number for number, verdict in enumerate(expected) if verdict is None]
    for found, name in ((lon, "Longitude"), (lat, "Latitude")):
        assert np.array_equal(found[kept], [degree(made[number], name) for number in kept], equal_nan=True)
    police_uk.judge_repeats(rows)
    assert _reasons(rows) == repeats(made, expected)


def _reasons(rows: Any) -> list[Reason | None]:
    return [None if code == KEPT else REASONS[code] for code in rows.verdict.tolist()]


def test_a_file_without_a_faulty_row_is_kept_whole() -> None:
    rows = read_street(FILE, csv_bytes([street_row(), street_row(None)]), CATEGORIES)

    assert rows.kept.all()
    assert rows.numbers.tolist() == [2, 3]
