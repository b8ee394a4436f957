"""Lancashire's wards through matching: groups that nothing was done to are found alike, and no effect is shown."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import openpyxl
import pyogrio
import pytest
import shapely

from ourpatch.data.analysis import pictures
from ourpatch.data.analysis.evaluation import BeforeAfter, Verdict
from ourpatch.data.analysis.evaluation_designs import difference_in_differences
from ourpatch.data.analysis.matching import change_of_matched, match_areas
from ourpatch.ground.geo import to_bng

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def wards(shared_data: Path) -> tuple[list[str], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Codes of the wards, incidents of each month of 2022 (wards, 12), and populations."""
    folder = shared_data / "lancashire"
    _meta, _index, geometry, columns = pyogrio.raw.read(folder / "lancashire_wards.gpkg")
    codes = list(map(str, columns[0]))
    with (folder / "lancashire_asb.tab").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source, delimiter="\t"))
    e, n = to_bng(*(np.array([float(row[name]) for row in rows]) for name in ("longitude", "latitude")))
    points, found = shapely.STRtree(shapely.from_wkb(geometry)).query(shapely.points(e, n), predicate="within")
    months = sorted({row["month"] for row in rows})
    counts = Counter((codes[j], rows[i]["month"]) for i, j in zip(points.tolist(), found.tolist(), strict=True))
    sheet = openpyxl.load_workbook(folder / "lancashire_ward_pop.xlsx", read_only=True).worksheets[0]
    people = {str(code): float(str(count)) for code, _ward, count in list(sheet.iter_rows(values_only=True))[1:]}
    known = [code for code in codes if code in people]
    panel = np.array([[counts[code, month] for month in months] for code in known], dtype=np.float64)
    return known, panel, np.array([people[code] for code in known])


def halves(panel: npt.NDArray[np.float64]) -> list[BeforeAfter]:
    return [BeforeAfter(int(row[:6].sum()), int(row[6:].sum()), 6, 6) for row in panel]


def test_wards_to_which_nothing_was_done_show_nothing(
    wards: tuple[list[str], npt.NDArray[np.float64], npt.NDArray[np.float64]],
) -> None:
    """Twenty wards at a time drawn from the upper half; one change in twenty would be shown by chance."""
    codes, panel, people = wards
    figures = dict(zip(codes, halves(panel), strict=True))
    busy = np.argsort(-panel[:, :6].sum(axis=1))[10:120]
    rng, shown = np.random.default_rng(3), 0
    for _round in range(20):
        treated = [codes[i] for i in rng.choice(busy, 20, replace=False)]
        found = match_areas(treated, codes, panel[:, :6], {"population": people})
        assert not found.unmatched
        assert abs(found.balance[0].after) < abs(found.balance[0].before)
        shown += change_of_matched(found, figures).verdict is not Verdict.NOT_SHOWN
    assert shown <= 4


def test_the_busiest_wards_have_no_match_and_are_told_so(
    wards: tuple[list[str], npt.NDArray[np.float64], npt.NDArray[np.float64]],
) -> None:
    codes, panel, people = wards
    treated = [codes[i] for i in np.argsort(-panel[:, :6].sum(axis=1))[:8]]
    found = match_areas(treated, codes, panel[:, :6], {"population": people})
    assert found.balance[0].after > 1
    effect = change_of_matched(found, dict(zip(codes, halves(panel), strict=True)))
    assert effect.verdict is Verdict.NOT_SHOWN
    assert "not_alike_before" in {sentence.key for sentence in effect.sentences}
    said = {"what": "anti-social behaviour", "where": "Lancashire", "when": "2022"}
    assert "8 pairs" in pictures.balance_chart(found, **said)
    apart = difference_in_differences(panel, [code in treated for code in codes], 6)
    assert "before and after" in pictures.differences_chart(apart, [f"2022-{m:02}" for m in range(1, 13)], **said)
