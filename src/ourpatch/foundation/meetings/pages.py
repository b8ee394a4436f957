"""Pages of meetings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ourpatch.foundation.accounts.doors import signed_in
from ourpatch.foundation.directory import queries as directory
from ourpatch.foundation.meetings import actions, forms, queries
from ourpatch.foundation.meetings.models import Meeting, MeetingState
from ourpatch.foundation.meetings.permissions import Permission
from ourpatch.foundation.meetings.rules import Votes
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.errors import Conflict, RuleBroken
from ourpatch.ground.pages import add_error, page, paged, tell
from ourpatch.ground.permission.actor import Actor

COLOURS = {MeetingState.PLANNED: "blue", MeetingState.HELD: "green", MeetingState.CANCELLED: "grey"}


@require_GET
@signed_in
def meetings(request: HttpRequest) -> HttpResponse:
    """Meetings to come and held, and the forums that hold them."""
    found = paged(request, queries.list_meetings(request.actor))
    return page(
        request,
        "foundation_meetings/meetings.html",
        {
            "meetings": found,
            "head": [_("Meeting"), _("When"), _("Where"), _("State")],
            "rows": [_meeting_row(each) for each in found],
            "forums": queries.list_forums(request.actor)[:FORUMS_SHOWN],
            "may_make": request.actor.holds(Permission.MAKE_FORUM),
        },
    )


@require_GET
@signed_in
def forum(request: HttpRequest, forum_id: UUID) -> HttpResponse:
    """One forum: what it is for, and its meetings."""
    found = queries.get_forum(request.actor, forum_id)
    held = paged(request, queries.list_meetings(request.actor).filter(forum=found))
    return page(
        request,
        "foundation_meetings/forum.html",
        {
            "forum": found,
            "facts": [
                {"key": _("Kind"), "value": found.get_kind_display()},
                {"key": _("Who decides"), "value": found.get_openness_display()},
                {"key": _("Area"), "value": found.service_area.name},
                {"key": _("Terms of reference"), "value": found.terms_of_reference},
                {"key": _("Announced to the public"), "value": _("Yes") if found.is_public else _("No")},
            ],
            "meetings": held,
            "head": [_("Meeting"), _("When"), _("Where"), _("State")],
            "rows": [_meeting_row(each) for each in held],
            "may_plan": request.actor.holds(Permission.PLAN, found.partnership_id, found.service_area_id),
        },
    )


@signed_in
def new_forum(request: HttpRequest) -> HttpResponse:
    """Set up a forum."""
    form = forms.ForumForm(request.POST or None, places=_places(request.actor))

    def act() -> HttpResponse:
        entered = {**form.cleaned_data, "service_area_id": UUID(form.cleaned_data["service_area_id"])}
        made = actions.make_forum(by=request.actor, now=request.now, **entered)
        tell(request, _("The forum is set up. Plan its first meeting."))
        return redirect("meetings:forum", made.pk)

    request.actor.require(Permission.MAKE_FORUM)
    return _answer(request, form, act) or page(request, "foundation_meetings/new_forum.html", {"form": form})


@signed_in
def plan(request: HttpRequest, forum_id: UUID) -> HttpResponse:
    """Plan the next meeting of a forum."""
    found = queries.get_forum(request.actor, forum_id)
    request.actor.require(Permission.PLAN, found.partnership_id, found.service_area_id)
    form = forms.PlanForm(request.POST or None)

    def act() -> HttpResponse:
        made = actions.plan_meeting(by=request.actor, forum_id=forum_id, now=request.now, **form.cleaned_data)
        tell(request, _("The meeting is planned."))
        return redirect("meetings:meeting", made.pk)

    return _answer(request, form, act) or page(request, "foundation_meetings/plan.html", {"form": form, "forum": found})


@require_GET
@signed_in
def meeting(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """One meeting: agenda, attendance by group, minutes, decisions, actions."""
    return _meeting_page(request, meeting_id)


@signed_in
def agenda(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Write the agenda."""
    found = queries.get_meeting(request.actor, meeting_id)
    _require(request, Permission.PLAN, found)
    written = found.agenda.filter(source="").order_by("position").values_list("title", flat=True)
    initial = {"version": found.version, "items": "\n".join(written)}
    form = forms.AgendaForm(request.POST or None, initial=initial)

    def act() -> HttpResponse:
        actions.set_agenda(
            by=request.actor,
            meeting_id=meeting_id,
            version=form.cleaned_data["version"],
            items=form.entries(),
            now=request.now,
        )
        tell(request, _("The agenda is saved."))
        return redirect("meetings:meeting", meeting_id)

    context = {"form": form, "meeting": found}
    return _answer(request, form, act) or page(request, "foundation_meetings/agenda.html", context)


