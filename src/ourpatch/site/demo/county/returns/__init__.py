"""What the county's authorities send, each in the layout of its own system, and the story of the last quarters.

Pure: `file_of` makes the file of one deed of the story, `files_of` all good files of a quarter, `layout_of` says how a dataset's
files are read. What a file must come to is counted from the rows as they are told, before anything is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ourpatch.data.exchange.mapping import Layout
from ourpatch.foundation.law.clocks import add_months

from .. import names
from ..organisations import ORGANISATIONS
from . import councils, fire, health, police
from .scene import Fact, Row, Scene
from .story import NOT_HELD, SENDERS, Deed, Event, Sender, awaited, events, quarters
from .vendor import Changed, Vendor

if TYPE_CHECKING:
    from .. import County

__all__ = [
    "DATASETS",
    "NOT_HELD",
    "SENDERS",
    "Deed",
    "Event",
    "Return",
    "Sender",
    "awaited",
    "events",
    "file_of",
    "files_of",
    "layout_of",
    "quarters",
    "system_of",
]


@dataclass(frozen=True, slots=True)
class Return:
    """A file that an organisation sends, and what must come of it.

    `first`, `months`: the period. `rows`: how many rows are kept, none when the file is stopped; `counts`: by category, of a
    dataset of counts the numbers themselves.
    """

    organisation: str
    dataset: str
    filename: str
    content: bytes
    first: date
    months: int
    rows: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Dataset:
    tell: Callable[[Scene], tuple[Row, ...]]
    vendor: Vendor


_EVERY = {
    each.vendor.dataset: each
    for each in (
        _Dataset(police.incidents, police.INCIDENT_LOG),
        _Dataset(police.crimes, police.CRIME_EXTRACT),
        _Dataset(fire.incidents, fire.INCIDENT_BOOK),
        _Dataset(fire.false_alarms, fire.FALSE_ALARMS),
        _Dataset(councils.collisions, councils.CASUALTY_RETURN),
        _Dataset(councils.exclusions, councils.EXCLUSION_EXPORT),
        _Dataset(councils.racial_incidents, councils.INCIDENT_REGISTER),
        _Dataset(councils.asb, councils.CASE_EXPORT),
        _Dataset(health.assault_and_alcohol, health.ADMISSIONS),
        _Dataset(health.domestic_abuse, health.DOMESTIC_ABUSE),
        _Dataset(health.counts, health.WAREHOUSE),
        _Dataset(health.ambulances, health.DISPATCH),
        _Dataset(health.assaults, health.EMERGENCY),
    )
}
DATASETS = tuple(_EVERY)
"""The twelve of the duty, and assaults seen in emergency departments."""
CORRECTED_ROWS = 3
LOST = "########"
"""What a spreadsheet shows of a date in a column that is too narrow, and writes when it is saved as text."""


def layout_of(dataset: str) -> Layout:
    """How the files of a dataset are read. Raises KeyError for one that nobody here sends."""
    return _EVERY[dataset].vendor.layout()


def system_of(dataset: str) -> str:
    """What the senders call the system that the files of a dataset come from. Raises KeyError as `layout_of` does."""
    return _EVERY[dataset].vendor.system


def files_of(county: County, quarter: date, share: float = 1.0) -> tuple[Return, ...]:
    """Every file of a quarter as it should be, one a month from those who send monthly.

    `quarter`: its first day. `share`: how much of the usual number of rows is told.
    """
    return tuple(
        file_of(county, Event(quarter, each.organisation, each.dataset, month, each.months, Deed.SEND), share)
        for each in SENDERS
        for month in (add_months(quarter, place) for place in range(0, 3, each.months))
    )


def file_of(county: County, event: Event, share: float = 1.0) -> Return:
    """The file that is sent by this deed. Raises KeyError when nothing is sent."""
    dataset = _EVERY[event.dataset]
    organisation = next(each for each in ORGANISATIONS if each.key == event.organisation)
    rng = np.random.default_rng(
        [county.seed, 6, event.first.toordinal(), *f"{organisation.key}/{event.dataset}".encode()]
    )
    scene = Scene(county, organisation, event.first, event.months, rng, share)
    rows = dataset.tell(scene)
    rows, changed = _VARIANTS[event.deed](scene, dataset.vendor, rows)
    who = organisation.name.split(" Council")[0].lower().replace(" ", "-")
    stopped = bool(changed)
    return Return(
        organisation.key,
        event.dataset,
        dataset.vendor.filename.format(who=who, first=scene.first, last=scene.last),
        dataset.vendor.content(organisation.name, scene.first, scene.last, rows, changed),
        event.first,
        event.months,
        0 if stopped else len(rows),
        {} if stopped else _counted(rows),
    )


def _counted(rows: Sequence[Row]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.category] += int(row.facts.get("n", 1))
    return dict(counts)


Variant = tuple[tuple[Row, ...], Changed]


def _as_it_is(_scene: Scene, _vendor: Vendor, rows: tuple[Row, ...]) -> Variant:
    return rows, {}


def _unreadable(_scene: Scene, vendor: Vendor, rows: tuple[Row, ...]) -> Variant:
    return rows, {vendor.when: lambda _row: LOST}


def _named(scene: Scene, vendor: Vendor, rows: tuple[Row, ...]) -> Variant:
    """Somebody left in the notes who it was. Raises KeyError for a system that has no notes."""
    if not vendor.notes:
        raise KeyError(f"Nobody writes notes in {vendor.dataset}.")
    given, surnames = scene.rng.choice(names.GIVEN_NAMES, len(rows)), scene.rng.choice(names.SURNAMES, len(rows))
    ages = scene.rng.integers(11 * 365, 16 * 365, len(rows)).tolist()

    def who(row: Row) -> str:
        at = row.number - 1
        return f"{given[at]} {surnames[at]}, dob {row.at.date() - timedelta(days=ages[at]):%d/%m/%Y}"

    return rows, {vendor.notes: who}


def _corrected(_scene: Scene, _vendor: Vendor, rows: tuple[Row, ...]) -> Variant:
    """Slight injuries that turned out to be serious."""
    found = [row for row in rows if row.category == "slight"][:CORRECTED_ROWS]
    return tuple(replace(row, category="serious", facts=_worse(row.facts)) for row in found), {}


def _worse(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    kind = "adults" if int(facts["slightly_injured_adults"]) else "children"
    slight, serious = f"slightly_injured_{kind}", f"seriously_injured_{kind}"
    return {**facts, slight: int(facts[slight]) - 1, serious: int(facts[serious]) + 1}


_VARIANTS = {
    Deed.SEND: _as_it_is,
    Deed.SEND_UNREADABLE: _unreadable,
    Deed.SEND_NAMED: _named,
    Deed.CORRECT: _corrected,
}
