"""Made-up evaluations and published answers."""

from __future__ import annotations

from datetime import date
from typing import Any

from ourpatch.access.concerns import actions as concerns
from ourpatch.access.concerns.models import Problem
from ourpatch.answers.evaluation import actions as evaluations
from ourpatch.answers.evaluation.models import Evaluation
from ourpatch.answers.evaluation.permissions import Permission as Evaluations
from ourpatch.answers.evaluation.rules import Counts, Periods
from ourpatch.answers.publishing import actions
from ourpatch.answers.publishing.actions import Words
from ourpatch.answers.publishing.models import PublishedAnswer
from ourpatch.answers.publishing.permissions import Permission
from ourpatch.ground.permission.actor import Actor
from ourpatch.interventions.problems.models import Plan

from ..access.factories_concerns import NOON, Scene, raise_one
from ..interventions.factories_problems import WORKERS

WRITERS = frozenset({*WORKERS, *Permission, *Evaluations})
PERIODS = Periods(date(2025, 3, 1), date(2026, 3, 1), 6)
WORDS = Words(
    title="Motorbikes on the canal path",
    said="Motorbikes race along the path in the evening.",
    did="A barrier stands at the lock since May, and officers walked the path on eight evenings.",
    outcome="better",
)
WELSH = {
    "title_cy": "Beiciau modur",
    "said_cy": "Beiciau modur ar y llwybr.",
    "did_cy": "Mae rhwystr wrth y loc ers mis Mai, a bu swyddogion yn cerdded y llwybr ar wyth noson.",
}


def make_problem(scene: Scene, by: Actor, people: int = 2, **more: Any) -> Problem:
    """A problem that people raised, each by their own record."""
    raised = [raise_one(scene, **more).concern.pk for _ in range(people)]
    return concerns.make_problem(by=by, concern_ids=raised, title_en="Motorbikes on the canal path", now=NOON)


def evaluate(by: Actor, plan: Plan, **more: Any) -> Evaluation:
    """The published example (anchors 3.4): 100 to 70, its surroundings 50 to 45, a comparison area 200 to 190."""
    facts: dict[str, Any] = {
        "names": ("Canal path", "River path"),
        "periods": PERIODS,
        "response": Counts(100, 70),
        "comparison": Counts(200, 190),
        "buffer": Counts(50, 45),
        "source": "Council complaints register",
    }
    return evaluations.evaluate_typed(by=by, plan_id=plan.pk, now=NOON, **{**facts, **more})


def draft(scene: Scene, by: Actor, words: Words = WORDS, **more: Any) -> PublishedAnswer:
    """An answer that is written and not published."""
    return actions.draft_answer(by=by, neighbourhood_id=scene.neighbourhood.pk, words=words, now=NOON, **more)


def publish(by: Actor, answer: PublishedAnswer) -> PublishedAnswer:
    """The answer, published."""
    return actions.publish_answer(by=by, answer_id=answer.pk, version=answer.version, now=NOON)
