"""What a worker runs, and the schedules it keeps."""

from __future__ import annotations

import traceback
from datetime import datetime, timedelta

from django.db import transaction

from ourpatch.ground import clock
from ourpatch.ground.jobs.models import JobFailure
from ourpatch.ground.jobs.registry import Argument, Job, all_jobs

KEPT_PLACES = 12


class JobFailed(Exception):
    """A job failed; the message names the kind of error only, since results are kept in the clear."""


def run(name: str, *arguments: Argument) -> None:
    """Run one job. An error is kept without its message (it may hold personal data) and told to the queue by its kind."""
    job = all_jobs()[name]
    try:
        job.run(*arguments)
    except Exception as error:
        places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        with transaction.atomic():
            JobFailure.objects.create(
                name=name, at=clock.now(), error=type(error).__name__, places=places[-KEPT_PLACES:]
            )
        raise JobFailed(f"{name}: {type(error).__name__}") from None


def keep_schedules(now: datetime) -> None:
    """Make the stored schedules agree with the registered jobs: missing ones are made, obsolete ones go."""
    from django_q.models import Schedule

    wanted = {job.name: job for job in all_jobs().values() if job.every_minutes or job.at_hour is not None}
    Schedule.objects.exclude(name__in=wanted).delete()
    for name, job in wanted.items():
        Schedule.objects.update_or_create(name=name, defaults=_schedule_of(job, now))


def _schedule_of(job: Job, now: datetime) -> dict[str, object]:
    common: dict[str, object] = {
        "func": "ourpatch.ground.jobs.worker.run",
        "args": f"({job.name!r},)",
        "cluster": job.queue,
    }
    if job.every_minutes:
        return {**common, "schedule_type": "I", "minutes": job.every_minutes, "repeats": -1}
    return {**common, "schedule_type": "D", "repeats": -1, "next_run": next_london_hour(now, job.at_hour or 0)}


def next_london_hour(now: datetime, hour: int) -> datetime:
    """The next instant at which it is this full hour in London."""
    local = now.astimezone(clock.LONDON)
    today = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > local else (today + timedelta(days=1)).replace(hour=hour)
