"""What a doubting reader of real studies asked: months that do not hold the same, places of unlike size, less than one place."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data.factories_deliveries import Senders, make_senders, person
from tests.data.factories_exchange import E0, N0, NOW
from tests.data.factories_store import load

from ourpatch.data.analysis.evaluation import BeforeAfter, wdd
from ourpatch.data.analysis.pictures import before_after_chart
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.data.studies import actions
from ourpatch.data.studies.contract import Unit
from ourpatch.data.studies.gathering import COMMON
from ourpatch.data.studies.methods.places import find_concentration
from ourpatch.data.studies.methods.working import scales_differ
from ourpatch.data.studies.models import Study
from ourpatch.data.studies.pages import _text
from ourpatch.data.studies.permissions import Permission
from ourpatch.data.studies.question import Question
from ourpatch.foundation.places.models import Area
from ourpatch.ground.errors import BadInput

MONTHS = (date(2026, 1, 1), date(2026, 2, 1))
DIFFER = "do not all hold the same"


@pytest.fixture
def senders(settings: Any, tmp_path: Path) -> Senders:
    settings.OURPATCH_HOME = tmp_path / "home"
    made = make_senders()
    Area.objects.filter(boundary_set__kind__in=("ward", "lsoa")).update(population=1_000, population_year=2024)
    return made


def fill(made: Senders, *months: dict[str, int]) -> None:
    """A month for each, with so many of each category, in turn in the east and in the west."""
    for month, counts in zip(MONTHS, months, strict=True):
        rows = [
            {
                "easting": float(E0 + 500 + 2_000 * (number % 2)),
                "northing": float(N0 + 500),
                "ward": "E05999902" if number % 2 else "E05999901",
                "neighbourhood": str((made.area.east if number % 2 else made.area.west).pk),
                "category": category,
            }
            for category, count in counts.items()
            for number in range(count)
        ]
        load(rows, month, partnership_ids=frozenset({made.area.partnership.pk}))


def run(made: Senders, method: str, *categories: str, **options: Any) -> Study:
    by = person("An Analyst", made.police, made.area.partnership, Permission.RUN, Permission.VIEW, Store.VIEW)
    asked = Question(method, POLICE_UK, area=made.area.partnership.pk, categories=categories, options=options)
    return actions.run_study(by=by, question=asked, now=NOW)


def cautions(study: Study) -> str:
    return " ".join(study.shown["cautions"])


@pytest.mark.room
@pytest.mark.django_db
class TestKinds:
    def test_a_common_kind_that_is_absent_from_a_month_is_said(self, senders: Senders) -> None:
        fill(senders, {"burglary": COMMON, "other-theft": 30}, {"other-theft": 30})
        told = cautions(run(senders, "concentration", unit="place"))
        assert DIFFER in told
        assert "1 of the categories" in told
        assert "(Burglary)" in told

    def test_of_a_kind_that_is_in_every_month_nothing_is_said(self, senders: Senders) -> None:
        fill(senders, {"burglary": COMMON, "other-theft": 30}, {"other-theft": 30})
        assert DIFFER not in cautions(run(senders, "concentration", "other-theft", unit="place"))
        # Asked for alone, a month without any is what the chart shows.
        assert DIFFER not in cautions(run(senders, "concentration", "burglary", unit="place"))

    def test_a_rare_kind_may_stay_away(self, senders: Senders) -> None:
        fill(senders, {"burglary": COMMON - 1, "other-theft": 30}, {"other-theft": 30})
        assert DIFFER not in cautions(run(senders, "concentration", unit="place"))


@pytest.mark.room
@pytest.mark.django_db
def test_lsoas_are_called_by_their_names_and_counted_by_points(senders: Senders) -> None:
    fill(senders, {"other-theft": 30}, {"other-theft": 30})
    study = run(senders, "hot-spots", shape="lsoa", against="residents")
    rows = study.shown["tables"][-1]["rows"]
    names = set(Area.objects.filter(boundary_set__kind="lsoa").values_list("name", flat=True))
    assert {row[0] for row in rows} == names
    assert any("where its point lies" in told for told in study.shown["choices"])


@pytest.mark.room
@pytest.mark.django_db
def test_an_index_of_what_was_not_recorded_says_what_to_ask(senders: Senders) -> None:
    fill(senders, {"other-theft": 30}, {"other-theft": 30})
    with pytest.raises(BadInput, match="Nothing was recorded there and then as all burglary"):
        run(senders, "vulnerable-localities", unit="ward")


@pytest.mark.rules
class TestScales:
    def test_fewer_incidents_less_of_a_larger_place_are_said_to_disagree(self) -> None:
        """228 of 1,118 fewer is more than 174 of 658 fewer, and less of it."""
        told = scales_differ(BeforeAfter(1_118, 890, 6, 6), BeforeAfter(658, 484, 6, 6))
        assert len(told) == 1
        words = str(told[0].message)
        assert "-228 where it was done and by -174" in words
        assert "-20.4% and -26.4%" in words

    def test_what_before_was_is_taken_for_as_many_months(self) -> None:
        """Half as many months after: 100 of 200 are as many, and 60 of 100 are a fifth more."""
        assert not scales_differ(BeforeAfter(200, 100, 8, 4), BeforeAfter(100, 60, 8, 4))

    def test_from_nothing_there_is_no_share(self) -> None:
        assert not scales_differ(BeforeAfter(0, 5), BeforeAfter(10, 20))

    @given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 500))
    @settings(max_examples=50)
    def test_places_of_the_same_size_never_disagree(self, before: int, after: int, beside: int) -> None:
        assert not scales_differ(BeforeAfter(before, after), BeforeAfter(before, beside))


@pytest.mark.rules
@pytest.mark.parametrize(
    ("areas", "tops"), [(4, [0.2]), (10, [0.1, 0.2]), (86, [0.05, 0.1, 0.2]), (100, [0.01, 0.05, 0.1, 0.2])]
)
def test_no_share_of_less_than_one_place_is_told(areas: int, tops: list[float]) -> None:
    counts = np.arange(1, areas + 1).reshape(-1, 1)
    names = tuple(map(str, range(areas)))
    known = SimpleNamespace(keys=names, names=names, shapes=(None,) * areas, counts=counts, elsewhere=0)
    source: Any = SimpleNamespace(areas=lambda unit: known, smallest=None)
    found = find_concentration(source, {"unit": str(Unit.LSOA), "seed": 1})
    assert [row[0] for row in found.tabulate()[0].table.rows] == tops


@pytest.mark.rules
def test_a_count_that_is_drawn_for_a_longer_period_is_written_as_recorded() -> None:
    """2,087 in four months are drawn as 6,261 in twelve, and called what they were."""
    unlike = before_after_chart(
        wdd(BeforeAfter(2_087, 2_008, 4, 12), BeforeAfter(1_185, 1_142, 4, 12)), what="Theft", where="Here", when="then"
    )
    assert "2,087 before (drawn as 6,261)" in unlike
    assert "2,008 after" in unlike
    assert "Before, drawn for as long a period as after" in unlike
    alike = before_after_chart(wdd(BeforeAfter(20, 10), BeforeAfter(30, 31)), what="Theft", where="Here", when="then")
    assert ">20 before<" in alike
    assert "drawn" not in alike


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3e-15, "under 0.0001"),
        (0.00004, "under 0.0001"),
        (0.00006, "0.0001"),
        (0.0, "0"),
        (0.04, "0.0400"),
        (838.186, "838.19"),
        (1_078.8138, "1,079"),
        (-2.678, "-2.68"),
    ],
)
def test_a_figure_is_rounded_and_a_small_chance_is_not_shown_as_none(value: float, shown: str) -> None:
    assert _text(value) == shown
