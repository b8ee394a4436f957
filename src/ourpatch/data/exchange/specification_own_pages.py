"""Pages on which a partnership adds a dataset of its own, revises it and retires it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ourpatch.data.exchange.specification_forms import (
    MOST_ROWS,
    ROWS_AT_FIRST,
    RetireForm,
    SpecificationFileForm,
    SpecificationForm,
    first_values,
    values_of,
    without_row,
)
from ourpatch.data.exchange.specification_pages import shown_of
from ourpatch.data.store import specs
from ourpatch.data.store.models import OwnDataset
from ourpatch.data.store.own import actions, queries, rules, texts
from ourpatch.data.store.own.queries import Specified
from ourpatch.data.store.permissions import Permission
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import BadInput, Conflict, NotFound, OurpatchError, Problems, RuleBroken
from ourpatch.ground.pages import add_error, page, tell


@require_http_methods(["GET", "POST"])
@signed_in
def add_specification(request: HttpRequest) -> HttpResponse:
    """Add a dataset, field by field; every button but the last only shows the form again."""
    request.actor.require(Permission.SPECIFY)
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@signed_in
def revise_specification(request: HttpRequest, dataset: str) -> HttpResponse:
    """Put a new version beside the old ones."""
    found = _own(request, dataset)
    if found.spec.retired:
        return redirect("exchange:specification", dataset)
    return _edit(request, found)


@require_http_methods(["GET", "POST"])
@signed_in
def upload_specification(request: HttpRequest) -> HttpResponse:
    """Take a dataset over from a file: a new one, or a new version of one that the partnership has."""
    request.actor.require(Permission.SPECIFY)
    partnerships = _partnerships(request)
    form = SpecificationFileForm(request.POST or None, request.FILES or None, partnerships=partnerships)
    if request.method == "POST" and form.is_valid():
        try:
            added = _taken_over(request, form, partnerships)
        except (RuleBroken, Conflict) as refusal:
            add_error(form, refusal)
        else:
            tell(request, _told(added))
            return redirect("exchange:specification", added.key)
    return page(request, "data_exchange/upload_specification.html", {"form": form, "has_any": bool(partnerships)})


@require_http_methods(["GET", "POST"])
@signed_in
def retire_specification(request: HttpRequest, dataset: str) -> HttpResponse:
    """Take no more files of a dataset."""
    found = _own(request, dataset)
    form = RetireForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.retire_own_dataset(
                by=request.actor, key=dataset, reason=form.cleaned_data["reason"], now=request.now
            )
        except RuleBroken as refusal:
            add_error(form, refusal)
        else:
            tell(request, _("The dataset is retired. What is loaded stays and can be asked."))
            return redirect("exchange:specification", dataset)
    return page(request, "data_exchange/retire_specification.html", {"form": form, "spec": found.spec})


def _edit(request: HttpRequest, found: Specified | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    partnerships = _partnerships(request) if found is None else []
    options: dict[str, Any] = {"lists": queries.lists_to_copy(request.now), "partnerships": partnerships}
    if posted is None:
        form = _first_form(found, options)
    elif "save" in posted or "look" in posted:
        form = SpecificationForm(posted, rows=_rows(posted), **options)
    else:
        form = _redrawn(posted, options)
    spec = _judged(request, form, found) if form.is_bound else None
    if spec is not None and posted is not None and "save" in posted:
        try:
            kept = _keep(request, form, found, spec, partnerships)
        except (RuleBroken, Conflict) as refusal:
            _refuse(form, refusal, spec)
        else:
            tell(request, _told(kept))
            return redirect("exchange:specification", kept.key)
    return _edit_page(request, form, found, spec if spec is not None and not form.errors else None)


def _edit_page(
    request: HttpRequest, form: SpecificationForm, found: Specified | None, looked: DatasetSpec | None
) -> HttpResponse:
    return page(
        request,
        "data_exchange/specify.html",
        {
            "form": form,
            "found": found,
            "version": (request.POST.get("version") or found.dataset.version) if found else "",
            "has_rows": found is not None and queries.has_rows(found.dataset.key),
            "shown": shown_of(looked, request.now) if looked is not None else None,
            "may_add_field": form.rows < MOST_ROWS,
        },
    )


def _first_form(found: Specified | None, options: Mapping[str, Any]) -> SpecificationForm:
    if found is None:
        return SpecificationForm(rows=ROWS_AT_FIRST, initial=first_values(), **options)
    return SpecificationForm(rows=len(found.spec.fields) + 1, initial=values_of(found.spec), **options)


def _redrawn(posted: QueryDict, options: Mapping[str, Any]) -> SpecificationForm:
    """The form with what was typed and a field more or less; nothing is judged yet."""
    rows = _rows(posted)
    values: dict[str, Any] = {**posted.dict(), "senders": posted.getlist("senders")}
    gone = posted.get("remove", "")
    if gone.isdecimal() and 1 <= int(gone) <= rows:
        return SpecificationForm(rows=max(rows - 1, 1), initial=without_row(values, int(gone) - 1, rows), **options)
    return SpecificationForm(rows=rows + 1, initial=values, **options)


def _judged(request: HttpRequest, form: SpecificationForm, found: Specified | None) -> DatasetSpec | None:
    """The specification that a form says, or None with what is wrong beside its inputs."""
    if not form.is_valid():
        return None
    try:
        spec = specs.parse(form.made(found.spec if found else None, clock.london_date(request.now)))
    except BadInput as fault:
        form.add_error(None, str(fault))
        return None
    problems = rules.check_own(spec, queries.known(request.now))
    if found is not None and queries.has_rows(spec.key):
        problems |= rules.check_revision(found.spec, spec)
    form.add_problems(problems, spec)
    return None if problems else spec


def _keep(
    request: HttpRequest, form: SpecificationForm, found: Specified | None, spec: DatasetSpec, partnerships: Any
) -> OwnDataset:
    if found is None:
        partnership_id = _chosen(form.cleaned_data.get("partnership", ""), partnerships)
        return actions.add_own_dataset(by=request.actor, partnership_id=partnership_id, spec=spec, now=request.now)
    version = request.POST.get("version", "")
    return actions.revise_own_dataset(
        by=request.actor,
        key=found.dataset.key,
        version=int(version) if version.isdecimal() else 0,
        spec=spec,
        now=request.now,
    )


def _taken_over(request: HttpRequest, form: SpecificationFileForm, partnerships: list[tuple[str, str]]) -> OwnDataset:
    given = form.cleaned_data["file"]
    texts.check_file_size(given.size).raise_if_any()
    content = given.read()
    spec = texts.read(content, queries.known(request.now))
    try:
        found = queries.get_own_dataset(request.actor, spec.key)
    except NotFound:
        found = None
    by, now = request.actor, request.now
    try:
        if found is not None:
            return actions.revise_own_dataset(by=by, key=spec.key, version=found.dataset.version, spec=spec, now=now)
        partnership_id = _chosen(form.cleaned_data.get("partnership", ""), partnerships)
        return actions.add_own_dataset(by=by, partnership_id=partnership_id, spec=spec, now=now)
    except RuleBroken as refusal:
        raise RuleBroken(texts.told_of_file(content, refusal.problems)) from refusal


def _refuse(form: SpecificationForm, refusal: OurpatchError, spec: DatasetSpec) -> None:
    if isinstance(refusal, RuleBroken):
        form.add_problems(refusal.problems, spec)
    else:
        add_error(form, refusal)


def _own(request: HttpRequest, dataset: str) -> Specified:
    """A dataset that this person may change. Raises NotFound, NotAllowed."""
    found = queries.get_own_dataset(request.actor, dataset)
    request.actor.require(Permission.SPECIFY, found.dataset.partnership_id)
    return found


def _partnerships(request: HttpRequest) -> list[tuple[str, str]]:
    return [(str(each.pk), each.shown_name) for each in queries.partnerships_to_add_for(request.actor)]


def _chosen(given: str, partnerships: list[tuple[str, str]]) -> UUID:
    if not partnerships:
        raise RuleBroken(
            Problems.collect(
                [("", _("You hold this permission for a part of a partnership only. Ask who holds it for all."))]
            )
        )
    return UUID(given or partnerships[0][0])


def _rows(posted: QueryDict) -> int:
    given = posted.get("rows", "")
    return min(int(given), MOST_ROWS) if given.isdecimal() and len(given) < 6 else ROWS_AT_FIRST


def _told(kept: OwnDataset) -> str:
    if kept.version == 1:
        return _("The dataset is added. Its senders can send it from now on.")
    return _("Version %(number)s of the dataset is in use from now on.") % {"number": kept.version}
