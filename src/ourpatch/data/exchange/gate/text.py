"""A text as words, each with what the lists of names say of it and how it stands to the word before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ourpatch.data.exchange.gate import vocabulary
from ourpatch.data.exchange.gate.vocabulary import folded

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BESIDE = re.compile(r"[ \t\n]{1,3}|\.[ \t]{1,2}|-|'s? |’s? ")
_WELSH = "âêîôûŵŷÂÊÎÔÛŴŶ"
_LINKS = vocabulary.section("links")
_OF_SURNAMES = re.compile(
    r".{2,}(?:[sc]k[iay]|dzki|wicz|wiec|czyk|czak|enko|chuk|escu|oglu|akis|poulos|idis|ov[ai]c|evic|ovich|evich|shvili|sson|ssen|"
    r"dottir|quist|wala)|(?:mac|mc|fitz|al-|el-)[a-z]{3,}"
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as written, folded, and what stood between it and the word before.

    `follows`: directly. `big`: it begins with a capital letter. `listed`: it is or may be a name. `strange`: neither a common
    word nor a known name. `initial`: a single capital letter. `dull`: a common word by which no rule about names begins.
    """

    text: str
    key: str
    gap: str
    given: bool
    maybe_given: bool
    surname: bool
    maybe_surname: bool
    common: bool
    listed: bool
    strange: bool
    follows: bool
    big: bool
    initial: bool
    dull: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A text as words. `mixed`: it uses capital and small letters; `sentence`: it has small words that are no mere links;
    `place`: its column says where something happened, so that streets and buildings are expected; `whole`: it is nothing but two
    or three words.
    """

    words: Sequence[Word]
    mixed: bool
    sentence: bool
    place: bool
    whole: bool

    def at(self, index: int) -> Word:
        """A word, or one that is nothing."""
        return self.words[index] if 0 <= index < len(self.words) else NOBODY

    def beside(self, index: int) -> Word:
        """The word at an index where it directly follows the one before, else one that is nothing."""
        word = self.words[index] if 0 <= index < len(self.words) else NOBODY
        return word if word.follows else NOBODY

    def shown(self, word: Word) -> bool:
        """Whether a word is written as names are: with a capital, unless the text knows no capitals or no small letters."""
        return word.big or (not self.mixed and word.text != "")


def read(value: str, *, place: bool) -> Text:
    """A text as words."""
    words: list[Word] = []
    end = 0
    for found in WORD.finditer(value):
        words.append(_word(found[0], value[end : found.start()][:40]))
        end = found.end()
    mixed = not value.islower() and not value.isupper()
    sentence = any(word.text.islower() and word.key not in _LINKS for word in words)
    whole = len(words) in (2, 3) and not any(map(str.isdigit, value))
    return Text(words, mixed, sentence, place, whole)


def telling(word: str) -> bool:
    """Whether a text with this word is worth reading: it is a name, formed as one, or announces one."""
    key = folded(word)
    return key in vocabulary.telling() or _formed_as_surname(word, key)


@lru_cache(maxsize=1 << 16)
def _word(text: str, gap: str) -> Word:
    key = folded(text)
    parts = (key, *key.split("-")) if "-" in key else (key,)
    given = not vocabulary.given().isdisjoint(parts)
    maybe_given = key in vocabulary.given_words()
    surname = not vocabulary.surnames().isdisjoint(parts) or _formed_as_surname(text, key)
    maybe_surname = key in vocabulary.surname_words()
    listed = given or maybe_given or surname or maybe_surname
    common = key in vocabulary.common()
    big = text[:1].isupper()
    initial = big and len(text) == 1
    return Word(
        text,
        key,
        gap,
        given,
        maybe_given,
        surname,
        maybe_surname,
        common,
        listed,
        strange=not common and not listed and len(key) > 1,
        follows=_BESIDE.fullmatch(gap) is not None,
        big=big,
        initial=initial,
        dull=common and not listed and not initial and key not in vocabulary.openers(),
    )


def _formed_as_surname(text: str, key: str) -> bool:
    """Whether an unknown word is formed as surnames are, or holds letters that neither English nor Welsh has."""
    if key in vocabulary.common() or len(key) < 4:
        return False
    foreign = not text.isascii() and any(not sign.isascii() and sign.isalpha() and sign not in _WELSH for sign in text)
    return foreign or key.startswith("o'") or _OF_SURNAMES.fullmatch(key) is not None


NOBODY = Word("", "", "", False, False, False, False, True, False, False, False, False, False, True)
