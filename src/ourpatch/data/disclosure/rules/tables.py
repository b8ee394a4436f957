"""Which cells of one table may be shown.

Withholding a small count is not enough: what is left must not give it back by subtraction. Two outsiders are kept
out. The first knows every published number and total, and that zeros are shown: each withheld number must stay
uncertain for him by the rule's width. The second knows besides which cells were withheld for being small (and so that
they lie between one and the threshold): for her no small number may be certain (four withheld that add up to sixteen
would all be four). The bounds are exact (`data.analysis.circulation`). What is not defended against: knowledge from
outside the tables, and somebody who runs this procedure backwards; so a public page says "withheld" and never why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import comb
from typing import Literal

import numpy as np

from ourpatch.data.analysis.circulation import UNBOUNDED, Arc, Circulation, Step
from ourpatch.data.disclosure.rules.cells import Integers, Mask, MinimumCell, Why
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

MOST_TRIALS = 3000
MOST_TO_PRUNE = 120


@dataclass(frozen=True, slots=True)
class Totals:
    """Which totals are published beside the cells. A list has only a grand total."""

    rows: bool = True
    columns: bool = True
    grand: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Suppressed:
    """A table with what may be shown of it. Every array has one more place than the cells in each direction, last for
    the totals.

    `method`: "none" (nothing further was needed), "optimal" (fewest totals, then fewest cells, then smallest counts)
    or "greedy".
    """

    counts: Integers
    primary: Mask
    secondary: Mask
    published: Mask
    rule: MinimumCell
    method: Literal["none", "optimal", "greedy"]

    @property
    def withheld(self) -> Mask:
        """Every published place whose number is not shown."""
        return self.primary | self.secondary

    def why(self, *place: int) -> Why:
        """Why a place is shown or not."""
        if self.primary[place]:
            return Why.SMALL
        if self.secondary[place]:
            return Why.PROTECTS
        return Why.SHOWN if self.published[place] else Why.NOT_PUBLISHED

    def shown(self, *place: int) -> int | None:
        """The number of a place, or None."""
        return int(self.counts[place]) if self.why(*place) is Why.SHOWN else None


def suppress(
    counts: Sequence[int] | Sequence[Sequence[int]] | Integers, rule: MinimumCell, totals: Totals | None = None
) -> Suppressed:
    """What may be shown of a list or a two-way table of counts.

    Small counts and small published totals are withheld; then further cells (totals last, zeros never) until each
    withheld number is uncertain by the rule's width. Optimal by trying everything where that is few enough trials,
    else by cheapest cycles and pruning. Raises BadInput for anything but one or two dimensions of counts.
    """
    table = Laid.of(counts, totals or Totals())
    primary = frozenset(i for i in table.published if rule.is_small(table.flows.arcs[i].value))
    # Nothing to add: the usual case of a large area.
    if table.is_safe(primary, frozenset(), rule):
        return table.result(primary, frozenset(), rule, "none")
    optimal = _optimal(table, primary, rule)
    if optimal is not None:
        return table.result(primary, optimal, rule, "optimal")
    return table.result(primary, _greedy(table, primary, rule), rule, "greedy")


def intervals(suppressed: Suppressed, *, knowing_why: bool = False) -> dict[tuple[int, ...], tuple[int, int | None]]:
    """What an outsider can work out about each withheld place: lowest and highest value (None: no upper bound).

    `knowing_why`: the outsider also knows which were withheld for being small, hence their range.
    """
    table = Laid.again(suppressed.counts, suppressed.published)
    primary, secondary = table.at(suppressed.primary), table.at(suppressed.secondary)
    hidden = table.hidden(primary | secondary)
    rule = suppressed.rule
    limits = _limits(table, primary, secondary, rule) if knowing_why else _floors(primary | secondary, rule)
    found: dict[tuple[int, ...], tuple[int, int | None]] = {}
    for i in sorted(primary | secondary):
        low, high = table.flows.interval(i, hidden, limits=limits)
        found[table.places[i]] = (low, None if high >= UNBOUNDED else high)
    return found


# --- tables as circulations -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Laid:
    """A table as a circulation: arcs, the place of each, which are published, and which are totals."""

    flows: Circulation
    places: tuple[tuple[int, ...], ...]
    published: frozenset[int]
    totals: frozenset[int]
    counts: Integers
    shape: tuple[int, ...]

    @classmethod
    def of(cls, counts: Sequence[int] | Sequence[Sequence[int]] | Integers, totals: Totals) -> Laid:
        cells = np.asarray(counts)
        if cells.ndim not in (1, 2) or not cells.size:
            raise BadInput(_("Give a list of counts, or a table of rows of counts."))
        if not np.issubdtype(cells.dtype, np.integer) or (cells < 0).any():
            raise BadInput(_("Counts are whole numbers from zero."))
        return (
            cls._list(cells.astype(np.int64), totals)
            if cells.ndim == 1
            else cls._two_way(cells.astype(np.int64), totals)
        )

    @classmethod
    def again(cls, counts: Integers, published: Mask) -> Laid:
        """The table that a result was made of: counts and what is published, totals last."""
        if published.ndim == 1:
            return cls._list(counts[:-1], Totals(grand=bool(published[-1])))
        kept = Totals(rows=bool(published[0, -1]), columns=bool(published[-1, 0]), grand=bool(published[-1, -1]))
        return cls._two_way(counts[:-1, :-1], kept)

    @classmethod
    def _list(cls, cells: Integers, totals: Totals) -> Laid:
        """Two nodes: every cell flows there, the total flows back."""
        counts = np.append(cells, cells.sum())
        arcs = [Arc(0, 1, int(v)) for v in cells] + [Arc(1, 0, int(counts[-1]))]
        last = len(cells)
        published = frozenset(range(last + 1 if totals.grand else last))
        return cls(
            Circulation(arcs), tuple((i,) for i in range(last + 1)), published, frozenset({last}), counts, (last,)
        )

    @classmethod
    def _two_way(cls, cells: Integers, totals: Totals) -> Laid:
        """Grand total -> row totals -> cells -> column totals -> grand total, with a node for every sum."""
        rows, columns = cells.shape
        counts = np.zeros((rows + 1, columns + 1), dtype=np.int64)
        counts[:-1, :-1] = cells
        counts[:-1, -1], counts[-1, :-1], counts[-1, -1] = cells.sum(axis=1), cells.sum(axis=0), cells.sum()
        # Nodes: rows, then columns, then where row totals leave from, then where column totals arrive.
        leave, arrive = rows + columns, rows + columns + 1
        arcs, places, shown = [], [], []
        for i in range(rows + 1):
            for j in range(columns + 1):
                tail = (leave if i < rows else arrive) if j == columns else (i if i < rows else rows + j)
                head = (i if i < rows else leave) if j == columns else (rows + j if i < rows else arrive)
                arcs.append(Arc(tail, head, int(counts[i, j])))
                places.append((i, j))
                shown.append(_is_published(i == rows, j == columns, totals))
        return cls(
            flows=Circulation(arcs),
            places=tuple(places),
            published=frozenset(k for k, is_shown in enumerate(shown) if is_shown),
            totals=frozenset(k for k, (i, j) in enumerate(places) if i == rows or j == columns),
            counts=counts,
            shape=(rows, columns),
        )

    def at(self, mask: Mask) -> frozenset[int]:
        """The arcs where a mask is true."""
        return frozenset(i for i, place in enumerate(self.places) if mask[place])

    def hidden(self, withheld: frozenset[int]) -> frozenset[int]:
        """What an outsider does not see: what is withheld and what is not published at all."""
        return withheld | (frozenset(range(len(self.places))) - self.published)

    def is_safe(self, primary: frozenset[int], secondary: frozenset[int], rule: MinimumCell) -> bool:
        """Whether both outsiders are kept out: every withheld number wide, no small one certain."""
        withheld = primary | secondary
        hidden = self.hidden(withheld)
        if self.flows.alone(hidden) & withheld:
            return False
        limits = _floors(withheld, rule)
        if not all(self.flows.is_wide(i, hidden, rule.width, limits) for i in sorted(withheld)):
            return False
        limits = _limits(self, primary, secondary, rule)
        return all(self.flows.is_wide(i, hidden, 1, limits) for i in sorted(primary - self.totals))

    def candidates(self, withheld: frozenset[int]) -> list[int]:
        """What could be withheld besides: published, not nought (an outsider may know a nought for other reasons),
        not yet withheld.
        """
        return [i for i in sorted(self.published - withheld) if self.flows.arcs[i].value > 0]

    def result(
        self,
        primary: frozenset[int],
        secondary: frozenset[int],
        rule: MinimumCell,
        method: Literal["none", "optimal", "greedy"],
    ) -> Suppressed:
        return Suppressed(
            self.counts, self._mask(primary), self._mask(secondary), self._mask(self.published), rule, method
        )

    def _mask(self, arcs: frozenset[int]) -> Mask:
        mask = np.zeros(self.counts.shape, dtype=np.bool_)
        for i in arcs:
            mask[self.places[i]] = True
        return mask


def _is_published(in_total_row: bool, in_total_column: bool, totals: Totals) -> bool:
    if in_total_row and in_total_column:
        return totals.grand
    if in_total_row:
        return totals.columns
    return totals.rows if in_total_column else True


def _floors(withheld: frozenset[int], rule: MinimumCell) -> dict[int, tuple[int, int]]:
    """What everybody knows: where zeros are shown, nothing withheld is zero."""
    return dict.fromkeys(withheld, (1, UNBOUNDED)) if rule.zeros_shown else {}


def _limits(
    table: Laid, primary: frozenset[int], secondary: frozenset[int], rule: MinimumCell
) -> dict[int, tuple[int, int]]:
    """What follows from knowing why each cell was withheld: the small ones are small, the others are not.

    Nothing follows for totals: four ones with a total known to be small could not be hidden by any means.
    """
    small = (1 if rule.zeros_shown else 0, rule.smallest_shown - 1)
    not_small = (rule.smallest_shown, UNBOUNDED)
    return dict.fromkeys(primary - table.totals, small) | dict.fromkeys(secondary - table.totals, not_small)


def _optimal(table: Laid, primary: frozenset[int], rule: MinimumCell) -> frozenset[int] | None:
    """The best further cells by trying all in order of cost, or None when that takes too many trials."""
    for trial, chosen in enumerate(_by_cost(table, primary)):
        if chosen is None or trial >= MOST_TRIALS:
            return None
        if table.is_safe(primary, chosen, rule):
            return chosen
    return None


def _by_cost(table: Laid, primary: frozenset[int]) -> Iterator[frozenset[int] | None]:
    """Every set of further cells: fewest totals, then fewest cells, then smallest sum of the counts lost.

    Ends with None where the next size has too many sets to try.
    """
    candidates = table.candidates(primary)
    totals = [i for i in candidates if i in table.totals]
    cells = [i for i in candidates if i not in table.totals]
    for some_totals, some_cells in product(range(len(totals) + 1), range(len(cells) + 1)):
        if comb(len(totals), some_totals) * comb(len(cells), some_cells) > MOST_TRIALS:
            yield None
            return
        sets = [frozenset(a + b) for a in combinations(totals, some_totals) for b in combinations(cells, some_cells)]
        yield from sorted(sets, key=lambda s: (sum(table.flows.arcs[i].value for i in s), sorted(s)))


def _greedy(table: Laid, primary: frozenset[int], rule: MinimumCell) -> frozenset[int]:
    """Withhold the cheapest way round for each number that is still too certain, then give back what turns out not to
    be needed.

    Withholding more never makes an earlier number more certain, so each is looked at once.
    """
    secondary: frozenset[int] = frozenset()
    waiting = sorted(primary, key=lambda i: (table.flows.arcs[i].value, i))
    while waiting:
        arc = waiting.pop(0)
        for widen in (_wide_way, _uncertain_way):
            further = widen(table, arc, primary, secondary, rule) - primary - secondary
            secondary |= further
            waiting += sorted(further)
    return _pruned(table, primary, secondary, rule)


def _wide_way(
    table: Laid, arc: int, primary: frozenset[int], secondary: frozenset[int], rule: MinimumCell
) -> frozenset[int]:
    """What to withhold so that a number is uncertain by the rule's width."""
    hidden = table.hidden(primary | secondary)
    limits = _floors(table.published, rule)
    low, high = table.flows.interval(arc, hidden, rule.width, limits)
    if high - low >= rule.width:
        return frozenset()
    rise = rule.width - (table.flows.arcs[arc].value - low)
    way = table.flows.cheapest_return(Step(arc, True), rise, _Cost(table, hidden), limits)
    assert way is not None, "the totals always offer a way round by which a number can rise"
    return frozenset(way) & table.published


