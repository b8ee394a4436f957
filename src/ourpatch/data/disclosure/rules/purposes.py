"""For which purpose somebody asks of controlled data."""

from __future__ import annotations

from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

SHORTEST = 10


def wrong_with_purpose(purpose: str) -> Message | None:
    """What is wrong with a purpose; None where it says enough to be kept with the question."""
    if len(purpose.strip()) >= SHORTEST:
        return None
    return _(
        "Say in %(least)s letters or more for which purpose you ask: it is kept with the question.", least=SHORTEST
    )
