"""How allauth behaves here: only invited people have accounts, failed sign-ins are audited, second factors are kept sealed."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from ourpatch.foundation.accounts import sign_ins
from ourpatch.ground import clock
from ourpatch.ground.doors import has_second_factor
from ourpatch.ground.secrets import open_text, seal_text

JUST_SIGNED_IN = timedelta(minutes=5)
ABOUT = "Authenticator.secret"


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts begin with an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again before credentials change; not of somebody who just came in to set up a second factor."""
        user = self.request.user
        if app == "allauth.mfa" and user.last_login and not has_second_factor(user):
            return bool(clock.now() - user.last_login > JUST_SIGNED_IN)
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write the failed attempt to the audit, without what was typed."""
        super().authentication_failed(request, **credentials)
        sign_ins.note_failure(credentials.get("email", ""), getattr(request, "request_id", ""))


class SealedSecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Authenticator secrets lie in the database only as envelopes under the installation's own key."""

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return base64.b64encode(seal_text(text, ABOUT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return open_text(base64.b64decode(encrypted_text), ABOUT)
