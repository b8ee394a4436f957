"""Where each of the seventeen steps stands, and what is due next. Source: statutory.md section 3; the steps are law-book data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import say as _

# A step is announced this long before it falls due; our own choice.
SOON = timedelta(days=30)


class Standing(StrEnum):
    """Where a step stands."""

    DONE = "done"
    DUE_SOON = "due_soon"
    LATE = "late"
    TO_COME = "to_come"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the system itself can show for a step: whether that is enough, since when, and in a sentence what it is."""

    enough: bool
    says: str
    on: date | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a step stands, and the due day that this is said of: the one it missed, or the one it leads to."""

    how: Standing
    due: date | None


def stand(*, due: Sequence[date], done_on: date | None, evidence: Evidence | None, since: date, today: date) -> Stand:
    """Where a step of the year that began on `since` stands.

    It is done once somebody recorded it for this year, or the evidence is enough and of this year. A step that recurs every
    quarter is done only while the newest proof lies in its present period; a due day that passed without any stays late.
    """
    proof = max((day for day in (done_on, _shown_on(evidence, since)) if day), default=None)
    start, end = present_period(due, today)
    if proof and (start is None or proof > start):
        return Stand(Standing.DONE, end)
    if end is None or today > end:
        return Stand(Standing.LATE, end)
    if start and not _was_kept(start, due, proof):
        return Stand(Standing.LATE, start)
    return Stand(Standing.DUE_SOON if end - today <= SOON else Standing.TO_COME, end)


def present_period(due: Sequence[date], today: date) -> tuple[date | None, date | None]:
    """(the due day before, the due day that today leads to); the last period stays open once the year's days have passed."""
    days = sorted(due)
    position = next((place for place, day in enumerate(days) if day >= today), len(days) - 1)
    return (days[position - 1] if position > 0 else None), (days[position] if days else None)


def next_due(steps: Sequence[tuple[Standing, date | None]]) -> int | None:
    """The place in the list of what to do next: the longest late first, then the soonest due; None when all is done."""
    rank = {Standing.LATE: 0, Standing.DUE_SOON: 1, Standing.TO_COME: 2}
    open_steps = [(rank[how], due or date.max, place) for place, (how, due) in enumerate(steps) if how in rank]
    return min(open_steps)[2] if open_steps else None


def check_record(*, done_on: date | None, note: str, owner_belongs: bool, today: date) -> Problems:
    """A step recorded as done has a day that is not to come and says what was done; its owner is of a member organisation."""
    return Problems.collect(
        [
            ("done_on", _("The day lies ahead. Give the day on which it was done."))
            if done_on and done_on > today
            else None,
            None if owner_belongs else ("owner", _("Choose somebody from an organisation of the partnership.")),
            ("note", _("Say what was done, or where the document is.")) if done_on and not note.strip() else None,
        ]
    )


def _shown_on(evidence: Evidence | None, since: date) -> date | None:
    """The day of evidence that is enough; what was shown for an earlier year proves nothing for this one."""
    if evidence is None or not evidence.enough or evidence.on is None or evidence.on < since:
        return None
    return evidence.on


def _was_kept(day: date, due: Sequence[date], proof: date | None) -> bool:
    """Whether there was proof in the period that led to a due day."""
    before = max((each for each in due if each < day), default=None)
    return proof is not None and (before is None or proof > before)
