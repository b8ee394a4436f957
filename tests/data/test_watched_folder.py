"""A file copied into the watched folder is sent as if by browser, and its receipt lies beside it."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.data.factories_deliveries import Senders, incident, incidents, learn_layout, make_senders
from tests.data.factories_exchange import NOW

from ourpatch.data.exchange.actions import folder
from ourpatch.data.exchange.models import Delivery, DeliveryState

pytestmark = [pytest.mark.room, pytest.mark.django_db]
GOOD = incidents(incident("1"), incident("2", "15/08/2026"))


@pytest.fixture
def senders(settings: pytest.FixtureRequest, tmp_path: Path) -> Senders:
    settings.OURPATCH_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    made = make_senders()
    learn_layout(made.clerk, made.police.pk, GOOD, tmp_path)
    return made


def lay(
    name: str, content: bytes, *, age: timedelta = timedelta(minutes=1), sender: str = "square-constabulary"
) -> Path:
    path = folder.inbox() / sender / "police_incidents" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    then = (NOW - age).timestamp()
    os.utime(path, (then, then))
    return path


def test_a_file_is_sent_for_the_period_in_its_name_and_a_receipt_is_laid_beside_it(senders: Senders) -> None:
    path = lay("2026-Q3 incidents.csv", GOOD)
    (delivery,) = folder.collect(now=NOW)
    assert (delivery.state, delivery.period, delivery.months) == (DeliveryState.LOADED, date(2026, 7, 1), 3)
    assert not path.exists()
    (receipt,) = (path.parent / folder.RECEIPTS).iterdir()
    assert "2 of 2 rows are loaded" in receipt.read_text()
    assert folder.collect(now=NOW) == []


def test_a_file_that_is_still_being_written_waits(senders: Senders) -> None:
    lay("2026-Q3.csv", GOOD, age=timedelta(seconds=5))
    lay("2026-Q3.csv.part", GOOD)
    assert folder.collect(now=NOW) == []
    assert len(folder.collect(now=NOW + timedelta(minutes=2))) == 1


def test_a_file_that_cannot_be_taken_lies_in_refused_with_the_reason(senders: Senders) -> None:
    path = lay("2027-Q1.csv", GOOD)
    assert folder.collect(now=NOW) == []
    refused = path.parent / folder.REFUSED
    assert (refused / "2027-Q1.csv").read_bytes() == GOOD
    assert "not begun" in (refused / "2027-Q1.csv.txt").read_text()


def test_links_and_strangers_are_left_alone(senders: Senders, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(GOOD)
    target = folder.inbox() / "square-constabulary" / "police_incidents"
    target.mkdir(parents=True)
    (target / "2026-Q3.csv").symlink_to(secret)
    lay("2026-Q3.csv", GOOD, sender="nobody")
    assert folder.collect(now=NOW) == []
    assert secret.exists()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("2026-07.csv", (date(2026, 7, 1), 1)),
        ("2026-q3_x.xlsx", (date(2026, 7, 1), 3)),
        ("2026-071.csv", None),
        ("2026-13.csv", None),
        ("log 2026-07.csv", None),
    ],
)
def test_a_period_in_a_name(name: str, period: tuple[date, int] | None) -> None:
    assert folder.period_in(name) == period
