"""Making the stable places that grants and records name, of the boundaries of today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.text import slugify

from ourpatch.foundation.places import rules
from ourpatch.foundation.places.actions.bulk import Step, require_loader
from ourpatch.foundation.places.models import (
    Area,
    AreaKind,
    BoundarySet,
    ServiceArea,
    ServiceAreaKind,
    ServiceAreaPart,
)
from ourpatch.foundation.places.permissions import Permission
from ourpatch.foundation.places.reading.rows import NeighbourhoodRow
from ourpatch.ground.audit.trail import Trail, change
from ourpatch.ground.clock import london_date
from ourpatch.ground.errors import Problems, RuleBroken
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _


def make_service_area(
    *,
    by: Actor,
    kind: str,
    name: str,
    now: datetime,
    slug: str = "",
    parent: ServiceArea | None = None,
    partnership: ServiceArea | None = None,
    tier: str = "",
    parts: Collection[str] = (),
    part_kind: str = AreaKind.WARD,
    jurisdiction: str = "england",
    name_cy: str = "",
    description: str = "",
    description_cy: str = "",
    agreed_how: str = "",
) -> ServiceArea:
    """Make a place that grants and records can name, of the areas with these codes in the boundaries of today.

    Raises NotAllowed, RuleBroken (no such area; an area that already belongs to another of its kind).
    """
    with change(by, "places.make_service_area") as audit:
        by.require(Permission.LOAD, partnership.pk if partnership else None)
        made = ServiceArea.objects.create(
            kind=kind,
            name=name,
            name_cy=name_cy,
            slug=_free_slug(slug or slugify(name), partnership),
            parent=parent,
            partnership=partnership,
            tier=tier,
            jurisdiction=jurisdiction,
            description=description,
            description_cy=description_cy,
            agreed_how=agreed_how,
        )
        if kind == ServiceAreaKind.PARTNERSHIP:
            made.partnership = made
            made.save(update_fields=["partnership"])
        audit.noted("service_area", [made.pk], reason=f"{kind}: made")
        _add_parts(made, _areas_of_today(part_kind, parts, london_date(now)), audit)
    return made


def make_partnerships_from_districts(*, by: Actor, now: datetime, county: str = "") -> list[ServiceArea]:
    """A community safety partnership for each district of today's boundaries, and a county group over those of a two-tier county.

    A district that already has its partnership, under this or an earlier vintage, keeps it. Raises NotAllowed, RuleBroken (no
    districts are loaded; `county` is not named and there is a two-tier district), BadInput (a code of neither England nor
    Wales). Source: Crime and Disorder Act 1998 ss.5-6 (responsible authorities by local government area).
    """
    with change(by, "places.make_partnerships_from_districts") as audit:
        by.require(Permission.LOAD)
        districts = _areas_of_today(AreaKind.DISTRICT, None, london_date(now))
        tiers = {district.code: rules.tier_of(district.code) for district in districts}
        group = _county_group(county, [each for each in districts if tiers[each.code] == "district"], audit)
        return [_partnership_of(each, tiers[each.code], group, audit) for each in districts]


def _county_group(county: str, districts: list[Area], audit: Trail) -> ServiceArea | None:
    """The strategy group over a two-tier county, which makes its agreement. Source: SI 2007/1830 reg 9."""
    if not districts:
        return None
    found = _known_by_part(ServiceAreaKind.COUNTY_GROUP, districts)
    if found is None:
        two_tier = (
            None if county else ("county", _("Some of these districts lie in a two-tier county. Name the county."))
        )
        Problems.collect([two_tier]).raise_if_any()
        found = ServiceArea.objects.create(
            kind=ServiceAreaKind.COUNTY_GROUP, name=county, slug=_free_slug(slugify(county), None)
        )
    _add_parts(found, districts, audit)
    return found


def _partnership_of(district: Area, tier: str, group: ServiceArea | None, audit: Trail) -> ServiceArea:
    found = _known_by_part(ServiceAreaKind.PARTNERSHIP, [district])
    if found is None:
        found = ServiceArea.objects.create(
            kind=ServiceAreaKind.PARTNERSHIP,
            name=district.name,
            name_cy=district.name_cy,
            slug=_free_slug(slugify(district.name), None),
            parent=group if tier == "district" else None,
            tier=tier,
            jurisdiction=rules.jurisdiction_of(district.code),
        )
        found.partnership = found
        found.save(update_fields=["partnership"])
    _add_parts(found, [district], audit)
    return found


def make_neighbourhoods_from_wards(
    *,
    by: Actor,
    now: datetime,
    mapping: Collection[NeighbourhoodRow] | None = None,
    agreed_how: str = "",
    step: Step | None = None,
) -> list[ServiceArea]:
    """Every neighbourhood of today's wards: as agreed locally (`mapping`), else one for each ward that has none yet.

    One transaction a partnership. A neighbourhood that is there keeps its identity and gains the wards of a new vintage: it
    is known by its name within its partnership, or by a ward it has had. Raises NotAllowed, RuleBroken (a ward of the
    mapping is not loaded; a neighbourhood would lie in two partnerships; a ward already belongs to another).
    """
    require_loader(by, "places.make_neighbourhoods_from_wards")
    today = london_date(now)
    wards = {ward.code: ward for ward in _areas_of_today(AreaKind.WARD, None, today)}
    groups = _one_each(wards.values()) if mapping is None else _as_agreed(wards, mapping)
    partnership_of = _partnerships_of_districts(today)
    groups_of = _by_partnership(groups, partnership_of)
    partnerships = {each.pk: each for each in partnership_of.values()}
    for pk, these in groups_of.items():
        with change(by, "places.make_neighbourhoods_from_wards") as audit:
            for group in these:
                _neighbourhood_of(group, partnerships[pk], agreed_how, audit)
        if step:
            step(len(these))
    made = ServiceArea.objects.filter(
        kind=ServiceAreaKind.NEIGHBOURHOOD, parts__area__in=[each.pk for each in wards.values()]
    )
    return list(made.distinct().order_by("name", "slug"))


@dataclass(frozen=True, slots=True)
class _Group:
    """Wards that make one neighbourhood."""

    name: str
    name_cy: str
    slug: str
    wards: tuple[Area, ...]


def _one_each(wards: Collection[Area]) -> list[_Group]:
    taken = ServiceAreaPart.objects.filter(kind=ServiceAreaKind.NEIGHBOURHOOD, area__in=[ward.pk for ward in wards])
    settled = set(taken.values_list("area_id", flat=True))
    return [_Group(ward.name, ward.name_cy, slugify(ward.name), (ward,)) for ward in wards if ward.pk not in settled]


def _as_agreed(wards: Mapping[str, Area], mapping: Collection[NeighbourhoodRow]) -> list[_Group]:
    Problems.collect(
        ("mapping", _("Row %(row)s: there is no ward %(code)s in the boundaries of today.", row=row.row, code=row.code))
        for row in mapping
        if row.code not in wards
    ).raise_if_any()
    grouped: dict[tuple[str, str], list[Area]] = {}
    for row in mapping:
        grouped.setdefault((row.neighbourhood, row.slug), []).append(wards[row.code])
    return [_Group(name, "", slug, tuple(these)) for (name, slug), these in grouped.items()]


def _by_partnership(groups: Iterable[_Group], partnership_of: Mapping[str, ServiceArea]) -> dict[UUID, list[_Group]]:
    """Groups by the one partnership that all of a group's wards lie in."""
    found: dict[UUID, list[_Group]] = {}
    astray = []
    for group in groups:
        within = {
            partnership_of[ward.parent_code].pk if ward.parent_code in partnership_of else None for ward in group.wards
        }
        only = within.pop()
        if within or only is None:
            astray.append(group.name)
        else:
            found.setdefault(only, []).append(group)
    Problems.collect(
        (
            "mapping",
            _(
                "The wards of %(name)s do not all lie in one partnership. A neighbourhood lies in one: check its wards, and "
                "that every district has its partnership.",
                name=name,
            ),
        )
        for name in astray
    ).raise_if_any()
    return found


