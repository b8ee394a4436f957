"""Teams in the workspace: who is on them, where a named contact is missing, and what they promise."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ourpatch.access.teams import actions, forms, queries
from ourpatch.access.teams.models import Post, Team
from ourpatch.access.teams.permissions import Permission
from ourpatch.access.teams.queries import TeamOfDay
from ourpatch.foundation.directory import queries as directory
from ourpatch.ground.audit.trail import seen
from ourpatch.ground.clock import london_date
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import Conflict, RuleBroken
from ourpatch.ground.pages import add_error, page, tell


@require_GET
@signed_in
def show_list(request: HttpRequest) -> HttpResponse:
    """Every team and its named contact, and the neighbourhoods that have none."""
    by, today = request.actor, london_date(request.now)
    teams = list(queries.list_teams(by))
    seen(by, "teams.list", Team.KIND, [team.pk for team in teams])
    areas = queries.names_of_areas(team.service_area_id for team in teams)
    return page(
        request,
        "access_teams/list.html",
        {
            "head": [_("Area"), _("Team"), _("Named contact"), _("People on it")],
            "rows": [_row(queries.as_of(team, today), areas) for team in teams],
            "coverage": [queries.coverage(each, today) for each in _partnerships(request, Permission.VIEW)],
            "may_edit": by.holds(Permission.EDIT),
        },
    )


@require_GET
@signed_in
def show(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """One team: its named contact, its posts past and present, its pledge."""
    team = queries.get_team(request.actor, team_id)
    seen(request.actor, "teams.team", Team.KIND, [team.pk])
    today = london_date(request.now)
    of_day = queries.as_of(team, today)
    return page(
        request,
        "access_teams/team.html",
        {
            "team": team,
            "of_day": of_day,
            "area": queries.names_of_areas([team.service_area_id]).get(team.service_area_id, ""),
            "lead": directory.organisation(team.controller_id).name,
            "head": [_("Who"), _("As what"), _("Organisation"), _("From"), _("Last day"), _("Change")],
            "rows": [_post_row(post, of_day, today) for post in queries.list_posts(team)],
            "current": of_day.members,
            "may_edit": request.actor.holds(Permission.EDIT, team.partnership_id, team.service_area_id),
        },
    )


@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """Set up a team."""
    by = request.actor
    by.require(Permission.EDIT)
    partnerships = _partnerships(request, Permission.EDIT)
    organisations = [
        (each.pk, each.name)
        for partnership_id in partnerships
        for each in directory.member_organisations(partnership_id, london_date(request.now))
    ]
    form = forms.NewTeamForm(
        request.POST or None, areas=queries.areas_without_team(by, Permission.EDIT), organisations=organisations
    )
    if request.method == "POST" and form.is_valid():
        try:
            team = actions.make_team(by=by, now=request.now, **form.cleaned_data)
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("The team is set up. Now say who is on it."))
            return redirect("teams:team", team.pk)
    about = {
        "title": _("Set up a team"),
        "lead": _("A team is who people write to. Every neighbourhood needs one, with one named contact."),
        "button": _("Set up team"),
    }
    return page(request, "access_teams/form.html", {**about, "form": form})


@signed_in
def edit(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Change what the team shows of itself."""
    team = queries.get_team(request.actor, team_id)
    request.actor.require(Permission.EDIT, team.partnership_id, team.service_area_id)
    form = forms.TeamForm(request.POST) if request.method == "POST" else forms.TeamForm.of(team)
    about = {
        "title": _("Change the team"),
        "lead": _("What people read about the team and how they reach it."),
        "button": _("Save team"),
    }
    return _on_its_own(request, team, form, actions.change_team, about, _("The team is saved."))


