"""What runs by itself: broken promises go up."""

from __future__ import annotations

from ourpatch.access.concerns.permissions import Permission
from ourpatch.answers.feedback import actions
from ourpatch.foundation.places import queries as places
from ourpatch.ground import clock, jobs
from ourpatch.ground.permission.actor import Actor


@jobs.job("feedback.escalate", queue="urgent", every_minutes=15)
def escalate() -> None:
    """Every quarter of an hour: no promise is broken without a supervisor knowing."""
    partnerships = places.partnerships().values_list("pk", flat=True)
    actions.escalate_overdue(by=Actor.job("feedback.escalate", [Permission.ASSIGN], partnerships), now=clock.now())
