"""pandas and geopandas as an analyst would write it: `with_pandas.py PASSES WORK FOLDER ARCHIVE`.

Read the boundaries once, then every month: make points, join wards, LSOAs and districts, name the neighbourhood (the ward's),
put a point that lies nowhere where its published LSOA lies, write Parquet. No checks. Prints the seconds of the last pass, and
rows.
"""

from __future__ import annotations

import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import geopandas
import pandas

BNG = 27700


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Outlines in metres with one column each: `ward`, `lsoa`, `district`; and the ward and district of each LSOA."""

    wards: geopandas.GeoDataFrame
    lsoas: geopandas.GeoDataFrame
    districts: geopandas.GeoDataFrame
    of_lsoa: pandas.DataFrame


def main(passes: int, work: Path, folder: Path, archive: Path) -> None:
    """Join, as often as asked."""
    boundaries = _boundaries(folder)
    for _pass in range(passes):
        start = time.perf_counter()
        rows = _join(work, archive, boundaries)
        seconds = time.perf_counter() - start
    print(seconds, rows)


def _join(work: Path, archive: Path, boundaries: Boundaries) -> int:
    rows = 0
    with zipfile.ZipFile(archive) as packed:
        for name in packed.namelist():
            if name.endswith("-street.csv"):
                with packed.open(name) as source:
                    month = pandas.read_csv(source)
                _placed(month, boundaries).to_parquet(work / f"{Path(name).stem}-pandas.parquet")
                rows += len(month)
    return rows


def _placed(month: pandas.DataFrame, boundaries: Boundaries) -> pandas.DataFrame:
    points = geopandas.GeoDataFrame(
        month, geometry=geopandas.points_from_xy(month["Longitude"], month["Latitude"]), crs=4326
    ).to_crs(BNG)
    points = _joined(points, boundaries.wards, boundaries.lsoas, boundaries.districts)
    by_code = boundaries.of_lsoa.reindex(month["LSOA code"]).set_index(points.index)
    points[["ward", "district"]] = points[["ward", "district"]].fillna(by_code)
    points["neighbourhood"] = points["ward"]
    return pandas.DataFrame(points.drop(columns="geometry"))


def _joined(points: geopandas.GeoDataFrame, *layers: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    for layer in layers:
        points = points.sjoin(layer, how="left", predicate="within").drop(columns="index_right")
        points = points[~points.index.duplicated()]
    return points


def _boundaries(folder: Path) -> Boundaries:
    wards = _layer(next(folder.glob("*wards.gpkg")), "ward")
    districts = _layer(next(folder.glob("*districts.geojson")), "district")
    lsoas = _lsoas(next(folder.glob("lsoa*.zip")))
    inside = lsoas.set_geometry(lsoas.representative_point())
    of_lsoa = _joined(inside, wards, districts).set_index("lsoa")[["ward", "district"]]
    return Boundaries(wards, lsoas, districts, of_lsoa)


def _layer(path: Path, name: str) -> geopandas.GeoDataFrame:
    read = geopandas.read_file(path).to_crs(BNG)
    return geopandas.GeoDataFrame({name: read.iloc[:, 0]}, geometry=read.geometry)


def _lsoas(archive: Path) -> geopandas.GeoDataFrame:
    with zipfile.ZipFile(archive) as packed:
        names = [name for name in packed.namelist() if name.endswith(".json")]
    read = pandas.concat([geopandas.read_file(f"/vsizip/{archive}/{name}") for name in names]).to_crs(BNG)
    read = read.reset_index(drop=True)
    code = next(column for column in read.columns if column.startswith("LSOA") and column.endswith("CD"))
    return geopandas.GeoDataFrame({"lsoa": read[code]}, geometry=read.geometry)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
