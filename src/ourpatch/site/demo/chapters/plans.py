"""Problem-solving plans: written stage by stage, worked by partners, measured, and closed when all are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from ourpatch.answers.evaluation import actions as evaluation
from ourpatch.answers.evaluation.rules import Counts, Periods, Zone
from ourpatch.foundation import law
from ourpatch.foundation.law.clocks import add_months
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.tasks import actions as tasks
from ourpatch.ground.tasks.models import Task
from ourpatch.ground.tasks.permissions import Permission as Tasks
from ourpatch.ground.tasks.rules import OPEN_STATES
from ourpatch.interventions.problems import actions as problems
from ourpatch.interventions.problems.models import Plan
from ourpatch.interventions.problems.permissions import Permission
from ourpatch.interventions.problems.rules import (
    Analysis,
    Assessment,
    Doer,
    Objective,
    Outcome,
    Part,
    Response,
    Scanning,
)
from ourpatch.interventions.problems.rules import Stage as PlanStage
from ourpatch.site.demo.county import life
from ourpatch.site.demo.county.truths import Circle
from ourpatch.site.demo.stage import Stage

OUTCOMES: dict[life.Judged, Outcome] = {
    "worked": Outcome.BETTER_SHOWN,
    "mixed": Outcome.BETTER_SAID,
    "not_shown": Outcome.NOT_SHOWN,
    "moved": Outcome.NOT_SHOWN,
}
HOPES = {
    "asb_personal": "To come and go without being shouted at, and to see somebody who does something about it.",
    "asb_nuisance": "To use the place in the evening without planning a way round it, and to sleep.",
    "asb_environmental": "To find the place clean and whole, and not to have to report it again.",
    "crime": "For it to stop, for those who did it to be found, and to be told how to keep safe.",
    "environmental": "For it to be put right and kept right.",
    "traffic": "To cross the road, and let children walk, without fear.",
    "other": "To be heard, and told what happens next.",
}
BECAUSE = "Their own work comes nearest to the objective, and those who take part agreed."
LOOKED_AT_AGAIN = (
    "Gone through with the partners again. What is done holds; what is late was named, with a new date and somebody who "
    "answers for it."
)
NOT_PURSUED = "Not pursued: the partner gave it back with a reason, and the plan was finished without it."
REVIEW_AGAIN = timedelta(days=84)
LEAST_METRES = 50.0
AFTER_THE_ANSWER = timedelta(minutes=45)


def set_up(stage: Stage) -> None:
    """Put every plan into the year."""
    for plan in stage.life.plans:
        stage.timeline.at(plan.opened, _maker(stage, plan))
        stage.timeline.at(plan.opened + timedelta(hours=20), _analyst(stage, plan))
        for action in plan.actions:
            for step in action.steps:
                stage.timeline.at(step.at, _stepper(stage, plan, action, step))
        for note in plan.reviews:
            stage.timeline.at(note.at, _reviewer(stage, plan, note))
        for at in _later_reviews(stage, plan):
            stage.timeline.at(at, _reviewer(stage, plan, life.Note(at, plan.owner, LOOKED_AT_AGAIN)))
        if plan.result:
            stage.timeline.at(plan.result.at, _measurer(stage, plan, plan.result))
        # A plan stays open until those who raised it have their answer, whatever the story says.
        answered = next((each.published for each in stage.life.answers if each.problem == plan.problem), None)
        if plan.closed_at and answered:
            stage.timeline.at(max(plan.closed_at, answered + AFTER_THE_ANSWER), _closer(stage, plan))


def _later_reviews(stage: Stage, plan: life.Plan) -> Iterator[datetime]:
    """A plan that is still open after its last written review is looked at on the day that review named."""
    if plan.closed_at is None and plan.reviews:
        at = plan.reviews[-1].at + REVIEW_AGAIN
        while at < stage.timeline.end - timedelta(days=1):
            yield at
            at += REVIEW_AGAIN


def worker(stage: Stage, plan: life.Plan) -> Actor:
    """Who writes in the plan and gives its tasks: the owner where their role allows it, else the neighbourhood manager."""
    return stage.first_who_may(stage.hood_of(plan.problem), (Permission.WORK, Tasks.GIVE), (plan.owner,))


def _maker(stage: Stage, plan: life.Plan) -> Callable[[datetime], None]:
    def make(now: datetime) -> None:
        hood = stage.hood_of(plan.problem)
        adopted = plan.priority is not None and _is_adopted(stage, plan.priority, now)
        made = problems.make_plan(
            by=stage.first_who_may(hood, (Permission.MAKE,), (plan.owner,)),
            title=plan.title,
            owner_id=stage.people[plan.owner].pk,
            owner_because=BECAUSE,
            priority_id=stage.priorities[plan.priority] if adopted and plan.priority else None,
            problem_id=None if adopted else stage.problems[plan.problem],
            reason_without_priority="" if adopted else "It could not wait for the next meeting of the forum.",
            happening=plan.scanning,
            strategic_priority_id=_strategic(stage, plan),
            now=now,
        )
        stage.plans[plan.key] = made.pk
        by = worker(stage, plan)
        for partner in plan.partners:
            if stage.organisations[partner].pk != made.owner.organisation_id:
                problems.add_partner(by=by, plan_id=made.pk, organisation_id=stage.organisations[partner].pk, now=now)
        if _is_written_out(plan):
            _grow(stage, plan, by, now)
        problems.move_onward(by=by, plan_id=made.pk, version=_version(made.pk), now=now)

    return make


def _is_adopted(stage: Stage, key: str, now: datetime) -> bool:
    told = next(each for each in stage.life.priorities if each.key == key)
    return told.adopted_at is not None and told.adopted_at + timedelta(hours=1) < now


def _is_written_out(plan: life.Plan) -> bool:
    """The hand-written plans fill the full form; the lighter ones a light one."""
    return len(plan.actions) > 4 or len(plan.partners) > 5


def _grow(stage: Stage, plan: life.Plan, by: Actor, now: datetime) -> None:
    problem = next(each for each in stage.life.problems if each.key == plan.problem)
    grown = problems.grow_plan(by=by, plan_id=stage.plans[plan.key], version=_version(stage.plans[plan.key]), now=now)
    hopes = Scanning(plan.scanning, HOPES[problem.category])
    problems.write_part(by=by, plan_id=grown.pk, version=grown.version, part=hopes, now=now)


def _strategic(stage: Stage, plan: life.Plan) -> UUID | None:
    """The partnership's priority that a plan serves, by what its problem is about."""
    problem = next(each for each in stage.life.problems if each.key == plan.problem)
    partnership = stage.neighbourhoods[problem.neighbourhood].partnership
    assert partnership is not None
    return stage.strategic.get((partnership.name, problem.category))


