"""The law as dated data: what holds on a day, what may be chosen locally, and clocks that are right over clock
changes and holidays.
"""

import csv
import io
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.foundation import law
from ourpatch.foundation.law import ClockKind, clocks, cycle, holidays
from ourpatch.foundation.law.book import _everything
from ourpatch.ground.errors import BadInput, NotFound

pytestmark = pytest.mark.rules

LONDON = ZoneInfo("Europe/London")
TODAY = date(2026, 11, 22)
INSTANTS = st.datetimes(datetime(2018, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


def london(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON)


class TestBook:
    def test_holds_only_what_held_that_day(self):
        assert "query_reply" in law.book(TODAY).entries
        with pytest.raises(NotFound, match="query_reply"):
            law.book(date(2025, 6, 30)).clock("query_reply")

    def test_every_entry_says_where_it_comes_from_in_both_languages(self):
        for entry, _where in _everything():
            assert entry.origin.source, entry.key
            assert entry.label.en, entry.key
            assert entry.label.cy, entry.key
            assert entry.origin.valid_to is None or entry.origin.valid_from <= entry.origin.valid_to

    def test_every_code_is_named_in_both_languages_and_once(self):
        for entry, _where in _everything():
            if isinstance(entry, law.CodeList):
                assert len(set(entry.codes)) == len(entry)
                assert all(item.label.en and item.label.cy for item in entry)

    def test_wales_has_its_own_health_body(self):
        assert law.book(TODAY, "wales").codes("health_bodies").codes == ("local_health_board",)
        assert law.book(TODAY).codes("health_bodies").codes == ("integrated_care_board",)

    def test_labels_come_in_both_languages(self):
        assert law.book(TODAY).label("action_kinds", "enforcement", "cy") == "Gorfodi"
        assert law.book(TODAY).label("action_kinds", "enforcement", "en-gb") == "Enforcement"

    def test_unknown_code_says_which(self):
        with pytest.raises(NotFound, match="acutely"):
            law.book(TODAY).codes("priority_kinds")["acutely"]

    def test_digest_names_the_content(self):
        assert law.book(TODAY).digest == law.book(date(2026, 11, 21)).digest
        assert law.book(TODAY).digest != law.book(TODAY, local={"query_reply": 48}).digest

    def test_fourteen_published_categories(self):
        categories = law.book(TODAY).codes("police_uk_categories")
        assert len(categories) == 14
        assert [item.code for item in categories if not item.fact("crime")] == ["anti-social-behaviour"]

    def test_twelve_datasets_none_personal(self):
        datasets = law.book(TODAY).codes("prescribed_datasets")
        assert len(datasets) == 12
        assert {item.fact("data_class") for item in datasets} == {"publishable", "controlled"}


class TestLocalChoice:
    def test_within_bounds_is_kept_and_told(self):
        book = law.book(TODAY, local={"query_reply": 48, "priorities_per_neighbourhood": 4})
        assert book.clock("query_reply").amount == 48
        assert book.number("priorities_per_neighbourhood") == 4
        assert set(book.local_choices) == {"query_reply", "priorities_per_neighbourhood"}

    @pytest.mark.parametrize(
        ("key", "value", "says"),
        [
            ("query_reply", 73, "above 72"),
            ("case_review_complaints", 4, "above 3"),
            ("publishable_smallest_count", 2, "below 3"),
            ("snap_least_addresses", 7, "below 8"),
            ("data_duty", 2, "no local choice"),
            ("nonsense", 1, "no threshold or clock"),
            ("query_reply", True, "whole number"),
            ("priority_kinds", 1, "no threshold or clock"),
        ],
    )
    def test_outside_the_law_is_refused(self, key, value, says):
        with pytest.raises(BadInput, match=says):
            law.book(TODAY, local={key: value})

    def test_a_default_chosen_again_is_no_local_choice(self):
        assert law.book(TODAY, local={"query_reply": 72}).local_choices == ()


class TestClocks:
    book = law.book(TODAY)

    @pytest.mark.golden
    def test_72_hours_run_over_the_weekend(self):
        assert clocks.due(self.book.clock("query_reply"), london(2026, 11, 20, 17)) == london(2026, 11, 23, 17)

    def test_72_hours_are_elapsed_when_the_clocks_change(self):
        query = self.book.clock("query_reply")
        assert clocks.due(query, london(2026, 10, 23, 17)) == london(2026, 10, 26, 16)
        assert clocks.due(query, london(2026, 3, 27, 17)) == london(2026, 3, 30, 18)

    def test_a_holding_reply_stops_nothing(self):
        query = self.book.clock("query_reply")
        assert not query.stopped_by("holding_reply")
        assert query.stopped_by("meaningful_reply")

    @pytest.mark.golden
    @pytest.mark.parametrize(
        ("started", "last_day"),
        [
            (london(2026, 7, 1), date(2026, 12, 31)),
            (london(2026, 9, 30, 23, 59), date(2026, 12, 31)),
            (london(2026, 10, 1), date(2027, 3, 31)),
            (london(2026, 12, 31, 23, 59), date(2027, 3, 31)),
        ],
    )
    def test_a_quarter_is_due_by_the_end_of_the_next(self, started, last_day):
        assert clocks.due_on(self.book.clock("data_duty"), started) == last_day

    def test_a_quarter_is_a_london_quarter(self):
        # 23:30 UTC on 30 June is 00:30 on 1 July in London: the next information period.
        just_after_midnight = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
        assert clocks.due_on(self.book.clock("data_duty"), just_after_midnight) == date(2026, 12, 31)

    def test_months_end_on_the_last_day_of_a_short_month(self):
        review = self.book.clock("priority_review")
        assert clocks.due_on(review, london(2026, 11, 30, 9)) == date(2027, 2, 28)
        assert clocks.due(review, london(2026, 4, 10, 9)) == london(2026, 7, 10, 23, 59, 59)

    def test_ninety_days_are_not_three_months(self):
        started = london(2026, 7, 1, 12)
        assert clocks.due_on(self.book.clock("priority_review_headline"), started) == date(2026, 9, 29)
        assert clocks.due_on(self.book.clock("priority_review"), started) == date(2026, 10, 1)

    def test_working_days_skip_christmas(self):
        task = self.book.clock("task_answer")
        assert task.kind is ClockKind.WORKING_DAYS
        assert clocks.due_on(task, london(2026, 12, 23, 16)) == date(2027, 1, 4)

    def test_a_naive_time_is_refused(self):
        with pytest.raises(BadInput, match="time zone"):
            clocks.due(self.book.clock("query_reply"), datetime(2026, 11, 20, 17))

    @given(INSTANTS)
    def test_every_clock_runs_forward(self, started):
        for entry in self.book.entries.values():
            if isinstance(entry, law.Clock):
                assert clocks.due(entry, started) > started

    @given(INSTANTS, st.integers(1, 30))
    def test_working_days_land_on_working_days(self, started, days):
        day = clocks.add_working_days(started.date(), days)
        assert holidays.is_working_day(day)
        passed = (started.date() + timedelta(days=n) for n in range(1, (day - started.date()).days + 1))
        assert sum(holidays.is_working_day(d) for d in passed) == days


class TestState:
    due = london(2026, 11, 23, 17)

    @pytest.mark.parametrize(
        ("now", "stopped", "state"),
        [
            (london(2026, 11, 23, 16), None, "running"),
            (due, None, "running"),
            (london(2026, 11, 23, 18), None, "overdue"),
            (london(2026, 11, 24), london(2026, 11, 23, 17), "met"),
            (london(2026, 11, 24), london(2026, 11, 23, 17, 1), "late"),
            (london(2026, 11, 23, 9), london(2026, 11, 23, 10), "running"),
        ],
    )
    def test_where_it_stands(self, now, stopped, state):
        assert clocks.state(self.due, now, stopped) == state


class TestHolidays:
    @pytest.mark.golden
    @pytest.mark.parametrize(
        ("year", "days"),
        [
            (2020, "0101 0410 0413 0508 0525 0831 1225 1228"),
            (2021, "0101 0402 0405 0503 0531 0830 1227 1228"),
            (2022, "0103 0415 0418 0502 0602 0603 0829 0919 1226 1227"),
            (2023, "0102 0407 0410 0501 0508 0529 0828 1225 1226"),
            (2024, "0101 0329 0401 0506 0527 0826 1225 1226"),
            (2025, "0101 0418 0421 0505 0526 0825 1225 1226"),
            (2026, "0101 0403 0406 0504 0525 0831 1225 1228"),
        ],
    )
    def test_as_published(self, year, days):
        assert " ".join(h.day.strftime("%m%d") for h in holidays.bank_holidays(year)) == days

    @given(st.integers(1990, 2090))
    def test_no_holiday_falls_on_a_weekend_or_twice(self, year):
        days = [h.day for h in holidays.bank_holidays(year)]
        assert len(days) == len(set(days)) >= 8
        assert all(day.weekday() < 5 for day in days)


class TestCycle:
    def test_seventeen_steps_within_the_year(self):
        found = cycle.steps(law.book(TODAY), 2026)
        assert [step.number for step in found] == list(range(1, 18))
        roles = law.book(TODAY).codes("cycle_roles")
        for step in found:
            assert step.whom in roles
            assert list(step.due) == sorted(step.due)
            assert all(date(2026, 4, 1) <= day <= date(2027, 3, 31) for day in step.due)

    def test_next_due(self):
        shared = cycle.steps(law.book(TODAY), 2026)[2]
        assert shared.next_due(date(2026, 11, 22)) == date(2026, 12, 31)
        assert shared.next_due(date(2027, 4, 1)) is None

    def test_year_turns_on_the_first_of_april(self):
        assert cycle.partnership_year(date(2027, 3, 31)) == 2026
        assert cycle.partnership_year(date(2027, 4, 1)) == 2027


@pytest.mark.realdata
def test_category_names_are_those_of_the_published_files(shared_data):
    """Every category in a national month is in the list, letter for letter (one row of the file is shifted by a
    column).
    """
    named = {item.label.en for item in law.book(TODAY).codes("police_uk_categories")}
    seen = Counter()
    with zipfile.ZipFile(shared_data / "national" / "police-uk-2019-01.zip") as archive:
        for name in archive.namelist():
            if name.endswith("-street.csv"):
                with archive.open(name) as file:
                    rows = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8"))
                    seen.update(row["Crime type"] for row in rows)
    assert named <= set(seen)
    assert sum(count for name, count in seen.items() if name not in named) <= 1
