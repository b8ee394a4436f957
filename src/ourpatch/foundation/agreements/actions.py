"""Making, signing and ending agreements."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from ourpatch.foundation.agreements import queries, rules
from ourpatch.foundation.agreements.models import Agreement, Purpose, Signature
from ourpatch.foundation.agreements.permissions import Permission
from ourpatch.foundation.directory import queries as directory
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission import sharing
from ourpatch.ground.permission.actor import Actor, Level
from ourpatch.ground.permission.models import Protected, Share
from ourpatch.ground.permission.sharing import withdraw_for_agreement


def make_agreement(
    *,
    by: Actor,
    partnership_id: UUID,
    title: str,
    purpose: Purpose,
    lawful_basis: str,
    from_on: date,
    until: date,
    review_on: date,
    now: datetime,
) -> Agreement:
    """Set up an agreement for the parties to sign; unsigned it permits nothing. Raises NotAllowed, RuleBroken."""
    with change(by, "agreements.make_agreement") as audit:
        by.require(Permission.MAKE, partnership_id, partnership_id)
        rules.check_terms(
            title=title, lawful_basis=lawful_basis, from_on=from_on, until=until, review_on=review_on
        ).raise_if_any()
        agreement = Agreement.objects.create(
            title=title.strip(),
            partnership_id=partnership_id,
            purpose=purpose,
            lawful_basis=lawful_basis.strip(),
            from_on=from_on,
            until=until,
            review_on=review_on,
        )
        audit.noted("agreement", [agreement.pk])
    return agreement


def sign(*, by: Actor, agreement_id: UUID, organisation_id: UUID, signed_by: str, now: datetime) -> Signature:
    """Note that an organisation has signed; the signature that is there already is returned.

    People sign for their own organisation; the command line for any. Raises NotAllowed, NotFound, RuleBroken.
    """
    with change(by, "agreements.sign") as audit:
        agreement = _locked(agreement_id)
        by.require(Permission.SIGN, agreement.partnership_id)
        if not by.acts_for_partnership and by.organisation_id != organisation_id:
            raise NotAllowed(_("You can only sign for your own organisation."))
        organisation = directory.organisation(organisation_id)
        today = clock.london_date(now)
        rules.check_signature(name=signed_by, terms=queries.terms_of(agreement), on=today).raise_if_any()
        signature, is_new = Signature.objects.get_or_create(
            agreement=agreement,
            organisation=organisation,
            defaults={"signed_on": today, "signed_by": signed_by.strip()},
        )
        if is_new:
            audit.noted("agreement", [agreement.pk], reason=organisation.name)
    return signature


def end_agreement(*, by: Actor, agreement_id: UUID, reason: str, now: datetime) -> Agreement:
    """End an agreement today, and with it every share that rests on it. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "agreements.end_agreement") as audit:
        agreement = _locked(agreement_id)
        by.require(Permission.END, agreement.partnership_id, agreement.partnership_id)
        rules.check_end(terms=queries.terms_of(agreement), reason=reason).raise_if_any()
        agreement.ended_on = clock.london_date(now)
        agreement.save(update_fields=["ended_on"])
        ended = withdraw_for_agreement(agreement.pk, now)
        audit.noted("agreement", [agreement.pk], reason=f"{reason.strip()} ({ended} shares ended)")
    return agreement


def end_lapsed_shares(*, by: Actor, now: datetime) -> int:
    """End every share whose agreement's last day is past; returns how many ended. Raises NotAllowed."""
    with change(by, "agreements.end_lapsed_shares") as audit:
        by.require(Permission.END)
        lapsed = Agreement.objects.filter(until__lt=clock.london_date(now))
        ended = {agreement.pk: withdraw_for_agreement(agreement.pk, now) for agreement in lapsed}
        stopped = [agreement_id for agreement_id, shares in ended.items() if shares]
        if stopped:
            audit.noted("agreement", stopped, reason=f"{sum(ended.values())} shares ended")
    return sum(ended.values())


def share_record(
    *, by: Actor, record: Protected, to_organisation_id: UUID, purpose: str, level: Level, now: datetime
) -> Share:
    """Let another organisation see a record, under the agreement that both it and the controller have signed.

    The caller has checked that `by` may share this record. The share ends with the agreement's last day.
    Raises RuleBroken, which says what is missing.
    """
    with change(by, "agreements.share_record") as audit:
        today = clock.london_date(now)
        parties = (record.controller_id, to_organisation_id)
        agreement = queries.live_agreement(record.partnership_id, purpose, parties, today)
        if agreement is None:
            raise RuleBroken(queries.why_not(record.partnership_id, purpose, parties, today))
        made = sharing.share(
            record,
            to_organisation_id=to_organisation_id,
            agreement_id=agreement.pk,
            purpose=purpose,
            level=level,
            now=now,
            until=queries.end_of(agreement),
        )
        audit.disclosed(record, [to_organisation_id], reason=f"{purpose}, {agreement.title}")
    return made


def _locked(agreement_id: UUID) -> Agreement:
    agreement = Agreement.objects.select_for_update().filter(pk=agreement_id).first()
    if agreement is None:
        raise NotFound(_("There is no such agreement."))
    return agreement
