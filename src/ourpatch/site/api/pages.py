"""The description of the API: as a document for programs, and as a page that people can read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ourpatch.ground.pages import page
from ourpatch.site.api import problems
from ourpatch.site.api.description import document
from ourpatch.site.api.words import ABOUT, FIELDS, OPERATIONS


@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """What programs can ask, in words."""
    described = document()
    return page(
        request,
        "site_api/about.html",
        {
            "lead": str(ABOUT),
            "head": [_("Operation"), _("Method and address")],
            "rows": list(_rows(described)),
            "field_head": [_("Part of the request"), _("What it must be")],
            "field_rows": [[name, str(says)] for name, says in FIELDS.items()],
        },
    )


@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    """The description for programs. It is English; what the operations answer is in the caller's language."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address below this one."""
    return problems.nothing_here()


def _rows(described: dict[str, Any]) -> Any:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield [str(OPERATIONS[operation["operationId"]]), f"{method.upper()} {path}"]
