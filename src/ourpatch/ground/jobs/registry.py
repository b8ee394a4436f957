"""The registry of jobs and the way into the queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Queue = Literal["urgent", "bulk"]
Argument = UUID | int | str


@dataclass(frozen=True, slots=True)
class Job:
    """A function that runs later; `every_minutes` makes it run by itself, `at_hour` daily at that London hour."""

    name: str
    run: Callable[..., None]
    queue: Queue
    every_minutes: int | None = None
    at_hour: int | None = None


_jobs: dict[str, Job] = {}


def job(
    name: str, *, queue: Queue, every_minutes: int | None = None, at_hour: int | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a job. It must be idempotent: what a killed worker held is run again."""

    def register(run: Callable[..., None]) -> Callable[..., None]:
        _jobs[name] = Job(name, run, queue, every_minutes, at_hour)
        return run

    return register


def all_jobs() -> dict[str, Job]:
    """Every registered job by name."""
    return dict(_jobs)


def enqueue(name: str, *ids: Argument) -> None:
    """Queue a job in the present transaction; arguments are ids only, so that the queue holds nothing about people."""
    from django_q.tasks import async_task

    queued = _jobs[name]
    arguments = [str(each) if isinstance(each, UUID) else each for each in ids]
    async_task("ourpatch.ground.jobs.worker.run", name, *arguments, cluster=queued.queue, q_options={"task_name": name})
