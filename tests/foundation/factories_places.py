"""A made-up county of squares, as rows a boundary file would give: three districts of two wards of two LSOAs, 1 km high.

E06000001 Seaport        E07000001 Hillside       E07000002 Dale
| Harbour | Quay     |   | Mill    | Moor     |   | Bridge  | Fold    |
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import shapely

from ourpatch.foundation.places import actions
from ourpatch.foundation.places.models import AreaKind, BoundarySet
from ourpatch.foundation.places.permissions import Permission
from ourpatch.foundation.places.reading import AreaRow, content_of
from ourpatch.ground.permission.actor import Actor

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 18)
LOADER = Actor.job("load-boundaries", [Permission.LOAD, Permission.VIEW], [UUID(int=0)])

WEST, SOUTH, SIDE = 350_000, 430_000, 1_000
DISTRICTS = (("E06000001", "Seaport"), ("E07000001", "Hillside"), ("E07000002", "Dale"))
WARDS = ("Harbour", "Quay", "Mill", "Moor", "Bridge", "Fold")


def district_rows() -> list[AreaRow]:
    """Three districts side by side, each two wards wide."""
    return [
        AreaRow(code, name, shapely.box(*_corner(2 * place), *_corner(2 * place + 2, top=1)))
        for place, (code, name) in enumerate(DISTRICTS)
    ]


def ward_rows(first_code: int = 1) -> list[AreaRow]:
    """Six wards side by side, coded E05000001 onwards."""
    return [
        AreaRow(
            f"E05{place + first_code:06d}",
            name,
            shapely.box(*_corner(place), *_corner(place + 1, top=1)),
            parent_code=DISTRICTS[place // 2][0],
        )
        for place, name in enumerate(WARDS)
    ]


def lsoa_rows() -> list[AreaRow]:
    """Twelve LSOAs, the south and the north of each ward."""
    halves = [(place, half) for place in range(len(WARDS)) for half in (0, 0.5)]
    return [
        AreaRow(
            f"E01{number:06d}",
            f"{WARDS[place]} {number:03d}A",
            shapely.box(*_corner(place, top=half), *_corner(place + 1, top=half + 0.5)),
            parent_code=DISTRICTS[place // 2][0],
        )
        for number, (place, half) in enumerate(halves, start=1)
    ]


def middle_of(ward: str) -> tuple[float, float]:
    """The easting and northing of the middle of a ward's southern half."""
    return WEST + (WARDS.index(ward) + 0.5) * SIDE, SOUTH + 0.25 * SIDE


def load_set(
    kind: AreaKind, rows: list[AreaRow], vintage: str = "2023", valid_from: date = date(2023, 5, 4)
) -> BoundarySet:
    """A boundary set of these rows, loaded."""
    return actions.load_boundary_set(
        by=LOADER,
        kind=kind,
        vintage=vintage,
        valid_from=valid_from,
        source="made up",
        areas=rows,
        attribution="",
        content_sha256=content_of(rows),
        now=NOW,
    )


def load_county() -> None:
    """Every set of the county, its partnerships, and a neighbourhood a ward."""
    load_set(AreaKind.DISTRICT, district_rows())
    load_set(AreaKind.WARD, ward_rows())
    load_set(AreaKind.LSOA, lsoa_rows(), vintage="2021", valid_from=date(2021, 3, 21))
    actions.make_partnerships_from_districts(by=LOADER, county="Hillshire", now=NOW)
    actions.make_neighbourhoods_from_wards(by=LOADER, now=NOW)


def _corner(place: float, top: float = 0) -> tuple[float, float]:
    return WEST + place * SIDE, SOUTH + top * SIDE
