"""The authorities' data: layouts kept once, a file every quarter or month, reminders, and what the ledger tells of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from uuid import UUID

from ourpatch.data.duties import actions as duties
from ourpatch.data.duties import jobs as reminding
from ourpatch.data.duties import queries as ledger
from ourpatch.data.duties.rules import State
from ourpatch.data.exchange import actions as exchange
from ourpatch.data.exchange.models import Channel, Delivery, DeliveryState, Extent
from ourpatch.foundation.directory.models import Duty, Membership
from ourpatch.ground.permission.actor import Actor
from ourpatch.site.demo.county import returns
from ourpatch.site.demo.county.returns import Deed, Event
from ourpatch.site.demo.stage import Stage

CLERKS = {
    "police": "data-police",
    "fire": "data-fire",
    "city-council": "data-city",
    "county-council": "data-county",
    "vale-council": "data-vale",
    "eddonside-council": "data-eddonside",
    "icb": "data-icb",
}
OFFICERS = {
    "Harrowick": "information-city",
    "Carrow Vale": "information-vale",
    "Eddonside": "information-eddonside",
}
# The constabulary's system puts its files into a folder; the others' people send theirs in a browser.
DOORS = {"police": Channel.FOLDER}
TAKEN_BACK_SAID = "The notes named pupils. They are left out of the next export."
NOTHING_SAID = "The register for the quarter has no entry."
NOT_HELD_SAID = "The district councils deal with anti-social behaviour and send it; the county council records none."
# Schools are closed for most of some months, so that a whole return may have none of them.
CLOSED_FOR_MONTHS = frozenset({"school_exclusions"})
NO_SCHOOL_SAID = "Schools were closed for most of that month. There is nothing more to send."
REVIEWED_AFTER = timedelta(days=365)
SENT_AT = 10
REMINDED_AT = 7


def set_up(stage: Stage) -> None:
    """Keep every sender's layouts, name whom to write to, and put what is sent and said into the timeline."""
    for organisation, dataset in sorted({(each.organisation, each.dataset) for each in returns.SENDERS}):
        exchange.save_layout(
            by=_clerk(stage, organisation),
            organisation_id=stage.organisations[organisation].pk,
            name=returns.system_of(dataset),
            layout=returns.layout_of(dataset),
            now=stage.set_up_at,
        )
    for organisation in CLERKS:
        _name_contact(stage, organisation)
    for number, event in enumerate(returns.events(stage.set_up_at.date(), stage.county.until)):
        at = stage.morning(event.day, SENT_AT) + timedelta(minutes=number % 50)
        stage.timeline.at(at, _deed(stage, event))
    # The first morning is the day on which the ledgers begin.
    for day in sorted({stage.set_up_at.date(), *_reminding_days(stage)}):
        stage.timeline.at(stage.morning(day, REMINDED_AT), reminding.remind_all)


def _clerk(stage: Stage, organisation: str) -> Actor:
    return stage.actor(CLERKS[organisation])


def _name_contact(stage: Stage, organisation: str) -> None:
    post = stage.post(CLERKS[organisation])
    for partnership_id in _duty_bound_in(stage, organisation):
        duties.set_data_contact(
            by=_namer(stage, organisation, partnership_id),
            partnership_id=partnership_id,
            organisation_id=stage.organisations[organisation].pk,
            name=post.name,
            email=post.email,
            version=0,
            now=stage.set_up_at,
        )


def _deed(stage: Stage, event: Event) -> Callable[[datetime], None]:
    if event.deed is Deed.NOTHING:
        return lambda now: _declare_nothing(stage, event, now)
    if event.deed is Deed.WITHDRAW:
        return lambda now: _withdraw(stage, event, now)
    if event.deed is Deed.NOT_HELD:
        return lambda now: _declare_not_held(stage, event, now)
    return lambda now: _send(stage, event, now)


def _send(stage: Stage, event: Event, now: datetime) -> None:
    made = returns.file_of(stage.county, event, stage.share)
    sent = exchange.receive(
        by=_clerk(stage, event.organisation),
        organisation_id=stage.organisations[event.organisation].pk,
        dataset=made.dataset,
        filename=made.filename,
        content=BytesIO(made.content),
        size=len(made.content),
        channel=DOORS.get(event.organisation, Channel.BROWSER),
        now=now,
        period=made.first,
        months=made.months,
        extent=Extent.CORRECTION if event.deed is Deed.CORRECT else Extent.WHOLE,
        user_id=stage.sign_ins[CLERKS[event.organisation]].user.pk,
        at_once=True,
    )
    loaded = exchange.read_delivery(delivery_id=sent.pk, now=now).state == DeliveryState.LOADED
    if loaded and event.dataset in CLOSED_FOR_MONTHS:
        _declare_nothing_more(stage, event, now)


