"""Made-up problem-solving plans."""

from __future__ import annotations

from datetime import date
from typing import Any

from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.tasks.permissions import Permission as Tasks
from ourpatch.interventions.problems import actions
from ourpatch.interventions.problems.models import Plan, PlanAction
from ourpatch.interventions.problems.permissions import Permission
from ourpatch.interventions.problems.rules import Analysis, Assessment, Objective

from ..access.factories_concerns import NOON, Scene
from ..influence.factories_priorities import TEAM, adopt, make_priority

WORKERS = frozenset({*TEAM, *Permission, *Tasks})
PARTNER = frozenset({Permission.VIEW, Tasks.VIEW, Tasks.WORK})


def make_plan(scene: Scene, by: Actor, **more: Any) -> Plan:
    """A light plan for a current priority, owned by the council's warden."""
    if "priority_id" not in more and "problem_id" not in more:
        more["priority_id"] = adopt(scene, by, make_priority(scene, by)).pk
    facts: dict[str, Any] = {
        "title": "Quiet evenings on the canal path",
        "owner_id": scene.warden.pk,
        "owner_because": "The path is the council's.",
        "happening": "Motorbikes on the path, Friday and Saturday evenings.",
    }
    return actions.make_plan(by=by, now=NOON, **{**facts, **more})


def give_action(scene: Scene, by: Actor, plan: Plan, **more: Any) -> PlanAction:
    """A barrier, asked of the council."""
    facts: dict[str, Any] = {
        "kind": "prevention",
        "doer": "partner",
        "organisation_id": scene.council.pk,
        "title": "Put a motorcycle barrier at the lock",
        "due": date(2026, 12, 18),
    }
    return actions.add_action(by=by, plan_id=plan.pk, now=NOON, **{**facts, **more})


def write(by: Actor, plan: Plan, part: Any) -> Plan:
    """One part written."""
    plan.refresh_from_db()
    return actions.write_part(by=by, plan_id=plan.pk, version=plan.version, part=part, now=NOON)


def onward(by: Actor, plan: Plan) -> Plan:
    """The next stage."""
    plan.refresh_from_db()
    return actions.move_onward(by=by, plan_id=plan.pk, version=plan.version, now=NOON)


def to_response(scene: Scene, by: Actor, plan: Plan) -> PlanAction:
    """A plan brought to its response, with one action given."""
    onward(by, plan)
    write(by, plan, Analysis(cause="The gate at the lock stands open."))
    write(by, plan, Objective("No motorbikes", "Evenings counted", "One a month", date(2027, 3, 31)))
    onward(by, plan)
    return give_action(scene, by, plan)


def assess(by: Actor, plan: Plan, outcome: str = "better_said") -> Plan:
    """A plan whose result is written."""
    onward(by, plan)
    return write(by, plan, Assessment("The barrier stands and residents heard two in a month.", outcome, "Ask early."))
