"""The question of a study: plain data that can be kept, sent as a form or written on a command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of which data.

    `since`, `until`: local days, both included; None for all that is loaded. `categories`: none for all. `area`: a
    partnership or a neighbourhood. `known_on`: as the data stood at the end of that day. `options`: those that were given; the
    rest are defaults.
    """

    method: str
    dataset: str
    area: UUID
    categories: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    known_on: date | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    purpose: str = ""

    def as_data(self) -> dict[str, Any]:
        """As JSON can hold it, without the purpose, which is kept by itself."""
        data = asdict(self)
        del data["purpose"]
        days = {key: data[key].isoformat() if data[key] else None for key in ("since", "until", "known_on")}
        options = {key: value.isoformat() if isinstance(value, date) else value for key, value in self.options.items()}
        return {**data, **days, "area": str(self.area), "categories": list(self.categories), "options": options}


def from_data(data: Mapping[str, Any]) -> Question:
    """The question that `as_data` wrote."""
    since, until, known_on = (
        date.fromisoformat(data[key]) if data[key] else None for key in ("since", "until", "known_on")
    )
    return Question(
        method=data["method"],
        dataset=data["dataset"],
        area=UUID(data["area"]),
        categories=tuple(data["categories"]),
        since=since,
        until=until,
        known_on=known_on,
        options=dict(data["options"]),
    )
