"""Lancashire through comparison: a funnel of its wards, its vulnerable localities, its like areas; and what is refused."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from ourpatch.data.analysis import pictures
from ourpatch.data.analysis.comparison import compare_rates, most_similar
from ourpatch.data.analysis.funnels import Position, funnel
from ourpatch.data.analysis.near_repeat import near_repeat
from ourpatch.data.analysis.repeats import repeats
from ourpatch.data.analysis.vulnerability import vulnerable_localities
from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import to_bng

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "lancashire"


@pytest.fixture(scope="module")
def records(folder: Path) -> list[dict[str, str]]:
    """The four months of police records."""
    with zipfile.ZipFile(folder / "police-uk-2018-11-to-2019-02.zip") as archive:
        texts = [io.TextIOWrapper(archive.open(name), "utf-8", newline="") for name in archive.namelist()]
        return [row for text in texts for row in csv.DictReader(text)]


@pytest.fixture(scope="module")
def nuisance(folder: Path) -> list[dict[str, str]]:
    """Anti-social behaviour of 2022."""
    with (folder / "lancashire_asb.tab").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter="\t"))


@pytest.fixture(scope="module")
def deprivation(folder: Path) -> list[dict[str, str]]:
    with (folder / "imd-2019-lsoa.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@pytest.fixture(scope="module")
def wards(folder: Path, nuisance: list[dict[str, str]]) -> list[tuple[str, int, float]]:
    """Name, incidents of 2022 and population of 2020 of every ward that has both a boundary and a population."""
    _meta, _index, geometry, columns = pyogrio.raw.read(folder / "lancashire_wards.gpkg")
    codes, names = (list(map(str, column)) for column in columns)
    shapes = shapely.from_wkb(geometry)
    e, n = to_bng(*(np.array([float(row[name]) for row in nuisance]) for name in ("longitude", "latitude")))
    _points, found = shapely.STRtree(shapes).query(shapely.points(e, n), predicate="within")
    counts = Counter(codes[i] for i in found.tolist())
    sheet = openpyxl.load_workbook(folder / "lancashire_ward_pop.xlsx", read_only=True).worksheets[0]
    people = {str(code): float(str(count)) for code, _ward, count in list(sheet.iter_rows(values_only=True))[1:]}
    named = [
        (f"{name} ({code})" if names.count(name) > 1 else name, code) for code, name in zip(codes, names, strict=True)
    ]
    return [(name, counts[code], people[code]) for name, code in named if code in people]


def test_funnel_of_the_wards(wards: list[tuple[str, int, float]]) -> None:
    names, counts, people = zip(*wards, strict=True)
    assert len(wards) == 245
    found = funnel(names, counts, people)
    # Town centres, where many come and few live.
    assert found.points[names.index("Bloomfield")].position is Position.VERY_HIGH
    assert found.widened
    assert found.dispersion > 30
    assert len(found.at(Position.VERY_HIGH)) < 20
    unwidened = funnel(names, counts, people, spread="none")
    assert len(unwidened.at(Position.VERY_HIGH, Position.VERY_LOW)) > 120
    drawn = pictures.funnel_plot(found, what="Anti-social behaviour", where="Lancashire", when="2022")
    assert "Bloomfield" in drawn


def test_vulnerable_localities(records: list[dict[str, str]], deprivation: list[dict[str, str]]) -> None:
    areas = [row["lsoa"] for row in deprivation]
    kinds = {"burglary": "Burglary", "criminal_damage": "Criminal damage and arson"}
    counts = {
        name: Counter(row["LSOA code"] for row in records if row["Crime type"] == kind) for name, kind in kinds.items()
    }
    figures = {name: [found[area] for area in areas] for name, found in counts.items()}
    scores = {name: [float(row[f"{name}_score"]) for row in deprivation] for name in ("income", "employment")}
    found = vulnerable_localities(areas, {**figures, **scores}, None)
    assert len(found.localities) == 941
    assert 40 <= len(found.priorities) <= 140
    assert found.steady < len(found.priorities)
    assert found.missing == ("education", "young_people")
    keys = {sentence.key for sentence in found.sentences}
    assert {"missing_variables", "no_population", "sensitivity"} <= keys
    poorest = {row["lsoa"] for row in deprivation if row["original_decile"] == "1"}
    assert sum(one.key in poorest for one in found.priorities) > 0.8 * len(found.priorities)


def test_areas_like_one_another(deprivation: list[dict[str, str]]) -> None:
    areas = [row["lsoa"] for row in deprivation]
    scores = {name: [float(row[f"{name}_score"]) for row in deprivation] for name in ("income", "employment")}
    found = most_similar("E01012673", areas, scores, size=10)
    assert len(found.neighbours) == 10
    income = dict(zip(areas, scores["income"], strict=True))
    assert all(abs(income[one.key] - income["E01012673"]) < 15 for one in found.neighbours)


def test_a_ward_among_others(wards: list[tuple[str, int, float]]) -> None:
    names, counts, people = zip(*wards[:21], strict=True)
    found = compare_rates("Bloomfield", names, counts, people)
    assert found.rank <= 3
    assert found.ratio is not None
    assert found.ratio > 1.5
    assert found.interval.upper / found.interval.lower < 1.2


def test_months_carry_no_question_in_days(records: list[dict[str, str]]) -> None:
    burglary = [row for row in records if row["Crime type"] == "Burglary" and row["Longitude"]]
    e, n = to_bng(*(np.array([float(row[name]) for row in burglary]) for name in ("Longitude", "Latitude")))
    for months in (
        np.array([row["Month"] for row in burglary], dtype="datetime64[M]"),
        np.array([f"{row['Month']}-01" for row in burglary], dtype="datetime64[D]"),
    ):
        with pytest.raises(BadInput, match=r"month and not the day, as data\.police\.uk does"):
            near_repeat(e, n, months)


def test_repeat_points_without_waits(nuisance: list[dict[str, str]]) -> None:
    points = [f"{row['longitude']} {row['latitude']}" for row in nuisance]
    found = repeats(points, np.array([row["month"] for row in nuisance], dtype="datetime64[D]"))
    assert found.incidents == 56_434
    assert found.those == len(set(points))
    assert found.waits == ()
    assert "no_waits" in {sentence.key for sentence in found.sentences}


def test_the_grid_holds_a_countys_burglaries(records: list[dict[str, str]]) -> None:
    """Real places with invented days: nothing to find, and the whole grid is counted."""
    burglary = [row for row in records if row["Crime type"] == "Burglary" and row["Longitude"]]
    e, n = to_bng(*(np.array([float(row[name]) for row in burglary]) for name in ("Longitude", "Latitude")))
    here = np.isfinite(e) & np.isfinite(n)
    days = np.random.default_rng(1).integers(0, 120, int(here.sum()))
    found = near_repeat(e[here], n[here], days, permutations=99)
    assert found.incidents > 4_000
    assert found.strongest is None
    assert sum(found.near_in_space) > 10_000
