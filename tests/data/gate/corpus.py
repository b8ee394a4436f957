"""Files of the twelve datasets with identifiers planted in them, built by a seeded program: what was planted where is known.

`halves()` gives the half the detectors were tuned on and the half that was written before them and held out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle
from random import Random
from types import ModuleType

import numpy as np
import pyarrow as pa
from tests.data.gate import held_out, tuned
from tests.data.gate.values import Values

from ourpatch.data.exchange.mapping.layout import Layout, Mapped
from ourpatch.data.exchange.reading.sheet import Sheet, SheetOptions
from ourpatch.data.store import specs
from ourpatch.data.store.specs import DatasetSpec, Field, FieldKind

DATASETS = (
    *(
        "police_incidents",
        "police_crimes",
        "fire_incidents",
        "fire_false_alarms",
        "road_collisions",
        "school_exclusions",
    ),
    *("racial_incidents", "council_asb", "hospital_assault_alcohol", "hospital_domestic_abuse", "health_counts"),
    "ambulance_callouts",
)
HOMES_ONLY = ("hospital_assault_alcohol", "hospital_domestic_abuse")
"""Datasets that say of a place no more than half a postcode: only there a postcode or a house is planted."""
NEEDS_HOMES = ("postcode", "home_address")
ROWS = 120
EACH = 4
"""How often a sentence is used for one kind of identifier; whole cells twice as often."""

NOTES, IGNORED, GRID, WORDS, UPDATED, PROPERTY = "Closing text", "Field 9", "OS ref", "w3w", "Last updated", "UPRN"


@dataclass(frozen=True)
class Case:
    """One file: its cells by column, the kinds planted by (row, column), and what the clean columns look like."""

    dataset: str
    columns: dict[str, list[str]]
    mapped: dict[str, str]
    sorts: dict[str, str]
    planted: dict[tuple[int, str], str] = field(default_factory=dict)
    in_text: set[tuple[int, str]] = field(default_factory=set)

    @property
    def spec(self) -> DatasetSpec:
        return specs.dataset(self.dataset)

    @property
    def layout(self) -> Layout:
        header = tuple(self.columns)
        fields = tuple(Mapped(key, column) for key, column in self.mapped.items())
        ignored = tuple(each for each in header if each not in self.mapped.values())
        return Layout(self.dataset, fields, SheetOptions(), header, ignored)

    @property
    def sheet(self) -> Sheet:
        rows = len(next(iter(self.columns.values())))
        return sheet_of(self.columns, np.arange(2, rows + 2))

    def clean(self) -> Iterator[tuple[int, str, str]]:
        """Row number, column and sort of every filled cell in which nothing was planted."""
        for column, cells in self.columns.items():
            for at, cell in enumerate(cells):
                if cell and (at + 2, column) not in self.planted:
                    yield at + 2, column, self.sorts[column]


def sheet_of(columns: dict[str, list[str]], numbers: np.ndarray | None = None) -> Sheet:
    """A sheet as the readers give it."""
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    return Sheet(
        "file.csv", "csv", table, np.arange(2, table.num_rows + 2) if numbers is None else numbers, SheetOptions()
    )


@cache
def halves() -> dict[str, tuple[Case, ...]]:
    """Both halves, built."""
    return {"tuned": tuple(_build(tuned)), "held out": tuple(_build(held_out))}


class Fill(Values):
    """Values, and the streets and schools of one half."""

    half: ModuleType

    def street(self) -> str:
        return f"{self.rng.choice(self.half.STREET_STEMS)} {self.rng.choice(self.half.STREET_TYPES)}"

    def street_upper(self) -> str:
        return self.street().upper()

    def school(self) -> str:
        school: str = self.rng.choice(self.half.SCHOOLS)
        return school

    def offence(self) -> str:
        offence: str = self.rng.choice(self.half.OFFENCES)
        return offence

    def place(self) -> str:
        shape = self.rng.choice(
            ("{}", "{}", "On or near {}", "{}, {}", "{} jct {}", "Junction of {} and {}", "Rear of {}")
        )
        return shape.format(self.street(), self.street())

    def clean_text(self) -> str:
        template: str = self.rng.choice(self.half.TEXTS_CLEAN)
        return template.format_map(self)

    def grid(self) -> str:
        return self.rng.choice(("SD {} {}", "SD{}{}", "NY {} {}", "SH {}{}")).format(self.digits(3), self.digits(3))

    def three_words(self) -> str:
        stock = ("filled", "count", "soap", "index", "home", "raft", "daring", "lion", "race", "grace", "mark", "rose")
        return self.rng.choice(("///", "")) + ".".join(self.rng.choice(stock) for _ in range(3))

    def updated(self) -> str:
        return f"{self.recent()} {self.clock()}"

    def property_number(self) -> str:
        return f"1000{self.digits(8)}"


def _build(half: ModuleType) -> list[Case]:
    rng = Random(half.SEED)
    fill = Fill(rng, half.PEOPLE)
    fill.half = half
    cases = [_clean_case(fill, specs.dataset(key), number) for number, key in enumerate(DATASETS)]
    for kind in half.TEXTS:
        able = [each for each in cases if kind not in NEEDS_HOMES or each.dataset in HOMES_ONLY]
        turns = cycle(able)
        for template in half.TEXTS[kind]:
            for _ in range(EACH):
                _plant(fill, next(turns), kind, template, NOTES)
        for template in half.BARE[kind]:
            for _ in range(2 * EACH):
                case = next(turns)
                _plant(fill, case, kind, template, rng.choice(_places_for(case, kind)))
    return cases


def _places_for(case: Case, kind: str) -> list[str]:
    """Columns in which somebody may have written such a thing: one that is ignored, and those with another purpose."""
    wanted = {"name": ("place", "school")}.get(kind, ("reference", "place"))
    return [IGNORED, IGNORED, *(case.mapped[key] for key in wanted if key in case.mapped)]


def _plant(fill: Fill, case: Case, kind: str, template: str, column: str) -> None:
    free = [at for at in range(ROWS) if (at + 2, column) not in case.planted]
    at = fill.rng.choice(free)
    case.columns[column][at] = template.format_map(fill)
    case.planted[at + 2, column] = kind
    if column == NOTES:
        case.in_text.add((at + 2, column))


def _clean_case(fill: Fill, spec: DatasetSpec, number: int) -> Case:
    columns: dict[str, list[str]] = {}
    mapped: dict[str, str] = {}
    sorts: dict[str, str] = {}
    for each in spec.fields:
        if each.kind in (FieldKind.LONGITUDE, FieldKind.LATITUDE):
            continue
        sort, make = _maker(fill, each, number)
        heading = next(name for name in (*each.names, each.key) if name not in columns)
        columns[heading] = [make() for _ in range(ROWS)]
        mapped[each.key], sorts[heading] = heading, sort
    extras: tuple[tuple[str, str, Callable[[], str]], ...] = (
        (NOTES, "free text", fill.clean_text),
        (IGNORED, "offence", fill.offence),
        (GRID, "grid reference", fill.grid),
        (WORDS, "three words", fill.three_words),
        (UPDATED, "date and time", fill.updated),
        (PROPERTY, "reference", fill.property_number),
    )
    for heading, sort, make in extras:
        columns[heading] = [make() for _ in range(ROWS)]
        sorts[heading] = sort
    return Case(spec.key, columns, mapped, sorts)


def _maker(fill: Fill, each: Field, number: int) -> tuple[str, Callable[[], str]]:
    rng = fill.rng
    references: tuple[Callable[[], str], ...] = (
        fill.log,
        lambda: f"{rng.randrange(1, 99999):06d}/26",
        lambda: f"26{rng.randrange(10**8):08d}",
        lambda: f"FRS{rng.randrange(10**6):06d}",
        lambda: f"{rng.randrange(10**3):04d}-{rng.randrange(1_01, 31_12):04d}26",
    )
    makers: dict[FieldKind, tuple[str, Callable[[], str]]] = {
        FieldKind.REFERENCE: ("reference", references[number % len(references)]),
        FieldKind.DATE: ("date and time", fill.recent),
        FieldKind.TIME: ("date and time", fill.clock),
        FieldKind.DATETIME: ("date and time", fill.updated),
        FieldKind.MONTH: ("date and time", lambda: f"2026-{rng.randrange(1, 4):02d}"),
        FieldKind.EASTING: ("number", lambda: f"{rng.randrange(330_000, 400_000)}.{rng.randrange(10)}"),
        FieldKind.NORTHING: ("number", lambda: str(rng.randrange(400_000, 480_000))),
        FieldKind.POSTCODE: ("postcode in its own field", fill.postcode),
        FieldKind.OUTWARD: ("outward code", fill.outward),
        FieldKind.LSOA: ("reference", lambda: f"E0102{rng.randrange(10_000):04d}"),
        FieldKind.PLACE: ("street", fill.place),
        FieldKind.CODE: ("offence", fill.offence),
        FieldKind.COUNT: ("number", lambda: str(rng.randrange(9))),
        FieldKind.AGE: ("number", lambda: str(rng.randrange(5, 17))),
        FieldKind.TEXT: ("school", fill.school),
    }
    return makers[each.kind]
