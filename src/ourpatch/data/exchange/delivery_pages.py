"""Pages of deliveries: send a file, see its receipt and what was found, let it through, withdraw it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ourpatch.data.exchange import actions, queries
from ourpatch.data.exchange.actions import keeping
from ourpatch.data.exchange.delivery_forms import LetThroughForm, SendForm, WithdrawForm, period_name
from ourpatch.data.exchange.findings import Weight
from ourpatch.data.exchange.intake import rules
from ourpatch.data.exchange.models import Channel, Delivery, DeliveryFinding, DeliveryState, Extent
from ourpatch.data.exchange.permissions import acts_for, lets_through
from ourpatch.data.exchange.report_workbook import ReportFinding, report_csv
from ourpatch.data.exchange.wording import WEIGHTS
from ourpatch.data.store import specs
from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import NotAllowed
from ourpatch.ground.pages import answered, page, paged, tell

COLOURS = {
    DeliveryState.WAITING: "yellow",
    DeliveryState.UNMAPPED: "yellow",
    DeliveryState.HELD: "orange",
    DeliveryState.REFUSED: "red",
    DeliveryState.LOADED: "green",
    DeliveryState.UNCHANGED: "grey",
    DeliveryState.WITHDRAWN: "grey",
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@signed_in
def send(request: HttpRequest) -> HttpResponse:
    """Send a file for a dataset; the worker reads it and the receipt's page shows what came of it."""
    today = clock.london_date(request.now)
    organisations = list(queries.senders_for(request.actor, today))
    if not organisations:
        return page(request, "data_exchange/send.html", {"form": None})
    datasets = queries.datasets_sent_by(each.kind for each in organisations)
    form = SendForm(
        request.POST or None,
        request.FILES or None,
        organisations=organisations,
        datasets=datasets,
        today=today,
        initial={key: request.GET[key] for key in ("organisation", "dataset", "period") if key in request.GET},
    )

    def act() -> HttpResponse:
        period, months = form.named_period()
        given = form.cleaned_data["file"]
        delivery = actions.receive(
            by=request.actor,
            organisation_id=UUID(form.cleaned_data["organisation"]),
            dataset=form.cleaned_data["dataset"],
            filename=given.name,
            content=given,
            size=given.size,
            channel=Channel.BROWSER,
            now=request.now,
            period=period,
            months=months,
            extent=Extent(form.cleaned_data["extent"]),
            user_id=request.user.pk,
            language=get_language() or "en",
        )
        tell(request, _("We have the file. It is being read; this page shows what came of it."))
        return redirect("exchange:delivery", delivery.pk)

    return answered(request, form, act) or page(request, "data_exchange/send.html", {"form": form})


@require_GET
@signed_in
def show_deliveries(request: HttpRequest) -> HttpResponse:
    """What was sent, latest first."""
    deliveries = paged(request, queries.list_deliveries(request.actor))
    head = [_("Receipt"), _("Dataset"), _("Sender"), _("Period"), _("State"), _numeric(_("Rows loaded")), _("Sent")]
    context = {
        "deliveries": deliveries,
        "head": head,
        "rows": [_row(each) for each in deliveries],
        "may_send": queries.senders_for(request.actor, clock.london_date(request.now)).exists(),
    }
    return page(request, "data_exchange/deliveries.html", context)


