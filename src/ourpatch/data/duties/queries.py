"""Reading the ledger: what each authority owes for a quarter, what came of it, and whom to write to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from ourpatch.data.duties import rules
from ourpatch.data.duties.arrivals import Came, arrivals_of, first_sent
from ourpatch.data.duties.models import DataContact, Declaration, DeclarationKind, LedgerStart, Reminder
from ourpatch.data.duties.permissions import Permission
from ourpatch.data.duties.rules import Answer, Arrival, ArrivalKind, InformationPeriod, Occasion, Standing
from ourpatch.data.exchange.permissions import partnerships_of
from ourpatch.data.store import catalogue
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation import law
from ourpatch.foundation.directory.models import Duty, Membership, Organisation
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground import clock
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _

QUARTERS_OF_HISTORY = 8
"""Two years: what is looked back at beside the quarter that is asked about."""


@dataclass(frozen=True, slots=True)
class Return:
    """One authority's return of one dataset for one period: when it is due, where it stands, what came (latest first)."""

    organisation: Organisation
    spec: DatasetSpec
    period: InformationPeriod
    due: date
    standing: Standing
    came: tuple[Came, ...] = ()
    declarations: tuple[Declaration, ...] = ()

    @property
    def by_law(self) -> bool:
        """Whether the law asks for it; what is only agreed makes no partnership less compliant."""
        return self.spec.duty is not None and self.spec.duty.by_law

    @property
    def decisive(self) -> Came | None:
        """What a reader wants to open: the latest that was taken in, else the latest of all."""
        taken = next((each for each in self.came if each.kind is ArrivalKind.ACCEPTED), None)
        return taken or next(iter(self.came), None)


