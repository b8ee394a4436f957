"""Similar areas, rates beside theirs, standardised rates and funnels: published numbers, plain references, invariances."""

import math
from itertools import combinations
from statistics import NormalDist
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourpatch.data.analysis import pictures
from ourpatch.data.analysis.comparison import compare_rates, most_similar
from ourpatch.data.analysis.distributions import binomial_cdf, poisson_cdf, poisson_interval
from ourpatch.data.analysis.funnels import Position, funnel, poisson_quantile
from ourpatch.data.analysis.pictures.svg import number
from ourpatch.data.analysis.standardised import byar_interval, direct_rate, indirect_ratio
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

# Down's syndrome in Michigan 1950-64, mothers of five children or more, by age (Stark and Mantell 1966; the example of
# Fleiss 1981, table 14.4, of Fay and Feuer 1997 and of R's dsrTest).
CASES = [0, 8, 63, 112, 262, 295]
BIRTHS = [327, 30666, 123419, 149919, 104088, 34392]
ALL_BIRTHS = [319933, 931318, 786511, 488235, 237863, 61313]

FIGURES = {
    "density": [1.0, 2, 3, 10, 11, 30],
    "rented": [0.1, 0.2, 0.15, 0.5, 0.45, 0.9],
    "young": [9, 8, 7, 3, 4, 1.0],
}
NAMES = ["Ash", "Birch", "Cedar", "Damson", "Elm", "Fir"]


def told(found, key):
    return str(next(sentence for sentence in found.sentences if sentence.key == key))


def keys(found):
    return {sentence.key for sentence in found.sentences}


