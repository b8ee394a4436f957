"""Lines of a text box as lists: sentences with their Welsh beside them, and codes with their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ourpatch.data.store import specs
from ourpatch.data.store.own import rules
from ourpatch.foundation.law.entries import CodeList

_BETWEEN = "|"


def one_line(text: str) -> str:
    """A text without line breaks and needless spaces."""
    return " ".join(text.split())


def lines_of(text: str) -> list[str]:
    """The lines of a text in which something stands."""
    return [line for each in text.splitlines() if (line := one_line(each))]


def unpaired(english: str, welsh: str) -> bool:
    """Whether there are Welsh lines, and not as many as English ones."""
    return bool(lines_of(welsh)) and len(lines_of(welsh)) != len(lines_of(english))


def paired(english: str, welsh: str) -> list[dict[str, str]]:
    """Sentences in both languages, line by line; without Welsh ones the English stand for them."""
    lines = lines_of(english)
    return [{"en": en, "cy": cy} for en, cy in zip(lines, lines_of(welsh) or lines, strict=True)]


def codes_in(text: str) -> list[dict[str, Any]]:
    """Codes, one a line: a name; code | name; code | name | name in Welsh; after that other spellings, each after a sign."""
    found: list[dict[str, Any]] = []
    taken: set[str] = set()
    for line in lines_of(text):
        code, english, welsh, also = _parts([part.strip() for part in line.split(_BETWEEN)])
        code = code or rules.code_of(english, taken)
        taken.add(code)
        found.append({"code": code, "en": english, "cy": welsh or english, **({"also": also} if also else {})})
    return found


def code_lines(listed: CodeList) -> str:
    """A list as lines that `codes_in` reads."""
    return "\n".join(_code_line(item.code, item.label.en, item.label.cy, specs.also_written(item)) for item in listed)


def _code_line(code: str, english: str, welsh: str, also: Sequence[str]) -> str:
    return f" {_BETWEEN} ".join((code, english, welsh, *also))


def _parts(parts: Sequence[str]) -> tuple[str, str, str, list[str]]:
    if len(parts) == 1:
        return "", parts[0], "", []
    return parts[0], parts[1], parts[2] if len(parts) > 2 else "", [each for each in parts[3:] if each]
