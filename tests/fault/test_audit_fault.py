"""The audit under eight writers, two sealers, and a sealer killed at every point of its work."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from tests.fault.processes import finish, finish_killed, start
from tests.ground.making import make

from ourpatch.ground.audit import sealing, trail
from ourpatch.ground.audit.models import AuditEntry, Seal, Unsealed
from ourpatch.ground.audit.rules import Kind
from ourpatch.ground.permission.actor import Actor, ActorKind
from ourpatch.ground.tasks.models import Task, TaskStep

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

WRITERS, TASKS, GIVEN = 8, 6, 5

WRITE = """
from datetime import UTC, date, datetime
from uuid import UUID
from ourpatch.ground.errors import Conflict, RuleBroken
from ourpatch.ground.permission.actor import Actor, ActorKind, Grant
from ourpatch.ground.tasks import actions
from ourpatch.ground.tasks.models import Task
from ourpatch.ground.tasks.permissions import Permission
partnership, organisation, number, given = UUID(sys.argv[1]), UUID(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
ids = [UUID(each) for each in sys.argv[5:]]
by = Actor(ActorKind.PERSON, f"Writer {number}", organisation_id=organisation,
           grants=(Grant(frozenset(Permission), partnership),))
now = datetime.now(UTC)
won = lost = 0
# Each begins at another task and gives new ones in between, so that all eight meet in every order.
for turn, task_id in enumerate(ids[number % len(ids):] + ids[:number % len(ids)]):
    if turn < given:
        subject = Task.objects.get(pk=task_id)
        actions.give_task(by=by, subject=subject, organisation_id=organisation, title=f"New {number}.{turn}",
                          due=date(2100, 1, 1), now=now)
    try:
        actions.accept_task(by=by, task_id=task_id, version=1, now=now)
        won += 1
    except (Conflict, RuleBroken):
        lost += 1
print(won, lost)
"""

SEAL = """
from ourpatch.ground import clock
from ourpatch.ground.audit import sealing
print(sealing.seal_all(clock.now()))
"""

SEAL_AND_DIE = """
from ourpatch.ground import clock
from ourpatch.ground.audit import sealing
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
place = sys.argv[1]
if place == "before the members":
    sealing.SealedEntry.objects.bulk_create = die
elif place == "before the queue is emptied":
    sealing.Unsealed.objects.filter = die
else:
    sealing._write_head = die
sealing.seal_all(clock.now())
"""


@pytest.fixture(autouse=True)
def heads(settings: Any, tmp_path: Path) -> None:
    """Heads of this test's own."""
    settings.OURPATCH_HEADS = str(tmp_path)


def note(number: int) -> None:
    by = Actor(ActorKind.SERVICE, "test")
    for _each in range(number):
        with trail.change(by, "test.note") as audit:
            audit.noted("thing", [uuid4()])


def test_eight_writers_lose_nothing_and_the_chain_holds(now: datetime) -> None:
    partnership, organisation = uuid4(), uuid4()
    tasks = [
        make(
            Task,
            activity="test",
            partnership_id=partnership,
            controller_id=organisation,
            organisation_id=organisation,
            due=date(2100, 1, 1),
        )
        for _each in range(TASKS)
    ]
    ids = [task.pk for task in tasks]
    connections.close_all()
    writers = [start(WRITE, partnership, organisation, number, GIVEN, *ids) for number in range(WRITERS)]
    sealers = [start(SEAL) for _each in range(2)]
    counts = [tuple(map(int, finish(writer).split())) for writer in writers]
    for sealer in sealers:
        finish(sealer)
    assert sum(won for won, _lost in counts) == TASKS, "each task was accepted exactly once"
    assert all(won + lost == TASKS for won, lost in counts)
    assert Task.objects.count() == TASKS + WRITERS * GIVEN
    assert TaskStep.objects.count() == TASKS + WRITERS * GIVEN
    assert AuditEntry.objects.filter(kind=Kind.COLLECTION).count() == WRITERS * GIVEN
    assert AuditEntry.objects.filter(kind=Kind.ALTERATION).count() == TASKS
    sealing.seal_all(now)
    verdict = sealing.verify()
    assert verdict.sound, verdict.faults
    assert (verdict.entries, verdict.unsealed) == (WRITERS * GIVEN + TASKS, 0)


def test_sealers_at_the_same_time_seal_each_row_once() -> None:
    note(60)
    connections.close_all()
    sealers = [start(SEAL) for _each in range(4)]
    assert sum(int(finish(sealer)) for sealer in sealers) == 60
    verdict = sealing.verify()
    assert verdict.sound, verdict.faults
    assert verdict.entries == 60


@pytest.mark.parametrize("place", ["before the members", "before the queue is emptied", "before the head is written"])
def test_a_sealer_killed_anywhere_leaves_a_log_that_the_next_one_completes(place: str, now: datetime) -> None:
    note(5)
    sealing.seal_all(now)
    note(7)
    connections.close_all()
    finish_killed(start(SEAL_AND_DIE, place))
    committed = Seal.objects.count() == 2
    assert committed == (place == "before the head is written")
    note(1)
    sealing.seal_all(now)
    verdict = sealing.verify()
    assert verdict.sound, verdict.faults
    assert (verdict.entries, verdict.unsealed) == (13, 0)
    assert not Unsealed.objects.exists()


def test_a_writer_killed_before_its_commit_leaves_neither_change_nor_audit() -> None:
    connections.close_all()
    finish_killed(
        start(
            """
from uuid import uuid4
from ourpatch.ground.audit import trail
from ourpatch.ground.permission.actor import Actor, ActorKind
with trail.change(Actor(ActorKind.SERVICE, "test"), "test.note") as audit:
    audit.noted("thing", [uuid4()])
    os.kill(os.getpid(), signal.SIGKILL)
"""
        )
    )
    assert not AuditEntry.objects.exists()
    assert not Unsealed.objects.exists()
