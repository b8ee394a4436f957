"""Links that later rooms put on a page of an earlier one: what may come next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ourpatch.ground.contributions import Point
from ourpatch.ground.permission.actor import Actor

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a page of a later room; `is_action` makes it a button."""

    text: str
    href: str
    is_action: bool = False


def gather(point: Point[Callable[[Actor, Subject], list[Link]]], by: Actor, subject: Subject) -> list[Link]:
    """Every link that a later room offers this actor for a subject, in the point's order."""
    return [link for _key, source in point.all() for link in source(by, subject)]
