"""Studies: a question becomes a kept answer, within what the actor may see, with small numbers of controlled data left out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from openpyxl import load_workbook
from PIL import Image
from shapely.geometry import box
from tests.data.factories_deliveries import Senders, make_senders, person
from tests.data.factories_exchange import E0, N0, NOW
from tests.data.factories_store import load

from ourpatch.data.analysis.grids import square_grid
from ourpatch.data.analysis.hotspots import count_points, hot_spots
from ourpatch.data.analysis.sentences import caution
from ourpatch.data.analysis.tables import Table
from ourpatch.data.disclosure.permissions import Permission as Disclosure
from ourpatch.data.store import catalogue, specs
from ourpatch.data.store.actions import in_use
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.data.studies import actions, documents, exporting, queries
from ourpatch.data.studies.contract import Captioned, Result
from ourpatch.data.studies.gathering import Gathering
from ourpatch.data.studies.methods import BY_KEY, METHODS
from ourpatch.data.studies.methods.common import PEOPLE, refuse_too_many
from ourpatch.data.studies.methods.places import only_large
from ourpatch.data.studies.methods.repeating import refuse_too_much
from ourpatch.data.studies.models import Study
from ourpatch.data.studies.permissions import Permission
from ourpatch.data.studies.question import Question, from_data
from ourpatch.data.studies.rules import without_small
from ourpatch.foundation.agreements import actions as agreements
from ourpatch.foundation.agreements.models import Purpose
from ourpatch.foundation.agreements.permissions import Permission as Agreements
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import Area
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.clock import LONDON
from ourpatch.ground.errors import BadInput, Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say

pytestmark = [pytest.mark.room, pytest.mark.django_db]
PURPOSE = "Problem profile of the western half."
DATASET = "police_incidents"


@pytest.fixture
def senders(settings: Any, tmp_path: Path) -> Senders:
    """A quarter of incidents: ninety all over the western half, sixty thinly over the eastern."""
    settings.OURPATCH_HOME = tmp_path / "home"
    made = make_senders()
    Area.objects.update(population=1_000)
    west = [_row(made, "west", n, 250 + n % 4 * 500, 250 + n // 4 % 3 * 500) for n in range(90)]
    east = [_row(made, "east", n, 2_200 + n % 4 * 400, 250 + n // 4 % 8 * 450) for n in range(60)]
    _load(made, [*west, *east])
    return made


def _row(made: Senders, half: str, number: int, east: int, north: int = 1_000) -> dict[str, Any]:
    """One incident a day from the first of July on, at every hour in turn."""
    day = date(2026, 7, 1) + timedelta(days=number * (2 if half == "west" else 3) // 2)
    at = datetime.combine(day, time(number % 24, 15), LONDON)
    return {
        "source_reference": f"{half}{number}",
        "starts_at": at,
        "ends_at": at,
        "local_date": day,
        "local_hour": at.hour,
        "time_precision": "instant",
        "easting": float(E0 + east),
        "northing": float(N0 + north),
        "place_precision": "exact",
        "neighbourhood": str(getattr(made.area, half).pk),
        "category": "asb-nuisance",
        "scheme": "nsir",
    }


def _load(made: Senders, every: list[dict[str, Any]], when: datetime = NOW) -> None:
    for month in sorted({row["local_date"].replace(day=1) for row in every}):
        rows = [row for row in every if row["local_date"].replace(day=1) == month]
        before = in_use(DATASET, "police", month)
        load(
            rows,
            month,
            now=when,
            dataset=DATASET,
            supplier="police",
            partnership_ids=frozenset({made.area.partnership.pk}),
            replaces=before.pk if before else None,
        )


def analyst(senders: Senders, *more: str) -> Actor:
    held = (Permission.RUN, Permission.VIEW, Permission.SHARE, Store.VIEW, Disclosure.ASK_CONTROLLED, *more)
    return person("An Analyst", senders.police, senders.area.partnership, *held)


def question(senders: Senders, method: str, **more: Any) -> Question:
    return Question(method, DATASET, **{"area": senders.area.partnership.pk, "purpose": PURPOSE, **more})


def run(senders: Senders, method: str, **more: Any) -> Study:
    return actions.run_study(by=analyst(senders), question=question(senders, method, **more), now=NOW)


def test_the_answer_counts_what_was_recorded_and_says_what_where_and_when(senders: Senders) -> None:
    study = run(senders, "chart")
    shown = study.shown
    assert [row[:2] for row in shown["tables"][0]["rows"]] == [["Jul 2026", 52], ["Aug 2026", 52], ["Sep 2026", 46]]
    assert shown["where"] == senders.area.partnership.name
    assert shown["when"] == "July 2026 to September 2026"
    assert shown["findings"]
    assert study.document["cy"]["when"] != shown["when"]


def test_who_asked_what_for_which_purpose_is_written_down_even_where_there_is_no_answer(senders: Senders) -> None:
    with pytest.raises(BadInput, match="42 months"):
        run(senders, "forecast")
    entry = AuditEntry.objects.get(operation="studies.ask")
    assert PURPOSE in entry.reason
    assert '"method": "forecast"' in entry.reason
    assert not Study.objects.exists()


def test_every_method_answers_or_says_why_not(senders: Senders) -> None:
    areas = [str(area.pk) for area in (senders.area.west, senders.area.east)]
    needed = {
        "similar": {"target": areas[0]},
        "before-after": {"from_month": "2026-09", "treated": areas[0], "control": areas[1]},
        "differences": {"from_month": "2026-09", "treated": areas[0]},
        "matched": {"from_month": "2026-09", "treated": areas[0]},
        "break": {"from_month": "2026-09"},
    }
    answered, refused = set(), []
    for method in METHODS:
        try:
            options = {**needed.get(method.key, {}), **_quick(method.key)}
            run(senders, method.key, options=options)
        except (BadInput, RuleBroken) as refusal:
            refused.append(str(refusal))
        else:
            answered.add(method.key)
    assert answered >= {"hot-spots", "density", "chart", "before-after", "power"}, refused
    assert any("No hour of the week" in each for each in refused)
    assert any("wider bands" in each for each in refused)
    assert all(len(each) > len("Fill this in.") for each in refused)


def _quick(method: str) -> dict[str, Any]:
    """Large cells and few permutations, so that trying every method takes seconds."""
    if method in ("hot-spots", "patterns"):
        return {"side": 500, "permutations": 1_999, "shape": "square"}
    return {"side": 500, "shape": "square"} if method == "density" else {}


def test_of_controlled_data_no_small_count_is_told(senders: Senders) -> None:
    study = run(senders, "hot-spots", options={"side": 500, "shape": "square", "permutations": 1_999})
    told = json.dumps(study.document)
    assert study.controlled
    assert "counts" not in study.document["numbers"]
    assert all(set(each["properties"]) == {"cell", "hot"} for each in study.document["shapes"]["features"])
    assert study.shown["tables"][0]["rows"][0][-1] == 54
    assert "10 or more" in told


def test_hours_of_controlled_data_are_rounded_and_days_are_not_their_sum(senders: Senders) -> None:
    day = date(2026, 9, 14)
    often = [_row(senders, "west", 1_000 + n, 300) | _at(day, n % 2 * 3) for n in range(24)]
    few = [_row(senders, "west", 2_000 + n, 300) | _at(day, 5 + n) for n in range(12)]
    _load(senders, [*often, *few], NOW + timedelta(days=1))
    study = run(senders, "hours", since=date(2026, 9, 1), until=date(2026, 9, 30))
    monday = study.shown["tables"][0]["rows"][0]
    assert (monday[1], monday[4], monday[6], monday[-1]) == (10, 10, 0, 40)
    told = study.shown["pictures"][0].split("<desc")[1].split("</desc>")[0]
    assert "rounded" in told
    assert "By day" not in told


def _at(day: date, hour: int) -> dict[str, Any]:
    at = datetime.combine(day, time(hour, 15), LONDON)
    return {"starts_at": at, "ends_at": at, "local_date": day, "local_hour": hour}


def test_density_of_controlled_data_is_rounded(senders: Senders) -> None:
    study = run(senders, "density", options={"side": 500, "shape": "square"})
    values = [each for each in study.document["numbers"]["values"] if each is not None]
    assert values
    assert values == [float(f"{each:.2g}") for each in values]


def test_cells_and_reach_of_controlled_data_are_no_address(senders: Senders) -> None:
    with pytest.raises(BadInput, match="cells of 200 m"):
        run(senders, "hot-spots", options={"side": 100})
    with pytest.raises(BadInput, match="reach of 200 m"):
        run(senders, "density", options={"side": 500, "bandwidth": 50})


def test_controlled_data_is_asked_by_whole_months(senders: Senders) -> None:
    with pytest.raises(RuleBroken, match="whole months"):
        run(senders, "chart", until=date(2026, 9, 29))
    with pytest.raises(RuleBroken, match="whole months"):
        run(senders, "chart", since=date(2026, 7, 2))
    assert run(senders, "chart", since=date(2026, 7, 1), until=date(2026, 9, 30))


def test_small_numbers_of_what_was_left_out_are_not_told() -> None:
    told = caution("outside", say("%(outside)s of %(all)s lie outside.", outside="3", all="1,250"))
    assert str(without_small([told], 10)[0]) == "fewer than 10 of 1,250 lie outside."
    assert str(without_small([told], None)[0]) == "3 of 1,250 lie outside."
    of_ten = caution("outside", say("%(outside)s lie outside.", outside="10"))
    assert str(without_small([of_ten], 10)[0]) == "10 lie outside."


def test_a_hot_spot_of_few_is_neither_listed_nor_counted() -> None:
    grid = square_grid(box(0, 0, 4_000, 4_000), 500)
    at = [*[(250 + 500 * (n % 2), 250) for n in range(40)], *[(3_250 + 50 * (n % 2), 3_250) for n in range(9)]]
    counted = count_points(grid, [x for x, _y in at], [y for _x, y in at])
    found = hot_spots(grid, counted, permutations=1_999, seed=1, alpha=0.5, least=1, adjust=False)
    few = replace(found.spots[0], cells=(50,), incidents=9)
    hot = tuple(is_hot or cell == 50 for cell, is_hot in enumerate(found.hot))
    found = replace(found, hot=hot, spots=(*found.spots, few))
    kept = only_large(found, 10)
    assert not kept.hot[50]
    assert kept.spots == found.spots[:-1]
    assert all(spot.incidents >= 10 for spot in kept.spots)
    assert sum(kept.hot) == sum(len(spot.cells) for spot in kept.spots)
    assert next(str(each) for each in kept.sentences) == f"Hot spots with 10 incidents or more: {len(kept.spots)}."


def test_too_many_cells_are_refused_at_once() -> None:
    with pytest.raises(BadInput, match="Use cells of"):
        refuse_too_many(1e10, 50)
    refuse_too_many(1e8, 50)


def test_too_many_pairs_are_refused_before_they_are_compared() -> None:
    many = np.zeros(5_000)
    with pytest.raises(BadInput, match="permutations"):
        refuse_too_much(many, many, 100, "euclidean", 9_999)
    refuse_too_much(many[:50], many[:50], 100, "euclidean", 9_999)


def test_what_would_tell_of_few_is_refused(senders: Senders) -> None:
    few = [_row(senders, "east", 3_000 + n, 2_200) | _at(date(2026, 10, 1), n) for n in range(5)]
    _load(senders, few, NOW + timedelta(days=1))
    with pytest.raises(RuleBroken, match="fewer than 10"):
        run(senders, "chart", area=senders.area.east.pk)
    with pytest.raises(RuleBroken, match="single incidents"):
        run(senders, "rare-events")


def test_controlled_data_asks_for_a_purpose_and_the_permission(senders: Senders) -> None:
    with pytest.raises(RuleBroken, match="purpose"):
        run(senders, "chart", purpose="x")
    plain = person("A Manager", senders.police, senders.area.partnership, Permission.RUN, Store.VIEW)
    with pytest.raises(NotAllowed):
        actions.run_study(by=plain, question=question(senders, "chart"), now=NOW)
    assert AuditEntry.objects.filter(operation="studies.ask", kind="refusal").exists()


def test_what_another_partnership_added_is_not_read_where_it_lies_here(
    senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = replace(catalogue.dataset(DATASET), owner=uuid4())
    monkeypatch.setattr(catalogue, "seen_by", lambda by, key: own)
    with pytest.raises(NotAllowed):
        run(senders, "chart")
    assert not Study.objects.exists()


def test_a_question_stays_within_its_place(senders: Senders) -> None:
    whole = run(senders, "chart").shown["tables"][0]["rows"]
    half = run(senders, "chart", area=senders.area.west.pk).shown["tables"][0]["rows"]
    assert sum(row[1] for row in whole) == 150
    assert sum(row[1] for row in half) == 90
    with pytest.raises(NotFound):
        run(senders, "chart", area=senders.police.pk)


def test_it_is_answered_as_the_data_was_known(senders: Senders) -> None:
    _load(senders, [_row(senders, "west", n, 1_000) for n in range(60)], NOW + timedelta(days=3))
    now = [row[1] for row in run(senders, "chart").shown["tables"][0]["rows"]]
    then = run(senders, "chart", known_on=NOW.date() + timedelta(days=1)).shown["tables"][0]["rows"]
    assert sum(row[1] for row in then) == 150
    assert now == [31, 29, 46]


def test_options_are_read_with_care(senders: Senders) -> None:
    for given, message in [
        ({"baseline": "many"}, "Write a number"),
        ({"baseline": "1"}, "from 3"),
        ({"kind": "pie"}, "Choose one of these"),
        ({"season": "perhaps"}, "yes or no"),
        ({"colour": "red"}, "no option colour"),
    ]:
        with pytest.raises(RuleBroken, match=message):
            run(senders, "chart", options=given)
    with pytest.raises(RuleBroken, match="2026-07"):
        run(senders, "break", options={"from_month": "soon"})
    with pytest.raises(RuleBroken, match="First month after it began"):
        run(senders, "break")
    with pytest.raises(BadInput, match="There is no method pie"):
        run(senders, "pie")
    with pytest.raises(RuleBroken, match="before the first"):
        run(senders, "chart", since=date(2026, 8, 1), until=date(2026, 7, 1))


def test_an_area_in_two_groups_and_one_that_is_not_there_are_refused(senders: Senders) -> None:
    west = str(senders.area.west.pk)
    with pytest.raises(BadInput, match="named twice"):
        run(senders, "before-after", options={"from_month": "2026-09", "treated": west, "control": west})
    with pytest.raises(BadInput, match="not one of the areas"):
        run(senders, "differences", options={"from_month": "2026-09", "treated": "Atlantis"})


def test_a_question_travels_as_data_and_back(senders: Senders) -> None:
    asked = question(
        senders, "break", since=date(2026, 7, 1), categories=("a", "b"), options={"from_month": date(2026, 9, 1)}
    )
    back = from_data(json.loads(json.dumps(asked.as_data())))
    assert back == replace(asked, purpose="", options={"from_month": "2026-09-01"})


def test_a_draft_is_kept_by_its_title_and_goes_after_a_week_otherwise(senders: Senders) -> None:
    by, job = analyst(senders), Actor.job("test", [Permission.RUN], [senders.area.partnership.pk])
    kept, draft = run(senders, "chart"), run(senders, "power")
    with pytest.raises(RuleBroken, match="title"):
        actions.keep_study(by=by, study_id=kept.pk, version=1, title=" ", notes="", now=NOW)
    actions.keep_study(by=by, study_id=kept.pk, version=1, title="Summer", notes="", now=NOW)
    with pytest.raises(Conflict):
        actions.keep_study(by=by, study_id=kept.pk, version=1, title="Other", notes="", now=NOW)
    assert actions.let_drafts_go(by=job, now=NOW + timedelta(days=6)) == 0
    assert actions.let_drafts_go(by=job, now=NOW + timedelta(days=8)) == 1
    assert list(queries.list_studies(by)) == [kept]
    assert not Study.objects.filter(pk=draft.pk).exists()


def test_a_controlled_study_is_shared_under_an_agreement_and_never_opened(senders: Senders) -> None:
    by, council = analyst(senders), senders.officer.organisation_id
    assert council is not None
    reader = _of(senders, senders.officer.organisation_id, Permission.VIEW, Disclosure.ASK_CONTROLLED)
    study = run(senders, "chart")
    actions.keep_study(by=by, study_id=study.pk, version=1, title="Summer", notes="", now=NOW)
    with pytest.raises(RuleBroken, match="controlled"):
        actions.open_study(by=by, study_id=study.pk, version=2, is_open=True, now=NOW)
    with pytest.raises(NotFound):
        queries.get_study(reader, study.pk)
    with pytest.raises(RuleBroken):
        actions.share_study(by=by, study_id=study.pk, organisation_id=council, now=NOW)
    _agree(senders)
    actions.share_study(by=by, study_id=study.pk, organisation_id=council, now=NOW)
    assert queries.get_study(reader, study.pk) == study
    with pytest.raises(NotFound):
        queries.get_study(_of(senders, council, Permission.VIEW), study.pk)


def _of(senders: Senders, organisation_id: UUID | None, *held: str) -> Actor:
    """Somebody of an organisation who holds this in the partnership."""
    grants = person("x", senders.police, senders.area.partnership, *held).grants
    return replace(senders.officer, organisation_id=organisation_id, grants=grants)


def test_what_was_found_in_controlled_data_is_read_by_who_may_ask_of_it(senders: Senders) -> None:
    study = run(senders, "chart")
    actions.keep_study(by=analyst(senders), study_id=study.pk, version=1, title="Summer", notes="", now=NOW)
    colleague = _of(senders, senders.police.pk, *Permission, Store.VIEW)
    asker = _of(senders, senders.police.pk, Permission.VIEW, Disclosure.ASK_CONTROLLED)
    assert list(queries.list_studies(colleague)) == []
    assert list(queries.list_studies(asker)) == [study]
    assert queries.get_study(asker, study.pk) == study
    for act in (
        lambda: queries.get_study(colleague, study.pk),
        lambda: actions.download_study(by=colleague, study_id=study.pk, wanted=exporting.Format.CSV),
        lambda: actions.keep_study(by=colleague, study_id=study.pk, version=2, title="Mine", notes="", now=NOW),
        lambda: actions.share_study(by=colleague, study_id=study.pk, organisation_id=senders.police.pk, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()
    Study.objects.filter(pk=study.pk).update(controlled=False)
    assert queries.get_study(colleague, study.pk) == study


def test_a_download_is_written_down_as_a_copy_that_left(senders: Senders) -> None:
    study, by = run(senders, "chart"), replace(analyst(senders), id=uuid4())
    assert actions.download_study(by=by, study_id=study.pk, wanted=exporting.Format.CSV)
    entry = AuditEntry.objects.get(operation="studies.download")
    assert (entry.kind, entry.subjects, entry.recipients) == ("disclosure", [str(study.pk)], [str(by.id)])
    assert entry.reason == f"copy as csv to An Analyst: {PURPOSE}"
    with pytest.raises(NotFound):
        actions.download_study(by=by, study_id=study.pk, wanted=exporting.Format.GEOJSON)
    assert AuditEntry.objects.filter(operation="studies.download").count() == 1


def _agree(senders: Senders) -> None:
    by = person("A Chair", senders.police, senders.area.partnership, *Agreements)
    made = agreements.make_agreement(
        by=by,
        partnership_id=senders.area.partnership.pk,
        title="Analysis",
        purpose=Purpose.ANALYSIS,
        lawful_basis="Crime and Disorder Act 1998, section 115.",
        from_on=date(2026, 1, 1),
        until=date(2028, 1, 1),
        review_on=date(2027, 1, 1),
        now=NOW,
    )
    for each in (senders.police.pk, senders.officer.organisation_id):
        own = replace(by, organisation_id=each)
        agreements.sign(by=own, agreement_id=made.pk, organisation_id=each, signed_by="A Chief", now=NOW)


def test_it_leaves_as_every_kind_of_file(senders: Senders) -> None:
    study = run(senders, "hot-spots", options={"side": 500, "shape": "square", "permutations": 1_999})
    files = {each: exporting.export(study, each) for each in exporting.formats(study)}
    assert set(files) == set(exporting.Format)
    assert b"hot spot" in files[exporting.Format.SVG].lower()
    assert Image.open(BytesIO(files[exporting.Format.PNG])).width == 1_600
    shape = json.loads(files[exporting.Format.GEOJSON])["features"][0]["geometry"]
    west, south = shape["coordinates"][0][0]
    assert -9 < west < 2 < 49 < south < 61
    book = load_workbook(BytesIO(files[exporting.Format.XLSX]))
    assert book.worksheets[1].cell(3, 6).value == 54
    assert files[exporting.Format.CSV].decode("utf-8-sig").splitlines()[1].startswith("Number,Easting")
    assert json.loads(files[exporting.Format.JSON])["question"]["method"] == "hot-spots"


def test_no_name_becomes_a_formula(senders: Senders) -> None:
    area = senders.area.partnership
    area.name = "=HYPERLINK(1)"
    area.save()
    study = run(senders, "chart")
    assert "'=HYPERLINK(1)" in exporting.export(study, exporting.Format.CSV).decode()


def test_only_the_organisation_that_made_a_study_changes_or_shares_it(senders: Senders) -> None:
    study = run(senders, "chart")
    council = replace(analyst(senders), organisation_id=senders.officer.organisation_id)
    Study.objects.filter(pk=study.pk).update(controlled=False, sensitivity="open", title="Summer")
    assert queries.get_study(council, study.pk) == study
    for act in (
        lambda: actions.keep_study(by=council, study_id=study.pk, version=1, title="Mine", notes="", now=NOW),
        lambda: actions.open_study(by=council, study_id=study.pk, version=1, is_open=False, now=NOW),
        lambda: actions.share_study(by=council, study_id=study.pk, organisation_id=senders.police.pk, now=NOW),
    ):
        with pytest.raises(NotAllowed, match="organisation that made"):
            act()


def test_indicators_are_named_in_the_readers_words_in_tables() -> None:
    source = SimpleNamespace(what="Noise", where="Here", when="Now", cautions=(), smallest=None)
    table = Table((say("Area"), say("Count")), ((PEOPLE, 3),))
    result = Result(None, (), lambda: [Captioned(say("Areas"), table)], list)
    told = documents.document(BY_KEY["power"], source, result, {})  # type: ignore[arg-type]
    assert told["en"]["tables"][0]["rows"] == [["People", 3]]
    assert told["cy"]["tables"][0]["rows"] != told["en"]["tables"][0]["rows"]


def test_what_is_known_of_many_areas_is_what_is_known_of_each(senders: Senders) -> None:
    halves = [senders.area.west, senders.area.east]
    Area.objects.filter(boundary_set__kind="lsoa").update(deprivation_score=12.5)
    assert places.populations(halves) == {each.pk: places.population(each)[0] for each in halves}
    found = [places.deprivation(each) for each in halves]
    assert list(places.deprivation_scores(halves).values()) == [each and each.mean_score for each in found]


def test_the_index_counts_categories_by_their_groups(senders: Senders) -> None:
    spec = specs.dataset("police_crimes")
    source = Gathering(question(senders, "vulnerable-localities"), spec, senders.area.partnership, NOW, controlled=True)
    found = source.index_categories()
    assert {"burglary", "burglary_residential"} <= set(found["burglary"])
    assert "arson_and_damage" in found["criminal_damage"]
    street = Gathering(
        question(senders, "vulnerable-localities"),
        specs.dataset(POLICE_UK),
        senders.area.partnership,
        NOW,
        controlled=False,
    )
    assert street.index_categories() == {"burglary": ("burglary",), "criminal_damage": ("criminal-damage-arson",)}
    assert street.smallest_metres is None
    assert source.smallest_metres == 200