class TestMostSimilar:
    def test_distance_is_that_of_a_plain_loop(self):
        found = most_similar("Ash", NAMES, FIGURES, size=5)
        plain = {}
        for i, name in enumerate(NAMES[1:], 1):
            squares = [((v[i] - v[0]) / np.std(v)) ** 2 for v in FIGURES.values()]
            plain[name] = math.sqrt(sum(squares) / 3)
        assert [one.key for one in found.neighbours] == sorted(plain, key=plain.get)
        assert [one.distance for one in found.neighbours] == pytest.approx(sorted(plain.values()))

    def test_differences_explain_the_distance(self):
        nearest = most_similar("Elm", NAMES, FIGURES, size=2).neighbours[0]
        assert nearest.key == "Damson"
        assert nearest.distance == pytest.approx(math.sqrt(np.mean(np.square(nearest.differences))))

    def test_stays_counts_the_lists_with_one_indicator_less(self):
        found = most_similar("Ash", NAMES, FIGURES, size=2)
        for one in found.neighbours:
            lists = [
                most_similar("Ash", NAMES, {k: v for k, v in FIGURES.items() if k != out}, size=2) for out in FIGURES
            ]
            assert one.stays == sum(one.key in {n.key for n in other.neighbours} for other in lists)

    def test_weights_move_the_list(self):
        figures = {"a": [0, 1, 5.0, 9], "b": [0, 9.0, 5, 1]}
        by_a = most_similar("k", list("klmn"), figures, size=1, weights={"a": 99, "b": 1})
        by_b = most_similar("k", list("klmn"), figures, size=1, weights={"a": 1, "b": 99})
        assert (by_a.neighbours[0].key, by_b.neighbours[0].key) == ("l", "n")
        assert by_a.weights == (0.99, 0.01)

    def test_an_area_without_a_value_is_left_out_and_counted(self):
        figures = {**FIGURES, "young": [9, float("nan"), 7, 3, 4, 1.0]}
        found = most_similar("Ash", NAMES, figures, size=2)
        assert found.left_out == ("Birch",)
        assert told(found, "left_out").endswith(": 1.")

    def test_says_what_it_is_and_is_not(self):
        found = most_similar("Ash", NAMES, FIGURES, size=2)
        assert "density, rented, young" in told(found, "distance")
        assert "not the Home Office's most similar group" in told(found, "not_official")

    def test_an_area_unlike_all_others_is_told(self):
        chance = np.random.default_rng(1)
        figures = {"a": np.append(chance.normal(size=40), 30), "b": np.append(chance.normal(size=40), 30)}
        areas = [f"E{i}" for i in range(41)]
        assert "unusual" in keys(most_similar("E40", areas, figures))
        assert "unusual" not in keys(most_similar("E0", areas, figures))

    @settings(max_examples=50)
    @given(
        st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=4, max_size=12, unique=True),
        st.floats(0.01, 100),
        st.integers(-1000, 1000),
        st.data(),
    )
    def test_units_origin_and_order_change_nothing(self, rows, unit, origin, data):
        table = np.array(rows, dtype=float)
        if (np.ptp(table, axis=0) == 0).any():
            return
        areas = [f"E{i:02}" for i in range(len(rows))]
        one = most_similar("E00", areas, {"a": table[:, 0], "b": table[:, 1]}, size=2)
        order = data.draw(st.permutations(range(len(rows))))
        moved = {"a": table[order, 0] * unit + origin, "b": table[order, 1]}
        other = most_similar("E00", [areas[i] for i in order], moved, size=2)
        assert [n.key for n in other.neighbours] == [n.key for n in one.neighbours]
        assert [n.distance for n in other.neighbours] == pytest.approx([n.distance for n in one.neighbours], abs=1e-9)

    @pytest.mark.parametrize(
        "call",
        [
            lambda: most_similar("Ash", NAMES, {"density": FIGURES["density"]}, size=2),
            lambda: most_similar("Oak", NAMES, FIGURES, size=2),
            lambda: most_similar("Ash", NAMES, FIGURES, size=6),
            lambda: most_similar("Ash", NAMES, FIGURES, size=0),
            lambda: most_similar("Ash", NAMES, {**FIGURES, "flat": [0.3] * 6}, size=2),
            lambda: most_similar("Ash", NAMES, {**FIGURES, "short": [1, 2]}, size=2),
            lambda: most_similar("Ash", ["Ash"] * 6, FIGURES, size=2),
            lambda: most_similar("Ash", NAMES, {**FIGURES, "young": [float("nan"), 1.0, 2, 3, 4, 5]}, size=2),
            lambda: most_similar("Ash", NAMES, FIGURES, size=2, weights={"density": 1}),
            lambda: most_similar("Ash", NAMES, FIGURES, size=2, weights={"density": 1, "rented": 0, "young": 0}),
            lambda: most_similar("Ash", NAMES, FIGURES, size=2, weights={"density": 1, "rented": -1, "young": 1}),
        ],
    )
    def test_what_cannot_be_compared_is_refused(self, call):
        with pytest.raises(BadInput):
            call()


