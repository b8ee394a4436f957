"""The permissions of the incident store."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from ourpatch.data.store import rules
from ourpatch.ground.errors import Problems
from ourpatch.ground.permission.actor import Actor


class Permission(StrEnum):
    """What may be done with recorded data."""

    VIEW = "store.view"
    LOAD = "store.load"
    UNDO = "store.undo"
    SPECIFY = "store.specify"
    """Add a dataset of the partnership's own, revise and retire it."""


def check_held(by: Actor, permission: Permission, partnership_ids: Collection[UUID]) -> Problems:
    """A load changes every partnership it has rows in, so the permission must be held over the whole of each."""
    return rules.check_partnerships(partnership_ids, [each for each in partnership_ids if by.holds(permission, each)])
