"""You said, we did: written by the neighbourhood manager, published in both languages, and sent to each person behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from ourpatch.access.concerns.rules import Outcome
from ourpatch.answers.publishing import actions as publishing
from ourpatch.answers.publishing.actions import Words
from ourpatch.site.demo.chapters.concerns import judge
from ourpatch.site.demo.county import life
from ourpatch.site.demo.stage import Stage

OUTCOMES: dict[life.Outcome, Outcome] = {
    "worked": Outcome.SOLVED,
    "partly": Outcome.BETTER,
    "not_yet": Outcome.NO_CHANGE,
}
NOT_YET = "It has not changed yet. We tell you so because you asked to hear it plainly; the plan goes on."
NOT_YET_CY = (
    "Nid yw wedi newid eto. Rydym yn dweud hynny am i chi ofyn am gael clywed yn blaen; mae'r cynllun yn parhau."
)


def set_up(stage: Stage) -> None:
    """Put every answer into the year."""
    for answer in stage.life.answers:
        stage.timeline.at(answer.published, _publisher(stage, answer))


def _publisher(stage: Stage, answer: life.Answer) -> Callable[[datetime], None]:
    plan = next((each for each in stage.life.plans if each.problem == answer.problem), None)
    priority = next((each for each in stage.life.priorities if each.problem == answer.problem), None)
    problem = next(each for each in stage.life.problems if each.key == answer.problem)
    failed = answer.outcome == "not_yet"

    def publish(now: datetime) -> None:
        by = stage.actor(answer.person)
        draft = publishing.draft_answer(
            by=by,
            neighbourhood_id=stage.neighbourhoods[answer.neighbourhood].pk,
            words=Words(
                title=priority.title_en if priority else problem.title,
                title_cy=priority.title_cy if priority else "",
                said=answer.said_en,
                said_cy=answer.said_cy,
                did=answer.did_en,
                did_cy=answer.did_cy,
                not_done=NOT_YET if failed else "",
                not_done_cy=NOT_YET_CY if failed else "",
                outcome=str(OUTCOMES[answer.outcome]),
            ),
            problem_id=stage.problems[answer.problem],
            plan_id=stage.plans[plan.key] if plan else None,
            now=now,
        )
        publishing.publish_answer(by=by, answer_id=draft.pk, version=draft.version, now=now)
        _let_judge(stage, answer.problem, now)

    return publish


def _let_judge(stage: Stage, problem: str, now: datetime) -> None:
    for number, concern in enumerate(stage.life.concerns):
        if concern.problem == problem and concern.grouped_at and concern.grouped_at + timedelta(minutes=2) <= now:
            judge(stage, concern.key, number, now)
