"""What a browser sees of priorities."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ourpatch.access.concerns import actions as concerns
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.influence.priorities.models import Priority
from ourpatch.influence.priorities.rules import State

from ..access.factories_concerns import NOON, Scene, make_scene, raise_one
from ..foundation.factories import hold_role, make_user, sign_in
from .factories_priorities import TEAM, adopt, make_forum, make_meeting, make_priority

pytestmark = [pytest.mark.room, pytest.mark.django_db]
HOME = "/workspace/priorities/"
SMART: dict[str, Any] = {
    "exact_place": "Canal path",
    "days_and_times": "Fridays, 7pm to 11pm",
    "objective": "No motorbikes",
    "measure": "Evenings counted",
    "target": "One a month",
    "by_when_day": "31",
    "by_when_month": "3",
    "by_when_year": "2099",
}


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def by(scene: Scene):
    return scene.actor(scene.sergeant, *TEAM)


@pytest.fixture
def browser(client: Client, scene: Scene) -> Client:
    user = make_user(scene.sergeant)
    hold_role(user, scene.partnership, TEAM)
    sign_in(client, user)
    return client


def test_an_empty_list_says_how_it_fills(browser) -> None:
    assert "forum chooses among them at a meeting" in browser.get(HOME).content.decode()


def test_the_list_is_narrowed_and_written_to_the_audit(browser, scene, by) -> None:
    adopted = adopt(scene, by, make_priority(scene, by))
    make_priority(scene, by, title="Litter in the park")
    shown = browser.get(HOME, {"state": "adopted"}).content.decode()
    assert adopted.title in shown
    assert "Litter in the park" not in shown
    entry = AuditEntry.objects.filter(operation="priorities.priorities", kind="consultation").get()
    assert entry.subjects == [str(adopted.pk)]


def test_a_proposal_from_a_problem_is_made_with_the_evidence_beside_it(browser, scene, by) -> None:
    raised = raise_one(scene)
    problem = concerns.make_problem(by=by, concern_ids=[raised.concern.pk], title_en="Motorbikes", now=NOON)
    address = f"{HOME}propose/?problem={problem.pk}"
    page = browser.get(address).content.decode()
    assert "People behind this problem" in page
    assert 'value="Motorbikes"' in page
    given = {
        "neighbourhood_id": scene.neighbourhood.pk,
        "title": "Motorbikes",
        "statement": "They race.",
        "kind": "chronic",
    }
    refused = browser.post(address, {**given, "statement": ""})
    assert "Say what is happening" in refused.content.decode()
    made = browser.post(address, given)
    priority = Priority.objects.get()
    assert made.url == f"{HOME}{priority.pk}/smart/"
    assert priority.problem == problem


def test_a_smart_form_shows_what_is_missing_and_keeps_what_was_typed(browser, scene, by) -> None:
    priority = make_priority(scene, by, smart=False)
    address = f"{HOME}{priority.pk}/smart/"
    refused = browser.post(address, {**SMART, "version": priority.version, "days_and_times": ""}).content.decode()
    assert "give the days and times" in refused
    assert 'value="Canal path"' in refused
    browser.post(address, {**SMART, "version": priority.version})
    priority.refresh_from_db()
    assert priority.target == "One a month"


def test_the_second_writer_sees_both_versions_and_may_choose_their_own(browser, scene, by) -> None:
    priority = make_priority(scene, by)
    address = f"{HOME}{priority.pk}/smart/"
    shown = browser.post(address, {**SMART, "version": priority.version - 1})
    page = shown.content.decode()
    assert priority.target in page
    assert 'value="One a month"' in page
    browser.post(address, {**SMART, "version": shown.context["form"]["version"].value()})
    priority.refresh_from_db()
    assert priority.target == "One a month"


def test_a_choice_is_keyed_in_from_paper(browser, scene, by) -> None:
    first, second = make_priority(scene, by), make_priority(scene, by, title="Litter in the park")
    meeting = make_meeting(by, make_forum(by, scene.neighbourhood))
    assert meeting.forum.name in browser.get(f"{HOME}choose/").content.decode()
    assert "Litter in the park" in browser.get(f"{HOME}choose/{meeting.pk}/ballot/").content.decode()
    votes = {f"votes_{first.pk}": 12, f"votes_{second.pk}": 8, f"chosen_{first.pk}": "on"}
    address = f"{HOME}choose/{meeting.pk}/"
    refused = browser.post(address, {**votes, "present": 20}).content.decode()
    assert "Choose the method" in refused
    browser.post(address, {**votes, "present": 20, "method": "ballot"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.ADOPTED, State.NOT_CHOSEN)
    page = browser.get(f"{HOME}{first.pk}/").content.decode()
    assert "Paper ballot" in page
    assert "Begin a plan" not in page, "the team of this test may not make plans"
    assert "Propose it again" in browser.get(f"{HOME}{second.pk}/").content.decode()
    browser.post(f"{HOME}{second.pk}/again/", {"version": second.version})
    second.refresh_from_db()
    assert second.state == State.PROPOSED


def test_a_review_is_recorded(browser, scene, by) -> None:
    priority = adopt(scene, by, make_priority(scene, by))
    address = f"{HOME}{priority.pk}/review/"
    assert "Say what the review found" in browser.post(address, {"version": priority.version}).content.decode()
    browser.post(address, {"version": priority.version, "note": "Two evenings.", "result": "keep"})
    assert "Two evenings." in browser.get(f"{HOME}{priority.pk}/").content.decode()


def test_other_peoples_pages_are_not_there(client: Client, scene, by) -> None:
    priority = make_priority(scene, by)
    other = make_scene()
    user = make_user(other.sergeant)
    hold_role(user, other.partnership, TEAM)
    sign_in(client, user)
    assert client.get(f"{HOME}{priority.pk}/").status_code == 404
    assert client.post(f"{HOME}{priority.pk}/smart/", SMART).status_code == 404


def test_nobody_comes_in_without_signing_in(client: Client) -> None:
    assert client.get(HOME).status_code == 302
