"""Pages of priorities."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ourpatch.access.concerns import queries as concerns
from ourpatch.access.concerns.models import Problem
from ourpatch.foundation import law
from ourpatch.foundation.meetings import queries as meetings
from ourpatch.foundation.meetings.models import Meeting, MeetingState
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import seen
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import BadInput, Conflict
from ourpatch.ground.links import gather
from ourpatch.ground.pages import add_error, answered, judged, page, paged, tell
from ourpatch.ground.permission.actor import Actor
from ourpatch.influence.priorities import actions, forms, queries, rules
from ourpatch.influence.priorities.evidence import Evidence, evidence_for, lines_of
from ourpatch.influence.priorities.models import Priority
from ourpatch.influence.priorities.permissions import Permission
from ourpatch.influence.priorities.rules import Smart, State
from ourpatch.influence.priorities.steps import NEXT_STEPS

COLOURS = {State.PROPOSED: "yellow", State.ADOPTED: "green", State.NOT_CHOSEN: "grey", State.CLOSED: "grey"}
MEETINGS_SHOWN = 20


@require_GET
@signed_in
def priorities(request: HttpRequest) -> HttpResponse:
    """The priorities of the reader's neighbourhoods."""
    form = forms.FilterForm(request.GET, neighbourhoods=_neighbourhoods(request.actor, Permission.VIEW))
    wanted = form.cleaned_data if form.is_valid() else {}
    found = queries.list_priorities(
        request.actor,
        neighbourhood_id=UUID(wanted["neighbourhood"]) if wanted.get("neighbourhood") else None,
        state=State(wanted["state"]) if wanted.get("state") else None,
    )
    shown = paged(request, found)
    seen(request.actor, "priorities.priorities", Priority.KIND, [each.pk for each in shown])
    return page(
        request,
        "influence_priorities/priorities.html",
        {
            "filter": form,
            "priorities": shown,
            "head": [_("Priority"), _("Neighbourhood"), _("State"), _("Review due")],
            "rows": [_row(each, request) for each in shown],
            "may_propose": request.actor.holds(Permission.PROPOSE),
            "may_choose": request.actor.holds(Permission.CHOOSE),
        },
    )


@require_GET
@signed_in
def priority(request: HttpRequest, priority_id: UUID) -> HttpResponse:
    """One priority: what it asks for, the evidence, how it was chosen, its reviews."""
    found = queries.get_priority(request.actor, priority_id)
    seen(request.actor, "priorities.priority", Priority.KIND, [found.pk])
    missing = rules.check_smart(found.smart, is_asb=found.is_asb, today=clock.london_date(found.made_at))
    return page(
        request,
        "influence_priorities/priority.html",
        {
            "priority": found,
            "colour": COLOURS[State(found.state)],
            "facts": _facts(found),
            "smart": _smart_rows(found.smart),
            "missing": [str(message) for _name, message in missing],
            "choice": _choice(found),
            "reviews": list(found.reviews.all()),
            "links": gather(NEXT_STEPS, request.actor, found),
            "may": _may(request.actor, found),
            "again": forms.VersionForm(initial={"version": found.version}),
            **_evidence(lines_of(found.evidence)),
        },
    )


