"""The page on which recorded data is asked questions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ourpatch.data.disclosure import asking
from ourpatch.data.disclosure.asking import Answer, Question
from ourpatch.data.disclosure.forms import NAMES, AskForm
from ourpatch.data.store.query import Dimension
from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import RuleBroken
from ourpatch.ground.pages import add_error, numeric, page


@require_http_methods(["GET", "POST"])
@signed_in
def ask(request: HttpRequest) -> HttpResponse:
    """Ask, by a form that is posted so that a purpose never stands in an address."""
    datasets = asking.list_datasets(request.actor)
    if not datasets:
        return page(request, "data_disclosure/ask.html", {"form": None})
    form = AskForm(request.POST or None, datasets=datasets)
    shown: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        question = Question(**{**given, "by": Dimension(given["by"])})
        try:
            answer = asking.ask(by=request.actor, question=question, now=request.now)
        except RuleBroken as refusal:
            add_error(form, refusal)
        else:
            shown = _shown(answer, question, request)
    return page(request, "data_disclosure/ask.html", {"form": form, **shown})


def _shown(answer: Answer, question: Question, request: HttpRequest) -> dict[str, Any]:
    names = asking.names_of(
        question.by,
        answer.spec,
        [key for key, _count in answer.rows],
        get_language() or "en",
        question.until or clock.london_date(request.now),
    )
    rows = [[_key(question.by, key, names), _count(count)] for key, count in answer.rows]
    if answer.rows:
        rows.append([_("All"), _count(answer.total)])
    return {
        "asked": True,
        "caption": str(answer.spec.label),
        "head": [str(NAMES[question.by]), numeric(_("Count"))],
        "rows": rows,
        "withheld": any(count is None for _key, count in answer.rows),
        "smallest": answer.smallest,
        "limitations": [str(each) for each in answer.spec.limitations],
    }


def _key(by: Dimension, key: object, names: dict[object, str]) -> str:
    if key in (None, ""):
        return _("Not known")
    return str(date_format(key, "F Y")) if by is Dimension.MONTH else names[key]


def _count(count: int | None) -> dict[str, Any]:
    text = _("Withheld") if count is None else str(number_format(count, use_l10n=True, force_grouping=True))
    return numeric(text)
