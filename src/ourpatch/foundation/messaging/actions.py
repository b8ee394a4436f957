"""Queueing messages, and what becomes of them. A message's state changes only here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from ourpatch.foundation.messaging import rules
from ourpatch.foundation.messaging.models import Message, MessageState
from ourpatch.foundation.messaging.permissions import Permission
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import Conflict, NotFound
from ourpatch.ground.permission.actor import Actor

CHUNK = 500
ERROR_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be queued; `key` names it for ever, so that asking twice sends once."""

    key: str
    channel: str
    address: str
    body: str
    subject: str = ""
    language: str = "en"
    partnership_id: UUID | None = None
    about_kind: str = ""
    about_id: UUID | None = None

    def message(self, now: datetime) -> Message:
        """The row of the outbox that holds it."""
        return Message(
            key=self.key,
            channel=self.channel,
            address=self.address.strip(),
            subject=self.subject.strip(),
            body=self.body,
            language=self.language,
            partnership_id=self.partnership_id,
            about_kind=self.about_kind,
            about_id=self.about_id,
            queued_at=now,
            next_at=now,
        )


def queue_message(
    *,
    by: Actor,
    key: str,
    channel: str,
    address: str,
    body: str,
    now: datetime,
    subject: str = "",
    language: str = "en",
    partnership_id: UUID | None = None,
    about_kind: str = "",
    about_id: UUID | None = None,
) -> Message:
    """Write a message into the outbox in the present transaction; the same key again returns the first.

    The permission of the action that causes a message covers it. Raises RuleBroken.
    """
    draft = Draft(key, channel, address, body, subject, language, partnership_id, about_kind, about_id)
    with change(by, "messaging.queue_message") as audit:
        rules.check_message(channel=channel, address=address, body=body).raise_if_any()
        wanted = draft.message(now)
        values = {name: getattr(wanted, name) for name in QUEUED_FIELDS}
        message, is_new = Message.objects.get_or_create(key=key, defaults=values)
        if is_new:
            audit.noted("message", [message.pk])
    return message


def queue_messages(*, by: Actor, drafts: Sequence[Draft], now: datetime) -> int:
    """Write many messages into the outbox, 500 a statement; keys that are there already change nothing.

    Returns how many are new. Raises RuleBroken for the first draft that cannot be sent.
    """
    before = Message.objects.count()
    for start in range(0, len(drafts), CHUNK):
        chunk = drafts[start : start + CHUNK]
        with change(by, "messaging.queue_messages") as audit:
            for draft in chunk:
                rules.check_message(channel=draft.channel, address=draft.address, body=draft.body).raise_if_any()
            known = set(Message.objects.filter(key__in=[draft.key for draft in chunk]).values_list("key", flat=True))
            new = [draft.message(now) for draft in chunk if draft.key not in known]
            made = Message.objects.bulk_create(new, ignore_conflicts=True)
            audit.noted("message", [message.pk for message in made])
    return Message.objects.count() - before


def claim_next(*, by: Actor, now: datetime) -> Message | None:
    """Take the message that has waited longest, or None. Of two workers that want the same one, one gets it."""
    with change(by, "messaging.claim_next"):
        by.require(Permission.SEND)
        while True:
            waiting = Message.objects.filter(state=MessageState.WAITING, next_at__lte=now).order_by("next_at", "id")
            message = waiting.first()
            if message is None:
                return None
            mine = Message.objects.filter(pk=message.pk, state=MessageState.WAITING).update(
                state=MessageState.SENDING, claimed_at=now, attempts=F("attempts") + 1
            )
            if mine:
                message.refresh_from_db()
                return message


def mark_sent(*, by: Actor, message_id: UUID, now: datetime) -> None:
    """The carrier took the message."""
    _settle(by, message_id, "messaging.mark_sent", state=MessageState.SENT, sent_at=now, error="")


def put_off(*, by: Actor, message_id: UUID, attempts: int, error: str, now: datetime) -> None:
    """The message was certainly not delivered: try again later, or give up after the last try."""
    again = rules.next_try(attempts, now)
    if again is None:
        give_up(by=by, message_id=message_id, error=error, now=now)
    else:
        _settle(by, message_id, "messaging.put_off", state=MessageState.WAITING, next_at=again, error=error)


def give_up(*, by: Actor, message_id: UUID, error: str, now: datetime) -> None:
    """The message will not be delivered this way: a person is shown it."""
    _settle(by, message_id, "messaging.give_up", state=MessageState.FAILED, error=error)


def mark_unknown(*, by: Actor, message_id: UUID, error: str, now: datetime) -> None:
    """Nobody can know whether the message was delivered: a person decides."""
    _settle(by, message_id, "messaging.mark_unknown", state=MessageState.UNKNOWN, error=error)


def end_dead_claims(*, by: Actor, now: datetime) -> int:
    """What a worker held when it died becomes unknown; returns how many."""
    with change(by, "messaging.end_dead_claims") as audit:
        by.require(Permission.SEND)
        dead = Message.objects.filter(state=MessageState.SENDING, claimed_at__lt=rules.lease_ended(now))
        ids = list(dead.values_list("pk", flat=True)[:CHUNK])
        if ids:
            Message.objects.filter(pk__in=ids, state=MessageState.SENDING).update(
                state=MessageState.UNKNOWN, error="The worker stopped while the message was being handed over."
            )
            audit.noted("message", ids)
    return len(ids)


def send_again(*, by: Actor, message_id: UUID, now: datetime) -> Message:
    """A person decides that a failed or unknown message is sent once more. Raises NotAllowed, NotFound, Conflict."""
    with change(by, "messaging.send_again") as audit:
        message = _for_decision(by, message_id)
        message.state, message.attempts, message.next_at, message.error = MessageState.WAITING, 0, now, ""
        message.save(update_fields=["state", "attempts", "next_at", "error"])
        audit.noted("message", [message.pk])
    return message


def confirm_sent(*, by: Actor, message_id: UUID, now: datetime) -> Message:
    """A person knows that a failed or unknown message has arrived. Raises NotAllowed, NotFound, Conflict."""
    with change(by, "messaging.confirm_sent") as audit:
        message = _for_decision(by, message_id)
        message.state, message.sent_at = MessageState.SENT, now
        message.save(update_fields=["state", "sent_at"])
        audit.noted("message", [message.pk])
    return message


QUEUED_FIELDS = (
    "channel",
    "address",
    "subject",
    "body",
    "language",
    "partnership_id",
    "about_kind",
    "about_id",
    "queued_at",
    "next_at",
)


def _settle(by: Actor, message_id: UUID, operation: str, **values: object) -> None:
    with change(by, operation) as audit:
        by.require(Permission.SEND)
        if "error" in values:
            values["error"] = str(values["error"])[:ERROR_LENGTH]
        held = Message.objects.filter(pk=message_id, state=MessageState.SENDING)
        if held.update(claimed_at=None, **values):
            audit.noted("message", [message_id])


def _for_decision(by: Actor, message_id: UUID) -> Message:
    message = Message.objects.select_for_update().filter(pk=message_id).first()
    if message is None or not _decides_about(by, message):
        raise NotFound(_("There is no such message."))
    if message.state not in (MessageState.FAILED, MessageState.UNKNOWN):
        raise Conflict(_("This message has moved on since you looked at it. Look at it again."))
    return message


def _decides_about(by: Actor, message: Message) -> bool:
    by.require(Permission.DECIDE)
    return message.partnership_id is None or by.holds(Permission.DECIDE, message.partnership_id, message.partnership_id)
