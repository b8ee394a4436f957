"""Made-up teams, concerns and the people who work on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from ourpatch.access.concerns import actions
from ourpatch.access.concerns.actions import Raised
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.concerns.rules import Draft
from ourpatch.access.teams import actions as teams
from ourpatch.access.teams.models import Team
from ourpatch.access.teams.permissions import Permission as TeamPermission
from ourpatch.access.teams.rules import PostKind
from ourpatch.foundation.agreements.models import Agreement, Purpose, Signature
from ourpatch.foundation.directory.models import Organisation, OrganisationKind, Person
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.permission.actor import Actor, ActorKind, Grant

from ..foundation.factories import (
    LONG_AGO,
    make_actor,
    make_neighbourhood,
    make_organisation,
    make_partnership,
    make_person,
)

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
STAFF = frozenset(
    {
        Permission.RAISE,
        Permission.VIEW,
        Permission.VIEW_CONTACT,
        Permission.REPLY,
        Permission.ANSWER,
        Permission.ASSIGN,
        Permission.PLACE,
        Permission.VIEW_PROBLEM,
        Permission.GROUP,
        TeamPermission.VIEW,
        TeamPermission.EDIT,
    }
)


@dataclass(frozen=True)
class Scene:
    """A partnership with one neighbourhood: a police officer as named contact, a sergeant, a council warden, a live agreement."""

    partnership: ServiceArea
    neighbourhood: ServiceArea
    police: Organisation
    council: Organisation
    officer: Person
    sergeant: Person
    warden: Person
    team: Team
    by: Actor
    agreement: Agreement | None

    def actor(self, person: Person, *permissions: str) -> Actor:
        """A person of the scene acting over the whole partnership."""
        return make_actor(person, permissions or STAFF, self.partnership)


def make_scene(agreement: bool = True, jurisdiction: str = "england") -> Scene:
    """A neighbourhood ready to be written to."""
    partnership = make_partnership(jurisdiction=jurisdiction)
    neighbourhood = make_neighbourhood(partnership)
    police = make_organisation(OrganisationKind.POLICE, partnership=partnership)
    council = make_organisation(OrganisationKind.DISTRICT_COUNCIL, partnership=partnership)
    officer, sergeant, warden = make_person(police), make_person(police), make_person(council)
    by = make_actor(officer, STAFF, partnership)
    team = make_team(by, neighbourhood, police)
    fill(by, team, officer, PostKind.OFFICER, is_named_contact=True)
    fill(by, team, sergeant, PostKind.SERGEANT)
    fill(by, team, warden, PostKind.WARDEN, takes=["environmental"])
    made = make_agreement(partnership, police, council) if agreement else None
    return Scene(partnership, neighbourhood, police, council, officer, sergeant, warden, team, by, made)


def make_team(by: Actor, area: ServiceArea, lead: Organisation) -> Team:
    """A team that can be reached."""
    return teams.make_team(
        by=by,
        service_area_id=area.pk,
        lead_organisation_id=lead.pk,
        name_en=f"{area.name} team",
        public_telephone="01632 960001",
        now=NOON,
    )


def fill(by: Actor, team: Team, person: Person, kind: PostKind, **more: Any) -> Any:
    """A post since long ago."""
    return teams.fill_post(
        by=by, team_id=team.pk, person_id=person.pk, kind=kind, from_on=more.pop("from_on", LONG_AGO), now=NOON, **more
    )


def make_agreement(partnership: ServiceArea, *parties: Organisation, until: date = date(2028, 3, 31)) -> Agreement:
    """A live agreement for neighbourhood work, signed by all."""
    agreement = Agreement.objects.create(
        title="Neighbourhood sharing",
        partnership=partnership,
        purpose=Purpose.NEIGHBOURHOOD,
        lawful_basis="Crime and Disorder Act 1998, section 115",
        from_on=LONG_AGO,
        until=until,
        review_on=until,
    )
    for each in parties:
        Signature.objects.create(
            agreement=agreement, organisation=each, signed_on=LONG_AGO, signed_by="A chief officer"
        )
    return agreement


def make_public(partnership: ServiceArea) -> Actor:
    """A member of the public."""
    held = frozenset({str(Permission.RAISE), str(Permission.FOLLOW)})
    return Actor(ActorKind.PUBLIC, "A member of the public", grants=(Grant(held, partnership.pk, role="public"),))


def draft_of(scene: Scene, **more: Any) -> Draft:
    """A short concern about the scene's neighbourhood."""
    facts: dict[str, Any] = {
        "partnership_id": scene.partnership.pk,
        "service_area_id": scene.neighbourhood.pk,
        "category": "asb_nuisance",
        "what": "Motorbikes race along the canal path every evening.",
    }
    return Draft(**{**facts, **more})


def raise_one(scene: Scene, now: datetime = NOON, **more: Any) -> Raised:
    """A concern raised by a member of the public."""
    return actions.raise_concern(by=make_public(scene.partnership), draft=draft_of(scene, **more), now=now)
