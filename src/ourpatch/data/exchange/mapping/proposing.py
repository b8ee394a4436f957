"""Proposing a layout: which column fills which field, by its heading first and by what its values look like.

The order of rows and of columns does not matter. Nothing is settled by it: a person looks at the preview and says yes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ourpatch.data.exchange.mapping import formats, guessing
from ourpatch.data.exchange.mapping.codes import Lists, Speller, speller
from ourpatch.data.exchange.mapping.guessing import SURE, Values
from ourpatch.data.exchange.mapping.layout import Layout, Mapped
from ourpatch.data.exchange.mapping.shapes import squeezed, words
from ourpatch.data.exchange.reading.sheet import Sheet
from ourpatch.data.store.specs import DatasetSpec, Field, FieldKind
from ourpatch.ground.errors import NotFound
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

# Points of a proposal. A heading that a sender is known to use beats one that only holds its words, and both beat values alone.
_KNOWN, _PARTLY, _BY_VALUES = 100, 40, 20
_LAST_NAME = 40
_MISFIT = 85
# A column with more different values is no column of codes.
_MOST_CODES = 200
# Words of headings whose columns say who somebody is: their values are never a reason to read them.
_WHO = (
    "name",
    "names",
    "surname",
    "forename",
    "forenames",
    "victim",
    "suspect",
    "offender",
    "complainant",
    "caller",
    "officer",
)
_THEIRS = ("birth", "born", "dob", "telephone", "phone", "email", "mobile", "home", "nhs", "nino")
_PERSONAL = frozenset((*_WHO, *_THEIRS))
_DAYS = (FieldKind.DATE, FieldKind.DATETIME)
_TIME_WORDS = frozenset(("date", "time", "datetime", "dt", "hrs", "hours", "of", "the", "24hr"))


def propose(sheet: Sheet, spec: DatasetSpec, lists: Lists) -> Layout:
    """A layout for a file of a sender who has none yet. Fields that nothing fits are left out: `check_layout` says so."""
    columns = {name: guessing.look(sheet.columns.column(name)) for name in sheet.header}
    spellings = {each.key: _speller(each, lists) for each in spec.fields if each.kind is FieldKind.CODE}
    chosen = _chosen(spec, columns, spellings)
    mapped = [_mapped(each, chosen[each.key], columns, spellings) for each in spec.fields if each.key in chosen]
    mapped = _with_times(mapped, spec, columns)
    used = {column for each in mapped for column in (each.column, each.time_column)}
    return Layout(
        dataset=spec.key,
        fields=tuple(mapped),
        options=sheet.used,
        header=sheet.header,
        ignored=tuple(name for name in sheet.header if name not in used),
    )


def remarks(sheet: Sheet, layout: Layout, spec: DatasetSpec) -> tuple[tuple[str, Message], ...]:
    """What somebody who confirms a layout should look at: (field, message)."""
    return tuple(_remarks(sheet, layout, spec))


def _remarks(sheet: Sheet, layout: Layout, spec: DatasetSpec) -> Iterator[tuple[str, Message]]:
    users: dict[str, str] = {}
    for each in layout.fields:
        if not each.column or each.column not in sheet.header:
            continue
        if spec.field(each.field).kind in _DAYS:
            message = _about_dates(each, guessing.look(sheet.columns.column(each.column)))
            if message is not None:
                yield each.field, message
        if each.time_column:
            yield (
                each.field,
                _("The date is read from one column and the time from “%(column)s”.", column=each.time_column),
            )
        if users.setdefault(each.column, each.field) != each.field:
            yield each.field, _("Date and time are both read from the column “%(column)s”.", column=each.column)


def _about_dates(each: Mapped, values: Values) -> Message | None:
    if any(pattern.startswith(("%m", "%b %d")) for pattern in each.formats):
        return _("The month stands before the day in these dates: some of them prove it.")
    if formats.EXCEL in each.formats:
        return _("These dates are numbers of Excel. Check a few rows in the preview.")
    if not each.formats and guessing.american_too(values):
        return _("No day after the 12th is among these dates. They are read with the day first: check that it is so.")
    return None


@dataclass(frozen=True, slots=True)
class _Claim:
    """A column that may fill a field, and how much speaks for it."""

    points: float
    field: Field
    column: str


def _chosen(
    spec: DatasetSpec, columns: Mapping[str, Values], spellings: Mapping[str, Speller | None]
) -> dict[str, str]:
    """Field key -> heading: the strongest claims first, each column and each field once."""
    order = {each.key: at for at, each in enumerate(spec.fields)}
    claims = [
        _Claim(points, each, column)
        for each in spec.fields
        for column, values in columns.items()
        if (points := _points(each, column, values, spellings.get(each.key))) > 0
    ]
    claims.sort(key=lambda claim: (-claim.points, order[claim.field.key], claim.column))
    chosen: dict[str, str] = {}
    for claim in claims:
        if claim.field.key not in chosen and claim.column not in chosen.values():
            chosen[claim.field.key] = claim.column
    return _without_halves(spec, _with_grid(spec, columns, chosen))


def _points(each: Field, column: str, values: Values, spelling: Speller | None) -> float:
    by_name = _name_points(each, column)
    like = _coded(values, spelling) if each.kind is FieldKind.CODE else guessing.likeness(each.kind, values)
    if by_name:
        # A column of codes may be in nobody's spelling yet, and an empty one says nothing against its heading.
        against = each.kind is not FieldKind.CODE and like is not None and bool(values.each)
        return max(by_name + 10 * (like or 0) - (_MISFIT if against and (like or 0) < 0.5 else 0), 1)
    if _PERSONAL.intersection(words(column)):
        return 0
    judge = guessing.TELLING.get(each.kind)
    told = judge(values) if judge is not None else (like or 0 if each.kind is FieldKind.CODE else 0)
    # Only a field that must be filled, or a kind that is like nothing else, is filled by the looks of values alone.
    alone = each.required or each.kind in (FieldKind.LONGITUDE, FieldKind.LATITUDE, FieldKind.LSOA)
    return _BY_VALUES * told if told >= SURE and alone else 0


def _name_points(each: Field, column: str) -> float:
    heading = squeezed(column)
    known = [squeezed(name) for name in (each.label.en, each.label.cy, *each.names)]
    if heading in known:
        return _KNOWN - min(known.index(heading), _LAST_NAME)
    if heading == squeezed(each.key):
        return _KNOWN - _LAST_NAME - 1
    parts = set(words(column))
    shared = [len(set(words(name))) for name in each.names if len(set(words(name))) > 1 and set(words(name)) <= parts]
    return _PARTLY + min(max(shared), 5) if shared and not _PERSONAL & parts else 0


def _coded(values: Values, spelling: Speller | None) -> float:
    if spelling is None or not values.each or len(values.each) > _MOST_CODES:
        return 0
    return values.share(lambda value: spelling.code(value) is not None)


def _speller(each: Field, lists: Lists) -> Speller | None:
    try:
        return speller(lists(each.code_list or ""))
    except NotFound:
        return None


def _with_grid(spec: DatasetSpec, columns: Mapping[str, Values], chosen: dict[str, str]) -> dict[str, str]:
    """An easting and a northing whose headings say nothing, where their values leave no doubt."""
    pair = [
        next((each for each in spec.fields if each.kind is kind), None)
        for kind in (FieldKind.EASTING, FieldKind.NORTHING)
    ]
    first, second = pair
    if first is None or second is None or first.key in chosen or second.key in chosen:
        return chosen
    left = {
        name: values
        for name, values in columns.items()
        if name not in chosen.values() and not _PERSONAL.intersection(words(name))
    }
    found = guessing.grid_pair(left)
    return chosen if found is None else {**chosen, first.key: found[0], second.key: found[1]}


def _without_halves(spec: DatasetSpec, chosen: dict[str, str]) -> dict[str, str]:
    """Without a coordinate whose other half is missing."""
    kinds = {each.kind for each in spec.fields if each.key in chosen}
    partner = {
        FieldKind.EASTING: FieldKind.NORTHING,
        FieldKind.NORTHING: FieldKind.EASTING,
        FieldKind.LONGITUDE: FieldKind.LATITUDE,
        FieldKind.LATITUDE: FieldKind.LONGITUDE,
    }
    return {
        each.key: chosen[each.key]
        for each in spec.fields
        if each.key in chosen and partner.get(each.kind, each.kind) in kinds
    }


def _mapped(each: Field, column: str, columns: Mapping[str, Values], spellings: Mapping[str, Speller | None]) -> Mapped:
    values = columns[column]
    if each.kind in _DAYS:
        return Mapped(each.key, column, formats=guessing.date_formats(values))
    if each.kind is FieldKind.MONTH:
        return Mapped(each.key, column, formats=guessing.date_formats(values, formats.MONTHS))
    if each.kind is FieldKind.CODE:
        return Mapped(each.key, column, codes=_translated(values, spellings[each.key]))
    return Mapped(each.key, column)


def _translated(values: Values, spelling: Speller | None) -> dict[str, str]:
    """Translations of values that are not codes themselves."""
    if spelling is None or len(values.each) > _MOST_CODES:
        return {}
    found: dict[str, str] = {}
    for value in values.each:
        code = spelling.code(value) or spelling.nearly(value)
        if code is not None and code.casefold() != value.casefold():
            found.setdefault(value.casefold(), code)
    return found


def _with_times(mapped: list[Mapped], spec: DatasetSpec, columns: Mapping[str, Values]) -> list[Mapped]:
    """The time where the sender keeps it with the date and we apart, or the other way round."""
    filled = {each.field for each in mapped}
    clock = next((each for each in spec.fields if each.kind is FieldKind.TIME), None)
    found = []
    for each in mapped:
        kind = spec.field(each.field).kind
        with_time = kind in _DAYS and guessing.has_times(columns[each.column])
        if kind is FieldKind.DATETIME and not with_time:
            each = replace(each, time_column=_time_beside(each, mapped, columns))
        found.append(each)
        if kind is FieldKind.DATE and with_time and clock is not None and clock.key not in filled:
            found.append(Mapped(clock.key, each.column, formats=each.formats))
            filled.add(clock.key)
    return found


def _time_beside(each: Mapped, mapped: list[Mapped], columns: Mapping[str, Values]) -> str:
    """The one column of times that nothing else uses, or the one whose heading goes with the date's."""
    used = {one.column for one in mapped}
    times = [
        name
        for name, values in sorted(columns.items())
        if name not in used and guessing.likeness(FieldKind.TIME, values) == 1.0 and "time" in squeezed(name)
    ]
    about = set(words(each.column)) - _TIME_WORDS
    alike = [name for name in times if set(words(name)) - _TIME_WORDS == about]
    return (alike or times)[0] if len(alike) == 1 or len(times) == 1 else ""
