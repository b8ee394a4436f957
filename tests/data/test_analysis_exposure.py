"""Counts against what they could have happened to: exact tails, rates by hand, promises under chance, invariances."""

import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ourpatch.data.analysis.distributions import binomial_interval, binomial_sf
from ourpatch.data.analysis.exposure import Base, risks, shared_out
from ourpatch.data.analysis.grids import given_areas, square_grid
from ourpatch.data.analysis.hotspots import given_counts, hot_spots
from ourpatch.data.analysis.tails import binomial_tails, hypergeometric_tails, share_intervals
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say

pytestmark = pytest.mark.rules
SIDE = 100.0
PEOPLE = Base(say("yearly rate per 1,000 residents"), say("Residents"), per=1000, fewest=0)
CRIMES = Base(say("burglaries per 100 crimes"), say("Crimes"), per=100, fewest=0, counted=True, holds=True)
OTHERS = Base(say("calls per 100 incidents"), say("Incidents"), per=100, fewest=0, counted=True)


def board(across, down=None):
    down = across if down is None else down
    return square_grid(shapely.box(4e5, 3e5, 4e5 + SIDE * across, 3e5 + SIDE * down), SIDE)


def keys(found):
    return [sentence.key for sentence in found.sentences]


def towns(chance, grid):
    people = np.full(len(grid), 20.0)
    for _town in range(6):
        e, n = chance.choice(grid.easting), chance.choice(grid.northing)
        people += 800 * np.exp(-((grid.easting - e) ** 2 + (grid.northing - n) ** 2) / (2 * 250.0**2))
    return np.round(people)


def tail(hits, drawn, marked, whole):
    return float(hypergeometric_tails([hits], drawn, marked, whole)[0])


class TestTails:
    @pytest.mark.golden
    def test_the_lady_tasting_tea(self):
        """Fisher 1935: four of eight cups are of a kind; all four are found by chance once in seventy, three or four 17 times."""
        assert tail(4, 4, 4, 8) == pytest.approx(1 / 70, abs=1e-15)
        assert tail(3, 4, 4, 8) == pytest.approx(17 / 70, abs=1e-15)

    @given(st.integers(1, 60), st.data())
    @settings(max_examples=100)
    def test_is_the_sum_of_its_ways(self, whole, data):
        drawn, marked = data.draw(st.integers(0, whole)), data.draw(st.integers(0, whole))
        hits = data.draw(st.integers(0, whole + 1))
        ways = sum(
            math.comb(marked, k) * math.comb(whole - marked, drawn - k)
            for k in range(hits, min(marked, drawn) + 1)
            if drawn - k <= whole - marked
        )
        assert tail(hits, drawn, marked, whole) == pytest.approx(ways / math.comb(whole, drawn), rel=1e-10, abs=1e-13)

    def test_far_out_and_large(self):
        """Of 100,000 incidents 10,000 are of a kind; a place with 1,000 of all is expected to hold 100 of them."""
        draws = np.random.default_rng(4).hypergeometric(10_000, 90_000, 1_000, 200_000)
        assert tail(120, 1_000, 10_000, 100_000) == pytest.approx((draws >= 120).mean(), abs=0.001)
        assert 0 < tail(300, 1_000, 10_000, 100_000) < 1e-60

    @given(st.integers(1, 3_000), st.floats(0.0, 1.0), st.data())
    @settings(max_examples=100)
    def test_binomial_is_that_of_the_beta_function(self, trials, share, data):
        hits = data.draw(st.integers(0, trials + 1))
        expected = binomial_sf(hits - 1, trials, share)
        assert binomial_tails([hits], trials, share)[0] == pytest.approx(expected, rel=1e-7, abs=1e-11)

    @pytest.mark.parametrize(("hits", "trials"), [(0, 10), (10, 10), (3, 40), (1, 1), (250, 4_000)])
    def test_intervals_are_clopper_and_pearsons(self, hits, trials):
        lower, upper = share_intervals([hits], trials, 0.95)
        expected = binomial_interval(hits, trials, 0.95)
        assert (lower[0], upper[0]) == pytest.approx((expected.lower, expected.upper), abs=1e-9)


