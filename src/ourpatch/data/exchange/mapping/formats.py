"""Patterns of dates and times in `strptime` words, and the reading of one value by them.

Not `strptime` itself: one or two digits are taken where Excel drops a zero, Welsh months are read, and 24:00 is no fault.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache

from ourpatch.data.exchange.mapping.shapes import UNKNOWN
from ourpatch.ground.clock import LONDON
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

EXCEL = "excel"
"""The format of dates that are numbers: days since 30 December 1899, the time as a fraction."""

DATES = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%Y%m%d",
    "%Y/%m/%d",
    "%d/%m/%y",
    "%d-%m-%y",
    "%d.%m.%y",
    "%d %b %y",
    "%d-%b-%y",
    "%a %d %b %Y",
)
"""Dates as they are read when a layout names no format: ISO and the British forms, the day before the month."""
MONTHS = ("%Y-%m", "%m/%Y", "%m-%Y", "%b %Y", "%b-%Y", "%b-%y", "%b %y", "%Y%m", *DATES)
"""Months likewise; a day is read as its month."""
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%m-%d-%y", "%b %d, %Y", "%b %d %Y")
"""Dates as they are written in America."""
TIMES = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
"""Times that are offered to somebody who chooses formats. Without one, 09:30, 9.30, 0930, 09:30:15 and 9.30 pm are read."""

DAY_SECONDS = 86_400

_MONTH_NAMES = (
    ("jan", "january", "ion", "ionawr"),
    ("feb", "february", "chwe", "chwef", "chwefror"),
    ("mar", "march", "maw", "mawrth"),
    ("apr", "april", "ebr", "ebrill"),
    ("may", "mai"),
    ("jun", "june", "meh", "mehefin"),
    ("jul", "july", "gorff", "gorffennaf"),
    ("aug", "august", "awst"),
    ("sep", "sept", "september", "medi"),
    ("oct", "october", "hyd", "hydref"),
    ("nov", "november", "tach", "tachwedd"),
    ("dec", "december", "rhag", "rhagfyr"),
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names}
_DIRECTIVES = {
    "d": r"(?P<day>[0-9]{1,2})",
    "m": r"(?P<month>[0-9]{1,2})",
    "Y": r"(?P<year>[0-9]{4})",
    "y": r"(?P<short>[0-9]{2})",
    "b": r"(?P<name>[^\W\d_]{3,10})\.?",
    "a": r"[^\W\d_]{2,11}\.?,?",
    "H": r"(?P<hour>[0-9]{1,2})",
    "I": r"(?P<hour12>[0-9]{1,2})",
    "M": r"(?P<minute>[0-9]{2})",
    "S": r"(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?",
    "p": r"(?P<half>[aApP])\.?[mM]\.?",
    "z": r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})",
    "%": "%",
}
_SAME = {"B": "b", "A": "a"}
_NUMERIC = "dmYyHIMS"
_TAIL = r"(?:(?:T|,? +)(?P<rest>\S.*))?"
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})[:.hH](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r" ?(?:(?P<half>[aApP])\.?[mM]\.?|[hH]rs?)? ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_COMPACT = re.compile(r"(?P<hour>[0-9]{1,2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})?(?: ?[hH]rs?)?")
_HOUR12 = re.compile(r"(?P<hour>[0-9]{1,2}) ?(?P<half>[aApP])\.?[mM]\.?")
_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")
_FRACTION = re.compile(r"0(?:\.[0-9]+)?")
_EPOCH = date(1899, 12, 30)
# 1954 to 2064: a number in a date column outside of it is something else.
_SERIALS = (20_000, 60_000)
_LONGEST = 60
_PARTS = re.compile(r"([0-9][0-9/.-]{5,9})(?:T|,? +)(\S.*)")
# There are 86,400 seconds in a day.
_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Moment:
    """One value read: a London day, seconds after its midnight (86,400 for 24:00) and minutes before UTC where it was written.

    `fault` says why nothing was read; `shortened` that the year had two digits; `clock_fault` that only the time was unreadable.
    """

    day: date | None = None
    second: int | None = None
    offset: int | None = None
    shortened: bool = False
    fault: str = ""
    clock_fault: str = ""


def check_format(pattern: str, *, needs: str) -> object | None:
    """What is wrong with a pattern; None when it is one. `needs`: the letters d, m, t (time) that it must tell."""
    if pattern == EXCEL:
        return None
    try:
        groups = set(_compiled(pattern).groupindex)
    except BadInput as error:
        return error.message
    has = {
        "d": "day" in groups,
        "m": bool(groups & {"month", "name"}) and bool(groups & {"year", "short"}),
        "t": "hour" in groups or {"hour12", "half"} <= groups,
    }
    if all(has[each] for each in needs):
        return None
    return _("The format “%(pattern)s” does not say everything that the field needs.", pattern=pattern)


def read_day(text: str, patterns: Sequence[str], usual: Sequence[str] = DATES) -> Moment:
    """A date, with its time where one is written after it."""
    if patterns:
        return _by_patterns(text, patterns)
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return _usual_day(text, tuple(usual))
    # A file has few days and few times of day, and many pairs of them.
    day = _usual_day(parts[1], tuple(usual))
    return day if day.day is None else _with_clock(day, _clock(parts[2]))


def read_clock(text: str, patterns: Sequence[str]) -> Moment:
    """A time of day; of a date with a time, its time."""
    if patterns:
        found = _by_patterns(text, patterns, clock_only=True)
        return found if found.fault or found.second is not None else Moment(fault="time_unreadable")
    moment = _clock(text) if _PARTS.fullmatch(text) is None else None
    if moment is not None and not moment.fault:
        return moment
    dated = read_day(text, ())
    if dated.day is None:
        return moment or Moment(fault="time_unreadable")
    return Moment(fault=dated.clock_fault) if dated.clock_fault else dated


@lru_cache(maxsize=_REMEMBERED)
def _usual_day(text: str, usual: tuple[str, ...]) -> Moment:
    for pattern in usual:
        found = _compiled(pattern, tail=True).fullmatch(text)
        if found is not None:
            return _dated(found)
    return Moment(fault="date_serial" if is_serial(text) else "date_unreadable")


def _by_patterns(text: str, patterns: Sequence[str], *, clock_only: bool = False) -> Moment:
    faults = []
    for pattern in patterns:
        if pattern == EXCEL:
            moment = _excel(text, clock_only=clock_only)
        else:
            found = _compiled(pattern).fullmatch(text)
            moment = _dated(found) if found is not None else Moment(fault="time_unreadable" if clock_only else "")
        if moment.day is not None or (clock_only and moment.second is not None):
            return moment
        faults.append(moment.fault)
    if clock_only:
        return Moment(fault="time_unreadable")
    serial = "date_serial" if is_serial(text) else "date_unreadable"
    return Moment(fault=next((fault for fault in faults if fault), serial))


@cache
def _compiled(pattern: str, *, tail: bool = False) -> re.Pattern[str]:
    """A pattern as a regular expression. Raises BadInput."""
    if not pattern.strip() or len(pattern) > _LONGEST:
        raise BadInput(_("A format is empty or too long."))
    try:
        return re.compile("".join(_pieces(pattern)) + (_TAIL if tail else ""))
    except (KeyError, re.error) as error:
        raise BadInput(
            _(
                "The format “%(pattern)s” cannot be used. Use %(letters)s, each once.",
                pattern=pattern,
                letters="%d %m %Y %y %b %H %M %S %I %p %z",
            )
        ) from error


def _pieces(pattern: str) -> list[str]:
    parts = re.findall(r"%.|[^%]|%", pattern)
    pieces = []
    for at, part in enumerate(parts):
        if not part.startswith("%"):
            pieces.append(r"\s+" if part.isspace() else re.escape(part))
            continue
        letter = _SAME.get(part[1:], part[1:])
        piece = _DIRECTIVES[letter]
        beside = (parts[at - 1] if at else "", parts[at + 1] if at + 1 < len(parts) else "")
        # Digits that touch others have a fixed width, or nobody could tell where one ends.
        if any(each.startswith("%") and each[1:] in _NUMERIC for each in beside if len(each) == 2):
            piece = piece.replace("{1,2}", "{2}")
        pieces.append(piece)
    return pieces


def _dated(found: re.Match[str]) -> Moment:
    parts = found.groupdict()
    clock = _clock(parts["rest"]) if parts.get("rest") else _clock_of(parts)
    if not parts.get("year") and not parts.get("short"):
        return clock
    day = _day_of(parts)
    return day if day.fault else _with_clock(day, clock)


def _with_clock(day: Moment, clock: Moment) -> Moment:
    if clock.fault:
        return Moment(day.day, shortened=day.shortened, clock_fault=clock.fault)
    if clock.offset is None:
        return Moment(day.day, clock.second, shortened=day.shortened)
    return _in_london(Moment(day.day, clock.second, clock.offset, day.shortened))


def _day_of(parts: dict[str, str]) -> Moment:
    year = int(parts["year"]) if parts.get("year") else 2000 + int(parts["short"])
    month = _MONTH_OF.get(parts["name"].casefold(), 0) if parts.get("name") else int(parts.get("month") or 0)
    try:
        return Moment(date(year, month, int(parts.get("day") or 1)), shortened=bool(parts.get("short")))
    except ValueError:
        day = int(parts.get("day") or 1)
        return Moment(fault="date_order" if month > 12 >= day else "date_not_existing")


@lru_cache(maxsize=_REMEMBERED)
def _clock(text: str) -> Moment:
    found = _CLOCK.fullmatch(text) or _HOUR12.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is not None:
        return _clock_of(found.groupdict())
    if text.casefold() in UNKNOWN:
        return Moment(fault="time_unknown")
    if _FRACTION.fullmatch(text):
        return Moment(fault="time_serial")
    return Moment(fault="time_unclear" if re.fullmatch("[0-9]{1,2}", text) else "time_unreadable")


def _clock_of(parts: dict[str, str]) -> Moment:
    written = parts.get("hour") or parts.get("hour12")
    if not written:
        return Moment()
    hour, minute, second = int(written), int(parts.get("minute") or 0), int(parts.get("second") or 0)
    if parts.get("half") and hour <= 12:
        if hour == 0:
            return Moment(fault="time_unreadable")
        hour = hour % 12 + (12 if parts["half"] in "pP" else 0)
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > DAY_SECONDS:
        return Moment(fault="time_not_existing")
    return Moment(second=seconds, offset=_offset(parts.get("zone")))


def _offset(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone == "Z":
        return 0
    sign = -1 if zone[0] == "-" else 1
    return sign * (int(zone[1:3]) * 60 + int(zone[-2:]))


def _in_london(moment: Moment) -> Moment:
    """A moment written with its distance from UTC, as London's clocks showed it."""
    if moment.offset is None or moment.day is None or moment.second is None:
        return moment
    try:
        midnight = datetime(moment.day.year, moment.day.month, moment.day.day, tzinfo=UTC)
        instant = midnight + timedelta(seconds=moment.second, minutes=-moment.offset)
        local = instant.astimezone(LONDON)
    except OverflowError:
        return Moment(fault="date_not_existing")
    ahead = local.utcoffset() or timedelta(0)
    second = local.hour * 3600 + local.minute * 60 + local.second
    return Moment(local.date(), second, int(ahead.total_seconds() // 60), moment.shortened)


def _excel(text: str, *, clock_only: bool) -> Moment:
    if clock_only and _FRACTION.fullmatch(text):
        return Moment(second=min(round(float(text) * DAY_SECONDS), DAY_SECONDS - 1))
    if not is_serial(text):
        return Moment(fault="time_unreadable" if clock_only else "date_unreadable")
    seconds = round(float(text) * DAY_SECONDS)
    day, second = divmod(seconds, DAY_SECONDS)
    return Moment(_EPOCH + timedelta(days=day), second if "." in text or clock_only else None)


def is_serial(text: str) -> bool:
    """Whether a text is a number that Excel would keep for a day between 1954 and 2064."""
    return _SERIAL.fullmatch(text) is not None and _SERIALS[0] <= float(text) < _SERIALS[1]
