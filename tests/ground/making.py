"""Rows of any model, for tests that must hold for every protected model whatever room it lives in."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import IntegrityError, models, transaction

from ourpatch.ground.permission.models import Protected

_number = itertools.count(1)
START = datetime(2026, 1, 1, tzinfo=UTC)


def protected_models() -> list[type[Protected]]:
    """Every concrete model that derives from Protected, by label."""
    found = [model for model in apps.get_models() if issubclass(model, Protected)]
    return sorted(found, key=lambda model: model._meta.label)


def make(model: type[models.Model], **given: Any) -> Any:
    """A stored row: what is required, and of the optional fields those that the table's checks want."""
    for optional in _choices_of_optional(model):
        try:
            with transaction.atomic():
                made = model._base_manager.create(**_values(model, given, optional))
        except IntegrityError:
            continue
        _accepted[model] = optional
        return made
    raise TypeError(f"The checks of {model._meta.label} accept no row that tests/ground/making.py can think of.")


_accepted: dict[type[models.Model], frozenset[str]] = {}


def _choices_of_optional(model: type[models.Model]) -> list[frozenset[str]]:
    """Which optional fields to fill: what was accepted before, none, all, any pair, all but one."""
    every = frozenset(field.name for field in model._meta.concrete_fields if field.null or _may_be_blank(field))
    pairs = [frozenset(pair) for pair in itertools.combinations(sorted(every), 2)]
    known = [_accepted[model]] if model in _accepted else []
    return [
        *known,
        frozenset(),
        every,
        *[frozenset({name}) for name in every],
        *pairs,
        *[every - {name} for name in every],
    ]


def _values(model: type[models.Model], given: dict[str, Any], optional: frozenset[str]) -> dict[str, Any]:
    values = dict(given)
    for field in model._meta.concrete_fields:
        required = not (field.null or field.has_default() or _may_be_blank(field))
        wanted = (required or field.name in optional) and not field.primary_key
        if wanted and field.name not in values and field.attname not in values:
            values[field.name] = _value(field)
    return values


def _may_be_blank(field: Any) -> bool:
    return bool(field.blank) and isinstance(field, models.CharField | models.TextField)


def _value(field: Any) -> Any:
    number = next(_number)
    if isinstance(field, models.ForeignKey):
        return make(field.related_model)
    if field.choices:
        return field.flatchoices[0][0]
    if isinstance(field, models.CharField | models.TextField):
        return f"x{number}"[-(field.max_length or 20) :]
    for kind, value in _VALUES:
        if isinstance(field, kind):
            return value(number)
    raise TypeError(f"No value for {field}: teach tests/ground/making.py to make one.")


_VALUES: list[tuple[Any, Any]] = [
    (models.DateTimeField, lambda number: START + timedelta(seconds=number)),
    (models.DateField, lambda number: date(2026, 1, 1) + timedelta(days=number % 300)),
    (models.UUIDField, lambda number: uuid4()),
    (models.BooleanField, lambda number: False),
    (models.IntegerField, lambda number: number % 30_000),
    (models.FloatField, float),
    (models.BinaryField, lambda number: b"bytes"),
    (models.JSONField, lambda number: {}),
]
