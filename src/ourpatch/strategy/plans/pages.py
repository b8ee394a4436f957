"""The pages of strategic priorities and the partnership plan."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ourpatch.foundation.law.cycle import partnership_year
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import Conflict, NotFound, RuleBroken
from ourpatch.ground.pages import add_error, page, tell
from ourpatch.strategy.plans import actions, queries
from ourpatch.strategy.plans.forms import PlanForm, PriorityForm
from ourpatch.strategy.plans.models import StrategicPriority
from ourpatch.strategy.plans.permissions import Permission


@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """Every partnership's strategic priorities and its published plan."""
    today = clock.london_date(request.now)
    shown = [
        {
            "partnership": partnership,
            "priorities": list(queries.list_priorities(request.actor, today, partnership.pk)),
            "plan": queries.published_plan(partnership.pk),
            "may_edit": request.actor.holds(Permission.EDIT, partnership.pk),
            "may_publish": request.actor.holds(Permission.PUBLISH, partnership.pk),
        }
        for partnership in queries.list_partnerships(request.actor)
    ]
    return page(request, "strategy_plans/overview.html", {"shown": shown})


@signed_in
def priority(request: HttpRequest, partnership_id: UUID, priority_id: UUID | None = None) -> HttpResponse:
    """Set a strategic priority, or change one."""
    request.actor.require(Permission.EDIT, partnership_id)
    partnership = _partnership(request, partnership_id)
    existing = queries.get_priority(request.actor, priority_id) if priority_id else None
    form = PriorityForm(partnership, request.POST or None, initial=_initial(existing))
    if request.method == "POST" and form.is_valid() and _is_set(request, partnership, priority_id, form):
        tell(request, _("The strategic priority is saved."))
        return redirect("plans:overview")
    return page(
        request, "strategy_plans/priority.html", {"form": form, "partnership": partnership, "existing": existing}
    )


@signed_in
def publish(request: HttpRequest, partnership_id: UUID) -> HttpResponse:
    """Publish the plan of a year."""
    request.actor.require(Permission.PUBLISH, partnership_id)
    partnership = _partnership(request, partnership_id)
    form = PlanForm(
        partnership, request.POST or None, initial={"year": partnership_year(clock.london_date(request.now))}
    )
    if request.method == "POST" and form.is_valid() and _is_published(request, partnership, form):
        tell(request, _("The plan is published."))
        return redirect("plans:overview")
    return page(request, "strategy_plans/publish.html", {"form": form, "partnership": partnership})


def _is_set(request: HttpRequest, partnership: ServiceArea, priority_id: UUID | None, form: PriorityForm) -> bool:
    given = dict(form.cleaned_data)
    lead = given.pop("lead")
    try:
        actions.set_priority(
            by=request.actor, partnership_id=partnership.pk, lead_id=lead.pk, priority_id=priority_id, **given
        )
    except (RuleBroken, Conflict) as error:
        add_error(form, error)
        return False
    return True


def _is_published(request: HttpRequest, partnership: ServiceArea, form: PlanForm) -> bool:
    given = form.cleaned_data
    try:
        actions.publish_plan(
            by=request.actor,
            partnership_id=partnership.pk,
            year=given["year"],
            priority_ids=[each.pk for each in given["priorities"]],
            summary=given["summary"],
            summary_cy=given["summary_cy"],
            now=request.now,
        )
    except RuleBroken as error:
        add_error(form, error)
        return False
    return True


def _partnership(request: HttpRequest, partnership_id: UUID) -> ServiceArea:
    found = queries.list_partnerships(request.actor).filter(pk=partnership_id).first()
    if found is None:
        raise NotFound(_("There is no such partnership."))
    return found


def _initial(existing: StrategicPriority | None) -> dict[str, object]:
    if existing is None:
        return {}
    plain = ("title", "title_cy", "objective", "objective_cy", "measure", "target", "source", "version")
    return {
        **{name: getattr(existing, name) for name in plain},
        "lead": existing.lead_id,
        "from_on": _day(existing.from_on),
        "until": _day(existing.until),
    }


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
