"""A permission is one set: what visible_to gives is what a plain reading of the rules gives, for every protected model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ground.making import make, protected_models

from ourpatch.ground import clock
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound
from ourpatch.ground.permission.actor import Actor, ActorKind, Grant, Level
from ourpatch.ground.permission.explain import explain
from ourpatch.ground.permission.models import (
    SEE_SEALED,
    ConflictOfInterest,
    Protected,
    ProtectedQuerySet,
    Sensitivity,
    Share,
)
from ourpatch.ground.permission.sharing import share, withdraw_for_agreement
from ourpatch.ground.tasks.models import Task

pytestmark = [pytest.mark.rules, pytest.mark.django_db]

FULL, SUMMARY = "test.read", "test.read_summary"
PARTNERSHIPS = [uuid4(), uuid4()]
AREAS = [uuid4(), uuid4(), uuid4()]
ORGANISATIONS = [uuid4(), uuid4()]
PEOPLE = [uuid4(), uuid4()]
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Place:
    """Where a record is, whose it is, and how far it may be seen."""

    partnership_id: UUID
    service_area_id: UUID
    controller_id: UUID
    sensitivity: str


@dataclass(frozen=True)
class Lent:
    """A share of the first record to an organisation: its level, and whether it is in force."""

    to: UUID
    level: Level
    state: str


places = st.builds(
    Place,
    st.sampled_from(PARTNERSHIPS),
    st.sampled_from(AREAS),
    st.sampled_from(ORGANISATIONS),
    st.sampled_from(Sensitivity.values),
)
lent = st.builds(
    Lent,
    st.sampled_from(ORGANISATIONS),
    st.sampled_from(Level),
    st.sampled_from(["live", "early", "lapsed", "withdrawn"]),
)
grants = st.builds(
    Grant,
    st.frozensets(st.sampled_from([FULL, SUMMARY, SEE_SEALED])),
    st.sampled_from(PARTNERSHIPS),
    st.none() | st.frozensets(st.sampled_from(AREAS)),
)
actors = st.builds(
    Actor,
    st.sampled_from(ActorKind),
    st.just("Somebody"),
    organisation_id=st.none() | st.sampled_from(ORGANISATIONS),
    grants=st.lists(grants, max_size=3).map(tuple),
    person_id=st.none() | st.sampled_from(PEOPLE),
)
conflicted = st.none() | st.sampled_from(PEOPLE)


@contextmanager
def undone() -> Iterator[None]:
    """What an example wrote is gone before the next one."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def lend(record: Protected, each: Lent) -> None:
    now = clock.now()
    starts = {"early": now + HOUR}.get(each.state, now - 2 * HOUR)
    Share.objects.create(
        subject_kind=record.KIND,
        subject_id=record.pk,
        to_organisation_id=each.to,
        agreement_id=uuid4(),
        purpose="test",
        level=each.level,
        from_at=starts,
        until={"lapsed": now - HOUR}.get(each.state, now + 2 * HOUR),
        withdrawn_at=now - HOUR if each.state == "withdrawn" else None,
    )


def by_the_rules(actor: Actor, permission: str, record: Protected, shares: list[Lent], conflict: UUID | None) -> bool:
    """The rules of architecture section 2, read aloud."""

    def granted(wanted: str) -> bool:
        return any(
            wanted in grant.permissions
            and grant.partnership_id == record.partnership_id
            and (grant.service_areas is None or record.service_area_id in grant.service_areas)
            for grant in actor.grants
        )

    enough = [Level.SUMMARY, Level.FULL] if permission == SUMMARY else [Level.FULL]
    shared = any(each.to == actor.organisation_id and each.state == "live" and each.level in enough for each in shares)
    own = type(record).objects.filter(pk=record.pk).filter(type(record).own_terms(actor)).exists()
    for_partnership = actor.kind in (ActorKind.JOB, ActorKind.SERVICE)
    mine = actor.organisation_id is not None and record.controller_id == actor.organisation_id
    held = for_partnership or mine or record.sensitivity == "open" or own or shared
    unsealed = record.sensitivity != "sealed" or granted(SEE_SEALED)
    free = conflict is None or actor.person_id != conflict
    return granted(permission) and held and unsealed and free


def may_change(actor: Actor, permission: str, record: Protected) -> bool:
    try:
        type(record).objects.for_change(actor, permission, record.pk)
    except (NotAllowed, NotFound):
        return False
    return True


