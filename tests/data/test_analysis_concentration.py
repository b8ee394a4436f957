"""Concentration: published numbers, curves beside chance, intervals that hold what they promise."""

from statistics import NormalDist
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourpatch.data.analysis import concentration as module
from ourpatch.data.analysis import pictures
from ourpatch.data.analysis.concentration import concentration, generalised_gini, gini
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

QUICK = {"bootstraps": 199, "simulations": 49}
SKEWED = [40, 20, 9, 5, 3, 2, 2, 1, 1, 1, *[0] * 40]


def keys(found):
    return {sentence.key for sentence in found.sentences}


@pytest.mark.golden
@pytest.mark.parametrize(
    ("counts", "ordinary", "generalised", "unbiased"),
    [
        ([1] * 5 + [0] * 5, 0.5, 0.0, 0.0),
        ([3, 1, 1, *[0] * 7], 0.78, 0.56, 0.70),
        ([5, *[0] * 9], 0.9, 0.8, 1.0),
        ([4, 3, 2, 1], 0.25, 0.25, 1 / 3),
    ],
)
def test_as_published(counts, ordinary, generalised, unbiased):
    """Anchors, golden test 6 (Bernasco and Steenbeek 2017)."""
    assert gini(counts) == pytest.approx(ordinary)
    assert generalised_gini(counts, unbiased=False) == pytest.approx(generalised)
    assert generalised_gini(counts) == pytest.approx(unbiased)
    found = concentration(counts, **QUICK)
    assert (found.gini, found.generalised) == pytest.approx((ordinary, unbiased))


class TestGini:
    @given(st.lists(st.integers(0, 30), min_size=2, max_size=40).filter(lambda one: sum(one) >= 2))
    def test_is_half_the_mean_difference_over_the_mean(self, counts):
        x = np.array(counts, dtype=float)
        expected = np.abs(np.subtract.outer(x, x)).mean() / 2 / x.mean()
        assert gini(counts) == pytest.approx(expected)
        assert -1e-9 <= generalised_gini(counts) <= 1 + 1e-9

    @given(st.lists(st.integers(0, 30), min_size=2, max_size=30).filter(lambda one: sum(one) >= 2), st.integers(0, 50))
    def test_places_that_are_not_listed_are_places_without_any(self, counts, more):
        assert generalised_gini(counts, places=len(counts) + more) == pytest.approx(
            generalised_gini([*counts, *[0] * more])
        )

    @given(st.lists(st.integers(0, 9), min_size=3, max_size=12).filter(lambda one: sum(one) >= 3), st.integers(2, 9))
    def test_scale(self, counts, times):
        assert gini([count * times for count in counts]) == pytest.approx(gini(counts))


class TestChance:
    @given(st.randoms(use_true_random=False))
    @settings(max_examples=10)
    def test_order_changes_nothing(self, random):
        shuffled = list(SKEWED)
        random.shuffle(shuffled)
        assert concentration(shuffled, **QUICK) == concentration(SKEWED, **QUICK)

    def test_top_shares_by_hand(self):
        found = concentration([6, 2, 1, 1, 0, 0, 0, 0, 0, 0], tops=(0.1, 0.15, 0.4), **QUICK)
        assert [top.incidents for top in found.tops] == pytest.approx([0.6, 0.7, 1.0])
        assert found.half == pytest.approx(1 / 12)
        assert (found.places, found.hit, found.incidents) == (10, 4, 10)

    def test_chance_is_that_of_poisson(self):
        # A thousand incidents on ten thousand places: by Poisson(0.1) 9.5% of places are hit, and hold them all.
        found = concentration([1] * 1000, places=10_000, tops=(0.05, 0.12), simulations=199, bootstraps=99)
        twice = 10_000 * (1 - np.exp(-0.1) * 1.1)
        held = 1000 - 10_000 * np.exp(-0.1) * 0.1 + (500 - twice)
        assert found.tops[0].chance == pytest.approx(held / 1000, abs=0.005)
        assert found.tops[1].chance == 1
        singles = 500 - (1000 - 10_000 * np.exp(-0.1) * 0.1)
        assert found.chance_half == pytest.approx((twice + singles) / 10_000, abs=5e-4)
        assert found.p == 1.0
        assert "not_more_than_chance" in keys(found)

    def test_what_fell_by_chance_is_seldom_called_concentrated(self):
        chance = np.random.default_rng(5)
        runs = [concentration(chance.poisson(0.5, 400), simulations=99, bootstraps=99) for _run in range(60)]
        assert sum(found.p <= 0.05 for found in runs) <= 0.05 * 60 + 3 * np.sqrt(0.05 * 0.95 * 60)
        assert np.mean([found.chance - found.generalised for found in runs]) == pytest.approx(0, abs=0.02)
        for found in runs:
            assert ("not_more_than_chance" in keys(found)) == (found.p > 0.05)

    def test_concentration_that_is_there_is_told(self):
        found = concentration(SKEWED)
        assert found.p == 0.005
        assert found.interval.lower < found.generalised < found.interval.upper
        assert "gini" in keys(found)
        assert all(top.incidents > top.chance_upper for top in found.tops if top.places >= 0.05)
        assert [row[:2] for row in found.table().rows] == [(top.places, top.incidents) for top in found.tops]

    def test_seed(self):
        assert concentration(SKEWED, **QUICK, seed=3) != concentration(SKEWED, **QUICK, seed=4)
        assert concentration(SKEWED, **QUICK, seed=3).seed == 3


