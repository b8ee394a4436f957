"""Areas against what their mix of deprivation leads one to expect: by hand, under chance, whatever the order and the unit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourpatch.data.analysis.distributions import poisson_interval
from ourpatch.data.analysis.mix import allowed_for
from ourpatch.data.analysis.rates import rate
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say

pytestmark = pytest.mark.rules
NAMES = (say("most deprived"), say("least deprived"))
# Two areas: 60 of 1,000 and 20 of 1,000 people; 20 of 1,000 and 20 of 3,000.
COUNTS = [[60, 20], [20, 20]]
PEOPLE = [[1000, 1000], [1000, 3000]]


def told(found, key):
    return next(str(each) for each in found.sentences if each.key == key)


def keys(found):
    return {each.key for each in found.sentences}


class TestByHand:
    """The strata have 80 of 2,000 (0.04) and 40 of 4,000 (0.01): 50 are expected of the one area and 70 of the other."""

    FOUND = allowed_for(["north", "south"], NAMES, COUNTS, PEOPLE)

    def test_what_is_expected(self):
        north, south = self.FOUND.areas
        assert (north.expected, south.expected) == pytest.approx((50, 70))
        assert (north.observed, south.observed) == (80, 40)
        assert (north.ratio, south.ratio) == pytest.approx((1.6, 40 / 70))
        exact = poisson_interval(80)
        assert (north.interval.lower, north.interval.upper) == pytest.approx((exact.lower / 50, exact.upper / 50))
        assert [one.rate for one in self.FOUND.strata] == pytest.approx([40, 10])
        rows = self.FOUND.strata_table().rows
        assert rows == ((NAMES[0], 2000, 80, pytest.approx(40)), (NAMES[1], 4000, 40, pytest.approx(10)))

    def test_direct_rates_weigh_by_the_whole_place(self):
        """A third of all live in the most deprived stratum: 60/1000 x 1/3 + 20/1000 x 2/3 is 33.33 per 1,000."""
        assert self.FOUND.areas[0].direct == pytest.approx(1000 * (0.06 / 3 + 0.02 * 2 / 3))
        assert self.FOUND.areas[1].direct == pytest.approx(1000 * (0.02 / 3 + 20 / 3000 * 2 / 3))
        assert self.FOUND.areas[0].crude == pytest.approx(40)

    def test_the_sentence_says_how_much_and_between_what(self):
        assert told(self.FOUND, "first") == (
            "north has 1.60 times what its mix of deprivation would lead one to expect; between 1.27 and 1.99 "
            "(80 recorded, 50 expected)."
        )
        assert told(self.FOUND, "apart").startswith(
            "More than their mix of deprivation would lead one to expect: 1 of 2 areas; fewer: 1;"
        )

    def test_half_a_year_is_twice_the_rate_and_the_same_ratio(self):
        half = allowed_for(["north", "south"], NAMES, COUNTS, PEOPLE, months=6)
        assert [one.ratio for one in half.areas] == [one.ratio for one in self.FOUND.areas]
        assert "season" in keys(half)
        assert "season" not in keys(self.FOUND)
        assert half.areas[0].direct == pytest.approx(2 * self.FOUND.areas[0].direct)

    def test_direct_rates_have_columns_where_there_are_any(self):
        """Areas of one stratum each have none."""
        assert len(self.FOUND.table().heads) == 12
        apart = allowed_for(["a", "b"], NAMES, [[60, 0], [0, 40]], [[1000, 0], [0, 2000]]).table()
        assert len(apart.heads) == 9
        assert all(len(row) == 9 for row in apart.rows)

    def test_an_area_without_a_stratum_has_no_direct_rate(self):
        found = allowed_for(list("abc"), NAMES, [*COUNTS, [30, 0]], [*PEOPLE, [900, 0]])
        assert found.areas[2].direct is None
        assert found.areas[2].ratio == pytest.approx(30 / (900 * 110 / 2900))
        assert found.table().rows[[row[0] for row in found.table().rows].index("c")][-3:] == (None, None, None)


class TestUnderChance:
    def test_hardly_ever_is_an_area_called(self):
        """Areas differ in their mix and in nothing else: in hardly a place of twenty is one called, and their spread is 1."""
        chance = np.random.default_rng(11)
        people = chance.integers(300, 3_000, (20, 5))
        of_stratum = np.array([0.08, 0.05, 0.03, 0.02, 0.01])
        names = [say(f"fifth {at}") for at in range(5)]
        found = [
            allowed_for([str(i) for i in range(20)], names, chance.poisson(people * of_stratum), people)
            for _run in range(40)
        ]
        assert sum(any(one.apart for one in each.areas) for each in found) <= 2 + 3 * np.sqrt(40 * 0.05 * 0.95)
        assert np.mean([each.spread for each in found]) == pytest.approx(0.95, abs=0.15)
        held = [one.interval.lower <= 1 <= one.interval.upper for each in found for one in each.areas]
        assert np.mean(held) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / len(held))

    def test_what_the_mix_brings_alone_is_not_called(self):
        """Crude rates differ eightfold because of who lives there; the ratios are all 1."""
        people = np.array([[8_000, 0], [0, 8_000], [4_000, 4_000]])
        counts = people * [0.08, 0.01]
        found = allowed_for(list("abc"), NAMES, counts, people)
        assert [one.ratio for one in found.areas] == pytest.approx([1, 1, 1])
        assert not any(one.apart for one in found.areas)
        assert found.areas[0].crude == pytest.approx(8 * found.areas[1].crude)


class TestInvariances:
    @given(st.randoms(use_true_random=False), st.floats(0.6, 100))
    @settings(max_examples=25)
    def test_order_names_and_units(self, random, times):
        chance = np.random.default_rng(3)
        people, counts = chance.integers(2_000, 9_000, (6, 3)).astype(float), chance.poisson(80, (6, 3))
        names = [say(each) for each in ("a", "b", "c")]
        areas, strata = list(range(6)), list(range(3))
        random.shuffle(areas)
        random.shuffle(strata)
        first = allowed_for([str(i) for i in range(6)], names, counts, people)
        moved = allowed_for(
            [f"area {i}" for i in areas],
            [names[i] for i in strata],
            counts[np.ix_(areas, strata)],
            people[np.ix_(areas, strata)] * times,
        )
        for at, i in enumerate(areas):
            assert moved.areas[at].ratio == pytest.approx(first.areas[i].ratio)
            assert moved.areas[at].q == pytest.approx(first.areas[i].q)
            assert moved.areas[at].direct * times == pytest.approx(first.areas[i].direct)

    @given(st.lists(st.integers(30, 200), min_size=4, max_size=4))
    @settings(max_examples=25)
    def test_the_same_mix_everywhere_gives_plain_rates(self, counts):
        people = [[1_000, 4_000], [500, 2_000]]
        found = allowed_for(["a", "b"], NAMES, np.reshape(counts, (2, 2)), people)
        total = sum(counts) / 7_500
        for at, n in enumerate((5_000, 2_500)):
            plain = rate(sum(counts[2 * at : 2 * at + 2]), n).value / 1000
            assert found.areas[at].ratio == pytest.approx(plain / total)


class TestRefused:
    @pytest.mark.parametrize(
        ("counts", "people", "says"),
        [
            ([[60, 20]], [[1000, 1000]], "each area once"),
            ([[60, 0.5], [20, 20]], PEOPLE, "whole numbers"),
            ([[60, -1], [20, 20]], PEOPLE, "whole numbers"),
            (COUNTS, [[1000, 1000], [0, 0]], "Two areas or more"),
            (COUNTS, [[1000, -1], [1000, 0]], "Two areas or more"),
            (COUNTS, [[1000, 0], [1000, 1000]], "nobody lives"),
            ([[60, 0], [20, 0]], [[1000, 0], [1000, 0]], "one stratum"),
            ([[60, 9], [20, 10]], PEOPLE, "needed): least deprived"),
            ([[60, 0], [20, 0]], [[1000, 1], [1000, 0]], "needed): least deprived"),
            ([[60, 20], [20, 20]], [[1000, 100], [1000, 300]], "needed): least deprived"),
        ],
    )
    def test_says_what_is_wrong(self, counts, people, says):
        with pytest.raises(BadInput, match=says.replace("(", r"\(").replace(")", r"\)")):
            allowed_for(["a", "b"], NAMES, counts, people)

    def test_just_enough_is_enough(self):
        assert allowed_for(["a", "b"], NAMES, [[60, 10], [20, 10]], [[1000, 250], [1000, 250]])

    def test_few_and_spread_are_said(self):
        found = allowed_for(list("abc"), NAMES, [[90, 90], [3, 4], [60, 2]], [[900, 900], [900, 900], [900, 900]])
        assert {"few", "overdispersed", "not_each_other", "not_why", "of_places"} <= keys(found)
        assert told(found, "few").endswith(": 1.")
        even = allowed_for(["a", "b"], NAMES, [[50, 50], [50, 50]], [[900, 900], [900, 900]])
        assert not {"few", "overdispersed"} & keys(even)