def _neighbourhood_of(group: _Group, partnership: ServiceArea, agreed_how: str, audit: Trail) -> ServiceArea:
    within = ServiceArea.objects.filter(kind=ServiceAreaKind.NEIGHBOURHOOD, partnership=partnership)
    found = within.filter(Q(name=group.name) | Q(slug=group.slug)).order_by("pk").first()
    if found is None and len(group.wards) == 1:
        found = _known_by_part(ServiceAreaKind.NEIGHBOURHOOD, group.wards)
    if found is None:
        found = ServiceArea.objects.create(
            kind=ServiceAreaKind.NEIGHBOURHOOD,
            name=group.name,
            name_cy=group.name_cy,
            slug=_free_slug(group.slug, partnership),
            parent=partnership,
            partnership=partnership,
            jurisdiction=partnership.jurisdiction,
            agreed_how=agreed_how,
        )
    _add_parts(found, group.wards, audit)
    return found


def _partnerships_of_districts(on: date) -> dict[str, ServiceArea]:
    """District code -> its partnership, under the boundaries of the day."""
    districts = _areas_of_today(AreaKind.DISTRICT, None, on)
    parts = ServiceAreaPart.objects.filter(kind=ServiceAreaKind.PARTNERSHIP, area__in=[each.pk for each in districts])
    return {
        part.area.code: part.service_area
        for part in parts.select_related("service_area", "area").defer("area__outline")
    }


