"""Beginning, writing, carrying out, reviewing and closing problem-solving plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ourpatch.access.concerns import queries as concerns
from ourpatch.access.concerns.models import Problem
from ourpatch.foundation import law
from ourpatch.foundation.directory import queries as directory
from ourpatch.foundation.directory.models import Person
from ourpatch.foundation.meetings import actions as meetings
from ourpatch.foundation.meetings.models import Decision
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import events
from ourpatch.ground.audit.trail import change
from ourpatch.ground.clock import LONDON, london_date
from ourpatch.ground.errors import NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import Sensitivity
from ourpatch.ground.tasks.actions import give_task
from ourpatch.ground.tasks.events import TaskStepped
from ourpatch.ground.tasks.models import TaskStep
from ourpatch.ground.words import say as _
from ourpatch.influence.priorities import queries as priorities
from ourpatch.influence.priorities.models import Priority
from ourpatch.influence.priorities.rules import State as PriorityState
from ourpatch.interventions.problems import queries, rules
from ourpatch.interventions.problems.events import PlanClosed, PlanMade
from ourpatch.interventions.problems.models import (
    EntryKind,
    Plan,
    PlanAction,
    PlanEntry,
    PlanNote,
    PlanPartner,
    PlanReview,
)
from ourpatch.interventions.problems.permissions import Permission
from ourpatch.interventions.problems.rules import Form, Part, Stage
from ourpatch.strategy.plans.models import StrategicPriority

ACTIVITY = "problem_solving"


@dataclass(frozen=True, slots=True)
class _Serves:
    """What a plan is made for."""

    priority: Priority | None
    problem: Problem | None

    @property
    def neighbourhood_id(self) -> UUID:
        if self.priority:
            return self.priority.neighbourhood_id
        assert self.problem is not None
        return self.problem.service_area_id


def make_plan(
    *,
    by: Actor,
    title: str,
    owner_id: UUID,
    owner_because: str,
    now: datetime,
    priority_id: UUID | None = None,
    problem_id: UUID | None = None,
    reason_without_priority: str = "",
    happening: str = "",
    form: Form = Form.LIGHT,
    title_cy: str = "",
    strategic_priority_id: UUID | None = None,
) -> Plan:
    """Begin a plan for a priority that a forum chose, or for a problem with the reason why it cannot wait for the forum.

    What the priority says of its objective is taken over. Raises NotAllowed, NotFound, RuleBroken. Source: guide-2 C36.
    """
    with change(by, "problems.make_plan") as audit:
        serves = _serves(by, priority_id, problem_id)
        has_priority, has_problem = serves.priority is not None, serves.problem is not None
        rules.check_new(
            title=title, has_priority=has_priority, has_problem=has_problem, reason=reason_without_priority
        ).raise_if_any()
        neighbourhood = ServiceArea.objects.get(pk=serves.neighbourhood_id)
        partnership_id = neighbourhood.partnership_id or neighbourhood.pk
        by.require(Permission.MAKE, partnership_id, neighbourhood.pk)
        owner = _owner(owner_id, partnership_id, owner_because, now)
        plan = Plan(
            partnership_id=partnership_id,
            controller_id=by.organisation_id or owner.organisation_id,
            service_area_id=neighbourhood.pk,
            activity=ACTIVITY,
            sensitivity=Sensitivity.OPEN,
            neighbourhood=neighbourhood,
            priority=serves.priority,
            problem=serves.problem,
            strategic_priority=_strategic(strategic_priority_id, partnership_id),
            reason_without_priority=reason_without_priority.strip(),
            title=title.strip(),
            title_cy=title_cy.strip(),
            owner=owner,
            owner_because=owner_because.strip(),
            form=form,
            happening=happening.strip(),
            review_due_on=_latest_review(neighbourhood, now),
            made_at=now,
        )
        if serves.priority:
            plan.take(_objective_of(serves.priority))
        plan.save(force_insert=True)
        audit.collected(plan)
        _tell(plan, by.name, EntryKind.MADE, now)
        events.publish(PlanMade(plan.pk, plan.priority_id, plan.problem_id, now))
    return plan


def write_part(*, by: Actor, plan_id: UUID, version: int, part: Part, now: datetime) -> Plan:
    """Write one part of a plan, finished or not. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "problems.write_part") as audit:
        plan = _open_plan(by, Permission.WORK, plan_id, version)
        rules.check_part(part).raise_if_any()
        plan.take(part)
        plan.store_change()
        audit.altered(plan)
        _tell(plan, by.name, EntryKind.WRITTEN, now, code=type(part).__name__.lower())
    return plan


