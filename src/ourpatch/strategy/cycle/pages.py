"""The pages of the partnership's year."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import Conflict, NotFound, RuleBroken
from ourpatch.ground.pages import add_error, page, tell
from ourpatch.strategy.cycle import actions, queries
from ourpatch.strategy.cycle.forms import StepForm
from ourpatch.strategy.cycle.permissions import Permission
from ourpatch.strategy.cycle.queries import StepNow, Year
from ourpatch.strategy.cycle.rules import Standing

STANDING_TAGS = {
    Standing.DONE: "green",
    Standing.DUE_SOON: "orange",
    Standing.LATE: "red",
    Standing.TO_COME: "grey",
}


@signed_in
def year(request: HttpRequest) -> HttpResponse:
    """The checklist of one partnership's year, and what is due next."""
    partnerships = queries.list_partnerships(request.actor)
    if not partnerships:
        return page(request, "strategy_cycle/year.html", {"year": None, "partnerships": []})
    wanted = request.GET.get("partnership", "")
    chosen = next((each for each in partnerships if each.slug == wanted), partnerships[0])
    shown = queries.get_year(request.actor, chosen.pk, clock.london_date(request.now))
    context = {
        "year": shown,
        "partnerships": partnerships,
        "may_record": request.actor.holds(Permission.RECORD, chosen.pk),
        "rows": [_row(shown, each) for each in shown.steps],
        "next_row": _row(shown, shown.next_step) if shown.next_step else None,
    }
    return page(request, "strategy_cycle/year.html", context)


@signed_in
def step(request: HttpRequest, partnership_id: UUID, code: str) -> HttpResponse:
    """Record one step."""
    request.actor.require(Permission.RECORD, partnership_id)
    shown = queries.get_year(request.actor, partnership_id, clock.london_date(request.now))
    found = next((each for each in shown.steps if each.step.code == code), None)
    if found is None:
        raise NotFound(_("There is no such step."))
    form = StepForm(shown.partnership, request.POST or None, initial=_initial(found))
    if request.method == "POST" and form.is_valid() and _recorded(request, shown, code, form):
        tell(request, _("The step is recorded."))
        return redirect(_address(shown))
    return page(
        request,
        "strategy_cycle/step.html",
        {"form": form, "row": _row(shown, found), "year": shown, "back": _address(shown)},
    )


def _recorded(request: HttpRequest, shown: Year, code: str, form: StepForm) -> bool:
    given = form.cleaned_data
    try:
        actions.record_step(
            by=request.actor,
            partnership_id=shown.partnership.pk,
            year=shown.year,
            code=code,
            version=given["version"],
            now=request.now,
            owner_id=given["owner"].pk if given["owner"] else None,
            done_on=given["done_on"],
            note=given["note"],
        )
    except (RuleBroken, Conflict) as error:
        add_error(form, error)
        return False
    return True


def _initial(found: StepNow) -> dict[str, object]:
    recorded = found.recorded
    if recorded is None:
        return {"version": 0}
    done_on = recorded.done_on.strftime("%d/%m/%Y") if recorded.done_on else ""
    return {"version": recorded.version, "owner": recorded.owner_id, "done_on": done_on, "note": recorded.note}


def _row(shown: Year, each: StepNow) -> dict[str, object]:
    labels = {
        Standing.DONE: _("Done"),
        Standing.DUE_SOON: _("Due soon"),
        Standing.LATE: _("Late"),
        Standing.TO_COME: _("To come"),
    }
    language = get_language() or "en"
    return {
        "now": each,
        "name": each.step.label(language),
        "whom": shown.book.label("cycle_roles", each.step.whom, language),
        "tag": labels[each.standing],
        "colour": STANDING_TAGS[each.standing],
        "link": reverse("cycle:step", args=[shown.partnership.pk, each.step.code]),
    }


def _address(shown: Year) -> str:
    return f"{reverse('cycle:year')}?partnership={shown.partnership.slug}"
