"""What the store does at night."""

from __future__ import annotations

from ourpatch.data.store import actions
from ourpatch.ground import clock, jobs


@jobs.job("store.sweep", queue="bulk", at_hour=3)
def sweep() -> None:
    """Remove the files that a kill left behind."""
    actions.sweep(now=clock.now())
