"""The description of the API as programs read it: OpenAPI 3.1, put right where the library leaves something out."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from ourpatch.site.api.operations import api
from ourpatch.site.api.problems import CONTENT_TYPE

REFUSED = 400


def document() -> dict[str, Any]:
    """The whole description."""
    described: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=reverse("api:about").strip("/") + "/"))
    for path in described["paths"].values():
        for operation in path.values():
            operation["responses"] = {str(each): told for each, told in sorted(operation["responses"].items())}
            for status, told in operation["responses"].items():
                _as_problem(int(status), told)
            _need_the_file(operation)
    described["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    # An empty list of servers says nothing; without one it is where the description was found.
    described.pop("servers")
    return described


def _as_problem(status: int, told: dict[str, Any]) -> None:
    """Errors are problems, not plain JSON."""
    if status >= REFUSED:
        (schema,) = told["content"].values()
        told["content"] = {CONTENT_TYPE: schema}


def _need_the_file(operation: dict[str, Any]) -> None:
    """Of a form with a file, the library lists the form's needed parts only, or the file's."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "file" in content["schema"]["properties"]:
            content["schema"]["required"] = sorted({*content["schema"].get("required", []), "file", "dataset"})
