"""A result as plain data in the languages people read, so that it can be kept, shown later and told to programs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import numpy as np
from django.utils.translation import override
from shapely.geometry.base import BaseGeometry

from ourpatch.data.analysis.tables import Table
from ourpatch.data.studies.contract import Method, Option, Result, Source
from ourpatch.data.studies.rules import LEFT_OUT, is_small, without_small
from ourpatch.ground.geo import project_geometries, to_wgs84
from ourpatch.ground.words import Message

LANGUAGES = ("en", "cy")
# What programs are told of a result leaves these out: they are told in words, or as shapes.
_NOT_TOLD = frozenset({"sentences", "shapes", "study", "lattice"})


def whole(method: Method, source: Source, result: Result, options: Mapping[str, object]) -> dict[str, Any]:
    """Everything that is kept of a result: what is shown in each language, its shapes, its numbers."""
    shown = document(method, source, result, options)
    base = _base(source, result)
    return {
        **shown,
        "base": base,
        "shapes": geojson(result, base),
        "numbers": _without_left_out(as_data(result.found), source.smallest),
    }


def _base(source: Source, result: Result) -> dict[str, Any] | None:
    """What the counts were held against, for programs; None where it was nothing. Names are in English."""
    held = result.held
    if held is None:
        return None
    with override(LANGUAGES[0]):
        told = {
            "kind": held.kind,
            "rate": str(held.base.rate),
            "per": held.base.per,
            "fewest": held.base.fewest,
            "year": held.year,
            "source": str(held.source),
        }
    other = source.against
    return told if other is None else {**told, "state": other.state}


def _without_left_out(numbers: Any, smallest: int | None) -> Any:
    """Numbers of controlled data without those of what was left out where they are small."""
    if smallest is None or not isinstance(numbers, dict):
        return numbers
    return {
        key: None if key in LEFT_OUT and is_small(value, smallest) else _without_left_out(value, smallest)
        for key, value in numbers.items()
    }


def document(method: Method, source: Source, result: Result, options: Mapping[str, object]) -> dict[str, Any]:
    """Language -> what is shown: method, what, where, when, choices, sentences by tone, pictures, tables."""
    told = {}
    for language in LANGUAGES:
        with override(language):
            sentences = without_small((*result.sentences, *source.cautions), source.smallest)
            told[language] = {
                "method": str(method.name),
                "asks": str(method.asks),
                "what": source.what,
                "where": source.where,
                "when": source.when,
                "base": [] if result.held is None else [str(result.held.base.rate), str(result.held.source)],
                "options": [[str(option.label), shown_option(option, options)] for option in method.options],
                "findings": _of_tone(sentences, "finding"),
                "cautions": _of_tone(sentences, "caution"),
                "choices": _of_tone(sentences, "choice"),
                "pictures": [str(picture) for picture in result.draw()],
                "tables": [
                    {"caption": str(each.caption), **_table(each.table)}
                    for each in result.tabulate()
                    if each.table.rows
                ],
            }
    return told


def shown_option(option: Option, options: Mapping[str, object]) -> str:
    """What was chosen, in the reader's language; empty where it was left to be worked out."""
    value = options.get(option.key)
    names = {key: str(name) for key, name in option.choices}
    if isinstance(value, list | tuple):
        return ", ".join(names.get(str(each), str(each)) for each in value)
    if isinstance(value, bool):
        return "✓" if value else "–"
    return "" if value is None else names.get(str(value), str(value))


def geojson(result: Result, base: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The result's places as GeoJSON (RFC 7946: longitude and latitude), each with what was found of it; and what the counts were
    held against as a member of its own.
    """
    outlines = project_geometries([shape.outline for shape in result.shapes], to_wgs84)
    features = [
        {"type": "Feature", "geometry": outline.__geo_interface__, "properties": dict(shape.properties)}
        for outline, shape in zip(outlines, result.shapes, strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return collection if base is None else {**collection, "base": dict(base)}


def as_data(found: object) -> Any:
    """A result's own numbers as JSON can hold them: dataclasses by their fields; no outlines, no words."""
    if isinstance(found, Enum):
        return found.value
    if isinstance(found, Message):
        return str(found)
    if dataclasses.is_dataclass(found):
        fields = (field.name for field in dataclasses.fields(found) if not field.name.startswith("_"))
        values = {name: getattr(found, name) for name in fields if name not in _NOT_TOLD}
        return {name: as_data(value) for name, value in values.items() if not isinstance(value, BaseGeometry)}
    if isinstance(found, np.ndarray):
        return as_data(found.tolist())
    if isinstance(found, Mapping):
        return {str(key): as_data(value) for key, value in found.items()}
    if isinstance(found, Sequence) and not isinstance(found, str):
        return [as_data(each) for each in found]
    return _number(found)


def _number(value: object) -> object:
    """Numbers as they are; what is not one of JSON's (infinity, not a number) as nothing."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _plain(value: object) -> object:
    """A number of a table: whole ones without a point."""
    number = _number(value)
    return int(number) if isinstance(number, float) and number.is_integer() and abs(number) < 2**53 else number


def _of_tone(sentences: Sequence[Any], tone: str) -> list[str]:
    return [str(each) for each in sentences if each.tone == tone]


def _table(table: Table) -> dict[str, Any]:
    rows = [[str(value) if isinstance(value, Message | str) else _plain(value) for value in row] for row in table.rows]
    return {"heads": [str(head) for head in table.heads], "rows": rows}
