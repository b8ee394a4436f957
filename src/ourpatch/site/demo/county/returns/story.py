"""Who sends what and when, and what goes wrong: the last quarters as a list of deeds, counted from the end of each period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ourpatch.foundation.law.clocks import add_months


class Deed(StrEnum):
    """What an authority does about a return."""

    SEND = "send"
    SEND_UNREADABLE = "send_unreadable"
    """A file whose dates were lost on the way: it is refused."""
    SEND_NAMED = "send_named"
    """A file with the names of people and their dates of birth: the gate holds it."""
    WITHDRAW = "withdraw"
    """Word that the file that is held is taken back."""
    CORRECT = "correct"
    """A file of the rows that turned out otherwise."""
    NOTHING = "nothing"
    """Word that there is nothing to report."""
    NOT_HELD = "not_held"
    """Word that the organisation holds no such data."""


@dataclass(frozen=True, slots=True)
class Sender:
    """An organisation and a dataset that it sends: how many months a file covers, and how many days after them it comes."""

    organisation: str
    dataset: str
    months: int
    days: int


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """A deed of an organisation on a day, about the period that begins on `first` and has so many months."""

    day: date
    organisation: str
    dataset: str
    first: date
    months: int
    deed: Deed


SENDERS = (
    Sender("police", "police_incidents", 3, 13),
    Sender("police", "police_crimes", 1, 11),
    Sender("fire", "fire_incidents", 3, 24),
    Sender("fire", "fire_false_alarms", 3, 24),
    Sender("city-council", "road_collisions", 3, 36),
    Sender("city-council", "school_exclusions", 3, 29),
    Sender("city-council", "racial_incidents", 3, 29),
    Sender("city-council", "council_asb", 3, 17),
    Sender("county-council", "road_collisions", 3, 40),
    Sender("county-council", "school_exclusions", 3, 33),
    Sender("county-council", "racial_incidents", 3, 33),
    Sender("vale-council", "racial_incidents", 3, 45),
    Sender("vale-council", "council_asb", 3, 27),
    Sender("eddonside-council", "racial_incidents", 3, 50),
    Sender("eddonside-council", "council_asb", 3, 35),
    Sender("icb", "hospital_assault_alcohol", 3, 54),
    Sender("icb", "hospital_domestic_abuse", 3, 54),
    Sender("icb", "health_counts", 3, 60),
    Sender("icb", "ambulance_callouts", 3, 22),
    Sender("icb", "ed_assaults", 1, 16),
)

# Quarters back from the latest that has ended -> (organisation, dataset) -> days after its end and deeds, instead of the usual.
# A return is due some 92 days after the end of its quarter, so that of the latest quarter nothing can be late.
OTHERWISE: Mapping[int, Mapping[tuple[str, str], tuple[tuple[int, Deed], ...]]] = {
    3: {
        ("eddonside-council", "council_asb"): ((111, Deed.SEND),),
        ("vale-council", "racial_incidents"): ((45, Deed.NOTHING),),
    },
    2: {
        ("fire", "fire_false_alarms"): ((24, Deed.SEND_UNREADABLE), (28, Deed.SEND)),
        ("city-council", "school_exclusions"): (
            (29, Deed.SEND_NAMED),
            (32, Deed.WITHDRAW),
            (33, Deed.SEND),
        ),
        ("county-council", "road_collisions"): ((40, Deed.SEND), (79, Deed.CORRECT)),
    },
    1: {
        ("eddonside-council", "council_asb"): (),
        ("icb", "ambulance_callouts"): ((101, Deed.SEND),),
        ("vale-council", "racial_incidents"): ((45, Deed.NOTHING),),
        ("city-council", "road_collisions"): ((36, Deed.SEND), (82, Deed.CORRECT)),
    },
    0: {("county-council", "school_exclusions"): ((33, Deed.SEND_NAMED),)},
}
NOT_HELD = (("county-council", "council_asb"),)
"""The districts deal with it; said once, in the first quarter."""
NOT_HELD_AFTER = 8


def quarters(since: date, until: date) -> tuple[date, ...]:
    """First days of the quarters that touch the time since a day and have ended before `until`, oldest first."""
    first = date(since.year, (since.month - 1) // 3 * 3 + 1, 1)
    found = []
    while add_months(first, 3) <= until:
        found.append(first)
        first = add_months(first, 3)
    return tuple(found)


def events(since: date, until: date) -> tuple[Event, ...]:
    """Everything that the authorities do from one day to another, in the order of time."""
    ended = quarters(since, until)
    found = [each for each in _not_held(ended) if since <= each.day <= until]
    for sender in SENDERS:
        every = _monthly(sender, since, until) if sender.months == 1 else _quarterly(sender, ended)
        found += [each for each in every if since <= each.day <= until]
    return tuple(sorted(found))


def awaited(since: date, until: date) -> Iterator[tuple[date, date | None]]:
    """Every return whose period has ended: the last day on which it is in time, and the day on which it came if it did."""
    came: dict[tuple[str, str, date], date] = {}
    for each in events(since, until):
        if each.deed in (Deed.SEND, Deed.NOTHING):
            came.setdefault((each.organisation, each.dataset, each.first), each.day)
    for sender in SENDERS:
        for quarter in quarters(since, until):
            for first in (add_months(quarter, place) for place in range(0, 3, sender.months)):
                due = add_months(first, 2 * sender.months) - timedelta(days=1)
                yield due, came.get((sender.organisation, sender.dataset, first))


def _monthly(sender: Sender, since: date, until: date) -> Iterator[Event]:
    month = since.replace(day=1)
    while (after := add_months(month, 1)) <= until:
        yield _event(sender, month, after + timedelta(days=sender.days - 1), Deed.SEND)
        month = after


def _quarterly(sender: Sender, ended: tuple[date, ...]) -> Iterator[Event]:
    for back, first in enumerate(reversed(ended)):
        usual = ((sender.days, Deed.SEND),)
        for days, deed in OTHERWISE.get(back, {}).get((sender.organisation, sender.dataset), usual):
            yield _event(sender, first, _after(first, days), deed)


def _event(sender: Sender, first: date, day: date, deed: Deed) -> Event:
    # Nobody is in the office at a weekend.
    weekend = max(0, day.isoweekday() - 5)
    worked = day + timedelta(days=3 - weekend) if weekend else day
    return Event(worked, sender.organisation, sender.dataset, first, sender.months, deed)


def _not_held(ended: tuple[date, ...]) -> Iterator[Event]:
    for first in ended[:1]:
        for organisation, dataset in NOT_HELD:
            yield Event(_after(first, NOT_HELD_AFTER), organisation, dataset, first, 3, Deed.NOT_HELD)


def _after(first: date, days: int) -> date:
    return add_months(first, 3) + timedelta(days=days - 1)
