"""Plans from beginning to end, and who sees what."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from ourpatch.access.concerns import actions as concerns
from ourpatch.access.concerns.rules import Outcome as Told
from ourpatch.foundation.meetings.queries import live_agenda
from ourpatch.ground import events, subjects
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.ground.tasks import actions as tasks
from ourpatch.ground.tasks import queries as task_queries
from ourpatch.interventions.problems import actions, queries
from ourpatch.interventions.problems.events import PlanClosed
from ourpatch.interventions.problems.models import EntryKind
from ourpatch.interventions.problems.queries import Wanted
from ourpatch.interventions.problems.rules import Analysis, Assessment, Form, Stage
from ourpatch.strategy.cycle.evidence import STEP_EVIDENCE
from ourpatch.strategy.plans.models import StrategicPriority

from ..access.factories_concerns import NOON, Scene, make_scene, raise_one
from ..foundation.factories import make_actor, make_organisation, make_person
from ..influence.factories_priorities import SMART, adopt, make_forum, make_meeting, make_priority
from .factories_problems import PARTNER, WORKERS, assess, give_action, make_plan, onward, to_response, write

pytestmark = [pytest.mark.room, pytest.mark.django_db]
TODAY = date(2026, 11, 18)


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def by(scene: Scene):
    return scene.actor(scene.sergeant, *WORKERS)


@pytest.fixture
def partner(scene: Scene):
    return scene.actor(scene.warden, *PARTNER)


def work_off(partner, action) -> None:
    task = action.task
    task.refresh_from_db()
    task = tasks.accept_task(by=partner, task_id=task.pk, version=task.version, now=NOON)
    tasks.finish_task(by=partner, task_id=task.pk, version=task.version, note="The barrier stands.", now=NOON)


def close(by, plan, **more):
    plan.refresh_from_db()
    facts = {"reason": "Quiet for three months.", "now": NOON}
    return actions.close_plan(by=by, plan_id=plan.pk, version=plan.version, **{**facts, **more})


def test_a_plan_takes_over_what_its_priority_wants(scene, by) -> None:
    plan = make_plan(scene, by)
    assert (plan.objective, plan.measure, plan.target, plan.by_when) == (
        SMART.objective,
        SMART.measure,
        SMART.target,
        SMART.by_when,
    )
    assert (plan.stage, plan.form, plan.review_due_on) == ("scanning", "light", date(2027, 2, 18))


def test_a_priority_has_one_plan(scene, by) -> None:
    plan = make_plan(scene, by)
    with pytest.raises(RuleBroken, match="has a plan already"):
        make_plan(scene, by, priority_id=plan.priority_id)


def test_a_priority_that_was_not_chosen_has_none(scene, by) -> None:
    with pytest.raises(RuleBroken, match="forum's choice"):
        make_plan(scene, by, priority_id=make_priority(scene, by).pk)


def test_a_plan_from_a_problem_says_why_it_cannot_wait(scene, by) -> None:
    problem = concerns.make_problem(by=by, concern_ids=[raise_one(scene).concern.pk], title_en="Bikes", now=NOON)
    with pytest.raises(RuleBroken, match="No forum"):
        make_plan(scene, by, problem_id=problem.pk)
    plan = make_plan(scene, by, problem_id=problem.pk, reason_without_priority="A child was nearly hit.")
    assert list(queries.plans_of_problem(by, problem.pk)) == [plan]


def test_the_owner_belongs_to_the_partnership(scene, by) -> None:
    with pytest.raises(RuleBroken, match="organisation of the partnership"):
        make_plan(scene, by, owner_id=make_person(make_organisation()).pk)


def test_an_action_is_a_task_of_the_organisation_asked(scene, by, partner) -> None:
    plan = make_plan(scene, by)
    action = give_action(scene, by, plan)
    assert list(task_queries.list_tasks(partner, organisation_id=scene.council.pk)) == [action.task]
    assert subjects.resolve(action.task.subject_kind, action.task.subject_id) == plan
    work_off(partner, action)
    assert queries.list_actions(plan)[0].task.state == "done"
    told = [(each.code, each.text, each.by_name) for each in queries.list_entries(plan) if each.kind == EntryKind.TASK]
    assert told == [
        ("done", action.task.title, scene.warden.name),
        ("accepted", action.task.title, scene.warden.name),
        ("offered", action.task.title, scene.sergeant.name),
    ]


def test_an_organisation_outside_the_partnership_is_asked_nothing(scene, by) -> None:
    plan = make_plan(scene, by)
    with pytest.raises(RuleBroken, match="organisation of the partnership"):
        give_action(scene, by, plan, organisation_id=make_organisation().pk)
    assert queries.list_actions(plan) == []


def test_a_gate_says_what_is_missing_beside_its_field(scene, by) -> None:
    plan = make_plan(scene, by, happening="")
    with pytest.raises(RuleBroken) as refused:
        onward(by, plan)
    assert set(refused.value.problems.by_field) == {"happening"}


def test_a_light_plan_grows_and_then_needs_more(scene, by) -> None:
    plan = make_plan(scene, by)
    onward(by, plan)
    write(by, plan, Analysis(cause="The gate stands open."))
    plan.refresh_from_db()
    grown = actions.grow_plan(by=by, plan_id=plan.pk, version=plan.version, now=NOON)
    assert grown.form == Form.FULL
    with pytest.raises(RuleBroken) as refused:
        onward(by, plan)
    assert set(refused.value.problems.by_field) == {"victim", "offender", "location", "hypothesis"}


def test_a_plan_goes_back_with_a_reason(scene, by) -> None:
    plan = make_plan(scene, by)
    to_response(scene, by, plan)
    plan.refresh_from_db()
    back = actions.move_back(
        by=by,
        plan_id=plan.pk,
        version=plan.version,
        to=Stage.ANALYSIS,
        reason="They come from the other side.",
        now=NOON,
    )
    assert back.stage == Stage.ANALYSIS


def test_an_open_task_holds_a_plan_in_its_response(scene, by, partner) -> None:
    plan = make_plan(scene, by)
    action = to_response(scene, by, plan)
    with pytest.raises(RuleBroken, match="still open"):
        onward(by, plan)
    work_off(partner, action)
    assert onward(by, plan).stage == Stage.ASSESSMENT


def test_a_plan_closes_when_everybody_has_been_answered_and_not_before(scene, by, partner) -> None:
    raised = [raise_one(scene) for _ in range(2)]
    problem = concerns.make_problem(
        by=by, concern_ids=[each.concern.pk for each in raised], title_en="Motorbikes", now=NOON
    )
    priority = adopt(scene, by, make_priority(scene, by, problem_id=problem.pk))
    plan = make_plan(scene, by, priority_id=priority.pk)
    work_off(partner, to_response(scene, by, plan))
    assess(by, plan)
    with pytest.raises(RuleBroken, match="2 people"):
        close(by, plan)
    text = "A barrier stands at the lock since December."
    concerns.answer_problem(by=by, problem_id=problem.pk, outcome=Told.BETTER, text_en=text, now=NOON)
    heard: list[PlanClosed] = []
    events.listen(PlanClosed)(heard.append)
    try:
        closed = close(by, plan)
    finally:
        events._listeners[PlanClosed].remove(heard.append)
    assert (closed.stage, closed.closed_on, closed.outcome) == ("closed", TODAY, "better_said")
    assert [each.problem_id for each in heard] == [problem.pk]
    [progress] = queries.progress_of(problem.pk)
    assert (progress.begun_on, progress.actions, progress.done, progress.last_done_on) == (TODAY, 1, 1, TODAY)
    assert queries.progress_of_priorities([priority.pk]) == {priority.pk: progress}
    assert queries.measure_plans(scene.partnership.pk, TODAY).outcomes == {"better_said": 1}
    with pytest.raises(RuleBroken, match="closed"):
        give_action(scene, by, plan)


def test_the_forum_may_close_a_plan_while_somebody_is_owed(scene, by) -> None:
    problem = concerns.make_problem(by=by, concern_ids=[raise_one(scene).concern.pk], title_en="Bikes", now=NOON)
    plan = make_plan(scene, by, problem_id=problem.pk, reason_without_priority="A child was nearly hit.")
    write(by, plan, Assessment("Nothing was tried: the path is being moved.", "not_carried_out", ""))
    meeting = make_meeting(by, make_forum(by, scene.neighbourhood))
    plan.refresh_from_db()
    closed = actions.close_by_decision(
        by=by,
        plan_id=plan.pk,
        version=plan.version,
        meeting_id=meeting.pk,
        method="consensus",
        reason="The path is being moved.",
        now=NOON,
    )
    assert closed.closing_decision.meeting_id == meeting.pk


def test_a_decision_about_something_else_closes_nothing(scene, by) -> None:
    plan = make_plan(scene, by)
    other = plan.priority.ballots.get().choice.decision
    with pytest.raises(RuleBroken, match="not about this plan"):
        close(by, plan, decision_id=other.pk)


def test_a_review_sets_the_next_and_comes_onto_the_agenda_when_due(scene, by) -> None:
    plan = make_plan(scene, by)
    actions.review_plan(
        by=by,
        plan_id=plan.pk,
        version=plan.version,
        note="The barrier is ordered.",
        next_on=date(2026, 12, 20),
        now=NOON,
    )
    forum = make_forum(by, scene.neighbourhood, name="The forum")
    before, after = (live_agenda(by, forum, NOON + timedelta(days=days)) for days in (20, 40))
    assert [key for key, _entry in before if key == "plans"] == []
    assert [entry.title for key, entry in after if key == "plans"] == [f"Review the plan: {plan.title}"]


def test_a_partner_sees_the_plan_and_not_the_notes_of_others(scene, by) -> None:
    plan = make_plan(scene, by)
    note = actions.write_note(by=by, plan_id=plan.pk, text="A named rider lives nearby.", now=NOON)
    reader = scene.actor(scene.warden, *WORKERS)
    assert queries.get_plan(reader, plan.pk) == plan
    assert list(queries.list_notes(reader, plan.pk)) == []
    assert list(queries.list_notes(by, plan.pk)) == [note]


def test_another_partnership_does_not_know_of_the_plan(scene, by) -> None:
    plan = make_plan(scene, by)
    other = make_scene()
    with pytest.raises(NotFound):
        queries.get_plan(make_actor(other.sergeant, WORKERS, other.partnership), plan.pk)


def test_a_partner_worker_does_not_close_a_plan(scene, by, partner) -> None:
    plan = make_plan(scene, by)
    with pytest.raises(NotAllowed):
        close(partner, plan)


def test_the_second_of_two_writers_is_told(scene, by) -> None:
    plan = make_plan(scene, by)
    actions.write_part(by=by, plan_id=plan.pk, version=1, part=Analysis(cause="The gate."), now=NOON)
    with pytest.raises(Conflict):
        actions.write_part(by=by, plan_id=plan.pk, version=1, part=Analysis(cause="The light."), now=NOON)


def test_what_other_teams_tried_is_found_by_its_words(scene, by) -> None:
    plan = make_plan(scene, by)
    write(by, plan, Assessment("", "", "Barriers need the canal trust's consent."))
    found = queries.list_plans(by, Wanted(state="all", text="canal consent"), TODAY)
    assert list(found) == [plan]
    assert not queries.list_plans(by, Wanted(state="all", text="fireworks"), TODAY).exists()


def test_partners_join_once(scene, by) -> None:
    plan = make_plan(scene, by)
    actions.add_partner(by=by, plan_id=plan.pk, organisation_id=scene.council.pk, part="Owns the path", now=NOON)
    actions.add_partner(by=by, plan_id=plan.pk, group_name="Canal watch", now=NOON)
    with pytest.raises(RuleBroken, match="already"):
        actions.add_partner(by=by, plan_id=plan.pk, organisation_id=scene.council.pk, now=NOON)
    assert [each.name for each in plan.partners.order_by("id")] == [scene.council.name, "Canal watch"]


def test_an_owner_is_changed_with_a_reason(scene, by) -> None:
    plan = make_plan(scene, by)
    with pytest.raises(RuleBroken, match="best placed"):
        actions.give_owner(
            by=by, plan_id=plan.pk, version=plan.version, owner_id=scene.officer.pk, owner_because=" ", now=NOON
        )


def test_the_year_hears_of_plans_with_actions_and_of_reviews_in_time(scene, by) -> None:
    def heard(code: str, on: date):
        source = STEP_EVIDENCE.get(code)
        assert source is not None
        return source(scene.partnership, on)

    assert heard("tactical_options", TODAY) is None
    assert heard("action_group_governance", TODAY) is None
    give_action(scene, by, make_plan(scene, by))
    assert heard("tactical_options", TODAY).enough
    assert heard("action_group_governance", TODAY).enough
    assert not heard("action_group_governance", TODAY + timedelta(days=200)).enough


def test_a_plan_may_serve_a_strategic_priority(scene, by) -> None:
    strategic = StrategicPriority.objects.create(
        partnership=scene.partnership,
        title="Calm streets",
        lead=scene.sergeant,
        objective="Calm",
        measure="Reports",
        target="Half",
        from_on=date(2026, 4, 1),
        until=date(2027, 3, 31),
    )
    make_plan(scene, by, strategic_priority_id=strategic.pk)
    assert queries.measure_strategic(strategic.pk, TODAY).open == 1
    with pytest.raises(NotFound):
        make_plan(scene, by, priority_id=adopt(scene, by, make_priority(scene, by)).pk, strategic_priority_id=uuid4())
