"""Figures of Lancashire moved between its wards and its LSOAs and back, on outlines as they are published."""

from __future__ import annotations

from pathlib import Path

import pytest
from shapely.geometry.base import BaseGeometry

from ourpatch.foundation.places import conversion, reading
from ourpatch.foundation.places.conversion import Residents, Weights, convert, in_whole_numbers, weigh
from ourpatch.foundation.places.models import AreaKind

pytestmark = pytest.mark.realdata

Outlines = dict[str, BaseGeometry]


@pytest.fixture(scope="module")
def lancashire(shared_data: Path) -> Path:
    return shared_data / "lancashire"


@pytest.fixture(scope="module")
def wards(lancashire: Path) -> Outlines:
    return outlines(lancashire / "lancashire_wards.gpkg", AreaKind.WARD)


@pytest.fixture(scope="module")
def lsoas(lancashire: Path) -> Outlines:
    return outlines(lancashire / "lsoa-2011.zip", AreaKind.LSOA)


@pytest.fixture(scope="module")
def districts(lancashire: Path) -> Outlines:
    return outlines(lancashire / "lancashire_districts.geojson", AreaKind.DISTRICT)


@pytest.fixture(scope="module")
def residents(lancashire: Path, wards: Outlines) -> Residents:
    """Ward populations, some of which are not known."""
    people = {row.code: row.population for row in reading.read_population(lancashire / "lancashire_ward_pop.xlsx")}
    return Residents(list(wards.values()), [people.get(code) for code in wards])


def outlines(path: Path, kind: str) -> Outlines:
    return {row.code: row.geometry for row in reading.read_areas(path, kind).rows}


@pytest.fixture(scope="module", params=["by ground", "by residents"])
def there_and_back(
    request: pytest.FixtureRequest, wards: Outlines, lsoas: Outlines, residents: Residents
) -> tuple[Weights, Weights]:
    living = residents if request.param == "by residents" else None
    return weigh(wards, lsoas, living), weigh(lsoas, wards, living)


def test_wards_to_lsoas_and_back_keep_the_total(wards: Outlines, there_and_back: tuple[Weights, Weights]) -> None:
    there, back = there_and_back
    counts = {code: (place * 7919) % 1000 for place, code in enumerate(sorted(wards))}
    in_lsoas = convert(counts, there)
    assert in_lsoas.total == sum(counts.values())
    in_wards = convert({figure.code: figure.value for figure in in_lsoas.figures}, back)
    assert in_wards.total + in_lsoas.outside.value == sum(counts.values())
    assert in_whole_numbers(in_lsoas).total == sum(counts.values())
    for each in (*in_lsoas.figures, *in_wards.figures):
        assert each.least <= each.value <= each.most


def test_hardly_anything_of_the_county_lies_outside(wards: Outlines, there_and_back: tuple[Weights, Weights]) -> None:
    """Both sets cover the county; where they disagree is the shore, which each draws at its own tide."""
    converted = convert(dict.fromkeys(wards, 100), there_and_back[0])
    assert converted.outside.value / converted.total < 0.01


def test_lsoas_nest_in_districts_but_for_the_shore(lsoas: Outlines, districts: Outlines) -> None:
    """The measurement behind the threshold of slivers: no LSOA (2011) lies in two of these districts, though as drawn some do."""
    weights = weigh(lsoas, districts)
    reached = {code: [target for target in shares if target] for code, shares in weights.shares.items()}
    assert {len(each) for each in reached.values()} == {1}
    partly_outside = [code for code in lsoas if not weights.is_whole(code)]
    assert len(partly_outside) == 14


def test_without_the_threshold_209_overlaps_would_be_believed(
    lsoas: Outlines, districts: Outlines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion, "SLIVER", 0.0)
    weights = weigh(lsoas, districts)
    assert sum(len([target for target in shares if target]) for shares in weights.shares.values()) == 941 + 209


def test_districts_are_shared_out_to_their_own_lsoas_only(lsoas: Outlines, districts: Outlines) -> None:
    """An LSOA is a small part of its district, and no sliver."""
    to_lsoas, to_districts = weigh(districts, lsoas), weigh(lsoas, districts)
    for district, shares in to_lsoas.shares.items():
        own = {lsoa for lsoa in lsoas if district in to_districts.shares[lsoa]}
        assert {lsoa for lsoa in shares if lsoa} == own
