"""What hands a message over: the outbox alone (demo, try-out) or SMTP.

A carrier returns when the message was taken. It raises NotTaken when it certainly was not and may be tried again, Refused
when it never will be; after anything else nobody can know, and a person is asked.
"""

from __future__ import annotations

import smtplib
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from ourpatch.foundation.messaging.models import Channel, Message

PERMANENT = 500
SECONDS = 20


class NotTaken(Exception):
    """The message was certainly not delivered; try again later."""


class Refused(Exception):
    """The message will never be delivered this way."""


class Carrier(Protocol):
    """Hands one message over."""

    def carry(self, message: Message) -> None:
        """Hand it over; see the module for what may be raised."""


class OutboxCarrier:
    """Nothing leaves the machine: the outbox page shows what would have gone."""

    def carry(self, message: Message) -> None:
        """Take it."""


class SmtpCarrier:
    """E-mail by the mail server that Django's EMAIL_* settings name."""

    def carry(self, message: Message) -> None:
        """Hand it to the mail server; text messages need a service that is not part of this version."""
        if message.channel != Channel.EMAIL:
            raise Refused("No carrier for text messages is set up.")
        connection = EmailBackend(timeout=SECONDS)
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(type(error).__name__) from error
        try:
            self._send(message, connection)
        finally:
            connection.close()

    def _send(self, message: Message, connection: EmailBackend) -> None:
        headers = {"Message-ID": f"<{message.pk}@ourpatch>", "Content-Language": message.language}
        letter = EmailMessage(
            message.subject, message.body, settings.DEFAULT_FROM_EMAIL, [message.address], headers=headers
        )
        try:
            connection.send_messages([letter])
        except smtplib.SMTPRecipientsRefused as error:
            raise _by_code(max(code for code, _text in error.recipients.values())) from error
        except smtplib.SMTPResponseException as error:
            raise _by_code(error.smtp_code) from error


def carrier() -> Carrier:
    """The carrier that the setting MESSAGING_CARRIER names: `outbox` or `smtp`."""
    carriers: dict[str, type[Carrier]] = {"outbox": OutboxCarrier, "smtp": SmtpCarrier}
    return carriers[settings.MESSAGING_CARRIER]()


def _by_code(code: int) -> Exception:
    """RFC 5321: 4xx is a refusal for now, 5xx for good."""
    return Refused(f"SMTP {code}") if code >= PERMANENT else NotTaken(f"SMTP {code}")
