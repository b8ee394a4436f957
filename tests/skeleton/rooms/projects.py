"""Stands for interventions.projects: what a forum votes for is given to whoever delivers it, and delivery is told upwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ourpatch.access.concerns.models import Problem
from ourpatch.foundation.directory.models import Membership, OrganisationKind
from ourpatch.foundation.meetings.events import DecisionMade
from ourpatch.foundation.meetings.models import Decision
from ourpatch.ground import events
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.tasks.actions import give_task
from ourpatch.ground.tasks.events import TaskStepped
from ourpatch.ground.tasks.permissions import Permission

STANDS_FOR = "interventions.projects"

_given: set[UUID] = set()


@dataclass(frozen=True, slots=True)
class ProjectDelivered:
    """What people voted for has been carried out."""

    problem_id: UUID
    at: datetime


def open_room() -> None:
    """Listen to decisions and to what becomes of the tasks that they led to."""
    _given.clear()
    events.listen(DecisionMade)(give_to_deliverer)
    events.listen(TaskStepped)(tell_delivery)


def give_to_deliverer(event: DecisionMade) -> None:
    """A nomination that won goes to the probation service of the partnership."""
    decision = Decision.objects.get(pk=event.decision_id)
    if event.about_kind != Problem.KIND or decision.votes_for <= decision.votes_against:
        return
    problem = Problem.objects.get(pk=event.about_id)
    member = Membership.objects.filter(
        partnership_id=problem.partnership_id, organisation__kind=OrganisationKind.PROBATION
    ).get()
    task = give_task(
        by=Actor.job("projects", [Permission.GIVE], [problem.partnership_id]),
        subject=problem,
        organisation_id=member.organisation_id,
        title=f"Community payback: {problem.title_en}",
        due=london_date(event.at) + timedelta(days=60),
        now=event.at,
    )
    _given.add(task.pk)


def tell_delivery(event: TaskStepped) -> None:
    """When the work is done, say so."""
    if event.task_id in _given and event.state == "done":
        events.publish(ProjectDelivered(event.subject_id, event.at))
