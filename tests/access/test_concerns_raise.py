"""Raising: nothing without an owner, shared with exactly those who were named before it was sent, the same post twice is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ourpatch.access.concerns import actions, queries
from ourpatch.access.concerns.events import ConcernRaised
from ourpatch.access.concerns.models import Concern, Contact
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.concerns.rules import ContactBy, ContactDraft, Flag, Kind, PlaceHow, State
from ourpatch.access.teams import actions as teams
from ourpatch.access.teams.models import Post
from ourpatch.access.teams.rules import Because, PostKind
from ourpatch.foundation.messaging.models import Message
from ourpatch.ground import events
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.models import Sensitivity, Share

from ..foundation.factories import make_actor, make_neighbourhood, make_partnership, make_person
from .factories_concerns import NOON, draft_of, fill, make_public, make_scene, make_team, raise_one

pytestmark = [pytest.mark.room, pytest.mark.django_db]

TODAY = date(2026, 11, 18)


def test_what_is_raised_has_a_reference_an_owner_and_a_clock() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    assert concern.reference.startswith("OP-")
    assert (concern.owner, concern.owner_organisation_id) == (scene.officer, scene.police.pk)
    assert concern.owner_because == Because.NAMED_CONTACT
    assert concern.reply_due_at == NOON + timedelta(hours=72)
    assert concern.due_at == concern.reply_due_at
    assert concern.state == State.RECEIVED
    assert concern.sensitivity == Sensitivity.RESTRICTED
    assert (concern.book_on, len(concern.book_digest)) == (TODAY, 16)


def test_the_code_is_nowhere_and_opens_the_concern_however_it_is_typed() -> None:
    scene = make_scene()
    raised = raise_one(scene)
    by = make_public(scene.partnership)
    assert raised.code not in str(Concern.objects.values())
    typed = f" {raised.code[:4].lower()}-{raised.code[4:]} "
    assert queries.get_by_code(by, typed) == raised.concern
    for wrong in ("", "22222", "2222222222", raised.code + "2", raised.concern.reference):
        with pytest.raises(NotFound):
            queries.get_by_code(by, wrong)


def test_the_same_form_posted_twice_is_one_concern_with_one_code() -> None:
    scene = make_scene()
    draft = draft_of(scene, idempotency_key="8f1c9d1e")
    first, second = (actions.raise_concern(by=make_public(scene.partnership), draft=draft, now=NOON) for _ in "ab")
    assert (first.concern, first.code) == (second.concern, second.code)
    assert Concern.objects.count() == 1
    other = actions.raise_concern(
        by=make_public(scene.partnership), draft=replace(draft, idempotency_key="other"), now=NOON
    )
    assert other.code != first.code


def test_it_is_shared_with_exactly_those_who_were_named_before_it_was_sent() -> None:
    scene = make_scene()
    named = queries.who_will_see(scene.neighbourhood, TODAY)
    concern = raise_one(scene).concern
    shared = set(Share.objects.filter(subject_id=concern.pk).values_list("to_organisation_id", flat=True))
    assert named == [scene.police.name, scene.council.name]
    assert concern.controller_id == scene.police.pk
    assert shared == {scene.council.pk}
    warden = scene.actor(scene.warden, Permission.VIEW)
    assert queries.get_concern(warden, concern.pk) == concern
    disclosed = AuditEntry.objects.get(kind="disclosure")
    assert disclosed.recipients == [str(scene.council.pk)]


def test_without_an_agreement_a_partner_does_not_see_it_and_the_page_can_say_why() -> None:
    scene = make_scene(agreement=False)
    concern = raise_one(scene, category="environmental").concern
    where = queries.route(scene.neighbourhood.pk, TODAY)
    assert where is not None
    assert where.names == [scene.police.name] == queries.who_will_see(scene.neighbourhood, TODAY)
    assert "no information-sharing agreement" in str(where.left_out[0].why_not)
    with pytest.raises(NotFound):
        queries.get_concern(scene.actor(scene.warden, Permission.VIEW), concern.pk)
    # The warden looks after litter, but nobody owns what they cannot see.
    assert concern.owner == scene.officer


def test_what_somebody_looks_after_comes_to_them() -> None:
    scene = make_scene()
    concern = raise_one(scene, category="environmental").concern
    assert (concern.owner, concern.owner_because) == (scene.warden, Because.SUBJECT)


def test_when_an_agreement_ends_the_partner_stops_seeing_that_day() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    Share.objects.update(until=NOON - timedelta(days=1), from_at=NOON - timedelta(days=9))
    with pytest.raises(NotFound):
        queries.get_concern(scene.actor(scene.warden, Permission.VIEW), concern.pk)


def test_nothing_is_taken_in_that_nobody_would_own() -> None:
    scene = make_scene()
    bare = make_partnership()
    by = make_public(bare)
    with pytest.raises(RuleBroken, match="No team is set up"):
        actions.raise_concern(by=by, draft=draft_of(scene, partnership_id=bare.pk, service_area_id=bare.pk), now=NOON)
    for post in Post.objects.filter(team=scene.team):
        teams.end_post(
            by=scene.by, team_id=scene.team.pk, post_id=post.pk, last_day=TODAY - timedelta(days=1), now=NOON
        )
    with pytest.raises(RuleBroken, match="Nobody is on duty"):
        raise_one(scene)
    assert not Concern.objects.exists()


def test_somebody_unsure_of_the_place_is_taken_in_by_the_partnership_and_placed_by_staff() -> None:
    scene = make_scene()
    manager = make_person(scene.police)
    wide = make_team(scene.by, scene.partnership, scene.police)
    fill(scene.by, wide, manager, PostKind.NEIGHBOURHOOD_MANAGER)
    concern = raise_one(scene, service_area_id=None, place_how=PlaceHow.UNSURE).concern
    assert concern.is_unplaced
    assert concern.owner == manager
    placed = actions.place_concern(
        by=scene.by, concern_id=concern.pk, version=concern.version, service_area_id=scene.neighbourhood.pk, now=NOON
    )
    assert (placed.service_area_id, placed.owner) == (scene.neighbourhood.pk, scene.officer)
    assert placed.reply_due_at == concern.reply_due_at
    assert Share.objects.live(NOON).filter(subject_id=concern.pk, to_organisation_id=scene.council.pk).exists()


def test_placing_never_crosses_into_another_partnership_or_past_an_agreement() -> None:
    scene = make_scene(agreement=False)
    concern = raise_one(scene).concern
    elsewhere = make_scene()
    council_run = make_neighbourhood(scene.partnership)
    team = make_team(scene.by, council_run, scene.council)
    fill(scene.by, team, scene.warden, PostKind.WARDEN, is_named_contact=True)
    for area, why in ((elsewhere.neighbourhood, "another partnership"), (council_run, "No agreement")):
        with pytest.raises(RuleBroken, match=why):
            actions.place_concern(
                by=scene.by, concern_id=concern.pk, version=concern.version, service_area_id=area.pk, now=NOON
            )


def test_contact_details_are_sealed_and_shown_to_few() -> None:
    scene = make_scene()
    contact = ContactDraft(ContactBy.EMAIL, name="Amina Khan", email="amina@example.org")
    concern = raise_one(scene, contact=contact).concern
    with_it = queries.contact_of(scene.by, concern)
    assert with_it is not None
    assert with_it.email == "amina@example.org"
    assert queries.contact_of(scene.actor(scene.officer, Permission.VIEW), concern) is None
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select name, email from access_concerns_contact")
        assert b"amina" not in b"".join(bytes(value) for value in cursor.fetchone()).lower()


def test_anonymous_leaves_no_contact_at_all() -> None:
    raise_one(make_scene())
    assert not Contact.objects.exists()


def test_a_call_back_is_owed_within_24_hours_and_comes_first() -> None:
    contact = ContactDraft(ContactBy.TELEPHONE, telephone="01632 960123")
    concern = raise_one(make_scene(), contact=contact, call_back=True).concern
    assert concern.call_back_due_at == concern.due_at == NOON + timedelta(hours=24)


def test_who_needs_care_is_told_to_a_supervisor_at_once() -> None:
    scene = make_scene()
    concern = raise_one(scene, flags=(Flag.TARGETED,)).concern
    notice = Message.objects.get(key=f"concern-care:{concern.pk}")
    assert notice.address == scene.sergeant.email
    assert concern.reference in notice.body
    assert "Motorbikes" not in notice.body


def test_the_owner_is_told_without_what_was_said() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    notice = Message.objects.get(about_id=concern.pk)
    assert (notice.address, "Motorbikes" in notice.body) == (scene.officer.email, False)


def test_a_question_is_the_same_record_with_the_same_clock() -> None:
    scene = make_scene()
    by = make_public(scene.partnership)
    asked = actions.ask_question(
        by=by, draft=draft_of(scene, kind=Kind.QUESTION, what="When is the next meeting?"), now=NOON
    )
    assert (asked.concern.kind, asked.concern.reply_due_at) == (Kind.QUESTION, NOON + timedelta(hours=72))
    with pytest.raises(RuleBroken):
        actions.ask_question(by=by, draft=draft_of(scene), now=NOON)


def test_only_who_may_raise_raises_and_the_public_sees_nothing_without_the_code() -> None:
    scene = make_scene()
    with pytest.raises(NotAllowed):
        actions.raise_concern(by=make_actor(scene.warden), draft=draft_of(scene), now=NOON)
    raise_one(scene)
    assert not Concern.objects.visible_to(make_public(scene.partnership), Permission.FOLLOW).exists()


def test_raising_is_a_fact_that_others_hear() -> None:
    heard: list[ConcernRaised] = []
    events.listen(ConcernRaised)(heard.append)
    concern = raise_one(make_scene()).concern
    assert [each.concern_id for each in heard] == [concern.pk]


def test_the_welsh_book_rules_in_wales() -> None:
    concern = raise_one(make_scene(jurisdiction="wales")).concern
    english = raise_one(make_scene()).concern
    assert concern.book_digest != english.book_digest