@require_GET
@signed_in
def show_delivery(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """The receipt of a file: what became of it, what was found row by row, and what can be done now."""
    delivery = queries.get_delivery(request.actor, delivery_id)
    findings = paged(request, queries.list_findings(request.actor, delivery_id))
    return page(
        request,
        "data_exchange/delivery.html",
        {
            "delivery": delivery,
            "name": str(specs.dataset(delivery.dataset).label),
            "tag": _tag(delivery),
            "waits": delivery.state == DeliveryState.WAITING,
            "judged": delivery.state not in (DeliveryState.WAITING, DeliveryState.UNMAPPED),
            "facts": _facts(delivery),
            "summary": summary_of(delivery),
            "findings": findings,
            "head": [_numeric(_("Row")), _("Column"), _("What was found"), _("What to do"), _("What follows")],
            "rows": [_finding(each) for each in findings],
            "parts": _parts(delivery),
            "part_head": [_("Month"), _numeric(_("Rows of the month since then")), _("In use")],
            "may": _may(request, delivery),
        },
    )


@require_GET
@signed_in
def download_report(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """The report as a workbook with the offending cells marked; it shows the sender's own rows, so only to who may send them."""
    delivery = queries.get_delivery(request.actor, delivery_id)
    path = keeping.kept(delivery.report_path) if delivery.report_path else None
    if (
        path is None
        or not path.exists()
        or not acts_for(request.actor, delivery.organisation_id, clock.london_date(request.now))
    ):
        return redirect("exchange:delivery", delivery_id)
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"report-{delivery.receipt}.xlsx", content_type=XLSX
    )


@require_GET
@signed_in
def download_findings(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """What was found, for a spreadsheet."""
    delivery = queries.get_delivery(request.actor, delivery_id)
    found = [as_report(each) for each in queries.list_findings(request.actor, delivery_id)]
    response = HttpResponse(report_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="findings-{delivery.receipt}.csv"'
    return response


@require_http_methods(["GET", "POST"])
@signed_in
def let_through(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Let a held delivery through, with a reason."""
    delivery = queries.get_delivery(request.actor, delivery_id)
    if not lets_through(request.actor, delivery.organisation_id, clock.london_date(request.now)):
        raise NotAllowed(_("You may not let deliveries through the gate."))
    form = LetThroughForm(request.POST or None)

    def act() -> HttpResponse:
        actions.let_through(
            by=request.actor, delivery_id=delivery_id, reason=form.cleaned_data["reason"], now=request.now
        )
        tell(request, _("The delivery is let through, with your name and reason. It is being read."))
        return redirect("exchange:delivery", delivery_id)

    shown = {"form": form, "delivery": delivery, "summary": summary_of(delivery, Weight.HOLDS)}
    return answered(request, form, act) or page(request, "data_exchange/let_through.html", shown)


@require_http_methods(["GET", "POST"])
@signed_in
def withdraw(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Take a delivery back, with a reason."""
    delivery = queries.get_delivery(request.actor, delivery_id)
    if not acts_for(request.actor, delivery.organisation_id, clock.london_date(request.now)):
        raise NotAllowed(_("You may not withdraw this delivery."))
    form = WithdrawForm(request.POST or None)

    def act() -> HttpResponse:
        actions.withdraw(by=request.actor, delivery_id=delivery_id, reason=form.cleaned_data["reason"], now=request.now)
        tell(request, _("The delivery is withdrawn. Its months are as they were before it."))
        return redirect("exchange:delivery", delivery_id)

    shown = {"form": form, "delivery": delivery}
    return answered(request, form, act) or page(request, "data_exchange/withdraw.html", shown)


def summary_of(delivery: Delivery, only: Weight | None = None) -> list[dict[str, Any]]:
    """How often each thing was found, the gravest first, in the words of its first finding."""
    order = list(Weight)
    said = {each.kind: each.says for each in delivery.findings.order_by("-row_number", "-pk")}
    counted = [
        (order.index(Weight(weight)), -count, kind, count)
        for kind, (count, weight) in delivery.counts.items()
        if only is None or weight == only
    ]
    return [
        {"key": str(WEIGHTS[order[place]]), "value": f"{said.get(kind, '')} ({number_format(count, use_l10n=True)})"}
        for place, _less, kind, count in sorted(counted)
    ]


def as_report(found: DeliveryFinding) -> ReportFinding:
    """A finding as reports show it."""
    weight = Weight(found.weight)
    return ReportFinding(found.row_number, found.column, found.kind, weight, found.says, found.do)


def _may(request: HttpRequest, delivery: Delivery) -> dict[str, bool]:
    acts = acts_for(request.actor, delivery.organisation_id, clock.london_date(request.now))
    state = delivery.state
    return {
        "match": acts and not rules.check_matching(state, is_kept=bool(delivery.path)),
        "let_through": state == DeliveryState.HELD
        and lets_through(request.actor, delivery.organisation_id, clock.london_date(request.now)),
        "withdraw": acts and state not in (DeliveryState.REFUSED, DeliveryState.UNCHANGED, DeliveryState.WITHDRAWN),
        "report": acts and bool(delivery.report_path),
        "again": acts and state == DeliveryState.REFUSED,
    }


def _row(delivery: Delivery) -> list[Any]:
    return [
        {"text": delivery.receipt, "href": reverse("exchange:delivery", args=[delivery.pk])},
        str(specs.dataset(delivery.dataset).label),
        delivery.organisation.name,
        period_name(delivery.period, delivery.months),
        {"tag": _tag(delivery)},
        _number(delivery.rows_kept),
        date_format(clock.london_date(delivery.received_at), "j F Y"),
    ]


def _tag(delivery: Delivery) -> dict[str, str]:
    return {"text": delivery.get_state_display(), "colour": COLOURS[DeliveryState(delivery.state)]}


def _facts(delivery: Delivery) -> list[dict[str, Any]]:
    facts = [
        (_("Receipt"), delivery.receipt),
        (_("Sender"), delivery.organisation.name),
        (_("Period"), period_name(delivery.period, delivery.months)),
        (_("What the file holds"), delivery.get_extent_display()),
        (_("File"), delivery.filename),
        (_("Sent"), _said_by(delivery.received_at, delivery.by_name)),
        (_("Came by"), delivery.get_channel_display()),
    ]
    if delivery.finished_at:
        facts.append((_("Rows read"), _number(delivery.rows_read)))
        facts.append((_("Rows loaded"), _number(delivery.rows_kept)))
    if delivery.layout:
        layout = _("%(name)s, version %(number)s") % {"name": delivery.layout.name, "number": delivery.layout.number}
        facts.append((_("Read by the layout"), layout))
    if delivery.let_through_at:
        facts.append((_("Let through the gate"), _said_by(delivery.let_through_at, delivery.let_through_by)))
        facts.append((_("Why"), delivery.let_through_reason))
    if delivery.state == DeliveryState.WITHDRAWN:
        facts.append((_("Withdrawn by"), delivery.withdrawn_by))
        facts.append((_("Why"), delivery.withdrawn_reason))
    facts.append((_("Content (SHA-256)"), delivery.content_sha256))
    return [{"key": key, "value": value} for key, value in facts]


def _finding(found: DeliveryFinding) -> list[Any]:
    row = str(found.row_number) if found.row_number else _("Whole file")
    return [row, found.column, found.says, found.do, str(WEIGHTS[Weight(found.weight)])]


def _parts(delivery: Delivery) -> list[list[Any]]:
    in_use = queries.submissions_in_use(delivery)
    return [
        [
            date_format(part.period, "F Y"),
            _number(part.rows_kept),
            _("Yes") if part.submission_id in in_use else _("No"),
        ]
        for part in delivery.parts.order_by("period")
    ]


def _said_by(moment: Any, name: str) -> str:
    return _("%(day)s by %(name)s") % {"day": date_format(clock.london_date(moment), "j F Y"), "name": name}


def _number(number: int) -> str:
    return str(number_format(number, use_l10n=True, force_grouping=True))


def _numeric(text: str) -> dict[str, Any]:
    return {"text": text, "numeric": True}