@pytest.mark.golden
def test_interval_holds_the_truth_about_as_often_as_it_says():
    """BCa over places: 95% intervals of 300 samples from a known mixture hold its generalised Gini in nearly 95%."""
    chance = np.random.default_rng(31)
    rates = chance.gamma(0.6, 3.0, 400_000)
    truth = generalised_gini(chance.poisson(rates))
    holds = 0
    for _sample in range(300):
        counts = chance.poisson(chance.gamma(0.6, 3.0, 250))
        interval = concentration(counts, simulations=19, bootstraps=499).interval
        holds += interval.lower <= truth <= interval.upper
    assert holds / 300 > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 300) - 0.01
    assert holds / 300 < 1


@pytest.mark.golden
@pytest.mark.parametrize("counts", [[9, 7, 4, 3, 2, 2, *[1] * 5, *[0] * 9], [60, *[5] * 30, *[4] * 10]])
def test_interval_is_corrected_and_accelerated_as_published(counts):
    """Efron 1987, place by place: leave each out in turn, and draw places anew, one list after another."""
    chance, normal = np.random.default_rng(4), NormalDist()
    here = generalised_gini(counts)
    drawn = np.sort([generalised_gini(chance.choice(counts, len(counts))) for _bootstrap in range(4_000)])
    left = np.array([generalised_gini(np.delete(counts, i)) for i in range(len(counts))])
    bend = ((left.mean() - left) ** 3).sum() / (6 * ((left.mean() - left) ** 2).sum() ** 1.5)
    assert module._acceleration(*module._histogram(counts, None)) == pytest.approx(bend)
    bias = normal.inv_cdf((drawn < here).mean())
    at = [normal.cdf(bias + (bias + z) / (1 - bend * (bias + z))) for z in (-1.959964, 1.959964)]
    lower, upper = np.quantile(drawn, at)
    plain = np.quantile(drawn, [0.025, 0.975])
    assert max(abs(lower - plain[0]), abs(upper - plain[1])) > 0.02, "or the test could not tell"
    found = concentration(counts, bootstraps=20_000, simulations=19).interval
    assert (found.lower, found.upper) == pytest.approx((lower, upper), abs=0.02)


class TestSentences:
    def test_all_say_what_they_rest_on(self):
        found = concentration(SKEWED, **QUICK)
        text = " ".join(map(str, found.sentences))
        assert "84 incidents over 50 places, 10 of them hit" in text
        assert "chance alone would give them" in text
        assert {"places_differ", "basis", "chance", "half"} <= keys(found)

    def test_few_and_all_hit(self):
        assert {"few", "all_hit"} <= keys(concentration([3, 2, 1], **QUICK))

    def test_nothing_varies(self):
        found = concentration([2, 2, 2, 2], **QUICK)
        assert found.interval is None
        assert "no_interval" in keys(found)
        assert found.generalised == pytest.approx(0)


@pytest.mark.parametrize(
    ("counts", "options", "says"),
    [
        ([], {}, "two places or more"),
        ([5], {}, "two places or more"),
        ([0, 0, 0], {}, "two incidents or more"),
        ([1, 0], {}, "two incidents or more"),
        ([1, -1, 4], {}, "whole numbers"),
        ([1.5, 2], {}, "whole numbers"),
        ([1, float("nan")], {}, "whole numbers"),
        ([[1, 2], [3, 4]], {}, "one for each place"),
        ([1, 2, 3], {"places": 2}, "more counts than places"),
        ([1, 2, 3], {"tops": (0.0,)}, "between 0 and 1"),
        ([1, 2, 3], {"bootstraps": 9}, "99 bootstraps"),
    ],
)
def test_bad_input(counts, options, says):
    with pytest.raises(BadInput, match=says):
        concentration(counts, **options)


def test_a_million_places():
    chance = np.random.default_rng(1)
    found = concentration(chance.poisson(chance.gamma(0.2, 2.0, 1_000_000)), simulations=19)
    assert found.places == 1_000_000
    assert found.interval.upper - found.interval.lower < 0.01


def test_picture_is_made_from_the_numbers():
    found = concentration(SKEWED, **QUICK)
    drawn = pictures.lorenz_curve(found, what="<arson>", where="Trefelin", when="2024")
    root = ElementTree.fromstring(drawn)
    title, desc = (root.find(f"{{http://www.w3.org/2000/svg}}{name}").text for name in ("title", "desc"))
    assert all(part in title for part in ("<arson>", "Trefelin", "2024", "84 incidents", "50 places"))
    assert str(found.sentences[0]) in desc
    assert len(root.findall("{http://www.w3.org/2000/svg}polyline")) == 3


def test_picture_is_translated_when_drawn(monkeypatch):
    found = concentration(SKEWED, **QUICK)
    monkeypatch.setattr("django.utils.translation.gettext", lambda text: f"cy {text}")
    drawn = pictures.lorenz_curve(found, what="a", where="b", when="c")
    for said in (">cy Concentration of a", ">cy As recorded<", ">cy Share of incidents<", "cy Half of the incidents"):
        assert said in drawn
