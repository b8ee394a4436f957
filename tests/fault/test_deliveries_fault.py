"""A delivery that meets a kill, a full disk or another delivery of the same months loses nothing and half-loads nothing."""

from __future__ import annotations

import contextlib
import errno
import threading
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from tests.data.factories_deliveries import HEADER, SUMMER, Senders, incident, incidents, learn_layout, make_senders
from tests.data.factories_exchange import NOW
from tests.fault.processes import finish_killed, start

from ourpatch.data.exchange import actions, mapping
from ourpatch.data.exchange.actions import keeping
from ourpatch.data.exchange.models import Channel, Delivery, DeliveryState, LayoutVersion
from ourpatch.data.store import files, queries
from ourpatch.data.store.models import StoredFile, Submission
from ourpatch.data.store.query import CountBy, Dimension, Where
from ourpatch.ground.errors import Conflict

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

BEFORE = incidents(incident("1"), incident("2", "15/08/2026"))
AFTER = incidents(*[incident(str(n)) for n in range(5)], *[incident(f"A{n}", "15/08/2026") for n in range(7)])
JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
WAS, IS = {JULY: 1, AUGUST: 1}, {JULY: 5, AUGUST: 7}

# Read a delivery, and die by SIGKILL in the call of a function that is named.
READ_AND_DIE = """
from datetime import timedelta
from importlib import import_module
from pathlib import Path
settings.OURPATCH_HOME = Path(sys.argv[1])
module, name, wanted = sys.argv[3], sys.argv[4], int(sys.argv[5])
place = import_module(module)
plain, calls = getattr(place, name), 0
def armed(*args, **kwargs):
    global calls
    calls += 1
    result = plain(*args, **kwargs)
    if calls == wanted:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(place, name, armed)
from uuid import UUID
from tests.data.factories_exchange import NOW
from ourpatch.data.exchange import actions, mapping
actions.read_delivery(delivery_id=UUID(sys.argv[2]), now=NOW + timedelta(days=1))
"""
# Where it dies, and what readers see then.
DELIVERIES = "ourpatch.data.exchange.actions.deliveries"
STORE, FILES = "ourpatch.data.store.actions", "ourpatch.data.store.files"
POINTS: dict[str, tuple[str, str, int, dict[date, int]]] = {
    "after judging": (DELIVERIES, "read_file", 1, WAS),
    "between two months' files": (FILES, "stage", 1, WAS),
    "after the files are in place": (FILES, "settle", 2, WAS),
    "in the store's transaction": (STORE, "_record", 2, WAS),
    "after loading, before the receipt": (DELIVERIES, "commit", 1, IS),
    "in the receipt's transaction": (DELIVERIES, "_write_findings", 1, IS),
}


@pytest.fixture
def senders(settings: Any, tmp_path: Path) -> Senders:
    settings.OURPATCH_HOME = tmp_path / "home"
    made = make_senders()
    learn_layout(made.clerk, made.police.pk, BEFORE, tmp_path)
    sent = receive(made, BEFORE)
    assert actions.read_delivery(delivery_id=sent.pk, now=NOW).state == DeliveryState.LOADED
    return made


def receive(senders: Senders, content: bytes, by: str = "clerk") -> Delivery:
    return actions.receive(
        by=getattr(senders, by),
        organisation_id=senders.police.pk,
        dataset="police_incidents",
        filename="log.csv",
        content=BytesIO(content),
        size=len(content),
        channel=Channel.BROWSER,
        now=NOW + timedelta(days=1),
        period=SUMMER,
        months=3,
        at_once=True,
        empties_months=True,
    )


def seen() -> dict[Any, Any]:
    return dict(queries.run(CountBy(Where("police_incidents"), (Dimension.MONTH,))))


@pytest.mark.parametrize("point", POINTS)
def test_a_reading_killed_anywhere_is_all_or_nothing_and_is_done_again(
    senders: Senders, settings: Any, point: str
) -> None:
    module, name, wanted, expected = POINTS[point]
    sent = receive(senders, AFTER)
    finish_killed(start(READ_AND_DIE, settings.OURPATCH_HOME, sent.pk, module, name, wanted))
    assert seen() == expected
    waiting = Delivery.objects.get(pk=sent.pk)
    assert (waiting.state, keeping.kept(waiting.path).read_bytes()) == (DeliveryState.WAITING, AFTER)
    again = actions.read_delivery(delivery_id=sent.pk, now=NOW + timedelta(days=2))
    assert (again.state, again.rows_kept) == (DeliveryState.LOADED, 12)
    assert seen() == IS
    assert again.parts.count() == 3


