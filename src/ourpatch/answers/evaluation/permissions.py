"""The permissions of evaluations."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with evaluations."""

    VIEW = "evaluation.view"
    MAKE = "evaluation.make"
