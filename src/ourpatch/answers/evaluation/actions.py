"""Making evaluations."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from ourpatch.answers.evaluation import counting, rules
from ourpatch.answers.evaluation.models import Evaluation
from ourpatch.answers.evaluation.permissions import Permission
from ourpatch.answers.evaluation.results import work_out
from ourpatch.answers.evaluation.rules import Counts, CountsFrom, Periods, Zone
from ourpatch.data.store import queries as store
from ourpatch.ground.audit.trail import change
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import Sensitivity
from ourpatch.interventions.problems import queries as plans
from ourpatch.interventions.problems.models import Plan


def evaluate_from_store(
    *,
    by: Actor,
    plan_id: UUID,
    response: Zone,
    comparison: Zone,
    periods: Periods,
    now: datetime,
    category: str = "",
    with_ring: bool = True,
    note: str = "",
) -> Evaluation:
    """Count before and after in two places from the store and keep what the figures carry.

    The ring around the place of the work, as wide again, shows whether trouble moved. Raises NotAllowed, NotFound, RuleBroken.
    """
    plan = _plan(by, plan_id)
    (rules.check_periods(periods) | rules.check_zones(response, comparison)).raise_if_any()
    # Counted before the transaction that keeps it: reading the store may take longer than anybody should wait for a lock.
    counting.require_months(periods)
    version = store.data_version()
    counts = counting.count_zone(response, periods, category)
    compared = counting.count_zone(comparison, periods, category)
    ring = counting.count_ring(response, periods, category) if with_ring else None
    zones = {"response": asdict(response), "comparison": asdict(comparison)}
    return _keep(
        by, plan, periods, (response.name, comparison.name), (counts, compared, ring), now,
        counts_from=CountsFrom.STORE, data_version=version, category=category, zones=zones, note=note.strip(),
    )  # fmt: skip


def evaluate_typed(
    *,
    by: Actor,
    plan_id: UUID,
    names: tuple[str, str],
    periods: Periods,
    response: Counts,
    comparison: Counts,
    source: str,
    now: datetime,
    buffer: Counts | None = None,
    buffer_name: str = "",
    note: str = "",
) -> Evaluation:
    """Keep an evaluation of counts from elsewhere, with their source; `names` of the place and the comparison area.

    Raises NotAllowed, NotFound, RuleBroken.
    """
    plan = _plan(by, plan_id)
    (
        rules.check_periods(periods)
        | rules.check_names(*names)
        | rules.check_counts([response, comparison, *([buffer] if buffer else [])], source)
    ).raise_if_any()
    return _keep(
        by, plan, periods, names, (response, comparison, buffer), now,
        counts_from=CountsFrom.TYPED, source=source.strip(), buffer_name=buffer_name.strip(), note=note.strip(),
    )  # fmt: skip


def _plan(by: Actor, plan_id: UUID) -> Plan:
    """The plan that is evaluated. A refusal here is written to the audit like one inside the change."""
    with change(by, "evaluation.make"):
        plan: Plan = plans.get_plan(by, plan_id)
        by.require(Permission.MAKE, plan.partnership_id, plan.service_area_id)
    return plan


def _keep(
    by: Actor,
    plan: Plan,
    periods: Periods,
    names: tuple[str, str],
    counts: tuple[Counts, Counts, Counts | None],
    now: datetime,
    **more: object,
) -> Evaluation:
    response, comparison, buffer = counts
    with change(by, "evaluation.make") as audit:
        evaluation = Evaluation(
            partnership_id=plan.partnership_id,
            controller_id=plan.controller_id,
            service_area_id=plan.service_area_id,
            activity=plan.activity,
            sensitivity=Sensitivity.OPEN,
            made_at=now,
            plan=plan,
            response_name=names[0].strip(),
            comparison_name=names[1].strip(),
            before_from=periods.before_from,
            after_from=periods.after_from,
            months=periods.months,
            response_before=response.before,
            response_after=response.after,
            comparison_before=comparison.before,
            comparison_after=comparison.after,
            buffer_before=buffer.before if buffer else None,
            buffer_after=buffer.after if buffer else None,
            by_name=by.name,
            **more,
        )
        evaluation.verdict = str(work_out(evaluation).difference.verdict)
        evaluation.save()
        audit.collected(evaluation)
    return evaluation
