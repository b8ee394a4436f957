"""Areas that overlap and nest, attacked: by a linear program that is told only what is published, and by subtraction."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.data.linear_program import interval

from ourpatch.data.disclosure.rules import MinimumCell, families
from ourpatch.data.disclosure.rules.bounds import Space
from ourpatch.data.disclosure.rules.families import Decision, Family, Figure, Status, bounds, decide, remainders
from ourpatch.data.disclosure.rules.shape import Shape
from ourpatch.data.disclosure.rules.sight import Block, Sight
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

RULE = MinimumCell()
COUNTS = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 8, 13, 30])


def figures_of(name: str, pieces: list[int], columns: int) -> list[Figure[tuple[str, int]]]:
    """An area's figure in each column and its total, over pieces that each have a count a column."""
    cells = [Figure((name, c), tuple(p * columns + c for p in pieces)) for c in range(columns)]
    every = tuple(p * columns + c for p in pieces for c in range(columns))
    return cells if columns == 1 else [*cells, Figure((name, columns), every, is_total=True)]


@st.composite
def overlapping(draw: st.DrawFn) -> Family[tuple[str, int]]:
    """Wards and small areas that cut the same ground differently, and the district they make up."""
    pieces, columns = draw(st.integers(2, 5)), draw(st.integers(1, 2))
    counts = draw(st.lists(COUNTS, min_size=pieces * columns, max_size=pieces * columns))
    figures = figures_of("district", list(range(pieces)), columns)
    for kind in ("ward", "lsoa"):
        label = draw(st.lists(st.integers(0, 2), min_size=pieces, max_size=pieces))
        for area in sorted(set(label)):
            figures += figures_of(f"{kind} {area}", [p for p in range(pieces) if label[p] == area], columns)
    return Family(counts, [p for p in range(pieces) for _column in range(columns)], tuple(figures))


def attack(
    family: Family[tuple[str, int]], withheld: frozenset[tuple[str, int]], target: tuple[int, ...]
) -> tuple[Fraction, Fraction | None]:
    """What somebody works out who knows every number but the withheld, and that no withheld one is nought."""
    rows = [(dict.fromkeys(each.parts, 1), family.value(each), each.key in withheld) for each in family.figures]
    equal = [(row, value) for row, value, hidden in rows if not hidden]
    at_least = [(row, 1) for row, _value, hidden in rows if hidden]
    return interval(len(family.counts), equal, at_least, dict.fromkeys(target, 1))


def is_wide(found: tuple[Fraction, Fraction | None]) -> bool:
    return found[1] is None or found[1] - found[0] >= RULE.width


