"""A sender's layout: which of their columns holds which field of the dataset, in which formats and codes. Mapped once, reused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made

from ourpatch.data.exchange.reading.sheet import SheetOptions


@dataclass(frozen=True, slots=True)
class Mapped:
    """One field of the dataset, filled from a column of the sender or, where they have none, with the same value in every row.

    `column` "": `value` is used. `formats`: date and time patterns in `strptime` words, tried in order; empty: ISO and the
    British forms; "excel": the numbers that Excel keeps for dates. `codes`: the sender's code or word -> ours, compared without
    case and surrounding space. `time_column`: for a field of date and time, the column with the time where it stands apart.
    """

    field: str
    column: str = ""
    value: str = ""
    formats: tuple[str, ...] = ()
    codes: Mapping[str, str] = made(default_factory=dict)
    time_column: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How one sender writes one dataset. `header`: the headings it was made for, in order; `ignored`: columns that are read by
    nobody and checked by the gate all the same.
    """

    dataset: str
    fields: tuple[Mapped, ...]
    options: SheetOptions
    header: tuple[str, ...]
    ignored: tuple[str, ...] = ()
