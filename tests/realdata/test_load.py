"""The four Lancashire months load as published, and the totals agree with a count over the raw files."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.data.factories_exchange import NOW, loader

from ourpatch.data.exchange.actions import load_police_uk
from ourpatch.data.exchange.reports import Outcome
from ourpatch.data.store import queries
from ourpatch.data.store.query import CountBy, Dimension, Where
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.foundation.places.loading import load_boundaries
from ourpatch.foundation.places.permissions import Permission as PlacesPermission
from ourpatch.foundation.places.queries import partnerships
from ourpatch.ground.permission.actor import Actor

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]

NAME = "police-uk-2018-11-to-2019-02.zip"


def raw(folder: Path) -> list[dict[str, str]]:
    """The independent count starts here: plain csv over the raw files."""
    with zipfile.ZipFile(folder / NAME) as archive:
        texts = [io.TextIOWrapper(archive.open(name), "utf-8", newline="") for name in archive.namelist()]
        return [row for text in texts for row in csv.DictReader(text)]


@pytest.fixture
def lancashire(shared_data: Path, tmp_path: Path, settings: Any) -> Path:
    settings.OURPATCH_HOME = tmp_path
    folder = shared_data / "lancashire"
    by = Actor.job("test places", [PlacesPermission.LOAD], [uuid4()])
    load_boundaries(by=by, folder=folder, county="Lancashire", now=NOW)
    return folder


def test_the_four_months_load_as_published(lancashire: Path) -> None:
    rows = raw(lancashire)
    by = loader(*partnerships().values_list("pk", flat=True))

    report = load_police_uk(by=by, paths=[lancashire / NAME], now=NOW)

    assert [month.outcome for month in report.months] == [Outcome.LOADED] * 4
    assert report.rows_read == len(rows) == 62_950
    assert report.set_aside == {"outside": 181}
    assert report.rows_kept == 62_950 - 181
    assert sum(month.without_place for month in report.months) == sum(not row["Longitude"] for row in rows) == 4_012
    _agrees_with_the_raw_files(rows)

    again = load_police_uk(by=by, paths=[lancashire / NAME], now=NOW)
    assert [month.outcome for month in again.months] == [Outcome.UNCHANGED] * 4


def _agrees_with_the_raw_files(rows: list[dict[str, str]]) -> None:
    by_lsoa = Counter(row["LSOA code"] for row in rows if row["LSOA code"])
    stored = {str(code): n for code, n in queries.run(CountBy(Where(POLICE_UK), (Dimension.LSOA,))) if code}
    assert sum(int(str(n)) for n in stored.values()) == 62_950 - 181 - 4_012
    assert all(by_lsoa[code] == n for code, n in stored.items())

    asb = sum(row["Crime type"] == "Anti-social behaviour" for row in rows)
    counted = dict(queries.run(CountBy(Where(POLICE_UK), (Dimension.CATEGORY,))))
    outside = sum(row["Crime type"] == "Anti-social behaviour" and row["LSOA code"] not in stored for row in rows)
    nowhere = sum(row["Crime type"] == "Anti-social behaviour" and not row["Longitude"] for row in rows)
    assert counted["anti-social-behaviour"] == asb - (outside - nowhere)

    neighbourhoods = dict(queries.run(CountBy(Where(POLICE_UK), (Dimension.NEIGHBOURHOOD,))))
    assert neighbourhoods[""] == 4_012
    districts = {code for (code, _n) in queries.run(CountBy(Where(POLICE_UK), (Dimension.DISTRICT,)))}
    assert len(districts - {""}) == 14
