"""Forums, meetings and what was said and decided at them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.directory.models import Organisation, Person
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.identifiers import uuid7


class ForumKind(models.TextChoices):
    """What kind of group meets. Source: features F9."""

    NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood forum (PACT)")
    COORDINATION = "coordination", _("Neighbourhood co-ordination meeting")
    TASKING = "tasking", _("Tasking and co-ordination group")
    STRATEGY = "strategy", _("Strategy group")


class Openness(models.TextChoices):
    """Who may come and who decides. Source: partnership-practice P."""

    OPEN = "open", _("Open: anyone raises and sets priorities")
    PARTLY_OPEN = "partly_open", _("Partly open: anyone raises, elected residents set priorities")
    EXCLUSIVE = "exclusive", _("Key partners and elected residents")


class Forum(models.Model):
    """A group that meets, with its terms of reference."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=160)
    name_cy = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=15, choices=ForumKind.choices)
    openness = models.CharField(max_length=12, choices=Openness.choices)
    service_area = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="forums")
    partnership_id = models.UUIDField(db_index=True)
    terms_of_reference = models.TextField()
    chair = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    is_public = models.BooleanField(default=True)


class ForumMember(models.Model):
    """A seat at a forum: an organisation's, or a resident group's by name."""

    forum = models.ForeignKey(Forum, on_delete=models.CASCADE, related_name="members")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    group_name = models.CharField(max_length=160, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")


class MeetingState(models.TextChoices):
    """Where a meeting stands."""

    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class Meeting(models.Model):
    """One meeting of a forum."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField()
    venue = models.CharField(max_length=200)
    access_notes = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED)
    minutes = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["forum", "starts_at"], name="meeting_of_forum")]


class Attendance(models.Model):
    """How many came from one group; people are not listed."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendance")
    group = models.CharField(max_length=120)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "group"], name="attendance_group_once")]


class AgendaItem(models.Model):
    """One item of an agenda; an item from live data names its source and is refreshed until the meeting is held."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    source = models.CharField(max_length=40, blank=True)
    minute = models.TextField(blank=True)


class Decision(models.Model):
    """What a meeting decided, by which method, with the numbers."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    text = models.TextField()
    method = models.CharField(max_length=60)
    votes_for = models.PositiveIntegerField(null=True)
    votes_against = models.PositiveIntegerField(null=True)
    abstained = models.PositiveIntegerField(null=True)
    about_kind = models.CharField(max_length=40, blank=True)
    about_id = models.UUIDField(null=True, db_index=True)
    made_at = models.DateTimeField()


class MeetingAction(models.Model):
    """What somebody undertook at a meeting; the task behind it chases itself."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="actions")
    text = models.CharField(max_length=300)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    task_id = models.UUIDField(null=True)
