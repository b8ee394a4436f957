"""The door to staff pages: signed in, and the second factor given in this very session. Rooms before accounts use it too."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Let only people through who are signed in with a second factor; others are sent to the step that is missing.

    Nobody: to sign in. Without a second factor: to set one up. Set up, but not given in this session: to give it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        missing = _missing_step(request)
        return missing if missing is not None else view(request, *args, **kwargs)

    guarded.signed_in = True  # type: ignore[attr-defined]
    return guarded


def has_second_factor(user: Any) -> bool:
    """True when the user has set up an authenticator app."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP]))


def gave_second_factor(request: HttpRequest) -> bool:
    """True when this session's sign-in (or a later check) used the second factor."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def _missing_step(request: HttpRequest) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not has_second_factor(request.user):
        return _send_to("mfa_activate_totp", request)
    if not gave_second_factor(request):
        return _send_to("mfa_reauthenticate", request)
    return None


def _send_to(name: str, request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")
