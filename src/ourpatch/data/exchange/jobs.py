"""What the exchange does in the worker."""

from __future__ import annotations

from uuid import UUID

from ourpatch.data.exchange import actions
from ourpatch.ground import clock, jobs


@jobs.job("exchange.load_handed_in", queue="bulk")
def load_handed_in(handed_in_id: str) -> None:
    """Load a file that was handed in at the browser."""
    actions.load_handed_in(handed_in_id=UUID(handed_in_id), now=clock.now())
