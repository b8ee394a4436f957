"""What a message says when it leaves the building: in the person's language, safe on a shared telephone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from ourpatch.access.concerns.models import Concern, Contact, Exchange
from ourpatch.ground.clock import LONDON


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject that gives nothing away, and a body."""

    subject: str
    body: str


def to_person(concern: Concern, contact: Contact, exchange: Exchange) -> Letter:
    """The message to the person who raised it: with the words of the reply, or discreet and without them."""
    with override(concern.language):
        subject = _("Your reference %(reference)s") % {"reference": concern.reference}
        tell = _discreet if contact.discreet or contact.channel == "sms" else _whole
        return Letter(subject, tell(concern, exchange))


def to_owner(concern: Concern) -> Letter:
    """The notice to whoever owns it: which one and by when, never what was said. In both languages."""
    return _in_both(
        lambda: Letter(
            _("%(reference)s is yours") % {"reference": concern.reference},
            _("You are now looking after %(reference)s. A meaningful reply is due by %(due)s. Sign in to read it.")
            % {"reference": concern.reference, "due": _moment(concern.reply_due_at)},
        )
    )


def about_care(concern: Concern) -> Letter:
    """The notice to a supervisor that somebody may be at more risk than the matter itself suggests."""
    return _in_both(
        lambda: Letter(
            _("%(reference)s needs care") % {"reference": concern.reference},
            _(
                "Whoever raised %(reference)s may be at more risk than the matter suggests. %(owner)s has it. Sign in to look."
            )
            % {"reference": concern.reference, "owner": concern.owner.name},
        )
    )


def about_broken_promise(concern: Concern) -> Letter:
    """The notice to a supervisor that a promise to a person was not kept."""
    return _in_both(
        lambda: Letter(
            _("%(reference)s is overdue") % {"reference": concern.reference},
            _("A word was promised by %(due)s about %(reference)s. %(owner)s has it. Sign in to put it right.")
            % {"reference": concern.reference, "owner": concern.owner.name, "due": _moment(concern.due_at)},
        )
    )


def _whole(concern: Concern, exchange: Exchange) -> str:
    lines = [exchange.text]
    if exchange.news_on:
        lines.append(_("You will hear from us again by %(day)s.") % {"day": date_format(exchange.news_on, "j F Y")})
    lines.append(_("To answer, or to read everything so far, use your code on our website."))
    return "\n\n".join(lines)


def _discreet(concern: Concern, exchange: Exchange) -> str:
    return _("There is a message for you about %(reference)s. Use your code on our website to read it.") % {
        "reference": concern.reference
    }


def _in_both(write: Callable[[], Letter]) -> Letter:
    with override("en"):
        english = write()
    with override("cy"):
        welsh = write()
    if welsh == english:
        return english
    return Letter(f"{english.subject} / {welsh.subject}", f"{english.body}\n\n{welsh.body}")


def _moment(instant: datetime | None) -> str:
    return date_format(localtime(instant, LONDON), "j F Y, H:i") if instant else ""
