"""What is published of a place: by quarters that close, so that no figure runs on from one release to the next.

A quarter is closed once a later month is loaded, or its last month is. Of a closed quarter the whole table of categories by
months is published, with its totals, as far as the minimum count allows. Of the open quarter only each month's total is:
anything more would be taken back, or given away by subtraction, when the quarter closes. Quarters share no month, so no two
of their figures can be subtracted from each other.

A correction is compared with what was published before. If both together would give away what neither does alone, the cells
and every figure that moved a little are withheld.

Pure: the counts come in as an array, what may be shown goes out as plain values that are stored.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ourpatch.data.disclosure.rules import MinimumCell, Unsafe, Why, differences_unsafe, nearest, suppress

TOTAL = "total"
Figures = Mapping[tuple[str, str], int | None]

# The lowest count of each band of map points; the first holds what would be too small to show as a number.
BANDS = (1, 5, 10, 25, 50, 100)
ROOM = BANDS[1] - BANDS[0] - 1
"""By how much a point of the lowest band can be more than its lowest count."""


def quarter_of(month: date) -> date:
    """The first day of the calendar quarter that holds a month."""
    return date(month.year, (month.month - 1) // 3 * 3 + 1, 1)


def last_month(quarter: date) -> date:
    """The first day of a quarter's last month."""
    return date(quarter.year, quarter.month + 2, 1)


def is_closed(quarter: date, months: Iterable[date]) -> bool:
    """Whether a quarter will get no further month, given the months (first days) that are loaded."""
    return max(months) >= last_month(quarter)


@dataclass(frozen=True, slots=True)
class Table:
    """What may be shown of one place and quarter. `figures`: (category or total, month as 2026-04 or total) -> number.

    None: withheld, `why` says why. A key that is not there is not published. `months` are those loaded.
    """

    months: tuple[str, ...]
    closed: bool
    figures: Figures
    why: Mapping[tuple[str, str], str]

    def as_cells(self) -> dict[str, Any]:
        """Plain values for the stored release."""
        return {
            "months": list(self.months),
            "closed": self.closed,
            "figures": [[row, column, value] for (row, column), value in self.figures.items()],
            "why": [[row, column, reason] for (row, column), reason in self.why.items()],
        }

    @classmethod
    def of_cells(cls, cells: Mapping[str, Any]) -> Table:
        """The table that a stored release holds."""
        return cls(
            months=tuple(cells["months"]),
            closed=cells["closed"],
            figures={(row, column): value for row, column, value in cells["figures"]},
            why={(row, column): reason for row, column, reason in cells["why"]},
        )


def publishable(
    counts: NDArray[np.int64],
    categories: Sequence[str],
    months: Sequence[date],
    *,
    closed: bool,
    rule: MinimumCell,
    seen: Sequence[Table] = (),
) -> Table:
    """What may be shown of a quarter: `counts` has a row a category and a column a month.

    `seen` is everything that was published of the same place and quarter before, oldest first.
    """
    before = _remembered(seen)
    names = tuple(f"{month:%Y-%m}" for month in months)
    if not closed:
        table = _totals_only(counts, names, rule, closed=False)
    else:
        table = _everything(counts, categories, names, rule)
        if _takes_back_totals(before, table):
            table = _totals_only(counts, names, rule, closed=True)
    return _after(before, table, rule) if before else table


def by_category(
    counts: NDArray[np.int64], categories: Sequence[str], months: Sequence[date], rule: MinimumCell
) -> Table:
    """What may be shown of a closed quarter of an area that is published by category alone: `counts` has one a category."""
    safe = suppress(counts, rule)
    keys = [*((category, TOTAL) for category in categories), (TOTAL, TOTAL)]
    figures = {key: safe.shown(at) for at, key in enumerate(keys)}
    why = {key: str(safe.why(at)) for at, key in enumerate(keys) if figures[key] is None}
    return Table(tuple(f"{month:%Y-%m}" for month in months), True, figures, why)


def rounded(table: Table, base: int) -> Table:
    """The table with each number to the nearest multiple of an odd base; what is withheld stays withheld.

    Whoever sees it could have worked it out from the table itself, and so learns nothing by it that the table does not say.
    It depends on the number alone: the same number is rounded the same way in every release.
    """
    figures = {key: None if value is None else nearest(value, base) for key, value in table.figures.items()}
    return replace(table, figures=figures)