@dataclass(frozen=True, slots=True)
class History:
    """One authority and dataset over the quarters looked back at: the standing in each that asks most for attention, or None."""

    organisation: Organisation
    spec: DatasetSpec
    standings: tuple[Standing | None, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a partnership's authorities owe for a quarter, as it was known at the end of the day `on`.

    `is_whole`: with every authority's returns, not only those of the reader's own organisation. `past` are the eight quarters
    that had ended by then, earliest first, and `history` how everything stood in them.
    `began`: the day on which the ledger began here; what was due before is asked for only of who had sent that dataset before.
    `overdue_elsewhere`: of those and the one that was running, which have overdue returns and how many, without the chosen one.
    """

    partnership: ServiceArea
    quarter: InformationPeriod
    on: date
    is_whole: bool
    returns: tuple[Return, ...]
    answer: Answer
    authorities: tuple[Organisation, ...]
    past: tuple[InformationPeriod, ...]
    history: tuple[History, ...]
    overdue_elsewhere: tuple[tuple[InformationPeriod, int], ...]
    began: date


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to about an organisation's data."""

    name: str
    email: str
    language: str


def list_partnerships(by: Actor) -> list[ServiceArea]:
    """The partnerships of which this actor may see the ledger, or their own organisation's part of it."""
    grants = [*by.scopes(Permission.VIEW), *by.scopes(Permission.DECLARE)]
    ids = {grant.partnership_id for grant in grants}
    return list(ServiceArea.objects.filter(pk__in=ids, kind=ServiceAreaKind.PARTNERSHIP).order_by("name"))


def get_ledger(
    by: Actor, partnership_id: UUID, quarter: InformationPeriod, now: datetime, *, as_on: date | None = None
) -> Ledger:
    """The ledger of a partnership for a quarter, now or as it was known at the end of a past day. Raises NotAllowed."""
    partnership = _open(by, partnership_id)
    on, until = _moment(now, as_on)
    recent = _quarters_back(rules.period_of(on), QUARTERS_OF_HISTORY + 1)
    past = tuple(recent[:-1])
    began = _began(partnership, on)
    every = returns_of(partnership, sorted({*recent, quarter}), on, until, began=began)
    found = _seen_by(by, partnership, every)
    chosen = tuple(each for each in found if quarter.holds(each.period.start))
    authorities = {each.organisation.pk: each.organisation for each in chosen}
    return Ledger(
        partnership,
        quarter,
        on,
        _sees_all(by, partnership_id),
        chosen,
        rules.answer((each.standing, each.due) for each in chosen if each.by_law),
        tuple(authorities.values()),
        past,
        _history(found, past),
        _overdue_elsewhere(found, recent, quarter),
        began,
    )


def list_debts_of(by: Actor, now: datetime) -> list[tuple[ServiceArea, Return]]:
    """What the actor's own organisation owes for periods that have ended, soonest due first, where they may speak for it."""
    on, until = _moment(now, None)
    quarters = _quarters_back(rules.period_of(on), QUARTERS_OF_HISTORY + 1)
    debts = [
        (partnership, each)
        for partnership in list_partnerships(by)
        if by.organisation_id is not None and by.holds(Permission.DECLARE, partnership.pk)
        for each in returns_of(partnership, quarters, on, until, organisation_id=by.organisation_id)
        if each.period.end < on and each.standing.owed and not each.standing.complete
    ]
    return sorted(debts, key=lambda debt: debt[1].due)


def list_returns(
    by: Actor, partnership_id: UUID, organisation_id: UUID, dataset: str, now: datetime, *, also: date | None = None
) -> tuple[Return, ...]:
    """One authority's returns of one dataset, latest first: the last eight quarters and the one in which `also` lies.

    Raises NotAllowed, NotFound.
    """
    partnership = _open(by, partnership_id)
    if not (_sees_all(by, partnership_id) or by.organisation_id == organisation_id):
        raise NotFound(_("There is no such return, or it is another organisation's."))
    on, until = _moment(now, None)
    quarters = {*_quarters_back(rules.period_of(on), QUARTERS_OF_HISTORY)}
    if also is not None and rules.FIRST <= also <= on:
        quarters.add(rules.period_of(also))
    found = returns_of(partnership, sorted(quarters), on, until, organisation_id=organisation_id, dataset=dataset)
    if not found:
        raise NotFound(_("This organisation does not owe this dataset in this partnership."))
    return tuple(reversed(found))


def get_return(partnership: ServiceArea, organisation_id: UUID, dataset: str, start: date, now: datetime) -> Return:
    """One return as it stands now; whoever asks has checked that the actor may know. Raises NotFound."""
    spec = catalogue.every().get(dataset)
    on, until = _moment(now, None)
    if spec is not None and start >= rules.FIRST:
        quarter = rules.period_of(start)
        found = returns_of(partnership, [quarter], on, until, organisation_id=organisation_id, dataset=dataset)
        for each in found:
            if each.period.start == start:
                return each
    raise NotFound(_("This organisation does not owe this dataset for that period."))


def list_declarations(partnership_id: UUID, organisation_id: UUID, dataset: str) -> QuerySet[Declaration]:
    """What was said about one authority's dataset, latest first, with what was withdrawn."""
    return Declaration.objects.filter(
        partnership_id=partnership_id, organisation_id=organisation_id, dataset=dataset
    ).order_by("-declared_at", "-pk")


def list_reminders(partnership_id: UUID, organisation_id: UUID, dataset: str) -> QuerySet[Reminder]:
    """The reminders of one authority's dataset, latest first."""
    return Reminder.objects.filter(
        partnership_id=partnership_id, organisation_id=organisation_id, dataset=dataset
    ).order_by("-sent_at", "-pk")


def contact_of(partnership_id: UUID, organisation_id: UUID) -> DataContact | None:
    """The data contact that was named, or None."""
    return DataContact.objects.filter(partnership_id=partnership_id, organisation_id=organisation_id).first()


def recipient_of(partnership_id: UUID, organisation: Organisation) -> Recipient | None:
    """Who is written to about an organisation's data: its data contact, else its public address; None where there is none."""
    contact = contact_of(partnership_id, organisation.pk)
    if contact is not None:
        return Recipient(contact.name, contact.email, contact.language)
    return Recipient(organisation.name, organisation.public_email, "en") if organisation.public_email else None


def may_declare(by: Actor, partnership_id: UUID, organisation_id: UUID, on: date) -> bool:
    """Whether the actor may speak for the organisation on a day, as they may send for it: for their own; or as who manages the
    ledger of every partnership that it is a member of.
    """
    partnerships = {*partnerships_of(organisation_id, on), partnership_id}
    own = by.organisation_id == organisation_id and any(by.holds(Permission.DECLARE, each) for each in partnerships)
    return own or all(by.holds(Permission.MANAGE, each) for each in partnerships)


def may_name_contact(by: Actor, partnership_id: UUID, organisation_id: UUID) -> bool:
    """Whether the actor may say whom this partnership writes to about an organisation's data."""
    own = by.holds(Permission.DECLARE, partnership_id) and by.organisation_id == organisation_id
    return own or by.holds(Permission.MANAGE, partnership_id)


def get_declaration(by: Actor, declaration_id: UUID, on: date) -> Declaration:
    """A declaration that the actor may withdraw. Raises NotFound."""
    found = Declaration.objects.filter(pk=declaration_id).first()
    if found is None or not may_declare(by, found.partnership_id, found.organisation_id, on):
        raise NotFound(_("There is no such declaration, or it is another organisation's."))
    return found


def get_partnership(partnership_id: UUID) -> ServiceArea:
    """A partnership by its id. Raises NotFound."""
    found = ServiceArea.objects.filter(pk=partnership_id, kind=ServiceAreaKind.PARTNERSHIP).first()
    if found is None:
        raise NotFound(_("There is no such partnership."))
    return found


def is_about(declaration: Declaration, period: InformationPeriod) -> bool:
    """Whether a declaration speaks of a period."""
    if declaration.kind == DeclarationKind.NOTHING:
        return declaration.period == period.start
    return declaration.review_on is not None and declaration.period <= period.start <= declaration.review_on


def occasions(on: date) -> tuple[Occasion, ...]:
    """When people are reminded, by the law book of a day."""
    return tuple(Occasion(item.code, int(str(item.fact("days")))) for item in law.book(on).codes("data_reminders"))


def due_on(spec: DatasetSpec, period: InformationPeriod) -> date:
    """The last day on which a return is in time, by the law book of the period's last day."""
    book = law.book(period.end)
    quarterly = spec.period.months == rules.QUARTER
    return period.due_on(book.clock("data_duty").amount if quarterly else book.number("data_months_following"))


def judged_quarter(on: date) -> InformationPeriod:
    """The quarter that a partnership is judged by on a day: the latest whose due day is past."""
    return rules.last_due(on, law.book(on).clock("data_duty").amount)


def returns_of(
    partnership: ServiceArea,
    quarters: Sequence[InformationPeriod],
    on: date,
    until: datetime,
    *,
    organisation_id: UUID | None = None,
    dataset: str | None = None,
    began: date | None = None,
) -> list[Return]:
    """Every return of the quarters that is asked for, by organisation, dataset and period, as known at an instant on the London
    day `on`. `began`: the day on which the ledger began, if the caller has looked it up.
    """
    known = catalogue.every()
    wanted = [spec for spec in known.values() if _is_expected(spec, partnership) and dataset in (None, spec.key)]
    members = _members(partnership, quarters, organisation_id)
    owed = [
        (organisation, spec, period)
        for organisation, memberships in members
        for spec in wanted
        for quarter in quarters
        for period in rules.periods_within(quarter, spec.period.months)
        if _is_owed(organisation, memberships, spec, period)
    ]
    owed = _expected(owed, began or _began(partnership, on), until)
    if not owed:
        return []
    organisations = {organisation.pk for organisation, _spec, _period in owed}
    keys = {spec.key for _organisation, spec, _period in owed}
    arrived = arrivals_of(organisations, [known[key] for key in sorted(keys)], quarters[0].start, until)
    said = _declarations(partnership, organisations, until)
    soon = law.book(on).number("data_due_soon")
    return [
        _return(
            each, arrived.get((each[0].pk, each[1].key, each[2].start), ()), said[each[0].pk, each[1].key], on, soon
        )
        for each in owed
    ]


Owed = tuple[Organisation, DatasetSpec, InformationPeriod]


def _expected(owed: Sequence[Owed], began: date, until: datetime) -> list[Owed]:
    """Those that are asked for here: see rules.is_expected."""
    sent = first_sent({each.pk for each, _spec, _period in owed}, {spec.key for _each, spec, _period in owed}, until)
    return [
        (organisation, spec, period)
        for organisation, spec, period in owed
        if rules.is_expected(
            period=period,
            due=due_on(spec, period),
            began=began,
            first_sent=sent.get((organisation.pk, spec.key)),
        )
    ]


def _began(partnership: ServiceArea, on: date) -> date:
    """The day on which a ledger began; before its first morning the day that is asked about."""
    start = LedgerStart.objects.filter(partnership=partnership).first()
    return start.on if start is not None else on


def _return(
    owed: Owed,
    came: Sequence[Came],
    declared: Sequence[Declaration],
    on: date,
    soon: int,
) -> Return:
    organisation, spec, period = owed
    due = due_on(spec, period)
    about = tuple(each for each in declared if is_about(each, period))
    arrivals = [Arrival(each.on, each.kind, each.months, each.in_use) for each in came]
    arrivals += [
        Arrival(clock.london_date(each.declared_at), ArrivalKind.NOTHING)
        for each in about
        if each.kind == DeclarationKind.NOTHING
    ]
    not_held = [clock.london_date(each.declared_at) for each in about if each.kind == DeclarationKind.NOT_HELD]
    standing = rules.judge(period, due, arrivals, on, soon=soon, excused_on=min(not_held, default=None))
    return Return(organisation, spec, period, due, standing, tuple(reversed(came)), about)


def _is_expected(spec: DatasetSpec, partnership: ServiceArea) -> bool:
    """Whether anybody owes the dataset in a partnership: by law, or as agreed in the one that added it."""
    return spec.duty is not None and spec.owner in (None, partnership.pk)


def _is_owed(
    organisation: Organisation, memberships: Iterable[Membership], spec: DatasetSpec, period: InformationPeriod
) -> bool:
    duty = spec.duty
    if duty is None or organisation.kind not in duty.authorities or not _overlaps(period, duty.since, duty.until):
        return False
    return any(_overlaps(period, each.from_on, each.until) for each in memberships)


def _overlaps(period: InformationPeriod, since: date, until: date | None) -> bool:
    return since <= period.end and (until is None or until >= period.start)


def _members(
    partnership: ServiceArea, quarters: Sequence[InformationPeriod], organisation_id: UUID | None
) -> list[tuple[Organisation, list[Membership]]]:
    rows = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gte=quarters[0].start),
        partnership=partnership,
        duty=Duty.RESPONSIBLE,
        from_on__lte=quarters[-1].end,
    ).select_related("organisation")
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    found: dict[UUID, list[Membership]] = defaultdict(list)
    for each in rows.order_by("organisation__name", "from_on"):
        found[each.organisation_id].append(each)
    return [(memberships[0].organisation, memberships) for memberships in found.values()]


