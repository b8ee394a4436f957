"""The map of the invented county: LSOAs that tile wards that tile neighbourhoods that tile authorities, and streets.

LSOA cells are a Voronoi tiling of seeds; every shared edge is made ragged once, so that neighbours keep exactly the
same border. All geometry is metres, EPSG:27700.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint, Point, Polygon

from . import design, names

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LSOAS_PER_WARD = {"core": 5, "inner": 6, "estate": 6, "suburb": 6, "town": 6, "rural": 4}
ANCHORS_PER_STREET = {"centre": 4, "parade": 3, "station": 2, "carpark": 2, "industrial": 2, "park": 1}
MIN_ADDRESSES = 8
"""A published map point stands for at least this many addresses (anchors.md 2.10)."""
MIN_ANCHOR_GAP_M = 42.0
DECILE_FLOORS = (45.0, 34.0, 27.0, 21.5, 17.5, 14.0, 11.0, 8.5, 5.5, 0.0)
"""Deprivation score from which each national decile begins, most deprived first."""


class MapNotPossible(RuntimeError):
    """No arrangement of the seeds tiled the county; only a changed design can cause it."""


@dataclass(frozen=True, slots=True)
class District:
    """A district or unitary authority with its outline in metres, EPSG:27700."""

    code: str
    name: str
    tier: design.Tier
    geometry: Polygon


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A policing neighbourhood: a stable key, its authority, its character and outline."""

    key: str
    name: str
    district_code: str
    character: design.Character
    geometry: Polygon


@dataclass(frozen=True, slots=True)
class Ward:
    """An electoral ward, wholly inside one neighbourhood."""

    code: str
    name: str
    neighbourhood: str
    district_code: str
    population: int
    households: int
    geometry: Polygon


@dataclass(frozen=True, slots=True)
class Lsoa:
    """A lower-layer super output area inside one ward; score 2-88 (high is deprived), decile 1 the most deprived."""

    code: str
    name: str
    ward_code: str
    neighbourhood: str
    district_code: str
    population: int
    households: int
    deprivation_score: float
    deprivation_decile: int
    seed: tuple[float, float]
    geometry: Polygon


@dataclass(frozen=True, slots=True)
class Street:
    """A named street inside one LSOA; its anchors are the map points that stand for it."""

    name: str
    kind: design.StreetKind
    lsoa: int
    neighbourhood: str
    anchors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Anchors:
    """Map points as columns: easting, northing (metres), street and LSOA index, addresses stood for (>= 8)."""

    e: Floats
    n: Floats
    street: Ints
    lsoa: Ints
    addresses: Ints


@dataclass(frozen=True, slots=True)
class Place:
    """A name people use: town, village or landmark, with its point and neighbourhood."""

    name: str
    kind: design.PlaceKind
    neighbourhood: str
    e: float
    n: float


@dataclass(frozen=True, slots=True)
class Postcode:
    """An invented unit postcode (area QX is not in use) and its point."""

    postcode: str
    e: float
    n: float
    lsoa: int


@dataclass(frozen=True, slots=True)
class CountyMap:
    """Everything on the map; lists are in code order, indexes refer to these tuples."""

    outline: Polygon
    districts: tuple[District, ...]
    neighbourhoods: tuple[Neighbourhood, ...]
    wards: tuple[Ward, ...]
    lsoas: tuple[Lsoa, ...]
    streets: tuple[Street, ...]
    anchors: Anchors
    places: tuple[Place, ...]
    postcodes: tuple[Postcode, ...]

    def street(self, name: str, neighbourhood: str) -> Street:
        """The street of this name in this neighbourhood; raises KeyError when there is none."""
        for street in self.streets:
            if street.name == name and street.neighbourhood == neighbourhood:
                return street
        raise KeyError(f"No street {name!r} in {neighbourhood!r}.")

    def place(self, name: str) -> Place:
        """The gazetteer entry of this name; raises KeyError when there is none."""
        for place in self.places:
            if place.name == name:
                return place
        raise KeyError(f"No place {name!r} in the gazetteer.")


@dataclass(frozen=True, slots=True)
class _WardSeed:
    hood: design.NeighbourhoodDesign
    ward: design.WardDesign
    centre: tuple[float, float]


