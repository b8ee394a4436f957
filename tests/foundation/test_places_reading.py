"""Reading boundary files and tables as they come: other names, other systems, faults."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio.raw
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from ourpatch.foundation.places import reading
from ourpatch.foundation.places.reading.archives import refuse_too_large, unpacked
from ourpatch.foundation.places.reading.tables import read_population
from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import to_wgs84

pytestmark = pytest.mark.rules

MILL = shapely.box(350_000, 430_000, 351_000, 431_000)
PARK = shapely.box(351_000, 430_000, 352_000, 431_000)
CODES = ("E05000001", "E05000002")
Move = Callable[[BaseGeometry], BaseGeometry]


def in_degrees(outline: BaseGeometry) -> BaseGeometry:
    return shapely.transform(outline, lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1])))


def as_it_is(outline: BaseGeometry) -> BaseGeometry:
    return outline


def turned(outline: BaseGeometry) -> BaseGeometry:
    return shapely.transform(outline, lambda xy: xy[:, ::-1])


def collection(
    rows: list[tuple[dict[str, Any], BaseGeometry | None]], stated: str = "urn:ogc:def:crs:OGC:1.3:CRS84"
) -> str:
    features = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": None if outline is None else json.loads(shapely.to_geojson(outline)),
        }
        for properties, outline in rows
    ]
    crs = {"crs": {"type": "name", "properties": {"name": stated}}} if stated else {}
    return json.dumps({"type": "FeatureCollection", **crs, "features": features})


def wards(
    move: Move = in_degrees, stated: str = "urn:ogc:def:crs:OGC:1.3:CRS84", **outlines: BaseGeometry | None
) -> str:
    first, second = outlines.get("first", MILL), outlines.get("second", PARK)
    return collection(
        [
            ({"WD23CD": CODES[0], "WD23NM": "Mill", "LAD23CD": "E07000117"}, first and move(first)),
            ({"WD23CD": CODES[1], "WD23NM": "Park", "LAD23CD": "E07000117"}, second and move(second)),
        ],
        stated,
    )


def read(tmp_path: Path, text: str, kind: str = "ward", **more: Any) -> reading.ReadAreas:
    path = tmp_path / "areas.geojson"
    path.write_text(text)
    return reading.read_areas(path, kind, **more)


def far(one: BaseGeometry, other: BaseGeometry) -> float:
    return float(shapely.hausdorff_distance(one, other))


def test_geojson_in_degrees_becomes_metres(tmp_path: Path) -> None:
    found = read(tmp_path, wards())
    assert [(row.code, row.name, row.parent_code) for row in found.rows] == [
        (CODES[0], "Mill", "E07000117"),
        (CODES[1], "Park", "E07000117"),
    ]
    assert far(found.rows[0].geometry, MILL) < 0.01
    assert found.vintage == "2023"
    assert found.notes == ()


@pytest.mark.parametrize(
    ("move", "stated", "word"),
    [
        (as_it_is, "", "longitude and latitude"),
        (as_it_is, "urn:ogc:def:crs:OGC:1.3:CRS84", "longitude and latitude"),
        (in_degrees, "urn:ogc:def:crs:EPSG::27700", "British National Grid"),
        (lambda outline: turned(in_degrees(outline)), "urn:ogc:def:crs:OGC:1.3:CRS84", "axes"),
    ],
)
def test_a_wrong_label_or_swapped_axes_are_put_right_and_told(
    tmp_path: Path, move: Move, stated: str, word: str
) -> None:
    found = read(tmp_path, wards(move, stated))
    assert far(found.rows[0].geometry, MILL) < 0.01
    assert any(word in str(note) for note in found.notes)


def test_a_metric_system_of_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="EPSG:3857"):
        read(tmp_path, wards(as_it_is, "urn:ogc:def:crs:EPSG::3857"))


def test_an_area_at_nowhere_is_refused_by_its_code(tmp_path: Path) -> None:
    nowhere = shapely.Polygon([(0, 0), (350_000, 430_000), (351_000, 430_000)])
    with pytest.raises(BadInput, match=CODES[1]):
        read(tmp_path, wards(as_it_is, "urn:ogc:def:crs:EPSG::27700", second=nowhere))


def test_an_area_abroad_is_refused_by_its_code(tmp_path: Path) -> None:
    paris = shapely.box(2.2, 48.8, 2.4, 48.9)
    text = collection([({"WD23CD": CODES[0]}, in_degrees(MILL)), ({"WD23CD": CODES[1]}, paris)])
    with pytest.raises(BadInput, match=CODES[1]):
        read(tmp_path, text)


def test_a_bow_tie_is_mended_and_told(tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(350_000, 430_000), (351_000, 431_000), (351_000, 430_000), (350_000, 431_000)])
    found = read(tmp_path, wards(as_it_is, "urn:ogc:def:crs:EPSG::27700", first=bow_tie))
    assert all(row.geometry.is_valid for row in found.rows)
    assert CODES[0] in str(found.notes[0])


@pytest.mark.parametrize("outline", [None, shapely.Point(350_000, 430_000)])
def test_an_area_without_a_shape_is_refused(tmp_path: Path, outline: BaseGeometry | None) -> None:
    rows = [({"WD23CD": CODES[0]}, MILL), ({"WD23CD": CODES[1]}, outline)]
    with pytest.raises(BadInput, match=CODES[1]):
        read(tmp_path, collection(rows, "urn:ogc:def:crs:EPSG::27700"))


def test_the_same_area_twice_is_kept_once_and_another_under_its_code_is_refused(tmp_path: Path) -> None:
    once = ({"WD23CD": CODES[0], "WD23NM": "Mill"}, in_degrees(MILL))
    found = read(tmp_path, collection([once, once]))
    assert len(found.rows) == 1
    assert "twice" in str(found.notes[0])
    with pytest.raises(BadInput, match=CODES[0]):
        read(tmp_path, collection([once, ({"WD23CD": CODES[0]}, in_degrees(PARK))]))


def test_local_codes_need_their_column_named(tmp_path: Path) -> None:
    text = collection([({"beat": "A1", "called": "Mill"}, in_degrees(MILL))])
    with pytest.raises(BadInput, match="beat, called"):
        read(tmp_path, text)
    found = read(tmp_path, text, columns=reading.Columns(code="beat", name="called"))
    assert (found.rows[0].code, found.rows[0].name) == ("A1", "Mill")
    with pytest.raises(BadInput, match="nought"):
        read(tmp_path, text, columns=reading.Columns(code="nought"))


@pytest.mark.parametrize("text", ["", "hello", '{"type": "FeatureCollection", "features": []}', '{"type": "Feat'])
def test_a_broken_or_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput):
        read(tmp_path, text)


def test_a_file_that_points_to_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.geojson").write_text(wards())
    pointer = (
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{tmp_path}/secret.geojson</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    with pytest.raises(BadInput):
        read(tmp_path, pointer)


@pytest.mark.parametrize(("suffix", "driver"), [(".gpkg", "GPKG"), (".shp", "ESRI Shapefile")])
def test_geopackage_and_shapefile_say_the_same(tmp_path: Path, suffix: str, driver: str) -> None:
    path = tmp_path / f"wards{suffix}"
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array([MILL, PARK])),
        field_data=[np.array(CODES, dtype=object), np.array(["Mill", "Park"], dtype=object)],
        fields=["ward_code", "ward_name"],
        geometry_type="Polygon",
        crs="EPSG:27700",
        driver=driver,
    )
    found = reading.read_areas(path, "ward")
    assert [(row.code, row.name) for row in found.rows] == [(CODES[0], "Mill"), (CODES[1], "Park")]
    assert found.notes == ()
    if suffix == ".shp":
        archive = tmp_path / "wards.zip"
        with zipfile.ZipFile(archive, "w") as together:
            for part in tmp_path.glob("wards.[sdpc]*"):
                together.write(part, f"folder/{part.name}")
        assert reading.read_areas(archive, "ward").content_sha256 == found.content_sha256


def test_content_is_the_same_in_any_order(tmp_path: Path) -> None:
    rows = read(tmp_path, wards()).rows
    assert reading.content_of(rows) == reading.content_of(rows[::-1])
    assert reading.content_of(rows) != reading.content_of(rows[:1])


def test_a_zip_of_one_file_a_district_gives_each_area_its_district(tmp_path: Path) -> None:
    path = tmp_path / "lsoa.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for district, code, outline in (("E07000117", "E01000001", MILL), ("E06000008", "E01000002", PARK)):
            properties = {"LSOA11CD": code, "LSOA11NM": f"Mill {code[-1]}"}
            archive.writestr(f"lsoa/{district}.json", collection([(properties, in_degrees(outline))]))
        archive.writestr("__MACOSX/._lsoa.json", "rubbish")
    found = reading.read_areas(path, "lsoa")
    assert [(row.code, row.parent_code) for row in found.rows] == [
        ("E01000001", "E07000117"),
        ("E01000002", "E06000008"),
    ]
    assert found.vintage == "2011"


def test_an_archive_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../outside.geojson", b"0" * 100_000)
    with unpacked(path) as files:
        assert [file.name for file in files] == ["outside.geojson"]
        assert not (files[0].parents[2] / "outside.geojson").exists()
    with pytest.raises(BadInput, match="MB"), unpacked(path, most_bytes=50_000):
        pass
    with pytest.raises(BadInput, match="MB"):
        refuse_too_large(path, most_bytes=50_000)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(BadInput, match="damaged"), unpacked(path):
        pass


def test_areas_take_the_district_they_lie_in() -> None:
    districts = [
        reading.AreaRow("E07000001", "West", shapely.box(350_000, 430_000, 351_000, 431_000)),
        reading.AreaRow("E07000002", "East", shapely.box(351_000, 430_000, 352_000, 431_000)),
    ]
    rows = [reading.AreaRow(CODES[0], "Mill", MILL), reading.AreaRow(CODES[1], "Park", PARK.buffer(-5))]
    placed, notes = reading.within_districts(rows, districts, "wards.gpkg")
    assert [row.parent_code for row in placed] == ["E07000001", "E07000002"]
    assert notes == []


def test_an_area_mostly_in_the_sea_takes_the_district_it_touches_land_in_and_one_at_sea_is_told() -> None:
    districts = [reading.AreaRow("E07000001", "West", shapely.box(350_000, 430_000, 350_100, 431_000))]
    out_at_sea = shapely.box(360_000, 430_000, 361_000, 431_000)
    rows = [reading.AreaRow(CODES[0], "Mill", MILL), reading.AreaRow(CODES[1], "Park", out_at_sea)]
    placed, notes = reading.within_districts(rows, districts, "wards.gpkg")
    assert [row.parent_code for row in placed] == ["E07000001", ""]
    assert [CODES[1] in str(note) for note in notes] == [True]


def test_files_of_two_places_are_refused_together() -> None:
    districts = [reading.AreaRow("E07000001", "West", shapely.box(450_000, 430_000, 451_000, 431_000))]
    with pytest.raises(BadInput, match=r"2 of 2.*axes"):
        reading.within_districts(
            [reading.AreaRow(CODES[0], "Mill", MILL), reading.AreaRow(CODES[1], "Park", PARK)], districts, "wards.gpkg"
        )


def test_a_population_workbook_and_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["gss_code", "ward", "population"],
        [CODES[0], "Mill", 6278],
        [None, None, None],
        [CODES[1], "Park", "6,291"],
    ):
        sheet.append(row)
    book.save(tmp_path / "pop.xlsx")
    (tmp_path / "pop.csv").write_text(f"Ward Code,Ward Name,All Ages\n{CODES[0]},Mill,6278\n,,\n{CODES[1]},Park,6291\n")
    rows = read_population(tmp_path / "pop.xlsx")
    assert [(row.row, row.code, row.population) for row in rows] == [(2, CODES[0], 6278), (4, CODES[1], 6291)]
    assert read_population(tmp_path / "pop.csv") == rows


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ward_code,people\nE05000001,3\n",
        "ward_code,population\nE05000001,many\n",
        "ward_code,population\nE05000001,-1\n",
    ],
)
def test_a_population_that_is_none_is_refused_with_its_row(tmp_path: Path, text: str) -> None:
    (tmp_path / "pop.csv").write_text(text)
    with pytest.raises(BadInput, match=r"pop\.csv"):
        read_population(tmp_path / "pop.csv")


def test_a_file_that_is_not_a_workbook_or_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pop.xlsx").write_bytes(b"no workbook")
    (tmp_path / "pop.csv").write_bytes(b"\xff\xfe\x00w")
    for name in ("pop.xlsx", "pop.csv", "missing.csv"):
        with pytest.raises(BadInput):
            read_population(tmp_path / name)


def test_postcodes_that_have_ended_or_have_no_place_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "postcodes.csv"
    path.write_text(
        "pcd,pcds,doterm,oseast1m,osnrth1m,osgrdind\n"
        "QX1 1AA,QX1 1AA,,350500,430500,1\n"
        "QX1 1AB,QX1 1AB,201601,350500,430500,1\n"
        "QX1 1AC,QX1 1AC,,,,9\n"
        "QX1 1AD,QX1 1AD,,0,0,9\n"
    )
    assert [row.postcode for row in reading.postcodes(path)] == ["QX1 1AA"]
