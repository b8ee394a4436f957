"""Organisations, their people, who may do what, and what they agreed to share."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from allauth.mfa.totp.internal.auth import generate_totp_secret

from ourpatch.foundation.accounts import actions as accounts
from ourpatch.foundation.accounts.permissions import Permission as Accounts
from ourpatch.foundation.agreements import actions as agreements
from ourpatch.foundation.agreements.models import Purpose
from ourpatch.foundation.agreements.permissions import Permission as Agreements
from ourpatch.foundation.directory import actions as directory
from ourpatch.foundation.directory.models import Duty, OrganisationKind, Sector
from ourpatch.foundation.directory.permissions import Permission as Directory
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.permission.actor import Actor
from ourpatch.site.demo.county import names
from ourpatch.site.demo.county.organisations import Organisation
from ourpatch.site.demo.county.people import Person as Post
from ourpatch.site.demo.stage import SignIn, Stage
from ourpatch.site.loading import command_line

KINDS = {
    "police": OrganisationKind.POLICE,
    "commissioner": OrganisationKind.LOCAL_POLICING_BODY,
    "county council": OrganisationKind.COUNTY_COUNCIL,
    "district council": OrganisationKind.DISTRICT_COUNCIL,
    "unitary council": OrganisationKind.UNITARY_COUNCIL,
    "fire": OrganisationKind.FIRE,
    "health": OrganisationKind.HEALTH,
    "probation": OrganisationKind.PROBATION,
    "registered provider": OrganisationKind.HOUSING,
    "parish council": OrganisationKind.PARISH_COUNCIL,
    "school": OrganisationKind.EDUCATION,
    "college": OrganisationKind.EDUCATION,
    "university": OrganisationKind.EDUCATION,
    "voluntary": OrganisationKind.VOLUNTARY,
    "residents' group": OrganisationKind.VOLUNTARY,
    "faith": OrganisationKind.FAITH,
    "watch": OrganisationKind.WATCH,
    "business": OrganisationKind.BUSINESS,
    "transport": OrganisationKind.TRANSPORT,
}
SECTORS = {
    "statutory": Sector.STATUTORY,
    "public": Sector.PUBLIC,
    "third": Sector.THIRD,
    "community": Sector.THIRD,
    "private": Sector.PRIVATE,
}
DUTIES = {"responsible": Duty.RESPONSIBLE, "co-operating": Duty.COOPERATING, "invitee": Duty.INVITEE}
SERVICES = {
    "police": "Neighbourhood, response and investigation teams; named contacts in every neighbourhood.",
    "commissioner": "The police and crime plan, victims' services, and holding the force to account.",
    "county council": "Roads and lighting, youth justice, early help, trading standards, public health.",
    "district council": "Streets and parks, environmental health, licensing, anti-social behaviour, planning.",
    "unitary council": "All council services of the city, from street scene and licensing to youth services.",
    "fire": "Prevention visits, arson reduction, and fire crews.",
    "health": "Health care, and help for people who find care hard to reach.",
    "probation": "Supervision of people on probation, and community payback.",
    "registered provider": "Homes, tenancy support, caretaking, and action on anti-social behaviour.",
    "parish council": "Local spaces and meetings, and a clerk who knows everybody.",
    "school": "Teaching, and pastoral care of pupils.",
    "college": "Teaching, and pastoral care of students.",
    "university": "Teaching and research; campus security and community liaison.",
    "voluntary": "Help and activities run by and with local people.",
    "residents' group": "Neighbours who speak for their street and walk it with us.",
    "faith": "Worship, a kitchen, and a door that is open.",
    "watch": "Neighbours who look out for each other.",
    "business": "Shops and traders working together.",
    "transport": "Buses and trains, and those who look after their stops.",
}
# Which organisations sign: those the law binds, and those whose people sit on a neighbourhood's team.
SIGNING = frozenset({"police", "commissioner", "county council", "district council", "unitary council", "fire", "health",
                     "probation", "registered provider"})  # fmt: skip
WHOLE_PARTNERSHIP = frozenset({"partner_worker", "analyst", "board_member", "administrator", "auditor", "data_clerk",
                               "information_officer"})  # fmt: skip
# Council officers who deal with residents all over their partnership, and place what comes without a neighbourhood.
ALL_OVER = ("asb-city-1", "asb-vale", "asb-eddonside")
WELSH_SPEAKERS = (
    "pcso-wyndmoor-1",
    "pc-upper-eddon",
    "pcso-stannerley-1",
    "manager-hallowmere",
    "pcso-vale-villages-2",
)
TERM = timedelta(days=3 * 365)
REVIEWED = timedelta(days=500)
CONFIRMED_BEFORE_THE_END = timedelta(days=38)


def set_up(stage: Stage) -> None:
    """Enter everybody, give them their roles, and have the agreements signed."""
    by = command_line(
        Directory.MANAGE, Directory.VERIFY, Accounts.INVITE, Accounts.GRANT_ROLES, Agreements.MAKE, Agreements.SIGN
    )
    for organisation in stage.county.organisations:
        _enter_organisation(stage, by, organisation)
    for post in stage.county.people:
        _enter_person(stage, by, post)
    _enter_contacts(stage, by)
    for partnership in stage.partnerships.values():
        _agree(stage, by, partnership)
    _confirm_contacts(stage, by)


def new_password() -> str:
    """A password that can be typed from a screen, new with every build."""
    words = (
        "amber beacon cobalt dapple ember fathom garnet harbour indigo juniper kestrel lantern meadow nettle orchard"
    )
    chosen = (secrets.choice(words.split()) for _word in range(3))
    return f"{'-'.join(chosen)}-{secrets.randbelow(9000) + 1000}"


def partnerships_of(stage: Stage, neighbourhoods: tuple[str, ...]) -> list[ServiceArea]:
    """The partnerships that these neighbourhoods lie in; all of them when none is named."""
    keys = neighbourhoods or tuple(stage.neighbourhoods)
    found = {stage.neighbourhoods[key].partnership_id for key in keys}
    return [each for each in stage.partnerships.values() if each.pk in found]


def _enter_organisation(stage: Stage, by: Actor, organisation: Organisation) -> None:
    now = stage.set_up_at
    entered = directory.add_organisation(
        by=by,
        name=organisation.name,
        kind=KINDS[organisation.kind],
        sector=SECTORS[organisation.sector],
        services=SERVICES[organisation.kind],
        public_email=f"hello@{organisation.key}.carrowshire.example",
        now=now,
    )
    stage.organisations[organisation.key] = entered
    for partnership in _takes_part_in(stage, organisation):
        directory.add_membership(
            by=by,
            organisation_id=entered.pk,
            partnership_id=partnership.pk,
            duty=DUTIES[organisation.duty],
            from_on=now.date(),
            now=now,
        )


def _takes_part_in(stage: Stage, organisation: Organisation) -> list[ServiceArea]:
    """Where it serves, and where one of its people is named in a plan."""
    ids: set[UUID | None] = {each.pk for each in partnerships_of(stage, organisation.neighbourhoods)}
    for plan in stage.life.plans:
        named = {organisation.key} & {*plan.partners, stage.post(plan.owner).organisation}
        if named or any(each.organisation == organisation.key for each in plan.actions):
            ids.add(stage.neighbourhoods[stage.hood_of(plan.problem)].partnership_id)
    return [each for each in stage.partnerships.values() if each.pk in ids]


def _enter_person(stage: Stage, by: Actor, post: Post) -> None:
    now = stage.set_up_at
    languages = "English, Cymraeg" if post.key in WELSH_SPEAKERS else ""
    person = directory.add_person(
        by=by,
        organisation_id=stage.organisations[post.organisation].pk,
        name=post.name,
        title=post.title,
        email=post.email,
        telephone=post.phone,
        languages=languages,
        now=now,
    )
    stage.people[post.key] = person
    user = accounts.register_user(by=by, person_id=person.pk, email=post.email, password=stage.password, now=now)
    secret = generate_totp_secret()
    accounts.set_second_factor(by=by, user_id=user.pk, secret=secret)
    stage.sign_ins[post.key] = SignIn(user, secret)
    for role, place in _roles(stage, post):
        accounts.grant_role(by=by, user_id=user.pk, role=role, service_area_id=place.pk, now=now)


def _enter_contacts(stage: Stage, by: Actor) -> None:
    """Somebody to ring in every organisation that has nobody who works with the system."""
    staffed, rng = {post.organisation for post in stage.county.people}, np.random.default_rng([stage.county.seed, 11])
    for organisation in stage.county.organisations:
        if organisation.key not in staffed:
            name = f"{rng.choice(names.GIVEN_NAMES)} {rng.choice(names.SURNAMES)}"
            directory.add_person(
                by=by,
                organisation_id=stage.organisations[organisation.key].pk,
                name=name,
                title="Secretary and first contact",
                email=f"contact@{organisation.key}.carrowshire.example",
                now=stage.set_up_at,
            )


def _roles(stage: Stage, post: Post) -> Iterator[tuple[str, ServiceArea]]:
    if post.key in ALL_OVER:
        yield from (("resident_facing_officer", place) for place in partnerships_of(stage, post.neighbourhoods))
    if post.role in WHOLE_PARTNERSHIP:
        yield from ((post.role, place) for place in partnerships_of(stage, post.neighbourhoods))
    else:
        yield from ((post.role, stage.neighbourhoods[key]) for key in post.neighbourhoods)


def _agree(stage: Stage, by: Actor, partnership: ServiceArea) -> None:
    now = stage.set_up_at
    titles = {
        Purpose.NEIGHBOURHOOD: f"{partnership.name}: information sharing for neighbourhood problem solving",
        Purpose.ANALYSIS: f"{partnership.name}: information sharing for the strategic assessment",
    }
    for purpose, title in titles.items():
        made = agreements.make_agreement(
            by=by,
            partnership_id=partnership.pk,
            title=title,
            purpose=purpose,
            lawful_basis="Crime and Disorder Act 1998, sections 17A and 115; UK GDPR, Article 6(1)(e).",
            from_on=now.date(),
            until=now.date() + TERM,
            review_on=now.date() + REVIEWED,
            now=now,
        )
        for organisation in stage.county.organisations:
            if organisation.kind in SIGNING and partnership in _takes_part_in(stage, organisation):
                agreements.sign(
                    by=by,
                    agreement_id=made.pk,
                    organisation_id=stage.organisations[organisation.key].pk,
                    signed_by=_signatory(stage, organisation.key),
                    now=now,
                )


def _signatory(stage: Stage, organisation: str) -> str:
    people = [each for each in stage.county.people if each.organisation == organisation]
    first = next((each for each in people if each.role == "board_member"), people[0] if people else None)
    return f"{first.name}, {first.title}" if first else "The chief officer"


def _confirm_contacts(stage: Stage, by: Actor) -> None:
    """Most contacts were confirmed in the last weeks; those of every ninth person have gone stale."""
    at = stage.morning(stage.county.until - CONFIRMED_BEFORE_THE_END)
    for number, post in enumerate(stage.county.people):
        if number % 9:
            stage.timeline.at(at + timedelta(minutes=number), _confirmer(by, stage.people[post.key].pk))


def _confirmer(by: Actor, person_id: UUID) -> Callable[[datetime], None]:
    def confirm(now: datetime) -> None:
        directory.verify_contact(by=by, person_id=person_id, now=now)

    return confirm
