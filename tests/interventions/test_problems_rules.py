"""What each stage of a plan needs, and when it may be closed."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.interventions.problems import rules
from ourpatch.interventions.problems.rules import GATES, NEEDS, ONWARD, TRANSITIONS, Facts, Form, Stage

pytestmark = pytest.mark.rules

NAMES = st.frozensets(st.sampled_from(sorted(NEEDS)))
FACTS = st.builds(Facts, st.sampled_from(Form), st.sampled_from(Stage), NAMES, st.integers(0, 3))
EVERYTHING = frozenset(NEEDS)


@given(FACTS)
def test_a_plan_leaves_a_stage_exactly_when_nothing_it_needs_is_missing(facts: Facts) -> None:
    wanted = set(GATES[facts.form].get(facts.stage, ())) - facts.filled
    blocked = facts.stage == Stage.RESPONSE and facts.open_tasks > 0
    assert bool(rules.check_onward(facts)) == bool(wanted or blocked or facts.stage not in ONWARD)


@given(FACTS)
def test_what_passes_the_full_form_passes_the_light_one(facts: Facts) -> None:
    full = Facts(Form.FULL, facts.stage, facts.filled, facts.open_tasks)
    light = Facts(Form.LIGHT, facts.stage, facts.filled, facts.open_tasks)
    assert rules.check_onward(full) or not rules.check_onward(light)


@given(FACTS, st.integers(0, 5), st.booleans(), st.sampled_from(["", " ", "It is quiet now."]))
def test_a_plan_never_closes_while_somebody_is_owed_an_answer_unless_the_forum_decided(
    facts: Facts, owed: int, decided: bool, reason: str
) -> None:
    closable = not rules.check_closable(facts, owed=owed, decided=decided, reason=reason)
    if closable:
        assert decided or owed == 0
        assert reason.strip()
        assert facts.open_tasks == 0
        assert {"happened", "outcome"} <= facts.filled
        assert decided or facts.stage == Stage.ASSESSMENT
        assert facts.stage != Stage.CLOSED


def test_a_whole_plan_closes() -> None:
    facts = Facts(Form.FULL, Stage.ASSESSMENT, EVERYTHING)
    assert not rules.check_closable(facts, owed=0, decided=False, reason="It is quiet now.")


def test_the_message_says_how_many_are_owed() -> None:
    facts = Facts(Form.LIGHT, Stage.ASSESSMENT, EVERYTHING)
    found = rules.check_closable(facts, owed=4, decided=False, reason="It is quiet now.")
    assert "4 people" in str(next(iter(found))[1])


def test_a_decision_may_stop_a_plan_at_any_stage() -> None:
    for stage in ONWARD:
        told = Facts(Form.LIGHT, stage, frozenset({"happened", "outcome"}))
        assert not rules.check_closable(told, owed=2, decided=True, reason="The forum dropped it.")
        assert rules.check_closable(told, owed=0, decided=False, reason="We dropped it.")
        assert (stage, Stage.CLOSED) in TRANSITIONS


@given(st.sampled_from(Stage), st.sampled_from(Stage))
def test_going_back_is_never_going_on(was: Stage, to: Stage) -> None:
    order = list(Stage)
    allowed = not rules.check_back(was, to, "The cause is another one.")
    assert allowed == ((was, to) in TRANSITIONS and order.index(to) < order.index(was))
    assert rules.check_back(was, to, " ")


def test_the_stages_follow_one_another() -> None:
    assert [ONWARD[was] for was, _to in pairwise(list(Stage)[:-1])] == list(Stage)[1:-1]


def test_every_need_has_words() -> None:
    assert {name for gate in GATES.values() for names in gate.values() for name in names} == set(NEEDS)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_the_next_review_lies_between_tomorrow_and_the_clock(next_on: date) -> None:
    today, latest = date(2026, 6, 1), date(2026, 9, 1)
    found = rules.check_review(note="Seen.", next_on=next_on, today=today, latest=latest, stage=Stage.RESPONSE)
    assert bool(found) == (not today < next_on <= latest)


def test_an_outcome_is_one_of_those_there_are() -> None:
    assert rules.check_part(rules.Assessment("It worked.", "success"))
    assert not rules.check_part(rules.Assessment("It did not.", "not_shown"))
    assert not rules.check_part(rules.Assessment())


def test_a_plan_without_a_priority_says_why() -> None:
    bare = {"title": "Barrier", "has_priority": False, "has_problem": True}
    assert "reason_without_priority" in rules.check_new(**bare, reason="").by_field
    assert not rules.check_new(**bare, reason="Somebody could be hurt before the forum meets.")