class TestAgainstDraws:
    """The exact p is what drawing counts by shares of the base comes to, (1 + as many or more) / (1 + draws)."""

    DRAWS = 20_000

    def test_of_people(self):
        grid, chance = board(5), np.random.default_rng(2)
        people = chance.integers(5, 400, len(grid)).astype(float)
        counts = chance.poisson(people * 0.05)
        found = risks(grid, given_counts(grid, counts), people, PEOPLE)
        drawn = chance.multinomial(counts.sum(), people / people.sum(), self.DRAWS).astype(float)
        self._agree(grid, found, drawn)

    def test_of_other_incidents(self):
        grid, chance = board(5), np.random.default_rng(3)
        every = chance.integers(0, 60, len(grid))
        counts = chance.binomial(every, 0.3)
        found = risks(grid, given_counts(grid, counts), every, CRIMES)
        drawn = chance.multivariate_hypergeometric(every, int(counts.sum()), self.DRAWS).astype(float)
        self._agree(grid, found, drawn, tested=every > 0)

    def _agree(self, grid, found, drawn, tested=True):
        beside = grid.neighbours()
        around = np.array([row + beside.sums(row) for row in drawn])
        p = (1 + (around >= np.array(found.around)).sum(axis=0)) / (1 + self.DRAWS)
        error = 5 * np.sqrt(np.array(found.p) * (1 - np.array(found.p)) / self.DRAWS) + 2 / self.DRAWS
        assert (np.abs(np.array(found.p) - np.where(tested, p, 1.0)) <= error).all()


class TestByHand:
    def test_people(self):
        """10 in a year among 1,000, 0 among 500, 30 among 1,500: 40 in 3,000 is 13.33 per 1,000."""
        grid = board(3, 1)
        found = risks(grid, given_counts(grid, [10, 0, 30]), [1000, 500, 1500], PEOPLE)
        assert found.overall == pytest.approx(13.3333333)
        assert [cell.rate for cell in found.cells] == pytest.approx([10, 0, 20])
        assert [cell.ratio for cell in found.cells] == pytest.approx([0.75, 0, 1.5])
        # Exact for a count of ten: 4.7954 to 18.3904 (Garwood 1936).
        assert found.cells[0].interval.lower == pytest.approx(4.7954, abs=1e-4)
        assert found.cells[0].interval.upper == pytest.approx(18.3904, abs=1e-4)
        assert found.around == (10, 40, 30)
        assert found.p[2] == pytest.approx(binomial_sf(29, 40, 2000 / 3000))
        assert found.p[1] == pytest.approx(1.0)

    def test_half_a_year_is_twice_the_yearly_rate(self):
        grid = board(3, 1)
        found = risks(grid, given_counts(grid, [10, 0, 30]), [1000, 500, 1500], PEOPLE, months=6)
        assert [cell.rate for cell in found.cells] == pytest.approx([20, 0, 40])
        assert "season" in keys(found)
        assert "season" not in keys(risks(grid, given_counts(grid, [10, 0, 30]), [1000, 500, 1500], PEOPLE, months=24))
        share = risks(grid, given_counts(grid, [5, 5, 0]), [10, 90, 100], CRIMES, months=6)
        assert "season" not in keys(share), "a share has no season of its own"
        assert share.overall == pytest.approx(5.0)

    def test_a_part_of_all_crimes(self):
        """5 of 10, 5 of 90, none of 0: 10 of 100; the first place has five times the share of the whole."""
        grid = board(4, 1)
        found = risks(grid, given_counts(grid, [5, 5, 0, 0]), [10, 90, 0, 100], CRIMES, least=1)
        assert found.overall == pytest.approx(5.0)
        assert [cell.rate if cell else None for cell in found.cells] == pytest.approx([50, 100 * 5 / 90, None, 0])
        assert found.cells[0].ratio == pytest.approx(10.0)
        # Clopper and Pearson for 5 of 10: 0.1871 to 0.8129.
        assert found.cells[0].interval.lower == pytest.approx(18.71, abs=0.01)
        assert found.cells[0].interval.upper == pytest.approx(81.29, abs=0.01)

    def test_other_incidents(self):
        """5 beside 10 others are 50 per 100 of them; the interval is that of 5 of 15 as odds."""
        grid = board(3, 1)
        found = risks(grid, given_counts(grid, [5, 5, 0]), [10, 0, 30], OTHERS, least=1)
        assert found.cells[0].rate == pytest.approx(50.0)
        assert found.cells[1] is None
        assert found.cells[0].interval.lower == pytest.approx(100 * 0.11824 / (1 - 0.11824), rel=1e-3)
        assert found.p[0] == pytest.approx(tail(10, 20, 10, 50))


