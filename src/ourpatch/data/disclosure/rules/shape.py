"""What does not change while a family is decided: its pieces, which figures lie over which, and what stands near what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Parts = tuple[tuple[int, ...], tuple[int, ...]]

START_FROM = 3
"""Places of a figure from which others near by are looked for."""
TIED = 100.0
"""How much more than anything else a place counts without which the first ones cannot move."""
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
        self._runs: dict[tuple[int, int], dict[int, tuple[int, ...]]] = {}
        self._areas: dict[int, set[tuple[int, ...]]] = {}
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

    @cached_property
    def told_by(self) -> dict[int, set[int]]:
        """Place -> the places that move with it: one by itself is what a known figure adds up, this among what it takes away."""
        found: dict[int, set[int]] = defaultdict(set)
        for plus, less in self.parts:
            alone = {int(self.place[i]) for i in plus}
            if less and len(alone) == 1:
                for place in {int(self.place[i]) for i in less} - alone:
                    found[place] |= alone
        return found

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

    def runs(self, core: int, most: int) -> list[tuple[int, ...]]:
        """All places in runs: a core of at most so many pieces, places that lie in the same areas, and what is around it,
        together at most so many.
        """
        return list(dict.fromkeys(self._run_of(core, most).values()))

    def near(self, figure: int, most: int) -> tuple[int, ...]:
        """Places around a figure, of at most so many pieces."""
        places = self.places_of[figure][:START_FROM]
        if (places, most) not in self._around:
            self._around[places, most] = tuple(sorted(_Growth(self, places).until(most)))
        return self._around[places, most]

    def runs_of(self, figure: int, core: int, most: int) -> list[tuple[int, ...]]:
        """The runs whose core holds some place of a figure."""
        run_of = self._run_of(core, most)
        return list(dict.fromkeys(run_of[place] for place in self.places_of[figure][:START_FROM]))

    def _run_of(self, core: int, most: int) -> dict[int, tuple[int, ...]]:
        if (core, most) not in self._runs:
            self._runs[core, most] = dict(self._cut(core, most))
        return self._runs[core, most]

    def _cut(self, core: int, most: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Each place and the run that it is in the core of."""
        left = dict.fromkeys(sorted(self.places, key=self._standing))
        while left:
            growth = _Growth(self, (next(iter(left)),))
            inner = list(growth.until(core, left))
            run = tuple(sorted(growth.until(most)))
            for place in inner:
                del left[place]
                yield place, run

    def _standing(self, place: int) -> tuple[list[tuple[int, int]], int]:
        """The larger areas that a place lies in, largest first."""
        areas = {self.places_of[figure] for figure in self.figures_of[place]}
        return sorted((-len(places), places[0]) for places in areas if len(places) > 1), place

    def areas_of(self, place: int) -> set[tuple[int, ...]]:
        """What a place lies in together with others, as their places; but not what is so large that it tells nothing."""
        if place not in self._areas:
            areas = {self.places_of[figure] for figure in self.figures_of[place]}
            self._areas[place] = {places for places in areas if 1 < len(places) <= WIDEST_NEIGHBOUR}
        return self._areas[place]


class _Growth:
    """Places that grow by the one that shares most with them, smaller areas counting for more."""

    def __init__(self, shape: Shape, start: Sequence[int]) -> None:
        self.shape, self.chosen, self.held = shape, dict[int, None](), 0
        self.shared: dict[int, float] = defaultdict(float)
        for place in start:
            self._add(place, TIED)

    def until(self, most: int, among: Collection[int] | None = None) -> Collection[int]:
        """Grow to at most so many pieces."""
        while ways := [p for p in self.shared if among is None or p in among]:
            best = max(ways, key=lambda p: (self.shared[p], -p))
            if self.held + len(self.shape.pieces_of[best]) > most:
                break
            self._add(best)
        return self.chosen

    def _add(self, place: int, tied: float = 1.0) -> None:
        self.chosen[place] = None
        self.held += len(self.shape.pieces_of[place])
        self.shared.pop(place, None)
        for others in self.shape.areas_of(place):
            for other in others:
                if other not in self.chosen:
                    self.shared[other] += 1.0 / len(others)
        for other in self.shape.told_by[place]:
            if other not in self.chosen:
                self.shared[other] += tied
