"""What may come next for a problem: links that later rooms add (a priority is proposed, a plan is begun)."""

from __future__ import annotations

from collections.abc import Callable

from ourpatch.access.concerns.models import Problem
from ourpatch.ground.contributions import Point
from ourpatch.ground.links import Link
from ourpatch.ground.permission.actor import Actor

NEXT_STEPS: Point[Callable[[Actor, Problem], list[Link]]] = Point("next steps of a problem")
