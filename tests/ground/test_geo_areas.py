"""A point is put into the right area: on borders, in holes, in areas of several parts, and nowhere."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from ourpatch.ground.geo import AreaIndex, areas, project_geometries, to_bng

pytestmark = pytest.mark.rules

WEST, EAST = box(0, 0, 100, 100), box(100, 0, 200, 100)
RING = Polygon(box(300, 0, 400, 100).exterior, [box(340, 40, 360, 60).exterior])
ISLANDS = MultiPolygon([box(500, 0, 510, 10), box(590, 90, 600, 100)])


@pytest.fixture
def index() -> AreaIndex[str]:
    return AreaIndex([("west", WEST), ("east", EAST), ("ring", RING), ("islands", ISLANDS)])


@pytest.mark.parametrize(
    ("e", "n", "key"),
    [
        (50, 50, "west"),
        (150, 50, "east"),
        (320, 50, "ring"),
        (350, 50, None),
        (505, 5, "islands"),
        (595, 95, "islands"),
        (550, 50, None),
        (-1, 50, None),
        (math.nan, 50, None),
        (50, math.inf, None),
    ],
)
def test_a_point_is_in_its_area(index: AreaIndex[str], e: float, n: float, key: str | None) -> None:
    assert index.key_at(e, n) == key


@pytest.mark.parametrize(("e", "n"), [(100, 50), (100, 0), (100, 100)])
def test_on_a_shared_border_the_first_area_wins_whatever_the_tree_says(e: float, n: float) -> None:
    assert AreaIndex([("west", WEST), ("east", EAST)]).key_at(e, n) == "west"
    assert AreaIndex([("east", EAST), ("west", WEST)]).key_at(e, n) == "east"


def test_an_outer_border_and_the_rim_of_a_hole_belong_to_the_area(index: AreaIndex[str]) -> None:
    assert index.key_at(0, 0) == "west"
    assert index.key_at(340, 50) == "ring"


def test_an_array_answers_with_positions_in_its_own_shape(index: AreaIndex[str]) -> None:
    found = index.locate([[50, 150], [350, math.nan]], [[50, 50], [50, 50]])

    assert found.tolist() == [[0, 1], [-1, -1]]
    assert np.issubdtype(found.dtype, np.integer)


def test_no_areas_empty_outlines_and_no_points() -> None:
    assert AreaIndex([]).locate([1, 2], [3, 4]).tolist() == [-1, -1]
    assert AreaIndex([("empty", Polygon()), ("none", None), ("west", WEST)]).key_at(50, 50) == "west"
    assert AreaIndex([("west", WEST)]).locate([], []).tolist() == []


def test_it_knows_its_areas_in_the_order_they_came(index: AreaIndex[str]) -> None:
    assert index.keys == ("west", "east", "ring", "islands")
    assert len(index) == 4


def test_more_points_than_a_chunk_are_all_answered(index: AreaIndex[str], monkeypatch: pytest.MonkeyPatch) -> None:
    e = np.tile([50.0, 150.0, np.nan, 250.0], 25)
    monkeypatch.setattr(areas, "CHUNK", 7)

    assert index.locate(e, np.full(100, 50.0)).tolist() == [0, 1, -1, -1] * 25


def test_threads_that_ask_first_at_once_agree() -> None:
    random = np.random.default_rng(7)
    circles = AreaIndex((i, shapely.Point(i * 50, 0).buffer(60, quad_segs=500)) for i in range(40))
    e, n = random.uniform(-100, 2100, 5000), random.uniform(-80, 80, 5000)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: circles.locate(e, n), range(8)))

    assert all((answer == answers[0]).all() for answer in answers)


@given(st.lists(st.tuples(st.integers(-5, 25), st.integers(-5, 15)), min_size=1, max_size=30))
def test_agrees_with_asking_every_area_in_turn(points: list[tuple[int, int]]) -> None:
    outlines = [box(x, y, x + 10, y + 8) for x in (0, 7, 12) for y in (-2, 3)]
    index = AreaIndex(enumerate(outlines))
    e, n = np.array(points, dtype=float).T

    expected = [next((i for i, area in enumerate(outlines) if area.intersects(shapely.Point(p))), -1) for p in points]

    assert index.locate(e, n).tolist() == expected


@pytest.mark.realdata
def test_every_ward_of_lancashire_lies_in_a_district(shared_data: Path) -> None:
    """Wards come in metres and districts in degrees, from two publishers: they fit only if the transform is right."""
    wards = pyogrio.raw.read(shared_data / "lancashire" / "lancashire_wards.gpkg", columns=[])[2]
    _, _, outlines, (names,) = pyogrio.raw.read(
        shared_data / "lancashire" / "lancashire_districts.geojson", columns=["district"]
    )
    districts = AreaIndex(zip(names, project_geometries(shapely.from_wkb(outlines), to_bng), strict=True))
    inside = shapely.point_on_surface(shapely.from_wkb(wards))

    found = districts.locate(shapely.get_x(inside), shapely.get_y(inside))

    assert (found >= 0).all()
    assert set(found) == set(range(len(districts)))
