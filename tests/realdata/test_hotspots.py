"""Lancashire's year of anti-social behaviour through hot spots, density, patterns and concentration; and what is refused."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import openpyxl
import pyogrio
import pytest
import shapely

from ourpatch.data.analysis import pictures
from ourpatch.data.analysis.concentration import concentration
from ourpatch.data.analysis.density import density
from ourpatch.data.analysis.grids import Grid, given_areas, hexagonal_grid, square_grid
from ourpatch.data.analysis.hotspots import cell_rates, count_points, given_counts, hot_spots
from ourpatch.data.analysis.hours import hours_and_weekdays
from ourpatch.data.analysis.patterns import Pattern, hot_spot_patterns
from ourpatch.data.store.rules import PlacePrecision
from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import to_bng

pytestmark = pytest.mark.realdata

Floats = npt.NDArray[np.float64]
BLACKPOOL, PRESTON = (331_000, 436_000), (354_000, 429_500)
SAID = {"what": "Anti-social behaviour", "where": "Lancashire", "when": "2022"}


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "lancashire"


@pytest.fixture(scope="module")
def incidents(folder: Path) -> tuple[Floats, Floats, list[str]]:
    """Eastings, northings and months of 2022."""
    with (folder / "lancashire_asb.tab").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source, delimiter="\t"))
    e, n = to_bng(*(np.array([float(row[name]) for row in rows]) for name in ("longitude", "latitude")))
    return e, n, [row["month"] for row in rows]


@pytest.fixture(scope="module")
def wards(folder: Path) -> Grid:
    _meta, _index, geometry, columns = pyogrio.raw.read(folder / "lancashire_wards.gpkg")
    return given_areas(list(map(str, columns[0])), list(shapely.from_wkb(geometry)))


@pytest.fixture(scope="module")
def squares(wards: Grid) -> Grid:
    """Over the wards together: the land of the police force's area."""
    return square_grid(shapely.union_all(wards.shapes))


def _near(easting: float, northing: float, place: tuple[int, int], metres: float = 2_500) -> bool:
    return bool(np.hypot(easting - place[0], northing - place[1]) < metres)


def test_hot_spots_are_the_towns(squares: Grid, incidents: tuple[Floats, Floats, list[str]]) -> None:
    counted = count_points(squares, *incidents[:2])
    assert squares.lattice is not None
    assert (squares.lattice.side, len(squares)) == (500, 12_800)
    assert (counted.incidents, counted.outside) == (56_432, 2)
    found = hot_spots(squares, counted, place_precision=PlacePrecision.SNAPPED)
    first, second = found.spots[:2]
    assert _near(first.easting, first.northing, BLACKPOOL)
    assert _near(second.easting, second.northing, PRESTON)
    assert 50 < sum(found.hot) < 250
    held = sum(spot.incidents for spot in found.spots)
    assert 0.15 < held / counted.incidents < 0.5
    assert (np.array(found.counts)[np.array(found.hot)] > 0).all()
    # Most of the county is quiet fields, and none of it is called.
    quiet = np.array(found.around) == 0
    assert quiet.sum() > 4_000
    assert (np.array(found.p)[quiet] == 1).all()
    assert {"snapped", "no_denominator", "outside", "cell_size"} <= {sentence.key for sentence in found.sentences}
    drawn = pictures.hot_spot_map(squares, found, **SAID)
    assert "56,432 incidents" in drawn
    assert len(drawn) < 400_000


def test_squares_and_hexagons_tell_of_the_same_places(
    squares: Grid, incidents: tuple[Floats, Floats, list[str]]
) -> None:
    assert squares.study is not None
    hexagons = hexagonal_grid(squares.study)
    found = hot_spots(hexagons, count_points(hexagons, *incidents[:2]))
    assert _near(found.spots[0].easting, found.spots[0].northing, BLACKPOOL)
    assert _near(found.spots[1].easting, found.spots[1].northing, PRESTON)


