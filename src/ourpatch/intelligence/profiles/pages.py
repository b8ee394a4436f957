"""The pages of neighbourhood profiles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ourpatch.ground.audit.trail import seen
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import RuleBroken
from ourpatch.ground.pages import PAGE_SIZE, add_error, numeric, page, tell
from ourpatch.intelligence.profiles import actions, queries
from ourpatch.intelligence.profiles.contents import Source
from ourpatch.intelligence.profiles.forms import NoteForm, RetireForm, ReviewForm
from ourpatch.intelligence.profiles.models import ProfileNote
from ourpatch.intelligence.profiles.permissions import Permission
from ourpatch.intelligence.profiles.queries import ProfileLine
from ourpatch.intelligence.profiles.sections import words


@require_GET
@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """Every neighbourhood with the state of its profile, those longest due for review first."""
    found = queries.list_profiles(request.actor, request.now)
    shown = Paginator(found.lines, PAGE_SIZE).get_page(request.GET.get("page"))
    recorded = _("Recorded since %(month)s") % {"month": words.month(found.since)} if found.since else _("Recorded")
    head = [_("Neighbourhood"), _("Partnership"), _("Review"), numeric(_("Notes")), numeric(recorded)]
    context = {"shown": shown, "head": head, "rows": [_line(line) for line in shown]}
    return page(request, "intelligence_profiles/index.html", context)


@require_GET
@signed_in
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    """One profile; `?version=public` shows what everybody may see of it."""
    by = request.actor
    area = queries.get_neighbourhood(by, slug)
    is_public = request.GET.get("version") == "public"
    shown = queries.get_public_profile(slug, request.now) if is_public else queries.get_profile(by, slug, request.now)
    seen(by, "profiles.profile", ProfileNote.KIND, [note.pk for note in shown.notes])
    context = {
        "profile": shown,
        "area": area,
        "source_head": [_("Source"), _("Whose"), _("How it comes here"), _("As of"), _("What it cannot tell")],
        "source_rows": [_source(source) for source in shown.sources],
        "may_edit": not is_public and by.holds(Permission.EDIT, area.partnership_id, area.pk),
    }
    return page(request, "intelligence_profiles/profile.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def note(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a note."""
    area = queries.get_neighbourhood(request.actor, slug)
    request.actor.require(Permission.EDIT, area.partnership_id, area.pk)
    form = NoteForm(request.POST or None, initial={"category": request.GET.get("category", "")})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        who = given.pop("who")
        try:
            actions.write_note(
                by=request.actor,
                neighbourhood_id=area.pk,
                now=request.now,
                is_public=who == "public",
                is_restricted=who == "restricted",
                **given,
            )
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("The note is part of the profile."))
            return redirect("profiles:profile", slug)
    return page(request, "intelligence_profiles/note.html", {"form": form, "area": area})


@require_POST
@signed_in
def retire(request: HttpRequest, slug: str, note_id: UUID) -> HttpResponse:
    """Take a note out of the profile."""
    form = RetireForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    actions.retire_note(by=request.actor, note_id=note_id, version=form.cleaned_data["version"], now=request.now)
    tell(request, _("The note is no longer part of the profile."))
    return redirect("profiles:profile", slug)


@require_http_methods(["GET", "POST"])
@signed_in
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """Record a formal review."""
    area = queries.get_neighbourhood(request.actor, slug)
    request.actor.require(Permission.EDIT, area.partnership_id, area.pk)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.review_profile(
                by=request.actor, neighbourhood_id=area.pk, note=form.cleaned_data["note"], now=request.now
            )
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("The review is recorded."))
            return redirect("profiles:profile", slug)
    return page(request, "intelligence_profiles/review.html", {"form": form, "area": area})


def _line(line: ProfileLine) -> list[Any]:
    area = line.neighbourhood
    return [
        {"text": area.shown_name, "href": reverse("profiles:profile", args=[area.slug])},
        area.partnership.shown_name if area.partnership else "",
        {"tag": _review_tag(line)},
        words.number(line.notes),
        "–" if line.recorded is None else words.number(line.recorded),
    ]


def _review_tag(line: ProfileLine) -> dict[str, str]:
    if line.review_due_on is None:
        return {"text": _("Never reviewed"), "colour": "orange"}
    if line.is_review_due:
        return {"text": _("Due since %(day)s") % {"day": words.day(line.review_due_on)}, "colour": "red"}
    return {"text": _("Due by %(day)s") % {"day": words.day(line.review_due_on)}, "colour": "green"}


def _source(source: Source) -> list[str]:
    how = _("By itself") if source.is_automatic else _("Entered by hand")
    as_of = words.day(source.as_of) if source.as_of else ""
    return [source.name, source.owner, how, as_of, " ".join(source.limitations)]
