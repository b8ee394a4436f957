"""Names, codes and dates of places: folding what people type, reading official codes, choosing the boundaries of a day."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, Protocol, TypeVar

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

Tier = Literal["district", "unitary"]
Jurisdiction = Literal["england", "wales"]

# The first three characters of an official (GSS) code say what it is. Source: ONS, Register of Geographic Codes.
CODES_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "force": ("E23", "W15"),
    "county": ("E10",),
    "district": ("E06", "E07", "E08", "E09", "W06"),
    "ward": ("E05", "W05"),
    "lsoa": ("E01", "W01"),
}
OFFICIAL_CODE = re.compile(r"[EWSNK]\d{8}")
TWO_TIER_DISTRICT = "E07"

# Short forms become long ones, so that somebody half way through typing "Mill Roa" is already understood.
LONG_FORMS: Mapping[str, str] = {
    "ave": "avenue",
    "cl": "close",
    "cres": "crescent",
    "ct": "court",
    "dr": "drive",
    "gdns": "gardens",
    "gr": "grove",
    "ln": "lane",
    "mt": "mount",
    "pk": "park",
    "pl": "place",
    "rd": "road",
    "sq": "square",
    "terr": "terrace",
}
JOINED = re.compile(r"['’‘`.]")
NOT_A_WORD = re.compile(r"[^a-z0-9]+")
# "Index of Multiple Deprivation (IMD) Score", "LSOA code (2011)".
IMD_SENTENCE = re.compile(r"index_of_multiple_deprivation_imd_(score|decile|rank)")
YEAR_AT_END = re.compile(r"_(?:19|20)\d\d$")
# Outward code, then as much of the inward code as has been typed. Source: BS 7666.
POSTCODE_BEGUN = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?(?:[0-9][A-Z]{0,2})?")


def fold(text: str) -> str:
    """A name as it is compared: no case, accents or punctuation, short forms written out ("St. Anne's Rd" is "saint annes road").

    "St" at the end is Street and anywhere else Saint.
    """
    words = _words(text)
    last = len(words) - 1
    return " ".join(
        ("street" if place == last > 0 else "saint") if word == "st" else LONG_FORMS.get(word, word)
        for place, word in enumerate(words)
    )


def readings(text: str) -> tuple[str, ...]:
    """What somebody who is still typing may mean: the folded name, and the same with its last word left as typed."""
    words = _words(text)
    if not words:
        return ()
    beginning = fold(" ".join([*words[:-1], "x"]))[:-1]
    return tuple(dict.fromkeys((fold(text), beginning + words[-1])))


def fold_postcode(text: str) -> str:
    """A postcode without spaces, in capitals."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def begins_a_postcode(text: str) -> bool:
    """True for a postcode, or the beginning of one that has its outward code."""
    return POSTCODE_BEGUN.fullmatch(fold_postcode(text)) is not None


def fold_column(name: str) -> str:
    """A column name as it is compared; the long names of the Indices of Deprivation come out as imd_score and imd_decile.

    Source: MHCLG, English Indices of Deprivation, File 7.
    """
    plain = NOT_A_WORD.sub("_", name.casefold()).strip("_")
    sentence = IMD_SENTENCE.match(plain)
    if sentence:
        return f"imd_{sentence[1]}"
    return YEAR_AT_END.sub("", plain)


def is_code_of(kind: str, text: str) -> bool:
    """True for an official code of this kind of area."""
    return OFFICIAL_CODE.fullmatch(text) is not None and text[:3] in CODES_OF_KIND[kind]


def tier_of(district_code: str) -> Tier:
    """How local government is arranged over a district: E07 lies under a county, every other is a unitary authority.

    Raises BadInput for a code that is no district of England or Wales. Source: ONS, Register of Geographic Codes.
    """
    if not is_code_of("district", district_code):
        raise BadInput(_("%(code)s is not the code of a district in England or Wales.", code=district_code))
    return "district" if district_code.startswith(TWO_TIER_DISTRICT) else "unitary"


def jurisdiction_of(code: str) -> Jurisdiction:
    """Whose law holds in an area, by its official code."""
    return "wales" if code.startswith("W") else "england"


class Dated(Protocol):
    """A boundary set, as far as choosing one needs."""

    @property
    def kind(self) -> str: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


SetOfAreas = TypeVar("SetOfAreas", bound=Dated)


def in_force(sets: Iterable[SetOfAreas], on: date | None) -> dict[str, SetOfAreas]:
    """The set of each kind that holds on this day: the newest that had begun and not ended.

    Where none holds, the last that had begun, else the first to begin. Without a day, the newest.
    """
    of_kind: dict[str, list[SetOfAreas]] = {}
    for each in sorted(sets, key=lambda one: one.valid_from):
        of_kind.setdefault(each.kind, []).append(each)
    return {kind: found[-1] if on is None else _nearest(found, on) for kind, found in of_kind.items()}


def _nearest(oldest_first: list[SetOfAreas], on: date) -> SetOfAreas:
    begun = [each for each in oldest_first if each.valid_from <= on]
    holding = [each for each in begun if each.valid_to is None or each.valid_to > on]
    later = [each for each in oldest_first if each.valid_from > on]
    return (holding or begun or later[:1])[-1]


class Coded(Protocol):
    """A row that speaks of one area."""

    @property
    def code(self) -> str: ...


Row = TypeVar("Row", bound=Coded)


@dataclass(frozen=True, slots=True)
class Matched(Generic[Row]):
    """Rows put to areas by code, and what was left over on both sides."""

    rows: Mapping[str, Row]
    without_area: tuple[Row, ...]
    without_row: tuple[str, ...]
    repeated: tuple[Row, ...]


def match(rows: Iterable[Row], codes: Collection[str]) -> Matched[Row]:
    """Put each row to its area. A second row for one area is left aside: nobody can say which is right, so the first stands."""
    known = set(codes)
    found: dict[str, Row] = {}
    strangers, repeated = [], []
    for row in rows:
        if row.code not in known:
            strangers.append(row)
        elif row.code in found:
            repeated.append(row)
        else:
            found[row.code] = row
    return Matched(found, tuple(strangers), tuple(sorted(known - found.keys())), tuple(repeated))


def free_slug(wanted: str, qualifier: str, taken: Collection[str]) -> str:
    """A slug that nobody has: as wanted, else with the qualifier (its partnership), else with a number."""
    candidates = [wanted, f"{wanted}-{qualifier}"]
    candidates += [f"{wanted}-{qualifier}-{number}" for number in range(2, len(taken) + 3)]
    return next(slug for slug in candidates if slug not in taken)


def _words(text: str) -> list[str]:
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.replace("&", " and "))
        if not unicodedata.combining(letter)
    )
    return NOT_A_WORD.sub(" ", JOINED.sub("", plain.casefold())).split()
