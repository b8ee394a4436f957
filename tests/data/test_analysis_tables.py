"""Tables: every result that speaks has its numbers as rows, as many values as headings, and they are the result's own."""

import dataclasses
import importlib
import pkgutil

import numpy as np
import pytest

from ourpatch.data import analysis
from ourpatch.data.analysis import (
    change,
    comparison,
    cusum,
    evaluation,
    evaluation_designs,
    evaluation_power,
    false_alarms,
    forecast,
    funnels,
    near_repeat,
    rare,
    rates,
    repeats,
    standardised,
    surveys,
    vulnerability,
)
from ourpatch.data.analysis.evaluation import BeforeAfter
from ourpatch.data.analysis.tables import Table, named
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

SERIES = [12, 15, 11, 14, 13, 16, 12, 30, 14, 13, 12, 15]
MONTHS = [f"month {i}" for i in range(1, 13)]
AREAS = ["a", "b", "c", "d"]
# What a chart is made on (the grid, counts in its cells) shows itself; an effect's table is that of its design.
WITHOUT = {"Grid", "Counted", "Effect", "Sentence"}


def speaking():
    """Every dataclass of the package that carries sentences."""
    for module in pkgutil.iter_modules(analysis.__path__):
        if module.name != "pictures":
            found = vars(importlib.import_module(f"{analysis.__name__}.{module.name}"))
            own = {
                name: one
                for name, one in found.items()
                if dataclasses.is_dataclass(one) and one.__module__ == found["__name__"]
            }
            yield from (
                (k, v) for k, v in own.items() if "sentences" in {field.name for field in dataclasses.fields(v)}
            )


@pytest.mark.parametrize("name", sorted({name for name, _one in speaking()} - WITHOUT))
def test_what_speaks_has_a_table(name):
    assert callable(dict(speaking())[name].table)


def panel():
    rng = np.random.default_rng(4)
    return rng.poisson(20, (6, 8)), [True] * 3 + [False] * 3


def results():
    figures, treated = panel()
    points = ([0, 5, 900], [0, 0, 0], np.array([0.0, 1.0, 2.0]))
    areas = (BeforeAfter(100, 70), BeforeAfter(200, 190), BeforeAfter(50, 45))
    return {
        "chart": change.xmr(SERIES).table(MONTHS),
        "cusum": cusum.cusum(SERIES, [14.0] * 12).table(MONTHS),
        "g": rare.g_chart([3, 5, 2, 8, 90]).table(),
        "forecast": forecast.forecast([10, 12] * 24).table(),
        "past": forecast.forecast([10, 12] * 24).past_table(),
        "alarms": false_alarms.false_alarms([2.0, 3.0], runs=4).table(),
        "rate": rates.rate(12, 1000).table(),
        "standardised": standardised.direct_rate([5, 9], [100, 200], [1, 1]).table(),
        "similar": comparison.most_similar("a", AREAS, {"x": [1, 2, 3, 9], "y": [1, 2, 4, 0]}, size=2).table(),
        "compared": comparison.compare_rates("a", AREAS, [3, 9, 4, 5], [1000] * 4).table(),
        "funnel": funnels.funnel(AREAS, [3, 9, 4, 5], [1000] * 4).table(),
        "vulnerable": vulnerability.vulnerable_localities(
            AREAS, {"income": [1, 2, 3, 9], "burglary": [1, 2, 4, np.nan]}, [100] * 4, draws=9
        ).table(),
        "tilts": vulnerability.vulnerable_localities(
            AREAS, {"income": [1, 2, 3, 9], "education": [1, 2, 4, 0]}, None, draws=9
        ).tilt_table(),
        "near": near_repeat.near_repeat(
            *points, distance_edges=(0, 10, 1000), day_edges=(0, 2), permutations=9
        ).table(),
        "repeats": repeats.repeats(["a", "a", "b"], [0.0, 3.0, 5.0], at_risk=9, permutations=9).table(),
        "waits": repeats.repeats(["a", "a", "b"], [0.0, 3.0, 5.0], permutations=9).wait_table(),
        "wdd": evaluation.wdd(areas[0], areas[1], buffer=areas[2], buffer_control=areas[1]).table(),
        "wdq": evaluation.wdq(areas[0], areas[2], areas[1]).table(),
        "ratio": evaluation.rate_ratio(areas[0]).table(),
        "pairs": evaluation_designs.matched_pairs([(areas[0], areas[1]), (areas[2], areas[1])]).table(),
        "effect": evaluation_designs.matched_pairs([(areas[0], areas[1]), (areas[2], areas[1])]).effect_table(),
        "differences": evaluation_designs.difference_in_differences(figures, treated, 5).table(),
        "interrupted": evaluation_designs.interrupted_series([float(i % 5) for i in range(20)], 14).table(),
        "power": evaluation_power.smallest_reduction(evaluation_power.Plan(30, 60, 12, 12)).table(),
        "raked": surveys.rake([1.0] * 4, {"g": ["a", "a", "b", "b"]}, {"g": {"a": 1, "b": 2}}).table(),
        "share": surveys.share([True, False, True]).table(),
        "windows": surveys.compare_windows(
            surveys.Window(frozenset("a"), 0.4, 90), surveys.Window(frozenset("a"), 0.5, 90)
        ).table(),
    }


