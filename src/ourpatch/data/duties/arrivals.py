"""What came for each return, from the exchange's deliveries and the store's submissions, as it was known at an instant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Min, Q, QuerySet

from ourpatch.data.duties import rules
from ourpatch.data.duties.rules import ArrivalKind, InformationPeriod
from ourpatch.data.exchange.models import Delivery, DeliveryPart, DeliveryState
from ourpatch.data.store.models import Submission
from ourpatch.data.store.rules import TimePrecision
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation import law
from ourpatch.foundation.law.clocks import add_months
from ourpatch.ground import clock
from ourpatch.ground.clock import LONDON

_STOPPED = (DeliveryState.HELD, DeliveryState.REFUSED)
_UNREAD = (DeliveryState.WAITING, DeliveryState.UNMAPPED, DeliveryState.TO_CONFIRM)


@dataclass(frozen=True, slots=True)
class Came:
    """One delivery as one return sees it: the months of the period that it brought, and those of them not replaced since."""

    delivery: Delivery
    kind: ArrivalKind
    months: frozenset[date] = frozenset()
    in_use: frozenset[date] = frozenset()

    @property
    def on(self) -> date:
        """The London day on which the authority sent it."""
        return clock.london_date(self.delivery.received_at)


Key = tuple[UUID, str, date]
"""Organisation, dataset, first day of the period."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The submissions that stood at the instant with their rows, and those that another one had replaced by then."""

    rows: Mapping[UUID, int]
    replaced: frozenset[UUID]


def arrivals_of(
    organisations: Iterable[UUID], datasets: Sequence[DatasetSpec], since: date, until: datetime
) -> dict[Key, list[Came]]:
    """What these organisations sent before the instant `until` for periods from `since`, earliest first.

    One for each delivery and period. What was undone or withdrawn is left out, and what changed nothing. A file that was stopped
    before anybody knew its period counts for the latest period that had ended when it came.
    """
    by_key = {spec.key: spec for spec in datasets}
    sent = Delivery.objects.filter(
        organisation_id__in=list(organisations),
        dataset__in=list(by_key),
        received_at__gte=datetime.combine(since, time(), LONDON),
        received_at__lt=until,
    )
    known = _known(sent, until)
    brought: set[UUID] = set()
    found: dict[Key, list[Came]] = defaultdict(list)
    for each in sent.order_by("received_at", "pk").prefetch_related("parts"):
        spec = by_key[each.dataset]
        submissions = _submissions(each, spec, known)
        came = _taken_in(each, spec, submissions, known, brought) if submissions else _stopped(each, spec, until)
        for period, one in came:
            found[each.organisation_id, spec.key, period.start].append(one)
        brought.update(submissions.values())
    return found


def first_sent(organisations: Iterable[UUID], datasets: Iterable[str], until: datetime) -> dict[tuple[UUID, str], date]:
    """Organisation and dataset -> the first month of which a delivery was loaded before the instant `until` and not withdrawn."""
    loaded = DeliveryPart.objects.filter(
        delivery__organisation_id__in=list(organisations),
        delivery__dataset__in=list(datasets),
        delivery__state=DeliveryState.LOADED,
        delivery__received_at__lt=until,
    )
    rows = loaded.values_list("delivery__organisation_id", "delivery__dataset").annotate(first=Min("period"))
    return {(organisation, dataset): first for organisation, dataset, first in rows}


def _submissions(delivery: Delivery, spec: DatasetSpec, known: _Known) -> dict[date, UUID]:
    """Month -> the submission that a delivery has for it. Counts for a quarter lie in one month and are about all three."""
    found: dict[date, UUID] = {}
    if delivery.state == DeliveryState.UNCHANGED:
        return found
    for part in delivery.parts.all():
        if part.submission_id in known.rows and part.period >= rules.FIRST:
            is_counts = spec.time_precision is TimePrecision.QUARTER
            months = rules.period_of(part.period).every_month if is_counts else (part.period,)
            found |= dict.fromkeys(months, part.submission_id)
    return found


def _taken_in(
    delivery: Delivery,
    spec: DatasetSpec,
    submissions: Mapping[date, UUID],
    known: _Known,
    brought: Collection[UUID],
) -> Iterator[tuple[InformationPeriod, Came]]:
    """`brought`: the submissions of earlier deliveries; what has the same bytes names theirs and brings nothing."""
    covered = _covered(delivery, spec, {month: known.rows[each] for month, each in submissions.items()})
    for period in sorted({rules.period_of(month, spec.period.months) for month in submissions}):
        months = frozenset(month for month in covered if period.holds(month) and submissions[month] not in brought)
        in_use = frozenset(month for month in months if submissions[month] not in known.replaced)
        if months:
            yield period, Came(delivery, ArrivalKind.ACCEPTED, months, in_use)
        elif not covered:
            yield period, Came(delivery, ArrivalKind.STOPPED)


def _covered(delivery: Delivery, spec: DatasetSpec, rows: Mapping[date, int]) -> frozenset[date]:
    """The months that a delivery covers of those that it has parts for; none where every one of its rows was set aside."""
    if delivery.rows_read and not delivery.rows_kept:
        return frozenset()
    covered = frozenset[date]()
    for quarter in {rules.period_of(month) for month in rows}:
        # Of counts there is always one, if it is a nought.
        usual = 0 if spec.aggregate else law.book(quarter.end).number("data_rows_that_miss_a_month")
        covered |= rules.months_covered(quarter, rows, usual)
    return covered & rows.keys()


def _stopped(delivery: Delivery, spec: DatasetSpec, until: datetime) -> Iterator[tuple[InformationPeriod, Came]]:
    kind = _kind_at(delivery, until)
    if kind is not None:
        for period in _periods_meant(delivery, spec.period.months):
            yield period, Came(delivery, kind)


def _kind_at(delivery: Delivery, until: datetime) -> ArrivalKind | None:
    """What a delivery without rows in the store was at the instant; None when it counts for nothing."""
    if delivery.let_through_at is not None and delivery.let_through_at >= until:
        return ArrivalKind.STOPPED
    if delivery.state in _UNREAD or delivery.finished_at is None or delivery.finished_at >= until:
        return ArrivalKind.WAITING
    return ArrivalKind.STOPPED if delivery.state in _STOPPED else None


def _periods_meant(delivery: Delivery, months: int) -> list[InformationPeriod]:
    if delivery.period is None:
        return [rules.last_ended(clock.london_date(delivery.received_at), months)]
    named = (add_months(delivery.period, place) for place in range(delivery.months or 1))
    return sorted({rules.period_of(each, months) for each in named if each >= rules.FIRST})


def _known(sent: QuerySet[Delivery], until: datetime) -> _Known:
    ids = DeliveryPart.objects.filter(delivery__in=sent).values("submission_id")
    stood = Q(undone_at__isnull=True) | Q(undone_at__gte=until)
    taken = Submission.objects.filter(stood, loaded_at__lt=until)
    rows = dict(taken.filter(pk__in=ids).values_list("pk", "rows_kept"))
    replaced = taken.filter(supersedes_id__in=ids).values_list("supersedes_id", flat=True)
    return _Known(rows, frozenset(each for each in replaced if each is not None))