def test_cells_that_share_out_at_random_are_not_called(
    squares: Grid, incidents: tuple[Floats, Floats, list[str]]
) -> None:
    counts = np.array(count_points(squares, *incidents[:2]).counts)
    shuffled = np.random.default_rng(3).permutation(counts)
    assert not any(hot_spots(squares, given_counts(squares, shuffled)).hot)


def test_density_is_highest_at_the_sea_front(squares: Grid, incidents: tuple[Floats, Floats, list[str]]) -> None:
    found = density(squares, *incidents[:2])
    assert found.bandwidth == 2_500
    easting, northing = map(float, str(found.table().rows[0][0]).split())
    assert _near(easting, northing, BLACKPOOL)
    assert 0.5 < found.halved < 1
    assert 0.5 < found.doubled < 1
    # Land that is nearly all there is counted whole: what is smoothed is about as much as what was recorded.
    values = np.array([value or 0.0 for value in found.values])
    assert (values * squares.square_metres).sum() / 1e6 == pytest.approx(56_432, rel=0.1)
    assert "Darkest" in pictures.density_map(squares, found, **SAID)


def test_patterns_of_the_year(squares: Grid, incidents: tuple[Floats, Floats, list[str]]) -> None:
    e, n, months = incidents
    place, column = squares.place(e, n), np.unique(months, return_inverse=True)[1]
    cube = np.zeros((len(squares), 12))
    np.add.at(cube, (place[place >= 0], column[place >= 0]), 1)
    found = hot_spot_patterns(squares, cube)
    persistent = [i for i, pattern in enumerate(found.patterns) if pattern is Pattern.PERSISTENT]
    assert any(_near(squares.easting[i], squares.northing[i], BLACKPOOL) for i in persistent)
    assert 20 < len(persistent) < 100
    assert found.count(Pattern.NONE) > 12_500
    assert "season" in {sentence.key for sentence in found.sentences}
    assert "Persistent: hot in 10 or more of the 12 periods" in pictures.pattern_map(squares, found, **SAID)


def test_wards_by_rate(wards: Grid, folder: Path, incidents: tuple[Floats, Floats, list[str]]) -> None:
    sheet = openpyxl.load_workbook(folder / "lancashire_ward_pop.xlsx", read_only=True).worksheets[0]
    people = {str(code): float(str(count)) for code, _ward, count in list(sheet.iter_rows(values_only=True))[1:]}
    at_risk = [people.get(key, 0.0) for key in wards.keys]
    counted = count_points(wards, *incidents[:2])
    rates = cell_rates(wards, counted, at_risk)
    assert len(rates.cells) == 245
    assert 20 < rates.overall < 60
    assert "nobody_at_risk" in {sentence.key for sentence in rates.sentences}
    found = hot_spots(wards, counted, at_risk)
    assert found.tested == 245
    assert "no_denominator" not in {sentence.key for sentence in found.sentences}


def test_concentration_of_the_year(squares: Grid, incidents: tuple[Floats, Floats, list[str]]) -> None:
    cells = concentration(count_points(squares, *incidents[:2]).counts)
    assert 0.9 < cells.generalised < 0.97
    assert cells.interval is not None
    assert cells.interval.upper - cells.interval.lower < 0.05
    e, n, _months = incidents
    points = concentration(list(Counter(zip(e.tolist(), n.tolist(), strict=True)).values()))
    assert points.incidents == 56_434
    assert points.generalised < cells.generalised
    assert points.tops[0].incidents > points.tops[0].chance_upper
    assert "all_hit" in {sentence.key for sentence in points.sentences}
    assert "17,8" in pictures.lorenz_curve(points, **SAID)


def test_months_carry_no_question_in_hours(incidents: tuple[Floats, Floats, list[str]]) -> None:
    with pytest.raises(BadInput, match="not the hour"):
        hours_and_weekdays(incidents[2])
