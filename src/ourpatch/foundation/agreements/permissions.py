"""The permissions of agreements."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with agreements. Every member may read what is agreed in its partnership."""

    VIEW = "agreements.view"
    MAKE = "agreements.make"
    SIGN = "agreements.sign"
    END = "agreements.end"