def _withdraw(stage: Stage, event: Event, now: datetime) -> None:
    held = Delivery.objects.get(
        organisation=stage.organisations[event.organisation],
        dataset=event.dataset,
        period=event.first,
        state=DeliveryState.HELD,
    )
    exchange.withdraw(by=_clerk(stage, event.organisation), delivery_id=held.pk, reason=TAKEN_BACK_SAID, now=now)


def _declare_nothing_more(stage: Stage, event: Event, now: datetime) -> None:
    """What the ledger counts as missing where no school was open does not come: the clerk says so."""
    places = {each.pk: each for each in stage.partnerships.values()}
    for partnership_id in _duty_bound_in(stage, event.organisation):
        owed = ledger.get_return(
            places[partnership_id], stage.organisations[event.organisation].pk, event.dataset, event.first, now
        )
        if owed.standing.state is State.PARTLY:
            _say_nothing(stage, event, partnership_id, NO_SCHOOL_SAID, now)


def _declare_nothing(stage: Stage, event: Event, now: datetime) -> None:
    for partnership_id in _duty_bound_in(stage, event.organisation):
        _say_nothing(stage, event, partnership_id, NOTHING_SAID, now)


def _say_nothing(stage: Stage, event: Event, partnership_id: UUID, reason: str, now: datetime) -> None:
    duties.declare_nothing(
        by=_speaker(stage, event.organisation, partnership_id),
        partnership_id=partnership_id,
        organisation_id=stage.organisations[event.organisation].pk,
        dataset=event.dataset,
        start=event.first,
        said_by=stage.post(CLERKS[event.organisation]).name,
        reason=reason,
        now=now,
    )


def _declare_not_held(stage: Stage, event: Event, now: datetime) -> None:
    for partnership_id in _duty_bound_in(stage, event.organisation):
        duties.declare_not_held(
            by=_speaker(stage, event.organisation, partnership_id),
            partnership_id=partnership_id,
            organisation_id=stage.organisations[event.organisation].pk,
            dataset=event.dataset,
            start=event.first,
            reason=NOT_HELD_SAID,
            review_on=event.day + REVIEWED_AFTER,
            said_by=stage.post(CLERKS[event.organisation]).name,
            now=now,
        )


def _speaker(stage: Stage, organisation: str, partnership_id: UUID) -> Actor:
    """The authority's own clerk; where the clerk has no role, who keeps that partnership's ledger enters what they said."""
    clerk, of = _clerk(stage, organisation), stage.organisations[organisation].pk
    may = ledger.may_declare(clerk, partnership_id, of, stage.set_up_at.date())
    return clerk if may else _officer(stage, partnership_id)


def _namer(stage: Stage, organisation: str, partnership_id: UUID) -> Actor:
    """The same for whom to write to, which each partnership knows for itself."""
    clerk, of = _clerk(stage, organisation), stage.organisations[organisation].pk
    may = ledger.may_name_contact(clerk, partnership_id, of)
    return clerk if may else _officer(stage, partnership_id)


def _officer(stage: Stage, partnership_id: UUID) -> Actor:
    name = next(name for name, each in stage.partnerships.items() if each.pk == partnership_id)
    return stage.actor(OFFICERS[name])


def _duty_bound_in(stage: Stage, organisation: str) -> list[UUID]:
    """The partnerships in which an authority owes its data."""
    rows = Membership.objects.filter(organisation=stage.organisations[organisation], duty=Duty.RESPONSIBLE)
    return list(rows.order_by("partnership__name").values_list("partnership_id", flat=True))


def _reminding_days(stage: Stage) -> set[date]:
    """The days on which a return that has not come is reminded of; on all others the morning's job would find nothing."""
    first, until = stage.set_up_at.date(), stage.county.until
    return {
        day
        for due, came in returns.awaited(first, until)
        for occasion in ledger.occasions(until)
        if first <= (day := due + timedelta(days=occasion.days)) <= until and (came is None or came > day)
    }
