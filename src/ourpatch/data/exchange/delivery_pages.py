"""Pages of deliveries: send a file, see its receipt and what was found, let it through, withdraw it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
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
from ourpatch.data.exchange.delivery_forms import (
    EmptyingForm,
    LetThroughForm,
    SendForm,
    StandsForm,
    WithdrawForm,
    period_name,
)
from ourpatch.data.exchange.findings import Weight
from ourpatch.data.exchange.intake import rules
from ourpatch.data.exchange.models import Channel, Delivery, DeliveryFinding, DeliveryState, Extent
from ourpatch.data.exchange.permissions import acts_for, lets_through
from ourpatch.data.exchange.report_workbook import ReportFinding, report_csv
from ourpatch.data.exchange.standing import Standing, Stands
from ourpatch.data.exchange.wording import follows
from ourpatch.data.store import catalogue
from ourpatch.data.store.specs import DatasetSpec, found_in
from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import NotAllowed
from ourpatch.ground.pages import answered, numeric, page, paged, tell

COLOURS = {
    Stands.WAITING: "yellow",
    Stands.UNMAPPED: "yellow",
    Stands.HELD: "orange",
    Stands.TO_CONFIRM: "orange",
    Stands.REFUSED: "red",
    Stands.LOADED: "green",
    Stands.LOADED_IN_PART: "green",
    Stands.REPLACED_IN_PART: "turquoise",
    Stands.REPLACED: "grey",
    Stands.UNCHANGED: "grey",
    Stands.WITHDRAWN: "grey",
}
WITHDRAWN_FROM = (DeliveryState.UNMAPPED, DeliveryState.HELD, DeliveryState.TO_CONFIRM, DeliveryState.LOADED)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@signed_in
def send(request: HttpRequest) -> HttpResponse:
    """Send a file for a dataset; the worker reads it and the receipt's page shows what came of it."""
    today = clock.london_date(request.now)
    organisations = list(queries.senders_for(request.actor, today))
    if not organisations:
        return page(request, "data_exchange/send.html", {"form": None})
    datasets = queries.datasets_sent_by(request.actor, (each.kind for each in organisations))
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
    """What was sent, latest first; with a state, what stands so now."""
    form = StandsForm(request.GET)
    stands = form.cleaned_data["stands"] if form.is_valid() else ""
    deliveries = paged(request, queries.list_deliveries(request.actor, stands=stands))
    standings = queries.standings_of(request.actor, deliveries)
    known = catalogue.every()
    head = [_("Receipt"), _("Dataset"), _("Sender"), _("Period"), _("State"), numeric(_("Rows loaded")), _("Sent")]
    context = {
        "deliveries": deliveries,
        "head": head,
        "rows": [_row(each, standings[each.pk], known) for each in deliveries],
        "form": form,
        "stands": stands,
        "to_decide": len(queries.list_to_decide(request.actor, clock.london_date(request.now))),
        "may_send": queries.senders_for(request.actor, clock.london_date(request.now)).exists(),
    }
    return page(request, "data_exchange/deliveries.html", context)


