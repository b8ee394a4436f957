"""What a law book holds: numbers, clocks and lists of codes, each with where it comes from and since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from ourpatch.ground.errors import NotFound
from ourpatch.ground.words import say as _

Scalar = str | int | bool | tuple[str, ...]


class Status(StrEnum):
    """How far an entry is law: in force, enacted with no date yet, or a draft."""

    IN_FORCE = "in_force"
    ENACTED = "enacted"
    DRAFT = "draft"


class Basis(StrEnum):
    """What kind of authority stands behind an entry; only `LAW` may be called a legal duty on a page."""

    LAW = "law"
    GUIDANCE = "guidance"
    PRACTICE = "practice"


class ClockKind(StrEnum):
    """How a clock counts."""

    ELAPSED_HOURS = "elapsed_hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    CALENDAR_MONTHS = "calendar_months"
    QUARTER_FOLLOWING = "quarter_following"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entry comes from, when it holds (last day included; None = still), and when somebody last compared it
    with its source (None = nobody has seen the source's own text yet).
    """

    valid_from: date
    valid_to: date | None
    status: Status
    basis: Basis
    source: str
    checked_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the entry applies on a London day; enacted and draft entries apply on none."""
        if self.status is not Status.IN_FORCE:
            return False
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Label:
    """One name in both languages."""

    en: str
    cy: str

    def __call__(self, language: str) -> str:
        """The name in `language` ("cy", "cy-gb"; everything else is English)."""
        return self.cy if language.lower().startswith("cy") else self.en


@dataclass(frozen=True, slots=True)
class Number:
    """A threshold with its unit; `least` and `most` are the bounds of a local choice, `by_choice` says that one was
    made.
    """

    key: str
    value: int
    unit: str
    label: Label
    origin: Origin
    local: bool = False
    least: int | None = None
    most: int | None = None
    by_choice: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A promise about time: how it counts, how much, what starts it and the only facts that stop it."""

    key: str
    kind: ClockKind
    amount: int
    starts: str
    stops: tuple[str, ...]
    not_stopped_by: tuple[str, ...]
    label: Label
    origin: Origin
    local: bool = False
    least: int | None = None
    most: int | None = None
    by_choice: bool = False

    def stopped_by(self, fact: str) -> bool:
        """Whether a fact stops the clock; a holding reply never does (Neighbourhood Policing Guarantee: a meaningful
        response).
        """
        return fact in self.stops


@dataclass(frozen=True, slots=True)
class Item:
    """One code of a list with its names and further facts (for example the API's slug or the body that holds a
    dataset).
    """

    code: str
    label: Label
    facts: Mapping[str, Scalar]

    def fact(self, name: str) -> Scalar:
        """One further fact of the code. Raises NotFound when the list does not carry it."""
        try:
            return self.facts[name]
        except KeyError:
            raise NotFound(_("The code %(code)s has no fact %(name)s.", code=self.code, name=name)) from None


@dataclass(frozen=True, slots=True)
class CodeList:
    """An ordered list of codes."""

    key: str
    items: tuple[Item, ...]
    label: Label
    origin: Origin

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, code: object) -> bool:
        return any(item.code == code for item in self.items)

    def __getitem__(self, code: str) -> Item:
        for item in self.items:
            if item.code == code:
                return item
        raise NotFound(_("The list %(list)s has no code %(code)s.", list=self.key, code=code))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the list's own order."""
        return tuple(item.code for item in self.items)

    def choices(self, language: str = "en") -> list[tuple[str, str]]:
        """(code, name) pairs for a form or an API, in the list's own order."""
        return [(item.code, item.label(language)) for item in self.items]


Entry = Number | Clock | CodeList
EntryT = TypeVar("EntryT", Number, Clock, CodeList)


@dataclass(frozen=True, slots=True)
class LawBook:
    """Everything that held on one London day in one jurisdiction, local choices included.

    `digest` (16 hexadecimal digits) changes when anything in the book changes: keep it with a decision.
    """

    on: date
    jurisdiction: str
    entries: Mapping[str, Entry]
    digest: str

    def number(self, key: str) -> int:
        """The value of a threshold. Raises NotFound when the book has no such threshold on its day."""
        return self.entry(key, Number).value

    def clock(self, key: str) -> Clock:
        """A clock. Raises NotFound when the book has no such clock on its day."""
        return self.entry(key, Clock)

    def codes(self, key: str) -> CodeList:
        """A list of codes. Raises NotFound when the book has no such list on its day."""
        return self.entry(key, CodeList)

    def entry(self, key: str, kind: type[EntryT]) -> EntryT:
        """An entry of a kind with its origin, for pages that show the source. Raises NotFound."""
        found = self.entries.get(key)
        if not isinstance(found, kind):
            raise NotFound(
                _(
                    "The law book for %(day)s holds no %(kind)s called %(key)s.",
                    day=self.on.isoformat(),
                    kind=kind.__name__.lower(),
                    key=key,
                )
            )
        return found

    def label(self, list_key: str, code: str, language: str = "en") -> str:
        """The name of a code in a list, in `language`."""
        return self.codes(list_key)[code].label(language)

    @property
    def local_choices(self) -> tuple[str, ...]:
        """The keys that this partnership chose differently from the default."""
        return tuple(k for k, e in self.entries.items() if isinstance(e, Number | Clock) and e.by_choice)
