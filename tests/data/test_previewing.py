"""The first rows as they would be read, and the form beside them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from tests.data.exchange_files import CORPUS, Broken
from tests.data.factories_mapping import FULL, LISTS, SPRING, layout_of, sheet_of

from ourpatch.data.exchange.layout_forms import MatchForm
from ourpatch.data.exchange.mapping import Mapped
from ourpatch.data.exchange.previewing import Preview, preview_of, said_without_loading
from ourpatch.data.exchange.reading import read_sheet
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules
DAY = "01/04/2026"


def looked(columns: dict[str, list[str]], *mapped: Mapped) -> Preview:
    sheet = sheet_of(columns)
    return preview_of(sheet, layout_of(FULL, sheet, *mapped), FULL, LISTS, SPRING, date(2026, 7, 1))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (("395536.0", "430000"), ("395536", "430000")),
        (("395536.04", "430000.50"), ("395536", "430000.5")),
        (("395,536", "+430000"), ("395536", "430000")),
        (("395536.123456789012", "430000.000000001"), ("395536.1", "430000")),
    ],
)
def test_metres_are_shown_without_what_a_binary_fraction_adds(written: tuple[str, str], shown: tuple[str, str]) -> None:
    columns = {"date": [DAY], "easting": [written[0]], "northing": [written[1]]}
    (row,) = looked(columns, *(Mapped(name, name) for name in columns)).rows
    assert tuple(row[2:4]) == shown


def test_degrees_are_shown_to_ten_centimetres() -> None:
    columns = {"date": [DAY], "longitude": ["-2.8000000000001"], "latitude": ["54.04712345678"]}
    (row,) = looked(columns, *(Mapped(name, name) for name in columns)).rows
    assert tuple(row[2:4]) == ("-2.8", "54.047123")


def test_a_preview_never_says_that_something_was_or_was_not_loaded() -> None:
    found = looked({"date": ["soon"] * 20}, Mapped("date", "date"))
    assert found.problems
    assert not [each for each in found.problems if "was loaded" in each or "be loaded" in each]
    assert not looked({"date": [""] * 20}, Mapped("date", "date")).problems[0].startswith("Nothing")


@pytest.mark.parametrize("file", [each for each in CORPUS if each.refused], ids=lambda each: each.case)
def test_why_a_file_cannot_be_read_is_said_without_it_too(file: Broken, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        read_sheet(file.write(tmp_path), file.name, file.options, file.caps)
    assert f"{said_without_loading(refusal.value)} Nothing was loaded." == str(refusal.value)


def form(data: dict[str, str] | None) -> MatchForm:
    sheet = sheet_of({"date": [DAY], "place": ["High Street"]})
    return MatchForm(data, sheet=sheet, spec=FULL, lists=LISTS, layout=layout_of(FULL, sheet, Mapped("date", "date")))


def test_what_is_needed_is_not_called_optional() -> None:
    """Looking at it without a name or a needed column is no mistake yet."""
    for data in (None, {"column_date": "date"}, {"column_place": "place"}):
        made = form(data)
        needed = {name for name, field in made.fields.items() if field.required}
        assert needed == {"column_date", "name"}
        assert data is None or made.is_valid(), made.errors
        for name in ("column_date", "name"):
            assert "optional" not in re.sub(r"\s+", " ", made[name].as_field_group())
        assert "optional" in made["column_place"].as_field_group()
