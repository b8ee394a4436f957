"""Outlines of areas: moved between coordinate systems, repaired, thinned for the web, and stored as bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Floats = NDArray[np.float64]
Transformer = Callable[[Floats, Floats], tuple[Floats, Floats]]


def project_geometry(geom: BaseGeometry, transformer: Transformer) -> BaseGeometry:
    """The geometry with every vertex moved by `to_bng` or `to_wgs84`; heights are dropped.

    Raises BadInput when a vertex is outside the cover.
    """
    return project_geometries([geom], transformer)[0]


def project_geometries(geoms: Sequence[BaseGeometry], transformer: Transformer) -> list[BaseGeometry]:
    """Many geometries moved by `to_bng` or `to_wgs84` in one pass over all their vertices; heights are dropped.

    Raises BadInput, which names the first geometry that has a vertex outside the cover.
    """
    moved = np.array(geoms, dtype=object)
    vertices, owner = shapely.get_coordinates(moved, return_index=True)
    vertices = np.column_stack(transformer(vertices[:, 0], vertices[:, 1]))
    outside = np.flatnonzero(np.isnan(vertices[:, 0]))
    if outside.size:
        raise BadInput(
            _(
                "Outline %(number)s has a corner outside Great Britain. Check the file's coordinate system.",
                number=int(owner[outside[0]]) + 1,
            )
        )
    return list(shapely.set_coordinates(moved, vertices))


def repair(geom: BaseGeometry) -> tuple[BaseGeometry, Message | None]:
    """A valid geometry, and what a person should know when it had to be mended (None when it was valid).

    Loops and overlaps of a ring become part of the area, holes stay holes, spikes without area go. Raises BadInput when
    no area is left.
    """
    if geom.is_valid:
        return geom, None
    try:
        mended = shapely.make_valid(geom, method="structure", keep_collapsed=False)
    except ShapelyError as error:
        raise BadInput(_("This outline has a corner without usable coordinates. Export it again.")) from error
    if mended.is_empty:
        raise BadInput(_("This outline encloses no area. Draw or export it again."))
    return mended, _(
        "The outline was faulty at %(place)s: it crosses or touches itself, or a hole lies outside it. "
        "It was repaired; check it on a map.",
        place=_fault_place(geom),
    )


def simplify_for_web(geom: BaseGeometry, tolerance_m: float) -> BaseGeometry:
    """The geometry with fewer vertices, moved by the tolerance (metres) at most; stays valid and keeps its parts."""
    return shapely.simplify(geom, tolerance_m, preserve_topology=True)


def simplify_together(geoms: Sequence[BaseGeometry], tolerance_m: float) -> list[BaseGeometry]:
    """Neighbouring areas with fewer vertices, whose shared borders stay shared, so that a map shows no slivers.

    Polygons and multipolygons in metres that do not overlap; details smaller than about the tolerance (metres) go.
    """
    return list(shapely.coverage_simplify(np.array(geoms, dtype=object), tolerance_m))


def to_wkb(geom: BaseGeometry) -> bytes:
    """The geometry as well-known binary: two dimensions, little-endian on every machine."""
    stored: bytes = shapely.to_wkb(geom, output_dimension=2, byte_order=1)
    return stored


def from_wkb(data: bytes | bytearray | memoryview) -> BaseGeometry:
    """The geometry that `to_wkb` stored; BadInput when the bytes are none."""
    try:
        return shapely.from_wkb(bytes(data))
    except ShapelyError as error:
        raise BadInput(_("A stored outline could not be read. Load its boundary file again.")) from error


def distance(e1: ArrayLike, n1: ArrayLike, e2: ArrayLike, n2: ArrayLike) -> Floats:
    """Metres between points, in a straight line on the National Grid (within 0.04 per cent of the ground)."""
    return np.hypot(np.subtract(e2, e1, dtype=float), np.subtract(n2, n1, dtype=float))


def _fault_place(geom: BaseGeometry) -> str:
    """Where shapely found the fault: the coordinates in "Self-intersection[350000 430000]"."""
    return str(shapely.is_valid_reason(geom)).partition("[")[2].rstrip("]") or "?"