@pytest.mark.golden
class TestPromises:
    """Under chance of its own kind at most one cell in twenty has p of 0.05 or less, and hardly a map in twenty a hot cell."""

    MAPS = 60

    def test_towns(self):
        chance, grid = np.random.default_rng(23), board(20)
        found = [self._of_people(chance, grid, rate) for rate in [0.02, 0.2] for _map in range(self.MAPS // 2)]
        self._kept(found)
        assert np.mean([(np.array(each.p) <= 0.05).mean() for each in found]) > 0.03, "it has power"

    def test_other_incidents(self):
        chance, grid = np.random.default_rng(29), board(20)
        found = []
        for run in range(self.MAPS):
            every = chance.poisson(towns(chance, grid) * 0.05)
            counts = chance.binomial(every, 0.2)
            amounts, base = (every, CRIMES) if run % 2 else (every - counts, OTHERS)
            found.append(risks(grid, given_counts(grid, counts), amounts, base))
        self._kept(found)

    @staticmethod
    def _of_people(chance, grid, rate):
        people = towns(chance, grid)
        return risks(grid, given_counts(grid, chance.poisson(people * rate)), people, PEOPLE)

    def _kept(self, found):
        shares = [(np.array(each.p) <= 0.05).mean() for each in found]
        assert np.mean(shares) <= 0.05 + 3 * np.std(shares) / np.sqrt(len(shares))
        called = sum(any(each.hot) for each in found)
        assert called <= 0.05 * len(found) + 3 * np.sqrt(0.05 * 0.95 * len(found))

    def test_chance_has_a_spread_of_one(self):
        chance, grid = np.random.default_rng(31), board(20)
        assert np.mean([self._of_people(chance, grid, 0.1).spread for _map in range(20)]) == pytest.approx(1, abs=0.05)


class TestInvariances:
    GRID = board(6)
    PEOPLE = np.random.default_rng(5).integers(1, 500, 36).astype(float)
    COUNTS = np.random.default_rng(6).poisson(PEOPLE * 0.04)

    @given(st.floats(0.001, 1000))
    @settings(max_examples=25)
    def test_a_base_in_other_units_changes_no_test(self, times):
        one = risks(self.GRID, given_counts(self.GRID, self.COUNTS), self.PEOPLE, PEOPLE)
        other = risks(self.GRID, given_counts(self.GRID, self.COUNTS), self.PEOPLE * times, PEOPLE)
        assert other.p == pytest.approx(one.p, rel=1e-9, abs=1e-12)
        assert other.hot == one.hot
        assert other.ratio == pytest.approx(one.ratio)
        assert [cell.rate * times for cell in other.cells] == pytest.approx([cell.rate for cell in one.cells])

    @given(st.randoms(use_true_random=False), st.booleans())
    @settings(max_examples=15)
    def test_order_and_names_change_nothing(self, random, of_crimes):
        order = list(range(36))
        random.shuffle(order)
        base, amounts = (CRIMES, self.COUNTS + 3) if of_crimes else (PEOPLE, self.PEOPLE)
        shapes = list(self.GRID.shapes)
        one = given_areas([str(i) for i in range(36)], shapes)
        other = given_areas([f"area {i}" for i in order], [shapes[i] for i in order])
        first = risks(one, given_counts(one, self.COUNTS), amounts, base)
        moved = risks(other, given_counts(other, self.COUNTS[order]), amounts[order], base)
        assert moved.p == pytest.approx([first.p[i] for i in order])
        assert moved.hot == tuple(first.hot[i] for i in order)
        assert moved.overall == pytest.approx(first.overall)

    @given(st.floats(0.5, 1000))
    @settings(max_examples=15)
    def test_the_same_everywhere_ranks_places_by_their_counts(self, people):
        found = risks(self.GRID, given_counts(self.GRID, self.COUNTS), np.full(36, people), PEOPLE)
        mean = self.COUNTS.mean()
        assert [cell.ratio for cell in found.cells] == pytest.approx((self.COUNTS / mean).tolist())
        sizes = self.GRID.neighbours().sizes + 1
        assert found.ratio == pytest.approx((np.array(found.around) / sizes / mean).tolist())

    def test_the_same_everywhere_finds_what_counts_alone_find(self):
        grid = board(20)
        counts = np.random.default_rng(7).poisson(0.5, 400)
        counts[[189, 190, 191, 209, 210, 211, 229, 230, 231]] = 8
        alone = hot_spots(grid, given_counts(grid, counts), permutations=19_999)
        found = risks(grid, given_counts(grid, counts), np.full(400, 50.0), PEOPLE)
        planted = {189, 190, 191, 209, 210, 211, 229, 230, 231}
        for each in (found, alone):
            assert planted <= set(each.spots[0].cells)
            assert sum(each.hot) < 20


class TestGuards:
    def test_over_too_few_there_is_no_rate_and_no_call(self):
        grid = board(10)
        people, counts = np.full(100, 200.0), np.full(100, 1)
        people[0], counts[0] = 3, 9
        few = Base(PEOPLE.rate, PEOPLE.head, per=1000, fewest=100)
        found = risks(grid, given_counts(grid, counts), people, few)
        assert found.cells[0] is None
        assert found.cells[1].rate == pytest.approx(5)
        told = next(str(each) for each in found.sentences if each.key == "too_few")
        assert "fewer than 100 of what incidents are held against (Residents): 1." in told
        assert found.hot[0], "it has neighbours with enough people, and is asked about with them"
        alone = Base(PEOPLE.rate, PEOPLE.head, per=1000, fewest=1_000)
        assert not risks(grid, given_counts(grid, counts), people, alone).hot[0]

    def test_where_there_is_nobody_incidents_are_left_out_and_said(self):
        grid = board(4, 1)
        found = risks(grid, given_counts(grid, [10, 7, 10, 10]), [100, 0, 100, 100], PEOPLE)
        assert found.overall == pytest.approx(100.0)
        assert found.p[1] == 1.0
        assert found.around == (10, 10 + 10, 20, 20)
        told = next(str(each) for each in found.sentences if each.key == "nobody_at_risk")
        assert "7" in told

    def test_clumps_are_warned_about(self):
        grid = board(10)
        counts = np.zeros(100, dtype=int)
        counts[::10] = 30
        assert "overdispersed" in keys(risks(grid, given_counts(grid, counts), np.full(100, 50), PEOPLE))
        assert "overdispersed" not in keys(risks(grid, given_counts(grid, np.full(100, 3)), np.full(100, 50), PEOPLE))

    @pytest.mark.parametrize(("more", "warned"), [((8, 2), False), ((6, 6), True)])
    def test_a_spread_that_eight_cells_have_by_chance_is_no_clump(self, more, warned):
        """Of eight cells spreads up to 1 + 2 sqrt(2/8) = 2 are chance's: 1.94 is passed over, 2.06 is said."""
        one, other = more
        counts = [10 + one, 10 - one, 10 + other, 10 - other, 10, 10, 10, 10]
        found = risks(board(8, 1), given_counts(board(8, 1), counts), np.full(8, 50), PEOPLE)
        assert found.spread == pytest.approx(2.057 if warned else 1.943, abs=1e-3)
        assert ("overdispersed" in keys(found)) is warned

    @pytest.mark.parametrize(
        ("amounts", "base", "options"),
        [
            ([1, 2], PEOPLE, {}),
            ([1, 2, math.nan, 1], PEOPLE, {}),
            ([1, 2, -1, 1], PEOPLE, {}),
            ([0, 0, 0, 0], PEOPLE, {}),
            ([5, 5, 5, 1], CRIMES, {}),
            ([5, 5, 5, 5.5], CRIMES, {}),
            ([0, 0, 5, 5], Base(PEOPLE.rate, PEOPLE.head, 1000, 50), {}),
            ([5, 5, 5, 5], PEOPLE, {"alpha": 0}),
            ([5, 5, 5, 5], PEOPLE, {"least": 0}),
            ([5, 5, 5, 5], PEOPLE, {"months": 0}),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, amounts, base, options):
        grid = board(4, 1)
        with pytest.raises(BadInput):
            risks(grid, given_counts(grid, [4, 0, 2, 3]), amounts, base, **options)

    def test_incidents_only_where_nobody_is(self):
        grid = board(4, 1)
        with pytest.raises(BadInput, match="both fit"):
            risks(grid, given_counts(grid, [4, 0, 0, 0]), [0, 1, 1, 1], PEOPLE)


class TestSharedOut:
    def test_by_ground(self):
        """Two areas of 200 by 100 m over four cells of 100 m; the second begins half a cell in."""
        grid = board(4, 1)
        west, east = shapely.box(4e5, 3e5, 4e5 + 150, 3e5 + 100), shapely.box(4e5 + 150, 3e5, 4e5 + 400, 3e5 + 100)
        assert shared_out(grid, [west, east], [300, 1000]).tolist() == pytest.approx([200, 100 + 200, 400, 400])

    @given(st.integers(0, 2**32 - 1))
    @settings(max_examples=20)
    def test_nobody_is_lost(self, seed):
        chance = np.random.default_rng(seed)
        cuts = np.concatenate(([0], np.sort(chance.uniform(1, 599, 3)), [600]))
        shapes = [shapely.box(4e5 + a, 3e5, 4e5 + b, 3e5 + 600) for a, b in pairwise(cuts)]
        people = chance.integers(0, 1000, len(shapes))
        assert shared_out(board(6), shapes, people).sum() == pytest.approx(people.sum())

    def test_what_lies_outside_the_cells_is_nobodys(self):
        wide = shapely.box(4e5 - 400, 3e5, 4e5 + 400, 3e5 + 100)
        assert shared_out(board(4, 1), [wide], [800]).sum() == pytest.approx(400)

    def test_a_missing_figure_is_refused(self):
        with pytest.raises(BadInput):
            shared_out(board(2), [shapely.box(4e5, 3e5, 4e5 + 100, 3e5 + 100)], [math.nan])
