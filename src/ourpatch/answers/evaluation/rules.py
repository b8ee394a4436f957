"""What an evaluation needs before its figures are worked out. Source: guide-2 C37; anchors for WDQ and WDD in data.analysis."""

from __future__ import annotations

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
    first_gap = (
        (periods.after_from.year - periods.before_from.year) * 12 + periods.after_from.month - periods.before_from.month
    )
    return Problems.collect(
        [
            None if periods.months >= 1 else ("months", _("Give the number of months in each period, at least one.")),
            None if periods.before_from.day == 1 else ("before_from", _("Begin on the first day of a month.")),
            None if periods.after_from.day == 1 else ("after_from", _("Begin on the first day of a month.")),
            None
            if first_gap >= periods.months
            else ("after_from", _("The period after must begin when the period before has ended.")),
        ]
    )


def compares_seasons(periods: Periods) -> bool:
    """True when both periods hold the same months of the year, so that the season cannot explain the difference."""
    gap = (
        (periods.after_from.year - periods.before_from.year) * 12 + periods.after_from.month - periods.before_from.month
    )
    return gap % 12 == 0


def check_zones(response: Zone, comparison: Zone) -> Problems:
    """Both zones have a name and a size, and they share no ground: work in one must not reach into the other."""
    apart = max(abs(response.easting - comparison.easting), abs(response.northing - comparison.northing))
    touching = apart < 2 * response.metres + comparison.metres
    return Problems.collect(
        [
            None if response.name.strip() else ("response_name", _("Name the place where the work was done.")),
            None if comparison.name.strip() else ("comparison_name", _("Name the comparison area.")),
            *(
                ("metres", _("Give a distance between 50 and 5,000 metres."))
                for zone in (response, comparison)
                if not LEAST_METRES <= zone.metres <= MOST_METRES
            ),
            (
                "comparison_name",
                _("The comparison area lies too near: what was done could reach into it. Choose another."),
            )
            if touching
            else None,
        ]
    )


def check_counts(response: Counts, comparison: Counts | None, source: str, how: CountsFrom) -> Problems:
    """Counts are not negative, a comparison area is there, and typed counts say where they come from."""
    every = [response, *([comparison] if comparison else [])]
    return Problems.collect(
        [
            ("", _("A count cannot be below nought.")) if any(min(c.before, c.after) < 0 for c in every) else None,
            None
            if comparison
            else ("comparison", _("Choose a comparison area that is like this one and had no such work.")),
            ("source", _("Say where the counts come from."))
            if how == CountsFrom.TYPED and not source.strip()
            else None,
        ]
    )
