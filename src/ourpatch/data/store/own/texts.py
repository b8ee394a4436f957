"""A specification as a file: read with the line of everything, so that what is wrong can be pointed at, and written again.

What comes from a file is anybody's: its size, depth, keys and types are looked at before anything is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import yaml
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, ScalarEvent

from ourpatch.data.store import specs
from ourpatch.data.store.own import rules
from ourpatch.data.store.own.rules import Known
from ourpatch.data.store.rules import DataClass, PlacePrecision, TimePrecision
from ourpatch.data.store.specs import DatasetSpec, Duty, Field, FieldKind, Period
from ourpatch.foundation.law import entries
from ourpatch.foundation.law.entries import Item
from ourpatch.ground.errors import BadInput, Problems, RuleBroken
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

LARGEST = 256 * 1024
"""Bytes. Forty fields with long lists take a tenth of it."""
_DEEPEST = 8
_MOST_NODES = 20_000
_MOST_TOLD = 20

_BOTH = ("en", "cy")
_TRUE_OR_FALSE = ("aggregate", "mapped", "required", "by_law")
_NUMBERS = ("least",)


@dataclass(frozen=True, slots=True)
class Written:
    """A file's data with the line (from 1) on which each part of it begins; "" is the whole."""

    data: Any
    lines: Mapping[str, int]

    def line(self, place: str) -> int:
        """The line of a part, or of the nearest part around it."""
        while place and place not in self.lines:
            place = place.rpartition(".")[0]
        return self.lines.get(place, 1)


def read(content: bytes, known: Known) -> DatasetSpec:
    """The specification in a file. Raises RuleBroken with a message a fault, each with its line and field."""
    written = _loaded(content)
    _refuse(written, _misshapen(written.data))
    spec = specs.parse(written.data)
    _refuse(written, rules.check_own(spec, known))
    return spec


def _refuse(written: Written, faults: Iterable[tuple[str, object]]) -> None:
    told = [("file", _told(written, place, message)) for place, message in islice(faults, _MOST_TOLD)]
    Problems.collect(told).raise_if_any()


def told_of_file(content: bytes, problems: Problems) -> Problems:
    """Problems of a specification as problems of the file that it was read from."""
    written = _loaded(content)
    told = [("file", _told(written, place, message) if place else message) for place, message in problems]
    return Problems.collect(told)


def as_data(spec: DatasetSpec) -> dict[str, Any]:
    """A specification as `specs.parse` reads it: text, numbers, days as text, lists and mappings only."""
    plain: dict[str, Any] = {
        "key": spec.key,
        **_label("label", spec.label),
        **(_label("about", spec.about) if spec.about else {}),
        "data_class": str(spec.data_class),
        "scheme": spec.scheme,
        "period": str(spec.period),
        "aggregate": spec.aggregate,
        "time_precision": str(spec.time_precision),
        "place_precision": str(spec.place_precision),
        "senders": list(spec.senders),
        "source": spec.source,
        **({"duty": _duty(spec.duty)} if spec.duty else {}),
        "fields": [_field(each) for each in spec.fields],
        "singling": [
            {"fields": list(each.fields), "least": each.least, **_label("why", each.why)} for each in spec.singling
        ],
        "must_not_hold": [{"en": each.en, "cy": each.cy} for each in spec.must_not_hold],
        "limitations": [{"en": each.en, "cy": each.cy} for each in spec.limitations],
        "lists": [
            {"key": each.key, **_label("label", each.label), "items": [_item(item) for item in each]}
            for each in spec.lists
        ],
    }
    return {name: value for name, value in plain.items() if value != [] or name in ("limitations", "fields")}


def write(spec: DatasetSpec) -> str:
    """A specification as a file."""
    return str(yaml.safe_dump(as_data(spec), allow_unicode=True, sort_keys=False, width=120))


def _label(name: str, label: entries.Label) -> dict[str, str]:
    return {f"{name}_en": label.en, f"{name}_cy": label.cy}


def _duty(duty: Duty) -> dict[str, Any]:
    until = {"until": duty.until.isoformat()} if duty.until else {}
    since = {"authorities": list(duty.authorities), "since": duty.since.isoformat(), **until}
    return {**since, "source": duty.source, "by_law": duty.by_law}


def _field(field: Field) -> dict[str, Any]:
    return {
        "key": field.key,
        "kind": str(field.kind),
        **({"list": field.code_list} if field.code_list else {}),
        **({"required": True} if field.required else {}),
        **_label("label", field.label),
        **(_label("hint", field.hint) if field.hint else {}),
        **({"names": list(field.names)} if field.names else {}),
    }


