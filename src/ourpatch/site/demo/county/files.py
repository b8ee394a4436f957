"""The invented county as the files a real partnership would be given: the demo goes in through the ordinary loaders.

Column names follow the publishers: data.police.uk street files (anchors.md 2.10), the ONS postcode directory, ONS
codes. The same county writes the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pyogrio.raw
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ourpatch.ground.geo import to_wgs84

from . import design
from .incidents import Table, Window
from .map import CountyMap
from .profiles import CATEGORIES
from .timeless import packed, saved
from .truths import Truths

POLICE_HEADER = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name",
    "Crime type", "Last outcome category", "Context",
)  # fmt: skip
POSTCODE_HEADER = (
    "pcd", "pcd2", "pcds", "dointr", "doterm", "oscty", "oslaua", "osward", "oseast1m", "osnrth1m", "osgrdind",
    "lsoa21",
)  # fmt: skip
ASB = CATEGORIES.index("Anti-social behaviour")
PLACELESS_SHARE, REPEATED_SHARE, NAMELESS_SHARE = 0.045, 0.0015, 0.0007
FOREIGN_ROWS_A_MONTH = 35
OUTCOMES = {
    "Investigation complete; no suspect identified": 0.46,
    "Unable to prosecute suspect": 0.27,
    "Under investigation": 0.08,
    "Status update unavailable": 0.04,
    "Awaiting court outcome": 0.05,
    "Local resolution": 0.04,
    "Offender given a caution": 0.02,
    "Action to be taken by another organisation": 0.02,
    "Further investigation is not in the public interest": 0.02,
}


@dataclass(frozen=True, slots=True)
class Files:
    """Where each file was written."""

    districts: Path
    wards: Path
    lsoas: Path
    neighbourhoods: Path
    population: Path
    deprivation: Path
    postcodes: Path
    gazetteer: Path
    police: Path


def write_files(
    folder: Path, county_map: CountyMap, incidents: Table, truths: Truths, window: Window, seed: int
) -> Files:
    """Write every file of the county into the folder (made if missing) and say where each one is."""
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(
        districts=folder / "carrowshire_districts.geojson",
        wards=folder / "carrowshire_wards.gpkg",
        lsoas=folder / "lsoa-2021.zip",
        neighbourhoods=folder / "neighbourhoods.csv",
        population=folder / "carrowshire_ward_pop.xlsx",
        deprivation=folder / "deprivation-lsoa.csv",
        postcodes=folder / "postcodes.csv",
        gazetteer=folder / "gazetteer.csv",
        police=folder / f"police-uk-{_month(window, 0)}-to-{_month(window, 11)}.zip",
    )
    _write_districts(files.districts, county_map)
    _write_wards(files.wards, county_map)
    _write_lsoas(files.lsoas, county_map)
    _write_population(files.population, county_map)
    _write_tables(files, county_map)
    _write_police(files.police, county_map, incidents, truths, window, seed)
    return files


def _month(window: Window, number: int) -> str:
    return window.months[number].strftime("%Y-%m")


# ---------------------------------------------------------------- boundaries


def _to_degrees(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    lon, lat = to_wgs84(xy[:, 0], xy[:, 1])
    return np.column_stack([lon, lat]).round(7)


def _feature(geometry: BaseGeometry, properties: dict[str, str]) -> dict[str, object]:
    in_degrees = shapely.transform(geometry, _to_degrees)
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(in_degrees))}


def _collection(features: list[dict[str, object]]) -> str:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})


def _write_districts(path: Path, county_map: CountyMap) -> None:
    features = [_feature(one.geometry, {"objectid": one.code, "district": one.name}) for one in county_map.districts]
    path.write_text(_collection(features), encoding="utf-8")


def _write_wards(path: Path, county_map: CountyMap) -> None:
    path.unlink(missing_ok=True)
    # GeoPackage stamps the present moment into its contents table unless it is told another.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-01-01T00:00:00.000Z"})
    try:
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(np.array([shapely.MultiPolygon([w.geometry]) for w in county_map.wards])),
            field_data=[
                np.array([w.code for w in county_map.wards], dtype=object),
                np.array([w.name for w in county_map.wards], dtype=object),
            ],
            fields=["ward_code", "ward_name"],
            geometry_type="MultiPolygon",
            crs="EPSG:27700",
            driver="GPKG",
            layer="carrowshire_wards",
        )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _write_lsoas(path: Path, county_map: CountyMap) -> None:
    members = []
    for district in county_map.districts:
        features = [
            _feature(one.geometry, {"LSOA21CD": one.code, "LSOA21NM": one.name})
            for one in county_map.lsoas
            if one.district_code == district.code
        ]
        members.append((f"lsoa-2021/{district.code}.json", _collection(features)))
    path.write_bytes(packed(members))


# ---------------------------------------------------------------- tables


def _write_population(path: Path, county_map: CountyMap) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("A new workbook has one sheet.")
    sheet.title = "Sheet1"
    sheet.append(["gss_code", "ward", "population"])
    for ward in county_map.wards:
        sheet.append([ward.code, ward.name, ward.population])
    path.write_bytes(saved(book))


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.write_text(_as_csv(header, rows), encoding="utf-8", newline="")


def _as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _write_tables(files: Files, county_map: CountyMap) -> None:
    hood_names = {hood.key: hood.name for hood in county_map.neighbourhoods}
    _write_csv(
        files.neighbourhoods,
        ("ward_code", "ward_name", "neighbourhood_code", "neighbourhood_name", "district_code"),
        ((w.code, w.name, w.neighbourhood, hood_names[w.neighbourhood], w.district_code) for w in county_map.wards),
    )
    ranked = sorted(county_map.lsoas, key=lambda one: -one.deprivation_score)
    _write_csv(
        files.deprivation,
        ("nation", "lsoa", "overall_local_score", "original_decile", "population", "households"),
        (("E", o.code, o.deprivation_score, o.deprivation_decile, o.population, o.households) for o in ranked),
    )
    _write_csv(
        files.postcodes,
        POSTCODE_HEADER,
        _postcode_rows(county_map),
    )
    _write_csv(
        files.gazetteer,
        ("name", "kind", "neighbourhood_code", "easting", "northing"),
        _gazetteer_rows(county_map),
    )


def _postcode_rows(county_map: CountyMap) -> Iterator[Sequence[object]]:
    for one in county_map.postcodes:
        lsoa = county_map.lsoas[one.lsoa]
        county = "" if lsoa.district_code.startswith("E06") else design.COUNTY_CODE
        outward, inward = one.postcode.split()
        yield (
            f"{outward:<4}{inward}", f"{outward:<5}{inward}", one.postcode, "201001", "", county, lsoa.district_code,
            lsoa.ward_code, round(one.e), round(one.n), 1, lsoa.code,
        )  # fmt: skip


def _gazetteer_rows(county_map: CountyMap) -> Iterator[Sequence[object]]:
    for place in county_map.places:
        yield place.name, place.kind, place.neighbourhood, place.e, place.n
    for street in county_map.streets:
        middle = street.anchors[len(street.anchors) // 2]
        e, n = county_map.anchors.e[middle], county_map.anchors.n[middle]
        yield street.name, "street", street.neighbourhood, float(e), float(n)


# ---------------------------------------------------------------- data.police.uk


def _write_police(
    path: Path, county_map: CountyMap, incidents: Table, truths: Truths, window: Window, seed: int
) -> None:
    """Monthly street files in the publisher's layout, oddities included (anchors.md 2.10, stack-notes)."""
    rng = np.random.default_rng([seed, 4])
    sheet = _Sheet(county_map, rng)
    months = window.month_number(incidents["at"])
    movable = ~_told_in_truths(incidents, truths)
    members = []
    for number in range(12):
        chosen = months == number
        rows = sheet.month(_month(window, number), incidents[chosen], movable[chosen], np.flatnonzero(chosen), seed)
        month = _month(window, number)
        members.append((f"{month}/{month}-{design.FORCE_SLUG}-street.csv", _as_csv(POLICE_HEADER, rows)))
    path.write_bytes(packed(members))


