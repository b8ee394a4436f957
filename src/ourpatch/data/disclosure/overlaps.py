"""What may be published of a quarter when areas of several kinds, and earlier releases, speak of the same incidents.

Neighbourhoods are published by month and category, other kinds of area (wards, small areas, districts) by category alone.
Pieces are what their borders cut each other into: places, with a count of each category; a neighbourhood's months are
pieces of their own that add up to its places' counts. What was published of data that has been corrected since speaks of
the pieces as they were: a piece whose count moved is two, and the step between them is protected like any small number.

Pure: counts and tables come in, the figures that must be withheld besides go out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ourpatch.data.disclosure.quarters import TOTAL, Table
from ourpatch.data.disclosure.rules import MinimumCell, Why
from ourpatch.data.disclosure.rules.families import Family, Figure, Status, decide, remainders

KINDS = ("neighbourhood", "ward", "lsoa", "district")
NEIGHBOURHOOD = KINDS[0]

Place = tuple[str, str, str, str]
"""The codes of the areas that a piece lies in, by `KINDS`; "" for none."""
Area = tuple[str, str]
"""Kind and code."""
Cell = tuple[str, str]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """The data of a quarter as it stood: place -> counts with a row a category and a column a month (named, as loaded)."""

    months: tuple[str, ...]
    counts: Mapping[Place, NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be, or was, published of one area, and of which version of the data (its position)."""

    area: Area
    table: Table
    version: int


@dataclass(frozen=True, slots=True)
class Joint:
    """What must be withheld besides, by area, and how many small numbers may be given away whatever is withheld; `around`:
    every area that counts any of those.
    """

    withheld: Mapping[Area, frozenset[Cell]]
    given_away: int
    around: frozenset[Area] = frozenset()


def withhold_further(
    new: Sequence[Told],
    before: Sequence[Told],
    versions: Sequence[Version],
    categories: Sequence[str],
    rule: MinimumCell,
) -> Joint:
    """What else must be withheld of new tables so that they and everything published before give no small number away.

    `versions`: the data as it stands first, then as it stood when earlier releases were made.
    """
    builder = _Builder(
        versions, categories, rule, has_places=any(each.area[0] != NEIGHBOURHOOD for each in (*new, *before))
    )
    figures = list(builder.figures(new, before))
    if not figures:
        return Joint({}, 0)
    decision = decide(Family(builder.counts, builder.places, tuple(figures)), rule)
    withheld: dict[Area, set[Cell]] = defaultdict(set)
    for kind, code, row, column in decision.protecting:
        withheld[kind, code].add((row, column))
    return Joint(
        {area: frozenset(cells) for area, cells in withheld.items()},
        len(decision.to_all),
        builder.areas_at(decision.around),
    )


def without(table: Table, cells: frozenset[Cell]) -> Table:
    """A table with some more of its numbers withheld."""
    figures = {key: None if key in cells else value for key, value in table.figures.items()}
    return replace(table, figures=figures, why={**table.why, **dict.fromkeys(cells, str(Why.PROTECTS))})


def counts_of(version: Version, area: Area, categories: int) -> NDArray[np.int64]:
    """The counts of one area, with a row a category and a column a month."""
    at = KINDS.index(area[0])
    nothing = np.zeros((categories, len(version.months)), dtype=np.int64)
    return sum((counts for place, counts in version.counts.items() if place[at] == area[1]), nothing)


