"""Facts about priorities that later rooms listen to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PriorityAdopted:
    """A forum chose a priority."""

    priority_id: UUID
    neighbourhood_id: UUID
    on: date


@dataclass(frozen=True, slots=True)
class PriorityClosed:
    """A priority was finished with."""

    priority_id: UUID
    neighbourhood_id: UUID
    on: date
