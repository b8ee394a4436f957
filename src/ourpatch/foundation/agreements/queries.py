"""Reading agreements: what permits a share, and why not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ourpatch.foundation.agreements import rules
from ourpatch.foundation.agreements.models import Agreement
from ourpatch.foundation.agreements.permissions import Permission
from ourpatch.foundation.directory import queries as directory
from ourpatch.ground import clock
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import Message


def live_agreement(partnership_id: UUID, purpose: str, organisation_ids: Iterable[UUID], on: date) -> Agreement | None:
    """The agreement that permits these organisations to share for this purpose on this day, or None.

    Of several, the one that runs longest.
    """
    wanted = frozenset(organisation_ids)
    found = _of_partnership(partnership_id).filter(purpose=purpose).order_by("-until", "id")
    return next((each for each in found if terms_of(each).permits(purpose, wanted, on)), None)


def why_not(partnership_id: UUID, purpose: str, organisation_ids: Iterable[UUID], on: date) -> Message:
    """What is missing before these organisations may share for this purpose, in one sentence."""
    terms = [terms_of(each) for each in _of_partnership(partnership_id)]
    return rules.why_not(terms, purpose, directory.names_of_organisations(organisation_ids), on)


def list_agreements(by: Actor) -> QuerySet[Agreement]:
    """The agreements of the actor's partnerships, the ones that run longest first. Raises NotAllowed."""
    by.require(Permission.VIEW)
    partnerships = [grant.partnership_id for grant in by.scopes(Permission.VIEW)]
    found = Agreement.objects.filter(partnership__in=partnerships).select_related("partnership")
    return found.prefetch_related("signatures__organisation").order_by("-until", "title", "id")


def get_agreement(by: Actor, agreement_id: UUID) -> Agreement:
    """One agreement of the actor's partnerships, or NotFound. Raises NotAllowed."""
    agreement = list_agreements(by).filter(pk=agreement_id).first()
    if agreement is None:
        raise NotFound(_("There is no such agreement."))
    return agreement


def end_of(agreement: Agreement) -> datetime:
    """The instant (UTC) at which the agreement's last day in London is over."""
    return clock.end_of_day(agreement.until)


def terms_of(agreement: Agreement) -> rules.Terms:
    """An agreement as the rules read it."""
    return rules.Terms(
        title=agreement.title,
        purpose=agreement.purpose,
        from_on=agreement.from_on,
        until=agreement.until,
        ended_on=agreement.ended_on,
        signed_by=frozenset(signature.organisation_id for signature in agreement.signatures.all()),
    )


def _of_partnership(partnership_id: UUID) -> QuerySet[Agreement]:
    return Agreement.objects.filter(partnership_id=partnership_id).prefetch_related("signatures")
