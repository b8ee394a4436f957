"""Full postcodes, and addresses with the number of a house, where a dataset asks for less."""

from __future__ import annotations

import re

from ourpatch.data.exchange.gate import vocabulary
from ourpatch.data.exchange.gate.kinds import Hit, Kind

POSTCODE_FIRST = r"\b[a-z]{1,2}[0-9][a-z0-9]? {0,2}[0-9o][a-z]{2}\b"
ADDRESS_FIRST = r"\d[a-z]?\W{1,3}[a-z'’.]+\W+[a-z]|\b(?:flat|apt|apartment)\W{0,2}\d"
HOME_FIRST = r"liv(?:es?|ed|ing)\b|resid|address|tenant|occupier|patient|victim|suspect|offender"
"""What a value must contain to be looked at, as RE2 reads it, without case."""

_AREAS = vocabulary.section("postcode areas")
_POSTCODE = re.compile(
    r"(?<![A-Z0-9/-])([A-Z]{1,2})\d[A-Z0-9]? {0,2}[\dO][ABD-HJLNP-UW-Z]{2}(?![A-Z0-9/-])", re.IGNORECASE
)
# "M6 2nd exit", "A6 4th lane", "E1 4wd".
_ORDINAL = re.compile(r"(?:1st|2nd|3rd|\dth|4wd)$", re.IGNORECASE)

_TYPES = "|".join(
    sorted(
        vocabulary.STREET_TYPES - {"st", "pl", "end", "gate", "side", "green", "cl", "way", "park", "bus"},
        key=len,
        reverse=True,
    )
)
_NOT_STREET = (
    r"(?:on|in|at|of|the|and|near|from|by|to|off|x|mins?|minutes?|hours?|hrs|days?|weeks?|youths?|males?|females?|people|persons?|men|"
    r"women|kids|cars?|vehicles?|bikes?|vans?|calls?|incidents?|times|pm|am|jct|year|old|yr|yo|patients?|pumps?|columns?|metres?|m|"
    r"miles?|yards|or|with|for|along|between|behind|outside|inside|who|were|was|is|are)"
)
_NUMBERED = (
    rf"(?<![\d/.:£-])\b\d{{1,4}}[a-z]?,?\s+(?!{_NOT_STREET}\b)[a-z'’.]+(?:[\s-]+(?!{_NOT_STREET}\b)[a-z'’.]+){{0,3}}?\s+"
    rf"(?:{_TYPES}|way|park|green|gate|st|cl)\b"
)
_HOUSE = re.compile(rf"{_NUMBERED}|\b(?:flat|apt|apartment)\s*(?:no\.?\s*)?\d{{1,4}}[a-z]?\b", re.IGNORECASE)
_LIVES = re.compile(
    rf"\b(?:lives?|living|lived|resides?|residing|resident|home\s+address|address|tenant|occupier|patient|victim|suspect|offender)\b"
    rf"[\s:,-]*(?:(?:at|of|is|address|in)\b[\s:,-]*){{0,2}}(?:(?:flat|apt|apartment)\s*\d{{1,4}}[a-z]?,?\s*)?{_NUMBERED}",
    re.IGNORECASE,
)


def find_postcode(text: str) -> Hit | None:
    """Whether a text holds a full postcode."""
    found = (each for each in _POSTCODE.finditer(text) if each[1].upper() in _AREAS and not _ORDINAL.search(each[0]))
    return Hit(Kind.POSTCODE) if any(True for _each in found) else None


def find_house(text: str) -> Hit | None:
    """Whether a text holds an address with the number of a house or flat."""
    return Hit(Kind.HOME_ADDRESS) if _HOUSE.search(text) else None


def find_home(text: str) -> Hit | None:
    """Whether a text says of an address with a number that somebody lives there."""
    return Hit(Kind.HOME_ADDRESS) if _LIVES.search(text) else None
