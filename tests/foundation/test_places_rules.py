"""Folding of names, official codes, choosing boundaries of a day, matching rows to areas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.foundation.places import rules
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

DAYS = st.dates(date(2000, 1, 1), date(2040, 1, 1))


@dataclass(frozen=True)
class Set:
    kind: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True)
class Row:
    code: str
    number: int = 0


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Mill Rd", "mill road"),
        ("MILL ROAD", "mill road"),
        ("St. Anne's Rd.", "saint annes road"),
        ("Saint Annes Road", "saint annes road"),
        ("Mill St", "mill street"),
        ("St John's St", "saint johns street"),
        ("Church of St John", "church of saint john"),
        ("Llanfair-ym-Muallt", "llanfair ym muallt"),
        ("Tŷ Mawr", "ty mawr"),
        ("Marks & Clerk Sq", "marks and clerk square"),
        ("   ", ""),
    ],
)
def test_a_name_is_known_however_it_is_written(written: str, folded: str) -> None:
    assert rules.fold(written) == folded


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert rules.fold(rules.fold(text)) == rules.fold(text)


@given(st.sampled_from(["Mill Road", "St Anne's Road", "High Street", "Tŷ Mawr", "King's Close"]), st.integers(1, 20))
def test_every_beginning_of_a_name_means_it(name: str, typed: int) -> None:
    begun = name[:typed]
    if rules.readings(begun):
        assert any(rules.fold(name).startswith(each) for each in rules.readings(begun))


@pytest.mark.parametrize("text", ["BB11", "bb11 1aa", "QX1 2", "W1A 1", "L1", "EC1A1BB"])
def test_what_begins_a_postcode(text: str) -> None:
    assert rules.begins_a_postcode(text)


@pytest.mark.parametrize("text", ["", "BB", "Mill", "11", "BB11 1AAA", "B B"])
def test_what_does_not_begin_a_postcode(text: str) -> None:
    assert not rules.begins_a_postcode(text)


@pytest.mark.parametrize(
    ("code", "tier"),
    [("E07000117", "district"), ("E06000008", "unitary"), ("W06000015", "unitary"), ("E08000025", "unitary")],
)
def test_the_code_says_the_tier(code: str, tier: str) -> None:
    assert rules.tier_of(code) == tier


@pytest.mark.parametrize("code", ["S12000036", "E05001643", "E0700011", "district", ""])
def test_no_other_code_is_a_district(code: str) -> None:
    with pytest.raises(BadInput):
        rules.tier_of(code)


def test_wales_has_its_own_law() -> None:
    assert (rules.jurisdiction_of("W06000015"), rules.jurisdiction_of("E07000117")) == ("wales", "england")


def test_the_newest_set_that_has_begun_is_in_force() -> None:
    old, new = Set("ward", date(2015, 5, 1)), Set("ward", date(2023, 5, 4))
    assert rules.in_force([new, old], date(2023, 5, 3)) == {"ward": old}
    assert rules.in_force([old, new], date(2023, 5, 4)) == {"ward": new}


def test_before_the_first_set_the_first_is_used_and_after_the_last_the_last() -> None:
    only = Set("ward", date(2015, 5, 1), date(2020, 1, 1))
    assert rules.in_force([only], date(2010, 1, 1)) == {"ward": only}
    assert rules.in_force([only], date(2030, 1, 1)) == {"ward": only}


@given(st.lists(DAYS, min_size=1, max_size=6, unique=True), DAYS)
def test_a_set_in_force_has_begun_unless_none_has(starts: list[date], on: date) -> None:
    chosen = rules.in_force([Set("lsoa", start, start + timedelta(days=4000)) for start in starts], on)["lsoa"]
    assert chosen.valid_from <= on or min(starts) > on


def test_rows_and_areas_are_matched_and_what_is_left_is_told_on_both_sides() -> None:
    found = rules.match([Row("A", 1), Row("A", 2), Row("X", 3)], ["A", "B"])
    assert found.rows == {"A": Row("A", 1)}
    assert found.without_area == (Row("X", 3),)
    assert found.repeated == (Row("A", 2),)
    assert found.without_row == ("B",)


@given(st.lists(st.sampled_from("ABCDEF")), st.sets(st.sampled_from("ABCD")))
def test_no_row_is_lost_in_matching(codes: list[str], areas: set[str]) -> None:
    found = rules.match([Row(code, number) for number, code in enumerate(codes)], areas)
    assert len(found.rows) + len(found.without_area) + len(found.repeated) == len(codes)
    assert found.rows.keys() | set(found.without_row) == areas


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Index of Multiple Deprivation (IMD) Score", "imd_score"),
        ("Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)", "imd_decile"),
        ("LSOA code (2011)", "lsoa_code"),
        ("All Ages", "all_ages"),
    ],
)
def test_publishers_column_names(name: str, folded: str) -> None:
    assert rules.fold_column(name) == folded


def test_a_slug_is_free() -> None:
    assert rules.free_slug("mill", "burnley", set()) == "mill"
    assert rules.free_slug("mill", "burnley", {"mill"}) == "mill-burnley"
    assert rules.free_slug("mill", "burnley", {"mill", "mill-burnley"}) == "mill-burnley-2"
