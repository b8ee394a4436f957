"""The permissions of published answers."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with published answers."""

    VIEW = "publishing.view"
    WRITE = "publishing.write"
    PUBLISH = "publishing.publish"
