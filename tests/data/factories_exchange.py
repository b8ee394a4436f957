"""Squareshire: four kilometres square, two wards (neighbourhoods), four small areas; and archives of street files made for it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

from shapely import box

from ourpatch.data.exchange.rules import HEADER
from ourpatch.data.store.permissions import Permission
from ourpatch.foundation.places import actions as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.foundation.places.permissions import Permission as PlacesPermission
from ourpatch.foundation.places.reading.rows import AreaRow
from ourpatch.ground.geo import point_to_wgs84
from ourpatch.ground.permission.actor import Actor

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
E0, N0 = 350_000, 430_000
WEST, EAST = (E0 + 1_000, N0 + 1_000), (E0 + 3_000, N0 + 1_000)
ELSEWHERE = (E0 + 50_000, N0)
NAME = "2019-01/2019-01-squareshire-street.csv"


@dataclass(frozen=True, slots=True)
class Squareshire:
    """The invented district as it was loaded."""

    partnership: ServiceArea
    west: ServiceArea
    east: ServiceArea
    loader: Actor


def make_squareshire() -> Squareshire:
    """Boundaries, one partnership and two neighbourhoods, and a job that may load and undo."""
    by = Actor.job("test places", [PlacesPermission.LOAD], [uuid4()])
    _load(by, "district", [AreaRow("E07999901", "Squareshire", box(E0, N0, E0 + 4_000, N0 + 4_000))])
    halves = [("E05999901", "West", E0), ("E05999902", "East", E0 + 2_000)]
    wards = [
        AreaRow(code, name, box(e, N0, e + 2_000, N0 + 4_000), parent_code="E07999901") for code, name, e in halves
    ]
    _load(by, "ward", wards)
    corners = [(f"E0199990{i}", E0 + 2_000 * (i % 2), N0 + 2_000 * (i // 2)) for i in range(4)]
    _load(by, "lsoa", [AreaRow(code, code, box(e, n, e + 2_000, n + 2_000)) for code, e, n in corners])
    (partnership,) = places.make_partnerships_from_districts(by=by, now=NOW, county="Square County")
    by = Actor.job("test places", [PlacesPermission.LOAD], [partnership.pk])
    made = {each.name: each for each in places.make_neighbourhoods_from_wards(by=by, now=NOW)}
    return Squareshire(partnership, made["West"], made["East"], loader(partnership.pk))


def loader(*partnership_ids: UUID) -> Actor:
    """A job that may load and undo."""
    return Actor.job("test loader", [Permission.VIEW, Permission.LOAD, Permission.UNDO], partnership_ids)


def street_row(point: tuple[float, float] | None = WEST, **changes: str) -> dict[str, str]:
    """One published row: a burglary at a point in metres, unless told otherwise."""
    lon, lat = (f"{degree:.6f}" for degree in point_to_wgs84(*point)) if point else ("", "")
    plain = {
        "Crime ID": "",
        "Month": "2019-01",
        "Reported by": "Squareshire Constabulary",
        "Falls within": "Squareshire Constabulary",
        "Longitude": lon,
        "Latitude": lat,
        "Location": "On or near High Street" if point else "No Location",
        "LSOA code": "",
        "LSOA name": "",
        "Crime type": "Burglary",
        "Last outcome category": "Under investigation",
        "Context": "",
    }
    return {**plain, **changes}


def asb_row(point: tuple[float, float] | None = WEST, **changes: str) -> dict[str, str]:
    """A published row of anti-social behaviour: no ID, no outcome."""
    return street_row(point, **{"Crime type": "Anti-social behaviour", "Last outcome category": "", **changes})


def csv_bytes(rows: Iterable[Mapping[str, str]], header: Iterable[str] = HEADER, end: str = "\n") -> bytes:
    """A file of rows, as published."""
    columns = list(header)
    lines = [",".join(columns), *(",".join(row.get(column, "extra") for column in columns) for row in rows)]
    return "".join(line + end for line in lines).encode()


def zip_of(folder: Path, members: Mapping[str, bytes], name: str = "archive.zip") -> Path:
    """An archive."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return path


def _load(by: Actor, kind: str, areas: list[AreaRow]) -> None:
    places.load_boundary_set(
        by=by,
        kind=kind,
        vintage="2026",
        valid_from=date(2020, 1, 1),
        source="made for a test",
        areas=areas,
        attribution="",
        content_sha256=kind.ljust(64, "0"),
        now=NOW,
    )
