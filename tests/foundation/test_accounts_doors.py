"""Who gets through the door to staff pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from tests.foundation.factories import hold_role, make_partnership, make_user, sign_in

from ourpatch.foundation.accounts.models import User
from ourpatch.foundation.directory.permissions import Permission
from ourpatch.ground import clock
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.audit.rules import Kind

pytestmark = [pytest.mark.room, pytest.mark.django_db]

PASSWORD = "a long enough password"


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(clock.now().timestamp()) // 30))


@pytest.fixture
def page() -> str:
    return reverse("directory:search")


def test_nobody_is_sent_to_sign_in(client: Client, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_a_password_alone_is_sent_to_set_up_a_second_factor(client: Client, page: str) -> None:
    user = make_user(second_factor=False)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("mfa_activate_totp"))


def test_an_older_session_without_the_second_factor_must_give_it(client: Client, page: str) -> None:
    """Somebody signed in by password elsewhere before the second factor was set up: that session does not get through."""
    user = make_user(second_factor=False)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    TOTP.activate(user, generate_totp_secret())
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))


def test_password_and_code_let_through(client: Client, page: str) -> None:
    user = make_user(second_factor=False)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    hold_role(user, make_partnership(), [Permission.VIEW])
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get(page).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert client.get(page).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_setting_up_the_second_factor_counts_as_giving_it(client: Client, page: str) -> None:
    user = make_user(second_factor=False)
    hold_role(user, make_partnership(), [Permission.VIEW])
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    client.post(reverse("mfa_activate_totp"), {"code": code_of(client.session["mfa.totp.secret"])})
    assert client.get(page).status_code == 200


def test_long_after_signing_in_the_password_is_asked_again(client: Client) -> None:
    user = make_user(second_factor=False)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    User.objects.update(last_login=clock.now() - timedelta(minutes=6))
    assert client.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("account_reauthenticate"))


def test_the_secret_is_not_readable_in_the_database() -> None:
    secret = generate_totp_secret()
    stored = TOTP.activate(make_user(second_factor=False), secret).instance
    stored.refresh_from_db()
    assert secret not in str(stored.data)
    assert stored.wrap().validate_code(code_of(secret))


def test_a_session_of_somebody_else_proves_nothing(client: Client, page: str) -> None:
    request = HttpRequest()
    client.get(reverse("account_login"))
    mine, theirs = make_user(), make_user()
    sign_in(client, mine)
    request.session = client.session
    record_authentication(request, theirs, method="mfa", type="totp")
    request.session.save()
    assert client.get(page)["Location"].startswith(reverse("mfa_reauthenticate"))


def test_sign_ins_failures_and_sign_outs_are_audited(client: Client) -> None:
    user = make_user(second_factor=False)
    client.post(reverse("account_login"), {"login": user.email, "password": "not this one at all"})
    client.post(reverse("account_login"), {"login": "nobody@example.org", "password": "not this one at all"})
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_logout"))
    rows = AuditEntry.objects.filter(kind=Kind.SIGN_IN).order_by("id")
    assert [(row.operation, row.actor_id) for row in rows] == [
        ("accounts.sign_in_failed", user.pk),
        ("accounts.sign_in_failed", None),
        ("accounts.signed_in", user.pk),
        ("accounts.signed_out", user.pk),
    ]
    assert "example.org" not in str(list(rows.values()))


def test_nobody_signs_up(client: Client) -> None:
    answer = client.get(reverse("account_signup"))
    assert answer.status_code == 200
    assert b"password1" not in answer.content
