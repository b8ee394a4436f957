"""Pages of the data floor: what is loaded, handing a file in, what was set aside and why, undoing a load."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ourpatch.data.exchange import actions, queries
from ourpatch.data.exchange.forms import HandInForm
from ourpatch.data.exchange.models import HandedIn, HandedInState
from ourpatch.data.exchange.rules import REASON_LABELS, ROW_RULES, Reason
from ourpatch.data.store import actions as store_actions
from ourpatch.data.store import queries as store
from ourpatch.data.store.models import Submission
from ourpatch.data.store.permissions import Permission
from ourpatch.data.store.rules import State
from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import RuleBroken
from ourpatch.ground.pages import add_error, numeric, page, paged, tell

COLOURS = {State.LOADED: "green", State.SUPERSEDED: "grey", State.UNDONE: "orange"}
HANDED_IN_COLOURS = {HandedInState.WAITING: "yellow", HandedInState.LOADED: "green", HandedInState.REFUSED: "red"}
SHOWN_HANDED_IN = 5


@require_GET
@signed_in
def show_data(request: HttpRequest) -> HttpResponse:
    """Which months are loaded, the loads themselves, and what the reader handed in."""
    actor = request.actor
    actor.require(Permission.VIEW)
    loads = paged(request, store.list_submissions(actor))
    names = queries.names_of_suppliers(each.supplier for each in loads)
    may_load = actor.holds(Permission.LOAD)
    return page(
        request,
        "data_exchange/data.html",
        {
            "datasets": [_dataset(each) for each in queries.list_datasets(actor)],
            "loads": loads,
            "load_head": [
                _("Month"),
                _("Supplier"),
                _("State"),
                *(numeric(text) for text in (_("Rows kept"), _("Without a place"), _("Set aside"))),
                _("Loaded"),
            ],
            "load_rows": [_load_row(each, names) for each in loads],
            "may_load": may_load,
            "may_send": queries.senders_for(actor, clock.london_date(request.now)).exists(),
            "handed_in": [_handed_in(each) for each in queries.list_handed_in(actor)[:SHOWN_HANDED_IN]]
            if may_load
            else [],
        },
    )


@require_http_methods(["GET", "POST"])
@signed_in
def hand_in(request: HttpRequest) -> HttpResponse:
    """Hand a file in; the worker loads it."""
    request.actor.require(Permission.LOAD)
    form = HandInForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            actions.hand_in(
                by=request.actor,
                user_id=request.user.pk,
                filename=given.name,
                content=given,
                size=given.size,
                now=request.now,
            )
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("We have the file. It is being read; this page shows what came of it."))
            return redirect("exchange:data")
    return page(request, "data_exchange/hand_in.html", {"form": form})


@require_GET
@signed_in
def show_rules(request: HttpRequest) -> HttpResponse:
    """What becomes of each row, and why."""
    request.actor.require(Permission.VIEW)
    rows = [[str(rule.when), _("Set aside") if rule.reason else _("Kept"), str(rule.why)] for rule in ROW_RULES]
    head = [_("What a row shows"), _("What becomes of it"), _("Why")]
    return page(request, "data_exchange/rules.html", {"head": head, "rows": rows})


@require_GET
@signed_in
def show_submission(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """One load: what was read, kept and set aside, row by row."""
    actor = request.actor
    submission = store.get_submission(actor, submission_id)
    rows = paged(request, store.list_set_aside(actor, submission_id))
    counts = [[str(REASON_LABELS[Reason(reason)]), _number(n)] for reason, n in submission.counts.items()]
    return page(
        request,
        "data_exchange/submission.html",
        {
            "name": _name(submission),
            "submission": submission,
            "facts": _facts(submission),
            "count_head": [_("Why"), numeric(_("Rows"))],
            "count_rows": counts,
            "set_aside": rows,
            "row_head": [numeric(_("Row")), _("Why it was set aside")],
            "row_rows": [[str(row.row_number), str(REASON_LABELS[Reason(row.reason)])] for row in rows],
            "may_undo": actor.holds(Permission.UNDO) and not store.why_not_undo(actor, submission),
        },
    )


@require_POST
@signed_in
def undo(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Take a load out of use."""
    try:
        submission = store_actions.undo_submission(by=request.actor, submission_id=submission_id, now=request.now)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        brought_back = submission.supersedes_id is not None
        tell(
            request,
            _("The load is undone, and what it had replaced is in use again.")
            if brought_back
            else _("The load is undone."),
        )
    return redirect("exchange:submission", submission_id)


def _dataset(state: queries.DatasetState) -> dict[str, Any]:
    return {
        "label": str(state.spec.label),
        "months": [_month(month) for month in state.months],
        "missing": [_month(month) for month in state.missing],
        "limitations": [str(each) for each in state.spec.limitations],
    }


def _load_row(submission: Submission, names: Mapping[str, str]) -> list[Any]:
    return [
        {"text": _month(submission.period), "href": reverse("exchange:submission", args=[submission.pk])},
        names.get(submission.supplier, submission.supplier),
        {"tag": {"text": submission.get_state_display(), "colour": COLOURS[State(submission.state)]}},
        _number(submission.rows_kept),
        _number(submission.rows_without_place),
        _number(submission.rows_set_aside),
        _day(submission.loaded_at),
    ]


def _facts(submission: Submission) -> list[dict[str, Any]]:
    facts = [
        (_("File"), submission.filename),
        (_("State"), submission.get_state_display()),
        (_("Rows read"), _number(submission.rows_read)),
        (_("Rows kept"), _number(submission.rows_kept)),
        (_("Kept without a place"), _number(submission.rows_without_place)),
        (_("Set aside"), _number(submission.rows_set_aside)),
        (_("Loaded"), _("%(day)s by %(name)s") % {"day": _day(submission.loaded_at), "name": submission.loaded_by}),
        (_("Content (SHA-256)"), submission.content_sha256),
    ]
    if submission.undone_at:
        undone = _("%(day)s by %(name)s") % {"day": _day(submission.undone_at), "name": submission.undone_by}
        facts.append((_("Undone"), undone))
    return [{"key": key, "value": value} for key, value in facts]


def _handed_in(handed_in: HandedIn) -> dict[str, Any]:
    return {
        "filename": handed_in.filename,
        "state": handed_in.get_state_display(),
        "colour": HANDED_IN_COLOURS[HandedInState(handed_in.state)],
        "lines": handed_in.message.splitlines(),
        "at": _day(handed_in.handed_in_at),
    }


def _name(submission: Submission) -> str:
    names = queries.names_of_suppliers([submission.supplier])
    return f"{_month(submission.period)}, {names.get(submission.supplier, submission.supplier)}"


def _month(month: date) -> str:
    return str(date_format(month, "F Y"))


def _day(moment: datetime) -> str:
    return str(date_format(clock.london_date(moment), "j F Y"))


def _number(number: int) -> str:
    return str(number_format(number, use_l10n=True, force_grouping=True))
