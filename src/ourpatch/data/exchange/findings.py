"""What is said of a file, cell by cell: where, what was found, what to do. A finding never repeats what may identify a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ourpatch.ground.words import Message


class Weight(StrEnum):
    """What follows from a finding, the heaviest first."""

    REFUSES = "refuses"
    """The whole file cannot be used."""
    HOLDS = "holds"
    """The depersonalisation gate: nothing is loaded unless a named person lets it through."""
    SETS_ASIDE = "sets_aside"
    """This row is not loaded; the others are."""
    NOTES = "notes"
    """The row is loaded; the sender should know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `row` 0: the whole file; `column` "": the whole row. `kind` is stable and counts findings alike."""

    row: int
    column: str
    kind: str
    weight: Weight
    says: Message
    do: Message


@dataclass(slots=True)
class Findings:
    """Findings of one file: all are counted, the first `listed` of each kind are kept."""

    listed: int = 200
    kept: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    weights: dict[str, Weight] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Count a finding and keep it while there are few of its kind."""
        self.counts[finding.kind] += 1
        self.weights[finding.kind] = finding.weight
        if self.counts[finding.kind] <= self.listed:
            self.kept.append(finding)

    def add_rows(self, rows: Iterable[int], alike: Finding) -> None:
        """Say the same of several rows; what is not listed is counted."""
        numbers = list(rows)
        if not numbers:
            return
        listed = max(self.listed - self.counts[alike.kind], 0)
        self.kept += [replace(alike, row=number) for number in numbers[:listed]]
        self.counts[alike.kind] += len(numbers)
        self.weights[alike.kind] = alike.weight

    def extend(self, findings: Iterable[Finding]) -> None:
        """Add several."""
        for each in findings:
            self.add(each)

    def join(self, other: Findings) -> None:
        """Take over what was found elsewhere in the same file."""
        for finding in other.kept:
            self.add(finding)
        for kind, count in other.counts.items():
            listed = sum(finding.kind == kind for finding in other.kept)
            self.counts[kind] += count - listed
            self.weights[kind] = other.weights[kind]

    def count(self, weight: Weight) -> int:
        """How many findings of a weight."""
        return sum(n for kind, n in self.counts.items() if self.weights[kind] is weight)
