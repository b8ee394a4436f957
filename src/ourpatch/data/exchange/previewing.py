"""What the first rows of a file look like when they are read by a layout, before anything is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ourpatch.data.exchange.findings import Weight
from ourpatch.data.exchange.mapping import Layout, Read, apply
from ourpatch.data.exchange.mapping.codes import Lists
from ourpatch.data.exchange.mapping.working import Span
from ourpatch.data.exchange.reading.sheet import Sheet
from ourpatch.data.exchange.wording import WEIGHTS, label_of
from ourpatch.data.store.specs import DatasetSpec, Field, FieldKind
from ourpatch.ground.clock import LONDON
from ourpatch.ground.errors import BadInput, NotFound, RuleBroken

ROWS_SHOWN = 8
ROWS_TRIED = 500
# Six decimals of a degree are ten centimetres on the ground.
_DEGREES = (FieldKind.LONGITUDE, FieldKind.LATITUDE)


@dataclass(frozen=True, slots=True)
class Preview:
    """A table of the first rows as they would be read. `problems`: what keeps the file from being loaded; `broken`: the layout
    itself cannot be used yet.
    """

    head: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    problems: Sequence[str]
    tried: int
    kept: int
    broken: bool = False


def said_without_loading(refusal: BadInput) -> str:
    """Why a file cannot be read so, without the last sentence: that nothing was loaded, where nothing is being loaded."""
    return str(refusal).rpartition(". ")[0] + "."


def preview_of(
    sheet: Sheet,
    layout: Layout,
    spec: DatasetSpec,
    lists: Lists,
    span: Span | None,
    today: date,
    held: frozenset[str] = frozenset(),
) -> Preview:
    """Read the first rows by a layout, complete or not. `held`: columns whose values are not shown."""
    first = sheet.first(ROWS_TRIED)
    try:
        read = apply(first, layout, spec, lists, span, today=today)
    except RuleBroken as refusal:
        labels = {each.key: str(each.label) for each in spec.fields}
        said = [f"{labels[name]}: {message}" if name in labels else str(message) for name, message in refusal.problems]
        return Preview((), (), said, len(first.numbers), 0, broken=True)
    shown = [each for each in spec.fields if any(mapped.field == each.key for mapped in layout.fields)]
    head = [{"text": _("Row"), "numeric": True}, *(str(each.label) for each in shown), _("What follows")]
    hidden = {each.field for each in layout.fields if each.column in held or each.time_column in held}
    rows = [_row(read, shown, lists, at, hidden) for at in range(min(ROWS_SHOWN, len(read.numbers)))]
    whole = [f"{each.says} {each.do}" for each in read.findings.kept if each.weight is Weight.REFUSES]
    return Preview(head, rows, whole, len(read.numbers), int(read.kept.sum()))


def _row(read: Read, shown: Sequence[Field], lists: Lists, at: int, hidden: Collection[str]) -> list[Any]:
    number = int(read.numbers[at])
    said = [str(each.says) for each in read.findings.kept if each.row == number]
    follows = str(WEIGHTS[Weight.NOTES]) if read.kept[at] else str(WEIGHTS[Weight.SETS_ASIDE])
    cells = [
        _("[held back]") if each.key in hidden else _cell(each, read.columns[each.key][at].as_py(), lists)
        for each in shown
    ]
    return [str(number), *cells, " ".join([f"{follows}.", *said])]


def _cell(each: Field, value: Any, lists: Lists) -> str:
    if value is None:
        return _("Empty")
    if each.kind is FieldKind.CODE:
        return _coded(each, str(value), lists)
    if isinstance(value, datetime):
        return date_format(value.astimezone(LONDON), "j M Y H:i")
    if isinstance(value, date):
        return date_format(value, "F Y" if each.kind is FieldKind.MONTH else "j M Y")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float):
        return _measured(value, 6 if each.kind in _DEGREES else 1)
    return str(value)


def _measured(value: float, decimals: int) -> str:
    """A number with as many decimals as say something, and none that are 0: whole metres are whole."""
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".")


def _coded(each: Field, code: str, lists: Lists) -> str:
    try:
        item = next((item for item in lists(each.code_list or "") if item.code == code), None)
    except NotFound:
        item = None
    return label_of(item) if item is not None else code
