"""What headings and values look like: the same word in other letters, postcodes, small areas, numbers, nothing at all."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ourpatch.data.store.specs import FieldKind

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

NOTHING = frozenset({"", "-", "--", ".", "n/a", "#n/a", "na", "null", "(null)", "none", "nil", "(blank)", "blank"})
"""What senders write for an empty cell, in small letters."""
UNKNOWN = frozenset(
    {"unknown", "not known", "unk", "nk", "n/k", "not recorded", "not stated", "tbc", "?", "??", "anhysbys"}
)
"""What senders write for what they do not know."""

LSOA = re.compile(r"[EW]01[0-9]{6}")
OUTWARD = re.compile(r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?|GIR)")
POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?|GIR) *([0-9][ABD-HJLNP-UW-Z]{2})")
"""Capital letters; the two halves are groups 1 and 2. Source: BS 7666, by shape only."""

NUMBER = r"^[+-]?[0-9]+(\.[0-9]*)?$"
GROUPED = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$"

_JOIN = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN = re.compile(r"[\W_]+")
# One or two signs, up to four digits, or a few letters with up to three digits: too short for a name, a number plate, a number.
_CODE_LIKE = re.compile(r"[A-Za-z0-9]{1,2}|[0-9]{1,4}|[A-Za-z]{1,4}[-/. ]?[0-9]{1,3}(?:\.[0-9]{1,2})?")


def words(text: str) -> tuple[str, ...]:
    """The words of a heading without case, accents, punctuation; camelCase is taken apart."""
    plain = unicodedata.normalize("NFKD", _JOIN.sub(" ", text))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return tuple(word for word in _BETWEEN.split(kept.casefold()) if word)


def squeezed(text: str) -> str:
    """A heading or a code as it is compared: its words without anything between them."""
    return "".join(words(text))


def quotable(kind: FieldKind, value: str) -> bool:
    """Whether a message may repeat a value: only a code, and only one so short that it cannot say who somebody is."""
    return kind is FieldKind.CODE and _CODE_LIKE.fullmatch(value.strip()) is not None


def trimmed(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column of text in one piece, without surrounding space."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return pc.utf8_trim_whitespace(whole)


def distinct(column: pa.Array) -> tuple[list[str], NDArray[np.intp]]:
    """The different values and, for each row, the position of its own."""
    encoded = column.dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False).astype(np.intp)


def is_nothing(column: pa.Array, extra: frozenset[str] = frozenset()) -> Mask:
    """Which rows hold one of the words for nothing."""
    return true(pc.is_in(pc.utf8_lower(column), value_set=pa.array(sorted(NOTHING | extra), pa.string())))


def numbers(column: pa.Array) -> Floats:
    """Numbers with or without commas between the thousands; NaN where there is none."""
    grouped = pc.match_substring_regex(column, GROUPED)
    plain = pc.if_else(grouped, pc.replace_substring(column, ",", ""), column)
    fits = pc.and_(pc.match_substring_regex(plain, NUMBER), pc.less(pc.binary_length(plain), 40))
    without_plus = pc.utf8_ltrim(pc.if_else(fits, plain, None), "+")
    found: Floats = pc.cast(without_plus, pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    return found


def true(values: pa.Array) -> Mask:
    """A column of truths as a mask."""
    mask: Mask = values.to_numpy(zero_copy_only=False).astype(np.bool_)
    return mask


def rows_of(flags: list[bool], which: NDArray[np.intp]) -> Mask:
    """A mask of rows from a truth for each different value."""
    mask: Mask = np.array(flags, dtype=np.bool_)[which] if flags else np.zeros(0, dtype=np.bool_)
    return mask
