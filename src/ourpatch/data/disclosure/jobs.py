"""What disclosure does in the worker."""

from __future__ import annotations

from uuid import UUID

from ourpatch.data.disclosure.permissions import Permission
from ourpatch.data.store.events import DataChanged
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.ground import clock, events, jobs
from ourpatch.ground.permission.actor import Actor

NAME = "disclosure.release"


@jobs.job(NAME, queue="bulk")
def release(partnership_id: str) -> None:
    """Publish what may be shown of a partnership's neighbourhoods."""
    # Loaded where it is needed: a load only says that there is something to release.
    from ourpatch.data.disclosure import actions

    by = Actor.job(NAME, [Permission.MAKE], [UUID(partnership_id)])
    actions.make_releases(by=by, partnership_id=UUID(partnership_id), now=clock.now())


@events.listen(DataChanged)
def publish_what_changed(event: DataChanged) -> None:
    """Recorded data changed: what was published of it is made anew. Only street-level records are published so far."""
    if event.dataset != POLICE_UK:
        return
    for partnership_id in event.partnership_ids:
        jobs.enqueue(NAME, partnership_id)
