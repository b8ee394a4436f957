"""The words that the gate knows: names of people, and words that are not names. All folded: small letters without accents."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

_FOLDER = resources.files("ourpatch.data.exchange.gate") / "data"


@cache
def _sections() -> dict[str, frozenset[str]]:
    found: dict[str, list[str]] = {}
    words: list[str] = []
    for line in (_FOLDER / "lists.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            words = found.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            words.extend(line.split())
    return {name: frozenset(words) for name, words in found.items()}


def section(name: str) -> frozenset[str]:
    """One of the lists of words that the gate reads by. Raises KeyError."""
    return _sections()[name]


STREET_TYPES = section("street types")
"""The last word of the name of a street."""

INSTITUTIONS = section("institutions")
PLACE_ENDINGS = section("endings of places") | STREET_TYPES | INSTITUTIONS
"""What places end in where places are expected; elsewhere some of them are surnames."""
BODIES = section("bodies")
"""Words of an organisation's name: who recorded or reported something is often a body."""
"""Words that make a name before or after them the name of a building, a body or a place."""

HONOURED = section("honoured")
"""Words that make the name after them that of a saint, a king or a place."""

TITLES = section("titles")
MISS = "miss"
RANKS = section("ranks")

CUES = section("cues")
"""Words after which a person is named."""

CUE_FILLERS = section("cue fillers")

NOT_NAMES = section("not names")

BRANDS = re.compile(
    r"""\b(?:john\ lewis|william\ hill|paddy\ power|fred\ perry|tommy\ hilfiger|hugo\ boss|calvin\ klein|ted\ baker|jack\ wills
    |jack\ daniel'?s?|thomas\ cook|laura\ ashley|ann\ summers|ben\ sherman|ralph\ lauren|jimmy\ choo|johnn(?:ie|y)\ walker
    |captain\ morgan|jim\ beam|harley[\ -]davidson|claire'?s\ accessories|(?:clare|claire|sarah|martyn)'?s\ law|robert\ dyas
    |harry\ ramsden'?s?|frankie\ (?:&|and)\ benny'?s|marks\ (?:&|and)\ spencers?|holland\ (?:&|and)\ barrett|sports\ direct
    |dorothy\ perkins|vivienne\ westwood|russell\ hobbs|jamie\ oliver'?s|stella\ artois|john\ smith'?s\ (?:pub|beer|bitter|keg)
    |samuel\ smith'?s|st\.?\ john'?s?\ ambulance|jack\ russell|king\ charles\ spaniel|(?:the\ )?duke\ of\ [a-z]+|prince\ of\ wales
    |george\ (?:at\ )?asda
    |mr\.?\ (?:whippy|kipling)|lloyds?\ (?:bank|pharmacy|tsb)|harvey\ nichols|tk\ maxx|jd\ sports|mary\ poppins|santa\ claus
    |tom\ tom|ray[\ -]bans?|doc(?:tor)?\ martens?|dr\.?\ martens?|miles?\ per\ hour|pay\ day|burger\ king|jack\ frost
    |martin\ mccolls?|john\ deere|royal\ mail|guy\ fawkes|halal\ [a-z]+|norman\ bites)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Shops, makes, laws and bodies called after people."""


@cache
def given() -> frozenset[str]:
    """Given names that are nothing else."""
    return _listed("given_names.txt") - given_words()


@cache
def given_words() -> frozenset[str]:
    """Given names that are also something else."""
    return _listed("given_words.txt")


@cache
def surnames() -> frozenset[str]:
    """Surnames that are hardly anything else."""
    return _listed("surnames.txt") - surname_words()


@cache
def surname_words() -> frozenset[str]:
    """Surnames that are also something else."""
    return _listed("surname_words.txt")


@cache
def common() -> frozenset[str]:
    """Words that are no names of people."""
    return _listed("common_words.txt") | NOT_NAMES | STREET_TYPES | INSTITUTIONS | CUES | RANKS


@cache
def welsh() -> frozenset[str]:
    """Welsh words that are no names of people and no English words."""
    return (_listed("welsh_words.txt") | section("welsh links")) - section("welsh and english")


@cache
def telling() -> frozenset[str]:
    """Words without which a text is not looked at for names."""
    return given() | given_words() | surnames() | surname_words() | openers()


@cache
def openers() -> frozenset[str]:
    """Words after which a person is named."""
    return TITLES | {MISS} | RANKS | CUES


def folded(word: str) -> str:
    """A word in small letters without accents, straight apostrophes, without a genitive."""
    small = word.translate(_PLAIN).casefold()
    if not small.isascii():
        small = "".join(sign for sign in unicodedata.normalize("NFKD", small) if not unicodedata.combining(sign))
    return small.removesuffix("'s")


_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "İ": "I"}
)


def _listed(name: str) -> frozenset[str]:
    text = (_FOLDER / name).read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())
