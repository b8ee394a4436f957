"""Reading the partnership's year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ourpatch.foundation import law
from ourpatch.foundation.law import LawBook
from ourpatch.foundation.law.cycle import Step, partnership_year, steps
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.permission.actor import Actor
from ourpatch.strategy.cycle import rules
from ourpatch.strategy.cycle.evidence import STEP_EVIDENCE
from ourpatch.strategy.cycle.models import CycleStep
from ourpatch.strategy.cycle.permissions import Permission
from ourpatch.strategy.cycle.rules import Evidence, Standing


@dataclass(frozen=True, slots=True)
class StepNow:
    """One step as it stands: the law book's step, what was recorded, what the system can show, and when it falls due."""

    step: Step
    recorded: CycleStep | None
    evidence: Evidence | None
    standing: Standing
    due: date | None


@dataclass(frozen=True, slots=True)
class Year:
    """A partnership's year and the step to do next (None when every step is done)."""

    partnership: ServiceArea
    year: int
    book: LawBook
    steps: tuple[StepNow, ...]
    next_step: StepNow | None

    @property
    def done(self) -> int:
        """How many of the steps are done."""
        return sum(1 for step in self.steps if step.standing == Standing.DONE)


def list_partnerships(by: Actor) -> list[ServiceArea]:
    """The partnerships whose year this actor may see."""
    ids = {grant.partnership_id for grant in by.scopes(Permission.VIEW)}
    return list(ServiceArea.objects.filter(pk__in=ids, kind="partnership").order_by("name"))


def get_year(by: Actor, partnership_id: UUID, today: date) -> Year:
    """The present April-to-March year of a partnership. Raises NotAllowed."""
    if not any(grant.partnership_id == partnership_id for grant in by.scopes(Permission.VIEW)):
        by.require(Permission.VIEW, partnership_id)
    partnership = ServiceArea.objects.get(pk=partnership_id)
    year = partnership_year(today)
    book = law.book(today, "wales" if partnership.jurisdiction == "wales" else "england")
    recorded = {
        row.code: row for row in CycleStep.objects.filter(partnership=partnership, year=year).select_related("owner")
    }
    every = tuple(_as_it_stands(step, recorded.get(step.code), partnership, year, today) for step in steps(book, year))
    place = rules.next_due([(each.standing, each.due) for each in every])
    return Year(partnership, year, book, every, None if place is None else every[place])


def _as_it_stands(step: Step, recorded: CycleStep | None, partnership: ServiceArea, year: int, today: date) -> StepNow:
    source = STEP_EVIDENCE.get(step.code)
    evidence = source(partnership, today) if source else None
    done_on = recorded.done_on if recorded else None
    found = rules.stand(due=step.due, done_on=done_on, evidence=evidence, since=date(year, 4, 1), today=today)
    return StepNow(step, recorded, evidence, found.how, found.due)