class _Builder:
    """Pieces given numbers as figures ask for them."""

    def __init__(
        self, versions: Sequence[Version], categories: Sequence[str], rule: MinimumCell, *, has_places: bool
    ) -> None:
        self.versions, self.categories, self.rule, self.has_places = versions, categories, rule, has_places
        self.counts: list[int] = []
        self.places: list[int] = []
        self._piece: dict[tuple[Key, int], int] = {}
        self._ground: dict[Key, int] = {}
        self._whole = [_by_area(version) for version in versions]
        self._within = [_places_of(version) for version in versions]
        self._quarter = [
            {place: counts.sum(axis=1).tolist() for place, counts in version.counts.items()} for version in versions
        ]

    def figures(self, new: Sequence[Told], before: Sequence[Told]) -> Iterator[Figure[Key]]:
        """Every figure that an outsider has or would have, and everything small that they could add up to."""
        seen: set[tuple[int, ...]] = set()
        for at, told in enumerate(before):
            for figure in self._of(told, ("before", str(at)), earlier=True):
                if figure.status is Status.SEEN:
                    seen.add(figure.parts)
                yield figure
        for told in new:
            yield from (figure for figure in self._of(told, told.area, earlier=False) if figure.parts not in seen)
        if self.has_places:
            yield from self._links([*new, *before])
            yield from self._remainders([*new, *before])
        yield from self._steps()

    def areas_at(self, places: Collection[int]) -> frozenset[Area]:
        """Every area that counts something at these places, by their numbers."""
        found: set[Area] = set()
        for ground, number in self._ground.items():
            if number in places:
                within = [ground[1:]] if ground[0] == "place" else self._within[0].get(_area_of(ground), [])
                found |= {(kind, code) for place in within for kind, code in zip(KINDS, place, strict=True) if code}
        return frozenset(found)

    def _of(self, told: Told, name: Key, *, earlier: bool) -> Iterator[Figure[Key]]:
        for (row, column), value in told.table.figures.items():
            parts = self._parts(told.area, told.version, row, column)
            true = sum(self.counts[i] for i in parts)
            # What was published of other ground than the data knows cannot be held against it.
            if not parts or (value is not None and value != true):
                continue
            yield Figure(
                (*name, row, column), parts, _status(value, earlier=earlier), (), self._is_total(told, row, column)
            )

    def _is_total(self, told: Told, row: str, column: str) -> bool:
        """Whether a figure is a sum of others, as the only month of a neighbourhood is of its places."""
        only_month = told.area[0] == NEIGHBOURHOOD and len(self.versions[told.version].months) == 1
        return TOTAL in (row, column) or (self.has_places and only_month)

    def _parts(self, area: Area, version: int, row: str, column: str) -> tuple[int, ...]:
        rows = range(len(self.categories)) if row == TOTAL else [self.categories.index(row)]
        if area[0] == NEIGHBOURHOOD:
            months = self.versions[version].months
            columns = months if column == TOTAL else [column]
            if area not in self._whole[version] or not set(columns) <= set(months):
                return ()
            return tuple(self._month(area, version, r, months.index(c)) for r in rows for c in columns)
        return tuple(self._at(place, version, r) for place in self._within[version].get(area, ()) for r in rows)

    def _month(self, area: Area, version: int, row: int, column: int) -> int:
        month = self.versions[version].months[column]
        count = int(self._whole[version][area][row, column])
        return self._numbered(("months", *area), (str(row), month), count)

    def _at(self, place: Place, version: int, row: int) -> int:
        return self._numbered(("place", *place), (str(row),), self._quarter[version][place][row])

    def _numbered(self, ground: Key, cell: Key, count: int) -> int:
        """The piece of a count; one that was the same in another version is the same."""
        known = ((*ground, *cell), count)
        if known not in self._piece:
            self._piece[known] = len(self.counts)
            self.counts.append(count)
            self.places.append(self._ground.setdefault(ground, len(self._ground)))
        return self._piece[known]

    def _links(self, every: Sequence[Told]) -> Iterator[Figure[Key]]:
        """A neighbourhood's months add up to what its places hold: nobody need publish it, everybody knows it."""
        with_places = {told.version for told in every if told.area[0] != NEIGHBOURHOOD} | {0}
        for area, version in dict.fromkeys((told.area, told.version) for told in every):
            if area[0] != NEIGHBOURHOOD or version not in with_places or area not in self._whole[version]:
                continue
            places = self._within[version].get(area, ())
            for row in range(len(self.categories)):
                months = tuple(self._month(area, version, row, c) for c in range(len(self.versions[version].months)))
                less = tuple(self._at(place, version, row) for place in places)
                yield Figure(("link", str(version), *area, str(row)), months, Status.SEEN, less)

    def _remainders(self, every: Sequence[Told]) -> Iterator[Figure[Key]]:
        """What overlapping areas have in common, and what is left of each, where that is small, as the data stands."""
        places = list(self.versions[0].counts)
        number = {place: at for at, place in enumerate(places)}
        counts = np.array([self._quarter[0][place] for place in places])
        told = dict.fromkeys(each.area for each in every)
        areas = {area: [number[place] for place in self._within[0].get(area, ())] for area in told}
        for pair, pieces in remainders(areas):
            for row in np.flatnonzero(self.rule.are_small(counts[list(pieces)].sum(axis=0))).tolist():
                parts = tuple(self._at(places[i], 0, row) for i in pieces)
                yield Figure(("left", *pair[0], *pair[1], str(pieces), str(row)), parts, Status.DERIVED)

    def _steps(self) -> Iterator[Figure[Key]]:
        """Between the versions of a piece whose count moved."""
        moved: dict[Key, list[int]] = defaultdict(list)
        for (key, _count), piece in self._piece.items():
            moved[key].append(piece)
        for key, pieces in moved.items():
            for at, one in enumerate(pieces):
                for other in pieces[at + 1 :]:
                    yield Figure(("step", *key, str(one), str(other)), (one,), Status.DERIVED, (other,))


def _area_of(ground: Key) -> Area:
    """The neighbourhood whose months a piece of ground stands for."""
    _months, kind, code = ground
    return kind, code


def _by_area(version: Version) -> dict[Area, NDArray[np.int64]]:
    """The counts of each neighbourhood."""
    found: dict[Area, NDArray[np.int64]] = {}
    for place, counts in version.counts.items():
        area = (NEIGHBOURHOOD, place[0])
        found[area] = found[area] + counts if area in found else counts
    return found


def _places_of(version: Version) -> dict[Area, list[Place]]:
    """The places of each area of every kind."""
    found: dict[Area, list[Place]] = defaultdict(list)
    for place in version.counts:
        for kind, code in zip(KINDS, place, strict=True):
            if code:
                found[kind, code].append(place)
    return found


def _status(value: int | None, *, earlier: bool) -> Status:
    if earlier:
        return Status.HELD_BACK if value is None else Status.SEEN
    return Status.WITHHELD if value is None else Status.OPEN
