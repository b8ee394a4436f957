"""Declaring that nothing comes, naming whom to write to, and reminding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils import translation

from ourpatch.data.duties import letters, queries, rules
from ourpatch.data.duties.models import DataContact, Declaration, DeclarationKind, LedgerStart, Reminder
from ourpatch.data.duties.permissions import Permission
from ourpatch.data.duties.queries import Recipient, Return
from ourpatch.foundation.directory import queries as directory
from ourpatch.foundation.messaging.actions import queue_message
from ourpatch.foundation.messaging.models import Channel
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _

# Returns of these quarters can have a reminder today: the one that runs, and the three before it.
QUARTERS_REMINDED = 4
NOT_YOURS = _(
    "You can speak only for your own organisation here, or for one if you keep the ledger of every partnership it belongs to."
)


def declare_nothing(
    *,
    by: Actor,
    partnership_id: UUID,
    organisation_id: UUID,
    dataset: str,
    start: date,
    said_by: str,
    now: datetime,
    reason: str = "",
) -> Declaration:
    """Take a named person's word that there is nothing to report (or nothing more) for the period that begins on `start`.

    Raises NotAllowed, NotFound, RuleBroken.
    """
    with change(by, "duties.declare_nothing") as audit:
        found = _owed(by, partnership_id, organisation_id, dataset, start, now)
        rules.check_nothing(
            period=found.period, standing=found.standing, said_by=said_by, today=clock.london_date(now)
        ).raise_if_any()
        made = _declared(by, partnership_id, found, DeclarationKind.NOTHING, said_by, reason, now)
        audit.noted(Declaration.KIND, [made.pk], reason=reason.strip())
    return made


def declare_not_held(
    *,
    by: Actor,
    partnership_id: UUID,
    organisation_id: UUID,
    dataset: str,
    start: date,
    reason: str,
    review_on: date,
    said_by: str,
    now: datetime,
) -> Declaration:
    """Take a named person's word that the organisation holds no such data, from the period that begins on `start` until the
    review day. Raises NotAllowed, NotFound, RuleBroken.
    """
    with change(by, "duties.declare_not_held") as audit:
        found = _owed(by, partnership_id, organisation_id, dataset, start, now)
        rules.check_not_held(
            standing=found.standing, reason=reason, review_on=review_on, said_by=said_by, today=clock.london_date(now)
        ).raise_if_any()
        made = _declared(by, partnership_id, found, DeclarationKind.NOT_HELD, said_by, reason, now, review_on)
        audit.noted(Declaration.KIND, [made.pk], reason=reason.strip())
    return made


def withdraw_declaration(*, by: Actor, declaration_id: UUID, reason: str, now: datetime) -> Declaration:
    """Take a declaration back: what it covered is owed again. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "duties.withdraw_declaration") as audit:
        found = Declaration.objects.select_for_update().filter(pk=declaration_id).first()
        if found is None:
            raise NotFound(_("There is no such declaration."))
        _require_for(by, found.partnership_id, found.organisation_id, now)
        rules.check_withdrawal(withdrawn=found.withdrawn_at is not None, reason=reason).raise_if_any()
        found.withdrawn_at, found.withdrawn_by, found.withdrawn_why = now, by.name, reason.strip()
        found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
        audit.noted(Declaration.KIND, [found.pk], reason=reason.strip())
    return found


def set_data_contact(
    *,
    by: Actor,
    partnership_id: UUID,
    organisation_id: UUID,
    name: str,
    email: str,
    version: int,
    now: datetime,
    language: str = "en",
) -> DataContact:
    """Name whom to write to about an organisation's data. `version` is 0 where nobody was named before.

    Raises NotAllowed, NotFound, RuleBroken, Conflict.
    """
    with change(by, "duties.set_data_contact") as audit:
        if not queries.may_name_contact(by, partnership_id, organisation_id):
            raise NotAllowed(NOT_YOURS)
        partnership = _partnership(partnership_id)
        organisation = directory.organisation(organisation_id)
        if not organisation.memberships.filter(partnership=partnership).exists():
            raise NotFound(_("This organisation is not a member of the partnership."))
        rules.check_contact(name=name, email=email).raise_if_any()
        contact = (
            DataContact.objects.select_for_update().filter(partnership=partnership, organisation=organisation).first()
        )
        if (contact.version if contact else 0) != version:
            raise Conflict(
                _("Somebody else changed the data contact while you were working. Look at what is there now.")
            )
        contact = contact or DataContact(partnership=partnership, organisation=organisation, version=0)
        contact.name, contact.email, contact.language = name.strip(), email.strip(), language
        contact.set_at, contact.set_by, contact.version = now, by.name, version + 1
        contact.save()
        audit.noted(DataContact.KIND, [contact.pk], reason=organisation.name)
    return contact


