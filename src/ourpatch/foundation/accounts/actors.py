"""Who acts in a request: a signed-in person with what their roles allow, a program with its token, or a member of the public."""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from ourpatch.foundation.accounts import rules
from ourpatch.foundation.accounts.models import OrganisationToken, RoleGrant, User
from ourpatch.foundation.directory import queries as directory_queries
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground import clock
from ourpatch.ground.contributions import Point
from ourpatch.ground.permission.actor import Actor, ActorKind, Grant

PUBLIC_ROLE = "public"


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions; `sentence` says who holds it."""

    code: str
    name: object
    sentence: object
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Allowance:
    """A permission that a token may carry; `sentence` says what a program can do with it."""

    permission: str
    sentence: object


ROLES: Point[Role] = Point("roles")
ALLOWANCES: Point[Allowance] = Point("what tokens may carry")


def actor_for(user: User, request_id: str = "", on: date | None = None) -> Actor:
    """The actor that a user is on this London day (today when none is named).

    A user who is switched off, or whose person has left the post, holds nothing.
    """
    today = on or clock.london_date(clock.now())
    person = user.person
    serving = user.is_active and person.from_on <= today and (person.until is None or person.until >= today)
    return Actor(
        kind=ActorKind.PERSON,
        name=person.name,
        id=user.pk,
        organisation_id=person.organisation_id,
        grants=_grants_of(user, today) if serving else (),
        request_id=request_id,
        person_id=person.pk,
    )


def actor_for_token(secret: str, now: datetime, request_id: str = "") -> Actor | None:
    """The actor that a program is with this secret; None when the secret opens nothing, whatever the reason.

    It holds only what tokens may carry today, in the partnerships to which its organisation belongs today.
    """
    token = token_with(secret)
    if token is None or not token.is_live(now):
        return None
    return Actor(
        kind=ActorKind.TOKEN,
        name=token.name,
        id=token.pk,
        organisation_id=token.organisation_id,
        grants=_grants_of_token(token, clock.london_date(now)),
        request_id=request_id,
    )


def token_with(secret: str) -> OrganisationToken | None:
    """The token of which this is the secret, live or not. The digests are compared in constant time."""
    token = OrganisationToken.objects.filter(prefix=rules.secret_prefix(secret)).first()
    kept = token.secret_sha256 if token else ""
    return token if hmac.compare_digest(kept, rules.secret_digest(secret)) else None


def public_actor(request_id: str = "") -> Actor:
    """A member of the public: the role `public` over every partnership."""
    role = ROLES.get(PUBLIC_ROLE)
    partnerships = ServiceArea.objects.filter(kind=ServiceAreaKind.PARTNERSHIP).values_list("pk", flat=True)
    grants = tuple(Grant(role.permissions, each, role=role.code) for each in partnerships) if role else ()
    return Actor(ActorKind.PUBLIC, "A member of the public", grants=grants, request_id=request_id)


def live_grants(on: date) -> Q:
    """The condition on role grants that are in force on this day."""
    return Q(from_on__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))


def _grants_of_token(token: OrganisationToken, on: date) -> tuple[Grant, ...]:
    held = frozenset(each for each in token.permissions if ALLOWANCES.get(each) is not None)
    partnerships = token.partnerships.values_list("pk", flat=True)
    return tuple(
        Grant(held, each, role="token")
        for each in partnerships
        if directory_queries.is_member(token.organisation_id, each, on)
    )


def _grants_of(user: User, on: date) -> tuple[Grant, ...]:
    rows = list(RoleGrant.objects.filter(live_grants(on), user=user).select_related("service_area"))
    neighbourhoods = _neighbourhoods_of(row.service_area_id for row in rows if _is_policing_area(row.service_area))
    return tuple(
        _grant(role, row.service_area, neighbourhoods) for row in rows if (role := ROLES.get(row.role)) is not None
    )


def _grant(role: Role, place: ServiceArea, neighbourhoods: dict[UUID, set[UUID]]) -> Grant:
    """A role over a place, as a grant.

    A partnership is granted whole; a policing area with its neighbourhoods; a neighbourhood by itself. A county group is a
    place of its own: its role reaches no member's records by ancestry, only what is shared or published (architecture 2).
    """
    if place.kind in (ServiceAreaKind.PARTNERSHIP, ServiceAreaKind.COUNTY_GROUP):
        return Grant(role.permissions, place.pk, role=role.code)
    areas = frozenset({place.pk} | neighbourhoods.get(place.pk, set()))
    return Grant(role.permissions, place.partnership_id or place.pk, areas, role=role.code)


def _neighbourhoods_of(policing_areas: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    wanted = list(policing_areas)
    if wanted:
        for child, parent in ServiceArea.objects.filter(parent__in=wanted).values_list("pk", "parent_id"):
            found[parent].add(child)
    return found


def _is_policing_area(place: ServiceArea) -> bool:
    return place.kind == ServiceAreaKind.POLICING_AREA
