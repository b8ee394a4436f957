"""The permissions of problem-solving plans."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with problem-solving plans."""

    VIEW = "problems.view"
    MAKE = "problems.make"
    WORK = "problems.work"
    REVIEW = "problems.review"
    CLOSE = "problems.close"
    VIEW_NOTES = "problems.view_notes"
    WRITE_NOTES = "problems.write_notes"
