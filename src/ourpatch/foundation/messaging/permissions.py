"""The permissions of messaging."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with the outbox."""

    VIEW_OUTBOX = "messaging.view_outbox"
    DECIDE = "messaging.decide"
    SEND = "messaging.send"
