"""Whether a layout can be used: for its dataset, for the columns of a file, and whether the file still looks as it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa

from ourpatch.data.exchange.mapping import columns, formats
from ourpatch.data.exchange.mapping.codes import Lists, Speller, speller
from ourpatch.data.exchange.mapping.layout import Layout, Mapped
from ourpatch.data.exchange.mapping.shapes import squeezed
from ourpatch.data.store.specs import DatasetSpec, Field, FieldKind
from ourpatch.ground.errors import NotFound, Problems
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Found = Iterator[tuple[str, object]]

_NEEDS = {FieldKind.DATE: "dm", FieldKind.DATETIME: "dm", FieldKind.MONTH: "m", FieldKind.TIME: "t"}
_NEVER_ONE_VALUE = (FieldKind.REFERENCE, FieldKind.EASTING, FieldKind.NORTHING, FieldKind.LONGITUDE, FieldKind.LATITUDE)
_PARTNERS = {
    FieldKind.EASTING: FieldKind.NORTHING,
    FieldKind.NORTHING: FieldKind.EASTING,
    FieldKind.LONGITUDE: FieldKind.LATITUDE,
    FieldKind.LATITUDE: FieldKind.LONGITUDE,
}
_DATED = (FieldKind.DATE, FieldKind.DATETIME, FieldKind.MONTH)


def check_layout(layout: Layout, spec: DatasetSpec, header: Sequence[str], lists: Lists) -> Problems:
    """What is wrong with a layout for a file with these headings; each problem under its field's key."""
    if layout.dataset != spec.key:
        return Problems.collect([("", _("The layout is for another dataset. Choose one for this dataset."))])
    return Problems.collect([*_whole(layout, spec), *_each(layout, spec, header, lists)])


def fits(layout: Layout, header: Sequence[str]) -> bool:
    """Whether a file has the columns that the layout was made for, in whatever order."""
    return not differences(layout, header)


def differences(layout: Layout, header: Sequence[str]) -> tuple[Message, ...]:
    """How the headings of a file differ from those that the layout was made for, in words; their order does not matter."""
    gone = [name for name in layout.header if name not in header]
    new = [name for name in header if name not in layout.header]
    said = []
    for name in gone:
        same = next((each for each in new if squeezed(each) == squeezed(name)), None)
        if same is None:
            said.append(_("The column “%(name)s” is gone.", name=name))
        else:
            new.remove(same)
            said.append(_("The column “%(name)s” is now written “%(new)s”.", name=name, new=same))
    said += [_("The column “%(name)s” is new.", name=name) for name in new]
    twice = [name for name, count in Counter(header).items() if count > 1]
    return (*said, *(_("The column “%(name)s” is there twice.", name=name) for name in twice))


def _whole(layout: Layout, spec: DatasetSpec) -> Found:
    filled = {mapped.field for mapped in layout.fields}
    known = {each.key for each in spec.fields}
    for key in sorted(filled - known):
        yield "", _("The dataset has no field called “%(field)s”. Take it out of the layout.", field=key)
    for key, count in Counter(mapped.field for mapped in layout.fields).items():
        if count > 1:
            yield key, _("The field is filled twice. Choose one column for it.")
    for each in spec.fields:
        if each.required and each.key not in filled:
            yield each.key, _("Choose the column that holds “%(label)s”.", label=each.label)
    yield from _partners(spec, filled)
    yield from _shared_columns(layout, spec)


def _partners(spec: DatasetSpec, filled: set[str]) -> Found:
    kinds = {each.kind for each in spec.fields if each.key in filled}
    for each in spec.fields:
        partner = _PARTNERS.get(each.kind)
        if each.key in filled and partner is not None and partner not in kinds:
            other = next((one.label for one in spec.fields if one.kind is partner), each.label)
            yield each.key, _("A coordinate alone is no place. Choose the column for “%(label)s” too.", label=other)
    if FieldKind.TIME in kinds and not kinds.intersection(_DATED):
        clock = next(each for each in spec.fields if each.kind is FieldKind.TIME)
        yield clock.key, _("A time without a date says nothing. Choose the column for the date too.")


