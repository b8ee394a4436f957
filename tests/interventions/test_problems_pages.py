"""What a browser sees of plans."""

from __future__ import annotations

import pytest
from django.test import Client

from ourpatch.access.concerns import actions as concerns
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.interventions.problems import actions
from ourpatch.interventions.problems.models import Plan
from ourpatch.interventions.problems.rules import Assessment, Stage

from ..access.factories_concerns import NOON, Scene, make_scene, raise_one
from ..foundation.factories import hold_role, make_user, sign_in
from ..influence.factories_priorities import adopt, make_forum, make_meeting, make_priority
from .factories_problems import PARTNER, WORKERS, give_action, make_plan, to_response, write

pytestmark = [pytest.mark.room, pytest.mark.django_db]
HOME = "/workspace/plans/"


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def by(scene: Scene):
    return scene.actor(scene.sergeant, *WORKERS)


def signed_in(client: Client, scene: Scene, person, permissions) -> Client:
    user = make_user(person)
    hold_role(user, scene.partnership, permissions)
    sign_in(client, user)
    return client


@pytest.fixture
def browser(client: Client, scene: Scene) -> Client:
    return signed_in(client, scene, scene.sergeant, WORKERS)


def text_of(response) -> str:
    assert response.status_code == 200, response
    return response.content.decode()


def test_a_plan_begins_from_the_page_of_its_priority(browser, scene, by) -> None:
    priority = adopt(scene, by, make_priority(scene, by))
    assert "Begin a plan" in text_of(browser.get(f"/workspace/priorities/{priority.pk}/"))
    assert priority.title in text_of(browser.get(f"{HOME}new/"))
    address = f"{HOME}new/?priority={priority.pk}"
    assert "reason_without_priority" not in text_of(browser.get(address))
    given = {"title": "Barrier", "owner_id": scene.warden.pk, "owner_because": "Their path.", "form": "light"}
    assert "best placed" in text_of(browser.post(address, {**given, "owner_because": ""}))
    made = browser.post(address, given)
    assert made.url == f"{HOME}{Plan.objects.get().pk}/"
    page = text_of(browser.get(made.url))
    assert scene.warden.name in page
    assert "Say what is happening" in page, "the page says what the stage still needs"


def test_a_plan_from_a_problem_asks_why_it_cannot_wait(browser, scene, by) -> None:
    problem = concerns.make_problem(by=by, concern_ids=[raise_one(scene).concern.pk], title_en="Bikes", now=NOON)
    address = f"{HOME}new/?problem={problem.pk}"
    given = {"title": "Barrier", "owner_id": scene.warden.pk, "owner_because": "Their path.", "form": "light"}
    assert "No forum has chosen this" in text_of(browser.post(address, given))
    browser.post(address, {**given, "reason_without_priority": "A child was nearly hit."})
    assert "1 person who raised this is still owed" in text_of(browser.get(f"{HOME}{Plan.objects.get().pk}/"))


@pytest.mark.parametrize("part", ["scanning", "analysis", "objective", "response", "assessment"])
def test_every_part_has_its_form(browser, scene, by, part) -> None:
    plan = make_plan(scene, by)
    address = f"{HOME}{plan.pk}/write/{part}/"
    assert text_of(browser.get(address))
    assert browser.post(address, {"version": plan.version}).status_code == 302
    plan.refresh_from_db()
    assert plan.version == 2


def test_who_reads_a_plan_on_one_of_its_forms_is_in_the_audit(browser, scene, by) -> None:
    plan = make_plan(scene, by)
    text_of(browser.get(f"{HOME}{plan.pk}/write/scanning/"))
    assert AuditEntry.objects.filter(operation="problems.plan_form", subject_rows__subject_id=plan.pk).count() == 1


def test_a_part_that_does_not_exist_is_not_there(browser, scene, by) -> None:
    assert browser.get(f"{HOME}{make_plan(scene, by).pk}/write/poetry/").status_code == 404


def test_the_second_writer_sees_both_versions(browser, scene, by) -> None:
    plan = make_plan(scene, by)
    write(by, plan, Assessment("It is quiet.", "not_shown", ""))
    page = text_of(browser.post(f"{HOME}{plan.pk}/write/assessment/", {"version": 1, "happened": "It is loud."}))
    assert "It is quiet." in page
    assert "It is loud." in page


