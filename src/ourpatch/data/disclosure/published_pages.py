"""Pages on which somebody chooses what is published of a partnership, and sees what has been."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from ourpatch.data.disclosure import actions, published, quarters, queries
from ourpatch.data.disclosure.forms import PublishingForm
from ourpatch.data.disclosure.models import Detail, Publishing
from ourpatch.data.disclosure.published import Released
from ourpatch.data.disclosure.rules import bases_of
from ourpatch.foundation import law
from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.pages import answered, numeric, page, paged, tell

QUARTERS_SHOWN = 4
CHOICES_SHOWN = 20


@require_GET
@signed_in
def partnerships(request: HttpRequest) -> HttpResponse:
    """Straight to the partnership where there is only one to choose for."""
    found = published.list_partnerships(request.actor)
    if len(found) == 1:
        return redirect("published:partnership", found[0].pk)
    return page(request, "data_disclosure/partnerships.html", {"partnerships": found})


@require_GET
@signed_in
def partnership(request: HttpRequest, partnership_id: UUID) -> HttpResponse:
    """What is chosen, what was chosen before, what has been released, and what was given away."""
    area = published.get_partnership(request.actor, partnership_id)
    shown = paged(request, published.list_quarters(request.actor, partnership_id), QUARTERS_SHOWN)
    released = published.list_released(request.actor, partnership_id, list(shown))
    choices = published.list_choices(request.actor, partnership_id)[:CHOICES_SHOWN]
    return page(
        request,
        "data_disclosure/published.html",
        {
            "partnership": area,
            "facts": _facts(queries.publishing_of(partnership_id)),
            "given_away": [_given_away(*each) for each in published.given_away(request.actor, partnership_id).items()],
            "released": _released_table(released),
            "left_out": [
                _left_out(*each) for each in published.left_out(request.actor, partnership_id, list(shown)).items()
            ],
            "page": shown,
            "choices": _choices_table(list(choices)),
        },
    )


@require_http_methods(["GET", "POST"])
@signed_in
def choose(request: HttpRequest, partnership_id: UUID) -> HttpResponse:
    """Choose, be told what that does, and confirm it."""
    area = published.get_partnership(request.actor, partnership_id)
    before = queries.publishing_of(partnership_id)
    bases = bases_of(law.book(clock.london_date(request.now)))
    form = PublishingForm(request.POST or None, initial=PublishingForm.initial_of(before), bases=bases)
    context = {"form": form, "partnership": area, "facts": _facts(before)}
    if request.method == "POST" and form.is_valid() and not form.cleaned_data["confirmed"]:
        after = Publishing(detail=form.cleaned_data["detail"], rounded_to=form.rounded_to)
        told = published.consequences(before, after)
        if told:
            return page(request, "data_disclosure/confirm.html", {**context, "facts": _what(after), "told": told})

    def act() -> HttpResponse:
        actions.choose_publishing(
            by=request.actor,
            partnership_id=partnership_id,
            detail=Detail(form.cleaned_data["detail"]),
            rounded_to=form.rounded_to,
            replaces=form.cleaned_data["replaces"],
            now=request.now,
        )
        tell(request, _("It is chosen. What is published follows within minutes."))
        return redirect("published:partnership", partnership_id)

    if (done := answered(request, form, act)) is not None:
        return done
    if form.is_bound:
        now = queries.publishing_of(partnership_id)
        form.ask_again(now)
        context["facts"] = _facts(now)
    return page(request, "data_disclosure/choose.html", context)


def numbers_words(rounded_to: int | None) -> str:
    """How numbers are shown."""
    if rounded_to is None:
        return _("Exactly; small ones, and those that would give them away, are withheld")
    return _("Rounded to the nearest %(base)s; small ones, and those that would give them away, are withheld") % {
        "base": rounded_to
    }


def _facts(chosen: Publishing) -> list[dict[str, Any]]:
    if chosen.seen_as is None:
        who = _("Nobody has chosen yet: this is what holds then")
        return [*_what(chosen), {"key": _("Chosen by"), "value": who}]
    return [
        *_what(chosen),
        {"key": _("Chosen by"), "value": chosen.by_name},
        {"key": _("Chosen on"), "value": _day(clock.london_date(chosen.chosen_at))},
    ]


def _what(chosen: Publishing) -> list[dict[str, Any]]:
    return [
        {"key": _("Areas"), "value": str(Detail(chosen.detail).label)},
        {"key": _("Numbers"), "value": numbers_words(chosen.rounded_to)},
    ]


def _given_away(quarter: date, count: int) -> str:
    return ngettext(
        "%(quarter)s: %(count)s small number that may be worked out from what was published earlier.",
        "%(quarter)s: %(count)s small numbers that may be worked out from what was published earlier.",
        count,
    ) % {"quarter": _quarter(quarter), "count": count}


def _left_out(quarter: date, count: int) -> str:
    return ngettext("%(quarter)s: %(count)s area.", "%(quarter)s: %(count)s areas.", count) % {
        "quarter": _quarter(quarter),
        "count": count,
    }


def _released_table(released: list[Released]) -> dict[str, Any]:
    head = [_("Quarter"), _("Kind of area"), *map(numeric, (_("Areas"), _("Numbers"), _("Withheld")))]
    rows = [
        [
            _quarter(each.quarter),
            str(each.kind.label),
            *map(numeric, (each.areas, each.figures, each.withheld)),
            ", ".join(
                _("exact") if base is None else _("nearest %(base)s") % {"base": base} for base in each.rounded_to
            ),
            _day(clock.london_date(each.made_at)),
        ]
        for each in released
    ]
    return {"head": [*head, _("Shown"), _("Released on")], "rows": rows}


def _choices_table(choices: list[Publishing]) -> dict[str, Any]:
    rows = [
        [
            _day(clock.london_date(each.chosen_at)),
            each.by_name,
            str(Detail(each.detail).label),
            numbers_words(each.rounded_to),
        ]
        for each in choices
    ]
    return {"head": [_("Chosen on"), _("Chosen by"), _("Areas"), _("Numbers")], "rows": rows}


def _quarter(quarter: date) -> str:
    first, last = date_format(quarter, "F"), date_format(quarters.last_month(quarter), "F Y")
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def _day(day: date) -> str:
    return date_format(day, "j F Y")
