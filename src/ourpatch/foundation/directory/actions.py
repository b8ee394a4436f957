"""Changing the directory."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from ourpatch.foundation.directory import queries, rules
from ourpatch.foundation.directory.models import Duty, Membership, Organisation, OrganisationKind, Person, Sector
from ourpatch.foundation.directory.permissions import Permission
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound
from ourpatch.ground.permission.actor import Actor


def add_organisation(
    *,
    by: Actor,
    name: str,
    kind: OrganisationKind,
    sector: Sector,
    now: datetime,
    name_cy: str = "",
    services: str = "",
    public_email: str = "",
    public_telephone: str = "",
    website: str = "",
) -> Organisation:
    """Enter a body that takes part. Raises NotAllowed, RuleBroken."""
    with change(by, "directory.add_organisation") as audit:
        by.require(Permission.MANAGE)
        taken = Organisation.objects.filter(name__iexact=name.strip()).exists()
        rules.check_organisation(
            name=name, name_is_taken=taken, email=public_email, telephone=public_telephone
        ).raise_if_any()
        organisation = Organisation.objects.create(
            name=name.strip(),
            name_cy=name_cy.strip(),
            kind=kind,
            sector=sector,
            services=services.strip(),
            public_email=public_email.strip(),
            public_telephone=public_telephone.strip(),
            website=website.strip(),
        )
        audit.noted("organisation", [organisation.pk])
    return organisation


def add_membership(
    *, by: Actor, organisation_id: UUID, partnership_id: UUID, duty: Duty, from_on: date, now: datetime
) -> Membership:
    """Give an organisation its place in a partnership; one that is there already is returned. Raises NotAllowed, NotFound."""
    with change(by, "directory.add_membership") as audit:
        by.require(Permission.MANAGE, partnership_id, partnership_id)
        organisation = queries.organisation(organisation_id)
        live = Membership.objects.filter(organisation=organisation, partnership_id=partnership_id, until__isnull=True)
        membership = live.first()
        if membership is None:
            membership = Membership.objects.create(
                organisation=organisation, partnership_id=partnership_id, duty=duty, from_on=from_on
            )
            audit.noted("organisation", [organisation.pk], reason=f"{duty}")
    return membership


def end_membership(*, by: Actor, membership_id: UUID, until: date, now: datetime) -> Membership:
    """Say on which day an organisation's membership ends. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "directory.end_membership") as audit:
        membership = Membership.objects.select_for_update().filter(pk=membership_id).first()
        if membership is None:
            raise NotFound(_("There is no such membership."))
        by.require(Permission.MANAGE, membership.partnership_id, membership.partnership_id)
        rules.check_span(from_on=membership.from_on, until=until).raise_if_any()
        membership.until = until
        membership.save(update_fields=["until"])
        audit.noted("organisation", [membership.organisation_id])
    return membership


def add_person(
    *,
    by: Actor,
    organisation_id: UUID,
    name: str,
    title: str,
    now: datetime,
    from_on: date | None = None,
    title_cy: str = "",
    email: str = "",
    telephone: str = "",
    languages: str = "",
) -> Person:
    """Enter a person in their working role, confirmed today. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "directory.add_person") as audit:
        organisation = queries.organisation(organisation_id)
        _require_for(by, Permission.MANAGE, organisation.pk, now)
        rules.check_person(name=name, title=title, email=email, telephone=telephone).raise_if_any()
        person = Person.objects.create(
            name=name.strip(),
            title=title.strip(),
            title_cy=title_cy.strip(),
            organisation=organisation,
            email=email.strip(),
            telephone=telephone.strip(),
            languages=languages.strip(),
            from_on=from_on or clock.london_date(now),
            verified_on=clock.london_date(now),
        )
        audit.noted("person", [person.pk])
    return person


def change_contact(
    *, by: Actor, person_id: UUID, version: int, title: str, email: str, telephone: str, languages: str, now: datetime
) -> Person:
    """Correct how a person is reached; who corrects a contact has confirmed it.

    Raises NotAllowed, NotFound, Conflict, RuleBroken.
    """
    with change(by, "directory.change_contact") as audit:
        person = _locked(by, Permission.MANAGE, person_id, now)
        if person.version != version:
            raise Conflict(
                _("Somebody else changed this contact while you were working. Look at it again, then choose.")
            )
        rules.check_person(name=person.name, title=title, email=email, telephone=telephone).raise_if_any()
        person.title, person.email = title.strip(), email.strip()
        person.telephone, person.languages = telephone.strip(), languages.strip()
        person.verified_on = clock.london_date(now)
        person.version += 1
        person.save()
        audit.noted("person", [person.pk])
    return person


def verify_contact(*, by: Actor, person_id: UUID, now: datetime) -> Person:
    """Say that a contact is right as it stands. Raises NotAllowed, NotFound."""
    with change(by, "directory.verify_contact") as audit:
        person = _locked(by, Permission.VERIFY, person_id, now)
        person.verified_on = clock.london_date(now)
        person.save(update_fields=["verified_on"])
        audit.noted("person", [person.pk])
    return person


def leave_post(*, by: Actor, person_id: UUID, until: date, now: datetime) -> Person:
    """Say on which day a person leaves their post: from the next day on they hold no role.

    Raises NotAllowed, NotFound, RuleBroken.
    """
    with change(by, "directory.leave_post") as audit:
        person = _locked(by, Permission.MANAGE, person_id, now)
        rules.check_span(from_on=person.from_on, until=until).raise_if_any()
        person.until = until
        person.version += 1
        person.save(update_fields=["until", "version"])
        audit.noted("person", [person.pk])
    return person


def _locked(by: Actor, permission: Permission, person_id: UUID, now: datetime) -> Person:
    person = queries.person(person_id)
    _require_for(by, permission, person.organisation_id, now)
    return Person.objects.select_for_update().get(pk=person.pk)


def _require_for(by: Actor, permission: Permission, organisation_id: UUID, now: datetime) -> None:
    """The permission somewhere in one of the partnerships the organisation belongs to; anywhere while it belongs to none.

    A contact has no neighbourhood: an officer who holds the permission in one confirms the contacts of the whole partnership.
    """
    on = clock.london_date(now)
    places = [
        each.partnership_id for each in queries.memberships_of(organisation_id) if not each.until or each.until >= on
    ]
    if not places:
        by.require(permission)
    elif not any(grant.partnership_id in places for grant in by.scopes(permission)):
        raise NotAllowed(
            _("You do not have permission to change this organisation's contacts. Ask its partnership's administrator.")
        )
