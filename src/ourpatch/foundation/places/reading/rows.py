"""What the readers give: one frozen row for each line of a file, with the number a person would count it by."""

from __future__ import annotations

from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from ourpatch.foundation.places.changes import Change
from ourpatch.ground.words import Message


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area of a boundary file: a valid outline in metres (EPSG:27700), and the code of its district where the file says."""

    code: str
    name: str
    geometry: BaseGeometry = field(repr=False)
    name_cy: str = ""
    parent_code: str = ""


@dataclass(frozen=True, slots=True)
class ReadAreas:
    """A boundary file as it was understood: areas in the order of their codes, notes, and the vintage that a column names."""

    rows: tuple[AreaRow, ...]
    notes: tuple[Message, ...]
    vintage: str
    source: str
    content_sha256: str


@dataclass(frozen=True, slots=True)
class PopulationRow:
    """People who live in one area."""

    row: int
    code: str
    name: str
    population: int


@dataclass(frozen=True, slots=True)
class DeprivationRow:
    """Deprivation of one LSOA: a high score or a low decile is deprived. Population only where the file carries it."""

    row: int
    code: str
    score: float
    decile: int
    population: int | None = None


@dataclass(frozen=True, slots=True)
class NeighbourhoodRow:
    """One ward's place in the neighbourhoods that were agreed locally."""

    row: int
    code: str
    neighbourhood: str
    slug: str


@dataclass(frozen=True, slots=True)
class LsoaChangeRow:
    """One line of the lookup of LSOA changes, with its names; `district_code` where the file has it."""

    row: int
    line: Change
    name_2011: str
    name_2021: str
    district_code: str = ""


@dataclass(frozen=True, slots=True)
class PlaceNameRow:
    """A name people use, and where (metres, EPSG:27700)."""

    name: str
    kind: str
    easting: float
    northing: float


@dataclass(frozen=True, slots=True)
class PostcodeRow:
    """A live unit postcode, and where (metres, EPSG:27700)."""

    postcode: str
    easting: float
    northing: float
