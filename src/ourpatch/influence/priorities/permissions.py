"""The permissions of priorities."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with priorities."""

    VIEW = "priorities.view"
    PROPOSE = "priorities.propose"
    CHOOSE = "priorities.choose"
    REVIEW = "priorities.review"
