"""What a person may be allowed to do with places. Where an area lies is public; changing it is the administrator's."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """Permissions of this room; none of its records is personal."""

    VIEW = "places.view"
    LOAD = "places.load"
