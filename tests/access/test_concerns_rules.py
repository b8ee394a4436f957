"""What is owed and when: transitions, clocks, references, codes, measures. No database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ourpatch.access.concerns import rules
from ourpatch.access.concerns.rules import (
    ContactBy,
    ContactDraft,
    Draft,
    Flag,
    Outcome,
    Owed,
    PlaceHow,
    ProblemState,
    ReplyKind,
    Standing,
    State,
)
from ourpatch.foundation import law
from ourpatch.foundation.law import clocks
from ourpatch.ground.clock import LONDON
from ourpatch.ground.secrets import CODE_LENGTH, CODE_LETTERS, fold_code

pytestmark = pytest.mark.rules

TODAY = date(2026, 11, 18)
BOOK = law.book(TODAY)
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
LONG = "We spoke to the riders' families on Tuesday and will fit a barrier at the bridge in January."
states = st.sampled_from(State)
instants = st.datetimes(datetime(2025, 8, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


def a_draft(**more: Any) -> Draft:
    facts: dict[str, Any] = {
        "partnership_id": uuid4(),
        "service_area_id": uuid4(),
        "category": "crime",
        "what": "Somebody broke into the shed.",
    }
    return Draft(**{**facts, **more})


def a_standing(state: State = State.RECEIVED, **more: Any) -> Standing:
    facts: dict[str, Any] = {
        "state": state,
        "reply_due_at": NOON + timedelta(hours=72),
        "replied_at": None,
        "call_back_due_at": None,
        "called_back_at": None,
        "added_due_at": None,
        "news_due_on": None,
    }
    return Standing(**{**facts, **more})


@given(states, states)
def test_every_step_of_the_table_is_allowed_and_every_other_is_refused_in_words(was: State, to: State) -> None:
    problems = rules.check_step(was, to)
    assert bool(problems) is ((was, to) not in rules.TRANSITIONS)
    assert all(str(message) for _, message in problems)


@given(st.lists(states, min_size=1, max_size=12))
def test_no_walk_through_the_table_closes_a_debt_without_an_answer(walk: list[State]) -> None:
    here, answered = State.RECEIVED, False
    for to in walk:
        if (here, to) not in rules.TRANSITIONS:
            continue
        answered = to is State.ANSWERED or (answered and to is State.CLOSED)
        here = to
        assert here is not State.CLOSED or answered
        assert here in rules.OWED_STATES or here in (State.ANSWERED, State.CLOSED, State.WITHDRAWN)


def test_every_state_that_is_owed_leads_to_an_answer() -> None:
    assert all((state, State.ANSWERED) in rules.TRANSITIONS for state in rules.OWED_STATES)


@given(instants)
def test_the_reply_is_due_after_72_elapsed_hours_over_any_clock_change(raised_at: datetime) -> None:
    due = clocks.due(BOOK.clock("query_reply"), raised_at)
    assert due - raised_at == timedelta(hours=72)


def test_when_clocks_go_back_the_reply_is_due_an_hour_earlier_on_the_wall() -> None:
    friday = datetime(2026, 10, 23, 17, 0, tzinfo=LONDON)
    due = clocks.due(BOOK.clock("query_reply"), friday).astimezone(LONDON)
    assert (due.weekday(), due.hour) == (0, 16)


def test_only_what_the_law_book_names_stops_the_clock() -> None:
    clock = BOOK.clock("query_reply")
    assert [kind for kind in ReplyKind if rules.stops(clock, kind)] == [ReplyKind.MEANINGFUL, ReplyKind.ANSWER]
    assert rules.stops(BOOK.clock("call_back"), ReplyKind.CALLED)
    assert not rules.stops(BOOK.clock("call_back"), ReplyKind.HOLDING)


@given(
    states,
    st.none() | instants,
    st.none() | instants,
    st.none() | instants,
    st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
)
def test_what_is_owed_next_is_the_promise_that_runs_out_first(
    state: State, replied: datetime | None, call_back: datetime | None, added: datetime | None, news: date | None
) -> None:
    standing = a_standing(state, replied_at=replied, call_back_due_at=call_back, added_due_at=added, news_due_on=news)
    found = rules.next_owed(standing)
    running = [each for each in (call_back, added, rules.end_of_london_day(news) if news else None) if each]
    if replied is None:
        running.append(standing.reply_due_at)
    if state not in rules.OWED_STATES:
        assert found == rules.Next(Owed.NOTHING, None)
    else:
        assert found.due_at == (min(running) if running else None)
        assert (found.owed is Owed.ANSWER) is (not running)


def test_a_promise_of_news_runs_to_the_end_of_the_london_day() -> None:
    assert rules.end_of_london_day(date(2026, 7, 1)) == datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC)
    assert rules.end_of_london_day(date(2026, 12, 1)) == datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"what": "  "}, "what"),
        ({"what": "x" * (rules.WHAT_LONGEST + 1)}, "what"),
        ({"category": "weather"}, "category"),
        ({"started_on": TODAY + timedelta(days=1)}, "started_on"),
        ({"service_area_id": None}, "place_words"),
        ({"easting": 1.0}, "place_words"),
        ({"contact": ContactDraft(ContactBy.EMAIL, email="nobody")}, "email"),
        ({"contact": ContactDraft(ContactBy.SMS, telephone="12")}, "telephone"),
        ({"call_back": True}, "telephone"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(more: dict[str, Any], field: str) -> None:
    assert list(rules.check_draft(a_draft(**more), BOOK, TODAY).by_field) == [field]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"service_area_id": None, "place_how": PlaceHow.UNSURE},
        {"service_area_id": None, "easting": 400_000.0, "northing": 300_000.0},
        {"contact": ContactDraft(ContactBy.EMAIL, email="a@example.org")},
        {"contact": ContactDraft(ContactBy.TELEPHONE, telephone="(01632) 960-001"), "call_back": True},
    ],
)
def test_little_is_enough(more: dict[str, Any]) -> None:
    assert not rules.check_draft(a_draft(**more), BOOK, TODAY)


def check(kind: ReplyKind, text: str, news_on: date | None = None, was: State = State.RECEIVED) -> list[str]:
    return list(rules.check_reply(was=was, kind=kind, text=text, news_on=news_on, today=TODAY).by_field)


def test_a_meaningful_reply_says_something_and_promises_when_the_person_hears_next() -> None:
    assert check(ReplyKind.MEANINGFUL, LONG, TODAY) == []
    assert check(ReplyKind.MEANINGFUL, LONG) == ["news_on"]
    assert check(ReplyKind.MEANINGFUL, "We are on it.", TODAY) == ["text"]
    assert check(ReplyKind.MEANINGFUL, LONG, TODAY - timedelta(days=1)) == ["news_on"]
    assert check(ReplyKind.MEANINGFUL, LONG, TODAY + timedelta(days=93)) == ["news_on"]


def test_a_holding_reply_may_be_short_and_promise_nothing() -> None:
    assert check(ReplyKind.HOLDING, "We have your message.") == []


def test_nobody_replies_to_what_has_been_answered() -> None:
    assert check(ReplyKind.HOLDING, "Hello", was=State.ANSWERED) == [""]


def test_an_answer_says_what_came_of_it() -> None:
    assert not rules.check_answer(was=State.IN_HAND, outcome=Outcome.NOT_DONE, text=LONG)
    assert list(rules.check_answer(was=State.IN_HAND, outcome=None, text="No.").by_field) == ["outcome", "text"]
    assert "" in rules.check_answer(was=State.ANSWERED, outcome=Outcome.SOLVED, text=LONG).by_field


def test_withdrawing_asks_how_the_person_said_so() -> None:
    assert "reason" in rules.check_withdrawal(State.IN_HAND, " ").by_field
    assert not rules.check_withdrawal(State.IN_HAND, "Rang on 3 November: it has stopped.")


def test_a_problem_closes_only_when_nobody_behind_it_is_owed() -> None:
    assert rules.check_problem_closing(state=ProblemState.OPEN, owed=1, reason="Barrier built")
    assert not rules.check_problem_closing(state=ProblemState.OPEN, owed=0, reason="Barrier built")


@given(st.text(CODE_LETTERS, min_size=6, max_size=6))
def test_a_reference_is_read_however_it_is_typed(letters: str) -> None:
    written = rules.written_reference(letters)
    for typed in (written, written.lower(), written.replace("-", " "), written.removeprefix("OP-"), f" {written} "):
        assert rules.fold_reference(typed) == written


@given(st.text(max_size=20))
def test_anything_else_is_no_reference(typed: str) -> None:
    found = rules.fold_reference(typed)
    assert found == "" or rules.fold_reference(found) == found


@given(st.integers(0, 2**256 - 1), st.integers(0, 2**256 - 1))
def test_a_code_comes_from_its_digest_alone_and_folds_to_itself(one: int, other: int) -> None:
    assume(one != other)
    code = rules.code_from(f"{one:064x}", CODE_LETTERS, CODE_LENGTH)
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(CODE_LETTERS)
    assert code == rules.code_from(f"{one:064x}", CODE_LETTERS, CODE_LENGTH)
    assert fold_code(rules.spaced_code(code).lower()) == code


@given(st.lists(st.tuples(st.floats(4e5, 5e5), st.floats(2e5, 3e5)), max_size=6))
def test_a_problem_stands_at_nobodys_front_door(points: list[tuple[float, float]]) -> None:
    spot = rules.shared_place(points)
    assert (spot is None) is (not points)
    if spot:
        assert all(value % 50 == 0 for value in spot)


@pytest.mark.parametrize(
    ("flags", "alarms"),
    [
        ([], False),
        ([Flag.REPEATED], False),
        ([Flag.CHILDREN], False),
        ([Flag.REPEATED, Flag.ALONE], True),
        ([Flag.TARGETED], True),
        ([Flag.HATE], True),
        ([Flag.HEALTH], True),
    ],
)
def test_the_screen_finds_who_needs_care(flags: list[Flag], alarms: bool) -> None:
    assert rules.needs_care(flags) is alarms


def test_on_time_counts_only_clocks_that_have_ended() -> None:
    assert rules.on_time(0, 0, 3).share is None
    found = rules.on_time(8, 10, 3)
    # Wilson's interval for 8 of 10, as R's prop.test(8, 10, correct = FALSE) gives it.
    assert (found.share, round(found.low or 0, 4), round(found.high or 0, 4)) == (0.8, 0.4902, 0.9433)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_a_share(counts: tuple[int, int]) -> None:
    found = rules.on_time(*counts, 0)
    assert found.share is not None
    assert found.low is not None
    assert found.high is not None
    assert 0.0 <= found.low <= found.share + 1e-12
    assert found.share - 1e-12 <= found.high <= 1.0
