"""The permissions of neighbourhood profiles."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with profiles."""

    VIEW = "profiles.view"
    EDIT = "profiles.edit"