def grow_plan(*, by: Actor, plan_id: UUID, version: int, now: datetime) -> Plan:
    """Turn a light form into the full one. Raises NotAllowed, NotFound, Conflict, RuleBroken. Source: partnership-practice P."""
    with change(by, "problems.grow_plan") as audit:
        plan = _open_plan(by, Permission.WORK, plan_id, version)
        plan.form = Form.FULL
        plan.store_change()
        audit.altered(plan)
        _tell(plan, by.name, EntryKind.FORM, now, code=str(Form.FULL))
    return plan


def move_onward(*, by: Actor, plan_id: UUID, version: int, now: datetime) -> Plan:
    """Move a plan to its next stage when what this one needs is written down.

    Raises NotAllowed, NotFound, Conflict, RuleBroken (each thing missing beside its field).
    """
    with change(by, "problems.move_onward") as audit:
        plan = _open_plan(by, Permission.WORK, plan_id, version)
        rules.check_onward(queries.facts_of(plan)).raise_if_any()
        plan.stage = rules.ONWARD[Stage(plan.stage)]
        plan.store_change()
        audit.altered(plan)
        _tell(plan, by.name, EntryKind.STAGE, now, code=plan.stage)
    return plan


def move_back(*, by: Actor, plan_id: UUID, version: int, to: Stage, reason: str, now: datetime) -> Plan:
    """Take a plan back to an earlier stage, with the reason. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "problems.move_back") as audit:
        plan = _open_plan(by, Permission.WORK, plan_id, version)
        rules.check_back(Stage(plan.stage), to, reason).raise_if_any()
        plan.stage = to
        plan.store_change()
        audit.altered(plan, reason=reason.strip())
        _tell(plan, by.name, EntryKind.STAGE, now, code=plan.stage, text=reason)
    return plan


def give_owner(*, by: Actor, plan_id: UUID, version: int, owner_id: UUID, owner_because: str, now: datetime) -> Plan:
    """Give a plan to another owner, saying why they are best placed. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "problems.give_owner") as audit:
        plan = _open_plan(by, Permission.WORK, plan_id, version)
        plan.owner = _owner(owner_id, plan.partnership_id, owner_because, now)
        plan.owner_because = owner_because.strip()
        plan.store_change()
        audit.altered(plan)
        _tell(plan, by.name, EntryKind.OWNER, now, text=f"{plan.owner.name}: {plan.owner_because}")
    return plan