@signed_in
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a priority, from a problem or by itself, with the evidence beside it."""
    request.actor.require(Permission.PROPOSE)
    problem = _problem(request)
    neighbourhoods = _neighbourhoods(request.actor, Permission.PROPOSE)
    area = _area(problem, neighbourhoods)
    form = forms.ProposeForm(
        request.POST or None, neighbourhoods=neighbourhoods, kinds=_kinds(request), initial=_from_problem(problem)
    )

    def act() -> HttpResponse:
        given = {**form.cleaned_data, "neighbourhood_id": UUID(form.cleaned_data["neighbourhood_id"])}
        made = actions.propose_priority(
            by=request.actor, problem_id=problem.pk if problem else None, now=request.now, **given
        )
        tell(request, _("The priority is proposed. Now say exactly where, when and how much."))
        return redirect("priorities:smart", made.pk)

    context: dict[str, Any] = {"form": form, "problem": problem, "area": area}
    answer = judged(request, form, act)
    if answer is None and area is not None:
        kept = evidence_for(area, problem, clock.london_date(request.now))
        context |= _evidence(lines_of(kept))
    return answer or page(request, "influence_priorities/propose.html", context)


@signed_in
def smart(request: HttpRequest, priority_id: UUID) -> HttpResponse:
    """Make a proposal SMART."""
    found = queries.get_priority(request.actor, priority_id)
    request.actor.require(Permission.PROPOSE, found.partnership_id, found.service_area_id)
    written = {name: getattr(found, name) for name in Smart.__dataclass_fields__}
    form = forms.SmartForm(request.POST or None, initial={**written, "version": found.version})

    def act() -> HttpResponse:
        actions.make_smart(
            by=request.actor,
            priority_id=priority_id,
            version=form.cleaned_data["version"],
            smart=form.smart(),
            now=request.now,
        )
        tell(request, _("The priority is SMART and can be put to the forum."))
        return redirect("priorities:priority", priority_id)

    context = {"form": form, "priority": found, **_evidence(lines_of(found.evidence))}
    try:
        answer = judged(request, form, act)
    except Conflict as conflict:
        # Both versions are shown: what is stored beside the words just typed; saving again chooses the typed ones.
        form = forms.SmartForm({**request.POST.dict(), "version": found.version}, initial=written)
        form.is_valid()
        add_error(form, conflict)
        context |= {"form": form, "stored": _smart_rows(found.smart)}
        answer = None
    return answer or page(request, "influence_priorities/smart.html", context)


@signed_in
def review(request: HttpRequest, priority_id: UUID) -> HttpResponse:
    """Review a current priority."""
    found = queries.get_priority(request.actor, priority_id)
    request.actor.require(Permission.REVIEW, found.partnership_id, found.service_area_id)
    form = forms.ReviewForm(request.POST or None, initial={"version": found.version})

    def act() -> HttpResponse:
        actions.review_priority(by=request.actor, priority_id=priority_id, now=request.now, **form.cleaned_data)
        tell(request, _("The review is recorded."))
        return redirect("priorities:priority", priority_id)

    context = {"form": form, "priority": found, "smart": _smart_rows(found.smart)}
    return answered(request, form, act) or page(request, "influence_priorities/review.html", context)


@require_POST
@signed_in
def propose_again(request: HttpRequest, priority_id: UUID) -> HttpResponse:
    """Put what was not chosen before a later meeting."""
    form = forms.VersionForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("The page was incomplete. Go back, load it again and repeat what you did."))
    actions.propose_again(
        by=request.actor, priority_id=priority_id, version=form.cleaned_data["version"], now=request.now
    )
    tell(request, _("The priority is proposed again, with today's evidence."))
    return redirect("priorities:priority", priority_id)


@require_GET
@signed_in
def meetings_to_choose_at(request: HttpRequest) -> HttpResponse:
    """The meetings at which a choice can be recorded, and those to come, for which ballots can be printed."""
    request.actor.require(Permission.CHOOSE)
    found = meetings.list_meetings(request.actor).exclude(state=MeetingState.CANCELLED)[:MEETINGS_SHOWN]
    return page(
        request,
        "influence_priorities/meetings.html",
        {
            "head": [_("Meeting"), _("When"), _("Area"), _("Ballot")],
            "rows": [_meeting_row(each) for each in found],
        },
    )


@signed_in
def choose(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Record how a forum chose."""
    request.actor.require(Permission.CHOOSE)
    meeting = meetings.get_meeting(request.actor, meeting_id)
    held_on = clock.london_date(meeting.starts_at)
    candidates = list(queries.list_candidates(request.actor, meeting.forum.service_area))
    book = concerns.book_of(meeting.forum.service_area, held_on)
    form = forms.ChoiceForm(
        request.POST or None,
        candidates=candidates,
        methods=meetings.methods_of(meeting, held_on, _language()),
        initial={"present": sum(meetings.attendance_of(meeting).values())},
    )
    form.fields["reason_for_more"].help_text = forms.about_usual(book.number("priorities_per_neighbourhood"))

    def act() -> HttpResponse:
        actions.adopt_priorities(
            by=request.actor,
            meeting_id=meeting_id,
            candidates=[each.pk for each in candidates],
            chosen=form.chosen(),
            method=form.cleaned_data["method"],
            present=form.cleaned_data["present"],
            votes=form.votes(),
            reason_for_more=form.cleaned_data["reason_for_more"],
            now=request.now,
        )
        tell(request, _("The forum's choice is recorded."))
        return redirect("priorities:priorities")

    context = {"form": form, "meeting": meeting, "candidates": candidates}
    return answered(request, form, act) or page(request, "influence_priorities/choose.html", context)


