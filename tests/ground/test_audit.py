"""The audit: what it holds and never holds, that it cannot be changed, and that a change would be found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.foundation.factories import make_partnership, make_staff
from tests.ground.making import make

from ourpatch.foundation.messaging.actions import queue_message
from ourpatch.foundation.messaging.permissions import Permission
from ourpatch.ground import clock
from ourpatch.ground.audit import queries, sealing, trail, triggers
from ourpatch.ground.audit.models import AuditEntry, AuditSubject, Revision, Seal, SealedEntry, Unsealed
from ourpatch.ground.audit.rules import Kind, digest_of, leaf, merkle_root
from ourpatch.ground.errors import NotAllowed, NotFound
from ourpatch.ground.permission.actor import Actor, ActorKind, Grant
from ourpatch.ground.tasks.models import Task

pytestmark = [pytest.mark.room, pytest.mark.django_db]

PARTNERSHIP, ORGANISATION = uuid4(), uuid4()
PROTECTED_TABLES = [AuditEntry, AuditSubject, Seal, SealedEntry]


@pytest.fixture(autouse=True)
def heads(settings: Any, tmp_path: Path) -> Path:
    """Heads of this test's own."""
    settings.OURPATCH_HEADS = str(tmp_path)
    return tmp_path


@pytest.fixture
def by() -> Actor:
    grant = Grant(frozenset({queries.READ_AUDIT}), PARTNERSHIP)
    return Actor(ActorKind.PERSON, "Ann Evans", id=uuid4(), organisation_id=ORGANISATION, grants=(grant,))


@contextmanager
def forcing() -> Iterator[None]:
    """Somebody with the rights of the database's owner takes the triggers away for a moment."""
    triggers.remove(connection)
    try:
        yield
    finally:
        triggers.install(connection)


def note(by: Actor, *reasons: str) -> None:
    for reason in reasons:
        with trail.change(by, "test.note") as audit:
            audit.noted("thing", [uuid4()], reason=reason)


def sealed(by: Actor, now: datetime, *batches: int) -> None:
    for batch in batches:
        note(by, *["words"] * batch)
        assert sealing.seal_all(now) == batch


@given(st.lists(st.text(), min_size=1, max_size=20), st.data())
def test_the_root_changes_with_any_leaf_any_order_and_any_number(texts: list[str], data: st.DataObject) -> None:
    leaves = [leaf({"text": text, "at": place}) for place, text in enumerate(texts)]
    root = merkle_root(leaves)
    place = data.draw(st.integers(0, len(leaves) - 1))
    assert merkle_root([*leaves[:place], leaf({"text": "another"}), *leaves[place + 1 :]]) != root
    assert merkle_root([*leaves, leaves[-1]]) != root
    assert len(leaves) == 1 or merkle_root(leaves[::-1]) != root


def test_a_sealed_log_is_sound(by: Actor, now: datetime, heads: Path) -> None:
    sealed(by, now, 3, 1, 4)
    note(by, "not sealed yet")
    verdict = sealing.verify()
    assert verdict.sound
    assert (verdict.seals, verdict.entries, verdict.unsealed) == (3, 8, 1)
    assert (heads / "audit-heads.txt").read_text().splitlines()[-1] == verdict.head == f"3:{Seal.objects.get(pk=3).mac}"


def test_nothing_to_seal_makes_no_seal(now: datetime) -> None:
    assert sealing.seal_all(now) == 0
    assert not Seal.objects.exists()
    assert sealing.verify().sound


def test_large_backlogs_are_sealed_in_batches(by: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 4)
    note(by, *["words"] * 10)
    assert sealing.seal_all(now) == 10
    assert [seal.count for seal in Seal.objects.order_by("number")] == [4, 4, 2]
    assert sealing.verify().sound


def test_a_row_that_commits_late_is_sealed_later(by: Actor, now: datetime) -> None:
    """Another connection's row may have a smaller number and become visible only after later ones were sealed."""
    note(by, "late", "early")
    late = AuditEntry.objects.get(reason="late")
    Unsealed.objects.filter(entry=late).delete()
    assert sealing.seal_all(now) == 1
    Unsealed.objects.create(entry=late)
    assert sealing.seal_all(now) == 1
    assert sealing.verify().sound


