"""What fills a profile by itself: each source gives facts for one category. Later rooms add theirs to PROFILE_SECTIONS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ourpatch.access.teams import queries as teams
from ourpatch.foundation.meetings.models import Forum
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import PlaceName, ServiceArea
from ourpatch.ground.contributions import Point
from ourpatch.influence.priorities import queries as priorities
from ourpatch.intelligence.profiles.rules import Category

# Names of streets are how people find a place, not significant locations of it.
NOT_SIGNIFICANT = frozenset({"street", "road"})
SQUARE_METRES = 1_000_000


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known: a sentence, its source with its date, and where to read more."""

    says: str
    source: str
    link: str = ""


Source = Callable[[ServiceArea, date], list[Fact]]
PROFILE_SECTIONS: Point[tuple[Category, Source]] = Point("profile sections")


def register() -> None:
    """Add what the rooms before this one know."""
    for order, (category, source) in enumerate(
        (
            (Category.CONTEXTUAL_MAP, ground_covered),
            (Category.DEMOGRAPHIC_OVERVIEW, people_living_here),
            (Category.DEMOGRAPHIC_GENERAL, deprivation_here),
            (Category.INFRASTRUCTURE_PHYSICAL, significant_places),
            (Category.INFRASTRUCTURE_HUMAN, people_who_work_here),
            (Category.PRIORITIES, current_priorities),
        )
    ):
        PROFILE_SECTIONS.add(f"{category}.{source.__name__}", (category, source), order=order)


def ground_covered(area: ServiceArea, on: date) -> list[Fact]:
    """Which wards it is made of, how large it is and how it was agreed."""
    wards = list(area.parts.filter(kind="ward").select_related("area__boundary_set").order_by("area__name"))
    if not wards:
        return []
    source = wards[0].area.boundary_set.source
    size = places.outline(area).area / SQUARE_METRES
    names = ", ".join(part.area.name for part in wards)
    facts = [
        Fact(
            ngettext("It is made of the ward %(names)s.", "It is made of the wards %(names)s.", len(wards))
            % {"names": names},
            source,
        ),
        Fact(_("It covers %(size).1f square kilometres.") % {"size": size}, source),
    ]
    if area.agreed_how:
        facts.append(Fact(area.agreed_how, _("Local agreement")))
    return facts


def people_living_here(area: ServiceArea, on: date) -> list[Fact]:
    """How many people live there, as of which year."""
    population, year = places.population(area)
    if population is None:
        return []
    says = _("%(people)s people live here.") % {"people": f"{population:,}"}
    return [
        Fact(says, _("Population of its wards, %(year)s") % {"year": year} if year else _("Population of its wards"))
    ]


def deprivation_here(area: ServiceArea, on: date) -> list[Fact]:
    """How many of its small areas are among the most deprived fifth."""
    found = places.deprivation(area, on)
    if found is None or not found.known:
        return []
    says = ngettext(
        "%(deprived)s of its %(known)s small area is among the most deprived fifth.",
        "%(deprived)s of its %(known)s small areas are among the most deprived fifth.",
        found.known,
    ) % {"deprived": found.most_deprived_fifth, "known": found.known}
    return [Fact(says, _("Index of multiple deprivation, by small area"))]


def significant_places(area: ServiceArea, on: date) -> list[Fact]:
    """The significant locations of the gazetteer inside it, by kind."""
    outline = places.outline(area)
    west, south, east, north = outline.bounds
    rows = PlaceName.objects.filter(easting__range=(west, east), northing__range=(south, north)).exclude(
        kind__in=NOT_SIGNIFICANT
    )
    found = list(rows.values_list("kind", "name", "easting", "northing"))
    if not found:
        return []
    inside = shapely.contains_xy(outline, [row[2] for row in found], [row[3] for row in found])
    kinds = Counter(row[0] for row, is_inside in zip(found, inside, strict=True) if is_inside)
    names = {
        kind: [row[1] for row, is_in in zip(found, inside, strict=True) if is_in and row[0] == kind] for kind in kinds
    }
    source = _("The list of places that was loaded")
    return [
        Fact(f"{kind.replace('_', ' ').capitalize()}: {', '.join(sorted(names[kind]))}.", source)
        for kind in sorted(kinds)
    ]


def people_who_work_here(area: ServiceArea, on: date) -> list[Fact]:
    """The team and the forums."""
    facts = []
    team = teams.team_of(area.pk, on)
    if team is not None:
        facts.append(
            Fact(
                _("A neighbourhood team with a named contact is set up."), _("Neighbourhood teams"), "/workspace/teams/"
            )
        )
    forums = Forum.objects.filter(service_area=area).order_by("name")
    facts += [Fact(forum.name, _("Meetings"), "/workspace/meetings/") for forum in forums]
    return facts


def current_priorities(area: ServiceArea, on: date) -> list[Fact]:
    """What the forum chose and what it has finished with."""
    link = f"/workspace/priorities/?neighbourhood={area.slug}"
    now = [
        Fact(
            _("Current: %(title)s, to be reviewed by %(day)s.")
            % {"title": each.title, "day": f"{each.review_due_on:%d/%m/%Y}"},
            _("The forum"),
            link,
        )
        for each in priorities.current(area.pk)
    ]
    before = [
        Fact(_("Finished: %(title)s.") % {"title": each.title}, _("The forum"), link)
        for each in priorities.previous(area.pk)
    ]
    return now + before
