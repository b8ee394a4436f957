"""Specifications of datasets, read from data: whose duty it is, what a row holds, how exact it may be, how far it may be seen.

One YAML file a dataset lies in `datasets/`; a partnership's own are parsed by the same `parse` and known to `catalogue`. Codes
are lists of the law book, so that a row is judged by the list of its own day; an own dataset may bring lists of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any
from uuid import UUID

from ourpatch.data.store.rules import DataClass, PlacePrecision, TimePrecision
from ourpatch.foundation.law import entries
from ourpatch.foundation.law.entries import Basis, CodeList, Item, LawBook, Origin, Status
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
    # A template writes it as text: called without a language it would say nothing.
    do_not_call_in_templates = True

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
    """Who must send it and since when. `authorities` are kinds of organisation; source is the instrument's paragraph.

    `by_law`: False for what a partnership has only agreed: it is expected, and nobody breaks the law who does not send it.
    """

    authorities: tuple[str, ...]
    since: date
    until: date | None
    source: str
    by_law: bool = True

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

    `aggregate`: rows are counts and never become incidents. `scheme` is the list of its category codes, "" where rows have no
    category. `senders` are the kinds of organisation that hold it, with or without a duty. `mapped`: senders' own layouts are
    mapped to it (else it has a loader of its own, or is retired). `about`: what it holds; `must_not_hold`: what senders leave
    out besides what the depersonalisation gate looks for. `lists`: code lists of its own. `owner`: the partnership that added it
    and alone uses it; None for what Ourpatch brings. `retired`: no more is sent, and what is loaded stays.
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
    about: Label | None = None
    must_not_hold: tuple[Label, ...] = ()
    lists: tuple[CodeList, ...] = ()
    owner: UUID | None = None
    retired: bool = False

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
    """The specification of a dataset that Ourpatch brings. Raises BadInput when there is none."""
    return found_in(every(), key)


def found_in(known: Mapping[str, DatasetSpec], key: str) -> DatasetSpec:
    """The specification under a key. Raises BadInput when there is none."""
    spec = known.get(key)
    if spec is None:
        raise BadInput(_("There is no dataset called %(key)s.", key=key))
    return spec


def lists_of(spec: DatasetSpec, book: LawBook) -> Callable[[str], CodeList]:
    """Code lists by their keys: the dataset's own, else the law book's. What it returns raises NotFound."""
    own = {each.key: each for each in spec.lists}
    return lambda key: own[key] if key in own else book.codes(key)


def categories_of(spec: DatasetSpec, book: LawBook) -> tuple[Item, ...]:
    """The codes that the dataset's rows are counted by; none where they have no category."""
    return tuple(lists_of(spec, book)(spec.scheme)) if spec.scheme else ()


def also_written(item: Item) -> tuple[str, ...]:
    """Spellings of a code that senders are known to use."""
    also = item.facts.get("also", ())
    return also if isinstance(also, tuple) else (str(also),)


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
        scheme=str(data["scheme"] or ""),
        period=Period(data["period"]),
        aggregate=bool(data.get("aggregate", False)),
        time_precision=TimePrecision(data["time_precision"]),
        place_precision=PlacePrecision(data["place_precision"]),
        senders=tuple(data["senders"]),
        duty=None if duty is None else _duty(duty),
        fields=tuple(_field(each) for each in data.get("fields", ())),
        singling=tuple(
            Singling(tuple(each["fields"]), int(each["least"]), _label(each, "why"))
            for each in data.get("singling", ())
        ),
        limitations=_sentences(data["limitations"]),
        source=str(data["source"]),
        mapped=bool(data.get("mapped", True)),
        about=_label(data, "about") if "about_en" in data else None,
        must_not_hold=_sentences(data.get("must_not_hold", ())),
        lists=tuple(_list(each) for each in data.get("lists", ())),
    )


def _duty(data: Mapping[str, Any]) -> Duty:
    return Duty(
        tuple(data["authorities"]),
        _day(data["since"]),
        _day(data["until"]) if data.get("until") else None,
        str(data["source"]),
        bool(data.get("by_law", True)),
    )


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _sentences(data: Iterable[Mapping[str, Any]]) -> tuple[Label, ...]:
    return tuple(Label(str(each["en"]), str(each["cy"])) for each in data)


# A partnership's own list holds for as long as the version of the specification that it stands in.
_OWN_ORIGIN = Origin(date(1990, 1, 1), None, Status.IN_FORCE, Basis.PRACTICE, "Agreed by the partnership", None)


def _list(data: Mapping[str, Any]) -> CodeList:
    return CodeList(str(data["key"]), tuple(_item(each) for each in data["items"]), _label(data, "label"), _OWN_ORIGIN)


def _item(data: Mapping[str, Any]) -> Item:
    also = tuple(str(each) for each in data.get("also", ()))
    label = Label(str(data["en"]), str(data["cy"]))
    return Item(str(data["code"]), label, MappingProxyType({"also": also} if also else {}))


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
