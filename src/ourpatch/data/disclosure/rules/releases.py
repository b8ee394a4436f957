"""Whether a new release of the same figures undoes an earlier one: the quick look, figure by figure.

`families` looks at all areas and releases together, by exact bounds.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from ourpatch.data.analysis.circulation import UNBOUNDED
from ourpatch.data.disclosure.rules.cells import MinimumCell

K = TypeVar("K", bound=Hashable)

MOST_ROUNDS = 200


class Leak(StrEnum):
    """How two releases together say more than each alone."""

    SMALL_STEP = "small_step"
    ALREADY_SHOWN = "already_shown"
    SUBTRACTION = "subtraction"


@dataclass(frozen=True, slots=True)
class Unsafe(Generic[K]):
    """One place that two releases give away, and the interval that is left of it."""

    key: K
    leak: Leak
    low: int
    high: int


def differences_unsafe(
    old: Mapping[K, int | None],
    new: Mapping[K, int | None],
    rule: MinimumCell,
    *,
    nested: Mapping[K, Sequence[K]] | None = None,
) -> list[Unsafe[K]]:
    """What would leak if `new` were published after `old` (key -> number, None = withheld).

    Flags the same key shown twice with a small step between (corrections; running totals from one month to the next),
    a key now withheld that was shown, and withheld keys that sums give back. `nested` maps a whole to its parts, from
    either release (district to wards, year to months). Bounds of overlapping sums come by repeated narrowing: never
    too narrow, sometimes wider than the truth.
    """
    found = [*_steps(old, new, rule), *_hidden_too_late(old, new)]
    known = {**old, **new, **{k: v for k, v in old.items() if v is not None and new.get(k) is None}}
    return found + list(_given_back(known, nested or {}, rule))


def _steps(old: Mapping[K, int | None], new: Mapping[K, int | None], rule: MinimumCell) -> Iterator[Unsafe[K]]:
    for key in old:
        before, after = old[key], new.get(key)
        if before is not None and after is not None and 0 < abs(after - before) < rule.smallest_shown:
            yield Unsafe(key, Leak.SMALL_STEP, abs(after - before), abs(after - before))


def _hidden_too_late(old: Mapping[K, int | None], new: Mapping[K, int | None]) -> Iterator[Unsafe[K]]:
    for key, before in old.items():
        if before is not None and key in new and new[key] is None:
            yield Unsafe(key, Leak.ALREADY_SHOWN, before, before)


def _given_back(
    known: Mapping[K, int | None], nested: Mapping[K, Sequence[K]], rule: MinimumCell
) -> Iterator[Unsafe[K]]:
    bounds = {key: (0, UNBOUNDED) if value is None else (value, value) for key, value in known.items()}
    sums = [(whole, list(parts)) for whole, parts in nested.items() if whole in bounds and set(parts) <= bounds.keys()]
    for _round in range(MOST_ROUNDS):
        if not sum(_narrow(bounds, whole, parts) for whole, parts in sums):
            break
    for key, value in known.items():
        low, high = bounds[key]
        if value is None and high - low < rule.width:
            yield Unsafe(key, Leak.SUBTRACTION, low, high)


def _narrow(bounds: dict[K, tuple[int, int]], whole: K, parts: Sequence[K]) -> bool:
    """Tighten the bounds of a whole and its parts by each other once; True when something moved.

    Releases that contradict each other (a correction in between) leave nothing to reason from and are left alone.
    """
    low, high = sum(bounds[p][0] for p in parts), min(UNBOUNDED, sum(bounds[p][1] for p in parts))
    tighter = {whole: (max(bounds[whole][0], low), min(bounds[whole][1], high))}
    for part in parts:
        others_low = low - bounds[part][0]
        others_high = sum(bounds[p][1] for p in parts if p != part)
        ceiling = bounds[whole][1] - others_low if bounds[whole][1] < UNBOUNDED else UNBOUNDED
        tighter[part] = (max(bounds[part][0], bounds[whole][0] - others_high), min(bounds[part][1], ceiling))
    if any(a > b for a, b in tighter.values()) or all(bounds[k] == v for k, v in tighter.items()):
        return False
    bounds.update(tighter)
    return True
