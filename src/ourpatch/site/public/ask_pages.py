"""Asking a neighbourhood's team a question."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from ourpatch.access.concerns import actions
from ourpatch.access.concerns import queries as concerns
from ourpatch.access.concerns.actions import Raised
from ourpatch.access.concerns.forms import draft_from
from ourpatch.access.concerns.rules import Kind
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.clock import london_date
from ourpatch.ground.errors import RuleBroken
from ourpatch.ground.pages import add_error, page
from ourpatch.site.public import queries
from ourpatch.site.public.forms import AreaForm, QuestionForm
from ourpatch.site.public.raise_pages import remember_sent
from ourpatch.site.public.visitors import name_partnership, visitor


@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Choose the neighbourhood, then ask; the answer is due within the same clock as to a concern."""
    if "n" not in request.GET:
        return _choose(request)
    area = places.get_neighbourhood(request.GET["n"])
    name_partnership(request, area.partnership)
    initial = {"idempotency_key": str(uuid4()), "answer_language": get_language()}
    form = QuestionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            raised = _ask(request, area, form)
        except RuleBroken as error:
            add_error(form, error)
        else:
            remember_sent(request, raised)
            return redirect("public:raise_sent")
    readers = concerns.who_will_see(area, london_date(request.now))
    return page(request, "site_public/ask.html", {"form": form, "area": area, "readers": readers})


def _choose(request: HttpRequest) -> HttpResponse:
    form = AreaForm(request.GET if "area" in request.GET else None, groups=queries.by_partnership(), unsure=False)
    if form.is_bound and form.is_valid():
        return redirect(f"{request.path}?n={form.cleaned_data['area']}")
    return page(request, "site_public/ask_where.html", {"form": form})


def _ask(request: HttpRequest, area: ServiceArea, form: QuestionForm) -> Raised:
    assert area.partnership_id is not None, "the database holds every neighbourhood within a partnership"
    draft = draft_from(
        form.cleaned_data,
        partnership_id=area.partnership_id,
        service_area_id=area.pk,
        language=form.cleaned_data["answer_language"],
        kind=Kind.QUESTION,
    )
    return actions.ask_question(by=visitor(request), draft=draft, now=request.now)
