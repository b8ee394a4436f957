"""What everybody will read says what was done, and points to nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.access.concerns.rules import Outcome
from ourpatch.answers.publishing import rules
from ourpatch.answers.publishing.rules import State

pytestmark = pytest.mark.rules

OUTCOMES = tuple(str(each) for each in Outcome)
PLAIN = {
    "title": "Bikes",
    "said": "Bikes.",
    "did": "A barrier.",
    "outcome": "better",
    "outcomes": OUTCOMES,
    "not_done": "",
}


def fields(**more) -> set[str]:
    return set(rules.check_answer(**{**PLAIN, "welsh": {}, **more}).by_field)


def test_a_complete_answer_passes() -> None:
    assert fields() == set()


@pytest.mark.parametrize("name", ["title", "said", "did"])
def test_each_part_is_asked_for(name) -> None:
    assert fields(**{name: " "}) == {name}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_failure_says_what_failed_and_why(outcome) -> None:
    failed = outcome in ("no_change", "not_done")
    assert fields(outcome=outcome) == ({"not_done"} if failed else set())
    assert fields(outcome=outcome, not_done="The land is private.") == set()


def test_an_outcome_is_one_of_those_there_are() -> None:
    assert fields(outcome="wonderful") == {"outcome"}


@pytest.mark.parametrize(
    "text",
    [
        "Write to jo.bloggs@example.org",
        "Ring 01632 960 001",
        "Ring 07700900123",
        "Ring +44 7700 900123",
        "The house at 12 Mill Lane",
        "Behind 7b, Canal Street",
    ],
)
@pytest.mark.parametrize("name", ["title", "said", "did", "not_done", "title_cy", "said_cy", "did_cy", "not_done_cy"])
def test_marks_of_a_person_are_refused_in_both_languages(name, text) -> None:
    given = {"welsh": {name: text}} if name.endswith("_cy") else {name: text}
    assert fields(**given) == {name}


@pytest.mark.parametrize(
    "text", ["The path from Mill Lane to the lock", "101 people", "On 12 May 2026 at 7.30", "Ring 101"]
)
def test_places_days_and_numbers_are_not_marks_of_a_person(text) -> None:
    assert fields(said=text) == set()


@given(st.text("abc ", max_size=300))
def test_a_title_is_short_in_both_languages(text) -> None:
    long = len(text) > rules.TITLE_LONGEST
    assert ("title" in fields(title=f"x{text}"[: rules.TITLE_LONGEST])) is False
    assert ({"title", "title_cy"} <= fields(title=text, welsh={"title_cy": text})) == long


@given(st.sampled_from(list(State)), st.booleans(), st.booleans())
def test_only_a_draft_is_published_and_in_wales_with_its_welsh(state, wants, has) -> None:
    allowed = state == State.DRAFT and (has or not wants)
    assert (not rules.check_publish(state=state, wants_welsh=wants, has_welsh=has)) == allowed


def test_only_what_is_published_is_withdrawn_and_with_a_reason() -> None:
    assert not rules.check_withdraw(state=State.PUBLISHED, reason="Wrong path.")
    assert rules.check_withdraw(state=State.DRAFT, reason=" ").by_field.keys() == {"", "reason"}


def test_an_answer_is_read_where_its_plan_belongs() -> None:
    assert not rules.check_belongs(same_partnership=True, same_neighbourhood=True)
    assert rules.check_belongs(same_partnership=True, same_neighbourhood=False).by_field.keys() == {"neighbourhood"}
    assert rules.check_belongs(same_partnership=False, same_neighbourhood=True).by_field.keys() == {"neighbourhood"}
