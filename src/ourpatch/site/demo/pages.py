"""The demo's own page: whom a visitor can be, and the six-digit code of this moment."""

from __future__ import annotations

import time

from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ourpatch.ground.pages import page
from ourpatch.site.demo import sheet

LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})


@never_cache
@require_safe
def sign_in_help(request: HttpRequest) -> HttpResponse:
    """One person of each role with e-mail, password and the present code; only in a demo, and only for this machine."""
    if not settings.OURPATCH_DEMO or request.META.get("REMOTE_ADDR") not in LOOPBACK:
        raise Http404
    period = app_settings.TOTP_PERIOD
    counter, used = divmod(int(time.time()), period)
    shown = sheet.read()
    context = {
        "sheet": shown,
        "people": [(each, _code(each.secret, counter)) for each in shown.people],
        "seconds": period - used,
    }
    return page(request, "site_demo/sign_in_help.html", context)


def _code(secret: str, counter: int) -> str:
    return str(format_hotp_value(hotp_value(secret, counter)))
