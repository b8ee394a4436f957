"""Writing, publishing and withdrawing answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ourpatch.access.concerns import actions as concerns
from ourpatch.access.concerns import queries as concern_queries
from ourpatch.access.concerns.models import Problem
from ourpatch.access.concerns.rules import MEANINGFUL_SHORTEST, Outcome
from ourpatch.answers.publishing import rules
from ourpatch.answers.publishing.models import PublishedAnswer
from ourpatch.answers.publishing.permissions import Permission
from ourpatch.answers.publishing.rules import State
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import events
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import Sensitivity
from ourpatch.ground.words import say as _
from ourpatch.influence.priorities import queries as priorities
from ourpatch.influence.priorities.models import Priority
from ourpatch.interventions.problems import queries as plans
from ourpatch.interventions.problems.models import Plan

ACTIVITY = "publishing"


@dataclass(frozen=True, slots=True)
class Words:
    """What an answer says, in both languages."""

    title: str
    said: str
    did: str
    outcome: str
    not_done: str = ""
    title_cy: str = ""
    said_cy: str = ""
    did_cy: str = ""
    not_done_cy: str = ""


@dataclass(frozen=True, slots=True)
class AnswerPublished:
    """An answer is there for everybody to read."""

    answer_id: UUID
    neighbourhood_id: UUID
    at: datetime


def draft_answer(
    *,
    by: Actor,
    neighbourhood_id: UUID,
    words: Words,
    now: datetime,
    problem_id: UUID | None = None,
    priority_id: UUID | None = None,
    plan_id: UUID | None = None,
) -> PublishedAnswer:
    """Write an answer; it is read by the partnership until it is published. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "publishing.draft") as audit:
        neighbourhood = ServiceArea.objects.filter(pk=neighbourhood_id, kind="neighbourhood").first()
        if neighbourhood is None:
            raise NotFound(_("There is no such neighbourhood."))
        assert neighbourhood.partnership_id is not None, "the database holds that a neighbourhood lies in a partnership"
        by.require(Permission.WRITE, neighbourhood.partnership_id, neighbourhood.pk)
        plan = plans.get_plan(by, plan_id) if plan_id else None
        priority_id = priority_id or (plan.priority_id if plan else None)
        priority = priorities.get_priority(by, priority_id) if priority_id else None
        problem_id = problem_id or (plan.problem_id if plan else None) or (priority.problem_id if priority else None)
        problem = concern_queries.get_problem(by, problem_id) if problem_id else None
        _check(words, is_sent=problem is not None)
        _check_belongs(neighbourhood, problem, priority, plan)
        answer = PublishedAnswer(
            partnership_id=neighbourhood.partnership_id,
            controller_id=by.organisation_id or neighbourhood.partnership_id,
            service_area_id=neighbourhood.pk,
            activity=ACTIVITY,
            sensitivity=Sensitivity.OPEN,
            made_at=now,
            neighbourhood=neighbourhood,
            problem=problem,
            priority=priority,
            plan=plan,
        )
        _take(answer, words)
        answer.save()
        audit.collected(answer)
    return answer


def change_answer(*, by: Actor, answer_id: UUID, version: int, words: Words) -> PublishedAnswer:
    """Change the words of a draft. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "publishing.change") as audit:
        answer: PublishedAnswer = PublishedAnswer.objects.for_change(by, Permission.WRITE, answer_id, version)
        if answer.state != State.DRAFT:
            raise RuleBroken(_("It is published. Withdraw it with a reason and write another."))
        _check(words, is_sent=answer.problem_id is not None)
        _take(answer, words)
        answer.store_change()
        audit.altered(answer)
    return answer


def publish_answer(*, by: Actor, answer_id: UUID, version: int, now: datetime) -> PublishedAnswer:
    """Publish a draft, and answer each person behind the problem in their own record, all in one transaction.

    `told` counts the people answered; whom this actor may not write to stays owed and stays on the debts page.
    Raises NotAllowed, NotFound, Conflict, RuleBroken. Source: guide-1 C19, features W1 and W2.
    """
    with change(by, "publishing.publish") as audit:
        answer: PublishedAnswer = PublishedAnswer.objects.for_change(by, Permission.PUBLISH, answer_id, version)
        wants_welsh = answer.neighbourhood.jurisdiction == "wales"
        rules.check_publish(
            state=State(answer.state), wants_welsh=wants_welsh, has_welsh=answer.has_welsh
        ).raise_if_any()
        answer.state, answer.published_at, answer.published_by = State.PUBLISHED, now, by.name
        if answer.problem_id:
            answer.told = _answer_each(by, answer, now)
        answer.store_change()
        audit.altered(answer)
        events.publish(AnswerPublished(answer.pk, answer.neighbourhood_id, now))
    return answer


def withdraw_answer(*, by: Actor, answer_id: UUID, version: int, reason: str) -> PublishedAnswer:
    """Take a published answer off the public page, with its reason. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "publishing.withdraw") as audit:
        answer: PublishedAnswer = PublishedAnswer.objects.for_change(by, Permission.PUBLISH, answer_id, version)
        rules.check_withdraw(state=State(answer.state), reason=reason).raise_if_any()
        answer.state, answer.withdrawn_reason = State.WITHDRAWN, reason.strip()
        answer.store_change()
        audit.altered(answer, reason=reason.strip())
    return answer


def _answer_each(by: Actor, answer: PublishedAnswer, now: datetime) -> int:
    assert answer.problem_id is not None
    told = concerns.answer_problem(
        by=by,
        problem_id=answer.problem_id,
        outcome=Outcome(answer.outcome),
        text_en=rules.letter(answer.did, answer.not_done),
        text_cy=rules.letter(answer.did_cy, answer.not_done_cy),
        now=now,
    )
    return told.told


def _check(words: Words, *, is_sent: bool) -> None:
    english, welsh = rules.letter(words.did, words.not_done), rules.letter(words.did_cy, words.not_done_cy)
    letters = rules.check_letters(english=english, welsh=welsh, shortest=MEANINGFUL_SHORTEST)
    found = rules.check_answer(
        title=words.title,
        said=words.said,
        did=words.did,
        outcome=words.outcome,
        outcomes=tuple(str(each) for each in Outcome),
        not_done=words.not_done,
        welsh={name: getattr(words, name) for name in ("title_cy", "said_cy", "did_cy", "not_done_cy")},
    )
    (found | letters if is_sent else found).raise_if_any()


def _check_belongs(
    neighbourhood: ServiceArea, problem: Problem | None, priority: Priority | None, plan: Plan | None
) -> None:
    # A problem may wait in its partnership's own queue; a priority and a plan have a neighbourhood.
    placed = [each for each in (priority, plan) if each]
    behind = [*placed, *([problem] if problem else [])]
    rules.check_belongs(
        same_partnership=all(each.partnership_id == neighbourhood.partnership_id for each in behind),
        same_neighbourhood=all(each.service_area_id == neighbourhood.pk for each in placed),
    ).raise_if_any()


def _take(answer: PublishedAnswer, words: Words) -> None:
    answer.title, answer.title_cy = words.title.strip(), words.title_cy.strip()
    answer.said, answer.said_cy = words.said.strip(), words.said_cy.strip()
    answer.did, answer.did_cy = words.did.strip(), words.did_cy.strip()
    answer.not_done, answer.not_done_cy = words.not_done.strip(), words.not_done_cy.strip()
    answer.outcome = words.outcome
