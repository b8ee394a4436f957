"""Hot spots: the p of a plain loop, promises kept under the null, and the faults of other tools that ours must not have."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ourpatch.data.analysis import local_test, pictures
from ourpatch.data.analysis.density import density
from ourpatch.data.analysis.grids import given_areas, hexagonal_grid, square_grid
from ourpatch.data.analysis.hotspots import cell_rates, count_points, given_counts, hot_spots
from ourpatch.data.analysis.hours import hours_and_weekdays
from ourpatch.data.analysis.local_test import conditional_p, draws, gi_star, steadied_rates
from ourpatch.data.analysis.multiplicity import false_discovery
from ourpatch.data.store.rules import PlacePrecision, TimePrecision
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

SIDE = 100


def board(across, down=None):
    """A grid of so many squares, the first at the south-west."""
    return square_grid(shapely.box(4e5, 3e5, 4e5 + SIDE * across, 3e5 + SIDE * (down or across)), SIDE)


def keys(found):
    return {sentence.key for sentence in found.sentences}


def plain_p(values, neighbours, permutations, seed):
    """Cell by cell, permutation by permutation: take the cell out of the shuffled list, sum the first few."""
    sizes = neighbours.sizes.tolist()
    lists = np.concatenate(list(draws(len(values), max(sizes) + 1, permutations, seed))).tolist()
    found = []
    for cell, size in enumerate(sizes):
        observed = sum(values[other] for other in neighbours.of(cell).tolist())
        chance = [sum(values[c] for c in [c for c in one if c != cell][:size]) for one in lists]
        found.append((1 + sum(c >= observed - 1e-9 for c in chance)) / (1 + permutations))
    return found


class TestPermutations:
    @settings(max_examples=30)
    @given(
        st.integers(0, 2**32 - 1), st.sampled_from([0.1, 1.0, 8.0]), st.integers(2, 6), st.sampled_from([0, 150, 260])
    )
    def test_p_is_that_of_a_plain_loop(self, seed, mean, across, within):
        grid = board(across, 4)
        values = np.random.default_rng(seed).poisson(mean, len(grid)).astype(float)
        neighbours = grid.neighbours(within=within) if within else grid.neighbours("edges")
        assert conditional_p(values, neighbours, 60, seed).tolist() == pytest.approx(
            plain_p(values, neighbours, 60, seed), abs=1e-12
        )

    def test_the_same_with_few_of_many_in_many_chunks(self, monkeypatch):
        monkeypatch.setattr(local_test, "_ROWS", 7)
        grid = board(13)
        values = np.random.default_rng(1).poisson(2.0, len(grid)) / 7.0
        assert conditional_p(values, grid.neighbours(), 40, 5).tolist() == pytest.approx(
            plain_p(values, grid.neighbours(), 40, 5), abs=1e-12
        )

    @pytest.mark.parametrize(("cells", "size"), [(6, 3), (40, 3)])
    def test_every_list_is_as_likely_as_another(self, cells, size):
        drawn = np.concatenate(list(draws(cells, size, 60_000, 2)))
        assert drawn.shape == (60_000, size)
        assert (np.diff(np.sort(drawn, axis=1), axis=1) > 0).all()
        for position in range(size):
            share = np.bincount(drawn[:, position], minlength=cells) / 60_000
            assert share == pytest.approx(1 / cells, abs=5 * np.sqrt(1 / cells / 60_000))
        pairs = np.bincount(drawn[:, 0] * cells + drawn[:, 1], minlength=cells**2) / 60_000
        expected = 1 / cells / (cells - 1)
        assert pairs[pairs > 0] == pytest.approx(expected, abs=6 * np.sqrt(expected / 60_000))

    def test_memory_does_not_grow_with_the_permutations(self):
        rows = max(len(chunk) for chunk in draws(900, 9, 100_000, 1))
        assert rows == max(len(chunk) for chunk in draws(900, 9, 10_000, 1)) < 10_000

    def test_progress_reaches_the_end(self):
        told = []
        grid = board(4)
        conditional_p(np.arange(16.0), grid.neighbours(), 9_000, 1, lambda done, of: told.append((done, of)))
        assert told[-1] == (9_000, 9_000)
        assert len(told) > 1

    def test_gi_star_is_that_of_the_formula(self):
        grid = board(5, 4)
        x = np.random.default_rng(3).poisson(3.0, 20).astype(float)
        weights = np.eye(20)
        for cell in range(20):
            weights[cell, grid.neighbours().of(cell)] = 1
        n, s = 20, np.sqrt((x**2).mean() - x.mean() ** 2)
        w = weights.sum(axis=1)
        expected = (weights @ x - x.mean() * w) / (s * np.sqrt((n * (weights**2).sum(axis=1) - w**2) / (n - 1)))
        assert gi_star(x, grid.neighbours()).tolist() == pytest.approx(expected.tolist(), abs=1e-12)
        assert gi_star(np.full(20, 0.1), grid.neighbours()).tolist() == [0.0] * 20


@pytest.mark.golden
class TestFaultsOfOtherTools:
    """Anchors 3.1: each was measured in another tool; none may be in ours."""

    def test_far_above_every_permutation_is_the_smallest_p(self):
        # Golden test 3: a reference of Poisson(0.2), where a two-sided p of another tool was 0.801.
        grid = board(30)
        counts = np.random.default_rng(7).poisson(0.2, 900)
        middle = 15 * 30 + 15
        counts[[middle, *grid.neighbours().of(middle)]] = 9
        found = hot_spots(grid, given_counts(grid, counts), permutations=999)
        assert found.p[middle] == 0.001
        assert hot_spots(grid, given_counts(grid, counts)).hot[middle]

    def test_nothing_around_is_never_called(self):
        # The sparse grid with one planted block, of whose 900 cells another tool calls 663, 615 of them below the mean.
        grid = board(30)
        counts = np.random.default_rng(3).poisson(0.05, 900)
        block = [30 * (10 + row) + 10 + column for row in range(3) for column in range(3)]
        counts[block] = 3
        found = hot_spots(grid, given_counts(grid, counts), permutations=9_999)
        around, p = np.array(found.around), np.array(found.p)
        assert (around == 0).sum() > 500
        assert (p[around == 0] == 1.0).all()
        assert (np.array(found.gi)[p <= 0.05] > 0).all()
        assert (p <= 0.05).sum() < 100
        assert found.hot[block[4]]
        assert sum(found.hot) <= 25

    def test_all_alike_is_all_chance(self):
        grid = board(6)
        found = hot_spots(grid, given_counts(grid, np.full(36, 4)), permutations=99)
        assert set(found.p) == {1.0}
        assert set(found.gi) == {0.0}
        assert "none_shown" in keys(found)

    def test_adjusted_unless_somebody_says_otherwise(self):
        grid = board(20)
        counts = np.random.default_rng(11).poisson(1.0, 400)
        found = hot_spots(grid, given_counts(grid, counts), permutations=999)
        assert found.adjusted
        assert list(found.q) == pytest.approx(false_discovery(found.p).tolist())
        unadjusted = hot_spots(grid, given_counts(grid, counts), permutations=999, adjust=False)
        assert unadjusted.q == unadjusted.p
        assert sum(unadjusted.hot) > sum(found.hot)
        assert "not_adjusted" in keys(unadjusted)
        assert "not_adjusted" not in keys(found)

    def test_cells_outside_the_study_area_are_not_there(self):
        # Half of a square is sea: a grid over it would hold twice the cells, and everywhere would look busy.
        triangle = shapely.Polygon([(4e5, 3e5), (4e5 + 1000, 3e5), (4e5, 3e5 + 1000)])
        grid = square_grid(triangle, SIDE)
        assert len(grid) == 55
        assert grid.square_metres.sum() == pytest.approx(triangle.area)


@pytest.mark.golden
class TestNullCalibration:
    """Golden test 4: under the null the share of cells with p <= 0.05 is at most 5% and its Monte Carlo error; and hardly a
    whole grid in twenty has a cell called.
    """

    GRIDS, ACROSS = 60, 30

    @pytest.mark.parametrize("mean", [1.0, 10.0, 0.05], ids=["even", "busy", "sparse"])
    def test_even_grids(self, mean):
        chance, grid = np.random.default_rng(17), board(self.ACROSS)
        shares, called = [], 0
        for run in range(self.GRIDS):
            counts = chance.poisson(mean, len(grid))
            found = hot_spots(grid, given_counts(grid, counts), permutations=19_999, seed=run)
            shares.append((np.array(found.p) <= 0.05).mean())
            called += any(found.hot)
        self._keeps_the_promise(shares, called)
        if mean >= 1:
            assert np.mean(shares) > 0.03, "and it has power: ties at most cost a little"

    def test_clustered_background(self):
        # People live in towns, and every one of them is equally at risk.
        chance, grid = np.random.default_rng(23), board(self.ACROSS)
        shares, called, blind = [], 0, 0
        for run in range(self.GRIDS):
            people = self._towns(chance, grid)
            counted = given_counts(grid, chance.poisson(people * 0.02))
            found = hot_spots(grid, counted, people, permutations=19_999, seed=run)
            shares.append((np.array(found.p) <= 0.05).mean())
            called += any(found.hot)
            blind += any(hot_spots(grid, counted, permutations=19_999, seed=run).hot) if run < 10 else 0
        self._keeps_the_promise(shares, called)
        assert blind >= 8, "without the people, towns are called"

    def _keeps_the_promise(self, shares, called):
        error = np.std(shares) / np.sqrt(self.GRIDS)
        assert np.mean(shares) <= 0.05 + 3 * error
        assert called <= 0.05 * self.GRIDS + 3 * np.sqrt(0.05 * 0.95 * self.GRIDS)

    @staticmethod
    def _towns(chance, grid):
        people = np.full(len(grid), 20.0)
        for _town in range(6):
            e, n = chance.choice(grid.easting), chance.choice(grid.northing)
            people += 800 * np.exp(-((grid.easting - e) ** 2 + (grid.northing - n) ** 2) / (2 * 250.0**2))
        return np.round(people)


class TestInvariances:
    GRID = board(8)
    COUNTS = np.random.default_rng(5).poisson(2.0, 64)

    @given(st.integers(-30, 30), st.integers(-30, 30), st.randoms(use_true_random=False))
    @settings(max_examples=20)
    def test_shift_and_order(self, east, north, random):
        chance = np.random.default_rng(9)
        x, y = 4e5 + chance.uniform(0, 800, 120), 3e5 + chance.uniform(0, 800, 120)
        first = hot_spots(self.GRID, count_points(self.GRID, x, y), permutations=99)
        order = list(range(120))
        random.shuffle(order)
        dx, dy = SIDE * east, SIDE * north
        grid = square_grid(shapely.box(4e5 + dx, 3e5 + dy, 4e5 + dx + 800, 3e5 + dy + 800), SIDE)
        moved = hot_spots(grid, count_points(grid, x[order] + dx, y[order] + dy), permutations=99)
        assert (moved.counts, moved.p, moved.hot, moved.gi) == (first.counts, first.p, first.hot, first.gi)

    @given(st.integers(2, 50))
    @settings(max_examples=10)
    def test_scale(self, times):
        first = hot_spots(self.GRID, given_counts(self.GRID, self.COUNTS), permutations=99)
        more = hot_spots(self.GRID, given_counts(self.GRID, self.COUNTS * times), permutations=99)
        assert more.p == first.p
        assert more.gi == pytest.approx(first.gi)

    @given(st.floats(0.1, 1000))
    @settings(max_examples=10)
    def test_everywhere_equally_at_risk_is_as_if_risk_were_not_asked(self, people):
        counted = given_counts(self.GRID, self.COUNTS)
        bare = hot_spots(self.GRID, counted, permutations=199)
        found = hot_spots(self.GRID, counted, np.full(64, people), permutations=199)
        assert (found.p, found.hot) == (bare.p, bare.hot)
        assert found.gi == pytest.approx(bare.gi)

    @given(st.randoms(use_true_random=False))
    @settings(max_examples=10)
    def test_names_and_order_of_areas(self, random):
        shapes = list(self.GRID.shapes)
        order = list(range(64))
        random.shuffle(order)
        one = given_areas([str(i) for i in range(64)], shapes)
        other = given_areas([f"area {i}" for i in order], [shapes[i] for i in order])
        p = hot_spots(one, given_counts(one, self.COUNTS), permutations=19_999).p
        moved = hot_spots(other, given_counts(other, self.COUNTS[order]), permutations=19_999)
        assert moved.gi == pytest.approx(gi_star(self.COUNTS.astype(float), one.neighbours())[order])
        assert np.abs(np.array(moved.p) - np.array(p)[order]).max() < 6 * np.sqrt(0.25 / 20_000) * 1.5

    def test_the_seed_is_kept(self):
        counted = given_counts(self.GRID, self.COUNTS)
        found = hot_spots(self.GRID, counted, permutations=99, seed=8)
        assert found.seed == 8
        assert found == hot_spots(self.GRID, counted, permutations=99, seed=8)
        assert found.p != hot_spots(self.GRID, counted, permutations=99, seed=9).p


class TestCalled:
    def test_a_handful_is_never_a_hot_spot(self):
        grid = board(40)
        counts = np.zeros(1600, dtype=int)
        counts[[820, 821, 860, 861]] = 1
        counted = given_counts(grid, counts)
        assert not any(hot_spots(grid, counted).hot)
        assert min(hot_spots(grid, counted).q) <= 0.05
        assert any(hot_spots(grid, counted, least=4).hot)

    def test_an_empty_cell_is_not_called_for_its_neighbours(self):
        grid = board(30)
        counts = np.zeros(900, dtype=int)
        middle = 15 * 30 + 15
        counts[grid.neighbours().of(middle)] = 8
        found = hot_spots(grid, given_counts(grid, counts))
        assert found.q[middle] <= 0.05
        assert not found.hot[middle]

    def test_spots_are_put_together_and_counted(self):
        grid = board(40)
        counts = np.random.default_rng(2).poisson(0.1, 1600)
        for corner, height in ((5 * 40 + 5, 6), (25 * 40 + 25, 9)):
            counts[[corner + 40 * row + column for row in range(4) for column in range(4)]] = height
        found = hot_spots(grid, given_counts(grid, counts))
        assert len(found.spots) == 2
        assert found.spots[0].incidents > found.spots[1].incidents
        assert sorted(cell for spot in found.spots for cell in spot.cells) == np.flatnonzero(found.hot).tolist()
        for spot in found.spots:
            assert spot.incidents == counts[list(spot.cells)].sum()
            assert spot.square_metres == pytest.approx(len(spot.cells) * SIDE**2)
        assert [row[0] for row in found.table().rows] == [1, 2]
        assert "Separate places that they make: 2." in str(found.sentences[0])

    def test_cells_with_nobody_at_risk_are_left_out_and_said(self):
        grid = board(6)
        people = np.full(36, 100.0)
        people[[0, 7]] = 0
        counts = np.random.default_rng(1).poisson(3, 36)
        counts[0] = 50
        found = hot_spots(grid, given_counts(grid, counts), people, permutations=99)
        assert found.tested == 34
        assert (found.p[0], found.hot[0], found.p[7]) == (1.0, False, 1.0)
        told = next(str(s) for s in found.sentences if s.key == "nobody_at_risk")
        assert "left out: 2" in told
        assert str(50 + counts[7]) in told

    def test_so_many_permutations_that_one_cell_can_be_called(self):
        grid = board(40)
        found = hot_spots(grid, given_counts(grid, np.random.default_rng(1).poisson(1, 1600)))
        assert found.permutations == 31_999
        assert "few_permutations" not in keys(found)
        fewer = hot_spots(grid, given_counts(grid, found.counts), permutations=999)
        told = next(str(s) for s in fewer.sentences if s.key == "few_permutations")
        assert "if 32 or more" in told
        assert "31,999" in told

    def test_cautions(self):
        grid = board(3)
        found = hot_spots(
            grid, given_counts(grid, [1, 0, 0, 0, 2, 0, 0, 0, 1], 4), place_precision=PlacePrecision.SNAPPED
        )
        assert {"recorded", "no_denominator", "lone_cells", "few", "snapped", "outside"} <= keys(found)
        at_postcodes = given_counts(grid, [1, 0, 0, 0, 2, 0, 0, 0, 1])
        assert "postcodes" in keys(
            hot_spots(grid, at_postcodes, place_precision=PlacePrecision.POSTCODE, permutations=9)
        )
        far = square_grid(
            shapely.MultiPolygon([shapely.box(x, 3e5, x + 100, 3e5 + 100) for x in (4e5, 401_000, 402_000)]), 100
        )
        assert "alone" in keys(hot_spots(far, given_counts(far, [1, 2, 3]), permutations=9))
        assert "no_denominator" not in keys(
            hot_spots(grid, given_counts(grid, found.counts), np.ones(9), permutations=9)
        )


class TestRates:
    def test_by_hand(self):
        grid = board(3, 1)
        found = cell_rates(grid, given_counts(grid, [10, 0, 30]), [1000, 500, 0], months=6)
        assert [cell.rate for cell in found.cells] == pytest.approx([20, 0])
        assert found.overall == pytest.approx(1000 / 1500 * 20)
        assert found.cells[0].ratio == pytest.approx(1.5)
        assert found.cells[0].interval.lower == pytest.approx(2 * 4.7954, abs=1e-3)
        assert found.cells[0].interval.upper == pytest.approx(2 * 18.3904, abs=1e-3)
        assert found.table().rows[0][0] == found.cells[0].key
        assert "nobody_at_risk" in keys(found)

    def test_steadied_rates_have_one_scale_when_all_share_one_rate(self):
        chance = np.random.default_rng(4)
        people = np.repeat([50.0, 5000.0], 4000)
        z = steadied_rates(chance.poisson(people * 0.05).astype(float), people)
        assert z[:4000].std() == pytest.approx(1, abs=0.06)
        assert z[4000:].std() == pytest.approx(1, abs=0.06)


class TestDensity:
    STUDY = shapely.box(400_000, 300_000, 402_000, 302_000)

    @pytest.mark.parametrize("make", [square_grid, hexagonal_grid])
    def test_is_that_of_a_plain_sum(self, make):
        chance = np.random.default_rng(6)
        x, y = 4e5 + chance.uniform(500, 1500, 80), 3e5 + chance.uniform(500, 1500, 80)
        grid = make(self.STUDY, 50)
        found = density(grid, x, y, bandwidth=300)
        apart = np.hypot(grid.easting[:, None] - x, grid.northing[:, None] - y)
        kernel = np.where(apart < 300, 3 / (np.pi * 300**2) * (1 - (apart / 300) ** 2) ** 2, 0).sum(axis=1) * 1e6
        deep = (np.abs(grid.easting - 401_000) < 650) & (np.abs(grid.northing - 301_000) < 650)
        assert np.array(found.values, dtype=float)[deep] == pytest.approx(kernel[deep])

    def test_the_edge_is_as_dense_as_the_middle_when_all_is_even(self):
        steps = np.arange(5, 2000, 10.0)
        x, y = (each.ravel() for each in np.meshgrid(4e5 + steps, 3e5 + steps))
        grid = square_grid(self.STUDY, 50)
        values = np.array(density(grid, x, y, bandwidth=400).values, dtype=float)
        assert values == pytest.approx(np.full(len(grid), 10_000.0), rel=0.01)

    def test_one_incident_is_spread_whole(self):
        grid = square_grid(self.STUDY, 20)
        values = np.array(density(grid, [401_003.0], [301_007.0], bandwidth=200).values, dtype=float)
        assert (values * grid.square_metres).sum() / 1e6 == pytest.approx(1, abs=1e-3)

    @given(st.randoms(use_true_random=False), st.integers(1, 9))
    @settings(max_examples=10)
    def test_order_changes_nothing_and_twice_as_many_are_twice_as_dense(self, random, times):
        chance = np.random.default_rng(8)
        points = list(
            zip((4e5 + chance.uniform(0, 2000, 30)).tolist(), (3e5 + chance.uniform(0, 2000, 30)).tolist(), strict=True)
        )
        grid = square_grid(self.STUDY, 100)
        first = density(grid, *zip(*points, strict=True))
        shuffled = points * times
        random.shuffle(shuffled)
        more = density(grid, *zip(*shuffled, strict=True))
        assert np.array(more.values) == pytest.approx(np.array(first.values) * times)

    def test_says_what_it_chose_and_how_far_it_can_be_trusted(self):
        chance = np.random.default_rng(2)
        x, y = 4e5 + chance.uniform(-100, 2000, 300), 3e5 + chance.uniform(0, 2000, 300)
        found = density(square_grid(self.STUDY, 100), x, y)
        assert found.bandwidth == 500
        assert {"densest", "kernel", "bandwidth", "steadiness", "smooth", "outside"} <= keys(found)
        assert 0 <= found.halved < 1
        assert 0 <= found.doubled < 1
        assert found.incidents + found.outside == 300
        assert found.table().rows[0][1] == max(value for value in found.values if value is not None)

    def test_no_figure_where_hardly_any_of_the_kernel_lies_inside(self):
        spit = shapely.union_all([self.STUDY, shapely.box(402_000, 301_000, 404_000, 301_040)])
        grid = square_grid(spit, 100)
        found = density(grid, [401_000.0], [301_000.0])
        values = dict(zip(found.keys, found.values, strict=True))
        assert values["403550 301050"] is None
        assert values["401050 301050"] > 0
        assert "unknown" in keys(found)


class TestHours:
    def test_counts_by_hand(self):
        # 2024-03-01 was a Friday.
        found = hours_and_weekdays(["2024-03-01T22:15", "2024-03-01T22:59", "2024-03-04T00:00", "2024-03-03T23:30"])
        assert found.counts[4][22] == 2
        assert found.counts[0][0] == 1
        assert found.counts[6][23] == 1
        assert sum(map(sum, found.counts)) == 4
        assert found.busiest == (4, 22)
        assert found.table().rows[4][23] == 2

    def test_a_span_is_shared_over_its_hours_across_midnight_and_sunday(self):
        found = hours_and_weekdays(["2024-03-03T22:30", "2024-03-05T08:00"], ["2024-03-04T01:10", "2024-03-08T08:00"])
        assert [found.counts[6][22], found.counts[6][23], found.counts[0][0], found.counts[0][1]] == [0.25] * 4
        assert (found.incidents, found.left_out) == (1, 1)
        assert {"shared", "left_out"} <= keys(found)

    @given(
        st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 23)), min_size=1, max_size=30),
        st.randoms(use_true_random=False),
    )
    def test_every_incident_counts_once_in_any_order(self, spans, random):
        starts = [np.datetime64("2024-01-01T00:30") + np.timedelta64(s, "h") for s, _length in spans]
        ends = [start + np.timedelta64(length, "h") for start, (_s, length) in zip(starts, spans, strict=True)]
        found = hours_and_weekdays(np.array(starts), np.array(ends))
        assert sum(map(sum, found.counts)) == pytest.approx(len(spans))
        order = list(range(len(spans)))
        random.shuffle(order)
        again = hours_and_weekdays(np.array(starts)[order], np.array(ends)[order])
        assert np.array(again.counts) == pytest.approx(np.array(found.counts))

    def test_a_peak_is_only_called_when_chance_seldom_gives_one(self):
        chance = np.random.default_rng(3)
        even = np.datetime64("2024-01-01T00:17") + chance.integers(0, 24 * 365, 2000) * np.timedelta64(1, "h")
        assert "no_peak" in keys(hours_and_weekdays(even))
        nights = np.concatenate((even, np.full(60, np.datetime64("2024-01-05T23:40"))))
        assert "peak" in keys(hours_and_weekdays(nights))

    def test_many_at_exactly_midnight(self):
        chance = np.random.default_rng(3)
        when = np.datetime64("2024-01-01T00:00") + chance.integers(0, 24 * 60 * 365, 500) * np.timedelta64(1, "m")
        assert "midnight" not in keys(hours_and_weekdays(when))
        when[:40] = np.datetime64("2024-02-01T00:00")
        assert "midnight" in keys(hours_and_weekdays(when))

    @pytest.mark.parametrize(
        ("starts", "says"),
        [
            ([], "no incidents"),
            (["2024-03-01", "2024-03-02"], "not the hour"),
            (["2024-03-01T10:00", "NaT"], "without a time: 1"),
            (["2024-03-01T10:00+01:00"], "without a zone"),
            (["2024-03-01 10:00Z"], "without a zone"),
            ([datetime(2024, 3, 1, 10, tzinfo=UTC)], "without a zone"),
            ([1, 2], "one local date"),
            (["soon"], "one local date"),
        ],
    )
    def test_bad_input(self, starts, says):
        with pytest.raises(BadInput, match=says):
            hours_and_weekdays(starts if starts else np.array([], dtype="datetime64[s]"))

    def test_bad_ends(self):
        with pytest.raises(BadInput, match="end before they start: 1"):
            hours_and_weekdays(["2024-03-01T10:00"], ["2024-03-01T08:00"])
        with pytest.raises(BadInput, match="more than 24 hours"):
            hours_and_weekdays(["2024-03-01T10:00"], ["2024-03-03T08:00"])
        with pytest.raises(BadInput, match="not the hour"):
            hours_and_weekdays(["2024-03-01T10:00"], precision=TimePrecision.DAY)


class TestBadInput:
    GRID = board(5)

    @pytest.mark.parametrize(
        ("x", "y", "says"),
        [
            ([], [], "no incidents"),
            ([4e5, np.nan], [3e5, 3e5], "without a place: 1"),
            ([1.0, 2.0], [1.0, 2.0], "outside the study area"),
            ([4e5], [3e5, 3e5], "one northing"),
        ],
    )
    def test_points(self, x, y, says):
        with pytest.raises(BadInput, match=says):
            count_points(self.GRID, x, y)

    @pytest.mark.parametrize(
        ("counts", "says"),
        [
            (np.zeros(25), "no incidents"),
            (np.full(25, -1), "whole numbers"),
            (np.full(25, 0.5), "whole numbers"),
            (np.full(25, np.nan), "whole numbers"),
            (np.ones(24), "one count for each cell: 25"),
        ],
    )
    def test_counts(self, counts, says):
        with pytest.raises(BadInput, match=says):
            given_counts(self.GRID, counts)

    @pytest.mark.parametrize(
        ("people", "says"),
        [
            (np.zeros(25), "not all 0"),
            (np.full(25, -1.0), "0 or more"),
            (np.full(25, np.nan), "0 or more"),
            (np.ones(3), "for each cell: 25"),
            (np.eye(25)[0], "smaller cells"),
            (np.r_[0.0, np.ones(24)], "anyone at risk"),
        ],
    )
    def test_numbers_at_risk(self, people, says):
        with pytest.raises(BadInput, match=says):
            hot_spots(self.GRID, given_counts(self.GRID, np.eye(25, dtype=int)[0]), people, permutations=9)

    @pytest.mark.parametrize("options", [{"permutations": 0}, {"alpha": 0}, {"alpha": 1}, {"least": 0}])
    def test_options(self, options):
        with pytest.raises(BadInput, match="one permutation or more"):
            hot_spots(self.GRID, given_counts(self.GRID, np.ones(25)), **options)

    def test_areas_for_points(self):
        with pytest.raises(BadInput, match="an area and not a point"):
            hot_spots(
                self.GRID, given_counts(self.GRID, np.ones(25)), place_precision=PlacePrecision.AREA, permutations=9
            )

    def test_too_few_cells(self):
        grid = board(2, 1)
        with pytest.raises(BadInput, match="smaller cells"):
            hot_spots(grid, given_counts(grid, [1, 2]))

    def test_density(self):
        areas = given_areas(["a"], [shapely.box(4e5, 3e5, 4e5 + 500, 3e5 + 500)])
        with pytest.raises(BadInput, match="equal cells"):
            density(areas, [4e5 + 5], [3e5 + 5])
        with pytest.raises(BadInput, match="at least one cell, 100 m"):
            density(self.GRID, [4e5 + 5], [3e5 + 5], bandwidth=99)
        with pytest.raises(BadInput, match="too many cells"):
            density(self.GRID, [4e5 + 5], [3e5 + 5], bandwidth=1e5)
        with pytest.raises(BadInput, match="No incidents lie"):
            density(self.GRID, [1.0], [1.0])

    def test_one_point_and_all_at_one_place(self):
        for count in (1, 200):
            counted = count_points(self.GRID, [4e5 + 250] * count, [3e5 + 250] * count)
            assert counted.counts[12] == counted.incidents == count
            found = hot_spots(self.GRID, counted, permutations=999)
            assert "none_shown" in keys(found)
            assert max(v for v in density(self.GRID, [4e5 + 250] * count, [3e5 + 250] * count).values if v) > 0

    def test_a_million_points(self):
        chance = np.random.default_rng(1)
        x, y = 4e5 + chance.uniform(0, 5000, 1_000_000), 3e5 + chance.uniform(0, 5000, 1_000_000)
        grid = board(50)
        counted = count_points(grid, x, y)
        assert counted.incidents == 1_000_000
        assert hot_spots(grid, counted, permutations=999).tested == 2500
        assert density(grid, x, y, bandwidth=150).incidents == 1_000_000


class TestPictures:
    GRID = board(30)
    SAID = {"what": "<arson>", "where": "Trefelin", "when": "2024"}

    def found(self):
        counts = np.random.default_rng(7).poisson(0.2, 900)
        counts[[30 * (10 + row) + 10 + column for row in range(3) for column in range(3)]] = 7
        return hot_spots(self.GRID, given_counts(self.GRID, counts))

    def test_hot_spots_say_what_where_when_and_of_how_many(self):
        found = self.found()
        root = ElementTree.fromstring(pictures.hot_spot_map(self.GRID, found, **self.SAID))
        title, desc = (root.find(f"{{http://www.w3.org/2000/svg}}{name}").text for name in ("title", "desc"))
        assert all(part in title for part in ("<arson>", "Trefelin", "2024", f"{sum(found.counts):,} incidents"))
        assert f"Number 1: {found.spots[0].incidents} incidents" in desc
        assert str(found.sentences[0]) in desc

    def test_no_hot_spot_is_drawn_as_none(self):
        flat = hot_spots(self.GRID, given_counts(self.GRID, np.ones(900)), permutations=99)
        drawn = pictures.hot_spot_map(self.GRID, flat, **self.SAID)
        assert "no hot spot is shown" in drawn
        assert drawn.count("#08519c") == 1

    def test_rates_are_called_rates(self):
        flat = hot_spots(self.GRID, given_counts(self.GRID, np.ones(900)), np.ones(900), permutations=99)
        drawn = pictures.hot_spot_map(self.GRID, flat, **self.SAID)
        assert "No cell lies among higher rates" in drawn
        assert "more incidents" not in drawn

    def test_density(self):
        chance = np.random.default_rng(1)
        found = density(self.GRID, 4e5 + chance.uniform(0, 3000, 90), 3e5 + chance.uniform(0, 3000, 90) ** 2 / 3000)
        drawn = pictures.density_map(self.GRID, found, **self.SAID)
        root = ElementTree.fromstring(drawn)
        assert "90 incidents" in root.find("{http://www.w3.org/2000/svg}title").text
        assert "Densest around" in drawn
        assert "per square km" in drawn
        assert 'style="' not in drawn

    def test_another_grid_is_refused(self):
        with pytest.raises(BadInput, match="another grid"):
            pictures.hot_spot_map(board(3), self.found(), **self.SAID)

    def test_words_are_translated_when_drawn(self, monkeypatch):
        found = self.found()
        monkeypatch.setattr("django.utils.translation.gettext", lambda text: f"cy {text}")
        drawn = pictures.hot_spot_map(self.GRID, found, **self.SAID)
        for said in (
            ">cy Hot spots of &lt;arson&gt;",
            ">cy Hot spot<",
            ">cy Rest of the study area<",
            ">cy Hot cells: ",
            "cy Number 1",
        ):
            assert said in drawn
