"""Facts about teams that later rooms listen to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PostEnded:
    """Somebody leaves a team; what they own has to go to somebody else from the day after `last_day`."""

    service_area_id: UUID
    person_id: UUID
    last_day: date
    at: datetime
