"""pandas and geopandas as an analyst would write it: read, make points, join wards, LSOAs and districts, write Parquet.

Prints seconds, peak KB, rows.
"""

from __future__ import annotations

import resource
import sys
import time
import zipfile
from pathlib import Path

import geopandas
import pandas

BNG = 27700


def main(folder: Path, archive: Path, work: Path) -> None:
    """Load the boundaries, then every month."""
    wards = geopandas.read_file(next(folder.glob("*wards.gpkg"))).to_crs(BNG)
    districts = geopandas.read_file(next(folder.glob("*districts.geojson"))).to_crs(BNG)
    lsoas = _lsoas(next(folder.glob("lsoa*.zip")))
    start = time.perf_counter()
    rows = 0
    with zipfile.ZipFile(archive) as packed:
        for name in packed.namelist():
            if not name.endswith("-street.csv"):
                continue
            with packed.open(name) as source:
                month = pandas.read_csv(source)
            points = geopandas.GeoDataFrame(
                month, geometry=geopandas.points_from_xy(month["Longitude"], month["Latitude"]), crs=4326
            ).to_crs(BNG)
            for areas in (wards, districts, lsoas):
                points = points.drop(columns="index_right", errors="ignore")
                points = points.sjoin(areas[[areas.geometry.name]], how="left", predicate="within")
                points = points[~points.index.duplicated()]
            pandas.DataFrame(points.drop(columns="geometry")).to_parquet(work / f"{Path(name).stem}-pandas.parquet")
            rows += len(month)
    print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, rows)


def _lsoas(archive: Path) -> geopandas.GeoDataFrame:
    with zipfile.ZipFile(archive) as packed:
        names = [name for name in packed.namelist() if name.endswith(".json")]
    parts = [geopandas.read_file(f"/vsizip/{archive}/{name}") for name in names]
    return pandas.concat(parts).to_crs(BNG).reset_index(drop=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
