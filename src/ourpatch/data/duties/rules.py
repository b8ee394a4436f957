"""When a return is due and where it stands. Days are London days.

An information period is three months counted from 1 July 2007; what it holds is disclosed by the end of the period that
follows. Source: SI 2007/1831 (Prescribed Information Regulations).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ourpatch.foundation.law.clocks import add_months
from ourpatch.ground.errors import BadInput, Problems
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

FIRST = date(2007, 7, 1)
# From this day there is a quarter whose due day is past.
FIRST_JUDGED = date(2008, 1, 1)
QUARTER = 3
# A reminder whose day the worker missed is still sent within so many days; it ends before the next one's day comes.
CATCH_UP = timedelta(days=6)
# Our own choice: who says that it holds no such data looks again within a year.
LONGEST_UNREVIEWED = timedelta(days=366)


class State(StrEnum):
    """Where one return (authority, dataset, period) stands."""

    NOT_YET_DUE = "not_yet_due"
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    RECEIVED = "received"
    LATE = "late"
    PARTLY = "partly"
    CORRECTED = "corrected"
    REFUSED = "refused"
    NOTHING_TO_REPORT = "nothing_to_report"
    NOT_OWED = "not_owed"


STATE_WORDS: Mapping[State, Message] = {
    State.NOT_YET_DUE: _("Not yet due"),
    State.DUE_SOON: _("Due soon"),
    State.DUE_TODAY: _("Due today"),
    State.OVERDUE: _("Overdue"),
    State.RECEIVED: _("Received"),
    State.LATE: _("Received late"),
    State.PARTLY: _("Received in part"),
    State.CORRECTED: _("Corrected"),
    State.REFUSED: _("Not accepted"),
    State.NOTHING_TO_REPORT: _("Nothing to report"),
    State.NOT_OWED: _("Not owed"),
}
COMPLETE = frozenset({State.RECEIVED, State.LATE, State.CORRECTED, State.NOTHING_TO_REPORT})
# From what asks most for attention to what asks for none.
_ATTENTION = (
    State.OVERDUE,
    State.REFUSED,
    State.PARTLY,
    State.DUE_TODAY,
    State.DUE_SOON,
    State.NOT_YET_DUE,
    State.LATE,
    State.CORRECTED,
    State.RECEIVED,
    State.NOTHING_TO_REPORT,
    State.NOT_OWED,
)


@dataclass(frozen=True, slots=True, order=True)
class InformationPeriod:
    """A month or a quarter that a return is about; `start` is its first day."""

    start: date
    months: int = QUARTER

    @property
    def end(self) -> date:
        """The last day."""
        return add_months(self.start, self.months) - timedelta(days=1)

    @property
    def every_month(self) -> tuple[date, ...]:
        """The first days of its months."""
        return tuple(add_months(self.start, place) for place in range(self.months))

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.start <= day <= self.end

    def shifted(self, places: int) -> InformationPeriod:
        """The period so many places later (negative: earlier)."""
        return InformationPeriod(add_months(self.start, places * self.months), self.months)

    def due_on(self, following: int) -> date:
        """The last day on which it can be disclosed in time: the end of the `following`-th period after it."""
        return self.shifted(following).end


def period_of(day: date, months: int = QUARTER) -> InformationPeriod:
    """The information period (a quarter, or a month) that a day lies in. Raises BadInput for a day before 1 July 2007."""
    if day < FIRST:
        raise BadInput(_("The duty to share data began on 1 July 2007. Choose a later period."))
    return InformationPeriod(date(day.year, (day.month - 1) // months * months + 1, 1), months)


def last_ended(day: date, months: int = QUARTER) -> InformationPeriod:
    """The latest period that had ended before a day. Raises BadInput."""
    return period_of(period_of(day, months).start - timedelta(days=1), months)


def last_due(day: date, following: int) -> InformationPeriod:
    """The latest quarter whose due day is past: the one that a partnership is judged by. Raises BadInput."""
    return period_of(period_of(day).shifted(-1 - following).start)


def is_expected(*, period: InformationPeriod, due: date, began: date, first_sent: date | None) -> bool:
    """Whether a return is asked for: one that was due on the day the ledger began or later; of who had sent the dataset before
    (`first_sent`: its first month), every one from then on.
    """
    return due >= began or (first_sent is not None and period.end >= first_sent)


def periods_within(quarter: InformationPeriod, months: int) -> tuple[InformationPeriod, ...]:
    """The periods of so many months that make up a quarter."""
    return tuple(InformationPeriod(each, months) for each in quarter.every_month[::months])


class ArrivalKind(StrEnum):
    """What became of something that came: taken in, stopped (refused or held), still being read, or a word that there is
    nothing to report.
    """

    ACCEPTED = "accepted"
    STOPPED = "stopped"
    WAITING = "waiting"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that came for a return. `months` (first days): what it brought; `in_use`: those of them not replaced since."""

    on: date
    kind: ArrivalKind
    months: frozenset[date] = frozenset()
    in_use: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a return stands.

    `on` is the day that the state is said of: the day it came, was declared, corrected or refused; for what is awaited, the due
    day. `breach`: the due day is past and it is not complete. `late_days`: how long after the due day it was complete.
    `missing`: months that have ended and have not come.
    """

    state: State
    on: date
    breach: bool = False
    late_days: int = 0
    missing: tuple[date, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing more is owed for the period."""
        return self.state in COMPLETE

    @property
    def owed(self) -> bool:
        """Whether there is a duty."""
        return self.state is not State.NOT_OWED


