"""Debts: every one has an owner and an age; old ones go up; answering takes them away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.access.concerns import actions as concerns
from ourpatch.access.concerns.models import Concern
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.concerns.rules import Outcome, ReplyKind
from ourpatch.answers.feedback import actions, queries
from ourpatch.answers.feedback.rules import BANDS
from ourpatch.foundation.messaging.models import Message
from ourpatch.ground.errors import NotAllowed
from ourpatch.ground.permission.actor import Actor

from ..access.factories_concerns import NOON, make_scene, raise_one

pytestmark = [pytest.mark.room, pytest.mark.django_db]

TEXT = "A barrier was fitted at the bridge on 3 January and nobody has ridden there since then."


@given(st.integers(0, 4000))
def test_every_age_has_exactly_one_band(hours: int) -> None:
    raised_at = NOON - timedelta(hours=hours)
    assert sum(band.holds(raised_at, NOON) for band in BANDS) == 1


def test_the_bands_of_the_rules_are_those_of_the_database() -> None:
    scene = make_scene()
    for days in (0, 2, 3, 7, 8, 30, 31, 91, 92, 400):
        raise_one(scene, now=NOON - timedelta(days=days))
    for band in BANDS:
        found = queries.list_debts(scene.by, band=band.key, now=NOON)
        assert {each.pk for each in found} == {
            each.pk for each in Concern.objects.all() if band.holds(each.raised_at, NOON)
        }


def test_totals_are_by_owner_and_age_and_answering_pays_them() -> None:
    scene = make_scene()
    old = raise_one(scene, now=NOON - timedelta(days=10)).concern
    raise_one(scene)
    raise_one(scene, category="environmental")
    officer, warden = queries.list_debtors(scene.by, NOON)
    assert (officer.person_id, officer.total, officer.overdue) == (scene.officer.pk, 2, 1)
    assert dict(officer.by_band) == {"days": 1, "week": 0, "month": 1, "quarter": 0, "older": 0}
    assert (warden.person_id, warden.total) == (scene.warden.pk, 1)
    concerns.answer(by=scene.by, concern_id=old.pk, version=1, outcome=Outcome.SOLVED, text=TEXT, now=NOON)
    assert queries.list_debtors(scene.by, NOON)[0].total == 1
    assert [each.pk for each in queries.list_debts(scene.by, owner_id=scene.warden.pk, now=NOON)] == [
        Concern.objects.get(category="environmental").pk
    ]


def test_nothing_is_without_an_owner_and_when_somebody_leaves_it_shows() -> None:
    scene = make_scene()
    raise_one(scene)
    assert queries.count_without_owner(scene.by, NOON) == 0
    scene.officer.until = NOON.date() - timedelta(days=1)
    scene.officer.save()
    assert queries.count_without_owner(scene.by, NOON) == 1
    assert queries.list_debtors(scene.by, NOON)[0].has_left


def test_broken_promises_go_up_once_and_a_new_broken_promise_goes_up_again() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    by = Actor.job("test", [Permission.ASSIGN], [scene.partnership.pk])
    late = NOON + timedelta(hours=73)
    assert [actions.escalate_overdue(by=by, now=at) for at in (NOON, late, late)] == [0, 1, 0]
    concern.refresh_from_db()
    concerns.reply(
        by=scene.by,
        concern_id=concern.pk,
        version=concern.version,
        kind=ReplyKind.MEANINGFUL,
        text=TEXT,
        news_on=(late + timedelta(days=2)).date(),
        now=late,
    )
    much_later = datetime(2026, 12, 1, tzinfo=UTC)
    assert [actions.escalate_overdue(by=by, now=at) for at in (late, much_later)] == [0, 1]
    assert Message.objects.filter(address__isnull=False, key__startswith="concern-overdue").count() == 2


def test_only_who_may_assign_escalates() -> None:
    scene = make_scene()
    raise_one(scene)
    with pytest.raises(NotAllowed):
        actions.escalate_overdue(by=Actor.job("test", [], [scene.partnership.pk]), now=NOON + timedelta(days=9))