@pytest.fixture(scope="module")
def tables():
    return results()


def test_every_row_has_a_value_for_each_heading(tables):
    for name, table in tables.items():
        assert isinstance(table, Table), name
        assert table.rows, name
        assert all(len(row) == len(table.heads) for row in table.rows), name
        assert all(str(head) for head in table.heads), name


def test_a_chart_says_which_rule(tables):
    rows = tables["chart"].rows
    assert rows[7][:2] == ("month 8", 30.0)
    assert str(rows[7][5]) == "outside the limits"
    assert [row[5] for row in rows if row[0] != "month 8"] == [None] * 11


def test_the_record_of_forecasts_is_what_the_coverage_is_made_of():
    found = forecast.forecast([10, 12, 17, 9, 30, 4] * 9, months=2)
    rows = found.past_table().rows
    assert len(rows) == found.trials
    assert np.mean([str(row[6]) == "yes" for row in rows]) == found.coverage
    assert all((row[3] <= row[5] <= row[4]) == (str(row[6]) == "yes") for row in rows)
    assert all(found.counts[row[0] - 1] == row[5] for row in rows)


def test_the_difference_adds_up(tables):
    rows = tables["wdd"].rows
    assert [str(row[0]) for row in rows[:4]] == [
        "Where it was done",
        "The area around it",
        "Comparison area",
        "Comparison for the area around it",
    ]
    assert rows[4][3] == rows[0][3] + rows[1][3] - rows[2][3] - rows[3][3] == -15


def test_differences_add_up_to_the_estimate():
    figures, treated = panel()
    found = evaluation_designs.difference_in_differences(figures, treated, 5)
    after = np.array(found.treated[5:]) - np.array(found.expected)
    assert after.mean() == pytest.approx(found.estimate)


def test_pairs_with_one_match_count_once():
    """Twice the same pair tells no more than once: the error is that of the two matches, not of four pairs."""
    one, two, match = BeforeAfter(30, 20), BeforeAfter(40, 41), BeforeAfter(20, 18)
    plain = evaluation_designs.matched_pairs([(one, match), (two, match)])
    doubled = evaluation_designs.matched_pairs(
        [(one, match), (one, match), (two, match), (two, match)], matches=["x", "x", "y", "y"]
    )
    assert doubled.standard_error == pytest.approx(plain.standard_error)
    assert (doubled.freedom, doubled.estimate) == (plain.freedom, plain.estimate)
    assert "shared_matches" in {sentence.key for sentence in doubled.sentences}
    with pytest.raises(BadInput, match="share one match"):
        evaluation_designs.matched_pairs([(one, match), (two, match)], matches=["x", "x"])


def test_headings_are_translated_when_shown(tables, monkeypatch):
    monkeypatch.setattr("django.utils.translation.gettext", lambda text: f"cy {text}")
    assert all(str(head).startswith("cy ") for table in tables.values() for head in table.heads)


def test_names_fit_or_are_refused():
    assert named(["x", "y"], 2) == ("x", "y")
    assert named((), 3) == (1, 2, 3)
    with pytest.raises(BadInput, match="one name for each period: 3"):
        named(["x"], 3)
