"""Telling those who may decide about a held file that there is one: where it came from, never what it holds."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from ourpatch.data.exchange.models import Delivery
from ourpatch.data.exchange.permissions import Permission, lets_through, partnerships_of
from ourpatch.data.store import catalogue
from ourpatch.foundation.accounts import queries as accounts
from ourpatch.foundation.accounts.actors import actor_for
from ourpatch.foundation.accounts.models import User
from ourpatch.foundation.messaging.actions import Draft, queue_messages
from ourpatch.foundation.messaging.models import Channel
from ourpatch.ground import clock
from ourpatch.ground.permission.actor import Actor


def tell_who_may_let_through(by: Actor, delivery: Delivery, now: datetime) -> int:
    """Queue one message about a held delivery to each person who may let it through, in their language; the same delivery held
    again is not told again. Returns how many are new.

    Where nobody may, since no one has the role in every partnership of the sender, those who have it in one of them are told.
    """
    today = clock.london_date(now)
    partnerships = partnerships_of(delivery.organisation_id, today)
    known = _officers(partnerships, today)
    deciding = [each for each in known if lets_through(each[1], delivery.organisation_id, today)]
    drafts = [
        _draft(delivery, user, _within(officer, partnerships), decides=bool(deciding))
        for user, officer in deciding or known
    ]
    return queue_messages(by=by, drafts=drafts, now=now)


def _officers(partnerships: frozenset[UUID], on: date) -> list[tuple[User, Actor]]:
    """Who has a role that lets through in one of these partnerships."""
    roles = [role.code for role in accounts.roles() if Permission.LET_THROUGH in role.permissions]
    found = {user.pk: user for role in roles for user in accounts.users_with_role(role, partnerships, on)}
    actors = [(user, actor_for(user, on=on)) for user in found.values()]
    return [(user, officer) for user, officer in actors if officer.holds(Permission.LET_THROUGH)]


def _within(officer: Actor, partnerships: frozenset[UUID]) -> UUID:
    """The partnership in whose outbox the message to an officer stands."""
    held = (grant.partnership_id for grant in officer.scopes(Permission.LET_THROUGH))
    return next(each for each in held if each in partnerships)


def _draft(delivery: Delivery, user: User, partnership_id: UUID, *, decides: bool) -> Draft:
    with translation.override(user.language):
        words = {
            "receipt": delivery.receipt,
            "sender": delivery.organisation.name,
            "dataset": str(catalogue.dataset(delivery.dataset).label),
        }
        paragraphs = [
            _("%(sender)s sent a file of %(dataset)s that may identify somebody. Nothing of it was loaded.") % words,
            _("To decide about it, sign in to Ourpatch, open Data and then What was sent, and choose %(receipt)s.")
            % words
            if decides
            else _(
                "Nobody has the role to let it through in every partnership that the sender belongs to. Ask the sender "
                "for a clean file, or the administrators for the role. The receipt is %(receipt)s."
            )
            % words,
            _("It is nearly always better to ask the sender for a clean file than to let this one through."),
        ]
        return Draft(
            key=f"held {delivery.pk.hex} {user.pk.hex}",
            channel=Channel.EMAIL,
            address=user.email,
            subject=_("A file is held: %(receipt)s") % words,
            body="\n\n".join(paragraphs),
            language=user.language,
            partnership_id=partnership_id,
        )
