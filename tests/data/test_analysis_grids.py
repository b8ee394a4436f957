"""Grids: every point in one cell, every cell inside the study area, neighbours that are each other's."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity

from ourpatch.data.analysis.grids import given_areas, hexagonal_grid, square_grid
from ourpatch.data.analysis.lattices import Lattice
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

BOX = shapely.box(400_000, 300_000, 401_000, 300_500)
COAST = shapely.Point(400_000, 300_000).buffer(950).difference(shapely.box(400_100, 299_900, 402_000, 300_150))
MAKERS = [square_grid, hexagonal_grid]


def keys(grid):
    return {sentence.key for sentence in grid.sentences}


class TestCells:
    @pytest.mark.parametrize("make", MAKERS)
    @pytest.mark.parametrize("study", [BOX, COAST])
    def test_cut_cells_fill_the_study_area_and_nothing_else(self, make, study):
        grid = make(study, 120)
        assert grid.square_metres.sum() == pytest.approx(study.area)
        assert shapely.union_all(grid.shapes).symmetric_difference(study).area == pytest.approx(0, abs=1e-3)
        assert grid.inside == pytest.approx(shapely.area(grid.shapes) / grid.lattice.square_metres)

    @pytest.mark.parametrize("make", MAKERS)
    def test_whole_cells_say_how_much_lies_inside(self, make):
        cut, whole = make(COAST, 130), make(COAST, 130, clip=False)
        assert shapely.area(whole.shapes) == pytest.approx(whole.lattice.square_metres)
        assert whole.inside.tolist() == cut.inside.tolist()
        assert 0 < whole.inside.min() < 0.5 < whole.inside.max() == 1
        assert keys(whole) == keys(cut) == {"cells", "edge"}
        assert "drawn whole" in str(whole.sentences[1])

    def test_cells_begin_at_the_national_grid(self):
        grid = square_grid(shapely.box(400_030, 300_030, 400_470, 300_170), 100)
        assert grid.keys[0] == "400050 300050"
        assert len(grid) == 10

    def test_a_long_coast_is_cut_in_pieces_to_the_same_cells(self, monkeypatch):
        angle = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
        reach = 3000 + 300 * np.sin(40 * angle)
        coast = shapely.Polygon(np.column_stack((reach * np.cos(angle) + 4e5, reach * np.sin(angle) + 3e5)))
        pieces = square_grid(coast, 250)
        monkeypatch.setattr("ourpatch.data.analysis.grids._FEW_CORNERS", 10**9)
        assert square_grid(coast, 250).square_metres == pytest.approx(pieces.square_metres)
        assert pieces.square_metres.sum() == pytest.approx(coast.area)

    def test_a_size_that_was_chosen_is_said(self):
        grid = square_grid(shapely.box(0, 0, 60_000, 70_000))
        assert grid.lattice.side == 500
        assert "cell_size" in keys(grid)
        assert square_grid(BOX).lattice.side == 50


class TestPlaces:
    @given(st.lists(st.tuples(st.floats(399_000, 401_000), st.floats(299_000, 301_000)), min_size=1, max_size=40))
    @pytest.mark.parametrize("make", MAKERS)
    def test_a_point_is_in_the_cell_that_holds_it_and_nowhere_outside(self, make, given_points):
        grid = make(COAST, 170)
        x, y = (np.array(column) for column in zip(*given_points, strict=True))
        for cell, a, b in zip(grid.place(x, y).tolist(), x.tolist(), y.tolist(), strict=True):
            point = shapely.Point(a, b)
            assert (cell >= 0) == COAST.intersects(point)
            if cell >= 0:
                assert grid.shapes[cell].distance(point) < 1e-6

    @pytest.mark.parametrize("make", MAKERS)
    def test_the_corners_of_the_study_area_are_in_it(self, make):
        grid = make(BOX, 100)
        x, y = shapely.get_coordinates(BOX).T
        assert (grid.place(x, y) >= 0).all()
        assert grid.place([399_999.9, 401_000.1], [300_200, 300_200]).tolist() == [-1, -1]

    def test_a_point_in_a_cut_cell_but_over_the_sea_is_outside(self):
        grid = square_grid(COAST, 400)
        assert grid.place([400_150], [300_140]).tolist() == [-1]
        assert grid.place([400_150], [300_160])[0] >= 0

    @given(st.integers(-40, 40), st.integers(-40, 40))
    def test_moving_everything_by_whole_cells_changes_nothing(self, east, north):
        chance = np.random.default_rng(3)
        x, y = chance.uniform(399_000, 401_000, 200), chance.uniform(299_000, 301_000, 200)
        dx, dy = east * 128, north * 128
        moved = square_grid(affinity.translate(COAST, dx, dy), 128)
        assert moved.place(x + dx, y + dy).tolist() == square_grid(COAST, 128).place(x, y).tolist()

    def test_areas_take_a_point_on_their_border_once(self):
        areas = given_areas(
            ["a", "b"], [shapely.box(4e5, 3e5, 4e5 + 9, 3e5 + 9), shapely.box(4e5 + 9, 3e5, 4e5 + 20, 3e5 + 9)]
        )
        assert areas.place(np.array([4, 9, 15, 30]) + 4e5, np.full(4, 3e5 + 4)).tolist() == [0, 0, 1, -1]

    def test_areas_are_cut_to_the_study_area_and_those_outside_left_out(self):
        shapes = [shapely.box(4e5 + 100 * i, 3e5, 4e5 + 100 * i + 100, 3e5 + 100) for i in range(3)]
        areas = given_areas(["a", "b", "c"], shapes, shapely.box(4e5, 3e5, 4e5 + 150, 3e5 + 100))
        assert areas.keys == ("a", "b")
        assert areas.inside.tolist() == [1, 0.5]
        assert areas.place([4e5 + 120, 4e5 + 170], [3e5 + 5, 3e5 + 5]).tolist() == [1, -1]


class TestNeighbours:
    @pytest.mark.parametrize(
        ("make", "contact", "most"),
        [
            (square_grid, "edges or corners", 8),
            (square_grid, "edges", 4),
            (hexagonal_grid, "edges or corners", 6),
        ],
    )
    def test_they_are_each_others_and_touch(self, make, contact, most):
        grid = make(shapely.box(400_000, 300_000, 401_200, 301_200), 150, clip=False)
        found = grid.neighbours(contact)
        pairs = set(zip(found.owners.tolist(), found.members.tolist(), strict=True))
        assert found.sizes.max() == most
        assert {(b, a) for a, b in pairs} == pairs
        for one in range(len(grid)):
            expected = [other for other in range(len(grid)) if other != one and _touch(grid, one, other, contact)]
            assert found.of(one).tolist() == expected

    @pytest.mark.parametrize("make", MAKERS)
    def test_by_distance_those_whose_middles_are_near(self, make):
        grid = make(COAST, 150)
        found = grid.neighbours(within=310)
        apart = np.hypot(*(np.subtract.outer(c, c) for c in (grid.easting, grid.northing)))
        for cell in range(len(grid)):
            expected = np.flatnonzero((apart[cell] <= 310) & (np.arange(len(grid)) != cell))
            assert found.of(cell).tolist() == expected.tolist()

    def test_given_areas_by_edge_or_corner(self):
        shapes = [shapely.box(4e5 + x, 3e5 + y, 4e5 + x + 100, 3e5 + y + 100) for y in (0, 100) for x in (0, 100)]
        areas = given_areas(list("abcd"), shapes)
        assert areas.neighbours().sizes.tolist() == [3, 3, 3, 3]
        assert [areas.neighbours("edges").of(i).tolist() for i in range(4)] == [[1, 2], [0, 3], [0, 3], [1, 2]]

    def test_among_some_cells_alone(self):
        grid = square_grid(shapely.box(0, 1000, 500, 1100), 100)
        found = grid.neighbours().among(np.array([True, True, False, True, True]))
        assert [found.of(i).tolist() for i in range(4)] == [[1], [0], [3], [2]]

    def test_sums(self):
        grid = square_grid(shapely.box(0, 1000, 300, 1100), 100)
        assert grid.neighbours().sums(np.array([1.0, 2.0, 4.0])).tolist() == [2, 5, 2]


def _touch(grid, one, other, contact):
    shared = grid.shapes[one].intersection(grid.shapes[other])
    if grid.lattice.shape == "square" and contact == "edges or corners":
        return not shared.is_empty
    return shapely.length(shared) > 1


@given(st.integers(-500, 500), st.integers(-500, 500), st.sampled_from(["square", "hexagon"]))
def test_a_lattice_finds_its_own_middles(q, r, shape):
    lattice = Lattice(shape, 137.5)
    steps = np.array([q]), np.array([r])
    assert [found.tolist() for found in lattice.steps(*lattice.centres(*steps))] == [[q], [r]]


@pytest.mark.parametrize("shape", ["square", "hexagon"])
def test_a_discs_steps_miss_no_middle(shape):
    lattice, chance = Lattice(shape, 10.0), np.random.default_rng(1)
    x, y = chance.uniform(-30, 30, 200), chance.uniform(-30, 30, 200)
    all_q, all_r = (each.ravel() for each in np.meshgrid(np.arange(-30, 31), np.arange(-30, 31)))
    cx, cy = lattice.centres(all_q, all_r)
    q, r = lattice.steps(x, y)
    near = {(a, b) for a, b in lattice.within(37.0)}
    for i in range(len(x)):
        reached = np.hypot(cx - x[i], cy - y[i]) < 37
        assert {(a - q[i], b - r[i]) for a, b in zip(all_q[reached], all_r[reached], strict=True)} <= near


class TestBadInput:
    @pytest.mark.parametrize(
        ("study", "side", "says"),
        [
            (shapely.Polygon(), 100, "empty or broken"),
            (shapely.Polygon([(4e5, 3e5), (4e5 + 9, 3e5 + 9), (4e5 + 9, 3e5), (4e5, 3e5 + 9)]), 1, "empty or broken"),
            (shapely.box(-3.1, 53.4, -2.0, 54.2), 100, "in degrees"),
            (BOX, 0, "above zero"),
            (BOX, float("nan"), "above zero"),
            (BOX, 0.5, r"too many\. Use cells of 1 m or more"),
        ],
    )
    @pytest.mark.parametrize("make", MAKERS)
    def test_outlines_and_sizes(self, make, study, side, says):
        with pytest.raises(BadInput, match=says):
            make(study, side)

    def test_areas(self):
        with pytest.raises(BadInput, match="each area once"):
            given_areas(["a", "a"], [BOX, BOX])
        with pytest.raises(BadInput, match="same place"):
            given_areas(["a"], [BOX], shapely.box(0, 0, 1000, 1000))

    def test_points_without_a_place(self):
        grid = square_grid(BOX, 100)
        with pytest.raises(BadInput, match="without a place: 2"):
            grid.place([np.nan, 400_010, np.inf], [1, 2, 3])
        with pytest.raises(BadInput, match="one northing"):
            grid.place([1, 2], [1])

    def test_no_distance(self):
        with pytest.raises(BadInput, match="above zero"):
            square_grid(BOX, 100).neighbours(within=0)
