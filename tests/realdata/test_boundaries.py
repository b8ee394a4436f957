"""Lancashire's own boundary files, as they are published."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
import shapely

from ourpatch.foundation.places import queries
from ourpatch.foundation.places.loading import Report, load_boundaries, recognise
from ourpatch.foundation.places.models import Area, AreaKind, BoundarySet, ServiceArea, ServiceAreaKind, Tier
from ourpatch.foundation.places.permissions import Permission
from ourpatch.ground.permission.actor import Actor

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]

LOADER = Actor.job("load-boundaries", [Permission.LOAD, Permission.VIEW], [UUID(int=0)])
NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 18)


@pytest.fixture
def lancashire(shared_data: Path) -> Path:
    return shared_data / "lancashire"


def load(folder: Path, **more: object) -> Report:
    return load_boundaries(by=LOADER, now=NOW, folder=folder, **{"population_year": 2020, **more})  # type: ignore[arg-type]


@pytest.fixture
def loaded(lancashire: Path) -> Report:
    return load(lancashire)


def test_the_files_of_the_folder_are_recognised(lancashire: Path) -> None:
    files = recognise(lancashire)
    assert files.districts == lancashire / "lancashire_districts.geojson"
    assert files.wards == lancashire / "lancashire_wards.gpkg"
    assert files.lsoas == lancashire / "lsoa-2011.zip"
    assert files.ward_population == lancashire / "lancashire_ward_pop.xlsx"
    assert files.deprivation == lancashire / "imd-2019-lsoa.csv"
    assert files.postcodes is None


def test_every_area_is_loaded(loaded: Report) -> None:
    assert {kind: queries.areas(kind).count() for kind in (AreaKind.DISTRICT, AreaKind.WARD, AreaKind.LSOA)} == {
        AreaKind.DISTRICT: 14,
        AreaKind.WARD: 271,
        AreaKind.LSOA: 941,
    }
    assert BoundarySet.objects.get(kind=AreaKind.LSOA).vintage == "2011"
    assert not Area.objects.filter(parent_code="").exclude(boundary_set__kind=AreaKind.DISTRICT).exists()


def test_populations_that_do_not_match_are_listed_both_ways(loaded: Report) -> None:
    """285 populations, 271 wards: 40 populations have no ward and 26 wards no population."""
    without_ward = [each for each in loaded.unmatched if each.what == "population"]
    without_population = [each for each in loaded.unmatched if each.what == AreaKind.WARD]
    assert loaded.counts["populations"] == 245
    assert (len(without_ward), len(without_population)) == (40, 26)
    assert "E05013064" in {each.code for each in without_population}
    assert all(str(each.message) and each.row for each in without_ward)
    assert queries.areas(AreaKind.WARD).filter(population=None).count() == 26
    assert BoundarySet.objects.get(kind=AreaKind.WARD).notes


def test_deprivation_reaches_every_lsoa(loaded: Report) -> None:
    assert queries.areas(AreaKind.LSOA).filter(deprivation_score=None).count() == 0
    assert queries.areas(AreaKind.LSOA).get(code="E01012673").deprivation_score == pytest.approx(88.774)


def test_faulty_outlines_are_mended_and_told(loaded: Report) -> None:
    assert sum("repaired" in str(note) for note in loaded.notes) == 3


def test_the_two_tiers_stand_side_by_side(loaded: Report) -> None:
    tiers = dict(queries.partnerships().values_list("name", "tier"))
    assert len(tiers) == 14
    assert [name for name, tier in tiers.items() if tier == Tier.UNITARY] == ["Blackburn with Darwen", "Blackpool"]
    county = ServiceArea.objects.get(kind=ServiceAreaKind.COUNTY_GROUP)
    assert county.name == "Lancashire"
    assert county.children.count() == 12
    assert queries.neighbourhoods().count() == 271


def test_loading_again_changes_nothing(loaded: Report, lancashire: Path) -> None:
    before = _everything()
    again = load(lancashire)
    assert _everything() == before
    assert (
        again.counts["new_wards"]
        == again.counts["changed_ward_populations"]
        == again.counts["changed_deprivation"]
        == 0
    )


def test_a_dry_run_says_the_same_and_writes_nothing(lancashire: Path) -> None:
    report = load(lancashire, dry_run=True)
    assert report.counts["lsoas"] == 941
    assert len(report.unmatched) == 66
    assert _everything() == ([], [], [])


def test_every_inside_point_finds_its_own_areas(loaded: Report) -> None:
    resolver = queries.Resolver.current(TODAY)
    wards = list(Area.objects.filter(boundary_set_id=resolver.set_ids[AreaKind.WARD]).order_by("code"))
    points = shapely.point_on_surface(shapely.from_wkb([bytes(ward.outline) for ward in wards]))
    found = resolver.assign(shapely.get_x(points), shapely.get_y(points))
    assert found.ward.tolist() == [ward.code for ward in wards]
    assert found.district.tolist() == [ward.parent_code for ward in wards]
    names = dict(queries.neighbourhoods().values_list("pk", "name"))
    assert [names[pk] for pk in found.neighbourhood] == [ward.name for ward in wards]


def test_blackpool_tower_is_in_blackpool(loaded: Report) -> None:
    found = queries.Resolver.current(TODAY).assign([330_604.0, np.nan], [436_034.0, np.nan])
    assert found.district.tolist() == ["E06000009", ""]
    assert queries.partnerships().get(name="Blackpool").pk == found.partnership[0]
    assert found.neighbourhood[1] is None


def test_what_is_not_known_is_not_counted_as_nobody(loaded: Report) -> None:
    ward = queries.areas(AreaKind.WARD).get(code="E05013064")
    short = queries.partnerships().get(parts__area__code=ward.parent_code)
    blackpool = queries.partnerships().get(name="Blackpool")
    assert queries.population(short) == (None, None)
    people, year = queries.population(blackpool)
    assert people is not None
    assert 130_000 < people < 150_000
    assert year == 2020


def test_deprivation_of_blackpool(loaded: Report) -> None:
    found = queries.deprivation(queries.partnerships().get(name="Blackpool"))
    assert found is not None
    assert found.known == found.of
    assert found.most_deprived_fifth > found.of / 3


def _everything() -> tuple[list[tuple[object, ...]], ...]:
    return (
        list(BoundarySet.objects.order_by("pk").values_list()),
        list(Area.objects.order_by("pk").defer("outline").values_list("pk", "code", "population", "deprivation_score")),
        list(ServiceArea.objects.order_by("pk").values_list()),
    )
