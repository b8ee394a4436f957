"""What an outsider can work out about numbers whose sums he knows: linear programming from the true numbers outwards.

Unknowns are counts, sums are added up from them, and of each of both an outsider knows a lowest and a highest value:
equal where it is published, far apart where it is withheld. The true numbers are one table that fits; `Space.furthest`
moves from them as far as anything that fits allows (the simplex method with limits on every number, its dictionary held
in full). Answers are fractions where whole numbers would allow less, so a bound found here may be wider than what an
outsider can reach, never tighter; `Space.whole` says whether a move is one from counts to counts, and so is attained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

FAR = np.inf
SMALL = 1e-9
MOST_STEPS = 2_000
# Rounding errors grow with every turn of a dictionary: after so many it starts from the first one again.
MOST_TURNS = 500
# After so many steps that led nowhere the first possible move is taken, not the steepest, so that none comes round again.
MOST_IDLE = 40


@dataclass(frozen=True, slots=True)
class Found:
    """How far a number moved, and the move of every unknown and sum that took it there. `moved` is inf without limit."""

    moved: float
    unknowns: Floats
    sums: Floats


class Space:
    """All tables that fit what an outsider knows, as moves away from the true one.

    `matrix` has a row a sum and a column an unknown; `low` and `high` are how far each unknown, then each sum, may fall
    (nought or less) and rise (nought or more).
    """

    __slots__ = ("_basic", "_dictionary", "_first", "_free", "_high", "_low", "_size", "_turns")

    def __init__(self, matrix: Floats, low: Floats, high: Floats) -> None:
        sums, unknowns = matrix.shape
        self._size = (unknowns, sums)
        self._low, self._high = low, high
        movable = np.flatnonzero(high[:unknowns] > low[:unknowns])
        self._dictionary = matrix[:, movable].astype(np.float64)
        self._free = movable
        self._basic = np.arange(unknowns, unknowns + sums)
        self._without_fixed()
        self._first = self._dictionary, self._basic, self._free
        self._turns = 0

    def furthest(self, weights: Mapping[int, float], limits: Mapping[int, tuple[float, float]] | None = None) -> Found:
        """The move that raises the weighted sum of numbers most; a number is an unknown's position, or the count of
        unknowns plus a sum's. `limits` hold for this question besides.
        """
        search = _Search(self, weights, limits or {})
        found = search.run()
        self._keep(search)
        return found

    def whole(self, found: Found) -> bool:
        """Whether a move leads from counts to counts."""
        return bool(np.isfinite(found.moved) and np.abs(found.unknowns - np.rint(found.unknowns)).max(initial=0) < 1e-6)

    def _keep(self, search: _Search) -> None:
        """The next question starts from the dictionary where this one ended: much of the way there is always the same."""
        self._turns += search.steps
        self._dictionary, self._basic, self._free = search.dictionary[:-1], search.basic.names, search.free.names
        if self._turns > MOST_TURNS:
            (self._dictionary, self._basic, self._free), self._turns = self._first, 0

    def _without_fixed(self) -> None:
        """Solve for what is published: each known sum gives away one unknown, and then neither needs another look."""
        usable = np.ones(self._free.size, dtype=np.bool_)
        for row in np.flatnonzero(self._high[self._basic] <= self._low[self._basic]).tolist():
            rates = np.abs(self._dictionary[row]) * usable
            column = int(rates.argmax()) if rates.size else -1
            if column >= 0 and rates[column] > SMALL:
                _turn(self._dictionary, row, column, np.flatnonzero(np.abs(self._dictionary[:, column]) > SMALL))
                self._basic[row] = self._free[column]
                self._dictionary[:, column] = 0.0
                usable[column] = False
        moving = (np.abs(self._dictionary) > SMALL).any(axis=1)
        self._dictionary = np.ascontiguousarray(self._dictionary[np.ix_(moving, usable)])
        self._basic, self._free = self._basic[moving], self._free[usable]


class _Side:
    """The numbers on one side of a dictionary: which, where they stand and how far they may still rise and fall."""

    __slots__ = ("at", "names", "rise", "sink")

    def __init__(self, names: Numbers, low: Floats, high: Floats) -> None:
        self.names, self.sink, self.rise = names.copy(), -low[names], high[names]
        self.at = np.zeros(len(names))


class _Search:
    """One question: where everything stands, and the dictionary with what is sought as its last row."""

    __slots__ = ("basic", "dictionary", "free", "size", "steps", "weights")

    def __init__(self, space: Space, weights: Mapping[int, float], limits: Mapping[int, tuple[float, float]]) -> None:
        self.size, self.weights, self.steps = space._size, weights, 0
        low, high = space._low.copy(), space._high.copy()
        for name, (least, most) in limits.items():
            low[name], high[name] = max(low[name], least), min(high[name], most)
        self.basic, self.free = _Side(space._basic, low, high), _Side(space._free, low, high)
        wanted = np.zeros(len(low))
        wanted[list(weights)] = list(weights.values())
        aim = wanted[space._free] + wanted[space._basic] @ space._dictionary
        self.dictionary = np.vstack([space._dictionary, aim])

    def run(self) -> Found:
        idle = 0
        for _step in range(MOST_STEPS if self.free.names.size else 0):
            column = self._entering(first=idle > MOST_IDLE)
            if column is None:
                break
            length = self._step(column, first=idle > MOST_IDLE)
            if length == FAR:
                return self._found(unlimited=True)
            self.steps += 1
            idle = 0 if length > SMALL else idle + 1
        return self._found(unlimited=False)

    def _entering(self, *, first: bool) -> int | None:
        """The free number that raises what is sought most steeply, or the first that raises it."""
        aim, free = self.dictionary[-1], self.free
        gain = np.maximum(aim * (free.rise > SMALL), -aim * (free.sink > SMALL))
        if first:
            columns = np.flatnonzero(gain > SMALL)
            return int(columns[free.names[columns].argmin()]) if columns.size else None
        best = int(gain.argmax())
        return best if gain[best] > SMALL else None

    def _step(self, column: int, *, first: bool) -> float:
        """Move one free number as far as the others let it; returns how far."""
        free, basic = self.free, self.basic
        rates = self.dictionary[:, column]
        sign = 1.0 if rates[-1] > 0 else -1.0
        touched = (np.abs(rates) > SMALL).nonzero()[0]
        rows = touched[:-1]
        ways = rates[rows] * sign
        length = float(free.rise[column] if sign > 0 else free.sink[column])
        leaving, room = self._tightest(rows, ways, first=first)
        if room < length:
            length = max(0.0, room)
        else:
            leaving = None
        if length == FAR:
            return FAR
        _move(basic, rows, ways * length)
        _move(free, column, sign * length)
        if leaving is not None:
            row = int(rows[leaving])
            if ways[leaving] > 0:
                basic.rise[row] = 0.0
            else:
                basic.sink[row] = 0.0
            _turn(self.dictionary, row, column, touched)
            _swap(basic, row, free, column)
        return length

    def _tightest(self, rows: Numbers, ways: Floats, *, first: bool) -> tuple[int | None, float]:
        """Which of the numbers told by the others reaches its limit first, and after how far; of equals the first by name."""
        if not rows.size:
            return None, FAR
        room = np.where(ways > 0, self.basic.rise[rows], self.basic.sink[rows]) / np.abs(ways)
        tightest = int(room.argmin())
        if first:
            equal = np.flatnonzero(room <= room[tightest] + SMALL)
            tightest = int(equal[self.basic.names[rows[equal]].argmin()])
        return tightest, float(room[tightest])

    def _found(self, *, unlimited: bool) -> Found:
        at = np.zeros(sum(self.size))
        at[self.basic.names], at[self.free.names] = self.basic.at, self.free.at
        moved = FAR if unlimited else sum(weight * float(at[name]) for name, weight in self.weights.items())
        unknowns = self.size[0]
        return Found(moved, at[:unknowns], at[unknowns:])


def _move(side: _Side, which: Numbers | int, by: Floats | float) -> None:
    side.at[which] += by
    side.rise[which] -= by
    side.sink[which] += by


def _swap(basic: _Side, row: int, free: _Side, column: int) -> None:
    for one, other in (
        (basic.names, free.names),
        (basic.at, free.at),
        (basic.rise, free.rise),
        (basic.sink, free.sink),
    ):
        one[row], other[column] = other[column], one[row]


def _turn(dictionary: Floats, row: int, column: int, touched: Numbers) -> None:
    """Let the number of a column be told by the others, and that of a row tell; `touched` rows have the column's number."""
    told = dictionary[row] / -dictionary[row, column]
    told[column] = 1.0 / dictionary[row, column]
    rates = dictionary[touched, column]
    dictionary[touched, column] = 0.0
    # Almost all rates are nought: only where both are not does anything change.
    columns = np.flatnonzero(np.abs(told) > SMALL)
    dictionary[touched[:, None], columns] += rates[:, None] * told[columns]
    dictionary[row] = told
