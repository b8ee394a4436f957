"""Made-up rows and submissions for tests of every room that reads the store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pyarrow as pa

from ourpatch.data.store import actions, files
from ourpatch.data.store.actions import Received
from ourpatch.data.store.models import Submission
from ourpatch.data.store.permissions import Permission
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.ground.permission.actor import Actor

JANUARY = date(2026, 1, 1)
NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)

PLAIN: dict[str, Any] = {
    "row_number": 2,
    "source_reference": None,
    "starts_at": None,
    "ends_at": None,
    "local_date": JANUARY,
    "local_hour": None,
    "time_precision": "month",
    "easting": 350_000.0,
    "northing": 430_000.0,
    "place_precision": "snapped",
    "place": "On or near High Street",
    "ward": "",
    "lsoa": "",
    "district": "",
    "neighbourhood": "",
    "publisher_lsoa": "",
    "category": "burglary",
    "scheme": "police-uk",
    "outcome": "",
    "n": 1,
}


def rows(described: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the store from what matters about each; the rest is plain."""
    return [{**PLAIN, "row_number": number, **each} for number, each in enumerate(described, 2)]


def table(described: Iterable[Mapping[str, Any]]) -> pa.Table:
    """The same as a table."""
    return pa.Table.from_pylist(rows(described), schema=files.ROW)


def loader(*partnership_ids: UUID) -> Actor:
    """A job that may load and undo."""
    return Actor.job("test loader", [Permission.VIEW, Permission.LOAD, Permission.UNDO], partnership_ids)


def received(month: date, described: Iterable[Mapping[str, Any]], **changes: Any) -> Received:
    """What a supplier sent; its content is its rows."""
    listed = list(described)
    current = actions.in_use(POLICE_UK, changes.get("supplier", "lancashire"), month)
    facts: dict[str, Any] = {
        "dataset": POLICE_UK,
        "supplier": "lancashire",
        "period": month,
        "filename": f"{month:%Y-%m}-lancashire-street.csv",
        "content_sha256": hashlib.sha256(repr(listed).encode()).hexdigest(),
        "geography": "test",
        "rows_read": len(listed),
        "rows_without_place": 0,
        "counts": {},
        "set_aside": (),
        "partnership_ids": frozenset(),
        "replaces": current.pk if current else None,
        **changes,
    }
    return Received(**facts)


def load(
    described: Iterable[Mapping[str, Any]],
    month: date = JANUARY,
    by: Actor | None = None,
    now: datetime = NOW,
    **changes: Any,
) -> Submission:
    """Put rows of one month into the store."""
    listed = [{"local_date": month, **each} for each in described]
    staged = files.stage(table(listed), month)
    partnerships = changes.get("partnership_ids", frozenset())
    by = by or loader(*(partnerships or [UUID(int=1)]))
    return actions.commit_submission(by=by, received=received(month, listed, **changes), staged=[staged], now=now)
