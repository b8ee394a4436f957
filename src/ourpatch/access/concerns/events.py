"""Facts about concerns and problems that later rooms listen to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ConcernRaised:
    """Somebody has raised something."""

    concern_id: UUID
    partnership_id: UUID
    service_area_id: UUID
    category: str
    needs_care: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ConcernAnswered:
    """A person has been told what came of what they raised; `outcome` is a code of rules.Outcome."""

    concern_id: UUID
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConcernReopened:
    """An answered person is not satisfied, or has told us something new: they are owed an answer again."""

    concern_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ConcernEscalated:
    """A promise to a person was broken and a supervisor was told."""

    concern_id: UUID
    to_person_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ProblemMade:
    """Concerns were put together as a problem."""

    problem_id: UUID
    partnership_id: UUID
    service_area_id: UUID
    at: datetime
