"""What is laid beside a proposal: what residents raised and what was recorded, each with its period and its source.

Priorities that do not match recorded crime are normal; both are shown, and neither overrules (partnership-practice P). The
snapshot is kept with the priority, so that a choice can be read later as it was made; its words are kept as they were written
and translated when they are shown (ground.words).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ourpatch.access.concerns.models import Problem
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.contributions import Point
from ourpatch.ground.words import Message

Snapshot = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line: what is counted, how many (None: not known), from which day to which (both included), and the source."""

    says: Message
    number: int | None
    since: date | None
    until: date | None
    source: Message


Source = Callable[[ServiceArea, Problem | None, date], Sequence[Evidence]]
EVIDENCE: Point[Source] = Point("evidence for a priority")


def evidence_for(neighbourhood: ServiceArea, problem: Problem | None, on: date) -> Snapshot:
    """Every source's lines, by the source's key, as they stand on this day. Reads files: call it outside a transaction."""
    return {key: [_kept(line) for line in source(neighbourhood, problem, on)] for key, source in EVIDENCE.all()}


def lines_of(snapshot: Snapshot) -> list[Evidence]:
    """The lines of a kept snapshot, in the order of the sources."""
    order = [key for key, _source in EVIDENCE.all()]
    keys = sorted(snapshot, key=lambda key: (order.index(key) if key in order else len(order), key))
    return [_read(line) for key in keys for line in snapshot[key]]


def _kept(line: Evidence) -> dict[str, Any]:
    return {
        "says": [line.says.text, line.says.values],
        "number": line.number,
        "since": line.since.isoformat() if line.since else None,
        "until": line.until.isoformat() if line.until else None,
        "source": [line.source.text, line.source.values],
    }


def _read(kept: Mapping[str, Any]) -> Evidence:
    return Evidence(
        says=Message(*kept["says"]),
        number=kept["number"],
        since=date.fromisoformat(kept["since"]) if kept["since"] else None,
        until=date.fromisoformat(kept["until"]) if kept["until"] else None,
        source=Message(*kept["source"]),
    )
