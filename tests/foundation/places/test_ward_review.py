"""A ward review beside the wards before it: the old stay readable, each day has its own, and nobody loses their neighbourhood."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely

from ourpatch.foundation.places import actions, loading, queries
from ourpatch.foundation.places.loading import Report
from ourpatch.foundation.places.models import AreaKind, BoundarySet, ServiceArea
from ourpatch.foundation.places.reading import AreaRow, PopulationRow

from ..factories_places import (
    LOADER,
    NOW,
    SIDE,
    SOUTH,
    TODAY,
    WEST,
    load_county,
    load_set,
    middle_of,
    ward_rows,
)

pytestmark = [pytest.mark.room, pytest.mark.django_db]

REVIEW = date(2027, 5, 6)
AFTER = datetime(2027, 6, 1, 12, tzinfo=UTC)


def reviewed_rows() -> list[AreaRow]:
    """Mill and Moor redrawn as East Hill and West Hill, 300 m further west; the other wards as they were."""
    border = WEST + 2.7 * SIDE
    west = shapely.box(WEST + 2 * SIDE, SOUTH, border, SOUTH + SIDE)
    east = shapely.box(border, SOUTH, WEST + 4 * SIDE, SOUTH + SIDE)
    redrawn = [
        AreaRow("E05000201", "West Hill", west, parent_code="E07000001"),
        AreaRow("E05000202", "East Hill", east, parent_code="E07000001"),
    ]
    return [*(row for row in ward_rows() if row.name not in ("Mill", "Moor")), *redrawn]


@pytest.fixture
def wards() -> BoundarySet:
    load_county()
    return BoundarySet.objects.get(kind=AreaKind.WARD)


@pytest.fixture
def review(wards: BoundarySet) -> BoundarySet:
    return load_set(AreaKind.WARD, reviewed_rows(), vintage="2027", valid_from=REVIEW)


def ward_and_neighbourhood(on: date | None, place: str = "Mill") -> tuple[str, str]:
    """The ward and the neighbourhood of the middle of a ward as it was, on a day."""
    assigned = queries.Resolver.current(on).assign(*middle_of(place))
    pk = assigned.neighbourhood[0]
    return str(assigned.ward[0]), ServiceArea.objects.get(pk=pk).name if pk else ""


def test_each_day_has_its_own_wards_and_the_old_stay_readable(wards: BoundarySet, review: BoundarySet) -> None:
    assert ward_and_neighbourhood(date(2024, 1, 1))[0] == "E05000003"
    assert ward_and_neighbourhood(TODAY)[0] == "E05000003"
    assert ward_and_neighbourhood(date(2027, 5, 5))[0] == "E05000003"
    assert ward_and_neighbourhood(REVIEW)[0] == "E05000201"
    assert queries.areas(AreaKind.WARD, "2023").get(code="E05000003").name == "Mill"
    assert queries.areas(AreaKind.WARD, "2027").filter(code="E05000003").count() == 0


def test_a_review_that_is_loaded_before_its_day_leaves_everybody_in_their_neighbourhood(
    wards: BoundarySet, review: BoundarySet
) -> None:
    assert ward_and_neighbourhood(TODAY) == ("E05000003", "Mill")
    assert queries.neighbourhood_at(*middle_of("Mill")).name == "Mill"  # type: ignore[union-attr]
    assert ward_and_neighbourhood(None)[1] == "Mill"
    assert [found.label for found in queries.find("Mill")] == ["Mill"]


def test_when_its_day_comes_the_old_neighbourhoods_hold_until_new_ones_are_made(
    wards: BoundarySet, review: BoundarySet
) -> None:
    assert ward_and_neighbourhood(AFTER.date()) == ("E05000201", "Mill")
    actions.make_neighbourhoods_from_wards(by=LOADER, now=AFTER)
    assert ward_and_neighbourhood(AFTER.date()) == ("E05000201", "West Hill")
    assert ward_and_neighbourhood(AFTER.date(), "Quay") == ("E05000002", "Quay")
    assert ward_and_neighbourhood(TODAY) == ("E05000003", "Mill")


def test_making_neighbourhoods_changes_the_fingerprint_of_the_geography(
    wards: BoundarySet, review: BoundarySet
) -> None:
    before = [queries.Resolver.current(on).geography for on in (TODAY, REVIEW)]
    actions.make_neighbourhoods_from_wards(by=LOADER, now=AFTER)
    after = [queries.Resolver.current(on).geography for on in (TODAY, REVIEW)]
    assert before[0] == after[0]
    assert len({before[0], before[1], after[1]}) == 3


def test_population_of_a_partnership_is_that_of_the_wards_that_hold(wards: BoundarySet) -> None:
    rows = [PopulationRow(2, row.code, row.name, 1000) for row in ward_rows()]
    actions.attach_population(by=LOADER, boundary_set_id=wards.pk, rows=rows, year=2024, now=NOW)
    hillside = queries.partnerships().get(name="Hillside")
    assert queries.population(hillside) == (2000, 2024)
    load_set(AreaKind.WARD, reviewed_rows(), vintage="2027", valid_from=REVIEW)
    assert queries.population(hillside) == (2000, 2024)


def test_a_code_says_which_vintage_it_is_of(wards: BoundarySet, review: BoundarySet) -> None:
    found = queries.sets_of(["E05000001", "E05000003", "E05000201", "E05999999"])
    vintages = {code: [each.vintage for each in sets] for code, sets in found.items()}
    assert vintages == {"E05000001": ["2023", "2027"], "E05000003": ["2023"], "E05000201": ["2027"]}
    assert queries.sets_of(["E05000001"], AreaKind.LSOA) == {}


def test_a_set_that_is_still_arriving_is_of_no_vintage(wards: BoundarySet) -> None:
    BoundarySet.objects.update(loaded_at=None)
    assert queries.sets_of(["E05000001"]) == {}


# ---------------------------------------------------------------- loading one


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """The reviewed wards, and the neighbourhoods that were agreed for them."""
    wards, agreed = tmp_path / "hillshire_wards.gpkg", tmp_path / "neighbourhoods.csv"
    rows = reviewed_rows()
    pyogrio.raw.write(
        wards,
        geometry=shapely.to_wkb(np.array([row.geometry for row in rows])),
        field_data=[np.array([row.code for row in rows], object), np.array([row.name for row in rows], object)],
        fields=["ward_code", "ward_name"],
        geometry_type="Polygon",
        crs="EPSG:27700",
        driver="GPKG",
    )
    lines = "".join(f"{row.code},{'The Hill' if 'Hill' in row.name else row.name}\n" for row in rows)
    agreed.write_text(f"ward_code,neighbourhood\n{lines}")
    return {"wards": wards, "neighbourhoods": agreed}


def load(files: dict[str, Path], now: datetime, begins: date) -> Report:
    return loading.load_boundaries(
        by=LOADER,
        now=now,
        wards=files["wards"],
        neighbourhoods=files["neighbourhoods"],
        county="Hillshire",
        vintages={"ward": str(begins.year)},
        valid_from=begins,
    )


def test_a_review_is_loaded_ahead_with_its_neighbourhoods_and_again_on_its_day(
    wards: BoundarySet, files: dict[str, Path]
) -> None:
    report = load(files, NOW, REVIEW)
    assert "2027-05-06" in " ".join(map(str, report.lines))
    assert "neighbourhoods" not in report.counts
    assert ward_and_neighbourhood(TODAY) == ("E05000003", "Mill")
    again = load(files, AFTER, REVIEW)
    assert (again.counts["new_wards"], again.counts["neighbourhoods"]) == (0, 5)
    assert ward_and_neighbourhood(AFTER.date()) == ("E05000201", "The Hill")
    assert ward_and_neighbourhood(TODAY) == ("E05000003", "Mill")


def test_wards_of_the_past_are_loaded_for_old_figures_and_leave_today_alone(
    wards: BoundarySet, files: dict[str, Path]
) -> None:
    report = load(files, NOW, date(2015, 5, 7))
    assert report.counts["new_wards"] == 6
    assert ward_and_neighbourhood(TODAY) == ("E05000003", "Mill")
    assert ward_and_neighbourhood(date(2016, 1, 1)) == ("E05000201", "Mill")
    assert queries.areas(AreaKind.WARD, "2015").filter(name="East Hill").exists()
