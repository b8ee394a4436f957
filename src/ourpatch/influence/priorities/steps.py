"""What may come next for a priority: links that later rooms add (a plan is made, an answer is published)."""

from __future__ import annotations

from collections.abc import Callable

from ourpatch.ground.contributions import Point
from ourpatch.ground.links import Link
from ourpatch.ground.permission.actor import Actor
from ourpatch.influence.priorities.models import Priority

NEXT_STEPS: Point[Callable[[Actor, Priority], list[Link]]] = Point("next steps of a priority")
