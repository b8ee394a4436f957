"""The permissions of teams."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with teams. What a team shows is public; these are about the workspace."""

    VIEW = "teams.view"
    EDIT = "teams.edit"
