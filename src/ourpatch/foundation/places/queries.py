"""Reading places: neighbourhoods and partnerships, the areas of a point, outlines, finding a place by name or postcode."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from statistics import fmean
from uuid import UUID

import shapely
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from ourpatch.foundation.places import changes, rules
from ourpatch.foundation.places.changes import Change, ChangeCode, Group
from ourpatch.foundation.places.models import (
    Area,
    AreaKind,
    BoundarySet,
    LsoaChange,
    LsoaChangeSet,
    PlaceName,
    Postcode,
    ServiceArea,
    ServiceAreaKind,
    ServiceAreaPart,
)
from ourpatch.foundation.places.permissions import Permission
from ourpatch.foundation.places.resolver import Assigned, Resolver
from ourpatch.ground.errors import BadInput, NotFound
from ourpatch.ground.geo import from_wkb
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import Message

__all__ = ["Assigned", "Resolver"]

MOST_FOUND = 20
MOST_ASKED = 500
"""Keys in one question to the database."""
MOST_DEPRIVED_FIFTH = 2
"""Deciles 1 and 2."""


@dataclass(frozen=True, slots=True)
class Found:
    """A place that was looked for: what it is, its name, where (metres, EPSG:27700) and in which neighbourhood."""

    kind: str
    label: str
    neighbourhood: ServiceArea
    easting: float
    northing: float


@dataclass(frozen=True, slots=True)
class Deprivation:
    """Deprivation over the LSOAs that best fit a place; lower deciles are more deprived.

    `mean_score` weighs every LSOA alike (they are drawn to hold about 1,500 people each). `of` LSOAs, `known` have a score.
    """

    mean_score: float
    deciles: Mapping[int, int]
    most_deprived_fifth: int
    known: int
    of: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the boundaries of today are made into neighbourhoods, and what is known of them."""

    wards: int
    wards_without_neighbourhood: tuple[Area, ...]
    wards_without_population: tuple[Area, ...]
    place_names: int
    postcodes: int


# ---------------------------------------------------------------- service areas


def neighbourhoods(partnership_id: UUID | None = None) -> QuerySet[ServiceArea]:
    """Neighbourhoods (of one partnership), by name. Where they are is public."""
    found = ServiceArea.objects.filter(kind=ServiceAreaKind.NEIGHBOURHOOD).order_by("name", "slug")
    return found.filter(partnership_id=partnership_id) if partnership_id else found


def partnerships() -> QuerySet[ServiceArea]:
    """Community safety partnerships, by name."""
    return ServiceArea.objects.filter(kind=ServiceAreaKind.PARTNERSHIP).order_by("name", "slug")


def get_neighbourhood(slug: str) -> ServiceArea:
    """The neighbourhood of this address; raises NotFound."""
    # PostgreSQL holds no NUL, and would rather fail than find nothing.
    found = None if "\0" in slug else neighbourhoods().select_related("partnership").filter(slug=slug).first()
    if found is None:
        raise NotFound(_("We do not know a neighbourhood at that address. Look for it by name or postcode."))
    return found


def neighbourhood_at(easting: float, northing: float, on: date | None = None) -> ServiceArea | None:
    """The neighbourhood that holds this point (metres, EPSG:27700) under the boundaries of the day, or the newest."""
    assigned = Resolver.current(on).assign(easting, northing)
    pk = assigned.neighbourhood[0]
    return ServiceArea.objects.filter(pk=pk).first() if pk else None


def areas(kind: str, vintage: str | None = None) -> QuerySet[Area]:
    """The areas of one kind by code, without their outlines: of the named vintage, else of the newest set."""
    sets = BoundarySet.objects.complete().filter(kind=kind)
    chosen = sets.filter(vintage=vintage) if vintage else sets
    return Area.objects.filter(boundary_set_id__in=chosen.values("pk")[:1]).defer("outline").order_by("code")


