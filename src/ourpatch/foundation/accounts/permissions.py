"""The permissions of accounts."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with accounts, roles and the tokens of organisations."""

    VIEW = "accounts.view"
    INVITE = "accounts.invite"
    GRANT_ROLES = "accounts.grant_roles"
    EXPLAIN = "accounts.explain"
    MANAGE_TOKENS = "accounts.manage_tokens"
