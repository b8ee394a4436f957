"""The eight journeys, each walked from end to end through actions only (architecture, section 3).

1 to 4 go through rooms that are built. In 5 to 8 a room that is not built yet is stood in for by a few lines in `rooms/`, which
use what that room will have: events from below, contributions from above, tasks, the outbox.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction

from ourpatch.access.concerns import actions as concerns
from ourpatch.access.concerns import queries as concern_queries
from ourpatch.access.concerns.models import Concern
from ourpatch.access.concerns.rules import ContactBy, ContactDraft, Door, Flag, Outcome
from ourpatch.answers.evaluation import actions as evaluations
from ourpatch.answers.evaluation.rules import Periods, Zone
from ourpatch.answers.publishing import queries as answers
from ourpatch.foundation.directory.models import OrganisationKind
from ourpatch.foundation.meetings import actions as meetings
from ourpatch.foundation.meetings import queries as meeting_queries
from ourpatch.foundation.meetings.models import ForumKind, MeetingAction
from ourpatch.foundation.meetings.queries import AgendaEntry
from ourpatch.foundation.meetings.rules import Votes
from ourpatch.foundation.messaging.models import Message
from ourpatch.ground import events
from ourpatch.ground.errors import RuleBroken
from ourpatch.ground.tasks import actions as tasks
from ourpatch.ground.tasks import queries as task_queries
from ourpatch.ground.tasks.models import Task
from ourpatch.influence.priorities import actions as priorities
from ourpatch.influence.priorities.models import Priority
from ourpatch.intelligence.profiles import queries as profiles
from ourpatch.intelligence.profiles.permissions import Permission as Profiles
from ourpatch.interventions.problems import actions as plans
from ourpatch.interventions.problems import queries as plan_queries
from ourpatch.interventions.problems.models import Plan
from ourpatch.interventions.problems.rules import Analysis, Assessment, Objective, Stage
from ourpatch.strategy.cycle import queries as cycle
from ourpatch.strategy.cycle.permissions import Permission as Cycle
from ourpatch.strategy.cycle.rules import Standing
from ourpatch.strategy.plans import actions as strategy
from ourpatch.strategy.plans.permissions import Permission as Strategy

from ..access.factories_concerns import NOON, Scene, draft_of, make_public, make_scene, raise_one
from ..answers.factories_answers import WORDS, WRITERS, draft, publish
from ..data.factories_store import load
from ..foundation.factories import make_organisation, make_person
from ..influence.factories_priorities import make_forum, make_meeting, make_priority
from ..interventions.factories_problems import PARTNER
from ..strategy.factories_plans import PRIORITY
from .rooms import community, projects, surveys

pytestmark = [pytest.mark.skeleton, pytest.mark.django_db]
TODAY = date(2026, 11, 18)


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def by(scene: Scene):
    return scene.actor(scene.sergeant, *WRITERS, *Profiles, *Strategy, *Cycle)


@pytest.fixture
def partner(scene: Scene):
    return scene.actor(scene.warden, *PARTNER, "concerns.view")


def carry_out(partner, task: Task, note: str) -> Task:
    """The partner takes the task on and says what was done."""
    taken = tasks.accept_task(by=partner, task_id=task.pk, version=task.version, now=NOON)
    return tasks.finish_task(by=partner, task_id=task.pk, version=taken.version, note=note, now=NOON)


def test_1_a_concern_becomes_a_priority_a_plan_a_task_and_an_answer(scene, by, partner) -> None:
    reachable = ContactDraft(channel=ContactBy.EMAIL, email="resident@example.org")
    raised = [raise_one(scene, contact=reachable), raise_one(scene)]
    problem = concerns.make_problem(by=by, concern_ids=[each.concern.pk for each in raised], title_en="Bikes", now=NOON)
    priority = make_priority(scene, by, problem_id=problem.pk)
    meeting = make_meeting(by, make_forum(by, scene.neighbourhood))
    priorities.adopt_priorities(
        by=by, meeting_id=meeting.pk, candidates=[priority.pk], chosen=[priority.pk],
        method="show_of_hands", present=20, votes={priority.pk: 17}, now=NOON,
    )  # fmt: skip

    plan = plans.make_plan(
        by=by, priority_id=priority.pk, title="Quiet evenings", owner_id=scene.warden.pk,
        owner_because="The path is the council's.", happening="Motorbikes on the path.", now=NOON,
    )  # fmt: skip
    for part in (Analysis(cause="The gate stands open."), Objective("None", "Evenings", "One", date(2027, 3, 31))):
        plan = plans.write_part(by=by, plan_id=plan.pk, version=plan.version, part=part, now=NOON)
    for _stage in (Stage.ANALYSIS, Stage.RESPONSE):
        plan = plans.move_onward(by=by, plan_id=plan.pk, version=plan.version, now=NOON)
    action = plans.add_action(
        by=by, plan_id=plan.pk, kind="prevention", doer="partner", organisation_id=scene.council.pk,
        title="Put up a barrier", due=date(2026, 12, 18), now=NOON,
    )  # fmt: skip
    carry_out(partner, action.task, "The barrier stands.")
    plan = plans.move_onward(by=by, plan_id=plan.pk, version=plan.version, now=NOON)
    done = Assessment("The barrier stands.", "better_said", "")
    plan = plans.write_part(by=by, plan_id=plan.pk, version=plan.version, part=done, now=NOON)

    with pytest.raises(RuleBroken, match="2 people who raised this are still owed an answer"):
        plans.close_plan(by=by, plan_id=plan.pk, version=plan.version, reason="It is quiet.", now=NOON)
    published = publish(by, draft(scene, by, plan_id=plan.pk))
    assert published.told == 2
    plan.refresh_from_db()
    assert not plans.close_plan(by=by, plan_id=plan.pk, version=plan.version, reason="It is quiet.", now=NOON).is_open

    seen = concern_queries.get_by_code(make_public(scene.partnership), raised[0].code)
    receipt = answers.receipt(seen)
    assert (receipt.others, receipt.priority, receipt.answer) == (1, Priority.objects.get(), published)
    assert (receipt.progress[0].done, receipt.progress[0].closed_on, receipt.answered_on) == (1, TODAY, TODAY)
    assert [each.address for each in Message.objects.all()].count("resident@example.org") == 1
    concerns.mark_satisfaction(by=make_public(scene.partnership), code=raised[0].code, satisfied=True, now=NOON)
    seen.refresh_from_db()
    assert seen.state == "closed"


def minute_to_work(by, scene, meeting, item, text: str, due: date) -> Concern:
    """What the page in site does: a minute becomes a concern and the task of whoever undertook it, or neither."""
    with transaction.atomic():
        meetings.minute_item(by=by, item_id=item.pk, minute=text, now=NOON)
        raised = concerns.raise_concern(by=by, draft=draft_of(scene, what=text, door=Door.MEETING), now=NOON)
        meetings.undertake_action(
            by=by, meeting_id=meeting.pk, text="Mend the lamp", organisation_id=scene.council.pk,
            due=due, subject=raised.concern, now=NOON,
        )  # fmt: skip
    return raised.concern


def test_2_a_meetings_minute_becomes_a_concern_and_a_task(scene, by, partner) -> None:
    meeting = make_meeting(by, make_forum(by, scene.neighbourhood), held=False)
    meetings.set_agenda(
        by=by, meeting_id=meeting.pk, version=meeting.version, items=[AgendaEntry("Anything else")], now=NOON
    )
    meeting.refresh_from_db()
    meetings.hold_meeting(
        by=by, meeting_id=meeting.pk, version=meeting.version, minutes="Held.", attendance={"Residents": 9}, now=NOON
    )
    item = meeting.agenda.get(title="Anything else")
    said = "The lamp at the lock has been dark since October."
    with pytest.raises(RuleBroken):
        minute_to_work(by, scene, meeting, item, said, due=date(2020, 1, 1))
    assert not Concern.objects.exists(), "one is refused, so there is neither"
    assert not Task.objects.exists()

    concern = minute_to_work(by, scene, meeting, item, said, due=date(2026, 12, 1))
    assert (concern.door, concern.state, concern.is_owed) == ("meeting", "received", True)
    task = task_queries.list_tasks(partner, organisation_id=scene.council.pk).get()
    assert (task.subject_kind, task.subject_id) == (Concern.KIND, concern.pk)
    assert MeetingAction.objects.get().task_id == task.pk
    assert carry_out(partner, task, "The lamp is lit.").state == "done"


def test_3_an_agenda_is_put_together_from_later_floors(scene, by, rooms_to_come) -> None:
    forum = make_forum(by, scene.neighbourhood)
    proposed = make_priority(scene, by, title="Fly-tipping behind the shops")
    adopted = make_priority(scene, by)
    held = make_meeting(by, forum)
    priorities.adopt_priorities(
        by=by, meeting_id=held.pk, candidates=[adopted.pk], chosen=[adopted.pk],
        method="consensus", present=12, now=NOON,
    )  # fmt: skip
    plan = plans.make_plan(
        by=by, priority_id=adopted.pk, title="Quiet evenings", owner_id=scene.warden.pk,
        owner_because="Their path.", now=NOON,
    )  # fmt: skip
    surveys.close_survey(by=by, neighbourhood_id=scene.neighbourhood.pk, confident=[True, True, False], now=NOON)
    community.grade(by=by, concern=raise_one(scene).concern, grade="raised", now=NOON)

    spring = NOON + timedelta(days=120)
    meeting = meetings.plan_meeting(by=by, forum_id=forum.pk, starts_at=spring, venue="Library", now=NOON)
    meetings.set_agenda(
        by=by, meeting_id=meeting.pk, version=meeting.version, items=[AgendaEntry("Welcome")], now=spring
    )
    titles = list(meeting.agenda.order_by("position").values_list("title", flat=True))
    assert titles[0] == "Welcome"
    assert titles[1:] == [
        "Tension: raised",
        f"Review the priority: {adopted.title}",
        "Choose among the proposed priorities",
        f"Review the plan: {plan.title}",
        "Confidence: 2 of 3",
    ]
    assert proposed.title in meeting.agenda.get(title="Choose among the proposed priorities").text
    elsewhere = make_scene()
    assert (
        meeting_queries.live_agenda(
            by, make_forum(elsewhere.actor(elsewhere.sergeant, *WRITERS), elsewhere.neighbourhood), NOON
        )
        == []
    )


def test_4_a_dataset_becomes_a_profile_a_plan_and_progress(scene, by) -> None:
    def put(month: date, here: int, there: int) -> None:
        rows = [
            {"easting": 350_000, "northing": 430_000, "n": here, "neighbourhood": str(scene.neighbourhood.pk)},
            {"easting": 360_000, "northing": 430_000, "n": there},
        ]
        load(rows, month=month, partnership_ids=frozenset({scene.partnership.pk}))

    empty = profiles.get_profile(by, scene.neighbourhood.slug, NOON)
    for month in range(1, 10):
        put(date(2025, month, 1), 40, 40)
    put(date(2026, 9, 1), 10, 40)
    profile = profiles.get_profile(by, scene.neighbourhood.slug, NOON)
    assert sum(part.is_filled for part in profile.parts) > sum(part.is_filled for part in empty.parts)

    aim = strategy.set_priority(
        by=by, partnership_id=scene.partnership.pk, lead_id=scene.sergeant.pk,
        **{**PRIORITY, "source": "The neighbourhood's profile, November 2026"},
    )  # fmt: skip
    priority = make_priority(scene, by)
    recorded = {line["says"][0]: line["number"] for line in priority.evidence["recorded"]}
    assert recorded["Recorded in the neighbourhood"] == 9 * 40 + 10
    meeting = make_meeting(by, make_forum(by, scene.neighbourhood))
    priorities.adopt_priorities(
        by=by, meeting_id=meeting.pk, candidates=[priority.pk], chosen=[priority.pk],
        method="consensus", present=12, now=NOON,
    )  # fmt: skip
    plan = plans.make_plan(
        by=by, priority_id=priority.pk, title="Quiet evenings", owner_id=scene.warden.pk,
        owner_because="Their path.", strategic_priority_id=aim.pk, now=NOON,
    )  # fmt: skip

    evaluation = evaluations.evaluate_from_store(
        by=by, plan_id=plan.pk, response=Zone("Here", 350_000, 430_000, 300), comparison=Zone("There", 360_000, 430_000, 300),
        periods=Periods(date(2025, 9, 1), date(2026, 9, 1), 1), now=NOON,
    )  # fmt: skip
    assert (evaluation.response_before, evaluation.response_after) == (40, 10)
    assert plan_queries.measure_strategic(aim.pk, TODAY).open == 1
    year = cycle.get_year(by, scene.partnership.pk, TODAY)
    done = {each.step.code for each in year.steps if each.standing == Standing.DONE}
    assert {"information_shared", "priorities_identified", "community_consulted", "evaluation"} <= done


def test_5_a_second_report_becomes_a_case_review_with_notice_to_partners(scene, by, partner, rooms_to_come) -> None:
    afraid = {"flags": (Flag.TARGETED,)}
    raise_one(scene, now=NOON - timedelta(days=30), **afraid)
    assert not Task.objects.exists(), "one telling is heard by the team"
    raise_one(scene, now=NOON - timedelta(days=20))
    assert not Task.objects.exists(), "a telling without risk is no second report"
    second = raise_one(scene, **afraid)
    task = task_queries.list_tasks(partner, organisation_id=scene.council.pk).get()
    assert (task.subject_id, task.title) == (second.concern.pk, "Take part in a case review")
    assert concern_queries.get_concern(partner, second.concern.pk) == second.concern, "shared under the live agreement"
    notice = Message.objects.get(key__startswith="case-review:")
    assert notice.address == scene.warden.email
    assert "canal" not in notice.body.lower()


def test_6_a_nomination_is_voted_for_delivered_and_told(scene, by, rooms_to_come) -> None:
    probation = make_organisation(OrganisationKind.PROBATION, partnership=scene.partnership)
    deliverer = scene.actor(make_person(probation), *PARTNER)
    nominated = [raise_one(scene, category="environmental", what="Paint the underpass, please.") for _ in range(2)]
    problem = concerns.make_problem(
        by=by, concern_ids=[each.concern.pk for each in nominated], title_en="Paint the underpass", now=NOON
    )
    meeting = make_meeting(by, make_forum(by, scene.neighbourhood), came=20)
    delivered: list[projects.ProjectDelivered] = []
    events.listen(projects.ProjectDelivered)(delivered.append)
    meetings.record_decision(
        by=by, meeting_id=meeting.pk, text="Payback paints the underpass.", method="show_of_hands",
        votes=Votes(in_favour=14, against=3, abstained=1), about_kind="problem", about_id=problem.pk, now=NOON,
    )  # fmt: skip
    task = task_queries.list_tasks(deliverer, organisation_id=probation.pk).get()
    carry_out(deliverer, task, "Painted on two Saturdays.")
    assert delivered == [projects.ProjectDelivered(problem.pk, NOON)]
    words = replace(WORDS, title="The underpass", said="Paint the underpass.", outcome="solved")
    published = publish(by, draft(scene, by, words, problem_id=delivered[0].problem_id))
    assert published.told == 2
    assert list(answers.recent(scene.neighbourhood.pk)) == [published]


def test_7_intelligence_becomes_tension_a_task_and_an_answer_to_the_giver(scene, by, partner, rooms_to_come) -> None:
    told = raise_one(scene, what="Leaflets against newcomers are being put through doors on the estate.")
    heard: list[community.TensionRaised] = []
    events.listen(community.TensionRaised)(heard.append)
    community.grade(by=by, concern=told.concern, grade="calm", now=NOON)
    assert heard == []
    community.grade(by=by, concern=told.concern, grade="high", now=NOON)
    assert [each.grade for each in heard] == ["high"]

    group = make_forum(by, scene.neighbourhood, name="Tasking group")
    group.kind = ForumKind.TASKING
    group.save()
    assert [entry.title for _key, entry in meeting_queries.live_agenda(by, group, NOON)] == ["Tension: high"]
    meeting = make_meeting(by, group)
    undertaken = meetings.undertake_action(
        by=by, meeting_id=meeting.pk, text="Visit every door with the faith groups", organisation_id=scene.council.pk,
        due=date(2026, 11, 25), subject=heard_concern(by, heard[0]), now=NOON,
    )  # fmt: skip
    task = Task.objects.get(pk=undertaken.task_id)
    carry_out(partner, task, "Every door was visited.")
    concerns.answer(
        by=by, concern_id=told.concern.pk, version=None, outcome=Outcome.BETTER,
        text="Every door on the estate was visited together with the faith groups. Thank you for telling us.", now=NOON,
    )  # fmt: skip
    giver = make_public(scene.partnership)
    answered = concern_queries.get_by_code(giver, told.code)
    assert answered.exchanges.get(kind="answer").text.endswith("Thank you for telling us.")
    assert not answered.is_owed


def heard_concern(by, event: community.TensionRaised) -> Concern:
    return concern_queries.get_concern(by, event.concern_id)


def test_8_a_survey_becomes_confidence_and_performance(scene, by, rooms_to_come) -> None:
    forum = make_forum(by, scene.neighbourhood)
    raise_one(scene, now=NOON - timedelta(days=60))
    assert meeting_queries.live_agenda(by, forum, NOON) == []
    before = next(each for each in year_of(by, scene) if each.step.code == "progress_published")
    assert before.standing != Standing.DONE

    surveys.close_survey(by=by, neighbourhood_id=scene.neighbourhood.pk, confident=[True] * 6 + [False] * 4, now=NOON)
    [(source, entry)] = meeting_queries.live_agenda(by, forum, NOON)
    assert (source, entry.title) == ("performance", "Confidence: 6 of 10")
    assert entry.text == "Replies whose clock ended: 1. Open plans: 0."
    after = next(each for each in year_of(by, scene) if each.step.code == "progress_published")
    assert (after.standing, after.evidence.on) == (Standing.DONE, TODAY)


def year_of(by, scene):
    return cycle.get_year(by, scene.partnership.pk, TODAY).steps


def test_the_stand_ins_leave_the_house_as_they_found_it(scene, by) -> None:
    surveys.close_survey(by=by, neighbourhood_id=scene.neighbourhood.pk, confident=[True], now=NOON)
    assert meeting_queries.live_agenda(by, make_forum(by, scene.neighbourhood), NOON) == []
    raise_one(scene, flags=(Flag.TARGETED,))
    raise_one(scene, flags=(Flag.TARGETED,))
    assert not Task.objects.exists()
    assert not Plan.objects.exists()
