"""What boundaries, population, deprivation and place names say about a neighbourhood."""

from __future__ import annotations

from collections import Counter
from datetime import date

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from ourpatch.data.analysis.pictures import Area, area_picker, choropleth
from ourpatch.foundation.places import queries
from ourpatch.foundation.places.models import Area as PlaceArea
from ourpatch.foundation.places.models import PlaceName
from ourpatch.foundation.places.queries import Resolver
from ourpatch.ground import clock
from ourpatch.ground.geo import from_wkb
from ourpatch.ground.pages import numeric
from ourpatch.intelligence.profiles.contents import Figure, Section, Setting, Source, Table
from ourpatch.intelligence.profiles.sections import words

SQUARE_METRES = 1_000_000
# The deciles of deprivation end here; the last shade is what lies above.
DECILE_BREAKS = (2.0, 4.0, 6.0, 8.0)
SHOWN_NAMES = 100
# Names of streets are how people find a place, not significant locations of it.
NOT_SIGNIFICANT = frozenset({"street", "road"})


def boundary(setting: Setting) -> Section | None:
    """The neighbourhood among those around it, and how its boundary was agreed."""
    here = setting.neighbourhood
    around = list(queries.neighbourhoods(here.partnership_id))
    outlines = queries.outlines(around)
    outline = outlines.get(here.pk)
    if outline is None or outline.is_empty:
        return None
    areas = [Area(each.slug, each.shown_name, outlines[each.pk]) for each in around if not outlines[each.pk].is_empty]
    size = words.number(outline.area / SQUARE_METRES, 1)
    title = _("%(name)s in its partnership") % {"name": here.shown_name}
    said = _("%(name)s covers %(size)s square kilometres.") % {"name": here.shown_name, "size": size}
    picture = area_picker(areas, title=title, desc=said, outline=outline).svg
    names = Table(title, [_("Neighbourhood"), numeric(_("Square kilometres"))], _sizes(areas))
    agreed = here.agreed_how or _("How the boundary was agreed is not written down yet.")
    return Section(
        title=_("Boundary"),
        source=_set_source(setting, "ward"),
        sentences=(agreed,),
        figures=(Figure(title, said, picture, names),),
    )


def _sizes(areas: list[Area]) -> list[list[str]]:
    return [[area.label, words.number(area.shape.area / SQUARE_METRES, 1)] for area in areas]


def deprivation(setting: Setting) -> Section | None:
    """How deprived its small areas are."""
    found = queries.deprivation(setting.neighbourhood, clock.london_date(setting.now))
    if found is None:
        return None
    said = _(
        "%(poor)s of the %(known)s small areas here are among the most deprived fifth. The mean score is %(mean)s."
    ) % {
        "poor": found.most_deprived_fifth,
        "known": found.known,
        "mean": words.number(found.mean_score, 1),
    }
    areas = list(_lsoas(setting))
    title = _("Deprivation of small areas")
    rows = [
        [each.name, str(each.deprivation_decile or "–"), words.number(each.deprivation_score or 0, 1)] for each in areas
    ]
    head = [_("Small area (LSOA)"), numeric(_("Decile (1 is most deprived)")), numeric(_("Score"))]
    table = Table(title, head, rows)
    drawn = [
        Area(each.code, each.name, from_wkb(each.outline), float(each.deprivation_decile))
        if each.deprivation_decile
        else Area(each.code, each.name, from_wkb(each.outline))
        for each in areas
    ]
    outline = queries.outline(setting.neighbourhood)
    svg = choropleth(drawn, DECILE_BREAKS, title=title, desc=said, outline=outline)
    return Section(
        title=title,
        source=_set_source(setting, "lsoa", _("Index of deprivation, by small area")),
        sentences=(said,),
        figures=(Figure(title, _("Lower deciles are more deprived."), svg, table),),
    )


def landmarks(setting: Setting) -> Section | None:
    """The places people name, by kind."""
    names = _names_inside(queries.outline(setting.neighbourhood))
    if not names:
        return None
    kinds = Counter(kind for kind, _name in names)
    listed = [(kind, name) for kind, name in names if kind not in NOT_SIGNIFICANT][:SHOWN_NAMES]
    head = [_("Kind"), numeric(_("Number"))]
    tables = [Table(_("Named places by kind"), head, [[kind, words.number(n)] for kind, n in kinds.most_common()])]
    if listed:
        tables.append(Table(_("Landmarks"), [_("Name"), _("Kind")], [[name, kind] for kind, name in listed]))
    return Section(
        title=_("Places people name"),
        source=Source(_("Gazetteer of place names"), _("As loaded with the boundaries"), True),
        tables=tuple(tables),
    )


def population(setting: Setting) -> Section | None:
    """How many people live here, and how densely."""
    people, year = queries.population(setting.neighbourhood)
    if people is None:
        return None
    area = queries.outline(setting.neighbourhood).area / SQUARE_METRES
    sentences = [
        _("%(people)s people live here%(year)s.")
        % {"people": words.number(people), "year": f" ({year})" if year else ""}
    ]
    if area:
        density = words.number(people / area)
        sentences.append(_("That is %(density)s people to the square kilometre.") % {"density": density})
    return Section(
        title=_("Population"),
        source=Source(
            name=_("Population estimates by ward"),
            owner=_("Office for National Statistics"),
            is_automatic=True,
            as_of=date(year, 6, 30) if year else None,
            limitations=(_("People who moved recently, students and those without a settled home are often missed."),),
        ),
        sentences=tuple(sentences),
    )


def _names_inside(outline: BaseGeometry) -> list[tuple[str, str]]:
    """(kind, name) of the gazetteer's places inside an outline."""
    if outline.is_empty:
        return []
    west, south, east, north = outline.bounds
    near = PlaceName.objects.filter(easting__range=(west, east), northing__range=(south, north))
    rows = list(near.order_by("kind", "name").values_list("kind", "name", "easting", "northing"))
    inside = shapely.contains_xy(outline, [row[2] for row in rows], [row[3] for row in rows])
    return [(kind, name) for (kind, name, _e, _n), is_inside in zip(rows, inside, strict=True) if is_inside]


def _lsoas(setting: Setting) -> list[PlaceArea]:
    codes = Resolver.current(clock.london_date(setting.now)).lsoas_of([setting.neighbourhood.pk])
    found = queries.areas("lsoa").filter(code__in=codes).defer(None)
    return list(found.select_related("boundary_set").order_by("deprivation_decile", "code"))


def _set_source(setting: Setting, kind: str, name: str = "") -> Source:
    one = queries.areas(kind).select_related("boundary_set").first()
    return Source(
        name=name or _("Boundaries"),
        owner=one.boundary_set.attribution if one else "",
        is_automatic=True,
        as_of=one.boundary_set.valid_from if one else None,
        limitations=(_("Outlines are simplified: a place on a boundary may be drawn on the other side of it."),),
    )