def draw(seed: int) -> CountyMap:
    """Draw the county; the same seed gives the same map to the last digit."""
    for attempt in range(40):
        rng = np.random.default_rng([seed, 1, attempt])
        ward_seeds = _ward_seeds(rng)
        outline = Polygon([_metres(km) for km in design.OUTLINE_KM])
        seeds, ward_of = _lsoa_seeds(rng, ward_seeds, outline)
        cells = _ragged_cells(rng, seeds, outline)
        if cells is not None and _all_whole(cells, ward_of, ward_seeds):
            return _assemble(rng, seeds, ward_of, ward_seeds, cells)
    raise MapNotPossible("The county could not be tiled: spread the ward centres in design.py further apart.")


# ---------------------------------------------------------------- seeds and cells


def _metres(km: tuple[float, float]) -> tuple[float, float]:
    return design.ORIGIN[0] + km[0] * 1000, design.ORIGIN[1] + km[1] * 1000


def _ward_seeds(rng: np.random.Generator) -> list[_WardSeed]:
    found = []
    for hood in design.NEIGHBOURHOODS:
        turn = rng.uniform(0, 2 * np.pi)
        for number, ward in enumerate(hood.wards):
            angle = turn + number * 2 * np.pi / 3
            reach = 0.72 * hood.reach_km
            de, dn = ward.offset_km or (reach * np.cos(angle), reach * np.sin(angle))
            found.append(_WardSeed(hood, ward, _metres((hood.centre_km[0] + de, hood.centre_km[1] + dn))))
    return found


def _lsoa_seeds(rng: np.random.Generator, wards: list[_WardSeed], outline: Polygon) -> tuple[Floats, Ints]:
    """Seeds inside the Voronoi cell of their own ward centre, so that the seeds of a ward lie together."""
    centres = np.array([ward.centre for ward in wards])
    points: list[tuple[float, float]] = []
    ward_of: list[int] = []
    for index, ward in enumerate(wards):
        gaps = np.hypot(*(centres - centres[index]).T)
        reach = 0.62 * np.partition(gaps, 1)[1]
        wanted = LSOAS_PER_WARD[ward.hood.character]
        own = [ward.centre]
        spacing = reach * 0.62
        while len(own) < wanted:
            radius, angle = reach * np.sqrt(rng.random()), rng.uniform(0, 2 * np.pi)
            candidate = (ward.centre[0] + radius * np.cos(angle), ward.centre[1] + radius * np.sin(angle))
            nearest = int(np.hypot(*(centres - candidate).T).argmin())
            apart = min(np.hypot(candidate[0] - e, candidate[1] - n) for e, n in own)
            if nearest == index and apart > spacing and outline.contains(Point(candidate)):
                own.append(candidate)
            spacing *= 0.995
        points += own
        ward_of += [index] * wanted
    return np.array(points), np.array(ward_of)


def _ragged_cells(rng: np.random.Generator, seeds: Floats, outline: Polygon) -> list[Polygon] | None:
    """Voronoi cells with each shared edge displaced once; None when the displaced edges cross."""
    plain = list(shapely.voronoi_polygons(MultiPoint(seeds), extend_to=outline, ordered=True).geoms)
    clipped = [cell.intersection(outline) for cell in plain]
    linework = shapely.set_precision(shapely.union_all([cell.boundary for cell in clipped]), 0.1)
    lines = list(shapely.line_merge(linework).geoms)
    lines.sort(key=lambda line: tuple(line.coords[0]) + tuple(line.coords[-1]) + (line.length,))
    ragged = [shapely.LineString(_displace(rng, list(line.coords))) for line in lines]
    noded = shapely.union_all(ragged)
    pieces = list(shapely.polygonize([noded]).geoms)
    if len(pieces) != len(seeds) or not all(piece.is_valid for piece in pieces):
        return None
    return _in_seed_order(pieces, clipped)


