"""What happens when: events are put in in any order and played in the order of time, each with its own present."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

Deed = Callable[[datetime], object]


@dataclass(slots=True)
class Timeline:
    """Deeds by instant; those of the same instant in the order in which they were put in. Nothing happens after `end`."""

    end: datetime
    _deeds: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    _counted: int = 0

    def at(self, instant: datetime, deed: Deed) -> None:
        """Do this at that instant, if it comes; a deed may put in others for later."""
        if instant <= self.end:
            heapq.heappush(self._deeds, (instant, self._counted, deed))
            self._counted += 1

    def __len__(self) -> int:
        return len(self._deeds)

    def play(self) -> Iterator[datetime]:
        """Do everything in order; yields each instant once its deed is done."""
        while self._deeds:
            instant, _number, deed = heapq.heappop(self._deeds)
            deed(instant)
            yield instant
