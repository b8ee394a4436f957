"""Made-up strategic priorities."""

from __future__ import annotations

from datetime import date
from typing import Any

PRIORITY: dict[str, Any] = {
    "title": "Street robbery in the evening",
    "objective": "Fewer people robbed on their way home.",
    "measure": "Recorded robberies between 6pm and midnight",
    "target": "A fifth fewer in two years",
    "from_on": date(2026, 4, 1),
    "until": date(2029, 3, 31),
}
