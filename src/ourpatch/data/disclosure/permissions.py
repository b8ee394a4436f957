"""The permissions of disclosure. Reading a release needs none: a release is public."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with releases."""

    MAKE = "releases.make"
