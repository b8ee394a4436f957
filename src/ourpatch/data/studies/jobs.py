"""What studies do in the worker."""

from __future__ import annotations

from ourpatch.data.studies.permissions import Permission
from ourpatch.foundation.places import queries as places
from ourpatch.ground import clock, jobs
from ourpatch.ground.permission.actor import Actor

NAME = "studies.let_drafts_go"


@jobs.job(NAME, queue="bulk", at_hour=4)
def let_drafts_go() -> None:
    """Drafts that nobody kept go in time."""
    # Loaded where it is needed: it brings every method there is, and most commands use none.
    from ourpatch.data.studies import actions

    by = Actor.job(NAME, [Permission.RUN], places.partnerships().values_list("pk", flat=True))
    actions.let_drafts_go(by=by, now=clock.now())
