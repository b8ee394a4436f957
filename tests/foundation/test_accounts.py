"""Inviting, roles, the actor that comes of them, and why somebody can or cannot see a record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from tests.foundation.factories import (
    LONG_AGO,
    hold_role,
    make_actor,
    make_neighbourhood,
    make_organisation,
    make_partnership,
    make_person,
    make_policing_area,
    make_staff,
    make_user,
)

from ourpatch.foundation.accounts import actions, queries
from ourpatch.foundation.accounts.actors import ROLES, Role, actor_for, public_actor
from ourpatch.foundation.accounts.models import RoleGrant, User
from ourpatch.foundation.accounts.permissions import Permission
from ourpatch.foundation.messaging.models import Message
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground.errors import NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import ConflictOfInterest
from ourpatch.ground.tasks.models import Task

pytestmark = [pytest.mark.room, pytest.mark.django_db]

TODAY = date(2026, 11, 18)
SITE = "https://ourpatch.example.org/"


@pytest.fixture
def partnership() -> ServiceArea:
    return make_partnership()


@pytest.fixture
def administrator(partnership: ServiceArea) -> Actor:
    return make_actor(make_person(make_organisation(partnership=partnership)), list(Permission), partnership)


@pytest.fixture(autouse=True)
def officer_role() -> Iterator[None]:
    role = Role("officer", _("Officer"), _("Works in a neighbourhood."), frozenset({"tasks.view"}))
    ROLES.add(role.code, role, order=900)
    yield
    ROLES._entries.pop(role.code)


@pytest.mark.django_db(transaction=True)
def test_an_invited_person_chooses_a_password_by_the_link_and_signs_in(
    administrator: Actor, partnership: ServiceArea, now: datetime, client: Client, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "ourpatch.foundation.messaging.outbox_email.OutboxEmailBackend"
    person = make_person(make_organisation(partnership=partnership))
    user = actions.invite_user(
        by=administrator, person_id=person.pk, email="Ann@Example.org", site_address=SITE, now=now
    )
    assert not user.has_usable_password()
    letter = Message.objects.get()
    assert letter.address == "ann@example.org"
    link = re.search(r"https://ourpatch\.example\.org(/\S+)", letter.body)
    assert link
    form = client.get(link[1], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "quite a long password", "password2": "quite a long password"})
    assert authenticate(None, email="ann@example.org", password="quite a long password") == user
    assert "link works once" in letter.body
    assert client.get(link[1], follow=True).context.get("token_fail")


def test_an_invitation_is_refused_with_the_reason(
    administrator: Actor, partnership: ServiceArea, now: datetime
) -> None:
    invite = {"by": administrator, "site_address": SITE, "now": now}
    taken = make_user(make_person(make_organisation(partnership=partnership)))
    with pytest.raises(RuleBroken, match="has an account already"):
        actions.invite_user(person_id=taken.person_id, email="new@example.org", **invite)
    left = make_person(taken.person.organisation)
    left.until = TODAY - timedelta(days=1)
    left.save()
    with pytest.raises(RuleBroken) as refused:
        actions.invite_user(person_id=left.pk, email=taken.email.upper(), **invite)
    assert set(refused.value.problems.by_field) == {"", "email"}
    with pytest.raises(NotAllowed):
        actions.invite_user(person_id=make_person().pk, email="x@example.org", **invite)
    assert Message.objects.count() == 0


def test_a_role_reaches_exactly_its_place(partnership: ServiceArea) -> None:
    area = make_policing_area(partnership)
    inside, beside = make_neighbourhood(partnership, policing_area=area), make_neighbourhood(partnership)
    county = ServiceArea.objects.create(kind=ServiceAreaKind.COUNTY_GROUP, name="County", slug="county")
    expected = {
        inside: {inside},
        area: {inside, area},
        partnership: {inside, area, beside, partnership},
        county: set(),
    }
    for place, reached in expected.items():
        user = make_user()
        hold_role(user, place, ["tasks.view"], code="officer")
        actor = actor_for(user, on=TODAY)
        places = (inside, beside, area, partnership)
        assert {each for each in places if actor.holds("tasks.view", partnership.pk, each.pk)} == reached
    assert actor.holds("tasks.view", county.pk), "a county group is a place of its own"


def test_roles_count_on_their_days_and_while_the_person_serves(partnership: ServiceArea) -> None:
    user = make_user()
    grant = RoleGrant.objects.create(
        user=user, role="officer", service_area=partnership, from_on=TODAY, until=TODAY + timedelta(days=1)
    )
    held = {day: bool(actor_for(user, on=TODAY + timedelta(days=day)).grants) for day in (-1, 0, 1, 2)}
    assert held == {-1: False, 0: True, 1: True, 2: False}
    grant.role = "a role that was never composed"
    grant.save()
    assert actor_for(user, on=TODAY).grants == ()
    grant.role = "officer"
    grant.save()
    user.person.until = TODAY - timedelta(days=1)
    assert actor_for(user, on=TODAY).grants == ()
    user.person.until = None
    user.is_active = False
    assert actor_for(user, on=TODAY).grants == ()


def test_the_public_holds_the_public_role_everywhere(partnership: ServiceArea) -> None:
    other = make_partnership()
    role = ROLES.get("public") or Role("public", _("Public"), _("Everybody."), frozenset())
    ROLES.add("public", Role("public", role.name, role.sentence, role.permissions | {"test.public"}), order=0)
    try:
        actor = public_actor()
        assert actor.holds("test.public", partnership.pk)
        assert actor.holds("test.public", other.pk)
        assert actor.organisation_id is None
    finally:
        ROLES.add("public", role, order=0)


def test_roles_are_given_once_not_to_oneself_and_only_where_one_may(
    administrator: Actor, partnership: ServiceArea, now: datetime
) -> None:
    user = make_user(make_person(make_organisation(partnership=partnership)))
    give = {"by": administrator, "role": "officer", "now": now}
    first = actions.grant_role(user_id=user.pk, service_area_id=partnership.pk, **give)
    assert actions.grant_role(user_id=user.pk, service_area_id=partnership.pk, **give) == first
    with pytest.raises(NotAllowed):
        actions.grant_role(user_id=user.pk, service_area_id=make_partnership().pk, **give)
    with pytest.raises(RuleBroken, match="Choose a role"):
        actions.grant_role(user_id=user.pk, service_area_id=partnership.pk, **{**give, "role": "king"})
    own = make_user()
    as_own = Actor(administrator.kind, "Own", id=own.pk, grants=administrator.grants)
    with pytest.raises(RuleBroken, match="to yourself"):
        actions.grant_role(user_id=own.pk, service_area_id=partnership.pk, **{**give, "by": as_own})
    actions.end_role(by=administrator, grant_id=first.pk, now=now)
    assert actor_for(user, on=TODAY).grants == ()


def test_a_role_taken_away_by_mistake_can_be_given_again_the_same_day(
    administrator: Actor, partnership: ServiceArea, now: datetime
) -> None:
    user = make_user(make_person(make_organisation(partnership=partnership)))
    give = {"by": administrator, "user_id": user.pk, "role": "officer", "service_area_id": partnership.pk, "now": now}
    actions.end_role(by=administrator, grant_id=actions.grant_role(**give).pk, now=now)
    actions.grant_role(**give)
    assert actor_for(user, on=now.date()).holds("tasks.view")


def test_a_role_that_ended_long_ago_does_not_end_again(
    administrator: Actor, partnership: ServiceArea, now: datetime
) -> None:
    user = make_user(make_person(make_organisation(partnership=partnership)))
    grant = RoleGrant.objects.create(
        user=user, role="officer", service_area=partnership, from_on=LONG_AGO, until=LONG_AGO
    )
    actions.end_role(by=administrator, grant_id=grant.pk, now=now)
    grant.refresh_from_db()
    assert grant.until == LONG_AGO


def test_switching_off_twice_leaves_an_account_off(client: Client, partnership: ServiceArea) -> None:
    make_staff(client, partnership, list(Permission))
    user = make_user(make_person(make_organisation(partnership=partnership)))
    for _press in range(2):
        client.post(reverse("accounts:switch", args=[user.pk]), {"to": "off"})
    user.refresh_from_db()
    assert not user.is_active
    client.post(reverse("accounts:switch", args=[user.pk]), {"to": "on"})
    user.refresh_from_db()
    assert user.is_active


def test_a_neighbourhoods_administrator_gives_no_role_over_the_partnership(
    partnership: ServiceArea, now: datetime
) -> None:
    neighbourhood = make_neighbourhood(partnership)
    local = make_actor(make_person(), list(Permission), partnership, [neighbourhood])
    user = make_user()
    actions.grant_role(by=local, user_id=user.pk, role="officer", service_area_id=neighbourhood.pk, now=now)
    with pytest.raises(NotAllowed):
        actions.grant_role(by=local, user_id=user.pk, role="officer", service_area_id=partnership.pk, now=now)


def test_passwords_and_second_factors_are_set_from_the_console_only(
    administrator: Actor, partnership: ServiceArea, now: datetime
) -> None:
    person = make_person(make_organisation(partnership=partnership))
    console = Actor.job("console", list(Permission), [partnership.pk])
    entered = {"person_id": person.pk, "email": "demo@example.org", "now": now}
    with pytest.raises(NotAllowed):
        actions.register_user(by=administrator, password="quite a long password", **entered)
    with pytest.raises(RuleBroken):
        actions.register_user(by=console, password="short", **entered)
    user = actions.register_user(by=console, password="quite a long password", **entered)
    assert authenticate(None, email="demo@example.org", password="quite a long password") == user
    with pytest.raises(NotAllowed):
        actions.set_second_factor(by=administrator, user_id=user.pk, secret="JBSWY3DPEHPK3PXP")
    actions.set_second_factor(by=console, user_id=user.pk, secret="JBSWY3DPEHPK3PXP")


def test_who_is_switched_off_cannot_sign_in(administrator: Actor, partnership: ServiceArea, now: datetime) -> None:
    user = make_user(make_person(make_organisation(partnership=partnership)))
    actions.switch_off(by=administrator, user_id=user.pk, now=now)
    assert authenticate(None, email=user.email, password="a long enough password") is None
    actions.switch_on(by=administrator, user_id=user.pk, now=now)
    assert authenticate(None, email=user.email, password="a long enough password") == user


def make_task(partnership: ServiceArea, controller_id: object) -> Task:
    return Task.objects.create(
        partnership_id=partnership.pk,
        controller_id=controller_id,
        service_area_id=partnership.pk,
        activity="test",
        subject_kind="test",
        subject_id=uuid4(),
        organisation_id=controller_id,
        title="Clear the alley",
        due=TODAY,
    )


def test_of_what_i_may_not_see_nothing_is_told_not_even_that_it_exists(partnership: ServiceArea) -> None:
    mine, theirs = make_person(), make_person()
    actor = make_actor(mine, ["tasks.view"], partnership)
    hidden = make_task(partnership, theirs.organisation_id)
    why = queries.explain_own(actor, "tasks.view", "task", hidden.pk)
    assert not why.allowed
    assert why == queries.explain_own(actor, "tasks.view", "task", uuid4())
    own = make_task(partnership, mine.organisation_id)
    assert queries.explain_own(actor, "tasks.view", "task", own.pk).allowed
    ConflictOfInterest.objects.create(person_id=mine.pk, subject_kind="task", subject_id=own.pk)
    assert queries.explain_own(actor, "tasks.view", "task", own.pk) == why


def test_who_answers_for_information_is_told_in_full(administrator: Actor, partnership: ServiceArea) -> None:
    user = make_user(make_person(make_organisation(partnership=partnership)))
    hold_role(user, partnership, ["tasks.view"], code="officer")
    own = make_task(partnership, user.person.organisation_id)
    ConflictOfInterest.objects.create(person_id=user.person_id, subject_kind="task", subject_id=own.pk)
    why = queries.explain_for(administrator, user.pk, "tasks.view", "task", own.pk, TODAY)
    assert not why.allowed
    assert "A conflict of interest keeps the record from this person." in why.sentences
    elsewhere = make_task(make_partnership(), user.person.organisation_id)
    with pytest.raises(NotAllowed):
        queries.explain_for(administrator, user.pk, "tasks.view", "task", elsewhere.pk, TODAY)


def test_an_administrator_sees_the_accounts_of_their_partnership_only(
    administrator: Actor, partnership: ServiceArea
) -> None:
    here = make_user(make_person(make_organisation(partnership=partnership)))
    there = make_user(make_person(make_organisation(partnership=make_partnership())))
    assert list(queries.list_users(administrator, on=TODAY)) == [here]
    with pytest.raises(NotFound):
        queries.get_user(administrator, there.pk, TODAY)


def test_the_pages_invite_give_and_take_away(client: Client, partnership: ServiceArea) -> None:
    staff = make_staff(client, partnership, list(Permission))
    person = make_person(make_organisation(partnership=partnership), name="Ann Evans")
    invite = reverse("accounts:invite")
    assert "Ann Evans" in client.get(invite).content.decode()
    refused = client.post(invite, {"person_id": str(person.pk), "email": "no address", "language": "en"})
    assert "Give an e-mail address like name@example.org." in refused.content.decode()
    client.post(invite, {"person_id": str(person.pk), "email": "ann@example.org", "language": "cy"})
    user = User.objects.get(email="ann@example.org")
    client.post(
        reverse("accounts:give_role", args=[user.pk]), {"role": "officer", "service_area_id": str(partnership.pk)}
    )
    grant = user.role_grants.get()
    listing = client.get(reverse("accounts:people_and_roles"), {"q": "evans"}).content.decode()
    assert f"Officer, {partnership.name}" in listing
    account = reverse("accounts:account", args=[user.pk])
    assert "Not set up yet" in client.get(account).content.decode()
    client.post(reverse("accounts:end_role", args=[grant.pk]))
    assert "This person holds no role." in client.get(account).content.decode()
    client.post(reverse("accounts:switch", args=[user.pk]), {"to": "off"})
    assert "Switched off" in client.get(account).content.decode()
    asked = {"kind": "task", "record_id": str(make_task(partnership, staff.person.organisation_id).pk)}
    why = client.get(reverse("accounts:why"), {**asked, "permission": "tasks.view"}).content.decode()
    assert "No, this is not allowed" in why
    assert LONG_AGO < TODAY
