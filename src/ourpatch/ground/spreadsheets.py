"""What spreadsheets do to text that they are given, and how to keep them from it."""

from __future__ import annotations

import re

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Signs that XML may not hold: one of them, and no spreadsheet opens the workbook.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def plain_cell(text: str) -> str:
    """A text for a CSV file: what a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def writable(text: str) -> str:
    """A text as a workbook may hold it."""
    return _NO_TEXT.sub("", text)
