"""One month of 41 forces, loaded where only Lancashire's boundaries are known: what is ours is kept, all else is counted."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.data.factories_exchange import NOW, loader

from ourpatch.data.exchange.actions import load_police_uk
from ourpatch.data.exchange.archive import open_archive
from ourpatch.data.exchange.police_uk import judge_repeats, read_street
from ourpatch.data.exchange.reports import Outcome
from ourpatch.data.exchange.rules import street_file
from ourpatch.data.store import queries
from ourpatch.data.store.query import CountBy, Dimension, Where
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.foundation import law
from ourpatch.foundation.places.loading import load_boundaries
from ourpatch.foundation.places.permissions import Permission as PlacesPermission
from ourpatch.foundation.places.queries import partnerships
from ourpatch.ground.permission.actor import Actor

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]


@pytest.fixture
def lancashire(shared_data: Path, tmp_path: Path, settings: Any) -> Path:
    settings.OURPATCH_HOME = tmp_path
    folder = shared_data / "lancashire"
    by = Actor.job("test places", [PlacesPermission.LOAD], [uuid4()])
    load_boundaries(by=by, folder=folder, county="Lancashire", now=NOW)
    return folder


def raw(archive: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Force and row: plain csv over the raw files."""
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            if name.endswith("-street.csv"):
                force = Path(name).name.removeprefix("2019-01-").removesuffix("-street.csv")
                for row in csv.DictReader(io.TextIOWrapper(opened.open(name), "utf-8", newline="")):
                    yield force, row


def our_lsoas(folder: Path) -> set[str]:
    with zipfile.ZipFile(folder / "lsoa-2011.zip") as opened:
        districts = [json.loads(opened.read(name)) for name in opened.namelist() if name.endswith(".json")]
    return {area["properties"]["LSOA11CD"] for district in districts for area in district["features"]}


def test_the_national_month_is_read_and_what_is_ours_is_kept(lancashire: Path, shared_data: Path) -> None:
    archive = shared_data / "national" / "police-uk-2019-01.zip"
    by = loader(*partnerships().values_list("pk", flat=True))
    told: list[tuple[int, int]] = []

    report = load_police_uk(by=by, paths=[archive], now=NOW, progress=lambda done, of, _name: told.append((done, of)))

    # The independent count: a row is ours by its publisher's small area, or has no place and comes from our own force.
    read, kept, categories = Counter[str](), Counter[str](), Counter[str]()
    ours = our_lsoas(lancashire)
    for force, row in raw(archive):
        read[force] += 1
        if row["LSOA code"] in ours or (force == "lancashire" and not row["Longitude"]):
            kept[force] += 1
            categories[row["Crime type"].lower().replace(" ", "-")] += 1

    assert {month.supplier: month.rows_read for month in report.months} == dict(read)
    assert {month.supplier: month.rows_kept for month in report.months if month.rows_kept} == dict(kept)
    assert report.set_aside == {"outside": read.total() - kept.total()}
    assert (report.rows_read, report.rows_kept) == (358_147, 15_401)
    assert [month.supplier for month in report.months if month.outcome is Outcome.LOADED] == [
        force for force in read if kept[force]
    ]
    assert told == [(done, 41) for done in range(41)]
    stored = {str(key): n for key, n in queries.run(CountBy(Where(POLICE_UK), (Dimension.CATEGORY,)))}
    assert sorted(int(str(n)) for n in stored.values()) == sorted(categories.values())
    assert stored["anti-social-behaviour"] == categories["anti-social-behaviour"]


def test_what_repeats_in_the_national_month_is_what_says_that_it_does(shared_data: Path) -> None:
    archive = shared_data / "national" / "police-uk-2019-01.zip"
    rows = list(raw(archive))

    # The independent count: only an identifier that comes again makes a repeat, however alike two rows without one are.
    identified = [(force, row["Crime ID"]) for force, row in rows if row["Crime ID"]]
    unnamed = Counter(tuple(row.values()) for _force, row in rows if not row["Crime ID"])
    assert (len(identified), len({each for _force, each in identified}), len(set(identified))) == (
        283_579,
        283_148,
        283_148,
    )
    assert sum(count for count in unnamed.values() if count > 1) == 34_789
    assert sum(not row["Crime ID"] and row["Crime type"] != "Anti-social behaviour" for _force, row in rows) == 4_660

    published = {item.label.en: item.code for item in law.book(date(2026, 11, 18)).codes("police_uk_categories")}
    read, set_aside = 0, Counter[str]()
    with open_archive(archive) as opened:
        for file in filter(None, map(street_file, opened.names)):
            month = read_street(file, opened.read(file.name), published)
            judge_repeats(month)
            read += month.rows_read
            set_aside.update(month.counts())

    assert read == len(rows)
    assert set_aside == {"repeated": len(identified) - len(set(identified))}
