"""Pages of accounts: people and roles, and "why can (or can't) I see this?"."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ourpatch.foundation.accounts import actions, forms, queries
from ourpatch.foundation.accounts.doors import has_second_factor, signed_in
from ourpatch.foundation.accounts.models import User
from ourpatch.foundation.accounts.permissions import Permission
from ourpatch.ground import clock, subjects
from ourpatch.ground.errors import RuleBroken
from ourpatch.ground.pages import add_error, page, paged, tell


@require_GET
@signed_in
def people_and_roles(request: HttpRequest) -> HttpResponse:
    """Who can sign in, and with which roles."""
    form = forms.SearchForm(request.GET)
    form.is_valid()
    today = clock.london_date(request.now)
    users = paged(request, queries.list_users(request.actor, text=form.cleaned_data.get("q", ""), on=today))
    return page(
        request,
        "foundation_accounts/people_and_roles.html",
        {
            "search": form,
            "users": users,
            "head": [_("Name"), _("Organisation"), _("Roles"), _("Account")],
            "rows": [_user_row(user) for user in users],
            "may_invite": request.actor.holds(Permission.INVITE),
        },
    )


@signed_in
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a person of the directory."""
    people = queries.list_people_without_account(request.actor, clock.london_date(request.now))
    form = forms.InviteForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            user = actions.invite_user(
                by=request.actor,
                person_id=UUID(entered["person_id"]),
                email=entered["email"],
                language=entered["language"],
                site_address=request.build_absolute_uri("/"),
                now=request.now,
            )
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("The invitation is on its way. Give the person their roles now."))
            return redirect("accounts:account", user.pk)
    return page(request, "foundation_accounts/invite.html", {"form": form})


@require_GET
@signed_in
def account(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One account and its roles."""
    return _account_page(request, user_id)


@require_POST
@signed_in
def give_role(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Give a role."""
    request.actor.require(Permission.GRANT_ROLES)
    form = _role_form(request)
    if form.is_valid():
        entered = form.cleaned_data
        try:
            actions.grant_role(
                by=request.actor,
                user_id=user_id,
                role=entered["role"],
                service_area_id=UUID(entered["service_area_id"]),
                until=entered["until"],
                now=request.now,
            )
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("The role is given and counts from the next page they open."))
            return redirect("accounts:account", user_id)
    return _account_page(request, user_id, form)


@require_POST
@signed_in
def end_role(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Take a role away."""
    grant = actions.end_role(by=request.actor, grant_id=grant_id, now=request.now)
    tell(request, _("The role is taken away."))
    return redirect("accounts:account", grant.user_id)


@require_POST
@signed_in
def switch(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Switch an account off, or on again: as the button said that was pressed, however often it is pressed."""
    on = request.POST.get("to") == "on"
    turn = actions.switch_on if on else actions.switch_off
    turn(by=request.actor, user_id=user_id, now=request.now)
    tell(request, _("The account is switched on.") if on else _("The account is switched off."))
    return redirect("accounts:account", user_id)


@require_GET
@signed_in
def why(request: HttpRequest) -> HttpResponse:
    """Why can, or can't, I see this?"""
    form = _why_form(request)
    answer = None
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        answer = queries.explain_own(request.actor, asked["permission"], asked["kind"], asked["record_id"])
    return page(request, "foundation_accounts/why.html", {"form": form, "answer": answer, "here": request.path})


@require_GET
@signed_in
def why_for(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Why can, or can't, somebody else see this? For whoever answers for the partnership's information."""
    request.actor.require(Permission.EXPLAIN)
    today = clock.london_date(request.now)
    user = queries.get_user(request.actor, user_id, today)
    form = _why_form(request)
    answer = None
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        answer = queries.explain_for(
            request.actor, user_id, asked["permission"], asked["kind"], asked["record_id"], today
        )
    context = {"form": form, "answer": answer, "here": request.path, "person": user.person}
    return page(request, "foundation_accounts/why.html", context)


def _account_page(request: HttpRequest, user_id: UUID, form: forms.RoleForm | None = None) -> HttpResponse:
    user = queries.get_user(request.actor, user_id, clock.london_date(request.now))
    may_grant = request.actor.holds(Permission.GRANT_ROLES)
    return page(
        request,
        "foundation_accounts/account.html",
        {
            "account": user,
            "facts": _facts(user),
            "grants": user.live_roles,
            "form": (form or _role_form(request)) if may_grant else None,
            "may_grant": may_grant,
            "may_switch": request.actor.holds(Permission.INVITE) and request.actor.id != user.pk,
            "may_explain": request.actor.holds(Permission.EXPLAIN),
        },
    )


def _role_form(request: HttpRequest) -> forms.RoleForm:
    return forms.RoleForm(request.POST or None, roles=queries.roles(), places=queries.places_to_grant(request.actor))


def _why_form(request: HttpRequest) -> forms.WhyForm:
    return forms.WhyForm(
        request.GET if "record_id" in request.GET else None,
        kinds=subjects.all_kinds(),
        permissions=queries.known_permissions(),
    )


def _facts(user: User) -> list[dict[str, object]]:
    return [
        {"key": _("Office"), "value": user.person.title},
        {"key": _("Organisation"), "value": user.person.organisation.name},
        {"key": _("Signs in with"), "value": user.email},
        {"key": _("Second factor"), "value": _("Set up") if has_second_factor(user) else _("Not set up yet")},
        {"key": _("Account"), "value": _("On") if user.is_active else _("Switched off")},
    ]


def _user_row(user: User) -> list[object]:
    held = [f"{grant.role_name}, {grant.service_area.name}" for grant in user.live_roles]
    on = {"tag": {"text": _("On"), "colour": "green"}}
    off = {"tag": {"text": _("Switched off"), "colour": "grey"}}
    return [
        {"text": user.person.name, "href": reverse("accounts:account", args=[user.pk])},
        user.person.organisation.name,
        "; ".join(held) or _("None"),
        on if user.is_active else off,
    ]