@pytest.mark.parametrize("model", protected_models(), ids=lambda model: model.KIND)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(
    actors,
    st.lists(places, min_size=1, max_size=3, unique_by=lambda place: place.service_area_id),
    st.lists(lent, max_size=2),
    conflicted,
)
def test_object_check_is_membership_and_membership_is_the_rules(
    model: type[Protected], actor: Actor, where: list[Place], shares: list[Lent], conflict: UUID | None
) -> None:
    with undone():
        records = [make(model, activity="test", **vars(place)) for place in where]
        for each in shares:
            lend(records[0], each)
        if conflict:
            ConflictOfInterest.objects.create(person_id=conflict, subject_kind=model.KIND, subject_id=records[0].pk)
        ids = {record.pk for record in records}
        for permission in (FULL, SUMMARY):
            visible = set(model.objects.visible_to(actor, permission).filter(pk__in=ids).values_list("pk", flat=True))
            for record in records:
                first = record is records[0]
                told = by_the_rules(actor, permission, record, shares if first else [], conflict if first else None)
                assert (record.pk in visible) == told
                assert may_change(actor, permission, record) == told
                assert explain(actor, permission, record)[0] == told


def test_every_protected_model_names_a_kind_of_its_own() -> None:
    kinds = [model.KIND for model in protected_models()]
    assert len(set(kinds)) == len(kinds)


def task(**given: object) -> Task:
    values = {"partnership_id": PARTNERSHIPS[0], "service_area_id": AREAS[0], "controller_id": ORGANISATIONS[0]}
    made: Task = make(Task, activity="test", **{**values, **given})
    return made


def reader(organisation_id: UUID = ORGANISATIONS[1], *permissions: str) -> Actor:
    held = frozenset(permissions or (FULL,))
    return Actor(ActorKind.PERSON, "Reader", organisation_id=organisation_id, grants=(Grant(held, PARTNERSHIPS[0]),))


def lend_task(record: Task, level: Level, agreement_id: UUID) -> Share:
    return share(
        record,
        to_organisation_id=ORGANISATIONS[1],
        agreement_id=agreement_id,
        purpose="test",
        level=level,
        now=clock.now(),
    )


def test_sharing_again_changes_nothing_and_another_level_replaces() -> None:
    record, agreement = task(), uuid4()
    first = lend_task(record, Level.POINTER, agreement)
    assert lend_task(record, Level.POINTER, agreement) == first
    assert not Task.objects.visible_to(reader(), FULL).exists()
    lend_task(record, Level.FULL, agreement)
    assert Task.objects.visible_to(reader(), FULL).get() == record
    assert Share.objects.live(clock.now()).count() == 1


def test_when_the_agreement_ends_the_record_is_gone_that_moment() -> None:
    record, agreement = task(), uuid4()
    lend_task(record, Level.FULL, agreement)
    assert withdraw_for_agreement(agreement, clock.now()) == 1
    assert not Task.objects.visible_to(reader(), FULL).exists()


def test_a_seal_opens_only_where_the_permission_is_held() -> None:
    here = task(sensitivity=Sensitivity.SEALED, controller_id=ORGANISATIONS[1])
    there = task(sensitivity=Sensitivity.SEALED, controller_id=ORGANISATIONS[1], partnership_id=PARTNERSHIPS[1])
    both = (Grant(frozenset({FULL, SEE_SEALED}), PARTNERSHIPS[0]), Grant(frozenset({FULL}), PARTNERSHIPS[1]))
    actor = Actor(ActorKind.PERSON, "Reader", organisation_id=ORGANISATIONS[1], grants=both)
    assert list(Task.objects.visible_to(actor, FULL)) == [here]
    assert "The record is sealed, and only named people can see it." in explain(actor, FULL, there)[1]


def test_a_change_made_meanwhile_is_a_conflict_and_what_cannot_be_seen_is_not_there() -> None:
    record = task(controller_id=ORGANISATIONS[1])
    assert Task.objects.for_change(reader(), FULL, record.pk, version=1) == record
    with pytest.raises(Conflict):
        Task.objects.for_change(reader(), FULL, record.pk, version=2)
    with pytest.raises(NotFound):
        Task.objects.for_change(reader(ORGANISATIONS[0]), FULL, task(controller_id=uuid4()).pk)
    with pytest.raises(NotAllowed):
        Task.objects.for_change(reader(ORGANISATIONS[1], SUMMARY), FULL, record.pk)


def test_a_record_that_moved_away_while_waiting_for_the_lock_is_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    record = task(controller_id=ORGANISATIONS[1])
    see = ProtectedQuerySet.get_visible

    def moved_meanwhile(rows: Any, by: Actor, permission: str, record_id: UUID) -> Any:
        found = see(rows, by, permission, record_id)
        Task.objects.filter(pk=record_id, version=1).update(controller_id=uuid4(), version=2)
        return found

    monkeypatch.setattr(ProtectedQuerySet, "get_visible", moved_meanwhile)
    with transaction.atomic(), pytest.raises(NotFound):
        Task.objects.for_change(reader(), FULL, record.pk)


def test_what_changed_is_known_field_by_field() -> None:
    record = Task.objects.get(pk=task(title="Before").pk)
    assert record.changed_fields() == {}
    record.title = "After"
    record.store_change()
    assert record.changed_fields() == {"title": "Before", "version": 1}
