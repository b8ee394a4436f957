"""The ledger over deliveries that went the whole way: sent, mapped, judged, stored, corrected, withdrawn."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.data.factories_deliveries import (
    SUMMER,
    Senders,
    incident,
    incidents,
    learn_layout,
    make_senders,
    person,
    send,
)
from tests.data.factories_exchange import NOW

from ourpatch.data.duties import queries
from ourpatch.data.duties.permissions import Permission
from ourpatch.data.duties.queries import Return
from ourpatch.data.duties.rules import InformationPeriod, State
from ourpatch.data.exchange import actions
from ourpatch.data.exchange.models import Delivery, DeliveryState, Extent

pytestmark = [pytest.mark.room, pytest.mark.django_db]

DAYS = {7: "02/07/2026", 8: "15/08/2026", 9: "30/09/2026"}


@pytest.fixture
def senders(settings: Any, tmp_path: Path) -> Senders:
    """A force whose layout is known."""
    settings.OURPATCH_HOME = tmp_path / "home"
    made = make_senders()
    learn_layout(made.clerk, made.police.pk, of(7), tmp_path)
    return made


def of(*months: int, rows: int = 1) -> bytes:
    """A file with so many incidents in each of these months."""
    return incidents(*(incident(f"{month}-{row}", DAYS[month]) for month in months for row in range(rows)))


def a_month(senders: Senders, month: int, hours: int = 0, rows: int = 1) -> Delivery:
    """The file of one month, named as such."""
    first, when = date(2026, month, 1), NOW + timedelta(hours=hours)
    return send(senders.clerk, senders.police.pk, of(month, rows=rows), period=first, months=1, now=when)


def told(senders: Senders, now: datetime = NOW + timedelta(hours=9), as_on: date | None = None) -> Return:
    """The force's return of incidents for the summer."""
    viewer = person("A Viewer", senders.police, senders.area.partnership, Permission.VIEW)
    ledger = queries.get_ledger(viewer, senders.area.partnership.pk, InformationPeriod(SUMMER), now, as_on=as_on)
    return next(each for each in ledger.returns if each.spec.key == "police_incidents")


def test_month_by_month_until_it_is_whole(senders: Senders) -> None:
    a_month(senders, 7)
    a_month(senders, 8, hours=1)
    assert told(senders).standing.missing == (date(2026, 9, 1),)

    a_month(senders, 9, hours=2)
    found = told(senders)
    assert found.standing.state is State.RECEIVED
    assert len(found.came) == 3


def test_a_named_quarter_with_an_empty_month(senders: Senders) -> None:
    send(senders.clerk, senders.police.pk, of(7, 9))
    assert told(senders).standing.state is State.RECEIVED

    send(senders.clerk, senders.police.pk, of(7, 9, rows=9), now=NOW + timedelta(hours=1))
    assert told(senders).standing.missing == (date(2026, 8, 1),)


def test_corrected_and_withdrawn(senders: Senders) -> None:
    first = send(senders.clerk, senders.police.pk, of(7, 8, 9))
    later = NOW + timedelta(days=1)
    change = incidents(incident("8-0", "16/08/2026"))
    corrected = send(senders.clerk, senders.police.pk, change, extent=Extent.CORRECTION, now=later)
    found = told(senders, now=later)
    assert (corrected.state, found.standing.state) == (DeliveryState.LOADED, State.CORRECTED)
    assert [sorted(each.in_use) for each in found.came] == [
        [date(2026, 8, 1)],
        [date(2026, 7, 1), date(2026, 9, 1)],
    ]

    withdrawn = later + timedelta(days=1)
    actions.withdraw(by=senders.clerk, delivery_id=corrected.pk, reason="It was the wrong day", now=withdrawn)
    assert told(senders, now=withdrawn).standing.state is State.RECEIVED
    assert told(senders, now=withdrawn, as_on=later.date()).standing.state is State.CORRECTED

    actions.withdraw(by=senders.clerk, delivery_id=first.pk, reason="It was the wrong file", now=withdrawn)
    assert told(senders, now=withdrawn).standing.state is State.NOT_YET_DUE
    assert told(senders, now=withdrawn, as_on=NOW.date()).standing.state is State.RECEIVED


def test_the_same_file_again_stands_as_it_was(senders: Senders) -> None:
    first = send(senders.clerk, senders.police.pk, of(7, 8, 9))
    again = send(senders.clerk, senders.police.pk, of(7, 8, 9), filename="copy.csv", now=NOW + timedelta(days=1))

    found = told(senders, now=NOW + timedelta(days=1))
    assert again.state == DeliveryState.UNCHANGED
    assert (found.standing.state, [each.delivery for each in found.came]) == (State.RECEIVED, [first])


def test_a_file_that_cannot_be_used_and_one_that_names_somebody(senders: Senders) -> None:
    broken = send(senders.clerk, senders.police.pk, incidents("1,not a day,21:30,,,High Street,ASB nuisance"))
    assert broken.state == DeliveryState.REFUSED
    assert told(senders).standing.state is State.REFUSED

    row = incident("7-0", DAYS[7]).replace("High Street", "Tel 07700 900123")
    held = send(senders.clerk, senders.police.pk, incidents(row), now=NOW + timedelta(hours=1))
    assert held.state == DeliveryState.HELD
    assert told(senders).standing.state is State.REFUSED

    send(senders.clerk, senders.police.pk, of(7, 8, 9), now=NOW + timedelta(hours=2))
    assert told(senders).standing.state is State.RECEIVED
