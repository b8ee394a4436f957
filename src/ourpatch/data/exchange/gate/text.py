"""A text as words, each with what the lists of names say of it and how it stands to the word before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ourpatch.data.exchange.gate import vocabulary
from ourpatch.data.exchange.gate.vocabulary import folded

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BESIDE = re.compile(r"[ \t\n]{1,3}|\.[ \t]{1,2}|-|'s? |’s? ")
_WELSH = "âêîôûŵŷÂÊÎÔÛŴŶ"
_LINKS = vocabulary.section("links")
# Given names and surnames that Welsh writes for other things: "beth" is what, "dan" under, "ion" January.
_WELSH_WORDS = vocabulary.section("welsh words that are names")
# No other language's words begin or end so.
_WELSH_FORM = re.compile(r"dd.{2,}|.{3,}(?:odd|wyd)")
_OF_BOTH = vocabulary.section("welsh and english")
# The letters that Welsh and names of other languages share, as Welsh has them: "categorïau", "crëwyd", "amgáu".
_WELSH_DIAERESIS = re.compile(r"ï(?:au|on?\b)|[ëË](?:w|ir)|áu\b", re.IGNORECASE)
_BEGINS = re.compile(r".*[.?!:;,\-–/(].*", re.DOTALL)
_OF_SURNAMES = re.compile(
    r".{2,}(?:[sc]k[iay]|dzki|wicz|wiec|czyk|czak|enko|chuk|escu|oglu|akis|poulos|idis|ov[ai]c|evic|ovich|evich|shvili|sson|ssen|"
    r"dottir|quist|wala)|(?:mac|mc|fitz|al-|el-)[a-z]{3,}"
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as written, folded, and what stood between it and the word before.

    `follows`: directly. `big`: it begins with a capital letter. `listed`: it is or may be a name. `strange`: neither a common
    word nor a known name. `initial`: a single capital letter. `dull`: a common word by which no rule about names begins.
    `welsh`: it is, or is formed as, a word of Welsh alone.
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
    welsh: bool


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
    if _is_welsh(words, mixed=mixed):
        words = [_in_welsh(words, at, mixed=mixed) for at in range(len(words))]
    sentence = any(word.text.islower() and word.key not in _LINKS for word in words)
    whole = len(words) in (2, 3) and not any(map(str.isdigit, value))
    return Text(words, mixed, sentence, place, whole)


def _is_welsh(words: Sequence[Word], *, mixed: bool) -> bool:
    """Whether more words of a text are Welsh than English; names, and what is a word of both, are neither."""
    plain = [word for word in words if not (word.listed or word.initial)]
    welsh = sum(word.welsh for word in plain)
    # "Tân" is fire and no surname; a surname of that sound has no circumflex.
    welsh += sum(word.key in _WELSH_WORDS and not word.text.isascii() for word in words)
    english = sum(
        word.common and not word.welsh and word.key not in _OF_BOTH
        for word in plain
        if not mixed or word.text.islower()
    )
    return welsh > english


def _in_welsh(words: Sequence[Word], at: int, *, mixed: bool) -> Word:
    """A word as a Welsh text has it. What is also a name is one where a capital stands within a sentence, or beside a name."""
    word = words[at]
    if word.key not in _WELSH_WORDS:
        return replace(word, common=True, strange=False, dull=True) if word.strange and word.welsh else word
    written = mixed and word.big
    begins = at == 0 or _BEGINS.fullmatch(word.gap) is not None
    after = words[at + 1] if at + 1 < len(words) else NOBODY
    named = after.follows and after.big and not (after.common or after.welsh)
    if written and (named or not begins):
        return word
    may = written or not mixed
    return replace(
        word,
        given=False,
        maybe_given=may and (word.given or word.maybe_given),
        surname=False,
        maybe_surname=may and (word.surname or word.maybe_surname),
        common=not written,
        listed=may,
        strange=False,
    )


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
    strange = not common and not listed and len(key) > 1
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
        strange=strange,
        follows=_BESIDE.fullmatch(gap) is not None,
        big=big,
        initial=initial,
        dull=common and not listed and not initial and key not in vocabulary.openers(),
        welsh=key in vocabulary.welsh() or (strange and _WELSH_FORM.fullmatch(key) is not None),
    )


def _formed_as_surname(text: str, key: str) -> bool:
    """Whether an unknown word is formed as surnames are, or holds letters that neither English nor Welsh has."""
    if key in vocabulary.common() or len(key) < 4:
        return False
    if _WELSH_DIAERESIS.search(text):
        return False
    foreign = not text.isascii() and any(not sign.isascii() and sign.isalpha() and sign not in _WELSH for sign in text)
    return foreign or key.startswith("o'") or _OF_SURNAMES.fullmatch(key) is not None


NOBODY = Word("", "", "", False, False, False, False, True, False, False, False, False, False, True, False)
