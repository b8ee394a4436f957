"""Problems in the workspace: the list, and one problem with the people behind it and what they are still owed."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ourpatch.access.concerns import actions, forms, queries, showing
from ourpatch.access.concerns.models import Concern, Problem
from ourpatch.access.concerns.pages import Do, done_with
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.concerns.steps import NEXT_STEPS
from ourpatch.access.teams import queries as teams
from ourpatch.ground.audit.trail import seen
from ourpatch.ground.doors import signed_in
from ourpatch.ground.links import gather
from ourpatch.ground.pages import page, paged, tell


@require_GET
@signed_in
def show_list(request: HttpRequest) -> HttpResponse:
    """The problems in my area, the most people still owed an answer first."""
    areas = queries.areas_of(request.actor, Permission.VIEW_PROBLEM)
    form = forms.ProblemFilterForm(request.GET, areas=areas)
    form.is_valid()
    state, area = form.cleaned_data.get("state") or "open", form.cleaned_data.get("area")
    problems = paged(request, queries.list_problems(request.actor, state=state, service_area_id=area))
    seen(request.actor, "concerns.problems", Problem.KIND, [each.pk for each in problems])
    return page(
        request,
        "access_concerns/problems.html",
        {
            "filter": form,
            "problems": problems,
            "head": showing.problem_head(),
            "rows": showing.problem_rows(problems, dict(areas)),
        },
    )


@require_GET
@signed_in
def show(request: HttpRequest, problem_id: UUID) -> HttpResponse:
    """One problem: what it is, who is behind it, and what they are still owed."""
    problem = queries.get_problem(request.actor, problem_id)
    concerns = list(queries.concerns_of(request.actor, problem.pk))
    behind = queries.count_behind(problem.pk)
    seen(request.actor, "concerns.problem", Problem.KIND, [problem.pk])
    seen(request.actor, "concerns.problem", Concern.KIND, [each.pk for each in concerns])
    areas = teams.names_of_areas([problem.service_area_id, *(each.service_area_id for each in concerns)])
    return page(
        request,
        "access_concerns/problem.html",
        {
            "links": gather(NEXT_STEPS, request.actor, problem),
            "problem": problem,
            "facts": showing.problem_facts(problem, areas),
            "concerns": concerns,
            "head": showing.head(),
            "rows": showing.rows(concerns, areas, request.now),
            "behind": behind,
            "unseen": behind - len(concerns),
            "owed": queries.count_owed(problem.pk),
            "may_group": request.actor.holds(Permission.GROUP, problem.partnership_id, problem.service_area_id),
            "may_answer": request.actor.holds(Permission.ANSWER, problem.partnership_id, problem.service_area_id),
        },
    )


@signed_in
def edit(request: HttpRequest, problem_id: UUID) -> HttpResponse:
    """Say anew what the problem is."""
    problem = queries.get_problem(request.actor, problem_id)
    request.actor.require(Permission.GROUP, problem.partnership_id, problem.service_area_id)
    form = forms.ProblemForm(request.POST) if request.method == "POST" else forms.ProblemForm.of(problem)

    def do(data: dict[str, Any]) -> None:
        actions.change_problem(by=request.actor, problem_id=problem_id, now=request.now, **data)

    about = {
        "title": _("Change the problem"),
        "lead": _("Say what the problem is, in words that every member of the partnership may read."),
        "button": _("Save problem"),
    }
    return _on_its_own(request, problem, form, do, about, _("The problem is saved."))


@signed_in
def progress(request: HttpRequest, problem_id: UUID) -> HttpResponse:
    """Tell everybody behind the problem how it goes."""
    problem = queries.get_problem(request.actor, problem_id)
    request.actor.require(Permission.REPLY, problem.partnership_id, problem.service_area_id)
    form = forms.ProgressForm(request.POST or None, initial={"idempotency_key": str(uuid4())})

    def do(data: dict[str, Any]) -> None:
        told = actions.tell_progress(by=request.actor, problem_id=problem_id, now=request.now, **data)
        tell(request, _told(told))

    about = {
        "title": _("Tell everybody how it goes"),
        "lead": _(
            "Everybody who raised this and is owed an answer gets this message, each in their own record and language."
        ),
        "button": _("Send to everybody"),
    }
    return _on_its_own(request, problem, form, do, about, "")


@signed_in
def answer(request: HttpRequest, problem_id: UUID) -> HttpResponse:
    """Answer everybody behind the problem."""
    problem = queries.get_problem(request.actor, problem_id)
    request.actor.require(Permission.ANSWER, problem.partnership_id, problem.service_area_id)
    form = forms.ProblemAnswerForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        told = actions.answer_problem(by=request.actor, problem_id=problem_id, now=request.now, **data)
        tell(request, _told(told))

    about = {
        "title": _("Answer everybody"),
        "lead": _("Tell everybody who raised this what came of it. It pays what we owe each of them."),
        "button": _("Send the answer to everybody"),
    }
    return _on_its_own(request, problem, form, do, about, "")


@signed_in
def close(request: HttpRequest, problem_id: UUID) -> HttpResponse:
    """Close the problem, once everybody has been answered."""
    problem = queries.get_problem(request.actor, problem_id)
    request.actor.require(Permission.GROUP, problem.partnership_id, problem.service_area_id)
    form = forms.ClosingForm(request.POST or None, initial={"version": problem.version})

    def do(data: dict[str, Any]) -> None:
        actions.close_problem(by=request.actor, problem_id=problem_id, now=request.now, **data)

    about = {
        "title": _("Close the problem"),
        "lead": _("A problem closes when everybody who raised it has been answered."),
        "button": _("Close problem"),
    }
    return _on_its_own(request, problem, form, do, about, _("The problem is closed."))


@require_POST
@signed_in
def reopen(request: HttpRequest, problem_id: UUID) -> HttpResponse:
    """Open a closed problem again."""
    version = int(request.POST["version"]) if request.POST.get("version", "").isdigit() else 0
    actions.reopen_problem(by=request.actor, problem_id=problem_id, version=version, now=request.now)
    tell(request, _("The problem is open again."))
    return redirect("concerns:problem", problem_id)


@signed_in
def ungroup(request: HttpRequest, problem_id: UUID, concern_id: UUID) -> HttpResponse:
    """Take a concern out of the problem."""
    problem = queries.get_problem(request.actor, problem_id)
    request.actor.require(Permission.GROUP, problem.partnership_id, problem.service_area_id)
    concern = queries.get_concern(request.actor, concern_id)
    form = forms.UngroupForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        actions.ungroup(by=request.actor, problem_id=problem_id, concern_id=concern_id, now=request.now, **data)

    about = {
        "title": _("Take %(reference)s out of the problem") % {"reference": concern.reference},
        "lead": _("The concern itself stays, with its owner and its clock."),
        "button": _("Take it out"),
    }
    return _on_its_own(request, problem, form, do, about, _("The concern is no longer part of the problem."))


def _on_its_own(
    request: HttpRequest, problem: Problem, form: Any, do: Do, about: dict[str, Any], done: str
) -> HttpResponse:
    if request.method == "POST" and done_with(form, problem, do):
        if done:
            tell(request, done)
        return redirect("concerns:problem", problem.pk)
    seen(request.actor, "concerns.problem_form", Problem.KIND, [problem.pk])
    return page(request, "access_concerns/problem_form.html", {**about, "problem": problem, "form": form})


def _told(told: actions.Told) -> str:
    text = _("Told: %(told)s.") % {"told": told.told}
    if told.left:
        text += " " + _("%(left)s more are owed an answer by organisations whose records you do not see.") % {
            "left": told.left
        }
    return text
