"""What a priority needs, how it is chosen and reviewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.influence.priorities import rules
from ourpatch.influence.priorities.rules import TRANSITIONS, Smart, State

pytestmark = pytest.mark.rules

WHOLE = Smart("Mill Lane", "Fridays", "Quiet", "Reports", "Half", date(2027, 1, 1))
CHOICE: dict[str, Any] = {
    "chosen": 1,
    "would_be_current": 1,
    "about": 3,
    "reason_for_more": "",
    "unready": [],
    "method": "show_of_hands",
    "methods": ["show_of_hands", "dot_vote"],
    "votes": {"a": 10},
    "present": 12,
    "one_vote_each": True,
}


def test_a_whole_priority_is_smart() -> None:
    assert rules.is_smart(WHOLE, is_asb=True)


@pytest.mark.parametrize("name", ["exact_place", "objective", "measure", "target"])
def test_each_part_of_smart_is_needed(name: str) -> None:
    broken = replace(WHOLE, **{name: "  "})
    assert set(rules.check_smart(broken, is_asb=False, today=date(2026, 1, 1)).by_field) == {name}


def test_anti_social_behaviour_needs_days_and_times_and_nothing_else_does() -> None:
    timeless = replace(WHOLE, days_and_times="")
    assert not rules.is_smart(timeless, is_asb=True)
    assert rules.is_smart(timeless, is_asb=False)


def test_a_date_that_has_passed_is_no_target() -> None:
    assert "by_when" in rules.check_smart(WHOLE, is_asb=True, today=date(2027, 1, 2)).by_field
    assert not rules.check_smart(WHOLE, is_asb=True, today=date(2027, 1, 1))


@given(st.integers(1, 20), st.integers(1, 10))
def test_more_than_about_three_is_never_refused_and_never_silent(total: int, about: int) -> None:
    choice = {**CHOICE, "would_be_current": total, "about": about}
    silent = rules.check_choice(**choice)
    assert ("reason_for_more" in silent.by_field) == (total > about)
    assert not rules.check_choice(**{**choice, "reason_for_more": "The forum wants four."})


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=5), st.integers(0, 100))
def test_with_one_vote_each_there_are_no_more_votes_than_people(votes: dict[str, int], present: int) -> None:
    found = rules.check_choice(**{**CHOICE, "votes": votes, "present": present})
    assert bool(found) == (sum(votes.values()) > present)
    assert not rules.check_choice(**{**CHOICE, "votes": votes, "present": present, "one_vote_each": False})


def test_what_is_not_smart_cannot_be_chosen() -> None:
    assert "Litter" in str(next(iter(rules.check_choice(**{**CHOICE, "unready": ["Litter"]})))[1])


def test_an_unlisted_method_and_an_empty_choice_are_refused() -> None:
    assert "method" in rules.check_choice(**{**CHOICE, "method": "the sergeant decided"}).by_field
    assert rules.check_choice(**{**CHOICE, "chosen": 0})


@given(st.sampled_from(State), st.sampled_from(State))
def test_only_listed_steps_are_taken(was: State, to: State) -> None:
    assert bool(rules.check_step(was, to)) == ((was, to) not in TRANSITIONS)


def test_nothing_leaves_a_finished_priority() -> None:
    assert not [pair for pair in TRANSITIONS if pair[0] == State.CLOSED]


def test_a_review_says_what_it_found_and_decided() -> None:
    assert set(rules.check_review(result="", note=" ").by_field) == {"result", "note"}
    assert not rules.check_review(result="keep", note="Two evenings this month.")


def test_a_problem_goes_before_the_forum_of_its_own_neighbourhood() -> None:
    here, there, partnership = uuid4(), uuid4(), uuid4()
    assert not rules.check_place(here, here, partnership)
    assert not rules.check_place(here, partnership, partnership)
    assert not rules.check_place(here, None, partnership)
    assert "neighbourhood" in rules.check_place(here, there, partnership).by_field
