"""Giving tasks, and what the organisation asked does with them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from ourpatch.ground import clock, events
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import NotAllowed
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import Protected
from ourpatch.ground.tasks import rules
from ourpatch.ground.tasks.events import TaskStepped
from ourpatch.ground.tasks.models import Task, TaskStep
from ourpatch.ground.tasks.permissions import Permission
from ourpatch.ground.tasks.rules import State
from ourpatch.ground.words import say as _


def give_task(
    *,
    by: Actor,
    subject: Protected,
    organisation_id: UUID,
    title: str,
    due: date,
    now: datetime,
    details: str = "",
    owner_id: UUID | None = None,
) -> Task:
    """Ask an organisation (and a person in it, when known) to do something about a subject that the caller may change.

    Raises NotAllowed, RuleBroken.
    """
    with change(by, "tasks.give_task") as audit:
        by.require(Permission.GIVE, subject.partnership_id, subject.service_area_id)
        rules.check_offer(title=title, due=due, today=clock.london_date(now)).raise_if_any()
        task = Task.objects.create(
            partnership_id=subject.partnership_id,
            controller_id=by.organisation_id or subject.controller_id,
            service_area_id=subject.service_area_id,
            activity=subject.activity,
            subject_kind=subject.KIND,
            subject_id=subject.pk,
            organisation_id=organisation_id,
            owner_id=owner_id,
            title=title.strip(),
            details=details.strip(),
            due=due,
            made_at=now,
        )
        audit.collected(task)
        _tell(by, task, details, now)
    return task


def accept_task(*, by: Actor, task_id: UUID, version: int, now: datetime, owner_id: UUID | None = None) -> Task:
    """Take the task on. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    return _step(by, Permission.WORK, task_id, version, State.ACCEPTED, "", now, owner_id or by.person_id)


def finish_task(*, by: Actor, task_id: UUID, version: int, note: str, now: datetime) -> Task:
    """Say that the task is done and what was done. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    return _step(by, Permission.WORK, task_id, version, State.DONE, note, now)


def return_task(*, by: Actor, task_id: UUID, version: int, note: str, now: datetime) -> Task:
    """Give the task back with a reason. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    return _step(by, Permission.WORK, task_id, version, State.RETURNED, note, now)


def offer_again(*, by: Actor, task_id: UUID, version: int, note: str, now: datetime) -> Task:
    """Offer a returned task once more. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    return _step(by, Permission.GIVE, task_id, version, State.OFFERED, note, now)


def withdraw_task(*, by: Actor, task_id: UUID, version: int, note: str, now: datetime) -> Task:
    """Take a task back that is no longer wanted. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    return _step(by, Permission.GIVE, task_id, version, State.WITHDRAWN, note, now)


def _step(
    by: Actor,
    permission: Permission,
    task_id: UUID,
    version: int,
    to: State,
    note: str,
    now: datetime,
    owner_id: UUID | None = None,
) -> Task:
    with change(by, f"tasks.{to}") as audit:
        task: Task = Task.objects.for_change(by, permission, task_id, version)
        if permission == Permission.WORK:
            _require_asked(by, task)
        rules.check_step(State(task.state), to, note).raise_if_any()
        if owner_id:
            task.owner_id = owner_id
        task.step_to(to)
        audit.altered(task, reason=note.strip() if to == State.RETURNED else "")
        _tell(by, task, note, now)
    return task


def _require_asked(by: Actor, task: Task) -> None:
    """Only those who were asked can take a task on, finish it or give it back; who asked can withdraw it."""
    if not by.acts_for_partnership and by.organisation_id != task.organisation_id:
        raise NotAllowed(_("Only the organisation that was asked can do that."))


def _tell(by: Actor, task: Task, note: str, now: datetime) -> None:
    TaskStep.objects.create(
        task=task, at=now, by_name=by.name, by_organisation_id=by.organisation_id, state=task.state, note=note.strip()
    )
    events.publish(TaskStepped(task.pk, task.subject_kind, task.subject_id, task.organisation_id, task.state, now))
