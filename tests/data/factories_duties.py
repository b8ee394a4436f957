"""Three invented datasets with a duty, a partnership that owes them, and deliveries of them as the exchange leaves them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.foundation.factories import make_organisation, make_partnership

from ourpatch.data.duties.models import LedgerStart
from ourpatch.data.exchange.models import Channel, Delivery, DeliveryPart, DeliveryState
from ourpatch.data.store import specs
from ourpatch.data.store.models import Submission
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation.directory.models import Organisation, OrganisationKind
from ourpatch.foundation.law.clocks import add_months
from ourpatch.foundation.places.models import ServiceArea

SUMMER, AUTUMN = date(2026, 7, 1), date(2026, 10, 1)
SUMMER_MONTHS = (date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1))
_number = itertools.count(1)


def spec(key: str, kind: str, **changes: Any) -> DatasetSpec:
    """A dataset that a kind of organisation owes every quarter."""
    plain = {
        "key": key,
        "label_en": key.replace("_", " ").capitalize(),
        "label_cy": key,
        "data_class": "publishable",
        "scheme": "police_uk_categories",
        "period": "quarter",
        "time_precision": "instant",
        "place_precision": "exact",
        "senders": [kind],
        "duty": {"authorities": [kind], "since": date(2007, 7, 1), "source": "SI 2007/1831, Schedule"},
        "limitations": [],
        "source": "made for a test",
    }
    return specs.parse({**plain, **changes})


def at(*parts: int) -> datetime:
    """Noon of a day, or an instant, in UTC."""
    return datetime(*parts, tzinfo=UTC) if len(parts) > 3 else datetime(*parts, 12, tzinfo=UTC)  # type: ignore[arg-type, misc]


@dataclass(frozen=True)
class Owing:
    """A partnership whose police owe two datasets and whose health body owes one by the month."""

    partnership: ServiceArea
    police: Organisation
    health: Organisation


@pytest.fixture
def owing(monkeypatch: pytest.MonkeyPatch) -> Owing:
    """Police incidents and crimes by the quarter, assaults by the month since 1 July 2025; nobody sent anything. The ledger has
    been kept since there is such a duty.
    """
    monthly = {"authorities": ["health"], "since": date(2025, 7, 1), "source": "Information Sharing to Tackle Violence"}
    made = [
        spec("police_crimes", "police"),
        spec("police_incidents", "police"),
        spec("ed_assaults", "health", period="month", duty=monthly),
        spec("published", "police", duty=None),
    ]
    known = {each.key: each for each in made}
    monkeypatch.setattr(specs, "every", lambda: known)
    partnership = make_partnership("Millbrook")
    LedgerStart.objects.create(partnership=partnership, on=date(2007, 7, 1))
    police = make_organisation(OrganisationKind.POLICE, "Aire Police", partnership)
    health = make_organisation(OrganisationKind.HEALTH, "Brook Health", partnership)
    make_organisation(OrganisationKind.HOUSING, "Dale Homes", partnership)
    return Owing(partnership, police, health)


def deliver(
    organisation: Organisation,
    dataset: str,
    period: date | None,
    received_at: datetime,
    *,
    months: int = 3,
    state: DeliveryState = DeliveryState.LOADED,
    rows: Mapping[date, int] | None = None,
    read: int | None = None,
    **changes: Any,
) -> Delivery:
    """A delivery as the exchange leaves it, of a named period or (None) of whatever months its rows are of.

    A loaded one has a part and a submission for every month that it names and every month of its `rows` (none said: a hundred
    in each named month); a submission takes the place of the one in use. `read`: rows of the file, if more than were kept.
    """
    number = next(_number)
    named = () if period is None else tuple(add_months(period, place) for place in range(months))
    kept = dict.fromkeys(named, 100) if rows is None else rows
    delivery = Delivery.objects.create(
        receipt=f"R-{number:05d}",
        organisation=organisation,
        dataset=dataset,
        period=period,
        months=None if period is None else months,
        channel=Channel.BROWSER,
        filename="export.csv",
        size=1000,
        content_sha256=f"{number:064d}",
        state=state,
        rows_read=sum(kept.values()) if read is None else read,
        rows_kept=sum(kept.values()),
        received_at=received_at,
        finished_at=None if state in (DeliveryState.WAITING, DeliveryState.UNMAPPED) else received_at,
        by_name="A Clerk",
        message_en="Column 4 holds dates that cannot be read." if state == DeliveryState.REFUSED else "",
        **changes,
    )
    if state == DeliveryState.LOADED:
        for month in sorted({*named, *kept}):
            _put_in(delivery, month, kept.get(month, 0))
    return delivery


def send_again(
    delivery: Delivery, received_at: datetime, *, state: DeliveryState = DeliveryState.UNCHANGED
) -> Delivery:
    """The same bytes once more: every part names the submission that is in use already."""
    again = deliver(delivery.organisation, delivery.dataset, delivery.period, received_at, state=DeliveryState.WAITING)
    again.state, again.finished_at = state, received_at
    again.save()
    for part in delivery.parts.all():
        part.pk, part.delivery = None, again
        part.save()
    return again


def deliver_counts(organisation: Organisation, dataset: str, quarter: date, received_at: datetime) -> Delivery:
    """Counts of a quarter: one part and one submission, under the quarter's first day."""
    delivery = deliver(organisation, dataset, None, received_at, rows={})
    _put_in(delivery, quarter, 2)
    return delivery


def undo(delivery: Delivery, undone_at: datetime, *months: date) -> None:
    """Take a loaded delivery (or only these months of it) out of use, as the store does: what it had replaced comes back."""
    for part in delivery.parts.all():
        if months and part.period not in months:
            continue
        submission = Submission.objects.get(pk=part.submission_id)
        submission.state, submission.undone_at = "undone", undone_at
        submission.save()
        if submission.supersedes is not None:
            submission.supersedes.state = "loaded"
            submission.supersedes.save()


def _put_in(delivery: Delivery, month: date, rows: int) -> None:
    supplier = delivery.organisation.name[:60]
    of_month = Submission.objects.filter(dataset=delivery.dataset, supplier=supplier, period=month)
    replaced = of_month.filter(state="loaded").first()
    if replaced is not None:
        replaced.state = "superseded"
        replaced.save()
    submission = Submission.objects.create(
        dataset=delivery.dataset,
        supplier=supplier,
        period=month,
        sequence=of_month.count() + 1,
        content_sha256=delivery.content_sha256,
        geography="test",
        filename=delivery.filename,
        supersedes=replaced,
        rows_read=rows,
        rows_kept=rows,
        loaded_at=delivery.received_at,
        loaded_by="A Clerk",
    )
    DeliveryPart.objects.create(delivery=delivery, period=month, submission_id=submission.pk, rows_kept=rows)
