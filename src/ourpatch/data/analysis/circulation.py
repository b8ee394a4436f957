"""What an outsider can work out about hidden numbers of a table whose sums are known: exact bounds by maximum flow.

A table with its totals is a circulation: every number is an arc, every sum a node where what flows in flows out.
Hidden arcs may take any value from nought; known arcs may not move. How far one hidden arc can rise is the flow that
can come back round to its start, how far it can fall is the flow the other way; both are whole numbers, so the bounds
are attained by tables of counts, not merely by fractions.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

UNBOUNDED = 1 << 60

Limits = Mapping[int, tuple[int, int]]
_FREE: Limits = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Arc:
    """One number of the table, from node `tail` to node `head`."""

    tail: int
    head: int
    value: int


@dataclass(frozen=True, slots=True)
class Step:
    """One move through an arc: along it (its number rises) or against it (its number falls)."""

    arc: int
    along: bool


class Circulation:
    """The arcs of one table; nothing in it changes, hidden sets are given with each question."""

    __slots__ = ("arcs", "leaving")

    def __init__(self, arcs: Sequence[Arc]) -> None:
        self.arcs = tuple(arcs)
        nodes = 1 + max((max(arc.tail, arc.head) for arc in arcs), default=0)
        self.leaving: list[list[tuple[int, Step]]] = [[] for _node in range(nodes)]
        for i, arc in enumerate(arcs):
            self.leaving[arc.tail].append((arc.head, Step(i, True)))
            self.leaving[arc.head].append((arc.tail, Step(i, False)))

    def interval(
        self, arc: int, hidden: Collection[int], enough: int = UNBOUNDED, limits: Limits = _FREE
    ) -> tuple[int, int]:
        """Lowest and highest value of a hidden arc; `UNBOUNDED` where nothing holds it.

        `enough` stops looking once the interval is that wide (then the true one is at least as wide). `limits` are
        bounds that an outsider knows of single arcs besides that none is negative.
        """
        it, question = self.arcs[arc], _Question(self, arc, hidden, limits)
        fall = question.flow(it.tail, it.head, min(question.room(Step(arc, False)), enough))
        rise = question.flow(it.head, it.tail, min(question.room(Step(arc, True)), max(0, enough - fall)))
        return it.value - fall, min(UNBOUNDED, it.value + rise)

    def is_wide(self, arc: int, hidden: Collection[int], width: int, limits: Limits = _FREE) -> bool:
        """Whether the interval of a hidden arc is at least `width` wide."""
        low, high = self.interval(arc, hidden, width, limits)
        return high - low >= width

    def alone(self, hidden: Collection[int]) -> set[int]:
        """The hidden arcs that are the only hidden part of some sum, and so are known: a quick no before the flows."""
        parts: list[list[int]] = [[] for _node in self.leaving]
        for i in hidden:
            parts[self.arcs[i].tail].append(i)
            parts[self.arcs[i].head].append(i)
        return {found[0] for found in parts if len(found) == 1}

    def cheapest_return(
        self, move: Step, amount: int, cost: Callable[[int], float | None], limits: Limits = _FREE
    ) -> list[int] | None:
        """The arcs of the cheapest way round by which an arc could move by `amount`; `cost` None bars an arc. None:
        no way.
        """
        it = self.arcs[move.arc]
        start, goal = (it.head, it.tail) if move.along else (it.tail, it.head)
        question = _Question(self, move.arc, (), limits)
        best, came = {start: 0.0}, dict[int, tuple[int, int]]()
        queue = [(0.0, start)]
        while queue:
            spent, node = heapq.heappop(queue)
            if node == goal:
                return _walked_back(came, start, goal)
            for other, step in self.leaving[node]:
                price = None if step.arc == move.arc or question.room(step) < amount else cost(step.arc)
                if price is not None and spent + price < best.get(other, float("inf")):
                    best[other], came[other] = spent + price, (node, step.arc)
                    heapq.heappush(queue, (best[other], other))
        return None


class _Question:
    """One search for a flow: which arcs may move, how far, and how far they have moved already."""

    __slots__ = ("flows", "hidden", "limits", "moved", "without")

    def __init__(self, flows: Circulation, without: int, hidden: Collection[int], limits: Limits) -> None:
        self.flows, self.without, self.hidden, self.limits = flows, without, hidden, limits
        self.moved: dict[int, int] = {}

    def room(self, step: Step) -> int:
        """How much further an arc can rise or fall."""
        low, high = self.limits.get(step.arc, (0, UNBOUNDED))
        value = self.flows.arcs[step.arc].value + self.moved.get(step.arc, 0)
        if step.along:
            return UNBOUNDED if high >= UNBOUNDED else high - value
        return value - low

    def flow(self, source: int, sink: int, limit: int) -> int:
        """The most that can flow from source to sink through hidden arcs, no more than `limit`."""
        self.moved, total = {}, 0
        while total < limit:
            path = self._path(source, sink)
            if path is None:
                break
            amount = min(limit - total, *(self.room(step) for step in path))
            for step in path:
                self.moved[step.arc] = self.moved.get(step.arc, 0) + (amount if step.along else -amount)
            total += amount
        return total

    def _path(self, source: int, sink: int) -> list[Step] | None:
        """The shortest way with room on every step (Edmonds and Karp)."""
        came: dict[int, tuple[int, Step] | None] = {source: None}
        queue = deque([source])
        while queue:
            node = queue.popleft()
            if node == sink:
                return _steps_back(came, sink)
            for other, step in self.flows.leaving[node]:
                usable = step.arc != self.without and step.arc in self.hidden and other not in came
                if usable and self.room(step) > 0:
                    came[other] = (node, step)
                    queue.append(other)
        return None


def _steps_back(came: dict[int, tuple[int, Step] | None], node: int) -> list[Step]:
    steps = []
    while (link := came[node]) is not None:
        node, step = link
        steps.append(step)
    return steps


def _walked_back(came: dict[int, tuple[int, int]], start: int, node: int) -> list[int]:
    arcs = []
    while node != start:
        node, arc = came[node]
        arcs.append(arc)
    return arcs
