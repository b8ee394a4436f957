"""What may come next for a priority: links that later rooms add (a plan is made, an answer is published)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ourpatch.ground.contributions import Point
from ourpatch.ground.permission.actor import Actor
from ourpatch.influence.priorities.models import Priority


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a page of a later room; `is_action` makes it a button."""

    text: str
    href: str
    is_action: bool = False


NEXT_STEPS: Point[Callable[[Actor, Priority], list[Link]]] = Point("next steps of a priority")


def next_steps(by: Actor, priority: Priority) -> list[Link]:
    """Every link that a later room offers this actor for a priority."""
    return [link for _key, source in NEXT_STEPS.all() for link in source(by, priority)]
