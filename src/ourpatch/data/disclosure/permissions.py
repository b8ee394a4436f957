"""The permissions of disclosure. Reading a release needs none: a release is public."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with releases."""

    MAKE = "releases.make"
    ASK_CONTROLLED = "releases.ask_controlled"
    """Ask questions of controlled datasets, for a purpose that is written down; small numbers are hidden all the same."""
