"""When returns are due and where they stand: golden test 10, and what must hold of any return."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.data.duties import rules
from ourpatch.data.duties.rules import (
    Answer,
    Arrival,
    ArrivalKind,
    InformationPeriod,
    Occasion,
    Standing,
    State,
    Verdict,
    judge,
    period_of,
)
from ourpatch.foundation import law
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

SUMMER = InformationPeriod(date(2026, 7, 1))
DUE = date(2026, 12, 31)
JULY, AUGUST, SEPTEMBER = SUMMER.every_month
DAYS = st.dates(rules.FIRST, date(2040, 12, 31))
LATER = st.dates(date(2008, 1, 1), date(2040, 12, 31))
OCCASIONS = tuple(
    Occasion(item.code, int(str(item.fact("days")))) for item in law.book(date(2026, 11, 22)).codes("data_reminders")
)


def came(on: date, *months: date, in_use: Collection[date] | None = None) -> Arrival:
    """What came: these months (or all), of which these are in use (or all)."""
    brought = frozenset(months or SUMMER.every_month)
    return Arrival(on, ArrivalKind.ACCEPTED, brought, brought if in_use is None else frozenset(in_use))


def stands(*arrivals: Arrival, today: date = date(2026, 11, 18), excused_on: date | None = None) -> Standing:
    return judge(SUMMER, DUE, arrivals, today, soon=28, excused_on=excused_on)


class TestPeriods:
    @pytest.mark.golden
    @pytest.mark.parametrize(
        ("start", "end", "due"),
        [
            (date(2007, 7, 1), date(2007, 9, 30), date(2007, 12, 31)),
            (date(2026, 7, 1), date(2026, 9, 30), date(2026, 12, 31)),
            (date(2026, 10, 1), date(2026, 12, 31), date(2027, 3, 31)),
            (date(2027, 1, 1), date(2027, 3, 31), date(2027, 6, 30)),
            (date(2027, 4, 1), date(2027, 6, 30), date(2027, 9, 30)),
        ],
    )
    def test_quarter_clock(self, start: date, end: date, due: date) -> None:
        following = law.book(end).clock("data_duty").amount

        assert period_of(start) == period_of(end) == InformationPeriod(start)
        assert InformationPeriod(start).end == end
        assert InformationPeriod(start).due_on(following) == due

    @given(DAYS)
    def test_the_law_books_own_clock_agrees(self, day: date) -> None:
        clock = law.book(date(2026, 11, 22)).clock("data_duty")
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

        assert period_of(day).due_on(clock.amount) == law.clocks.due_on(clock, noon)

    @given(DAYS, st.sampled_from([1, 3]))
    def test_periods_follow_each_other_without_gap(self, day: date, months: int) -> None:
        period = period_of(day, months)

        assert period.holds(day)
        assert period.shifted(1).start == period.end + timedelta(days=1)
        assert period.shifted(1).shifted(-1) == period
        assert len(period.every_month) == months

    @given(LATER)
    def test_the_quarter_judged_is_the_latest_whose_due_day_is_past(self, day: date) -> None:
        judged = rules.last_due(day, 1)

        assert judged.due_on(1) < day <= judged.shifted(1).due_on(1)

    @given(LATER, st.sampled_from([1, 3]))
    def test_the_last_ended_period_has_just_ended(self, day: date, months: int) -> None:
        ended = rules.last_ended(day, months)

        assert ended.end < day <= ended.shifted(1).end

    def test_there_was_no_duty_before_july_2007(self) -> None:
        with pytest.raises(BadInput, match="1 July 2007"):
            period_of(date(2007, 6, 30))

    def test_a_quarter_is_three_months_or_itself(self) -> None:
        assert rules.periods_within(SUMMER, 3) == (SUMMER,)
        assert [each.start for each in rules.periods_within(SUMMER, 1)] == [JULY, AUGUST, SEPTEMBER]

    def test_a_month_is_due_at_the_end_of_the_next(self) -> None:
        assert InformationPeriod(date(2027, 1, 1), 1).due_on(1) == date(2027, 2, 28)


class TestStanding:
    @pytest.mark.parametrize(
        ("today", "state", "breach"),
        [
            (date(2026, 8, 1), State.NOT_YET_DUE, False),
            (date(2026, 12, 2), State.NOT_YET_DUE, False),
            (date(2026, 12, 3), State.DUE_SOON, False),
            (date(2026, 12, 30), State.DUE_SOON, False),
            (DUE, State.DUE_TODAY, False),
            (date(2027, 1, 1), State.OVERDUE, True),
        ],
    )
    def test_nothing_came(self, today: date, state: State, breach: bool) -> None:
        found = stands(today=today)

        assert (found.state, found.breach, found.on) == (state, breach, DUE)

    def test_on_the_due_day_is_in_time_and_the_day_after_is_late(self) -> None:
        assert stands(came(DUE), today=date(2027, 2, 1)).state is State.RECEIVED
        late = stands(came(date(2027, 1, 1)), today=date(2027, 2, 1))
        assert (late.state, late.late_days, late.breach) == (State.LATE, 1, False)

    def test_a_month_short_is_in_part(self) -> None:
        found = stands(came(date(2026, 10, 5), JULY, SEPTEMBER))

        assert (found.state, found.missing, found.breach) == (State.PARTLY, (AUGUST,), False)
        assert stands(came(date(2026, 10, 5), JULY), today=date(2027, 1, 1)).breach

    def test_a_month_at_a_time_is_complete_with_the_last(self) -> None:
        monthly = came(date(2026, 8, 10), JULY), came(date(2026, 9, 9), AUGUST), came(date(2026, 10, 8), SEPTEMBER)

        assert stands(*monthly[:2]).missing == (SEPTEMBER,)
        assert stands(*monthly) == Standing(State.RECEIVED, date(2026, 10, 8))
        again = came(date(2026, 10, 20), AUGUST)
        replaced = (monthly[0], came(date(2026, 9, 9), AUGUST, in_use=()), monthly[2], again)
        assert stands(*replaced) == Standing(State.CORRECTED, date(2026, 10, 20))

    def test_a_month_that_has_not_ended_is_not_missing(self) -> None:
        july = came(date(2026, 8, 10), JULY)

        assert stands(july, today=date(2026, 8, 31)).missing == ()
        assert stands(july, today=date(2026, 9, 1)).missing == (AUGUST,)
        assert stands(july, today=date(2026, 10, 1)).missing == (AUGUST, SEPTEMBER)

    def test_the_day_is_that_on_which_the_last_month_came(self) -> None:
        found = stands(came(date(2026, 10, 5), JULY, AUGUST), came(date(2027, 1, 2), SEPTEMBER), today=date(2027, 2, 1))

        assert (found.state, found.on, found.late_days) == (State.LATE, date(2027, 1, 2), 2)

    def test_a_correction_after_the_due_day_does_not_make_it_late(self) -> None:
        found = stands(came(date(2026, 10, 5), in_use=()), came(date(2027, 1, 20)), today=date(2027, 2, 1))

        assert (found.state, found.on, found.late_days) == (State.CORRECTED, date(2027, 1, 20), 0)

    def test_what_replaced_the_whole_by_a_part_is_a_part(self) -> None:
        found = stands(came(date(2026, 10, 5), in_use=()), came(date(2026, 10, 9), JULY))

        assert (found.state, found.missing) == (State.PARTLY, (AUGUST, SEPTEMBER))

    def test_refused_while_nothing_else_is_loaded(self) -> None:
        stopped = Arrival(date(2026, 10, 5), ArrivalKind.STOPPED)
        waiting = Arrival(date(2026, 10, 6), ArrivalKind.WAITING)

        assert stands(stopped).state is State.REFUSED
        assert stands(stopped, waiting).state is State.REFUSED
        assert stands(waiting).state is State.NOT_YET_DUE
        assert stands(came(date(2026, 10, 4)), stopped).state is State.RECEIVED
        assert stands(stopped, today=date(2027, 1, 1)).breach

    def test_nothing_to_report(self) -> None:
        said = Arrival(date(2026, 10, 5), ArrivalKind.NOTHING)

        assert stands(said).state is State.NOTHING_TO_REPORT
        assert stands(said).complete
        assert stands(came(date(2026, 10, 4), JULY), said).state is State.RECEIVED
        assert stands(said, came(date(2026, 11, 1))).state is State.CORRECTED

    def test_data_outweighs_the_word_that_it_is_not_held(self) -> None:
        said = date(2026, 9, 1)

        assert stands(excused_on=said, today=date(2027, 5, 1)).state is State.NOT_OWED
        assert not stands(excused_on=said, today=date(2027, 5, 1)).breach
        assert stands(came(date(2026, 10, 5)), excused_on=said).state is State.RECEIVED

    @given(
        st.lists(
            st.builds(
                Arrival,
                st.dates(date(2026, 7, 1), date(2027, 6, 30)),
                st.sampled_from(ArrivalKind),
                st.frozensets(st.sampled_from(SUMMER.every_month)),
                st.frozensets(st.sampled_from(SUMMER.every_month)),
            ).map(
                lambda each: (
                    Arrival(each.on, each.kind, each.months, each.in_use & each.months)
                    if each.kind is ArrivalKind.ACCEPTED
                    else Arrival(each.on, each.kind)
                )
            )
        ),
        st.dates(date(2026, 7, 1), date(2027, 12, 31)),
        st.none() | st.just(date(2026, 8, 1)),
    )
    def test_of_any_return(self, arrivals: list[Arrival], today: date, excused: date | None) -> None:
        known = [each for each in arrivals if each.on <= today]
        found = stands(*known, today=today, excused_on=excused)
        held = frozenset().union(*(each.in_use for each in known))

        assert not (found.breach and found.complete)
        assert found.breach == (found.owed and not found.complete and today > DUE)
        assert found.complete or not found.owed or held != set(SUMMER.every_month)
        assert found.late_days == 0 or found.complete
        assert not held.intersection(found.missing)
        assert found.state is not State.PARTLY or held

    @given(st.dictionaries(st.sampled_from(SUMMER.every_month), st.integers(0, 40)))
    def test_a_month_is_missed_only_where_many_rows_are_usual(self, rows: dict[date, int]) -> None:
        covered = rules.months_covered(SUMMER, rows, 5)
        filled = {month for month, count in rows.items() if count}

        assert filled <= covered
        if covered != set(SUMMER.every_month):
            assert sum(rows.values()) >= 5 * len(filled) > 0

    def test_an_empty_month_is_believed_where_little_happens(self) -> None:
        assert rules.months_covered(SUMMER, {JULY: 3, AUGUST: 0}, 5) == set(SUMMER.every_month)
        assert rules.months_covered(SUMMER, {JULY: 300, AUGUST: 280}, 5) == {JULY, AUGUST}
        assert rules.months_covered(SUMMER, {}, 5) == set(SUMMER.every_month)

    def test_every_state_has_a_word_of_its_own(self) -> None:
        assert len({str(word) for word in rules.STATE_WORDS.values()}) == len(State)

    def test_the_worst_of_a_quarter(self) -> None:
        overdue = Standing(State.PARTLY, JULY, breach=True)

        assert rules.worst([Standing(State.RECEIVED, JULY), overdue, Standing(State.NOT_YET_DUE, JULY)]) is overdue
        assert rules.worst([]) is None


class TestAnswer:
    RECEIVED = Standing(State.RECEIVED, date(2026, 10, 5))
    LATE = Standing(State.LATE, date(2027, 1, 5), late_days=5)
    OVERDUE = Standing(State.OVERDUE, DUE, breach=True)
    AWAITED = Standing(State.NOT_YET_DUE, DUE)
    NOT_OWED = Standing(State.NOT_OWED, DUE)

    def said(self, *standings: Standing) -> tuple[Answer, str]:
        found = rules.answer((each, DUE) for each in standings)
        return found, str(rules.sentence(found, "July to September 2026", "31 December 2026"))

    def test_no(self) -> None:
        found, words = self.said(*[self.OVERDUE] * 3, *[self.RECEIVED] * 38)

        assert found.verdict is Verdict.NO
        assert words == "No: 3 of 41 returns for July to September 2026 are overdue."
        assert "1 of 2 returns for July to September 2026 is overdue" in self.said(self.OVERDUE, self.RECEIVED)[1]

    def test_yes_says_what_came_late(self) -> None:
        assert self.said(self.RECEIVED)[1] == "Yes: 1 of 1 returns for July to September 2026 are in."
        assert "1 of them came late" in self.said(self.RECEIVED, self.LATE)[1]
        assert "2 of them came late" in self.said(self.LATE, self.LATE)[1]

    def test_not_yet(self) -> None:
        found, words = self.said(self.RECEIVED, self.AWAITED, self.NOT_OWED)

        assert (found.verdict, found.owed, found.due) == (Verdict.NOT_YET, 2, DUE)
        assert "the last is due by 31 December 2026" in words

    def test_nothing_owed(self) -> None:
        assert self.said(self.NOT_OWED)[0].verdict is Verdict.NOTHING_OWED
        assert self.said()[0].verdict is Verdict.NOTHING_OWED

    @given(st.lists(st.sampled_from([RECEIVED, LATE, OVERDUE, AWAITED, NOT_OWED])))
    def test_yes_means_that_everything_owed_is_in(self, standings: list[Standing]) -> None:
        found, _words = self.said(*standings)

        assert (found.verdict is Verdict.YES) == (found.owed > 0 and found.complete == found.owed)
        assert (found.verdict is Verdict.NO) == (self.OVERDUE in standings)


class TestReminders:
    @given(LATER, st.integers(-60, 60))
    def test_each_occasion_comes_once_and_one_at_a_time(self, due: date, offset: int) -> None:
        today = due + timedelta(days=offset)
        found = rules.occasion_on(due, today, OCCASIONS)
        exact = [each for each in OCCASIONS if each.days == offset]

        assert found in (*OCCASIONS, None)
        if exact:
            assert found == exact[0]
        if found:
            assert 0 <= offset - found.days <= 6

    def test_the_days(self) -> None:
        days = [n for n in range(-60, 60) if rules.occasion_on(DUE, DUE + timedelta(days=n), OCCASIONS)]

        assert [each.days for each in OCCASIONS] == [-28, -7, 1, 14, 28]
        assert days == [n for start in (-28, -7, 1, 14, 28) for n in range(start, start + 7)]


class TestChecks:
    def test_nothing_is_said_by_somebody_after_the_period(self) -> None:
        waiting = Standing(State.NOT_YET_DUE, DUE)

        assert not rules.check_nothing(period=SUMMER, standing=waiting, said_by="A Clerk", today=date(2026, 10, 1))
        assert rules.check_nothing(period=SUMMER, standing=waiting, said_by="A Clerk", today=date(2026, 9, 30))
        assert rules.check_nothing(period=SUMMER, standing=waiting, said_by="  ", today=date(2026, 10, 1))
        received = Standing(State.RECEIVED, DUE)
        assert rules.check_nothing(period=SUMMER, standing=received, said_by="A Clerk", today=date(2026, 10, 1))

    @pytest.mark.parametrize(
        ("review_on", "field"),
        [(date(2026, 11, 18), "review_on"), (date(2027, 11, 20), "review_on"), (date(2027, 11, 18), None)],
    )
    def test_not_held_is_looked_at_again_within_a_year(self, review_on: date, field: str | None) -> None:
        found = rules.check_not_held(
            standing=Standing(State.NOT_YET_DUE, DUE),
            reason="The county records it",
            review_on=review_on,
            said_by="A Clerk",
            today=date(2026, 11, 18),
        )

        assert list(found.by_field) == ([field] if field else [])

    @pytest.mark.parametrize("email", ["", "data", "data@council", "@council.example", "two words@council.example"])
    def test_a_contact_can_be_written_to(self, email: str) -> None:
        assert "email" in rules.check_contact(name="Data team", email=email).by_field
        assert not rules.check_contact(name="Data team", email="data@council.example")
