"""The attacker of the tests: linear programming in fractions, told only what is published. Shares nothing with the product.

The two-phase simplex method with Bland's rule, slow and exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

Row = Mapping[int, int]


def interval(
    unknowns: int, equal: Sequence[tuple[Row, int]], at_least: Sequence[tuple[Row, int]], target: Row
) -> tuple[Fraction, Fraction | None]:
    """Lowest and highest value (None: no limit) of a sum over unknowns that are nought or more.

    `equal` and `at_least`: sums (unknown -> coefficient) and what they are, or are at least. Raises ValueError where
    nothing fits.
    """
    (found,) = intervals(unknowns, equal, at_least, [target])
    return found


def intervals(
    unknowns: int, equal: Sequence[tuple[Row, int]], at_least: Sequence[tuple[Row, int]], targets: Iterable[Row]
) -> Iterator[tuple[Fraction, Fraction | None]]:
    """The same of many sums, one after the other, without looking anew for a first table that fits."""
    tableau = _Tableau(unknowns, equal, at_least)
    for target in targets:
        low = tableau.least(target)
        high = tableau.least({unknown: -rate for unknown, rate in target.items()})
        if low is None:
            raise ValueError("a sum of counts has a lowest value")
        yield low, None if high is None else -high


def between(row: Row, low: int, high: int) -> list[tuple[Row, int]]:
    """A sum that is known within limits, as sums that are at least something."""
    return [(row, low), ({unknown: -rate for unknown, rate in row.items()}, -high)]


class _Tableau:
    def __init__(self, unknowns: int, equal: Sequence[tuple[Row, int]], at_least: Sequence[tuple[Row, int]]) -> None:
        width = unknowns + len(at_least)
        self.rows: list[list[Fraction]] = []
        for number, (row, value) in enumerate([*equal, *at_least]):
            line = [Fraction(0)] * (width + 1)
            for unknown, rate in row.items():
                line[unknown] += rate
            if number >= len(equal):
                line[unknowns + number - len(equal)] = Fraction(-1)
            line[-1] = Fraction(value)
            self.rows.append(line if value >= 0 else [-each for each in line])
        self.width = width
        self.basis = [width + number for number in range(len(self.rows))]
        self._phase_one()

    def _phase_one(self) -> None:
        size = len(self.rows)
        for number, line in enumerate(self.rows):
            line[self.width : self.width] = [Fraction(int(number == other)) for other in range(size)]
        cost = [Fraction(0)] * self.width + [Fraction(1)] * size
        if self._minimise(cost, self.width + size) != 0:
            raise ValueError("nothing fits what is published")
        for number in range(size):
            if self.basis[number] >= self.width:
                column = next((c for c in range(self.width) if self.rows[number][c] != 0), None)
                if column is not None:
                    self._pivot(number, column)
        kept = [number for number in range(size) if self.basis[number] < self.width]
        self.rows = [self.rows[n][: self.width] + self.rows[n][-1:] for n in kept]
        self.basis = [self.basis[n] for n in kept]

    def least(self, target: Row) -> Fraction | None:
        cost = [Fraction(target.get(column, 0)) for column in range(self.width)]
        return self._minimise(cost, self.width)

    def _minimise(self, cost: Sequence[Fraction], columns: int) -> Fraction | None:
        # What each column would change, kept in step with the rows.
        line = [*cost, *([Fraction(0)] * (len(self.rows[0]) - len(cost)))] if self.rows else [*cost, Fraction(0)]
        for number, column in enumerate(self.basis):
            line = _less(line, line[column], self.rows[number])
        while True:
            entering = next((c for c in range(columns) if line[c] < 0), None)
            if entering is None:
                return -line[-1]
            steps = [
                (row[-1] / row[entering], self.basis[n], n) for n, row in enumerate(self.rows) if row[entering] > 0
            ]
            if not steps:
                return None
            number = min(steps)[2]
            self._pivot(number, entering)
            line = _less(line, line[entering], self.rows[number])

    def _pivot(self, number: int, column: int) -> None:
        pivot = self.rows[number][column]
        self.rows[number] = [each / pivot for each in self.rows[number]]
        for other, row in enumerate(self.rows):
            if other != number:
                self.rows[other] = _less(row, row[column], self.rows[number])
        self.basis[number] = column


def _less(row: list[Fraction], rate: Fraction, other: list[Fraction]) -> list[Fraction]:
    """A row less so many times another."""
    return [a - rate * b if b else a for a, b in zip(row, other, strict=True)] if rate else row
