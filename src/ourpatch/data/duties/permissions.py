"""The permissions of the duty ledger."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with the ledger of who owes which data."""

    VIEW = "duties.view"
    """See what every member of the partnership owes and sent."""
    DECLARE = "duties.declare"
    """Say for one's own organisation that there is nothing to report, or that it holds no such data; see its own rows."""
    MANAGE = "duties.manage"
    """Remind, name data contacts and declare, for any member."""
