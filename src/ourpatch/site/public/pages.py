"""Finding a neighbourhood, and everything its people are told: team, priorities, meetings, figures, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ourpatch.access.concerns import queries as concerns
from ourpatch.access.concerns.rules import OnTime
from ourpatch.access.teams import queries as teams
from ourpatch.answers.publishing import queries as publishing
from ourpatch.data.disclosure import queries as releases
from ourpatch.foundation import law
from ourpatch.foundation.meetings import queries as meetings
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.clock import london_date
from ourpatch.ground.errors import NotFound
from ourpatch.ground.pages import page, paged
from ourpatch.influence.priorities import queries as priorities
from ourpatch.influence.priorities.models import REVIEW_LABELS
from ourpatch.influence.priorities.rules import ReviewResult
from ourpatch.interventions.problems.models import OUTCOME_LABELS, STAGE_LABELS
from ourpatch.interventions.problems.queries import Progress
from ourpatch.interventions.problems.rules import Outcome
from ourpatch.site.public import figures, maps, queries
from ourpatch.site.public.forms import FindForm
from ourpatch.site.public.queries import ToldPriority
from ourpatch.site.public.visitors import name_partnership
from ourpatch.strategy.plans import queries as plans

MAP_KEPT = 3_600
MEETINGS_SHOWN = 10


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Find my neighbourhood, raise a concern, ask, follow up."""
    groups = queries.by_partnership()
    return page(request, "site_public/home.html", {"form": FindForm(), "groups": groups, "map": maps.ALL})


@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """What was looked for: straight to the neighbourhood when there is only one."""
    if maps.was_pressed(request.GET):
        return _find_on_map(request)
    form = FindForm(request.GET)
    found = places.find(form.cleaned_data["q"]) if form.is_valid() else []
    slugs = {each.neighbourhood.slug for each in found}
    if len(slugs) == 1:
        return redirect("public:neighbourhood", slugs.pop())
    return page(request, "site_public/find.html", {"form": form, "found": found, "groups": queries.by_partnership()})


