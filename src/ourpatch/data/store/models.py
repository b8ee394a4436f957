"""Submissions, the manifest of stored files, and the rows set aside. The rows themselves are in Parquet files."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ourpatch.data.store.rules import State
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.actor import Actor

STATE_LABELS = {
    State.LOADED: _("In use"),
    State.SUPERSEDED: _("Replaced"),
    State.UNDONE: _("Undone"),
}


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Submissions by who may see them."""

    def visible_to(self, actor: Actor, permission: str) -> Self:
        """Submissions with rows in a partnership where the actor holds the permission."""
        partnerships = [grant.partnership_id for grant in actor.scopes(permission)]
        return self.filter(Q(scopes__partnership_id__in=partnerships)).distinct()


class Submission(models.Model):
    """What one supplier sent for one dataset and month: replaced or undone as a whole, never edited."""

    KIND = "submission"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dataset = models.CharField(max_length=40)
    supplier = models.CharField(max_length=60)
    period = models.DateField()
    sequence = models.PositiveIntegerField()
    content_sha256 = models.CharField(max_length=64)
    geography = models.CharField(max_length=64)
    filename = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=[(str(s), STATE_LABELS[s]) for s in State], default=State.LOADED)
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    rows_read = models.PositiveIntegerField()
    rows_kept = models.PositiveIntegerField()
    rows_without_place = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "supplier", "period", "sequence"], name="submission_sequence_once"
            ),
            models.UniqueConstraint(
                fields=["dataset", "supplier", "period"], condition=Q(state="loaded"), name="submission_in_use_once"
            ),
            models.CheckConstraint(
                condition=Q(rows_kept__lte=models.F("rows_read")), name="submission_keeps_what_it_read"
            ),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False) | ~Q(state="undone") & Q(undone_at__isnull=True),
                name="submission_undone_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["-loaded_at"], name="submission_latest")]

    @property
    def rows_set_aside(self) -> int:
        """How many rows were read and not kept."""
        return self.rows_read - self.rows_kept


class SubmissionScope(models.Model):
    """A partnership that a submission has rows in."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="scopes")
    partnership_id = models.UUIDField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "partnership_id"], name="submission_scope_once")]


class StoredFile(models.Model):
    """A line of the manifest: one Parquet file of one dataset and local month. Readers open live ones only."""

    id = models.BigAutoField(primary_key=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="files")
    dataset = models.CharField(max_length=40)
    supplier = models.CharField(max_length=60)
    month = models.DateField()
    path = models.CharField(max_length=200, unique=True)
    rows = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "supplier", "month"], condition=Q(live=True), name="stored_file_live_once"
            ),
        ]
        indexes = [models.Index(fields=["dataset", "month"], condition=Q(live=True), name="stored_file_live")]


class LivePeriod(models.Model):
    """From when until when readers opened a file; null: they still do. An undone correction gives a file a second one."""

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="lives")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file"], condition=Q(until__isnull=True), name="live_period_open_once"),
        ]


class SetAside(models.Model):
    """A row that was read and not kept: where it stands in the file and why; nothing of what it says."""

    id = models.BigAutoField(primary_key=True)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="set_aside")
    row_number = models.PositiveIntegerField()
    reason = models.CharField(max_length=30)

    class Meta:
        indexes = [models.Index(fields=["submission", "reason", "row_number"], name="set_aside_of_submission")]


class OwnDatasetQuerySet(models.QuerySet["OwnDataset"]):
    """Datasets that partnerships added, by who may see them."""

    def visible_to(self, actor: Actor, permission: str) -> Self:
        """Those of the partnerships where the actor holds the permission."""
        return self.filter(partnership_id__in=[grant.partnership_id for grant in actor.scopes(permission)])


class OwnDataset(models.Model):
    """A dataset that a partnership added and alone uses. It is never removed: rows may lie under its key.

    `version` is the number of the specification in use.
    """

    KIND = "own_dataset"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partnership_id = models.UUIDField(db_index=True)
    key = models.CharField(max_length=40, unique=True)
    version = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)
    retired_at = models.DateTimeField(null=True)
    retired_by = models.CharField(max_length=200, blank=True)
    retired_reason = models.TextField(blank=True)

    objects = OwnDatasetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(key__startswith="own-"), name="own_dataset_key_begins_with_own"),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by="", retired_reason="")
                | Q(retired_at__isnull=False) & ~Q(retired_by="") & ~Q(retired_reason=""),
                name="own_dataset_retired_by_somebody_for_a_reason",
            ),
        ]


class OwnDatasetVersion(models.Model):
    """One version of an own dataset's specification, as `own.texts.as_data` gives it. Versions are added, never edited."""

    id = models.BigAutoField(primary_key=True)
    dataset = models.ForeignKey(OwnDataset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    specification = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="own_dataset_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="own_dataset_versions_begin_at_1"),
        ]


class CatalogueMark(models.Model):
    """One row, whose mark is another after every change of an own dataset: what a process remembers under it is still true."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    mark = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="catalogue_mark_is_one_row")]
