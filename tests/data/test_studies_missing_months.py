"""Studies over months of which some are not loaded: their places stay empty, and nothing is counted across them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.data.factories_deliveries import make_senders
from tests.data.factories_exchange import E0, N0, NOW
from tests.data.factories_store import load

from ourpatch.data.analysis.missing import NO_DATA
from ourpatch.data.store import specs
from ourpatch.data.store.rules import missing_months
from ourpatch.data.studies.contract import Areas, Source, Unit
from ourpatch.data.studies.gathering import Gathering
from ourpatch.data.studies.methods.change import (
    chart_gaps,
    chart_months,
    known_gaps,
    look_ahead,
    watch_for_shifts,
)
from ourpatch.data.studies.methods.working import (
    compare_before_and_after,
    compare_differences,
    compare_matched,
    look_for_a_break,
    plan_ahead,
)
from ourpatch.data.studies.question import Question

DATASET = "police_incidents"


def months(count: int, first: int = 2022) -> list[date]:
    return [date(first + at // 12, at % 12 + 1, 1) for at in range(count)]


def source(counts: list[list[int]], missing: tuple[int, ...]) -> Any:
    """A place with one area for each row of monthly counts, some months of which are not loaded."""
    calendar = months(len(counts[0]))
    loaded = [at for at in range(len(calendar)) if at not in missing]
    panel = np.array(counts)[:, loaded]
    series = np.full(len(calendar), np.nan)
    series[loaded] = panel.sum(axis=0)
    names = tuple(f"area {at}" for at in range(len(counts)))
    areas = Areas(
        unit=Unit.WARD,
        keys=names,
        names=names,
        shapes=tuple(SimpleNamespace(area=1e6) for _row in counts),
        population=tuple(1_000 + 10 * at for at in range(len(counts))),
        deprivation=tuple(float(at % 5) for at in range(len(counts))),
        months=tuple(calendar[at] for at in loaded),
        counts=panel,
        elsewhere=0,
    )
    return SimpleNamespace(
        what="Thefts",
        where="Here",
        when="then",
        months=areas.months,
        calendar=tuple(calendar),
        series=lambda: series,
        areas=lambda unit: areas,
        labels=lambda ahead=0: tuple(f"{month:%b %Y}" for month in months(len(calendar) + ahead)),
    )


def keys(result: Any) -> set[str]:
    return {each.key for each in result.sentences}


@pytest.fixture(scope="module")
def place() -> Any:
    counts = np.random.default_rng(8).poisson(30, (8, 48))
    counts[:4, 30:] //= 2
    return source(counts.tolist(), (5, 6, 33))


OPTIONS = {"unit": "ward", "from_month": date(2024, 7, 1), "treated": ["area 0", "area 1", "area 2", "area 3"]}


@pytest.mark.rules
class TestMethods:
    def test_a_chart_has_a_place_for_every_month(self, place: Source) -> None:
        found = chart_months(place, {"kind": "fitting", "days": True, "season": True})
        rows = found.tabulate()[0].table.rows
        assert len(rows) == 48
        assert [row[:2] for row in rows[5:7]] == [("Jun 2022", NO_DATA), ("Jul 2022", NO_DATA)]
        assert rows[7][0] == "Aug 2022"
        # May has 31 days, whatever is missing before it.
        assert rows[16][1] == pytest.approx(place.series()[16] / 31)
        assert "missing" in keys(found)
        assert "No data for: Jun 2022; Jul 2022; Oct 2024." in found.draw()[0]

    def test_a_running_sum_holds_and_what_is_usual_is_of_loaded_months(self, place: Source) -> None:
        found: Any = watch_for_shifts(place, {"ratio": 0.7, "run": 100.0, "baseline": 12})
        usual = float(np.nanmean(place.series()[:14]))
        assert found.found.expected[0] == pytest.approx(usual)
        rows = found.tabulate()[0].table.rows
        assert rows[5][1] == NO_DATA
        assert rows[5][3] == rows[4][3]

    def test_a_forecast_counts_by_the_calendar(self, place: Source) -> None:
        found = look_ahead(place, {"months": 1, "confidence": 0.6})
        assert "missing" in keys(found)
        assert "No data for: Jun 2022" in found.draw()[0]

    def test_a_break_is_where_the_month_is(self, place: Source) -> None:
        found: Any = look_for_a_break(place, OPTIONS)
        assert found.found.first_after == 30
        rows = found.tabulate()[0].table.rows
        assert rows[29][3] is None
        assert rows[30][3] is not None
        assert rows[33][1] == NO_DATA
        assert any("2 before and 1 after" in str(each) for each in found.sentences)

    def test_a_month_that_is_not_loaded_can_be_the_first_after(self, place: Source) -> None:
        found: Any = compare_differences(place, {**OPTIONS, "from_month": date(2024, 10, 9)})
        assert found.found.first_after == 33
        assert found.tabulate()[0].table.rows[33][1:3] == (NO_DATA, NO_DATA)

    def test_groups_are_compared_over_loaded_months(self, place: Any) -> None:
        found: Any = compare_differences(place, OPTIONS)
        panel = place.areas("ward").counts
        before, after = panel[:, :28].mean(axis=1), panel[:, 28:].mean(axis=1)
        change = after - before
        assert found.found.estimate == pytest.approx(change[:4].mean() - change[4:].mean())
        assert "missing" in keys(found)

    @pytest.mark.parametrize("method", [compare_before_and_after, compare_matched])
    def test_what_is_missing_on_either_side_is_said(self, place: Source, method: Any) -> None:
        found = method(place, {**OPTIONS, "control": ["area 5", "area 6"]})
        said = next(str(each) for each in found.sentences if each.key == "missing_sides")
        assert said.startswith("Months that are not loaded: 2 before and 1 after.")

    def test_without_a_gap_nothing_is_said(self, place: Any) -> None:
        whole = source(np.random.default_rng(8).poisson(30, (8, 48)).tolist(), ())
        for method, options in (
            (chart_months, {"kind": "xmr"}),
            (look_for_a_break, OPTIONS),
            (compare_matched, OPTIONS),
        ):
            found = method(whole, options)
            assert not keys(found) & {"missing", "missing_sides"}
            assert all("no data" not in picture for picture in found.draw())

    def test_a_plan_rests_on_loaded_months(self, place: Any) -> None:
        found = plan_ahead(place, {"before": 12, "after": 12, "reduction": 0.2, "power": 0.8})
        assert found.smallest == int(np.nansum(place.series()))


@pytest.mark.rules
class TestWaits:
    def test_a_wait_across_a_month_that_is_not_loaded_is_not_known(self) -> None:
        days = np.array(["2026-01-31", "2026-02-01", "2026-04-01", "2026-04-30", "2026-06-01"], dtype="datetime64[D]")
        found = known_gaps(days, [date(2026, 3, 1), date(2026, 5, 1)])
        assert np.isnan(found).tolist() == [False, True, False, True]
        assert found[[0, 2]].tolist() == [1, 29]
        assert known_gaps(days, []).tolist() == np.diff(days).astype(int).tolist()

    def test_the_chart_leaves_it_out_and_says_so(self) -> None:
        days = np.array(
            [f"2026-0{month}-{day:02}" for month in (1, 2, 4, 5) for day in (3, 9, 21)], dtype="datetime64[D]"
        )
        place: Any = SimpleNamespace(
            what="Arson",
            where="Here",
            when="then",
            months=[date(2026, month, 1) for month in (1, 2, 4, 5)],
            incidents=lambda: SimpleNamespace(starts=days, precision=None),
        )
        found = chart_gaps(place, {"kind": "g"})
        assert "missing" in keys(found)
        assert found.tabulate()[0].table.rows[5][:2] == ("2026-04-03", NO_DATA)
        assert "No data for: 2026-04-03." in found.draw()[0]


@pytest.mark.room
@pytest.mark.django_db
def test_the_store_is_asked_for_the_calendar(settings: Any, tmp_path: Path) -> None:
    settings.OURPATCH_HOME = tmp_path / "home"
    made = make_senders()
    for month, count in ((date(2026, 6, 1), 2), (date(2026, 9, 1), 3)):
        rows = [
            {
                "source_reference": f"{month}{n}",
                "local_date": month.replace(day=n + 1),
                "time_precision": "day",
                "easting": float(E0 + 300),
                "northing": float(N0 + 300),
                "place_precision": "exact",
                "neighbourhood": str(made.area.west.pk),
                "category": "asb-nuisance",
                "scheme": "nsir",
            }
            for n in range(count)
        ]
        load(
            rows,
            month,
            now=NOW,
            dataset=DATASET,
            supplier="police",
            partnership_ids=frozenset({made.area.partnership.pk}),
        )
    asked = Question("chart", DATASET, area=made.area.partnership.pk)
    found = Gathering(asked, specs.dataset(DATASET), made.area.partnership, NOW, controlled=False)
    assert found.months == (date(2026, 6, 1), date(2026, 9, 1))
    assert found.calendar == tuple(date(2026, month, 1) for month in (6, 7, 8, 9))
    assert missing_months(found.months) == list(found.calendar[1:3])
    assert found.labels(1) == ("Jun 2026", "Jul 2026", "Aug 2026", "Sep 2026", "Oct 2026")
    assert np.array_equal(found.series(), [2, np.nan, np.nan, 3], equal_nan=True)
