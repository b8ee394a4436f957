"""Django's mail (sign-in, passwords) goes through the outbox too, so that it survives a crash like everything else."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import get_language

from ourpatch.foundation.messaging import actions
from ourpatch.ground import clock
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.actor import Actor, ActorKind


class OutboxEmailBackend(BaseEmailBackend):
    """Writes each letter, for each recipient, into the outbox in the present transaction."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue the letters; returns how many."""
        by = Actor(ActorKind.SERVICE, "Ourpatch mail")
        for letter in email_messages:
            for address in letter.recipients():
                actions.queue_message(
                    by=by,
                    key=f"mail.{uuid7()}",
                    channel="email",
                    address=address,
                    subject=" ".join(str(letter.subject).split()),
                    body=str(letter.body),
                    language=(get_language() or "en")[:2],
                    now=clock.now(),
                )
        return len(email_messages)
