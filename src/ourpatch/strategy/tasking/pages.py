"""Pages of tasks: a list short enough for a phone, and one page on which a task is taken on, done or given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ourpatch.ground import clock
from ourpatch.ground.audit.trail import seen
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import Conflict, RuleBroken
from ourpatch.ground.pages import add_error, page, paged, tell
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.tasks import actions
from ourpatch.ground.tasks import queries as ground
from ourpatch.ground.tasks.models import Task
from ourpatch.ground.tasks.permissions import Permission
from ourpatch.ground.tasks.rules import FOLLOWS, State
from ourpatch.strategy.tasking import forms, queries
from ourpatch.strategy.tasking.queries import Show, Standing

COLOURS = {
    State.OFFERED: "blue",
    State.ACCEPTED: "teal",
    State.DONE: "green",
    State.RETURNED: "orange",
    State.WITHDRAWN: "grey",
}


@require_GET
@signed_in
def tasks(request: HttpRequest) -> HttpResponse:
    """The tasks of the reader's organisation, their own, or those they gave to others."""
    show = _show(request.GET.get("show", ""))
    found = paged(request, queries.list_tasks(request.actor, show))
    seen(request.actor, "tasks.tasks", Task.KIND, [each.pk for each in found])
    standing = queries.standing(request.actor, found, clock.london_date(request.now))
    return page(
        request,
        "strategy_tasking/tasks.html",
        {"tasks": found, "items": [_item(each, show) for each in standing], "lists": _lists(show), "show": show},
    )


@require_GET
@signed_in
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One task: what is asked, what became of it, and what the reader may do with it."""
    return _task_page(request, task_id)


@require_POST
@signed_in
def accept(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Take the task on."""
    form = forms.AcceptForm(request.POST)

    def act(version: int, note: str) -> None:
        actions.accept_task(by=request.actor, task_id=task_id, version=version, now=request.now)
        tell(request, _("The task is yours. Say here when it is done."))

    return _answer(request, task_id, form, "accept", act)