def _told_in_truths(incidents: Table, truths: Truths) -> NDArray[np.bool_]:
    """Rows whose count is promised: they keep their place whatever happens to others."""
    told = np.zeros(len(incidents), bool)
    for spot in truths.spots():
        told |= (incidents["category"] == CATEGORIES.index(spot.category)) & np.isin(
            incidents["anchor"], spot.circle.anchors
        )
    series = [event.anchor for event in truths.burglaries.events]
    told |= (incidents["category"] == CATEGORIES.index("Burglary")) & np.isin(incidents["anchor"], series)
    return told


class _Sheet:
    """Turns incidents into published rows: snapped places, blank IDs for ASB, a few rows that are out of order."""

    def __init__(self, county_map: CountyMap, rng: np.random.Generator) -> None:
        self.rng = rng
        lon, lat = to_wgs84(county_map.anchors.e, county_map.anchors.n)
        self.places = [
            (
                f"{x:.6f}",
                f"{y:.6f}",
                f"On or near {county_map.streets[street].name}",
                county_map.lsoas[lsoa].code,
                county_map.lsoas[lsoa].name,
            )
            for x, y, street, lsoa in zip(
                lon, lat, county_map.anchors.street.tolist(), county_map.anchors.lsoa.tolist(), strict=True
            )
        ]
        self.far = _far_places(rng, county_map)

    def month(
        self, month: str, rows: Table, movable: NDArray[np.bool_], numbers: NDArray[np.int64], seed: int
    ) -> list[list[str]]:
        """Published rows of one month, ordered by LSOA as the publisher does."""
        crime = rows["category"] != ASB
        placeless = crime & movable & (self.rng.random(len(rows)) < PLACELESS_SHARE)
        nameless = crime & movable & (self.rng.random(len(rows)) < NAMELESS_SHARE)
        outcomes = self.rng.choice(list(OUTCOMES), len(rows), p=list(OUTCOMES.values()))
        nowhere = ("", "", "No Location", "", "")
        published = []
        columns = (rows["category"].tolist(), rows["anchor"].tolist(), placeless, nameless, outcomes, numbers.tolist())
        for category, anchor, lost, unnamed, outcome, number in zip(*columns, strict=True):
            place = nowhere if lost else self.places[anchor]
            known = category != ASB and not unnamed
            published.append(_row(_crime_id(seed, number) if known else "", month, place, category, outcome))
        repeated = np.flatnonzero(crime & movable & ~nameless & (self.rng.random(len(rows)) < REPEATED_SHARE))
        published += [list(published[index]) for index in repeated]
        published += self._foreign(month, seed)
        return sorted(published, key=lambda row: (row[7] or "~", row[9], row[0], row[4]))

    def _foreign(self, month: str, seed: int) -> Iterator[list[str]]:
        """Offences recorded by the force that happened outside its area."""
        for number in range(FOREIGN_ROWS_A_MONTH):
            place = self.far[int(self.rng.integers(len(self.far)))]
            category = int(self.rng.integers(1, len(CATEGORIES)))
            identifier = _crime_id(seed, f"{month}/foreign/{number}")
            yield _row(identifier, month, place, category, "Status update unavailable")