def _displace(rng: np.random.Generator, coords: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Midpoint displacement of each segment of a line, ends kept; every coordinate on a 0.1 m grid."""
    for _ in range(4):
        finer = [coords[0]]
        for (e0, n0), (e1, n1) in itertools.pairwise(coords):
            swing = rng.uniform(-0.11, 0.11)
            if np.hypot(e1 - e0, n1 - n0) > 90:
                finer.append((round((e0 + e1) / 2 - swing * (n1 - n0), 1), round((n0 + n1) / 2 + swing * (e1 - e0), 1)))
            finer.append((e1, n1))
        coords = finer
    return coords


def _in_seed_order(pieces: list[Polygon], cells: list[Polygon]) -> list[Polygon] | None:
    ordered: list[Polygon | None] = [None] * len(cells)
    tree = shapely.STRtree(cells)
    for piece in pieces:
        candidates = tree.query(piece)
        shares = [cells[int(c)].intersection(piece).area for c in candidates]
        ordered[int(candidates[int(np.argmax(shares))])] = shapely.normalize(piece)
    return None if any(piece is None for piece in ordered) else [piece for piece in ordered if piece is not None]


def _all_whole(cells: list[Polygon], ward_of: Ints, wards: list[_WardSeed]) -> bool:
    """Whether every ward, neighbourhood and authority is one polygon without holes of another."""
    for level in _levels(ward_of, wards):
        for members in level.values():
            joined = shapely.coverage_union_all([cells[i] for i in members])
            if not isinstance(shapely.line_merge(joined) if joined.geom_type == "LineString" else joined, Polygon):
                return False
    return True


def _levels(ward_of: Ints, wards: list[_WardSeed]) -> list[dict[str, list[int]]]:
    keyed: list[dict[str, list[int]]] = [{}, {}, {}]
    for cell, ward in enumerate(ward_of):
        owner = wards[int(ward)]
        for level, key in zip(keyed, (f"{ward:02d}", owner.hood.key, owner.hood.district), strict=True):
            level.setdefault(key, []).append(cell)
    return keyed


# ---------------------------------------------------------------- areas with people


def _assemble(
    rng: np.random.Generator, seeds: Floats, ward_of: Ints, wards: list[_WardSeed], cells: list[Polygon]
) -> CountyMap:
    by_ward, by_hood, by_district = _levels(ward_of, wards)
    district_code = {district.name: district.code for district in design.DISTRICTS}
    lsoas = _lsoas(rng, seeds, ward_of, wards, cells, district_code)
    ward_areas = tuple(_ward(number, wards[number], members, lsoas) for number, members in enumerate(by_ward.values()))
    hoods = tuple(
        Neighbourhood(
            hood.key, hood.name, district_code[hood.district], hood.character, _joined(lsoas, by_hood[hood.key])
        )
        for hood in design.NEIGHBOURHOODS
    )
    districts = tuple(
        District(one.code, one.name, one.tier, _joined(lsoas, by_district[one.name])) for one in design.DISTRICTS
    )
    outline = shapely.coverage_union_all([district.geometry for district in districts])
    streets, anchors = _streets(rng, lsoas, by_ward, wards)
    places = _places(rng, lsoas, by_ward, wards, streets, anchors)
    return CountyMap(
        outline, districts, hoods, ward_areas, lsoas, streets, anchors, places, _postcodes(rng, lsoas, anchors)
    )


def _joined(lsoas: tuple[Lsoa, ...], members: list[int]) -> Polygon:
    return shapely.normalize(shapely.coverage_union_all([lsoas[i].geometry for i in members]))


def _lsoas(
    rng: np.random.Generator,
    seeds: Floats,
    ward_of: Ints,
    wards: list[_WardSeed],
    cells: list[Polygon],
    district_code: dict[str, str],
) -> tuple[Lsoa, ...]:
    scores = _deprivation(rng, seeds)
    letters: dict[int, int] = {}
    found = []
    for index, ward_number in enumerate(ward_of):
        ward = wards[int(ward_number)]
        letter = letters.get(int(ward_number), 0)
        letters[int(ward_number)] = letter + 1
        population = int(rng.integers(1750, 3150))
        within_district = [w for w in wards if w.hood.district == ward.hood.district].index(ward) + 1
        found.append(
            Lsoa(
                code=f"E01999{index + 1:03d}",
                name=f"{ward.hood.district} {within_district:03d}{chr(65 + letter)}",
                ward_code=f"E05999{ward_number + 1:03d}",
                neighbourhood=ward.hood.key,
                district_code=district_code[ward.hood.district],
                population=population,
                households=round(population / rng.uniform(2.05, 2.55)),
                deprivation_score=round(float(scores[index]), 3),
                deprivation_decile=_decile(float(scores[index])),
                seed=(float(seeds[index, 0]), float(seeds[index, 1])),
                geometry=cells[index],
            )
        )
    return tuple(found)


def _deprivation(rng: np.random.Generator, seeds: Floats) -> Floats:
    """A smooth surface: neighbourhood hardship blended by distance, with small local differences."""
    centres = np.array([_metres(hood.centre_km) for hood in design.NEIGHBOURHOODS])
    hardship = np.array([hood.hardship for hood in design.NEIGHBOURHOODS])
    reach = np.array([hood.reach_km * 1000 for hood in design.NEIGHBOURHOODS])
    distance = np.hypot(seeds[:, None, 0] - centres[None, :, 0], seeds[:, None, 1] - centres[None, :, 1]) / reach
    weight = 1.0 / (0.25 + distance) ** 3
    smooth = (weight * hardship).sum(axis=1) / weight.sum(axis=1)
    scores: Floats = np.clip(smooth * rng.lognormal(0, 0.22, len(seeds)), 2.0, 88.0)
    return scores


def _decile(score: float) -> int:
    return next(number for number, floor in enumerate(DECILE_FLOORS, start=1) if score >= floor)


def _ward(number: int, seed: _WardSeed, members: list[int], lsoas: tuple[Lsoa, ...]) -> Ward:
    first = lsoas[members[0]]
    return Ward(
        code=first.ward_code,
        name=seed.ward.name,
        neighbourhood=seed.hood.key,
        district_code=first.district_code,
        population=sum(lsoas[i].population for i in members),
        households=sum(lsoas[i].households for i in members),
        geometry=_joined(lsoas, members),
    )


# ---------------------------------------------------------------- streets, places, postcodes


def _streets(
    rng: np.random.Generator, lsoas: tuple[Lsoa, ...], by_ward: dict[str, list[int]], wards: list[_WardSeed]
) -> tuple[tuple[Street, ...], Anchors]:
    streets: list[Street] = []
    columns: list[tuple[float, float, int, int]] = []
    taken: dict[str, set[str]] = {}
    for ward, members in zip(wards, by_ward.values(), strict=True):
        used = taken.setdefault(ward.hood.key, {name for w in ward.hood.wards for name, _ in w.streets})
        for place, lsoa in enumerate(members):
            plotter = _Plotter(rng, lsoas[lsoa], ward.hood.character)
            wanted = list(ward.ward.streets) if place == 0 else []
            wanted += _ordinary(rng, ward.hood.character, used, 4 if place == 0 else 6)
            for name, kind in wanted:
                points = plotter.street(ANCHORS_PER_STREET.get(kind) or int(rng.integers(1, 4)))
                ids = tuple(range(len(columns), len(columns) + len(points)))
                columns += [(e, n, len(streets), lsoa) for e, n in points]
                streets.append(Street(name, kind, lsoa, ward.hood.key, ids))
    table = np.array(columns)
    return tuple(streets), _anchors(rng, table, lsoas)


def _anchors(rng: np.random.Generator, table: Floats, lsoas: tuple[Lsoa, ...]) -> Anchors:
    """Share each LSOA's households among its anchors."""
    lsoa = table[:, 3].astype(np.int64)
    share = rng.lognormal(0, 0.35, len(table))
    total = np.bincount(lsoa, weights=share, minlength=len(lsoas))
    households = np.array([one.households for one in lsoas], dtype=float)
    addresses = np.maximum(MIN_ADDRESSES, np.round(share / total[lsoa] * households[lsoa])).astype(np.int64)
    return Anchors(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].astype(np.int64), lsoa, addresses)


