"""Who may be invited and which roles may be given. Source: features F6."""

from __future__ import annotations

import re
from datetime import date

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import say as _

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


def check_invitation(*, email: str, email_is_taken: bool, has_account: bool, in_post: bool) -> Problems:
    """An invitation goes to one working address of a person in post who has no account yet."""
    return Problems.collect(
        [
            None if _EMAIL.match(email.strip()) else ("email", _("Give an e-mail address like name@example.org.")),
            ("email", _("Somebody signs in with this address already. Give another.")) if email_is_taken else None,
            ("", _("This person has an account already. Give them a role instead.")) if has_account else None,
            None
            if in_post
            else ("", _("This person has left the post. Enter their successor in the directory first.")),
        ]
    )


def check_grant(*, role_exists: bool, is_own: bool, from_on: date, until: date | None) -> Problems:
    """Nobody gives a role to themselves, and a role does not end before it begins."""
    return Problems.collect(
        [
            None if role_exists else ("role", _("Choose a role from the list.")),
            ("", _("You cannot give a role to yourself. Ask another administrator.")) if is_own else None,
            ("until", _("The last day is before the first day.")) if until is not None and until < from_on else None,
        ]
    )
