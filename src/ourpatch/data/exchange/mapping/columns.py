"""One column of text, read as what its field holds: typed values, and which rows hold something that could not be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ourpatch.data.exchange.mapping.codes import Speller, translations
from ourpatch.data.exchange.mapping.moments import rows_of_values
from ourpatch.data.exchange.mapping.shapes import (
    LSOA,
    OUTWARD,
    POSTCODE,
    UNKNOWN,
    Mask,
    distinct,
    is_nothing,
    numbers,
    rows_of,
    trimmed,
    true,
)
from ourpatch.data.store.specs import FieldKind

LONGEST_REFERENCE = 100
LONGEST_TEXT = 500
OLDEST = 120
_LARGEST = 2**31 - 1
_ALL_ZEROS = r"^0+$"
_SUPPRESSED = r"^(\*+|[<≤>]\s?=?\s?[0-9]+|[0-9]+\s?(to|-)\s?[0-9]+|c|supp(ressed)?|x)$"


@dataclass(frozen=True, slots=True)
class Column:
    """`values`: typed, null where there is none. `blank`: nothing was written. `faults`: which rows, by what was found."""

    values: pa.Array
    blank: Mask
    faults: dict[str, Mask] = field(default_factory=dict)


def read_references(text: pa.Array) -> Column:
    """References as they stand; rows of zeros are none."""
    blank = is_nothing(text, UNKNOWN) | true(pc.match_substring_regex(text, _ALL_ZEROS))
    too_long = true(pc.greater(pc.utf8_length(text), LONGEST_REFERENCE))
    return Column(_where(text, ~blank & ~too_long), blank, {"text_too_long": too_long})


def read_texts(text: pa.Array) -> Column:
    """Words as they stand."""
    blank = is_nothing(text)
    too_long = true(pc.greater(pc.utf8_length(text), LONGEST_TEXT))
    return Column(_where(text, ~blank & ~too_long), blank, {"text_too_long": too_long})


def read_postcodes(text: pa.Array) -> Column:
    """Postcodes in capitals with one space; a first half alone is kept as it is."""
    return _by_value(text, _postcode)


def read_outwards(text: pa.Array) -> Column:
    """First halves of postcodes; of a full postcode nothing but its first half is kept."""
    return _by_value(text, _outward)


def read_areas(text: pa.Array) -> Column:
    """Codes of small areas (LSOA) of England and Wales."""
    return _by_value(text, _area)


def read_counts(text: pa.Array) -> Column:
    """Whole numbers from 0."""
    return _whole(text, "count", _LARGEST, {"count_suppressed": _SUPPRESSED})


def read_ages(text: pa.Array) -> Column:
    """Whole years from 0 to 120."""
    return _whole(text, "age", OLDEST, {})


def read_codes(text: pa.Array, spelling: Speller, codes: Mapping[str, str]) -> Column:
    """Codes of a list: the layout's translation first, then the list's own spellings."""
    own = translations(codes)
    nothing = is_nothing(text, UNKNOWN)
    values, which = distinct(text)
    empty = rows_of_values(nothing, which, len(values))
    found = [own.get(value.casefold()) or spelling.code(value) for value in values]
    coded = pa.array(found, pa.string()).take(pa.array(which))
    unknown = rows_of([code is None and not empty[at] for at, code in enumerate(found)], which)
    return Column(coded, nothing & true(pc.is_null(coded)), {"code_unknown": unknown})


def read_numbers(text: pa.Array) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], Mask, Mask]:
    """Numbers (NaN where there is none), where nothing was written, and where something that is no number was."""
    blank = is_nothing(text, UNKNOWN)
    found = np.where(blank, np.nan, numbers(text))
    return found, blank, np.isnan(found) & ~blank


READERS: Mapping[FieldKind, Callable[[pa.Array], Column]] = {
    FieldKind.REFERENCE: read_references,
    FieldKind.TEXT: read_texts,
    FieldKind.PLACE: read_texts,
    FieldKind.POSTCODE: read_postcodes,
    FieldKind.OUTWARD: read_outwards,
    FieldKind.LSOA: read_areas,
    FieldKind.COUNT: read_counts,
    FieldKind.AGE: read_ages,
}


def text_of(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column of a sheet as it is read: one piece, without surrounding space."""
    return trimmed(column)


def _by_value(text: pa.Array, read: Callable[[str], tuple[str | None, str]]) -> Column:
    blank = is_nothing(text, UNKNOWN)
    values, which = distinct(text)
    empty = rows_of_values(blank, which, len(values))
    found = [(None, "") if empty[at] else read(value) for at, value in enumerate(values)]
    faults = sorted({fault for _value, fault in found if fault})
    return Column(
        pa.array([value for value, _fault in found], pa.string()).take(pa.array(which)),
        blank,
        {fault: rows_of([each == fault for _value, each in found], which) for fault in faults},
    )


def _postcode(value: str) -> tuple[str | None, str]:
    written = " ".join(value.upper().split())
    found = POSTCODE.fullmatch(written)
    if found is not None:
        return f"{found[1]} {found[2]}", ""
    return (written, "postcode_half") if OUTWARD.fullmatch(written) else (None, "postcode_unreadable")


def _outward(value: str) -> tuple[str | None, str]:
    written = " ".join(value.upper().split())
    if OUTWARD.fullmatch(written):
        return written, ""
    found = POSTCODE.fullmatch(written)
    return (found[1], "postcode_full") if found is not None else (None, "postcode_unreadable")


def _area(value: str) -> tuple[str | None, str]:
    written = value.upper()
    return (written, "") if LSOA.fullmatch(written) else (None, "area_unreadable")


def _whole(text: pa.Array, name: str, most: int, known: Mapping[str, str]) -> Column:
    found, blank, unreadable = read_numbers(text)
    faults = {}
    for fault, pattern in known.items():
        faults[fault] = unreadable & true(pc.match_substring_regex(text, pattern, ignore_case=True))
        unreadable = unreadable & ~faults[fault]
    whole = found == np.floor(found)
    faults |= {
        f"{name}_unreadable": unreadable,
        f"{name}_negative": found < 0,
        f"{name}_too_large": found > most,
        f"{name}_not_whole": ~np.isnan(found) & ~whole & (found >= 0) & (found <= most),
    }
    good = whole & (found >= 0) & (found <= most)
    values = pa.array(np.where(good, found, 0).astype(np.int32), pa.int32(), mask=~good)
    return Column(values, blank, faults)


def _where(text: pa.Array, wanted: Mask) -> pa.Array:
    return pc.if_else(pa.array(wanted), text, pa.scalar(None, pa.string()))
