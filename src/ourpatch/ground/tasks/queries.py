"""Reading tasks."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.tasks.models import Task
from ourpatch.ground.tasks.permissions import Permission
from ourpatch.ground.tasks.rules import OPEN_STATES


def list_tasks(by: Actor, *, organisation_id: UUID | None = None, open_only: bool = True) -> QuerySet[Task]:
    """The tasks this actor may see, soonest due first."""
    tasks = Task.objects.visible_to(by, Permission.VIEW)
    if organisation_id:
        tasks = tasks.filter(organisation_id=organisation_id)
    if open_only:
        tasks = tasks.filter(state__in=[str(state) for state in OPEN_STATES])
    return tasks.order_by("due", "id")


def list_about(by: Actor, subject_id: UUID) -> QuerySet[Task]:
    """The visible tasks about one subject, in the order they were given."""
    return Task.objects.visible_to(by, Permission.VIEW).filter(subject_id=subject_id).order_by("made_at", "id")


def get_task(by: Actor, task_id: UUID) -> Task:
    """One task, or NotFound."""
    task: Task = Task.objects.get_visible(by, Permission.VIEW, task_id)
    return task


def count_open_about(subject_id: UUID) -> int:
    """How many tasks about a subject are still open, whoever may see them: a rule asks before a plan is closed."""
    return Task.objects.filter(subject_id=subject_id, state__in=[str(state) for state in OPEN_STATES]).count()
