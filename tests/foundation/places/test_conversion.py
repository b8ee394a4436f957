"""Moving figures between areas whose borders do not agree: totals exact, errors stated."""

from __future__ import annotations

from fractions import Fraction

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.foundation.places import conversion
from ourpatch.foundation.places.conversion import (
    BILLION,
    OUTSIDE,
    SLIVER,
    Converted,
    Figure,
    Outlines,
    Residents,
    Weights,
    convert,
    convert_rates,
    in_whole_numbers,
    weigh,
)
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

KILOMETRE = 1000.0
WHOLE = shapely.box(0, 0, 10 * KILOMETRE, KILOMETRE)


def strips(*borders: float, start: float = 0, letter: str = "T") -> Outlines:
    """Areas side by side, whose right borders these are (kilometres)."""
    lefts = (start, *borders[:-1])
    return {
        f"{letter}{place}": shapely.box(left * KILOMETRE, 0, right * KILOMETRE, KILOMETRE)
        for place, (left, right) in enumerate(zip(lefts, borders, strict=True))
    }


def of(converted: Converted) -> dict[str, Fraction]:
    return {figure.code: figure.value for figure in (*converted.figures, converted.outside)}


def figure(converted: Converted, code: str) -> Figure:
    return next(each for each in (*converted.figures, converted.outside) if each.code == code)


borders = st.lists(
    st.decimals(0, 10, places=2).map(float).filter(lambda border: border > 0), min_size=1, max_size=6, unique=True
).map(sorted)
names = st.text("ABCDEF", min_size=1, max_size=2)


@st.composite
def weights_and_counts(draw: st.DrawFn) -> tuple[Weights, dict[str, int]]:
    """Any strips over any other strips, with counts for some of the sources."""
    sources, targets = strips(*draw(borders), letter="S"), strips(*draw(borders))
    residents = None
    if draw(st.booleans()):
        fine = strips(*range(1, 11), letter="F")
        people = draw(st.lists(st.none() | st.integers(0, 3000), min_size=len(fine), max_size=len(fine)))
        residents = Residents(list(fine.values()), people)
    codes = draw(st.lists(st.sampled_from(sorted(sources)), min_size=1, unique=True))
    return weigh(sources, targets, residents), {code: draw(st.integers(0, 10**6)) for code in codes}


# ---------------------------------------------------------------- what always holds


@given(weights_and_counts())
def test_totals_are_preserved_exactly(case: tuple[Weights, dict[str, int]]) -> None:
    weights, counts = case
    assert all(sum(shares.values()) == BILLION for shares in weights.shares.values())
    assert convert(counts, weights).total == sum(counts.values())


@given(weights_and_counts())
def test_a_figure_lies_between_its_bounds(case: tuple[Weights, dict[str, int]]) -> None:
    weights, counts = case
    converted = convert(counts, weights)
    for each in (*converted.figures, converted.outside):
        assert each.least <= each.value <= each.most
        assert 0 <= each.split <= 1
        assert each.value * (1 - each.split) == (each.least if each.value else 0)


@given(weights_and_counts())
def test_whole_numbers_keep_the_total_and_the_bounds(case: tuple[Weights, dict[str, int]]) -> None:
    weights, counts = case
    converted = convert(counts, weights)
    rounded = in_whole_numbers(converted)
    assert rounded.total == converted.total
    for each, exact in zip((*rounded.figures, rounded.outside), (*converted.figures, converted.outside), strict=True):
        assert each.value.denominator == 1
        assert abs(each.value - exact.value) < 1
        assert each.least <= each.value <= each.most


@given(weights_and_counts(), st.randoms())
def test_the_order_of_rows_does_not_matter(case: tuple[Weights, dict[str, int]], random: object) -> None:
    weights, counts = case
    rows = list(counts.items())
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert convert(dict(rows), weights) == convert(counts, weights)


@given(borders, borders, st.randoms())
def test_the_order_of_areas_does_not_matter(one: list[float], other: list[float], random: object) -> None:
    sources, targets = strips(*one, letter="S"), strips(*other)
    mixed = [list(sources.items()), list(targets.items())]
    for each in mixed:
        random.shuffle(each)  # type: ignore[attr-defined]
    assert weigh(dict(mixed[0]), dict(mixed[1])) == weigh(sources, targets)


