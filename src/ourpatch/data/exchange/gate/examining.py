"""A sheet looked at cell by cell for what identifies a person, whatever its columns are said to hold.

Each column is looked at by its different values; a cheap pattern leaves few of them for the detectors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ourpatch.data.exchange.findings import Finding, Findings
from ourpatch.data.exchange.gate import addresses, dates, headings, kinds, names, numbers, vocabulary
from ourpatch.data.exchange.gate.kinds import Hit, Kind
from ourpatch.data.exchange.gate.quoting import found_in, quotable
from ourpatch.data.exchange.gate.text import telling
from ourpatch.data.exchange.mapping.layout import Layout
from ourpatch.data.exchange.mapping.shapes import NOTHING, UNKNOWN, squeezed, trimmed, words
from ourpatch.data.exchange.reading.sheet import Sheet
from ourpatch.data.store.rules import PlacePrecision
from ourpatch.data.store.specs import DatasetSpec, Field, FieldKind

Rows = NDArray[np.int64]

# Values that say nothing about anybody: numbers of up to nine digits, degrees, dates, times, codes of areas, digests.
_INNOCENT = (
    r"^(?:[-+]?[0-9]{1,9}(?:\.[0-9]+)?|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9.]+)?"
    r"|[A-Z][0-9]{8}|[A-Z]{1,2}[0-9]{1,2}[A-Z]?"
    r"|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64}|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})$"
)
_OWN_POSTCODE = r"^[A-Z]{1,2}[0-9][A-Z0-9]? *[0-9][A-Z]{2}$"
_EXACT = (PlacePrecision.EXACT, PlacePrecision.ADDRESS)
_DAYS = (FieldKind.DATE, FieldKind.DATETIME, FieldKind.MONTH)
_PLACES = vocabulary.section("headings of places")
"""Words of headings under which places are called after people."""
_PLAIN_ANSWERS = vocabulary.section("plain answers")
# Numbers by chance: in a column of references of one shape, one in eleven is a right NHS number.
_BY_CHANCE = frozenset({Kind.NHS_NUMBER, Kind.CARD_NUMBER, Kind.NOMINAL_NUMBER, Kind.TELEPHONE, Kind.REGISTRATION_MARK})
_MANY_ALIKE = 20
_SHAPE = str.maketrans("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "9" * 10 + "A" * 26)
# Unknown names are looked for only where they are written as names are: "T. Xyz", "XYZW, Abc", "Abc Xyz".
_NAME_SHAPED = r"\b\p{Lu}\.\s?\p{Lu}\p{Ll}|\p{Lu}{4,}, ?\p{Lu}\p{Ll}"
_TWO_WORDS = r"|\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+"
_SAMPLE = 2000


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: its label in findings (never an identifier), its field if any, its different values, which row has which.
    `known`: words of it that the layout translates, in small letters: codes, and so nobody's.
    """

    label: str
    heading: str
    field: Field | None
    known: frozenset[str]
    values: pa.Array
    codes: NDArray[np.intp]

    @property
    def kind(self) -> FieldKind | None:
        return self.field.kind if self.field else None

    @property
    def place(self) -> bool:
        """Whether streets and buildings are expected here."""
        return self.kind is FieldKind.PLACE or not _PLACES.isdisjoint(words(self.heading))


def examine(sheet: Sheet, layout: Layout | None, spec: DatasetSpec, *, listed: int = 200) -> Findings:
    """What identifies people in any cell or heading of a sheet, mapped or not. What is sure holds the file; the rest is noted.

    Of each kind `listed` findings are kept, the first of every column among them; all are counted.
    """
    findings = Findings(listed=listed)
    columns = [_column(sheet, at, layout, spec) for at in range(sheet.columns.num_columns)]
    year = _year_of_file(columns)
    hits: dict[Hit, list[tuple[str, Rows]]] = {}
    for at, column in enumerate(columns, start=1):
        findings.extend(_about_heading(column, at, spec))
        if _are_births(column, year):
            findings.add(kinds.of_birth_column(column.label))
        for hit, chosen in _hits(column, spec).items():
            rows = sheet.numbers[np.isin(column.codes, chosen)]
            hits.setdefault(hit, []).append((column.label, rows))
    for hit, found in hits.items():
        _tell(findings, hit, found)
    return findings


def identifies(text: str) -> bool:
    """Whether a text by itself, such as the name of a file, surely holds what identifies a person."""
    return found_in(text) is not None