def add_partner(
    *,
    by: Actor,
    plan_id: UUID,
    now: datetime,
    organisation_id: UUID | None = None,
    group_name: str = "",
    part: str = "",
) -> PlanPartner:
    """Name an organisation or a residents' group that takes part. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "problems.add_partner") as audit:
        plan = _open_plan(by, Permission.WORK, plan_id)
        organisation = directory.organisation(organisation_id) if organisation_id else None
        rules.check_partner(name=organisation.name if organisation else group_name).raise_if_any()
        if organisation and plan.partners.filter(organisation=organisation).exists():
            raise RuleBroken(_("%(name)s takes part in the plan already.", name=organisation.name))
        partner = PlanPartner.objects.create(
            plan=plan,
            organisation=organisation,
            group_name="" if organisation else group_name.strip(),
            part=part.strip(),
        )
        audit.noted(Plan.KIND, [plan.pk])
        _tell(plan, by.name, EntryKind.PARTNER, now, text=partner.name)
    return partner


def add_action(
    *,
    by: Actor,
    plan_id: UUID,
    kind: str,
    doer: str,
    organisation_id: UUID,
    title: str,
    due: date,
    now: datetime,
    details: str = "",
    person_id: UUID | None = None,
) -> PlanAction:
    """Add an action and give the organisation that answers for it the task, in one transaction.

    Raises NotAllowed, NotFound, RuleBroken. Source: guide-3 R24, guide-1 C29.
    """
    with change(by, "problems.add_action") as audit:
        plan = _open_plan(by, Permission.WORK, plan_id)
        kinds = _book(plan.neighbourhood, now).codes("action_kinds").codes
        rules.check_action(kind=kind, kinds=kinds, doer=doer, stage=Stage(plan.stage)).raise_if_any()
        organisation = directory.organisation(organisation_id)
        if not directory.is_member(organisation.pk, plan.partnership_id, london_date(now)):
            raise RuleBroken(_("Choose an organisation of the partnership."))
        task = give_task(
            by=by,
            subject=plan,
            organisation_id=organisation.pk,
            owner_id=person_id,
            title=title,
            details=details,
            due=due,
            now=now,
        )
        action = PlanAction.objects.create(plan=plan, task=task, organisation=organisation, kind=kind, doer=doer)
        audit.noted(Plan.KIND, [plan.pk])
    return action


def review_plan(
    *, by: Actor, plan_id: UUID, version: int, note: str, next_on: date | None, now: datetime
) -> PlanReview:
    """Record a review and when the next one is. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "problems.review_plan") as audit:
        plan: Plan = Plan.objects.for_change(by, Permission.REVIEW, plan_id, version)
        today = london_date(now)
        latest = _latest_review(plan.neighbourhood, now)
        rules.check_review(
            note=note, next_on=next_on, today=today, latest=latest, stage=Stage(plan.stage)
        ).raise_if_any()
        assert next_on is not None
        review = PlanReview.objects.create(plan=plan, on=today, note=note.strip(), next_on=next_on, by_name=by.name)
        plan.last_reviewed_on, plan.review_due_on = today, next_on
        plan.store_change()
        audit.altered(plan)
        _tell(plan, by.name, EntryKind.REVIEW, now, text=note)
    return review