def _analyst(stage: Stage, plan: life.Plan) -> Callable[[datetime], None]:
    def analyse(now: datetime) -> None:
        by, plan_id = worker(stage, plan), stage.plans[plan.key]
        standing = Plan.objects.get(pk=plan_id)
        parts: list[Part] = [
            Analysis(plan.analysis, plan.victim, plan.offender, plan.location, plan.hypothesis),
            Response(plan.response, plan.risk, plan.communication),
        ]
        if not standing.objective:
            parts.append(_objective(stage, plan))
        for part in parts:
            problems.write_part(by=by, plan_id=plan_id, version=_version(plan_id), part=part, now=now)
        problems.move_onward(by=by, plan_id=plan_id, version=_version(plan_id), now=now)

    return analyse


def _objective(stage: Stage, plan: life.Plan) -> Objective:
    told = next((each for each in stage.life.priorities if each.key == plan.priority), None)
    by_when = told.due if told else plan.opened.date() + timedelta(days=180)
    measure = told.measurable if told else "What people tell us, and what is recorded"
    return Objective(plan.objective, measure, plan.objective[:200], by_when)


# ---------------------------------------------------------------- tasks


def _stepper(stage: Stage, plan: life.Plan, action: life.PlanAction, step: life.TaskStep) -> Callable[[datetime], None]:
    def offer(now: datetime) -> None:
        made = problems.add_action(
            by=worker(stage, plan),
            plan_id=stage.plans[plan.key],
            kind=action.kind,
            doer=_doer(stage, action),
            organisation_id=stage.organisations[action.organisation].pk,
            person_id=stage.people[action.person].pk,
            title=action.words[:200],
            due=max(action.due, london_date(now)),
            now=now,
        )
        stage.tasks[action.key] = made.task_id

    def take_step(now: datetime) -> None:
        task = Task.objects.get(pk=stage.tasks[action.key])
        by, note = _doer_of(stage, plan, action), step.note or "Done as agreed."
        if step.state == "accepted":
            tasks.accept_task(by=by, task_id=task.pk, version=task.version, now=now)
        elif step.state == "done":
            tasks.finish_task(by=by, task_id=task.pk, version=task.version, note=note, now=now)
        else:
            tasks.return_task(by=by, task_id=task.pk, version=task.version, note=note, now=now)

    return offer if step.state == "offered" else take_step


def _doer(stage: Stage, action: life.PlanAction) -> Doer:
    organisation = next(each for each in stage.county.organisations if each.key == action.organisation)
    if organisation.kind == "police":
        return Doer.POLICE
    return Doer.COMMUNITY if organisation.sector == "community" else Doer.PARTNER


