"""Setting strategic priorities and publishing the plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import Conflict, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _
from ourpatch.strategy.plans import queries, rules
from ourpatch.strategy.plans.models import PartnershipPlan, StrategicPriority
from ourpatch.strategy.plans.permissions import Permission


def set_priority(
    *,
    by: Actor,
    partnership_id: UUID,
    title: str,
    lead_id: UUID | None,
    objective: str,
    measure: str,
    target: str,
    from_on: date | None,
    until: date | None,
    title_cy: str = "",
    objective_cy: str = "",
    source: str = "",
    priority_id: UUID | None = None,
    version: int | None = None,
) -> StrategicPriority:
    """Set a new strategic priority, or change one (`priority_id` and the `version` that was shown).

    Raises NotAllowed, NotFound, Conflict, RuleBroken. Source: statutory.md section 4 (a named individual in each priority).
    """
    with change(by, "plans.set_priority") as audit:
        by.require(Permission.EDIT, partnership_id)
        lead = queries.people_of_members(partnership_id).filter(pk=lead_id).first() if lead_id else None
        rules.check_priority(
            title=title,
            has_lead=lead is not None,
            objective=objective,
            measure=measure,
            target=target,
            from_on=from_on,
            until=until,
        ).raise_if_any()
        assert lead is not None
        assert from_on is not None
        assert until is not None
        priority = _locked(partnership_id, priority_id, version) if priority_id else StrategicPriority()
        priority.partnership_id, priority.lead = partnership_id, lead
        priority.title, priority.title_cy = title.strip(), title_cy.strip()
        priority.objective, priority.objective_cy = objective.strip(), objective_cy.strip()
        priority.measure, priority.target, priority.source = measure.strip(), target.strip(), source.strip()
        priority.from_on, priority.until = from_on, until
        priority.save()
        audit.noted("strategic_priority", [priority.pk])
    return priority


def publish_plan(
    *,
    by: Actor,
    partnership_id: UUID,
    year: int,
    priority_ids: Sequence[UUID],
    summary: str,
    now: datetime,
    summary_cy: str = "",
) -> PartnershipPlan:
    """Publish the plan of the three years from April of `year`, once; its summary is what the public reads.

    Raises NotAllowed, NotFound, RuleBroken. Source: SI 2007/1830; statutory.md section 3, steps 7 and 8.
    """
    with change(by, "plans.publish_plan") as audit:
        by.require(Permission.PUBLISH, partnership_id)
        partnership = ServiceArea.objects.filter(pk=partnership_id, kind="partnership").first()
        if partnership is None:
            raise NotFound(_("There is no such partnership."))
        priorities = list(StrategicPriority.objects.filter(pk__in=priority_ids, partnership=partnership))
        wants_welsh = partnership.jurisdiction == "wales"
        rules.check_plan(
            priorities=len(priorities), summary=summary, summary_cy=summary_cy, wants_welsh=wants_welsh
        ).raise_if_any()
        if PartnershipPlan.objects.filter(partnership=partnership, year=year).exists():
            raise RuleBroken(_("The plan for that year is already published."))
        plan = PartnershipPlan.objects.create(
            partnership=partnership,
            year=year,
            summary=summary.strip(),
            summary_cy=summary_cy.strip(),
            published_on=clock.london_date(now),
        )
        plan.priorities.set(priorities)
        audit.noted("partnership_plan", [plan.pk])
    return plan


def _locked(partnership_id: UUID, priority_id: UUID, version: int | None) -> StrategicPriority:
    rows = StrategicPriority.objects.select_for_update().filter(pk=priority_id, partnership_id=partnership_id)
    priority = rows.first()
    if priority is None:
        raise NotFound(_("There is no such strategic priority."))
    if version is not None and priority.version != version:
        raise Conflict(_("Somebody else changed this while you were working. Look at what is there now, then choose."))
    priority.version += 1
    return priority
