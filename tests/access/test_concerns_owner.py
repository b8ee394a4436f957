"""Nobody's concern is nobody's: what somebody leaves behind goes to whoever is on duty; broken promises go up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ourpatch.access.concerns import actions, jobs, queries
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.teams import actions as teams
from ourpatch.access.teams.models import Post
from ourpatch.foundation.agreements.models import Agreement
from ourpatch.foundation.messaging.models import Message
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.sharing import withdraw_for_agreement

from .factories_concerns import NOON, Scene, make_scene, raise_one

pytestmark = [pytest.mark.room, pytest.mark.django_db]

TODAY = date(2026, 11, 18)
TOMORROW = NOON + timedelta(days=1)


def leave(scene: Scene, last_day: date) -> None:
    post = Post.objects.get(person=scene.officer, is_named_contact=True)
    teams.end_post(by=scene.by, team_id=scene.team.pk, post_id=post.pk, last_day=last_day, now=NOON)


def test_a_post_that_ended_hands_over_at_once() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    leave(scene, TODAY - timedelta(days=1))
    concern.refresh_from_db()
    assert concern.owner == scene.sergeant


def test_a_post_that_ends_today_hands_over_tomorrow_morning() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    leave(scene, TODAY)
    assert jobs.hand_over_all(NOON) == 0
    assert jobs.hand_over_all(TOMORROW) == 1
    concern.refresh_from_db()
    assert concern.owner == scene.sergeant
    assert jobs.hand_over_all(TOMORROW) == 0


def test_nothing_is_owed_by_somebody_who_has_left_the_organisation() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    scene.officer.until = TODAY
    scene.officer.save()
    assert queries.measure_without_owner(scene.partnership.pk, TOMORROW) == 1
    assert jobs.hand_over_all(TOMORROW) == 1
    assert queries.measure_without_owner(scene.partnership.pk, TOMORROW) == 0
    concern.refresh_from_db()
    assert concern.owner == scene.sergeant


def test_when_an_agreement_ends_what_the_partner_owned_goes_to_somebody_who_sees_it() -> None:
    scene = make_scene()
    concern = raise_one(scene, category="environmental").concern
    assert concern.owner == scene.warden
    assert scene.agreement is not None
    Agreement.objects.filter(pk=scene.agreement.pk).update(ended_on=TODAY)
    withdraw_for_agreement(scene.agreement.pk, NOON)
    assert queries.measure_without_owner(scene.partnership.pk, TOMORROW) == 1
    assert jobs.hand_over_all(TOMORROW) == 1
    concern.refresh_from_db()
    assert concern.owner == scene.officer


def test_somebody_who_moves_to_another_post_of_the_partnership_keeps_what_is_theirs() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    teams.fill_post(
        by=scene.by, team_id=scene.team.pk, person_id=scene.officer.pk, kind="pcso", from_on=TODAY, now=NOON
    )  # type: ignore[arg-type]
    leave(scene, TODAY - timedelta(days=1))
    concern.refresh_from_db()
    assert concern.owner == scene.officer


def test_a_broken_promise_goes_to_the_supervisor_once() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    by = Actor.job("test", [Permission.ASSIGN], [scene.partnership.pk])
    late = NOON + timedelta(hours=73)
    assert actions.escalate(by=by, concern_id=concern.pk, now=NOON) is None
    told = actions.escalate(by=by, concern_id=concern.pk, now=late)
    assert told is not None
    assert told.escalated_to == scene.sergeant
    assert actions.escalate(by=by, concern_id=concern.pk, now=late + timedelta(hours=1)) is None
    notice = Message.objects.get(key__startswith=f"concern-overdue:{concern.pk}")
    assert notice.address == scene.sergeant.email
    assert "Motorbikes" not in notice.body