@require_POST
@signed_in
def finish(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Say that it is done."""
    form = forms.DoneForm(request.POST, auto_id="done_%s")

    def act(version: int, note: str) -> None:
        actions.finish_task(by=request.actor, task_id=task_id, version=version, note=note, now=request.now)
        tell(request, _("Thank you. Those who asked can see that it is done."))

    return _answer(request, task_id, form, "done", act)


@require_POST
@signed_in
def give_back(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Give it back with a reason."""
    form = forms.ReturnForm(request.POST, auto_id="return_%s")

    def act(version: int, note: str) -> None:
        actions.return_task(by=request.actor, task_id=task_id, version=version, note=note, now=request.now)
        tell(request, _("The task is back with those who asked, with your reason."))

    return _answer(request, task_id, form, "return", act)


@require_POST
@signed_in
def again(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Offer a returned task once more."""
    form = forms.AgainForm(request.POST, auto_id="again_%s")

    def act(version: int, note: str) -> None:
        actions.offer_again(by=request.actor, task_id=task_id, version=version, note=note, now=request.now)
        tell(request, _("The task is offered again."))

    return _answer(request, task_id, form, "again", act)


@require_POST
@signed_in
def withdraw(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Take back what is no longer wanted."""
    form = forms.WithdrawForm(request.POST, auto_id="withdraw_%s")

    def act(version: int, note: str) -> None:
        actions.withdraw_task(by=request.actor, task_id=task_id, version=version, note=note, now=request.now)
        tell(request, _("The task is withdrawn."))

    return _answer(request, task_id, form, "withdraw", act)


def _answer(
    request: HttpRequest, task_id: UUID, form: django_forms.Form, name: str, act: Callable[[int, str], None]
) -> HttpResponse:
    if form.is_valid():
        try:
            act(form.cleaned_data["version"], form.cleaned_data.get("note", ""))
        except (RuleBroken, Conflict) as error:
            add_error(form, error)
        else:
            return redirect("tasks:task", task_id)
    return _task_page(request, task_id, refused={name: form})


def _task_page(
    request: HttpRequest, task_id: UUID, refused: dict[str, django_forms.Form] | None = None
) -> HttpResponse:
    found = ground.get_task(request.actor, task_id)
    seen(request.actor, "tasks.task", Task.KIND, [found.pk])
    [told] = queries.standing(request.actor, [found], clock.london_date(request.now))
    return page(
        request,
        "strategy_tasking/task.html",
        {
            "task": found,
            "standing": told,
            "facts": _facts(told),
            "steps": queries.list_steps(found),
            "forms": {**_forms(request.actor, found), **(refused or {})},
            "form": next(iter((refused or {}).values()), None),
        },
    )


def _forms(by: Actor, found: Task) -> dict[str, django_forms.Form]:
    """What this actor may do with the task as it stands, by the name the page uses."""
    initial = {"version": found.version}
    next_states = FOLLOWS[State(found.state)]
    offered: dict[str, django_forms.Form] = {}
    if _may(by, found, Permission.WORK) and found.organisation_id == by.organisation_id:
        offered |= {
            "accept": forms.AcceptForm(initial=initial, auto_id="accept_%s"),
            "done": forms.DoneForm(initial=initial, auto_id="done_%s"),
            "return": forms.ReturnForm(initial=initial, auto_id="return_%s"),
        }
    if _may(by, found, Permission.GIVE) and found.controller_id == by.organisation_id:
        offered |= {
            "again": forms.AgainForm(initial=initial, auto_id="again_%s"),
            "withdraw": forms.WithdrawForm(initial=initial, auto_id="withdraw_%s"),
        }
    return {name: form for name, form in offered.items() if LEADS_TO[name] in next_states}


LEADS_TO = {
    "accept": State.ACCEPTED,
    "done": State.DONE,
    "return": State.RETURNED,
    "again": State.OFFERED,
    "withdraw": State.WITHDRAWN,
}


def _may(by: Actor, found: Task, permission: Permission) -> bool:
    return by.holds(permission, found.partnership_id, found.service_area_id)


def _show(asked: str) -> Show:
    return Show(asked) if asked in list(Show) else Show.OURS


def _lists(show: Show) -> list[dict[str, Any]]:
    names = {
        Show.OURS: _("Asked of us"),
        Show.MINE: _("Mine"),
        Show.GIVEN: _("Asked by us"),
        Show.FINISHED: _("Finished"),
    }
    here = reverse("tasks:tasks")
    return [{"text": text, "href": f"{here}?show={each}", "current": each == show} for each, text in names.items()]


def _item(told: Standing, show: Show) -> dict[str, Any]:
    due = date_format(told.answer_by or told.task.due, "j F Y")
    until = _("Answer by %(day)s") if told.answer_by else _("Due %(day)s")
    other = told.asked if show == Show.GIVEN else told.asks
    return {
        "title": told.task.title,
        "href": reverse("tasks:task", args=[told.task.pk]),
        "hint": ". ".join(part for part in (until % {"day": due}, other, told.about) if part),
        "status": _("Overdue") if told.is_late else told.task.get_state_display(),
        "colour": "red" if told.is_late else COLOURS[State(told.task.state)],
    }


def _facts(told: Standing) -> list[dict[str, Any]]:
    facts = [
        (_("Asked by"), told.asks),
        (_("Asked of"), told.asked),
        (_("What is asked"), told.task.details),
        (_("Due"), date_format(told.task.due, "j F Y")),
        (_("Accept or return by"), date_format(told.answer_by, "j F Y") if told.answer_by else ""),
    ]
    rows: list[dict[str, Any]] = [{"key": key, "value": value} for key, value in facts if value]
    about: dict[str, Any] = {"key": _("About"), "value": told.about}
    if told.address:
        about |= {"href": told.address, "action": _("Open")}
    return [*rows, about]
