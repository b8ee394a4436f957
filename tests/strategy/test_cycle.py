"""The partnership's year on a real database: what the system shows by itself, what people record, and the pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from ourpatch.foundation.agreements.models import Signature
from ourpatch.foundation.meetings import actions as meetings
from ourpatch.foundation.meetings.models import ForumKind, Openness
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.strategy.cycle import actions, queries
from ourpatch.strategy.cycle.permissions import Permission
from ourpatch.strategy.cycle.rules import Standing
from ourpatch.strategy.plans import actions as plans
from ourpatch.strategy.plans.permissions import Permission as Plans

from ..access.factories_concerns import NOON, Scene, make_scene
from ..data.factories_store import load
from ..foundation.factories import make_actor, make_organisation, make_person, make_staff
from ..influence.factories_priorities import TEAM, adopt, make_meeting, make_priority
from .factories_plans import PRIORITY

pytestmark = [pytest.mark.room, pytest.mark.django_db]
TODAY = date(2026, 11, 18)
HOME = "/workspace/year/"


@pytest.fixture(autouse=True)
def own_home(tmp_path, settings) -> None:
    """Files of the store go to a folder of the test."""
    settings.OURPATCH_HOME = tmp_path


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def by(scene: Scene):
    return scene.actor(scene.sergeant, *TEAM, *Permission, *Plans)


def step_now(by, scene, code, today=TODAY) -> queries.StepNow:
    year = queries.get_year(by, scene.partnership.pk, today)
    return next(each for each in year.steps if each.step.code == code)


def record(by, scene, **more):
    facts = {"partnership_id": scene.partnership.pk, "year": 2026, "code": "leadership", "version": 0, "now": NOON}
    return actions.record_step(by=by, **{**facts, **more})


def test_a_new_partnership_hears_what_is_late_first(by, scene) -> None:
    year = queries.get_year(by, scene.partnership.pk, TODAY)
    assert (year.year, len(year.steps)) == (2026, 17)
    assert [each.step.code for each in year.steps if each.standing == Standing.DONE] == ["information_protocol"]
    assert year.next_step is not None
    assert (year.next_step.step.code, year.next_step.due) == ("leadership", date(2026, 4, 30))


def test_recording_a_step_moves_on_to_the_next(by, scene) -> None:
    record(by, scene, owner_id=scene.warden.pk, done_on=date(2026, 4, 20), note="Chair named by all.")
    year = queries.get_year(by, scene.partnership.pk, TODAY)
    assert year.done == 2
    assert year.next_step.step.code == "delivery_structure"
    assert step_now(by, scene, "leadership").recorded.owner == scene.warden
    assert AuditEntry.objects.filter(operation="cycle.record_step").exists()


def test_what_was_done_last_year_is_not_done_this_year(by, scene) -> None:
    record(by, scene, done_on=date(2026, 4, 20), note="Chair named by all.")
    assert step_now(by, scene, "leadership", date(2027, 4, 2)).standing == Standing.DUE_SOON


def test_a_step_is_refused_without_words_by_strangers_and_for_strangers(by, scene) -> None:
    with pytest.raises(RuleBroken, match="Say what was done"):
        record(by, scene, done_on=TODAY)
    with pytest.raises(RuleBroken, match="organisation of the partnership"):
        record(by, scene, owner_id=make_person(make_organisation()).pk)
    with pytest.raises(NotFound):
        record(by, scene, code="dancing")
    with pytest.raises(NotAllowed):
        record(make_actor(scene.officer, [Permission.VIEW], scene.partnership), scene)
    assert AuditEntry.objects.filter(operation="cycle.record_step", kind="refusal").count() == 2


def test_the_second_of_two_recordings_sees_that_there_is_a_first(by, scene) -> None:
    first = record(by, scene, note="I have it.")
    with pytest.raises(Conflict):
        record(by, scene, note="No, I have it.")
    assert record(by, scene, version=first.version, note="We have it.").version == 2


def test_the_protocol_is_signed_when_every_responsible_authority_has_signed(by, scene) -> None:
    assert step_now(by, scene, "information_protocol").standing == Standing.DONE
    late = make_organisation(partnership=scene.partnership)
    now = step_now(by, scene, "information_protocol")
    assert now.standing == Standing.LATE
    assert "1 responsible authority has not signed" in now.evidence.says
    Signature.objects.create(agreement=scene.agreement, organisation=late, signed_on=TODAY, signed_by="A chief officer")
    assert step_now(by, scene, "information_protocol").standing == Standing.DONE


def test_data_counts_as_shared_when_it_is_this_partnerships_and_of_the_last_quarter(by, scene) -> None:
    load([{"n": 3}], month=date(2026, 9, 1))
    assert step_now(by, scene, "information_shared").evidence is None, "another partnership's records are not ours"
    ours = {"partnership_ids": frozenset({scene.partnership.pk})}
    load([{"n": 3}], month=date(2026, 8, 1), **ours)
    assert step_now(by, scene, "information_shared").standing == Standing.LATE
    load([{"n": 4}], month=date(2026, 9, 1), supplier="cumbria", **ours)
    assert step_now(by, scene, "information_shared").standing == Standing.DONE


def test_choosing_priorities_is_consulting_the_community(by, scene) -> None:
    adopt(scene, by, make_priority(scene, by))
    now = step_now(by, scene, "community_consulted")
    assert now.standing == Standing.DONE
    assert "1 neighbourhood chose" in now.evidence.says


def test_the_strategy_group_monitors_by_meeting_every_quarter(by, scene) -> None:
    forum = meetings.make_forum(
        by=by,
        name="Strategy group",
        kind=ForumKind.STRATEGY,
        openness=Openness.EXCLUSIVE,
        service_area_id=scene.partnership.pk,
        terms_of_reference="Steers.",
        now=NOON,
    )
    make_meeting(by, forum)
    assert step_now(by, scene, "progress_monitored").standing == Standing.DONE
    assert step_now(by, scene, "progress_monitored", date(2027, 2, 1)).standing != Standing.DONE


def test_priorities_and_a_published_plan_are_evidence(by, scene) -> None:
    made = plans.set_priority(by=by, partnership_id=scene.partnership.pk, lead_id=scene.sergeant.pk, **PRIORITY)
    assert step_now(by, scene, "priorities_identified").standing == Standing.DONE
    assert step_now(by, scene, "partnership_plan").standing == Standing.TO_COME
    plans.publish_plan(
        by=by,
        partnership_id=scene.partnership.pk,
        year=2027,
        priority_ids=[made.pk],
        summary="Quiet evenings.",
        now=NOON,
    )
    assert step_now(by, scene, "partnership_plan").standing == Standing.DONE
    assert step_now(by, scene, "summary_published").standing == Standing.DONE
    assert step_now(by, scene, "partnership_plan", TODAY + timedelta(days=400)).standing != Standing.DONE


def test_another_partnerships_year_is_not_told(by) -> None:
    other = make_scene()
    assert other.partnership not in queries.list_partnerships(by)
    with pytest.raises(NotAllowed):
        queries.get_year(by, other.partnership.pk, TODAY)


def test_the_page_shows_every_step_and_what_is_next(client: Client, scene) -> None:
    make_staff(client, scene.partnership, [Permission.VIEW])
    page = client.get(HOME).content.decode()
    assert "of 17 steps are done" in page
    assert "Next:" in page
    assert "Strategy group" in page
    assert "leadership/" not in page, "who may not record is not offered it"


def test_a_step_is_recorded_by_its_page(client: Client, scene) -> None:
    make_staff(client, scene.partnership, Permission)
    address = f"{HOME}{scene.partnership.pk}/leadership/"
    assert address in client.get(HOME).content.decode()
    assert "Leadership established" in client.get(address).content.decode()
    given = {"version": 0, "owner": scene.warden.pk, "done_on": "20/4/2026", "note": ""}
    assert "Say what was done" in client.post(address, given).content.decode()
    answer = client.post(address, {**given, "note": "Chair named."})
    assert answer.url == f"{HOME}?partnership={scene.partnership.slug}"
    page = client.get(HOME).content.decode()
    assert f"Owner: {scene.warden.name}." in page
    assert "Recorded as done on 20 April 2026." in page
    assert "Somebody else recorded this step" in client.post(address, {**given, "note": "Again."}).content.decode()


def test_a_step_that_does_not_exist_and_a_person_without_the_role(client: Client, scene) -> None:
    make_staff(client, scene.partnership, Permission)
    assert client.get(f"{HOME}{scene.partnership.pk}/dancing/").status_code == 404
    reader = Client()
    make_staff(reader, scene.partnership, [Permission.VIEW])
    assert reader.get(f"{HOME}{scene.partnership.pk}/leadership/").status_code == 403


def test_somebody_without_a_partnership_is_told_how_the_page_fills(client: Client, scene) -> None:
    make_staff(client, scene.partnership, ["directory.view"])
    assert "You have no part in a partnership yet" in client.get(HOME).content.decode()
