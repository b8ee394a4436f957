"""What came in: archives handed in at the browser, deliveries of a dataset by authorities, and the layouts they are read by."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ourpatch.data.exchange.permissions import Permission
from ourpatch.data.store.models import Submission
from ourpatch.data.store.rules import State
from ourpatch.foundation.directory.models import Membership, Organisation
from ourpatch.ground import clock
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.actor import Actor


class HandedInState(models.TextChoices):
    """Where a handed-in file stands."""

    WAITING = "waiting", _("Waiting to be read")
    LOADED = "loaded", _("Loaded")
    REFUSED = "refused", _("Not loaded")


class HandedIn(models.Model):
    """A file that somebody handed in: who, when, and what became of it. The file goes once it was read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    filename = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    user_id = models.UUIDField()
    by_name = models.CharField(max_length=200)
    handed_in_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=HandedInState.choices, default=HandedInState.WAITING)
    finished_at = models.DateTimeField(null=True)
    message = models.TextField(blank=True)
    report = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="waiting", finished_at__isnull=True) | models.Q(finished_at__isnull=False),
                name="handed_in_finished_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["user_id", "-handed_in_at"], name="handed_in_by_user")]


class LayoutVersion(models.Model):
    """One version of how an organisation writes a dataset. Versions are added, never edited, so that every delivery can be
    read again as it was; the latest that is not retired is proposed for the next file.
    """

    KIND = "layout"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    data = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "dataset", "name", "number"], name="layout_version_once"),
        ]
        indexes = [models.Index(fields=["organisation", "dataset", "-made_at"], name="layout_of_sender")]


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", _("Waiting to be read")
    UNMAPPED = "unmapped", _("Columns to be matched")
    HELD = "held", _("Held: it may identify somebody")
    TO_CONFIRM = "to_confirm", _("To be confirmed: it would empty or shrink months")
    REFUSED = "refused", _("Refused")
    LOADED = "loaded", _("Loaded")
    UNCHANGED = "unchanged", _("The same as what is loaded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Channel(models.TextChoices):
    """The door that a delivery came by."""

    BROWSER = "browser", _("Browser")
    FOLDER = "folder", _("Watched folder")
    API = "api", _("Program (API)")
    COMMAND = "command", _("Command line")


class Extent(models.TextChoices):
    """Whether a delivery holds all of its period or only what changed since."""

    WHOLE = "whole", _("Everything for the period")
    CORRECTION = "correction", _("Corrected rows only")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries by who may see them, and by what has become of what they brought."""

    def visible_to(self, actor: Actor, permission: str, on: date | None = None) -> Self:
        """One's own organisation's for who sends; of the partnerships where the permission is held, those whose sender was a
        member on the London day on which they came, or is one on the day `on` (today).
        """
        seen = members_when("received_at", [grant.partnership_id for grant in actor.scopes(permission)], on)
        if permission != Permission.SEND:
            return self.filter(seen)
        return self.filter(seen, organisation_id=actor.organisation_id)

    def in_use(self) -> Self:
        """Of which a month that they brought is in use."""
        return self.filter(self._brought(State.LOADED), state=DeliveryState.LOADED)

    def replaced(self) -> Self:
        """In whose place others have come, for every month that they brought and that was not taken back."""
        return self.filter(self._brought(State.SUPERSEDED), ~self._brought(State.LOADED), state=DeliveryState.LOADED)

    def taken_back(self) -> Self:
        """Withdrawn, or of which every month was undone by itself."""
        undone = ~self._brought(State.LOADED) & ~self._brought(State.SUPERSEDED)
        return self.filter(Q(state=DeliveryState.WITHDRAWN) | Q(undone, state=DeliveryState.LOADED))

    def untold(self) -> Self:
        """What came by the watched folder and was read, and whose state no receipt there tells, the first to come first."""
        read = self.filter(channel=Channel.FOLDER).exclude(state=DeliveryState.WAITING)
        return read.exclude(told_state=F("state")).order_by("received_at", "pk")

    @staticmethod
    def _brought(state: State) -> Exists:
        in_state = Submission.objects.filter(state=state).values("pk")
        parts = DeliveryPart.objects.filter(delivery=OuterRef("pk"), brought=True, submission_id__in=in_state)
        return Exists(parts)


def members_when(moment: str, partnerships: Collection[UUID], on: date | None = None) -> Exists:
    """Of records of an organisation: those whose organisation was a member of one of the partnerships on the London day of the
    field `moment`, or is one on the day `on` (today).
    """
    instant = ExpressionWrapper(OuterRef(moment), output_field=models.DateTimeField())
    then, now = TruncDate(instant, tzinfo=clock.LONDON), on or clock.london_date(clock.now())
    members = Membership.objects.filter(was_member(then) | was_member(now), partnership_id__in=partnerships)
    return Exists(members.filter(organisation_id=OuterRef("organisation_id")))


def was_member(on: object) -> Q:
    """Of memberships: those that were in force on a day, given or of the row that asks."""
    return Q(from_on__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))


class Delivery(models.Model):
    """One file that an organisation sent for one dataset, and what became of it.

    `period`, `months`: first day and length of the period that the sender named; null: the rows say. `receipt` is what the
    sender quotes. The file itself is kept under `path` only until it was loaded or let go, the marked report under `report_path`
    for some weeks. `idempotency_key`: a program's own
    name for what it sends, so that a repeated call makes no second delivery. `readings`: how often reading it was begun since it
    last began to wait. `empties`: [month, rows] that it would take out of use without bringing others, once it was asked about
    them. `told_state`: the state that the last receipt in the watched folder tells.
    """

    KIND = "delivery"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    receipt = models.CharField(max_length=20, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=40)
    period = models.DateField(null=True)
    months = models.PositiveSmallIntegerField(null=True)
    extent = models.CharField(max_length=10, choices=Extent.choices, default=Extent.WHOLE)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    filename = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content_sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200, blank=True)
    report_path = models.CharField(max_length=200, blank=True)
    layout = models.ForeignKey(LayoutVersion, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    rows_read = models.PositiveIntegerField(default=0)
    rows_kept = models.PositiveIntegerField(default=0)
    rows_replaced = models.PositiveIntegerField(null=True)
    rows_new = models.PositiveIntegerField(null=True)
    counts = models.JSONField(default=dict)
    readings = models.PositiveSmallIntegerField(default=0)
    empties = models.JSONField(default=list)
    emptying_confirmed_by = models.CharField(max_length=200, blank=True)
    emptying_confirmed_at = models.DateTimeField(null=True)
    message_en = models.TextField(blank=True)
    message_cy = models.TextField(blank=True)
    received_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    user_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200)
    let_through_by = models.CharField(max_length=200, blank=True)
    let_through_at = models.DateTimeField(null=True)
    let_through_reason = models.TextField(blank=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)
    idempotency_key = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=2, default="en")
    told_state = models.CharField(max_length=10, choices=DeliveryState.choices, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="delivery_sent_once_under_its_key",
            ),
            models.CheckConstraint(
                condition=Q(period__isnull=True, months__isnull=True) | Q(period__isnull=False, months__in=(1, 3)),
                name="delivery_names_a_month_or_a_quarter",
            ),
            models.CheckConstraint(
                condition=Q(let_through_at__isnull=True, let_through_reason="")
                | Q(let_through_at__isnull=False) & ~Q(let_through_reason="") & ~Q(let_through_by=""),
                name="delivery_let_through_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(emptying_confirmed_at__isnull=True, emptying_confirmed_by="")
                | Q(emptying_confirmed_at__isnull=False) & ~Q(emptying_confirmed_by=""),
                name="delivery_emptying_confirmed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "dataset", "-received_at"], name="delivery_of_sender"),
            models.Index(fields=["-received_at"], name="delivery_latest"),
            models.Index(
                fields=["received_at"], condition=~Q(path="") | ~Q(report_path=""), name="delivery_with_its_file"
            ),
            # The watched folder asks every minute what of its own is not told yet.
            models.Index(
                fields=["channel", "received_at"], condition=~Q(told_state=F("state")), name="delivery_not_told_yet"
            ),
        ]

    @property
    def message(self) -> str:
        """What was said of it as a whole, in the reader's language."""
        return self.message_cy if get_language() == "cy" else self.message_en


class DeliveryPart(models.Model):
    """One month of a delivery (of counts for a quarter: the quarter's first) and the submission in the store that it became.
    `brought`: by this delivery, not by an earlier one that it repeats.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="parts")
    period = models.DateField()
    submission_id = models.UUIDField()
    rows_kept = models.PositiveIntegerField()
    brought = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "period"], name="delivery_part_once")]
        indexes = [models.Index(fields=["submission_id"], name="delivery_part_of_submission")]


class DeliveryFinding(models.Model):
    """One finding about a delivery, in words that repeat nothing that may identify a person; English and Welsh are kept as
    they were said.
    """

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="findings")
    row_number = models.PositiveIntegerField()
    column = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=40)
    weight = models.CharField(max_length=10)
    says_en = models.TextField()
    says_cy = models.TextField()
    do_en = models.TextField()
    do_cy = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["delivery", "row_number"], name="finding_of_delivery")]

    @property
    def says(self) -> str:
        """What was found, in the reader's language."""
        return self.says_cy if get_language() == "cy" else self.says_en

    @property
    def do(self) -> str:
        """What to do about it, in the reader's language."""
        return self.do_cy if get_language() == "cy" else self.do_en
