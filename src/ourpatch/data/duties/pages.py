"""Pages of the duty ledger: are we compliant, who owes what, what was said, whom to remind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ourpatch.data.duties import actions, forms, plain, queries, radar, rules, sheet, tables, wording
from ourpatch.data.duties.models import Declaration
from ourpatch.data.duties.permissions import Permission
from ourpatch.data.duties.queries import Ledger, Return
from ourpatch.data.duties.rules import InformationPeriod
from ourpatch.data.exchange.permissions import acts_for
from ourpatch.foundation.directory import queries as directory
from ourpatch.foundation.documents import PdfUnavailable
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import NotAllowed, NotFound, RuleBroken
from ourpatch.ground.pages import answered, page, tell


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for, read and looked up."""

    partnerships: list[ServiceArea]
    ledger: Ledger
    returns: tuple[Return, ...]
    form: forms.LedgerForm


@require_GET
@signed_in
def show_ledger(request: HttpRequest) -> HttpResponse:
    """Are we compliant? One sentence, then every return of a quarter, two years' history and the duty radar."""
    asked = _asked(request)
    if asked is None:
        return page(request, "data_duties/ledger.html", {"ledger": None})
    ledger, by = asked.ledger, request.actor
    authority = asked.form.cleaned_data["authority"]
    history = [each for each in ledger.history if authority in ("", str(each.organisation.pk))]
    is_now = ledger.on == clock.london_date(request.now)
    return page(
        request,
        "data_duties/ledger.html",
        {
            **_answer(ledger),
            "partnerships": asked.partnerships,
            "form": asked.form,
            "table": tables.return_table(ledger, asked.returns, tables.receipt_for(by, tables.named_in(asked.returns))),
            "history": tables.history_table(ledger, history),
            "radar": tables.radar_table(radar.list_duties(by, ledger.partnership, request.now)) if is_now else None,
            "earlier": _beside(request, ledger, -1),
            "later": _beside(request, ledger, 1),
            "query": request.GET.urlencode(),
        },
    )


