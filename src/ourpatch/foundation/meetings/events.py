"""Facts about meetings that later rooms listen to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class MeetingHeld:
    """A meeting was held and its minutes are there."""

    meeting_id: UUID
    service_area_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """A held meeting decided something, perhaps about a record of a later room."""

    decision_id: UUID
    meeting_id: UUID
    about_kind: str
    about_id: UUID | None
    at: datetime
