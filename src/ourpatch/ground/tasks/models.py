"""Tasks and the steps they took."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import Protected
from ourpatch.ground.tasks.rules import OPEN_STATES, State

STATE_LABELS = {
    State.OFFERED: _("Offered"),
    State.ACCEPTED: _("Accepted"),
    State.DONE: _("Done"),
    State.RETURNED: _("Returned"),
    State.WITHDRAWN: _("Withdrawn"),
}


class Task(Protected):
    """Something one organisation was asked to do about a subject. `controller_id` is the organisation that asks."""

    KIND: ClassVar[str] = "task"

    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    organisation_id = models.UUIDField()
    owner_id = models.UUIDField(null=True)
    title = models.CharField(max_length=200)
    details = models.TextField(blank=True)
    due = models.DateField()
    state = models.CharField(max_length=10, choices=[(str(s), STATE_LABELS[s]) for s in State], default=State.OFFERED)

    class Meta:
        indexes = [
            models.Index(fields=["subject_id"], name="task_of_subject"),
            models.Index(
                fields=["organisation_id", "due"],
                condition=Q(state__in=[str(s) for s in sorted(OPEN_STATES)]),
                name="task_open_due",
            ),
        ]

    @classmethod
    def own_terms(cls, actor: Actor) -> Q:
        """A task is also the organisation's that was asked."""
        return Q(organisation_id=actor.organisation_id)

    @property
    def is_open(self) -> bool:
        """True while somebody still has to do something."""
        return self.state in OPEN_STATES

    def step_to(self, state: State) -> None:
        """Move to a state that rules.check_step allowed."""
        self.state = str(state)
        self.store_change()


class TaskStep(models.Model):
    """One step of a task, as it is told: when, who, to which state, and what they said."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    by_organisation_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=[(str(s), STATE_LABELS[s]) for s in State])
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "id"]
