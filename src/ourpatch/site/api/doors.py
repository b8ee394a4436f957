"""Who is at the door for programs: whoever brings a token that is in use. A browser's session opens nothing here."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest
from ninja.security import HttpBearer

from ourpatch.foundation.accounts import actions
from ourpatch.foundation.accounts.actors import actor_for_token
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.secrets import keyed_digest
from ourpatch.site.api.problems import TooManyTries

# A secret of 256 bits is not guessed; the limit is there so that nobody fills the audit with tries. A right token always opens.
TRIES = 20
WINDOW = 600


class Token(HttpBearer):
    """The bearer token of an organisation, from the header Authorization."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The actor, or None for a secret that opens nothing. Raises TooManyTries."""
        actor = actor_for_token(token, request.now, request.request_id)  # type: ignore[attr-defined]
        if actor is None:
            _count_try(request)
            actions.note_refused_token(secret=token, request_id=request.request_id)  # type: ignore[attr-defined]
            return None
        actions.note_token_use(by=actor, now=request.now)  # type: ignore[attr-defined]
        return actor


def _count_try(request: HttpRequest) -> None:
    address = request.META.get("REMOTE_ADDR", "")
    key = f"token-tries:{keyed_digest('codes', address.encode())}"
    tries = cache.get(key, 0)
    if tries >= TRIES:
        raise TooManyTries(WINDOW)
    cache.set(key, tries + 1, WINDOW)
