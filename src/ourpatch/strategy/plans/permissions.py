"""The permissions of partnership plans."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with partnership plans."""

    VIEW = "plans.view"
    EDIT = "plans.edit"
    PUBLISH = "plans.publish"