class TestCompareRates:
    COUNTS, PEOPLE = [60, 40, 30, 50, 0], [1000, 1000, 1000, 1000, 1000]

    def test_the_target_stands_beside_the_others_as_one(self):
        found = compare_rates("a", list("abcde"), self.COUNTS, self.PEOPLE)
        assert found.rate.value == pytest.approx(60)
        assert (found.together.count, found.together.population) == (120, 4000)
        assert found.ratio == pytest.approx(2.0)
        assert found.rank == 1
        assert found.others[3].ratio is None
        assert told(found, "apart").startswith(
            "a has 2.00 times the rate of the similar areas together (95% interval 1.4"
        )

    def test_the_interval_and_the_test_are_exact(self):
        found = compare_rates("a", ["a", "b"], [8, 12], [100, 100])
        # Clopper and Pearson for 8 of 20: 0.19119 to 0.63946; as odds at equal populations.
        assert found.interval.lower == pytest.approx(0.19119 / 0.80881, abs=1e-4)
        assert found.interval.upper == pytest.approx(0.63946 / 0.36054, abs=1e-4)
        assert found.others[0].p == pytest.approx(2 * binomial_cdf(8, 20, 0.5))
        assert "not_apart" in keys(found)

    @settings(max_examples=40)
    @given(st.lists(st.integers(0, 60), min_size=2, max_size=5), st.integers(2, 50))
    def test_size_of_populations_and_order_change_no_verdict(self, counts, times):
        areas = [f"E{i}" for i in range(len(counts))]
        people = [100.0 + 10 * i for i in range(len(counts))]
        one = compare_rates("E0", areas, counts, people)
        other = compare_rates("E0", areas[::-1], counts[::-1], [times * n for n in people[::-1]])
        assert {(o.key, round(o.p, 9)) for o in one.others} == {(o.key, round(o.p, 9)) for o in other.others}
        assert (one.rank, one.ratio is None) == (other.rank, other.ratio is None)
        if one.ratio is not None:
            assert one.ratio in one.interval

    def test_equal_rates_share_a_rank(self):
        for people in ([100, 110], [300, 330]):
            assert [compare_rates(target, ["a", "b"], [20, 22], people).rank for target in "ab"] == [1, 1]

    def test_p_keeps_its_promise(self):
        chance = np.random.default_rng(4)
        small = [
            compare_rates("a", ["a", "b"], chance.poisson([20, 60]).tolist(), [1000, 3000]).others[0].p <= 0.05
            for _pattern in range(200)
        ]
        assert np.mean(small) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 200)

    def test_nobody_elses_incidents_leave_no_ratio(self):
        found = compare_rates("a", ["a", "b"], [3, 0], [10, 10])
        assert found.ratio is None
        assert "no_ratio" in keys(found)
        assert compare_rates("a", ["a", "b"], [0, 0], [10, 10]).others[0].p == 1.0

    @pytest.mark.parametrize(
        ("areas", "counts", "people"),
        [
            (["a"], [1], [10]),
            (["b", "c"], [1, 2], [10, 10]),
            (["a", "a"], [1, 2], [10, 10]),
            (["a", "b"], [1], [10, 10]),
            (["a", "b"], [1, -2], [10, 10]),
            (["a", "b"], [1, 2.5], [10, 10]),
            (["a", "b"], [1, float("nan")], [10, 10]),
            (["a", "b"], [1, 2], [10, 0]),
        ],
    )
    def test_what_is_no_rate_is_refused(self, areas, counts, people):
        with pytest.raises(BadInput):
            compare_rates("a", areas, counts, people)


