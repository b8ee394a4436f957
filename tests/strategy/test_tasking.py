"""Tasks as those see them who ask and who are asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ourpatch.ground.permission.models import ConflictOfInterest
from ourpatch.ground.tasks import actions
from ourpatch.interventions.problems.models import Plan
from ourpatch.strategy.tasking import queries
from ourpatch.strategy.tasking.queries import Show

from ..access.factories_concerns import NOON, Scene, make_scene
from ..foundation.factories import hold_role, make_user, sign_in
from ..interventions.factories_problems import PARTNER, WORKERS, give_action, make_plan

pytestmark = [pytest.mark.room, pytest.mark.django_db]
HOME = "/workspace/tasks/"


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def by(scene: Scene):
    return scene.actor(scene.sergeant, *WORKERS)


@pytest.fixture
def partner(scene: Scene):
    return scene.actor(scene.warden, *PARTNER)


@pytest.fixture
def task(scene, by):
    return give_action(scene, by, make_plan(scene, by)).task


def enter(client: Client, scene: Scene, person, permissions) -> Client:
    user = make_user(person)
    hold_role(user, scene.partnership, permissions)
    sign_in(client, user)
    return client


def test_each_side_finds_the_task_in_its_own_list(by, partner, task) -> None:
    assert list(queries.list_tasks(partner, Show.OURS)) == [task]
    assert list(queries.list_tasks(by, Show.GIVEN)) == [task]
    assert not queries.list_tasks(by, Show.OURS).exists()
    assert not queries.list_tasks(partner, Show.MINE).exists()
    accepted = actions.accept_task(by=partner, task_id=task.pk, version=task.version, now=NOON)
    assert list(queries.list_tasks(partner, Show.MINE)) == [accepted]
    actions.finish_task(by=partner, task_id=task.pk, version=accepted.version, note="It stands.", now=NOON)
    assert not queries.list_tasks(partner, Show.OURS).exists()
    assert list(queries.list_tasks(partner, Show.FINISHED)) == [accepted]


def test_a_third_organisation_sees_nothing(scene, task) -> None:
    stranger_scene = make_scene()
    assert not queries.list_tasks(stranger_scene.actor(stranger_scene.officer, *WORKERS), Show.OURS).exists()


def test_an_offered_task_waits_five_working_days_for_an_answer(partner, task) -> None:
    [told] = queries.standing(partner, [task], date(2026, 11, 25))
    assert (told.answer_by, told.is_late) == (date(2026, 11, 25), False)
    assert queries.standing(partner, [task], date(2026, 11, 26))[0].is_late
    accepted = actions.accept_task(by=partner, task_id=task.pk, version=task.version, now=NOON)
    [told] = queries.standing(partner, [accepted], date(2026, 11, 26))
    assert (told.answer_by, told.is_late) == (None, False)
    assert queries.standing(partner, [accepted], task.due + timedelta(days=1))[0].is_late


def test_a_task_says_what_it_is_about(partner, task) -> None:
    [told] = queries.standing(partner, [task], date(2026, 11, 18))
    assert told.about == "Problem-solving plan: Quiet evenings on the canal path"
    assert told.address == f"/workspace/plans/{task.subject_id}/"


def test_what_a_task_is_about_is_not_named_to_somebody_with_a_conflict_in_it(scene, partner, task) -> None:
    ConflictOfInterest.objects.create(
        person_id=scene.warden.pk, subject_kind=task.subject_kind, subject_id=task.subject_id
    )
    [told] = queries.standing(partner, [task], date(2026, 11, 18))
    assert (told.about, told.address) == ("Problem-solving plan", "")


def test_many_tasks_ask_no_more_of_the_database_than_one(
    scene, by, partner, task, django_assert_num_queries: Any
) -> None:
    plan = Plan.objects.get(pk=task.subject_id)
    many = [task, *(give_action(scene, by, plan).task for _each in range(3))]
    with CaptureQueriesContext(connection) as for_one:
        queries.standing(partner, [task], date(2026, 11, 18))
    with django_assert_num_queries(len(for_one)):
        queries.standing(partner, many, date(2026, 11, 18))


def test_totals_name_nobody(scene, partner, task) -> None:
    assert queries.measure_tasks(scene.partnership.pk, task.due) == queries.Measured(open=1, overdue=0, returned=0)
    actions.return_task(by=partner, task_id=task.pk, version=task.version, note="Not our land.", now=NOON)
    late = queries.measure_tasks(scene.partnership.pk, task.due + timedelta(days=1))
    assert late == queries.Measured(open=1, overdue=1, returned=1)


def test_a_partner_answers_from_the_page(client, scene, task) -> None:
    browser = enter(client, scene, scene.warden, PARTNER)
    assert task.title in browser.get(HOME).content.decode()
    browser.post(f"{HOME}{task.pk}/accept/", {"version": task.version})
    refused = browser.post(f"{HOME}{task.pk}/done/", {"version": task.version + 1}).content.decode()
    assert "Say what was done" in refused
    browser.post(f"{HOME}{task.pk}/done/", {"version": task.version + 1, "note": "The barrier stands."})
    task.refresh_from_db()
    assert task.state == "done"
    assert "The barrier stands." in browser.get(f"{HOME}{task.pk}/").content.decode()


def test_a_returned_task_is_offered_again_by_those_who_gave_it(client, scene, partner, task) -> None:
    returned = actions.return_task(by=partner, task_id=task.pk, version=task.version, note="Not our land.", now=NOON)
    browser = enter(client, scene, scene.sergeant, WORKERS)
    page = browser.get(f"{HOME}{task.pk}/").content.decode()
    assert "Not our land." in page
    assert "Take this task on" not in page
    browser.post(f"{HOME}{task.pk}/again/", {"version": returned.version, "note": "The map says it is."})
    task.refresh_from_db()
    assert task.state == "offered"
    browser.post(f"{HOME}{task.pk}/withdraw/", {"version": task.version, "note": "Done by others."})
    task.refresh_from_db()
    assert task.state == "withdrawn"


def test_an_empty_list_says_how_it_fills(client, scene) -> None:
    browser = enter(client, scene, scene.officer, PARTNER)
    for show in Show:
        assert "No tasks here." in browser.get(HOME, {"show": show}).content.decode()
