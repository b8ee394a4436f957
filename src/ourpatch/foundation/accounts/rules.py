"""Who may be invited, which roles may be given, and what a token of an organisation may be. Source: features F6, X5."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import say as _

# A year holds every quarter's delivery once; a secret that nobody has renewed for longer is one that nobody looks after.
LONGEST_TOKEN = timedelta(days=366)
# Known by its beginning, so that a secret left in a file or a message can be found and taken back.
_BEGINNING = "ourpatch"
_PREFIX_BYTES = 5
_SECRET_BYTES = 32

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_SECRET = re.compile(rf"(?P<prefix>{_BEGINNING}_[0-9a-f]{{{2 * _PREFIX_BYTES}}})_[A-Za-z0-9_-]{{43}}")


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


@dataclass(frozen=True, slots=True)
class Secret:
    """A token's secret as it is shown once, and what is kept of it."""

    text: str
    prefix: str
    sha256: str


def new_secret() -> Secret:
    """A fresh secret of 256 random bits, with a prefix that may be shown."""
    prefix = f"{_BEGINNING}_{secrets.token_hex(_PREFIX_BYTES)}"
    text = f"{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    return Secret(text, prefix, secret_digest(text))


def secret_prefix(text: str) -> str:
    """The prefix that a secret begins with; empty when it is none of ours."""
    found = _SECRET.fullmatch(text)
    return found["prefix"] if found else ""


def secret_digest(text: str) -> str:
    """SHA-256 in hexadecimal. Unkeyed and quick on purpose: 256 random bits cannot be guessed from their digest."""
    return hashlib.sha256(text.encode()).hexdigest()


def check_token(
    *,
    name: str,
    name_is_taken: bool,
    permissions: Collection[str],
    allowed: Collection[str],
    is_member_of_all: bool,
    partnerships: int,
    last_day: date,
    today: date,
) -> Problems:
    """A token has a name of its own, carries only what tokens may, acts where its organisation belongs, and expires."""
    return Problems.collect(
        [
            None if name.strip() else ("name", _("Say which program or system will use the token.")),
            ("name", _("This organisation has a token of this name already. Give another, or revoke that one first."))
            if name_is_taken
            else None,
            None
            if permissions and set(permissions) <= set(allowed)
            else ("permissions", _("Choose what the token may be used for.")),
            None if partnerships else ("partnership_ids", _("Choose the partnership it may be used in.")),
            None
            if is_member_of_all
            else ("organisation_id", _("This organisation does not belong to the partnership today.")),
            _last_day(last_day, today),
        ]
    )


def _last_day(last_day: date, today: date) -> tuple[str, object] | None:
    if last_day < today:
        return ("last_day", _("The last day is in the past."))
    if last_day > today + LONGEST_TOKEN:
        return ("last_day", _("A token lasts a year at most. Choose an earlier day and make a new one before then."))
    return None
