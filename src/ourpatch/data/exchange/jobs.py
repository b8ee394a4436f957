"""What the exchange does in the worker."""

from __future__ import annotations

from uuid import UUID

from ourpatch.data.exchange import actions
from ourpatch.ground import clock, jobs
from ourpatch.ground.permission.actor import Actor


@jobs.job("exchange.load_handed_in", queue="bulk")
def load_handed_in(handed_in_id: str) -> None:
    """Load a file that was handed in at the browser."""
    actions.load_handed_in(handed_in_id=UUID(handed_in_id), now=clock.now())


@jobs.job("exchange.read_delivery", queue="bulk")
def read_delivery(delivery_id: str) -> None:
    """Read a file that somebody sent."""
    actions.read_delivery(delivery_id=UUID(delivery_id), now=clock.now())


@jobs.job("exchange.let_old_files_go", queue="bulk", at_hour=4)
def let_old_files_go() -> None:
    """Remove delivered files that nobody decided about, and old reports."""
    actions.let_old_files_go(by=Actor.job("Clearing of old files", [], []), now=clock.now())


@jobs.job("exchange.collect_inbox", queue="bulk", every_minutes=1)
def collect_inbox() -> None:
    """Send what lies in the watched folder."""
    from ourpatch.data.exchange.actions import folder

    folder.collect(now=clock.now())