def _areas_of_today(kind: str, codes: Collection[str] | None, on: date) -> list[Area]:
    """Areas of the set in force, in the order of their codes; all of them when no codes are given. Raises RuleBroken."""
    if codes is not None and not codes:
        return []
    chosen = rules.in_force(BoundarySet.objects.complete().filter(kind=kind), on).get(kind)
    if chosen is None:
        raise RuleBroken(
            _(
                "No boundaries of this kind are loaded: %(kind)s. Load them with ourpatch load-boundaries.",
                kind=str(AreaKind(kind).label),
            )
        )
    found = chosen.areas.defer("outline").order_by("code")
    if codes is None:
        return list(found)
    these = list(found.filter(code__in=list(codes)))
    missing = sorted(set(codes) - {area.code for area in these})
    Problems.collect(
        ("parts", _("There is no area %(code)s in %(vintage)s.", code=code, vintage=chosen.vintage)) for code in missing
    ).raise_if_any()
    return these


def _known_by_part(kind: str, areas: Iterable[Area]) -> ServiceArea | None:
    """The service area of this kind that one of these codes belongs to, in any vintage."""
    codes = [area.code for area in areas]
    part = (
        ServiceAreaPart.objects.filter(kind=kind, area__code__in=codes)
        .select_related("service_area")
        .order_by("pk")
        .first()
    )
    return part.service_area if part else None


def _add_parts(service_area: ServiceArea, areas: Sequence[Area], audit: Trail) -> None:
    """Make the areas part of it; those that are already stay. Raises RuleBroken when one belongs to another of its kind."""
    taken = ServiceAreaPart.objects.filter(kind=service_area.kind, area__in=[area.pk for area in areas])
    owner = {part.area_id: part.service_area for part in taken.select_related("service_area")}
    Problems.collect(
        ("parts", _("%(area)s already belongs to %(owner)s.", area=area.name, owner=owner[area.pk].name))
        for area in areas
        if area.pk in owner and owner[area.pk].pk != service_area.pk
    ).raise_if_any()
    new = [area for area in areas if area.pk not in owner]
    if new:
        ServiceAreaPart.objects.bulk_create(
            ServiceAreaPart(service_area=service_area, area=area, kind=service_area.kind) for area in new
        )
        codes = ", ".join(area.code for area in new)
        audit.noted("service_area", [service_area.pk], reason=f"{service_area.kind}: gains {codes}")


def _free_slug(wanted: str, partnership: ServiceArea | None) -> str:
    like = ServiceArea.objects.filter(slug__startswith=wanted[:100]).values_list("slug", flat=True)
    return rules.free_slug(wanted[:100], partnership.slug if partnership else "area", set(like))
