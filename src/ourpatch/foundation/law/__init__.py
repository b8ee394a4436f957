"""The law as dated data: thresholds, clocks and code lists, as they stood on a London day.

    >>> book = law.book(on=date(2026, 11, 22))
    >>> law.clocks.due(book.clock("query_reply"), received_at)

Pure: no tables, no Django. A room keeps `book.on` and `book.digest` with a decision, so that it can be judged later
by the book it was made under.
"""

from __future__ import annotations

from ourpatch.foundation.law import clocks, cycle, holidays
from ourpatch.foundation.law.book import book
from ourpatch.foundation.law.entries import Basis, Clock, ClockKind, CodeList, Item, LawBook, Number, Origin, Status

__all__ = [
    "Basis",
    "Clock",
    "ClockKind",
    "CodeList",
    "Item",
    "LawBook",
    "Number",
    "Origin",
    "Status",
    "book",
    "clocks",
    "cycle",
    "holidays",
]
