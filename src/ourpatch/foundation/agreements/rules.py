"""When an agreement permits a share, and what is missing when none does. Source: features F5, guide-2 C20."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement says, as far as it matters for a share."""

    title: str
    purpose: str
    from_on: date
    until: date
    ended_on: date | None
    signed_by: frozenset[UUID]

    def in_force(self, on: date) -> bool:
        """True from its first to its last day, unless it was ended before: on the day it ends it permits nothing."""
        return self.from_on <= on <= self.until and (self.ended_on is None or on < self.ended_on)

    def permits(self, purpose: str, organisations: frozenset[UUID], on: date) -> bool:
        """True when these organisations may share for this purpose on this day."""
        return self.purpose == purpose and self.in_force(on) and organisations <= self.signed_by


def check_terms(*, title: str, lawful_basis: str, from_on: date, until: date, review_on: date) -> Problems:
    """An agreement has a title, a lawful basis, a term, and a review within its term."""
    reviewed_in_term = from_on <= review_on <= until
    return Problems.collect(
        [
            None if title.strip() else ("title", _("Give the agreement a title.")),
            None if lawful_basis.strip() else ("lawful_basis", _("Say on which law the sharing rests.")),
            None if until > from_on else ("until", _("The last day must come after the first day.")),
            None if reviewed_in_term else ("review_on", _("Review the agreement between its first and its last day.")),
        ]
    )


def check_signature(*, name: str, terms: Terms, on: date) -> Problems:
    """A named person signs an agreement that has not ended."""
    over = terms.ended_on is not None or on > terms.until
    return Problems.collect(
        [
            None if name.strip() else ("signed_by", _("Give the name and office of the person who signs.")),
            ("", _("This agreement has ended. Make a new one.")) if over else None,
        ]
    )


def check_end(*, terms: Terms, reason: str) -> Problems:
    """An agreement ends once, with a reason."""
    return Problems.collect(
        [
            None if reason.strip() else ("reason", _("Say why the agreement ends.")),
            None if terms.ended_on is None else ("", _("This agreement has ended already.")),
        ]
    )


def why_not(agreements: list[Terms], purpose: str, organisations: dict[UUID, str], on: date) -> Message:
    """What is missing before these organisations (id -> name) may share, in one sentence: the nearest agreement is told of."""
    for_purpose = [terms for terms in agreements if terms.purpose == purpose]
    if not for_purpose:
        return _("The partnership has no information-sharing agreement for this purpose.")
    in_force = [terms for terms in for_purpose if terms.in_force(on)]
    if not in_force:
        return _why_not_in_force(max(for_purpose, key=lambda terms: terms.until), on)
    nearest = max(in_force, key=lambda terms: len(terms.signed_by & organisations.keys()))
    missing = sorted(name for each, name in organisations.items() if each not in nearest.signed_by)
    if not missing:
        return _("“%(title)s” permits this.", title=nearest.title)
    return _("“%(title)s” has not been signed by: %(names)s.", title=nearest.title, names=", ".join(missing))


def _why_not_in_force(terms: Terms, on: date) -> Message:
    if terms.ended_on is not None and terms.ended_on <= on:
        return _("“%(title)s” was ended on %(day)s.", title=terms.title, day=_day(terms.ended_on))
    if on < terms.from_on:
        return _("“%(title)s” begins on %(day)s.", title=terms.title, day=_day(terms.from_on))
    return _("“%(title)s” lapsed after %(day)s.", title=terms.title, day=_day(terms.until))


def _day(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"
