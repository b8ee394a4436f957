"""Real names of streets, most of them called after somebody: the gate leaves them alone."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pytest
from tests.data.gate.corpus import sheet_of

from ourpatch.data.exchange.findings import Weight
from ourpatch.data.exchange.gate import examine
from ourpatch.data.store import specs

pytestmark = pytest.mark.realdata


@pytest.mark.parametrize(("archive", "least"), [("lancashire", 5_000), ("national", 50_000)])
def test_streets_of_police_archives_hardly_alarm(shared_data: Path, archive: str, least: int) -> None:
    places = _places(next((shared_data / archive).glob("police-uk-*.zip")))
    assert len(places) > least
    found = examine(sheet_of({"Location": places}), None, specs.dataset("police_uk_street"))
    assert found.count(Weight.HOLDS) <= 0.005 * len(places)


def _places(path: Path) -> list[str]:
    """The different places of an archive of data.police.uk."""
    only = csv.ConvertOptions(include_columns=["Location"], column_types={"Location": pa.string()})
    with zipfile.ZipFile(path) as archive:
        files = [name for name in archive.namelist() if name.endswith("street.csv")]
        columns = [
            csv.read_csv(pa.BufferReader(archive.read(name)), convert_options=only)["Location"] for name in files
        ]
    found: list[str] = pa.chunked_array([chunk for column in columns for chunk in column.chunks]).unique().to_pylist()
    return sorted(filter(None, found))
