"""What a cell of a workbook says, as text: numbers with the digits Excel shows, dates as ISO 8601 whatever their format."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from ourpatch.data.exchange.reading.json_records import plain_number

_DAY = 86_400
_LAST_SERIAL = 2_958_466  # 9999-12-31 and a day
# Excel believes that 1900 was a leap year: serials up to its 29 February count from a day later. Source: ECMA-376 18.17.4.1.
_LEAP_FAULT = 60
_EAST_ASIAN_DATES = {*range(27, 37), *range(50, 59)}
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_ZEROS = re.compile(r"^0{2,}$")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_EXACT_DIGITS = 15


class Shape(StrEnum):
    """What a number format makes of a number."""

    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    BOTH = "both"
    ELAPSED = "elapsed"


@dataclass(frozen=True, slots=True)
class Format:
    """A number format: its shape and, where it shows leading zeros, how many digits."""

    shape: Shape = Shape.NUMBER
    digits: int = 0


def format_of(number: int, custom: dict[int, str]) -> Format:
    """The format with this id. `custom`: the workbook's own."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

    code = custom.get(number, BUILTIN_FORMATS.get(number, "General"))
    if number in _EAST_ASIAN_DATES and number not in custom:
        return Format(Shape.DATE)
    if _ZEROS.match(code):
        return Format(digits=len(code))
    if _ELAPSED.search(code.split(";")[0]):
        return Format(Shape.ELAPSED)
    if not is_date_format(code):
        return Format()
    letters = _QUOTED.sub("", code.split(";")[0]).lower()
    has_time = "h" in letters or "s" in letters
    has_day = "d" in letters or "y" in letters
    return Format(Shape.BOTH if has_time and has_day else Shape.TIME if has_time else Shape.DATE)


def number_text(raw: str, shown: Format, from_1904: bool) -> str | None:
    """The text of a number; None when it is no number, or a date that does not exist."""
    if shown.shape is Shape.NUMBER and raw.isdecimal() and raw.isascii():
        return raw.zfill(shown.digits)
    try:
        value = float(raw)
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    if shown.shape is Shape.NUMBER:
        # Excel keeps fifteen digits; the rest of a binary fraction is noise (0.30000000000000004).
        text = plain_number(f"{value:.{_EXACT_DIGITS}g}")
        return text.zfill(shown.digits) if text.isdecimal() else text
    if shown.shape is Shape.ELAPSED:
        return _elapsed(value)
    return _moment(value, shown.shape, from_1904)


def is_rounded(raw: str) -> bool:
    """Whether a number has more digits than Excel keeps, so that the last ones are lost."""
    return abs(float(raw)) >= float(10**_EXACT_DIGITS)


def unescaped(text: str) -> str:
    """Text with Excel's way of writing control characters (_x000D_) undone."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _elapsed(value: float) -> str:
    seconds = round(abs(value) * _DAY)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{'-' if value < 0 else ''}{hours:02}:{minute:02}" + (f":{second:02}" if second else "")


def _moment(value: float, shape: Shape, from_1904: bool) -> str | None:
    seconds = round(value * _DAY)
    days, second = divmod(seconds, _DAY)
    if not 0 <= days < _LAST_SERIAL:
        return None
    clock = time(second // 3600, second // 60 % 60, second % 60)
    if days == 0 and (shape is Shape.TIME or (second and not from_1904)):
        return _clock(clock)
    day = _day(days, from_1904)
    if day is None:
        return None
    if shape is Shape.DATE and not second:
        return day.isoformat()
    return f"{day.isoformat()}T{_clock(clock)}"


def _day(days: int, from_1904: bool) -> date | None:
    if from_1904:
        start = date(1904, 1, 1)
    elif days in (0, _LEAP_FAULT):
        return None
    else:
        start = date(1899, 12, 31 if days < _LEAP_FAULT else 30)
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def _clock(clock: time) -> str:
    return clock.isoformat("seconds" if clock.second else "minutes")
