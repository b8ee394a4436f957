"""The permissions of the yearly cycle."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with the partnership's year."""

    VIEW = "cycle.view"
    RECORD = "cycle.record"