def called(sheet: Sheet) -> dict[str, str]:
    """Headings that are, or may be, identifiers themselves -> how such a column is called instead: by its place."""
    return {heading: f"#{at}" for at, heading in enumerate(sheet.header, start=1) if not quotable(heading)}


def _column(sheet: Sheet, at: int, layout: Layout | None, spec: DatasetSpec) -> _Column:
    heading = sheet.header[at]
    encoded = trimmed(sheet.columns.column(at)).fill_null("").dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.intp)
    label = heading if quotable(heading) else f"#{at + 1}"
    field = _field_of(heading, layout, spec)
    return _Column(label, heading, field, _translated(heading, field, layout), encoded.dictionary, codes)


def _translated(heading: str, field: Field | None, layout: Layout | None) -> frozenset[str]:
    if layout is None or field is None or field.kind is not FieldKind.CODE:
        return frozenset()
    return frozenset(word.strip().casefold() for each in layout.fields if each.column == heading for word in each.codes)


def _field_of(heading: str, layout: Layout | None, spec: DatasetSpec) -> Field | None:
    """The field that a column fills by the layout, or without one by its heading."""
    if layout is None:
        asked = squeezed(heading)
        return next(
            (each for each in spec.fields if asked in {squeezed(name) for name in (*each.names, each.key)}), None
        )
    keys = [each.field for each in layout.fields if heading in (each.column, each.time_column)]
    return next((each for each in spec.fields if each.key in keys), None)


# Headings


def _about_heading(column: _Column, at: int, spec: DatasetSpec) -> Iterator[Finding]:
    itself = found_in(column.heading)
    if itself:
        # Then the first row of data was taken for the headings.
        yield kinds.of_headless(itself, column.label)
        return
    known = {squeezed(name) for each in spec.fields for name in (*each.names, str(each.label.en), str(each.label.cy))}
    kind = headings.announced(column.heading, known)
    if kind and _tells(column, kind):
        yield kinds.of_heading(kind, column.label)


def _tells(column: _Column, kind: Kind) -> bool:
    """Whether a column holds more than blanks and plain answers; under a heading for names, more than numbers."""
    values = [
        value for value in column.values.slice(0, _SAMPLE).to_pylist() if value.casefold() not in NOTHING | UNKNOWN
    ]
    telling_values = [value for value in values if value.casefold() not in _PLAIN_ANSWERS]
    if kind is Kind.NAME:
        people = (value for value in telling_values if vocabulary.BODIES.isdisjoint(words(value)))
        return any(sum(sign.isalpha() for sign in value) > 1 for value in people)
    if kind is Kind.POSTCODE:
        return any(addresses.find_postcode(value) for value in telling_values)
    return any(len(value) > 3 for value in telling_values)


def _year_of_file(columns: Sequence[_Column]) -> int:
    """The year in the middle of the days that the file is about; 0 when it has none."""
    own = [dates.years(_sample(each)) for each in columns if each.kind in _DAYS]
    every = [found for found in own if found] or [found for found in map(dates.years, map(_sample, columns)) if found]
    return max((int(np.median(found)) for found in every), default=0)


def _are_births(column: _Column, year: int) -> bool:
    if column.kind in _DAYS or not year:
        return False
    sample = [value for value in _sample(column) if value]
    found = dates.years(sample)
    return len(found) >= 0.8 * len(sample) and dates.are_births(found, year)


def _sample(column: _Column) -> list[str]:
    values: list[str] = column.values.slice(0, _SAMPLE).to_pylist()
    return values


# Cells


def _hits(column: _Column, spec: DatasetSpec) -> dict[Hit, NDArray[np.intp]]:
    """For each kind of thing found, the places of the values that hold it."""
    own = _OWN_POSTCODE if column.kind is FieldKind.POSTCODE else _INNOCENT
    innocent = pc.match_substring_regex(column.values, own, ignore_case=True)
    known = pc.is_in(pc.utf8_lower(column.values), value_set=pa.array(sorted(column.known), pa.string()))
    passed = pc.or_(innocent, known).to_numpy(zero_copy_only=False)
    looked = np.flatnonzero(~passed & _not_empty(column.values))
    if not len(looked):
        return {}
    values = column.values.take(pa.array(looked))
    found: dict[Hit, list[int]] = {}
    for first, find in _finders(column, spec):
        for place, value in _candidates(values, first):
            hit = find(value)
            if hit:
                found.setdefault(hit, []).append(place)
    for place, hit in _named(column, values):
        found.setdefault(hit, []).append(place)
    kept = {hit: _without_chance(hit, places, values) for hit, places in found.items()}
    return {hit: looked[np.unique(places)] for hit, places in kept.items() if places}