class TestStandardised:
    @pytest.mark.golden
    def test_direct_rate_as_published(self):
        found = direct_rate(CASES, BIRTHS, ALL_BIRTHS, per=100_000)
        assert found.value == pytest.approx(75.52901, abs=5e-6)
        variance = sum((w / 2825173 / n * 1e5) ** 2 * x for x, n, w in zip(CASES, BIRTHS, ALL_BIRTHS, strict=True))
        around = poisson_interval(740)
        assert found.lower == pytest.approx(found.value + math.sqrt(variance / 740) * (around.lower - 740))
        assert found.upper == pytest.approx(found.value + math.sqrt(variance / 740) * (around.upper - 740))

    def test_the_areas_own_people_give_its_own_rate(self):
        found = direct_rate([5, 15], [100, 300], [100, 300], per=1)
        assert found.value == pytest.approx(20 / 400)
        assert found.lower == pytest.approx(poisson_interval(20).lower / 400)

    def test_indirect_ratio_by_hand(self):
        # 0.05 x 200 + 0.02 x 500 = 20 expected.
        found = indirect_ratio(30, [200, 500], [50, 20], [1000, 1000])
        assert (found.expected, found.value) == (pytest.approx(20), pytest.approx(1.5))
        assert found.upper == pytest.approx(poisson_interval(30).upper / 20)
        assert "not_each_other" in keys(found)

    def test_interval_of_the_direct_rate_covers_the_truth(self):
        chance = np.random.default_rng(5)
        people, standard, true = np.array([4000, 2000, 500]), np.array([30, 40, 30]), np.array([0.002, 0.005, 0.02])
        truth = (true * standard).sum() / 100
        ranges = [direct_rate(chance.poisson(true * people), people, standard, per=1) for _pattern in range(400)]
        cover = np.mean([one.lower <= truth <= one.upper for one in ranges])
        assert cover >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / 400)

    @pytest.mark.golden
    @pytest.mark.parametrize(("count", "lower", "upper"), [(10, 4.79, 18.39), (100, 81.36, 121.63), (0, 0.0, 3.668)])
    def test_byar_is_near_the_exact_limits(self, count, lower, upper):
        around = byar_interval(count)
        assert (around.lower, around.upper) == (pytest.approx(lower, abs=0.01), pytest.approx(upper, abs=0.011))

    @given(st.integers(0, 5000), st.sampled_from([0.9, 0.95, 0.998]))
    def test_byar_never_leaves_the_count_outside(self, count, confidence):
        around = byar_interval(count, confidence)
        assert 0 <= around.lower <= count <= around.upper

    def test_nothing_recorded_has_an_upper_end(self):
        found = direct_rate([0, 0], [100, 200], [1, 1], per=1000)
        assert found.value == found.lower == 0.0
        assert found.upper == pytest.approx(1000 * 0.5 / 100 * poisson_interval(0).upper)
        assert "none" in keys(found)

    def test_few_incidents_are_said(self):
        assert "few" in keys(direct_rate([4, 5], [100, 100], [1, 1]))
        assert "few" not in keys(direct_rate([5, 5], [100, 100], [1, 1]))

    @given(
        st.lists(st.tuples(st.integers(0, 40), st.integers(1, 900), st.integers(1, 50)), min_size=1, max_size=8),
        st.data(),
    )
    def test_order_and_size_of_the_standard_change_nothing(self, groups, data):
        mixed = data.draw(st.permutations(groups))
        times = data.draw(st.integers(2, 1000))
        one = direct_rate(*zip(*groups, strict=True))
        other = direct_rate([g[0] for g in mixed], [g[1] for g in mixed], [g[2] * times for g in mixed])
        assert (other.value, other.lower, other.upper) == pytest.approx((one.value, one.lower, one.upper))

    @pytest.mark.parametrize(
        "call",
        [
            lambda: direct_rate([], [], []),
            lambda: direct_rate([1], [0], [1]),
            lambda: direct_rate([1, 2], [10], [1, 1]),
            lambda: direct_rate([-1], [10], [1]),
            lambda: direct_rate([1.5], [10], [1]),
            lambda: direct_rate([1], [10], [0]),
            lambda: direct_rate([1, 1], [10, 10], [2, -1]),
            lambda: direct_rate([1], [float("nan")], [1]),
            lambda: direct_rate([1], [10], [1], confidence=1.0),
            lambda: direct_rate([1], [10], [1], confidence=95, interval="byar"),
            lambda: indirect_ratio(-1, [10], [1], [10]),
            lambda: indirect_ratio(1, [-10], [1], [10]),
            lambda: indirect_ratio(1, [10], [0], [10]),
            lambda: byar_interval(-1),
        ],
    )
    def test_what_is_no_rate_is_refused(self, call):
        with pytest.raises(BadInput):
            call()


AREAS = [f"W{i:02}" for i in range(30)]


def level(seed=2, rate=0.02):
    """Thirty areas of one and the same rate."""
    chance = np.random.default_rng(seed)
    people = chance.integers(500, 20_000, 30)
    return AREAS, chance.poisson(rate * people), people