@require_GET
@signed_in
def show_delivery(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """The receipt of a file: what became of it, what was found row by row, and what can be done now."""
    delivery = queries.get_delivery(request.actor, delivery_id)
    findings = paged(request, queries.list_findings(request.actor, delivery_id))
    standing = queries.standings_of(request.actor, [delivery])[delivery.pk]
    return page(
        request,
        "data_exchange/delivery.html",
        {
            "delivery": delivery,
            "name": str(catalogue.dataset(delivery.dataset).label),
            "tag": _tag(standing),
            "replaced": _replaced(standing),
            "emptied": _emptied(delivery),
            "emptied_head": _emptied_head(),
            "waits": delivery.state == DeliveryState.WAITING,
            "judged": delivery.state not in (DeliveryState.WAITING, DeliveryState.UNMAPPED, DeliveryState.TO_CONFIRM),
            "facts": _facts(delivery),
            "summary": summary_of(delivery),
            "findings": findings,
            "head": [numeric(_("Row")), _("Column"), _("What was found"), _("What to do"), _("What follows")],
            "rows": [_finding(each, delivery) for each in findings],
            "parts": _parts(delivery),
            "part_head": [_("Month"), numeric(_("Rows of the month since then")), _("In use")],
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
def empty_months(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Say yes to emptying months for which a delivery has no rows, or far fewer than are loaded."""
    delivery = queries.get_delivery(request.actor, delivery_id)
    if not acts_for(request.actor, delivery.organisation_id, clock.london_date(request.now)):
        raise NotAllowed(_("You may not decide about this delivery."))
    form = EmptyingForm(request.POST if request.method == "POST" else None)

    def act() -> HttpResponse:
        actions.confirm_emptying(
            by=request.actor, delivery_id=delivery_id, confirmed=form.cleaned_data["confirmed"], now=request.now
        )
        tell(request, _("You said yes, and your name is kept with it. The file is being read."))
        return redirect("exchange:delivery", delivery_id)

    shown = {
        "form": form,
        "delivery": delivery,
        "head": _emptied_head(),
        "rows": _emptied(delivery),
    }
    return answered(request, form, act) or page(request, "data_exchange/empty_months.html", shown)


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
        {
            "key": follows(order[place], let_through=delivery.let_through_at is not None),
            "value": f"{said.get(kind, '')} ({number_format(count, use_l10n=True)})",
        }
        for place, _less, kind, count in sorted(counted)
    ]


def as_report(found: DeliveryFinding) -> ReportFinding:
    """A finding as reports show it."""
    weight = Weight(found.weight)
    told = follows(weight, let_through=found.delivery.let_through_at is not None)
    return ReportFinding(found.row_number, found.column, found.kind, weight, found.says, found.do, told)


def _may(request: HttpRequest, delivery: Delivery) -> dict[str, bool]:
    acts = acts_for(request.actor, delivery.organisation_id, clock.london_date(request.now))
    state = delivery.state
    return {
        "match": acts and not rules.check_matching(state, is_kept=bool(delivery.path)),
        "let_through": state == DeliveryState.HELD
        and lets_through(request.actor, delivery.organisation_id, clock.london_date(request.now)),
        "empty": acts and state == DeliveryState.TO_CONFIRM,
        "withdraw": acts and state in WITHDRAWN_FROM,
        "report": acts and bool(delivery.report_path),
        "again": acts and state == DeliveryState.REFUSED,
    }


def _row(delivery: Delivery, standing: Standing, known: Mapping[str, DatasetSpec]) -> list[Any]:
    return [
        {"text": delivery.receipt, "href": reverse("exchange:delivery", args=[delivery.pk])},
        str(found_in(known, delivery.dataset).label),
        delivery.organisation.name,
        period_name(delivery.period, delivery.months),
        {"tag": _tag(standing)},
        _number(delivery.rows_kept),
        date_format(clock.london_date(delivery.received_at), "j F Y"),
    ]


def _tag(standing: Standing) -> dict[str, str]:
    return {"text": standing.name, "colour": COLOURS[standing.stands]}


def _replaced(standing: Standing) -> dict[str, str]:
    """Since when another delivery is in its place, and the way to that one if the reader may see it."""
    if standing.on is None:
        return {}
    day = date_format(standing.on, "j F Y")
    if standing.by is None:
        return {"text": _("Replaced on %(day)s.") % {"day": day}}
    said = _("Replaced on %(day)s by what %(name)s sent:") % {"day": day, "name": standing.by.by_name}
    return {"text": said, "receipt": standing.by.receipt, "href": reverse("exchange:delivery", args=[standing.by.pk])}


def _emptied_head() -> list[Any]:
    return [_("Month"), numeric(_("Rows loaded now")), numeric(_("Rows that would go"))]


def _emptied(delivery: Delivery) -> list[list[Any]]:
    """The months that somebody has to decide about; none once that is done."""
    if delivery.state != DeliveryState.TO_CONFIRM:
        return []
    loaded = queries.rows_loaded(delivery, [date.fromisoformat(month) for month, _rows in delivery.empties])
    return [
        [date_format(month, "F Y"), _number(loaded.get(month, 0)), _number(rows)]
        for month, rows in ((date.fromisoformat(each), rows) for each, rows in delivery.empties)
    ]


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
    if delivery.rows_replaced is not None and delivery.rows_new is not None:
        words = {"replaced": _number(delivery.rows_replaced), "new": _number(delivery.rows_new)}
        facts.append((_("What was corrected"), _("%(replaced)s replaced, %(new)s new") % words))
    if delivery.layout:
        layout = _("%(name)s, version %(number)s") % {"name": delivery.layout.name, "number": delivery.layout.number}
        facts.append((_("Read by the layout"), layout))
    if delivery.let_through_at:
        facts.append((_("Let through the gate"), _said_by(delivery.let_through_at, delivery.let_through_by)))
        facts.append((_("Why"), delivery.let_through_reason))
    if delivery.emptying_confirmed_at:
        said = _said_by(delivery.emptying_confirmed_at, delivery.emptying_confirmed_by)
        facts.append((_("Yes to emptying or shrinking months"), said))
    if delivery.state == DeliveryState.WITHDRAWN:
        said = (
            _said_by(delivery.withdrawn_at, delivery.withdrawn_by) if delivery.withdrawn_at else delivery.withdrawn_by
        )
        facts.append((_("Withdrawn"), said))
        facts.append((_("Why"), delivery.withdrawn_reason))
    facts.append((_("Content (SHA-256)"), delivery.content_sha256))
    return [{"key": key, "value": value} for key, value in facts]


def _finding(found: DeliveryFinding, delivery: Delivery) -> list[Any]:
    row = str(found.row_number) if found.row_number else _("Whole file")
    return [
        row,
        found.column,
        found.says,
        found.do,
        follows(Weight(found.weight), let_through=delivery.let_through_at is not None),
    ]


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
