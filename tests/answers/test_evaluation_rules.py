"""What an evaluation needs before its figures are worked out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.answers.evaluation import rules
from ourpatch.answers.evaluation.rules import Counts, Periods, Zone
from ourpatch.foundation.law.clocks import add_months

pytestmark = pytest.mark.rules

MONTHS = st.dates(date(2000, 1, 1), date(2030, 1, 1)).map(lambda day: day.replace(day=1))
HERE = Zone("Canal path", 350_000, 430_000, 300)


@given(MONTHS, st.integers(1, 36), st.integers(-40, 80))
def test_periods_may_not_overlap_and_whole_years_compare_seasons(before, months, gap) -> None:
    periods = Periods(before, add_months(before, gap), months)
    assert (not rules.check_periods(periods)) == (gap >= months)
    assert rules.compares_seasons(periods) == (gap % 12 == 0)


def test_periods_are_whole_months() -> None:
    assert set(rules.check_periods(Periods(date(2025, 3, 2), date(2026, 3, 15), 0)).by_field) == {
        "months",
        "before_from",
        "after_from",
    }


@given(st.floats(-10_000, 10_000), st.floats(-10_000, 10_000), st.floats(50, 5_000))
def test_a_comparison_area_lies_beyond_the_ring(east, north, metres) -> None:
    there = Zone("River path", HERE.easting + east, HERE.northing + north, metres)
    clear = max(abs(there.easting - HERE.easting), abs(there.northing - HERE.northing)) >= 2 * HERE.metres + metres
    assert (not rules.check_zones(HERE, there)) == clear


def test_zones_have_names_and_a_sensible_size() -> None:
    bad = rules.check_zones(Zone(" ", 0, 0, 10), Zone("", 50_000, 0, 10))
    assert bad.by_field.keys() == {"response_name", "comparison_name", "metres"}
    assert len(bad.by_field["metres"]) == 1


def test_typed_counts_have_a_source_and_are_counts() -> None:
    assert not rules.check_counts([Counts(1, 2), Counts(0, 0)], "Register")
    assert rules.check_counts([Counts(1, 2), Counts(0, -1)], " ").by_field.keys() == {"", "source"}