def _not_empty(values: pa.Array) -> NDArray[np.bool_]:
    filled: NDArray[np.bool_] = pc.greater(pc.binary_length(values), 2).to_numpy(zero_copy_only=False)
    return filled


def _finders(column: _Column, spec: DatasetSpec) -> Iterator[tuple[str, Callable[[str], Hit | None]]]:
    """What a column is looked at for: everything, but a postcode in its own field and an address where one is asked for."""
    for each in numbers.DETECTORS:
        yield each.first, each.find
    exact = spec.place_precision in _EXACT
    if column.kind is not FieldKind.POSTCODE and not (exact and column.place):
        yield addresses.POSTCODE_FIRST, addresses.find_postcode
    if not exact:
        yield addresses.ADDRESS_FIRST, addresses.find_house
    elif not column.place:
        yield addresses.HOME_FIRST, addresses.find_home


def _candidates(values: pa.Array, first: str) -> Iterator[tuple[int, str]]:
    places = np.flatnonzero(pc.match_substring_regex(values, first, ignore_case=True).to_numpy(zero_copy_only=False))
    return zip(places.tolist(), values.take(pa.array(places)).to_pylist(), strict=True)


def _named(column: _Column, values: pa.Array) -> Iterator[tuple[int, Hit]]:
    if not column.place and column.kind is not FieldKind.CODE and names.column_of_names(_sample(column)):
        yield from (
            (place, names.SURE) for place, value in enumerate(values.to_pylist()) if not any(map(str.isdigit, value))
        )
        return
    # A name does not depend on the numbers beside it: texts that differ by them alone are read once.
    alike = pc.replace_substring_regex(values, r"[0-9]+", "0").dictionary_encode()
    shaped = pc.match_substring_regex(alike.dictionary, _NAME_SHAPED + ("" if column.place else _TWO_WORDS))
    read = np.flatnonzero(shaped.to_numpy(zero_copy_only=False) | _with_telling_word(alike.dictionary))
    texts = alike.dictionary.take(pa.array(read)).to_pylist()
    found = {
        place: hit
        for place, text in zip(read.tolist(), texts, strict=True)
        if (hit := names.find(text, place=column.place))
    }
    for place, code in enumerate(alike.indices.to_pylist()):
        if code in found:
            yield place, found[code]


def _with_telling_word(values: pa.Array) -> NDArray[np.bool_]:
    """Which values have a word that is a name or announces one: the different words of all values are looked up once."""
    split = pc.split_pattern_regex(values, r"[^\p{L}\p{M}'’]+")
    every = split.flatten().dictionary_encode()
    known = np.array([telling(word) for word in every.dictionary.to_pylist()], dtype=np.bool_)
    flags = known[every.indices.to_numpy(zero_copy_only=False)]
    starts = split.offsets.to_numpy()[:-1] - split.offsets[0].as_py()
    told: NDArray[np.bool_] = np.logical_or.reduceat(flags, starts)
    return told


def _without_chance(hit: Hit, places: list[int], values: pa.Array) -> list[int]:
    """The places without values that are right by chance: many of one shape in the column, and few of them right."""
    if hit.kind not in _BY_CHANCE:
        return places
    shapes = [value.upper().translate(_SHAPE) for value in values.take(pa.array(places)).to_pylist()]
    single = {shape for shape in shapes if " " not in shape or not any(sign.isalpha() for sign in shape)}
    if not single:
        return places
    every = Counter(value.upper().translate(_SHAPE) for value in values.to_pylist())
    right = Counter(shapes)
    chance = {shape for shape in single if every[shape] >= _MANY_ALIKE and right[shape] < 0.5 * every[shape]}
    return [place for place, shape in zip(places, shapes, strict=True) if shape not in chance]


# Telling


def _tell(findings: Findings, hit: Hit, found: list[tuple[str, Rows]]) -> None:
    """Add what was found of one kind: the first row of every column, then the others by row; what is not listed is counted."""
    first = [(int(rows[0]), label) for label, rows in found]
    others = sorted((int(row), label) for label, rows in found for row in rows[1 : findings.listed])
    listed = [*first, *others][: findings.listed]
    for row, label in listed:
        findings.add(kinds.of_cell(hit, row, label))
    kind = kinds.of_cell(hit, 0, "").kind
    findings.counts[kind] += sum(len(rows) for _label, rows in found) - len(listed)
