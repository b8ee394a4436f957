"""Tokens: by which a program acts for its organisation, no further than it may and no longer than it should."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.foundation.factories import (
    make_actor,
    make_membership,
    make_neighbourhood,
    make_organisation,
    make_partnership,
    make_person,
    make_staff,
)

from ourpatch.foundation.accounts import actions, queries, rules
from ourpatch.foundation.accounts.actors import ALLOWANCES, Allowance, actor_for_token
from ourpatch.foundation.accounts.models import OrganisationToken
from ourpatch.foundation.accounts.permissions import Permission
from ourpatch.foundation.directory.models import Membership, Organisation
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.audit.rules import Kind
from ourpatch.ground.errors import NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor, ActorKind

pytestmark = [pytest.mark.room, pytest.mark.django_db]

SEND = "tests.send"
TODAY = date(2026, 11, 18)
LAST_DAY = date(2027, 3, 31)


@pytest.fixture(autouse=True)
def allowance() -> Iterator[None]:
    ALLOWANCES.add(SEND, Allowance(SEND, "Send files."), order=900)
    yield
    ALLOWANCES._entries.pop(SEND)


@pytest.fixture
def partnership() -> ServiceArea:
    return make_partnership()


@pytest.fixture
def administrator(partnership: ServiceArea) -> Actor:
    return make_actor(make_person(make_organisation(partnership=partnership)), list(Permission), partnership)


@pytest.fixture
def fire(partnership: ServiceArea) -> Organisation:
    return make_organisation(name="Fire", partnership=partnership)


def make(by: Actor, organisation: Organisation, *places: ServiceArea, **changes: Any) -> tuple[OrganisationToken, str]:
    given = {
        "by": by,
        "organisation_id": organisation.pk,
        "partnership_ids": [each.pk for each in places],
        "name": "nightly export",
        "permissions": [SEND],
        "last_day": LAST_DAY,
        **changes,
    }
    return actions.make_token(**given)


def test_a_token_acts_for_its_organisation_in_its_partnership_and_holds_nothing_else(
    administrator: Actor, fire: Organisation, partnership: ServiceArea, now: datetime
) -> None:
    token, secret = make(administrator, fire, partnership, now=now)
    actor = actor_for_token(secret, now, "request-1")
    assert actor is not None
    assert (actor.kind, actor.name, actor.id) == (ActorKind.TOKEN, "nightly export", token.pk)
    assert (actor.organisation_id, actor.request_id, actor.person_id) == (fire.pk, "request-1", None)
    assert actor.holds(SEND, partnership.pk, make_neighbourhood(partnership).pk)
    assert not actor.holds(SEND, make_partnership().pk)
    assert {each for grant in actor.grants for each in grant.permissions} == {SEND}


def test_the_secret_is_kept_nowhere(
    administrator: Actor, fire: Organisation, partnership: ServiceArea, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    token, secret = make(administrator, fire, partnership, now=now)
    actions.note_refused_token(secret=secret)
    actions.revoke_token(by=administrator, token_id=token.pk, now=now)
    actions.note_refused_token(secret=secret)
    actions.note_refused_token(secret=secret[:-1] + "~")
    hidden = secret.removeprefix(token.prefix)
    assert token.prefix in everything_kept(), "or this looks in the wrong place"
    assert hidden not in everything_kept()
    assert hidden not in caplog.text


def everything_kept() -> str:
    """Every value of every row of every table."""
    kept = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            kept.append(repr(cursor.fetchall()))
    return "\n".join(kept)


def test_a_wrong_expired_or_revoked_secret_opens_nothing(
    administrator: Actor, fire: Organisation, partnership: ServiceArea, now: datetime
) -> None:
    token, secret = make(administrator, fire, partnership, now=now)
    other, _secret = make(administrator, fire, partnership, now=now, name="another")
    for wrong in (
        "",
        "ourpatch_",
        secret[:-1],
        secret + "a",
        secret.upper(),
        secret.replace(token.prefix, other.prefix),
        token.prefix,
        token.secret_sha256,
        "ourpatch_0000000000_" + "\x00" * 43,
        "é" * 70,
    ):
        assert actor_for_token(wrong, now) is None
    assert actor_for_token(secret, token.expires_at - timedelta(microseconds=1)) is not None
    assert actor_for_token(secret, token.expires_at) is None
    actions.revoke_token(by=administrator, token_id=token.pk, now=now)
    assert actor_for_token(secret, now) is None


def test_the_last_day_is_a_whole_day_in_london(
    administrator: Actor, fire: Organisation, partnership: ServiceArea, now: datetime
) -> None:
    summer, _secret = make(administrator, fire, partnership, now=now, last_day=date(2027, 6, 30))
    assert summer.expires_at.isoformat() == "2027-06-30T23:00:00+00:00"
    winter, _secret = make(administrator, fire, partnership, now=now, name="another", last_day=TODAY)
    assert winter.expires_at.isoformat() == "2026-11-19T00:00:00+00:00"


def test_a_token_opens_nothing_where_its_organisation_no_longer_belongs(
    administrator: Actor, fire: Organisation, partnership: ServiceArea, now: datetime
) -> None:
    _token, secret = make(administrator, fire, partnership, now=now)
    Membership.objects.filter(organisation=fire).update(until=TODAY)
    assert actor_for_token(secret, now).holds(SEND)  # type: ignore[union-attr]
    assert not actor_for_token(secret, now + timedelta(days=1)).holds(SEND)  # type: ignore[union-attr]


def test_a_token_loses_what_tokens_may_no_longer_carry(
    administrator: Actor, fire: Organisation, partnership: ServiceArea, now: datetime
) -> None:
    ALLOWANCES.add("tests.other", Allowance("tests.other", "Something else."))
    _token, secret = make(administrator, fire, partnership, now=now, permissions=[SEND, "tests.other"])
    ALLOWANCES._entries.pop("tests.other")
    actor = actor_for_token(secret, now)
    assert actor is not None
    assert actor.holds(SEND)
    assert not actor.holds("tests.other")


def test_what_a_token_may_be_is_told(
    administrator: Actor, fire: Organisation, partnership: ServiceArea, now: datetime
) -> None:
    make(administrator, fire, partnership, now=now)
    stranger = make_organisation()
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("name", {"name": "  "}),
        ("name", {"name": "Nightly Export "}),
        ("permissions", {"permissions": []}),
        ("permissions", {"permissions": [SEND, "accounts.grant_roles"]}),
        ("partnership_ids", {"partnership_ids": []}),
        ("organisation_id", {"organisation_id": stranger.pk}),
        ("last_day", {"last_day": TODAY - timedelta(days=1)}),
        ("last_day", {"last_day": TODAY + rules.LONGEST_TOKEN + timedelta(days=1)}),
    ]
    for field, change in wrong:
        with pytest.raises(RuleBroken) as refused:
            make(administrator, fire, partnership, **{"now": now, "name": "new", **change})
        assert set(refused.value.problems.by_field) == {field}, change
    assert OrganisationToken.objects.count() == 1
    make(administrator, fire, partnership, now=now, name="a year", last_day=TODAY + rules.LONGEST_TOKEN)
    OrganisationToken.objects.update(revoked_at=now, revoked_by="somebody")
    make(administrator, fire, partnership, now=now)


def test_only_administrators_of_every_partnership_named_make_a_token(
    administrator: Actor, fire: Organisation, partnership: ServiceArea, now: datetime
) -> None:
    elsewhere = make_partnership()
    make_membership(fire, elsewhere)
    with pytest.raises(NotAllowed):
        make(administrator, fire, partnership, elsewhere, now=now)
    looks_only = make_actor(make_person(), [Permission.VIEW], partnership)
    with pytest.raises(NotAllowed):
        make(looks_only, fire, partnership, now=now)
    local = make_actor(make_person(), list(Permission), partnership, [make_neighbourhood(partnership)])
    with pytest.raises(NotAllowed):
        make(local, fire, partnership, now=now)
    assert not OrganisationToken.objects.exists()
    assert AuditEntry.objects.filter(kind=Kind.REFUSAL, operation="accounts.make_token").count() == 3


def test_an_administrator_sees_and_revokes_the_tokens_of_their_partnership_only(
    administrator: Actor, fire: Organisation, partnership: ServiceArea, now: datetime
) -> None:
    token, secret = make(administrator, fire, partnership, now=now)
    stranger = make_actor(make_person(), list(Permission), make_partnership())
    assert list(queries.list_tokens(administrator)) == [token]
    assert list(queries.list_tokens(stranger)) == []
    with pytest.raises(NotFound):
        queries.get_token(stranger, token.pk)
    with pytest.raises(NotFound):
        actions.revoke_token(by=stranger, token_id=token.pk, now=now)
    looks_only = make_actor(make_person(), [Permission.VIEW], partnership)
    with pytest.raises(NotAllowed):
        actions.revoke_token(by=looks_only, token_id=token.pk, now=now)
    assert actor_for_token(secret, now) is not None
    actions.revoke_token(by=administrator, token_id=token.pk, now=now)
    again = make_actor(make_person(name="Somebody later"), list(Permission), partnership)
    actions.revoke_token(by=again, token_id=token.pk, now=now + timedelta(days=1))
    token.refresh_from_db()
    assert (token.revoked_at, token.revoked_by) == (now, administrator.name)


def test_the_day_of_use_is_written_once_a_day(
    administrator: Actor,
    fire: Organisation,
    partnership: ServiceArea,
    now: datetime,
    django_assert_num_queries: Any,
) -> None:
    token, secret = make(administrator, fire, partnership, now=now)
    by = actor_for_token(secret, now)
    assert by is not None
    actions.note_token_use(by=by, now=now)
    token.refresh_from_db()
    assert token.last_used_on == TODAY
    with django_assert_num_queries(1):
        actions.note_token_use(by=by, now=now + timedelta(hours=11))
    actions.note_token_use(by=by, now=now + timedelta(hours=12))
    token.refresh_from_db()
    assert token.last_used_on == TODAY + timedelta(days=1)


def test_refused_secrets_are_noted_with_their_token_when_they_have_one(
    administrator: Actor, fire: Organisation, partnership: ServiceArea, now: datetime
) -> None:
    token, secret = make(administrator, fire, partnership, now=now)
    actions.note_refused_token(secret=secret, request_id="request-1")
    actions.revoke_token(by=administrator, token_id=token.pk, now=now)
    actions.note_refused_token(secret=secret)
    actions.note_refused_token(secret="guessed")
    rows = AuditEntry.objects.filter(operation="accounts.token_refused").order_by("id")
    assert [(row.kind, row.actor_id, row.reason) for row in rows] == [
        (Kind.REFUSAL, token.pk, "expired"),
        (Kind.REFUSAL, token.pk, "revoked"),
        (Kind.REFUSAL, None, "unknown"),
    ]


def test_the_pages_make_show_once_and_revoke(client: Client, partnership: ServiceArea, fire: Organisation) -> None:
    make_staff(client, partnership, list(Permission))
    listing, new = reverse("accounts:tokens"), reverse("accounts:new_token")
    assert "There is no token." in read(client, listing)
    assert "Fire" in read(client, new)
    entered = {
        "organisation_id": str(fire.pk),
        "name": "nightly export",
        "permissions": [SEND],
        "partnership_ids": [str(partnership.pk)],
        "last_day": (clock.london_date(clock.now()) + timedelta(days=30)).isoformat(),
    }
    made = client.post(new, entered)
    assert made["Cache-Control"] == "no-store"
    secret = re.search(r"ourpatch_[0-9a-f]{10}_[\w-]{43}", made.content.decode())
    assert secret
    token = OrganisationToken.objects.get()
    assert actor_for_token(secret[0], token.made_at)
    shown = read(client, reverse("accounts:token", args=[token.pk]))
    for page in (shown, read(client, listing)):
        assert token.prefix in page
        assert secret[0] not in page
        assert "In use" in page
        assert "Never" in page
    assert "has a token of this name already" in unescape(client.post(new, entered).content.decode())
    after = client.post(reverse("accounts:revoke_token", args=[token.pk]), follow=True).content.decode()
    assert "The token is revoked" in after
    assert "Revoke this token" not in after
    assert actor_for_token(secret[0], token.made_at) is None


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_pages_say_what_is_missing(client: Client, partnership: ServiceArea, fire: Organisation) -> None:
    make_staff(client, partnership, list(Permission))
    elsewhere = make_partnership()
    answer = client.post(
        reverse("accounts:new_token"),
        {"organisation_id": "nonsense", "partnership_ids": [str(elsewhere.pk)], "permissions": ["accounts.view"]},
    )
    page = unescape(answer.content.decode())
    assert "Say which program or system will use the token." in page
    assert "Give the last day" in page
    assert not OrganisationToken.objects.exists()


def test_who_may_look_and_not_make_sees_no_buttons(
    client: Client, administrator: Actor, partnership: ServiceArea, fire: Organisation, now: datetime
) -> None:
    token, _secret = make(administrator, fire, partnership, now=now)
    make_staff(client, partnership, [Permission.VIEW])
    assert "Make a token" not in read(client, reverse("accounts:tokens"))
    assert "Revoke this token" not in read(client, reverse("accounts:token", args=[token.pk]))
    assert client.get(reverse("accounts:new_token")).status_code == 403
    assert client.post(reverse("accounts:revoke_token", args=[token.pk])).status_code == 403
    stranger = Client()
    make_staff(stranger, make_partnership(), list(Permission))
    assert stranger.get(reverse("accounts:token", args=[token.pk])).status_code == 404
    assert stranger.post(reverse("accounts:revoke_token", args=[token.pk])).status_code == 404


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_pages_are_there_in_both_languages(client: Client, partnership: ServiceArea, language: str) -> None:
    make_staff(client, partnership, list(Permission))
    client.cookies["django_language"] = language
    for name in ("accounts:tokens", "accounts:new_token"):
        assert f'<html lang="{language}"' in read(client, reverse(name))


@pytest.mark.rules
@given(st.text(max_size=90))
def test_no_text_but_a_secret_of_ours_has_a_prefix(text: str) -> None:
    assert rules.secret_prefix(text) == ""
    secret = rules.new_secret()
    assert rules.secret_prefix(secret.text) == secret.prefix
    assert rules.secret_prefix(text + secret.text) == ("" if text else secret.prefix)
    assert rules.secret_prefix(secret.text + text) == ("" if text else secret.prefix)
    assert secret.sha256 == rules.secret_digest(secret.text)
