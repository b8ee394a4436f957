"""The ledger as the tables of its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ourpatch.data.duties import wording
from ourpatch.data.duties.arrivals import Came
from ourpatch.data.duties.jobs import BY, NAME
from ourpatch.data.duties.models import Declaration, DeclarationKind, Reminder
from ourpatch.data.duties.queries import History, Ledger, Return
from ourpatch.data.duties.radar import Mark, RadarItem
from ourpatch.data.duties.rules import STATE_WORDS, InformationPeriod, Standing, State
from ourpatch.data.exchange import queries as exchange
from ourpatch.foundation import law
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.permission.actor import Actor

COLOURS = {
    State.NOT_YET_DUE: "grey",
    State.DUE_SOON: "yellow",
    State.DUE_TODAY: "yellow",
    State.OVERDUE: "red",
    State.RECEIVED: "green",
    State.LATE: "turquoise",
    State.PARTLY: "orange",
    State.CORRECTED: "green",
    State.REFUSED: "red",
    State.NOTHING_TO_REPORT: "blue",
    State.NOT_OWED: "grey",
}
MARK_COLOURS = {Mark.DONE: "green", Mark.TO_COME: "grey", Mark.DUE_SOON: "yellow", Mark.LATE: "red"}


def return_table(ledger: Ledger, returns: Iterable[Return], receipt: Callable[[Came], Any]) -> dict[str, Any]:
    """The returns of a quarter. `receipt`: a cell that leads to a delivery, or names it."""
    caption = _("What each authority owes for %(period)s") % {"period": wording.name_of(ledger.quarter)}
    head = [_("Dataset"), _("Authority"), _("Period"), _("Due by"), _("State"), _("When"), _("Receipt")]
    rows = [
        [
            {"text": wording.dataset(each.spec), "href": return_address(ledger.partnership, each)},
            wording.authority(each.organisation),
            wording.name_of(each.period),
            wording.day(each.due),
            tag(each.standing),
            when(each.standing),
            receipt(each.decisive) if each.decisive else "",
        ]
        for each in returns
    ]
    return {"caption": caption, "head": head, "rows": rows}


def history_table(ledger: Ledger, history: Iterable[History]) -> dict[str, Any]:
    """Two years at a glance: a state in words for each quarter."""
    head = [_("Dataset"), _("Authority"), *(_short(each) for each in ledger.past)]
    rows = [
        [
            {"text": wording.dataset(each.spec), "href": _history_address(ledger.partnership, each)},
            wording.authority(each.organisation),
            *(state_of(standing) if standing else _("Not owed") for standing in each.standings),
        ]
        for each in history
    ]
    return {"caption": _("The last eight quarters"), "head": head, "rows": rows}


def radar_table(items: Sequence[RadarItem]) -> dict[str, Any]:
    """The duty radar."""
    words = {
        Mark.DONE: _("Done"),
        Mark.TO_COME: _("To come"),
        Mark.DUE_SOON: _("Due soon"),
        Mark.LATE: _("Late"),
    }
    rows = [
        [
            {"text": each.name, "href": each.link} if each.link else each.name,
            each.owed_by,
            wording.day(each.due),
            {"tag": {"text": words[each.mark], "colour": MARK_COLOURS[each.mark]}},
            each.says,
            each.source,
        ]
        for each in items
    ]
    head = [_("Duty"), _("Who"), _("Due by"), _("State"), _("What there is to show"), _("Source")]
    return {"caption": _("Duty radar: everything asked of the partnership"), "head": head, "rows": rows}


def period_table(partnership: ServiceArea, returns: Sequence[Return], chosen: Return) -> dict[str, Any]:
    """The periods of one authority and dataset, latest first."""
    rows = [
        [
            wording.name_of(each.period)
            if each is chosen
            else {"text": wording.name_of(each.period), "href": return_address(partnership, each)},
            wording.day(each.due),
            tag(each.standing),
            when(each.standing),
        ]
        for each in returns
    ]
    return {
        "caption": _("The last eight quarters"),
        "head": [_("Period"), _("Due by"), _("State"), _("When")],
        "rows": rows,
    }


def delivery_table(came: Sequence[Came], receipt: Callable[[Came], Any]) -> dict[str, Any]:
    """What came for one return, latest first."""
    rows = [
        [
            receipt(each),
            wording.day(each.on),
            each.delivery.get_state_display(),
            wording.months(sorted(each.months)),
            wording.months(sorted(each.in_use)),
            each.delivery.message,
        ]
        for each in came
    ]
    head = [_("Receipt"), _("Came"), _("State"), _("Months it brought"), _("In use now"), _("What was said of it")]
    return {"caption": _("What came"), "head": head, "rows": rows}


def reminder_table(reminders: Iterable[Reminder], now: datetime) -> dict[str, Any]:
    """The reminders of one return, latest first."""
    occasions = {item.code: item.label for item in law.book(clock.london_date(now)).codes("data_reminders")}
    rows = [[wording.day(each.sent_at), each.to_name, _occasion(each, occasions), _sent_by(each)] for each in reminders]
    return {"caption": _("Reminders"), "head": [_("Sent"), _("To"), _("Why then"), _("By")], "rows": rows}


def declarations_shown(declarations: Iterable[Declaration]) -> list[dict[str, Any]]:
    """What was said, latest first, each as a summary list with whether it stands."""
    return [
        {"declaration": each, "facts": _declared(each), "stands": each.withdrawn_at is None} for each in declarations
    ]


def tag(standing: Standing) -> dict[str, Any]:
    """The state as a tag, whose words say everything its colour does."""
    return {"tag": {"text": state_of(standing), "colour": "red" if standing.breach else COLOURS[standing.state]}}


def state_of(standing: Standing) -> str:
    """The state in words; something that is there but not enough after the due day is said to be overdue as well."""
    words = str(STATE_WORDS[standing.state])
    if standing.breach and standing.state is not State.OVERDUE:
        return _("%(state)s, overdue") % {"state": words}
    return words


def when(standing: Standing) -> str:
    """The day that the state is said of, how late, and what is missing."""
    if standing.state in (State.NOT_YET_DUE, State.DUE_SOON, State.DUE_TODAY, State.OVERDUE):
        return ""
    said = wording.day(standing.on)
    if standing.late_days:
        late = ngettext("%(n)s day late", "%(n)s days late", standing.late_days) % {"n": standing.late_days}
        said = f"{said}, {late}"
    if standing.state is State.PARTLY and standing.missing:
        said = _("%(day)s; missing: %(months)s") % {"day": said, "months": wording.months(standing.missing)}
    return said


def receipt_for(by: Actor, shown: Iterable[Came]) -> Callable[[Came], Any]:
    """How each of these deliveries is named to this actor: by a link where they may open its receipt."""
    ids = {each.delivery.pk for each in shown}
    seen = set(exchange.list_deliveries(by).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()

    def cell(came: Came) -> Any:
        delivery = came.delivery
        if delivery.pk in seen:
            return {"text": delivery.receipt, "href": reverse("exchange:delivery", args=[delivery.pk])}
        return delivery.receipt

    return cell


def named_in(returns: Iterable[Return]) -> list[Came]:
    """The deliveries that the table of these returns names."""
    return [each.decisive for each in returns if each.decisive is not None]


def return_address(partnership: ServiceArea, each: Return) -> str:
    """The page of a return's authority and dataset, at its period."""
    address = reverse("duties:return", args=[partnership.pk, each.organisation.pk, each.spec.key])
    return f"{address}?period={each.period.start.isoformat()}"


