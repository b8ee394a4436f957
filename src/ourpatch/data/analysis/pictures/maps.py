"""Maps in metres of the National Grid: shaded areas, points, and a plain map to choose a place on without
JavaScript.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ourpatch.data.analysis.pictures.frame import MapFrame
from ourpatch.data.analysis.pictures.svg import HATCHED, INK, PAPER, QUIET, Picture, hatch, number, picture, tag, words
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

# One hue from light to dark (ColorBrewer Blues): in order for every kind of colour sight, and on a black and white
# printer.
_SHADES = {
    1: ("#9ecae1",),
    2: ("#deebf7", "#3182bd"),
    3: ("#deebf7", "#9ecae1", "#3182bd"),
    4: ("#eff3ff", "#bdd7e7", "#6baed6", "#2171b5"),
    5: ("#eff3ff", "#bdd7e7", "#6baed6", "#3182bd", "#08519c"),
    6: ("#eff3ff", "#c6dbef", "#9ecae1", "#6baed6", "#3182bd", "#08519c"),
}
_LAND = "#f3f2f1"
_POINT = "#7a1f5c"
_ROW = 26
_WITHHELD = _("Withheld to protect people")


@dataclass(frozen=True, slots=True)
class Area:
    """One area of a map: its key, its name, its outline (metres, EPSG:27700) and its value (None = withheld)."""

    key: str
    label: str
    shape: BaseGeometry
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Picker:
    """A picture to choose a place on, and the frame that reads where it was clicked.

    For `<input type="image">`: the browser sends x and y in CSS pixels, so show it at its own width and height.
    """

    svg: Picture
    frame: MapFrame


def choropleth(
    areas: Sequence[Area],
    breaks: Sequence[float],
    *,
    title: str,
    desc: str,
    outline: BaseGeometry | None = None,
    hatched: Message = _WITHHELD,
    width: int = 640,
    ident: str | None = None,
) -> Picture:
    """Areas shaded by value. `breaks` are the highest values of each class but the last; areas without one are hatched, and
    `hatched` says why.

    Raises BadInput for no areas, breaks out of order, or more than six classes (nobody tells seven blues apart).
    """
    if len(breaks) + 1 not in _SHADES or sorted(set(breaks)) != list(breaks):
        raise BadInput(_("Give up to five breaks, each above the one before."))
    frame = MapFrame.fit(_bounds(areas), width)
    shades = _SHADES[len(breaks) + 1]
    drawn = [_area(area, frame, _shade(area.value, breaks, shades)) for area in areas]
    if outline is not None:
        drawn.append(tag("path", d=outline_path(outline, frame), fill="none", stroke=INK, stroke_width=1.5))
    legend = list(_class_names(breaks))
    swatches = list(zip(shades, legend, strict=True))
    if any(area.value is None for area in areas):
        swatches.append((HATCHED, str(hatched)))
    drawn += [_swatch(frame, i, fill, text) for i, (fill, text) in enumerate(swatches)]
    height = frame.height + _ROW * len(swatches) + 8
    return picture([hatch(), *drawn], width=width, height=height, title=title, desc=desc, ident=ident)


def point_map(
    easting: Sequence[float],
    northing: Sequence[float],
    counts: Sequence[int],
    *,
    outlines: Sequence[BaseGeometry],
    title: str,
    desc: str,
    width: int = 640,
    ident: str | None = None,
) -> Picture:
    """Points as discs whose area grows with their count, largest at the back, over outlines that also set the frame.

    Points outside the frame are not drawn. Raises BadInput when there is no outline or the lengths differ.
    """
    e, n, size = (np.asarray(values, dtype=np.float64) for values in (easting, northing, counts))
    if not (e.shape == n.shape == size.shape):
        raise BadInput(_("Give one easting, one northing and one count for each point."))
    frame = MapFrame.fit(_bounds([Area("", "", shape) for shape in outlines]), width)
    most = float(size.max()) if size.size else 1.0
    x, y = frame.to_px(e, n)
    drawn = [tag("path", d=outline_path(o, frame), fill=_LAND, stroke=QUIET, fill_rule="evenodd") for o in outlines]
    for i in np.argsort(-size, kind="stable"):
        if 0 <= x[i] <= frame.width and 0 <= y[i] <= frame.height and size[i] > 0:
            drawn.append(_disc(float(x[i]), float(y[i]), float(size[i]), most))
    drawn += _disc_legend(frame, most)
    return picture(drawn, width=width, height=frame.height + 48, title=title, desc=desc, ident=ident)


def area_picker(
    areas: Sequence[Area],
    *,
    title: str,
    desc: str,
    outline: BaseGeometry | None = None,
    width: int = 640,
    ident: str | None = None,
) -> Picker:
    """A plain map with names, to be clicked on; `picker.frame.to_bng(x, y)` gives the place in metres."""
    frame = MapFrame.fit(_bounds(areas), width)
    drawn = [_area(area, frame, _LAND) for area in areas]
    if outline is not None:
        drawn.append(tag("path", d=outline_path(outline, frame), fill="none", stroke=INK, stroke_width=2))
    drawn += _names(areas, frame)
    svg = picture(drawn, width=width, height=frame.height, title=title, desc=desc, ident=ident, natural=True)
    return Picker(svg, frame)


def quantile_breaks(values: Iterable[float | None], classes: int = 5) -> tuple[float, ...]:
    """Breaks that put about equally many areas in each class; fewer where values repeat. None is left out."""
    known = np.array(sorted(v for v in values if v is not None), dtype=np.float64)
    if not known.size:
        return ()
    # A value that was seen, not one between two: a legend of counts then holds whole numbers.
    cuts = {float(known[min(known.size - 1, (known.size * k) // classes)]) for k in range(1, classes)}
    return tuple(sorted(cut for cut in cuts if cut < known[-1]))


def outline_path(shape: BaseGeometry, frame: MapFrame) -> str:
    """The outline in half pixels: neighbours round alike, so no gap opens between them, and a county stays a small
    file.
    """
    drawn = []
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            coords = shapely.get_coordinates(ring)
            pixels = np.round(np.column_stack(frame.to_px(coords[:, 0], coords[:, 1])) * 2) / 2
            moved = np.ones(len(pixels), dtype=bool)
            moved[1:] = (np.diff(pixels, axis=0) != 0).any(axis=1)
            steps = pixels[moved]
            if len(steps) > 3:
                drawn.append("M" + "L".join(f"{x:g} {y:g}" for x, y in steps[:-1]) + "Z")
    return "".join(drawn)


def _shade(value: float | None, breaks: Sequence[float], shades: Sequence[str]) -> str:
    return HATCHED if value is None else shades[bisect_left(breaks, value)]


def _class_names(breaks: Sequence[float]) -> Iterator[str]:
    if not breaks:
        yield str(_("All areas with figures"))
        return
    yield str(_("%(top)s or fewer", top=number(breaks[0])))
    for low, high in pairwise(breaks):
        yield str(_("over %(low)s, up to %(top)s", low=number(low), top=number(high)))
    yield str(_("over %(low)s", low=number(breaks[-1])))


def _area(area: Area, frame: MapFrame, fill: str) -> str:
    shown = area.label if area.value is None else f"{area.label}: {number(area.value)}"
    name = tag("title", escape(shown))
    return tag(
        "path", name, d=outline_path(area.shape, frame), fill=fill, stroke=QUIET, stroke_width=0.7, fill_rule="evenodd"
    )


def _swatch(frame: MapFrame, row: int, fill: str, text: str) -> str:
    top = frame.height + 4 + row * _ROW
    return tag("rect", x=8, y=top, width=32, height=18, fill=fill, stroke=QUIET) + words(text, 50, top + 14)


def _disc(x: float, y: float, count: float, most: float) -> str:
    return tag(
        "circle", cx=x, cy=y, r=_radius(count, most), fill=_POINT, fill_opacity="0.55", stroke=PAPER, stroke_width=0.8
    )


def _radius(count: float, most: float) -> float:
    # Area, not radius, grows with the count: otherwise ten incidents would look like a hundred.
    return max(2.5, 16.0 * math.sqrt(count / most))


def _disc_legend(frame: MapFrame, most: float) -> list[str]:
    drawn, x, y = [], 24.0, frame.height + 26.0
    for count in sorted({1.0, max(1.0, round(most / 4)), most}):
        radius = _radius(count, most)
        drawn.append(_disc(x + radius, y, count, most))
        text = number(count)
        drawn.append(words(text, x + 2 * radius + 8, y + 5))
        x += 2 * radius + 28 + 9 * len(text)
    return drawn


def _names(areas: Sequence[Area], frame: MapFrame) -> list[str]:
    """Names at a point inside each area; one that would lie on an earlier name is left to the list beside the map."""
    taken: list[tuple[float, float, float, float]] = []
    drawn = []
    for area in sorted(areas, key=lambda a: -a.shape.area):
        spot = area.shape.representative_point()
        x, y = (float(v) for v in frame.to_px(spot.x, spot.y))
        half = 4.0 * len(area.label)
        box = (x - half, y - 10, x + half, y + 8)
        if box[0] < 0 or box[2] > frame.width or any(_overlap(box, other) for other in taken):
            continue
        taken.append(box)
        halo = words(area.label, x, y + 5, anchor="middle", fill=PAPER, stroke=PAPER, stroke_width=4)
        drawn += [halo, words(area.label, x, y + 5, anchor="middle")]
    return drawn


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _bounds(areas: Sequence[Area]) -> tuple[float, float, float, float]:
    if not areas:
        raise BadInput(_("There is nothing to draw a map of."))
    west, south, east, north = shapely.total_bounds([area.shape for area in areas])
    return float(west), float(south), float(east), float(north)
