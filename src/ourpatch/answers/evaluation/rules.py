"""What an evaluation needs before its figures are worked out. Source: guide-2 C37; anchors for WDQ and WDD in data.analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import say as _

LEAST_METRES, MOST_METRES = 50.0, 5_000.0


class CountsFrom(StrEnum):
    """Where the counts come from."""

    STORE = "store"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Periods:
    """The months before and after: each from the first of a month, `months` long, both the same length."""

    before_from: date
    after_from: date
    months: int


@dataclass(frozen=True, slots=True)
class Zone:
    """A square around a point, `metres` from its middle to each side (EPSG:27700), with the name people know it by."""

    name: str
    easting: float
    northing: float
    metres: float


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts before and after in one area."""

    before: int
    after: int


def check_periods(periods: Periods) -> Problems:
    """Both periods are whole months of the same number, the second after the first; whole years compare the same seasons."""
    return Problems.collect(
        [
            None if periods.months >= 1 else ("months", _("Give the number of months in each period, at least one.")),
            None if periods.before_from.day == 1 else ("before_from", _("Begin on the first day of a month.")),
            None if periods.after_from.day == 1 else ("after_from", _("Begin on the first day of a month.")),
            None
            if _months_between(periods) >= periods.months
            else ("after_from", _("The period after must begin when the period before has ended.")),
        ]
    )


def compares_seasons(periods: Periods) -> bool:
    """True when both periods hold the same months of the year, so that the season cannot explain the difference."""
    return _months_between(periods) % 12 == 0


def check_zones(response: Zone, comparison: Zone) -> Problems:
    """Both zones have a name and a size, and they share no ground: work in one must not reach into the other."""
    apart = max(abs(response.easting - comparison.easting), abs(response.northing - comparison.northing))
    touching = apart < 2 * response.metres + comparison.metres
    return Problems.collect(
        [
            *check_names(response.name, comparison.name),
            None
            if all(LEAST_METRES <= zone.metres <= MOST_METRES for zone in (response, comparison))
            else ("metres", _("Give a distance between 50 and 5,000 metres.")),
            (
                "comparison_name",
                _("The comparison area lies too near: what was done could reach into it. Choose another."),
            )
            if touching
            else None,
        ]
    )


def check_names(response: str, comparison: str) -> Problems:
    """Both areas have the name that people know them by."""
    return Problems.collect(
        [
            None if response.strip() else ("response_name", _("Name the place where the work was done.")),
            None if comparison.strip() else ("comparison_name", _("Name the comparison area.")),
        ]
    )


def check_counts(areas: Sequence[Counts], source: str) -> Problems:
    """Counts that were typed in are not negative and say where they come from."""
    return Problems.collect(
        [
            ("", _("A count cannot be below nought.")) if any(min(c.before, c.after) < 0 for c in areas) else None,
            None if source.strip() else ("source", _("Say where the counts come from.")),
        ]
    )


def _months_between(periods: Periods) -> int:
    years = periods.after_from.year - periods.before_from.year
    return years * 12 + periods.after_from.month - periods.before_from.month