@pytest.mark.parametrize(
    ("field", "value"),
    [("reason", "other words"), ("actor_name", "Nobody"), ("subjects", []), ("at", datetime(2020, 1, 1))],
)
def test_a_changed_row_is_found(by: Actor, now: datetime, field: str, value: object) -> None:
    sealed(by, now, 2, 2)
    value = value.replace(tzinfo=now.tzinfo) if isinstance(value, datetime) else value
    with forcing():
        AuditEntry.objects.filter(sealedentry__seal=1, sealedentry__position=1).update(**{field: value})
    assert sealing.verify().faults == ("A row under seal 1 was changed after it was sealed.",)


def test_a_removed_row_is_found(by: Actor, now: datetime) -> None:
    sealed(by, now, 2, 2)
    with forcing():
        gone = AuditEntry.objects.get(sealedentry__seal=1, sealedentry__position=1)
        SealedEntry.objects.filter(entry=gone).delete()
        AuditSubject.objects.filter(entry=gone).delete()
        gone.delete()
    assert sealing.verify().faults == ("Seal 1 fixed 2 rows; 1 are there.",)


def test_a_row_slipped_past_the_sealer_is_found(by: Actor, now: datetime) -> None:
    sealed(by, now, 1)
    note(by, "slipped")
    Unsealed.objects.all().delete()
    assert sealing.verify().faults == ("1 audit rows are neither sealed nor waiting to be sealed.",)


def cut(number: int) -> None:
    with forcing():
        entries = list(AuditEntry.objects.filter(sealedentry__seal__number__gte=number))
        SealedEntry.objects.filter(entry__in=entries).delete()
        AuditSubject.objects.filter(entry__in=entries).delete()
        AuditEntry.objects.filter(pk__in=[entry.pk for entry in entries]).delete()
        Seal.objects.filter(number__gte=number).delete()


def test_a_cut_off_log_is_found_by_the_head_kept_outside(by: Actor, now: datetime) -> None:
    sealed(by, now, 1, 1, 1)
    cut(3)
    assert sealing.verify().faults == ("The log was cut off: seal 3 is known outside, and the newest here is 2.",)


def test_a_rewritten_log_is_found_by_the_head_kept_outside(by: Actor, now: datetime, heads: Path) -> None:
    """Even somebody who holds the key cannot rewrite what others know the head of."""
    sealed(by, now, 1, 1)
    known = sealing.read_head()
    cut(2)
    note(by, "what did not happen")
    sealing.seal_all(now)
    assert sealing.verify().sound, "the file beside the data was rewritten too"
    assert sealing.verify(known).faults == ("The log was rewritten: seal 2 is not the one that is known outside.",)


def test_a_missing_seal_and_a_seal_of_another_key_are_found(by: Actor, now: datetime, settings: Any) -> None:
    sealed(by, now, 1, 1, 1)
    with forcing():
        SealedEntry.objects.filter(seal=2).delete()
        Seal.objects.filter(number=2).delete()
    assert "Seals 2 to 2 are missing." in sealing.verify().faults
    settings.OURPATCH_KEY_RING = {**settings.OURPATCH_KEY_RING, "audit": "00" * 32}
    assert "Seal 1 was not made with this partnership's key, or was changed." in sealing.verify().faults


