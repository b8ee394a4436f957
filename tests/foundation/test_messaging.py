"""The outbox: queued with the change that causes it, carried once, and honest about what is not known."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.mail import send_mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.foundation.factories import make_actor, make_partnership, make_person, make_staff

from ourpatch.foundation.messaging import actions, carriers, jobs, queries, rules
from ourpatch.foundation.messaging.actions import Draft
from ourpatch.foundation.messaging.carriers import NotTaken, Refused, SmtpCarrier
from ourpatch.foundation.messaging.models import Message, MessageState
from ourpatch.foundation.messaging.permissions import Permission
from ourpatch.ground import clock
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import Conflict, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def sender() -> Actor:
    make_partnership()
    return jobs.sender()


def queue(now: datetime, key: str = "one", by: Actor | None = None, **changed: object) -> Message:
    wanted: dict[str, object] = {"channel": "email", "address": "ann@example.org", "body": "Words", **changed}
    return actions.queue_message(by=by or make_actor(), key=key, subject="A subject", now=now, **wanted)  # type: ignore[arg-type]


class Recorder:
    """A carrier that notes what it was given and fails as it is told."""

    def __init__(self, *failures: Exception | None) -> None:
        self.carried: list[str] = []
        self.failures = list(failures)

    def carry(self, message: Message) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure:
            raise failure
        self.carried.append(message.key)


def carry_once(sender: Actor, carrier: Recorder, now: datetime) -> Message | None:
    message = actions.claim_next(by=sender, now=now)
    if message is not None:
        jobs.carry(sender, carrier, message)
        message.refresh_from_db()
    return message


def test_the_same_key_is_one_message(now: datetime) -> None:
    first = queue(now)
    again = queue(now, body="Other words")
    assert again == first
    assert again.body == "Words"


def test_a_message_falls_with_the_change_that_caused_it(now: datetime) -> None:
    with transaction.atomic():
        queue(now)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "changed", [{"address": "nowhere"}, {"body": "  "}, {"channel": "pigeon"}, {"channel": "sms", "address": "a@b.c"}]
)
def test_what_cannot_be_sent_is_not_queued(now: datetime, changed: dict[str, object]) -> None:
    with pytest.raises(RuleBroken):
        queue(now, **changed)


def test_address_and_words_are_sealed_in_the_database(now: datetime) -> None:
    queue(now, address="ann@example.org", body="Your concern about the alley")
    raw = Message.objects.raw("SELECT id, address AS address_raw, body AS body_raw FROM foundation_messaging_message")[
        0
    ]
    assert b"example" not in bytes(raw.address_raw)
    assert b"alley" not in bytes(raw.body_raw)


def test_waiting_messages_are_carried_oldest_first_and_once(sender: Actor, now: datetime) -> None:
    for number in range(3):
        queue(now - timedelta(minutes=number), key=f"number {number}")
    carrier = Recorder()
    while carry_once(sender, carrier, now):
        pass
    assert carrier.carried == ["number 2", "number 1", "number 0"]
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}


def test_a_clean_failure_is_tried_again_later_and_given_up_in_the_end(sender: Actor, now: datetime) -> None:
    queue(now)
    carrier = Recorder(*[NotTaken("SMTP 451")] * 10)
    at, tries = now, 0
    while (message := carry_once(sender, carrier, at)) is not None:
        tries += 1
        assert message.state == MessageState.FAILED or message.next_at > at
        at = message.next_at
        if message.state == MessageState.FAILED:
            break
    assert tries == len(rules.WAITS) + 1
    assert carry_once(sender, carrier, now + timedelta(days=9)) is None


@given(st.integers(1, 50))
def test_waits_grow_and_end(attempts: int) -> None:
    now = datetime.fromisoformat("2026-11-18T12:00:00+00:00")
    again = rules.next_try(attempts, now)
    assert (again is None) == (attempts > len(rules.WAITS))
    earlier = rules.next_try(attempts - 1, now)
    assert again is None or earlier is None or again > earlier


def test_a_refusal_is_final_and_a_surprise_is_unknown(sender: Actor, now: datetime) -> None:
    carrier = Recorder(Refused("SMTP 550"), ConnectionResetError("ann@example.org"))
    refused = queue(now, key="refused")
    lost = queue(now + timedelta(seconds=1), key="lost")
    for _each in range(3):
        carry_once(sender, carrier, now + timedelta(seconds=1))
    refused.refresh_from_db()
    lost.refresh_from_db()
    assert (refused.state, refused.error) == (MessageState.FAILED, "SMTP 550")
    assert (lost.state, lost.error) == (MessageState.UNKNOWN, "ConnectionResetError")
    assert carrier.carried == []


def test_what_a_dead_worker_held_becomes_unknown_and_a_person_decides(sender: Actor, now: datetime) -> None:
    queue(now)
    held = actions.claim_next(by=sender, now=now)
    assert held
    assert actions.end_dead_claims(by=sender, now=now + timedelta(minutes=4)) == 0
    assert actions.end_dead_claims(by=sender, now=now + timedelta(minutes=6)) == 1
    actions.mark_sent(by=sender, message_id=held.pk, now=now)
    held.refresh_from_db()
    assert held.state == MessageState.UNKNOWN, "a worker that comes back late does not change what a person is shown"
    person = make_actor(make_person(), list(Permission), make_partnership())
    actions.send_again(by=person, message_id=held.pk, now=now)
    with pytest.raises(Conflict):
        actions.confirm_sent(by=person, message_id=held.pk, now=now)
    carrier = Recorder()
    carry_once(sender, carrier, now)
    assert carrier.carried == ["one"]


def test_many_are_queued_in_few_statements_and_twice_is_once(
    now: datetime, django_assert_max_num_queries: object
) -> None:
    drafts = [Draft(f"warn {n}", "email", f"p{n}@example.org", "Words", partnership_id=uuid4()) for n in range(1_200)]
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        assert actions.queue_messages(by=make_actor(), drafts=drafts, now=now) == 1_200
    assert actions.queue_messages(by=make_actor(), drafts=drafts, now=now) == 0
    assert Message.objects.count() == 1_200


def test_djangos_mail_goes_through_the_outbox(settings: object) -> None:
    settings.EMAIL_BACKEND = "ourpatch.foundation.messaging.outbox_email.OutboxEmailBackend"  # type: ignore[attr-defined]
    send_mail("Two\nlines".replace("\n", " "), "Words", None, ["ann@example.org", "bob@example.org"])
    assert Message.objects.count() == 2
    assert {message.state for message in Message.objects.all()} == {MessageState.WAITING}


def test_the_job_carries_what_is_due(sender: Actor) -> None:
    queue(clock.now())
    queue(clock.now() + timedelta(hours=1), key="later")
    jobs.send()
    assert Message.objects.get(key="one").state == MessageState.SENT
    assert Message.objects.get(key="later").state == MessageState.WAITING


def test_before_there_is_a_partnership_the_job_has_nothing_to_do() -> None:
    jobs.send()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (smtplib.SMTPDataError(451, b"later"), NotTaken),
        (smtplib.SMTPDataError(554, b"never"), Refused),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"busy")}), NotTaken),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"unknown")}), Refused),
        (smtplib.SMTPServerDisconnected("in the middle"), smtplib.SMTPServerDisconnected),
    ],
)
def test_what_a_mail_server_says_is_understood(
    monkeypatch: pytest.MonkeyPatch, now: datetime, error: Exception, expected: type[Exception]
) -> None:
    def send_messages(self: object, letters: object) -> None:
        raise error

    monkeypatch.setattr(carriers.EmailBackend, "open", lambda self: True)
    monkeypatch.setattr(carriers.EmailBackend, "send_messages", send_messages)
    with pytest.raises(expected):
        SmtpCarrier().carry(queue(now))


def test_a_mail_server_that_is_not_there_is_a_clean_failure(now: datetime, settings: object) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # type: ignore[attr-defined]
    with pytest.raises(NotTaken):
        SmtpCarrier().carry(queue(now))
    with pytest.raises(Refused):
        SmtpCarrier().carry(queue(now, key="text", channel="sms", address="07700 900123"))


@given(st.emails())
def test_a_masked_address_cannot_be_written_to(address: str) -> None:
    assert rules.masked(address) != address
    assert "•••" in rules.masked(address)


def test_the_outbox_shows_masked_addresses_and_no_links_that_open_accounts(client: Client, now: datetime) -> None:
    partnership = make_partnership()
    make_staff(client, partnership, list(Permission))
    answer = queue(now, key="answer", partnership_id=partnership.pk, body="We cleared the alley")
    link = queue(now, key="link", body="https://example.org/reset/secret")
    hidden = queue(now, key="hidden", partnership_id=make_partnership().pk)
    listing = client.get(reverse("messaging:outbox")).content.decode()
    assert "ann@example.org" not in listing
    assert listing.count("a•••@example.org") == 2
    assert "We cleared the alley" in client.get(reverse("messaging:message", args=[answer.pk])).content.decode()
    assert "secret" not in client.get(reverse("messaging:message", args=[link.pk])).content.decode()
    assert client.get(reverse("messaging:message", args=[hidden.pk])).status_code == 404
    Message.objects.filter(pk=answer.pk).update(state=MessageState.UNKNOWN)
    assert "1 message needs your decision" in client.get(reverse("messaging:outbox")).content.decode()
    client.post(reverse("messaging:confirm_sent", args=[answer.pk]))
    answer.refresh_from_db()
    assert answer.state == MessageState.SENT


def test_another_partnerships_message_cannot_be_decided(now: datetime) -> None:
    message = queue(now, partnership_id=make_partnership().pk)
    Message.objects.update(state=MessageState.FAILED)
    person = make_actor(make_person(), list(Permission), make_partnership())
    with pytest.raises(NotFound):
        actions.send_again(by=person, message_id=message.pk, now=now)
    assert queries.count_to_decide(person) == 0