class TestAttack:
    @settings(max_examples=60, deadline=None)
    @given(overlapping())
    def test_no_withheld_figure_and_no_small_piece_is_worked_out(self, family: Family[tuple[str, int]]) -> None:
        decision = decide(family, RULE)

        assert decision.given_away == ()
        for figure in family.figures:
            if figure.key in decision.withheld:
                assert is_wide(attack(family, decision.withheld, figure.parts)), figure.key
            else:
                assert not RULE.is_small(family.value(figure))
        for piece, count in enumerate(family.counts):
            assert not RULE.is_small(count) or is_wide(attack(family, decision.withheld, (piece,)))

    @settings(max_examples=40, deadline=None)
    @given(overlapping())
    def test_no_sum_of_pieces_with_a_small_count_is_certain(self, family: Family[tuple[str, int]]) -> None:
        assume(len(family.counts) <= 5)
        decision = decide(family, RULE)

        for chosen in product((False, True), repeat=len(family.counts)):
            pieces = tuple(i for i, is_in in enumerate(chosen) if is_in)
            if pieces and RULE.is_small(sum(family.counts[i] for i in pieces)):
                low, high = attack(family, decision.withheld, pieces)
                assert high is None or high > low

    @settings(max_examples=40, deadline=None)
    @given(overlapping())
    def test_who_knows_which_are_small_is_certain_of_none(self, family: Family[tuple[str, int]]) -> None:
        decision = decide(family, RULE)
        found = bounds(family, decision.withheld, RULE, knowing_why=True)

        smallest = [
            figure
            for figure in family.figures
            if not figure.is_total and not any(set(other.parts) < set(figure.parts) for other in family.figures)
        ]
        for figure in smallest:
            if figure.key in decision.small:
                low, high = found[figure.key]
                assert high is None or high > low

    @settings(max_examples=60, deadline=None)
    @given(overlapping(), st.data())
    def test_bounds_are_those_of_the_linear_program(self, family: Family[tuple[str, int]], data: st.DataObject) -> None:
        keys = [figure.key for figure in family.figures if family.value(figure) > 0]
        withheld = frozenset(data.draw(st.sets(st.sampled_from(keys)))) if keys else frozenset()
        withheld |= {figure.key for figure in family.figures if RULE.is_small(family.value(figure))}

        for key, (low, high) in bounds(family, withheld, RULE).items():
            parts = next(figure.parts for figure in family.figures if figure.key == key)
            least, most = attack(family, withheld, parts)
            assert low == -(-least // 1)
            assert high == (None if most is None else most // 1)

    @settings(max_examples=25, deadline=None)
    @given(overlapping())
    def test_the_best_answer_is_never_dearer_than_the_cheapest_moves(self, family: Family[tuple[str, int]]) -> None:
        best = decide(family, RULE)
        assume(best.method == "optimal")
        quick = decide_by_moves(family)

        def cost(decision: Decision[tuple[str, int]]) -> tuple[int, int]:
            totals = {figure.key for figure in family.figures if figure.is_total}
            return len(decision.protecting & totals), len(decision.protecting)

        assert cost(best) <= cost(quick)

    def test_a_large_family_is_as_safe_and_whole(self) -> None:
        family = shire(seed=3)
        decision = decide(family, RULE)

        assert decision.method == "greedy"
        assert decision.given_away == ()
        found = bounds(family, decision.withheld, RULE)
        protected = {f.key for f in family.figures if RULE.is_small(family.value(f))} | decision.withheld
        assert len(protected) > 100
        for low, high in (found[key] for key in protected):
            assert high is None or high - low >= RULE.width
        # Not by withholding everything: of what is large enough more than half is shown.
        large = [figure for figure in family.figures if family.value(figure) >= RULE.smallest_shown]
        assert len(decision.protecting) < len(large) / 2

    def test_the_same_family_is_decided_the_same_way(self) -> None:
        assert decide(shire(seed=5), RULE) == decide(shire(seed=5), RULE)


def decide_by_moves(family: Family[tuple[str, int]]) -> Decision[tuple[str, int]]:
    state = families._State(family, RULE)
    families._widen_all(state)
    return state.decision("greedy")


def shire(seed: int) -> Family[tuple[str, int]]:
    """Thirty-six small areas in twelve wards, nine of them cut by a ward's border, with six categories; three districts."""
    random = np.random.default_rng(seed)
    columns = 6
    # Small area, ward, district of each piece; the last nine are slivers.
    ground = [(lsoa, lsoa // 3, lsoa // 12) for lsoa in range(36)]
    ground += [(lsoa, (lsoa // 3 + 1) % 12, lsoa // 12) for lsoa in range(2, 36, 4)]
    counts = random.poisson(random.gamma(1.0, 12.0, (len(ground), columns)))
    counts[36:] = random.poisson(2.0, (9, columns))
    figures: list[Figure[tuple[str, int]]] = []
    for kind, at in (("lsoa", 0), ("ward", 1), ("district", 2)):
        for area in sorted({each[at] for each in ground}):
            figures += figures_of(f"{kind} {area}", [p for p, each in enumerate(ground) if each[at] == area], columns)
    for p in range(36, 45):
        figures += [Figure((f"sliver {p}", c), (p * columns + c,), Status.DERIVED) for c in range(columns)]
    place = [p for p in range(len(ground)) for _column in range(columns)]
    return Family(counts.ravel().tolist(), place, tuple(figures))


@pytest.mark.golden
class TestWorked:
    """A ward of two small areas, one of which reaches over its border: pieces A (in the ward), B and C (both in the other)."""

    A, B, C = 40, 18, 2

    def family(self, *more: Figure[tuple[str, int]]) -> Family[tuple[str, int]]:
        areas = {"ward": [0, 1], "lsoa 1": [0], "lsoa 2": [1, 2]}
        figures = [figure for name, pieces in areas.items() for figure in figures_of(name, pieces, 1)]
        return Family([self.A, self.B, self.C], [0, 1, 2], (*figures, *more))

    def test_a_sliver_that_three_large_figures_give_away(self) -> None:
        # 60 in the ward... 58 less 40 leaves 18 of small area 2 in the ward; its 20 less 18 leaves 2 beyond the border.
        family = self.family()
        sliver = Figure(("sliver", 0), (2,), Status.DERIVED)
        assert bounds(self.family(sliver), [], RULE)["sliver", 0] == (2, 2)

        decision = decide(family, RULE)
        assert decision.method == "optimal"
        assert decision.small == frozenset()
        assert decision.protecting == {("lsoa 2", 0)}
        assert bounds(self.family(sliver), decision.withheld, RULE)["sliver", 0] == (0, None)

    def test_what_was_shown_before_cannot_be_withheld_so_another_figure_is(self) -> None:
        figures = [
            Figure(each.key, each.parts, Status.SEEN if each.key[0] == "lsoa 2" else Status.OPEN)
            for each in self.family().figures
        ]
        decision = decide(Family([self.A, self.B, self.C], [0, 1, 2], tuple(figures)), RULE)
        assert decision.protecting == {("lsoa 1", 0)}
        assert decision.given_away == ()

    def test_what_earlier_releases_alone_give_away_is_reported(self) -> None:
        figures = [Figure(each.key, each.parts, Status.SEEN) for each in self.family().figures]
        decision = decide(Family([self.A, self.B, self.C], [0, 1, 2], tuple(figures)), RULE)
        assert decision.withheld == frozenset()
        assert decision.given_away == (None,)

    def test_a_step_between_two_versions_is_a_small_number_too(self) -> None:
        # Forty, corrected to forty-two: piece 0 as it was, piece 1 as it is.
        step = Figure(("step", 0), (1,), Status.DERIVED, (0,))
        shown = Figure(("before", 0), (0,), Status.SEEN)
        decision = decide(Family([40, 42], [0, 0], (shown, Figure(("now", 0), (1,)), step)), RULE)
        assert decision.protecting == {("now", 0)}
        decision = decide(Family([40, 52], [0, 0], (shown, Figure(("now", 0), (1,)), step)), RULE)
        assert decision.withheld == frozenset()

    def test_what_is_left_of_areas_that_overlap(self) -> None:
        areas = {"ward": [0, 1, 2, 3], "other": [4], "lsoa": [2, 3, 4, 5]}
        found = sorted(pieces for _pair, pieces in remainders(areas))
        assert found == [(0, 1), (2, 3), (2, 3, 5), (4, 5)]

    def test_a_number_shown_rounded_is_known_within_its_bounds(self) -> None:
        rounded = Figure(("ward", 0), (0, 1), Status.SEEN, between=(8, 12))
        rest = [Figure(("lsoa", 0), (0,)), Figure(("sliver", 0), (1,), Status.DERIVED)]
        family = Family([7, 2], [0, 1], (rounded, *rest))
        assert bounds(family, [], RULE)["sliver", 0] == (1, 5)
        assert decide(family, RULE).protecting == {("lsoa", 0)}

    def test_what_is_taken_away_counts_once(self) -> None:
        # Ten in two months and ten in the places of a neighbourhood, known to be the same: what rounding leaves of one it
        # leaves of the other.
        months = Figure(("months", 0), (0, 1), Status.SEEN, between=(8, 12))
        link = Figure(("link", 0), (0, 1), Status.SEEN, (2,))
        family = Family([6, 4, 10], [0, 0, 1], (months, link, Figure(("place", 0), (2,), Status.WITHHELD)))
        assert bounds(family, [], RULE)["place", 0] == (8, 12)

    @pytest.mark.parametrize(("counts", "place"), [([1, -1], [0, 0]), ([1], [0, 1])])
    def test_what_is_no_family_of_counts_is_refused(self, counts: list[int], place: list[int]) -> None:
        with pytest.raises(BadInput):
            Family(counts, place, ())


class TestSpace:
    """The moves by themselves, against every table of small counts."""

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_the_furthest_move_is_never_short_of_what_fits(self, data: st.DataObject) -> None:
        unknowns, sums = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
        bits = data.draw(st.lists(st.booleans(), min_size=unknowns * sums, max_size=unknowns * sums))
        matrix = np.array(bits, dtype=np.float64).reshape(sums, unknowns)
        true = np.array(data.draw(st.lists(st.integers(0, 4), min_size=unknowns, max_size=unknowns)))
        known = np.array(data.draw(st.lists(st.booleans(), min_size=sums, max_size=sums)))
        low = np.concatenate([-true, np.where(known, 0.0, -np.inf)])
        high = np.concatenate([6.0 - true, np.where(known, 0.0, np.inf)])
        space = Space(matrix, low, high)

        every = np.array(list(product(range(7), repeat=unknowns)))
        fitting = every[((every - true) @ matrix.T)[:, known].any(axis=1) == 0]
        for unknown in range(unknowns):
            up, down = space.furthest({unknown: 1.0}), space.furthest({unknown: -1.0})
            assert true[unknown] + up.moved >= fitting[:, unknown].max() - 1e-6
            assert true[unknown] - down.moved <= fitting[:, unknown].min() + 1e-6
            for found in (up, down):
                assert (np.concatenate([found.unknowns, found.sums]) >= low - 1e-6).all()
                assert (np.concatenate([found.unknowns, found.sums]) <= high + 1e-6).all()
                assert np.allclose(matrix @ found.unknowns, found.sums)

    def test_a_question_is_answered_the_same_whatever_was_asked_before(self) -> None:
        random = np.random.default_rng(8)
        matrix = (random.random((30, 40)) < 0.2).astype(np.float64)
        counts = random.integers(0, 9, 40)
        known = random.random(30) < 0.5
        low = np.concatenate([-counts, np.where(known, 0.0, -9.0)])
        high = np.concatenate([np.full(40, 9.0), np.where(known, 0.0, 9.0)])
        asked = Space(matrix, low, high)
        for number in [*range(70), *range(70)]:
            alone = Space(matrix, low, high).furthest({number: 1.0}).moved
            assert asked.furthest({number: 1.0}).moved == pytest.approx(alone, abs=1e-6)


def shape_of(*areas: tuple[int, ...], counts: tuple[int, ...]) -> Shape:
    """Figures of areas over places of one piece each."""
    numbers = np.array(counts, dtype=np.int64)
    return Shape(numbers, np.arange(len(counts)), [(area, ()) for area in areas])


class TestShape:
    """What is near what."""

    def test_what_shares_a_small_area_is_nearer_than_what_shares_a_large_one(self) -> None:
        shape = shape_of((0,), (0, 4), (0, 1, 2, 3), counts=(9, 9, 9, 9, 9))
        assert shape.near(0, 2) == (0, 4)

    def test_the_largest_areas_are_kept_whole(self) -> None:
        # A small ward begins the list, but a run that began with it would cut the large one in two.
        shape = shape_of((0,), (1,), (2,), (3,), (4,), (0, 3), (1, 2, 4), (0, 1, 2, 3, 4), counts=(9, 9, 9, 9, 9))
        assert shape.runs_of(1, 3, 3) == [(1, 2, 4)]


class TestBlock:
    """What is proved of numbers, and what is withheld for them, when the pieces of some places move."""

    def block(self, shape: Shape, fall: list[float], rise: list[float], width: int) -> tuple[Sight, Block]:
        sight = Sight(shape, np.array(fall, dtype=np.float64), np.array(rise, dtype=np.float64), width)
        return sight, sight.block(tuple(shape.places))

    def test_a_rise_of_one_is_found_where_fractions_would_allow_more(self) -> None:
        # Each two of three may rise by one together: all by a half, and so their sum by one and a half, or one of them by one.
        shape = shape_of((0, 1, 2), (0, 1), (1, 2), (0, 2), counts=(2, 1, 1))
        sight, block = self.block(shape, [-np.inf] * 4, [np.inf, 1, 1, 1], width=5)
        assert block.reach(0, 1) == pytest.approx(1.5)
        assert block.is_wide(0)
        assert (sight.proved_fall[0], sight.proved_rise[0]) == (4, 1)

    def test_the_first_number_is_widened_with_the_others(self) -> None:
        shape = shape_of((0,), (1,), (0, 1), counts=(2, 30))
        protected = np.array([True, False, False])
        sight, block = self.block(shape, [-1, -np.inf, -np.inf], [np.inf] * 3, width=5)
        block.sweep(protected)
        assert sight.is_proved(0)

        sight, block = self.block(shape, [-1, 0, 0], [np.inf, 0, 0], width=5)
        prices, ways = np.array([0.0, 1.0, 1000.0]), np.random.default_rng(1)
        withheld = block.widen_some(protected, prices, np.array([0.0, -29, -31]), np.full(3, np.inf), ways)
        assert withheld.tolist() == [1]

    def test_the_cheapest_that_is_enough_is_withheld(self) -> None:
        # Seven is cheaper than thirty, and can fall by the five that are asked for.
        shape = shape_of((0,), (1,), (2,), (0, 1, 2), counts=(2, 7, 30))
        _sight, block = self.block(shape, [-1, 0, 0, 0], [np.inf, 0, 0, 0], width=5)
        fall, prices = np.array([0.0, -6, -29, -38]), np.array([0.0, 1.07, 1.3, 1000.0])
        withheld = block.cheapest(0, prices, fall, np.full(4, np.inf))
        assert withheld is not None
        assert withheld.tolist() == [1]

    def test_numbers_that_nothing_helps_stand_in_the_way_of_no_other(self) -> None:
        # The last three were shown before.
        shape = shape_of((0,), (1,), (0, 1), (2,), (3,), (4,), counts=(2, 30, 2, 2, 2))
        protected = np.array([True, False, False, True, True, True])
        sight, block = self.block(shape, [-1, 0, 0, 0, 0, 0], [np.inf, 0, 0, 0, 0, 0], width=5)
        prices, fall = np.array([0.0, 1.0, 1000.0, 0, 0, 0]), np.array([0.0, -29, -31, 0, 0, 0])
        for seed in range(10):
            sight.forget()
            ways = np.random.default_rng(seed)
            assert block.widen_some(protected, prices, fall, np.full(6, np.inf), ways).tolist() == [1]
