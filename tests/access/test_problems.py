"""Problems group concerns and lose nobody: each person's record stays their own, and so does the debt."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from ourpatch.access.concerns import actions, queries
from ourpatch.access.concerns.models import Concern, Exchange, Problem, Step
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.concerns.rules import Outcome, State
from ourpatch.ground.errors import NotFound, RuleBroken

from .factories_concerns import NOON, Scene, make_scene, raise_one

pytestmark = [pytest.mark.room, pytest.mark.django_db]

TEXT = "A barrier was fitted at the bridge on 3 January and nobody has ridden there since then."
CYMRAEG = "Gosodwyd rhwystr wrth y bont ar 3 Ionawr ac nid oes neb wedi reidio yno ers hynny."
HERE = {"easting": 380_010.0, "northing": 430_020.0}


def a_problem(scene: Scene, *concerns: Concern) -> Problem:
    return actions.make_problem(
        by=scene.by, concern_ids=[each.pk for each in concerns], title_en="Motorbikes on the canal path", now=NOON
    )


def test_a_problem_takes_place_and_subject_from_its_concerns_but_nobodys_front_door() -> None:
    scene = make_scene()
    problem = a_problem(
        scene, raise_one(scene, **HERE).concern, raise_one(scene, easting=380_110.0, northing=430_020.0).concern
    )
    assert (problem.easting, problem.northing, problem.category) == (380_050.0, 430_000.0, "asb_nuisance")
    assert problem.service_area_id == scene.neighbourhood.pk


def test_each_person_is_answered_in_their_own_record_and_language() -> None:
    scene = make_scene()
    english, welsh, answered = (
        raise_one(scene).concern,
        raise_one(scene, language="cy").concern,
        raise_one(scene).concern,
    )
    actions.answer(by=scene.by, concern_id=answered.pk, version=1, outcome=Outcome.BETTER, text=TEXT, now=NOON)
    problem = a_problem(scene, english, welsh, answered)
    assert queries.count_owed(problem.pk) == 2
    told = actions.answer_problem(
        by=scene.by, problem_id=problem.pk, outcome=Outcome.SOLVED, text_en=TEXT, text_cy=CYMRAEG, now=NOON
    )
    assert (told.told, told.left) == (2, 0)
    assert Exchange.objects.get(concern=welsh).text == CYMRAEG
    assert Exchange.objects.get(concern=english).text == TEXT
    assert Exchange.objects.get(concern=answered).outcome == Outcome.BETTER
    assert set(Concern.objects.values_list("state", flat=True)) == {State.ANSWERED}


def test_many_people_are_told_in_portions_and_none_twice() -> None:
    scene = make_scene()
    problem = a_problem(scene, *(raise_one(scene).concern for _ in range(actions.PORTION + 3)))
    told = actions.tell_progress(by=scene.by, problem_id=problem.pk, text_en=TEXT, news_on=date(2026, 12, 1), now=NOON)
    assert (told.told, told.left) == (actions.PORTION + 3, 0)
    assert Exchange.objects.count() == actions.PORTION + 3
    assert queries.count_owed(problem.pk) == actions.PORTION + 3


def test_news_sent_twice_from_one_form_reaches_each_person_once() -> None:
    scene = make_scene()
    problem = a_problem(scene, raise_one(scene).concern, raise_one(scene).concern)
    news = {"text_en": TEXT, "news_on": date(2026, 12, 1), "now": NOON}
    for _post in range(2):
        actions.tell_progress(by=scene.by, problem_id=problem.pk, idempotency_key="one form", **news)
    assert Exchange.objects.count() == 2
    actions.tell_progress(by=scene.by, problem_id=problem.pk, idempotency_key="another form", **news)
    assert Exchange.objects.count() == 4


def test_people_whose_record_the_actor_cannot_see_are_counted_as_left() -> None:
    scene = make_scene(agreement=False)
    problem = a_problem(scene, raise_one(scene).concern)
    warden = scene.actor(scene.warden)
    assert list(queries.concerns_of(warden, problem.pk)) == []
    told = actions.answer_problem(by=warden, problem_id=problem.pk, outcome=Outcome.SOLVED, text_en=TEXT, now=NOON)
    assert (told.told, told.left) == (0, 1)


def test_a_problem_does_not_close_over_a_debt() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    problem = a_problem(scene, concern)
    with pytest.raises(RuleBroken, match="1 of the people"):
        actions.close_problem(by=scene.by, problem_id=problem.pk, version=1, reason="Barrier built", now=NOON)
    actions.answer(by=scene.by, concern_id=concern.pk, version=1, outcome=Outcome.SOLVED, text=TEXT, now=NOON)
    closed = actions.close_problem(by=scene.by, problem_id=problem.pk, version=1, reason="Barrier built", now=NOON)
    assert not closed.is_open
    with pytest.raises(RuleBroken, match="closed"):
        actions.group_into_problem(by=scene.by, problem_id=problem.pk, concern_ids=[concern.pk], now=NOON)
    assert actions.reopen_problem(by=scene.by, problem_id=problem.pk, version=closed.version, now=NOON).is_open


def test_grouping_twice_is_once_and_taking_out_leaves_a_trace() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    problem = a_problem(scene, concern)
    actions.group_into_problem(by=scene.by, problem_id=problem.pk, concern_ids=[concern.pk], now=NOON)
    assert queries.count_behind(problem.pk) == 1
    with pytest.raises(RuleBroken):
        actions.ungroup(by=scene.by, problem_id=problem.pk, concern_id=concern.pk, reason="", now=NOON)
    actions.ungroup(by=scene.by, problem_id=problem.pk, concern_id=concern.pk, reason="Another bridge.", now=NOON)
    assert queries.count_behind(problem.pk) == 0
    assert list(queries.problems_of(scene.by, concern)) == []
    assert Step.objects.filter(concern=concern, note__contains="Another bridge.").exists()
    with pytest.raises(NotFound):
        actions.ungroup(by=scene.by, problem_id=problem.pk, concern_id=concern.pk, reason="Again", now=NOON)


def test_concerns_named_twice_are_grouped_once_and_locked_in_one_order(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = make_scene()
    one, other = raise_one(scene).concern, raise_one(scene, category="environmental").concern
    problem = a_problem(scene, other, one, other)
    assert (queries.count_behind(problem.pk), problem.category) == (2, "environmental")
    locked: list[UUID] = []
    lock = type(Concern.objects.all()).for_change

    def note(rows: Any, by: Any, permission: str, record_id: UUID, *more: Any) -> Any:
        if rows.model is Concern:
            locked.append(record_id)
        return lock(rows, by, permission, record_id, *more)

    monkeypatch.setattr(type(Concern.objects.all()), "for_change", note)
    pair = [other.pk, one.pk, other.pk]
    actions.group_into_problem(by=scene.by, problem_id=problem.pk, concern_ids=pair, now=NOON)
    assert locked == sorted({one.pk, other.pk})


def test_likely_problems_are_near_in_place_and_time_and_about_the_same() -> None:
    scene = make_scene()
    problem = a_problem(scene, raise_one(scene, **HERE).concern)
    near = raise_one(scene, easting=380_150.0, northing=430_000.0).concern
    far = raise_one(scene, easting=380_300.0, northing=430_000.0).concern
    other = raise_one(scene, category="crime", **HERE).concern
    late = raise_one(scene, now=NOON + timedelta(days=61), **HERE).concern
    nowhere = raise_one(scene).concern
    assert [each.problem for each in queries.like_problems(scene.by, near)] == [problem]
    assert queries.like_problems(scene.by, near)[0].concerns == 1
    assert [queries.like_problems(scene.by, each) for each in (far, other, late, nowhere)] == [[], [], [], []]
    actions.group_into_problem(by=scene.by, problem_id=problem.pk, concern_ids=[near.pk], now=NOON)
    assert queries.like_problems(scene.by, near) == []


def test_like_concerns_are_those_in_no_problem_yet() -> None:
    scene = make_scene()
    one, other, grouped = (raise_one(scene, **HERE).concern for _ in range(3))
    problem = a_problem(scene, grouped)
    assert queries.like_concerns(scene.by, one) == [other]
    actions.ungroup(by=scene.by, problem_id=problem.pk, concern_id=grouped.pk, reason="Not it", now=NOON)
    assert queries.like_concerns(scene.by, one) == [other, grouped]


def test_lists_carry_how_many_people_and_how_many_are_owed() -> None:
    scene = make_scene()
    first, second = raise_one(scene).concern, raise_one(scene).concern
    problem = a_problem(scene, first, second)
    actions.answer(by=scene.by, concern_id=first.pk, version=1, outcome=Outcome.SOLVED, text=TEXT, now=NOON)
    listed = queries.list_problems(scene.by, service_area_id=scene.neighbourhood.pk).get()
    assert (listed.pk, listed.people, listed.owed) == (problem.pk, 2, 1)  # type: ignore[attr-defined]
    assert [each.pk for each in queries.list_owed(scene.by, problem.pk)] == [second.pk]


def test_a_problem_is_open_to_members_and_says_nothing_of_who_raised_it() -> None:
    scene = make_scene(agreement=False)
    problem = a_problem(scene, raise_one(scene).concern)
    warden = scene.actor(scene.warden, Permission.VIEW_PROBLEM, Permission.VIEW)
    assert queries.get_problem(warden, problem.pk) == problem
    assert list(queries.concerns_of(warden, problem.pk)) == []


def test_a_problem_may_be_made_without_a_concern_when_its_place_is_named() -> None:
    scene = make_scene()
    made = actions.make_problem(
        by=scene.by,
        concern_ids=[],
        title_en="Dark path",
        category="environmental",
        service_area_id=scene.neighbourhood.pk,
        now=NOON,
    )
    assert made.easting is None
    with pytest.raises(RuleBroken):
        actions.make_problem(by=scene.by, concern_ids=[], title_en="Dark path", now=NOON)
