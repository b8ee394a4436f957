"""Dates of birth: said to be one in a text, or a column of dates that lie as far back as birthdays do."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ion|chwe|maw|ebr|mai|meh|gor|aws|med|hyd|tach|rhag)[a-z]*"
_DATE = (
    rf"(?:[0-3]?\d\s?[/.\- ]\s?[01]?\d\s?[/.\- ]\s?(?:19|20)?\d\d|(?:19|20)\d\d[/.\-][01]?\d[/.\-][0-3]?\d"
    rf"|[0-3]?\d(?:st|nd|rd|th)?[\s/.\-]+(?:of\s+)?{_MONTH}[\s,/.\-]+(?:19|20)?\d\d|{_MONTH}\s+[0-3]?\d(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d|[0-3]\d[01]\d(?:19|20)?\d\d)"
)
_CUE = r"(?:\bd\s?[.\-/ ]?\s?o\s?[.\-/ ]?\s?b\b|\bborn\b|\bbirth(?:day|date)?\b|\bdate\s+of\s+birth\b|\bb/d\b|\bbday\b|\bgeni\b)"
_SAID = re.compile(
    rf"{_CUE}[\s.:;=()\[\]–-]*(?:(?:is|was|on|given|as|the|of|date)\s+){{0,3}}(?:{_DATE})(?!\d)", re.IGNORECASE
)
_SAID_AFTER = re.compile(rf"(?<!\d){_DATE}\s*[(\[]?\s*{_CUE}", re.IGNORECASE)
# "b. 3/4/1987" and "(b 1987-04-03)": only with the four digits of a year, since "b" is many things.
_SAID_SHORT = re.compile(
    rf"\bb\.?\s?(?:[0-3]?\d[/.\- ][01]?\d[/.\- ](?:19|20)\d\d"
    rf"|(?:19|20)\d\d-[01]?\d-[0-3]?\d|[0-3]?\d\s+{_MONTH}\s+(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"^\s*((?:19|20)\d\d)[-/.]?[01]\d[-/.]?[0-3]\d(?:[T ].*)?$")
_YEAR_LAST = re.compile(
    rf"^\s*(?:[0-3]?\d[-/. ][01]?\d[-/. ]|[0-3]?\d[-/. ]{_MONTH}[-/. ]|{_MONTH}[-/. ][0-3]?\d,?[-/. ])"
    r"((?:19|20)\d\d)(?:[ T].*)?$",
    re.I,
)


def says_birth(text: str) -> bool:
    """Whether the text gives a date and says that somebody was born on it."""
    return any(pattern.search(text) for pattern in (_SAID, _SAID_AFTER, _SAID_SHORT))


def years(values: Sequence[str]) -> list[int]:
    """The years of the values that are full dates with a four-digit year."""
    found = (_YEAR_FIRST.match(value) or _YEAR_LAST.match(value) for value in values)
    return [int(each[1]) for each in found if each]


def are_births(of_column: Sequence[int], of_file: int) -> bool:
    """Whether the years of a column lie as far back from the year of the file as ages do: 4 in 5 between 10 and 110 years, and
    spread over more than five years.
    """
    if len(of_column) < 5:
        return False
    old = sum(10 <= of_file - year <= 110 for year in of_column)
    return old >= 0.8 * len(of_column) and max(of_column) - min(of_column) > 5
