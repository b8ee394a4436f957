"""Jobs: queued with the change, run by name, failing without telling anybody's data, on schedules that catch up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django_q.models import OrmQ, Schedule
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.ground import clock, jobs
from ourpatch.ground.jobs import registry, worker
from ourpatch.ground.jobs.models import JobFailure

pytestmark = [pytest.mark.room, pytest.mark.django_db]

INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@pytest.fixture(autouse=True)
def only_these_jobs(monkeypatch: pytest.MonkeyPatch) -> dict[str, registry.Job]:
    """A registry of this test's own."""
    mine: dict[str, registry.Job] = {}
    monkeypatch.setattr(registry, "_jobs", mine)
    return mine


def failing(record_id: str) -> None:
    raise ValueError(f"Ann Evans, 3 Mill Lane: {record_id}")


def test_a_job_is_queued_with_the_change_and_holds_ids_only() -> None:
    jobs.job("test.count", queue="bulk")(lambda record_id: None)
    record_id = uuid4()
    with transaction.atomic():
        jobs.enqueue("test.count", record_id)
        transaction.set_rollback(True)
    assert not OrmQ.objects.exists()
    jobs.enqueue("test.count", record_id)
    queued = OrmQ.objects.get()
    assert queued.key == "bulk"
    task = queued.task
    assert (task["func"], task["args"]) == (worker.RUN, ("test.count", str(record_id)))


def test_a_failure_is_kept_by_its_kind_and_place_and_never_by_its_words() -> None:
    jobs.job("test.fail", queue="urgent")(failing)
    with pytest.raises(worker.JobFailed) as told:
        worker.run("test.fail", "12")
    failure = JobFailure.objects.get()
    assert (failure.name, failure.error) == ("test.fail", "ValueError")
    assert any(place.startswith("failing:") for place in failure.places)
    everything = f"{told.value}{told.value.__cause__}{list(JobFailure.objects.values())}"
    assert "Evans" not in everything
    assert "Mill Lane" not in everything


def test_schedules_agree_with_the_registered_jobs(only_these_jobs: dict[str, registry.Job], now: datetime) -> None:
    jobs.job("test.often", queue="urgent", every_minutes=5)(lambda: None)
    jobs.job("test.daily", queue="bulk", at_hour=3)(lambda: None)
    jobs.job("test.asked", queue="bulk")(lambda: None)
    for _twice in range(2):
        worker.keep_schedules(now)
    stored = {each.name: each for each in Schedule.objects.all()}
    assert set(stored) == {"test.often", "test.daily"}
    assert (stored["test.often"].minutes, stored["test.often"].cluster) == (5, "urgent")
    assert stored["test.daily"].next_run == datetime(2026, 11, 19, 3, tzinfo=UTC)
    del only_these_jobs["test.often"]
    worker.keep_schedules(now, "bulk")
    assert Schedule.objects.count() == 2, "a worker leaves the schedules of other queues alone"
    worker.keep_schedules(now, "urgent")
    assert Schedule.objects.get().name == "test.daily"


def test_a_daily_run_missed_while_no_worker_ran_stays_due(now: datetime) -> None:
    jobs.job("test.daily", queue="bulk", at_hour=3)(lambda: None)
    worker.keep_schedules(now)
    later = now + timedelta(days=3)
    worker.keep_schedules(later)
    assert Schedule.objects.get().next_run == datetime(2026, 11, 19, 3, tzinfo=UTC)


def test_another_hour_moves_a_daily_job(only_these_jobs: dict[str, registry.Job], now: datetime) -> None:
    jobs.job("test.daily", queue="bulk", at_hour=3)(lambda: None)
    worker.keep_schedules(now)
    jobs.job("test.daily", queue="bulk", at_hour=22)(lambda: None)
    worker.keep_schedules(now)
    assert Schedule.objects.get().next_run == datetime(2026, 11, 18, 22, tzinfo=UTC)


def test_schedules_made_twice_become_one(now: datetime) -> None:
    jobs.job("test.often", queue="urgent", every_minutes=1)(lambda: None)
    for _each in range(3):
        Schedule.objects.create(name="test.often", func=worker.RUN, cluster="urgent")
    worker.keep_schedules(now)
    assert Schedule.objects.count() == 1


@given(INSTANTS, st.integers(0, 23).filter(lambda hour: hour != 1))
def test_the_next_run_is_the_next_time_it_is_that_hour_in_london(instant: datetime, hour: int) -> None:
    due = worker.next_london_hour(instant, hour)
    local = due.astimezone(clock.LONDON)
    assert (local.hour, local.minute) == (hour, 0)
    assert timedelta(0) < due - instant <= timedelta(hours=25)


@given(INSTANTS, st.integers(2, 23))
def test_a_daily_job_keeps_its_london_hour_when_the_clocks_change(instant: datetime, hour: int) -> None:
    schedule = Schedule(schedule_type=Schedule.DAILY, next_run=worker.next_london_hour(instant, hour))
    following = schedule.calculate_next_run(schedule.next_run)
    assert following.astimezone(clock.LONDON).hour == hour


def test_a_killed_workers_job_comes_back_before_it_could_still_be_running() -> None:
    """django-q2 hands a job out again after `retry`; it is stopped after `timeout`; so no job runs twice at once."""
    urgent = settings.Q_CLUSTER
    for queue in (urgent, *urgent["ALT_CLUSTERS"].values()):
        assert queue["timeout"] < queue["retry"]
