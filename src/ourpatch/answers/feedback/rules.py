"""How old a debt is. Source: guide-1 C19 (people lose confidence if they are not told anything at all)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of age: raised at least `from_days` and less than `to_days` times 24 hours ago (None: without end)."""

    key: str
    label: Message
    from_days: int
    to_days: int | None

    def holds(self, raised_at: datetime, now: datetime) -> bool:
        """Whether something raised then is of this age now."""
        age = now - raised_at
        return timedelta(days=self.from_days) <= age and (self.to_days is None or age < timedelta(days=self.to_days))


# Three days is the promise of a reply, a quarter the longest that anything goes unreviewed (guide-6 55).
BANDS: Sequence[Band] = (
    Band("days", _("Under 3 days"), 0, 3),
    Band("week", _("3 to 7 days"), 3, 8),
    Band("month", _("8 to 30 days"), 8, 31),
    Band("quarter", _("31 to 91 days"), 31, 92),
    Band("older", _("Over 3 months"), 92, None),
)
