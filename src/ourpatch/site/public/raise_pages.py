"""Raising a concern, step by step. Everything typed is kept, sealed, in the visitor's session until it is sent or thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ourpatch.access.concerns import actions, rules
from ourpatch.access.concerns import queries as concerns
from ourpatch.access.concerns.actions import Raised
from ourpatch.access.concerns.forms import EffectForm, contact_from, draft_from
from ourpatch.access.concerns.models import CONTACT_LABELS, EFFECT_LABELS, FLAG_LABELS, OFTEN_LABELS, category_label
from ourpatch.access.concerns.rules import ContactBy, Effect, Flag, HowOften, PlaceHow
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.clock import london_date
from ourpatch.ground.errors import NotFound, RuleBroken
from ourpatch.ground.pages import add_error, add_problems, page
from ourpatch.site.public import drafts, maps, queries
from ourpatch.site.public.forms import UNSURE, AreaForm, FindForm, SendForm, WhatForm, YouForm
from ourpatch.site.public.rules import CODE_SHOWN, DRAFT_KEPT
from ourpatch.site.public.visitors import name_partnership, visitor

DRAFT, SENT = "raise", "raised"


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """What raising a concern is for, what happens then, and where to turn when it cannot wait."""
    slug = request.GET.get("n", "")
    begin = reverse("public:raise_place") + (f"?{urlencode({'area': slug})}" if slug else "")
    return page(request, "site_public/raise_start.html", {"begin": begin, "has_draft": bool(_draft(request))})


@never_cache
def place(request: HttpRequest) -> HttpResponse:
    """Where it is: found by words, pressed on a map, chosen from a list, or not known."""
    asked = request.POST if request.method == "POST" else request.GET
    chosen = _chosen(asked.get("area", ""))
    groups = queries.by_partnership()
    form = AreaForm(request.POST if _is_list(request) else None, groups=groups)
    missed = False
    if request.method == "POST":
        answer = _take_place(request, chosen, form)
        if answer is not None:
            return answer
        missed = maps.was_pressed(request.POST)
    context = {"form": form, "chosen": chosen, "missed": missed, **_looked_for(request)}
    if chosen is not None:
        name_partnership(request, chosen.partnership)
    return page(request, "site_public/raise_place.html", context)


@never_cache
def what(request: HttpRequest) -> HttpResponse:
    """What is happening, when, how often."""
    draft = _draft(request)
    if "place" not in draft:
        return redirect("public:raise_place")
    initial = {"place_words": draft["place"].get("words", ""), **_typed(draft.get("what"))}
    form = WhatForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _check_day(form, london_date(request.now)):
        return _on(request, "what", form.cleaned_data, "public:raise_effect")
    return page(request, "site_public/raise_what.html", {"form": form})


@never_cache
def effect(request: HttpRequest) -> HttpResponse:
    """What it does to the person, and whether they may be at risk."""
    draft = _draft(request)
    if "what" not in draft:
        return redirect("public:raise_what")
    form = EffectForm(request.POST or None, initial=draft.get("effect"))
    if request.method == "POST" and form.is_valid():
        return _on(request, "effect", form.cleaned_data, "public:raise_you")
    return page(request, "site_public/raise_effect.html", {"form": form})


@never_cache
def you(request: HttpRequest) -> HttpResponse:
    """How to answer, safely; nothing has to be given."""
    draft = _draft(request)
    if "effect" not in draft:
        return redirect("public:raise_effect")
    form = YouForm(request.POST or None, initial={"answer_language": get_language(), **(draft.get("you") or {})})
    if request.method == "POST" and form.is_valid():
        add_problems(form, rules.check_contact(contact_from(form.cleaned_data), form.cleaned_data["call_back"]))
        if form.is_valid():
            return _on(request, "you", form.cleaned_data, "public:raise_check")
    return page(request, "site_public/raise_you.html", {"form": form})


@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """Everything once more, who will see it, and the button that sends it."""
    draft = _draft(request)
    if "you" not in draft:
        return redirect("public:raise_you")
    form = SendForm(request.POST or None, request.FILES or None, initial={"key": str(uuid4())})
    if request.method == "POST" and form.is_valid():
        try:
            raised = _send(request, draft, form.cleaned_data)
        except RuleBroken as error:
            add_error(form, error)
        else:
            return _sent(request, raised)
    context = {"form": form, "rows": _rows(draft, london_date(request.now)), "readers": _readers(request, draft)}
    return page(request, "site_public/raise_check.html", context)


@never_cache
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """It has arrived: the reference, the code, the promise."""
    raised = drafts.read(request, SENT, request.now, CODE_SHOWN)
    for name in ("due_at", "call_back_at"):
        raised[name] = datetime.fromisoformat(raised[name]) if raised.get(name) else None
    return page(request, "site_public/raise_sent.html", {"raised": raised})


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Throw away what was typed, or the code that has been written down."""
    drafts.forget(request, DRAFT)
    drafts.forget(request, SENT)
    return redirect("public:home")


