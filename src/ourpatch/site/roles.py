"""Roles: small named sets of the rooms' permissions. Each says in a sentence who holds it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.accounts.actors import PUBLIC_ROLE, ROLES, Role


def register() -> None:
    """Put every role where accounts looks for it."""
    for place, role in enumerate((PUBLIC,)):
        ROLES.add(role.code, role, order=place)


PUBLIC = Role(
    PUBLIC_ROLE,
    _("Member of the public"),
    _("Everybody, without signing in: raise a concern, ask the team, follow up what they raised."),
    frozenset(),
)
