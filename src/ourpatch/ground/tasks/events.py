"""Facts about tasks that later rooms listen to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TaskStepped:
    """A task was offered, accepted, done, returned or withdrawn."""

    task_id: UUID
    subject_kind: str
    subject_id: UUID
    organisation_id: UUID
    state: str
    at: datetime