def sets_of(codes: Iterable[str], kind: str = AreaKind.WARD) -> dict[str, tuple[BoundarySet, ...]]:
    """Code -> the boundary sets of this kind that have it, oldest first; a code that none has is left out.

    Says which vintage a ward code belongs to, and so which outlines and populations go with a figure. A code that a review left
    alone is in several.
    """
    complete = BoundarySet.objects.complete().filter(kind=kind)
    found = Area.objects.filter(code__in=set(codes), boundary_set__in=complete.order_by()).select_related(
        "boundary_set"
    )
    sets: dict[str, tuple[BoundarySet, ...]] = {}
    for area in found.defer("outline").order_by("code", "boundary_set__valid_from", "boundary_set_id"):
        sets[area.code] = (*sets.get(area.code, ()), area.boundary_set)
    return sets


# ---------------------------------------------------------------- LSOAs of 2011 and of 2021


def comparable_lsoas(codes_2011: Collection[str], codes_2021: Collection[str]) -> tuple[Group, ...]:
    """The groups of LSOAs over which figures of 2011 and of 2021 areas can be compared, or why not (see `Group.refusal`).

    Raises BadInput when the lookup is not loaded.
    """
    return changes.comparable(codes_2011, codes_2021, lsoa_changes())


def lsoa_changes() -> tuple[Change, ...]:
    """The lookup in use, for `changes.compare` and `changes.like_for_like`. Raises BadInput when none is loaded."""
    in_use = LsoaChangeSet.objects.complete().values_list("pk", flat=True).first()
    if in_use is None:
        raise BadInput(
            _(
                "The lookup of LSOA changes is not loaded, so figures of 2011 and 2021 areas cannot be compared. Load it with "
                "ourpatch load-boundaries --lsoa-changes."
            )
        )
    return _lsoa_changes(in_use)


@lru_cache(maxsize=2)
def _lsoa_changes(change_set_id: UUID) -> tuple[Change, ...]:
    """A complete lookup never changes."""
    rows = LsoaChange.objects.filter(change_set_id=change_set_id).order_by("code_2011", "code_2021")
    return tuple(
        Change(code_2011, code_2021, ChangeCode(change))
        for code_2011, code_2021, change in rows.values_list("code_2011", "code_2021", "change")
    )


# ---------------------------------------------------------------- outlines

Part = tuple[UUID, int]
"""Boundary set and area."""

_outlines: dict[tuple[Part, ...], BaseGeometry] = {}
"""Joined outlines by the areas they are made of; an area's outline never changes."""
MOST_OUTLINES_KEPT = 2_000


def outline(service_area: ServiceArea) -> BaseGeometry:
    """Where a service area lies (metres, EPSG:27700), by its newest parts; empty when it was never drawn."""
    return outlines([service_area])[service_area.pk]


def outlines(service_areas: Iterable[ServiceArea]) -> dict[UUID, BaseGeometry]:
    """Service area id -> where it lies (metres, EPSG:27700). One without parts of its own is all its children together."""
    wanted = [each.pk for each in service_areas]
    made_of = _newest_parts(wanted)
    bare = [pk for pk in wanted if pk not in made_of]
    children = list(ServiceArea.objects.filter(parent_id__in=bare).values_list("parent_id", "pk")) if bare else []
    of_children = _newest_parts([child for _parent, child in children])
    for parent, child in children:
        made_of[parent] = (*made_of.get(parent, ()), *of_children.get(child, ()))
    return {pk: _joined(made_of.get(pk, ())) for pk in wanted}


def _newest_parts(service_area_ids: Iterable[UUID]) -> dict[UUID, tuple[Part, ...]]:
    """Service area id -> the areas it is made of in the newest boundaries it has parts in."""
    rows = (
        ServiceAreaPart.objects.filter(service_area_id__in=list(service_area_ids))
        .order_by("-area__boundary_set__valid_from", "-area__boundary_set_id", "area_id")
        .values_list("service_area_id", "area__boundary_set_id", "area_id")
    )
    newest: dict[UUID, UUID] = {}
    made_of: dict[UUID, tuple[Part, ...]] = {}
    for service_area, boundary_set, area in rows:
        if newest.setdefault(service_area, boundary_set) == boundary_set:
            made_of[service_area] = (*made_of.get(service_area, ()), (boundary_set, area))
    return made_of