def _ordinary(
    rng: np.random.Generator, character: design.Character, used: set[str], count: int
) -> list[tuple[str, design.StreetKind]]:
    kind: design.StreetKind = "estate" if character == "estate" else "lane" if character == "rural" else "residential"
    found: list[tuple[str, design.StreetKind]] = []
    while len(found) < count:
        name = f"{rng.choice(names.STREET_FIRST)} {rng.choice(names.STREET_SECOND[character])}"
        if name not in used:
            used.add(name)
            found.append((name, kind))
    return found


class _Plotter:
    """Lays the streets of one LSOA around its seed without letting two map points touch."""

    def __init__(self, rng: np.random.Generator, lsoa: Lsoa, character: design.Character) -> None:
        self.rng = rng
        self.seed = lsoa.seed
        self.room = lsoa.geometry.buffer(-22)
        self.reach = 520.0 if character == "rural" else 430.0
        self.points: list[tuple[float, float]] = []
        shapely.prepare(self.room)

    def street(self, count: int) -> list[tuple[float, float]]:
        """Points of one street, about 60 m apart on a gentle line, each inside the LSOA and away from other points."""
        reach, step = self.reach, 60.0
        while True:
            radius, angle = reach * np.sqrt(self.rng.random()), self.rng.uniform(0, 2 * np.pi)
            start = (self.seed[0] + radius * np.cos(angle), self.seed[1] + radius * np.sin(angle))
            bearing = self.rng.uniform(0, np.pi)
            bend = self.rng.uniform(-0.3, 0.3)
            line = [start]
            for _ in range(count - 1):
                e, n = line[-1]
                line.append((e + step * np.cos(bearing), n + step * np.sin(bearing)))
                bearing += bend
            line = [(round(e, 1), round(n, 1)) for e, n in line]
            if self._fits(line):
                self.points += line
                return line
            reach, step = reach * 1.01, max(MIN_ANCHOR_GAP_M + 2, step * 0.995)

    def _fits(self, line: list[tuple[float, float]]) -> bool:
        if not all(shapely.contains_xy(self.room, e, n) for e, n in line):
            return False
        return all(np.hypot(e - e1, n - n1) >= MIN_ANCHOR_GAP_M for e, n in line for e1, n1 in self.points)


