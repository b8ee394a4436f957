"""What may come next for a plan: links that later rooms add (what was done is evaluated, an answer is written)."""

from __future__ import annotations

from collections.abc import Callable

from ourpatch.ground.contributions import Point
from ourpatch.ground.links import Link
from ourpatch.ground.permission.actor import Actor
from ourpatch.interventions.problems.models import Plan

NEXT_STEPS: Point[Callable[[Actor, Plan], list[Link]]] = Point("next steps of a plan")
