"""Made-up partnerships, places, organisations, people and actors for tests of every room."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import login
from django.http import HttpRequest
from django.test import Client

from ourpatch.foundation.accounts.actors import ROLES, Role
from ourpatch.foundation.accounts.models import RoleGrant, User
from ourpatch.foundation.directory.models import Duty, Membership, Organisation, OrganisationKind, Person, Sector
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind, Tier
from ourpatch.ground.permission.actor import Actor, ActorKind, Grant

_number = itertools.count(1)
LONG_AGO = date(2020, 4, 1)


def make_partnership(name: str = "", jurisdiction: str = "england") -> ServiceArea:
    """A community safety partnership: a service area that is its own partnership."""
    number = next(_number)
    partnership = ServiceArea.objects.create(
        kind=ServiceAreaKind.PARTNERSHIP,
        name=name or f"Partnership {number}",
        slug=f"partnership-{number}",
        tier=Tier.UNITARY,
        jurisdiction=jurisdiction,
    )
    partnership.partnership = partnership
    partnership.save()
    return partnership


def make_policing_area(partnership: ServiceArea, name: str = "") -> ServiceArea:
    """A local policing area of a partnership."""
    return _make_area(ServiceAreaKind.POLICING_AREA, partnership, partnership, name)


def make_neighbourhood(
    partnership: ServiceArea | None = None, name: str = "", policing_area: ServiceArea | None = None
) -> ServiceArea:
    """A neighbourhood of a partnership, under a policing area when one is given."""
    partnership = partnership or make_partnership()
    return _make_area(ServiceAreaKind.NEIGHBOURHOOD, partnership, policing_area or partnership, name)


def _make_area(kind: ServiceAreaKind, partnership: ServiceArea, parent: ServiceArea, name: str) -> ServiceArea:
    number = next(_number)
    return ServiceArea.objects.create(
        kind=kind,
        name=name or f"{kind.label} {number}",
        slug=f"{kind.value.replace('_', '-')}-{number}",
        parent=parent,
        partnership=partnership,
        jurisdiction=partnership.jurisdiction,
    )


def make_organisation(
    kind: OrganisationKind = OrganisationKind.POLICE, name: str = "", partnership: ServiceArea | None = None
) -> Organisation:
    """An organisation, and its membership when a partnership is given."""
    organisation = Organisation.objects.create(
        name=name or f"{OrganisationKind(kind).label} {next(_number)}", kind=kind, sector=Sector.STATUTORY
    )
    if partnership is not None:
        make_membership(organisation, partnership)
    return organisation


def make_membership(organisation: Organisation, partnership: ServiceArea, duty: Duty = Duty.RESPONSIBLE) -> Membership:
    """An organisation's place in a partnership, since long ago."""
    return Membership.objects.create(organisation=organisation, partnership=partnership, duty=duty, from_on=LONG_AGO)


def make_person(organisation: Organisation | None = None, name: str = "", title: str = "Officer") -> Person:
    """A person in a post."""
    return Person.objects.create(
        name=name or f"Person {next(_number)}",
        title=title,
        organisation=organisation or make_organisation(),
        email=f"person{next(_number)}@example.org",
        from_on=LONG_AGO,
        verified_on=LONG_AGO,
    )


def make_user(person: Person | None = None, second_factor: bool = True) -> User:
    """A user who may sign in, with an authenticator app unless told otherwise."""
    person = person or make_person()
    user = User(email=person.email, person=person)
    user.set_password("a long enough password")
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if second_factor:
        TOTP.activate(user, generate_totp_secret())
    return user


def make_actor(
    person: Person | None = None,
    permissions: Iterable[str] = (),
    partnership: ServiceArea | None = None,
    areas: Iterable[ServiceArea] | None = None,
) -> Actor:
    """A person acting with these permissions in a partnership: everywhere in it, or in the named areas only."""
    person = person or make_person()
    held = frozenset(str(permission) for permission in permissions)
    grants: tuple[Grant, ...] = ()
    if partnership is not None:
        places = None if areas is None else frozenset(area.pk for area in areas)
        grants = (Grant(held, partnership.pk, places, role="test"),)
    return Actor(
        kind=ActorKind.PERSON,
        name=person.name,
        id=getattr(getattr(person, "user", None), "pk", None) or person.pk,
        organisation_id=person.organisation_id,
        grants=grants,
        person_id=person.pk,
    )


def sign_in(client: Client, user: User) -> None:
    """Sign a test client in as this user with password and second factor given."""
    request: Any = HttpRequest()
    request.session = client.session
    record_authentication(request, user, method="password")
    record_authentication(request, user, method="mfa", type="totp")
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key


def hold_role(user: User, place: ServiceArea, permissions: Iterable[str], code: str = "") -> str:
    """Compose a role of these permissions and let the user hold it over a place; gives the role's code."""
    code = code or f"test_role_{next(_number)}"
    held = frozenset(str(permission) for permission in permissions)
    ROLES.add(code, Role(code, code.replace("_", " "), "Made for a test.", held), order=1000)
    RoleGrant.objects.create(user=user, role=code, service_area=place, from_on=LONG_AGO)
    return code


def make_staff(client: Client, partnership: ServiceArea, permissions: Iterable[str]) -> User:
    """A signed-in member of a partnership's police force who holds these permissions in all of it."""
    user = make_user(make_person(make_organisation(partnership=partnership)))
    hold_role(user, partnership, permissions)
    sign_in(client, user)
    return user