def remember_sent(request: HttpRequest, raised: Raised) -> None:
    """Keep what the last page shows for long enough to write it down."""
    concern = raised.concern
    values = {
        "reference": concern.reference,
        "code": rules.spaced_code(raised.code),
        "due_at": concern.reply_due_at,
        "call_back_at": concern.call_back_due_at,
    }
    drafts.keep(request, SENT, values, request.now)


# ---------------------------------------------------------------- the place


def _chosen(slug: str) -> ServiceArea | None:
    if not slug or slug.startswith(UNSURE):
        return None
    try:
        return places.get_neighbourhood(slug)
    except NotFound:
        return None


def _is_list(request: HttpRequest) -> bool:
    return request.method == "POST" and request.POST.get("by") == "list"


def _looked_for(request: HttpRequest) -> dict[str, Any]:
    form = FindForm(request.GET if "q" in request.GET else None)
    found = places.find(form.cleaned_data["q"]) if form.is_bound and form.is_valid() else []
    links = [
        {"found": each, "query": urlencode(_place_of(each.neighbourhood.slug, each.label, each.easting, each.northing))}
        for each in found
    ]
    pointed = {name: request.GET.get(name, "") for name in ("words", "e", "n")}
    return {"find": form, "found": links, "pointed": pointed}


def _place_of(slug: str, words: str, easting: float, northing: float) -> dict[str, str]:
    return {"area": slug, "words": words, "e": f"{easting:.0f}", "n": f"{northing:.0f}"}


def _take_place(request: HttpRequest, chosen: ServiceArea | None, form: AreaForm) -> HttpResponse | None:
    """On to the next step, or to the map of the neighbourhood; None when the answer will not do."""
    if maps.was_pressed(request.POST):
        return _take_press(request, chosen)
    if _is_list(request):
        return _take_listed(request, form)
    if chosen is not None:
        return _keep_place(request, chosen, _pointed(request.POST, chosen), PlaceHow.WORDS)
    return None


