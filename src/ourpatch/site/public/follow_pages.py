"""Following up: the code is typed, never in an address, and opens one concern for half an hour."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ourpatch.access.concerns import actions, showing
from ourpatch.access.concerns import queries as concerns
from ourpatch.access.concerns.models import Concern, Direction, Exchange
from ourpatch.access.concerns.rules import Owed, ReplyKind, State
from ourpatch.access.teams import queries as teams
from ourpatch.answers.publishing import queries as publishing
from ourpatch.answers.publishing.queries import Receipt
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.audit.trail import seen
from ourpatch.ground.clock import london_date
from ourpatch.ground.errors import NotFound, RuleBroken
from ourpatch.ground.pages import add_error, page, tell
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as __
from ourpatch.interventions.problems.models import OUTCOME_LABELS
from ourpatch.interventions.problems.rules import Outcome
from ourpatch.site.public import drafts, queries
from ourpatch.site.public.actions import note_wrong_code
from ourpatch.site.public.forms import AddForm, CodeForm, SatisfactionForm
from ourpatch.site.public.rules import OPENED_KEPT, may_try
from ourpatch.site.public.visitors import digests, visitor

OPENED = "followed"

PROMISES: dict[Owed, Message] = {
    Owed.REPLY: __("You get a full reply"),
    Owed.CALL_BACK: __("We ring you back"),
    Owed.ADDED: __("We reply to what you added"),
    Owed.NEWS: __("You hear from us next"),
    Owed.ANSWER: __("You get our answer as soon as there is one"),
    Owed.NOTHING: __("You have had our answer"),
}

KINDS: dict[ReplyKind, Message] = {
    ReplyKind.HOLDING: __("We have seen it; a full reply follows"),
    ReplyKind.MEANINGFUL: __("Full reply"),
    ReplyKind.PROGRESS: __("News"),
    ReplyKind.ANSWER: __("Our answer"),
    ReplyKind.CALLED: __("Note of a telephone call"),
}


@never_cache
def enter(request: HttpRequest) -> HttpResponse:
    """Type the code."""
    if request.method == "POST" and not may_try(queries.wrong_codes(digests(request), request.now)):
        return page(request, "429.html", status=429)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.read_replies(by=visitor(request), code=form.cleaned_data["code"], now=request.now)
        except NotFound as error:
            note_wrong_code(by=visitor(request), visitors=digests(request), now=request.now)
            form.add_error("code", str(error))
        else:
            request.session.cycle_key()
            _keep(request, form.cleaned_data["code"])
            return redirect("public:follow_concern")
    return page(request, "site_public/follow.html", {"form": form})


@never_cache
def concern(request: HttpRequest) -> HttpResponse:
    """What has happened so far, what is owed, what was said; and a box to add something."""
    code = _code(request)
    if not code:
        return redirect("public:follow")
    form = AddForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_to_concern(by=visitor(request), code=code, now=request.now, **form.cleaned_data)
        except RuleBroken as error:
            add_error(form, error)
        else:
            _keep(request, code)
            tell(request, _("We have what you added. You get a reply to it."))
            return redirect("public:follow_concern")
    return _show(request, code, form, SatisfactionForm())


@never_cache
@require_POST
def satisfied(request: HttpRequest) -> HttpResponse:
    """Yes closes it; no makes us owe another answer."""
    code = _code(request)
    if not code:
        return redirect("public:follow")
    form = SatisfactionForm(request.POST)
    if form.is_valid():
        try:
            actions.mark_satisfaction(by=visitor(request), code=code, now=request.now, **form.cleaned_data)
        except RuleBroken as error:
            add_error(form, error)
        else:
            _keep(request, code)
            tell(request, _thanks(form.cleaned_data["satisfied"]))
            return redirect("public:follow_concern")
    return _show(request, code, AddForm(), form)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close what the code opened."""
    drafts.forget(request, OPENED)
    return redirect("public:home")


def _keep(request: HttpRequest, code: str) -> None:
    drafts.keep(request, OPENED, {"code": code}, request.now)


def _code(request: HttpRequest) -> str:
    code: str = drafts.read(request, OPENED, request.now, OPENED_KEPT).get("code", "")
    return code