@given(borders, st.data())
def test_identity_is_identity(places: list[float], data: st.DataObject) -> None:
    areas = strips(*places)
    counts = {code: data.draw(st.integers(0, 1000)) for code in areas}
    converted = convert(counts, weigh(areas, areas))
    assert {each.code: each.value for each in converted.figures} == counts
    assert all(each.least == each.value == each.most and each.split == 0 for each in converted.figures)
    assert converted.outside.value == 0


@given(borders)
def test_one_area_over_all_gets_the_total(places: list[float]) -> None:
    sources = strips(*places, letter="S")
    counts = dict.fromkeys(sources, 7)
    converted = convert(counts, weigh(sources, {"all": WHOLE}))
    assert of(converted) == {"all": 7 * len(sources), OUTSIDE: 0}
    assert figure(converted, "all").split == 0


@given(weights_and_counts(), st.data())
def test_a_rate_lies_between_its_bounds_and_those_of_its_sources(
    case: tuple[Weights, dict[str, int]], data: st.DataObject
) -> None:
    weights, people = case
    rates = {code: Fraction(data.draw(st.integers(0, 500)), 7) for code in people}
    converted = convert_rates(rates, people, weights)
    for each in converted.figures:
        reaching = [rates[code] for code in rates if each.code in weights.shares[code] and people[code]]
        assert min(reaching) <= each.least <= each.value <= each.most <= max(reaching)
    shown = {each.code for each in converted.figures}
    assert shown | set(converted.without_people) == set(weights.targets)


@given(weights_and_counts())
def test_one_rate_everywhere_stays_that_rate(case: tuple[Weights, dict[str, int]]) -> None:
    weights, people = case
    converted = convert_rates(dict.fromkeys(people, Fraction(45, 4)), people, weights)
    assert {each.value for each in converted.figures} <= {Fraction(45, 4)}


# ---------------------------------------------------------------- worked by hand


def test_by_ground() -> None:
    """A source of 4 km, of which 3 lie in the first target and 1 in the second, with a whole one beside it."""
    converted = convert({"S0": 40, "S1": 31}, weigh(strips(4, 10, letter="S"), strips(3, 10)))
    assert of(converted) == {"T0": 30, "T1": 41, OUTSIDE: 0}
    second = figure(converted, "T1")
    assert (second.split, second.least, second.most) == (Fraction(10, 41), 31, 71)
    assert str(second.error) == (
        "25% of this figure comes from areas that lie only partly inside; it lies between 31 and 71."
    )


def test_by_where_people_live() -> None:
    """The same source, whose people nearly all live in its last kilometre."""
    fine = strips(3, 4, 10, letter="F")
    residents = Residents(list(fine.values()), [100, 900, 5000])
    weights = weigh(strips(4, 10, letter="S"), strips(3, 10), residents)
    assert of(convert({"S0": 40, "S1": 31}, weights)) == {"T0": 4, "T1": 67, OUTSIDE: 0}


def test_small_areas_across_a_border_are_split_evenly() -> None:
    residents = Residents(list(strips(2, 4, letter="F").values()), [300, 100])
    weights = weigh(strips(4, letter="S"), strips(1, 4), residents)
    assert of(convert({"S0": 400}, weights)) == {"T0": 150, "T1": 250, OUTSIDE: 0}


@pytest.mark.parametrize("people", [[0, 0], [None, 10], [10, None]])
def test_where_nobody_is_known_to_live_the_ground_decides_and_it_is_said(people: list[int | None]) -> None:
    residents = Residents(list(strips(1, 4, letter="F").values()), people)
    weights = weigh(strips(4, letter="S"), strips(1, 4), residents)
    assert weights.by_area == ("S0",)
    assert of(convert({"S0": 40}, weights)) == {"T0": 10, "T1": 30, OUTSIDE: 0}


def test_a_part_without_people_still_counts_towards_the_bounds() -> None:
    """Nobody lives in the park, and something may have happened there all the same."""
    residents = Residents(list(strips(1, 4, letter="F").values()), [0, 900])
    converted = convert({"S0": 12}, weigh(strips(4, letter="S"), strips(1, 4), residents))
    park = figure(converted, "T0")
    assert (park.value, park.least, park.most) == (0, 0, 12)


def test_what_lies_in_no_target_is_outside() -> None:
    converted = convert({"S0": 40, "S1": 9}, weigh(strips(4, 6, letter="S"), strips(3)))
    assert of(converted) == {"T0": 30, OUTSIDE: 19}
    assert (converted.outside.least, converted.outside.most) == (9, 49)