def judge(
    period: InformationPeriod,
    due: date,
    arrivals: Iterable[Arrival],
    today: date,
    *,
    soon: int,
    excused_on: date | None = None,
) -> Standing:
    """Where a return stands today.

    `arrivals`: everything that came until today and was not undone or withdrawn. `soon`: days before the due day from which it
    is announced. `excused_on`: since when it is not owed; data that is in use outweighs that, and a word that there is nothing.
    However many deliveries it came in, it is complete when every month of it is in use. What was complete once and was replaced
    since is corrected; whether it was in time is judged by the day it was first complete.
    """
    came = sorted(arrivals, key=lambda each: each.on)
    held = frozenset[date]().union(*(each.in_use for each in came))
    if excused_on is not None and not held:
        return Standing(State.NOT_OWED, excused_on)
    if held.issuperset(period.every_month) or any(each.kind is ArrivalKind.NOTHING for each in came):
        return _complete(period, due, came, is_held=bool(held))
    ended = (month for month in period.every_month if InformationPeriod(month, 1).end < today)
    missing = tuple(month for month in ended if month not in held)
    return _incomplete(due, came, today, missing, soon)


def months_covered(period: InformationPeriod, rows: Mapping[date, int], usual: int) -> frozenset[date]:
    """The months of a period that a delivery covers whose rows are these. `rows`: month (first day) -> rows.

    A month without any row counts as missing only where the other months hold `usual` rows or more on average: where little
    happens, none is believed.
    """
    every = frozenset(period.every_month)
    filled = frozenset(month for month in every if rows.get(month, 0) > 0)
    average = sum(rows[month] for month in filled) / len(filled) if filled else 0
    return filled if average >= usual else every


def worst(standings: Sequence[Standing]) -> Standing | None:
    """The standing that asks most for attention, or None of none."""
    return min(standings, key=lambda each: (not each.breach, _ATTENTION.index(each.state), each.on), default=None)


