"""Specifications of datasets, read from data: whose duty it is, what a row holds, how exact it may be, how far it may be seen.

One YAML file a dataset lies in `datasets/`; a partnership's own are parsed by the same `parse`. Codes are lists of the law book,
so that a row is judged by the list of its own day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from ourpatch.data.store.rules import DataClass, PlacePrecision, TimePrecision
from ourpatch.foundation.law import entries
from ourpatch.ground import plain_yaml
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _


class FieldKind(StrEnum):
    """What a field of a row holds, and so how it is read, judged and kept."""

    REFERENCE = "reference"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    MONTH = "month"
    EASTING = "easting"
    NORTHING = "northing"
    LONGITUDE = "longitude"
    LATITUDE = "latitude"
    POSTCODE = "postcode"
    OUTWARD = "outward"
    LSOA = "lsoa"
    PLACE = "place"
    CODE = "code"
    COUNT = "count"
    AGE = "age"
    TEXT = "text"


class Period(StrEnum):
    """How much one submission covers."""

    MONTH = "month"
    QUARTER = "quarter"

    @property
    def months(self) -> int:
        """How many calendar months."""
        return 1 if self is Period.MONTH else 3


class Label(entries.Label):
    """A name in both languages; as text it is in the reader's."""

    __slots__ = ()

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self(get_language() or "en")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a dataset's rows.

    `names` are headings that senders are known to use, for proposing a mapping. `code_list` is a list of the law book (kind
    CODE). `measure`: a COUNT that is kept beside `n` under its key. A field of kind AGE or TEXT, or a CODE other than the
    category, is kept as an attribute under its key.
    """

    key: str
    kind: FieldKind
    label: Label
    required: bool
    code_list: str | None
    names: tuple[str, ...]
    hint: Label | None

    @property
    def extra(self) -> bool:
        """Whether the store keeps the field in a column of its own."""
        if self.key in ("category", "n"):
            return False
        return self.kind in (FieldKind.COUNT, FieldKind.CODE, FieldKind.AGE, FieldKind.TEXT)


@dataclass(frozen=True, slots=True)
class Duty:
    """Who must send it and since when. `authorities` are kinds of organisation; source is the instrument's paragraph."""

    authorities: tuple[str, ...]
    since: date
    until: date | None
    source: str

    def holds_on(self, day: date) -> bool:
        """Whether the duty existed on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Singling:
    """Fields that single somebody out together: fewer than `least` rows alike in one submission is too few."""

    fields: tuple[str, ...]
    least: int
    why: Label


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """One kind of recorded data.

    `aggregate`: rows are counts and never become incidents. `scheme` is the law-book list of its category codes. `senders` are
    the kinds of organisation that hold it, with or without a duty. `mapped`: senders' own layouts are mapped to it (else it has
    a loader of its own).
    """

    key: str
    label: Label
    data_class: DataClass
    scheme: str
    period: Period
    aggregate: bool
    time_precision: TimePrecision
    place_precision: PlacePrecision
    senders: tuple[str, ...]
    duty: Duty | None
    fields: tuple[Field, ...]
    singling: tuple[Singling, ...]
    limitations: tuple[Label, ...]
    source: str
    mapped: bool

    def field(self, key: str) -> Field:
        """A field by its key. Raises BadInput."""
        for each in self.fields:
            if each.key == key:
                return each
        raise BadInput(_("The dataset %(dataset)s has no field called %(field)s.", dataset=self.key, field=key))

    @property
    def extras(self) -> tuple[Field, ...]:
        """The fields that the store keeps in columns of their own, in order."""
        return tuple(each for each in self.fields if each.extra)


@cache
def every() -> Mapping[str, DatasetSpec]:
    """Every specification that Ourpatch brings, by key, in the order of the files' names."""
    folder = resources.files("ourpatch.data.store") / "datasets"
    files = sorted((each for each in folder.iterdir() if each.name.endswith(".yaml")), key=lambda each: each.name)
    found = [parse(plain_yaml.load(each.read_text("utf-8"))) for each in files]
    return {spec.key: spec for spec in found}


def dataset(key: str) -> DatasetSpec:
    """The dataset's specification. Raises BadInput when there is none."""
    spec = every().get(key)
    if spec is None:
        raise BadInput(_("There is no dataset called %(key)s.", key=key))
    return spec


def parse(data: Mapping[str, Any]) -> DatasetSpec:
    """A specification from its data. Raises BadInput that names what is missing or unknown."""
    try:
        return _parsed(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(_("The specification cannot be read: %(fault)s.", fault=str(error))) from error


def _parsed(data: Mapping[str, Any]) -> DatasetSpec:
    duty = data.get("duty")
    return DatasetSpec(
        key=str(data["key"]),
        label=_label(data, "label"),
        data_class=DataClass(data["data_class"]),
        scheme=str(data["scheme"]),
        period=Period(data["period"]),
        aggregate=bool(data.get("aggregate", False)),
        time_precision=TimePrecision(data["time_precision"]),
        place_precision=PlacePrecision(data["place_precision"]),
        senders=tuple(data["senders"]),
        duty=None
        if duty is None
        else Duty(tuple(duty["authorities"]), duty["since"], duty.get("until"), str(duty["source"])),
        fields=tuple(_field(each) for each in data.get("fields", ())),
        singling=tuple(
            Singling(tuple(each["fields"]), int(each["least"]), _label(each, "why"))
            for each in data.get("singling", ())
        ),
        limitations=tuple(Label(each["en"], each["cy"]) for each in data["limitations"]),
        source=str(data["source"]),
        mapped=bool(data.get("mapped", True)),
    )


def _field(data: Mapping[str, Any]) -> Field:
    return Field(
        key=str(data["key"]),
        kind=FieldKind(data["kind"]),
        label=_label(data, "label"),
        required=bool(data.get("required", False)),
        code_list=data.get("list"),
        names=tuple(str(each) for each in data.get("names", ())),
        hint=_label(data, "hint") if "hint_en" in data else None,
    )


def _label(data: Mapping[str, Any], name: str) -> Label:
    return Label(str(data[f"{name}_en"]), str(data[f"{name}_cy"]))
