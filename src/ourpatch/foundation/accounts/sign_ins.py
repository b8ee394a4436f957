"""Sign-ins, failed ones, sign-outs and changed credentials, written to the audit outside any other transaction."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from ourpatch.foundation.accounts.models import User
from ourpatch.ground.audit.trail import note_sign_in
from ourpatch.ground.permission.actor import Actor, ActorKind


def note_failure(email: str, request_id: str) -> None:
    """Write a failed sign-in: about the account if the address has one, else about nobody."""
    user = User.objects.filter(email__iexact=email).select_related("person").first() if email else None
    by = _actor(user, request_id) if user else Actor(ActorKind.PUBLIC, "Unknown address", request_id=request_id)
    note_sign_in(by, "accounts.sign_in_failed")


@receiver(account_signals.user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    _note(request, user, "accounts.signed_in")


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    if user is not None:
        _note(request, user, "accounts.signed_out")


@receiver(account_signals.password_changed)
@receiver(account_signals.password_reset)
@receiver(account_signals.password_set)
def _password_changed(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    _note(request, user, "accounts.password_changed")


@receiver(mfa_signals.authenticator_added)
def _second_factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        # Setting it up proves that the person holds it: this session needs no second code.
        record_authentication(request, user, method="mfa", type="totp")
        _note(request, user, "accounts.second_factor_added")


@receiver(mfa_signals.authenticator_removed)
def _second_factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        _note(request, user, "accounts.second_factor_removed")


def _note(request: HttpRequest, user: User, operation: str) -> None:
    note_sign_in(_actor(user, getattr(request, "request_id", "")), operation)


def _actor(user: User, request_id: str) -> Actor:
    return Actor(
        ActorKind.PERSON,
        user.person.name,
        id=user.pk,
        organisation_id=user.person.organisation_id,
        request_id=request_id,
        person_id=user.person_id,
    )