def test_slivers_are_given_back() -> None:
    """Borders that are one border on the ground, drawn 10 m apart on the map."""
    sources, targets = strips(4, 10, letter="S"), strips(3.99, 10)
    weights = weigh(sources, targets)
    assert of(convert({"S0": 40, "S1": 60}, weights)) == {"T0": 40, "T1": 60, OUTSIDE: 0}
    assert weights.is_whole("S0")


def test_a_rest_outside_that_is_a_sliver_is_given_back() -> None:
    assert of(convert({"S0": 40}, weigh(strips(4, letter="S"), strips(1, 3.99)))) == {
        "T0": pytest.approx(Fraction(4000, 399), abs=1e-6),
        "T1": pytest.approx(Fraction(11960, 399), abs=1e-6),
        OUTSIDE: 0,
    }


def test_a_small_area_inside_a_large_one_is_no_sliver() -> None:
    """Its share of the large area is below the threshold, of itself it is all."""
    small = 10 * SLIVER / 2
    converted = convert({"S0": 1000}, weigh(strips(10, letter="S"), strips(small, 10)))
    assert figure(converted, "T0").value == 10


@pytest.mark.parametrize("targets", [{}, {"far": shapely.box(9e5, 9e5, 9.1e5, 9.1e5)}])
def test_nowhere_to_go(targets: Outlines) -> None:
    converted = convert({"S0": 40}, weigh(strips(4, letter="S"), targets))
    assert (converted.outside.value, converted.outside.least) == (40, 40)


def test_an_area_without_outline_lies_outside() -> None:
    weights = weigh({"S0": shapely.Polygon()}, strips(3))
    assert weights.shares == {"S0": {OUTSIDE: BILLION}}


def test_sources_without_a_figure_are_said() -> None:
    converted = convert({"S0": 40}, weigh(strips(2, 6, 8, letter="S"), strips(4, 8)))
    assert converted.missing == ("S1", "S2")
    assert [(each.sources, each.missing) for each in converted.figures] == [(1, 1), (0, 2)]


def test_an_exact_figure_says_so() -> None:
    converted = convert({"S0": 40}, weigh(strips(4, letter="S"), strips(4)))
    assert str(figure(converted, "T0").error).startswith("Exact")


def test_bounds_in_words_are_rounded_outwards() -> None:
    thirds = Figure("T0", Fraction(2), Fraction(1, 1000), Fraction(4, 3), Fraction(8, 3), 2, 0)
    assert str(thirds.error).startswith("1% of this figure")
    assert str(thirds.error).endswith("between 1.3 and 2.7.")


def test_a_rate_weighs_as_its_people() -> None:
    """S0: 8 per thousand of 1,000 people, three quarters of them in T0; S1: 2 per thousand of 500, all in T1."""
    weights = weigh(strips(4, 10, letter="S"), strips(3, 10))
    converted = convert_rates({"S0": 8, "S1": 2}, {"S0": 1000, "S1": 500}, weights)
    first, second = converted.figures
    assert (first.value, first.least, first.most) == (8, 8, 8)
    assert second.value == Fraction(8 * 250 + 2 * 500, 750)
    assert (second.least, second.most) == (2, Fraction(8 * 1000 + 2 * 500, 1500))
    assert second.split == Fraction(250, 750)


def test_where_nobody_lives_there_is_no_rate() -> None:
    weights = weigh(strips(4, 10, letter="S"), strips(4, 10))
    converted = convert_rates({"S0": 8, "S1": 2}, {"S0": 1000, "S1": 0}, weights)
    assert [each.code for each in converted.figures] == ["T0"]
    assert converted.without_people == ("T1",)


def test_what_cannot_be_converted_is_refused() -> None:
    weights = weigh(strips(4, letter="S"), strips(4))
    with pytest.raises(BadInput, match="not among the areas"):
        convert({"John Smith": 1}, weights)
    with pytest.raises(BadInput, match="below zero"):
        convert({"S0": -1}, weights)
    with pytest.raises(BadInput, match="how many people"):
        convert_rates({"S0": 1}, {}, weights)
    with pytest.raises(BadInput, match="whole number"):
        in_whole_numbers(convert({"S0": Fraction(1, 2)}, weights))


def test_the_threshold_of_slivers_is_the_one_that_was_measured() -> None:
    assert conversion.SLIVER == 0.02
