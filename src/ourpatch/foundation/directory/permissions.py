"""The permissions of the directory. Its rows hold working contacts only, so they are not protected records."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with the directory."""

    VIEW = "directory.view"
    VERIFY = "directory.verify"
    MANAGE = "directory.manage"
