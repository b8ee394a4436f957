"""The little that every page needs: put broken rules beside their fields, and make one-line pages short."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BaseForm, ChoiceField, Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ourpatch.ground.errors import Conflict, OurpatchError, Problems, RuleBroken

PAGE_SIZE = 50


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render a template."""
    return render(request, template, dict(context or {}), status=status)


def add_problems(form: BaseForm, problems: Problems) -> None:
    """Put each problem beside its field; what belongs to no field of this form stands at its top."""
    for name, message in problems:
        form.add_error(name if name in form.fields else None, str(message))


def add_error(form: BaseForm, error: OurpatchError) -> None:
    """Show what an action refused, on the form that asked for it, so that nothing typed is lost."""
    if isinstance(error, RuleBroken):
        add_problems(form, error.problems)
    elif isinstance(error, Conflict):
        form.add_error(None, str(error))
    else:
        raise error


def judged(request: HttpRequest, form: BaseForm, act: Callable[[], HttpResponse]) -> HttpResponse | None:
    """What a posted form leads to, or None when it is to be shown (again, with what a rule refused)."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return act()
    except RuleBroken as error:
        add_error(form, error)
        return None


def answered(request: HttpRequest, form: BaseForm, act: Callable[[], HttpResponse]) -> HttpResponse | None:
    """The same, for forms on which a conflict needs no more than a sentence."""
    try:
        return judged(request, form, act)
    except Conflict as conflict:
        add_error(form, conflict)
        return None


def tell(request: HttpRequest, message: str) -> None:
    """Show a sentence at the top of the next page."""
    messages.success(request, message)


def paged(request: HttpRequest, rows: QuerySet[Any], size: int = PAGE_SIZE) -> Page[Any]:
    """The page of rows that the address asks for (?page=2), counted and cut in SQL."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def numeric(text: object) -> dict[str, Any]:
    """A heading or a cell of a column of numbers, as tables of the pages take it."""
    return {"text": text, "numeric": True}


def offer(form: Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Say what people may choose from in a field of a form, where it depends on what there is."""
    field = form.fields[name]
    assert isinstance(field, ChoiceField)
    field.choices = list(choices)
