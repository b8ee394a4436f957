"""The outbox."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.secrets import SealedTextField


class Channel(models.TextChoices):
    """How a message travels."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")


class MessageState(models.TextChoices):
    """Where a message stands. `unknown`: the worker died while it was being handed over; a person decides."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Not known whether it was sent")


class Message(models.Model):
    """One message to one address. `key` makes a second request for the same message change nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=120, unique=True)
    partnership_id = models.UUIDField(null=True, db_index=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    address = SealedTextField()
    language = models.CharField(max_length=2, default="en")
    subject = models.CharField(max_length=200, blank=True)
    body = SealedTextField()
    about_kind = models.CharField(max_length=40, blank=True)
    about_id = models.UUIDField(null=True, db_index=True)
    state = models.CharField(max_length=10, choices=MessageState.choices, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="message_waiting"),
            models.Index(fields=["claimed_at"], condition=models.Q(state="sending"), name="message_sending"),
            models.Index(fields=["queued_at"], name="message_newest"),
        ]