def force(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("model", PROTECTED_TABLES, ids=lambda model: model.__name__)
@pytest.mark.parametrize("deed", ["update", "delete"])
def test_the_database_refuses_to_change_or_remove(by: Actor, now: datetime, model: Any, deed: str) -> None:
    sealed(by, now, 1)
    table, column = model._meta.db_table, model._meta.pk.column
    statement = f"UPDATE {table} SET {column} = {column}" if deed == "update" else f"DELETE FROM {table}"
    with pytest.raises(DatabaseError, match="append-only"):
        force(statement)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL can truncate")
@pytest.mark.parametrize("model", PROTECTED_TABLES, ids=lambda model: model.__name__)
def test_postgresql_refuses_to_truncate(model: Any) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        force(f"TRUNCATE {model._meta.db_table} CASCADE")


def failing_change(by: Actor, error: Exception) -> None:
    with trail.change(by, "test.outer") as audit:
        audit.noted("thing")
        with trail.change(by, "test.inner"):
            raise error


@pytest.mark.parametrize("refusal", [NotAllowed("No."), NotFound("Nothing.")])
def test_a_refused_attempt_is_written_and_what_it_did_is_not(by: Actor, refusal: Exception) -> None:
    with pytest.raises(type(refusal)):
        failing_change(by, refusal)
    row = AuditEntry.objects.get()
    assert (row.kind, row.operation, row.reason) == (Kind.REFUSAL, "test.outer", str(refusal))


def test_another_error_undoes_the_audit_with_the_change(by: Actor) -> None:
    with pytest.raises(ZeroDivisionError):
        failing_change(by, ZeroDivisionError())
    assert not AuditEntry.objects.exists()
    assert not Unsealed.objects.exists()


def alter(by: Actor, record: Task, **changes: object) -> AuditEntry:
    with trail.change(by, "test.alter") as audit:
        loaded = Task.objects.get(pk=record.pk)
        for name, value in changes.items():
            setattr(loaded, name, value)
        loaded.store_change()
        audit.altered(loaded)
    return AuditEntry.objects.latest("id")


def test_values_are_not_in_audit_rows_but_can_be_proven_by_their_digest(by: Actor) -> None:
    record = make(Task, title="The secret title", activity="test")
    row = alter(by, record, title="Another", due=date(2026, 12, 24))
    everything = str(list(AuditEntry.objects.values()))
    assert "secret title" not in everything
    assert "Another" not in everything
    assert set(row.fields) == {"title", "due"}
    assert row.fields["title"] == digest_of("The secret title", row.salt)
    assert Revision.objects.get().replaced == {"title": "The secret title", "due": record.due.isoformat()}


def test_the_audit_outlives_the_record_and_its_values(by: Actor, now: datetime) -> None:
    record = make(Task, title="The secret title", activity="test")
    alter(by, record, title="Another")
    Revision.objects.filter(subject_id=record.pk).delete()
    record_id = record.pk
    Task.objects.filter(pk=record_id).delete()
    with trail.change(by, "test.erase") as audit:
        audit.erased("task", [record_id], reason="retention")
    sealing.seal_all(now)
    assert sealing.verify().sound
    assert [row.kind for row in queries.list_about(by, record_id)] == [Kind.ERASURE, Kind.ALTERATION]


def test_a_page_of_records_is_one_entry_with_the_ids_shown(by: Actor) -> None:
    shown = [uuid4(), uuid4()]
    trail.seen(by, "test.page", "task", shown)
    trail.seen(by, "test.page", "task", [])
    row = AuditEntry.objects.get()
    assert (row.kind, row.subjects) == (Kind.CONSULTATION, [str(each) for each in shown])
    assert all(queries.list_about(by, each).get() == row for each in shown)
    with pytest.raises(NotAllowed):
        queries.list_about(Actor(ActorKind.PERSON, "Reader"), shown[0])


def test_all_rows_of_an_operation_carry_its_id_and_who_for_whom(by: Actor) -> None:
    record = make(Task, activity="test")
    with trail.change(by.with_purpose("neighbourhood"), "test.many") as audit:
        audit.collected(record)
        audit.disclosed(record, [ORGANISATION], reason="agreed")
        audit.combined("task", [record.pk])
    rows = list(AuditEntry.objects.order_by("id"))
    assert {row.operation_id for row in rows} == {rows[0].operation_id}
    assert [row.kind for row in rows] == [Kind.COLLECTION, Kind.DISCLOSURE, Kind.COMBINATION]
    assert {(row.actor_id, row.organisation_id, row.purpose) for row in rows} == {
        (by.id, ORGANISATION, "neighbourhood")
    }
    assert rows[1].recipients == [str(ORGANISATION)]


def test_if_the_reading_cannot_be_written_the_page_is_refused(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    partnership = make_partnership()
    user = make_staff(client, partnership, list(Permission))
    queue_message(
        by=Actor(ActorKind.SERVICE, "test"),
        key="one",
        channel="email",
        address="ann@example.org",
        subject="Secret subject",
        body="Words",
        partnership_id=partnership.pk,
        now=clock.now(),
    )
    assert b"Secret subject" in client.get(reverse("messaging:outbox")).content
    assert AuditEntry.objects.filter(kind=Kind.CONSULTATION, actor_id=user.pk).exists()

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(trail.AuditSubject.objects, "bulk_create", broken)
    client.raise_request_exception = False
    answer = client.get(reverse("messaging:outbox"))
    assert answer.status_code == 500
    assert b"Secret subject" not in answer.content
