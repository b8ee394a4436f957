"""Which figures of areas that overlap and nest may be shown, beside everything that was shown of them before.

Wards, small areas, neighbourhoods and districts cut the ground into pieces; whatever is published of any of them, now or
in an earlier release, is a sum over the same pieces, and so one figure taken from others can leave a count that none of
them shows: a ward less the small areas in it, a total less its other categories, this month's release less last month's.
A family is the pieces with their counts, and every figure as the pieces it adds up (and takes away).

Two outsiders are kept out, as of a single table (`tables`): the first knows every published number and that no withheld
one is nought; the second knows besides which cells were withheld for being small (of a figure that holds others he
learns nothing by it: four ones in a ward known to be small could not be hidden by any means). What is kept uncertain by
the rule's width: every withheld figure, and every piece, overlap and remainder whose count is small. It follows that no
sum of pieces with a small count can be worked out, whichever figures are added and taken away: it holds a small piece,
and whatever that piece may rise to the sum may rise to.

Uncertainty is proved, not presumed: a figure passes when tables of counts that fit everything published were found that
far apart. Where the family is too large for one search, pieces near the figure are moved and all others stand still, so
that what is found there is true of the whole. Not defended against: knowledge from outside the tables, and somebody who
runs this procedure backwards; a public page says "withheld" and never why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, product
from math import ceil, comb, floor
from typing import Generic, Literal, TypeVar

import numpy as np

from ourpatch.data.disclosure.rules.bounds import Floats
from ourpatch.data.disclosure.rules.cells import Mask, MinimumCell
from ourpatch.data.disclosure.rules.shape import Shape
from ourpatch.data.disclosure.rules.sight import Block, Sight
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

K = TypeVar("K", bound=Hashable)
Method = Literal["none", "optimal", "greedy"]
Limit = tuple[float, float]

SMALL = 1e-6
MOST_TRIALS = 300
MOST_TO_PRUNE = 40
SMALL_FAMILY = 200
"""Pieces of a family that is looked at whole."""
CORE = 120
BLOCK = 240
"""Pieces of a run of a large family, and with those around it, that move in one search."""
WIDER = (480, 960)
"""Pieces that move in a second and a third try."""
ROUNDS = 16
SWEEPS_FIRST = 8
"""How often several numbers of a block are widened at once, and tables tried before."""
SWEEPS_AFTER = 1
"""Tables tried for everything near by after something was withheld."""


class Status(StrEnum):
    """What is known of a figure outside."""

    OPEN = "open"
    """To be published; may be withheld."""
    WITHHELD = "withheld"
    """To be published with its number withheld, as its own table asks."""
    SEEN = "seen"
    """Published before; it cannot be taken back."""
    HELD_BACK = "held_back"
    """Published before with its number withheld."""
    DERIVED = "derived"
    """Never published: a piece, a remainder of two areas, a step between two releases."""


WITHOUT_NUMBER = frozenset({Status.WITHHELD, Status.HELD_BACK})


@dataclass(frozen=True, slots=True)
class Figure(Generic[K]):
    """A sum over pieces (their positions), less others. `between`: what was shown where that was not the number itself."""

    key: K
    parts: tuple[int, ...]
    status: Status = Status.OPEN
    less: tuple[int, ...] = ()
    is_total: bool = False
    between: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Family(Generic[K]):
    """`counts` of the pieces; `place` of each, a number that pieces on the same ground share; the figures over them."""

    counts: Sequence[int]
    place: Sequence[int]
    figures: tuple[Figure[K], ...]

    def __post_init__(self) -> None:
        if len(self.counts) != len(self.place) or any(count < 0 for count in self.counts):
            raise BadInput(_("Counts are whole numbers from zero, and each belongs to a place."))

    def value(self, figure: Figure[K]) -> int:
        """The true number of a figure."""
        return sum(self.counts[i] for i in figure.parts) - sum(self.counts[i] for i in figure.less)


@dataclass(frozen=True, slots=True)
class Decision(Generic[K]):
    """What may be shown of a family. `small` and `protecting` are withheld; `given_away` are the small numbers that what
    was published before may give away whatever is withheld now (None: a piece that has no figure of its own), `to_all` those
    of them that the first outsider may learn too, `around` the places that those count.

    `method`: "none" (nothing further was needed), "optimal" (fewest totals, then fewest figures, then smallest counts)
    or "greedy".
    """

    small: frozenset[K]
    protecting: frozenset[K]
    given_away: tuple[K | None, ...]
    to_all: tuple[K | None, ...]
    around: frozenset[int]
    method: Method

    @property
    def withheld(self) -> frozenset[K]:
        """Every figure whose number may not be shown."""
        return self.small | self.protecting


def decide(family: Family[K], rule: MinimumCell) -> Decision[K]:
    """Withhold what is small, then what would give it away, until each withheld or small number is uncertain enough.

    Optimal on small families by trying everything in order of cost; on large ones by cheapest moves, near by. What was
    seen before is never withheld: where only that gives a number away it is reported.
    """
    state = _State(family, rule)
    if state.is_small_family:
        if state.uncertain_enough() is None:
            return state.decision("none")
        if _optimal(state):
            return state.decision("optimal")
    given_away = _widen_all(state)
    if not given_away:
        _prune(state)
    return state.decision("greedy" if state.hidden > state.small else "none", given_away)


def bounds(
    family: Family[K], withheld: Collection[K], rule: MinimumCell, *, knowing_why: bool = False
) -> dict[K, tuple[int, int | None]]:
    """What an outsider can work out about each figure without a number: lowest and highest count (None: no upper limit).

    The whole family at once, so for families of some hundred pieces. Fractions are rounded inwards.
    """
    state = _State(family, rule)
    state.hide(i for i, each in enumerate(family.figures) if each.key in withheld and each.status is Status.OPEN)
    block = state.sights[knowing_why].block(tuple(state.shape.places))
    found: dict[K, tuple[int, int | None]] = {}
    for i, figure in enumerate(family.figures):
        if state.has_no_number(i) or figure.status is Status.DERIVED:
            fall, rise = block.reach(i, -1), block.reach(i, 1)
            low, high = state.value(i) - fall, state.value(i) + rise
            found[figure.key] = (ceil(low - SMALL), None if high == np.inf else floor(high + SMALL))
    return found


def remainders(areas: Mapping[K, Collection[int]]) -> Iterator[tuple[tuple[K, K], tuple[int, ...]]]:
    """What two areas that overlap have in common, and what is left of each without the other: (areas, pieces).

    Single pieces, whole areas and pieces met before are left out. `areas` maps an area to its pieces.
    """
    holding: dict[int, list[K]] = defaultdict(list)
    for key, pieces in areas.items():
        for piece in pieces:
            holding[piece].append(key)
    met = {frozenset(pieces) for pieces in areas.values()}
    pairs = dict.fromkeys(pair for keys in holding.values() for pair in combinations(keys, 2))
    for one, other in pairs:
        first, second = frozenset(areas[one]), frozenset(areas[other])
        for pieces in (first & second, first - second, second - first):
            if len(pieces) > 1 and pieces not in met:
                met.add(pieces)
                yield (one, other), tuple(sorted(pieces))


# --- one family being decided -----------------------------------------------------------------------------------------


class _State(Generic[K]):
    """A family while it is decided: what is withheld so far, and what that leaves for each outsider.

    Figures are positions; the pieces that are small without being a figure follow those of the family.
    """

    def __init__(self, family: Family[K], rule: MinimumCell) -> None:
        self.family, self.rule = family, rule
        counts = np.array(family.counts, dtype=np.int64)
        alone = {each.parts[0] for each in family.figures if len(each.parts) == 1 and not each.less}
        extra = [i for i in range(len(counts)) if i not in alone and 0 < counts[i] < rule.smallest_shown]
        parts = [(each.parts, each.less) for each in family.figures] + [((i,), ()) for i in extra]
        self.shape = Shape(counts, np.array(family.place, dtype=np.int64), parts)
        self.values = self.shape.values
        self.statuses = [each.status for each in family.figures] + [Status.DERIVED] * len(extra)
        self.totals = {i for i, each in enumerate(family.figures) if each.is_total}
        self.sums = self.totals | self.shape.around_others(len(family.figures))
        self.small = frozenset(
            i for i, each in enumerate(family.figures) if each.status is Status.OPEN and rule.is_small(self.value(i))
        )
        self.hidden: set[int] = set(self.small)
        self.if_withheld = [_limits(self._limit_without_number(i, k) for i in self._every()) for k in (False, True)]
        self.sights = [self._sight(knowing) for knowing in (False, True)]
        self.cost = self._costs()
        self.prices = self.cost.copy()
        self.is_protected = [self.mask(self.protected(knowing=knowing)) for knowing in (False, True)]

    @property
    def is_small_family(self) -> bool:
        """Whether everything may move at once."""
        return len(self.shape.counts) <= SMALL_FAMILY

    def value(self, figure: int) -> int:
        """The true number of a figure."""
        return int(self.values[figure])

    def has_no_number(self, figure: int) -> bool:
        """Whether a figure is published without its number."""
        return figure in self.hidden or self.statuses[figure] in WITHOUT_NUMBER

    def protected(self, *, knowing: bool) -> list[int]:
        """What must stay uncertain for one of the two outsiders, smallest first."""
        is_protected = self._is_known_small if knowing else self._is_protected
        return sorted((i for i in self._every() if is_protected(i)), key=lambda i: (abs(self.value(i)), i))

    def candidates(self) -> list[int]:
        """What could be withheld besides: not nought, and not yet seen."""
        return [int(i) for i in np.flatnonzero(self.prices)]

    def uncertain_enough(self, first_look_at: tuple[bool, int] | None = None) -> tuple[bool, int] | None:
        """The first number found that is not uncertain enough, and for which outsider; None when all are."""
        if first_look_at is not None and not self.is_wide(*first_look_at):
            return first_look_at
        for knowing in (False, True):
            protected = self.protected(knowing=knowing)
            if self.is_small_family and protected:
                self.sights[knowing].block(tuple(self.shape.places)).sweep(self.mask(protected))
            for figure in protected:
                if not self.is_wide(knowing, figure):
                    return knowing, figure
        return None

    def mask(self, figures: Collection[int]) -> Mask:
        """True at these positions."""
        mask = np.zeros(len(self.statuses), dtype=np.bool_)
        mask[list(figures)] = True
        return mask

    def is_wide(self, knowing: bool, figure: int) -> bool:
        """Whether a number is proved to be uncertain enough for one of the two outsiders."""
        if self.sights[knowing].is_proved(figure):
            return True
        return any(block.is_wide(figure) for block in self.blocks(figure, knowing))

    def blocks(self, figure: int, knowing: bool) -> Iterator[Block]:
        """The pieces that are moved to look at a figure: all of a small family, those near by of a large one, then more."""
        sight = self.sights[knowing]
        if self.is_small_family:
            yield sight.block(tuple(self.shape.places))
            return
        for places in self.shape.runs_of(figure, CORE, BLOCK):
            yield sight.block(places)
        for most in (BLOCK, *WIDER):
            yield sight.block(self.shape.near(figure, most))

    def hide(self, figures: Iterable[int]) -> None:
        """Withhold further figures. What was proved before stays proved: more withheld never makes less uncertain."""
        new = [int(i) for i in figures]
        self.hidden |= set(new)
        self.prices[new] = 0.0
        self.is_protected[False][new] = True
        for sight, (fall, rise) in zip(self.sights, self.if_withheld, strict=True):
            sight.fall[new], sight.rise[new] = fall[new], rise[new]

    def withhold_only(self, further: Collection[int]) -> None:
        """Start again with these withheld besides what is small."""
        shown = list(self.hidden - self.small)
        self.hidden = set(self.small)
        self.prices[shown] = self.cost[shown]
        self.is_protected[False][shown] = False
        for knowing, sight in enumerate(self.sights):
            sight.forget()
            for i in shown:
                sight.fall[i], sight.rise[i] = self._limit(i, bool(knowing))
        self.hide(further)

    def decision(self, method: Method, given_away: Collection[int] = ()) -> Decision[K]:
        """What was decided, by keys."""
        keys = [each.key for each in self.family.figures]
        to_all = [i for i in given_away if self._is_protected(i) and not self.sights[False].is_proved(i)]
        return Decision(
            small=frozenset(keys[i] for i in self.small),
            protecting=frozenset(keys[i] for i in self.hidden - self.small),
            given_away=self._named(given_away),
            to_all=self._named(to_all),
            around=frozenset(self.family.place[piece] for i in to_all for piece in self._pieces_of(i)),
            method=method,
        )

    def _pieces_of(self, figure: int) -> tuple[int, ...]:
        every = self.family.figures
        return every[figure].parts + every[figure].less if figure < len(every) else (figure - len(every),)

    def _named(self, figures: Collection[int]) -> tuple[K | None, ...]:
        every = self.family.figures
        return tuple(every[i].key if i < len(every) else None for i in sorted(figures))

    def _every(self) -> range:
        return range(len(self.statuses))

    def _sight(self, knowing: bool) -> Sight:
        fall, rise = _limits(self._limit(i, knowing) for i in self._every())
        return Sight(self.shape, fall, rise, 1 if knowing else self.rule.width)

    def _is_protected(self, figure: int) -> bool:
        # What was held back before for the sake of another may be told now, if that other stays hidden.
        if self.statuses[figure] in (Status.DERIVED, Status.HELD_BACK):
            return 0 < abs(self.value(figure)) < self.rule.smallest_shown
        return self.has_no_number(figure)

    def _is_known_small(self, figure: int) -> bool:
        return self.has_no_number(figure) and figure not in self.sums and self.rule.is_small(self.value(figure))

    def _costs(self) -> Floats:
        """What it costs to withhold each figure: least for small cells, most for totals; nought for those that cannot be,
        and those that are.
        """
        top = 1.0 + float(self.values.max(initial=0))
        costs = np.array([(1000.0 if i in self.totals else 1.0) + self.value(i) / top for i in self._every()])
        costs[[i for i in self._every() if not self._could_be_withheld(i)]] = 0.0
        return costs

    def _could_be_withheld(self, figure: int) -> bool:
        return self.statuses[figure] is Status.OPEN and figure not in self.small and self.value(figure) > 0

    def _limit(self, figure: int, knowing: bool) -> Limit:
        """How far a figure may fall and rise for an outsider."""
        if self.statuses[figure] is Status.DERIVED:
            return -np.inf, np.inf
        if self.has_no_number(figure):
            return self._limit_without_number(figure, knowing)
        value, between = self.value(figure), self.family.figures[figure].between
        return (0.0, 0.0) if between is None else (min(0, between[0] - value), max(0, between[1] - value))

    def _limit_without_number(self, figure: int, knowing: bool) -> Limit:
        """The same of a figure that is, or were, withheld."""
        value, least = self.value(figure), 1 if self.rule.zeros_shown else 0
        if not knowing or figure in self.sums:
            return float(min(0, least - value)), np.inf
        if self.rule.is_small(value):
            return float(least - value), float(self.rule.smallest_shown - 1 - value)
        return float(min(0, self.rule.smallest_shown - value)), np.inf


def _limits(found: Iterable[Limit]) -> tuple[Floats, Floats]:
    pairs = np.array(list(found), dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy()


# --- what else to withhold --------------------------------------------------------------------------------------------


def _optimal(state: _State[K]) -> bool:
    """Withhold the best further figures by trying all in order of cost; False when that takes too many trials."""
    last = None
    for trial, chosen in enumerate(_by_cost(state)):
        if chosen is None or trial >= MOST_TRIALS:
            break
        state.withhold_only(chosen)
        last = state.uncertain_enough(last)
        if last is None:
            return True
    state.withhold_only(())
    return False


def _by_cost(state: _State[K]) -> Iterator[frozenset[int] | None]:
    """Every set of further figures: fewest totals, then fewest cells, then smallest sum of the counts lost.

    Ends with None where the next size has too many sets to try.
    """
    candidates = state.candidates()
    totals = [i for i in candidates if i in state.totals]
    cells = [i for i in candidates if i not in state.totals]
    for some_totals, some_cells in product(range(len(totals) + 1), range(len(cells) + 1)):
        if comb(len(totals), some_totals) * comb(len(cells), some_cells) > MOST_TRIALS:
            yield None
            return
        sets = [frozenset(a + b) for a in combinations(totals, some_totals) for b in combinations(cells, some_cells)]
        yield from sorted(sets, key=lambda s: (sum(state.value(i) for i in s), sorted(s)))


def _widen_all(state: _State[K]) -> set[int]:
    """Withhold the cheapest further figures for each number that is too certain; returns those that nothing helps."""
    given_away: set[int] = set()
    for knowing in (False, True):
        looked: set[int] = set()
        while waiting := [i for i in state.protected(knowing=knowing) if i not in looked]:
            _look_over(state, waiting, knowing)
            given_away |= {i for i in waiting if not _widen(state, i, knowing)}
            looked |= set(waiting)
    # What the second outsider made withheld must be uncertain for the first one too.
    if any(not state.sights[False].is_proved(i) for i in state.protected(knowing=False) if i not in given_away):
        given_away |= _widen_all(state)
    return given_away


def _look_over(state: _State[K], figures: Collection[int], knowing: bool) -> None:
    """Prove as much as can be proved of many figures at once, and of a large family withhold what several need."""
    if state.is_small_family:
        state.sights[knowing].block(tuple(state.shape.places)).sweep(state.mask(figures))
        return
    fall, rise = state.if_withheld[knowing]
    protected, ways = state.is_protected[knowing], np.random.default_rng(len(state.statuses))
    for places in state.shape.runs(CORE, BLOCK):
        block = state.sights[knowing].block(places)
        block.sweep(protected, SWEEPS_FIRST)
        for _round in range(ROUNDS):
            if not block.lacks(protected):
                break
            state.hide(block.widen_some(protected, state.prices, fall, rise, ways))


def _widen(state: _State[K], figure: int, knowing: bool) -> bool:
    """Withhold the cheapest figures by which a number becomes uncertain enough, or all around it; whether it is."""
    if state.sights[knowing].is_proved(figure):
        return True
    fall, rise = state.if_withheld[knowing]
    for block in state.blocks(figure, knowing):
        if block.is_wide(figure):
            return True
        further = block.cheapest(figure, state.prices, fall, rise)
        if further is not None:
            state.hide(further)
            if further.size:
                block.sweep(state.is_protected[knowing], SWEEPS_AFTER)
            return True
    return _hide_around(state, figure, knowing)


def _hide_around(state: _State[K], figure: int, knowing: bool) -> bool:
    """Withhold every figure over the same ground, smallest areas first, until a number is uncertain enough."""
    if state.is_wide(knowing, figure):
        return True
    around = state.shape.over(figure)
    open_ones = [i for i in state.candidates() if i in around]
    for size in sorted({state.shape.size(i) for i in open_ones}):
        state.hide(i for i in open_ones if state.shape.size(i) == size)
        if state.is_wide(knowing, figure):
            return True
    return False


def _prune(state: _State[K]) -> None:
    """Show again what turns out not to be needed, dearest first."""
    further = sorted(state.hidden - state.small, key=lambda i: (-state.cost[i], i))
    if not state.is_small_family or len(further) > MOST_TO_PRUNE:
        return
    kept = set(further)
    for figure in further:
        state.withhold_only(kept - {figure})
        if state.uncertain_enough() is None:
            kept.discard(figure)
    state.withhold_only(kept)
