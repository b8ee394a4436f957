"""Reading the dated entries and making the book of one day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from ourpatch.foundation.law.entries import (
    Basis,
    Clock,
    ClockKind,
    CodeList,
    Entry,
    Item,
    Label,
    LawBook,
    Number,
    Origin,
    Scalar,
    Status,
)
from ourpatch.ground import plain_yaml
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

Jurisdiction = Literal["england", "wales"]
JURISDICTIONS: tuple[Jurisdiction, ...] = ("england", "wales")
_Choosable = TypeVar("_Choosable", Number, Clock)


def book(on: date, jurisdiction: Jurisdiction = "england", local: Mapping[str, int] | None = None) -> LawBook:
    """The law as it stood on a London day, with a partnership's own choices.

    `local` maps the key of a threshold or clock that may be chosen locally to its number. Raises BadInput when the
    key may not be chosen, the number is not whole, or it lies outside the bounds that the law sets.
    """
    if jurisdiction not in JURISDICTIONS:
        raise BadInput(_("%(name)s is not a jurisdiction: use england or wales.", name=jurisdiction))
    standard = _standard(on, jurisdiction)
    if not local:
        return standard
    chosen = dict(standard.entries)
    for key, value in local.items():
        chosen[key] = _chosen(key, chosen.get(key), value)
    return _bound(on, jurisdiction, chosen)


@cache
def _standard(on: date, jurisdiction: Jurisdiction) -> LawBook:
    holding: dict[str, Entry] = {}
    for entry, where in _everything():
        if jurisdiction in where and entry.origin.holds_on(on):
            if entry.key in holding:
                raise BadInput(_("Two entries called %(key)s hold on %(day)s.", key=entry.key, day=on.isoformat()))
            holding[entry.key] = entry
    return _bound(on, jurisdiction, holding)


def _bound(on: date, jurisdiction: str, entries: dict[str, Entry]) -> LawBook:
    ordered = {key: entries[key] for key in sorted(entries)}
    # The frozen dataclasses' own text is stable and holds every field, so it is the content that is digested.
    text = "\n".join([jurisdiction, *(repr(entry) for entry in ordered.values())])
    return LawBook(on, jurisdiction, MappingProxyType(ordered), hashlib.sha256(text.encode()).hexdigest()[:16])


def _chosen(key: str, entry: Entry | None, value: object) -> Entry:
    if isinstance(entry, Number):
        number = _checked_choice(entry, value)
        return replace(entry, value=number, by_choice=number != entry.value)
    if isinstance(entry, Clock):
        amount = _checked_choice(entry, value)
        return replace(entry, amount=amount, by_choice=amount != entry.amount)
    raise BadInput(_("There is no threshold or clock called %(key)s to choose.", key=key))


def _checked_choice(entry: Number | Clock, value: object) -> int:
    if not entry.local:
        raise BadInput(
            _("%(name)s is fixed by %(source)s: no local choice.", name=entry.label.en, source=entry.origin.source)
        )
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadInput(_("%(name)s must be a whole number.", name=entry.label.en))
    if entry.least is not None and value < entry.least:
        raise BadInput(_("%(name)s may not be below %(bound)s (%(source)s).", **_bounds(entry, entry.least)))
    if entry.most is not None and value > entry.most:
        raise BadInput(_("%(name)s may not be above %(bound)s (%(source)s).", **_bounds(entry, entry.most)))
    return value


def _bounds(entry: Number | Clock, bound: int) -> dict[str, object]:
    return {"name": entry.label.en, "bound": bound, "source": entry.origin.source}


@cache
def _everything() -> tuple[tuple[Entry, tuple[str, ...]], ...]:
    files = sorted(
        (f for f in resources.files("ourpatch.foundation.law").joinpath("data").iterdir() if f.name.endswith(".yaml")),
        key=lambda f: f.name,
    )
    read: list[tuple[Entry, tuple[str, ...]]] = []
    for file in files:
        for raw in plain_yaml.load(file.read_text(encoding="utf-8")):
            read.append((_entry(raw, file.name), tuple(raw.get("jurisdiction", JURISDICTIONS))))
    return tuple(read)


def _entry(raw: Mapping[str, Any], where: str) -> Entry:
    try:
        return _READERS[raw["kind"]](raw)
    except (KeyError, ValueError, TypeError) as problem:
        key, why = raw.get("key"), repr(problem)
        raise BadInput(
            _("%(file)s: the entry %(key)s cannot be read (%(why)s).", file=where, key=key, why=why)
        ) from problem


def _number(raw: Mapping[str, Any]) -> Number:
    return _with_choice(Number(raw["key"], int(raw["value"]), raw["unit"], _label(raw), _origin(raw)), raw)


def _clock(raw: Mapping[str, Any]) -> Clock:
    clock = Clock(
        key=raw["key"],
        kind=ClockKind(raw["counts"]),
        amount=int(raw["value"]),
        starts=raw["starts"],
        stops=tuple(raw["stops"]),
        not_stopped_by=tuple(raw.get("not_stopped_by", ())),
        label=_label(raw),
        origin=_origin(raw),
    )
    return _with_choice(clock, raw)


def _with_choice(entry: _Choosable, raw: Mapping[str, Any]) -> _Choosable:
    choice = raw.get("local")
    if choice is None:
        return entry
    return replace(entry, local=True, least=choice.get("least"), most=choice.get("most"))


def _code_list(raw: Mapping[str, Any]) -> CodeList:
    return CodeList(raw["key"], tuple(_items(raw["items"])), _label(raw), _origin(raw))


def _items(raw_items: Iterable[Mapping[str, Any]]) -> Iterable[Item]:
    for raw in raw_items:
        facts: dict[str, Scalar] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in raw.items()
            if name not in ("code", "en", "cy")
        }
        yield Item(raw["code"], Label(raw["en"], raw["cy"]), MappingProxyType(facts))


def _label(raw: Mapping[str, Any]) -> Label:
    return Label(raw["label_en"], raw["label_cy"])


def _origin(raw: Mapping[str, Any]) -> Origin:
    return Origin(
        valid_from=raw["valid_from"],
        valid_to=raw["valid_to"],
        status=Status(raw["status"]),
        basis=Basis(raw["basis"]),
        source=raw["source"],
        checked_on=raw["checked_on"],
    )


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Entry]] = {
    "number": _number,
    "clock": _clock,
    "list": _code_list,
}
