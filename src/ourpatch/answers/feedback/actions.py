"""What is done about debts that grow old: supervisors are told."""

from __future__ import annotations

from datetime import datetime

from ourpatch.access.concerns import actions as concerns
from ourpatch.access.concerns.queries import broken_promises
from ourpatch.ground.permission.actor import Actor


def escalate_overdue(*, by: Actor, now: datetime) -> int:
    """Tell the supervisor of every owner whose promise to a person has run out, once for each promise; returns how many.

    Each is a change of its own, so that one that fails holds up no other. Raises NotAllowed.
    """
    overdue = list(broken_promises(now).order_by("due_at").values_list("pk", flat=True))
    return sum(concerns.escalate(by=by, concern_id=each, now=now) is not None for each in overdue)
