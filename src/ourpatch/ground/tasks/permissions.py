"""The permissions of tasks."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with tasks."""

    VIEW = "tasks.view"
    GIVE = "tasks.give"
    WORK = "tasks.work"
