"""Identifiers that have a shape: numbers with check digits, registration marks, ways to reach somebody.

Each detector has a cheap pattern in RE2 words that a value must meet to be looked at, and a function that looks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ourpatch.data.exchange.gate import dates, vocabulary
from ourpatch.data.exchange.gate.kinds import Hit, Kind

Finder = Callable[[str], Hit | None]


@dataclass(frozen=True, slots=True)
class Detector:
    """`first`: what a value must contain, as RE2 reads it, without case. `find`: what it then is, if anything."""

    kind: Kind
    first: str
    find: Finder


# Numbers with check digits


def nhs_valid(digits: str) -> bool:
    """Whether ten digits end in the right check digit (modulus 11). Source: NHS data dictionary, NHS number."""
    check = 11 - sum(int(digit) * (10 - at) for at, digit in enumerate(digits[:9])) % 11
    return check != 10 and check % 11 == int(digits[9])


def luhn_valid(digits: str) -> bool:
    """Whether a number ends in the right check digit. Source: ISO/IEC 7812-1, annex B."""
    doubled = (int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits)))
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def pnc_valid(year: str, serial: str, letter: str) -> bool:
    """Whether a police national computer number ends in the right letter (modulus 23)."""
    return "ZABCDEFGHJKLMNPQRTUVWXY"[int(f"{year[-2:]}{int(serial):07d}") % 23] == letter.upper()


_LOOKS_LIKE_DIGITS = re.compile(r"(?<![A-Za-z0-9])(?=[OoIl]*\d)[0-9OoIl]{2,}(?![A-Za-z0-9])")
_AS_DIGITS = str.maketrans("OoIl", "0011")


def _digits_mended(text: str) -> str:
    """The text with O for 0 and I for 1 put right inside numbers."""
    return _LOOKS_LIKE_DIGITS.sub(lambda found: found[0].translate(_AS_DIGITS), text)


_NHS = re.compile(r"(?<!\d)(?<!\d[.,/:-])(?<!\+)(\d{3})([ .\-]?)(\d{3})\2(\d{4})(?![\d/]|[.,:-]\d)")
_NHS_CUE = re.compile(r"\b(?:nhs|chi|patient|pt|mrn|hospital)\b[\w\s.:#'-]{0,14}$", re.IGNORECASE)
_NHS_SAYS_SO = re.compile(r"\b(?:nhs|chi)\b[\w\s.:#'-]{0,14}$", re.IGNORECASE)
_PATIENT = re.compile(
    r"\b(?:mrn|hospital\s+(?:no|num|number|id)|patient\s+(?:id|no|num|number)|unit\s+number)\b[\s.:#-]*(?:is\s+)?[a-z]{0,3}\d{5,9}\b",
    re.IGNORECASE,
)
_TIMESTAMP = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d\d")


def _nhs(text: str) -> Hit | None:
    mended = _digits_mended(text)
    for found in _NHS.finditer(mended):
        digits = found[1] + found[3] + found[4]
        before = mended[: found.start()]
        if _NHS_SAYS_SO.search(before):
            return Hit(Kind.NHS_NUMBER)
        likely = digits[0] in "3456789" or _NHS_CUE.search(before) is not None
        if likely and nhs_valid(digits) and not _TIMESTAMP.fullmatch(digits):
            return Hit(Kind.NHS_NUMBER)
    return Hit(Kind.NHS_NUMBER) if _PATIENT.search(mended) else None


_CARD = re.compile(r"(?<![\d.-])(?:\d{4}([ \-.]?)\d{4}\1\d{4}\1\d{1,7}|3[47]\d{2}([ \-.])\d{6}\2\d{5})(?![\d.])")
_CARD_START = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6011|65|3[068]")


def _card(text: str) -> Hit | None:
    for found in _CARD.finditer(_digits_mended(text)):
        digits = re.sub(r"\D", "", found[0])
        if _CARD_START.match(digits) and len(set(digits)) > 3 and luhn_valid(digits):
            return Hit(Kind.CARD_NUMBER)
    return None


# Police and state

_CUSTODY = re.compile(r"\b\d{2}[A-Z]{2}[/ ]\d{1,5}/\d{2}\b|\b\d{2}/\d{2}[A-Z]{2}/\d{2}/\d{1,11}[A-Z]\b", re.IGNORECASE)
_CUSTODY_CUE = re.compile(
    r"\b(?:custody|detained|detention|arrest(?:ed)?|summons|asn|dp)\b[\w\s.:#'-]{0,24}?\b(?=[A-Z0-9/-]*\d)[A-Z0-9]{2,6}[/-]\d{1,6}(?:[/-]\d{2,4})?\b"
    r"|\bcustody\s+(?:record|rec|ref|reference|no|num|number|id)[\s.:#]*(?:no|num|number|is)?[\s.:#]*[A-Z]{0,4}\d{4,}",
    re.IGNORECASE,
)


def _custody(text: str) -> Hit | None:
    return Hit(Kind.CUSTODY_NUMBER) if _CUSTODY.search(text) or _CUSTODY_CUE.search(text) else None


_PNC = re.compile(r"(?<![\w/])((?:19|20)?\d{2})/(\d{1,7})([A-HJ-NP-RT-Z])\b", re.IGNORECASE)
_PNC_CUE = re.compile(r"\b(?:pnc|pncid|cro)\b[\w\s.:#'-]{0,12}?\b\d{1,6}/\d{2,7}[A-Z]\b", re.IGNORECASE)
_NOMINAL = re.compile(
    r"\bnominals?\b[\s.:#-]*(?:(?:id|ref|reference|no|num|number|urn|is|niche)\b[\s.:#-]*){0,3}[A-Z]{0,3}\d{4,10}\b"
    r"|\b(?:NOM|NOMS|NMN|PERS|PID|NIM|SUBJ)[-/ ]?\d{5,9}\b|\bPER[-/]\d{5,9}\b",
    re.IGNORECASE,
)
_PRISONER = re.compile(
    r"\bA\d{4}[A-Z]{2}\b|\b(?:prison(?:er)?|inmate|hmp|noms)\b[\w\s.:#-]{0,16}\b[A-Z]\d{4}[A-Z]{2}\b", re.I
)
_PUPIL = re.compile(
    r"\b[A-HJ-NP-RT-Z]\d{12}\b|\b[A-HJ-NP-RT-Z]\d{11}[A-Z]\b|\bupn\b[\s.:#-]*(?:is\s+)?[A-Z]?\d{6,}", re.IGNORECASE
)


def _nominal(text: str) -> Hit | None:
    sure = _NOMINAL.search(text) or _PNC_CUE.search(text) or _PRISONER.search(text) or _PUPIL.search(text)
    if sure or any(pnc_valid(*found.groups()) for found in _PNC.finditer(text)):
        return Hit(Kind.NOMINAL_NUMBER)
    return None


_NI = re.compile(
    r"(?<![A-Z0-9])(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
    r"(?:[ .\-]?[\dO]{2}[ .\-][\dO]{2}[ .\-][\dO]{2}[ .\-]?[A-D]|[ .\-]?[\dO]{6}[A-D])(?![A-Z0-9])",
    re.IGNORECASE,
)
_NI_CUE = re.compile(
    r"\b(?:nino|ni|national\s+insurance)\b[\w\s.:#'-]{0,14}?\b[A-Z]{2}(?:[ .\-]?[\dO]){6}[ .\-]?[A-D]?\b", re.IGNORECASE
)


def _national_insurance(text: str) -> Hit | None:
    return Hit(Kind.NATIONAL_INSURANCE) if _NI.search(text) or _NI_CUE.search(text) else None


_LICENCE = re.compile(
    r"\b(?=[A-Z]{1,5}9*[ ]?\d)[A-Z9]{5}[ -]?\d(?:[05][1-9]|[16][0-2])(?:0[1-9]|[12]\d|3[01])\d"
    r"[ -]?[A-Z9]{2}[A-Z0-9][ -]?[A-Z]{2}(?:[ -]?\d\d)?\b",
    re.IGNORECASE,
)
_LICENCE_CUE = re.compile(
    r"\b(?:driving\s+licen[cs]e|driver'?s?\s+licen[cs]e|licen[cs]e|dvla|dl)\s*(?:no|num|number|ref)\b[\s.:#]*(?:is\s+)?[A-Z0-9]*\d{4,}",
    re.IGNORECASE,
)


def _licence(text: str) -> Hit | None:
    return Hit(Kind.DRIVING_LICENCE) if _LICENCE.search(text) or _LICENCE_CUE.search(text) else None


_PASSPORT = re.compile(r"\bpassport\b[\w\s.:#'()-]{0,24}?\b[A-Z]{0,2}[\dO]{6,9}[A-Z]?\b", re.IGNORECASE)


def _passport(text: str) -> Hit | None:
    return Hit(Kind.PASSPORT) if _PASSPORT.search(text) else None


# Vehicles

_NOT_MARKS = vocabulary.section("not marks")
_MARK = re.compile(r"(?<![A-Z0-9/-])([A-HJ-PR-Y]{2})([\dOI]{2})([ \-.]?)([A-HJ-PR-Z]{3})(?![A-Z0-9/-])", re.IGNORECASE)
_MARK_PREFIX = re.compile(r"(?<![A-Z0-9/-])[A-HJ-NP-TV-Y](\d{1,3})([ ]?)([A-HJ-PR-Z]{3})(?![A-Z0-9/-])", re.IGNORECASE)
_MARK_SUFFIX = re.compile(r"(?<![A-Z0-9/-])([A-PR-Z]{3})([ ]?)(\d{1,3})([A-HJ-NPR-TV-Y])(?![A-Z0-9/-])", re.IGNORECASE)
_MARK_NORTHERN = re.compile(
    r"(?<![A-Z0-9/-])[A-Z][IZ][A-Z][ ]?\d{3,4}(?![A-Z0-9/-])|(?<![A-Z0-9/-])[A-Z]{2}Z[ ]?\d{4}(?![A-Z0-9/-])", re.I
)
_MARK_CUE = re.compile(
    r"\b(?:reg(?:istration)?|vrm|vrn|index|plates?|vehicle\s+no|number\s+plate)\b[\w\s.:#'-]{0,16}?"
    r"\b(?=[A-Z0-9 ]*\d)(?:[A-Z]{1,3}[ ]?\d{1,4}[A-Z]?"
    r"|\d{1,4}[ ]?[A-Z]{1,3}|[A-Z]{2}[\dOI]{2}[ ]?[A-Z]{3}|[A-Z]\d{1,3}[ ]?[A-Z]{3})\b",
    re.IGNORECASE,
)
_NO_MARK = re.compile(r"\b(?:no|unknown|without|partial)\s+(?:reg|registration|index|plates?|vrm)\b", re.IGNORECASE)


def _mark(text: str) -> Hit | None:
    if _current_mark(text) or _older_mark(text):
        return Hit(Kind.REGISTRATION_MARK)
    if _MARK_NORTHERN.search(text) and not text.islower():
        return Hit(Kind.REGISTRATION_MARK)
    return Hit(Kind.REGISTRATION_MARK) if _MARK_CUE.search(text) and not _NO_MARK.search(text) else None


def _current_mark(text: str) -> bool:
    """Two letters, the age in two digits, three letters; since September 2001."""
    for found in _MARK.finditer(text):
        age = found[2].upper().translate(str.maketrans("OI", "01"))
        real = 2 <= int(age) <= 30 or 51 <= int(age) <= 80
        if real and any(sign.isdigit() for sign in found[2]) and not _is_word(found[4], text):
            return True
    return False


def _is_word(letters: str, text: str) -> bool:
    """Whether the end of what looks like a mark is a word, as in "PR25 and"; among small letters, capitals are no word."""
    shouted = letters.isupper() and not text.isupper()
    return letters.lower() in _NOT_MARKS and not shouted and len(text.strip()) > 9


def _older_mark(text: str) -> bool:
    """A letter for the year before or after the digits. With fewer than three digits only where it is all of the value."""
    whole = text.strip()
    for pattern, digits, letters in ((_MARK_PREFIX, 1, 3), (_MARK_SUFFIX, 3, 1)):
        for found in pattern.finditer(text):
            if found[0] == whole:
                return True
            if len(found[digits]) == 3 and found[0].isupper() and found[letters].lower() not in _NOT_MARKS:
                return True
    return False


# Ways to reach somebody

_EMAIL = re.compile(
    r"[\w.+'’-]+\s?@\s?[\w-]+(?:\s?\.\s?[a-z]{2,})+|[\w.+'-]+\s*[\[({]\s*at\s*[\])}]\s*[\w-]+(?:\s*(?:\.|dot|[\[({]\s*dot\s*[\])}])\s*[a-z]{2,})+"
    r"|[\w.+'-]+\s+at\s+[\w-]+(?:\s+dot\s+[a-z]{2,})+",
    re.IGNORECASE,
)


def _email(text: str) -> Hit | None:
    return Hit(Kind.EMAIL) if _EMAIL.search(text) else None


_COUNTRY = r"(?:\+|\b00)\s?44[\s.\-]?(?:\(0\)[\s.\-]?)?"
_MOBILE = re.compile(rf"(?<![\d.])(?:{_COUNTRY}|0)7\d(?:[\s.\-]?\d){{8}}(?!\d)")
_LANDLINE = re.compile(
    rf"(?<![\d.\-/])(?:{_COUNTRY}\(?|\(?0)(?:1\d{{3}}\)?[\s.\-]?\d{{3}}[\s.\-]?\d{{3}}|1\d1\)?[\s.\-]?\d{{3}}[\s.\-]?\d{{4}}"
    r"|11\d\)?[\s.\-]?\d{3}[\s.\-]?\d{4}|2\d\)?[\s.\-]?\d{4}[\s.\-]?\d{4})(?!\d)"
)
_ABROAD = re.compile(r"(?<!\w)\+(?!44)[1-9]\d{0,2}[\s.\-]?(?:\d[\s.\-]?){7,11}\d(?!\d)")
_PHONE_CUE = re.compile(
    r"\b(?:tel(?:ephone)?|phone|mob(?:ile)?|landline)\b[\w\s.:#'()-]{0,12}?(?<!\d)\d{3}[\s-]?\d{3,4}(?!\d)",
    re.IGNORECASE,
)


def _telephone(text: str) -> Hit | None:
    mended = _digits_mended(text)
    sure = _MOBILE.search(mended) or _LANDLINE.search(mended) or _ABROAD.search(mended) or _PHONE_CUE.search(mended)
    return Hit(Kind.TELEPHONE) if sure else None


_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IP4 = re.compile(rf"(?<![\d.])({_OCTET})\.({_OCTET})\.({_OCTET})\.({_OCTET})(?![\d.]*\d)")
_IP6 = re.compile(
    r"(?<![\w:])(?=[0-9a-f:]*[a-f])(?:[0-9a-f]{1,4}:){4,7}(?::?[0-9a-f]{1,4})(?![\w:])|(?<![\w:])[0-9a-f]{3,4}:[0-9a-f:]*::[0-9a-f:]*",
    re.I,
)
_MAC = re.compile(r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])", re.IGNORECASE)
_IP_CUE = re.compile(r"\bip\b(?:\s+address)?", re.IGNORECASE)
_IMEI = re.compile(r"\bimei\b[\w\s.:#-]{0,10}?\d{2}(?:[ -]?\d){12,14}", re.IGNORECASE)


def _device(text: str) -> Hit | None:
    if _MAC.search(text) or _IP6.search(text) or _IMEI.search(text):
        return Hit(Kind.DEVICE_ADDRESS)
    for found in _IP4.finditer(text):
        # The numbers of paragraphs and versions have four parts too, but small ones.
        if sum(int(each) >= 20 for each in found.groups()) >= 2 or _IP_CUE.search(text):
            return Hit(Kind.DEVICE_ADDRESS)
    return None


_NETWORKS = (
    r"(?:snap(?:chat)?|insta(?:gram)?|tik\s?tok|twitter|facebook|fb|whats\s?app|discord|"
    r"telegram|xbox|psn|kik|youtube|linkedin|onlyfans|reddit)"
)
_AT = re.compile(r"(?<![\w@.])@([A-Za-z][\w.]{2,29})")
_HANDLE_CUE = re.compile(
    rf"\b{_NETWORKS}\b(?P<between>[\w\s.:'()-]{{0,30}}?)[\s:@](?=[\w.]*[\d_.])(?P<handle>[a-z][\w.]{{3,29}})\b",
    re.IGNORECASE,
)
_HANDLE_IS = re.compile(
    rf"\b{_NETWORKS}\b\s*(?:(?:name|user|username|handle|account|profile|id|tag|is|was|:|-|–)\s*){{1,3}}[\"'“‘(]?@?(?P<handle>[a-z][\w.]{{3,29}})\b",
    re.IGNORECASE,
)
_HANDLE_BY = re.compile(rf"\b{_NETWORKS}\b\s+(?:by|from|as)\s+(?P<handle>[a-z][\w.]*[\d_][\w.]*)", re.IGNORECASE)


def _social(text: str) -> Hit | None:
    for found in _AT.finditer(text):
        word = found[1].rstrip(".")
        if re.search(r"[\d_.]", word):
            return Hit(Kind.SOCIAL_MEDIA)
    if _HANDLE_CUE.search(text) or _HANDLE_BY.search(text):
        return Hit(Kind.SOCIAL_MEDIA)
    if any(found["handle"].lower() not in _HANDLE_WORDS for found in _HANDLE_IS.finditer(text)):
        return Hit(Kind.SOCIAL_MEDIA)
    found_at = _AT.search(text)
    return Hit(Kind.SOCIAL_MEDIA, sure=_is_handle(found_at[1])) if found_at else None


def _is_handle(word: str) -> bool:
    """Whether a plain word after @ names an account: small letters, and not a place that somebody is at."""
    return word.islower() and vocabulary.folded(word) not in vocabulary.common() and len(word) >= 5


_HANDLE_WORDS = vocabulary.section("handle words")

_URL = re.compile(
    r"(?:https?://|\bwww\.)[^\s<>\"]+|\b(?:facebook|instagram|twitter|tiktok|linkedin|x)\.com/[^\s<>\"]+", re.IGNORECASE
)
_URL_ID = re.compile(
    r"\d{4,}|[?&](?:id|user|name|person|customer|case|q|uid|ref)=|(?:facebook|instagram|twitter|tiktok|linkedin|snapchat|x)\.com/[^\s/]{3,}",
    re.I,
)
_URL_PLACE = re.compile(
    r"^(?:https?://)?(?:www\.)?(?:w3w\.co|what3words\.com|gov\.uk|data\.police\.uk)/", re.IGNORECASE
)


def _web(text: str) -> Hit | None:
    found = [each[0] for each in _URL.finditer(text) if not _URL_PLACE.match(each[0])]
    return Hit(Kind.WEB_ADDRESS) if any(_URL_ID.search(each) for each in found) else None


def _birth(text: str) -> Hit | None:
    return Hit(Kind.BIRTH_DATE) if dates.says_birth(text) else None


DETECTORS: tuple[Detector, ...] = (
    Detector(Kind.EMAIL, r"@|\bat\s+[\w-]+\s+dot\b|[\[({]\s*at\b", _email),
    Detector(Kind.WEB_ADDRESS, r"https?://|www\.|\.com/", _web),
    Detector(
        Kind.SOCIAL_MEDIA,
        r"@|snap|insta|tik\s?tok|twitter|facebook|\bfb\b|whats|discord|telegram|xbox|psn|\bkik\b|youtube|linkedin|reddit|onlyfans",
        _social,
    ),
    Detector(Kind.BIRTH_DATE, r"\bd\W{0,2}o\W{0,2}b|\bborn\b|birth|\bb\.?\s?[0-9]|\bb/d|bday|geni", _birth),
    Detector(
        Kind.NHS_NUMBER,
        r"(?:^|[^0-9])[0-9OIl]{3}[ .-]?[0-9OIl]{3}[ .-]?[0-9OIl]{4}(?:$|[^0-9])|\bmrn\b|hospital|patient|unit\s+number",
        _nhs,
    ),
    Detector(
        Kind.CARD_NUMBER,
        r"(?:^|[^0-9.-])(?:[0-9OIl]{4}[ .-]?[0-9OIl]{4}[ .-]?[0-9OIl]{4}[ .-]?[0-9OIl]|3[47][0-9]{2}[ .-][0-9]{6})",
        _card,
    ),
    Detector(
        Kind.CUSTODY_NUMBER,
        r"[0-9][a-z]{2}[/ ][0-9]{1,5}/[0-9]|/[0-9]{2}[a-z]{2}/|custody|detain|arrest|summons|\basn\b|\bdp\b|detention",
        _custody,
    ),
    Detector(
        Kind.NOMINAL_NUMBER,
        r"[0-9]/[0-9]+[a-z]|\bnom|pnc|\bcro\b|\bpers?[-/ ]?[0-9]|\bpid|\bnim"
        r"|\bsubj|\bnmn|\b[a-z][0-9]{4}[a-z]{2}\b|\b[a-z][0-9]{11}|\bupn",
        _nominal,
    ),
    Detector(Kind.NATIONAL_INSURANCE, r"\b[a-z]{2}[ .-]?[0-9O]{2}[ .-]?[0-9O]{2}[ .-]?[0-9O]{2}", _national_insurance),
    Detector(
        Kind.DRIVING_LICENCE, r"[a-z9][ -]?[0-9][0156][0-9][0-3][0-9]{2}[ -]?[a-z9]|licen[cs]e|dvla|\bdl\b", _licence
    ),
    Detector(Kind.PASSPORT, r"passport", _passport),
    Detector(
        Kind.REGISTRATION_MARK,
        r"\b[a-z]{2}[0-9oi]{2}[ .-]?[a-z]{3}\b|\b[a-z][0-9]{1,3} ?[a-z]{3}\b|\b[a-z]{3} ?[0-9]{1,3}[a-z]\b"
        r"|\b[a-z][iz][a-z] ?[0-9]{3,4}\b"
        r"|\b[a-z]{2}z ?[0-9]{4}\b|\b(?:reg|registration|vrm|vrn|index|plates?)\b|vehicle\s+no|number\s+plate",
        _mark,
    ),
    Detector(
        Kind.TELEPHONE,
        r"(?:^|[^0-9])\(?[0o][127][0-9oO .()-]{8}|\+ ?[1-9(]|\b00 ?44|\btel|phone|\bmob|landline",
        _telephone,
    ),
    Detector(
        Kind.DEVICE_ADDRESS, r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]|(?:[0-9a-f]{1,4}[:-]){4}[0-9a-f]|[0-9a-f]::|imei", _device
    ),
)


def find(text: str) -> Iterator[Hit]:
    """What one text holds, by every detector; for a single value rather than a column."""
    for detector in DETECTORS:
        hit = detector.find(text)
        if hit is not None:
            yield hit