def _row(identifier: str, month: str, place: tuple[str, ...], category: int, outcome: str) -> list[str]:
    force = design.FORCE_NAME
    told = "" if category == ASB else str(outcome)
    return [identifier, month, force, force, *place, CATEGORIES[category], told, ""]


def _crime_id(seed: int, number: int | str) -> str:
    return hashlib.sha256(f"carrowshire/{seed}/{number}".encode()).hexdigest()


def _far_places(rng: np.random.Generator, county_map: CountyMap) -> list[tuple[str, ...]]:
    """Map points 5 to 60 km outside the county, in areas with codes of nobody."""
    middle, reach = county_map.outline.centroid, np.sqrt(county_map.outline.area)
    angle = rng.uniform(0, 2 * np.pi, 80)
    away = rng.uniform(0.85, 2.2, 80) * reach
    e, n = middle.x + away * np.cos(angle), middle.y + away * np.sin(angle)
    outside = ~shapely.contains_xy(county_map.outline.buffer(5_000), e, n)
    lon, lat = to_wgs84(e[outside], n[outside])
    return [
        (f"{x:.6f}", f"{y:.6f}", "On or near Station Road", f"E01998{number:03d}", f"Beyond Carrowshire {number:03d}A")
        for number, (x, y) in enumerate(zip(lon, lat, strict=True), start=1)
    ]