def test_what_a_kill_left_in_the_folder_is_swept(senders: Senders) -> None:
    stray = keeping.kept(f"{keeping.FOLDER}/stray")
    stray.write_bytes(b"left behind")
    sent = receive(senders, AFTER)
    actions.let_old_files_go(by=senders.area.loader, now=NOW + timedelta(days=20))
    assert not stray.exists()
    assert keeping.kept(sent.path).exists(), "a file that still waits is not let go"


def test_a_full_disk_while_sending_keeps_nothing(senders: Senders, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(BytesIO):
        def read(self, *_size: Any) -> bytes:
            raise OSError(errno.ENOSPC, "No space left on device")

    before = Delivery.objects.count()
    with pytest.raises(OSError, match="No space"):
        keeping.keep(senders.police.pk, Full())
    assert Delivery.objects.count() == before
    assert not keeping.kept(f"{keeping.FOLDER}/{senders.police.pk}").exists()


def test_a_full_disk_while_reading_changes_nothing_and_the_delivery_waits(
    senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = receive(senders, AFTER)
    plain, calls = files._write, []

    def full(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        plain(*args)

    monkeypatch.setattr(files, "_write", full)
    with pytest.raises(OSError, match="No space"):
        actions.read_delivery(delivery_id=sent.pk, now=NOW + timedelta(days=1))
    assert seen() == WAS
    monkeypatch.setattr(files, "_write", plain)
    assert actions.read_delivery(delivery_id=sent.pk, now=NOW + timedelta(days=1)).state == DeliveryState.LOADED
    assert seen() == IS
    staged = files.root() / files.STAGING
    assert len(list(staged.iterdir())) <= 1, "at most the half-written file, which is swept"


def test_two_people_save_a_layout_at_once(senders: Senders, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On PostgreSQL one of them is told so; SQLite has one writer, who comes after the other."""
    met = threading.Barrier(2)
    plain = mapping.as_data
    by = {"one": senders.clerk, "two": senders.officer}
    contents = {
        "one": incidents(incident("1") + ",B1", header=f"{HEADER},Beat"),
        "two": incidents(incident("1") + ",W", header=f"{HEADER},Ward"),
    }
    told: list[BaseException] = []

    def meeting(layout: mapping.Layout) -> Any:
        # Both have looked which version is the latest, as far as the database lets them.
        with contextlib.suppress(threading.BrokenBarrierError):
            met.wait(timeout=60 if connection.vendor == "postgresql" else 1)
        return plain(layout)

    monkeypatch.setattr(mapping, "as_data", meeting)

    def save(name: str) -> None:
        try:
            learn_layout(by[name], senders.police.pk, contents[name], tmp_path / name)
        except BaseException as error:
            told.append(error)
        finally:
            connections.close_all()

    for name in by:
        (tmp_path / name).mkdir()
    threads = [threading.Thread(target=save, args=[name]) for name in by]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [each for each in told if not (isinstance(each, Conflict) and "same moment" in str(each))] == []
    assert len(told) == (1 if connection.vendor == "postgresql" else 0)
    numbers = list(LayoutVersion.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_two_people_load_the_same_quarter_at_once(senders: Senders) -> None:
    other = incidents(*[incident(f"B{n}") for n in range(3)])
    both = [receive(senders, AFTER), receive(senders, other, "officer")]
    gate = threading.Barrier(2)
    failed: list[BaseException] = []

    def read(delivery: Delivery) -> None:
        try:
            gate.wait()
            actions.read_delivery(delivery_id=delivery.pk, now=NOW + timedelta(days=1))
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=read, args=[each]) for each in both]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
    assert seen() in (IS, {JULY: 3}), "one of them wholly, whichever came last"
    assert {each.state for each in Delivery.objects.filter(pk__in=[one.pk for one in both])} == {DeliveryState.LOADED}
    assert Submission.objects.filter(state="loaded").count() == 3
    live = set(StoredFile.objects.filter(live=True).values_list("path", flat=True))
    assert all(files.absolute(path).exists() for path in live)