def remind_now(
    *, by: Actor, partnership_id: UUID, organisation_id: UUID, dataset: str, start: date, now: datetime
) -> Reminder:
    """Write to an organisation about one return today; once a day. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "duties.remind_now") as audit:
        by.require(Permission.MANAGE, partnership_id)
        partnership = _partnership(partnership_id)
        found = queries.get_return(partnership, organisation_id, dataset, start, now)
        recipient = queries.recipient_of(partnership_id, found.organisation)
        today = clock.london_date(now)
        rules.check_reminder(
            standing=found.standing, period=found.period, reachable=recipient is not None, today=today
        ).raise_if_any()
        assert recipient is not None
        made = _remind(by, partnership, recipient, [found], today.isoformat(), now)
        if not made:
            raise RuleBroken(_("A reminder of this return has been sent today already."))
        audit.noted(Reminder.KIND, [each.pk for each in made])
    return made[0]


def send_reminders(*, by: Actor, partnership_id: UUID, now: datetime) -> int:
    """Write to every organisation for which today is the day, once for each occasion; returns how many messages. The first time
    begins the partnership's ledger.

    What an organisation owes by the same day goes into one message. Nobody is reminded whom we cannot write to.
    Raises NotAllowed.
    """
    sent = 0
    with change(by, "duties.send_reminders") as audit:
        by.require(Permission.MANAGE, partnership_id)
        partnership = _partnership(partnership_id)
        _begin(partnership, now)
        for (organisation_id, occasion, _due), returns in _to_remind(partnership, now).items():
            recipient = queries.recipient_of(partnership_id, returns[0].organisation)
            made = _remind(by, partnership, recipient, returns, occasion, now) if recipient is not None else []
            if made:
                sent += 1
                audit.noted(Reminder.KIND, [each.pk for each in made], reason=str(organisation_id))
    return sent


def _to_remind(partnership: ServiceArea, now: datetime) -> dict[tuple[UUID, str, date], list[Return]]:
    """The returns that are reminded of today, by organisation, occasion and due day."""
    today = clock.london_date(now)
    present = rules.period_of(today)
    quarters = [present.shifted(-back) for back in range(QUARTERS_REMINDED - 1, -1, -1)]
    occasions = queries.occasions(today)
    found: dict[tuple[UUID, str, date], list[Return]] = defaultdict(list)
    for each in queries.returns_of(partnership, quarters, today, now):
        occasion = rules.occasion_on(each.due, today, occasions)
        is_open = each.standing.owed and not each.standing.complete and each.period.end < today
        if occasion is not None and is_open:
            found[each.organisation.pk, occasion.code, each.due].append(each)
    return found


def _remind(
    by: Actor, partnership: ServiceArea, recipient: Recipient, returns: Sequence[Return], occasion: str, now: datetime
) -> list[Reminder]:
    """One message about several returns of one organisation; those it was reminded of on this occasion are left out."""
    organisation = returns[0].organisation
    reminded = Reminder.objects.filter(partnership=partnership, organisation=organisation, occasion=occasion)
    known = set(reminded.values_list("dataset", "period"))
    new = [each for each in returns if (each.spec.key, each.period.start) not in known]
    if not new:
        return []
    with translation.override(recipient.language):
        letter = letters.reminder(partnership, recipient, new, clock.london_date(now))
    first = new[0]
    message = queue_message(
        by=by,
        key=f"duties {partnership.pk.hex} {organisation.pk.hex[-12:]} {first.spec.key} {first.period.start:%Y%m} {occasion}",
        channel=Channel.EMAIL,
        address=recipient.email,
        subject=letter.subject,
        body=letter.body,
        language=recipient.language,
        partnership_id=partnership.pk,
        now=now,
    )
    made = [
        Reminder(
            partnership=partnership,
            organisation=organisation,
            dataset=each.spec.key,
            period=each.period.start,
            occasion=occasion,
            message_id=message.pk,
            to_name=recipient.name,
            sent_at=now,
            sent_by=by.name,
        )
        for each in new
    ]
    return list(Reminder.objects.bulk_create(made))


def _owed(by: Actor, partnership_id: UUID, organisation_id: UUID, dataset: str, start: date, now: datetime) -> Return:
    _require_for(by, partnership_id, organisation_id, now)
    return queries.get_return(_partnership(partnership_id), organisation_id, dataset, start, now)


def _declared(
    by: Actor,
    partnership_id: UUID,
    found: Return,
    kind: DeclarationKind,
    said_by: str,
    reason: str,
    now: datetime,
    review_on: date | None = None,
) -> Declaration:
    return Declaration.objects.create(
        partnership_id=partnership_id,
        organisation=found.organisation,
        dataset=found.spec.key,
        kind=kind,
        period=found.period.start,
        reason=reason.strip(),
        review_on=review_on,
        said_by=said_by.strip(),
        declared_at=now,
        declared_by=by.name,
    )


def _require_for(by: Actor, partnership_id: UUID, organisation_id: UUID, now: datetime) -> None:
    if not queries.may_declare(by, partnership_id, organisation_id, clock.london_date(now)):
        raise NotAllowed(NOT_YOURS)


def _begin(partnership: ServiceArea, now: datetime) -> None:
    """The first morning of a partnership is the day on which its ledger begins."""
    LedgerStart.objects.get_or_create(partnership=partnership, defaults={"on": clock.london_date(now)})


def _partnership(partnership_id: UUID) -> ServiceArea:
    """The partnership, held until the change is done: what is checked of a return stays so until it is written.

    Raises NotFound.
    """
    places = ServiceArea.objects.select_for_update(no_key=True)
    found = places.filter(pk=partnership_id, kind=ServiceAreaKind.PARTNERSHIP).first()
    if found is None:
        raise NotFound(_("There is no such partnership."))
    return found
