"""Components: small templates with stated parameters, guidance on when not to use them, and examples that are tested.

Each lives in `templates/components/<name>/`: `template.html`, `fixtures.yaml` (parameters and examples) and `guidance.md`.
A misspelled component or parameter raises at once, so that a page cannot quietly lose a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.safestring import SafeString

HOME = Path(__file__).parent / "templates/components"

Params = Mapping[str, Any]


class ComponentError(ValueError):
    """A template names a component or a parameter that does not exist, or leaves out one that is needed."""


@dataclass(frozen=True, slots=True)
class Example:
    """One tested way to use a component."""

    name: str
    params: Params


@dataclass(frozen=True, slots=True)
class Component:
    """A component's contract: what it needs, what it may be given (name -> what it is), and its examples."""

    name: str
    purpose: str
    needs: Mapping[str, str]
    may: Mapping[str, str]
    examples: tuple[Example, ...]
    guidance: str

    def check(self, params: Params) -> None:
        """Raise ComponentError when a parameter is missing or unknown."""
        missing = self.needs.keys() - params.keys()
        unknown = params.keys() - self.needs.keys() - self.may.keys()
        if missing or unknown:
            raise ComponentError(
                f"Component {self.name!r}: missing {sorted(missing)}, unknown {sorted(unknown)}. "
                f"It needs {sorted(self.needs)} and may have {sorted(self.may)}."
            )


def render(name: str, params: Params, request: HttpRequest | None = None) -> SafeString:
    """The HTML of a component; raises ComponentError when it does not exist or its parameters are wrong."""
    component = get(name)
    component.check(params)
    prepare = PREPARERS.get(name)
    context = prepare(params, request) if prepare else dict(params)
    return SafeString(get_template(f"components/{name}/template.html").render(context))


@cache
def get(name: str) -> Component:
    """The component of this name; raises ComponentError when there is none."""
    folder = next((found.parent for found in HOME.glob("*/template.html") if found.parent.name == name), None)
    if folder is None:
        raise ComponentError(f"There is no component {name!r}. There are: {', '.join(names())}.")
    stated = yaml.load((folder / "fixtures.yaml").read_text(encoding="utf-8"), Loader=FixtureLoader)  # noqa: S506
    return Component(
        name=name,
        purpose=stated["purpose"],
        needs=stated.get("needs") or {},
        may=stated.get("may") or {},
        examples=tuple(Example(example["name"], example["params"]) for example in stated["examples"]),
        guidance=(folder / "guidance.md").read_text(encoding="utf-8"),
    )


def names() -> list[str]:
    """Every component's name, in alphabetical order."""
    return sorted(path.parent.name for path in HOME.glob("*/template.html"))


class FixtureLoader(yaml.SafeLoader):
    """Safe YAML with three words of our own, for what an example cannot say in plain values: !svg, !page and !form."""


def _svg(loader: FixtureLoader, node: yaml.ScalarNode) -> SafeString:
    return SafeString(loader.construct_scalar(node))


def _page(loader: FixtureLoader, node: yaml.SequenceNode) -> Page[Any]:
    number, pages = loader.construct_sequence(node)
    return Paginator(range(pages), per_page=1).page(number)


def _form(loader: FixtureLoader, node: yaml.MappingNode) -> forms.Form:
    form = forms.Form(auto_id="example_%s")
    for name, label in loader.construct_mapping(node).items():
        form.fields[str(name)] = forms.CharField(label=label, required=False)
    return form


FixtureLoader.add_constructor("!svg", _svg)
FixtureLoader.add_constructor("!page", _page)
FixtureLoader.add_constructor("!form", _form)


def prepare_table(params: Params, request: HttpRequest | None) -> dict[str, Any]:
    """Give every cell of a table its alignment, so that the template need not look at the head again."""
    head = [_as_dict(column) for column in params["head"]]
    numeric = [bool(column.get("numeric")) for column in head]
    return {**params, "head": head, "rows": [_cells(row, numeric) for row in params["rows"]]}


def prepare_pagination(params: Params, request: HttpRequest | None) -> dict[str, Any]:
    """Turn Django's page into links that keep the other parts of the address."""
    page: Page[Any] = params["page"]

    def link(number: int) -> str:
        query = request.GET.copy() if request else None
        if query is None:
            return f"?page={number}"
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    elided = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    items = [
        {"number": item, "href": link(item), "current": item == page.number} if isinstance(item, int) else {"gap": True}
        for item in elided
    ]
    return {
        "items": items if page.paginator.num_pages > 1 else [],
        "previous": link(page.previous_page_number()) if page.has_previous() else "",
        "next": link(page.next_page_number()) if page.has_next() else "",
        "label": params.get("label", ""),
    }


PREPARERS: dict[str, Callable[[Params, HttpRequest | None], dict[str, Any]]] = {
    "pagination": prepare_pagination,
    "table": prepare_table,
}


def _cells(row: Iterable[Any], numeric: Sequence[bool]) -> list[dict[str, Any]]:
    return [{**_as_dict(cell), "numeric": is_number} for cell, is_number in zip(row, numeric, strict=True)]


def _as_dict(cell: Any) -> Params:
    return cell if isinstance(cell, Mapping) else {"text": cell}
