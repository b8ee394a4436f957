"""Studies whose counts are held against something: people, ground, other incidents, a mix of deprivation."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.data.factories_deliveries import Senders, make_senders, person
from tests.data.factories_exchange import E0, N0, NOW
from tests.data.factories_store import load

from ourpatch.data.analysis.vulnerability import vulnerable_localities
from ourpatch.data.disclosure.permissions import Permission as Disclosure
from ourpatch.data.store.actions import in_use
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.data.studies import actions, exporting, queries
from ourpatch.data.studies.methods.comparing import as_counted
from ourpatch.data.studies.models import Study
from ourpatch.data.studies.permissions import Permission
from ourpatch.data.studies.question import Question
from ourpatch.foundation.places.models import Area
from ourpatch.ground.errors import BadInput, NotAllowed, RuleBroken
from ourpatch.ground.permission.actor import Actor

pytestmark = [pytest.mark.room, pytest.mark.django_db]
MONTHS = (date(2026, 1, 1), date(2026, 2, 1))
LSOAS = ("E01999900", "E01999901", "E01999902", "E01999903")
PURPOSE = "Problem profile of the western half."
SQUARES = {"shape": "square", "side": 1_000}
BURGLARY = ("burglary",)


@pytest.fixture
def senders(settings: Any, tmp_path: Path) -> Senders:
    """Two months of street crime: many burglaries in the poor and small south-west, thefts where the many live."""
    settings.OURPATCH_HOME = tmp_path / "home"
    made = make_senders()
    for kind, people in (("ward", (1_000, 4_000)), ("lsoa", (600, 2_000, 400, 2_000))):
        areas = Area.objects.filter(boundary_set__kind=kind).order_by("code")
        for area, n in zip(areas, people, strict=True):
            Area.objects.filter(pk=area.pk).update(population=n, population_year=2024)
    for code, decile in zip(LSOAS, (1, 9, 2, 10), strict=True):
        Area.objects.filter(code=code).update(deprivation_score=50.0 - decile, deprivation_decile=decile)
    for month in MONTHS:
        load(_rows(made), month, partnership_ids=frozenset({made.area.partnership.pk}))
    return made


def _rows(made: Senders) -> list[dict[str, Any]]:
    """A month: by LSOA so many burglaries and so many other thefts, spread over its four square kilometres."""
    counts = ((24, 6), (10, 30), (6, 4), (10, 30))
    return [
        _row(made, at, number, "burglary" if number < burglaries else "other-theft")
        for at, (burglaries, thefts) in enumerate(counts)
        for number in range(burglaries + thefts)
    ]


def _row(made: Senders, at: int, number: int, category: str) -> dict[str, Any]:
    east, north = 2_000 * (at % 2) + 500 + number % 2 * 1_000, 2_000 * (at // 2) + 500 + number // 2 % 2 * 1_000
    half = made.area.east if at % 2 else made.area.west
    return {
        "easting": float(E0 + east),
        "northing": float(N0 + north),
        "lsoa": LSOAS[at],
        "ward": "E05999902" if at % 2 else "E05999901",
        "neighbourhood": str(half.pk),
        "category": category,
    }


def analyst(senders: Senders, *more: str) -> Actor:
    return person(
        "An Analyst", senders.police, senders.area.partnership, Permission.RUN, Permission.VIEW, Store.VIEW, *more
    )


def run(senders: Senders, method: str, by: Actor | None = None, **more: Any) -> Study:
    asked = {"dataset": POLICE_UK, "area": senders.area.partnership.pk, "categories": BURGLARY, **more}
    return actions.run_study(by=by or analyst(senders), question=Question(method, **asked), now=NOW)


def against(kind: str, **more: Any) -> dict[str, Any]:
    return {**SQUARES, "against": kind, **more}


def others(*categories: str) -> dict[str, Any]:
    return against("dataset", against_dataset=POLICE_UK, against_categories=list(categories))


def told(study: Study) -> str:
    shown = study.shown
    return " ".join([*shown["findings"], *shown["cautions"], *shown["choices"]])


# --- people -----------------------------------------------------------------------------------------------------------


def test_people_of_lsoas_are_shared_out_among_squares_by_ground(senders: Senders) -> None:
    study = run(senders, "hot-spots", options=against("residents"))
    numbers = study.document["numbers"]
    by_cell = dict(zip(numbers["keys"], numbers["amounts"], strict=True))
    assert by_cell[f"{E0 + 500} {N0 + 500}"] == pytest.approx(150)
    assert by_cell[f"{E0 + 3_500} {N0 + 500}"] == pytest.approx(500)
    assert sum(numbers["amounts"]) == pytest.approx(5_000)
    # 100 burglaries in two months among 5,000 people are 120 a year per 1,000; 12 of 150 people are 480.
    assert numbers["overall"] == pytest.approx(120)
    first = numbers["cells"][numbers["keys"].index(f"{E0 + 500} {N0 + 500}")]
    assert (first["rate"], first["ratio"]) == pytest.approx((480, 4))
    assert "shared out among the cells by ground" in told(study)
    assert "Months counted: 2." in told(study)


def test_every_form_says_what_rates_are_of_which_year_and_from_where(senders: Senders) -> None:
    study = run(senders, "hot-spots", options=against("residents"))
    assert study.shown["base"][0] == "yearly rate per 1,000 residents of 2024"
    assert all("yearly rate per 1,000 residents of 2024" in picture for picture in study.shown["pictures"])
    assert "Rate: yearly rate per 1,000 residents of 2024" in study.shown["tables"][1]["heads"]
    base = json.loads(exporting.export(study, exporting.Format.JSON))["base"]
    assert (base["kind"], base["year"], base["per"], base["fewest"]) == ("residents", 2024, 1_000, 100)
    shapes = json.loads(exporting.export(study, exporting.Format.GEOJSON))
    assert shapes["base"] == base
    assert {"held_against", "rate", "rate_from", "rate_to", "times_average"} <= set(shapes["features"][0]["properties"])
    sheet = exporting.export(study, exporting.Format.CSV).decode()
    assert "Held against,Populations that were loaded with the boundaries" in sheet
    assert study.document["cy"]["base"][0]


def test_without_lsoa_populations_wards_are_shared_out(senders: Senders) -> None:
    Area.objects.filter(boundary_set__kind="lsoa").update(population=None)
    numbers = run(senders, "hot-spots", options=against("residents")).document["numbers"]
    assert sorted(set(np.round(numbers["amounts"], 6))) == [125, 500]
    Area.objects.update(population=None)
    with pytest.raises(BadInput, match="load-boundaries --ward-population"):
        run(senders, "hot-spots", options=against("residents"))


def test_areas_have_their_own_people_and_a_missing_year_is_said(senders: Senders) -> None:
    Area.objects.update(population_year=None)
    study = run(senders, "hot-spots", options={"shape": "lsoa", "against": "residents"})
    assert study.document["numbers"]["amounts"] == [600, 2_000, 400, 2_000]
    assert "was not said when they were loaded" in told(study)
    assert study.shown["base"][0] == "yearly rate per 1,000 residents"


def test_over_too_few_there_is_no_rate_and_the_limit_can_be_chosen(senders: Senders) -> None:
    cells = run(senders, "hot-spots", options=against("residents", fewest=300)).document["numbers"]["cells"]
    assert sum(cell is None for cell in cells) == 8
    assert "fewer than 300" in told(run(senders, "hot-spots", options=against("residents", fewest=300)))
    cells = run(senders, "hot-spots", options=against("residents")).document["numbers"]["cells"]
    assert sum(cell is None for cell in cells) == 0


# --- ground -----------------------------------------------------------------------------------------------------------


def test_ground_that_is_the_same_everywhere_ranks_cells_by_their_counts(senders: Senders) -> None:
    numbers = run(senders, "hot-spots", options=against("area")).document["numbers"]
    assert numbers["amounts"] == pytest.approx([1.0] * 16)
    counts = np.array(numbers["counts"])
    assert [cell["ratio"] for cell in numbers["cells"]] == pytest.approx((counts / counts.mean()).tolist())


def test_similar_areas_are_compared_by_ground_as_well(senders: Senders) -> None:
    options = {"target": "West", "unit": "ward", "size": 1}
    people = run(senders, "similar", options=options).document["numbers"]["comparison"]
    ground = run(senders, "similar", options={**options, "against": "area"}).document["numbers"]["comparison"]
    # 60 burglaries of 1,000 people and 8 square km beside 40 of 4,000 and as much ground.
    assert people["ratio"] == pytest.approx(6.0)
    assert ground["ratio"] == pytest.approx(1.5)
    assert ground["rate"]["value"] == pytest.approx(60 / 8 * 6)


def test_a_funnel_by_ground_says_so(senders: Senders) -> None:
    study = run(senders, "funnel", options={"unit": "lsoa", "against": "area"})
    assert "yearly rate per square km" in study.shown["pictures"][0]
    assert "Square km" in study.shown["tables"][0]["heads"]
    assert "Rates: yearly rate per square km. Months counted: 2." in told(study)
    assert "per 1000 people" not in told(study)


# --- other incidents --------------------------------------------------------------------------------------------------


def test_a_share_of_everything_recorded(senders: Senders) -> None:
    study = run(senders, "hot-spots", options=others())
    numbers = study.document["numbers"]
    assert numbers["base"]["holds"]
    assert sum(numbers["amounts"]) == 240
    # 100 of 240 incidents are burglaries; of those in the first square 12 of 16.
    assert numbers["overall"] == pytest.approx(100 * 100 / 240)
    first = numbers["cells"][numbers["keys"].index(f"{E0 + 500} {N0 + 500}")]
    assert first is None, "16 are too few for a share of their own"
    low = run(senders, "hot-spots", options={**others(), "fewest": 10}).document["numbers"]
    assert low["cells"][numbers["keys"].index(f"{E0 + 500} {N0 + 500}")]["rate"] == pytest.approx(75)
    assert "not anybody's risk" in told(study)
    assert "per cent of all these" in study.shown["base"][0]
    assert study.document["base"]["state"].startswith(POLICE_UK)


def test_other_incidents_that_do_not_hold_these(senders: Senders) -> None:
    numbers = run(senders, "hot-spots", options=others("other-theft")).document["numbers"]
    assert not numbers["base"]["holds"]
    assert numbers["overall"] == pytest.approx(100 * 100 / 140)
    assert sum(numbers["amounts"]) == 140


@pytest.mark.parametrize(
    ("categories", "options", "says"),
    [
        (("burglary",), {"against": "dataset"}, "Choose the dataset"),
        (("burglary",), {"against": "residents", "against_dataset": POLICE_UK}, "or leave this empty"),
        (("burglary",), {"against": "dataset", "against_dataset": "own-nothing"}, "own-nothing"),
        (("burglary",), others("burglary"), "against themselves"),
        ((), others(), "against themselves"),
        (("burglary", "robbery"), others("burglary", "other-theft"), "some of their categories"),
        ((), others("other-theft"), "some of their categories"),
        (("burglary",), others("larceny"), "no category larceny"),
        (("burglary",), {"against": "dataset", "against_dataset": "police_crimes"}, "purpose"),
        (("burglary",), {"against": "pounds"}, "none, residents, area, dataset"),
    ],
)
def test_what_makes_no_base_is_refused(
    senders: Senders, categories: tuple[str, ...], options: dict[str, Any], says: str
) -> None:
    by = analyst(senders, Disclosure.ASK_CONTROLLED)
    with pytest.raises((BadInput, RuleBroken), match=says):
        run(senders, "hot-spots", by=by, categories=categories, options={**SQUARES, **options})
    assert not Study.objects.exists()


def test_other_incidents_are_counted_in_the_same_months(senders: Senders) -> None:
    _load_incidents(senders, MONTHS[:1])
    options = against("dataset", against_dataset="police_incidents")
    by = analyst(senders, Disclosure.ASK_CONTROLLED)
    with pytest.raises(BadInput, match="2026-02 is missing"):
        run(senders, "hot-spots", by=by, options=options, purpose=PURPOSE)
    january = {"since": MONTHS[0], "until": date(2026, 1, 31)}
    assert run(senders, "hot-spots", by=by, options=options, purpose=PURPOSE, **january)
    _load_incidents(senders, (date(2025, 12, 1), MONTHS[1]))
    found = run(senders, "hot-spots", by=by, options=options, purpose=PURPOSE)
    assert "Hot spots with 10 incidents or more" in told(found)


def _load_incidents(made: Senders, months: tuple[date, ...]) -> None:
    """Thirty controlled incidents a month in the north-east."""
    rows = [{**_row(made, 3, number, "asb-nuisance"), "scheme": "nsir"} for number in range(30)]
    scope = frozenset({made.area.partnership.pk})
    for month in months:
        mine = [{**row, "local_date": month} for row in rows]
        load(mine, month, dataset="police_incidents", supplier="police", partnership_ids=scope)


def test_a_controlled_base_makes_the_study_controlled_and_hides_small_cells(senders: Senders) -> None:
    _load_incidents(senders, MONTHS)
    options = against("dataset", against_dataset="police_incidents")
    with pytest.raises(NotAllowed):
        run(senders, "hot-spots", options=options, purpose=PURPOSE)
    by = analyst(senders, Disclosure.ASK_CONTROLLED)
    with pytest.raises(RuleBroken, match="purpose"):
        run(senders, "hot-spots", by=by, options=options)
    study = run(senders, "hot-spots", by=by, options=options, purpose=PURPOSE)
    assert study.controlled
    assert set(study.document["numbers"]) == {"spots", "tested"}
    assert all(set(each["properties"]) == {"cell", "hot"} for each in study.document["shapes"]["features"])
    assert len(study.shown["pictures"]) == 1
    assert len(study.shown["tables"]) <= 1


def test_a_study_is_out_of_date_when_what_it_was_held_against_changes(senders: Senders) -> None:
    _load_incidents(senders, MONTHS)
    options = against("dataset", against_dataset="police_incidents")
    study = run(senders, "hot-spots", by=analyst(senders, Disclosure.ASK_CONTROLLED), options=options, purpose=PURPOSE)
    assert queries.is_current(study)
    before = in_use("police_incidents", "police", MONTHS[0])
    load(
        [{**_row(senders, 3, 1, "asb-nuisance"), "scheme": "nsir", "local_date": MONTHS[0]}],
        MONTHS[0],
        now=NOW + timedelta(days=1),
        dataset="police_incidents",
        supplier="police",
        partnership_ids=frozenset({senders.area.partnership.pk}),
        replaces=before.pk if before else None,
    )
    assert not queries.is_current(study)


# --- deprivation ------------------------------------------------------------------------------------------------------


def test_areas_against_what_their_deprivation_would_lead_one_to_expect(senders: Senders) -> None:
    """60 burglaries of 1,000 people in the most deprived fifth, 40 of 4,000 in the least: each half is all of its fifth."""
    found = run(senders, "standardised").document["numbers"]
    assert [(each["key"], each["observed"], each["expected"]) for each in found["areas"]] == [
        ("East", 40, pytest.approx(40)),
        ("West", 60, pytest.approx(60)),
    ]
    # With the north-west in the least deprived fifth: 48 of 600, and 52 of 4,400; 48 + 400 x 52 / 4,400 are expected.
    Area.objects.filter(code=LSOAS[2]).update(deprivation_decile=10)
    study = run(senders, "standardised")
    west = next(each for each in study.document["numbers"]["areas"] if each["key"] == "West")
    assert west["expected"] == pytest.approx(48 + 400 * 52 / 4_400)
    assert west["ratio"] == pytest.approx(60 / (48 + 400 * 52 / 4_400))
    assert study.shown["tables"][1]["rows"][0] == ["1: most deprived fifth", 600, 48, 480]
    assert "residents of 2024" in study.shown["base"][0]
    assert study.document["shapes"]["features"][0]["properties"]["ratio"]


def test_without_deprivation_or_people_it_says_what_to_load(senders: Senders) -> None:
    Area.objects.filter(code=LSOAS[0]).update(population=None)
    with pytest.raises(BadInput, match="column of populations"):
        run(senders, "standardised")
    Area.objects.update(deprivation_decile=None)
    with pytest.raises(BadInput, match="Deprivation is not known"):
        run(senders, "standardised")


def test_too_sparse_a_fifth_and_one_fifth_alone_are_refused(senders: Senders) -> None:
    Area.objects.filter(code=LSOAS[2]).update(deprivation_decile=5)
    with pytest.raises(BadInput, match="3: middle fifth"):
        run(senders, "standardised")
    Area.objects.filter(boundary_set__kind="lsoa").update(deprivation_decile=1)
    with pytest.raises(BadInput, match="one stratum"):
        run(senders, "standardised")


# --- words ------------------------------------------------------------------------------------------------------------


def test_the_index_is_called_what_was_counted() -> None:
    counts = {"burglary": [3.0, 4.0, 9.0], "criminal_damage": [3.0, 8.0, 1.0]}
    found = as_counted(vulnerable_localities(list("abc"), counts, [10] * 3))
    words = " ".join(str(each) for each in found.sentences)
    assert "all burglary, all criminal damage" in words
    assert "dwelling" not in words
    assert found.localities == replace(found).localities