def _uncertain_way(
    table: Laid, arc: int, primary: frozenset[int], secondary: frozenset[int], rule: MinimumCell
) -> frozenset[int]:
    """What to withhold so that a small number is not certain for somebody who knows which are the small ones."""
    hidden = table.hidden(primary | secondary)
    limits = _limits(table, primary, secondary, rule)
    if arc not in primary - table.totals or table.flows.is_wide(arc, hidden, 1, limits):
        return frozenset()
    own = table.flows.arcs[arc].value
    low, high = limits[arc]
    limits = _limits(table, primary, table.published - primary, rule)
    cost = _Cost(table, hidden)
    moves = [Step(arc, along) for along, possible in ((True, own < high), (False, own > low)) if possible]
    ways = [way for move in moves if (way := table.flows.cheapest_return(move, 1, cost, limits)) is not None]
    assert ways, "the totals always offer a way round by which a number can rise or fall"
    return min((frozenset(way) & table.published for way in ways), key=lambda w: sum(cost(i) or 0.0 for i in w))


@dataclass(frozen=True, slots=True)
class _Cost:
    """What it costs to withhold an arc: nothing if it is hidden already, least for small cells, most for totals,
    never for noughts.
    """

    table: Laid
    hidden: frozenset[int]

    def __call__(self, arc: int) -> float | None:
        value = self.table.flows.arcs[arc].value
        if arc in self.hidden:
            return 0.0
        if value == 0:
            return None
        everything = 1.0 + float(self.table.counts[tuple(-1 for _axis in self.table.shape)])
        return (1000.0 if arc in self.table.totals else 1.0) + value / everything


def _pruned(table: Laid, primary: frozenset[int], secondary: frozenset[int], rule: MinimumCell) -> frozenset[int]:
    if len(primary) + len(secondary) > MOST_TO_PRUNE:
        return secondary
    for arc in sorted(secondary, key=lambda i: (i not in table.totals, -table.flows.arcs[i].value, i)):
        if table.is_safe(primary, secondary - {arc}, rule):
            secondary = secondary - {arc}
    return secondary
