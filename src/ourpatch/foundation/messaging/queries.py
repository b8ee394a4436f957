"""Reading the outbox."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ourpatch.foundation.messaging.models import Message, MessageState
from ourpatch.foundation.messaging.permissions import Permission
from ourpatch.ground import subjects
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor


def list_messages(by: Actor, *, state: str = "") -> QuerySet[Message]:
    """The messages of the actor's partnerships and of the installation itself, newest first. Raises NotAllowed."""
    by.require(Permission.VIEW_OUTBOX)
    partnerships = [grant.partnership_id for grant in by.scopes(Permission.VIEW_OUTBOX) if grant.service_areas is None]
    found = Message.objects.filter(Q(partnership_id__in=partnerships) | Q(partnership_id__isnull=True))
    return (found.filter(state=state) if state else found).order_by("-queued_at", "-id")


def get_message(by: Actor, message_id: UUID) -> Message:
    """One message, or NotFound. Raises NotAllowed."""
    message = list_messages(by).filter(pk=message_id).first()
    if message is None:
        raise NotFound(_("There is no such message."))
    return message


def list_about(about_id: UUID) -> QuerySet[Message]:
    """The messages about one record, oldest first; the caller has checked that the record is visible."""
    return Message.objects.filter(about_id=about_id).order_by("queued_at", "id")


def body_for(by: Actor, message: Message) -> str:
    """The words of a message as the outbox page shows them to this actor; empty when they are not theirs to read.

    Words about a record are for those who may read the record. Mail of the installation itself carries links that open an
    account, so it is shown in a demonstration only.
    """
    if message.about_id is not None and not subjects.readable(by, message.about_kind, [message.about_id]):
        return ""
    if message.partnership_id is None and not settings.OURPATCH_DEMO:
        return ""
    return str(message.body)


def count_to_decide(by: Actor) -> int:
    """How many failed or unknown messages wait for a person; nought for an actor who does not decide."""
    if not by.holds(Permission.VIEW_OUTBOX):
        return 0
    return list_messages(by).filter(state__in=[MessageState.FAILED, MessageState.UNKNOWN]).count()


def oldest_waiting(now: datetime) -> datetime | None:
    """Since when the oldest message that is due has been waiting: how a stopped worker is noticed."""
    due = Message.objects.filter(state=MessageState.WAITING, next_at__lte=now).order_by("next_at")
    return due.values_list("next_at", flat=True).first()