def _declarations(
    partnership: ServiceArea, organisations: Iterable[UUID], until: datetime
) -> Mapping[tuple[UUID, str], list[Declaration]]:
    rows = Declaration.objects.filter(
        Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=until),
        partnership=partnership,
        organisation_id__in=list(organisations),
        declared_at__lt=until,
    )
    found: dict[tuple[UUID, str], list[Declaration]] = defaultdict(list)
    for each in rows.order_by("declared_at", "pk"):
        found[each.organisation_id, each.dataset].append(each)
    return found


def _open(by: Actor, partnership_id: UUID) -> ServiceArea:
    held = [*by.scopes(Permission.VIEW), *by.scopes(Permission.DECLARE)]
    if not any(grant.partnership_id == partnership_id for grant in held):
        by.require(Permission.VIEW, partnership_id)
    return get_partnership(partnership_id)


def _sees_all(by: Actor, partnership_id: UUID) -> bool:
    return any(grant.partnership_id == partnership_id for grant in by.scopes(Permission.VIEW))


def _seen_by(by: Actor, partnership: ServiceArea, returns: Sequence[Return]) -> list[Return]:
    if _sees_all(by, partnership.pk):
        return list(returns)
    return [each for each in returns if each.organisation.pk == by.organisation_id]


def _moment(now: datetime, as_on: date | None) -> tuple[date, datetime]:
    """The London day that is asked about, and the first instant that is not known on it any more."""
    today = clock.london_date(now)
    if as_on is None or as_on >= today:
        return today, now + timedelta(microseconds=1)
    return as_on, clock.end_of_day(as_on)


