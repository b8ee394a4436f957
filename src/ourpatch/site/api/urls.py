"""The addresses of the API, under /api/v1/."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.cache import patch_vary_headers

from ourpatch.site.api import pages, problems
from ourpatch.site.api.operations import api

WRONG_METHOD = 405


def _answered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Every answer is for who asked, at this moment; a wrong method is a problem like any other."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == WRONG_METHOD:
            response = problems.wrong_method(response["Allow"])
        response["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["Authorization"])
        return response

    return answer


def _operations() -> Iterator[URLPattern]:
    patterns, _app, _namespace = api.urls
    for each in patterns:
        if isinstance(each, URLPattern) and each.name != "api-root":
            each.callback = _answered(each.callback)
            yield each


app_name = "api"
urlpatterns = [
    path("", pages.about, name="about"),
    path("openapi.json", pages.openapi, name="openapi"),
    *_operations(),
    path("<path:rest>", pages.nothing_here, name="nothing_here"),
]
