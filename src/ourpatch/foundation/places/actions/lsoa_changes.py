"""Loading the published lookup of LSOAs of 2011 and 2021."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ourpatch.foundation.places.actions.boundary_sets import stored_notes
from ourpatch.foundation.places.actions.bulk import Step, chunks, require_loader
from ourpatch.foundation.places.models import LsoaChange, LsoaChangeSet
from ourpatch.foundation.places.reading.rows import LsoaChangeRow
from ourpatch.ground.audit.trail import change
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import Message

OPERATION = "places.load_lsoa_changes"


def load_lsoa_changes(
    *,
    by: Actor,
    rows: Sequence[LsoaChangeRow],
    source: str,
    now: datetime,
    notes: Sequence[Message] = (),
    step: Step | None = None,
) -> tuple[LsoaChangeSet, bool]:
    """Use this lookup from now on; whether that changed anything. Earlier ones stay, and the one in use changes nothing.

    A load that stopped goes on where it stopped. Raises NotAllowed.
    """
    require_loader(by, OPERATION)
    content = _content_of(rows)
    in_use = LsoaChangeSet.objects.complete().first()
    if in_use is not None and in_use.content_sha256 == content:
        return in_use, False
    filling, _new = LsoaChangeSet.objects.get_or_create(
        content_sha256=content, defaults={"source": source[:300], "notes": stored_notes(notes)}
    )
    if filling.loaded_at is None:
        _fill(filling, rows, step)
    with change(by, OPERATION) as audit:
        filling.loaded_at = now
        filling.save(update_fields=["loaded_at"])
        audit.noted("lsoa_changes", [filling.pk], reason=f"{len(rows)} lines, {content}")
    return filling, True


def _fill(filling: LsoaChangeSet, rows: Sequence[LsoaChangeRow], step: Step | None) -> None:
    there = set(filling.changes.values_list("code_2011", "code_2021"))
    for chunk in chunks(row for row in rows if (row.line.code_2011, row.line.code_2021) not in there):
        with transaction.atomic():
            LsoaChange.objects.bulk_create(
                LsoaChange(
                    change_set=filling,
                    code_2011=row.line.code_2011,
                    name_2011=row.name_2011[:120],
                    change=row.line.change.value,
                    code_2021=row.line.code_2021,
                    name_2021=row.name_2021[:120],
                    district_code=row.district_code,
                )
                for row in chunk
            )
        if step:
            step(len(chunk))


def _content_of(rows: Sequence[LsoaChangeRow]) -> str:
    """64 hexadecimal digits of what the lookup says, in whatever order it says it."""
    digest = hashlib.sha256()
    for row in sorted(rows, key=lambda one: (one.line.code_2011, one.line.code_2021)):
        said = (
            row.line.code_2011,
            row.line.code_2021,
            row.line.change,
            row.name_2011,
            row.name_2021,
            row.district_code,
        )
        digest.update("\0".join((*said, "")).encode())
    return digest.hexdigest()
