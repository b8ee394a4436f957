"""What a "you said, we did" needs before everybody reads it. Sources: guide-1 C19 (told even when it has not worked), C40."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

TITLE_LONGEST = 120
# Marks of a person in text that everybody will read: an e-mail address, a telephone number, a street with a house number.
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
_TELEPHONE = re.compile(r"(?<!\d)(?:\+44|0)[ -]?\d(?:[ -]?\d){8,9}(?!\d)")
_ADDRESS = re.compile(
    r"\b\d{1,4}[a-zA-Z]?,? [A-Z][a-z]+ (?:Road|Street|Avenue|Close|Lane|Drive|Way|Court|Crescent|Place)\b"
)


class State(StrEnum):
    """Where an answer stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


def check_answer(
    *,
    title: str,
    said: str,
    did: str,
    outcome: str,
    outcomes: tuple[str, ...],
    not_done: str,
    welsh: Mapping[str, str],
) -> Problems:
    """An answer says what was raised, what was done and what came of it; what was not done says why.

    No text of it, nor of its `welsh` (field name -> text), points to a person or a home.
    """
    english = {"title": title, "said": said, "did": did, "not_done": not_done}
    failed = outcome in ("no_change", "not_done")
    return Problems.collect(
        [
            None if title.strip() else ("title", _("Give the answer a short title.")),
            *(_too_long(name, {**english, **welsh}.get(name, "")) for name in ("title", "title_cy")),
            None if said.strip() else ("said", _("Say what people raised.")),
            None if did.strip() else ("did", _("Say what was done, or that nothing was.")),
            None if outcome in outcomes else ("outcome", _("Choose what came of it.")),
            ("not_done", _("Say what was not done or did not work, and why."))
            if failed and not not_done.strip()
            else None,
            *(_personal(name, text) for name, text in {**english, **welsh}.items()),
        ]
    )


def letter(did: str, not_done: str) -> str:
    """What each person behind a problem is told when an answer to it is published."""
    return "\n\n".join(part.strip() for part in (did, not_done) if part.strip())


def check_letters(*, english: str, welsh: str, shortest: int) -> Problems:
    """What goes to each person is long enough to be an answer to them, in each language that it is written in."""
    more = _("This goes to each person who raised it. Say a little more: what was done and what came of it.")
    return Problems.collect(
        [
            ("did", more) if 0 < len(english) < shortest else None,
            ("did_cy", more) if 0 < len(welsh) < shortest else None,
        ]
    )


def check_publish(*, state: State, wants_welsh: bool, has_welsh: bool) -> Problems:
    """Only a draft is published; in Wales not without its Welsh."""
    return Problems.collect(
        [
            None if state == State.DRAFT else ("", _("This answer is already published or withdrawn.")),
            ("said_cy", _("In Wales an answer is published in Welsh too.")) if wants_welsh and not has_welsh else None,
        ]
    )


def check_belongs(*, same_partnership: bool, same_neighbourhood: bool) -> Problems:
    """An answer is read where the plan, the priority and the problem behind it belong."""
    return Problems.collect(
        [
            None
            if same_partnership and same_neighbourhood
            else ("neighbourhood", _("What this answers belongs to another neighbourhood. Choose that one."))
        ]
    )


def check_withdraw(*, state: State, reason: str) -> Problems:
    """Only what is published is withdrawn, and with a reason."""
    return Problems.collect(
        [
            None if state == State.PUBLISHED else ("", _("Only a published answer is withdrawn.")),
            None if reason.strip() else ("reason", _("Say why it is withdrawn.")),
        ]
    )


def _too_long(name: str, text: str) -> tuple[str, Message] | None:
    if len(text) <= TITLE_LONGEST:
        return None
    return name, _("Shorten the title to %(most)s letters.", most=TITLE_LONGEST)


def _personal(field: str, text: str) -> tuple[str, Message] | None:
    """What points to one person or home does not belong in what everybody reads."""
    if _EMAIL.search(text) or _TELEPHONE.search(text):
        return field, _("Take out the e-mail address or telephone number: everybody will read this.")
    if _ADDRESS.search(text):
        return field, _("Take out the house number: everybody will read this.")
    return None
