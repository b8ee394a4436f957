"""The pages of evaluations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ourpatch.answers.evaluation import actions, queries
from ourpatch.answers.evaluation.forms import PeriodForm, StoreForm, TypedForm
from ourpatch.answers.evaluation.models import Evaluation
from ourpatch.answers.evaluation.permissions import Permission
from ourpatch.answers.evaluation.results import work_out
from ourpatch.foundation import law
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import seen
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import RuleBroken
from ourpatch.ground.pages import add_error, page, paged
from ourpatch.ground.permission.actor import Actor
from ourpatch.interventions.problems import queries as plans
from ourpatch.interventions.problems.models import Plan


@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """Every evaluation this person may see."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    shown = paged(request, queries.list_evaluations(by))
    seen(by, "evaluation.index", Evaluation.KIND, [each.pk for each in shown])
    return page(request, "answers_evaluation/index.html", {"shown": shown})


@signed_in
def evaluation(request: HttpRequest, evaluation_id: UUID) -> HttpResponse:
    """One evaluation: the counts, what each method says of them, and what none of them can say."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    shown = queries.get_evaluation(by, evaluation_id)
    seen(by, "evaluation.evaluation", Evaluation.KIND, [shown.pk])
    context = {"evaluation": shown, "results": work_out(shown), "rows": _rows(shown)}
    return page(request, "answers_evaluation/evaluation.html", context)


@signed_in
def from_store(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Evaluate a plan with counts from the store."""
    by, plan = _of_plan(request, plan_id)
    book = law.book(clock.london_date(request.now))  # type: ignore[attr-defined]
    form = StoreForm(book, request.POST or None, initial=_initial(plan))
    if request.method == "POST" and form.is_valid():
        response, comparison = form.zones()
        made = _attempt(
            form,
            lambda: actions.evaluate_from_store(
                by=by,
                plan_id=plan.pk,
                response=response,
                comparison=comparison,
                periods=form.periods(),
                now=request.now,  # type: ignore[attr-defined]
                category=form.cleaned_data["category"],
                note=form.cleaned_data["note"],
            ),
        )
        if made:
            return redirect("evaluation:evaluation", made.pk)
    return page(request, "answers_evaluation/form.html", {"form": form, "plan": plan, "typed": False})


@signed_in
def typed(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Evaluate a plan with counts from elsewhere."""
    by, plan = _of_plan(request, plan_id)
    form = TypedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        response, comparison, buffer = form.counts()
        given = form.cleaned_data
        made = _attempt(
            form,
            lambda: actions.evaluate_typed(
                by=by,
                plan_id=plan.pk,
                names=(given["response_name"], given["comparison_name"]),
                periods=form.periods(),
                response=response,
                comparison=comparison,
                source=given["source"],
                now=request.now,  # type: ignore[attr-defined]
                buffer=buffer,
                buffer_name=given["buffer_name"],
                note=given["note"],
            ),
        )
        if made:
            return redirect("evaluation:evaluation", made.pk)
    return page(request, "answers_evaluation/form.html", {"form": form, "plan": plan, "typed": True})


def _of_plan(request: HttpRequest, plan_id: UUID) -> tuple[Actor, Plan]:
    by: Actor = request.actor  # type: ignore[attr-defined]
    plan = plans.get_plan(by, plan_id)
    by.require(Permission.MAKE, plan.partnership_id, plan.service_area_id)
    return by, plan


def _attempt(form: PeriodForm, act: Callable[[], Evaluation]) -> Evaluation | None:
    try:
        return act()
    except RuleBroken as error:
        add_error(form, error)
        return None


def _initial(plan: Plan) -> dict[str, Any]:
    priority = plan.priority
    if priority is None:
        return {"months": 6}
    return {
        "months": 6,
        "category": "anti-social-behaviour" if priority.is_asb else "",
        "response_name": priority.exact_place,
        "response_easting": priority.easting,
        "response_northing": priority.northing,
    }


def _rows(shown: Evaluation) -> list[dict[str, Any]]:
    areas = [(shown.response_name, shown.response), (shown.comparison_name, shown.comparison)]
    rows = [{"name": name, "before": counts.before, "after": counts.after} for name, counts in areas]
    if shown.buffer:
        rows.append({"name": shown.buffer_name, "before": shown.buffer.before, "after": shown.buffer.after})
    return rows
