"""Pages of wards and small areas: which are published, what was recorded in one, and all of a quarter as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ourpatch.data.disclosure import queries as releases
from ourpatch.data.disclosure.models import AreaKind
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.errors import NotFound
from ourpatch.ground.pages import page
from ourpatch.site.public import area_figures, queries
from ourpatch.site.public.figures import quarter_code
from ourpatch.site.public.visitors import name_partnership

ADDRESSES = {AreaKind.WARD: "public:ward", AreaKind.LSOA: "public:lsoa"}


@require_GET
def areas(request: HttpRequest) -> HttpResponse:
    """Every partnership, and whether it publishes wards or small areas."""
    listed = [(each, area_figures.chosen_words(chosen)) for each, chosen in queries.partnerships_with_choices()]
    return page(request, "site_public/areas.html", {"partnerships": listed})


@require_GET
def areas_of(request: HttpRequest, slug: str) -> HttpResponse:
    """The wards and small areas of one partnership, or those that best fit one of its neighbourhoods (?n=)."""
    area = queries.partnership_of(slug)
    name_partnership(request, area)
    published = releases.areas_published(area.pk)
    neighbourhood = _asked_for(request, area)
    if neighbourhood is not None:
        published = {kind: _within(neighbourhood, kind, codes) for kind, codes in published.items()}
    quarters, chosen = releases.quarters_of_areas(area.pk), releases.publishing_of(area.pk)
    return page(
        request,
        "site_public/areas_of.html",
        {
            "area": area,
            "neighbourhood": neighbourhood,
            "chosen": chosen,
            "chosen_words": area_figures.chosen_words(chosen),
            "wards": _links(AreaKind.WARD, published.get(AreaKind.WARD, [])),
            "lsoas": _links(AreaKind.LSOA, published.get(AreaKind.LSOA, [])),
            "quarters": [(quarter_code(each), area_figures.quarter_words(each)) for each in quarters],
        },
    )


@require_GET
def ward(request: HttpRequest, code: str) -> HttpResponse:
    """What was recorded in a ward."""
    return _area(request, AreaKind.WARD, code)


@require_GET
def lsoa(request: HttpRequest, code: str) -> HttpResponse:
    """What was recorded in a small area."""
    return _area(request, AreaKind.LSOA, code)


@require_GET
def areas_csv(request: HttpRequest, slug: str, quarter: str) -> HttpResponse:
    """Every published number of a quarter's wards and small areas, as a file."""
    area = queries.partnership_of(slug)
    day = area_figures.quarter_of_code(quarter)
    found = releases.latest_of_quarter(area.pk, day) if day is not None else []
    if not found:
        raise NotFound(_("No figures of wards or small areas are published here for that quarter."))
    names = {
        kind: queries.area_names(kind, [each.area_code for each in found if each.area_kind == kind])
        for kind in ADDRESSES
    }
    address = request.build_absolute_uri(reverse("public:areas_csv", args=[slug, quarter]))
    text = area_figures.as_csv(area, found, names, queries.attributions(), address)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-areas-{quarter}.csv"'
    return response


def _area(request: HttpRequest, kind: AreaKind, code: str) -> HttpResponse:
    published = releases.published_area(kind, code)
    name = queries.area_names(kind, [code]).get(code)
    if name is None and published is None:
        raise NotFound(_("We do not know a ward or small area at that address."))
    partnership = None if published is None else queries.partnership_by_id(published.partnership_id)
    name_partnership(request, partnership)
    shown = {
        "name": name or code,
        "code": code,
        "is_ward": kind is AreaKind.WARD,
        "partnership": partnership,
        "neighbourhood": queries.neighbourhood_around(kind, code),
        "published": published,
    }
    return page(request, "site_public/area.html", {**shown, **_figures(published, name or code)})


def _figures(published: releases.PublishedArea | None, name: str) -> dict[str, Any]:
    if published is None:
        return {}
    return {
        "table": area_figures.latest_table(published, name),
        "quarters": area_figures.quarters_table(published, name),
        "rounding": area_figures.rounding_of(published),
        "download": quarter_code(published.latest.quarter),
        "attributions": queries.attributions(),
    }


def _asked_for(request: HttpRequest, partnership: ServiceArea) -> ServiceArea | None:
    """The neighbourhood that the address names, where it is one of this partnership's."""
    slug = request.GET.get("n", "")
    if not slug:
        return None
    found = places.get_neighbourhood(slug)
    return found if found.partnership_id == partnership.pk else None


def _within(neighbourhood: ServiceArea, kind: AreaKind, codes: list[str]) -> list[str]:
    inside = set(places.areas_within(neighbourhood, kind).values_list("code", flat=True))
    return [code for code in codes if code in inside]


def _links(kind: AreaKind, codes: list[str]) -> list[dict[str, str]]:
    """Name and address of each, by name."""
    names = queries.area_names(kind, codes)
    links = [
        {"text": names.get(code, code), "code": code, "href": reverse(ADDRESSES[kind], args=[code])} for code in codes
    ]
    return sorted(links, key=lambda link: (link["text"], link["code"]))
