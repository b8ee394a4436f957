"""Pages of the places room: which boundaries are loaded, what is made of them, and what they still lack."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from ourpatch.foundation.places import queries
from ourpatch.foundation.places.models import BoundarySet, ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.pages import PAGE_SIZE, numeric, page, paged

Rows = list[list[Any]]


@require_GET
@signed_in
def show_places(request: HttpRequest) -> HttpResponse:
    """Boundary sets, partnerships and neighbourhoods, and what is missing."""
    places = paged(request, queries.list_service_areas(request.actor))
    coverage = queries.coverage(request.actor, clock.london_date(request.now))
    return page(
        request,
        "foundation_places/places.html",
        {
            "set_head": [_("Boundaries"), _("Vintage"), _("Valid from"), numeric(_("Areas")), _("State")],
            "set_rows": [_set_row(each) for each in queries.list_boundary_sets(request.actor)],
            "places": places,
            "place_head": [_("Name"), _("Kind"), _("Partnership"), numeric(_("Areas"))],
            "place_rows": [_place_row(each) for each in places],
            "coverage": _coverage_rows(coverage),
            "without_neighbourhood": [f"{ward.name} ({ward.code})" for ward in coverage.wards_without_neighbourhood],
            "without_population": [f"{ward.name} ({ward.code})" for ward in coverage.wards_without_population],
        },
    )


@require_GET
@signed_in
def show_boundary_set(request: HttpRequest, boundary_set_id: UUID) -> HttpResponse:
    """One boundary set: where it is from, and the report of its load."""
    found = queries.get_boundary_set(request.actor, boundary_set_id)
    notes = Paginator(queries.report_of(found), PAGE_SIZE).get_page(request.GET.get("page"))
    return page(
        request,
        "foundation_places/boundary_set.html",
        {"name": _set_name(found), "facts": _set_facts(found), "attribution": found.attribution, "notes": notes},
    )


def _set_name(found: BoundarySet) -> str:
    return f"{found.get_kind_display()} {found.vintage}"


def _set_row(found: BoundarySet) -> list[Any]:
    return [
        {"text": found.get_kind_display(), "href": reverse("places:boundary_set", args=[found.pk])},
        found.vintage,
        date_format(found.valid_from, "j F Y"),
        _figure(found.area_count),
        {"tag": _state(found)},
    ]


def _state(found: BoundarySet) -> dict[str, str]:
    if found.loaded_at is None:
        return {"text": pgettext("boundary set", "Not complete"), "colour": "red"}
    if found.notes:
        return {"text": pgettext("boundary set", "In use, with notes"), "colour": "yellow"}
    return {"text": pgettext("boundary set", "In use"), "colour": "green"}


def _set_facts(found: BoundarySet) -> list[dict[str, Any]]:
    loaded = _("Not complete: run the load again") if found.loaded_at is None else _day(found)
    facts = [
        (_("Loaded from"), found.source),
        (_("Loaded on"), loaded),
        (_("Valid from"), date_format(found.valid_from, "j F Y")),
        (_("Areas"), _figure(found.area_count)),
        (_("Content (SHA-256)"), found.content_sha256),
    ]
    return [{"key": key, "value": value} for key, value in facts]


def _day(found: BoundarySet) -> str:
    return date_format(clock.london_date(found.loaded_at), "j F Y") if found.loaded_at else ""


def _place_row(place: ServiceArea) -> list[Any]:
    partnership = place.partnership.shown_name if place.partnership else ""
    return [place.shown_name, place.get_kind_display(), partnership, _figure(place.part_count)]


def _coverage_rows(coverage: queries.Coverage) -> list[dict[str, Any]]:
    facts = [
        (_("Wards in use"), coverage.wards),
        (_("Wards in no neighbourhood"), len(coverage.wards_without_neighbourhood)),
        (_("Wards whose population is not known"), len(coverage.wards_without_population)),
        (_("Place names"), coverage.place_names),
        (_("Postcodes"), coverage.postcodes),
    ]
    return [{"key": key, "value": _figure(value)} for key, value in facts]


def _figure(number: int) -> str:
    return str(number_format(number, use_l10n=True, force_grouping=True))
