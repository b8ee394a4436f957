"""Where: hot spots, density, patterns over time, concentration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Point

from ourpatch.data.analysis.concentration import TOP_SHARES, concentration
from ourpatch.data.analysis.density import Density, density
from ourpatch.data.analysis.grids import Grid
from ourpatch.data.analysis.hotspots import HotSpots, count_points, hot_spots
from ourpatch.data.analysis.local_test import enough_permutations
from ourpatch.data.analysis.patterns import Pattern, hot_spot_patterns
from ourpatch.data.analysis.pictures import density_map, hot_spot_map, lorenz_curve, pattern_map
from ourpatch.data.analysis.sentences import Sentence, Tone, caution, finding
from ourpatch.data.studies.contract import (
    Areas,
    Captioned,
    Group,
    Kind,
    Method,
    Option,
    Points,
    Result,
    Shape,
    Source,
    Unit,
    least_shown,
)
from ourpatch.data.studies.methods.bases import (
    AGAINST_CATEGORIES,
    AGAINST_DATASET,
    AREA,
    DATASET,
    FEWEST,
    NOTHING,
    RESIDENTS,
    against_option,
    kind_of,
)
from ourpatch.data.studies.methods.common import (
    ALPHA,
    LEAST,
    PERMUTATIONS,
    SEED,
    SHAPE,
    SIDE,
    UNIT_NAMES,
    Options,
    by_point,
    chosen,
    elsewhere,
    grid_of,
    needed,
    without_place,
)
from ourpatch.data.studies.methods.risks import find_risks
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

# A pattern asks every cell in every period: cells five times as wide leave enough in each to say something.
CELLS_ACROSS_FOR_PATTERNS = 30
# Cells times cells in reach: about half a minute.
MOST_SPREAD = 10_000_000


def find_hot_spots(source: Source, options: Options) -> Result:
    """Cells among more incidents than chance often makes, or than what they are held against does; of controlled data without the
    count of any small cell.
    """
    if kind_of(options) != NOTHING:
        return find_risks(source, options)
    grid, points = grid_of(source, options), source.points()
    counted = count_points(grid, *points.each())
    found = hot_spots(
        grid,
        counted,
        permutations=chosen(options, "permutations", int),
        seed=needed(options, "seed", int),
        alpha=needed(options, "alpha", float),
        least=_least(source, options),
        place_precision=source.place_precision,
    )
    if source.smallest is not None:
        found = only_large(found, source.smallest)
    return Result(
        found=found if source.smallest is None else {"spots": len(found.spots), "tested": found.tested},
        sentences=(*found.sentences, *by_point(options), *without_place(points)),
        tabulate=lambda: [Captioned(_("Hot spots, the one with most incidents first"), found.table())],
        draw=lambda: [hot_spot_map(grid, found, what=source.what, where=source.where, when=source.when)],
        smallest=points_told(points),
        shapes=_cells(grid, found) if source.smallest is None else _hot(grid, found),
    )


def _least(source: Source, options: Options) -> int:
    """Fewest incidents around a cell that is called; of controlled data no fewer than may be told."""
    return max(needed(options, "least", int), source.smallest or 1)


def only_large(found: HotSpots, smallest: int) -> HotSpots:
    """The same without hot spots that hold fewer than may be told, and without sums from which these could be worked out."""
    kept = tuple(spot for spot in found.spots if spot.incidents >= smallest)
    if len(kept) == len(found.spots):
        return found
    cells = {cell for spot in kept for cell in spot.cells}
    told = finding(
        "shown", _("Hot spots with %(smallest)s incidents or more: %(spots)s.", smallest=smallest, spots=len(kept))
    )
    left_out = caution(
        "small_spots",
        _(
            "Hot spots with fewer than %(smallest)s incidents are left out: the dataset is controlled.",
            smallest=smallest,
        ),
    )
    others = (each for each in found.sentences if each.tone is not Tone.FINDING)
    return replace(
        found,
        hot=tuple(cell in cells for cell in range(len(found.hot))),
        spots=kept,
        sentences=(told, *others, left_out),
    )


def points_told(points: Points) -> int:
    """How many incidents the whole picture rests on."""
    return int(points.n.sum())


def _hot(grid: Grid, found: HotSpots) -> tuple[Shape, ...]:
    """The hot cells alone, without counts."""
    return tuple(Shape(grid.shapes[i], {"cell": grid.keys[i], "hot": True}) for i in range(len(grid)) if found.hot[i])


def _cells(grid: Grid, found: HotSpots) -> tuple[Shape, ...]:
    """Every cell that holds an incident, with what was found of it."""
    return tuple(
        Shape(
            grid.shapes[i],
            {
                "cell": grid.keys[i],
                "incidents": found.counts[i],
                "around": found.around[i],
                "gi": round(found.gi[i], 4),
                "p": found.p[i],
                "q": found.q[i],
                "hot": found.hot[i],
            },
        )
        for i in range(len(grid))
        if found.counts[i]
    )


def find_density(source: Source, options: Options) -> Result:
    """Incidents a square kilometre, smoothed, corrected at the edge."""
    grid, points = grid_of(source, options), source.points()
    found = density(grid, *points.each(), bandwidth=_bandwidth(source, options, grid))
    if source.smallest is not None:
        found = _only_of_many(grid, points, found, source.smallest)
    return Result(
        found=found,
        sentences=(*found.sentences, *without_place(points)),
        tabulate=lambda: [Captioned(_("Where it is densest"), found.table())],
        draw=lambda: [density_map(grid, found, what=source.what, where=source.where, when=source.when)],
        smallest=points_told(points),
        shapes=tuple(
            Shape(shape, {"cell": key, "incidents_a_square_km": value})
            for shape, key, value in zip(grid.shapes, found.keys, found.values, strict=True)
            if value
        ),
    )


def _bandwidth(source: Source, options: Options, grid: Grid) -> float | None:
    """The reach that was chosen. Raises BadInput for one that takes minutes, and of controlled data for as good as an address."""
    reach = chosen(options, "bandwidth", float)
    least = source.smallest_metres
    if least is not None and reach is not None and reach < least:
        raise BadInput(_("This dataset is controlled: use a reach of %(reach)s m or more.", reach=least))
    if reach is not None and len(grid) * reach**2 > MOST_SPREAD * float(grid.square_metres.mean()):
        raise BadInput(
            _(
                "So wide a reach over so many cells takes too long. Use a reach of %(reach)s m or less, or larger cells.",
                reach=f"{math.floor(math.sqrt(MOST_SPREAD * float(grid.square_metres.mean()) / len(grid))):,}",
            )
        )
    return reach


def _only_of_many(grid: Grid, points: Points, found: Density, smallest: int) -> Density:
    """The density without cells in whose reach fewer incidents lie than may be told; rounded, as from exact figures every
    incident's place could be worked out.
    """
    centres = shapely.buffer(shapely.points(grid.easting, grid.northing), found.bandwidth)
    tree = shapely.STRtree(shapely.points(points.easting, points.northing))
    cell, point = tree.query(centres, predicate="intersects")
    near = np.bincount(cell, weights=points.n[point], minlength=len(grid))
    values = tuple(
        None if value is None or many < smallest else float(f"{value:.2g}")
        for value, many in zip(found.values, near.tolist(), strict=True)
    )
    told = caution(
        "small_left_out",
        _(
            "Cells with fewer than %(smallest)s incidents in reach have no figure, and figures are rounded: the dataset is "
            "controlled.",
            smallest=smallest,
        ),
    )
    others = (each for each in found.sentences if each.tone is not Tone.FINDING)
    return replace(found, values=values, sentences=(_densest(found, values), *others, told))


def _densest(found: Density, values: Sequence[float | None]) -> Sentence:
    """Where it is densest of what is left."""
    known = [(value, key) for value, key in zip(values, found.keys, strict=True) if value is not None]
    if not known:
        return finding("none", _("No cell has enough incidents in reach for a figure."))
    value, key = max(known, key=lambda one: one[0])
    text = _(
        "Densest around %(key)s (easting and northing): %(value)s incidents per square km over the whole period.",
        key=key,
        value=f"{value:,.0f}" if value >= 100 else f"{value:.2g}",
    )
    return finding("densest", text)


def find_patterns(source: Source, options: Options) -> Result:
    """Which cells are hot month after month, newly, no longer, or off and on."""
    grid = grid_of(source, options, across=CELLS_ACROSS_FOR_PATTERNS)
    points, month_at = source.monthly_points()
    alpha = needed(options, "alpha", float)
    cell = grid.place(points.easting, points.northing)
    inside = cell >= 0
    cube = np.zeros((len(grid), len(source.months)), dtype=np.int64)
    np.add.at(cube, (cell[inside], month_at[inside]), points.n[inside])
    found = hot_spot_patterns(
        grid,
        cube,
        permutations=chosen(options, "permutations", int) or enough_permutations(cube.size, alpha),
        seed=needed(options, "seed", int),
        alpha=alpha,
        least=_least(source, options),
    )
    return Result(
        found=found,
        sentences=(*found.sentences, *by_point(options), *_outside(points, inside), *without_place(points)),
        tabulate=lambda: [Captioned(_("Cells with a pattern"), found.table())],
        draw=lambda: [pattern_map(grid, found, what=source.what, where=source.where, when=source.when)],
        smallest=int(cube.sum()),
        shapes=tuple(
            Shape(shape, {"cell": key, "pattern": str(pattern), "hot_periods": hot})
            for shape, key, pattern, hot in zip(grid.shapes, found.keys, found.patterns, found.hot_periods, strict=True)
            if pattern is not Pattern.NONE
        ),
    )


def _outside(points: Points, inside: npt.NDArray[np.bool_]) -> tuple[Sentence, ...]:
    """What is said of incidents outside the study area."""
    outside, every = int(points.n[~inside].sum()), int(points.n.sum())
    if not outside:
        return ()
    text = _(
        "Outside the study area and not counted: %(outside)s of %(all)s incidents.",
        outside=f"{outside:,}",
        all=f"{every:,}",
    )
    return (caution("outside", text),)


def find_concentration(source: Source, options: Options) -> Result:
    """How few places hold how much, beside what chance alone would give."""
    unit = needed(options, "unit", str)
    if unit == "place":
        points = source.points()
        counts, shapes = points.n, _busiest(source) if source.smallest is None else ()
        left_out = without_place(points)
    else:
        areas = source.areas(Unit(unit))
        counts, shapes = areas.counts.sum(axis=1), _areas(areas)
        left_out = elsewhere(areas)
    places = chosen(options, "places", int)
    # Of 86 areas the busiest 1% is less than one of them.
    tops = tuple(share for share in TOP_SHARES if share * (places or len(counts)) >= 1) or TOP_SHARES[-1:]
    found = concentration(counts, places=places, tops=tops, seed=needed(options, "seed", int))
    return Result(
        found=found,
        sentences=(*found.sentences, *left_out),
        tabulate=lambda: [Captioned(_("What the places with most hold"), found.table())],
        draw=lambda: [lorenz_curve(found, what=source.what, where=source.where, when=source.when)],
        # Of places nobody is told which; areas have names.
        smallest=int(counts.sum()) if unit == "place" else least_shown(counts),
        shapes=shapes,
    )


def _areas(areas: Areas) -> tuple[Shape, ...]:
    counts = areas.counts.sum(axis=1)
    return tuple(
        Shape(shape, {"area": key, "name": name, "incidents": int(count)})
        for shape, key, name, count in zip(areas.shapes, areas.keys, areas.names, counts, strict=True)
    )


def _busiest(source: Source, most: int = 200) -> tuple[Shape, ...]:
    """The places with most incidents."""
    points = source.points()
    order = np.argsort(-points.n, kind="stable")[:most]
    return tuple(
        Shape(Point(float(points.easting[i]), float(points.northing[i])), {"incidents": int(points.n[i])})
        for i in order
    )


METHODS = (
    Method(
        "hot-spots",
        Group.WHERE,
        _("Hot spots"),
        _("Where is there more than chance would gather?"),
        find_hot_spots,
        "hot-spots",
        (
            against_option(NOTHING, RESIDENTS, AREA, DATASET),
            AGAINST_DATASET,
            AGAINST_CATEGORIES,
            FEWEST,
            SHAPE,
            SIDE,
            LEAST,
            ALPHA,
            PERMUTATIONS,
            SEED,
        ),
    ),
    Method(
        "density",
        Group.WHERE,
        _("Density map"),
        _("Where is it densest?"),
        find_density,
        "density",
        (
            SHAPE,
            SIDE,
            Option(
                "bandwidth",
                Kind.WHOLE,
                _("Reach of each incident in metres"),
                hint=_("Leave it empty to have it worked out from how the incidents lie."),
                least=20,
                most=50_000,
            ),
        ),
    ),
    Method(
        "patterns",
        Group.WHERE,
        _("Hot spots that stay, come and go"),
        _("Which places are hot month after month, and which have become so?"),
        find_patterns,
        "hot-spot-patterns",
        (SHAPE, SIDE, LEAST, ALPHA, PERMUTATIONS, SEED),
    ),
    Method(
        "concentration",
        Group.WHERE,
        _("Concentration"),
        _("How few places hold how much of it?"),
        find_concentration,
        "concentration",
        (
            Option(
                "unit",
                Kind.CHOICE,
                _("Places"),
                default="lsoa",
                choices=(
                    ("place", _("Recorded places (points)")),
                    *((str(unit), name) for unit, name in UNIT_NAMES.items()),
                ),
            ),
            Option(
                "places",
                Kind.WHOLE,
                _("How many places there are in all"),
                hint=_("For recorded places: how many there are where it could have happened, hit or not."),
                least=2,
                most=100_000_000,
            ),
            SEED,
        ),
    ),
)
