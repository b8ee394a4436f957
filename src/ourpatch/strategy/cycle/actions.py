"""Recording the steps of the year."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError

from ourpatch.foundation import law
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import Conflict
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _
from ourpatch.strategy.cycle import rules
from ourpatch.strategy.cycle.models import CycleStep
from ourpatch.strategy.cycle.permissions import Permission
from ourpatch.strategy.plans import queries as plans


def record_step(
    *,
    by: Actor,
    partnership_id: UUID,
    year: int,
    code: str,
    version: int,
    now: datetime,
    owner_id: UUID | None = None,
    done_on: date | None = None,
    note: str = "",
) -> CycleStep:
    """Record who owns a step, and when it was done. `version` is 0 for a step nobody recorded before.

    Raises NotAllowed, NotFound (the law book has no such step), RuleBroken, Conflict.
    """
    with change(by, "cycle.record_step") as audit:
        by.require(Permission.RECORD, partnership_id)
        today = clock.london_date(now)
        law.book(today).codes("yearly_cycle")[code]
        belongs = owner_id is None or plans.people_of_members(partnership_id).filter(pk=owner_id).exists()
        rules.check_record(done_on=done_on, note=note, owner_belongs=belongs, today=today).raise_if_any()
        step = _locked(partnership_id, year, code, version)
        step.owner_id, step.done_on, step.note = owner_id, done_on, note.strip()
        step.save()
        audit.noted("cycle_step", [step.pk], reason=note.strip())
    return step


def _locked(partnership_id: UUID, year: int, code: str, version: int) -> CycleStep:
    rows = CycleStep.objects.select_for_update().filter(partnership_id=partnership_id, year=year, code=code)
    step = rows.first()
    if (step.version if step else 0) != version:
        raise Conflict(
            _("Somebody else recorded this step while you were working. Look at what is there now, then choose.")
        )
    if step is None:
        try:
            return CycleStep.objects.create(partnership_id=partnership_id, year=year, code=code)
        except IntegrityError as error:
            raise Conflict(_("Somebody else has just recorded this step. Look at what is there now.")) from error
    step.version += 1
    return step