@require_GET
def show_map(request: HttpRequest, slug: str) -> HttpResponse:
    """A map to press on, as a picture."""
    picker = maps.picker_of(None if slug == maps.ALL else queries.place(slug))
    if picker is None:
        raise NotFound(_("There is no map of this place yet."))
    response = HttpResponse(str(picker.svg), content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={MAP_KEPT}"
    return response


@require_GET
def neighbourhood(request: HttpRequest, slug: str) -> HttpResponse:
    """One neighbourhood: who is there, what they work on, when they meet, what was recorded, what came of it."""
    area = _area(request, slug)
    on_time = concerns.measure_on_time(now=request.now, neighbourhood_id=area.pk)
    return page(
        request,
        "site_public/neighbourhood.html",
        {
            "area": area,
            "team": teams.team_of(area.pk, london_date(request.now)),
            "priorities": [_priority(each) for each in queries.current_priorities(area.pk)],
            "meeting": meetings.next_meeting(area.pk, request.now),
            "crime": figures.crime_of(area),
            "has_areas": area.partnership_id is not None and releases.has_areas(area.partnership_id),
            "answers": publishing.recent(area.pk, 3),
            "on_time": _on_time(on_time),
        },
    )


@require_GET
def priority(request: HttpRequest, slug: str, priority_id: UUID) -> HttpResponse:
    """The receipt of a priority: how it was chosen, what is done about it, how it stands, what came of it."""
    area = _area(request, slug)
    told = queries.priority_told(area.pk, priority_id)
    kinds = law.book(london_date(request.now)).codes("action_kinds")
    language = get_language() or "en"
    named = dict(kinds.choices(language))
    reviews = [(each.on, REVIEW_LABELS[ReviewResult(each.result)]) for each in told.priority.reviews.all()]
    return page(
        request,
        "site_public/priority.html",
        {
            "area": area,
            "told": _priority(told),
            "kinds": [(named.get(each.kind, each.kind), each) for each in queries.actions_told(priority_id)],
            "reviews": reviews,
            "answer": publishing.answer_of_priority(priority_id),
        },
    )


@require_GET
def crime(request: HttpRequest, slug: str) -> HttpResponse:
    """What was recorded: map, trend, categories by month, a file to download."""
    area = _area(request, slug)
    table, release = figures.months_table(area)
    return page(
        request,
        "site_public/crime.html",
        {
            "area": area,
            "crime": figures.crime_of(area),
            "table": table,
            "release": release,
            "has_areas": area.partnership_id is not None and releases.has_areas(area.partnership_id),
            "attributions": queries.attributions(),
        },
    )


@require_GET
def crime_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The same figures as a file."""
    area = _area(request, slug)
    address = request.build_absolute_uri(reverse("public:crime", args=[slug]))
    response = HttpResponse(figures.as_csv(area, address), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-recorded.csv"'
    return response


@require_GET
def answers(request: HttpRequest, slug: str) -> HttpResponse:
    """You said, we did: every published answer, and the priorities that are finished with."""
    area = _area(request, slug)
    context = {
        "area": area,
        "answers": publishing.recent(area.pk, 100),
        "finished": priorities.previous(area.pk, 20),
    }
    return page(request, "site_public/answers.html", context)


@require_GET
def show_meetings(request: HttpRequest, slug: str) -> HttpResponse:
    """When the team meets the public, and what was said and decided at the last meetings."""
    area = _area(request, slug)
    past = meetings.list_public_past(request.now, service_area_id=area.pk).prefetch_related("decisions", "attendance")
    shown = paged(request, past, MEETINGS_SHOWN)
    methods = dict(law.book(london_date(request.now)).codes("decision_methods").choices(get_language() or "en"))
    held = [
        {
            "meeting": each,
            "came": sum(group.number for group in each.attendance.all()),
            "decisions": [(one, methods.get(one.method, one.method)) for one in each.decisions.all()],
        }
        for each in shown
    ]
    coming = meetings.list_public(request.now, service_area_id=area.pk)
    return page(request, "site_public/meetings.html", {"area": area, "coming": coming, "held": held, "page": shown})


@require_GET
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The meetings for a calendar program."""
    area = _area(request, slug)
    name = _("%(place)s: meetings") % {"place": area.shown_name}
    text = meetings.calendar_of(area.pk, name, request.now)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{slug}.ics"'
    return response


@require_GET
def partnership(request: HttpRequest, slug: str) -> HttpResponse:
    """One partnership: its plan, its neighbourhoods, whether it keeps its word, its answers."""
    area = queries.partnership_of(slug)
    name_partnership(request, area)
    return page(
        request,
        "site_public/partnership.html",
        {
            "area": area,
            "neighbourhoods": places.neighbourhoods(area.pk),
            "plan": plans.published_plan(area.pk),
            "on_time": _on_time(concerns.measure_on_time(now=request.now, partnership_id=area.pk)),
            "answers": publishing.recent_of_partnership(area.pk, 10),
        },
    )


def _area(request: HttpRequest, slug: str) -> ServiceArea:
    area = places.get_neighbourhood(slug)
    name_partnership(request, area.partnership)
    return area


def _find_on_map(request: HttpRequest) -> HttpResponse:
    point = maps.pressed(None, request.GET)
    found = places.neighbourhood_at(*point) if point else None
    if found is not None:
        return redirect("public:neighbourhood", found.slug)
    context = {"form": FindForm(), "found": [], "missed": True, "groups": queries.by_partnership()}
    return page(request, "site_public/find.html", context)


def _priority(told: ToldPriority) -> dict[str, Any]:
    return {
        "priority": told.priority,
        "choice": told.choice,
        "method": _method(told),
        "votes": told.votes,
        "work": [_work(each) for each in told.work],
    }


def _method(told: ToldPriority) -> str:
    if told.choice is None:
        return ""
    methods = law.book(london_date(told.choice.made_at)).codes("decision_methods")
    return dict(methods.choices(get_language() or "en")).get(told.choice.method, told.choice.method)


def _work(progress: Progress) -> dict[str, Any]:
    return {
        "progress": progress,
        "stage": STAGE_LABELS[progress.stage],
        "outcome": OUTCOME_LABELS[Outcome(progress.outcome)] if progress.outcome else "",
    }


def _on_time(measured: OnTime) -> dict[str, Any] | None:
    """The parameters of a count with its base; None while no promise has run out yet."""
    if measured.share is None or measured.low is None or measured.high is None:
        return None
    return {
        "count": measured.met,
        "base": measured.ended,
        "percent": f"{measured.share:.0%}".rstrip("%"),
        "low": f"{measured.low:.0%}",
        "high": f"{measured.high:.0%}",
    }