class TestFunnel:
    @pytest.mark.golden
    @pytest.mark.parametrize(
        ("tail", "mean"), [(0.025, 10.0), (0.975, 10.0), (0.001, 3.0), (0.999, 250.0), (0.975, 60_000.0)]
    )
    def test_exact_limits_lie_between_whole_counts_as_spiegelhalter_says(self, tail, mean):
        limit = poisson_quantile(tail, mean)
        count = math.ceil(limit)
        below, upto = poisson_cdf(count - 1, mean), poisson_cdf(count, mean)
        assert below <= tail <= upto
        assert below + (limit - (count - 1)) * (upto - below) == pytest.approx(tail, abs=1e-9)

    def test_limits_of_a_small_mean_stop_at_nought(self):
        found = funnel(list("abc"), [0, 1, 2], [10, 20, 30])
        assert all(point.limits.outer_lower == 0.0 for point in found.points)

    def test_one_and_the_same_rate_is_hardly_ever_called(self):
        outside = outer = 0
        for seed in range(40):
            found = funnel(*level(seed), spread="none")
            outside += sum(point.position is not Position.WITHIN for point in found.points)
            outer += len(found.at(Position.VERY_HIGH, Position.VERY_LOW))
        assert 0.02 < outside / 1200 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 1200)
        assert outer / 1200 <= 0.002 + 3 * math.sqrt(0.002 / 1200)

    def test_no_wider_than_it_need_be(self):
        assert sum(funnel(*level(seed)).widened for seed in range(40)) <= 2

    def test_a_planted_area_is_found(self):
        areas, counts, people = level()
        counts[7] += int(0.02 * people[7])
        found = funnel(areas, counts, people)
        assert found.at(Position.VERY_HIGH)[0].key == "W07"

    @pytest.mark.parametrize("spread", ["additive", "multiplicative"])
    def test_areas_that_differ_widen_the_limits(self, spread):
        chance = np.random.default_rng(9)
        people = chance.integers(2_000, 20_000, 200)
        areas = [f"W{i}" for i in range(200)]
        counts = chance.poisson(people * np.maximum(chance.normal(0.02, 0.006, 200), 0.001))
        found = funnel(areas, counts, people, spread=spread)
        assert found.widened
        assert found.dispersion > 5
        assert len(found.at(Position.VERY_HIGH, Position.VERY_LOW)) <= 4
        assert len(funnel(areas, counts, people, spread="none").at(Position.VERY_HIGH, Position.VERY_LOW)) > 40
        assert f"{found.dispersion:.1f} times" in told(found, "overdispersed")

    def test_widened_limits_keep_their_promise(self):
        """Areas that differ by six in a thousand around thirty: the spread is found, and 5% and 0.2% lie beyond."""
        chance = np.random.default_rng(10)
        inner = outer = 0
        between = []
        for _pattern in range(25):
            people = chance.integers(2_000, 20_000, 200)
            counts = chance.poisson(people * chance.normal(0.03**0.5, 0.006 / 2 / 0.03**0.5, 200) ** 2)
            found = funnel([f"W{i}" for i in range(200)], counts, people)
            between.append(found.between)
            outer += len(found.at(Position.VERY_HIGH, Position.VERY_LOW))
            inner += sum(point.position is not Position.WITHIN for point in found.points)
        assert np.mean(between) == pytest.approx(6, rel=0.03)
        assert inner / 5000 == pytest.approx(0.05, abs=3 * math.sqrt(0.05 * 0.95 / 5000))
        assert outer / 5000 == pytest.approx(0.002, abs=3 * math.sqrt(0.002 / 5000))

    def test_limits_that_ignore_differences_say_so(self):
        found = funnel(list("abcdefghijkl"), [10, 90] * 6, [1000] * 12, spread="none")
        assert "not_widened" in keys(found)

    def test_dispersion_by_hand(self):
        # Twelve areas of 1,000, six with 10 and six with 90: z is twice a difference of square roots; a normal spread of 1
        # with a tenth pulled in at either end has a mean square of 0.6787.
        found = funnel(list("abcdefghijkl"), [10, 90] * 6, [1000] * 12)
        low, high = 10**0.5 - 50**0.5, 90**0.5 - 50**0.5
        assert found.dispersion == pytest.approx((2 * (low**2 + high**2)) / 0.6787, rel=1e-4)
        variance = (low**2 + high**2) / 2 / 0.6787 - 0.25
        assert found.between == pytest.approx(2 * (50 * variance) ** 0.5, rel=1e-4)

    def test_the_furthest_do_not_hide_themselves(self):
        areas, counts, people = level()
        calm = funnel(areas, counts, people).dispersion
        counts[3] += int(0.01 * people[3])
        assert funnel(areas, counts, people).dispersion < calm * 1.5

    def test_months_make_yearly_rates_and_the_same_verdicts(self):
        areas, counts, people = level()
        year, third = funnel(areas, counts, people), funnel(areas, counts, people, months=4)
        assert third.centre == pytest.approx(3 * year.centre)
        assert [p.position for p in third.points] == [p.position for p in year.points]

    @settings(max_examples=15)
    @given(st.integers(0, 10**6), st.integers(2, 40), st.data())
    def test_order_and_base_change_no_verdict(self, seed, times, data):
        areas, counts, people = level(seed)
        one = funnel(areas, counts, people, per=1000)
        order = data.draw(st.permutations(range(30)))
        other = funnel([areas[i] for i in order], counts[order], people[order], per=1000 * times)
        assert other.centre == pytest.approx(times * one.centre)
        assert {(p.key, p.position) for p in other.points} == {(p.key, p.position) for p in one.points}

    def test_another_average_moves_the_funnel(self):
        found = funnel(*level(), centre=10.0)
        assert found.centre == 10.0
        # How much the areas differ is a matter among themselves.
        assert found.dispersion == funnel(*level()).dispersion
        assert len(found.at(Position.VERY_HIGH)) > 15

    def test_says_what_chance_alone_would_do(self):
        assert "about 1.5 of 30 areas" in told(funnel(*level()), "average")
        assert "few_areas" in keys(funnel(list("abc"), [1, 2, 3], [100, 100, 100]))

    def test_the_curve_meets_the_points(self):
        found = funnel(*level())
        largest = max(found.points, key=lambda point: point.limits.population)
        assert found.curve[-1].inner_upper == pytest.approx(largest.limits.inner_upper)
        uppers = [limits.outer_upper - found.centre for limits in found.curve]
        assert uppers == sorted(uppers, reverse=True)

    @pytest.mark.parametrize(
        ("areas", "counts", "people", "options"),
        [
            ([], [], [], {}),
            (["a", "b"], [1, 2], [10, 10], {}),
            (["a", "b", "b"], [1, 2, 3], [10, 10, 10], {}),
            (["a", "b", "c"], [1, 2, 3], [10, 0, 10], {}),
            (["a", "b", "c"], [1, 2, 3], [10, float("nan"), 10], {}),
            (["a", "b", "c"], [1, -2, 3], [10, 10, 10], {}),
            (["a", "b", "c"], [1, 2.5, 3], [10, 10, 10], {}),
            (["a", "b", "c"], [1, float("nan"), 3], [10, 10, 10], {}),
            (["a", "b", "c"], [0, 0, 0], [10, 10, 10], {}),
            (["a", "b", "c"], [1, 2, 3], [10, 10], {}),
            (["a", "b", "c"], [1, 2, 3], [10, 10, 10], {"months": 0}),
            (["a", "b", "c"], [1, 2, 3], [10, 10, 10], {"per": -1}),
            (["a", "b", "c"], [1, 2, 3], [10, 10, 10], {"centre": 0.0}),
            (["a", "b", "c"], [1, 2, 3], [10, 10, 10], {"centre": float("nan")}),
        ],
    )
    def test_what_cannot_be_drawn_is_refused(self, areas, counts, people, options):
        with pytest.raises(BadInput):
            funnel(areas, counts, people, **options)

    def test_normal_quantiles_and_exact_limits_meet_for_large_counts(self):
        z = NormalDist().inv_cdf(0.975)
        assert poisson_quantile(0.975, 1e6) == pytest.approx(1e6 + z * 1e3, abs=2)

    def test_limits_that_run_to_nought_are_said(self):
        assert told(funnel(list("abc"), [0, 1, 2], [10, 20, 30]), "no_lower").startswith("For 3 of the areas")
        assert "no_lower" not in keys(funnel(*level()))

    def test_part_of_a_year_is_said_to_carry_its_season(self):
        assert "season" in keys(funnel(*level(), months=4))
        assert "season" not in keys(funnel(*level(), months=24))


