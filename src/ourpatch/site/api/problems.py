"""Errors as programs read them (RFC 9457, application/problem+json), each with a sentence for the person who reads the log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.log import log_response
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.errors import ValidationError as NotAsDescribed

from ourpatch.ground.errors import BadInput, Conflict, NotAllowed, NotFound, OurpatchError, RuleBroken
from ourpatch.site.api.words import FIELDS, OTHER_FIELD

CONTENT_TYPE = "application/problem+json"
REALM = 'Bearer realm="Ourpatch"'


class TooManyTries(Exception):
    """Somebody at this address sent wrong tokens again and again. `wait`: seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


def answer(status: int, detail: str, errors: Iterable[tuple[str, object]] = ()) -> HttpResponse:
    """A problem: the status, what to do next, and (field, message) pairs for what was sent."""
    problem: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    listed = [{"field": field, "says": str(says)} for field, says in errors]
    if listed:
        problem["errors"] = listed
    return HttpResponse(json.dumps(problem, ensure_ascii=False), status=status, content_type=CONTENT_TYPE)


def nothing_here() -> HttpResponse:
    """404 for an address that is no operation."""
    return answer(404, _("There is no such address. The operations are listed at /api/v1/."))


def wrong_method(allowed: str) -> HttpResponse:
    """405."""
    response = answer(405, _("This address does not take that method. It takes: %(allowed)s.") % {"allowed": allowed})
    response["Allow"] = allowed
    return response


def handle_with(api: NinjaAPI) -> None:
    """Have every error of an API answered as a problem."""
    handlers: dict[type[Exception], Callable[..., HttpResponse]] = {
        AuthenticationError: _no_token,
        TooManyTries: _too_many_tries,
        NotAsDescribed: _not_as_described,
        RuleBroken: _rule_broken,
        OurpatchError: _told,
        Http404: lambda _request, _error: nothing_here(),
        MultiPartParserError: _unreadable,
        SuspiciousOperation: _unreadable,
        UnreadablePostError: _unreadable,
        Exception: _fault,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


_STATUSES: tuple[tuple[type[OurpatchError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (BadInput, 400),
)


def _told(request: HttpRequest, error: OurpatchError) -> HttpResponse:
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 400)
    if status == 403:
        return answer(403, _("This token may not do that here. Ask an administrator of your partnership."))
    return answer(status, str(error))


def _rule_broken(request: HttpRequest, error: RuleBroken) -> HttpResponse:
    return answer(422, str(error), error.problems)


def _no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """The same words for none, a wrong, an expired and a revoked token."""
    response = answer(
        401,
        _(
            "Send a token that is in use, in the header: Authorization: Bearer TOKEN. "
            "An administrator of your partnership makes tokens."
        ),
    )
    response["WWW-Authenticate"] = REALM
    return response


def _too_many_tries(request: HttpRequest, error: TooManyTries) -> HttpResponse:
    response = answer(429, _("Too many wrong tokens came from this address. Wait ten minutes and try the right one."))
    response["Retry-After"] = str(error.wait)
    return response


def _not_as_described(request: HttpRequest, error: NotAsDescribed) -> HttpResponse:
    if "Content-Length" not in request.headers and "Transfer-Encoding" in request.headers:
        # What comes in pieces of unknown length is never read (WSGI), so that every part would seem to be missing.
        return answer(411, _("Send the length of the request in Content-Length, not in pieces (chunked)."))
    fields = dict.fromkeys(str(each["loc"][-1]).lower().replace("_", "-") for each in error.errors)
    errors = [(field, FIELDS.get(field, OTHER_FIELD)) for field in fields]
    return answer(422, _("What was sent is not as this operation needs it. See errors."), errors)


def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return answer(400, _("The request could not be read to its end. Send it again as multipart/form-data."))


def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    response = answer(500, _("Something went wrong here, not with what you sent. Try again later with the same key."))
    log_response("Internal Server Error: %s", request.path, response=response, request=request, exception=error)
    return response
