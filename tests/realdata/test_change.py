"""Lancashire's year of anti-social behaviour through change detection and evaluation; and what a year is too short for."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from ourpatch.data.analysis.change import for_counts, seasonal_index
from ourpatch.data.analysis.cusum import cusum
from ourpatch.data.analysis.evaluation import Verdict
from ourpatch.data.analysis.evaluation_designs import interrupted_series
from ourpatch.data.analysis.false_alarms import false_alarms
from ourpatch.data.analysis.forecast import forecast
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def monthly(shared_data: Path) -> list[int]:
    """Incidents of each month of 2022, in order."""
    with (shared_data / "lancashire" / "lancashire_asb.tab").open(encoding="utf-8", newline="") as source:
        found = Counter(row["month"] for row in csv.DictReader(source, delimiter="\t"))
    return [found[month] for month in sorted(found)]


def test_a_year_charts_with_its_caution(monthly: list[int]) -> None:
    assert len(monthly) == 12
    assert sum(monthly) == 56_434
    chart = for_counts(monthly)
    assert chart.kind == "xmr"
    assert "short_series" in {sentence.key for sentence in chart.sentences}
    assert min(chart.lower) >= 0


def test_a_year_cannot_tell_season_from_change(monthly: list[int]) -> None:
    with pytest.raises(BadInput, match="two whole years"):
        seasonal_index(monthly)
    with pytest.raises(BadInput, match="42 months"):
        forecast(monthly)


def test_a_summer_is_a_signal_until_it_is_expected(monthly: list[int]) -> None:
    level = sum(monthly[:3]) / 3
    found = cusum(monthly, [level] * 12, ratio=1.1)
    assert found.signals
    assert "overdispersed" in {sentence.key for sentence in found.sentences}
    assert cusum(monthly, [float(count) for count in monthly], ratio=1.1).signals == ()


def test_a_winter_after_a_summer_is_not_shown_to_be_an_effect(monthly: list[int]) -> None:
    found = interrupted_series(monthly, 8)
    keys = {sentence.key for sentence in found.total.sentences}
    assert found.total.interval.upper < 0
    assert found.total.verdict is Verdict.NOT_SHOWN
    assert {"nothing_else", "autocorrelation", "season_unseen"} <= keys


def test_wards_signal_by_chance(monthly: list[int]) -> None:
    mean = sum(monthly) / 12 / 250
    found = false_alarms([mean] * 250, periods=12, runs=4)
    assert 0 < found.expected < 25
