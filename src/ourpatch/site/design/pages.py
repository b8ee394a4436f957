"""The page on which the design system shows itself: every component, its guidance and its tested examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from ourpatch.site.design import components as library


@dataclass(frozen=True, slots=True)
class Passage:
    """One heading of a guidance file and what stands under it."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownExample:
    """An example and what it renders to."""

    name: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a component and what it is."""

    name: str
    meaning: str
    needed: bool


@dataclass(frozen=True, slots=True)
class ShownComponent:
    """Everything the page says of one component."""

    name: str
    purpose: str
    parameters: tuple[Parameter, ...]
    guidance: tuple[Passage, ...]
    examples: tuple[ShownExample, ...]


def components(request: HttpRequest) -> HttpResponse:
    """Every component with its purpose, parameters, guidance and examples; for the people who build pages."""
    return render(request, "design/components.html", {"shown": [show(name) for name in library.names()]})


def show(name: str) -> ShownComponent:
    """One component, with its examples rendered."""
    component = library.get(name)
    examples = tuple(ShownExample(example.name, library.render(name, example.params)) for example in component.examples)
    needed = (Parameter(key, meaning, True) for key, meaning in component.needs.items())
    possible = (Parameter(key, meaning, False) for key, meaning in component.may.items())
    return ShownComponent(name, component.purpose, (*needed, *possible), tuple(passages(component.guidance)), examples)


def passages(guidance: str) -> Iterator[Passage]:
    """The passages of a guidance file: a line that begins with `## ` is a heading, the rest is its text."""
    for part in guidance.split("## ")[1:]:
        heading, _line_end, text = part.partition("\n")
        yield Passage(heading.strip(), text.strip())
