"""Reading teams: who is on them, who is the named contact, where nobody is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ourpatch.access.teams import rules
from ourpatch.access.teams.models import PledgeLine, Post, Team, in_language
from ourpatch.access.teams.permissions import Permission
from ourpatch.access.teams.rules import Because
from ourpatch.foundation.directory import queries as directory
from ourpatch.foundation.directory.models import Person
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor

_WITH_TEAM = (ServiceAreaKind.PARTNERSHIP, ServiceAreaKind.POLICING_AREA, ServiceAreaKind.NEIGHBOURHOOD)


@dataclass(frozen=True, slots=True)
class TeamOfDay:
    """A team as it stands on one day. `named_contact` None is a gap that coverage reports; `is_cover` when somebody stands in."""

    team: Team
    named_contact: Post | None
    is_cover: bool
    members: tuple[Post, ...]
    pledge: tuple[PledgeLine, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody who could take a message, and why."""

    person_id: UUID
    person_name: str
    organisation_id: UUID
    because: Because


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many neighbourhoods of a partnership have a named contact on a day, out of how many, and which have none."""

    named: int
    neighbourhoods: int
    gaps: tuple[ServiceArea, ...]


def team_of(neighbourhood_id: UUID, on: date) -> TeamOfDay | None:
    """The team of a service area on a day, or None when it has none. Public information."""
    team = Team.objects.filter(service_area_id=neighbourhood_id).first()
    return as_of(team, on) if team else None


def as_of(team: Team, on: date) -> TeamOfDay:
    """A team as it stands on a day: two queries."""
    posts = list(team.posts.select_related("person__organisation", "team").order_by("from_on", "id"))
    contact = rules.named_contact([post.term() for post in posts], on)
    named = next((post for post in posts if contact and post.id == contact.post_id), None)
    return TeamOfDay(
        team=team,
        named_contact=named,
        is_cover=contact is not None and contact.because is Because.COVER,
        members=tuple(sorted((post for post in posts if post.term().holds_on(on)), key=lambda post: post != named)),
        pledge=tuple(team.pledge.all()),
    )


def coverage(partnership_id: UUID, on: date) -> Coverage:
    """The neighbourhoods of a partnership that have no named contact on a day (a headline measure of the Guarantee)."""
    areas = list(
        ServiceArea.objects.filter(kind=ServiceAreaKind.NEIGHBOURHOOD, partnership_id=partnership_id).order_by("name")
    )
    posts: dict[UUID, list[rules.Term]] = {}
    for post in Post.objects.filter(team__partnership_id=partnership_id).select_related("team"):
        posts.setdefault(post.team.service_area_id, []).append(post.term())
    gaps = tuple(area for area in areas if rules.named_contact(posts.get(area.id, []), on) is None)
    return Coverage(named=len(areas) - len(gaps), neighbourhoods=len(areas), gaps=gaps)


def on_duty(service_area_id: UUID, subject: str, on: date) -> Iterator[Duty]:
    """Everybody who could take a message about a subject in an area, best first: its own team, then the wider areas' teams."""
    for distance, area in enumerate(upwards(service_area_id)):
        posts = _posts_of(area.id)
        serving = [post.term() for post in posts.values() if _serves(post, on)]
        for candidate in rules.who_takes(serving, subject, on):
            person = posts[candidate.post_id].person
            because = Because.WIDER_TEAM if distance else candidate.because
            yield Duty(person.id, person.name, person.organisation_id, because)


def supervisor_of(service_area_id: UUID, on: date, other_than: UUID | None = None) -> Duty | None:
    """The nearest supervisor of an area who is not the given person: who is told when a promise is broken."""
    for area in upwards(service_area_id):
        current = [post for post in _posts_of(area.id).values() if post.term().holds_on(on) and _serves(post, on)]
        for kind in rules.SUPERVISORS:
            for post in current:
                if post.kind == kind and post.person_id != other_than:
                    return Duty(post.person_id, post.person.name, post.person.organisation_id, Because.SUPERVISOR)
    return None


def lead_and_members(service_area_id: UUID, on: date) -> tuple[UUID | None, tuple[UUID, ...]]:
    """The lead organisation of the nearest team, and the other organisations that hold posts on it that day."""
    for area in upwards(service_area_id):
        team = Team.objects.filter(service_area_id=area.id).first()
        if team is None:
            continue
        current = [post for post in _posts_of(area.id).values() if post.term().holds_on(on)]
        others = dict.fromkeys(post.person.organisation_id for post in current)
        return team.controller_id, tuple(each for each in others if each != team.controller_id)
    return None, ()