def shows_more(base: int | None, than: int | None) -> bool:
    """Whether rounding to one base (None: not at all) says more of a number than rounding to another."""
    return than is not None and (base is None or base < than)


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A map point in metres (EPSG:27700), the lowest count of its band, and the areas that it lies in."""

    easting: float
    northing: float
    place: str
    least: int
    areas: tuple[tuple[str, str], ...]

    @property
    def drawn(self) -> list[Any]:
        """As a stored release holds it."""
        return [self.easting, self.northing, self.place, self.least]


def drawable(
    points: Sequence[MapPoint], totals: Mapping[tuple[str, str], int], beside: Sequence[MapPoint] = ()
) -> list[MapPoint]:
    """The map points that may be drawn where these areas' totals are known, and the points `beside` them have been seen.

    If the lowest numbers of an area's points came near its total, each of the lowest band would have to be its lowest: as
    many of those are left out, from the end, as leave room for any of them to be anything in its band.
    """
    kept = dict.fromkeys(range(len(points)))
    taken = Counter[tuple[str, str]]()
    for point in beside:
        taken.update(dict.fromkeys(point.areas, point.least))
    for area, inside in _by_area(points).items():
        if area not in totals:
            continue
        spare = totals[area] - taken[area] - sum(points[at].least for at in inside if at in kept)
        for at in reversed([at for at in inside if at in kept and points[at].least == BANDS[0]]):
            if spare >= ROOM:
                break
            del kept[at]
            spare += BANDS[0]
    return [points[at] for at in kept]


def crowded(points: Sequence[MapPoint], totals: Mapping[tuple[str, str], int]) -> set[tuple[str, str]]:
    """The areas whose totals would pin down a point of the lowest band, if all of these points are drawn."""
    found = set()
    for area, inside in _by_area(points).items():
        bands = [points[at].least for at in inside]
        if area in totals and BANDS[0] in bands and totals[area] - sum(bands) < ROOM:
            found.add(area)
    return found


def total_of(table: Table) -> int | None:
    """The quarter's total, as it is shown or as its months add up to it."""
    if (shown := table.figures.get((TOTAL, TOTAL))) is not None:
        return shown
    months = [value for month in table.months if (value := table.figures.get((TOTAL, month))) is not None]
    return sum(months) if len(months) == len(table.months) else None


def band(count: int) -> int:
    """The lowest count of the band that a map point's count falls into."""
    return max(lowest for lowest in BANDS if lowest <= count)


def _by_area(points: Sequence[MapPoint]) -> dict[tuple[str, str], list[int]]:
    """Area -> the positions of the points in it."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, point in enumerate(points):
        for area in point.areas:
            found[area].append(at)
    return found


def _everything(counts: NDArray[np.int64], categories: Sequence[str], names: Sequence[str], rule: MinimumCell) -> Table:
    safe = suppress(counts, rule)
    rows, columns = (*categories, TOTAL), (*names, TOTAL)
    figures: dict[tuple[str, str], int | None] = {}
    why: dict[tuple[str, str], str] = {}
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            figures[row, column] = safe.shown(i, j)
            if figures[row, column] is None:
                why[row, column] = str(safe.why(i, j))
    return Table(tuple(names), True, figures, why)


def _totals_only(counts: NDArray[np.int64], names: Sequence[str], rule: MinimumCell, *, closed: bool) -> Table:
    """Each month's total by itself; without a total over them, none gives away another."""
    totals = {(TOTAL, name): int(total) for name, total in zip(names, counts.sum(axis=0), strict=True)}
    small = {key for key, total in totals.items() if rule.is_small(total)}
    figures = {key: None if key in small else total for key, total in totals.items()}
    return Table(tuple(names), closed, figures, dict.fromkeys(small, str(Why.SMALL)))


def _remembered(seen: Sequence[Table]) -> Figures:
    """What somebody who kept every release knows: of each figure the last number that was shown."""
    known: dict[tuple[str, str], int | None] = {}
    for table in seen:
        for key, value in table.figures.items():
            known[key] = value if value is not None else known.get(key)
    return known


def _takes_back_totals(before: Figures, after: Table) -> bool:
    """Whether a month's total that everybody has seen would be withheld to protect a cell: then it protects nothing."""
    return any(
        before.get((TOTAL, month)) is not None and after.figures.get((TOTAL, month)) is None for month in after.months
    )


def _after(before: Figures, table: Table, rule: MinimumCell) -> Table:
    """The table as it may follow what is known: whole, or each month's total that together with it gives nothing away."""
    sums = _sums(before, table)
    unsafe = differences_unsafe(before, table.figures, rule, nested=sums)
    if not unsafe:
        return table
    figures = {(TOTAL, month): table.figures.get((TOTAL, month)) for month in table.months}
    while told := _telling(figures, differences_unsafe(before, figures, rule, nested=sums)):
        figures = {key: None if key in told else value for key, value in figures.items()}
    why = {key: table.why.get(key, str(Why.PROTECTS)) for key, value in figures.items() if value is None}
    return Table(table.months, table.closed, figures, why)


def _telling(figures: Figures, unsafe: Sequence[Unsafe[tuple[str, str]]]) -> set[tuple[str, str]]:
    """The months' totals still shown that give something away: of the month concerned, or all where it is a quarter's figure."""
    columns = {each.key[1] for each in unsafe}
    return {key for key, value in figures.items() if value is not None and (key[1] in columns or TOTAL in columns)}


def _sums(before: Figures, table: Table) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Every total that was or would be published -> its parts."""
    rows = list(dict.fromkeys(row for row, _column in [*before, *table.figures] if row != TOTAL))
    columns = list(table.months)
    sums = {(row, TOTAL): [(row, column) for column in columns] for row in [*rows, TOTAL]}
    return sums | {(TOTAL, column): [(row, column) for row in rows] for column in [*columns, TOTAL] if rows}
