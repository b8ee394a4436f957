"""LSOAs of 2011 and of 2021: over which of them figures can be compared like for like. Pure.

Source: ONS, LSOA (2011) to LSOA (2021) to Local Authority District (2022) Exact Fit Lookup for EW, version 2. Its change codes:
U unchanged; S one area of 2011 split into several of 2021; M several of 2011 merged into one of 2021; X irregular, where the
areas listed are a best fit and a like-for-like comparison is not possible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from ourpatch.foundation.places import rules
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Number = int | Fraction
Year = Literal[2011, 2021]
Node = tuple[Year, str]
"""A code of a year: most codes are in both."""

MOST_NAMED = 5


class ChangeCode(StrEnum):
    """What became of an area of 2011, by the code the publisher gives it."""

    UNCHANGED = "U"
    SPLIT = "S"
    MERGED = "M"
    IRREGULAR = "X"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the lookup: an area of 2011, one of 2021 that it shares ground with, and how it changed."""

    code_2011: str
    code_2021: str
    change: ChangeCode


@dataclass(frozen=True, slots=True)
class Group:
    """Areas of 2011 and of 2021 that cover the same ground together, and no fewer of them do.

    `change` is None for a code that the lookup does not know. `contradicts`: its lines cannot all be true, so it counts as
    irregular. `missing_2011` and `missing_2021` are areas of the group that no figures were given for.
    """

    codes_2011: tuple[str, ...]
    codes_2021: tuple[str, ...]
    change: ChangeCode | None
    contradicts: bool = False
    missing_2011: tuple[str, ...] = ()
    missing_2021: tuple[str, ...] = ()

    @property
    def refusal(self) -> Message | None:
        """Why its totals cannot be compared, or None when they can."""
        if self.change is None:
            return _unknown(self.codes_2011 or self.codes_2021)
        codes = _listed(sorted({*self.codes_2011, *self.codes_2021}))
        if self.contradicts:
            return _(
                "What the lookup of LSOA changes says of %(codes)s cannot all be true. Figures of 2011 and 2021 areas are not "
                "compared there. Load the publisher's latest lookup.",
                codes=codes,
            )
        if self.change is ChangeCode.IRREGULAR:
            return _(
                "%(codes)s: these areas were redrawn irregularly between 2011 and 2021 (change code X), so there is no "
                "like-for-like trend. Compare a larger area that holds all of them, such as the district.",
                codes=codes,
            )
        return self._incomplete(codes)

    def _incomplete(self, codes: str) -> Message | None:
        missing = [(2011, code) for code in self.missing_2011] + [(2021, code) for code in self.missing_2021]
        if not missing:
            return None
        return _(
            "%(codes)s can be compared only together and in both years. Add the figures of %(missing)s.",
            codes=codes,
            missing=_listed([f"{code} ({year})" for year, code in missing]),
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """A group with its totals under both vintages; None for both where they cannot be compared (see `group.refusal`)."""

    group: Group
    before: Number | None
    after: Number | None


def groups(changes: Iterable[Change]) -> tuple[Group, ...]:
    """The whole lookup as groups, in the order of their codes."""
    return _Lookup(changes).groups_of(None)


def comparable(
    codes_2011: Collection[str], codes_2021: Collection[str], changes: Iterable[Change]
) -> tuple[Group, ...]:
    """The groups that these codes belong to, in the order of their codes: totals can be compared over each without `refusal`."""
    given: set[Node] = {*((2011, code) for code in codes_2011), *((2021, code) for code in codes_2021)}
    return tuple(
        replace(
            group,
            missing_2011=tuple(code for code in group.codes_2011 if code not in codes_2011),
            missing_2021=tuple(code for code in group.codes_2021 if code not in codes_2021),
        )
        for group in _Lookup(changes).groups_of(given)
    )


def compare(
    before: Mapping[str, Number], after: Mapping[str, Number], changes: Iterable[Change]
) -> tuple[Compared, ...]:
    """Figures of 2011 areas beside figures of 2021 areas, added up over the groups where that is like for like."""
    return tuple(
        Compared(group, None, None)
        if group.refusal
        else Compared(group, _sum(before, group.codes_2011), _sum(after, group.codes_2021))
        for group in comparable(before.keys(), after.keys(), changes)
    )


def like_for_like(
    before: Mapping[str, Number], after: Mapping[str, Number], changes: Iterable[Change]
) -> tuple[Compared, ...]:
    """The same, for whoever needs all of it. Raises BadInput, which says why, when any group cannot be compared."""
    compared = compare(before, after, changes)
    refused = [each.group.refusal for each in compared if each.group.refusal]
    if refused:
        raise BadInput(
            _("%(first)s (%(count)s groups of areas cannot be compared.)", first=refused[0], count=len(refused))
        )
    return compared


def _sum(figures: Mapping[str, Number], codes: Iterable[str]) -> Number:
    return sum(figures[code] for code in codes)


class _Lookup:
    """The lookup as lines that join areas of 2011 to areas of 2021."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._lines: dict[Node, list[Change]] = {}
        for each in changes:
            self._lines.setdefault((2011, each.code_2011), []).append(each)
            self._lines.setdefault((2021, each.code_2021), []).append(each)

    def groups_of(self, nodes: Collection[Node] | None) -> tuple[Group, ...]:
        """The groups of these areas, or all of them, each once."""
        seen: set[Node] = set()
        found = []
        for node in sorted(self._lines if nodes is None else nodes):
            if node not in seen:
                joined = self._joined(node)
                seen |= joined
                found.append(self._group(joined))
        return tuple(sorted(found, key=lambda group: (group.codes_2011, group.codes_2021)))

    def _joined(self, start: Node) -> set[Node]:
        """Every area that lines lead to from here."""
        joined, waiting = {start}, [start]
        while waiting:
            for neighbour in self._neighbours(waiting.pop()):
                if neighbour not in joined:
                    joined.add(neighbour)
                    waiting.append(neighbour)
        return joined

    def _neighbours(self, node: Node) -> Iterator[Node]:
        for line in self._lines.get(node, ()):
            yield (2011, line.code_2011)
            yield (2021, line.code_2021)

    def _group(self, nodes: Collection[Node]) -> Group:
        codes_2011 = tuple(sorted(code for year, code in nodes if year == 2011))
        codes_2021 = tuple(sorted(code for year, code in nodes if year == 2021))
        stated = {line.change for node in nodes for line in self._lines.get(node, ())}
        if not stated:
            return Group(codes_2011, codes_2021, None)
        if ChangeCode.IRREGULAR in stated:
            return Group(codes_2011, codes_2021, ChangeCode.IRREGULAR)
        shape = _shape(len(codes_2011), len(codes_2021))
        if stated != {shape}:
            return Group(codes_2011, codes_2021, ChangeCode.IRREGULAR, contradicts=True)
        return Group(codes_2011, codes_2021, shape)


def _shape(of_2011: int, of_2021: int) -> ChangeCode:
    """The only change that joins so many areas to so many."""
    if of_2011 == 1:
        return ChangeCode.UNCHANGED if of_2021 == 1 else ChangeCode.SPLIT
    return ChangeCode.MERGED if of_2021 == 1 else ChangeCode.IRREGULAR


def _unknown(codes: Collection[str]) -> Message:
    """Only what is an official code is repeated."""
    if not all(rules.is_code_of("lsoa", code) for code in codes):
        return _("One of the codes is not the code of an LSOA in England or Wales. Check the list.")
    return _(
        "%(codes)s is not in the lookup of LSOA changes. Check the code, or load the publisher's latest lookup.",
        codes=_listed(codes),
    )


def _listed(codes: Collection[str]) -> str:
    named = ", ".join(list(codes)[:MOST_NAMED])
    return named if len(codes) <= MOST_NAMED else f"{named}, …"
