"""Bank holidays of England and Wales: the standing rule, and the days that were moved or added by proclamation.

Source: Banking and Financial Dealings Act 1971, Schedule 1, and royal proclamations. The rule is followed for any
year; special days are known up to `KNOWN_UNTIL`, so a later clock may move when one is proclaimed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from ourpatch.foundation.law.entries import Label

KNOWN_UNTIL = date(2028, 12, 31)

_NEW_YEAR = Label("New Year's Day", "Dydd Calan")
_GOOD_FRIDAY = Label("Good Friday", "Dydd Gwener y Groglith")
_EASTER_MONDAY = Label("Easter Monday", "Dydd Llun y Pasg")
_EARLY_MAY = Label("Early May bank holiday", "Gŵyl Banc dechrau Mai")
_SPRING = Label("Spring bank holiday", "Gŵyl Banc y Gwanwyn")
_SUMMER = Label("Summer bank holiday", "Gŵyl Banc yr Haf")
_CHRISTMAS = Label("Christmas Day", "Dydd Nadolig")
_BOXING = Label("Boxing Day", "Gŵyl San Steffan")

# day by the rule -> day it was moved to
_MOVED = {
    date(2020, 5, 4): date(2020, 5, 8),  # 75 years of VE Day
    date(2022, 5, 30): date(2022, 6, 2),  # Platinum Jubilee
}
_ADDED = {
    date(2022, 6, 3): Label("Platinum Jubilee bank holiday", "Gŵyl Banc y Jiwbilî Blatinwm"),
    date(2022, 9, 19): Label(
        "Bank holiday for the State Funeral of Queen Elizabeth II",
        "Gŵyl Banc Angladd Gwladol y Frenhines Elizabeth II",
    ),
    date(2023, 5, 8): Label(
        "Bank holiday for the coronation of King Charles III",
        "Gŵyl Banc Coroni'r Brenin Charles III",
    ),
}


@dataclass(frozen=True, slots=True)
class Holiday:
    """One bank holiday; `substitute` when it stands for a day that fell on a weekend."""

    day: date
    name: Label
    substitute: bool = False


@cache
def bank_holidays(year: int) -> tuple[Holiday, ...]:
    """The bank holidays of a year in order of date."""
    found = [*_by_rule(year), *(Holiday(day, name) for day, name in _ADDED.items() if day.year == year)]
    return tuple(sorted(found, key=lambda holiday: holiday.day))


def is_bank_holiday(day: date) -> bool:
    """Whether banks rest on this day in England and Wales."""
    return any(holiday.day == day for holiday in bank_holidays(day.year))


def is_working_day(day: date) -> bool:
    """Neither Saturday, Sunday nor bank holiday."""
    return day.weekday() < 5 and not is_bank_holiday(day)


def easter_sunday(year: int) -> date:
    """Western Easter by the anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l_ = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l_) // 451
    month, day0 = divmod(h + l_ - 7 * m + 114, 31)
    return date(year, month, day0 + 1)


def _by_rule(year: int) -> Iterator[Holiday]:
    yield from _moved_off_weekend(_NEW_YEAR, date(year, 1, 1))
    easter = easter_sunday(year)
    yield Holiday(easter - timedelta(days=2), _GOOD_FRIDAY)
    yield Holiday(easter + timedelta(days=1), _EASTER_MONDAY)
    mondays = ((_EARLY_MAY, _monday_from(date(year, 5, 1))), (_SPRING, _monday_from(date(year, 5, 25))))
    for name, day in (*mondays, (_SUMMER, _monday_from(date(year, 8, 25)))):
        yield Holiday(_MOVED.get(day, day), name)
    yield from _christmas(year)


def _christmas(year: int) -> Iterator[Holiday]:
    christmas, boxing = date(year, 12, 25), date(year, 12, 26)
    # The substitute of the one may not fall on the other: a Christmas Day on Saturday or Sunday is made up after
    # Boxing Day.
    yield Holiday(date(year, 12, 27), _CHRISTMAS, True) if christmas.weekday() > 4 else Holiday(christmas, _CHRISTMAS)
    yield Holiday(date(year, 12, 28), _BOXING, True) if boxing.weekday() > 4 else Holiday(boxing, _BOXING)


def _moved_off_weekend(name: Label, day: date) -> Iterator[Holiday]:
    wait = max(0, 7 - day.weekday()) if day.weekday() > 4 else 0
    yield Holiday(day + timedelta(days=wait), name, wait > 0)


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)
