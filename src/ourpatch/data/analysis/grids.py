"""Where to count: squares, hexagons or given areas inside a study area, and which of them lie beside one another.

Counting outside the study area, or in cells over the sea, makes everywhere else look busier than it is; so each cell says
what share of it lies inside. Sources: Chainey and Ratcliffe 2005 (a cell of about the shorter side over 150);
anchors 3.1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from ourpatch.data.analysis.lattices import HEXAGON, QUEEN, ROOK, Lattice, Outlines, Shape
from ourpatch.data.analysis.pairs import near_pairs
from ourpatch.data.analysis.sentences import Sentence, choice
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

ACROSS = 150
SMALLEST = 50.0
MOST_CELLS = 1_000_000
TOUCHING = 1.0
_SLIVER = 1e-9
_FEW_CELLS, _FEW_CORNERS = 16, 200

Contact = Literal["edges or corners", "edges"]
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """For each of n cells the others beside it, never itself: those of cell i are `members[starts[i]:starts[i + 1]]`."""

    starts: Places
    members: Places
    rule: Message

    @property
    def sizes(self) -> Places:
        """How many each cell has, shape (n,)."""
        return np.diff(self.starts)

    @property
    def owners(self) -> Places:
        """The cell that each of `members` is a neighbour of."""
        return np.repeat(np.arange(len(self.starts) - 1), self.sizes)

    def of(self, cell: int) -> Places:
        """The neighbours of one cell."""
        return self.members[self.starts[cell] : self.starts[cell + 1]]

    def among(self, kept: Flags) -> Neighbours:
        """The same among some of the cells alone, numbered afresh."""
        number = np.cumsum(kept) - 1
        here, there = self.owners, self.members
        both = kept[here] & kept[there]
        return linked(number[here[both]], number[there[both]], int(kept.sum()), self.rule)

    def sums(self, values: Floats) -> Floats:
        """For each cell the sum of `values`, shape (n,), over its neighbours."""
        return np.bincount(self.owners, values[self.members], len(self.starts) - 1).astype(np.float64, copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Cells (metres, EPSG:27700). `inside`: the share of each whole cell that lies in the study area; `square_metres`: that
    part's area; `easting`, `northing`: the middle of the whole cell, or a point within a given area.
    """

    keys: tuple[str, ...]
    shapes: Outlines
    easting: Floats
    northing: Floats
    inside: Floats
    square_metres: Floats
    study: BaseGeometry | None
    lattice: Lattice | None
    sentences: tuple[Sentence, ...]
    _corner: tuple[int, int]
    _table: Places

    def __len__(self) -> int:
        return len(self.keys)

    def place(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> Places:
        """The number of the cell that holds each point (metres, shape (n,)), -1 outside the study area.

        A point on an edge belongs to one cell. Raises BadInput for points without a place.
        """
        x, y = points(easting, northing)
        if self.lattice is None:
            return self._place_in_areas(x, y)
        found = self.at(*self.lattice.steps(x, y))
        return self._settle_edges(x, y, found)

    def at(self, q: Places, r: Places) -> Places:
        """The numbers of a lattice's cells by their steps, -1 where there is none."""
        assert self.lattice is not None
        column, row = self.lattice.columns(q, r) - self._corner[0], r - self._corner[1]
        wide, high = self._table.shape
        known = (column >= 0) & (column < wide) & (row >= 0) & (row < high)
        return np.where(known, self._table[np.where(known, column, 0), np.where(known, row, 0)], -1)

    def neighbours(self, contact: Contact = "edges or corners", *, within: float | None = None) -> Neighbours:
        """Cells that touch; or, if `within` (metres) is given, all whose middles are no further apart. Raises BadInput for
        a distance that is not above zero.
        """
        if within is not None:
            return self._near(within)
        if self.lattice is None:
            return self._touching(contact)
        steps = _STEPS[contact] if self.lattice.shape == "square" else HEXAGON
        q, r = self.lattice.steps(self.easting, self.northing)
        beside = [self.at(q + dq, r + dr) for dq, dr in steps]
        here = np.concatenate([np.flatnonzero(other >= 0) for other in beside])
        there = np.concatenate([other[other >= 0] for other in beside])
        return linked(here, there, len(self), _RULES[contact, self.lattice.shape])

    def _near(self, within: float) -> Neighbours:
        if not 0 < within < math.inf:
            raise BadInput(_("Give a distance above zero, in metres, within which cells are neighbours."))
        pairs = list(near_pairs(self.easting, self.northing, within, "euclidean"))
        one = np.concatenate([i for i, _j, _apart in pairs]) if pairs else np.empty(0, dtype=np.intp)
        other = np.concatenate([j for _i, j, _apart in pairs]) if pairs else np.empty(0, dtype=np.intp)
        rule = _("Neighbours are cells whose middles lie within %(metres)g m.", metres=within)
        return linked(np.concatenate((one, other)), np.concatenate((other, one)), len(self), rule)

    def _touching(self, contact: Contact) -> Neighbours:
        tree = shapely.STRtree(self.shapes)
        one, other = tree.query(self.shapes, predicate="dwithin", distance=TOUCHING)
        apart = one != other
        one, other = one[apart], other[apart]
        if contact == "edges":
            # Outlines drawn apart by a hair still share an edge: what counts is that they run along each other.
            along = shapely.intersection(
                shapely.buffer(self.shapes[one], TOUCHING), shapely.boundary(self.shapes[other])
            )
            long = shapely.length(along) > 4 * TOUCHING
            both = set(zip(one[long].tolist(), other[long].tolist(), strict=True))
            long = np.array([(b, a) in both for a, b in zip(one.tolist(), other.tolist(), strict=True)]) & long
            one, other = one[long], other[long]
        return linked(one, other, len(self), _RULES[contact, "area"])

    def _place_in_areas(self, x: Floats, y: Floats) -> Places:
        found = np.full(len(x), len(self), dtype=np.intp)
        point, area = shapely.STRtree(self.shapes).query(shapely.points(x, y), predicate="intersects")
        np.minimum.at(found, point, area)
        return np.where(found == len(self), -1, found)

    def _settle_edges(self, x: Floats, y: Floats, found: Places) -> Places:
        """A cell that the edge of the study area runs through holds only what lies inside; and what lies on the edge itself,
        where no cell begins, goes to the nearest.
        """
        doubtful = np.flatnonzero((found < 0) | (self.inside[found] < 1))
        inside = shapely.intersects_xy(self.study, x[doubtful], y[doubtful])
        found[doubtful[~inside]] = -1
        lost = doubtful[inside & (found[doubtful] < 0)]
        if len(lost):
            found[lost] = shapely.STRtree(self.shapes).nearest(shapely.points(x[lost], y[lost]))
        return found


_STEPS = {"edges or corners": QUEEN, "edges": ROOK}
_RULES: dict[tuple[Contact, Shape | Literal["area"]], Message] = {
    ("edges or corners", "square"): _("Neighbours are the up to eight squares that touch at an edge or a corner."),
    ("edges", "square"): _("Neighbours are the up to four squares that share an edge."),
    ("edges or corners", "hexagon"): _("Neighbours are the up to six hexagons that share an edge."),
    ("edges", "hexagon"): _("Neighbours are the up to six hexagons that share an edge."),
    ("edges or corners", "area"): _("Neighbours are areas whose outlines come within a metre of each other."),
    ("edges", "area"): _("Neighbours are areas whose outlines run along each other."),
}


def square_grid(study: BaseGeometry, side: float | None = None, *, clip: bool = True) -> Grid:
    """Squares over a study area (metres, EPSG:27700), lined up with the National Grid; cut off at its edge if `clip`.

    Raises BadInput for an area that is empty, broken or in degrees, and for cells so small that there are too many.
    """
    return _lattice_grid("square", study, side, clip)


def hexagonal_grid(study: BaseGeometry, side: float | None = None, *, clip: bool = True) -> Grid:
    """Hexagons, `side` metres from one flat side to the other; else as `square_grid`."""
    return _lattice_grid("hexagon", study, side, clip)


def given_areas(
    keys: Sequence[str], shapes: Sequence[BaseGeometry], study: BaseGeometry | None = None, *, clip: bool = True
) -> Grid:
    """Areas that somebody drew (wards, LSOAs), those that lie in the study area if one is given.

    Raises BadInput for keys that repeat or do not fit, and for outlines that are empty, broken or in degrees.
    """
    if len(keys) != len(shapes) or len(set(keys)) != len(keys) or not keys:
        raise BadInput(_("Give each area once, with one outline."))
    for shape in shapes:
        _check_outline(shape)
    whole = np.array(shapes, dtype=np.object_)
    cut, share = whole, np.ones(len(whole))
    if study is not None:
        _check_outline(study)
        cut, share = _cut(whole, study)
    kept = np.flatnonzero(share > _SLIVER)
    if not len(kept):
        raise BadInput(_("None of the areas lies in the study area: check that both are of the same place."))
    middles = shapely.point_on_surface(whole[kept])
    told = [choice("cells", _("Counted by given areas: %(count)s.", count=f"{len(kept):,}")), *_edge(share[kept], clip)]
    return Grid(
        keys=tuple(keys[i] for i in kept.tolist()),
        shapes=(cut if clip else whole)[kept],
        easting=shapely.get_x(middles),
        northing=shapely.get_y(middles),
        inside=share[kept],
        square_metres=shapely.area(cut[kept]),
        study=study,
        lattice=None,
        sentences=tuple(told),
        _corner=(0, 0),
        _table=np.empty((0, 0), dtype=np.intp),
    )


def linked(here: Places, there: Places, cells: int, rule: Message) -> Neighbours:
    """Neighbours from both sides of each link, shape (links,), every link given in both directions."""
    order = np.lexsort((there, here))
    starts = np.concatenate((np.zeros(1, dtype=np.intp), np.cumsum(np.bincount(here, minlength=cells))))
    return Neighbours(starts, there[order], rule)


def points(easting: npt.ArrayLike, northing: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Points as two arrays of metres, shape (n,). Raises BadInput where any has no place."""
    x, y = np.asarray(easting, dtype=np.float64), np.asarray(northing, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise BadInput(_("Give one easting and one northing for each incident."))
    missing = int((~(np.isfinite(x) & np.isfinite(y))).sum())
    if missing:
        raise BadInput(
            _("Incidents without a place: %(count)s. Leave them out, and say how many.", count=f"{missing:,}")
        )
    return x, y


# --- laying cells -----------------------------------------------------------------------------------------------------


def _lattice_grid(shape: Shape, study: BaseGeometry, side: float | None, clip: bool) -> Grid:
    _check_outline(study)
    lattice = Lattice(shape, _side(study, side))
    q, r = lattice.covering(study.bounds)
    whole = lattice.outlines(q, r)
    cut, share = _cut(whole, study)
    kept = np.flatnonzero(share > _SLIVER)
    q, r = q[kept], r[kept]
    x, y = lattice.centres(q, r)
    column = lattice.columns(q, r)
    corner = int(column.min()), int(r.min())
    table = np.full((int(column.max()) - corner[0] + 1, int(r.max()) - corner[1] + 1), -1, dtype=np.intp)
    table[column - corner[0], r - corner[1]] = np.arange(len(kept))
    return Grid(
        keys=tuple(f"{e:.0f} {n:.0f}" for e, n in zip(x.tolist(), y.tolist(), strict=True)),
        shapes=(cut if clip else whole)[kept],
        easting=x,
        northing=y,
        inside=share[kept],
        square_metres=share[kept] * lattice.square_metres,
        study=study,
        lattice=lattice,
        sentences=(*_cells(lattice, len(kept), chosen=side is None), *_edge(share[kept], clip)),
        _corner=corner,
        _table=table,
    )


def _check_outline(shape: BaseGeometry) -> None:
    if shape.is_empty or not shape.is_valid or shape.area <= 0:
        raise BadInput(_("The outline of an area is empty or broken: repair it first."))
    if max(map(abs, shape.bounds)) <= 360 and shape.area < 360:
        raise BadInput(_("The outline is in degrees: give metres of the National Grid (EPSG:27700)."))


def _side(study: BaseGeometry, given: float | None) -> float:
    west, south, east, north = study.bounds
    side = max(SMALLEST, _round(min(east - west, north - south) / ACROSS)) if given is None else float(given)
    if not 0 < side < math.inf:
        raise BadInput(_("A cell needs a size above zero, in metres."))
    cells = ((east - west) / side + 3) * ((north - south) / side + 3)
    if cells > MOST_CELLS:
        enough = side * math.sqrt(cells / MOST_CELLS)
        raise BadInput(
            _(
                "That makes about %(cells)s cells, too many. Use cells of %(enough)s m or more.",
                cells=f"{cells:,.0f}",
                enough=f"{_round(enough):g}",
            )
        )
    return side


def _round(metres: float) -> float:
    """Up to the next 1, 2 or 5 of its size."""
    unit = 10.0 ** math.floor(math.log10(metres))
    return next(unit * m for m in (1.0, 2.0, 5.0, 10.0) if unit * m >= metres * (1 - 1e-9))


def _cut(whole: Outlines, study: BaseGeometry) -> tuple[Outlines, Floats]:
    """Each outline's part in the study area, and its share of the whole."""
    shapely.prepare(study)
    within = shapely.contains(study, whole)
    cut = np.where(within, whole, shapely.Point())
    crossing = np.flatnonzero(~within & shapely.intersects(study, whole))
    _cut_into(cut, whole, study, crossing)
    share = np.where(within, 1.0, shapely.area(cut) / shapely.area(whole))
    return cut, np.minimum(share, 1.0)


def _cut_into(cut: Outlines, whole: Outlines, study: BaseGeometry, these: Places) -> None:
    """Halve the cells and the study area with them until the outline is short: a coast is not walked for every cell."""
    if len(these) <= _FEW_CELLS or shapely.get_num_coordinates(study) <= _FEW_CORNERS:
        cut[these] = shapely.intersection(whole[these], study)
        return
    bounds = shapely.bounds(whole[these])
    middles = bounds[:, :2] + bounds[:, 2:]
    along = int(np.ptp(middles[:, 1]) > np.ptp(middles[:, 0]))
    order = these[np.argsort(middles[:, along], kind="stable")]
    for half in np.array_split(order, 2):
        box = shapely.box(*shapely.total_bounds(whole[half]))
        _cut_into(cut, whole, shapely.intersection(study, box), half)


# --- words ------------------------------------------------------------------------------------------------------------


def _cells(lattice: Lattice, count: int, *, chosen: bool) -> list[Sentence]:
    values: dict[str, object] = {"count": f"{count:,}", "side": lattice.side}
    text = (
        _("Counted in %(count)s squares of %(side)g m, lined up with the National Grid.", **values)
        if lattice.shape == "square"
        else _("Counted in %(count)s hexagons, %(side)g m across, laid from the National Grid's origin.", **values)
    )
    told = [choice("cells", text)]
    if chosen:
        text = _(
            "The size was chosen for you: the shorter side of the area over %(across)s, rounded up, and at least "
            "%(smallest)g m. Another size can show another picture.",
            across=ACROSS,
            smallest=SMALLEST,
        )
        told.append(choice("cell_size", text))
    return told


def _edge(share: Floats, clip: bool) -> list[Sentence]:
    crossed = int((share < 1).sum())
    if not crossed:
        return []
    values: dict[str, object] = {"count": f"{crossed:,}", "half": f"{int((share < 0.5).sum()):,}"}
    text = (
        _(
            "At the edge of the study area %(count)s cells are cut off, %(half)s of them to less than half; what lies "
            "outside is not counted.",
            **values,
        )
        if clip
        else _(
            "The edge of the study area runs through %(count)s cells, drawn whole, %(half)s of them less than half "
            "inside; what lies outside is not counted.",
            **values,
        )
    )
    return [choice("edge", text)]
