"""What the store tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DataChanged:
    """The recorded data of these partnerships changed: a submission was loaded, or undone."""

    dataset: str
    month: date
    submission_id: UUID
    partnership_ids: tuple[UUID, ...]
    at: datetime
