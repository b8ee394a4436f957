"""Columns are called as a spreadsheet calls them."""

from __future__ import annotations

import pytest
from openpyxl.utils import column_index_from_string, get_column_letter

from ourpatch.data.exchange.reading.heading import letter, position_of

pytestmark = pytest.mark.rules
# Z, AA, ZZ, AAA and ZZZ are among them.
EVERY = range(26 + 26**2 + 26**3)


def test_a_columns_letters_are_the_spreadsheets() -> None:
    assert [letter(position) for position in EVERY] == [get_column_letter(position + 1) for position in EVERY]


def test_letters_lead_back_to_the_column() -> None:
    names = [letter(position) for position in EVERY]
    assert [position_of(name) for name in names] == [column_index_from_string(name) - 1 for name in names]
    assert position_of("XFD") == 16_383
