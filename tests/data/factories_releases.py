"""Choices of what is published, for tests of every room that reads releases."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from ourpatch.data.disclosure.actions import choose_publishing
from ourpatch.data.disclosure.models import Detail, Publishing
from ourpatch.data.disclosure.permissions import Permission
from ourpatch.data.disclosure.queries import publishing_of
from ourpatch.ground.permission.actor import Actor

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def publisher(*partnership_ids: UUID) -> Actor:
    """Who may choose and make releases."""
    return Actor.job("test publisher", [Permission.MAKE], partnership_ids)


def choose(
    partnership_id: UUID, detail: Detail = Detail.NEIGHBOURHOODS, rounded_to: int | None = None, now: datetime = NOW
) -> Publishing:
    """What is to be published, whatever was chosen before."""
    before = publishing_of(partnership_id)
    if (before.detail, before.rounded_to) == (detail, rounded_to):
        return before
    return choose_publishing(
        by=publisher(partnership_id),
        partnership_id=partnership_id,
        detail=detail,
        rounded_to=rounded_to,
        replaces=before.seen_as,
        now=now,
    )