@signed_in
def fill(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Put somebody on the team."""
    team = queries.get_team(request.actor, team_id)
    request.actor.require(Permission.EDIT, team.partnership_id, team.service_area_id)
    today = london_date(request.now)
    posts = [
        (post.pk, f"{post.name}, {post.label}") for post in queries.as_of(team, today).members if not post.covers_id
    ]
    form = forms.PostForm(
        request.POST or None, people=queries.people_for(team, today), posts=posts, initial={"from_on": today}
    )
    about = {
        "title": _("Put somebody on the team"),
        "lead": _("Say who, as what and from when. One person at a time is the named contact."),
        "button": _("Put on the team"),
    }
    return _on_its_own(request, team, form, actions.fill_post, about, _("They are on the team."))


@signed_in
def end(request: HttpRequest, team_id: UUID, post_id: UUID) -> HttpResponse:
    """Give somebody's last day on the team."""
    team = queries.get_team(request.actor, team_id)
    request.actor.require(Permission.EDIT, team.partnership_id, team.service_area_id)
    post = queries.get_post(team, post_id)
    form = forms.EndForm(request.POST or None, initial={"last_day": london_date(request.now)})

    def do(**data: Any) -> None:
        actions.end_post(post_id=post.pk, **data)

    about = {
        "title": _("Last day of %(name)s on the team") % {"name": post.name},
        "lead": _("Everything they look after is handed over, so that nobody waits for somebody who has gone."),
        "button": _("Note the last day"),
    }
    return _on_its_own(request, team, form, do, about, _("The last day is noted."))


@signed_in
def pledge(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Say what the team promises."""
    team = queries.get_team(request.actor, team_id)
    request.actor.require(Permission.EDIT, team.partnership_id, team.service_area_id)
    lines = queries.as_of(team, london_date(request.now)).pledge
    form = forms.PledgeForm(
        request.POST or None,
        initial={
            "version": team.version,
            "english": "\n".join(line.text_en for line in lines),
            "welsh": "\n".join(line.text_cy for line in lines),
        },
    )

    def do(*, version: int, english: str, welsh: str, **more: Any) -> None:
        actions.set_pledge(version=version, lines=form.lines(), **more)

    about = {
        "title": _("What the team promises"),
        "lead": _(
            "Short promises that people can hold the team to. They stand on the public page of the neighbourhood."
        ),
        "button": _("Save promises"),
    }
    return _on_its_own(request, team, form, do, about, _("The promises are saved."))


def _on_its_own(request: HttpRequest, team: Team, form: Any, do: Any, about: dict[str, Any], done: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            do(by=request.actor, team_id=team.pk, now=request.now, **form.cleaned_data)
        except (RuleBroken, Conflict) as error:
            add_error(form, error)
        else:
            tell(request, done)
            return redirect("teams:team", team.pk)
    seen(request.actor, "teams.form", Team.KIND, [team.pk])
    return page(request, "access_teams/form.html", {**about, "team": team, "form": form})


def _partnerships(request: HttpRequest, permission: Permission) -> list[UUID]:
    return list(dict.fromkeys(grant.partnership_id for grant in request.actor.scopes(permission)))


def _row(team: TeamOfDay, areas: dict[UUID, str]) -> list[Any]:
    contact: Any = {"tag": {"text": _("Nobody"), "colour": "red"}}
    if team.named_contact:
        contact = (
            _("%(name)s (cover)") % {"name": team.named_contact.name} if team.is_cover else team.named_contact.name
        )
    return [
        areas.get(team.team.service_area_id, ""),
        {"text": team.team.name, "href": reverse("teams:team", args=[team.team.pk])},
        contact,
        len(team.members),
    ]


def _post_row(post: Post, of_day: TeamOfDay, today: Any) -> list[Any]:
    label = post.label
    if post == of_day.named_contact:
        label = _("%(label)s, named contact today") % {"label": label}
    ends: Any = date_format(post.until, "j F Y") if post.until else ""
    over = post.until is not None and post.until < today
    link = {
        "text": _("End: %(name)s") % {"name": post.name},
        "href": reverse("teams:end", args=[post.team_id, post.pk]),
    }
    return [
        post.name,
        label,
        post.person.organisation.name,
        date_format(post.from_on, "j F Y"),
        ends,
        "" if over else link,
    ]
