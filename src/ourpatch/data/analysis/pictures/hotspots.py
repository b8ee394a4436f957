"""Maps of cells: density, hot spots and their patterns. Cells that are alike are drawn as one outline, so that a county stays a
small file without seams.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from ourpatch.data.analysis.density import Density
from ourpatch.data.analysis.exposure import Risks
from ourpatch.data.analysis.grids import Grid
from ourpatch.data.analysis.hotspots import HotSpot, HotSpots
from ourpatch.data.analysis.patterns import NAMES, Pattern, Patterns
from ourpatch.data.analysis.pictures.frame import MapFrame
from ourpatch.data.analysis.pictures.maps import outline_path
from ourpatch.data.analysis.pictures.svg import INK, PAPER, QUIET, Picture, number, picture, tag, words
from ourpatch.data.analysis.sentences import pick, spoken
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Flags = npt.NDArray[np.bool_]

# Light to dark by lightness alone (ColorBrewer Blues without its lightest, which is too near the paper).
_SHADES = ("#c6dbef", "#9ecae1", "#6baed6", "#3182bd", "#08519c")
_LAND = "#f3f2f1"
_HOT = "#08519c"
_SHARES_BELOW = (0.5, 0.75, 0.9, 0.97)
_ROW = 26
_REST = _("Rest of the study area")
_MOST_MARKED = 9
_MOST_TOLD = 5
_SMALLEST_BAR = 90.0
_SEAM = 0.01
# Of the whole place's rate, up to which each shade goes.
_TIMES = (0.5, 1.0, 1.5, 3.0)

# Four steps of lightness as well as of hue, so that they are told apart in black and white.
_PATTERN_FILLS: dict[Pattern, str] = {
    Pattern.PERSISTENT: "#08306b",
    Pattern.EMERGING: "#d95f02",
    Pattern.INTERMITTENT: "#9ecae1",
    Pattern.FORMER: PAPER,
}


@dataclass(frozen=True, slots=True)
class _Layer:
    """Cells that are drawn alike, and what the legend calls them."""

    cells: Flags
    fill: str
    line: float
    name: Message


def density_map(
    grid: Grid, found: Density, *, what: str, where: str, when: str, width: int = 640, ident: str | None = None
) -> Picture:
    """Cells shaded by density, from light to dark; the study area's land stays pale where there is hardly any. Title and
    description are made from the numbers.
    """
    values = np.array([math.nan if value is None else value for value in found.values])
    _check(grid, len(values))
    layers = _density_layers(values)
    title = _(
        "Density of %(what)s, %(where)s, %(when)s: incidents per square km (%(count)s incidents)",
        what=what,
        where=where,
        when=when,
        count=f"{found.incidents:,}",
    )
    desc = spoken([_classes(layers), *pick(found.sentences, "none", "densest", "kernel", "steadiness")])
    layers.append(_Layer(~(values > 0), _LAND, 0.0, _("No incidents within the bandwidth, or no figure")))
    return _drawn(grid, layers, [], str(title), desc, width, ident)


def hot_spot_map(
    grid: Grid, found: HotSpots, *, what: str, where: str, when: str, width: int = 640, ident: str | None = None
) -> Picture:
    """Hot cells dark and outlined, those with most incidents numbered as in the table. Title and description are made from
    the numbers.
    """
    hot = np.array(found.hot, dtype=np.bool_)
    _check(grid, len(hot))
    said = {"what": what, "where": where, "when": when, "count": f"{sum(found.counts):,}"}
    title = (
        _(
            "Hot spots of %(what)s, %(where)s, %(when)s: cells among higher rates than chance often puts together (%(count)s "
            "incidents)",
            **said,
        )
        if found.by_rate
        else _(
            "Hot spots of %(what)s, %(where)s, %(when)s: cells among more incidents than chance often puts together "
            "(%(count)s incidents)",
            **said,
        )
    )
    said_of = pick(found.sentences, "none_shown", "shown")
    return _hot_and_rest(grid, hot, found.spots, str(title), said_of, width, ident)


def risk_map(
    grid: Grid, found: Risks, *, what: str, where: str, when: str, width: int = 640, ident: str | None = None
) -> Picture:
    """Cells among more than what they are held against brings by chance, dark and outlined, numbered as in the table. Title and
    description are made from the numbers.
    """
    hot = np.array(found.hot, dtype=np.bool_)
    _check(grid, len(hot))
    title = _(
        "Hot spots of %(what)s, %(where)s, %(when)s, %(rate)s: cells among more than chance often brings (%(count)s incidents)",
        what=what,
        where=where,
        when=when,
        rate=found.base.rate,
        count=f"{sum(found.counts):,}",
    )
    said_of = pick(found.sentences, "none_shown", "shown", "average")
    return _hot_and_rest(grid, hot, found.spots, str(title), said_of, width, ident)


def rate_map(
    grid: Grid, found: Risks, *, what: str, where: str, when: str, width: int = 640, ident: str | None = None
) -> Picture:
    """Cells by how many times the rate of the whole place they have; those over too little for a rate are white with an outline.
    Title and description are made from the numbers.
    """
    _check(grid, len(found.cells))
    times = np.array([math.nan if risk is None else risk.ratio for risk in found.cells])
    edges = (0.0, *_TIMES, math.inf)
    layers = [
        _Layer((times >= low) & (times < high), fill, 0.0, _times_name(low, high))
        for low, high, fill in zip(edges[:-1], edges[1:], _SHADES, strict=True)
    ]
    unrated = _("No rate: fewer than %(fewest)s (%(base)s)", fewest=number(found.base.fewest), base=found.base.head)
    layers.append(_Layer(np.isnan(times), PAPER, 0.6, unrated))
    title = _(
        "%(what)s, %(where)s, %(when)s, %(rate)s: cells as multiples of the whole place's %(overall)s (%(count)s incidents)",
        what=what,
        where=where,
        when=when,
        rate=found.base.rate,
        overall=number(float(f"{found.overall:.3g}")),
        count=f"{sum(found.counts):,}",
    )
    desc = spoken(
        [
            *pick(found.sentences, "average"),
            *(_("%(name)s: %(count)s cells.", name=each.name, count=f"{int(each.cells.sum()):,}") for each in layers),
        ]
    )
    return _drawn(grid, layers, [], str(title), desc, width, ident)


def _hot_and_rest(
    grid: Grid,
    hot: npt.NDArray[np.bool_],
    spots: Sequence[HotSpot],
    title: str,
    said_of: Sequence[Message],
    width: int,
    ident: str | None,
) -> Picture:
    """Hot cells dark and outlined, the first places numbered and told."""
    told = [
        _(
            "Number %(number)s: %(incidents)s incidents in %(cells)s cells around easting %(easting)s, northing %(northing)s.",
            number=i,
            incidents=f"{spot.incidents:,}",
            cells=len(spot.cells),
            easting=f"{spot.easting:.0f}",
            northing=f"{spot.northing:.0f}",
        )
        for i, spot in enumerate(spots[:_MOST_TOLD], 1)
    ]
    marks = [(spot.easting, spot.northing) for spot in spots[:_MOST_MARKED]]
    layers = [_Layer(hot, _HOT, 1.2, _("Hot spot")), _Layer(~hot, _LAND, 0.0, _REST)]
    return _drawn(grid, layers, marks, title, spoken([*said_of, *told]), width, ident)


def _times_name(low: float, high: float) -> Message:
    if math.isinf(high):
        return _("%(low)s times the whole place's rate or more", low=number(low))
    if low == 0:
        return _("under %(high)s times the whole place's rate", high=number(high))
    return _("%(low)s to under %(high)s times", low=number(low), high=number(high))


def pattern_map(
    grid: Grid, found: Patterns, *, what: str, where: str, when: str, width: int = 640, ident: str | None = None
) -> Picture:
    """Cells by what they have been over the periods. Title and description are made from the numbers."""
    _check(grid, len(found.patterns))
    of = np.array(found.patterns, dtype=np.object_)
    layers = [_Layer(of == pattern, fill, 1.0, NAMES[pattern]) for pattern, fill in _PATTERN_FILLS.items()]
    layers.append(_Layer(of == Pattern.NONE, _LAND, 0.0, _REST))
    title = _(
        "Hot spots of %(what)s over time, %(where)s, %(when)s: persistent, emerging, former and intermittent (%(count)s "
        "periods)",
        what=what,
        where=where,
        when=when,
        count=found.numbers.periods,
    )
    rules = ("rule_persistent", "rule_emerging", "rule_former", "rule_intermittent")
    desc = spoken(pick(found.sentences, "none_shown", "patterns", *rules))
    return _drawn(grid, layers, [], str(title), desc, width, ident)


def _check(grid: Grid, cells: int) -> None:
    if cells != len(grid):
        raise BadInput(_("This result belongs to another grid: draw it on the one that it was worked out for."))


# --- layers -----------------------------------------------------------------------------------------------------------


def _density_layers(values: npt.NDArray[np.float64]) -> list[_Layer]:
    """Classes that hold ever fewer cells: most of a county is quiet, and what matters is at the top."""
    known = values[values > 0]
    if not len(known):
        return []
    tops = sorted({_plain(float(v)) for v in np.quantile(known, _SHARES_BELOW)})
    tops = [top for top in tops if known.min() <= top < known.max()]
    edges = [0.0, *tops, math.inf]
    shades = _SHADES[len(_SHADES) - len(edges) + 1 :]
    layers = []
    for low, high, fill in zip(edges[:-1], edges[1:], shades, strict=True):
        layers.append(_Layer((values > low) & (values <= high), fill, 0.0, _class_name(low, high)))
    return layers


def _class_name(low: float, high: float) -> Message:
    if math.isinf(high):
        return _("over %(low)s per square km", low=number(low))
    if low == 0:
        return _("up to %(top)s per square km", top=number(high))
    return _("over %(low)s, up to %(top)s per square km", low=number(low), top=number(high))


def _plain(value: float) -> float:
    """Two figures, as a legend is read."""
    return float(f"{value:.2g}")


def _classes(layers: Sequence[_Layer]) -> Message:
    if not layers:
        return _("No cell has a density above nought.")
    top = layers[-1]
    return _("Darkest, %(name)s: %(count)s cells.", name=top.name, count=f"{int(top.cells.sum()):,}")


# --- drawing ----------------------------------------------------------------------------------------------------------


def _drawn(
    grid: Grid,
    layers: Sequence[_Layer],
    marks: Sequence[tuple[float, float]],
    title: str,
    desc: str,
    width: int,
    ident: str | None,
) -> Picture:
    land = shapely.union_all(grid.shapes) if grid.study is None else grid.study
    west, south, east, north = land.bounds
    frame = MapFrame.fit((west, south, east, north), width)
    parts = [tag("path", d=outline_path(land, frame), fill=_LAND, fill_rule="evenodd")]
    parts += [_layer(grid, layer, frame) for layer in layers if layer.fill != _LAND and layer.cells.any()]
    parts.append(tag("path", d=outline_path(land, frame), fill="none", stroke=QUIET, stroke_width=1))
    parts += _marks(marks, frame)
    parts += _legend(layers, frame)
    height = frame.height + 44 + _ROW * len(layers)
    return picture(parts, width=width, height=height, title=title, desc=desc, ident=ident)


def _layer(grid: Grid, layer: _Layer, frame: MapFrame) -> str:
    # Rows of cells differ in their last digit where they meet: without a grid the seam would be drawn.
    together: BaseGeometry = shapely.union_all(grid.shapes[layer.cells], grid_size=_SEAM)
    polygons = [part for part in shapely.get_parts(together) if part.geom_type == "Polygon"]
    outline = outline_path(shapely.multipolygons(polygons), frame)
    # A thin line of the same colour closes the hair between two classes.
    line, stroke = (layer.line, INK) if layer.line else (0.4, layer.fill)
    return tag("path", d=outline, fill=layer.fill, stroke=stroke, stroke_width=line, fill_rule="evenodd")


def _marks(marks: Sequence[tuple[float, float]], frame: MapFrame) -> Iterator[str]:
    """Numbers beside their spots, each with a halo; one that would lie on another is left to the table."""
    taken: list[tuple[float, float]] = []
    for i, (easting, northing) in enumerate(marks, 1):
        x, y = (float(v) for v in frame.to_px(easting, northing))
        x += 16 if x < frame.width - 32 else -16
        if any(abs(x - a) < 16 and abs(y - b) < 18 for a, b in taken):
            continue
        taken.append((x, y))
        halo = words(i, x, y + 5, anchor="middle", font_weight="bold", stroke=PAPER, stroke_width=4)
        yield halo + words(i, x, y + 5, anchor="middle", font_weight="bold")


def _legend(layers: Sequence[_Layer], frame: MapFrame) -> Iterator[str]:
    yield from _scale(frame)
    for i, layer in enumerate(layers):
        top = frame.height + 34 + i * _ROW
        box = tag(
            "rect",
            x=8,
            y=top,
            width=32,
            height=18,
            fill=layer.fill,
            stroke=INK if layer.line else QUIET,
            stroke_width=layer.line or 1,
        )
        yield box + words(layer.name, 50, top + 14)


def _scale(frame: MapFrame) -> Iterator[str]:
    """A bar of a round number of metres."""
    metres = 10.0 ** math.floor(math.log10(_SMALLEST_BAR * frame.metres_per_pixel))
    metres = next(metres * m for m in (1, 2, 5, 10) if metres * m >= _SMALLEST_BAR * frame.metres_per_pixel)
    length, y = metres / frame.metres_per_pixel, frame.height + 16.0
    yield tag(
        "path", d=f"M8 {y - 5:.1f}v10M8 {y:.1f}h{length:.1f}M{8 + length:.1f} {y - 5:.1f}v10", stroke=INK, fill="none"
    )
    told = _("%(km)s km", km=number(metres / 1000)) if metres >= 1000 else _("%(metres)s m", metres=number(metres))
    yield words(told, 16 + length, y + 5, size=13)