def _doer_of(stage: Stage, plan: life.Plan, action: life.PlanAction) -> Actor:
    """The person who was asked, or a colleague whose role lets them work a task."""
    colleagues = [each.key for each in stage.county.people if each.organisation == action.organisation]
    return stage.first_who_may(stage.hood_of(plan.problem), (Tasks.WORK,), (action.person, *colleagues))


# ---------------------------------------------------------------- reviews and results


def _reviewer(stage: Stage, plan: life.Plan, note: life.Note) -> Callable[[datetime], None]:
    def review(now: datetime) -> None:
        plan_id = stage.plans[plan.key]
        problems.review_plan(
            by=stage.first_who_may(stage.hood_of(plan.problem), (Permission.REVIEW,), (note.person,)),
            plan_id=plan_id,
            version=_version(plan_id),
            note=note.words,
            next_on=london_date(now) + REVIEW_AGAIN,
            now=now,
        )

    return review


def _measurer(stage: Stage, plan: life.Plan, result: life.Result) -> Callable[[datetime], None]:
    def measure(now: datetime) -> None:
        if result.place and result.comparison_place:
            _evaluate(stage, plan, result, result.place, result.comparison_place, now)
        elif result.comparison_before is not None:
            _evaluate_counted(stage, plan, result, now)
        by, plan_id = worker(stage, plan), stage.plans[plan.key]
        told = Assessment(result.words, OUTCOMES[result.judged], result.lesson)
        problems.write_part(by=by, plan_id=plan_id, version=_version(plan_id), part=told, now=now)
        if plan.closed_at:
            _withdraw_open(stage, plan, by, now)
            problems.move_onward(by=by, plan_id=plan_id, version=_version(plan_id), now=now)

    return measure


def _withdraw_open(stage: Stage, plan: life.Plan, by: Actor, now: datetime) -> None:
    open_states = [str(state) for state in OPEN_STATES]
    for task in Task.objects.filter(subject_id=stage.plans[plan.key], state__in=open_states):
        tasks.withdraw_task(by=by, task_id=task.pk, version=task.version, note=NOT_PURSUED, now=now)


def _evaluate(
    stage: Stage, plan: life.Plan, result: life.Result, place: Circle, comparison: Circle, now: datetime
) -> None:
    evaluation.evaluate_from_store(
        by=stage.manager(stage.hood_of(plan.problem)),
        plan_id=stage.plans[plan.key],
        response=_zone(stage, place),
        comparison=_zone(stage, comparison),
        periods=_periods(result),
        category=_category_code(result.category or "", london_date(now)),
        note=result.lesson,
        now=now,
    )


def _evaluate_counted(stage: Stage, plan: life.Plan, result: life.Result, now: datetime) -> None:
    """Counts that a partner made itself, put to the nearest whole months."""
    assert result.comparison_before is not None
    assert result.comparison_after is not None
    before = result.before_from.replace(day=1)
    after = max(result.after_from.replace(day=1), add_months(before, 3))
    evaluation.evaluate_typed(
        by=stage.manager(stage.hood_of(plan.problem)),
        plan_id=stage.plans[plan.key],
        names=(_place_name(stage, plan), result.comparison),
        periods=Periods(before, after, 3),
        response=Counts(result.before, result.after),
        comparison=Counts(result.comparison_before, result.comparison_after),
        source=result.measure,
        note=result.lesson,
        now=now,
    )


def _place_name(stage: Stage, plan: life.Plan) -> str:
    return next(each.place.name for each in stage.life.problems if each.key == plan.problem)


def _zone(stage: Stage, circle: Circle) -> Zone:
    """The square that holds a circle's own map points, and as little else as may be."""
    anchors, inside = stage.county.map.anchors, list(circle.anchors)
    reach = max(abs(anchors.e[inside] - circle.e).max(), abs(anchors.n[inside] - circle.n).max()) + 5
    return Zone(circle.name, circle.e, circle.n, max(LEAST_METRES, float(reach)))


def _periods(result: life.Result) -> Periods:
    first, last = result.before_from, result.before_to
    return Periods(first, result.after_from, (last.year - first.year) * 12 + last.month - first.month + 1)


def _category_code(published: str, on: date) -> str:
    return next(each.code for each in law.book(on).codes("police_uk_categories") if each.label.en == published)


def _closer(stage: Stage, plan: life.Plan) -> Callable[[datetime], None]:
    def close(now: datetime) -> None:
        plan_id = stage.plans[plan.key]
        if Plan.objects.get(pk=plan_id).stage == PlanStage.ASSESSMENT:
            problems.close_plan(
                by=stage.manager(stage.hood_of(plan.problem)),
                plan_id=plan_id,
                version=_version(plan_id),
                reason=plan.close_reason or "The objective is met and everybody who raised it has been told.",
                now=now,
            )

    return close


def _version(plan_id: UUID) -> int:
    return Plan.objects.values_list("version", flat=True).get(pk=plan_id)
