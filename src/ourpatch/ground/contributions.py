"""Contents that come up by contribution: an earlier room asks for what later rooms registered under a point.

A point is declared by the room that asks, with the type of what it wants:

    PROFILE_SECTIONS: Point[SectionSource] = Point("profile sections")

and later rooms add to it in AppConfig.ready(): `PROFILE_SECTIONS.add("crime", crime_section, order=20)`.
"""

from __future__ import annotations

from typing import Generic, TypeVar

Contribution = TypeVar("Contribution")


class Point(Generic[Contribution]):
    """One named place where later rooms put what an earlier room will show."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, tuple[int, Contribution]] = {}

    def add(self, key: str, contribution: Contribution, *, order: int = 100) -> None:
        """Put a contribution under its key; the same key again replaces it."""
        self._entries[key] = (order, contribution)

    def all(self) -> list[tuple[str, Contribution]]:
        """Every (key, contribution), by order and then by key."""
        ranked = sorted(self._entries.items(), key=lambda entry: (entry[1][0], entry[0]))
        return [(key, contribution) for key, (_, contribution) in ranked]

    def get(self, key: str) -> Contribution | None:
        """The contribution under this key, or None."""
        entry = self._entries.get(key)
        return entry[1] if entry else None
