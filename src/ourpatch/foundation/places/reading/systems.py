"""Which coordinate system a boundary file is really in, whatever it says, and moving it to the National Grid."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import in_cover, to_bng
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Floats = NDArray[np.float64]

# ETRS89 (4258) and WGS84 (4326) differ by less than a metre in Great Britain.
DEGREES = ("EPSG:4326", "EPSG:4258", "OGC:CRS84", "EPSG:4979", "EPSG:4937")
METRES = ("EPSG:27700", "EPSG:7405")
NATIONAL_GRID_NAMES = ("british_national_grid", "british national grid")

# Great Britain, degrees (longitude, latitude).
LONGITUDES = (-9.0, 3.0)
LATITUDES = (49.0, 61.5)
EASTINGS = (0.0, 700_000.0)
NORTHINGS = (0.0, 1_250_000.0)
MOST_DEGREES = 180.0


class System(StrEnum):
    """The two systems that we read."""

    DEGREES = "longitude and latitude (EPSG:4326)"
    METRES = "the British National Grid (EPSG:27700)"


def on_national_grid(
    outlines: Sequence[BaseGeometry], codes: Sequence[str], stated: str | None
) -> tuple[list[BaseGeometry], list[Message]]:
    """The outlines in metres (EPSG:27700), and what had to be assumed or mended.

    Raises BadInput: another coordinate system, a corner at (0, 0), an area outside Great Britain.
    """
    drawn = np.array(outlines, dtype=object)
    corners, owner = shapely.get_coordinates(drawn, return_index=True)
    _refuse_nowhere(corners, owner, codes)
    system, notes = _system(corners, stated)
    corners, swapped = _upright(corners, system)
    if swapped:
        notes.append(_("The file gives north before east. The axes were put right."))
    if system is System.DEGREES:
        corners = np.column_stack(to_bng(corners[:, 0], corners[:, 1]))
    _refuse_abroad(corners, owner, codes)
    return list(shapely.set_coordinates(shapely.force_2d(drawn), corners)), notes


def _system(corners: Floats, stated: str | None) -> tuple[System, list[Message]]:
    looks = System.DEGREES if np.abs(corners).max() <= MOST_DEGREES else System.METRES
    says = _said(stated)
    if says is None:
        return looks, [_("The file does not say its coordinate system. It was read as %(system)s.", system=str(looks))]
    if says is not looks:
        return looks, [
            _(
                "The file says it is in %(says)s but its numbers are %(looks)s. It was read as that.",
                says=str(says),
                looks=str(looks),
            )
        ]
    return looks, []


def _said(stated: str | None) -> System | None:
    if not stated:
        return None
    if stated in DEGREES:
        return System.DEGREES
    if stated in METRES or any(name in stated.casefold() for name in NATIONAL_GRID_NAMES):
        return System.METRES
    raise BadInput(
        _(
            "The file is in the coordinate system %(system)s. Export it as EPSG:27700 (British National Grid) or EPSG:4326.",
            system=stated[:40],
        )
    )


def _upright(corners: Floats, system: System) -> tuple[Floats, bool]:
    """East before north; turned round when only that puts every corner in Great Britain."""
    east, north = (LONGITUDES, LATITUDES) if system is System.DEGREES else (EASTINGS, NORTHINGS)
    turned = corners[:, ::-1]
    if _within(turned, east, north) and not _within(corners, east, north):
        return turned, True
    return corners, False


def _within(corners: Floats, east: tuple[float, float], north: tuple[float, float]) -> bool:
    low, high = corners.min(axis=0), corners.max(axis=0)
    return bool(east[0] <= low[0] and high[0] <= east[1] and north[0] <= low[1] and high[1] <= north[1])


def _refuse_nowhere(corners: Floats, owner: NDArray[np.intp], codes: Sequence[str]) -> None:
    nowhere = owner[(corners == 0).all(axis=1) | ~np.isfinite(corners).all(axis=1)]
    if nowhere.size:
        raise BadInput(
            _(
                "%(areas)s: a corner lies at (0, 0) or has no coordinates. Draw or export it again.",
                areas=_named(nowhere, codes),
            )
        )


def _refuse_abroad(corners: Floats, owner: NDArray[np.intp], codes: Sequence[str]) -> None:
    abroad = owner[~in_cover(corners[:, 0], corners[:, 1])]
    if abroad.size:
        raise BadInput(
            _(
                "%(areas)s: a corner lies outside Great Britain. Check the file's coordinate system and the order of its axes.",
                areas=_named(abroad, codes),
            )
        )


def _named(owner: NDArray[np.intp], codes: Sequence[str]) -> str:
    found = sorted({codes[each] for each in owner.tolist()})
    return ", ".join(found[:5]) + (f" (+{len(found) - 5})" if len(found) > 5 else "")
