"""Pages of tokens: by which secrets programs of an organisation act for it, making one, taking one back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ourpatch.foundation.accounts import actions, forms, queries
from ourpatch.foundation.accounts.models import OrganisationToken
from ourpatch.foundation.accounts.permissions import Permission
from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.pages import answered, page, paged, tell


@require_GET
@signed_in
def show_tokens(request: HttpRequest) -> HttpResponse:
    """Every token, with its organisation, its last day and whether it opens anything."""
    tokens = paged(request, queries.list_tokens(request.actor))
    return page(
        request,
        "foundation_accounts/tokens.html",
        {
            "tokens": tokens,
            "head": [_("Token"), _("Organisation"), _("Begins with"), _("Last used"), _("Last day"), _("State")],
            "rows": [_row(token, request.now) for token in tokens],
            "may_make": request.actor.holds(Permission.MANAGE_TOKENS),
        },
    )


@require_http_methods(["GET", "POST"])
@signed_in
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token. Its secret is in the answer to the form and nowhere else, so that answer is a page, not a redirect."""
    request.actor.require(Permission.MANAGE_TOKENS)
    form = forms.TokenForm(
        request.POST or None,
        organisations=queries.organisations_for_tokens(request.actor, clock.london_date(request.now)),
        partnerships=queries.partnerships_for_tokens(request.actor),
        allowances=queries.allowances(),
    )
    made = answered(request, form, lambda: _made(request, form.cleaned_data))
    return made or page(request, "foundation_accounts/new_token.html", {"form": form})


@require_GET
@signed_in
def show_token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """One token: what it may be used for, where, by whom it was made; never its secret."""
    token = queries.get_token(request.actor, token_id)
    may_revoke = token.revoked_at is None and request.actor.holds(Permission.MANAGE_TOKENS)
    return page(
        request,
        "foundation_accounts/token.html",
        {"token": token, "facts": _facts(token, request.now), "may_revoke": may_revoke},
    )


@require_POST
@signed_in
def revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Take a token back."""
    token = actions.revoke_token(by=request.actor, token_id=token_id, now=request.now)
    tell(request, _("The token is revoked and opens nothing any more."))
    return redirect("accounts:token", token.pk)


def _made(request: HttpRequest, entered: dict[str, Any]) -> HttpResponse:
    token, secret = actions.make_token(by=request.actor, now=request.now, **entered)
    return page(
        request,
        "foundation_accounts/token_made.html",
        {"token": token, "secret": secret, "last_day": _last_day(token)},
    )


def _row(token: OrganisationToken, now: datetime) -> list[Any]:
    return [
        {"text": token.name, "href": reverse("accounts:token", args=[token.pk])},
        token.organisation.name,
        token.prefix,
        _last_used(token),
        _last_day(token),
        {"tag": _state(token, now)},
    ]


def _facts(token: OrganisationToken, now: datetime) -> list[dict[str, str]]:
    sentences = {each.permission: str(each.sentence) for each in queries.allowances()}
    facts = [
        (_("Organisation"), token.organisation.name),
        (_("State"), _state(token, now)["text"]),
        (_("May be used for"), "\n".join(sentences.get(each, each) for each in token.permissions)),
        (_("In the partnership"), "\n".join(sorted(each.name for each in token.partnerships.all()))),
        (_("Begins with"), token.prefix),
        (_("Made"), _("%(day)s by %(name)s") % {"day": _day(token.made_at), "name": token.made_by}),
        (_("Last day"), _last_day(token)),
        (_("Last used"), _last_used(token)),
    ]
    if token.revoked_at:
        revoked = _("%(day)s by %(name)s") % {"day": _day(token.revoked_at), "name": token.revoked_by}
        facts.append((_("Revoked"), revoked))
    return [{"key": key, "value": value} for key, value in facts]


def _state(token: OrganisationToken, now: datetime) -> dict[str, str]:
    if token.revoked_at:
        return {"text": _("Revoked"), "colour": "red"}
    if not token.is_live(now):
        return {"text": _("Expired"), "colour": "grey"}
    return {"text": _("In use"), "colour": "green"}


def _last_used(token: OrganisationToken) -> str:
    return str(date_format(token.last_used_on, "j F Y")) if token.last_used_on else _("Never")


def _last_day(token: OrganisationToken) -> str:
    """A token expires at midnight; the day before is its last."""
    return _day(token.expires_at - timedelta(seconds=1))


def _day(moment: datetime) -> str:
    return str(date_format(clock.london_date(moment), "j F Y"))
