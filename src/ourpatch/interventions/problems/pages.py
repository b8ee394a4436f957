"""Pages of problem-solving plans."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ourpatch.access.concerns import queries as concerns
from ourpatch.access.concerns.models import Problem
from ourpatch.foundation.directory import queries as directory
from ourpatch.foundation.directory.models import Person
from ourpatch.foundation.meetings import queries as meetings
from ourpatch.foundation.meetings.models import MeetingState
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import seen
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import BadInput, Conflict, NotFound
from ourpatch.ground.links import gather
from ourpatch.ground.pages import add_error, answered, judged, page, paged, tell
from ourpatch.ground.permission.actor import Actor
from ourpatch.influence.priorities import queries as priorities
from ourpatch.influence.priorities.models import Priority
from ourpatch.influence.priorities.rules import State as PriorityState
from ourpatch.interventions.problems import actions, forms, presenting, queries
from ourpatch.interventions.problems.models import Plan, PlanNote
from ourpatch.interventions.problems.permissions import Permission
from ourpatch.interventions.problems.queries import Wanted
from ourpatch.interventions.problems.rules import Form, Stage
from ourpatch.interventions.problems.steps import NEXT_STEPS
from ourpatch.strategy.plans import queries as strategy

SHOWN = 50
MEETINGS_SHOWN = 12


@require_GET
@signed_in
def plans(request: HttpRequest) -> HttpResponse:
    """The plans of the partnership, searchable across teams."""
    form = forms.FilterForm(request.GET, neighbourhoods=_neighbourhoods(request.actor))
    given = form.cleaned_data if form.is_valid() else {}
    wanted = Wanted(
        state=given.get("state") or "open",
        text=given.get("text", ""),
        neighbourhood_id=UUID(given["neighbourhood"]) if given.get("neighbourhood") else None,
    )
    today = clock.london_date(request.now)
    shown = paged(request, queries.list_plans(request.actor, wanted, today))
    seen(request.actor, "problems.plans", Plan.KIND, [each.pk for each in shown])
    return page(
        request,
        "interventions_problems/plans.html",
        {
            "filter": form,
            "plans": shown,
            "head": [_("Plan"), _("Neighbourhood"), _("Stage"), _("Owner"), _("Review due")],
            "rows": [presenting.row(each, today) for each in shown],
            "may_make": request.actor.holds(Permission.MAKE),
        },
    )


@require_GET
@signed_in
def plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """One plan on one page: where it stands, every part, actions, story."""
    return _plan_page(request, plan_id)


@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """Begin a plan from a priority or a problem; without either, choose one."""
    request.actor.require(Permission.MAKE)
    priority, problem = _asked_priority(request), _asked_problem(request)
    if priority is None and problem is None:
        return page(request, "interventions_problems/begin.html", _beginnings(request.actor))
    partnership_id = priority.partnership_id if priority else problem.partnership_id  # type: ignore[union-attr]
    today = clock.london_date(request.now)
    form = forms.NewForm(
        request.POST or None,
        people=_people(partnership_id, today),
        strategic=strategy.list_priorities(request.actor, today, partnership_id),
        has_priority=priority is not None,
        initial=_beginning(priority, problem),
    )

    def act() -> HttpResponse:
        given = {**form.cleaned_data, "owner_id": UUID(form.cleaned_data["owner_id"])}
        serves = given.pop("strategic_priority_id")
        made = actions.make_plan(
            by=request.actor,
            priority_id=priority.pk if priority else None,
            problem_id=problem.pk if problem and not priority else None,
            strategic_priority_id=UUID(serves) if serves else None,
            now=request.now,
            **{**given, "form": Form(given["form"])},
        )
        tell(request, _("The plan has begun."))
        return redirect("problems:plan", made.pk)

    context = {"form": form, "priority": priority, "problem": problem}
    return answered(request, form, act) or page(request, "interventions_problems/new.html", context)


@signed_in
def write(request: HttpRequest, plan_id: UUID, part: str) -> HttpResponse:
    """Write one part of a plan."""
    found = queries.get_plan(request.actor, plan_id)
    request.actor.require(Permission.WORK, found.partnership_id, found.service_area_id)
    kind = forms.PARTS.get(part)
    if kind is None:
        raise NotFound(_("A plan has no such part."))
    names = [name for name in kind.base_fields if name != "version"]
    written = {name: getattr(found, name) for name in names}
    form = kind(request.POST or None, initial={**written, "version": found.version})

    def act() -> HttpResponse:
        actions.write_part(
            by=request.actor, plan_id=plan_id, version=form.cleaned_data["version"], part=form.part(), now=request.now
        )
        tell(request, _("The plan is saved."))
        return redirect("problems:plan", plan_id)

    stored: list[dict[str, Any]] = []
    try:
        answer = judged(request, form, act)
    except Conflict as conflict:
        # Both versions are shown: what is stored beside the words just typed; saving again chooses the typed ones.
        form = kind({**request.POST.dict(), "version": found.version}, initial=written)
        form.is_valid()
        add_error(form, conflict)
        answer, stored = None, presenting.written(found, kind)
    heading = presenting.headings()[part]
    intro = _("Write what you know now. A plan may be unfinished; it says what it needs before it goes on.")
    return answer or _form_page(request, found, form, heading, intro, _("Save"), stored=stored)


@require_POST
@signed_in
def onward(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Move a plan to its next stage."""
    form = forms.VersionForm(request.POST)

    def act() -> HttpResponse:
        moved = actions.move_onward(
            by=request.actor, plan_id=plan_id, version=form.cleaned_data["version"], now=request.now
        )
        tell(request, _("The plan is now at: %(stage)s.") % {"stage": moved.get_stage_display()})
        return redirect("problems:plan", plan_id)

    return answered(request, form, act) or _plan_page(request, plan_id, refused=form)


