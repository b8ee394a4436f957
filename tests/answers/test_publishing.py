"""You said, we did: written, published to everybody and to each person behind it, withdrawn, and the receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from django.utils.translation import override

from ourpatch.access.concerns import actions as concerns
from ourpatch.access.concerns.models import Concern, Exchange
from ourpatch.access.concerns.rules import ContactBy, ContactDraft
from ourpatch.answers.publishing import actions, queries
from ourpatch.answers.publishing.models import PublishedAnswer
from ourpatch.answers.publishing.permissions import Permission
from ourpatch.answers.publishing.rules import State
from ourpatch.foundation.messaging.models import Message
from ourpatch.ground import events
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.models import ConflictOfInterest
from ourpatch.interventions.problems.models import Plan

from ..access.factories_concerns import NOON, Scene, make_public, make_scene, raise_one
from ..foundation.factories import hold_role, make_actor, make_neighbourhood, make_staff, make_user, sign_in
from ..influence.factories_priorities import adopt, make_priority
from ..interventions.factories_problems import make_plan
from .factories_answers import WELSH, WORDS, WRITERS, draft, make_problem, publish

pytestmark = [pytest.mark.room, pytest.mark.django_db]
HOME = "/workspace/answers/"


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def by(scene: Scene):
    return scene.actor(scene.sergeant, *WRITERS)


def test_publishing_answers_each_person_behind_the_problem(by, scene) -> None:
    problem = make_problem(scene, by, people=3)
    done = publish(by, draft(scene, by, problem_id=problem.pk))
    assert (done.state, done.told, done.published_by) == (State.PUBLISHED, 3, by.name)
    for concern in Concern.objects.all():
        assert (concern.state, concern.outcome, concern.answered_at) == ("answered", "better", NOON)
    assert {each.text for each in Exchange.objects.filter(kind="answer")} == {WORDS.did}
    assert list(queries.recent(scene.neighbourhood.pk)) == [done]


def test_who_left_an_address_is_written_to_without_the_words(by, scene) -> None:
    contact = ContactDraft(channel=ContactBy.EMAIL, email="resident@example.org")
    problem = make_problem(scene, by, people=1, contact=contact)
    Message.objects.all().delete()
    publish(by, draft(scene, by, problem_id=problem.pk))
    letter = Message.objects.get()
    assert letter.address == "resident@example.org"
    assert "barrier" not in letter.body


def test_who_was_answered_before_is_not_answered_twice(by, scene) -> None:
    problem = make_problem(scene, by, people=2)
    first = Concern.objects.first()
    concerns.answer(
        by=by,
        concern_id=first.pk,
        version=None,
        outcome="solved",
        text="The bikes are gone since a barrier was put up in May.",
        now=NOON,
    )
    assert publish(by, draft(scene, by, problem_id=problem.pk)).told == 1
    first.refresh_from_db()
    assert first.outcome == "solved"


def test_what_goes_to_each_person_is_an_answer_to_them(by, scene) -> None:
    short = replace(WORDS, did="A barrier.", did_cy="Rhwystr.")
    assert draft(scene, by, short).pk, "nobody is behind it: it is only read"
    problem = make_problem(scene, by)
    with pytest.raises(RuleBroken) as refused:
        draft(scene, by, short, problem_id=problem.pk)
    assert set(refused.value.problems.by_field) == {"did", "did_cy"}
    made = draft(scene, by, problem_id=problem.pk)
    with pytest.raises(RuleBroken, match="Say a little more"):
        actions.change_answer(by=by, answer_id=made.pk, version=1, words=short)


def test_a_failure_is_told_to_everybody_with_its_reason(by, scene) -> None:
    words = replace(WORDS, outcome="not_done", not_done="The land is private and its owner refused.")
    problem = make_problem(scene, by, people=1)
    publish(by, draft(scene, by, words, problem_id=problem.pk))
    assert "its owner refused" in Exchange.objects.get(kind="answer").text
    with pytest.raises(RuleBroken, match="not done or did not work"):
        draft(scene, by, replace(WORDS, outcome="no_change"))


def test_a_welsh_reader_is_answered_in_welsh_where_it_is_written(by, scene) -> None:
    make = replace(WORDS, **WELSH)
    problem = make_problem(scene, by, people=1, language="cy")
    done = publish(by, draft(scene, by, make, problem_id=problem.pk))
    assert Exchange.objects.get(kind="answer").text == WELSH["did_cy"]
    with override("cy"):
        assert done.shown["title"] == "Beiciau modur"
        assert not done.is_fallback


def test_untranslated_answers_fall_back_and_are_counted(by, scene) -> None:
    publish(by, draft(scene, by))
    translated = publish(by, draft(scene, by, replace(WORDS, **WELSH)))
    assert queries.measure_untranslated(scene.partnership.pk) == (1, 2)
    bare = PublishedAnswer.objects.exclude(pk=translated.pk).get()
    with override("cy"):
        assert bare.is_fallback
        assert bare.shown["did"] == WORDS.did


def test_in_wales_an_answer_waits_for_its_welsh() -> None:
    scene = make_scene(jurisdiction="wales")
    by = scene.actor(scene.sergeant, *WRITERS)
    problem = make_problem(scene, by, people=1)
    bare = draft(scene, by, problem_id=problem.pk)
    with pytest.raises(RuleBroken) as refused:
        publish(by, bare)
    assert set(refused.value.problems.by_field) == {"said_cy"}
    assert Concern.objects.get().is_owed, "nobody is answered by what was not published"
    done = actions.change_answer(by=by, answer_id=bare.pk, version=bare.version, words=replace(WORDS, **WELSH))
    assert publish(by, done).told == 1


def test_what_is_behind_an_answer_comes_with_its_plan(by, scene) -> None:
    problem = make_problem(scene, by)
    priority = adopt(scene, by, make_priority(scene, by, problem_id=problem.pk))
    plan = make_plan(scene, by, priority_id=priority.pk)
    made = draft(scene, by, plan_id=plan.pk)
    assert (made.plan, made.priority, made.problem) == (plan, priority, problem)
    assert queries.answer_of_priority(priority.pk) is None
    publish(by, made)
    assert queries.answer_of_priority(priority.pk) == made


def test_an_answer_belongs_to_the_neighbourhood_of_its_plan(by, scene) -> None:
    plan = make_plan(scene, by)
    elsewhere = make_neighbourhood(scene.partnership)
    with pytest.raises(RuleBroken, match="another neighbourhood"):
        actions.draft_answer(by=by, neighbourhood_id=elsewhere.pk, words=WORDS, now=NOON, plan_id=plan.pk)


def test_another_partnerships_problem_cannot_be_answered_here(by, scene) -> None:
    other = make_scene()
    theirs = make_problem(other, other.actor(other.sergeant, *WRITERS))
    with pytest.raises(NotFound):
        draft(scene, by, problem_id=theirs.pk)
    both = replace(by, grants=(*by.grants, *other.actor(other.sergeant, *WRITERS).grants))
    with pytest.raises(RuleBroken, match="another neighbourhood"):
        draft(scene, both, problem_id=theirs.pk)


def test_only_a_draft_is_changed_or_published(by, scene) -> None:
    made = draft(scene, by)
    actions.change_answer(by=by, answer_id=made.pk, version=1, words=replace(WORDS, title="Bikes"))
    with pytest.raises(Conflict):
        publish(by, made)
    made.refresh_from_db()
    done = publish(by, made)
    with pytest.raises(RuleBroken, match="already published"):
        publish(by, done)
    with pytest.raises(RuleBroken, match="Withdraw it"):
        actions.change_answer(by=by, answer_id=done.pk, version=done.version, words=WORDS)


def test_withdrawing_takes_it_from_the_public_page_with_its_reason(by, scene) -> None:
    done = publish(by, draft(scene, by))
    with pytest.raises(RuleBroken, match="Say why"):
        actions.withdraw_answer(by=by, answer_id=done.pk, version=done.version, reason=" ")
    gone = actions.withdraw_answer(by=by, answer_id=done.pk, version=done.version, reason="Wrong path.")
    assert (gone.state, gone.withdrawn_reason) == (State.WITHDRAWN, "Wrong path.")
    assert list(queries.recent(scene.neighbourhood.pk)) == []
    assert list(queries.recent_of_partnership(scene.partnership.pk)) == []


def test_each_step_asks_for_its_own_permission(by, scene) -> None:
    reader = make_actor(scene.officer, [Permission.VIEW], scene.partnership)
    writer = make_actor(scene.officer, [Permission.VIEW, Permission.WRITE], scene.partnership)
    with pytest.raises(NotAllowed):
        draft(scene, reader)
    made = draft(scene, writer)
    with pytest.raises(NotAllowed):
        publish(writer, made)
    with pytest.raises(NotFound):
        publish(make_actor(scene.officer, Permission, make_scene().partnership), made)
    assert AuditEntry.objects.filter(operation="publishing.publish", kind="refusal").count() == 2


def test_whoever_may_not_answer_the_people_does_not_publish_over_their_heads(by, scene) -> None:
    problem = make_problem(scene, by)
    made = draft(scene, by, problem_id=problem.pk)
    with pytest.raises(NotAllowed):
        publish(make_actor(scene.sergeant, [*Permission, "concerns.view_problem"], scene.partnership), made)
    made.refresh_from_db()
    assert made.state == State.DRAFT


def test_a_conflict_of_interest_in_the_plan_hides_its_draft_and_not_what_everybody_reads(by, scene) -> None:
    plan = make_plan(scene, by)
    made = draft(scene, by, plan_id=plan.pk)
    ConflictOfInterest.objects.create(person_id=scene.officer.pk, subject_kind=Plan.KIND, subject_id=plan.pk)
    officer = scene.actor(scene.officer, *WRITERS)
    assert list(queries.list_answers(officer)) == []
    with pytest.raises(NotFound):
        queries.get_answer(officer, made.pk)
    publish(by, made)
    assert queries.get_answer(officer, made.pk) == made


def test_everybody_who_listens_hears_of_it(by, scene) -> None:
    heard = []
    events.listen(actions.AnswerPublished)(heard.append)
    try:
        done = publish(by, draft(scene, by))
    finally:
        events._listeners[actions.AnswerPublished].remove(heard.append)
    assert heard == [actions.AnswerPublished(done.pk, scene.neighbourhood.pk, NOON)]


def test_the_receipt_grows_with_the_work(by, scene) -> None:
    raised = raise_one(scene)
    empty = queries.receipt(raised.concern)
    assert (empty.raised_on, empty.grouped_on, empty.priority, empty.progress, empty.answer) == (
        date(2026, 11, 18), None, None, (), None,
    )  # fmt: skip
    problem = concerns.make_problem(
        by=by, concern_ids=[raised.concern.pk, raise_one(scene).concern.pk], title_en="Bikes", now=NOON
    )
    priority = adopt(scene, by, make_priority(scene, by, problem_id=problem.pk))
    plan = make_plan(scene, by, priority_id=priority.pk)
    found = queries.receipt(raised.concern)
    assert (found.others, found.priority, [each.plan_id for each in found.progress]) == (1, priority, [plan.pk])
    done = publish(by, draft(scene, by, plan_id=plan.pk))
    raised.concern.refresh_from_db()
    found = queries.receipt(raised.concern)
    assert (found.answered_on, found.answer) == (date(2026, 11, 18), done)


def test_whoever_is_not_satisfied_is_owed_again_and_the_next_answer_reaches_them(by, scene) -> None:
    raised = raise_one(scene)
    problem = concerns.make_problem(by=by, concern_ids=[raised.concern.pk], title_en="Bikes", now=NOON)
    publish(by, draft(scene, by, problem_id=problem.pk))
    concerns.mark_satisfaction(
        by=make_public(scene.partnership), code=raised.code, satisfied=False, comment="They are back.", now=NOON
    )
    assert publish(by, draft(scene, by, problem_id=problem.pk)).told == 1


def staff(client: Client, scene, permissions=WRITERS) -> Client:
    user = make_user(scene.sergeant)
    hold_role(user, scene.partnership, permissions)
    sign_in(client, user)
    return client


TYPED = {"title": WORDS.title, "said": WORDS.said, "did": WORDS.did, "outcome": "better"}


def text_of(response) -> str:
    assert response.status_code == 200, response
    return response.content.decode()


def test_an_answer_is_written_from_a_plan_published_and_withdrawn_by_its_pages(client, by, scene) -> None:
    problem = make_problem(scene, by)
    plan = make_plan(scene, by, problem_id=problem.pk, reason_without_priority="A child was nearly hit.")
    browser = staff(client, scene)
    assert "No answer is written yet" in text_of(browser.get(HOME))
    address = f"{HOME}new/?plan={plan.pk}"
    assert plan.happening in text_of(browser.get(address))
    given = {**TYPED, "neighbourhood": scene.neighbourhood.pk}
    assert "Take out the e-mail address" in text_of(browser.post(address, {**given, "said": "jo@example.org said so"}))
    made = browser.post(address, given)
    page = text_of(browser.get(made.url))
    assert "also answers the 2 people behind this problem" in page
    answer = PublishedAnswer.objects.get()
    done = browser.post(f"{HOME}{answer.pk}/publish/", {"version": answer.version}, follow=True)
    assert "It is published, and 2 people were answered." in text_of(done)
    assert "In English only" in text_of(browser.get(HOME))
    answer.refresh_from_db()
    leaving = f"{HOME}{answer.pk}/withdraw/"
    assert "stay answered" in text_of(browser.get(leaving))
    assert browser.post(leaving, {"version": answer.version, "reason": ""}).status_code == 200
    assert "Withdrawn: Wrong path." in text_of(
        browser.post(leaving, {"version": answer.version, "reason": "Wrong path."}, follow=True)
    )


def test_the_second_writer_sees_both_versions_and_chooses(client, by, scene) -> None:
    made = draft(scene, by)
    actions.change_answer(by=by, answer_id=made.pk, version=1, words=replace(WORDS, title="Stored title"))
    browser = staff(client, scene)
    address = f"{HOME}{made.pk}/change/"
    page = text_of(browser.post(address, {**TYPED, "title": "Typed title", "version": 1}))
    assert "Stored title" in page
    assert "Typed title" in page
    assert 'name="version" value="2"' in page
    assert browser.post(address, {**TYPED, "title": "Typed title", "version": 2}).status_code == 302
    assert "Typed title" in text_of(browser.get(f"{HOME}{made.pk}/"))


def test_pressing_publish_on_an_old_page_shows_what_is_there_now(client, by, scene) -> None:
    made = draft(scene, by)
    actions.change_answer(by=by, answer_id=made.pk, version=1, words=replace(WORDS, title="Stored title"))
    page = text_of(staff(client, scene).post(f"{HOME}{made.pk}/publish/", {"version": 1}))
    assert "Somebody else changed this" in page
    assert "Stored title" in page
    assert 'name="version" value="2"' in page
    assert client.get(f"{HOME}{made.pk}/publish/").status_code == 405


def test_a_writer_in_one_neighbourhood_is_offered_that_one(client, by, scene) -> None:
    elsewhere = make_neighbourhood(scene.partnership)
    user = make_user(scene.sergeant)
    hold_role(user, scene.neighbourhood, WRITERS)
    sign_in(client, user)
    page = text_of(client.get(f"{HOME}new/"))
    assert str(scene.neighbourhood.pk) in page
    assert str(elsewhere.pk) not in page


def test_readers_and_strangers(client, by, scene) -> None:
    made = draft(scene, by)
    reader = Client()
    make_staff(reader, scene.partnership, [Permission.VIEW])
    page = text_of(reader.get(f"{HOME}{made.pk}/"))
    assert "Change the words" not in page
    assert "publish/" not in page
    assert reader.get(f"{HOME}new/").status_code == 403
    assert reader.get(f"{HOME}{made.pk}/change/").status_code == 403
    assert reader.get(f"{HOME}{made.pk}/withdraw/").status_code == 403
    assert reader.post(f"{HOME}{made.pk}/publish/", {"version": 1}).status_code == 403
    make_staff(client, make_scene().partnership, WRITERS)
    assert client.get(f"{HOME}{made.pk}/").status_code == 404
    assert made.title not in text_of(client.get(HOME))
    assert client.get(f"{HOME}new/?plan=nonsense").status_code == 200


def test_a_plan_leads_to_its_answers(client, by, scene) -> None:
    plan = make_plan(scene, by)
    made = draft(scene, by, plan_id=plan.pk)
    page = text_of(staff(client, scene).get(f"/workspace/plans/{plan.pk}/"))
    assert f"{HOME}{made.pk}/" in page
    assert f"{HOME}new/?plan={plan.pk}" in page