def _quarters_back(last: InformationPeriod, count: int) -> list[InformationPeriod]:
    back = [last.shifted(-place) for place in range(count - 1, -1, -1)]
    return [each for each in back if each.start >= rules.FIRST]


def _overdue_elsewhere(
    returns: Iterable[Return], recent: Collection[InformationPeriod], chosen: InformationPeriod
) -> tuple[tuple[InformationPeriod, int], ...]:
    counts: dict[InformationPeriod, int] = defaultdict(int)
    for each in returns:
        if each.standing.breach and each.by_law:
            counts[rules.period_of(each.period.start)] += 1
    return tuple((quarter, counts[quarter]) for quarter in recent if quarter != chosen and counts[quarter])


def _history(returns: Iterable[Return], quarters: Sequence[InformationPeriod]) -> tuple[History, ...]:
    rows: dict[tuple[UUID, str], list[Return]] = defaultdict(list)
    for each in returns:
        if rules.period_of(each.period.start) in quarters:
            rows[each.organisation.pk, each.spec.key].append(each)
    return tuple(History(row[0].organisation, row[0].spec, _by_quarter(row, quarters)) for row in rows.values())


def _by_quarter(row: Sequence[Return], quarters: Sequence[InformationPeriod]) -> tuple[Standing | None, ...]:
    return tuple(
        rules.worst([each.standing for each in row if quarter.holds(each.period.start)]) for quarter in quarters
    )