def _places(
    rng: np.random.Generator,
    lsoas: tuple[Lsoa, ...],
    by_ward: dict[str, list[int]],
    wards: list[_WardSeed],
    streets: tuple[Street, ...],
    anchors: Anchors,
) -> tuple[Place, ...]:
    """Landmarks stand on the street they are named after, or else a little off a street of their ward."""
    found = []
    for ward, members in zip(wards, by_ward.values(), strict=True):
        local = [street for street in streets if street.lsoa in members]
        for number, (name, kind) in enumerate(ward.ward.places):
            named = [street for street in local if name.startswith(street.name)]
            lsoa = members[number % len(members)]
            street = named[0] if named else next(s for s in local if s.lsoa == lsoa)
            anchor = street.anchors[len(street.anchors) // 2]
            e, n = _beside(rng, float(anchors.e[anchor]), float(anchors.n[anchor]), lsoas[street.lsoa].geometry)
            found.append(Place(name, kind, ward.hood.key, e, n))
    return tuple(found)


def _beside(rng: np.random.Generator, e: float, n: float, inside: Polygon) -> tuple[float, float]:
    while True:
        de, dn = rng.uniform(-18, 18, 2)
        if shapely.contains_xy(inside, e + de, n + dn):
            return round(e + de, 1), round(n + dn, 1)


def _postcodes(rng: np.random.Generator, lsoas: tuple[Lsoa, ...], anchors: Anchors) -> tuple[Postcode, ...]:
    """One unit postcode at each anchor: an outward code per neighbourhood, sectors and units in order."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    outward = {hood.key: number for number, hood in enumerate(design.NEIGHBOURHOODS, start=1)}
    counters: dict[int, int] = {}
    found = []
    for e, n, lsoa in zip(anchors.e.tolist(), anchors.n.tolist(), anchors.lsoa.tolist(), strict=True):
        area = outward[lsoas[lsoa].neighbourhood]
        count = counters.get(area, 0)
        counters[area] = count + 1
        sector, unit = divmod(count, 40)
        code = f"QX{area} {sector + 1}{letters[unit // len(letters)]}{letters[unit % len(letters)]}"
        found.append(Postcode(code, *_beside(rng, e, n, lsoas[lsoa].geometry), lsoa))
    return tuple(found)
