"""Patterns over time: the printed rules, asked by hand, and what chance alone leaves."""

from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.data.analysis import pictures
from ourpatch.data.analysis.grids import square_grid
from ourpatch.data.analysis.patterns import Pattern, Rules, classify, hot_spot_patterns
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

GRID = square_grid(shapely.box(4e5, 3e5, 4e5 + 2000, 3e5 + 2000), 100)


def row(text):
    return [mark == "#" for mark in text]


def keys(found):
    return {sentence.key for sentence in found.sentences}


class TestRules:
    """Twelve periods: persistent from 10; recent are the last 3, of which 2; earlier 2 of 9; intermittent from 3."""

    @pytest.mark.parametrize(
        ("periods", "pattern"),
        [
            ("############", Pattern.PERSISTENT),
            ("##########..", Pattern.PERSISTENT),
            ("..##########", Pattern.PERSISTENT),
            ("#########...", Pattern.FORMER),
            ("..........##", Pattern.EMERGING),
            (".........###", Pattern.EMERGING),
            ("....#....#.#", Pattern.EMERGING),
            ("....#...#..#", Pattern.INTERMITTENT),
            (".#..#....#.#", Pattern.INTERMITTENT),
            ("..#########.", Pattern.INTERMITTENT),
            ("##..........", Pattern.FORMER),
            ("#.......#...", Pattern.FORMER),
            ("#........#..", Pattern.NONE),
            ("#...........", Pattern.NONE),
            ("...........#", Pattern.NONE),
            ("............", Pattern.NONE),
        ],
    )
    def test_by_hand(self, periods, pattern):
        assert classify([row(periods)]).patterns == (pattern,)

    def test_they_are_printed(self):
        told = [str(s) for s in classify([row("#" * 12)]).sentences if s.key.startswith("rule_")]
        assert told == [
            "Persistent: hot in 10 or more of the 12 periods.",
            "Emerging: not persistent, hot in 2 or more of the last 3 and in fewer than 2 of the 9 before.",
            "Former: not persistent, hot in 2 or more of the first 9 and in none of the last 3.",
            "Intermittent: none of these, and hot in 3 or more of the 12.",
        ]

    def test_named_parameters_change_them(self):
        rules = Rules(persistent=0.5, recent=0.5, recent_hot=1.0, hot=0.01)
        numbers = rules.numbers(10)
        assert (numbers.persistent, numbers.recent, numbers.recent_hot, numbers.earlier_hot, numbers.hot) == (
            5,
            5,
            5,
            1,
            1,
        )
        found = classify([row("....#....."), row(".........#")], rules=rules)
        assert found.patterns == (Pattern.FORMER, Pattern.INTERMITTENT)
        assert "one_is_enough" in keys(found)
        assert "one_is_enough" not in keys(classify([row("." * 12)]))

    @given(
        st.lists(st.lists(st.booleans(), min_size=8, max_size=8), min_size=1, max_size=30),
        st.randoms(use_true_random=False),
    )
    def test_each_cell_by_itself_whatever_its_order(self, cells, random):
        found = classify(cells)
        assert found.hot_periods == tuple(map(sum, cells))
        assert sum(found.count(pattern) for pattern in Pattern) == len(cells)
        order = list(range(len(cells)))
        random.shuffle(order)
        assert classify([cells[i] for i in order]).patterns == tuple(found.patterns[i] for i in order)

    @given(st.lists(st.booleans(), min_size=6, max_size=30), st.integers(0, 29))
    def test_more_hot_periods_never_end_a_persistent_spot(self, periods, at):
        if classify([periods]).patterns == (Pattern.PERSISTENT,):
            periods[at % len(periods)] = True
            assert classify([periods]).patterns == (Pattern.PERSISTENT,)

    def test_table_holds_cells_with_a_pattern(self):
        found = classify([row("." * 12), row(".........###"), row("#" * 12)], keys=("a", "b", "c"))
        assert [(str(name), *rest) for name, *rest in found.table().rows] == [
            ("Persistent", "c", 12, 3),
            ("Emerging", "b", 3, 3),
        ]


def cube(seed=5):
    """Chance everywhere, one block always busy, one in the last quarter, one until then."""
    counts = np.random.default_rng(seed).poisson(0.2, (400, 12))
    for corner, periods in ((3 * 20 + 3, slice(0, 12)), (12 * 20 + 3, slice(9, 12)), (3 * 20 + 13, slice(0, 9))):
        cells = [corner + 20 * down + across for down in range(4) for across in range(4)]
        counts[cells, periods] += 8
    return counts


class TestOfCounts:
    def test_what_was_planted_is_found_and_little_else(self):
        found = hot_spot_patterns(GRID, cube())
        at = dict(zip(GRID.keys, found.patterns, strict=True))
        assert at["400450 300450"] is Pattern.PERSISTENT
        assert at["400450 301350"] is Pattern.EMERGING
        assert at["401450 300450"] is Pattern.FORMER
        assert found.count(Pattern.NONE) >= 400 - 3 * 36
        assert {"over_all", "neighbours", "called", "cells", "season"} <= keys(found)

    def test_chance_alone_has_no_pattern(self):
        counts = np.random.default_rng(8).poisson(1.0, (400, 12))
        found = hot_spot_patterns(GRID, counts)
        assert set(found.patterns) == {Pattern.NONE}
        assert "none_shown" in keys(found)

    def test_few_permutations_are_said(self):
        found = hot_spot_patterns(GRID, cube(), permutations=999)
        assert "if 96 or more" in next(str(s) for s in found.sentences if s.key == "few_permutations")

    def test_progress(self):
        told = []
        hot_spot_patterns(GRID, cube(), permutations=99, progress=lambda done, of: told.append((done, of)))
        assert told[-1] == (12, 12)


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        (np.ones((400, 1)), "6 periods or more"),
        (np.ones((400, 5)), "6 periods or more"),
        (np.ones((399, 12)), "a row for each cell"),
        (np.ones(400), "a row for each cell"),
        (np.zeros((400, 12)), "no incidents"),
        (np.full((400, 12), -1), "whole numbers"),
        (np.full((400, 12), np.nan), "whole numbers"),
    ],
)
def test_bad_counts(counts, says):
    with pytest.raises(BadInput, match=says):
        hot_spot_patterns(GRID, counts)


def test_bad_options():
    with pytest.raises(BadInput, match="one permutation or more"):
        hot_spot_patterns(GRID, cube(), permutations=0)
    with pytest.raises(BadInput, match="share of the rules"):
        classify([[True] * 8], rules=Rules(hot=0))
    with pytest.raises(BadInput, match="one key for each"):
        classify([[True] * 8], keys=("a", "b"))
    with pytest.raises(BadInput, match="a row for each cell"):
        classify([True] * 8)


def test_picture_says_the_rules():
    found = hot_spot_patterns(GRID, cube(), permutations=9_999)
    drawn = pictures.pattern_map(GRID, found, what="Arson", where="Trefelin", when="2024")
    desc = ElementTree.fromstring(drawn).find("{http://www.w3.org/2000/svg}desc").text
    assert "Persistent: hot in 10 or more of the 12 periods." in desc
    assert f"persistent {found.count(Pattern.PERSISTENT)}" in desc
