"""Reading the audit: who has seen and changed a record."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from ourpatch.ground.audit.models import AuditEntry, Revision
from ourpatch.ground.permission.actor import Actor

READ_AUDIT = "ground.read_audit"


def list_about(by: Actor, subject_id: UUID, limit: int = 100) -> QuerySet[AuditEntry]:
    """The newest audit rows about one record. Raises NotAllowed."""
    by.require(READ_AUDIT)
    return AuditEntry.objects.filter(subject_rows__subject_id=subject_id).order_by("-id")[:limit]


def list_newest(by: Actor, limit: int = 100) -> QuerySet[AuditEntry]:
    """The newest audit rows. Raises NotAllowed."""
    by.require(READ_AUDIT)
    return AuditEntry.objects.order_by("-id")[:limit]


def list_revisions(subject_id: UUID) -> QuerySet[Revision]:
    """The versions of one record that were replaced, oldest first; the caller has checked that the record is visible."""
    return Revision.objects.filter(subject_id=subject_id).order_by("version")
