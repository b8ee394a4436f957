"""Kernel density: a smooth picture of where incidents lie, corrected where the study area ends.

Each incident is spread over a disc with the quartic kernel 3 (1 - d²/h²)² / (π h²). Where part of the disc lies outside the
study area, over the sea or in another force, the density is divided by the share that lies inside. Sources: Silverman 1986
(the kernel); Berman and Diggle 1989 (the edge); Chainey and Ratcliffe 2005 (five cells as a first bandwidth).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.grids import Grid, points
from ourpatch.data.analysis.lattices import Lattice
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

CELLS_PER_BANDWIDTH = 5
LEAST_SHARE = 0.2
HIGHEST = 0.05
MOST_STEPS = 20_000

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Density:
    """Incidents per square km at the middle of each cell, in the grid's order; None where too little of the kernel lies
    inside the study area to say. `halved`, `doubled`: what share of the highest cells is the same with half and with twice
    the bandwidth (metres).
    """

    values: tuple[float | None, ...]
    bandwidth: float
    incidents: int
    outside: int
    halved: float
    doubled: float
    keys: tuple[str, ...]
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """Cells from the densest."""
        known = [(key, value) for key, value in zip(self.keys, self.values, strict=True) if value is not None]
        rows = sorted(known, key=lambda one: (-one[1], one[0]))
        return Table((_("Cell"), _("Incidents per square km")), tuple(rows))


def density(grid: Grid, easting: npt.ArrayLike, northing: npt.ArrayLike, *, bandwidth: float | None = None) -> Density:
    """Density of incidents (metres, shape (n,)) over squares or hexagons. `bandwidth`: the radius of the kernel in metres,
    five cells if not given.

    Raises BadInput for given areas, for no incidents inside, and for a bandwidth smaller than a cell or far too large.
    """
    if grid.lattice is None:
        raise BadInput(_("Density needs equal cells: use a grid of squares or hexagons."))
    radius = CELLS_PER_BANDWIDTH * grid.lattice.side if bandwidth is None else float(bandwidth)
    _check(grid.lattice, radius)
    x, y = points(easting, northing)
    places = grid.place(x, y)
    here = places >= 0
    if not here.any():
        raise BadInput(_("No incidents lie in the study area: check that both are of the same place."))
    values = _per_square_km(grid, x[here], y[here], np.ones(int(here.sum())), radius)
    halved, doubled = _steadiness(grid, places[here], radius)
    found = Density(
        values=tuple(None if math.isnan(value) else value for value in values.tolist()),
        bandwidth=radius,
        incidents=int(here.sum()),
        outside=int((~here).sum()),
        halved=halved,
        doubled=doubled,
        keys=grid.keys,
        sentences=(),
    )
    return replace(
        found, sentences=(*_findings(found), *_choices(found, bandwidth is None), *_cautions(found), *grid.sentences)
    )


def _check(lattice: Lattice, radius: float) -> None:
    if not lattice.side <= radius < math.inf:
        raise BadInput(
            _(
                "The bandwidth must be at least one cell, %(side)g m: choose a wider one, or smaller cells.",
                side=lattice.side,
            )
        )
    if math.pi * (2 * radius) ** 2 / lattice.square_metres > MOST_STEPS:
        raise BadInput(_("The bandwidth covers too many cells: choose a narrower one, or larger cells."))


def _per_square_km(grid: Grid, x: Floats, y: Floats, weight: Floats, radius: float) -> Floats:
    """Corrected density, shape (cells,); not a number where too little of the kernel lies inside."""
    assert grid.lattice is not None
    spread = _spread(grid, x, y, weight, radius)
    # The kernel laid over whole cells sums to nearly one, and over what lies inside to the share that is wanted: the same
    # sums above and below, so that the coarseness of the cells falls out.
    inside = _spread(grid, grid.easting, grid.northing, grid.square_metres, radius)
    whole = _whole(grid.lattice, radius)
    share = inside / whole
    known = share >= LEAST_SHARE
    return np.where(known, 1e6 * spread / np.where(known, share, 1.0), np.nan)


def _spread(grid: Grid, x: Floats, y: Floats, weight: Floats, radius: float) -> Floats:
    """The kernels' sum at the middle of each cell, per square metre."""
    assert grid.lattice is not None
    q, r = grid.lattice.steps(x, y)
    total = np.zeros(len(grid))
    for dq, dr in grid.lattice.within(radius):
        cell = grid.at(q + dq, r + dr)
        hit = np.flatnonzero(cell >= 0)
        at = cell[hit]
        apart = (x[hit] - grid.easting[at]) ** 2 + (y[hit] - grid.northing[at]) ** 2
        total += np.bincount(at, weight[hit] * _quartic(apart, radius), len(grid))
    return total


