"""The eight minimum categories, completeness and review dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.foundation import law
from ourpatch.intelligence.profiles import rules
from ourpatch.intelligence.profiles.rules import CATEGORIES, MINIMUM, Category

pytestmark = pytest.mark.rules


def test_there_are_eight_minimum_categories_with_the_guides_names() -> None:
    assert [str(CATEGORIES[category].name) for category in MINIMUM] == [
        "Contextual map",
        "Demographic data (general)",
        "Demographic data (housing)",
        "Infrastructure (physical)",
        "Infrastructure (human)",
        "Neighbourhood priorities",
        "Satisfaction, confidence and fear of crime",
        "Demographic characteristics (overview)",
    ]


@given(st.sets(st.sampled_from(Category)))
def test_completeness_counts_the_eight_and_names_what_is_missing(filled: set[Category]) -> None:
    found = rules.completeness(filled)

    assert found.filled + len(found.empty) == found.of == 8
    assert not set(found.empty) & filled
    assert found.percent == round(100 * len(filled - {Category.RECORDED}) / 8)


@pytest.mark.parametrize(("months", "due"), [(None, date(2026, 12, 15)), (3, date(2026, 9, 15))])
def test_a_review_is_due_within_three_to_six_months(months: int | None, due: date) -> None:
    book = law.book(date(2026, 6, 15), local={"profile_review": months} if months else None)

    assert rules.next_review(date(2026, 6, 15), book.clock("profile_review")) == due


def test_a_review_at_the_end_of_a_long_month_is_due_at_the_end_of_a_short_one() -> None:
    clock = law.book(date(2026, 8, 31)).clock("profile_review")

    assert rules.next_review(date(2026, 8, 31), clock) == date(2027, 2, 28)


def test_a_note_says_something_and_where_it_is_from() -> None:
    problems = rules.check_note(category="weather", text=" ", source="")

    assert {field for field, _message in problems} == {"category", "text", "source"}
    assert rules.check_note(category="priorities", text="x" * 5000, source="Survey")
    assert not rules.check_note(category="priorities", text="Three of four residents agree.", source="Survey, May 2026")


def test_a_review_says_what_was_checked_on_a_day_that_has_come() -> None:
    today = date(2026, 6, 15)

    assert rules.check_review(note="", on=today, today=today)
    assert rules.check_review(note="All checked.", on=date(2026, 6, 16), today=today)
    assert not rules.check_review(note="All checked.", on=today, today=today)
