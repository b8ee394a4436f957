"""Writing the audit: `change` around every action, `seen` before every page of records, and what stands outside a change."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ourpatch.ground.audit.models import AuditEntry, AuditSubject, Revision, Unsealed
from ourpatch.ground.audit.rules import Kind, digest_of
from ourpatch.ground.errors import NotAllowed, NotFound
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import Protected
from ourpatch.ground.secrets import SealedTextField

_open_changes: ContextVar[int] = ContextVar("open_changes", default=0)

# Counts the changes; it is not one.
_BOOKKEEPING = frozenset({"version"})
SEALED = "(sealed)"


@dataclass(slots=True)
class Trail:
    """The audit of one operation; its rows stand and fall with the operation's transaction."""

    by: Actor
    operation: str
    operation_id: UUID = field(default_factory=uuid7)

    def collected(self, *records: Protected, reason: str = "") -> None:
        """New records were taken in (bulk: all of one kind)."""
        if records:
            self._write(Kind.COLLECTION, records[0].KIND, [record.pk for record in records], reason=reason)

    def altered(self, record: Protected, reason: str = "") -> None:
        """A record was changed: field names and salted digests here, the replaced values in a revision."""
        replaced = {name: was for name, was in record.changed_fields().items() if name not in _BOOKKEEPING}
        salt = secrets.token_hex(16)
        digests = {name: digest_of(was, salt) for name, was in replaced.items()}
        entry = self._write(Kind.ALTERATION, record.KIND, [record.pk], fields=digests, salt=salt, reason=reason)
        Revision.objects.create(
            subject_kind=record.KIND,
            subject_id=record.pk,
            version=record.version,
            at=entry.at,
            by_name=self.by.name,
            operation=self.operation,
            replaced={name: _kept(record, name, was) for name, was in replaced.items()},
        )

    def disclosed(self, record: Protected, to: Iterable[UUID], reason: str = "") -> None:
        """A record was made visible to, or sent to, other organisations or people."""
        self._write(Kind.DISCLOSURE, record.KIND, [record.pk], recipients=[str(each) for each in to], reason=reason)

    def combined(self, kind: str, ids: Sequence[UUID], reason: str = "") -> None:
        """Records were put together for a purpose."""
        self._write(Kind.COMBINATION, kind, ids, reason=reason)

    def erased(self, kind: str, ids: Sequence[UUID], reason: str) -> None:
        """Records were removed; the audit outlives them."""
        self._write(Kind.ERASURE, kind, ids, reason=reason)

    def noted(self, kind: str, ids: Sequence[UUID] = (), reason: str = "") -> None:
        """Something that holds no personal data was changed: settings, boundaries, a load, a meeting."""
        self._write(Kind.SYSTEM, kind, ids, reason=reason)

    def _write(
        self,
        kind: Kind,
        subject_kind: str,
        ids: Sequence[UUID],
        *,
        fields: dict[str, str] | None = None,
        salt: str = "",
        recipients: list[str] | None = None,
        reason: str = "",
    ) -> AuditEntry:
        entry = AuditEntry.objects.create(
            at=timezone.now(),
            operation_id=self.operation_id,
            operation=self.operation,
            kind=str(kind),
            actor_kind=str(self.by.kind),
            actor_id=self.by.id,
            actor_name=self.by.name,
            organisation_id=self.by.organisation_id,
            purpose=self.by.purpose,
            request_id=self.by.request_id,
            subject_kind=subject_kind,
            subjects=[str(each) for each in ids],
            recipients=recipients or [],
            fields=fields or {},
            salt=salt,
            reason=reason,
        )
        AuditSubject.objects.bulk_create(
            [AuditSubject(entry=entry, subject_kind=subject_kind, subject_id=each) for each in ids]
        )
        Unsealed.objects.create(entry=entry)
        return entry


@contextmanager
def change(by: Actor, operation: str) -> Iterator[Trail]:
    """One operation: one transaction, one operation id. A refusal is written after, and outside, what it undid."""
    depth = _open_changes.get()
    token = _open_changes.set(depth + 1)
    try:
        with transaction.atomic():
            yield Trail(by, operation)
    except (NotAllowed, NotFound) as refusal:
        if depth == 0:
            note_refusal(by, operation, str(refusal))
        raise
    finally:
        _open_changes.reset(token)


def note_refusal(by: Actor, operation: str, reason: str) -> None:
    """Write an attempt that was refused, in a transaction of its own."""
    with transaction.atomic():
        Trail(by, operation)._write(Kind.REFUSAL, "", [], reason=reason)


def note_sign_in(by: Actor, operation: str, reason: str = "") -> None:
    """Write a sign-in, a failed one or a sign-out."""
    with transaction.atomic():
        Trail(by, operation)._write(Kind.SIGN_IN, "account", [by.id] if by.id else [], reason=reason)


def seen(by: Actor, page: str, kind: str, ids: Iterable[UUID]) -> None:
    """Write that a page showed these records, before it is rendered; an error here refuses the page."""
    shown = list(ids)
    if not shown:
        return
    with transaction.atomic():
        Trail(by, page)._write(Kind.CONSULTATION, kind, shown)


def _kept(record: Protected, name: str, was: object) -> object:
    """A replaced value as a revision keeps it; what was sealed in its own column is not laid open beside it."""
    return SEALED if isinstance(record._meta.get_field(name), SealedTextField) else _plain(was)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)
