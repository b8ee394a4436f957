"""Facts about plans that later rooms listen to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PlanMade:
    """Somebody has begun a plan."""

    plan_id: UUID
    priority_id: UUID | None
    problem_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PlanClosed:
    """A plan is finished with; `outcome` is a code of rules.Outcome."""

    plan_id: UUID
    priority_id: UUID | None
    problem_id: UUID | None
    outcome: str
    at: datetime