def _joined(parts: tuple[Part, ...]) -> BaseGeometry:
    if parts not in _outlines:
        if len(_outlines) >= MOST_OUTLINES_KEPT:
            _outlines.clear()
        stored = Area.objects.filter(pk__in=_area_ids(parts)).values_list("outline", flat=True)
        _outlines[parts] = shapely.union_all([from_wkb(each) for each in stored])
    return _outlines[parts]


def _area_ids(parts: Iterable[Part]) -> list[int]:
    return [area for _boundary_set, area in parts]


# ---------------------------------------------------------------- what is known of a place


def population(service_area: ServiceArea) -> tuple[int | None, int | None]:
    """People who live there and the year they were counted or estimated in; None when any of its wards has no figure."""
    wards = list(_wards_of(service_area).values_list("population", "population_year"))
    if not wards or any(people is None for people, _year in wards):
        return None, None
    return sum(people or 0 for people, _year in wards), max((year for _people, year in wards if year), default=None)


def populations(service_areas: Sequence[ServiceArea]) -> dict[UUID, int | None]:
    """Service area id -> people who live there, as `population` says of each, for many at once."""
    made_of = {pk: _area_ids(parts) for pk, parts in _newest_parts([each.pk for each in service_areas]).items()}
    wanted = {area for areas_of in made_of.values() for area in areas_of}
    people = dict(Area.objects.filter(pk__in=wanted, boundary_set__kind=AreaKind.WARD).values_list("pk", "population"))
    found: dict[UUID, int | None] = {}
    for each in service_areas:
        wards = made_of.get(each.pk, [])
        known = [people.get(ward) for ward in wards]
        whole = bool(wards) and all(number is not None for number in known)
        # What is made of something else than wards with figures is rare, and looked up by itself.
        found[each.pk] = sum(number or 0 for number in known) if whole else population(each)[0]
    return found


def deprivation_scores(service_areas: Iterable[ServiceArea]) -> dict[UUID, float | None]:
    """Neighbourhood id -> the mean score of the LSOAs that best fit it, as `deprivation` says of each; None without one."""
    resolver = Resolver.current()
    fitting = {each.pk: resolver.lsoas_of([each.pk]) for each in service_areas}
    every = {code for codes in fitting.values() for code in codes}
    scored = Area.objects.filter(boundary_set_id=resolver.set_ids.get(AreaKind.LSOA), code__in=every)
    score = {code: value for code, value in scored.values_list("code", "deprivation_score") if value is not None}
    known = {pk: [score[code] for code in codes if code in score] for pk, codes in fitting.items()}
    return {pk: fmean(scores) if scores else None for pk, scores in known.items()}


def deprivation(service_area: ServiceArea, on: date | None = None) -> Deprivation | None:
    """Deprivation of the LSOAs that best fit a neighbourhood or partnership; None when none of them has a score."""
    resolver = Resolver.current(on)
    codes = resolver.lsoas_of(_neighbourhood_ids(service_area))
    scored = Area.objects.filter(boundary_set_id=resolver.set_ids.get(AreaKind.LSOA), code__in=codes).exclude(
        deprivation_score=None
    )
    rows = list(scored.values_list("deprivation_score", "deprivation_decile"))
    if not rows:
        return None
    deciles = sorted(decile for _score, decile in rows if decile)
    return Deprivation(
        mean_score=fmean(score for score, _decile in rows if score is not None),
        deciles={decile: deciles.count(decile) for decile in dict.fromkeys(deciles)},
        most_deprived_fifth=sum(decile <= MOST_DEPRIVED_FIFTH for decile in deciles),
        known=len(rows),
        of=len(codes),
    )


