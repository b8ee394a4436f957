"""Replying and answering: what stops the clock, what pays the debt, who may, and two people at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ourpatch.access.concerns import actions, queries
from ourpatch.access.concerns.models import Concern, Delivery, Exchange, StepKind
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.concerns.rules import ContactBy, ContactDraft, Outcome, Owed, ReplyKind, State
from ourpatch.foundation.messaging import queries as messaging
from ourpatch.foundation.messaging.models import Message
from ourpatch.foundation.messaging.permissions import Permission as Messaging
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.models import ConflictOfInterest

from ..foundation.factories import make_person
from .factories_concerns import NOON, STAFF, Scene, make_public, make_scene, raise_one

pytestmark = [pytest.mark.room, pytest.mark.django_db]

TEXT = "We spoke to the riders' families on Tuesday and will fit a barrier at the bridge in January."
LATER = NOON + timedelta(hours=20)
NEWS_ON = date(2026, 12, 2)
BY_EMAIL = ContactDraft(ContactBy.EMAIL, email="amina@example.org", discreet=False)


def reply(scene: Scene, concern: Concern, kind: ReplyKind = ReplyKind.MEANINGFUL, **more: Any) -> Concern:
    facts: dict[str, Any] = {"text": TEXT, "news_on": NEWS_ON, "now": LATER, "version": concern.version}
    return actions.reply(by=scene.by, concern_id=concern.pk, kind=kind, **{**facts, **more})


def answer(scene: Scene, concern: Concern, **more: Any) -> Concern:
    facts: dict[str, Any] = {"outcome": Outcome.SOLVED, "text": TEXT, "now": LATER, "version": concern.version}
    return actions.answer(by=scene.by, concern_id=concern.pk, **{**facts, **more})


def test_a_holding_reply_does_not_stop_the_clock() -> None:
    scene = make_scene()
    concern = reply(scene, raise_one(scene).concern, ReplyKind.HOLDING, text="We have it.", news_on=None)
    assert (concern.replied_at, concern.state, concern.next.owed) == (None, State.RECEIVED, Owed.REPLY)


def test_a_meaningful_reply_stops_it_and_starts_the_promise_of_news() -> None:
    scene = make_scene()
    concern = reply(scene, raise_one(scene).concern)
    assert (concern.replied_at, concern.state) == (LATER, State.IN_HAND)
    assert concern.next.owed is Owed.NEWS
    assert concern.due_at is not None
    assert concern.due_at.date() == NEWS_ON


def test_the_first_meaningful_reply_counts_for_ever() -> None:
    scene = make_scene()
    concern = reply(scene, raise_one(scene).concern)
    again = reply(scene, concern, now=LATER + timedelta(days=9))
    assert again.replied_at == LATER


def test_news_of_progress_is_no_meaningful_reply() -> None:
    scene = make_scene()
    concern = reply(scene, raise_one(scene).concern, ReplyKind.PROGRESS)
    assert (concern.replied_at, concern.next.owed) == (None, Owed.REPLY)


def test_a_call_keeps_the_promise_to_call_and_no_other() -> None:
    scene = make_scene()
    contact = ContactDraft(ContactBy.TELEPHONE, telephone="01632 960123")
    concern = raise_one(scene, contact=contact, call_back=True).concern
    called = reply(scene, concern, ReplyKind.CALLED, text="Rang, spoke for ten minutes.", news_on=None)
    assert (called.called_back_at, called.replied_at, called.next.owed) == (LATER, None, Owed.REPLY)


def test_an_answer_pays_everything() -> None:
    scene = make_scene()
    concern = answer(scene, raise_one(scene).concern, outcome=Outcome.NO_CHANGE)
    assert (concern.state, concern.answered_at, concern.outcome) == (State.ANSWERED, LATER, Outcome.NO_CHANGE)
    assert (concern.replied_at, concern.due_at, concern.next.owed) == (LATER, None, Owed.NOTHING)


def test_the_database_itself_refuses_a_debt_closed_without_an_answer() -> None:
    concern = raise_one(make_scene()).concern
    for state in (State.CLOSED, State.ANSWERED):
        with pytest.raises(IntegrityError), transaction.atomic():
            Concern.objects.filter(pk=concern.pk).update(state=str(state))


def test_two_answers_at_once_the_second_is_a_conflict() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    answer(scene, concern, version=1)
    with pytest.raises(Conflict):
        answer(scene, concern, version=1)
    assert Exchange.objects.count() == 1


def test_a_reply_reaches_the_person_once_with_nothing_on_the_envelope() -> None:
    scene = make_scene()
    concern = raise_one(scene, contact=BY_EMAIL).concern
    reply(scene, concern)
    sent = Message.objects.get(key__startswith="concern-exchange:")
    assert (sent.address, sent.subject) == ("amina@example.org", f"Your reference {concern.reference}")
    assert TEXT in sent.body
    assert "2 December 2026" in sent.body


@pytest.mark.parametrize(
    "contact",
    [
        ContactDraft(ContactBy.EMAIL, email="amina@example.org", discreet=True),
        ContactDraft(ContactBy.SMS, telephone="07700 900123", discreet=False),
    ],
)
def test_a_discreet_message_holds_none_of_the_words(contact: ContactDraft) -> None:
    scene = make_scene()
    reply(scene, raise_one(scene, contact=contact).concern)
    sent = Message.objects.get(key__startswith="concern-exchange:")
    assert "barrier" not in sent.body
    assert (sent.channel, sent.address) == (contact.channel, contact.email or contact.telephone)


@pytest.mark.parametrize(
    ("contact", "delivery"),
    [(ContactDraft(), Delivery.CODE), (ContactDraft(ContactBy.TELEPHONE, telephone="01632960123"), Delivery.TELEPHONE)],
)
def test_without_an_address_the_reply_waits_to_be_read_or_told(contact: ContactDraft, delivery: Delivery) -> None:
    scene = make_scene()
    raised = raise_one(scene, contact=contact)
    reply(scene, raised.concern)
    assert not Message.objects.filter(key__startswith="concern-exchange:").exists()
    exchange = Exchange.objects.get()
    assert (exchange.delivery, exchange.read_at) == (delivery, None)
    actions.read_replies(by=make_public(scene.partnership), code=raised.code, now=LATER)
    exchange.refresh_from_db()
    assert exchange.read_at == LATER


def test_the_person_adds_and_a_new_clock_starts() -> None:
    scene = make_scene()
    raised = raise_one(scene)
    reply(scene, raised.concern)
    later = LATER + timedelta(days=1)
    by = make_public(scene.partnership)
    concern = actions.add_to_concern(by=by, code=raised.code, text="They were back last night.", now=later, again=True)
    assert concern.next.owed is Owed.ADDED
    assert concern.added_due_at == later + timedelta(hours=72)
    assert [report.what for report in queries.list_reports(concern)][1:] == ["They were back last night."]
    settled = reply(scene, concern, now=later)
    assert settled.added_due_at is None


def test_what_is_added_to_an_answered_concern_is_owed_an_answer_again() -> None:
    scene = make_scene()
    raised = raise_one(scene)
    answer(scene, raised.concern)
    by = make_public(scene.partnership)
    concern = actions.add_to_concern(by=by, code=raised.code, text="It has started again.", now=LATER)
    assert (concern.state, concern.answered_at, concern.is_owed) == (State.REOPENED, None, True)
    assert queries.list_exchanges(concern)[-1].text == "It has started again."


def test_a_satisfied_person_closes_it_and_a_dissatisfied_one_opens_it_again() -> None:
    scene = make_scene()
    by = make_public(scene.partnership)
    happy, unhappy = raise_one(scene), raise_one(scene)
    for raised in (happy, unhappy):
        answer(scene, raised.concern)
    closed = actions.mark_satisfaction(by=by, code=happy.code, satisfied=True, now=LATER)
    opened = actions.mark_satisfaction(by=by, code=unhappy.code, satisfied=False, comment="Still there.", now=LATER)
    assert (closed.state, closed.satisfied, closed.answered_at) == (State.CLOSED, True, LATER)
    assert (opened.state, opened.satisfied, opened.is_owed) == (State.REOPENED, False, True)
    assert opened.due_at == LATER + timedelta(hours=72)


def test_there_is_nothing_to_be_satisfied_with_before_an_answer() -> None:
    scene = make_scene()
    raised = raise_one(scene)
    with pytest.raises(RuleBroken, match="still owed an answer"):
        actions.mark_satisfaction(by=make_public(scene.partnership), code=raised.code, satisfied=True, now=LATER)


def test_only_the_person_ends_the_debt_without_an_answer() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    with pytest.raises(RuleBroken):
        actions.withdraw(by=scene.by, concern_id=concern.pk, version=1, reason="", now=LATER)
    gone = actions.withdraw(by=scene.by, concern_id=concern.pk, version=1, reason="Rang: it has stopped.", now=LATER)
    assert (gone.state, gone.due_at) == (State.WITHDRAWN, None)


def test_it_is_given_only_to_somebody_whose_organisation_sees_it() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    given = actions.assign_owner(by=scene.by, concern_id=concern.pk, version=1, owner_id=scene.warden.pk, now=LATER)
    assert (given.owner, given.owner_organisation_id) == (scene.warden, scene.council.pk)
    with pytest.raises(RuleBroken, match="does not see this concern"):
        actions.assign_owner(by=scene.by, concern_id=concern.pk, version=2, owner_id=make_person().pk, now=LATER)


@pytest.mark.parametrize("permission", [Permission.REPLY, Permission.ANSWER, Permission.ASSIGN, Permission.PLACE])
def test_each_change_asks_for_its_own_permission(permission: Permission) -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    scene_without = Scene(**{**vars(scene), "by": scene.actor(scene.officer, *(STAFF - {permission}))})
    change = {
        Permission.REPLY: lambda: reply(scene_without, concern),
        Permission.ANSWER: lambda: answer(scene_without, concern),
        Permission.ASSIGN: lambda: actions.assign_owner(
            by=scene_without.by, concern_id=concern.pk, version=1, owner_id=scene.sergeant.pk, now=LATER
        ),
        Permission.PLACE: lambda: actions.place_concern(
            by=scene_without.by, concern_id=concern.pk, version=1, service_area_id=scene.neighbourhood.pk, now=LATER
        ),
    }[permission]
    with pytest.raises(NotAllowed):
        change()


def test_another_partnerships_staff_do_not_find_it() -> None:
    scene, other = make_scene(), make_scene()
    concern = raise_one(scene).concern
    with pytest.raises(NotFound):
        reply(Scene(**{**vars(scene), "by": other.by}), concern)


def test_the_steps_tell_its_life() -> None:
    scene = make_scene()
    concern = answer(scene, reply(scene, raise_one(scene).concern))
    assert [step.kind for step in queries.list_steps(concern)] == [StepKind.RAISED, StepKind.STATE, StepKind.STATE]


def test_on_time_has_a_denominator_and_leaves_running_clocks_out() -> None:
    scene = make_scene()
    quick, late, silent, running, gone = (raise_one(scene).concern for _ in range(5))
    raised_late = raise_one(scene, now=NOON + timedelta(hours=70)).concern
    reply(scene, quick, now=NOON + timedelta(hours=72))
    reply(scene, late, now=NOON + timedelta(hours=72, seconds=1))
    actions.withdraw(by=scene.by, concern_id=gone.pk, version=1, reason="Rang.", now=LATER)
    actions.withdraw(by=scene.by, concern_id=running.pk, version=1, reason="Rang.", now=LATER)
    found = queries.measure_on_time(now=NOON + timedelta(hours=73), neighbourhood_id=scene.neighbourhood.pk)
    assert (found.met, found.ended, found.running) == (1, 3, 1)
    assert silent.replied_at is raised_late.replied_at is None


def test_lists_are_narrowed_by_the_clock() -> None:
    scene = make_scene()
    overdue = raise_one(scene, now=NOON - timedelta(hours=80)).concern
    today = raise_one(scene, now=NOON - timedelta(hours=66)).concern
    soon = raise_one(scene, now=NOON - timedelta(hours=50)).concern
    raise_one(scene)
    lists = {
        clock: list(queries.list_concerns(scene.by, queries.Wanted(clock=clock), NOON))
        for clock in ("overdue", "today", "soon")
    }
    assert lists == {"overdue": [overdue], "today": [today], "soon": [today, soon]}
    counts = queries.counts_by_clock(scene.by, NOON)
    assert counts == {"owed": 4, "overdue": 1, "today": 1, "soon": 2, "unplaced": 0}
    found = queries.Wanted(state="all", reference=overdue.reference.lower())
    assert list(queries.list_concerns(scene.by, found, NOON)) == [overdue]


def test_adding_twice_with_one_key_is_once_and_so_is_being_satisfied() -> None:
    scene = make_scene()
    raised = raise_one(scene)
    by = make_public(scene.partnership)
    for again in (True, True, False):
        actions.add_to_concern(by=by, code=raised.code, text="Again.", again=again, idempotency_key="one", now=LATER)
    assert len(queries.list_reports(raised.concern)) == 2
    assert not Exchange.objects.exists()
    raised.concern.refresh_from_db()
    answer(scene, raised.concern)
    first = actions.mark_satisfaction(by=by, code=raised.code, satisfied=True, now=LATER)
    second = actions.mark_satisfaction(by=by, code=raised.code, satisfied=True, now=LATER + timedelta(days=1))
    assert (first.satisfied_at, second.satisfied_at, first.version) == (LATER, LATER, second.version)


def test_answers_are_measured_with_their_outcomes() -> None:
    scene = make_scene()
    raised = [raise_one(scene) for _ in range(4)]
    answer(scene, raised[0].concern, outcome=Outcome.NOT_DONE)
    answer(scene, raised[1].concern, outcome=Outcome.SOLVED)
    answer(scene, raised[2].concern, outcome=Outcome.SOLVED)
    actions.mark_satisfaction(by=make_public(scene.partnership), code=raised[1].code, satisfied=True, now=LATER)
    found = queries.measure_answers(partnership_id=scene.partnership.pk)
    assert (found.raised, found.owed, found.answered, found.satisfied) == (4, 1, 3, 1)
    assert dict(found.by_outcome) == {"not_done": 1, "solved": 2}


def test_the_outbox_shows_the_words_of_a_reply_only_to_those_who_may_read_the_concern() -> None:
    scene = make_scene(agreement=False)
    concern = reply(scene, raise_one(scene, contact=BY_EMAIL).concern)
    message = Message.objects.get(key__startswith="concern-exchange:")
    assert TEXT in messaging.body_for(scene.by, message)
    administrator = scene.actor(scene.officer, Messaging.VIEW_OUTBOX)
    assert messaging.get_message(administrator, message.pk) == message
    assert messaging.body_for(administrator, message) == ""
    assert messaging.body_for(scene.actor(scene.warden), message) == ""
    ConflictOfInterest.objects.create(person_id=scene.officer.pk, subject_kind=Concern.KIND, subject_id=concern.pk)
    assert messaging.body_for(scene.by, message) == ""
