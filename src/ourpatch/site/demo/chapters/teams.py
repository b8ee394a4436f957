"""Neighbourhood teams with a named contact and a pledge, and the wider team that takes what nobody could place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ourpatch.access.teams import actions as teams
from ourpatch.access.teams.models import Team
from ourpatch.access.teams.rules import PostKind
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.permission.actor import Actor
from ourpatch.site.demo.county.people import Person as Post
from ourpatch.site.demo.stage import Stage

PLEDGE = (
    (
        "You can reach us by name. Your named contact is on this page, and somebody covers when they are away.",
        "Gallwch ein cyrraedd wrth ein henwau. Mae eich cyswllt penodol ar y dudalen hon, ac mae rhywun yn cymryd ei le "
        "pan fydd i ffwrdd.",
    ),
    (
        "We reply to what you raise within 72 hours, and the reply says something.",
        "Rydym yn ateb yr hyn a godwch o fewn 72 awr, ac mae'r ateb yn dweud rhywbeth.",
    ),
    (
        "You choose our priorities with us, at a meeting every three months.",
        "Rydych yn dewis ein blaenoriaethau gyda ni, mewn cyfarfod bob tri mis.",
    ),
    (
        "You hear what came of it, also when it did not work.",
        "Byddwch yn clywed beth ddaeth ohono, hefyd pan na weithiodd.",
    ),
    ("We are on foot here every day of the week.", "Rydym yma ar droed bob diwrnod o'r wythnos."),
)
WIDER = {
    "Harrowick": ("city-council", ("asb-city-1", "chief-inspector-city")),
    "Carrow Vale": ("vale-council", ("asb-vale", "chief-inspector-county")),
    "Eddonside": ("eddonside-council", ("asb-eddonside", "chief-inspector-county")),
}
HOUSING = ("homes-asb-1", "homes-asb-2", "carrow-living-asb", "eddon-homes-asb", "coalfield-asb", "millstone-asb")
ASB = ("asb-city-2", "asb-vale", "asb-eddonside")
BEFORE = timedelta(days=240)


def set_up(stage: Stage) -> None:
    """Set up a team for every neighbourhood and one for every partnership."""
    for key in stage.neighbourhoods:
        _neighbourhood_team(stage, key)
    for name, (council, posts) in WIDER.items():
        _wider_team(stage, stage.partnerships[name], council, posts)


def _neighbourhood_team(stage: Stage, key: str) -> None:
    place = stage.neighbourhoods[key]
    assert place.partnership is not None
    by = stage.administrator(place.partnership)
    team = teams.make_team(
        by=by,
        service_area_id=place.pk,
        lead_organisation_id=stage.organisations["police"].pk,
        name_en=f"{place.name} neighbourhood team",
        name_cy=f"Tîm cymdogaeth {place.name}",
        about_en=f"Police, council and housing officers who work in {place.name} and are answerable to the people there.",
        about_cy=f"Swyddogion heddlu, cyngor a thai sy'n gweithio yn {place.name} ac yn atebol i'r bobl yno.",
        public_email=f"{key}@team.carrowshire.example",
        public_telephone=f"01632 9601{list(stage.neighbourhoods).index(key):02d}",
        now=stage.set_up_at,
    )
    for kind, post in _members(stage, key):
        _fill(stage, by, team, kind, post, is_named_contact=post.key == f"pc-{key}")
    teams.set_pledge(by=by, team_id=team.pk, version=_version(team), lines=PLEDGE, now=stage.set_up_at)


def _members(stage: Stage, key: str) -> Iterator[tuple[PostKind, Post]]:
    yield PostKind.OFFICER, stage.post(f"pc-{key}")
    for number in (1, 2):
        yield PostKind.PCSO, stage.post(f"pcso-{key}-{number}")
    here = [post for post in stage.county.people if key in post.neighbourhoods]
    yield from ((kind, post) for post in here if (kind := _kind_of(post)) is not None)


def _kind_of(post: Post) -> PostKind | None:
    """What somebody is on a neighbourhood team; None for those who are on none, or are there as its own officers."""
    if post.key.startswith("councillor-"):
        return PostKind.COUNCILLOR if len(post.neighbourhoods) == 1 else None
    by_role = {"sergeant": PostKind.SERGEANT, "neighbourhood_manager": PostKind.NEIGHBOURHOOD_MANAGER}
    by_key = {**dict.fromkeys(ASB, PostKind.ASB_OFFICER), **dict.fromkeys(HOUSING, PostKind.HOUSING)}
    return by_role.get(post.role) or by_key.get(post.key)


def _wider_team(stage: Stage, partnership: ServiceArea, council: str, posts: tuple[str, str]) -> None:
    by = stage.administrator(partnership)
    officer, inspector = posts
    team = teams.make_team(
        by=by,
        service_area_id=partnership.pk,
        lead_organisation_id=stage.organisations[council].pk,
        name_en=f"{partnership.name} community safety team",
        name_cy=f"Tîm diogelwch cymunedol {partnership.name}",
        about_en="Takes what is raised by people who are not sure of their neighbourhood, and gives it to the right team.",
        about_cy="Yn derbyn yr hyn a godir gan bobl nad ydynt yn siŵr o'u cymdogaeth, ac yn ei roi i'r tîm cywir.",
        public_email=f"{council}@team.carrowshire.example",
        now=stage.set_up_at,
    )
    _fill(stage, by, team, PostKind.ASB_OFFICER, stage.post(officer), is_named_contact=True)
    _fill(stage, by, team, PostKind.INSPECTOR, stage.post(inspector))


def _fill(stage: Stage, by: Actor, team: Team, kind: PostKind, post: Post, *, is_named_contact: bool = False) -> None:
    teams.fill_post(
        by=by,
        team_id=team.pk,
        person_id=stage.people[post.key].pk,
        kind=kind,
        from_on=stage.set_up_at.date() - BEFORE,
        is_named_contact=is_named_contact,
        public_email=post.email if is_named_contact else "",
        public_telephone=post.phone if is_named_contact else "",
        now=stage.set_up_at,
    )


def _version(team: Team) -> int:
    return Team.objects.values_list("version", flat=True).get(pk=team.pk)