def test_a_plan_goes_on_back_and_grows_by_the_page(browser, scene, by) -> None:
    plan = make_plan(scene, by)
    browser.post(f"{HOME}{plan.pk}/onward/", {"version": plan.version})
    plan.refresh_from_db()
    assert plan.stage == Stage.ANALYSIS
    assert "what you think causes it" in text_of(browser.post(f"{HOME}{plan.pk}/onward/", {"version": plan.version}))
    back = f"{HOME}{plan.pk}/back/"
    assert "Scanning" in text_of(browser.get(back))
    browser.post(back, {"version": plan.version, "to": "scanning", "reason": "It is another problem."})
    plan.refresh_from_db()
    browser.post(f"{HOME}{plan.pk}/grow/", {"version": plan.version})
    plan.refresh_from_db()
    assert (plan.stage, plan.form) == ("scanning", "full")


def test_an_action_gives_its_task(browser, scene, by) -> None:
    plan = make_plan(scene, by)
    given = {
        "title": "Put up a barrier",
        "kind": "prevention",
        "doer": "partner",
        "organisation_id": scene.council.pk,
        "due_day": "1",
        "due_month": "6",
        "due_year": "2098",
    }
    address = f"{HOME}{plan.pk}/actions/new/"
    assert "Choose what kind" in text_of(browser.post(address, {**given, "kind": ""}))
    browser.post(address, given)
    page = text_of(browser.get(f"{HOME}{plan.pk}/"))
    assert "Put up a barrier" in page
    assert "/workspace/tasks/" in page


def test_partners_owner_review_and_notes_have_their_forms(browser, scene, by) -> None:
    plan = make_plan(scene, by)
    home = f"{HOME}{plan.pk}/"
    browser.post(f"{home}partners/new/", {"group_name": "Canal watch", "part": "Counts evenings"})
    browser.post(f"{home}notes/new/", {"text": "A rider is known."})
    owner = {"version": plan.version, "owner_id": scene.officer.pk, "owner_because": "Knows the path."}
    browser.post(f"{home}owner/", owner)
    assert "Give the date of the next review" in text_of(
        browser.post(f"{home}review/", {"version": 2, "note": "Slow."})
    )
    page = text_of(browser.get(home))
    assert "Canal watch: Counts evenings" in page
    assert "A rider is known." in page
    assert scene.officer.name in page


def test_a_partner_reads_the_plan_without_the_notes_and_without_buttons(client, scene, by) -> None:
    plan = make_plan(scene, by)
    actions.write_note(by=by, plan_id=plan.pk, text="A rider is known.", now=NOON)
    give_action(scene, by, plan)
    browser = signed_in(client, scene, scene.warden, PARTNER)
    page = text_of(browser.get(f"{HOME}{plan.pk}/"))
    assert "motorcycle barrier" in page
    assert "A rider is known." not in page
    assert "Write a note" not in page
    assert "Add an action" not in page
    assert browser.post(f"{HOME}{plan.pk}/onward/", {"version": plan.version}).status_code == 403


def test_closing_says_who_is_owed_and_takes_the_forums_decision(browser, scene, by) -> None:
    problem = concerns.make_problem(by=by, concern_ids=[raise_one(scene).concern.pk], title_en="Bikes", now=NOON)
    plan = make_plan(scene, by, problem_id=problem.pk, reason_without_priority="A child was nearly hit.")
    plan = write(by, plan, Assessment("The path is being moved.", "not_carried_out", ""))
    meeting = make_meeting(by, make_forum(by, scene.neighbourhood))
    address = f"{HOME}{plan.pk}/close/"
    given = {"version": plan.version, "reason": "The path is being moved."}
    refused = text_of(browser.post(address, given))
    assert "still owed an answer" in refused
    browser.post(address, {**given, "meeting_id": meeting.pk, "method": "consensus"})
    plan.refresh_from_db()
    assert plan.stage == Stage.CLOSED
    assert "Not carried out" in text_of(browser.get(f"{HOME}{plan.pk}/"))


def test_the_list_finds_words(browser, scene, by) -> None:
    plan = make_plan(scene, by)
    to_response(scene, by, plan)
    assert plan.title in text_of(browser.get(HOME, {"text": "gate lock", "state": "all"}))
    assert plan.title not in text_of(browser.get(HOME, {"text": "fireworks"}))


def test_another_partnership_finds_nothing(client, scene, by) -> None:
    plan = make_plan(scene, by)
    other = make_scene()
    browser = signed_in(client, other, other.sergeant, WORKERS)
    assert browser.get(f"{HOME}{plan.pk}/").status_code == 404
    assert plan.title not in text_of(browser.get(HOME))