@require_POST
@signed_in
def refresh_agenda(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Renew the items from live data."""
    actions.refresh_agenda(by=request.actor, meeting_id=meeting_id, now=request.now)
    tell(request, _("The items from live data are up to date."))
    return redirect("meetings:meeting", meeting_id)


@signed_in
def move(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Another time or place."""
    found = queries.get_meeting(request.actor, meeting_id)
    _require(request, Permission.PLAN, found)
    initial = {name: getattr(found, name) for name in ("version", "starts_at", "venue", "access_notes")}
    form = forms.MoveForm(request.POST or None, initial=initial)

    def act() -> HttpResponse:
        actions.move_meeting(by=request.actor, meeting_id=meeting_id, now=request.now, **form.cleaned_data)
        tell(request, _("The meeting has its new time and place."))
        return redirect("meetings:meeting", meeting_id)

    context = {"form": form, "meeting": found}
    return _answer(request, form, act) or page(request, "foundation_meetings/move.html", context)


@require_POST
@signed_in
def cancel(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Cancel a planned meeting."""
    form = forms.VersionForm(request.POST)

    def act() -> HttpResponse:
        version = form.cleaned_data["version"]
        actions.cancel_meeting(by=request.actor, meeting_id=meeting_id, version=version, now=request.now)
        tell(request, _("The meeting is cancelled. It stays announced as cancelled."))
        return redirect("meetings:meeting", meeting_id)

    return _answer(request, form, act) or _meeting_page(request, meeting_id, problem=form)


@signed_in
def record(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Minutes and attendance: the first time, and when they are corrected."""
    found = queries.get_meeting(request.actor, meeting_id)
    _require(request, Permission.RECORD, found)
    attendance = queries.attendance_of(found)
    form = forms.RecordForm(
        request.POST or None,
        groups=_groups(found, attendance),
        attendance=attendance,
        initial={"version": found.version, "minutes": found.minutes},
    )

    def act() -> HttpResponse:
        write = actions.correct_record if found.state == MeetingState.HELD else actions.hold_meeting
        write(
            by=request.actor,
            meeting_id=meeting_id,
            version=form.cleaned_data["version"],
            minutes=form.cleaned_data["minutes"],
            attendance=form.attendance(),
            now=request.now,
        )
        tell(request, _("The meeting is recorded."))
        return redirect("meetings:meeting", meeting_id)

    context = {"form": form, "meeting": found}
    return _answer(request, form, act) or page(request, "foundation_meetings/record.html", context)


@require_POST
@signed_in
def decide(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Record a decision."""
    found = queries.get_meeting(request.actor, meeting_id)
    _require(request, Permission.RECORD, found)
    form = _decision_form(request, found)

    def act() -> HttpResponse:
        entered = form.cleaned_data
        votes = Votes(entered["votes_for"], entered["votes_against"], entered["abstained"])
        actions.record_decision(
            by=request.actor,
            meeting_id=meeting_id,
            text=entered["text"],
            method=entered["method"],
            votes=votes,
            now=request.now,
        )
        tell(request, _("The decision is recorded."))
        return redirect("meetings:meeting", meeting_id)

    return _answer(request, form, act) or _meeting_page(request, meeting_id, decision=form)


@require_POST
@signed_in
def undertake(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Record what somebody undertook."""
    found = queries.get_meeting(request.actor, meeting_id)
    _require(request, Permission.RECORD, found)
    form = _undertaking_form(request, found)

    def act() -> HttpResponse:
        entered = {**form.cleaned_data, "organisation_id": UUID(form.cleaned_data["organisation_id"])}
        actions.undertake_action(by=request.actor, meeting_id=meeting_id, now=request.now, **entered)
        tell(request, _("The action is recorded."))
        return redirect("meetings:meeting", meeting_id)

    return _answer(request, form, act) or _meeting_page(request, meeting_id, undertaking=form)


FORUMS_SHOWN = 50


def _require(request: HttpRequest, permission: Permission, found: Meeting) -> None:
    """Nobody fills in a form that they may not send."""
    request.actor.require(permission, found.forum.partnership_id, found.forum.service_area_id)


def _answer(request: HttpRequest, form: django_forms.Form, act: Callable[[], HttpResponse]) -> HttpResponse | None:
    """What a posted form leads to, or None when the form is to be shown (again, with what was refused)."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return act()
    except (RuleBroken, Conflict) as error:
        add_error(form, error)
        return None


def _meeting_page(
    request: HttpRequest,
    meeting_id: UUID,
    decision: forms.DecisionForm | None = None,
    undertaking: forms.UndertakingForm | None = None,
    problem: django_forms.Form | None = None,
) -> HttpResponse:
    found = queries.get_meeting(request.actor, meeting_id)
    place = (found.forum.partnership_id, found.forum.service_area_id)
    may_record = request.actor.holds(Permission.RECORD, *place)
    held = found.state == MeetingState.HELD
    return page(
        request,
        "foundation_meetings/meeting.html",
        {
            "meeting": found,
            "problem": problem,
            "facts": _facts(found),
            "agenda": found.agenda.order_by("position"),
            "attendance_head": [_("Group"), {"text": _("Came"), "numeric": True}],
            "attendance": [[group, number] for group, number in queries.attendance_of(found).items()],
            "decisions": [_decision_facts(found, each) for each in found.decisions.order_by("made_at", "id")],
            "action_head": [_("What"), _("By whom"), _("By when")],
            "undertakings": [
                [each.text, each.organisation.name, date_format(each.due, "j F Y")]
                for each in found.actions.select_related("organisation").order_by("due", "id")
            ],
            "may_plan": request.actor.holds(Permission.PLAN, *place) and found.state == MeetingState.PLANNED,
            "may_record": may_record and (held or _may_be_held(found, request)),
            "decision": (decision or _decision_form(request, found)) if may_record and held else None,
            "undertaking": (undertaking or _undertaking_form(request, found)) if may_record and held else None,
        },
    )


def _may_be_held(meeting: Meeting, request: HttpRequest) -> bool:
    return meeting.state == MeetingState.PLANNED and meeting.starts_at <= request.now


def _decision_form(request: HttpRequest, meeting: Meeting) -> forms.DecisionForm:
    methods = queries.methods_of(meeting, clock.london_date(meeting.starts_at), (get_language() or "en")[:2])
    posted = request.POST if request.resolver_match and request.resolver_match.url_name == "decide" else None
    return forms.DecisionForm(posted, methods=methods, auto_id="decision_%s")


def _undertaking_form(request: HttpRequest, meeting: Meeting) -> forms.UndertakingForm:
    members = directory.member_organisations(meeting.forum.partnership_id, clock.london_date(request.now))
    posted = request.POST if request.resolver_match and request.resolver_match.url_name == "undertake" else None
    return forms.UndertakingForm(posted, organisations=members, auto_id="undertaking_%s")


def _groups(meeting: Meeting, attendance: dict[str, int]) -> list[str]:
    """The groups this meeting counted, else those of the forum's last meeting, else the usual ones."""
    if attendance:
        return list(attendance)
    held = Meeting.objects.filter(forum=meeting.forum, state=MeetingState.HELD).order_by("-starts_at").first()
    return list(queries.attendance_of(held)) if held else [str(group) for group in forms.USUAL_GROUPS]


def _places(actor: Actor) -> list[ServiceArea]:
    places: list[ServiceArea] = []
    for grant in actor.scopes(Permission.MAKE_FORUM):
        inside = ServiceArea.objects.filter(partnership_id=grant.partnership_id).order_by("kind", "name")
        places += inside if grant.service_areas is None else inside.filter(pk__in=grant.service_areas)
    return places


def _facts(meeting: Meeting) -> list[dict[str, Any]]:
    facts = [
        (_("When"), date_format(timezone.localtime(meeting.starts_at), "l j F Y, H:i")),
        (_("Where"), meeting.venue),
        (_("Access"), meeting.access_notes),
        (_("State"), meeting.get_state_display()),
        (_("Area"), meeting.forum.service_area.name),
    ]
    return [{"key": name, "value": value} for name, value in facts if value]


def _decision_facts(meeting: Meeting, decision: Any) -> dict[str, Any]:
    methods = dict(queries.methods_of(meeting, clock.london_date(meeting.starts_at), (get_language() or "en")[:2]))
    return {"decision": decision, "method": methods.get(decision.method, decision.method)}


def _meeting_row(meeting: Meeting) -> list[object]:
    return [
        {"text": meeting.forum.name, "href": reverse("meetings:meeting", args=[meeting.pk])},
        date_format(timezone.localtime(meeting.starts_at), "j F Y H:i"),
        meeting.venue,
        {"tag": {"text": meeting.get_state_display(), "colour": COLOURS[MeetingState(meeting.state)]}},
    ]
