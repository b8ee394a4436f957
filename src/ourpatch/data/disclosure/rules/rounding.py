"""Rounded numbers, the other choice of a rule: nothing is withheld, nothing is exact, and the result says by how much.

Nearest: each number by itself to the nearest multiple, so that totals need not add up. Controlled: each to one of the two
multiples that it lies between, chosen so that every total is the sum of its parts (Causey, Cox and Ernst, Journal of the
American Statistical Association 80, 1985). Rounded totals beside rounded cells can give cells away: four twos would all
be nought beside a total of ten. So nearest is kept only where every count stays uncertain by half the base; controlled
rounding leaves each cell every count within a base of what is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ourpatch.data.analysis.circulation import UNBOUNDED, Circulation, Step
from ourpatch.data.disclosure.rules.cells import Integers, Mask
from ourpatch.data.disclosure.rules.tables import Laid, Totals
from ourpatch.foundation.law import LawBook
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

Way = Literal["nearest", "controlled"]

LEAST_BASE = 3


def bases_of(book: LawBook) -> dict[int, bool]:
    """The numbers that may be chosen to round to, odd so that no count lies half way -> whether it is the recommended one."""
    return {int(item.code): bool(item.facts.get("recommended")) for item in book.codes("rounding_bases")}


@dataclass(frozen=True, slots=True, eq=False)
class Rounded:
    """A table of rounded numbers, with one more place in each direction for the totals.

    `way` is what was done (controlled where nearest would give a count away). Every number shown is within `error` of the
    true one; `adds_up`: whether every published total is the sum of its parts.
    """

    counts: Integers
    shown: Integers
    published: Mask
    base: int
    way: Way
    error: int
    adds_up: bool


def round_table(
    counts: Sequence[int] | Sequence[Sequence[int]] | Integers,
    base: int,
    way: Way = "controlled",
    totals: Totals | None = None,
) -> Rounded:
    """A list or a two-way table of counts and its totals, rounded to multiples of an odd `base`.

    Raises BadInput for a base that is even or below three, or anything but one or two dimensions of counts.
    """
    if base < LEAST_BASE or base % 2 == 0:
        raise BadInput(_("Round to multiples of an odd number from three, so that no count lies half way."))
    table = Laid.of(counts, totals or Totals())
    if way == "nearest":
        near = _result(table, [nearest(arc.value, base) for arc in table.flows.arcs], base, "nearest")
        if all(high is None or high - low >= base // 2 for low, high in rounded_intervals(near).values()):
            return near
    return _result(table, _controlled(table.flows, base), base, "controlled")


def rounded_intervals(rounded: Rounded) -> dict[tuple[int, ...], tuple[int, int | None]]:
    """What an outsider can work out about each place: lowest and highest count (None: no upper limit)."""
    table = Laid.again(rounded.counts, rounded.published)
    limits = {
        i: (max(0, int(rounded.shown[place]) - rounded.error), int(rounded.shown[place]) + rounded.error)
        for i, place in enumerate(table.places)
        if rounded.published[place]
    }
    found: dict[tuple[int, ...], tuple[int, int | None]] = {}
    for i, place in enumerate(table.places):
        low, high = table.flows.interval(i, range(len(table.places)), limits=limits)
        found[place] = (low, None if high >= UNBOUNDED else high)
    return found


def nearest(count: int, base: int) -> int:
    """The nearest multiple of an odd base."""
    return (count + base // 2) // base * base


def _result(table: Laid, values: Sequence[int], base: int, way: Way) -> Rounded:
    shown = np.zeros_like(table.counts)
    for place, value in zip(table.places, values, strict=True):
        shown[place] = value
    published = np.zeros(table.counts.shape, dtype=np.bool_)
    for i in table.published:
        published[table.places[i]] = True
    error = base // 2 if way == "nearest" else base - 1
    return Rounded(table.counts, shown, published, base, way, error, _adds_up(table, values))


def _adds_up(table: Laid, values: Sequence[int]) -> bool:
    balance: dict[int, int] = defaultdict(int)
    for arc, value in zip(table.flows.arcs, values, strict=True):
        balance[arc.tail] -= value
        balance[arc.head] += value
    return not any(balance.values())


def _controlled(flows: Circulation, base: int) -> list[int]:
    """Go round in circles through numbers that are no multiples, up one way and down the other, until there are none.

    A sum of multiples is one, so a number that is none always has another beside it, and every circle ends one of them.
    """
    values = [arc.value for arc in flows.arcs]
    while (start := next((i for i, value in enumerate(values) if value % base), None)) is not None:
        circle = _circle(flows, values, base, start)
        ways = [_gone_round(values, circle, base, sign) for sign in (1, -1)]
        values = min(ways, key=lambda way: sum((v - arc.value) ** 2 for v, arc in zip(way, flows.arcs, strict=True)))
    return values


def _circle(flows: Circulation, values: Sequence[int], base: int, start: int) -> list[Step]:
    """A way from one number that is no multiple to the next until it meets itself."""
    way = [Step(start, True)]
    met = {flows.arcs[start].tail: 0}
    node = flows.arcs[start].head
    while node not in met:
        met[node] = len(way)
        other, step = next(
            (other, step) for other, step in flows.leaving[node] if step.arc != way[-1].arc and values[step.arc] % base
        )
        way.append(step)
        node = other
    return way[met[node] :]


def _gone_round(values: Sequence[int], circle: Sequence[Step], base: int, sign: int) -> list[int]:
    """The numbers after moving along a circle, or against it, until the first is a multiple."""
    signs = {step.arc: sign if step.along else -sign for step in circle}
    amount = min((-values[arc] if way > 0 else values[arc]) % base for arc, way in signs.items())
    return [value + signs.get(arc, 0) * amount for arc, value in enumerate(values)]
