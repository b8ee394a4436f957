"""What profile sections are made of. Later rooms add theirs: `PROFILE_SECTIONS.add("surveys", Contribution(...))`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.contributions import Point
from ourpatch.intelligence.profiles.rules import Category

if TYPE_CHECKING:
    from ourpatch.data.analysis.pictures import Picture


@dataclass(frozen=True, slots=True)
class Setting:
    """Which profile is being put together: of where, when, and whether for everybody (`is_public`) or for staff."""

    neighbourhood: ServiceArea
    now: datetime
    is_public: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Figures side by side, as the table component takes them."""

    caption: str
    head: Sequence[Any]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with what it says in words, and the same figures as a table."""

    title: str
    words: str
    svg: Picture
    table: Table
    source: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A line of the source register: what it is, whose, how it comes here, as of when, and what it cannot tell."""

    name: str
    owner: str
    is_automatic: bool
    as_of: date | None = None
    limitations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """What one source says about a neighbourhood: sentences, tables and figures, and where they are from."""

    title: str
    source: Source
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    cautions: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Contribution:
    """Something that can fill a category; `build` gives None when it has nothing to say."""

    category: Category
    build: Callable[[Setting], Section | None]


PROFILE_SECTIONS: Point[Contribution] = Point("profile sections")
