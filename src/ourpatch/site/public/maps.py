"""Maps to press on: a picture of neighbourhoods, and the place that a press on it means. No script needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from ourpatch.data.analysis.pictures import Area, Picker, area_picker
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind

ALL = "all"
WIDTH = 640
# Beyond so many names nobody reads them on one picture: the map then shows the partnerships.
MOST_NAMED = 40

Point = tuple[float, float]
Drawn = tuple[tuple[str, str, BaseGeometry], ...]


def picker_of(place: ServiceArea | None) -> Picker | None:
    """The map of a neighbourhood, of a partnership's neighbourhoods, or (None) of everything; None when nothing is drawn."""
    areas = _areas(place)
    shapes = places.outlines(areas)
    drawn = tuple((area.slug, area.shown_name, shapes[area.pk]) for area in areas if not shapes[area.pk].is_empty)
    return _picker(drawn, get_language() or "en") if drawn else None


def pressed(place: ServiceArea | None, posted: Mapping[str, str], name: str = "press") -> Point | None:
    """Where a press on a map is (metres, EPSG:27700); None when it was not pressed with a pointer.

    A browser sends 0,0 when the picture is chosen from the keyboard, so the corner is nowhere.
    """
    try:
        x, y = int(posted[f"{name}.x"]), int(posted[f"{name}.y"])
    except (KeyError, ValueError):
        return None
    picker = picker_of(place)
    if picker is None or (x, y) == (0, 0) or not (0 <= x <= picker.frame.width and 0 <= y <= picker.frame.height):
        return None
    return picker.frame.to_bng(x, y)


def was_pressed(posted: Mapping[str, str], name: str = "press") -> bool:
    """Whether a map was chosen at all."""
    return f"{name}.x" in posted


def _areas(place: ServiceArea | None) -> Sequence[ServiceArea]:
    if place is None:
        everywhere = list(places.neighbourhoods()[: MOST_NAMED + 1])
        return everywhere if len(everywhere) <= MOST_NAMED else list(places.partnerships())
    if place.kind == ServiceAreaKind.PARTNERSHIP:
        return list(places.neighbourhoods(place.pk))
    return [place]


@lru_cache(maxsize=64)
def _picker(drawn: Drawn, language: str) -> Picker:
    """Drawn once for each set of outlines and language."""
    names = ", ".join(name for _slug, name, _shape in drawn)
    return area_picker(
        [Area(slug, name, shape) for slug, name, shape in drawn],
        title=_("Map to choose a place on"),
        desc=names,
        width=WIDTH,
    )
