"""The pages of neighbourhood profiles."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ourpatch.ground import clock
from ourpatch.ground.audit.trail import seen
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import RuleBroken
from ourpatch.ground.pages import add_error, page, paged, tell
from ourpatch.ground.permission.actor import Actor
from ourpatch.intelligence.profiles import actions, queries
from ourpatch.intelligence.profiles.forms import NoteForm, ReviewForm
from ourpatch.intelligence.profiles.models import ProfileNote
from ourpatch.intelligence.profiles.permissions import Permission
from ourpatch.intelligence.profiles.recorded import recorded


@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """Every neighbourhood with the state of its profile."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    today = clock.london_date(request.now)  # type: ignore[attr-defined]
    shown = paged(request, queries.list_neighbourhoods(by))
    return page(request, "intelligence_profiles/index.html", {"shown": shown, "today": today})


@signed_in
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    """One profile: what is recorded, the eight categories, sources and review. `?version=public` shows the public version."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    area = queries.get_neighbourhood(by, slug)
    today = clock.london_date(request.now)  # type: ignore[attr-defined]
    is_public = request.GET.get("version") == "public"
    shown = queries.public_profile(area, today) if is_public else queries.get_profile(by, area, today)
    seen(by, "profiles.profile", ProfileNote.KIND, [note.pk for view in shown.categories for note in view.notes])
    context = {
        "profile": shown,
        "recorded": None if is_public else recorded(area),
        "is_public": is_public,
        "may_edit": by.holds(Permission.EDIT, area.partnership_id, area.pk),
    }
    return page(request, "intelligence_profiles/profile.html", context)


@signed_in
def note(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a note."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    area = queries.get_neighbourhood(by, slug)
    by.require(Permission.EDIT, area.partnership_id, area.pk)
    form = NoteForm(request.POST or None, initial={"category": request.GET.get("category", "")})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        who = given.pop("who")
        try:
            actions.write_note(
                by=by,
                neighbourhood_id=area.pk,
                now=request.now,  # type: ignore[attr-defined]
                is_public=who == "public",
                is_restricted=who == "restricted",
                **given,
            )
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("The note is part of the profile."))
            return redirect("profiles:profile", slug)
    return page(request, "intelligence_profiles/form.html", {"form": form, "area": area, "is_review": False})


@signed_in
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """Record a formal review."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    area = queries.get_neighbourhood(by, slug)
    by.require(Permission.EDIT, area.partnership_id, area.pk)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.review_profile(by=by, neighbourhood_id=area.pk, note=form.cleaned_data["note"], now=request.now)  # type: ignore[attr-defined]
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("The review is recorded."))
            return redirect("profiles:profile", slug)
    return page(request, "intelligence_profiles/form.html", {"form": form, "area": area, "is_review": True})
