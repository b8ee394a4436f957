"""Reading tasks as the people see them who ask and who are asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from ourpatch.foundation import law
from ourpatch.foundation.directory import queries as directory
from ourpatch.ground import subjects
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import Protected
from ourpatch.ground.tasks.models import Task, TaskStep
from ourpatch.ground.tasks.permissions import Permission
from ourpatch.ground.tasks.rules import OPEN_STATES, State

OPEN = [str(state) for state in sorted(OPEN_STATES)]
OFFERED = str(State.OFFERED)


class Show(StrEnum):
    """Which tasks a list shows."""

    OURS = "ours"
    MINE = "mine"
    GIVEN = "given"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Standing:
    """A task with who asks whom, what it is about, and what is late. `answer_by` is set while it waits to be taken on."""

    task: Task
    asks: str
    asked: str
    about: str
    address: str
    answer_by: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """The open tasks of a partnership: all, past their day, and returned to those who gave them."""

    open: int
    overdue: int
    returned: int


def list_tasks(by: Actor, show: Show) -> QuerySet[Task]:
    """The visible tasks of a kind: what this actor's organisation was asked, the actor's own, or what it asked of others."""
    found = Task.objects.visible_to(by, Permission.VIEW)
    wanted = {
        Show.OURS: Q(organisation_id=by.organisation_id, state__in=OPEN),
        Show.MINE: Q(owner_id=by.person_id, state__in=OPEN),
        Show.GIVEN: Q(controller_id=by.organisation_id, state__in=OPEN) & ~Q(organisation_id=by.organisation_id),
        Show.FINISHED: Q(organisation_id=by.organisation_id) & ~Q(state__in=OPEN),
    }
    order = ("-due", "-id") if show == Show.FINISHED else ("due", "id")
    return found.filter(wanted[show]).order_by(*order)


def standing(by: Actor, tasks: Iterable[Task], today: date) -> list[Standing]:
    """The tasks as a page tells them; the caller has checked that they are visible.

    What a task is about is named to those who may read it; to others only what kind of record it is.
    """
    shown = list(tasks)
    names = directory.names_of_organisations(
        each for task in shown for each in (task.controller_id, task.organisation_id)
    )
    offered, about = _offered_at(shown), _about(by, shown)
    return [
        Standing(
            task=task,
            asks=names.get(task.controller_id, ""),
            asked=names.get(task.organisation_id, ""),
            about=_named(task, about.get(task.subject_id)),
            address=subjects.address(task.subject_kind, task.subject_id) if task.subject_id in about else "",
            answer_by=offered.get(task.pk),
            is_late=task.is_open and min(task.due, offered.get(task.pk, task.due)) < today,
        )
        for task in shown
    ]


def list_steps(task: Task) -> list[TaskStep]:
    """What became of a task that the caller may see, newest first."""
    return list(task.steps.order_by("-at", "-id"))


def measure_tasks(partnership_id: UUID, on: date) -> Measured:
    """How the tasks of a partnership stand on a day; totals without an identifier."""
    counts = Task.objects.filter(partnership_id=partnership_id, state__in=OPEN).aggregate(
        open=Count("pk"),
        overdue=Count("pk", filter=Q(due__lt=on)),
        returned=Count("pk", filter=Q(state=str(State.RETURNED))),
    )
    return Measured(**counts)


def _offered_at(tasks: list[Task]) -> dict[UUID, date]:
    """Task id -> the day by which it is to be accepted or returned, for tasks that wait for that."""
    waiting = [task.pk for task in tasks if task.state == OFFERED]
    newest = TaskStep.objects.filter(task__in=waiting, state=OFFERED).values_list("task_id").annotate(at=Max("at"))
    return {task_id: _answer_by(at) for task_id, at in newest.order_by("task_id")}


def _answer_by(offered_at: datetime) -> date:
    return law.clocks.due_on(law.book(london_date(offered_at)).clock("task_answer"), offered_at)


def _about(by: Actor, tasks: Iterable[Task]) -> dict[UUID, Protected]:
    """The records that tasks are about and the actor may read, by id; one query for each kind."""
    by_kind: dict[str, set[UUID]] = defaultdict(set)
    for task in tasks:
        by_kind[task.subject_kind].add(task.subject_id)
    found: dict[UUID, Protected] = {}
    for kind, ids in by_kind.items():
        found |= subjects.readable(by, kind, ids)
    return found


def _named(task: Task, record: Protected | None) -> str:
    kind = subjects.label(task.subject_kind)
    return kind if record is None else f"{kind}: {record}"
