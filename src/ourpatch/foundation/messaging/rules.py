"""When a message is tried again, when it is given up, and how an address is shown. Source: features F10."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import say as _

# House choices: waits between tries; after the last one a person is asked. A claim older than the lease is a dead worker's.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
LEASE = timedelta(minutes=5)

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+$")
_MOBILE = re.compile(r"^\+?[0-9 ()-]{9,}$")


def check_message(*, channel: str, address: str, body: str) -> Problems:
    """A message has words and an address its channel can reach."""
    known = {"email": _EMAIL, "sms": _MOBILE}.get(channel)
    reachable = known is not None and bool(known.match(address.strip()))
    return Problems.collect(
        [
            None if known else ("channel", _("A message goes by e-mail or as a text message.")),
            ("address", _("This address cannot be written to.")) if known and not reachable else None,
            None if body.strip() else ("body", _("Write something in the message.")),
        ]
    )


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When a message that was certainly not delivered is tried again; None when it has been tried often enough."""
    return now + WAITS[attempts - 1] if 0 < attempts <= len(WAITS) else None


def lease_ended(now: datetime) -> datetime:
    """Claims made before this instant belong to a worker that died."""
    return now - LEASE


def masked(address: str) -> str:
    """An address as lists show it: enough to recognise, too little to write to."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}•••@{host}"
    return f"•••{address[-3:]}" if len(address) > 3 else "•••"
