"""The attacker of the tests: linear programming in fractions, told only what is published. Shares nothing with the product.

The two-phase simplex method with Bland's rule, slow and exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

Row = Mapping[int, int]


def interval(
    unknowns: int, equal: Sequence[tuple[Row, int]], at_least: Sequence[tuple[Row, int]], target: Row
) -> tuple[Fraction, Fraction | None]:
    """Lowest and highest value (None: no limit) of a sum over unknowns that are nought or more.

    `equal` and `at_least`: sums (unknown -> coefficient) and what they are, or are at least. Raises ValueError where
    nothing fits.
    """
    tableau = _Tableau(unknowns, equal, at_least)
    low = tableau.least(target)
    high = tableau.least({unknown: -rate for unknown, rate in target.items()})
    if low is None:
        raise ValueError("a sum of counts has a lowest value")
    return low, None if high is None else -high


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
        while True:
            entering = next((c for c in range(columns) if self._rate(cost, c) < 0), None)
            if entering is None:
                return sum((cost[b] * row[-1] for b, row in zip(self.basis, self.rows, strict=True)), Fraction(0))
            steps = [
                (row[-1] / row[entering], self.basis[n], n) for n, row in enumerate(self.rows) if row[entering] > 0
            ]
            if not steps:
                return None
            self._pivot(min(steps)[2], entering)

    def _rate(self, cost: Sequence[Fraction], column: int) -> Fraction:
        return cost[column] - sum(
            (cost[b] * row[column] for b, row in zip(self.basis, self.rows, strict=True) if row[column]), Fraction(0)
        )

    def _pivot(self, number: int, column: int) -> None:
        pivot = self.rows[number][column]
        self.rows[number] = [each / pivot for each in self.rows[number]]
        for other, row in enumerate(self.rows):
            if other != number and row[column] != 0:
                rate = row[column]
                self.rows[other] = [a - rate * b for a, b in zip(row, self.rows[number], strict=True)]
        self.basis[number] = column
