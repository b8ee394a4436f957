"""What people said about returns, whom to write to about them, and which reminders went."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.directory.models import Organisation
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.identifiers import uuid7


class DeclarationKind(models.TextChoices):
    """What a named person says about data that does not come."""

    NOTHING = "nothing", _("Nothing to report")
    NOT_HELD = "not_held", _("Does not hold this data")


class Declaration(models.Model):
    """A named person's word for an organisation about one dataset.

    `period` is the first day of the period that had nothing to report, or of the first one for which the data is not held;
    the latter holds until the period in which `review_on` lies. Never edited: withdrawn, and said anew.
    """

    KIND = "duty_declaration"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partnership = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=DeclarationKind.choices)
    period = models.DateField()
    reason = models.TextField(blank=True)
    review_on = models.DateField(null=True)
    said_by = models.CharField(max_length=200)
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawn_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "organisation", "dataset", "kind", "period"],
                condition=Q(withdrawn_at__isnull=True),
                name="duty_declared_once_while_live",
            ),
            models.CheckConstraint(
                condition=Q(kind="nothing", review_on__isnull=True)
                | Q(kind="not_held", review_on__isnull=False) & ~Q(reason=""),
                name="duty_not_held_has_reason_and_review",
            ),
        ]


class DataContact(models.Model):
    """Whom to write to about an organisation's data in a partnership: a person in their working role, or a team."""

    KIND = "duty_contact"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partnership = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    language = models.CharField(max_length=2, choices=[("en", "English"), ("cy", "Cymraeg")], default="en")
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "organisation"], name="duty_contact_once")]


class LedgerStart(models.Model):
    """The London day on which a partnership's ledger began here. What was due before it is nobody's debt in this system."""

    KIND = "duty_ledger_start"

    partnership = models.OneToOneField(ServiceArea, on_delete=models.PROTECT, related_name="+", primary_key=True)
    on = models.DateField()


class Reminder(models.Model):
    """One return that one message reminded of. `occasion`: a code of the law book's list, or the day it was sent by hand."""

    KIND = "duty_reminder"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partnership = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=40)
    period = models.DateField()
    occasion = models.CharField(max_length=20)
    message_id = models.UUIDField()
    to_name = models.CharField(max_length=160)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "organisation", "dataset", "period", "occasion"], name="duty_reminded_once"
            ),
        ]
