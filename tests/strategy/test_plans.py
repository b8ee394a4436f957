"""Strategic priorities with a named lead, and the plan that is published once."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils.translation import override

from ourpatch.ground.errors import Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.strategy.plans import actions, queries, rules
from ourpatch.strategy.plans.models import PartnershipPlan, StrategicPriority
from ourpatch.strategy.plans.permissions import Permission

from ..access.factories_concerns import NOON, Scene, make_scene
from ..foundation.factories import make_actor, make_organisation, make_person, make_staff
from .factories_plans import PRIORITY

pytestmark = [pytest.mark.room, pytest.mark.django_db]
TODAY = date(2026, 11, 18)
HOME = "/workspace/partnership-plan/"


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def by(scene: Scene):
    return scene.actor(scene.sergeant, *Permission)


def make(by, scene, **more) -> StrategicPriority:
    facts = {"partnership_id": scene.partnership.pk, "lead_id": scene.sergeant.pk, **PRIORITY}
    return actions.set_priority(by=by, **{**facts, **more})


def publish(by, scene, priorities, **more) -> PartnershipPlan:
    facts = {"partnership_id": scene.partnership.pk, "year": 2027, "summary": "Quiet evenings.", "now": NOON}
    return actions.publish_plan(by=by, priority_ids=[each.pk for each in priorities], **{**facts, **more})


def typed(priority=PRIORITY, **more) -> dict:
    return {**priority, "from_on": "1/4/2026", "until": "31/3/2029", **more}


def test_a_priority_is_in_force_between_its_days(by, scene) -> None:
    made = make(by, scene)
    assert list(queries.list_priorities(by, TODAY)) == [made]
    assert list(queries.list_priorities(by, date(2030, 1, 1))) == []
    assert queries.get_priority(by, made.pk).lead == scene.sergeant


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"objective": ""}, "objective"),
        ({"measure": ""}, "measure"),
        ({"target": ""}, "target"),
        ({"until": None}, "until"),
        ({"until": date(2026, 4, 1)}, "until"),
        ({"lead_id": None}, "lead"),
    ],
)
def test_a_priority_without_a_part_says_which(by, scene, given, field) -> None:
    with pytest.raises(RuleBroken) as refused:
        make(by, scene, **given)
    assert set(refused.value.problems.by_field) == {field}


def test_the_lead_is_one_person_of_a_member_organisation(by, scene) -> None:
    with pytest.raises(RuleBroken, match="Name the person"):
        make(by, scene, lead_id=make_person(make_organisation()).pk)
    left = make_person(scene.police)
    left.until = date(2026, 1, 1)
    left.save()
    with pytest.raises(RuleBroken, match="Name the person"):
        make(by, scene, lead_id=left.pk)


def test_the_second_of_two_changes_is_told_of_the_first(by, scene) -> None:
    made = make(by, scene)
    changed = make(by, scene, priority_id=made.pk, version=1, target="A quarter fewer")
    assert (changed.version, changed.target) == (2, "A quarter fewer")
    with pytest.raises(Conflict):
        make(by, scene, priority_id=made.pk, version=1)
    assert StrategicPriority.objects.count() == 1


def test_a_priority_of_another_partnership_is_not_there(by, scene) -> None:
    other = make_scene()
    theirs = make(other.actor(other.sergeant, *Permission), other)
    with pytest.raises(NotFound):
        queries.get_priority(by, theirs.pk)
    with pytest.raises(NotFound):
        make(by, scene, priority_id=theirs.pk, version=1)
    with pytest.raises(NotAllowed):
        make(by, other)


def test_a_plan_is_published_once_with_its_priorities(by, scene) -> None:
    made = make(by, scene)
    plan = publish(by, scene, [made])
    assert queries.published_plan(scene.partnership.pk) == plan
    assert (plan.published_on, list(plan.priorities.all())) == (TODAY, [made])
    with pytest.raises(RuleBroken, match="already published"):
        publish(by, scene, [made])
    assert publish(by, scene, [made], year=2028) == queries.published_plan(scene.partnership.pk)


def test_a_plan_without_its_parts_is_refused(by, scene) -> None:
    made = make(by, scene)
    with pytest.raises(RuleBroken, match="at least one strategic priority"):
        publish(by, scene, [])
    with pytest.raises(RuleBroken, match="Write the summary"):
        publish(by, scene, [made], summary=" ")
    with pytest.raises(NotAllowed):
        publish(make_actor(scene.officer, [Permission.VIEW, Permission.EDIT], scene.partnership), scene, [made])


def test_another_partnerships_priority_does_not_fill_a_plan(by, scene) -> None:
    other = make_scene()
    theirs = make(other.actor(other.sergeant, *Permission), other)
    with pytest.raises(RuleBroken, match="at least one strategic priority"):
        publish(by, scene, [theirs])


def test_in_wales_the_summary_is_published_in_both_languages() -> None:
    scene = make_scene(jurisdiction="wales")
    by = scene.actor(scene.sergeant, *Permission)
    made = make(by, scene)
    with pytest.raises(RuleBroken) as refused:
        publish(by, scene, [made])
    assert set(refused.value.problems.by_field) == {"summary_cy"}
    plan = publish(by, scene, [made], summary_cy="Nosweithiau tawel.")
    assert plan.shown_summary == "Quiet evenings."
    with override("cy"):
        assert plan.shown_summary == "Nosweithiau tawel."
        assert made.shown_title == made.title, "what is not translated is shown in English"


def test_the_rules_agree_that_a_complete_priority_is_complete() -> None:
    facts = {name: PRIORITY[name] for name in ("title", "objective", "measure", "target", "from_on", "until")}
    assert not rules.check_priority(has_lead=True, **facts)
    assert not rules.check_plan(priorities=1, summary="x", summary_cy="", wants_welsh=False)


def test_the_pages_set_change_and_publish(client: Client, scene) -> None:
    make_staff(client, scene.partnership, Permission)
    assert "No strategic priority is in force" in client.get(HOME).content.decode()
    address = f"{HOME}{scene.partnership.pk}/priority/"
    refused = client.post(address, typed(lead=scene.sergeant.pk, until="1/4/2020")).content.decode()
    assert "The last day must come after the first." in refused
    assert client.post(address, typed(lead=scene.sergeant.pk)).status_code == 302
    made = StrategicPriority.objects.get()
    page = client.get(HOME).content.decode()
    assert made.title in page
    assert scene.sergeant.name in page
    change = f"{address}{made.pk}/"
    assert "31/03/2029" in client.get(change).content.decode()
    assert client.post(change, typed(lead=scene.sergeant.pk, version=1, target="Half as many")).status_code == 302
    again = client.post(change, typed(lead=scene.sergeant.pk, version=1)).content.decode()
    assert "Somebody else changed this" in again
    publishing = f"{HOME}{scene.partnership.pk}/publish/"
    assert made.title in client.get(publishing).content.decode()
    given = {"year": 2026, "priorities": [made.pk], "summary": "Quiet evenings."}
    assert client.post(publishing, given).status_code == 302
    assert "already published" in client.post(publishing, given).content.decode()
    assert "Quiet evenings." in client.get(HOME).content.decode()


def test_the_pages_offer_only_what_the_reader_may_do(client: Client, scene, by) -> None:
    made = make(by, scene)
    make_staff(client, scene.partnership, [Permission.VIEW])
    page = client.get(HOME).content.decode()
    assert made.title in page
    assert "priority/" not in page
    assert "publish/" not in page
    assert client.get(f"{HOME}{scene.partnership.pk}/priority/").status_code == 403
    assert client.get(f"{HOME}{scene.partnership.pk}/publish/").status_code == 403


def test_strangers_are_not_offered_as_leads(client: Client, scene) -> None:
    stranger = make_person(make_organisation())
    make_staff(client, scene.partnership, Permission)
    page = client.get(f"{HOME}{scene.partnership.pk}/priority/").content.decode()
    assert scene.sergeant.name in page
    assert f'value="{stranger.pk}"' not in page
