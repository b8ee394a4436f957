"""Concerns in the workspace: the list with its clocks, one concern with everything said, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ourpatch.access.concerns import actions, forms, photos, queries, rules, showing
from ourpatch.access.concerns.models import Concern
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.concerns.rules import Door
from ourpatch.access.teams import queries as teams
from ourpatch.foundation.places import queries as places
from ourpatch.ground.audit import queries as audit
from ourpatch.ground.audit.trail import seen
from ourpatch.ground.clock import london_date
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import Conflict, RuleBroken
from ourpatch.ground.pages import add_error, page, paged, tell

Do = Callable[[dict[str, Any]], object]

# A problem's own point is rounded to 50 metres, so nearer than that says no more than "here".
SAME_SPOT_METRES = 50
# What the reply form proposes as the day of the next news; whoever replies may change it.
NEWS_PROPOSED = timedelta(days=14)


@require_GET
@signed_in
def show_list(request: HttpRequest) -> HttpResponse:
    """The concerns in my area that are owed an answer, the next promise to run out first."""
    areas = queries.areas_of(request.actor, Permission.VIEW)
    form = forms.FilterForm(request.GET, areas=areas)
    concerns = paged(request, queries.list_concerns(request.actor, _wanted(request, form), request.now))
    seen(request.actor, "concerns.list", Concern.KIND, [each.pk for each in concerns])
    counts = queries.counts_by_clock(request.actor, request.now)
    return page(
        request,
        "access_concerns/list.html",
        {
            "filter": form,
            "concerns": concerns,
            "head": showing.head(),
            "rows": showing.rows(concerns, dict(areas), request.now),
            "counts": counts,
            "may_raise": request.actor.holds(Permission.RAISE),
        },
    )


@signed_in
def show(request: HttpRequest, concern_id: UUID) -> HttpResponse:
    """One concern: who told us what, what we said, what is owed next, and the reply form."""
    concern = queries.get_concern(request.actor, concern_id)
    form = forms.ReplyForm(
        request.POST or None,
        initial={
            "version": concern.version,
            "language": concern.language,
            "kind": "meaningful",
            "news_on": london_date(request.now) + NEWS_PROPOSED,
        },
    )
    if request.method == "POST" and done_with(form, concern, lambda data: _reply(request, concern_id, data)):
        tell(request, _("Your reply is on its way to the person."))
        return redirect("concerns:concern", concern_id)
    seen(request.actor, "concerns.concern", Concern.KIND, [concern.pk])
    return page(request, "access_concerns/concern.html", {**_everything(request, concern), "form": form})


@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """Write down what somebody told you: a call, a conversation, a letter."""
    request.actor.require(Permission.RAISE)
    areas = [
        (area.pk, area.name)
        for partnership_id in _partnerships(request)
        for area in places.neighbourhoods(partnership_id).order_by("name")
    ]
    form = forms.NewConcernForm(
        request.POST or None,
        request.FILES or None,
        areas=areas,
        initial={"idempotency_key": str(uuid4()), "language": get_language()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            raised = _raise(request, form.cleaned_data)
        except RuleBroken as error:
            add_error(form, error)
        else:
            shown = {"concern": raised.concern, "code": rules.spaced_code(raised.code)}
            return page(request, "access_concerns/raised.html", {**shown, "may_see": _sees(request, raised.concern)})
    return page(request, "access_concerns/new.html", {"form": form})


@signed_in
def answer(request: HttpRequest, concern_id: UUID) -> HttpResponse:
    """Tell the person what came of it."""
    concern = queries.get_concern(request.actor, concern_id)
    form = forms.AnswerForm(request.POST or None, initial={"version": concern.version, "language": concern.language})

    def do(data: dict[str, Any]) -> None:
        actions.answer(by=request.actor, concern_id=concern_id, now=request.now, **data)

    about = {
        "title": _("Answer"),
        "lead": _("Tell the person what came of what they raised. Only this pays what we owe them."),
        "button": _("Send the answer"),
    }
    return _on_its_own(request, concern, form, do, about, _("The person has been answered."))


@signed_in
def assign(request: HttpRequest, concern_id: UUID) -> HttpResponse:
    """Give it to somebody else."""
    concern = queries.get_concern(request.actor, concern_id)
    people = queries.people_who_see(concern, london_date(request.now))
    form = forms.AssignForm(
        request.POST or None, people=people, initial={"version": concern.version, "owner_id": str(concern.owner_id)}
    )

    def do(data: dict[str, Any]) -> None:
        actions.assign_owner(by=request.actor, concern_id=concern_id, now=request.now, **data)

    about = {
        "title": _("Give it to somebody"),
        "lead": _(
            "Choose who looks after this concern. They are told at once. Only people whose organisation sees it are listed."
        ),
        "button": _("Give it to them"),
    }
    return _on_its_own(request, concern, form, do, about, _("The concern has a new owner, who has been told."))


@signed_in
def place(request: HttpRequest, concern_id: UUID) -> HttpResponse:
    """Give it its neighbourhood."""
    concern = queries.get_concern(request.actor, concern_id)
    areas = queries.areas_of(request.actor, Permission.PLACE, concern.partnership_id)
    form = forms.PlaceForm(
        request.POST or None,
        areas=areas,
        initial={"version": concern.version, "service_area_id": str(concern.service_area_id)},
    )

    def do(data: dict[str, Any]) -> None:
        actions.place_concern(by=request.actor, concern_id=concern_id, now=request.now, **data)

    about = {
        "title": _("Give it a neighbourhood"),
        "lead": _(
            "Choose the neighbourhood it is in. It goes to that team, and the clock runs on from when it was raised."
        ),
        "button": _("Give it this neighbourhood"),
    }
    return _on_its_own(request, concern, form, do, about, _("The concern is with the team of that neighbourhood."))


@signed_in
def withdraw(request: HttpRequest, concern_id: UUID) -> HttpResponse:
    """Write down that the person wants no answer."""
    concern = queries.get_concern(request.actor, concern_id)
    form = forms.WithdrawForm(request.POST or None, initial={"version": concern.version})

    def do(data: dict[str, Any]) -> None:
        actions.withdraw(by=request.actor, concern_id=concern_id, now=request.now, **data)

    about = {
        "title": _("The person wants no answer"),
        "lead": _("Use this only when the person has told you so. Everything else ends with an answer."),
        "button": _("Withdraw it for them"),
    }
    return _on_its_own(
        request, concern, form, do, about, _("Written down. Nothing more is owed unless they come back.")
    )


@signed_in
def group(request: HttpRequest, concern_id: UUID) -> HttpResponse:
    """Put it into a problem, one that is there or a new one."""
    concern = queries.get_concern(request.actor, concern_id)
    choices = _problem_choices(request, concern)
    form = forms.GroupForm(
        request.POST or None,
        problems=choices,
        initial={"problem_id": str(choices[0][0]) if choices else ""},
        others=[
            (each.pk, f"{each.reference}, {each.place_words}") for each in queries.like_concerns(request.actor, concern)
        ],
    )

    def do(data: dict[str, Any]) -> None:
        together = [concern.pk, *data.get("others", ())]
        if data["problem_id"]:
            actions.group_into_problem(
                by=request.actor, problem_id=data["problem_id"], concern_ids=together, now=request.now
            )
            return
        actions.make_problem(
            by=request.actor,
            concern_ids=together,
            title_en=data["title_en"],
            title_cy=data["title_cy"],
            place_words=concern.place_words,
            now=request.now,
        )

    about = {
        "title": _("Put it into a problem"),
        "lead": _(
            "A problem gathers what several people raised, so that it is worked on once. Each person stays owed an answer."
        ),
        "button": _("Put it in"),
    }
    return _on_its_own(request, concern, form, do, about, _("The concern is part of the problem."))


@require_GET
@signed_in
def photo(request: HttpRequest, concern_id: UUID, photo_id: UUID) -> HttpResponse:
    """A picture, for those who may see the concern it came with."""
    concern = queries.get_concern(request.actor, concern_id)
    found = queries.get_photo(concern, photo_id)
    seen(request.actor, "concerns.photo", Concern.KIND, [concern.pk])
    response = HttpResponse(photos.read(found.path), content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    response["Content-Disposition"] = f'inline; filename="{concern.reference}.jpg"'
    return response


@require_GET
@signed_in
def who_has_seen(request: HttpRequest, concern_id: UUID) -> HttpResponse:
    """Who has seen and changed a concern, for those who may read the audit; what was said is not theirs to read."""
    concern = queries.get_audited(request.actor, concern_id)
    entries = audit.list_about(request.actor, concern.pk)
    seen(request.actor, "concerns.who_has_seen", Concern.KIND, [concern.pk])
    return page(
        request,
        "access_concerns/seen.html",
        {
            "concern": concern,
            "may_see": _sees(request, concern),
            "caption": _("Seen and changed"),
            "head": [_("When"), _("Who"), _("What"), _("Where in the system")],
            "rows": showing.audit_rows(entries),
        },
    )


def _wanted(request: HttpRequest, form: forms.FilterForm) -> queries.Wanted:
    form.is_valid()
    data = form.cleaned_data
    return queries.Wanted(
        state=data.get("state") or "owed",
        clock=data.get("clock", ""),
        category=data.get("category", ""),
        service_area_id=data.get("area"),
        owner_id=request.actor.person_id if data.get("mine") else None,
        unplaced=bool(data.get("unplaced")),
        reference=data.get("reference", ""),
    )


def _everything(request: HttpRequest, concern: Concern) -> dict[str, Any]:
    """What the page of one concern shows."""
    by, today = request.actor, london_date(request.now)
    where = queries.route(concern.service_area_id, today)
    areas = teams.names_of_areas([concern.service_area_id])
    likely = queries.like_problems(by, concern) if concern.is_owed else []
    return {
        "concern": concern,
        "clock": showing.clock(concern, request.now),
        "facts": showing.facts(concern, areas, where),
        "left_out": where.left_out if where else (),
        "reports": queries.list_reports(concern),
        "contact": queries.contact_of(by, concern),
        "story": showing.story(queries.list_exchanges(concern), queries.list_steps(concern)),
        "problems": queries.problems_of(by, concern),
        "likely": [(each.problem.title, _nearness(each)) for each in likely],
        "may": {
            each.name.lower(): by.holds(each, concern.partnership_id, concern.service_area_id) for each in Permission
        },
        "may_audit": by.holds(audit.READ_AUDIT),
    }


def _reply(request: HttpRequest, concern_id: UUID, data: dict[str, Any]) -> None:
    actions.reply(by=request.actor, concern_id=concern_id, now=request.now, **data)


def _raise(request: HttpRequest, data: dict[str, Any]) -> actions.Raised:
    partnership_id = _partnerships(request)[0]
    area = teams.service_area(data["area"]) if data["area"] else None
    draft = forms.draft_from(
        data,
        partnership_id=teams.partnership_of(area) if area else partnership_id,
        service_area_id=area.pk if area else None,
        language=data["language"],
        door=Door(data["door"]),
    )
    return actions.raise_concern(by=request.actor, draft=draft, photo=data.get("photo"), now=request.now)


def _problem_choices(request: HttpRequest, concern: Concern) -> list[tuple[UUID, str]]:
    """Likely problems first, with why, then the others that are open in the neighbourhood."""
    likely = queries.like_problems(request.actor, concern)
    near = [(each.problem.pk, f"{each.problem.title} ({_nearness(each)})") for each in likely]
    known = {key for key, _name in near} | set(queries.problems_of(request.actor, concern).values_list("pk", flat=True))
    others = queries.list_problems(request.actor, service_area_id=concern.service_area_id).exclude(pk__in=known)
    return [*near, *((each.pk, each.title) for each in others)]


def _nearness(likeness: queries.Likeness) -> str:
    people = ngettext("%(n)d person", "%(n)d people", likeness.concerns) % {"n": likeness.concerns}
    if likeness.metres < SAME_SPOT_METRES:
        return _("at the same spot, raised by %(people)s") % {"people": people}
    return _("%(metres)d metres away, raised by %(people)s") % {"metres": likeness.metres, "people": people}


def _on_its_own(
    request: HttpRequest, concern: Concern, form: Any, do: Do, about: dict[str, Any], done: str
) -> HttpResponse:
    """One form on a page of its own, the concern's own words beside it."""
    if request.method == "POST" and done_with(form, concern, do):
        tell(request, done)
        return _back(request, concern)
    seen(request.actor, "concerns.form", Concern.KIND, [concern.pk])
    told = queries.list_reports(concern)
    return page(request, "access_concerns/form.html", {**about, "concern": concern, "form": form, "reports": told})


def _back(request: HttpRequest, concern: Concern) -> HttpResponse:
    """To the concern; to the list when it has just gone where this actor cannot follow."""
    return redirect("concerns:concern", concern.pk) if _sees(request, concern) else redirect("concerns:list")


def _sees(request: HttpRequest, concern: Concern) -> bool:
    return Concern.objects.visible_to(request.actor, Permission.VIEW).filter(pk=concern.pk).exists()


def _partnerships(request: HttpRequest) -> list[UUID]:
    return list(dict.fromkeys(grant.partnership_id for grant in request.actor.scopes(Permission.RAISE)))


def done_with(form: Any, record: Any, do: Do) -> bool:
    """Whether the form was right and the action took it; what was refused stands on the form, and nothing typed is lost."""
    if not form.is_valid():
        return False
    try:
        do(form.cleaned_data)
    except (RuleBroken, Conflict) as error:
        add_error(form, error)
        if isinstance(error, Conflict):
            # The page now shows what the other person made of it; sending again is a choice, not an accident.
            form.data = form.data.copy()
            form.data["version"] = type(record).objects.get(pk=record.pk).version
        return False
    return True
