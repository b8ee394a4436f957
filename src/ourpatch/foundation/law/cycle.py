"""The seventeen steps of the partnership's year, with the days they fall due in one year from April to March."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ourpatch.foundation.law.entries import Item, Label, LawBook


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the cycle: who does it, and its due days in the year (several for what is done every quarter)."""

    number: int
    code: str
    label: Label
    whom: str
    due: tuple[date, ...]

    def next_due(self, today: date) -> date | None:
        """The first due day that is not past, or None when the year holds no more."""
        return next((day for day in self.due if day >= today), None)


def steps(book: LawBook, year: int) -> tuple[Step, ...]:
    """The seventeen steps for the year that begins on 1 April of `year`, in the guidance's own order (statutory.md
    section 3).

    The order is the guidance's; the days are practice, kept as data, since no law sets them except the quarterly data
    (SI 2007/1831).
    """
    return tuple(_step(number, item, year) for number, item in enumerate(book.codes("yearly_cycle"), start=1))


def partnership_year(today: date) -> int:
    """The year in which the current April-to-March year began."""
    return today.year if today.month >= 4 else today.year - 1


def _step(number: int, item: Item, year: int) -> Step:
    days = item.fact("due")
    assert isinstance(days, tuple)
    return Step(number, item.code, item.label, str(item.fact("whom")), tuple(_day(year, text) for text in days))


def _day(year: int, month_and_day: str) -> date:
    month, day = (int(part) for part in month_and_day.split("-"))
    return date(year if month >= 4 else year + 1, month, day)
