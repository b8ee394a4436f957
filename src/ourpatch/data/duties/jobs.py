"""Every morning: who owes data and is reminded today."""

from __future__ import annotations

from datetime import datetime

from ourpatch.data.duties import actions
from ourpatch.data.duties.permissions import Permission
from ourpatch.foundation.places import queries as places
from ourpatch.ground import clock, jobs
from ourpatch.ground.permission.actor import Actor

NAME = "duties.remind"
# Who acts, as the audit shows it and as the pages' reminders were sent by.
BY = "Reminders of data that is due"


@jobs.job(NAME, queue="urgent", at_hour=7)
def remind() -> None:
    """Write to those for whom today is the day."""
    remind_all(clock.now())


def remind_all(now: datetime) -> int:
    """Send the reminders of every partnership; returns how many messages."""
    partnerships = list(places.partnerships().values_list("pk", flat=True))
    by = Actor.job(BY, [Permission.MANAGE], partnerships)
    return sum(actions.send_reminders(by=by, partnership_id=each, now=now) for each in partnerships)
