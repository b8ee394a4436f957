"""Bulk: the permission first, then chunks of at most 500 rows, each a transaction, and somebody told after each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from ourpatch.foundation.places.permissions import Permission
from ourpatch.ground.audit.trail import change
from ourpatch.ground.permission.actor import Actor

CHUNK = 500
Item = TypeVar("Item")
Step = Callable[[int], None]
"""Called after each chunk with the number of rows just done."""


def require_loader(by: Actor, operation: str) -> None:
    """Raise NotAllowed, and write the attempt to the audit, unless the actor may load boundaries.

    Boundaries are one for a whole installation, and so is this permission.
    """
    with change(by, operation):
        by.require(Permission.LOAD)


def chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """At most 500 at a time, as they come."""
    coming = iter(items)
    while chunk := list(islice(coming, CHUNK)):
        yield chunk