def _show(request: HttpRequest, code: str, form: AddForm, satisfaction: SatisfactionForm) -> HttpResponse:
    by = visitor(request)
    found = actions.read_replies(by=by, code=code, now=request.now)
    seen(by, "public.follow_concern", Concern.KIND, [found.pk])
    area = teams.service_area(found.service_area_id)
    receipt = publishing.receipt(found)
    return page(
        request,
        "site_public/follow_concern.html",
        {
            "concern": found,
            "area": area,
            "clock": _clock(found, request),
            "steps": _steps(found, receipt, area),
            "receipt": receipt,
            "messages_so_far": _said(found),
            "team": teams.team_of(area.pk, london_date(request.now)),
            "form": form,
            "satisfaction": satisfaction if found.state == State.ANSWERED else None,
        },
    )


def _clock(found: Concern, request: HttpRequest) -> dict[str, Any]:
    """The next promise in the person's words; `late` when it has been broken."""
    shown = showing.clock(found, request.now)
    return {**shown, "promise": str(PROMISES[found.next.owed]), "late": shown["state"] == "overdue"}


def _said(found: Concern) -> list[dict[str, Any]]:
    """Everything that was said, oldest first: what the person told us, each time they did, and each message."""
    told = [
        {"ours": False, "who": _("You"), "at": each.told_at, "text": each.what, "language": each.language}
        for each in concerns.list_reports(found)
    ]
    said = [_message(each) for each in concerns.list_exchanges(found)]
    return sorted([*told, *said], key=lambda each: each["at"])


def _message(exchange: Exchange) -> dict[str, Any]:
    ours = exchange.direction == Direction.OUT
    return {
        "ours": ours,
        "who": exchange.by_name if ours else _("You"),
        "at": exchange.at,
        "kind": str(KINDS.get(ReplyKind(exchange.kind), "")),
        "text": exchange.text,
        "language": exchange.language,
        "outcome": exchange.get_outcome_display() if exchange.outcome else "",
        "news_on": exchange.news_on,
    }


def _thanks(is_satisfied: bool) -> str:
    if is_satisfied:
        return _("Thank you. You can still add something with your code.")
    return _("We look at it again, and owe you another answer.")


# ---------------------------------------------------------------- the receipt


def _steps(found: Concern, receipt: Receipt, area: ServiceArea) -> list[dict[str, Any]]:
    """From what the person told us to our answer: what is done, where it is now, what is still to come."""
    stages: list[dict[str, Any]] = [
        {"name": _("You told us"), "when": receipt.raised_on, "text": found.reference},
        {"name": _("We replied to you"), "when": receipt.replied_on},
        {"name": _("Looked at together with others"), "when": receipt.grouped_on, "text": _others(receipt)},
        _priority_step(receipt, area),
        _work_step(receipt),
        {"name": _("You had our answer"), "when": receipt.answered_on},
    ]
    current = next((at for at, stage in enumerate(stages) if not stage["when"]), len(stages))
    if receipt.answered_on:
        # What was answered without a problem or a priority never takes those steps.
        return [{**stage, "state": "done"} for stage in stages if stage["when"]]
    return [{**stage, "state": _state(at, current, stage)} for at, stage in enumerate(stages)]


def _state(at: int, current: int, stage: dict[str, Any]) -> str:
    if stage["when"]:
        return "done"
    return "current" if at == current else "later"


def _others(receipt: Receipt) -> str:
    if not receipt.grouped_on or receipt.others < 1:
        return ""
    return _("Other people who raised the same: %(count)s") % {"count": receipt.others}


def _priority_step(receipt: Receipt, area: ServiceArea) -> dict[str, Any]:
    found = receipt.priority
    name = _("Chosen as a priority of your neighbourhood")
    if found is None:
        return {"name": name, "when": None}
    address = reverse("public:priority", args=[area.slug, found.pk])
    return {"name": name, "when": found.adopted_on, "text": found.shown_title, "href": address}


def _work_step(receipt: Receipt) -> dict[str, Any]:
    if not receipt.progress:
        return {"name": _("Work on it"), "when": None}
    latest = receipt.progress[-1]
    text = _("%(done)s of %(actions)s actions are done.") % {"done": latest.done, "actions": latest.actions}
    if latest.outcome:
        text = f"{text} {OUTCOME_LABELS[Outcome(latest.outcome)]}"
    return {"name": _("Work on it"), "when": latest.begun_on, "text": text}
