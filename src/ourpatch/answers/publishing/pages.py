"""The pages of answers: what is written, what is published, and the step between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ourpatch.access.concerns import queries as concerns
from ourpatch.answers.publishing import actions, queries
from ourpatch.answers.publishing.forms import AnswerForm, NewAnswerForm, StepForm, WithdrawForm
from ourpatch.answers.publishing.models import PublishedAnswer
from ourpatch.answers.publishing.permissions import Permission
from ourpatch.foundation.places import queries as places
from ourpatch.ground.audit.trail import seen
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import Conflict, RuleBroken
from ourpatch.ground.pages import add_error, page, paged, tell
from ourpatch.ground.permission.actor import Actor
from ourpatch.interventions.problems import queries as plans


@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """Every answer that is written or published."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    shown = paged(request, queries.list_answers(by))
    seen(by, "publishing.index", PublishedAnswer.KIND, [each.pk for each in shown])
    return page(request, "answers_publishing/index.html", {"shown": shown, "may_write": by.holds(Permission.WRITE)})


@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """Write an answer, for a plan when its id is in the address (?plan=...)."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    by.require(Permission.WRITE)
    plan = _plan(request)
    form = NewAnswerForm(_areas(by), request.POST or None, initial=_from_plan(plan))
    if request.method == "POST" and form.is_valid():
        made = _attempt(
            form,
            lambda: actions.draft_answer(
                by=by,
                neighbourhood_id=form.cleaned_data["neighbourhood"].pk,
                words=form.words(),
                now=request.now,  # type: ignore[attr-defined]
                plan_id=plan.pk if plan else None,
            ),
        )
        if made:
            return redirect("publishing:answer", made.pk)
    return page(request, "answers_publishing/form.html", {"form": form, "plan": plan})


@signed_in
def answer(request: HttpRequest, answer_id: UUID) -> HttpResponse:
    """One answer: as it reads, whom publishing it will answer, and the next step."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    shown = queries.get_answer(by, answer_id)
    seen(by, "publishing.answer", PublishedAnswer.KIND, [shown.pk])
    return page(request, "answers_publishing/answer.html", _context(by, shown))


@signed_in
def change(request: HttpRequest, answer_id: UUID) -> HttpResponse:
    """Change the words of a draft."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    shown = queries.get_answer(by, answer_id)
    by.require(Permission.WRITE, shown.partnership_id, shown.service_area_id)
    form = AnswerForm(request.POST or None, initial={**_words(shown), "version": shown.version})
    stored: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_answer(by=by, answer_id=shown.pk, version=form.cleaned_data["version"], words=form.words())
            return redirect("publishing:answer", shown.pk)
        except RuleBroken as error:
            add_error(form, error)
        except Conflict as conflict:
            # Both are shown: what is stored beside the words just typed; saving again chooses the typed ones.
            form = AnswerForm({**request.POST.dict(), "version": shown.version})
            add_error(form, conflict)
            stored = _stored(shown)
    return page(request, "answers_publishing/form.html", {"form": form, "existing": shown, "stored": stored})


@signed_in
@require_POST
def publish(request: HttpRequest, answer_id: UUID) -> HttpResponse:
    """Publish a draft and answer everybody behind it."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    shown = queries.get_answer(by, answer_id)
    form = StepForm(request.POST)
    if form.is_valid():
        done = _attempt(
            form,
            lambda: actions.publish_answer(
                by=by,
                answer_id=shown.pk,
                version=form.cleaned_data["version"],
                now=request.now,  # type: ignore[attr-defined]
            ),
        )
        if done:
            told = ngettext(
                "It is published, and %(n)s person was answered.",
                "It is published, and %(n)s people were answered.",
                done.told,
            )
            tell(request, told % {"n": done.told})
            return redirect("publishing:answer", shown.pk)
    # The page shows the answer as it is now, so pressing again publishes what was read.
    form.data = {"version": shown.version}
    seen(by, "publishing.publish", PublishedAnswer.KIND, [shown.pk])
    return page(request, "answers_publishing/answer.html", {**_context(by, shown), "step": form})


@signed_in
def withdraw(request: HttpRequest, answer_id: UUID) -> HttpResponse:
    """Take an answer off the public page, with a reason."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    shown = queries.get_answer(by, answer_id)
    by.require(Permission.PUBLISH, shown.partnership_id, shown.service_area_id)
    form = WithdrawForm(request.POST or None, initial={"version": shown.version})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = _attempt(
            form,
            lambda: actions.withdraw_answer(
                by=by, answer_id=shown.pk, version=given["version"], reason=given["reason"]
            ),
        )
        if done:
            tell(request, _("The answer is withdrawn from the public page."))
            return redirect("publishing:answer", shown.pk)
    return page(request, "answers_publishing/withdraw.html", {"form": form, "answer": shown})


def _context(by: Actor, shown: PublishedAnswer) -> dict[str, Any]:
    place = (shown.partnership_id, shown.service_area_id)
    return {
        "answer": shown,
        "owed": concerns.count_owed(shown.problem_id) if shown.problem_id else 0,
        "step": StepForm(initial={"version": shown.version}),
        "may_write": by.holds(Permission.WRITE, *place) and shown.state == "draft",
        "may_publish": by.holds(Permission.PUBLISH, *place) and shown.state == "draft",
        "may_withdraw": by.holds(Permission.PUBLISH, *place) and shown.state == "published",
    }


def _attempt(form: Any, act: Callable[[], PublishedAnswer]) -> PublishedAnswer | None:
    try:
        return act()
    except (RuleBroken, Conflict) as error:
        add_error(form, error)
        return None


def _words(shown: PublishedAnswer) -> dict[str, str]:
    return {name: getattr(shown, name) for name in AnswerForm.base_fields if name != "version"}


def _stored(shown: PublishedAnswer) -> list[dict[str, str]]:
    """What an answer says now, as rows of the summary list."""
    fields = AnswerForm.base_fields
    said = {**_words(shown), "outcome": shown.get_outcome_display()}
    return [{"key": str(fields[name].label), "value": value} for name, value in said.items() if value]


def _areas(by: Actor) -> Any:
    granted = Q(pk__in=[])
    for grant in by.scopes(Permission.WRITE):
        place = Q(partnership_id=grant.partnership_id)
        granted |= place if grant.service_areas is None else place & Q(pk__in=grant.service_areas)
    return places.neighbourhoods().filter(granted)


def _plan(request: HttpRequest) -> Any:
    wanted = request.GET.get("plan", "")
    try:
        return plans.get_plan(request.actor, UUID(wanted)) if wanted else None  # type: ignore[attr-defined]
    except ValueError:
        return None


def _from_plan(plan: Any) -> dict[str, object]:
    if plan is None:
        return {}
    return {
        "neighbourhood": plan.neighbourhood_id,
        "title": plan.title,
        "title_cy": plan.title_cy,
        "said": plan.happening,
        "did": plan.happened or plan.approach,
    }