def areas_within(service_area: ServiceArea, kind: str) -> QuerySet[Area]:
    """Its wards, or the LSOAs that best fit it, by code, with their outlines. Raises ValueError for another kind."""
    if kind == AreaKind.WARD:
        return Area.objects.filter(pk__in=_wards_of(service_area).values("pk")).order_by("code")
    if kind != AreaKind.LSOA:
        raise ValueError(f"{kind} is not a kind of small area")
    resolver = Resolver.current()
    codes = resolver.lsoas_of(_neighbourhood_ids(service_area))
    return Area.objects.filter(boundary_set_id=resolver.set_ids.get(AreaKind.LSOA), code__in=codes).order_by("code")


def _wards_of(service_area: ServiceArea) -> QuerySet[Area]:
    """Its wards: its own parts, else those of its districts, else those of its neighbourhoods."""
    own = Area.objects.filter(pk__in=_area_ids(_newest_parts([service_area.pk]).get(service_area.pk, ())))
    kinds = set(own.values_list("boundary_set__kind", flat=True))
    if kinds == {AreaKind.WARD}:
        return own
    if kinds == {AreaKind.DISTRICT}:
        return _settled_wards().filter(parent_code__in=own.values("code"))
    made_of = _newest_parts(_neighbourhood_ids(service_area))
    return Area.objects.filter(pk__in=[area for parts in made_of.values() for area in _area_ids(parts)])


def _settled_wards() -> QuerySet[Area]:
    """The newest wards that neighbourhoods are made of, else the newest: those of a review may be loaded before their day."""
    parts = ServiceAreaPart.objects.filter(area__boundary_set_id=OuterRef("pk"), kind=ServiceAreaKind.NEIGHBOURHOOD)
    sets = BoundarySet.objects.complete().filter(kind=AreaKind.WARD).annotate(is_settled=Exists(parts))
    chosen = sets.order_by("-is_settled", "-valid_from", "-loaded_at").values("pk")[:1]
    return Area.objects.filter(boundary_set_id__in=chosen).defer("outline")


def _neighbourhood_ids(service_area: ServiceArea) -> list[UUID]:
    """Itself when it is a neighbourhood, else every neighbourhood in it."""
    if service_area.kind == ServiceAreaKind.NEIGHBOURHOOD:
        return [service_area.pk]
    inside = Q(parent=service_area) | Q(partnership=service_area) | Q(partnership__parent=service_area)
    return list(neighbourhoods().filter(inside).values_list("pk", flat=True))


# ---------------------------------------------------------------- finding


def find(text: str) -> list[Found]:
    """Places whose name begins with, or has a word that begins with, what was typed; and postcodes. At most 20, likeliest first.

    Case, accents and punctuation do not matter, nor do St and Saint, Rd and Road. Only what lies in a neighbourhood is found.
    """
    said = rules.readings(text)
    if not said:
        return []
    found = _found_neighbourhoods(said) + _found_points(text, said)
    return found[:MOST_FOUND]


def _found_neighbourhoods(said: tuple[str, ...]) -> list[Found]:
    """Neighbourhoods are few enough to fold as they come."""
    matching = [each for each in neighbourhoods() if any(_says(name, said) for name in (each.name, each.name_cy))]
    places = outlines(matching)
    points = {each.pk: shapely.point_on_surface(places[each.pk]) for each in matching}
    return [
        Found(ServiceAreaKind.NEIGHBOURHOOD.value, each.name, each, points[each.pk].x, points[each.pk].y)
        for each in sorted(matching, key=lambda one: not rules.fold(one.name).startswith(said))
        if not points[each.pk].is_empty
    ]


def _says(name: str, said: tuple[str, ...]) -> bool:
    folded = f" {rules.fold(name)}"
    return any(f" {each}" in folded for each in said)


def _found_points(text: str, said: tuple[str, ...]) -> list[Found]:
    rows = [(each.kind, each.name, each.easting, each.northing) for each in _place_names(said)]
    rows += [("postcode", each.shown, each.easting, each.northing) for each in _postcodes(text)]
    if not rows:
        return []
    assigned = Resolver.current().assign([row[2] for row in rows], [row[3] for row in rows])
    known = ServiceArea.objects.in_bulk([pk for pk in assigned.neighbourhood if pk])
    return [
        Found(kind, label, known[pk], easting, northing)
        for (kind, label, easting, northing), pk in zip(rows, assigned.neighbourhood, strict=True)
        if pk in known
    ]


