"""Facts that go up the house: frozen dataclasses published inside the transaction that made them true.

A listener lives in a later room, registers itself in its AppConfig.ready(), runs in the same transaction and returns nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

Event = TypeVar("Event")

_listeners: dict[type, list[Callable[..., None]]] = defaultdict(list)


def listen(kind: type[Event]) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register the decorated function for every event of exactly this class; registering it twice changes nothing."""

    def register(listener: Callable[[Event], None]) -> Callable[[Event], None]:
        if listener not in _listeners[kind]:
            _listeners[kind].append(listener)
        return listener

    return register


def publish(event: object) -> None:
    """Tell every listener, in the order of registration; an error in one undoes the whole change."""
    for listener in _listeners[type(event)]:
        listener(event)
