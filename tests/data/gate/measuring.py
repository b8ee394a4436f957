"""How much of what was planted the gate finds, and how often it alarms for nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt

from tests.data.gate import corpus
from tests.data.gate.corpus import Case

from ourpatch.data.exchange import gate
from ourpatch.data.exchange.findings import Weight


@dataclass
class Tally:
    """How many there were, how many were held, how many of these by the right kind, how many only noted."""

    of: int = 0
    held: int = 0
    right: int = 0
    noted: int = 0


@dataclass
class Figures:
    """Of one half: planted identifiers by kind and where they stood, clean cells by what they look like."""

    planted: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    names_in_text: Tally = field(default_factory=Tally)
    clean: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def all_planted(self) -> Tally:
        return total(self.planted.values())

    def structured(self) -> Tally:
        return total(tally for kind, tally in self.planted.items() if kind != "name")

    def all_clean(self) -> Tally:
        return total(self.clean.values())


def total(tallies: Iterable[Tally]) -> Tally:
    """Several as one."""
    found = Tally()
    for each in tallies:
        found.of += each.of
        found.held += each.held
        found.right += each.right
        found.noted += each.noted
    return found


def measure(half: str, missed: list[tuple[str, ...]] | None = None) -> Figures:
    """The figures of one half of the corpus. `missed` is filled with what went wrong, for tuning on the tuned half only."""
    figures = Figures()
    for case in corpus.halves()[half]:
        _measure_case(case, figures, missed)
    return figures


def _measure_case(case: Case, figures: Figures, missed: list[tuple[str, ...]] | None) -> None:
    held, noted = _cells(case)
    for (row, column), kind in case.planted.items():
        found = held.get((row, column), set())
        tallies = [figures.planted[kind]]
        if kind == "name" and (row, column) in case.in_text:
            tallies.append(figures.names_in_text)
        for tally in tallies:
            tally.of += 1
            tally.held += bool(found)
            tally.right += kind in found
            tally.noted += not found and (row, column) in noted
        if missed is not None and kind not in found:
            missed.append(("missed", case.dataset, kind, column, case.columns[column][row - 2], str(found)))
    for row, column, sort in case.clean():
        tally = figures.clean[sort]
        tally.of += 1
        tally.held += (row, column) in held
        tally.noted += (row, column) in noted and (row, column) not in held
        if missed is not None and (row, column) in held:
            missed.append(("alarm", case.dataset, sort, column, case.columns[column][row - 2], str(held[row, column])))


def _cells(case: Case) -> tuple[dict[tuple[int, str], set[str]], set[tuple[int, str]]]:
    held: dict[tuple[int, str], set[str]] = defaultdict(set)
    noted = set()
    for each in gate.examine(case.sheet, case.layout, case.spec, listed=100_000).kept:
        if each.weight is Weight.HOLDS:
            held[each.row, each.column].add(each.kind.removeprefix("gate_"))
        else:
            noted.add((each.row, each.column))
    return held, noted


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, 0 to 1. Source: Wilson 1927, score interval without continuity correction."""
    z = 1.959964
    if not of:
        return 0.0, 1.0
    share, square = hits / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)
