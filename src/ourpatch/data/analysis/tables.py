"""The numbers of a result as rows, for a page, a spreadsheet or somebody who cannot see the picture."""

from __future__ import annotations

from dataclasses import dataclass

from ourpatch.ground.words import Message

Value = str | int | float | Message | None


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, and rows of as many values; None is a value that there is not."""

    heads: tuple[Message, ...]
    rows: tuple[tuple[Value, ...], ...]
