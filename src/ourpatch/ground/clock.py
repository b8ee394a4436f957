"""Instants are UTC inside and Europe/London at the edge. Only doors and jobs ask what time it is; everything below is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def london_date(instant: datetime) -> date:
    """The calendar day that people in England and Wales call this instant."""
    return instant.astimezone(LONDON).date()


def end_of_day(day: date) -> datetime:
    """The instant, in UTC, at which this day is over in London: when the next one begins."""
    return datetime.combine(day + timedelta(days=1), time(), LONDON).astimezone(UTC)
