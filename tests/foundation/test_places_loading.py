"""`load_boundaries` on a made-up county's files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from ourpatch.foundation.places import queries
from ourpatch.foundation.places.loading import Report, load_boundaries, recognise
from ourpatch.foundation.places.models import AreaKind, BoundarySet, PlaceName, Postcode, ServiceArea
from ourpatch.foundation.places.reading import AreaRow
from ourpatch.ground.errors import BadInput, NotAllowed
from ourpatch.ground.permission.actor import Actor

from .factories_places import LOADER, NOW, WARDS, district_rows, lsoa_rows, middle_of, ward_rows

pytestmark = [pytest.mark.room, pytest.mark.django_db]


def write_areas(path: Path, rows: Sequence[AreaRow], code: str, name: str) -> None:
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array([row.geometry for row in rows])),
        field_data=[np.array([row.code for row in rows], object), np.array([row.name for row in rows], object)],
        fields=[code, name],
        geometry_type="Polygon",
        crs="EPSG:27700",
        driver="GPKG",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One ward's population and one LSOA's deprivation are missing; one of each has no area."""
    write_areas(tmp_path / "hillshire_districts.gpkg", district_rows(), "objectid", "district")
    write_areas(tmp_path / "hillshire_wards.gpkg", ward_rows(), "ward_code", "ward_name")
    write_areas(tmp_path / "lsoa-2021.gpkg", lsoa_rows(), "LSOA21CD", "LSOA21NM")
    people = "".join(f"{row.code},{row.name},100\n" for row in ward_rows()[1:])
    (tmp_path / "hillshire_ward_pop.csv").write_text(f"gss_code,ward,population\n{people}E05000099,Elsewhere,7\n")
    poor = "".join(f"{row.code},30.5,3,900\n" for row in lsoa_rows()[1:])
    (tmp_path / "imd.csv").write_text(f"lsoa,score,decile,population\n{poor}E01000099,1,1,1\n")
    groups = "".join(f"{row.code},{'The Port' if row.name in WARDS[:2] else row.name}\n" for row in ward_rows())
    (tmp_path / "neighbourhoods.csv").write_text(f"ward_code,neighbourhood\n{groups}")
    e, n = middle_of("Mill")
    (tmp_path / "postcodes.csv").write_text(f"pcds,oseast1m,osnrth1m\nQX1 1AA,{e},{n}\nQX9 9ZZ,500000,200000\n")
    (tmp_path / "gazetteer.csv").write_text(f"name,kind,easting,northing\nMill Lane,street,{e},{n}\n")
    (tmp_path / "notes.txt").write_text("nothing for us")
    return tmp_path


def load(folder: Path | None = None, **more: Any) -> Report:
    return load_boundaries(by=LOADER, now=NOW, folder=folder, **more)


def test_one_command_loads_a_county(folder: Path) -> None:
    report = load(folder)
    wanted = {"districts": 3, "wards": 6, "lsoas": 12, "populations": 5, "deprivation": 11, "partnerships": 3}
    assert {name: report.counts[name] for name in wanted} == wanted
    assert (report.counts["neighbourhoods"], report.counts["postcodes"], report.counts["place_names"]) == (5, 1, 1)
    assert ServiceArea.objects.filter(name="Hillshire", kind="county_group").exists()
    assert queries.areas(AreaKind.WARD).get(code="E05000003").parent_code == "E07000001"
    assert queries.areas(AreaKind.LSOA).get(code="E01000005").population == 900
    assert queries.find("mill l")[0].neighbourhood.name == "Mill"
    assert (PlaceName.objects.count(), Postcode.objects.count()) == (1, 1)
    vintages = dict(BoundarySet.objects.values_list("kind", "vintage"))
    assert vintages == {"district": "2026", "ward": "2026", "lsoa": "2021"}


def test_what_does_not_match_is_told_row_by_row_and_kept(folder: Path) -> None:
    report = load(folder)
    assert [(each.what, each.code, each.row) for each in report.unmatched] == [
        ("population", "E05000099", 7),
        ("ward", "E05000001", 0),
        ("deprivation", "E01000099", 13),
        ("lsoa", "E01000001", 0),
    ]
    kept = queries.report_of(BoundarySet.objects.get(kind=AreaKind.WARD))
    assert kept == [str(each.message) for each in report.unmatched[:2]]
    assert "Elsewhere" in kept[0]
    assert json.loads(json.dumps(report.as_dict()))["unmatched"][0]["code"] == "E05000099"


def test_loading_again_changes_nothing_and_says_so(folder: Path) -> None:
    load(folder)
    before = _rows()
    again = load(folder)
    assert _rows() == before
    assert [again.counts[f"new_{kind}s"] for kind in ("district", "ward", "lsoa")] == [0, 0, 0]
    assert sum("nothing changed" in str(line) for line in again.lines) == 3


def test_loading_again_without_the_agreed_neighbourhoods_keeps_them(folder: Path) -> None:
    load(folder)
    (folder / "neighbourhoods.csv").unlink()
    assert load(folder).counts["neighbourhoods"] == 5


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    report = load(folder, dry_run=True)
    assert len(report.unmatched) == 4
    assert not BoundarySet.objects.exists()
    assert not ServiceArea.objects.exists()


def test_wards_need_districts_first_or_with_them(folder: Path) -> None:
    with pytest.raises(BadInput, match="districts"):
        load(wards=folder / "hillshire_wards.gpkg")
    load(districts=folder / "hillshire_districts.gpkg", county="Hillshire")
    assert load(wards=folder / "hillshire_wards.gpkg", county="Hillshire").counts["neighbourhoods"] == 6


def test_a_new_vintage_is_loaded_beside_the_old(folder: Path) -> None:
    load(folder)
    write_areas(folder / "new_wards.gpkg", ward_rows(first_code=101), "WD27CD", "WD27NM")
    report = load(wards=folder / "new_wards.gpkg")
    assert report.counts["new_wards"] == 6
    assert list(
        BoundarySet.objects.filter(kind=AreaKind.WARD).order_by("vintage").values_list("vintage", flat=True)
    ) == [
        "2026",
        "2027",
    ]


def test_progress_is_told(folder: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    load(folder, progress=lambda words, done, total: told.append((words, done, total)))
    assert ("hillshire_wards.gpkg", 6, 6) in told


def test_only_those_who_may(folder: Path) -> None:
    with pytest.raises(NotAllowed):
        load_boundaries(by=Actor.job("nobody", [], []), now=NOW, folder=folder)


def test_a_folder_that_says_nothing_or_too_much(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no folder"):
        recognise(tmp_path / "missing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="no file that we know"):
        recognise(tmp_path / "empty")
    (folder / "other_wards.geojson").write_text("{}")
    with pytest.raises(BadInput, match="one by one"):
        recognise(folder)


def _rows() -> list[list[tuple[Any, ...]]]:
    return [
        list(model.objects.order_by("pk").values_list()) for model in (BoundarySet, ServiceArea, PlaceName, Postcode)
    ]