@require_GET
@signed_in
def download(request: HttpRequest) -> HttpResponse:
    """The quarter's returns for a spreadsheet."""
    asked = _asked(request)
    if asked is None:
        return redirect("duties:ledger")
    response = HttpResponse(plain.ledger_csv(asked.returns), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="data-duties-{_file_name(asked.ledger)}.csv"'
    return response


@require_GET
@signed_in
def answer_pdf(request: HttpRequest) -> HttpResponse:
    """The answer on one sheet of paper; where this machine makes no PDF, the page to print, which says what to install."""
    asked = _asked(request)
    if asked is None:
        return redirect("duties:ledger")
    try:
        document = sheet.pdf(asked.ledger)
    except PdfUnavailable as missing:
        messages.error(request, str(missing))
        return redirect(f"{reverse('duties:print')}?{request.GET.urlencode()}")
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="are-we-compliant-{_file_name(asked.ledger)}.pdf"'
    return response


@require_GET
@signed_in
def print_answer(request: HttpRequest) -> HttpResponse:
    """The same as a page, with every return, for the browser's own printing."""
    asked = _asked(request)
    if asked is None:
        return redirect("duties:ledger")
    shown = {**_answer(asked.ledger), **sheet.lines(asked.ledger), "query": request.GET.urlencode()}
    return page(request, "data_duties/print.html", shown)


@require_GET
@signed_in
def show_return(request: HttpRequest, partnership_id: UUID, organisation_id: UUID, dataset: str) -> HttpResponse:
    """One authority's dataset: its periods, and for the chosen one what came, what was said and who was reminded."""
    actor = request.actor
    day = forms.given_day(request.GET.get("period", ""))
    returns = queries.list_returns(actor, partnership_id, organisation_id, dataset, request.now, also=day)
    chosen = _chosen(returns, day, clock.london_date(request.now))
    partnership = queries.get_partnership(partnership_id)
    contact = queries.contact_of(partnership_id, organisation_id)
    may_declare = queries.may_declare(actor, partnership_id, organisation_id, clock.london_date(request.now))
    reminders = queries.list_reminders(partnership_id, organisation_id, dataset)
    key = [partnership_id, organisation_id, dataset, chosen.period.start.isoformat()]
    has_ended = chosen.period.end < clock.london_date(request.now)
    is_open = chosen.standing.owed and not chosen.standing.complete
    return page(
        request,
        "data_duties/return.html",
        {
            "chosen": chosen,
            "authority": wording.authority(chosen.organisation),
            "dataset": wording.dataset(chosen.spec),
            "period": wording.name_of(chosen.period),
            "facts": _facts(chosen),
            "tag": tables.tag(chosen.standing)["tag"],
            "back": _ledger_address(partnership, rules.period_of(chosen.period.start)),
            "periods": tables.period_table(partnership, returns, chosen),
            "deliveries": tables.delivery_table(chosen.came, tables.receipt_for(actor, chosen.came)),
            "reminders": tables.reminder_table(reminders.filter(period=chosen.period.start), request.now),
            "declarations": tables.declarations_shown(
                each
                for each in queries.list_declarations(partnership_id, organisation_id, dataset)
                if queries.is_about(each, chosen.period)
            ),
            "contact": contact,
            "recipient": queries.recipient_of(partnership_id, chosen.organisation),
            "contact_address": reverse("duties:contact", args=key[:2]),
            "may_declare": may_declare,
            "may_name_contact": queries.may_name_contact(actor, partnership_id, organisation_id),
            "send_address": tables.send_address(chosen)
            if acts_for(actor, organisation_id, clock.london_date(request.now)) and is_open
            else "",
            "nothing_address": reverse("duties:nothing", args=key) if may_declare and is_open and has_ended else "",
            "not_held_address": reverse("duties:not_held", args=key) if may_declare and is_open else "",
            "remind_address": reverse("duties:remind", args=key)
            if actor.holds(Permission.MANAGE, partnership_id) and is_open and has_ended
            else "",
        },
    )


@require_http_methods(["GET", "POST"])
@signed_in
def declare_nothing(
    request: HttpRequest, partnership_id: UUID, organisation_id: UUID, dataset: str, start: str
) -> HttpResponse:
    """Say that there was nothing to report for a period."""
    found = _to_declare(request, partnership_id, organisation_id, dataset, start)
    form = forms.NothingForm(request.POST or None)

    def act() -> HttpResponse:
        actions.declare_nothing(
            by=request.actor,
            partnership_id=partnership_id,
            organisation_id=organisation_id,
            dataset=dataset,
            start=found.period.start,
            now=request.now,
            **form.cleaned_data,
        )
        tell(request, _("It is on record that there is nothing to report."))
        return redirect(tables.return_address(queries.get_partnership(partnership_id), found))

    context = _declaring(found, partnership_id, form)
    return answered(request, form, act) or page(request, "data_duties/declare_nothing.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def declare_not_held(
    request: HttpRequest, partnership_id: UUID, organisation_id: UUID, dataset: str, start: str
) -> HttpResponse:
    """Say that the organisation holds no such data."""
    found = _to_declare(request, partnership_id, organisation_id, dataset, start)
    form = forms.NotHeldForm(request.POST or None)

    def act() -> HttpResponse:
        actions.declare_not_held(
            by=request.actor,
            partnership_id=partnership_id,
            organisation_id=organisation_id,
            dataset=dataset,
            start=found.period.start,
            now=request.now,
            **form.cleaned_data,
        )
        tell(request, _("It is on record that the organisation does not hold this data."))
        return redirect(tables.return_address(queries.get_partnership(partnership_id), found))

    context = _declaring(found, partnership_id, form)
    return answered(request, form, act) or page(request, "data_duties/declare_not_held.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def withdraw(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Take a declaration back."""
    said = queries.get_declaration(request.actor, declaration_id, clock.london_date(request.now))
    form = forms.WithdrawForm(request.POST or None)
    back = _declaration_address(said)

    def act() -> HttpResponse:
        actions.withdraw_declaration(
            by=request.actor, declaration_id=declaration_id, now=request.now, **form.cleaned_data
        )
        tell(request, _("The declaration is withdrawn. What it covered is owed again."))
        return redirect(back)

    context = {"form": form, "back": back, "facts": tables.declarations_shown([said])[0]["facts"]}
    return answered(request, form, act) or page(request, "data_duties/withdraw.html", context)


@require_POST
@signed_in
def remind(request: HttpRequest, partnership_id: UUID, organisation_id: UUID, dataset: str, start: str) -> HttpResponse:
    """Send a reminder of one return now."""
    queries.list_returns(request.actor, partnership_id, organisation_id, dataset, request.now)
    try:
        sent = actions.remind_now(
            by=request.actor,
            partnership_id=partnership_id,
            organisation_id=organisation_id,
            dataset=dataset,
            start=_day(start),
            now=request.now,
        )
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        tell(request, _("A reminder is on its way to %(name)s.") % {"name": sent.to_name})
    address = reverse("duties:return", args=[partnership_id, organisation_id, dataset])
    return redirect(f"{address}?{urlencode({'period': start})}")


@require_http_methods(["GET", "POST"])
@signed_in
def contact(request: HttpRequest, partnership_id: UUID, organisation_id: UUID) -> HttpResponse:
    """Name whom to write to about an organisation's data."""
    if not queries.may_name_contact(request.actor, partnership_id, organisation_id):
        raise NotAllowed(actions.NOT_YOURS)
    organisation = directory.organisation(organisation_id)
    present = queries.contact_of(partnership_id, organisation_id)
    initial: dict[str, Any] = {"version": 0, "language": "en"}
    if present is not None:
        initial = {name: getattr(present, name) for name in ("version", "name", "email", "language")}
    form = forms.DataContactForm(request.POST or None, initial=initial)
    back = f"{reverse('duties:ledger')}?{urlencode({'partnership': queries.get_partnership(partnership_id).slug})}"

    def act() -> HttpResponse:
        actions.set_data_contact(
            by=request.actor,
            partnership_id=partnership_id,
            organisation_id=organisation_id,
            now=request.now,
            **form.cleaned_data,
        )
        tell(request, _("Reminders go to this address from now on."))
        return redirect(back)

    context = {"form": form, "organisation": organisation, "back": back}
    return answered(request, form, act) or page(request, "data_duties/contact.html", context)


def _asked(request: HttpRequest) -> _Asked | None:
    partnerships = queries.list_partnerships(request.actor)
    if not partnerships:
        return None
    wanted = request.GET.get("partnership", "")
    chosen = next((each for each in partnerships if each.slug == wanted), partnerships[0])
    as_on = forms.given_day(request.GET.get("as_on", ""))
    as_on = None if as_on is None or as_on < rules.FIRST_JUDGED else as_on
    today = min(filter(None, (as_on, clock.london_date(request.now))))
    quarter = _quarter(request.GET.get("quarter", ""), today)
    ledger = queries.get_ledger(request.actor, chosen.pk, quarter, request.now, as_on=as_on)
    given = {**request.GET.dict(), "partnership": chosen.slug, "quarter": f"{quarter.start:%Y-%m}"}
    form = forms.LedgerForm(ledger.authorities, given)
    form.is_valid()
    authority = form.cleaned_data.setdefault("authority", "")
    shown = tuple(each for each in ledger.returns if authority in ("", str(each.organisation.pk)))
    return _Asked(partnerships, ledger, shown, form)


def _quarter(text: str, today: date) -> InformationPeriod:
    """The quarter that the address names; the one that the partnership is judged by where it names none that has begun."""
    day = forms.given_day(text)
    if day is not None and rules.FIRST <= day <= today:
        return rules.period_of(day)
    return queries.judged_quarter(today)


def _answer(ledger: Ledger) -> dict[str, Any]:
    told = sheet.answer(ledger)
    links = [
        {"text": each["text"], "href": _ledger_address(ledger.partnership, each["quarter"])}
        for each in told["elsewhere_quarters"]
    ]
    return {**told, "elsewhere_links": links}


def _file_name(ledger: Ledger) -> str:
    return f"{ledger.partnership.slug}-{ledger.quarter.start:%Y-%m}"


def _facts(chosen: Return) -> list[dict[str, Any]]:
    facts = [
        (_("Authority"), wording.authority(chosen.organisation)),
        (_("Period"), wording.name_of(chosen.period)),
        (_("Due by"), wording.day(chosen.due)),
        (_("State"), tables.state_of(chosen.standing)),
    ]
    if said := tables.when(chosen.standing):
        facts.append((_("When"), said))
    if chosen.spec.duty is not None:
        facts.append((_("The duty"), chosen.spec.duty.source))
    return [{"key": key, "value": value} for key, value in facts]


def _chosen(returns: tuple[Return, ...], day: date | None, today: date) -> Return:
    named = (each for each in returns if day is not None and each.period.holds(day))
    ended = (each for each in returns if each.period.end < today)
    return next(named, None) or next(ended, None) or returns[0]


def _to_declare(request: HttpRequest, partnership_id: UUID, organisation_id: UUID, dataset: str, start: str) -> Return:
    if not queries.may_declare(request.actor, partnership_id, organisation_id, clock.london_date(request.now)):
        raise NotAllowed(actions.NOT_YOURS)
    return queries.get_return(
        queries.get_partnership(partnership_id), organisation_id, dataset, _day(start), request.now
    )


def _declaring(found: Return, partnership_id: UUID, form: Any) -> dict[str, Any]:
    return {
        "form": form,
        "dataset": wording.dataset(found.spec),
        "authority": wording.authority(found.organisation),
        "period": wording.name_of(found.period),
        "back": tables.return_address(queries.get_partnership(partnership_id), found),
    }


def _declaration_address(said: Declaration) -> str:
    address = reverse("duties:return", args=[said.partnership_id, said.organisation_id, said.dataset])
    return f"{address}?{urlencode({'period': said.period.isoformat()})}"


def _ledger_address(partnership: ServiceArea, quarter: InformationPeriod) -> str:
    asked = {"partnership": partnership.slug, "quarter": f"{quarter.start:%Y-%m}"}
    return f"{reverse('duties:ledger')}?{urlencode(asked)}"


def _beside(request: HttpRequest, ledger: Ledger, places: int) -> dict[str, str] | None:
    """The quarter before or after, with what else the address asks for; None where there is none."""
    beside = ledger.quarter.shifted(places)
    if beside.start < rules.FIRST or beside.start > ledger.on:
        return None
    asked = {**request.GET.dict(), "partnership": ledger.partnership.slug, "quarter": f"{beside.start:%Y-%m}"}
    return {"text": wording.name_of(beside), "href": f"?{urlencode(asked)}"}


def _day(text: str) -> date:
    day = forms.given_day(text)
    if day is None:
        raise NotFound(_("There is no such period."))
    return day
