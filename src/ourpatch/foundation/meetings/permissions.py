"""The permissions of meetings."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with forums and their meetings."""

    VIEW = "meetings.view"
    MAKE_FORUM = "meetings.make_forum"
    PLAN = "meetings.plan"
    RECORD = "meetings.record"
