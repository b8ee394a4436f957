"""The worker that carries messages."""

from __future__ import annotations

import time

from ourpatch.foundation.messaging import actions
from ourpatch.foundation.messaging.carriers import Carrier, NotTaken, Refused, carrier
from ourpatch.foundation.messaging.models import Message
from ourpatch.foundation.messaging.permissions import Permission
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground import clock, jobs
from ourpatch.ground.permission.actor import Actor

# Well under the minute after which the urgent queue stops a job; what is left goes with the next run.
BUDGET_SECONDS = 40


@jobs.job("messaging.send", queue="urgent", every_minutes=1)
def send() -> None:
    """Carry what waits; what a dead worker held becomes unknown."""
    by = sender()
    if not by.grants:
        return
    actions.end_dead_claims(by=by, now=clock.now())
    by_whom, until = carrier(), time.monotonic() + BUDGET_SECONDS
    while time.monotonic() < until:
        message = actions.claim_next(by=by, now=clock.now())
        if message is None:
            return
        carry(by, by_whom, message)


def carry(by: Actor, by_whom: Carrier, message: Message) -> None:
    """Hand one claimed message over and write down what is known of it."""
    try:
        by_whom.carry(message)
    except NotTaken as error:
        actions.put_off(by=by, message_id=message.pk, attempts=message.attempts, error=str(error), now=clock.now())
    except Refused as error:
        actions.give_up(by=by, message_id=message.pk, error=str(error), now=clock.now())
    except Exception as error:
        actions.mark_unknown(by=by, message_id=message.pk, error=type(error).__name__, now=clock.now())
    else:
        actions.mark_sent(by=by, message_id=message.pk, now=clock.now())


def sender() -> Actor:
    """The job that sends, for every partnership of this installation, and for mail of the installation itself."""
    partnerships = ServiceArea.objects.filter(kind=ServiceAreaKind.PARTNERSHIP).values_list("pk", flat=True)
    return Actor.job("messaging.send", [Permission.SEND], partnerships)