def send_address(each: Return) -> str:
    """The page that takes a file for a return, with its choices made."""
    period = f"{each.period.start.isoformat()}/{each.period.months}"
    asked = {"organisation": each.organisation.pk, "dataset": each.spec.key, "period": period}
    return f"{reverse('exchange:send')}?{urlencode(asked)}"


def debt_lines(debts: Iterable[tuple[ServiceArea, Return]]) -> list[dict[str, Any]]:
    """What an organisation owes, as lines that lead to each return."""
    return [
        {
            "text": f"{wording.dataset(each.spec)}, {wording.name_of(each.period)}",
            "href": return_address(partnership, each),
            "state": tag(each.standing)["tag"],
            "due": _("Due by %(day)s.") % {"day": wording.day(each.due)},
        }
        for partnership, each in debts
    ]


def _history_address(partnership: ServiceArea, each: History) -> str:
    return reverse("duties:return", args=[partnership.pk, each.organisation.pk, each.spec.key])


def _short(quarter: InformationPeriod) -> str:
    first, last = quarter.every_month[0], quarter.every_month[-1]
    return _("%(first)s to %(last)s") % {"first": date_format(first, "M"), "last": date_format(last, "M Y")}


def _occasion(reminder: Reminder, occasions: Mapping[str, Callable[[str], str]]) -> str:
    label = occasions.get(reminder.occasion)
    return label(get_language() or "en") if label else _("Sent by hand")


def _sent_by(reminder: Reminder) -> str:
    """Who sent it; what the morning's job sends goes by itself, whatever the job was called then."""
    return _("Ourpatch, by itself") if reminder.sent_by in (BY, NAME) else reminder.sent_by


def _declared(each: Declaration) -> list[dict[str, Any]]:
    facts = [
        (_("What was said"), each.get_kind_display()),
        (_("By"), each.said_by),
        (_("Entered"), _("%(day)s by %(name)s") % {"day": wording.day(each.declared_at), "name": each.declared_by}),
    ]
    if each.reason:
        facts.append((_("Why"), each.reason))
    if each.kind == DeclarationKind.NOT_HELD:
        facts.append((_("To be looked at again"), wording.day(each.review_on)))
    if each.withdrawn_at is not None:
        said = {"day": wording.day(each.withdrawn_at), "name": each.withdrawn_by, "why": each.withdrawn_why}
        facts.append((_("Withdrawn"), _("%(day)s by %(name)s: %(why)s") % said))
    return [{"key": key, "value": value} for key, value in facts]
