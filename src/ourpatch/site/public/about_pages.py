"""The pages that every public service owes its readers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from ourpatch.access.concerns.rules import WHAT_LONGEST
from ourpatch.foundation import law
from ourpatch.ground.clock import london_date
from ourpatch.ground.pages import page
from ourpatch.site.public import queries
from ourpatch.site.public.rules import CODE_SHOWN, DRAFT_KEPT, OPENED_KEPT


@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """How accessible the site is, and what to do when it is not."""
    return page(request, "site_public/accessibility.html")


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, for whom, how long."""
    return page(request, "site_public/privacy.html", {"groups": queries.by_partnership(), "longest": WHAT_LONGEST})


@require_GET
def cookies(request: HttpRequest) -> HttpResponse:
    """The few cookies there are."""
    kept = {
        "draft_hours": int(DRAFT_KEPT.total_seconds() // 3600),
        "opened_minutes": int(OPENED_KEPT.total_seconds() // 60),
        "code_minutes": int(CODE_SHOWN.total_seconds() // 60),
    }
    return page(request, "site_public/cookies.html", kept)


@require_GET
def contact(request: HttpRequest) -> HttpResponse:
    """Whom to reach, and how."""
    return page(request, "site_public/contact.html", {"groups": queries.by_partnership()})


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """How the figures are made, and how to read them."""
    book = law.book(london_date(request.now))
    context = {
        "smallest": book.number("publishable_smallest_count"),
        "snap": book.number("snap_least_addresses"),
        "reply_hours": book.clock("query_reply").amount,
        "attributions": queries.attributions(),
    }
    return page(request, "site_public/figures.html", context)