def _place_names(said: tuple[str, ...]) -> list[PlaceName]:
    begins, contains = Q(pk__in=[]), Q(pk__in=[])
    for each in said:
        begins |= Q(folded__startswith=each)
        contains |= Q(folded__contains=f" {each}")
    found = list(PlaceName.objects.filter(begins).order_by(Length("folded"), "folded", "pk")[:MOST_FOUND])
    if len(found) < MOST_FOUND:
        others = PlaceName.objects.filter(contains).exclude(pk__in=[each.pk for each in found])
        found += others.order_by(Length("folded"), "folded", "pk")[: MOST_FOUND - len(found)]
    return found


def _postcodes(text: str) -> Iterable[Postcode]:
    if not rules.begins_a_postcode(text):
        return ()
    begun = rules.fold_postcode(text)
    # A range, and not "starts with": it uses the primary key's index on every database, over a million and a half rows.
    found = Postcode.objects.filter(folded__gte=begun, folded__lte=f"{begun}ZZZZZ")
    return found.order_by(Length("folded"), "folded")[:MOST_FOUND]


def points_of_postcodes(postcodes: Collection[str]) -> dict[str, tuple[float, float]]:
    """Postcode as it was written -> its easting and northing in metres, for those in the directory that is loaded."""
    folded = {rules.fold_postcode(each): each for each in postcodes}
    keys = sorted(folded)
    found: dict[str, tuple[float, float]] = {}
    for first in range(0, len(keys), MOST_ASKED):
        rows = Postcode.objects.filter(pk__in=keys[first : first + MOST_ASKED])
        found |= {folded[row.pk]: (row.easting, row.northing) for row in rows}
    return found


# ---------------------------------------------------------------- for those who keep them


def list_boundary_sets(by: Actor) -> QuerySet[BoundarySet]:
    """Every boundary set with its number of areas (`area_count`), newest first within a kind. Raises NotAllowed."""
    by.require(Permission.VIEW)
    return BoundarySet.objects.annotate(area_count=Count("areas")).order_by("kind", "-valid_from")


def get_boundary_set(by: Actor, boundary_set_id: UUID) -> BoundarySet:
    """One boundary set, with `area_count`. Raises NotAllowed, NotFound."""
    found = list_boundary_sets(by).filter(pk=boundary_set_id).first()
    if found is None:
        raise NotFound(_("There are no such boundaries. They may have been loaded again under another address."))
    return found


def report_of(boundary_set: BoundarySet) -> list[str]:
    """What the latest load said of a set, in the language of whoever reads."""
    return [str(Message(note["text"], note["values"])) for note in boundary_set.notes]


def list_service_areas(by: Actor) -> QuerySet[ServiceArea]:
    """The partnerships where the actor may see this, and their neighbourhoods, with `part_count`. Raises NotAllowed."""
    by.require(Permission.VIEW)
    within = [grant.partnership_id for grant in by.scopes(Permission.VIEW)]
    found = ServiceArea.objects.filter(Q(partnership_id__in=within) | Q(pk__in=within)).select_related("partnership")
    return found.annotate(part_count=Count("parts")).order_by("partnership__name", F("kind").desc(), "name")


def coverage(by: Actor, on: date) -> Coverage:
    """What the boundaries of the day still lack. Raises NotAllowed."""
    by.require(Permission.VIEW)
    resolver = Resolver.current(on)
    wards = Area.objects.filter(boundary_set_id=resolver.set_ids.get(AreaKind.WARD)).defer("outline").order_by("code")
    used = ServiceAreaPart.objects.filter(kind=ServiceAreaKind.NEIGHBOURHOOD).values("area_id")
    return Coverage(
        wards=wards.count(),
        wards_without_neighbourhood=tuple(wards.exclude(pk__in=used)),
        wards_without_population=tuple(wards.filter(population=None)),
        place_names=PlaceName.objects.count(),
        postcodes=Postcode.objects.count(),
    )
