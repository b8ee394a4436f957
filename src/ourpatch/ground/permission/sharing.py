"""Making and ending shares. Every share is a disclosure and is written to the audit by the action that calls this."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ourpatch.ground.permission.actor import Level
from ourpatch.ground.permission.models import Protected, Share


def share(
    record: Protected,
    *,
    to_organisation_id: UUID,
    agreement_id: UUID,
    purpose: str,
    level: Level,
    now: datetime,
    until: datetime | None = None,
) -> Share:
    """Let another organisation see this record.

    Sharing again at the same level returns the share that lives; at another level, or after a lapse, a new one takes its
    place.
    """
    same = Share.objects.filter(
        subject_kind=record.KIND,
        subject_id=record.pk,
        to_organisation_id=to_organisation_id,
        agreement_id=agreement_id,
        purpose=purpose,
        withdrawn_at__isnull=True,
    )
    existing = same.live(now).filter(level=str(level)).first()
    if existing is not None:
        return existing
    same.update(withdrawn_at=now)
    return Share.objects.create(
        subject_kind=record.KIND,
        subject_id=record.pk,
        to_organisation_id=to_organisation_id,
        agreement_id=agreement_id,
        purpose=purpose,
        level=str(level),
        from_at=now,
        until=until,
    )


def withdraw_for_agreement(agreement_id: UUID, now: datetime) -> int:
    """End every share under an agreement; returns how many ended."""
    return Share.objects.filter(agreement_id=agreement_id, withdrawn_at__isnull=True).update(withdrawn_at=now)