def _quartic(apart: Floats, radius: float) -> Floats:
    """The kernel at squared distances, per square metre."""
    inside = np.maximum(1.0 - apart / radius**2, 0.0)
    return np.asarray(3.0 / (math.pi * radius**2) * inside**2)


def _whole(lattice: Lattice, radius: float) -> float:
    """What the kernel sums to over an endless lattice, where it would be one if cells were points."""
    steps = np.array(lattice.within(radius), dtype=np.intp)
    x, y = lattice.centres(steps[:, 0], steps[:, 1])
    nought = np.zeros(1, dtype=np.intp)
    x0, y0 = lattice.centres(nought, nought)
    return float(_quartic((x - x0) ** 2 + (y - y0) ** 2, radius).sum()) * lattice.square_metres


def _steadiness(grid: Grid, places: Places, radius: float) -> tuple[float, float]:
    """How far the highest cells are the same with half and with twice the bandwidth, from the counts of the cells."""
    counts = np.bincount(places, minlength=len(grid)).astype(np.float64)
    chosen = _highest(grid, counts, radius)
    shares = [len(chosen & _highest(grid, counts, each)) / len(chosen) for each in (radius / 2, radius * 2)]
    return shares[0], shares[1]


def _highest(grid: Grid, counts: Floats, radius: float) -> set[int]:
    held = np.flatnonzero(counts)
    values = np.nan_to_num(
        _per_square_km(grid, grid.easting[held], grid.northing[held], counts[held], radius), nan=-1.0
    )
    return set(np.argsort(-values, kind="stable")[: math.ceil(HIGHEST * len(grid))].tolist())


# --- words ------------------------------------------------------------------------------------------------------------


def _findings(found: Density) -> list[Sentence]:
    known = [(value, key) for value, key in zip(found.values, found.keys, strict=True) if value is not None]
    if not known:
        return [
            finding(
                "none", _("Too little of the kernel lies inside the study area anywhere: there is no density to give.")
            )
        ]
    value, key = max(known, key=lambda one: one[0])
    text = _(
        "Densest around %(key)s (easting and northing): %(value)s incidents per square km over the whole period.",
        key=key,
        value=f"{value:,.0f}" if value >= 100 else f"{value:.2g}",
    )
    return [finding("densest", text)]


def _choices(found: Density, chosen: bool) -> list[Sentence]:
    told = [
        choice(
            "kernel",
            _(
                "Each of %(count)s incidents is spread over a disc of %(radius)g m (quartic kernel); at the edge of the study "
                "area the density is divided by the share of the disc that lies inside.",
                count=f"{found.incidents:,}",
                radius=found.bandwidth,
            ),
        )
    ]
    if chosen:
        text = _("The bandwidth was chosen for you: %(cells)s cells.", cells=CELLS_PER_BANDWIDTH)
        told.append(choice("bandwidth", text))
    return told


def _cautions(found: Density) -> list[Sentence]:
    told = [
        caution(
            "steadiness",
            _(
                "Another bandwidth draws another picture: of the highest %(highest)g%% of cells, %(halved).0f%% stay so with "
                "half of it and %(doubled).0f%% with twice as much.",
                highest=HIGHEST * 100,
                halved=100 * found.halved,
                doubled=100 * found.doubled,
            ),
        ),
        caution(
            "smooth",
            _(
                "A dark patch is where the most lies, as there is in any data, even where all is chance: this is no test."
            ),
        ),
    ]
    unknown = sum(value is None for value in found.values)
    if unknown:
        text = _(
            "Cells without a figure, because less than %(share)g%% of the disc around them lies inside: %(count)s.",
            share=LEAST_SHARE * 100,
            count=f"{unknown:,}",
        )
        told.append(caution("unknown", text))
    if found.outside:
        text = _(
            "Outside the study area and not counted: %(outside)s of %(all)s incidents.",
            outside=f"{found.outside:,}",
            all=f"{found.outside + found.incidents:,}",
        )
        told.append(caution("outside", text))
    return told