SVG = "{http://www.w3.org/2000/svg}"


class TestPicture:
    areas, counts, people = level()
    counts[7] *= 2
    counts[9] //= 3
    found = funnel(areas, counts, people)

    def drawn(self, found=None):
        return ElementTree.fromstring(
            pictures.funnel_plot(found or self.found, what="Burglary", where="Newtown", when="2024")
        )

    def test_title_says_what_where_when_and_the_base(self):
        title = self.drawn().find(f"{SVG}title").text
        assert all(part in title for part in ("Burglary", "Newtown", "2024", "per 1000 people", "30 areas"))

    def test_the_description_is_made_from_the_numbers(self):
        desc = self.drawn().find(f"{SVG}desc").text
        assert f"Furthest above the outer limits: W07 {number(round(self.found.points[7].value, 1))}." in desc
        assert f"Furthest below the outer limits: W09 {number(round(self.found.points[9].value, 1))}." in desc
        assert f"Average {self.found.centre:.1f} (yearly rate per 1000 people)" in desc

    def test_areas_beyond_the_limits_differ_by_shape_and_are_named(self):
        root = self.drawn()
        within = sum(point.position is Position.WITHIN for point in self.found.points)
        assert len(list(root.iter(f"{SVG}circle"))) == within + 1  # one in the key
        written = [node.text for node in root.iter(f"{SVG}text")]
        assert {"W07", "W09", "Above 99.8%", "Below 99.8%"} <= set(written)
        up = [
            path.get("d")
            for path in root.iter(f"{SVG}path")
            if "12h-13z" in path.get("d") and "-12h" not in path.get("d")
        ]
        above = [p for p in self.found.points if p.position in (Position.HIGH, Position.VERY_HIGH)]
        assert len(up) == len(above) + len({p.position for p in above})  # and one of each in the key

    def test_the_limits_are_drawn_and_close_in_on_the_average(self):
        lines = [
            [tuple(map(float, pair.split(","))) for pair in line.get("points").split()]
            for line in self.drawn().iter(f"{SVG}polyline")
        ]
        assert len(lines) == 4
        for line in lines:
            assert len(line) > 30
            assert [x for x, _y in line] == sorted(x for x, _y in line)
        inner_lower, inner_upper, outer_lower, outer_upper = ([y for _x, y in line] for line in lines)
        for upper, lower in ((inner_upper, inner_lower), (outer_upper, outer_lower)):
            assert upper == sorted(upper)
            assert lower == sorted(lower, reverse=True)
        assert outer_upper[-1] < inner_upper[-1] < inner_lower[-1] < outer_lower[-1]

    def test_no_name_lies_on_another(self):
        clumped = funnel(AREAS, [900] * 5 + [100] * 25, [9000 + i for i in range(30)], spread="none")
        boxes = []
        for node in self.drawn(clumped).iter(f"{SVG}text"):
            if node.text in AREAS:
                x, y, long = float(node.get("x")), float(node.get("y")), 7 * len(node.text)
                boxes.append((x - long if node.get("text-anchor") == "end" else x, y, long))
        assert 1 <= len(boxes) <= 8
        for one, other in combinations(boxes, 2):
            assert abs(one[1] - other[1]) >= 13 or one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]

    def test_all_marks_lie_on_the_paper(self):
        root = self.drawn(funnel(["tiny", *self.areas], [3, *self.counts], [5, *self.people]))
        _left, _top, width, height = map(float, root.get("viewBox").split())
        for mark in root.iter(f"{SVG}circle"):
            assert 0 <= float(mark.get("cx")) <= width
            assert 0 <= float(mark.get("cy")) <= height
        assert "nan" not in ElementTree.tostring(root, "unicode").lower()

    def test_words_are_escaped(self):
        bad = funnel(["<b>", "&", "c"], [1, 2, 90], [100, 100, 100], spread="none")
        assert "<b>" not in pictures.funnel_plot(bad, what="<script>", where="&", when='"')