def _shared_columns(layout: Layout, spec: DatasetSpec) -> Found:
    kinds = {each.key: each.kind for each in spec.fields}
    by_column: dict[str, list[Mapped]] = {}
    for mapped in layout.fields:
        for column in {mapped.column, mapped.time_column} - {""}:
            by_column.setdefault(column, []).append(mapped)
    for column, used in by_column.items():
        shared = {kinds.get(mapped.field) for mapped in used}
        if len(used) > 1 and not (len(used) == 2 and shared == {FieldKind.DATE, FieldKind.TIME}):
            yield used[-1].field, _("The column “%(column)s” fills another field already.", column=column)


def _each(layout: Layout, spec: DatasetSpec, header: Sequence[str], lists: Lists) -> Found:
    fields = {each.key: each for each in spec.fields}
    for mapped in layout.fields:
        each = fields.get(mapped.field)
        if each is not None:
            for message in (
                *_source(mapped, each, header),
                *_formats(mapped, each),
                *_codes(mapped, each, lists),
            ):
                yield each.key, message


def _source(mapped: Mapped, each: Field, header: Sequence[str]) -> Iterator[object]:
    value = mapped.value.strip()
    if mapped.column and value:
        yield _("Choose a column or one value for all rows, not both.")
    if not mapped.column and not value:
        yield _("Choose a column, or one value for all rows.")
    for column in (mapped.column, mapped.time_column):
        if column and column not in header:
            yield _("The file has no column called “%(column)s”. Choose another.", column=column)
        if column and header.count(column) > 1:
            yield _("The file has two columns called “%(column)s”. Give one another heading.", column=column)
    if mapped.time_column and (each.kind is not FieldKind.DATETIME or not mapped.column):
        yield _("A second column for the time belongs only to a field of date and time.")
    if value and not mapped.column and not _one_value(mapped, each):
        yield _("This value cannot stand in every row. Correct it, or choose a column.")


def _one_value(mapped: Mapped, each: Field) -> bool:
    """Whether a value that is written in the layout itself can be read; codes are judged by their list."""
    if each.kind in _NEVER_ONE_VALUE:
        return False
    value = mapped.value.strip()
    if each.kind is FieldKind.TIME:
        return not formats.read_clock(value, mapped.formats).fault
    if each.kind in _DATED:
        usual = formats.MONTHS if each.kind is FieldKind.MONTH else formats.DATES
        read = formats.read_day(value, mapped.formats, usual)
        return read.day is not None and not read.clock_fault
    reader = columns.READERS.get(each.kind)
    return reader is None or reader(pa.array([value], pa.string())).values[0].is_valid


def _formats(mapped: Mapped, each: Field) -> Iterator[object]:
    needs = _NEEDS.get(each.kind)
    if mapped.formats and needs is None:
        yield _("Formats belong to dates and times only.")
        return
    for pattern in mapped.formats:
        message = formats.check_format(pattern, needs=needs or "")
        if message is not None:
            yield message


def _codes(mapped: Mapped, each: Field, lists: Lists) -> Iterator[object]:
    if each.kind is not FieldKind.CODE:
        if mapped.codes:
            yield _("Only a field of codes can be translated.")
        return
    try:
        codes = lists(each.code_list or "")
    except NotFound:
        yield _("There is no list of codes for this field on the day of the period.")
        return
    known = set(codes.codes)
    for code in sorted(set(mapped.codes.values()) - known):
        yield _("“%(code)s” is not on the list of codes. Choose one of the list.", code=code)
    if not mapped.column and mapped.value.strip() and not _coded(mapped, speller(codes)):
        yield _("The value for all rows is not on the list of codes. Choose one of the list.")


def _coded(mapped: Mapped, spelling: Speller) -> bool:
    own = {each.strip().casefold(): code for each, code in mapped.codes.items()}
    return own.get(mapped.value.strip().casefold()) is not None or spelling.code(mapped.value) is not None
