"""A sender killed with -9 while it hands a message over: nothing is lost, and nothing goes twice by itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from tests.fault.processes import finish, finish_killed, start
from tests.foundation.factories import make_actor, make_partnership

from ourpatch.foundation.messaging import actions, jobs
from ourpatch.foundation.messaging.models import Message, MessageState
from ourpatch.ground import clock

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

# A carrier that notes what it carried in a file, and dies before or after the third.
SEND = """
from pathlib import Path
from ourpatch.foundation.messaging import jobs
notes, place = Path(sys.argv[1]), sys.argv[2]
class Carrier:
    carried = 0
    def carry(self, message):
        self.carried += 1
        if place == "before" and self.carried == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        with notes.open("a") as out:
            out.write(message.key + "\\n")
            out.flush()
        if place == "after" and self.carried == 3:
            os.kill(os.getpid(), signal.SIGKILL)
jobs.carrier = Carrier
jobs.send()
"""


def queue(number: int) -> None:
    for each in range(number):
        actions.queue_message(
            by=make_actor(),
            key=f"message {each}",
            channel="email",
            address="ann@example.org",
            body="Words",
            now=clock.now(),
        )


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_killed_sender_loses_nothing_and_sends_nothing_twice(place: str, tmp_path: Path) -> None:
    make_partnership()
    queue(6)
    notes = tmp_path / "carried.txt"
    connections.close_all()
    finish_killed(start(SEND, notes, place))
    held = Message.objects.get(state=MessageState.SENDING)
    finish(start(SEND, notes, "never"))
    carried = notes.read_text().splitlines()
    assert len(set(carried)) == len(carried)
    assert set(carried) | {held.key} == {f"message {each}" for each in range(6)}
    assert actions.end_dead_claims(by=jobs.sender(), now=clock.now() + timedelta(minutes=6)) == 1
    held.refresh_from_db()
    assert held.state == MessageState.UNKNOWN, "a person is shown what nobody can know"
    assert Message.objects.filter(state=MessageState.SENT).count() == 5


def test_two_senders_at_once_carry_each_message_once(tmp_path: Path) -> None:
    make_partnership()
    queue(40)
    notes = [tmp_path / "first.txt", tmp_path / "second.txt"]
    connections.close_all()
    for sender in [start(SEND, each, "never") for each in notes]:
        finish(sender)
    carried = [key for each in notes if each.exists() for key in each.read_text().splitlines()]
    assert sorted(carried) == sorted(f"message {each}" for each in range(40))