class Verdict(StrEnum):
    """The answer to "are we compliant?" for a quarter."""

    YES = "yes"
    NO = "no"
    NOT_YET = "not_yet"
    NOTHING_OWED = "nothing_owed"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer with its numbers of returns: owed, complete, complete but late, overdue; and the last due day to come."""

    verdict: Verdict
    owed: int
    complete: int
    late: int
    overdue: int
    due: date | None


def answer(returns: Iterable[tuple[Standing, date]]) -> Answer:
    """The answer from returns with their due days. Late is in, and is said; anything overdue makes it a no."""
    owed = [(standing, due) for standing, due in returns if standing.owed]
    complete = [standing for standing, _due in owed if standing.complete]
    overdue = sum(standing.breach for standing, _due in owed)
    open_until = [due for standing, due in owed if not standing.complete and not standing.breach]
    return Answer(
        _verdict(len(owed), len(complete), overdue),
        len(owed),
        len(complete),
        sum(standing.late_days > 0 for standing in complete),
        overdue,
        max(open_until, default=None),
    )


def _verdict(owed: int, complete: int, overdue: int) -> Verdict:
    if not owed:
        return Verdict.NOTHING_OWED
    if overdue:
        return Verdict.NO
    return Verdict.YES if complete == owed else Verdict.NOT_YET


def sentence(found: Answer, period: str, due: str) -> Message:
    """The answer in one sentence. `period`: the quarter's name; `due`: the last due day to come, as it is written."""
    words: dict[str, object] = {
        "n": found.overdue,
        "owed": found.owed,
        "complete": found.complete,
        "late": found.late,
        "period": period,
        "due": due,
    }
    return Message(_SENTENCES[_sentence_kind(found)].text, words)


_SENTENCES: Mapping[str, Message] = {
    "nothing": _("Nothing is owed for %(period)s."),
    "no_one": _("No: 1 of %(owed)s returns for %(period)s is overdue."),
    "no": _("No: %(n)s of %(owed)s returns for %(period)s are overdue."),
    "yes_late_one": _("Yes: %(complete)s of %(owed)s returns for %(period)s are in; 1 of them came late."),
    "yes_late": _("Yes: %(complete)s of %(owed)s returns for %(period)s are in; %(late)s of them came late."),
    "yes": _("Yes: %(complete)s of %(owed)s returns for %(period)s are in."),
    "not_yet": _(
        "Nothing is overdue: %(complete)s of %(owed)s returns for %(period)s are in; the last is due by %(due)s."
    ),
}


def _sentence_kind(found: Answer) -> str:
    if found.verdict is Verdict.NOTHING_OWED:
        return "nothing"
    if found.verdict is Verdict.NO:
        return "no_one" if found.overdue == 1 else "no"
    if found.verdict is Verdict.NOT_YET:
        return "not_yet"
    if not found.late:
        return "yes"
    return "yes_late_one" if found.late == 1 else "yes_late"


@dataclass(frozen=True, slots=True)
class Occasion:
    """A day on which an authority is reminded: so many days from the due day, negative before it."""

    code: str
    days: int


def occasion_on(due: date, today: date, occasions: Iterable[Occasion]) -> Occasion | None:
    """The occasion for which a reminder may go today, or None. One that was missed for more than six days is let go."""
    reached = [each for each in occasions if timedelta() <= today - due - timedelta(days=each.days) <= CATCH_UP]
    return max(reached, key=lambda each: each.days, default=None)


def check_nothing(*, period: InformationPeriod, standing: Standing, said_by: str, today: date) -> Problems:
    """Nothing to report is said by a named person, after the period ended, of a return that is not complete."""
    return Problems.collect(
        [
            _unnamed(said_by),
            ("", _("The period has not ended. Say that there is nothing to report when it has."))
            if today <= period.end
            else None,
            ("", _("This return is complete already.")) if standing.complete else None,
            ("", _("This return is not owed, so there is nothing to declare.")) if not standing.owed else None,
        ]
    )