def _item(item: Item) -> dict[str, Any]:
    also = list(specs.also_written(item))
    return {"code": item.code, "en": item.label.en, "cy": item.label.cy, **({"also": also} if also else {})}


def _told(written: Written, place: str, message: object) -> Message:
    """A fault with its line, the field's or list's own name where it is about one, and what is wrong."""
    return _("Line %(line)s, %(where)s: %(what)s", line=written.line(place), where=_where(written, place), what=message)


def _where(written: Written, place: str) -> str:
    """A part as somebody finds it in the file: `fields, needles, kind`."""
    names, here = [], written.data
    for step in place.split(".") if place else []:
        at = int(step) if step.isdigit() else None
        inside = isinstance(here, Sequence) and not isinstance(here, str) and at is not None and at < len(here)
        here = here[at] if inside else (here.get(step) if isinstance(here, Mapping) else None)
        own = (
            next((here[name] for name in ("key", "code") if name in here), None) if isinstance(here, Mapping) else None
        )
        names.append(str(own)[:60] if own is not None else str(at + 1) if at is not None else step)
    return ", ".join(names) or "specification"


# Reading


def _loaded(content: bytes) -> Written:
    if len(content) > LARGEST:
        raise _refused(1, _("The file is larger than 256 KB, and no specification is. Choose another file."))
    try:
        text = content.decode("utf-8-sig")
        _judge_events(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise _refused(1, _("The file is not text in UTF-8. Save it as UTF-8 and choose it again.")) from error
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + 1
        raise _refused(line, _("The file cannot be read from here on. Check signs and indents.")) from error
    except (yaml.YAMLError, ValueError) as error:
        raise _refused(1, _("The file holds signs that no specification has.")) from error
    lines: dict[str, int] = {}
    if node is None:
        raise _refused(1, _("The file is empty."))
    return Written(_plain(node, "", lines), lines)


def _judge_events(text: str) -> None:
    """Refuse, before anything is built, what is deep, long, refers to itself or asks for a type."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        nodes += isinstance(event, CollectionStartEvent | ScalarEvent)
        if depth > _DEEPEST or nodes > _MOST_NODES:
            raise _refused(line, _("The file holds more than any specification. Look for a mistake here."))
        anchored = getattr(event, "anchor", None) is not None
        if isinstance(event, AliasEvent) or anchored or getattr(event, "tag", None) is not None:
            raise _refused(line, _("Write values out: & and * and ! mean nothing in a specification."))


def _plain(node: Any, place: str, lines: dict[str, int], name: str = "") -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            if name in found:
                raise _refused(key.start_mark.line + 1, _("“%(name)s” is there twice.", name=name[:60]))
            found[name] = _plain(value, _at(place, name), lines, name)
            lines[_at(place, name)] = key.start_mark.line + 1
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, _at(place, str(at)), lines) for at, each in enumerate(node.value)]
    return _scalar(node, name)


def _scalar(node: Any, name: str) -> Any:
    """A value as it stands: a code 01 and a name No are texts; only where a number or a yes is asked for is one read."""
    text = str(node.value)
    if node.tag == "tag:yaml.org,2002:null":
        return None
    if name in _TRUE_OR_FALSE:
        return {"true": True, "false": False}.get(text.casefold(), text)
    return int(text) if name in _NUMBERS and text.isascii() and text.isdigit() and len(text) < 10 else text


def _refused(line: int, message: Message) -> RuleBroken:
    return RuleBroken(Problems.collect([("file", _("Line %(line)s: %(what)s", line=line, what=message))]))


# Shape

Check = Callable[[Any], Message | None]
_Faults = Iterator[tuple[str, Message]]


def _text(value: Any) -> Message | None:
    return None if isinstance(value, str) else _("Write a text here.")


def _yes_or_no(value: Any) -> Message | None:
    return None if isinstance(value, bool) else _("Write true or false.")


def _number(value: Any) -> Message | None:
    return None if isinstance(value, int) and not isinstance(value, bool) else _("Write a whole number.")


def _date(value: Any) -> Message | None:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return _("Write a day as 2026-11-28.")
    return None


def _one_of(kinds: Any) -> Check:
    words = [str(each) for each in kinds]

    def check(value: Any) -> Message | None:
        return None if value in words else _("Write one of: %(words)s.", words=", ".join(words))

    return check


def _texts(value: Any) -> Message | None:
    texts = isinstance(value, list) and not any(map(_text, value))
    return None if texts else _("Write a list of texts: [one, another].")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a mapping may hold. `inside`: lists of mappings, and one mapping, by their own shapes."""

    needed: Mapping[str, Check]
    other: Mapping[str, Check]
    several: Mapping[str, _Shape]
    one: Mapping[str, _Shape]
    needs: tuple[str, ...] = ()


def _labels(*names: str) -> dict[str, Check]:
    return {f"{name}_{language}": _text for name in names for language in _BOTH}


_SENTENCE = _Shape({"en": _text, "cy": _text}, {}, {}, {})
_FIELD = _Shape(
    {"key": _text, "kind": _one_of(FieldKind), **_labels("label")},
    {"list": _text, "required": _yes_or_no, "names": _texts, **_labels("hint")},
    {},
    {},
)
_SINGLING = _Shape({"fields": _texts, "least": _number, **_labels("why")}, {}, {}, {})
_ITEM = _Shape({"code": _text, "en": _text, "cy": _text}, {"also": _texts}, {}, {})
_LIST = _Shape({"key": _text, **_labels("label")}, {}, {"items": _ITEM}, {}, ("items",))
_DUTY = _Shape({"authorities": _texts, "since": _date, "source": _text}, {"until": _date, "by_law": _yes_or_no}, {}, {})
_SPECIFICATION = _Shape(
    {
        "key": _text,
        **_labels("label"),
        "data_class": _one_of(DataClass),
        "scheme": _text,
        "period": _one_of(Period),
        "time_precision": _one_of(TimePrecision),
        "place_precision": _one_of(PlacePrecision),
        "senders": _texts,
        "source": _text,
    },
    {"aggregate": _yes_or_no, "mapped": _yes_or_no, **_labels("about")},
    {
        "fields": _FIELD,
        "singling": _SINGLING,
        "must_not_hold": _SENTENCE,
        "limitations": _SENTENCE,
        "lists": _LIST,
    },
    {"duty": _DUTY},
    ("fields", "limitations"),
)


def _misshapen(data: Any) -> _Faults:
    yield from _misfits(data, _SPECIFICATION, "")


def _misfits(data: Any, shape: _Shape, place: str) -> _Faults:
    if not isinstance(data, Mapping):
        yield place, _("Write “name: value” here, one a line.")
        return
    yield from _unknown_and_missing(data, shape, place)
    for name, check in {**shape.needed, **shape.other}.items():
        if data.get(name) is not None and (fault := check(data[name])):
            yield _at(place, name), fault
    for name, inner in shape.one.items():
        if data.get(name) is not None:
            yield from _misfits(data[name], inner, _at(place, name))
    for name, inner in shape.several.items():
        yield from _of_several(data.get(name), inner, _at(place, name))


def _unknown_and_missing(data: Mapping[str, Any], shape: _Shape, place: str) -> _Faults:
    known = {*shape.needed, *shape.other, *shape.several, *shape.one}
    for name in data:
        if name not in known:
            yield _at(place, name), _("Nothing is called “%(name)s” here. Take it out.", name=name[:60])
    for name in (*shape.needed, *shape.needs):
        if name not in data or (data[name] is None and name != "scheme"):
            yield place, _("“%(name)s” is missing.", name=name)
    yield from _halves(data, place)


def _of_several(data: Any, shape: _Shape, place: str) -> _Faults:
    if data is None:
        return
    if not isinstance(data, list):
        yield place, _("Write a list here: one entry a hyphen.")
        return
    for at, each in enumerate(data):
        yield from _misfits(each, shape, _at(place, str(at)))


def _halves(data: Mapping[str, Any], place: str) -> _Faults:
    """What may be left out is there in both languages or in none."""
    for name in ("about", "hint"):
        if (data.get(f"{name}_en") is None) != (data.get(f"{name}_cy") is None):
            yield place, _("“%(name)s” is there in one language only.", name=name)


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def check_file_size(size: int) -> Problems:
    """Whether a file of so many bytes can be a specification; asked before it is read."""
    too_large = _("The file is larger than 256 KB, and no specification is. Choose another file.")
    return Problems.collect([("file", too_large) if size > LARGEST else None])


def parsed(data: Mapping[str, Any]) -> DatasetSpec:
    """A specification that was kept as `as_data` gave it. Raises BadInput when it cannot be used any more."""
    faults = [message for _place, message in _misshapen(data)]
    if faults:
        raise BadInput(faults[0])
    return specs.parse(data)
