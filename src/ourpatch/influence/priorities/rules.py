"""How a priority comes to be, what makes it SMART, how it is chosen, and when it is reviewed.

Sources: guide-1 C16 and C17, guide-2 C35. Days, numbers and kinds come from the law book.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

TITLE_LONGEST = 120


class State(StrEnum):
    """Where a priority stands."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"
    NOT_CHOSEN = "not_chosen"
    CLOSED = "closed"


# Every step there is, and what makes it. What was not chosen may be proposed to a later meeting.
TRANSITIONS: Mapping[tuple[State, State], Message] = {
    (State.PROPOSED, State.ADOPTED): _("The forum chose it at a meeting."),
    (State.PROPOSED, State.NOT_CHOSEN): _("The forum chose others at a meeting."),
    (State.NOT_CHOSEN, State.PROPOSED): _("It was proposed again."),
    (State.ADOPTED, State.CLOSED): _("The forum has finished with it."),
}


class ReviewResult(StrEnum):
    """What a review decides."""

    KEEP = "keep"
    CHANGE = "change"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Smart:
    """What makes a priority specific, measurable, achievable, relevant and timed."""

    exact_place: str = ""
    days_and_times: str = ""
    objective: str = ""
    measure: str = ""
    target: str = ""
    by_when: date | None = None


# What a form asks for, and says when it is not there.
ASKS: Mapping[str, Message] = {
    "title": _("Give the priority a short title."),
    "statement": _("Say what is happening and what people want to change."),
    "kind": _("Choose what kind of priority it is."),
    "exact_place": _("Name the exact place: a street, a park, a stretch of road."),
    "days_and_times": _("For anti-social behaviour, give the days and times it happens."),
    "objective": _("Say what will be different when the work is done."),
    "measure": _("Say how everybody will know: what is counted or asked."),
    "target": _("Give the target, for example: half as many reports."),
    "by_when": _("Give the date by which it should be reached."),
    "method": _("Choose the method by which the forum decided."),
    "present": _("Say how many could vote."),
    "result": _("Choose what the review decided."),
    "note": _("Say what the review found."),
}


def check_proposal(*, title: str, statement: str, kind: str, kinds: Sequence[str]) -> Problems:
    """A proposal has a short title, says what is wrong, and is of one of the kinds (guide-1 C17)."""
    return Problems.collect(
        [
            None if title.strip() else _ask("title"),
            ("title", _("Shorten the title to %(most)s letters.", most=TITLE_LONGEST))
            if len(title) > TITLE_LONGEST
            else None,
            None if statement.strip() else _ask("statement"),
            None if kind in kinds else _ask("kind"),
        ]
    )


def check_place(neighbourhood_id: UUID, problem_area_id: UUID | None, partnership_id: UUID) -> Problems:
    """A problem is put before the forum of its own neighbourhood; one of the whole partnership before any of its forums."""
    fits = problem_area_id in (None, neighbourhood_id, partnership_id)
    return Problems.collect(
        [None if fits else ("neighbourhood", _("The problem is in another neighbourhood. Choose the one it is in."))]
    )


def check_smart(smart: Smart, *, is_asb: bool, today: date) -> Problems:
    """A priority is SMART; one about ASB names the exact place, days and times (features N5; guide-2 C35)."""
    about_asb = is_asb and not smart.days_and_times.strip()
    has_passed = smart.by_when is not None and smart.by_when < today
    return Problems.collect(
        [
            None if smart.exact_place.strip() else _ask("exact_place"),
            _ask("days_and_times") if about_asb else None,
            None if smart.objective.strip() else _ask("objective"),
            None if smart.measure.strip() else _ask("measure"),
            None if smart.target.strip() else _ask("target"),
            None if smart.by_when else _ask("by_when"),
            ("by_when", _("The date has passed. Give a date from today on.")) if has_passed else None,
        ]
    )


def is_smart(smart: Smart, *, is_asb: bool) -> bool:
    """True when nothing of SMART is missing, whatever the date."""
    return not check_smart(smart, is_asb=is_asb, today=date.min)


def check_choice(
    *,
    chosen: int,
    would_be_current: int,
    about: int,
    reason_for_more: str,
    unready: Sequence[str],
    method: str,
    methods: Sequence[str],
    votes: Mapping[str, int],
    present: int,
    one_vote_each: bool,
) -> Problems:
    """What a recorded choice needs: a method, believable votes, SMART candidates, and a reason for more than about three.

    `would_be_current` is the largest number that a neighbourhood would then have; `about` is the law book's. More is never
    refused and never silent (guide-2 C35).
    """
    return Problems.collect(
        [
            None if method in methods else _ask("method"),
            None if chosen else ("", _("Choose at least one priority.")),
            _check_number(would_be_current, about, reason_for_more),
            *(
                ("", _("“%(title)s” is not SMART yet. Complete it before it is adopted.", title=title))
                for title in unready
            ),
            _check_votes(sum(votes.values()), present) if one_vote_each else None,
            ("", _("A number of votes cannot be below nought."))
            if any(number < 0 for number in votes.values())
            else None,
        ]
    )


def check_ballot(*, candidates: Sequence[object], chosen: Sequence[object]) -> Problems:
    """What is chosen was a candidate."""
    strangers = set(chosen) - set(candidates)
    return Problems.collect([("", _("Choose among the candidates of this meeting.")) if strangers else None])


def check_step(was: State, to: State) -> Problems:
    """A step is one of those there are."""
    allowed = (was, to) in TRANSITIONS
    return Problems.collect(
        [None if allowed else ("", _("The priority has moved on since you looked at it. Look at it again."))]
    )


def check_review(*, result: str, note: str) -> Problems:
    """A review says what was found; changing or closing says why."""
    return Problems.collect(
        [
            None if result in list(ReviewResult) else _ask("result"),
            None if note.strip() else _ask("note"),
        ]
    )


def _check_number(total: int, about: int, reason_for_more: str) -> tuple[str, Message] | None:
    if total <= about or reason_for_more.strip():
        return None
    return "reason_for_more", _(
        "That would make %(total)s current priorities, and about %(about)s is the rule. Give the forum's reason.",
        total=total,
        about=about,
    )


def _check_votes(cast: int, present: int) -> tuple[str, Message] | None:
    if cast <= present:
        return None
    return "present", _(
        "There are %(cast)s votes and %(present)s people were present with one vote each. Check the numbers.",
        cast=cast,
        present=present,
    )


def _ask(name: str) -> tuple[str, Message]:
    return name, ASKS[name]