@signed_in
def back(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Take a plan back to an earlier stage."""
    found = queries.get_plan(request.actor, plan_id)
    request.actor.require(Permission.WORK, found.partnership_id, found.service_area_id)
    form = forms.BackForm(
        request.POST or None, stages=presenting.backward(Stage(found.stage)), initial={"version": found.version}
    )

    def act() -> HttpResponse:
        given = {**form.cleaned_data, "to": Stage(form.cleaned_data["to"])}
        actions.move_back(by=request.actor, plan_id=plan_id, now=request.now, **given)
        tell(request, _("The plan has gone back."))
        return redirect("problems:plan", plan_id)

    intro = _("Go back when the evidence says that the cause or the problem is another one.")
    return answered(request, form, act) or _form_page(request, found, form, _("Go back"), intro, _("Go back"))


@require_POST
@signed_in
def grow(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Turn a light plan into a full one."""
    form = forms.VersionForm(request.POST)

    def act() -> HttpResponse:
        actions.grow_plan(by=request.actor, plan_id=plan_id, version=form.cleaned_data["version"], now=request.now)
        tell(request, _("The plan is now a full one and asks for more at each stage."))
        return redirect("problems:plan", plan_id)

    return answered(request, form, act) or _plan_page(request, plan_id, refused=form)


@signed_in
def owner(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Give a plan to another owner."""
    found = queries.get_plan(request.actor, plan_id)
    request.actor.require(Permission.WORK, found.partnership_id, found.service_area_id)
    people = _people(found.partnership_id, clock.london_date(request.now))
    form = forms.OwnerForm(request.POST or None, people=people, initial={"version": found.version})

    def act() -> HttpResponse:
        given = {**form.cleaned_data, "owner_id": UUID(form.cleaned_data["owner_id"])}
        actions.give_owner(by=request.actor, plan_id=plan_id, now=request.now, **given)
        tell(request, _("The plan has a new owner."))
        return redirect("problems:plan", plan_id)

    intro = _("A plan has one owner: whoever's own work fits best what is to be reached, police or not.")
    heading = _("Give the plan to somebody else")
    return answered(request, form, act) or _form_page(request, found, form, heading, intro, _("Give the plan"))


@signed_in
def new_action(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Add an action and give its task."""
    found = queries.get_plan(request.actor, plan_id)
    request.actor.require(Permission.WORK, found.partnership_id, found.service_area_id)
    members = directory.member_organisations(found.partnership_id, clock.london_date(request.now))
    form = forms.ActionForm(request.POST or None, kinds=presenting.kinds(found), organisations=members)

    def act() -> HttpResponse:
        given = {**form.cleaned_data, "organisation_id": UUID(form.cleaned_data["organisation_id"])}
        actions.add_action(by=request.actor, plan_id=plan_id, now=request.now, **given)
        tell(request, _("The action is in the plan and its task is with the organisation."))
        return redirect("problems:plan", plan_id)

    intro = _(
        "Say what is to be done, by whom and by when. The organisation is given a task that it can accept or return."
    )
    return answered(request, form, act) or _form_page(request, found, form, _("Add an action"), intro, _("Add action"))


@signed_in
def new_partner(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Name who takes part."""
    found = queries.get_plan(request.actor, plan_id)
    request.actor.require(Permission.WORK, found.partnership_id, found.service_area_id)
    members = directory.member_organisations(found.partnership_id, clock.london_date(request.now))
    form = forms.PartnerForm(request.POST or None, organisations=members)

    def act() -> HttpResponse:
        given = dict(form.cleaned_data)
        chosen = given.pop("organisation_id")
        actions.add_partner(
            by=request.actor,
            plan_id=plan_id,
            organisation_id=UUID(chosen) if chosen else None,
            now=request.now,
            **given,
        )
        tell(request, _("The partner is in the plan."))
        return redirect("problems:plan", plan_id)

    intro = _("Name an organisation or a residents' group that takes part in the plan.")
    return answered(request, form, act) or _form_page(request, found, form, _("Add a partner"), intro, _("Add partner"))


@signed_in
def review(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Review a plan."""
    found = queries.get_plan(request.actor, plan_id)
    request.actor.require(Permission.REVIEW, found.partnership_id, found.service_area_id)
    form = forms.ReviewForm(request.POST or None, initial={"version": found.version})

    def act() -> HttpResponse:
        actions.review_plan(by=request.actor, plan_id=plan_id, now=request.now, **form.cleaned_data)
        tell(request, _("The review is recorded."))
        return redirect("problems:plan", plan_id)

    intro = _("Say how the plan is going, and when you look at it next.")
    return answered(request, form, act) or _form_page(
        request, found, form, _("Review the plan"), intro, _("Record the review")
    )


@signed_in
def new_note(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Write a note that others do not see."""
    found = queries.get_plan(request.actor, plan_id)
    request.actor.require(Permission.WRITE_NOTES, found.partnership_id, found.service_area_id)
    form = forms.NoteForm(request.POST or None)

    def act() -> HttpResponse:
        actions.write_note(by=request.actor, plan_id=plan_id, text=form.cleaned_data["text"], now=request.now)
        tell(request, _("The note is kept for your organisation."))
        return redirect("problems:plan", plan_id)

    intro = _("Keep here what the rest of the partnership may not read, so that the plan itself can be shared.")
    return answered(request, form, act) or _form_page(
        request, found, form, _("Write a note"), intro, _("Keep the note")
    )


@signed_in
def close(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Close a plan: everybody answered, or the forum decided."""
    found = queries.get_plan(request.actor, plan_id)
    request.actor.require(Permission.CLOSE, found.partnership_id, found.service_area_id)
    form = _close_form(request, found)

    def act() -> HttpResponse:
        given = form.cleaned_data
        common = {"by": request.actor, "plan_id": plan_id, "now": request.now}
        if given["meeting_id"]:
            actions.close_by_decision(
                version=given["version"],
                meeting_id=UUID(given["meeting_id"]),
                method=given["method"],
                reason=given["reason"],
                **common,
            )
        else:
            actions.close_plan(version=given["version"], reason=given["reason"], **common)
        tell(request, _("The plan is closed."))
        return redirect("problems:plan", plan_id)

    intro = _("A plan closes when those who raised the problem have been answered, or when the forum decides so.")
    answer = answered(request, form, act)
    owed = queries.count_owed(found)
    return answer or _form_page(request, found, form, _("Close the plan"), intro, _("Close the plan"), owed=owed)


def _plan_page(request: HttpRequest, plan_id: UUID, refused: django_forms.Form | None = None) -> HttpResponse:
    found = queries.get_plan(request.actor, plan_id)
    notes = list(queries.list_notes(request.actor, plan_id)[:SHOWN])
    seen(request.actor, "problems.plan", Plan.KIND, [found.pk])
    seen(request.actor, "problems.plan", PlanNote.KIND, [each.pk for each in notes])
    return page(
        request,
        "interventions_problems/plan.html",
        {
            "plan": found,
            "form": refused,
            "step": forms.VersionForm(initial={"version": found.version}, auto_id="step_%s"),
            "growing": forms.VersionForm(initial={"version": found.version}, auto_id="grow_%s"),
            "stages": presenting.stages(found),
            "facts": presenting.facts(found),
            "parts": presenting.parts(found),
            "gate": presenting.gate(found),
            "action_head": [_("Action"), _("Kind"), _("By whom"), _("Due"), _("State")],
            "action_rows": presenting.action_rows(request.actor, found, clock.london_date(request.now)),
            "reviews": list(found.reviews.all()),
            "story": presenting.story(list(queries.list_entries(found))[:SHOWN]),
            "notes": notes,
            "may": presenting.may(request.actor, found),
            "links": gather(NEXT_STEPS, request.actor, found),
        },
    )


def _form_page(
    request: HttpRequest,
    found: Plan,
    form: django_forms.Form,
    heading: str,
    intro: str,
    button: str,
    stored: list[dict[str, Any]] | None = None,
    owed: int = 0,
) -> HttpResponse:
    seen(request.actor, "problems.plan_form", Plan.KIND, [found.pk])
    context = {"plan": found, "form": form, "heading": heading, "intro": intro, "button": button}
    return page(request, "interventions_problems/form.html", {**context, "stored": stored or [], "owed": owed})


def _neighbourhoods(by: Actor) -> list[ServiceArea]:
    found: list[ServiceArea] = []
    for grant in by.scopes(Permission.VIEW):
        inside = places.neighbourhoods(grant.partnership_id)
        found += inside if grant.service_areas is None else inside.filter(pk__in=grant.service_areas)
    return list(dict.fromkeys(found))


def _people(partnership_id: UUID, on: date) -> list[Person]:
    """Everybody in post in a member organisation, by organisation and name."""
    members = directory.member_organisations(partnership_id, on)
    return [person for each in members for person in directory.people_of(each.pk, on).select_related("organisation")]


def _asked_priority(request: HttpRequest) -> Priority | None:
    asked = _asked_id(request, "priority")
    return priorities.get_priority(request.actor, asked) if asked else None


def _asked_problem(request: HttpRequest) -> Problem | None:
    asked = _asked_id(request, "problem")
    return concerns.get_problem(request.actor, asked) if asked else None


def _asked_id(request: HttpRequest, name: str) -> UUID | None:
    asked = request.GET.get(name, "")
    try:
        return UUID(asked) if asked else None
    except ValueError as error:
        raise BadInput(
            _("The address is incomplete. Open the priority or the problem and begin from there.")
        ) from error


def _beginnings(by: Actor) -> dict[str, Any]:
    """Current priorities without a plan, and open problems."""
    current = priorities.list_priorities(by, state=PriorityState.ADOPTED).filter(plans__isnull=True)[:SHOWN]
    return {"priorities": current, "problems": concerns.list_problems(by)[:SHOWN]}


def _beginning(priority: Priority | None, problem: Problem | None) -> dict[str, Any]:
    if priority is not None:
        return {"title": priority.title, "title_cy": priority.title_cy, "happening": priority.statement}
    if problem is not None:
        return {"title": problem.title_en, "title_cy": problem.title_cy, "happening": problem.about_en}
    return {}


def _close_form(request: HttpRequest, found: Plan) -> forms.CloseForm:
    held = meetings.list_meetings(request.actor, state=MeetingState.HELD)[:MEETINGS_SHOWN]
    offered = [
        (str(each.pk), f"{each.forum.name}, {presenting.day(clock.london_date(each.starts_at))}") for each in held
    ]
    book = concerns.book_of(found.neighbourhood, clock.london_date(request.now))
    methods = book.codes("decision_methods").choices((get_language() or "en")[:2])
    return forms.CloseForm(request.POST or None, meetings=offered, methods=methods, initial={"version": found.version})
