"""What does not change while a family is decided: its pieces, which figures lie over which, and what stands near what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Parts = tuple[tuple[int, ...], tuple[int, ...]]

START_FROM = 3
"""Places of a figure from which others near by are looked for."""
WIDEST_NEIGHBOUR = 400
"""Places of the largest figure that makes its places neighbours."""


class Shape:
    """Pieces with their counts and places, and figures as the pieces that each adds up and takes away."""

    def __init__(self, counts: Numbers, place: Numbers, parts: Sequence[Parts]) -> None:
        self.counts, self.place, self.parts = counts, place, parts
        self.values: Numbers = np.array(
            [counts[list(plus)].sum() - counts[list(less)].sum() for plus, less in parts], dtype=np.int64
        )
        self.places: list[int] = sorted(set(place.tolist()))
        self._runs: dict[int, dict[int, tuple[int, ...]]] = {}
        self._around: dict[tuple[tuple[int, ...], int], tuple[int, ...]] = {}

    @cached_property
    def pieces_of(self) -> dict[int, list[int]]:
        """Place -> its pieces."""
        found: dict[int, list[int]] = defaultdict(list)
        for piece, place in enumerate(self.place.tolist()):
            found[place].append(piece)
        return dict(found)

    @cached_property
    def places_of(self) -> list[tuple[int, ...]]:
        """The places of each figure."""
        place = self.place.tolist()
        return [tuple(sorted({place[i] for i in (*plus, *less)})) for plus, less in self.parts]

    @cached_property
    def figures_of(self) -> dict[int, list[int]]:
        """Place -> the figures over it."""
        found: dict[int, list[int]] = defaultdict(list)
        for figure, places in enumerate(self.places_of):
            for place in places:
                found[place].append(figure)
        return found

    @cached_property
    def uses(self) -> list[tuple[Numbers, Numbers]]:
        """Of each piece the figures that it is in, and its sign in each."""
        found: list[tuple[list[int], list[int]]] = [([], []) for _piece in self.counts]
        for figure, parts in enumerate(self.parts):
            for sign, pieces in zip((1, -1), parts, strict=True):
                for piece in pieces:
                    found[piece][0].append(figure)
                    found[piece][1].append(sign)
        return [(np.array(figures, dtype=np.int64), np.array(signs, dtype=np.int64)) for figures, signs in found]

    def size(self, figure: int) -> int:
        """How many places a figure is over."""
        return len(self.places_of[figure])

    def over(self, figure: int) -> set[int]:
        """The figures that lie over some of the same ground."""
        return {other for place in self.places_of[figure] for other in self.figures_of[place]}

    def around_others(self, among: int) -> set[int]:
        """Which of the first `among` figures have another of them wholly within."""
        size = [len(plus) + len(less) for plus, less in self.parts]
        found: set[int] = set()
        for inner in range(among):
            pieces = self.parts[inner][0]
            if pieces and not self.parts[inner][1]:
                holding = set.intersection(*(set(self.uses[piece][0].tolist()) for piece in pieces))
                found |= {outer for outer in holding if outer < among and size[outer] > size[inner]}
        return found

    def runs(self, most: int) -> list[tuple[int, ...]]:
        """All places in runs of at most so many pieces; those that lie in the same larger areas stand together."""
        return list(dict.fromkeys(self._run_of(most).values()))

    def near(self, figure: int, most: int) -> Iterator[tuple[int, ...]]:
        """Sets of places, of at most so many pieces, in which a figure could move: the runs it is in, then what is around."""
        places = self.places_of[figure][:START_FROM]
        run_of = self._run_of(most)
        yield from dict.fromkeys(run_of[place] for place in places)
        if (places, most) not in self._around:
            self._around[places, most] = self._found_around(places, most)
        yield self._around[places, most]

    def _run_of(self, most: int) -> dict[int, tuple[int, ...]]:
        if most not in self._runs:
            self._runs[most] = {place: run for run in self._cut(most) for place in run}
        return self._runs[most]

    def _cut(self, most: int) -> Iterator[tuple[int, ...]]:
        run: list[int] = []
        held = 0
        for place in sorted(self.places, key=self._standing):
            if run and held + len(self.pieces_of[place]) > most:
                yield tuple(sorted(run))
                run, held = [], 0
            run.append(place)
            held += len(self.pieces_of[place])
        yield tuple(sorted(run))

    def _standing(self, place: int) -> tuple[list[tuple[int, int]], int]:
        """The larger areas that a place lies in, largest first."""
        areas = {self.places_of[figure] for figure in self.figures_of[place]}
        return sorted((-len(places), places[0]) for places in areas if len(places) > 1), place

    def _found_around(self, start: tuple[int, ...], most: int) -> tuple[int, ...]:
        """Places that share most with these, smaller areas counting for more."""
        shared: dict[int, float] = defaultdict(float)
        for place in start:
            for others in {self.places_of[figure] for figure in self.figures_of[place]}:
                if 1 < len(others) <= WIDEST_NEIGHBOUR:
                    for other in others:
                        shared[other] += 1.0 / len(others)
        chosen, held = list(start), sum(len(self.pieces_of[place]) for place in start)
        for place in sorted(set(shared) - set(start), key=lambda p: (-shared[p], p)):
            held += len(self.pieces_of[place])
            if held > most:
                break
            chosen.append(place)
        return tuple(sorted(chosen))
