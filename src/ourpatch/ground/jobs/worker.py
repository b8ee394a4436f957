"""What a worker runs, and the schedules it keeps."""

from __future__ import annotations

import traceback
from datetime import datetime, timedelta

from django.db import transaction

from ourpatch.ground import clock
from ourpatch.ground.jobs.models import JobFailure
from ourpatch.ground.jobs.registry import Argument, Job, Queue, all_jobs

KEPT_PLACES = 12
RUN = "ourpatch.ground.jobs.worker.run"


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


def keep_schedules(now: datetime, queue: Queue | None = None) -> None:
    """Make the stored schedules agree with the registered jobs: missing ones are made, obsolete ones go.

    A worker keeps those of its own queue, so that two workers starting together never make the same one.
    """
    from django_q.models import Schedule

    jobs = [job for job in all_jobs().values() if queue is None or job.queue == queue]
    wanted = [job for job in jobs if job.every_minutes or job.at_hour is not None]
    stored = Schedule.objects.filter(func=RUN) if queue is None else Schedule.objects.filter(func=RUN, cluster=queue)
    stored.exclude(name__in=[job.name for job in wanted]).delete()
    for job in wanted:
        _keep(job, now)


def _keep(job: Job, now: datetime) -> None:
    from django_q.models import Schedule

    values = _schedule_of(job, now)
    first = Schedule.objects.filter(name=job.name).order_by("pk").first()
    if first is None:
        Schedule.objects.create(name=job.name, **values)
        return
    if job.at_hour is not None and first.next_run.astimezone(clock.LONDON).hour == job.at_hour:
        # A daily run that was missed while no worker ran stays due: it is made up for.
        values.pop("next_run", None)
    Schedule.objects.filter(pk=first.pk).update(**values)
    Schedule.objects.filter(name=job.name).exclude(pk=first.pk).delete()


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
