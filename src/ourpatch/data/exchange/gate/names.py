"""Names of people in a text, told from streets, schools and shops that are called after people.

A text is read as words. Rules look at a word and its neighbours; the first sure one decides. A place is what ends in a word for a
street or a building, or follows a saint, a king or a word for a building.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ourpatch.data.exchange.gate import vocabulary
from ourpatch.data.exchange.gate.kinds import Hit, Kind
from ourpatch.data.exchange.gate.text import WORD, Text, Word, read
from ourpatch.data.exchange.gate.vocabulary import folded

SURE = Hit(Kind.NAME)
DOUBTFUL = Hit(Kind.NAME, sure=False)

_AFTER_INITIAL = re.compile(r"[.\s]\s{0,2}")
_AFTER_RANK = re.compile(r"[\s.#]{1,3}(?:\d{1,6}[\s.]{1,2})?")
_AFTER_CUE = re.compile(r"[\s:;,.\-–(/\"'“‘=]{1,4}")
_COMMA = re.compile(r"\s?,\s{0,2}")
_PARTICLES = vocabulary.section("particles")
_SAYS_NAME = vocabulary.section("says name")
# Unknown words written as names are believed to be one beside what people do, and what is done to people.
_DOES = vocabulary.section("does")
_DONE_TO = vocabulary.section("done to")
_JOINS = vocabulary.section("joins")
_PLACE_IN_SMALL = vocabulary.section("place in small")
_WELSH_STREETS = vocabulary.section("welsh streets")


def find(value: str, *, place: bool = False) -> Hit | None:
    """Whether a text holds the name of a person. `place`: it is the description of a place, where only clear names count."""
    hit = _judge(read(value, place=place))
    if hit and vocabulary.BRANDS.search(value):
        hit = _judge(read(vocabulary.BRANDS.sub(lambda found: "_" * len(found[0]), value), place=place))
    return hit if hit and (hit.sure or not place) else None


def _judge(text: Text) -> Hit | None:
    doubtful = None
    for index, word in enumerate(text.words):
        for hit in () if word.dull else _judged(text, index):
            if hit.sure:
                return hit
            doubtful = hit
    return doubtful


def column_of_names(values: Sequence[str]) -> bool:
    """Whether a column is a list of names of one to three words each: three in five are known names, and there are five."""
    short = [value for value in values if 0 < len(value) < 50 and not any(sign.isdigit() for sign in value)]
    words = [[folded(each) for each in WORD.findall(value)] for value in short]
    fitting = [each for each in words if 1 <= len(each) <= 3]
    known = vocabulary.given() | vocabulary.given_words() | vocabulary.surnames() | vocabulary.surname_words()
    named = sum(
        all(word in known for word in each) and any(word not in vocabulary.common() for word in each)
        for each in fitting
    )
    return named >= 5 and named >= 0.6 * len(values)


def _judged(text: Text, index: int) -> Iterator[Hit]:
    word = text.words[index]
    if word.key in vocabulary.TITLES or word.key == vocabulary.MISS:
        yield from _after_title(text, index)
    if word.key in vocabulary.RANKS:
        yield from _after_rank(text, index)
    if word.key in vocabulary.CUES:
        yield from _after_cue(text, index)
    if word.initial:
        yield from _after_initial(text, index)
    if text.shown(word) or word.given:
        yield from _pair(text, index)
        yield from _turned(text, index)
        yield from _alone(text, index)
        yield from _unknown(text, index)


def _after_title(text: Text, index: int) -> Iterator[Hit]:
    title, before = text.at(index), text.at(index - 1)
    if title.key == "dr" and title.follows and before.big and not before.common:
        return  # "Acacia Dr" is a street.
    at = index + 1
    while text.beside(at).initial and at < index + 3:
        at += 1
    word = text.beside(at)
    if not word.text or _is_place(text, at, 1):
        return
    if word.listed or (word.strange and (word.big or title.key != vocabulary.MISS)):
        yield SURE


def _after_rank(text: Text, index: int) -> Iterator[Hit]:
    word = text.at(index + 1)
    if not word.text or not _AFTER_RANK.fullmatch(word.gap) or _is_place(text, index + 1, 1):
        return
    if text.place and word.key in vocabulary.STREET_TYPES:
        return  # "Constable Street"
    named = word.surname or word.given or (word.maybe_surname and (not word.common or (text.mixed and word.big)))
    if text.shown(word) and (named or (text.mixed and word.strange and not word.text.isupper())):
        yield SURE


def _after_cue(text: Text, index: int) -> Iterator[Hit]:
    at = index + 1
    while text.at(at).key in vocabulary.CUE_FILLERS and at < index + 4:
        at += 1
    word = text.at(at)
    if not word.text or not _AFTER_CUE.fullmatch(word.gap) or not text.shown(word) or _is_place(text, at, 1):
        return
    if word.listed and (not word.common or (text.at(index).key in _SAYS_NAME and word.big and text.mixed)):
        yield SURE if text.mixed or word.given or word.surname or text.beside(at + 1).listed else DOUBTFUL
    elif word.strange and text.at(at - 1).key != "of":  # "owner of Xyz" is about a thing
        yield from _unknown_after_cue(text, index, at)


def _unknown_after_cue(text: Text, cue: int, at: int) -> Iterator[Hit]:
    word = text.at(at)
    if _unknown_name(text, at) and (text.sentence if text.mixed else at > cue + 1 or ":" in word.gap):
        yield SURE
    elif text.sentence and not word.text.isupper():
        told = text.at(cue).key in _SAYS_NAME and word.big and not text.beside(at + 1).big
        yield SURE if told else DOUBTFUL


def _after_initial(text: Text, index: int) -> Iterator[Hit]:
    word = text.at(index + 1)
    if not word.big or word.initial or not _AFTER_INITIAL.fullmatch(word.gap) or _is_place(text, index + 1, 1):
        return
    dotted = word.gap.startswith(".")
    if word.surname or (dotted and (word.maybe_surname or word.strange) and not word.text.isupper()):
        yield SURE


def _pair(text: Text, index: int) -> Iterator[Hit]:
    first, at = text.at(index), index + 1
    if first.key in vocabulary.STREET_TYPES and first.follows and text.shown(text.at(index - 1)):
        return  # "Jubilee Lane North"
    while (text.beside(at).key in _PARTICLES or text.beside(at).initial) and at < index + 3:
        at += 1
    second = text.beside(at)
    if not second.text or _is_place(text, index, at - index + 1):
        return
    if text.place and second.key in vocabulary.PLACE_ENDINGS:
        return  # "Fergus Manor"
    if first.given:
        if (
            second.surname
            or second.given
            or (text.shown(second) and second.strange)
            or (second.maybe_surname and text.shown(second) and (not second.common or text.mixed))
        ):
            yield SURE
    elif text.shown(first) and text.shown(second):
        yield from _pair_of_words(text, first, second)


def _pair_of_words(text: Text, first: Word, second: Word) -> Iterator[Hit]:
    """A pair whose first word is no sure given name."""
    if first.maybe_given and (second.surname or (second.given and not first.common)):
        yield SURE
    elif first.maybe_given and second.maybe_surname and not text.place:
        both_common = first.common and second.common
        yield SURE if text.mixed and not both_common and (text.whole or text.sentence) else DOUBTFUL
    elif second.surname and not second.common and not text.place and (first.strange or first.surname):
        yield SURE


def _turned(text: Text, index: int) -> Iterator[Hit]:
    """Surname, comma, given name."""
    first, second = text.at(index), text.at(index + 1)
    if not second.text or not _COMMA.fullmatch(second.gap) or not (text.shown(first) and text.shown(second)):
        return
    if first.follows and text.at(index - 1).big and not text.at(index - 1).common:
        return  # the end of a longer name, as of a street
    if _is_place(text, index + 1, 1):
        return
    shouted = first.text.isupper() and len(first.text) > 3 and not second.text.isupper()
    if _is_turned(text, first, second, shouted):
        yield SURE


def _is_turned(text: Text, first: Word, second: Word, shouted: bool) -> bool:
    if second.given:
        return first.surname or shouted or (first.maybe_surname and not first.common)
    if first.common:
        return False
    if second.maybe_given:
        return first.surname or ((shouted or first.maybe_surname) and not second.common)
    return (shouted and second.strange and not text.place) or (first.surname and second.initial)


def _alone(text: Text, index: int) -> Iterator[Hit]:
    """One known name by itself, in words about what happened."""
    word = text.at(index)
    if text.place or not (word.given or word.surname) or word.common or _is_place(text, index, 1):
        return
    if text.mixed and word.text.isupper() and len(word.text) < 5:
        return  # an abbreviation: SARA, EVA
    if text.shown(word) and len(text.words) > 1 and (text.sentence or not text.mixed):
        yield SURE if word.given else DOUBTFUL


def _unknown(text: Text, index: int) -> Iterator[Hit]:
    """Two unknown words that are written as a name, where a person is spoken of."""
    if text.place or not _unknown_name(text, index):
        return
    before, after = text.at(index - 1), text.at(index + 2)
    told = (before.key in _DONE_TO and not text.at(index).gap.strip()) or (after.key in _DOES and not after.gap.strip())
    if told and text.mixed:
        yield SURE
    elif told or text.whole:
        yield DOUBTFUL


def _unknown_name(text: Text, index: int) -> bool:
    """Whether two words from an index are written as given name and surname are, and at least one is no known word."""
    pair = (text.at(index), text.beside(index + 1))
    if not all(
        text.shown(word) and (word.strange or (word.listed and not word.common)) and len(word.key) > 2 for word in pair
    ):
        return False
    shouted = text.mixed and any(word.text.isupper() for word in pair)
    return not shouted and any(word.strange for word in pair) and not _is_place(text, index, 2)


def _is_place(text: Text, index: int, length: int) -> bool:
    """Whether `length` words from an index are part of what a street, a building or a body is called."""
    first, before = text.at(index), text.at(index - 1)
    if (first.follows and _makes_place(text, before, first)) or _after_welsh_street(text, index):
        return True
    following = [text.beside(index + step) for step in range(1, 3 if length < 3 else length + 1)]
    if any(_street(text, word) for word in following if word.text):
        return True
    return _leads_to_building(text, index + 1)


def _makes_place(text: Text, before: Word, first: Word) -> bool:
    if before.key in vocabulary.HONOURED:
        return before.big or not text.mixed
    return before.key in vocabulary.INSTITUTIONS and before.big and first.big and text.mixed


def _after_welsh_street(text: Text, index: int) -> bool:
    """Whether a word ends the name of a street as Welsh has it: "Heol Dewi", "Stryd y Bryn"."""
    at = index - 1 if text.at(index).follows else index
    if text.at(at).key in ("y", "yr") and text.at(at).follows:
        at -= 1
    before = text.at(at)
    return at < index and before.key in _WELSH_STREETS and (before.big or not text.mixed)


def _street(text: Text, word: Word) -> bool:
    if not text.mixed or word.big:
        return word.key in vocabulary.STREET_TYPES
    return word.key in _PLACE_IN_SMALL


def _leads_to_building(text: Text, index: int) -> bool:
    """Whether words that belong together lead to a word for a building."""
    for at in range(index, index + (6 if text.mixed else 4)):
        word = text.beside(at)
        fitting = word.big if text.mixed else not word.common or word.key in vocabulary.INSTITUTIONS
        if not word.text or not (fitting or word.key in _JOINS or word.key in _PLACE_IN_SMALL):
            return False
        if word.key in vocabulary.INSTITUTIONS and (word.big or not text.mixed or word.key in _PLACE_IN_SMALL):
            return True
    return False