@require_GET
@signed_in
def ballot(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Ballot papers to print: the candidates in both languages, in the order in which the votes are keyed in."""
    request.actor.require(Permission.CHOOSE)
    meeting = meetings.get_meeting(request.actor, meeting_id)
    candidates = list(queries.list_candidates(request.actor, meeting.forum.service_area))
    return page(request, "influence_priorities/ballot.html", {"meeting": meeting, "candidates": candidates})


def _neighbourhoods(by: Actor, permission: Permission) -> list[ServiceArea]:
    found: list[ServiceArea] = []
    for grant in by.scopes(permission):
        inside: QuerySet[ServiceArea] = places.neighbourhoods(grant.partnership_id)
        found += inside if grant.service_areas is None else inside.filter(pk__in=grant.service_areas)
    return list(dict.fromkeys(found))


def _problem(request: HttpRequest) -> Problem | None:
    asked = request.GET.get("problem", "")
    try:
        return concerns.get_problem(request.actor, UUID(asked)) if asked else None
    except ValueError as error:
        raise BadInput(_("The address names no problem. Open the problem and begin from there.")) from error


def _area(problem: Problem | None, neighbourhoods: list[ServiceArea]) -> ServiceArea | None:
    if problem is not None:
        return next((each for each in neighbourhoods if each.pk == problem.service_area_id), None)
    return neighbourhoods[0] if len(neighbourhoods) == 1 else None


def _from_problem(problem: Problem | None) -> dict[str, Any]:
    if problem is None:
        return {}
    return {
        "neighbourhood_id": str(problem.service_area_id),
        "title": problem.title_en,
        "title_cy": problem.title_cy,
        "statement": problem.about_en,
        "statement_cy": problem.about_cy,
        "is_asb": problem.category.startswith("asb_"),
    }


def _kinds(request: HttpRequest) -> list[tuple[str, str]]:
    """Each kind with what it means, in the reader's language."""
    book = law.book(clock.london_date(request.now))
    meaning = "meaning_cy" if _language() == "cy" else "meaning_en"
    return [(item.code, f"{item.label(_language())}. {item.fact(meaning)}") for item in book.codes("priority_kinds")]


def _language() -> str:
    return (get_language() or "en")[:2]


def _may(by: Actor, found: Priority) -> dict[str, bool]:
    place = (found.partnership_id, found.service_area_id)
    return {
        "make_smart": found.state == State.PROPOSED and by.holds(Permission.PROPOSE, *place),
        "propose_again": found.state == State.NOT_CHOSEN and by.holds(Permission.PROPOSE, *place),
        "review": found.state == State.ADOPTED and by.holds(Permission.REVIEW, *place),
    }


def _row(each: Priority, request: HttpRequest) -> list[Any]:
    late = each.review_due_on is not None and each.review_due_on < clock.london_date(request.now)
    tag = {"text": each.get_state_display(), "colour": COLOURS[State(each.state)]}
    return [
        {"text": each.shown_title, "href": reverse("priorities:priority", args=[each.pk])},
        each.neighbourhood.shown_name,
        {"tag": tag},
        {"tag": {"text": _("Overdue since %(day)s") % {"day": _day(each.review_due_on)}, "colour": "red"}}
        if late
        else _day(each.review_due_on),
    ]


def _meeting_row(meeting: Meeting) -> list[Any]:
    held = meeting.state == MeetingState.HELD
    name = meeting.forum.name_cy if meeting.forum.name_cy and _language() == "cy" else meeting.forum.name
    choose_here = {"text": name, "href": reverse("priorities:choose_at", args=[meeting.pk])}
    return [
        choose_here if held else name,
        _day(clock.london_date(meeting.starts_at)),
        meeting.forum.service_area.shown_name,
        {
            "text": _("Print ballots for %(day)s") % {"day": _day(clock.london_date(meeting.starts_at))},
            "href": reverse("priorities:ballot", args=[meeting.pk]),
        },
    ]


def _facts(found: Priority) -> list[dict[str, Any]]:
    kinds = law.book(clock.london_date(found.made_at)).codes("priority_kinds")
    return _stated(
        (_("Neighbourhood"), found.neighbourhood.shown_name),
        (_("Kind"), kinds[found.kind].label(_language())),
        (_("About anti-social behaviour"), _("Yes") if found.is_asb else _("No")),
        (_("Raised by"), found.raised_by),
        (_("Chosen on"), _day(found.adopted_on)),
        (_("Last reviewed on"), _day(found.last_reviewed_on)),
        (_("Review due by"), _day(found.review_due_on)),
        (_("Finished on"), _day(found.closed_on)),
        (_("Why it was finished with"), found.closing_reason),
    )


def _smart_rows(written: Smart) -> list[dict[str, Any]]:
    return _stated(
        (_("Exact place"), written.exact_place),
        (_("Days and times"), written.days_and_times),
        (_("What will be different"), written.objective),
        (_("How everybody will know"), written.measure),
        (_("Target"), written.target),
        (_("By when"), _day(written.by_when)),
    )


def _stated(*facts: tuple[str, str]) -> list[dict[str, Any]]:
    """Only what is known is shown."""
    return [{"key": key, "value": value} for key, value in facts if value]


def _choice(found: Priority) -> dict[str, Any] | None:
    choice = queries.choice_of(found)
    if choice is None:
        return None
    methods = dict(meetings.methods_of(choice.meeting, clock.london_date(choice.meeting.starts_at), _language()))
    return {
        "choice": choice,
        "method": methods.get(choice.method, choice.method),
        "head": [_("Candidate"), {"text": _("Votes"), "numeric": True}, _("Chosen")],
        "rows": [
            [
                each.priority.shown_title,
                _("Not counted") if each.votes is None else each.votes,
                _("Yes") if each.chosen else _("No"),
            ]
            for each in choice.ballots.all()
        ],
    }


def _evidence(lines: list[Evidence]) -> dict[str, Any]:
    return {
        "evidence_head": [_("What"), {"text": _("Number"), "numeric": True}, _("When"), _("Source")],
        "evidence_rows": [
            [str(line.says), _("Not known") if line.number is None else line.number, _period(line), str(line.source)]
            for line in lines
        ],
    }


def _period(line: Evidence) -> str:
    if line.since and line.until:
        return _("%(since)s to %(until)s") % {"since": _day(line.since), "until": _day(line.until)}
    return _("As of %(until)s") % {"until": _day(line.until)} if line.until else ""


def _day(day: Any) -> str:
    return date_format(day, "j F Y") if day else ""
