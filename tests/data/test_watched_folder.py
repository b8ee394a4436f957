"""A file copied into the watched folder is sent as if by browser, and its receipt lies beside it."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from tests.data.factories_deliveries import Senders, incident, incidents, learn_layout, make_senders, send
from tests.data.factories_exchange import NOW

from ourpatch.data.exchange import actions
from ourpatch.data.exchange.actions import folder
from ourpatch.data.exchange.models import Delivery, DeliveryState
from ourpatch.site import sending

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


def receipts(path: Path) -> dict[str, str]:
    folder_of_them = path.parent / folder.RECEIPTS
    return {each.name: each.read_text() for each in folder_of_them.iterdir()} if folder_of_them.exists() else {}


def test_a_receipt_that_a_kill_kept_from_being_laid_is_laid_by_the_next_collecting(
    senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lay("2026-Q3.csv", GOOD)

    def killed(**_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(folder, "read_delivery", killed)
    with pytest.raises(KeyboardInterrupt):
        folder.collect(now=NOW)
    assert (path.exists(), receipts(path)) == (False, {})
    monkeypatch.setattr(folder, "read_delivery", actions.read_delivery)
    sent = Delivery.objects.get()
    assert folder.collect(now=NOW + timedelta(minutes=1)) == []
    assert receipts(path) == {}, "it is not read yet"
    actions.read_delivery(delivery_id=sent.pk, now=NOW)
    folder.collect(now=NOW + timedelta(minutes=2))
    ((name, said),) = receipts(path).items()
    assert name.startswith(sent.receipt)
    assert "2 of 2 rows are loaded" in said


def test_a_receipt_follows_what_becomes_of_a_delivery(senders: Senders) -> None:
    path = lay("2026-Q3.csv", incidents(incident("1").replace("High Street", "Tel 07700 900123")))
    (held,) = folder.collect(now=NOW)
    ((name, said),) = receipts(path).items()
    assert "may identify somebody" in said
    folder.collect(now=NOW)
    actions.let_through(by=senders.officer, delivery_id=held.pk, reason="The number is a call box.", now=NOW)
    actions.read_delivery(delivery_id=held.pk, now=NOW)
    folder.collect(now=NOW)
    assert "1 of 1 rows are loaded" in receipts(path)[name]
    actions.withdraw(by=senders.clerk, delivery_id=held.pk, reason="It was the wrong file.", now=NOW)
    folder.collect(now=NOW)
    assert "Withdrawn" in receipts(path)[name]


def test_what_is_not_told_yet_is_found_without_looking_at_what_is(senders: Senders) -> None:
    """Asked every minute: by an index that holds only what no receipt tells, whatever else was sent before."""
    by_browser = send(senders.clerk, senders.police.pk, GOOD)
    lay("2026-08.csv", incidents(incident("9", "15/08/2026")))
    folder.collect(now=NOW)
    untold = Delivery.objects.untold()
    assert not untold.exists()
    Delivery.objects.update(told_state=DeliveryState.REFUSED)
    assert by_browser.pk not in untold.values_list("pk", flat=True)
    assert untold.count() == 1
    if connection.vendor == "postgresql":
        # Two rows are read faster one by one; a table of years is not.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = untold.explain()
    assert "delivery_not_told_yet" in plan, plan
    assert "SEARCH" in plan or "Index Cond" in plan, plan


def test_a_file_over_which_the_reading_fails_keeps_no_other_waiting(
    senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay("2026-07 a.csv", GOOD)
    lay("2026-08 b.csv", GOOD)

    def fails_for_one(*, delivery_id: UUID, now: datetime) -> Delivery:
        if Delivery.objects.get(pk=delivery_id).filename.endswith("a.csv"):
            raise MemoryError
        return actions.read_delivery(delivery_id=delivery_id, now=now)

    monkeypatch.setattr(folder, "read_delivery", fails_for_one)
    assert [each.filename for each in folder.collect(now=NOW)] == ["2026-08 b.csv"]


def test_a_folder_that_is_not_known_says_so_with_the_right_names(senders: Senders) -> None:
    lay("2026-Q3.csv", GOOD)
    wrong_sender = lay("2026-Q3.csv", GOOD, sender="square-constabulery")
    wrong_dataset = wrong_sender.parent.parent.parent / "square-constabulary" / "police_incident"
    wrong_dataset.mkdir()
    assert len(folder.collect(now=NOW)) == 1
    told = (wrong_sender.parent.parent / folder.NOT_READ).read_text()
    assert "square-constabulery/" in told
    assert "square-constabulary" in told
    assert "square-council" in told
    assert "police_incidents" in (wrong_dataset / folder.NOT_READ).read_text()
    assert wrong_sender.exists()
    (wrong_dataset / folder.NOT_READ).rename(wrong_dataset.parent / "police_incidents" / folder.NOT_READ)
    assert folder.collect(now=NOW + timedelta(hours=1)) == [], "a note is no file that was sent"
    assert not (wrong_dataset.parent / "police_incidents" / folder.NOT_READ).exists()


def test_the_command_names_the_folders_it_does_not_know(senders: Senders, capsys: pytest.CaptureFixture[str]) -> None:
    (folder.inbox() / "square-constabulery").mkdir(parents=True)
    assert sending.make_inbox() == 1, "of the folders that were there none was known"
    said = capsys.readouterr()
    assert "square-constabulary/police_incidents" in said.out
    assert "square-constabulery/" in said.err
    assert sending.make_inbox() == 0
    assert "square-constabulery/" in capsys.readouterr().err


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
