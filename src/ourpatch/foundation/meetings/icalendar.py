"""Meetings as an iCalendar feed. Pure. Source: RFC 5545."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

# RFC 5545 section 3.1: a content line holds at most 75 octets, without its line break.
LINE_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Entry:
    """One event; `sequence` grows with each change, so that calendars take the newer one."""

    uid: str
    starts_at: datetime
    summary: str
    location: str
    description: str = ""
    cancelled: bool = False
    sequence: int = 0


def calendar(name: str, entries: Iterable[Entry], now: datetime) -> str:
    """The text of a calendar with these events; times are written in UTC, lines end with CR LF."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Ourpatch//Meetings//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for entry in entries:
        lines += _event(entry, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    """Text as a value: backslash, semicolon, comma and line break are escaped (RFC 5545 section 3.3.11)."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """A long line cut into continued ones of at most 75 octets, never within a letter."""
    pieces, piece, room = [], "", LINE_OCTETS
    for letter in line:
        size = len(letter.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", LINE_OCTETS - 1
        piece, room = piece + letter, room - size
    return "\r\n ".join([*pieces, piece])


def _event(entry: Entry, now: datetime) -> list[str]:
    optional = [f"DESCRIPTION:{escaped(entry.description)}"] if entry.description else []
    return [
        "BEGIN:VEVENT",
        f"UID:{escaped(entry.uid)}",
        f"DTSTAMP:{_instant(now)}",
        f"DTSTART:{_instant(entry.starts_at)}",
        f"SUMMARY:{escaped(entry.summary)}",
        f"LOCATION:{escaped(entry.location)}",
        *optional,
        f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}",
        f"SEQUENCE:{entry.sequence}",
        "END:VEVENT",
    ]


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
