"""A family as one outsider sees it: what he knows of each figure, and how far apart numbers were proved to be for him."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

import numpy as np
import numpy.typing as npt

from ourpatch.data.disclosure.rules.bounds import SMALL, Floats, Found, Space
from ourpatch.data.disclosure.rules.shape import Numbers, Shape

Mask = npt.NDArray[np.bool_]

# A number is worth more than all the figures that could be withheld for it.
WORTH = 1e6
# What a number is worth, a unit, when several are widened at once, and how many: some of the numbers, but not fewer than that.
WORTH_TOGETHER = 3e3
SHARE = 0.15
LEAST_TOGETHER = 3
MOST_SWEEPS = 16
MOST_IDLE_SWEEPS = 2


class Sight:
    """What one outsider knows: how far each figure may `fall` (nought or less) and `rise` for him.

    `proved_fall` and `proved_rise`: how far tables of counts were found that fit all he knows. `width`: how far apart a
    protected number must be.
    """

    def __init__(self, shape: Shape, fall: Floats, rise: Floats, width: int) -> None:
        self.shape, self.fall, self.rise, self.width = shape, fall, rise, width
        self.proved_fall = np.zeros(len(shape.parts), dtype=np.int64)
        self.proved_rise = np.zeros(len(shape.parts), dtype=np.int64)
        self._blocks: dict[tuple[int, ...], Block] = {}

    def proved(self, figures: Numbers | int) -> Numbers:
        """The distance between the two tables furthest apart that were found, of each figure."""
        found: Numbers = self.proved_fall[figures] + self.proved_rise[figures]
        return found

    def is_proved(self, figure: int) -> bool:
        """Whether a figure is known to be uncertain enough."""
        return bool(self.proved(figure) >= self.width)

    def forget(self) -> None:
        """Prove everything anew."""
        self.proved_fall[:] = 0
        self.proved_rise[:] = 0

    def block(self, places: tuple[int, ...]) -> Block:
        """The pieces of some places."""
        if places not in self._blocks:
            self._blocks[places] = Block(self, places)
        return self._blocks[places]


class Block:
    """The pieces of some places, free to move while all others stand still."""

    def __init__(self, sight: Sight, places: Sequence[int]) -> None:
        shape = sight.shape
        self.sight = sight
        pieces = [piece for place in places for piece in shape.pieces_of[place]]
        self.counts = shape.counts[pieces]
        used, signs = zip(*(shape.uses[piece] for piece in pieces), strict=True)
        columns = np.repeat(np.arange(len(pieces)), [len(each) for each in used])
        self.figures, rows = np.unique(np.concatenate(used), return_inverse=True)
        self.matrix = np.zeros((len(self.figures), len(pieces)), dtype=np.int64)
        self.matrix[rows, columns] = np.concatenate(signs)
        self._row = {int(figure): row for row, figure in enumerate(self.figures)}
        self._made: tuple[Floats, Floats, _Table] | None = None
        self._offered: tuple[_Table, Mask, Floats] | None = None

    def row(self, figure: int) -> int:
        """Where a figure stands here."""
        return self._row[figure]

    @property
    def _plain(self) -> _Table:
        """The tables that fit as things stand; made anew when something here was withheld."""
        fall, rise = self.sight.fall[self.figures], self.sight.rise[self.figures]
        if self._made is None or not (np.array_equal(fall, self._made[0]) and np.array_equal(rise, self._made[1])):
            self._made = (fall, rise, _Table(self.matrix, fall, rise, self.counts))
        return self._made[2]

    def reach(self, figure: int, sign: int, enough: float = np.inf) -> float:
        """How far a figure can fall (-1) or rise (1), up to `enough`; remembers the table where it is one of counts."""
        name = int(self._plain.name[self.row(figure)])
        if name < 0:
            return 0.0
        found = self._plain.space.furthest({name: float(sign)}, {name: (-enough, enough)})
        self._learn(self._plain, found)
        return found.moved

    def is_wide(self, figure: int) -> bool:
        """Whether tables of counts are known, or found here, in which a figure differs by the width."""
        sight = self.sight
        for sign in (1, -1):
            if sight.is_proved(figure):
                return True
            still = sight.width - int(sight.proved_fall[figure] if sign > 0 else sight.proved_rise[figure])
            reached = self.reach(figure, sign, still)
            # The furthest table may be one of fractions while one a little nearer is of counts.
            if 1 <= reached < still and reached % 1 > SMALL:
                self.reach(figure, sign, floor(reached))
        return sight.is_proved(figure)

    def sweep(self, protected: Mask, most: int = MOST_SWEEPS) -> None:
        """Move all protected figures at once, some up and some down, again and again until that proves little more."""
        ways = np.random.default_rng(len(self.figures))
        idle = 0
        for _sweep in range(most):
            rows = np.flatnonzero((self._plain.name >= 0) & self._lacking(protected))
            if not rows.size or idle == MOST_IDLE_SWEEPS:
                return
            before = self.sight.proved(self.figures[rows]).sum()
            self._sweep(rows, ways.uniform(-1, 1, rows.size))
            idle = 0 if self.sight.proved(self.figures[rows]).sum() > before else idle + 1

    def _lacking(self, protected: Mask) -> Mask:
        found: Mask = protected[self.figures] & (self.sight.proved(self.figures) < self.sight.width)
        return found

    def _sweep(self, rows: Numbers, ways: Floats) -> None:
        self._moved_together(self._plain, rows, ways, {})

    def _moved_together(self, table: _Table, rows: Numbers, wanted: Floats, asked: dict[int, float]) -> Numbers | None:
        """How all figures move in the table that moves some of them most, each only as far as it still must."""
        sight, figures, names = self.sight, self.figures[rows], table.name[rows].tolist()
        falls = -np.maximum(1.0, sight.width - sight.proved_rise[figures])
        rises = np.maximum(1.0, sight.width - sight.proved_fall[figures])
        limits = dict(zip(names, zip(falls.tolist(), rises.tolist(), strict=True), strict=True))
        weights = asked | dict(zip(names, wanted.tolist(), strict=True))
        return self._learn(table, table.space.furthest(weights, limits))

    def cheapest(self, figure: int, prices: Floats, fall: Floats, rise: Floats) -> Numbers | None:
        """The figures to withhold, at their prices, so that a number is uncertain enough; None: not possible here.

        `prices` of all figures, nought for those not to be had; how far each could `fall` and `rise` if withheld.
        """
        sight, table = self.sight, self._offering(prices, fall, rise)
        name = int(table.name[self.row(figure)])
        if name < 0:
            return None
        asked = table.asked(prices[self.figures])
        for sign in (1, -1):
            still = float(sight.width - (sight.proved_fall if sign > 0 else sight.proved_rise)[figure])
            found = table.space.furthest({**asked, name: sign * WORTH}, {name: (-still, still)})
            if table.moved(found, name) * sign > still - SMALL and (moves := self._learn(table, found)) is not None:
                return self._bought(moves, prices)
        return None

    def widen_some(
        self, protected: Mask, prices: Floats, fall: Floats, rise: Floats, ways: np.random.Generator
    ) -> Numbers:
        """The figures to withhold so that some protected numbers become more uncertain, several at once; none where that
        is not possible here. As `cheapest`, for many; `ways` draws which, and whether each goes up or down.
        """
        table = self._offering(prices, fall, rise)
        lacking = np.flatnonzero((table.name >= 0) & self._lacking(protected))
        rows = ways.permutation(lacking)[: max(LEAST_TOGETHER, int(lacking.size * SHARE))]
        if not rows.size:
            return rows
        wanted = WORTH_TOGETHER * ways.uniform(0.5, 1, rows.size) * ways.choice((-1.0, 1.0), rows.size)
        moves = self._moved_together(table, rows, wanted, table.asked(prices[self.figures]))
        return rows[:0] if moves is None else self._bought(moves, prices)

    def lacks(self, protected: Mask) -> bool:
        """Whether some protected figure over these places is not known to be uncertain enough."""
        return bool(self._lacking(protected).any())

    def _bought(self, moves: Numbers, prices: Floats) -> Numbers:
        moved = self.figures[moves != 0]
        chosen: Numbers = moved[prices[moved] > 0]
        return chosen

    def _offering(self, prices: Floats, fall: Floats, rise: Floats) -> _Table:
        """The tables that fit if figures may be bought. Kept while others are withheld: what is bought has no price any more."""
        figures = self.figures
        now = np.stack([self.sight.fall[figures], self.sight.rise[figures]])
        if self._offered is None or not np.array_equal(now[:, self._offered[1]], self._offered[2]):
            offer = _Offer(prices[figures] > 0, fall[figures], rise[figures])
            table = _Table(self.matrix, now[0], now[1], self.counts, offer)
            self._offered = (table, ~offer.held, now[:, ~offer.held])
        return self._offered[0]

    def _learn(self, table: _Table, found: Found) -> Numbers | None:
        """Keep a table of counts; how it moves all figures. None where it is none, or does not fit to the last unit."""
        if not table.space.whole(found):
            return None
        pieces = np.rint(table.pieces(found)).astype(np.int64)
        moves: Numbers = self.matrix @ pieces
        if not table.fits(pieces, moves):
            return None
        sight, figures = self.sight, self.figures
        sight.proved_rise[figures] = np.maximum(sight.proved_rise[figures], moves)
        sight.proved_fall[figures] = np.maximum(sight.proved_fall[figures], -moves)
        return moves


class _Offer:
    """Figures that are shown but could be withheld (`held` out), and how far each could move if it were."""

    def __init__(self, held: Mask, fall: Floats, rise: Floats) -> None:
        self.held, self.fall, self.rise = held, fall, rise

    def limits(self, fall: Floats, rise: Floats) -> tuple[Floats, Floats]:
        """How far every figure may move, given how far those may that are not on offer."""
        return np.where(self.held, self.fall, fall), np.where(self.held, self.rise, rise)


class _Table:
    """The tables that fit, made small before any search: what is known by itself does not move, equal sums stand once.

    Of an offered figure the fall is an unknown of its own, and its sum with that is its rise.
    """

    def __init__(
        self, matrix: Numbers, fall: Floats, rise: Floats, counts: Numbers, offer: _Offer | None = None
    ) -> None:
        offered = np.zeros(len(matrix), dtype=np.bool_) if offer is None else offer.held
        self._counts = counts
        self._low, self._high = (fall, rise) if offer is None else offer.limits(fall, rise)
        self._moving = _moving(matrix, (fall == 0) & (rise == 0) & ~offered)
        here = matrix[:, self._moving]
        parts = (here != 0).sum(axis=1)
        single = (parts == 1) & (here.sum(axis=1) == 1) & ~offered
        low, high = -counts[self._moving].astype(np.float64), np.full(here.shape[1], np.inf)
        column = here.argmax(axis=1) if here.size else parts
        np.maximum.at(low, column[single], fall[single])
        np.minimum.at(high, column[single], rise[single])
        several = np.flatnonzero((parts > 0) & ~single & ~offered)
        rows, which = _distinct(here[several])
        row_low, row_high = np.full(len(rows), -np.inf), np.full(len(rows), np.inf)
        np.maximum.at(row_low, which, fall[several])
        np.minimum.at(row_high, which, rise[several])
        self._sold = np.flatnonzero((parts > 0) & offered)
        pieces, sold = here.shape[1], len(self._sold)
        self.name: Numbers = np.full(len(matrix), -1, dtype=np.int64)
        self.name[single] = column[single]
        self.name[several] = pieces + sold + which
        self._fall_of = pieces + np.arange(sold)
        self._rise_of = pieces + sold + len(rows) + np.arange(sold)
        falls = rises = np.zeros(0)
        if offer is not None:
            falls, rises = -offer.fall[self._sold], offer.rise[self._sold]
        whole = np.zeros((len(rows) + sold, pieces + sold))
        whole[: len(rows), :pieces] = here[several][rows]
        whole[len(rows) :, :pieces] = here[self._sold]
        whole[len(rows) + np.arange(sold), pieces + np.arange(sold)] = 1.0
        self.space = Space(
            whole,
            np.concatenate([low, np.zeros(sold), row_low, np.zeros(sold)]),
            np.concatenate([high, falls, row_high, rises]),
        )

    def pieces(self, found: Found) -> Floats:
        """The moves of all pieces."""
        moves = np.zeros(len(self._moving))
        moves[self._moving] = found.unknowns[: int(self._moving.sum())]
        return moves

    def fits(self, pieces: Numbers, moves: Numbers) -> bool:
        """Whether moves of the pieces, and so of the figures, are allowed: reckoned in whole numbers."""
        return bool((pieces >= -self._counts).all() and (moves >= self._low).all() and (moves <= self._high).all())

    def moved(self, found: Found, name: int) -> float:
        """How far a number moved."""
        return float(np.concatenate([found.unknowns, found.sums])[name])

    def asked(self, prices: Floats) -> dict[int, float]:
        """The prices of moving each figure on offer, either way."""
        price = (-prices[self._sold]).tolist()
        return dict(zip([*self._fall_of.tolist(), *self._rise_of.tolist()], price * 2, strict=True))


def _moving(matrix: Numbers, known: Mask) -> Mask:
    """The pieces that are not known by some known sum that has no other piece which could move, and so on from there."""
    moving = np.ones(matrix.shape[1], dtype=np.bool_)
    sums = matrix[known] != 0
    while True:
        left = sums & moving
        alone = left[left.sum(axis=1) == 1].any(axis=0)
        if not alone.any():
            return moving
        moving &= ~alone


def _distinct(rows: Numbers) -> tuple[list[int], Numbers]:
    """The first of each set of equal rows, and which of those each row is."""
    met: dict[bytes, int] = {}
    firsts: list[int] = []
    which = np.zeros(len(rows), dtype=np.int64)
    for position, row in enumerate(rows):
        key = row.tobytes()
        if key not in met:
            met[key] = len(firsts)
            firsts.append(position)
        which[position] = met[key]
    return firsts, which