def check_not_held(*, standing: Standing, reason: str, review_on: date, said_by: str, today: date) -> Problems:
    """Who holds no such data says why, who says so, and when that is looked at again: within a year."""
    return Problems.collect(
        [
            _unnamed(said_by),
            None if reason.strip() else ("reason", _("Say why your organisation does not hold this data.")),
            ("review_on", _("Give a day after today.")) if review_on <= today else None,
            ("review_on", _("Give a day within a year from today."))
            if review_on > today + LONGEST_UNREVIEWED
            else None,
            ("", _("This return is not owed, so there is nothing to declare.")) if not standing.owed else None,
            ("", _("Data has come for this period, so your organisation does hold it. Take the data back first."))
            if standing.state in (State.RECEIVED, State.LATE, State.CORRECTED, State.PARTLY)
            else None,
        ]
    )


def check_withdrawal(*, withdrawn: bool, reason: str) -> Problems:
    """A declaration is withdrawn once, and it is said why."""
    return Problems.collect(
        [
            ("", _("This declaration has been withdrawn already.")) if withdrawn else None,
            None if reason.strip() else ("reason", _("Say why the declaration is withdrawn.")),
        ]
    )


def check_reminder(*, standing: Standing, period: InformationPeriod, reachable: bool, today: date) -> Problems:
    """A reminder goes to somebody, about a period that has ended, for what is still owed."""
    return Problems.collect(
        [
            ("", _("The period has not ended, so there is nothing to remind of yet.")) if today <= period.end else None,
            ("", _("Nothing is owed here any more, so there is nothing to remind of."))
            if standing.complete or not standing.owed
            else None,
            None
            if reachable
            else ("", _("We have no e-mail address for this organisation. Name a data contact for it first.")),
        ]
    )


def check_contact(*, name: str, email: str) -> Problems:
    """A data contact has a name and an e-mail address."""
    local, at, host = email.strip().partition("@")
    sound = bool(local and at and "." in host) and not any(each.isspace() for each in email.strip())
    return Problems.collect(
        [
            None if name.strip() else ("name", _("Give the name of the person or the team.")),
            None if sound else ("email", _("Give an e-mail address, for example data@council.example.")),
        ]
    )


def _unnamed(said_by: str) -> tuple[str, Message] | None:
    return None if said_by.strip() else ("said_by", _("Give the name and office of the person who says so."))


def _complete(period: InformationPeriod, due: date, came: Sequence[Arrival], *, is_held: bool) -> Standing:
    place, first = _first_complete(period, came)
    late = max(0, (first - due).days)
    corrections = [each.on for each in came[place + 1 :] if each.kind is ArrivalKind.ACCEPTED]
    if not is_held:
        return Standing(State.NOTHING_TO_REPORT, first, late_days=late)
    if corrections:
        return Standing(State.CORRECTED, corrections[-1], late_days=late)
    return Standing(State.LATE if late else State.RECEIVED, first, late_days=late)


def _first_complete(period: InformationPeriod, came: Sequence[Arrival]) -> tuple[int, date]:
    """The place and day of the arrival with which every month had come at some time; what was replaced had come too."""
    seen: frozenset[date] = frozenset()
    for place, each in enumerate(came):
        seen |= each.months if each.kind is not ArrivalKind.NOTHING else frozenset(period.every_month)
        if seen.issuperset(period.every_month):
            return place, each.on
    raise AssertionError("only a complete return is asked for the day on which it was complete")


def _incomplete(due: date, came: Sequence[Arrival], today: date, missing: tuple[date, ...], soon: int) -> Standing:
    breach = today > due
    brought = [each.on for each in came if each.in_use]
    if brought:
        return Standing(State.PARTLY, brought[-1], breach=breach, missing=missing)
    settled = [each for each in came if each.kind is not ArrivalKind.WAITING]
    if settled and settled[-1].kind is ArrivalKind.STOPPED:
        return Standing(State.REFUSED, settled[-1].on, breach=breach, missing=missing)
    return Standing(_awaited(due, today, soon), due, breach=breach, missing=missing)


def _awaited(due: date, today: date, soon: int) -> State:
    if today > due:
        return State.OVERDUE
    if today == due:
        return State.DUE_TODAY
    return State.DUE_SOON if (due - today).days <= soon else State.NOT_YET_DUE
