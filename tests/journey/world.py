"""The small world of the journeys: a county of squares, one neighbourhood with its team, and people who can sign in."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value

from ourpatch.access.concerns import actions as concerns
from ourpatch.access.concerns.actions import Raised
from ourpatch.access.concerns.rules import ContactDraft, Draft, Kind
from ourpatch.access.teams import actions as teams
from ourpatch.access.teams.permissions import Permission as Teams
from ourpatch.access.teams.rules import PostKind
from ourpatch.foundation.accounts import actions as accounts
from ourpatch.foundation.accounts.actors import public_actor
from ourpatch.foundation.accounts.permissions import Permission as Accounts
from ourpatch.foundation.directory.models import Organisation, OrganisationKind, Person
from ourpatch.foundation.meetings import actions as meetings
from ourpatch.foundation.meetings.models import ForumKind, Meeting, Openness
from ourpatch.foundation.meetings.permissions import Permission as Meetings
from ourpatch.foundation.places import actions as places
from ourpatch.foundation.places import queries as place_queries
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.foundation.places.reading import PlaceNameRow
from ourpatch.site.loading import command_line

from ..access.factories_concerns import NOON, make_agreement
from ..foundation.factories import make_organisation, make_person
from ..foundation.factories_places import LOADER, load_county, middle_of

PASSWORD = "lantern-quarry-russet-4711"
TOTP_PERIOD = 30


class Calendar:
    """What time it is for the pages; the test moves it on."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> datetime:
        """So much later: `forward(days=2)`."""
        self.now += timedelta(**by)
        return self.now


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who signs in with a password and an authenticator app."""

    person: Person
    secret: str

    @property
    def code(self) -> str:
        """What the app shows at this moment."""
        return format_hotp_value(hotp_value(self.secret, int(time.time()) // TOTP_PERIOD))


@dataclass(frozen=True, slots=True)
class World:
    """The neighbourhood of Harbour in Seaport, and those who work there."""

    neighbourhood: ServiceArea
    police: Organisation
    council: Organisation
    housing: Organisation
    officer: Staff
    manager: Staff
    partner: Staff

    @property
    def partnership(self) -> ServiceArea:
        """Seaport's partnership."""
        assert self.neighbourhood.partnership is not None
        return self.neighbourhood.partnership


def make_world(now: datetime) -> World:
    """The county, the team of Harbour, and an officer, a manager and a partner's worker who hold the real roles."""
    load_county()
    easting, northing = middle_of("Harbour")
    places.load_place_names(by=LOADER, rows=[PlaceNameRow("Mill Lane", "street", easting, northing)], now=now)
    neighbourhood = next(each for each in place_queries.neighbourhoods() if each.name == "Harbour")
    partnership = neighbourhood.partnership
    assert partnership is not None
    police = make_organisation(OrganisationKind.POLICE, "Hillshire Police", partnership)
    council = make_organisation(OrganisationKind.UNITARY_COUNCIL, "Seaport Council", partnership)
    housing = make_organisation(OrganisationKind.HOUSING, "Quayside Homes", partnership)
    world = World(
        neighbourhood,
        police,
        council,
        housing,
        officer=_staff(police, "Asha Patel", "PCSO", "resident_facing_officer", neighbourhood, now),
        manager=_staff(council, "Owen Hughes", "Neighbourhood manager", "neighbourhood_manager", partnership, now),
        partner=_staff(housing, "Mary Akin", "Estate caretaker", "partner_worker", partnership, now),
    )
    make_agreement(partnership, police, council, housing)
    _team(world, neighbourhood, "Harbour team", now)
    _team(world, partnership, "Seaport desk", now)
    return world


def staff_of(world: World, organisation: Organisation, name: str, title: str, role: str, now: datetime) -> Staff:
    """Somebody else who works for a member of Seaport's partnership, with this role over all of it."""
    return _staff(organisation, name, title, role, world.partnership, now)


def meeting_of(world: World, starts_at: datetime, now: datetime) -> Meeting:
    """A public meeting of Harbour's forum, planned and not yet held."""
    by = command_line(Meetings.MAKE_FORUM, Meetings.PLAN)
    forum = meetings.make_forum(
        by=by,
        name="Harbour residents' forum",
        name_cy="Fforwm trigolion yr Harbwr",
        kind=ForumKind.NEIGHBOURHOOD,
        openness=Openness.OPEN,
        service_area_id=world.neighbourhood.pk,
        terms_of_reference="Everybody who lives in Harbour may come and vote.",
        now=now,
    )
    return meetings.plan_meeting(by=by, forum_id=forum.pk, starts_at=starts_at, venue="Harbour Library", now=now)


def ask(world: World, what: str, now: datetime, contact: ContactDraft | None = None, **more: str) -> Raised:
    """A question to Harbour's team, as the public page asks it."""
    draft = Draft(
        partnership_id=world.partnership.pk,
        service_area_id=world.neighbourhood.pk,
        kind=Kind.QUESTION,
        category="other",
        what=what,
        contact=contact or ContactDraft(),
        **more,
    )
    return concerns.ask_question(by=public_actor(), draft=draft, now=now)


def _staff(organisation: Organisation, name: str, title: str, role: str, place: ServiceArea, now: datetime) -> Staff:
    by = command_line(Accounts.INVITE, Accounts.GRANT_ROLES)
    person = make_person(organisation, name, title)
    user = accounts.register_user(by=by, person_id=person.pk, email=person.email, password=PASSWORD, now=now)
    secret = generate_totp_secret()
    accounts.set_second_factor(by=by, user_id=user.pk, secret=secret)
    accounts.grant_role(by=by, user_id=user.pk, role=role, service_area_id=place.pk, now=now)
    return Staff(person, secret)


def _team(world: World, place: ServiceArea, name: str, now: datetime) -> None:
    by = command_line(Teams.VIEW, Teams.EDIT)
    team = teams.make_team(
        by=by,
        service_area_id=place.pk,
        lead_organisation_id=world.police.pk,
        name_en=name,
        public_telephone="01632 960001",
        now=now,
    )
    posts = ((world.officer, PostKind.OFFICER, True), (world.manager, PostKind.NEIGHBOURHOOD_MANAGER, False))
    for staff, kind, is_named_contact in posts:
        teams.fill_post(
            by=by,
            team_id=team.pk,
            person_id=staff.person.pk,
            kind=kind,
            from_on=staff.person.from_on,
            is_named_contact=is_named_contact,
            now=now,
        )