def write_note(*, by: Actor, plan_id: UUID, text: str, now: datetime) -> PlanNote:
    """Write what only one's own organisation, and those it shares with, may read. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "problems.write_note") as audit:
        plan: Plan = Plan.objects.for_change(by, Permission.WRITE_NOTES, plan_id)
        rules.check_note(text).raise_if_any()
        note = PlanNote.objects.create(
            partnership_id=plan.partnership_id,
            controller_id=by.organisation_id or plan.controller_id,
            service_area_id=plan.service_area_id,
            activity=ACTIVITY,
            sensitivity=Sensitivity.RESTRICTED,
            plan=plan,
            text=text.strip(),
            by_name=by.name,
            made_at=now,
        )
        audit.collected(note)
    return note


def close_plan(
    *, by: Actor, plan_id: UUID, version: int, reason: str, now: datetime, decision_id: UUID | None = None
) -> Plan:
    """Close a plan once those who raised the problem have been answered, or by a forum's recorded decision.

    Raises NotAllowed, NotFound, Conflict, RuleBroken (says how many are still owed an answer). Source: guide-2 C36.
    """
    with change(by, "problems.close_plan") as audit:
        plan: Plan = Plan.objects.for_change(by, Permission.CLOSE, plan_id, version)
        decision = _decision_about(plan, decision_id) if decision_id else None
        owed = queries.count_owed(plan)
        rules.check_closable(
            queries.facts_of(plan), owed=owed, decided=decision is not None, reason=reason
        ).raise_if_any()
        plan.close(london_date(now), reason, decision)
        plan.store_change()
        audit.altered(plan, reason=reason.strip())
        _tell(plan, by.name, EntryKind.CLOSED, now, code=plan.outcome, text=reason)
        events.publish(PlanClosed(plan.pk, plan.priority_id, plan.problem_id, plan.outcome, now))
    return plan


def close_by_decision(
    *, by: Actor, plan_id: UUID, version: int, meeting_id: UUID, method: str, reason: str, now: datetime
) -> Plan:
    """Record at a held meeting that the forum closes a plan, and close it, in one transaction.

    Raises what meetings.record_decision and close_plan raise. Source: features V1.
    """
    with change(by, "problems.close_by_decision"):
        plan = queries.get_plan(by, plan_id)
        decision = meetings.record_decision(
            by=by,
            meeting_id=meeting_id,
            text=str(_("Plan closed: %(title)s. %(reason)s", title=plan.title, reason=reason.strip())),
            method=method,
            about_kind=Plan.KIND,
            about_id=plan.pk,
            now=now,
        )
        return close_plan(by=by, plan_id=plan_id, version=version, reason=reason, decision_id=decision.pk, now=now)


@events.listen(TaskStepped)
def tell_task_step(event: TaskStepped) -> None:
    """Take what became of a plan's task into the plan's story."""
    if event.subject_kind != Plan.KIND:
        return
    step = TaskStep.objects.select_related("task").filter(task_id=event.task_id).order_by("-at", "-id").first()
    assert step is not None
    plan = Plan.objects.get(pk=event.subject_id)
    _tell(plan, step.by_name, EntryKind.TASK, event.at, code=event.state, text=step.task.title)


def _tell(plan: Plan, by_name: str, kind: EntryKind, now: datetime, *, code: str = "", text: str = "") -> None:
    PlanEntry.objects.create(plan=plan, at=now, kind=kind, code=code, text=text.strip(), by_name=by_name)


def _open_plan(by: Actor, permission: Permission, plan_id: UUID, version: int | None = None) -> Plan:
    plan: Plan = Plan.objects.for_change(by, permission, plan_id, version)
    if not plan.is_open:
        raise RuleBroken(_("The plan is closed. Begin a new one if the problem is back."))
    return plan


def _serves(by: Actor, priority_id: UUID | None, problem_id: UUID | None) -> _Serves:
    if priority_id:
        priority = priorities.get_priority(by, priority_id)
        if priority.state != PriorityState.ADOPTED:
            raise RuleBroken(
                _("A plan is made for a current priority. Wait for the forum's choice, or begin from the problem.")
            )
        if Plan.objects.filter(priority=priority).exists():
            raise RuleBroken(_("This priority has a plan already. Work on that one."))
        return _Serves(priority, priority.problem)
    if problem_id:
        return _Serves(None, concerns.get_problem(by, problem_id))
    return _Serves(None, None)


def _objective_of(priority: Priority) -> rules.Objective:
    smart = priority.smart
    return rules.Objective(smart.objective, smart.measure, smart.target, smart.by_when)


def _owner(owner_id: UUID, partnership_id: UUID, because: str, now: datetime) -> Person:
    owner, today = directory.person(owner_id), london_date(now)
    rules.check_owner(
        is_member=directory.is_member(owner.organisation_id, partnership_id, today),
        in_post=owner.until is None or owner.until >= today,
        because=because,
    ).raise_if_any()
    return owner


def _strategic(strategic_priority_id: UUID | None, partnership_id: UUID) -> StrategicPriority | None:
    if strategic_priority_id is None:
        return None
    found = StrategicPriority.objects.filter(pk=strategic_priority_id, partnership_id=partnership_id).first()
    if found is None:
        raise NotFound(_("There is no such strategic priority in this partnership."))
    return found


def _decision_about(plan: Plan, decision_id: UUID) -> Decision:
    decision = Decision.objects.filter(pk=decision_id, about_kind=Plan.KIND, about_id=plan.pk).first()
    if decision is None:
        raise RuleBroken(_("That decision is not about this plan. Record the forum's decision about it first."))
    return decision


def _book(area: ServiceArea, now: datetime) -> law.LawBook:
    return concerns.book_of(area, london_date(now))


def _latest_review(area: ServiceArea, now: datetime) -> date:
    # A plan is looked at as often as the priority that it serves.
    return law.clocks.due_on(_book(area, now).clock("priority_review"), now.astimezone(LONDON))
