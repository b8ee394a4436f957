"""Proposing, choosing at a meeting, reviewing, and who may."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ourpatch.access.concerns import actions as concerns
from ourpatch.foundation.meetings.models import Decision
from ourpatch.foundation.meetings.queries import live_agenda
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.influence.priorities import actions, queries
from ourpatch.influence.priorities.evidence import lines_of
from ourpatch.influence.priorities.models import Ballot
from ourpatch.influence.priorities.permissions import Permission
from ourpatch.influence.priorities.rules import State

from ..access.factories_concerns import NOON, Scene, make_scene, raise_one
from ..foundation.factories import make_actor, make_neighbourhood
from .factories_priorities import SMART, TEAM, adopt, make_forum, make_meeting, make_priority

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def by(scene: Scene):
    return scene.actor(scene.sergeant, *TEAM)


def choose(by, meeting, candidates, chosen, **more):
    facts = {"method": "show_of_hands", "present": 20, "now": NOON}
    return actions.adopt_priorities(
        by=by,
        meeting_id=meeting.pk,
        candidates=[each.pk for each in candidates],
        chosen=[each.pk for each in chosen],
        **{**facts, **more},
    )


def test_a_proposal_keeps_what_residents_said_beside_what_was_recorded(scene, by) -> None:
    raised = [raise_one(scene) for _ in range(3)]
    problem = concerns.make_problem(
        by=by, concern_ids=[each.concern.pk for each in raised], title_en="Motorbikes", now=NOON
    )
    priority = make_priority(scene, by, smart=False, problem_id=problem.pk)
    numbers = [(str(line.says), line.number) for line in lines_of(priority.evidence)]
    assert numbers[:3] == [
        ("People behind this problem", 3),
        ("Of these, still owed an answer", 3),
        ("Concerns and questions raised in the neighbourhood", 3),
    ]
    assert numbers[3] == ("Recorded incidents: none are loaded", None)


def test_the_chosen_become_current_with_a_review_date_and_the_others_do_not(scene, by) -> None:
    first, second = make_priority(scene, by), make_priority(scene, by, title="Litter", is_asb=False)
    meeting = make_meeting(by, make_forum(by, scene.neighbourhood))
    choice = choose(by, meeting, [first, second], [first], votes={first.pk: 14, second.pk: 6})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.adopted_on, first.review_due_on) == ("adopted", date(2026, 11, 18), date(2027, 2, 18))
    assert second.state == "not_chosen"
    assert Decision.objects.get(pk=choice.decision_id).about_id == first.pk
    assert set(Ballot.objects.values_list("priority_id", "votes", "chosen")) == {
        (first.pk, 14, True),
        (second.pk, 6, False),
    }
    assert queries.choice_of(first) == choice
    assert list(queries.current(scene.neighbourhood.pk)) == [first]


def test_nothing_is_chosen_at_a_meeting_that_was_not_held(scene, by) -> None:
    priority = make_priority(scene, by)
    meeting = make_meeting(by, make_forum(by, scene.neighbourhood), held=False)
    with pytest.raises(RuleBroken):
        choose(by, meeting, [priority], [priority])
    priority.refresh_from_db()
    assert priority.state == State.PROPOSED


def test_what_is_not_smart_is_not_adopted(scene, by) -> None:
    priority = make_priority(scene, by, smart=False)
    with pytest.raises(RuleBroken, match="not SMART"):
        choose(by, make_meeting(by, make_forum(by, scene.neighbourhood)), [priority], [priority])


def test_a_forum_chooses_for_its_own_area_only(scene, by) -> None:
    priority = make_priority(scene, by)
    elsewhere = make_neighbourhood(scene.partnership)
    with pytest.raises(RuleBroken, match="this forum covers"):
        choose(by, make_meeting(by, make_forum(by, elsewhere)), [priority], [priority])


def test_a_forum_of_the_partnership_may_choose_for_a_neighbourhood(scene, by) -> None:
    priority = make_priority(scene, by)
    choose(by, make_meeting(by, make_forum(by, scene.partnership)), [priority], [priority])
    priority.refresh_from_db()
    assert priority.state == State.ADOPTED


def test_a_fourth_current_priority_asks_for_the_forums_reason(scene, by) -> None:
    four = [make_priority(scene, by, title=f"Priority {number}") for number in range(4)]
    meeting = make_meeting(by, make_forum(by, scene.neighbourhood))
    with pytest.raises(RuleBroken, match="4 current priorities"):
        choose(by, meeting, four, four)
    choice = choose(by, meeting, four, four, reason_for_more="Nobody would let one go.")
    assert choice.reason_for_more == "Nobody would let one go."


def test_a_choice_names_its_candidates(scene, by) -> None:
    first, second = make_priority(scene, by), make_priority(scene, by, title="Litter")
    with pytest.raises(RuleBroken, match="candidates"):
        choose(by, make_meeting(by, make_forum(by, scene.neighbourhood)), [first], [second])


def test_what_was_not_chosen_may_be_proposed_again_with_fresh_evidence(scene, by) -> None:
    first, second = make_priority(scene, by), make_priority(scene, by, title="Litter")
    choose(by, make_meeting(by, make_forum(by, scene.neighbourhood)), [first, second], [first])
    raise_one(scene)
    second.refresh_from_db()
    again = actions.propose_again(by=by, priority_id=second.pk, version=second.version, now=NOON)
    assert again.state == State.PROPOSED
    assert lines_of(again.evidence)[0].number == 1


def test_a_review_sets_the_next_one_and_may_finish_the_priority(scene, by) -> None:
    priority = adopt(scene, by, make_priority(scene, by))
    later = NOON + timedelta(days=60)
    actions.review_priority(
        by=by, priority_id=priority.pk, version=priority.version, result="keep", note="Two evenings.", now=later
    )
    priority.refresh_from_db()
    assert priority.review_due_on == date(2027, 4, 17)
    actions.close_priority(by=by, priority_id=priority.pk, version=priority.version, reason="Quiet now.", now=later)
    priority.refresh_from_db()
    assert (priority.state, priority.closing_reason, priority.review_due_on) == ("closed", "Quiet now.", None)
    assert list(queries.previous(scene.neighbourhood.pk)) == [priority]


def test_freshness_counts_current_priorities_reviewed_in_time(scene, by) -> None:
    adopt(scene, by, make_priority(scene, by))
    assert queries.measure_fresh(scene.partnership.pk, date(2027, 2, 18)) == (1, 1)
    assert queries.measure_fresh(scene.partnership.pk, date(2027, 2, 19)) == (0, 1)


def test_the_second_of_two_writers_is_told(scene, by) -> None:
    priority = make_priority(scene, by, smart=False)
    actions.make_smart(by=by, priority_id=priority.pk, version=1, smart=SMART, now=NOON)
    with pytest.raises(Conflict):
        actions.make_smart(by=by, priority_id=priority.pk, version=1, smart=SMART, now=NOON)


def test_proposing_needs_its_permission_and_a_refusal_is_written(scene) -> None:
    viewer = scene.actor(scene.officer, Permission.VIEW)
    with pytest.raises(NotAllowed):
        make_priority(scene, viewer, smart=False)
    assert AuditEntry.objects.filter(kind="refusal", operation="priorities.propose").exists()


def test_another_partnership_sees_nothing(scene, by) -> None:
    priority = make_priority(scene, by)
    stranger_scene = make_scene()
    stranger = make_actor(stranger_scene.sergeant, TEAM, stranger_scene.partnership)
    with pytest.raises(NotFound):
        queries.get_priority(stranger, priority.pk)


def test_the_agenda_of_a_forum_lists_candidates_and_reviews(scene, by) -> None:
    forum = make_forum(by, scene.neighbourhood)
    adopted = adopt(scene, by, make_priority(scene, by))
    make_priority(scene, by, title="Litter in the park")
    soon = live_agenda(by, forum, NOON)
    assert [(key, entry.text) for key, entry in soon if key == "priorities"] == [
        ("priorities", f"Litter in the park ({scene.neighbourhood.name})")
    ]
    later = live_agenda(by, forum, NOON + timedelta(days=120))
    assert f"Review the priority: {adopted.title}" in [entry.title for _key, entry in later]
