"""What a forum, a meeting, a decision and an undertaking must hold. Source: features F9, guide-2 C32 and C35."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import say as _

MOST_PEOPLE = 5_000


@dataclass(frozen=True, slots=True)
class Votes:
    """The numbers of a vote; all None where nobody counted."""

    in_favour: int | None = None
    against: int | None = None
    abstained: int | None = None

    @property
    def counted(self) -> bool:
        """True when at least one number was written down."""
        return any(each is not None for each in (self.in_favour, self.against, self.abstained))

    @property
    def total(self) -> int:
        """Everybody who voted or abstained."""
        return sum(each or 0 for each in (self.in_favour, self.against, self.abstained))


def check_forum(*, name: str, terms_of_reference: str) -> Problems:
    """A forum has a name and terms of reference."""
    return Problems.collect(
        [
            None if name.strip() else ("name", _("Give the forum a name.")),
            None
            if terms_of_reference.strip()
            else ("terms_of_reference", _("Say what the forum is for and who decides.")),
        ]
    )


def check_plan(*, starts_at: datetime | None, venue: str, now: datetime) -> Problems:
    """A meeting is planned for a time to come and says where."""
    return Problems.collect(
        [
            None if starts_at else ("starts_at", _("Give the day and time.")),
            ("starts_at", _("This time has passed. Give a time to come.")) if starts_at and starts_at < now else None,
            None if venue.strip() else ("venue", _("Say where the meeting is, or how to join it.")),
        ]
    )


def check_agenda(*, state: str, titles: Collection[str]) -> Problems:
    """The agenda of a meeting can change until it is held; every item says what it is."""
    return Problems.collect(
        [
            None if state == "planned" else ("", _("This meeting is over. Its agenda stays as it was.")),
            ("items", _("Every item of the agenda needs a title."))
            if any(not title.strip() for title in titles)
            else None,
        ]
    )


def check_held(
    *, state: str, starts_at: datetime, minutes: str, attendance: Mapping[str, int], now: datetime
) -> Problems:
    """A meeting that was held has begun, and has minutes and an attendance by group."""
    return Problems.collect(
        [
            None if state == "planned" else ("", _("This meeting has been recorded or cancelled already.")),
            None if starts_at <= now else ("", _("The meeting has not begun yet. Record it once it is held.")),
            *check_record(minutes=minutes, attendance=attendance),
        ]
    )


def check_record(*, minutes: str, attendance: Mapping[str, int]) -> Problems:
    """Minutes say something, and attendance counts people by the group they came for."""
    believable = all(0 <= number <= MOST_PEOPLE for number in attendance.values())
    somebody = sum(attendance.values()) > 0
    return Problems.collect(
        [
            None if minutes.strip() else ("minutes", _("Write what was said.")),
            None if attendance and somebody else ("attendance", _("Say how many came, by group.")),
            None if believable else ("attendance", _("Check the numbers of people.")),
            None if all(group.strip() for group in attendance) else ("attendance", _("Name every group.")),
        ]
    )


def check_decision(
    *, state: str, text: str, method: str, methods: Collection[str], votes: Votes, present: int
) -> Problems:
    """A decision is made at a held meeting, by a listed method, with votes that the people present could cast."""
    numbers = (votes.in_favour, votes.against, votes.abstained)
    negative = any(each is not None and each < 0 for each in numbers)
    # With dots everybody has several votes, so their number says nothing about the number of people.
    too_many = votes.counted and method != "dot_vote" and votes.total > present
    return Problems.collect(
        [
            None
            if state == "held"
            else ("", _("Record the meeting first: decisions belong to a meeting that was held.")),
            None if text.strip() else ("text", _("Say what was decided.")),
            None if method in methods else ("method", _("Choose the method by which the forum decided.")),
            ("votes_for", _("Votes cannot be fewer than none.")) if negative else None,
            ("votes_for", _("There are more votes than people who came (%(present)s).", present=present))
            if too_many
            else None,
        ]
    )


def check_undertaking(*, state: str, text: str, due: date | None, held_on: date) -> Problems:
    """Somebody undertakes something at a held meeting, by a day after it."""
    return Problems.collect(
        [
            None
            if state == "held"
            else ("", _("Record the meeting first: actions belong to a meeting that was held.")),
            None if text.strip() else ("text", _("Say what is to be done.")),
            None if due else ("due", _("Give the date by which it is to be done.")),
            ("due", _("The date is before the meeting.")) if due and due < held_on else None,
        ]
    )


def check_cancel(*, state: str) -> Problems:
    """Only a meeting that is still planned can be cancelled."""
    return Problems.collect(
        [None if state == "planned" else ("", _("This meeting has been recorded or cancelled already."))]
    )
