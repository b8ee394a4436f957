"""What every request passes: an id, the headers that keep a browser safe, who acts and when, and errors as pages."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from ourpatch.data.exchange.intake.rules import LARGEST as LARGEST_DELIVERY
from ourpatch.data.exchange.rules import HANDED_IN_BYTES
from ourpatch.foundation.accounts import actors
from ourpatch.ground import clock
from ourpatch.ground.errors import BadInput, Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.site import errors
from ourpatch.site.api import problems

Respond = Callable[[HttpRequest], HttpResponse]

# Enough for a picture that is refused beside its field; more is refused before a byte of it is kept.
LARGEST_BODY = 32 * 1024 * 1024

_REQUEST_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")


def request_id(respond: Respond) -> Respond:
    """Give each request an id, or keep the one a proxy gave when it has the right shape."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _REQUEST_ID.match(given) else secrets.token_hex(8)  # type: ignore[attr-defined]
        response = respond(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def security_headers(respond: Respond) -> Respond:
    """A strict content security policy with a nonce: nothing from elsewhere, nothing inline."""

    def middleware(request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = respond(request)
        response.setdefault(
            "Content-Security-Policy",
            f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
            "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
            "manifest-src 'self'",
        )
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def actor(respond: Respond) -> Respond:
    """Who acts (`request.actor`) and when (`request.now`, UTC)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.now = clock.now()  # type: ignore[attr-defined]
        user = request.user
        given_id: str = request.request_id  # type: ignore[attr-defined]
        request.actor = (  # type: ignore[attr-defined]
            actors.public_actor(given_id) if isinstance(user, AnonymousUser) else actors.actor_for(user, given_id)
        )
        return respond(request)

    return middleware


def body_size(respond: Respond) -> Respond:
    """Refuse what is larger than a page could use, so that nobody fills the disk through a form."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > _largest(request):
            if request.path.startswith("/api/"):
                return problems.answer(413, _("What you sent is too large. Send a smaller file, a month at a time."))
            return errors.page(request, 413, _("What you sent is too large. Go back and choose a smaller file."))
        return respond(request)

    return middleware


def _largest(request: HttpRequest) -> int:
    """Bytes; staff hand in archives and senders their files, whose own limits are told beside the field."""
    if request.user.is_authenticated and request.path == reverse("exchange:hand_in"):
        return HANDED_IN_BYTES + LARGEST_BODY
    if request.user.is_authenticated and request.path == reverse("exchange:send"):
        return LARGEST_DELIVERY + LARGEST_BODY
    # Without a right token the operation reads nothing of the body.
    return LARGEST_DELIVERY + LARGEST_BODY if request.path == reverse("api:send_delivery") else LARGEST_BODY


class errors_as_pages:
    """Turn the errors that people can meet into pages that say what to do next."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for what was refused, is not there, changed meanwhile or breaks a rule; the rest is a fault of ours."""
        if isinstance(error, NotFound):
            return errors.page(request, 404)
        if isinstance(error, NotAllowed):
            return errors.page(request, 403, str(error))
        if isinstance(error, Conflict):
            return errors.page(request, 409, str(error))
        if isinstance(error, (RuleBroken, BadInput)):
            return errors.page(request, 400, str(error))
        return None
