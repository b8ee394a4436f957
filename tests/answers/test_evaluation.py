"""Evaluations: the published figures through the action, counts from the store, words that do not overclaim, and the pages."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from ourpatch.answers.evaluation import actions, queries
from ourpatch.answers.evaluation.models import Evaluation
from ourpatch.answers.evaluation.permissions import Permission
from ourpatch.answers.evaluation.results import work_out
from ourpatch.answers.evaluation.rules import Counts, Periods, Zone
from ourpatch.data.analysis.evaluation import Reading, Verdict
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.models import ConflictOfInterest
from ourpatch.interventions.problems.models import Plan
from ourpatch.strategy.cycle.evidence import STEP_EVIDENCE

from ..access.factories_concerns import NOON, Scene, make_scene
from ..data.factories_store import load
from ..foundation.factories import make_actor, make_staff
from ..interventions.factories_problems import make_plan
from .factories_answers import PERIODS, WRITERS, evaluate

pytestmark = [pytest.mark.room, pytest.mark.django_db]
HOME = "/workspace/evaluations/"
HERE = Zone("Canal path", 350_000, 430_000, 300)
THERE = Zone("River path", 360_000, 430_000, 300)
SHORT = Periods(date(2025, 3, 1), date(2026, 3, 1), 1)


@pytest.fixture(autouse=True)
def own_home(tmp_path, settings) -> None:
    """Files of the store go to a folder of the test."""
    settings.OURPATCH_HOME = tmp_path


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def by(scene: Scene):
    return scene.actor(scene.sergeant, *WRITERS)


@pytest.fixture
def plan(scene, by) -> Plan:
    return make_plan(scene, by)


def put(month: date, *places: tuple[float, float, int]) -> None:
    rows = [{"easting": east, "northing": north, "n": n, "category": "robbery"} for east, north, n in places]
    load(rows, month=month)


def from_store(by, plan, **more) -> Evaluation:
    facts = {"response": HERE, "comparison": THERE, "periods": SHORT, "now": NOON}
    return actions.evaluate_from_store(by=by, plan_id=plan.pk, **{**facts, **more})


@pytest.mark.golden
def test_the_published_example_through_the_action(by, plan) -> None:
    """Golden 5 (anchors 3.4)."""
    kept = Evaluation.objects.get(pk=evaluate(by, plan).pk)
    found = work_out(kept)
    assert found.quotient.gross_effect == 30
    assert found.quotient.wdq == pytest.approx(0.10)
    assert found.quotient.total_net_effect == pytest.approx(27.5)
    assert found.quotient.reading is Reading.DIFFUSION
    assert found.difference.estimate == pytest.approx(-20)
    assert found.difference.standard_error == pytest.approx(23.66, abs=5e-3)
    assert (found.difference.lower, found.difference.upper) == pytest.approx((-66.38, 26.38), abs=5e-3)
    assert kept.verdict == Verdict.NOT_SHOWN


def test_what_was_not_shown_is_not_said(by, plan) -> None:
    found = work_out(evaluate(by, plan))
    said = " ".join(
        str(each) for each in (*found.difference.sentences, *found.quotient.sentences, *found.ratio.sentences)
    )
    for boast in ("it worked", "successful", "proved", "caused"):
        assert boast not in said.lower()
    assert any("chosen by people" in str(each) for each in found.cautions)


def test_different_seasons_are_cautioned(by, plan) -> None:
    half_a_year = Periods(date(2025, 9, 1), date(2026, 3, 1), 6)
    assert any("season" in str(each) for each in work_out(evaluate(by, plan, periods=half_a_year)).cautions)
    assert not any("season" in str(each) for each in work_out(evaluate(by, plan)).cautions)


def test_without_surroundings_there_is_no_quotient(by, plan) -> None:
    found = evaluate(by, plan, buffer=None)
    assert found.buffer is None
    assert work_out(found).quotient is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"source": " "}, "source"),
        ({"response": Counts(-1, 0)}, ""),
        ({"buffer": Counts(3, -1)}, ""),
        ({"names": ("", "River path")}, "response_name"),
        ({"names": ("Canal path", " ")}, "comparison_name"),
        ({"periods": Periods(date(2026, 3, 1), date(2026, 4, 1), 6)}, "after_from"),
    ],
)
def test_counts_that_cannot_be_compared_are_refused(by, plan, given, field) -> None:
    with pytest.raises(RuleBroken) as refused:
        evaluate(by, plan, **given)
    assert set(refused.value.problems.by_field) == {field}
    assert Evaluation.objects.count() == 0


def test_the_store_counts_the_square_and_the_ring_around_it(by, plan) -> None:
    put(
        date(2025, 3, 1),
        (350_000, 430_000, 40),
        (350_299, 430_000, 1),
        (350_300, 430_000, 5),
        (350_700, 430_000, 9),
        (360_000, 430_000, 80),
    )
    put(date(2026, 3, 1), (350_000, 430_000, 20), (350_400, 430_000, 4), (360_000, 430_000, 78))
    found = from_store(by, plan, category="robbery")
    assert (found.response, found.buffer, found.comparison) == (Counts(41, 20), Counts(5, 4), Counts(80, 78))
    assert found.data_version
    assert found.zones["response"]["metres"] == 300
    assert from_store(by, plan, category="burglary").response == Counts(0, 0)
    assert from_store(by, plan, with_ring=False).buffer is None


def test_a_month_that_is_not_loaded_is_not_counted_as_none(by, plan) -> None:
    put(date(2025, 3, 1), (350_000, 430_000, 40))
    with pytest.raises(RuleBroken, match="03/2026"):
        from_store(by, plan)


def test_a_comparison_area_that_the_work_could_reach_is_refused(by, plan) -> None:
    with pytest.raises(RuleBroken, match="too near"):
        from_store(by, plan, comparison=Zone("Next street", 350_500, 430_000, 300))


def test_only_who_may_evaluates_and_what_is_hidden_stays_hidden(by, scene, plan) -> None:
    reader = make_actor(scene.officer, [Permission.VIEW, "problems.view"], scene.partnership)
    with pytest.raises(NotAllowed):
        evaluate(reader, plan)
    assert AuditEntry.objects.filter(operation="evaluation.make", kind="refusal").exists()
    other = make_scene()
    with pytest.raises(NotFound):
        evaluate(other.actor(other.sergeant, *WRITERS), plan)
    made = evaluate(by, plan)
    assert queries.get_evaluation(reader, made.pk) == made
    with pytest.raises(NotFound):
        queries.get_evaluation(other.actor(other.sergeant, *WRITERS), made.pk)


def test_a_conflict_of_interest_in_the_plan_covers_its_evaluations(by, scene, plan) -> None:
    made = evaluate(by, plan)
    ConflictOfInterest.objects.create(person_id=scene.sergeant.pk, subject_kind=Plan.KIND, subject_id=plan.pk)
    assert list(queries.list_evaluations(by)) == []
    with pytest.raises(NotFound):
        queries.get_evaluation(by, made.pk)


def test_an_evaluation_is_evidence_for_the_partnerships_year(by, scene, plan) -> None:
    source = STEP_EVIDENCE.get("evaluation")
    assert source(scene.partnership, date(2026, 11, 18)) is None
    evaluate(by, plan)
    shown = source(scene.partnership, date(2026, 11, 18))
    assert shown.enough
    assert "18/11/2026" in shown.says


def staff(client: Client, scene, permissions=WRITERS) -> Client:
    make_staff(client, scene.partnership, permissions)
    return client


TYPED = {
    "before_from": "1/3/2025", "after_from": "1/3/2026", "months": 6,
    "response_name": "Canal path", "response_before": 100, "response_after": 70,
    "comparison_name": "River path", "comparison_before": 200, "comparison_after": 190,
    "buffer_name": "Around it", "buffer_before": 50, "buffer_after": 45,
    "source": "Council register", "note": "A new footbridge opened.",
}  # fmt: skip


def test_the_typed_form_leads_to_a_page_that_says_what_it_cannot_say(client, scene, plan) -> None:
    browser = staff(client, scene)
    assert "Nothing is evaluated yet" in browser.get(HOME).content.decode()
    address = f"{HOME}plan/{plan.pk}/typed/"
    assert "Where the counts come from" in browser.get(address).content.decode()
    refused = browser.post(address, {**TYPED, "after_from": "1/5/2025"}).content.decode()
    assert "must begin when the period before has ended" in refused
    made = browser.post(address, TYPED)
    assert made.status_code == 302
    page = browser.get(made.url).content.decode()
    for said in (
        "Difference -20.0, from -66.4 to 26.4",
        "quotient 0.10",
        "Council register",
        "Around it",
        "footbridge",
    ):
        assert said in page
    assert "What these figures cannot say" in page
    assert "Canal path: 100 → 70" in browser.get(HOME).content.decode()


def test_one_half_of_the_surroundings_is_not_dropped_in_silence(client, scene, plan) -> None:
    address = f"{HOME}plan/{plan.pk}/typed/"
    refused = staff(client, scene).post(address, {**TYPED, "buffer_after": ""})
    assert refused.status_code == 200
    assert "both counts" in refused.content.decode()


def test_the_store_form_counts_and_says_what_is_not_loaded(client, scene, plan) -> None:
    browser = staff(client, scene)
    address = f"{HOME}plan/{plan.pk}/"
    assert plan.priority.exact_place in browser.get(address).content.decode()
    given = {
        "before_from": "1/3/2025", "after_from": "1/3/2026", "months": 1, "category": "", "metres": 300,
        "response_name": "Canal path", "response_easting": 350_000, "response_northing": 430_000,
        "comparison_name": "River path", "comparison_easting": 360_000, "comparison_northing": 430_000,
    }  # fmt: skip
    assert "not loaded: 03/2025, 03/2026" in browser.post(address, given).content.decode()
    put(date(2025, 3, 1), (350_000, 430_000, 40), (360_000, 430_000, 40))
    put(date(2026, 3, 1), (350_000, 430_000, 10), (360_000, 430_000, 40))
    made = browser.post(address, given)
    page = browser.get(made.url).content.decode()
    assert "The ring around it" in page
    assert "data version" in page


def test_a_quotient_that_cannot_be_worked_out_is_left_out(client, scene, by, plan) -> None:
    made = evaluate(by, plan, comparison=Counts(0, 4))
    page = staff(client, scene).get(f"{HOME}{made.pk}/").content.decode()
    assert "cannot be worked out" in page
    assert "Gross effect" not in page


def test_who_may_not_evaluate_is_stopped_at_the_door(client, scene, by, plan) -> None:
    made = evaluate(by, plan)
    reader = staff(client, scene, [Permission.VIEW, "problems.view"])
    assert reader.get(f"{HOME}{made.pk}/").status_code == 200
    assert reader.get(f"{HOME}plan/{plan.pk}/").status_code == 403
    assert reader.post(f"{HOME}plan/{plan.pk}/typed/", TYPED).status_code == 403
    stranger = staff(Client(), make_scene())
    assert stranger.get(f"{HOME}{made.pk}/").status_code == 404
    assert stranger.get(f"{HOME}plan/{plan.pk}/").status_code == 404
    assert plan.title not in stranger.get(HOME).content.decode()


def test_what_was_read_is_in_the_audit(client, scene, by, plan) -> None:
    made = evaluate(by, plan, periods=PERIODS)
    staff(client, scene).get(f"{HOME}{made.pk}/")
    entry = AuditEntry.objects.get(operation="evaluation.evaluation")
    assert entry.subjects == [str(made.pk)]


def test_a_plan_leads_to_its_evaluations(client, scene, by, plan) -> None:
    made = evaluate(by, plan)
    page = staff(client, scene).get(f"/workspace/plans/{plan.pk}/").content.decode()
    assert f"{HOME}{made.pk}/" in page
    assert f"{HOME}plan/{plan.pk}/" in page
    reader = staff(Client(), scene, [Permission.VIEW, "problems.view"])
    page = reader.get(f"/workspace/plans/{plan.pk}/").content.decode()
    assert f"{HOME}{made.pk}/" in page
    assert f"{HOME}plan/{plan.pk}/" not in page