def _take_listed(request: HttpRequest, form: AreaForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    value: str = form.cleaned_data["area"]
    if not value.startswith(UNSURE):
        return redirect(f"{reverse('public:raise_place')}?{urlencode({'area': value})}")
    partnership = queries.partnership_of(value.removeprefix(UNSURE))
    values = {"partnership": str(partnership.pk), "area": None, "how": str(PlaceHow.UNSURE), "name": str(partnership)}
    return _on(request, "place", values, "public:raise_what")


def _take_press(request: HttpRequest, chosen: ServiceArea | None) -> HttpResponse | None:
    point = maps.pressed(chosen, request.POST)
    found = places.neighbourhood_at(*point) if point else None
    if found is None or point is None:
        return None
    if chosen is None:
        return redirect(f"{reverse('public:raise_place')}?{urlencode({'area': found.slug})}")
    return _keep_place(request, found, point, PlaceHow.MAP)


def _pointed(posted: Mapping[str, str], chosen: ServiceArea) -> maps.Point | None:
    """The point of a place that was found by its name, as long as it lies in the neighbourhood."""
    try:
        point = float(posted["e"]), float(posted["n"])
    except (KeyError, ValueError):
        return None
    found = places.neighbourhood_at(*point)
    return point if found is not None and found.pk == chosen.pk else None


def _keep_place(request: HttpRequest, area: ServiceArea, point: maps.Point | None, how: PlaceHow) -> HttpResponse:
    values = {
        "partnership": str(area.partnership_id),
        "area": str(area.pk),
        "how": str(how),
        "name": area.shown_name,
        "words": request.POST.get("words", "")[: rules.WORDS_LONGEST],
        "easting": point[0] if point else None,
        "northing": point[1] if point else None,
    }
    return _on(request, "place", values, "public:raise_what")


# ---------------------------------------------------------------- the steps


def _draft(request: HttpRequest) -> dict[str, Any]:
    return drafts.read(request, DRAFT, request.now, DRAFT_KEPT)


def _on(request: HttpRequest, step: str, values: Mapping[str, Any], onward: str) -> HttpResponse:
    """Keep a step, and go to the next: or back to the check page when that is where the person came from."""
    draft = {**_draft(request), step: dict(values)}
    drafts.keep(request, DRAFT, draft, request.now)
    return redirect("public:raise_check" if "you" in draft and step != "place" else onward)


def _typed(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """What was typed before, with its day as a day again."""
    found = dict(values or {})
    if found.get("started_on"):
        found["started_on"] = date.fromisoformat(found["started_on"])
    return found


def _check_day(form: django_forms.Form, today: date) -> bool:
    """Say beside the field, and not on the last page, that a day has not come yet."""
    day = form.cleaned_data.get("started_on")
    if day and day > today:
        form.add_error("started_on", _("That day has not come yet. Give the day it began, or leave it empty."))
    return form.is_valid()


# ---------------------------------------------------------------- sending


def _send(request: HttpRequest, draft: Mapping[str, Any], sending: Mapping[str, Any]) -> Raised:
    where = draft["place"]
    cleaned = {
        **_typed(draft["what"]),
        **draft["effect"],
        **draft["you"],
        "place_how": where["how"],
        "easting": where.get("easting"),
        "northing": where.get("northing"),
        "idempotency_key": sending["key"],
    }
    told = draft_from(
        cleaned,
        partnership_id=UUID(where["partnership"]),
        service_area_id=UUID(where["area"]) if where["area"] else None,
        language=draft["you"]["answer_language"],
    )
    return actions.raise_concern(by=visitor(request), draft=told, now=request.now, photo=sending["photo"])


def _sent(request: HttpRequest, raised: Raised) -> HttpResponse:
    drafts.forget(request, DRAFT)
    remember_sent(request, raised)
    return redirect("public:raise_sent")


def _readers(request: HttpRequest, draft: Mapping[str, Any]) -> list[str]:
    """The organisations that will see it."""
    found = concerns.route(UUID(draft["place"]["area"] or draft["place"]["partnership"]), london_date(request.now))
    return found.names if found else []


def _rows(draft: Mapping[str, Any], today: date) -> list[dict[str, Any]]:
    """Everything that was typed, each with the way back to it."""
    place, what, effect, you = (draft[step] for step in ("place", "what", "effect", "you"))
    stated = [
        (_("Neighbourhood"), place["name"], "public:raise_place"),
        (_("Where exactly"), what["place_words"] or _how(place), "public:raise_what"),
        (_("About"), category_label(what["category"], today), "public:raise_what"),
        (_("What is happening"), what["what"], "public:raise_what"),
        (_("When"), what["when_text"], "public:raise_what"),
        (_("How often"), OFTEN_LABELS[HowOften(what["how_often"])] if what["how_often"] else "", "public:raise_what"),
        (_("How it affects you"), _effects(effect), "public:raise_effect"),
        (_("How we answer"), CONTACT_LABELS[ContactBy(you["channel"])], "public:raise_you"),
        (_("Your contact details"), _contact(you), "public:raise_you"),
    ]
    given = [(key, value, step) for key, value, step in stated if value]
    return [{"key": key, "value": value, "href": reverse(step), "action": _("Change")} for key, value, step in given]


def _how(place: Mapping[str, Any]) -> str:
    return _("Pressed on the map") if place["how"] == PlaceHow.MAP else ""


def _effects(effect: Mapping[str, Any]) -> str:
    chosen = [str(EFFECT_LABELS[Effect(each)]) for each in effect["effects"]]
    flags = [str(FLAG_LABELS[Flag(each)]) for each in effect["flags"]]
    return ". ".join(each for each in (*chosen, effect["effect"], *flags) if each)


def _contact(you: Mapping[str, Any]) -> str:
    return ", ".join(you[name] for name in ("name", "email", "telephone", "safe_times") if you[name])