def still_in_post(person_id: UUID, partnership_id: UUID, on: date) -> bool:
    """True when a person holds some post on some team of the partnership on a day."""
    posts = Post.objects.filter(person_id=person_id, team__partnership_id=partnership_id)
    return any(post.term().holds_on(on) for post in posts)


def posts_ended(first: date, last: date) -> list[tuple[UUID, UUID]]:
    """(person, service area) of the posts whose last day lies between two days, both included."""
    ended = Post.objects.filter(until__range=(first, last)).select_related("team")
    return [(post.person_id, post.team.service_area_id) for post in ended]


def list_teams(by: Actor) -> QuerySet[Team]:
    """The teams this actor may see, by name."""
    return Team.objects.visible_to(by, Permission.VIEW).order_by("name_en", "id")


def get_team(by: Actor, team_id: UUID) -> Team:
    """One team, or NotFound."""
    team: Team = Team.objects.get_visible(by, Permission.VIEW, team_id)
    return team


def get_post(team: Team, post_id: UUID) -> Post:
    """One post of a team that the caller may see, or NotFound."""
    post = team.posts.select_related("person__organisation", "team").filter(pk=post_id).first()
    if post is None:
        raise NotFound(_("We could not find that post. It may have been removed."))
    return post


def list_posts(team: Team) -> Sequence[Post]:
    """Every post of a team, past ones too, newest first."""
    return list(team.posts.select_related("person__organisation", "team").order_by("-from_on", "-id"))


def service_area(service_area_id: UUID) -> ServiceArea:
    """One service area, or NotFound."""
    found = ServiceArea.objects.filter(pk=service_area_id).first()
    if found is None:
        raise NotFound(_("We could not find that area."))
    return found


def areas_without_team(by: Actor, permission: Permission) -> list[tuple[UUID, str]]:
    """(id, name) of the partnerships and neighbourhoods that have no team, where this actor holds a permission."""
    partnerships = {grant.partnership_id for grant in by.scopes(permission)}
    held = Q(pk__in=partnerships) | Q(partnership__in=partnerships, kind__in=_WITH_TEAM)
    found = ServiceArea.objects.filter(held).exclude(pk__in=Team.objects.values("service_area_id"))
    return [
        (area.id, in_language(area.name, area.name_cy))
        for area in found.order_by("kind", "name")
        if by.holds(permission, partnership_of(area), area.id)
    ]


def people_for(team: Team, on: date) -> list[tuple[UUID, str]]:
    """(id, name and office) of everybody who could be put on a team: the people of the partnership's members."""
    people = Person.objects.filter(organisation__in=directory.member_organisations(team.partnership_id, on))
    serving = people.filter(Q(until__isnull=True) | Q(until__gte=on)).select_related("organisation")
    return [
        (person.id, f"{person.name}, {person.title}, {person.organisation.name}") for person in serving.order_by("name")
    ]


def names_of_areas(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Service area id -> name in the reader's language."""
    return {area.id: in_language(area.name, area.name_cy) for area in ServiceArea.objects.filter(pk__in=set(ids))}


def partnership_of(area: ServiceArea) -> UUID:
    """The partnership a service area belongs to: itself, when it is one."""
    return area.id if area.kind == ServiceAreaKind.PARTNERSHIP else area.partnership_id or area.id


def upwards(service_area_id: UUID) -> Iterator[ServiceArea]:
    """An area, then what it lies in, up to its partnership."""
    area: ServiceArea | None = service_area(service_area_id)
    while area is not None:
        yield area
        if area.kind == ServiceAreaKind.PARTNERSHIP:
            return
        area = area.parent or area.partnership


def _posts_of(service_area_id: UUID) -> dict[UUID, Post]:
    posts = Post.objects.filter(team__service_area_id=service_area_id)
    return {post.id: post for post in posts.select_related("person").order_by("from_on", "id")}


def _serves(post: Post, on: date) -> bool:
    """Nothing goes to a person who has left their organisation, whatever their post says."""
    return post.person.from_on <= on and (post.person.until is None or on <= post.person.until)
