"""Tasks: who may give, take and return them, and what each step needs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ground.making import make

from ourpatch.ground import events
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor, ActorKind, Grant
from ourpatch.ground.tasks import actions, queries, rules
from ourpatch.ground.tasks.events import TaskStepped
from ourpatch.ground.tasks.models import Task
from ourpatch.ground.tasks.permissions import Permission
from ourpatch.ground.tasks.rules import FOLLOWS, OPEN_STATES, State

pytestmark = [pytest.mark.room, pytest.mark.django_db]

PARTNERSHIP, AREA, ASKING, ASKED, OTHER = (uuid4() for _each in range(5))
TODAY = date(2026, 11, 18)


def actor(organisation_id: object, *permissions: Permission) -> Actor:
    grant = Grant(frozenset(permissions or Permission), PARTNERSHIP)
    return Actor(ActorKind.PERSON, "Somebody", organisation_id=organisation_id, grants=(grant,), person_id=uuid4())  # type: ignore[arg-type]


@pytest.fixture
def subject() -> Task:
    subject: Task = make(Task, activity="test", partnership_id=PARTNERSHIP, service_area_id=AREA, controller_id=ASKING)
    return subject


def give(subject: Task, now: datetime, **changed: object) -> Task:
    wanted = {"title": "Clear the alley", "due": TODAY, "organisation_id": ASKED, **changed}
    return actions.give_task(by=actor(ASKING), subject=subject, now=now, **wanted)  # type: ignore[arg-type]


@given(st.sampled_from(State), st.sampled_from(State), st.sampled_from(["", "  ", "Because."]))
def test_a_step_is_allowed_exactly_when_it_follows_and_says_what_it_must(was: State, to: State, note: str) -> None:
    needs_note = to in (State.RETURNED, State.DONE)
    allowed = to in FOLLOWS[was] and (bool(note.strip()) or not needs_note)
    assert bool(rules.check_step(was, to, note)) != allowed


def test_what_is_over_leads_nowhere_and_everything_else_can_end() -> None:
    for state in State:
        assert (FOLLOWS[state] == frozenset()) == (state not in OPEN_STATES)
        assert state not in OPEN_STATES or State.WITHDRAWN in FOLLOWS[state]


def test_a_task_is_offered_accepted_and_done(subject: Task, now: datetime) -> None:
    heard: list[TaskStepped] = []
    events.listen(TaskStepped)(heard.append)
    task = give(subject, now)
    partner = actor(ASKED)
    task = actions.accept_task(by=partner, task_id=task.pk, version=1, now=now)
    assert task.owner_id == partner.person_id
    task = actions.finish_task(by=partner, task_id=task.pk, version=2, note="Cleared.", now=now)
    assert [step.state for step in task.steps.all()] == ["offered", "accepted", "done"]
    assert [event.state for event in heard] == ["offered", "accepted", "done"]
    assert not task.is_open
    with pytest.raises(RuleBroken, match="has moved on"):
        actions.withdraw_task(by=actor(ASKING), task_id=task.pk, version=3, note="", now=now)


def test_a_returned_task_says_why_and_can_be_offered_again(subject: Task, now: datetime) -> None:
    task = give(subject, now)
    partner = actor(ASKED)
    with pytest.raises(RuleBroken, match="Say why"):
        actions.return_task(by=partner, task_id=task.pk, version=1, note=" ", now=now)
    actions.return_task(by=partner, task_id=task.pk, version=1, note="Not our land.", now=now)
    assert queries.count_open_about(subject.pk) == 1
    actions.offer_again(by=actor(ASKING), task_id=task.pk, version=2, note="It is, see the map.", now=now)
    actions.withdraw_task(by=actor(ASKING), task_id=task.pk, version=3, note="Done by others.", now=now)
    assert queries.count_open_about(subject.pk) == 0


@pytest.mark.parametrize(("changed", "field"), [({"title": " "}, "title"), ({"due": TODAY - timedelta(days=1)}, "due")])
def test_an_offer_says_what_and_by_when(subject: Task, now: datetime, changed: dict[str, object], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        give(subject, now, **changed)
    assert set(refused.value.problems.by_field) == {field}


def test_the_first_to_step_wins_and_the_second_sees_a_conflict(subject: Task, now: datetime) -> None:
    task = give(subject, now)
    actions.accept_task(by=actor(ASKED), task_id=task.pk, version=1, now=now)
    with pytest.raises(Conflict):
        actions.return_task(by=actor(ASKED), task_id=task.pk, version=1, note="Not ours.", now=now)


def test_who_neither_asked_nor_was_asked_does_not_see_it(subject: Task, now: datetime) -> None:
    task = give(subject, now)
    assert task in queries.list_tasks(actor(ASKED))
    assert task in queries.list_about(actor(ASKING), subject.pk)
    assert task not in queries.list_tasks(actor(OTHER))
    with pytest.raises(NotFound):
        actions.accept_task(by=actor(OTHER), task_id=task.pk, version=1, now=now)
    with pytest.raises(NotAllowed):
        actions.accept_task(by=actor(ASKED, Permission.VIEW), task_id=task.pk, version=1, now=now)


def test_only_those_who_were_asked_take_it_on(subject: Task, now: datetime) -> None:
    task = give(subject, now)
    with pytest.raises(NotAllowed, match="asked"):
        actions.accept_task(by=actor(ASKING), task_id=task.pk, version=task.version, now=now)
    task.refresh_from_db()
    assert task.state == State.OFFERED


def test_giving_needs_the_permission_in_that_place(subject: Task, now: datetime) -> None:
    elsewhere = Actor(
        ActorKind.PERSON, "Somebody", organisation_id=ASKING, grants=(Grant(frozenset(Permission), uuid4()),)
    )
    with pytest.raises(NotAllowed):
        actions.give_task(by=elsewhere, subject=subject, organisation_id=ASKED, title="x", due=TODAY, now=now)


def test_my_organisations_tasks_come_soonest_due_first(subject: Task, now: datetime) -> None:
    later = give(subject, now, due=TODAY + timedelta(days=9))
    sooner = give(subject, now, due=TODAY + timedelta(days=2))
    done = give(subject, now)
    actions.withdraw_task(by=actor(ASKING), task_id=done.pk, version=1, note="", now=now)
    assert list(queries.list_tasks(actor(ASKED), organisation_id=ASKED)) == [sooner, later]
    assert done in queries.list_tasks(actor(ASKED), open_only=False)
