"""Audit rows, their subjects, the queue of what is not sealed yet, seals, and the values behind alterations."""

from __future__ import annotations

from django.db import models

from ourpatch.ground.audit.rules import Kind, leaf
from ourpatch.ground.identifiers import uuid7


class AuditEntry(models.Model):
    """One operation on records: who, what, when, under which operation; never the values themselves."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    operation_id = models.UUIDField()
    operation = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=[(str(kind), str(kind)) for kind in Kind])
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    organisation_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=80, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subjects = models.JSONField(default=list)
    recipients = models.JSONField(default=list)
    fields = models.JSONField(default=dict)
    salt = models.CharField(max_length=32, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["operation_id"], name="audit_by_operation")]

    def leaf(self) -> str:
        """The digest of this row as the chain holds it."""
        columns = [field.attname for field in self._meta.concrete_fields]
        values: dict[str, object] = {name: getattr(self, name) for name in columns}
        values["at"] = self.at.isoformat(timespec="microseconds")
        return leaf(values)


class AuditSubject(models.Model):
    """Which records an entry is about, one row each: answers "who has seen this record"."""

    entry = models.ForeignKey(AuditEntry, on_delete=models.PROTECT, related_name="subject_rows")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["subject_id", "entry"], name="audit_by_subject")]


class Unsealed(models.Model):
    """The sealer's queue: a row comes with each entry and goes when the entry is sealed."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, primary_key=True)


class Seal(models.Model):
    """One link of the chain."""

    number = models.PositiveBigIntegerField(primary_key=True)
    previous = models.CharField(max_length=64)
    root = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    sealed_at = models.CharField(max_length=40)
    mac = models.CharField(max_length=64)


class SealedEntry(models.Model):
    """The place of one entry in its seal."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, primary_key=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="members")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seal", "position"], name="sealed_position_once")]


class Revision(models.Model):
    """The values that an alteration replaced; kept under the retention of the record, unlike the audit row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    operation = models.CharField(max_length=80)
    replaced = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_id", "version"], name="revision_of_subject")]
