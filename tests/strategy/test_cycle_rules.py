"""Where a step of the partnership's year stands, and what is due next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.foundation import law
from ourpatch.foundation.law.cycle import steps
from ourpatch.strategy.cycle import rules
from ourpatch.strategy.cycle.rules import Evidence, Stand, Standing

pytestmark = pytest.mark.rules

SINCE = date(2026, 4, 1)
QUARTERS = (date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31), date(2027, 3, 31))
ONCE = (date(2026, 9, 30),)
DAYS = st.dates(SINCE, date(2027, 3, 31))


def stand(due, today, done_on=None, evidence=None) -> Stand:
    return rules.stand(due=due, done_on=done_on, evidence=evidence, since=SINCE, today=today)


@pytest.mark.parametrize(
    ("today", "how"),
    [
        (date(2026, 8, 30), Standing.TO_COME),
        (date(2026, 8, 31), Standing.DUE_SOON),
        (date(2026, 9, 30), Standing.DUE_SOON),
        (date(2026, 10, 1), Standing.LATE),
    ],
)
def test_a_step_comes_nearer_and_then_is_late(today, how) -> None:
    assert stand(ONCE, today) == Stand(how, ONCE[0])


def test_a_step_that_was_recorded_is_done_even_when_late() -> None:
    assert stand(ONCE, date(2026, 11, 1), done_on=date(2026, 10, 20)).how == Standing.DONE


def test_a_quarterly_step_is_done_for_its_own_quarter_only() -> None:
    done = date(2026, 6, 20)
    assert stand(QUARTERS, date(2026, 6, 25), done_on=done) == Stand(Standing.DONE, QUARTERS[0])
    assert stand(QUARTERS, date(2026, 7, 1), done_on=done) == Stand(Standing.TO_COME, QUARTERS[1])


def test_a_quarter_that_was_missed_stays_late_until_it_is_made_good() -> None:
    assert stand(QUARTERS, date(2026, 7, 1)) == Stand(Standing.LATE, QUARTERS[0])
    assert stand(QUARTERS, date(2026, 7, 9), done_on=date(2026, 7, 8)).how == Standing.DONE
    assert stand(QUARTERS, date(2026, 11, 1), done_on=date(2026, 5, 1)) == Stand(Standing.LATE, QUARTERS[1])


def test_evidence_counts_when_it_is_enough_and_of_this_year() -> None:
    today = date(2026, 5, 1)
    assert stand(ONCE, today, evidence=Evidence(True, "", on=today)).how == Standing.DONE
    assert stand(ONCE, today, evidence=Evidence(False, "", on=today)).how == Standing.TO_COME
    assert stand(ONCE, today, evidence=Evidence(True, "")).how == Standing.TO_COME
    last_year = Evidence(True, "", on=SINCE - timedelta(days=1))
    assert stand(ONCE, today, evidence=last_year).how == Standing.TO_COME, "a plan of last year is not this year's"


@given(DAYS, st.one_of(st.none(), DAYS), st.sampled_from([ONCE, QUARTERS, QUARTERS[::-1]]))
def test_a_step_always_has_one_standing_and_a_day(today, done_on, due) -> None:
    found = stand(due, today, done_on=done_on if done_on and done_on <= today else None)
    assert found.due in due
    assert (found.how == Standing.LATE) == (found.due < today and found.how != Standing.DONE)


@given(DAYS, DAYS, st.sampled_from([ONCE, QUARTERS]))
def test_recording_a_step_today_makes_it_done_today(today, earlier, due) -> None:
    passed_last = today in due and today != due[0]
    assert stand(due, today, done_on=today).how == Standing.DONE or passed_last


@given(st.lists(st.tuples(st.sampled_from(list(Standing)), st.one_of(st.none(), DAYS))))
def test_what_is_next_is_the_latest_of_the_late_else_the_soonest(found) -> None:
    rank = [Standing.LATE, Standing.DUE_SOON, Standing.TO_COME]
    still = [(rank.index(how), day or date.max) for how, day in found if how != Standing.DONE]
    place = rules.next_due(found)
    if not still:
        assert place is None
    else:
        how, day = found[place]
        assert (rank.index(how), day or date.max) == min(still)


def test_every_step_of_the_law_book_has_a_day_in_its_year() -> None:
    every = steps(law.book(date(2026, 11, 18)), 2026)
    assert len(every) == 17
    for step in every:
        assert all(SINCE <= day <= date(2027, 3, 31) for day in step.due)
        assert stand(step.due, SINCE).due == min(step.due)


def test_a_recording_names_a_day_that_has_come_and_says_what_was_done() -> None:
    today = date(2026, 11, 18)
    check = rules.check_record
    assert not check(done_on=None, note="", owner_belongs=True, today=today)
    assert not check(done_on=today, note="Signed by all.", owner_belongs=True, today=today)
    assert set(check(done_on=today, note=" ", owner_belongs=False, today=today).by_field) == {"note", "owner"}
    assert set(check(done_on=today + timedelta(days=1), note="x", owner_belongs=True, today=today).by_field) == {
        "done_on"
    }
