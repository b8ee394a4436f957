"""Senders' codes and words in the law book's lists: as they stand, by their names and known spellings, or nearly so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from ourpatch.data.exchange.mapping.shapes import squeezed
from ourpatch.foundation.law.entries import CodeList

Lists = Callable[[str], CodeList]
"""The law book of the period's day, as `law.book(day).codes`; raises NotFound when it has no such list."""

# A word with one letter in six wrong is still the same word; short codes with one letter wrong are others.
_CLOSE = 0.85
_SHORTEST = 6
_FURTHER_SIGNS = re.compile(r"[0-9]{1,3}[a-z]?")


@dataclass(frozen=True, slots=True)
class Speller:
    """The spellings of one list. `exact`: codes as they are, without case; `known`: names and spellings, squeezed.

    A spelling that belongs to two codes belongs to none. `families`: codes, squeezed, to which longer codes that begin with them
    belong (X99.4 is of X99); the longest comes first.
    """

    exact: Mapping[str, str]
    known: Mapping[str, str]
    families: tuple[tuple[str, str], ...] = ()

    def code(self, value: str) -> str | None:
        """The code of a value: the code itself, its name in either language, or a spelling that senders are known to use."""
        written = squeezed(value)
        return self.exact.get(value.strip().casefold()) or self.known.get(written) or self._of_family(written)

    def _of_family(self, written: str) -> str | None:
        """The code that a longer code is of: figures may follow, and at the end a letter (S02.1X), but no word."""
        for begins, code in self.families:
            if written.startswith(begins) and _FURTHER_SIGNS.fullmatch(written[len(begins) :]):
                return code
        return None

    def nearly(self, value: str) -> str | None:
        """The one code with a spelling close to a value; None when there is none, or more."""
        wanted = squeezed(value)
        if len(wanted) < _SHORTEST:
            return None
        found = {self.known[each] for each in get_close_matches(wanted, self.known, n=3, cutoff=_CLOSE)}
        return found.pop() if len(found) == 1 else None


def speller(codes: CodeList) -> Speller:
    """The spellings of a list."""
    exact = {item.code.casefold(): item.code for item in codes}
    known: dict[str, str] = {}
    twice: set[str] = set()
    for item in codes:
        also = item.facts.get("also", ())
        spellings = also if isinstance(also, tuple) else (str(also),)
        for each in {squeezed(text) for text in (item.code, item.label.en, item.label.cy, *spellings)}:
            if known.setdefault(each, item.code) != item.code:
                twice.add(each)
    families = sorted(
        ((squeezed(item.code), item.code) for item in codes if item.facts.get("prefix")), key=lambda each: -len(each[0])
    )
    return Speller(exact, {each: code for each, code in known.items() if each and each not in twice}, tuple(families))


def translations(codes: Mapping[str, str]) -> dict[str, str]:
    """A layout's own translations, as values are compared with them."""
    return {each.strip().casefold(): code for each, code in codes.items()}
