"""Who is the named contact on a day, who answers for a message, and which posts may stand side by side.

Sources: guide-1 C8 and guide-2 C1 (every neighbourhood has a named point of access; posts are dated and tenure is known);
Neighbourhood Policing Guarantee, Home Secretary's letter of 10 April 2025 (named, contactable officers).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import say as _


class PostKind(StrEnum):
    """What somebody is on a neighbourhood team. Source: guide-1 C8, guide-2 C1."""

    OFFICER = "officer"
    PCSO = "pcso"
    SERGEANT = "sergeant"
    INSPECTOR = "inspector"
    SPECIAL = "special"
    NEIGHBOURHOOD_MANAGER = "neighbourhood_manager"
    WARDEN = "warden"
    ASB_OFFICER = "asb_officer"
    STREETS = "streets"
    HOUSING = "housing"
    YOUTH = "youth"
    FIRE = "fire"
    HEALTH = "health"
    COUNCILLOR = "councillor"
    VOLUNTEER = "volunteer"
    OTHER = "other"


# Nearest first: who answers for a message when the named contact cannot.
SUPERVISORS = (PostKind.SERGEANT, PostKind.NEIGHBOURHOOD_MANAGER, PostKind.INSPECTOR)


class Because(StrEnum):
    """Why a message went to this person: shown beside the owner, so that routing can be understood and argued with."""

    SUBJECT = "subject"
    NAMED_CONTACT = "named_contact"
    COVER = "cover"
    SUPERVISOR = "supervisor"
    WIDER_TEAM = "wider_team"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Term:
    """One person's dated time in one post. `until` is the last day; `covers` is the post somebody stands in for."""

    post_id: UUID
    kind: PostKind
    from_on: date
    until: date | None = None
    is_named_contact: bool = False
    covers: UUID | None = None
    takes: frozenset[str] = frozenset()

    def holds_on(self, on: date) -> bool:
        """True on every day from the first to the last, both included."""
        return self.from_on <= on and (self.until is None or on <= self.until)

    def overlaps(self, other: Term) -> bool:
        """True when there is a day on which both hold."""
        return (other.until is None or self.from_on <= other.until) and (
            self.until is None or other.from_on <= self.until
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that could take a message, and why."""

    post_id: UUID
    because: Because


def named_contact(terms: Sequence[Term], on: date) -> Candidate | None:
    """The one named contact of a team on a day: whoever covers the post, else its holder; None is a gap."""
    holding = next((term for term in terms if term.is_named_contact and term.holds_on(on)), None)
    if holding is None:
        return None
    cover = next((term for term in terms if term.covers == holding.post_id and term.holds_on(on)), None)
    return Candidate(cover.post_id, Because.COVER) if cover else Candidate(holding.post_id, Because.NAMED_CONTACT)


def who_takes(terms: Sequence[Term], subject: str, on: date) -> list[Candidate]:
    """Everybody on a team who could take a message about a subject, best first.

    Whoever has the subject for their own, then the named contact (or their cover), then the supervisors.
    """
    current = [term for term in terms if term.holds_on(on)]
    contact = named_contact(terms, on)
    found = [
        *(Candidate(term.post_id, Because.SUBJECT) for term in current if subject in term.takes),
        *([contact] if contact else []),
        *(Candidate(term.post_id, Because.SUPERVISOR) for kind in SUPERVISORS for term in current if term.kind == kind),
    ]
    return _once_each(found)


def check_term(new: Term, others: Sequence[Term]) -> Problems:
    """A post ends after it begins; one named contact at a time; cover lies within the post that is covered, one at a time."""
    return Problems.collect(
        [
            ("until", _("The last day is before the first day.")) if new.until and new.until < new.from_on else None,
            _second_contact(new, others),
            *_cover_problems(new, others),
        ]
    )


def check_ending(term: Term, last_day: date) -> Problems:
    """A post cannot end before it began, nor be made longer by ending it."""
    return Problems.collect(
        [
            ("until", _("The post began after that day.")) if last_day < term.from_on else None,
            ("until", _("The post ends before that day already.")) if term.until and last_day > term.until else None,
        ]
    )


def check_team(*, name: str, email: str, telephone: str) -> Problems:
    """A team has a name and at least one way to reach it."""
    return Problems.collect(
        [
            None if name.strip() else ("name_en", _("Give the team a name.")),
            None
            if email.strip() or telephone.strip()
            else (
                "public_telephone",
                _("Give a telephone number or an e-mail address at which people reach the team."),
            ),
        ]
    )


def check_pledge(lines: Iterable[tuple[str, str]]) -> Problems:
    """Each promise is said in English at least; Welsh may follow and is counted as missing until it does."""
    missing = [number for number, (english, _welsh) in enumerate(lines, start=1) if not english.strip()]
    return Problems.collect(
        [("pledge", _("Promise %(number)s has no English text.", number=number)) for number in missing]
    )


def _second_contact(new: Term, others: Sequence[Term]) -> tuple[str, object] | None:
    if not new.is_named_contact:
        return None
    if new.covers:
        return ("is_named_contact", _("Somebody who covers is the named contact by covering. Leave this unticked."))
    if any(other.is_named_contact and other.overlaps(new) for other in others):
        return (
            "is_named_contact",
            _("The team has another named contact at that time. End that post first, or make this one cover for it."),
        )
    return None


def _cover_problems(new: Term, others: Sequence[Term]) -> list[tuple[str, object]]:
    if new.covers is None:
        return []
    covered = next((other for other in others if other.post_id == new.covers), None)
    if covered is None or covered.covers is not None:
        return [("covers", _("Choose a post of this team that is not itself cover."))]
    problems: list[tuple[str, object]] = []
    if new.until is None:
        problems.append(("until", _("Give the last day of the cover.")))
    if not covered.overlaps(new):
        problems.append(("from_on", _("The post that is covered is not held at that time.")))
    if any(other.covers == new.covers and other.overlaps(new) for other in others):
        problems.append(("from_on", _("Somebody else covers the post at that time.")))
    return problems


def _once_each(found: Iterable[Candidate]) -> list[Candidate]:
    kept: dict[UUID, Candidate] = {}
    for candidate in found:
        kept.setdefault(candidate.post_id, candidate)
    return list(kept.values())
