"""The permissions of studies."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with studies. Running one also asks for the permission to see its dataset."""

    VIEW = "studies.view"
    RUN = "studies.run"
    SHARE = "studies.share"
