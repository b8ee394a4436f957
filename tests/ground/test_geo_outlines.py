"""Outlines are moved, repaired, thinned and stored without losing what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box

from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import (
    distance,
    from_wkb,
    point_to_bng,
    project_geometries,
    project_geometry,
    repair,
    simplify_for_web,
    simplify_together,
    to_bng,
    to_wgs84,
    to_wkb,
)

pytestmark = pytest.mark.rules

PRESTON = Polygon(box(352_000, 428_000, 356_000, 432_000).exterior, [box(353_000, 429_000, 354_000, 430_000).exterior])


def test_an_outline_goes_to_degrees_and_back() -> None:
    back = project_geometry(project_geometry(PRESTON, to_wgs84), to_bng)

    assert back.equals_exact(PRESTON, 0.001)
    assert len(back.interiors) == 1


def test_every_kind_of_geometry_is_moved_and_heights_are_dropped() -> None:
    point, line, several, empty = project_geometries(
        [
            Point(-2.7, 53.7, 99),
            LineString([(-2.7, 53.7), (-2.6, 53.8)]),
            MultiPolygon([box(-2.8, 53.7, -2.7, 53.8), box(-2.5, 53.7, -2.4, 53.8)]),
            Polygon(),
        ],
        to_bng,
    )

    assert (point.x, point.y) == point_to_bng(-2.7, 53.7)
    assert not point.has_z
    assert line.geom_type == "LineString"
    assert len(several.geoms) == 2
    assert empty.is_empty


def test_what_is_handed_in_is_not_moved() -> None:
    handed_in = [Point(-2.7, 53.7)]

    project_geometries(handed_in, to_bng)

    assert handed_in == [Point(-2.7, 53.7)]


def test_an_outline_in_the_wrong_coordinates_is_refused_by_its_number() -> None:
    with pytest.raises(BadInput, match="Outline 2 "):
        project_geometries([box(-2.8, 53.7, -2.7, 53.8), PRESTON], to_bng)


def test_a_valid_outline_is_left_as_it_is() -> None:
    assert repair(PRESTON) == (PRESTON, None)


def test_a_bow_tie_becomes_two_areas_and_says_where() -> None:
    mended, note = repair(Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]))

    assert mended.is_valid
    assert mended.area == 50
    assert "5 5" in str(note)


def test_a_loop_in_the_border_stays_part_of_the_area() -> None:
    # The ring crosses itself at the top and runs round a small loop inside.
    mended, note = repair(Polygon([(0, 0), (10, 0), (10, 10), (4, 10), (4, 8), (6, 8), (6, 12), (0, 12)]))

    assert mended.is_valid
    assert note is not None
    assert mended.covers(Point(5, 9))


@pytest.mark.parametrize(
    "outline",
    [
        Polygon([(0, 0), (10, 10), (0, 0), (10, 10)]),
        Polygon([(0, 0), (math.inf, 1), (1, 1)]),
    ],
    ids=["no area", "infinite"],
)
def test_an_outline_that_encloses_nothing_is_refused(outline: Polygon) -> None:
    with pytest.raises(BadInput):
        repair(outline)


def test_simplifying_keeps_within_the_tolerance_and_stays_valid() -> None:
    circle = Point(350_000, 430_000).buffer(1000, quad_segs=200)

    thin = simplify_for_web(circle, 5)

    assert shapely.get_num_coordinates(thin) < shapely.get_num_coordinates(circle) / 5
    assert thin.hausdorff_distance(circle) <= 5
    assert thin.is_valid


def test_simplifying_neighbours_together_leaves_no_sliver() -> None:
    border = [(100 + 3 * math.sin(y), float(y)) for y in range(101)]
    west, east = Polygon([(0, 0), *border, (0, 100)]), Polygon([(200, 0), *border, (200, 100)])

    thin_west, thin_east = simplify_together([west, east], 10)

    assert shapely.get_num_coordinates(thin_west) < shapely.get_num_coordinates(west) / 4
    assert thin_west.intersection(thin_east).area == 0
    assert thin_west.union(thin_east).area == pytest.approx(20_000)


def test_bytes_give_the_geometry_back() -> None:
    assert from_wkb(to_wkb(PRESTON)) == PRESTON
    assert from_wkb(memoryview(to_wkb(PRESTON))) == PRESTON
    assert to_wkb(Point(1, 2, 3)) == to_wkb(Point(1, 2))


@pytest.mark.parametrize("data", [b"", b"nothing", to_wkb(PRESTON)[:-1]])
def test_bytes_that_are_no_geometry_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        from_wkb(data)


def test_distance_is_in_metres_for_one_pair_and_for_many() -> None:
    assert distance(350_000, 430_000, 350_003, 430_004) == 5
    assert distance(np.array([0, 0]), 0, np.array([3, 6]), np.array([4, 8])).tolist() == [5, 10]
