"""Headings that announce who somebody is: "Surname", "Victim", "DOB", "NHS number"."""

from __future__ import annotations

from collections.abc import Collection

from ourpatch.data.exchange.gate import vocabulary
from ourpatch.data.exchange.gate.kinds import Kind
from ourpatch.data.exchange.mapping.shapes import squeezed, words

_PEOPLE = vocabulary.section("headings of people")
_NAME_OF_PERSON = vocabulary.section("headings of names")
_NAME = vocabulary.section("words for name")
_NAMED_THINGS = vocabulary.section("headings of named things")
_ABOUT = vocabulary.section("headings about people")
"""Words that say that a column is about people without saying who they are."""

_FACTS = vocabulary.section("headings of facts")
_NUMBER = vocabulary.section("headings of numbers")
_COARSE = vocabulary.section("headings of coarse places")
_WHERE = vocabulary.section("headings of addresses")

# All of the words of a set must stand in the heading; the first that fits decides.
_RULES: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (Kind.BIRTH_DATE, ("dob",)),
    (Kind.BIRTH_DATE, ("d", "o", "b")),
    (Kind.BIRTH_DATE, ("birth",)),
    (Kind.BIRTH_DATE, ("birthdate",)),
    (Kind.BIRTH_DATE, ("birthday",)),
    (Kind.BIRTH_DATE, ("born",)),
    (Kind.BIRTH_DATE, ("geni",)),
    (Kind.NHS_NUMBER, ("nhs", "#")),
    (Kind.NHS_NUMBER, ("patient", "#")),
    (Kind.NHS_NUMBER, ("hospital", "number")),
    (Kind.NHS_NUMBER, ("mrn",)),
    (Kind.NATIONAL_INSURANCE, ("nino",)),
    (Kind.NATIONAL_INSURANCE, ("ni", "#")),
    (Kind.NATIONAL_INSURANCE, ("national", "insurance")),
    (Kind.DRIVING_LICENCE, ("licence", "#")),
    (Kind.DRIVING_LICENCE, ("license", "#")),
    (Kind.DRIVING_LICENCE, ("driving", "licence")),
    (Kind.PASSPORT, ("passport",)),
    (Kind.CUSTODY_NUMBER, ("custody", "#")),
    (Kind.CUSTODY_NUMBER, ("asn",)),
    (Kind.NOMINAL_NUMBER, ("nominal", "#")),
    (Kind.NOMINAL_NUMBER, ("nominal",)),
    (Kind.NOMINAL_NUMBER, ("pnc",)),
    (Kind.NOMINAL_NUMBER, ("pncid",)),
    (Kind.NOMINAL_NUMBER, ("cro",)),
    (Kind.NOMINAL_NUMBER, ("upn",)),
    (Kind.NOMINAL_NUMBER, ("person", "#")),
    (Kind.NOMINAL_NUMBER, ("pupil", "#")),
    (Kind.NOMINAL_NUMBER, ("offender", "#")),
    (Kind.REGISTRATION_MARK, ("vrm",)),
    (Kind.REGISTRATION_MARK, ("vrn",)),
    (Kind.REGISTRATION_MARK, ("vehicle", "registration")),
    (Kind.REGISTRATION_MARK, ("vehicle", "reg")),
    (Kind.REGISTRATION_MARK, ("registration", "mark")),
    (Kind.REGISTRATION_MARK, ("registration", "#")),
    (Kind.REGISTRATION_MARK, ("number", "plate")),
    (Kind.REGISTRATION_MARK, ("numberplate",)),
    (Kind.EMAIL, ("email",)),
    (Kind.EMAIL, ("e", "mail")),
    (Kind.EMAIL, ("emailaddress",)),
    (Kind.EMAIL, ("ebost",)),
    (Kind.EMAIL, ("e", "bost")),
    (Kind.TELEPHONE, ("telephone",)),
    (Kind.TELEPHONE, ("phone",)),
    (Kind.TELEPHONE, ("ffon",)),
    (Kind.TELEPHONE, ("tel",)),
    (Kind.TELEPHONE, ("mobile",)),
    (Kind.TELEPHONE, ("contact", "#")),
    (Kind.TELEPHONE, ("landline",)),
    (Kind.DEVICE_ADDRESS, ("ip", "address")),
    (Kind.DEVICE_ADDRESS, ("imei",)),
    (Kind.SOCIAL_MEDIA, ("username",)),
    (Kind.CARD_NUMBER, ("card", "#")),
)
_WHOLE: dict[tuple[str, ...], Kind] = {
    ("name",): Kind.NAME,
    ("names",): Kind.NAME,
    ("registration",): Kind.REGISTRATION_MARK,
    ("reg",): Kind.REGISTRATION_MARK,
    ("contact",): Kind.TELEPHONE,
    ("contact", "details"): Kind.TELEPHONE,
    ("reporting", "person"): Kind.NAME,
    ("reported", "by"): Kind.NAME,
    ("first", "name"): Kind.NAME,
    ("last", "name"): Kind.NAME,
    ("full", "name"): Kind.NAME,
    ("fore", "name"): Kind.NAME,
    ("sur", "name"): Kind.NAME,
    ("family", "name"): Kind.NAME,
    ("given", "name"): Kind.NAME,
    ("given", "names"): Kind.NAME,
    ("middle", "name"): Kind.NAME,
    ("nhs",): Kind.NHS_NUMBER,
}


def announced(heading: str, known: Collection[str]) -> Kind | None:
    """What a heading says that its column holds, if that identifies people. `known`: the dataset's own headings, squeezed."""
    if squeezed(heading) in known:
        return None
    found = tuple(_stem(word) for word in words(heading.replace("'", "").replace("’", "")))
    return _WHOLE.get(found) or _by_rule(frozenset(found)) or _by_person(found)


def _stem(word: str) -> str:
    """A word without the number at its end, as in "name2"."""
    return word.rstrip("0123456789") or word


def _by_rule(found: frozenset[str]) -> Kind | None:
    if found & _FACTS:
        return None
    for kind, wanted in _RULES:
        if all(found & _NUMBER if word == "#" else word in found for word in wanted):
            return kind
    return None


def _by_person(found: tuple[str, ...]) -> Kind | None:
    stems = frozenset(found)
    if stems & _NAME_OF_PERSON:
        return Kind.NAME
    person = bool(stems & _PEOPLE)
    if (person or stems & {"home", "cartref"}) and stems & _WHERE and not stems & _COARSE:
        return Kind.POSTCODE if stems & {"postcode", "pcode"} else Kind.HOME_ADDRESS
    if stems & _NAME:
        return Kind.NAME if person or not stems & _NAMED_THINGS else None
    alone = person and len(stems) <= 2 and not stems & (_ABOUT | _NAMED_THINGS)
    return Kind.NAME if alone else None
