"""The gate over its corpus: the shares of the methods page are true, and no worse than what was promised."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from tests.data.gate import corpus, page, welsh
from tests.data.gate.measuring import Figures, Tally, wilson

from ourpatch.data.exchange import gate
from ourpatch.data.exchange.gate.kinds import Kind
from ourpatch.data.store import specs
from ourpatch.foundation import law

pytestmark = pytest.mark.golden

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "methods" / "depersonalisation.md"


@pytest.fixture(scope="module")
def measured() -> dict[str, Figures]:
    return page.figures()


def share(tally: Tally) -> float:
    return tally.held / tally.of


def test_corpus_is_as_large_as_promised(measured: dict[str, Figures]) -> None:
    assert page.planted_in_all(measured) >= 300
    assert all(set(found.planted) == {str(kind) for kind in Kind} for found in measured.values())
    look_alike = [each for each in page.SORTS if each not in ("date and time", "number")]
    assert sum(found.clean[sort].of for found in measured.values() for sort in look_alike) >= 3000
    assert {case.dataset for case in corpus.halves()["held out"]} == set(corpus.DATASETS)


@pytest.mark.parametrize("half", ["tuned", "held out"])
def test_recall_and_false_alarms_keep_the_promise(measured: dict[str, Figures], half: str) -> None:
    found = measured[half]
    assert share(found.structured()) >= 0.97
    assert share(found.names_in_text) >= 0.90
    assert share(found.all_clean()) <= 0.01
    assert share(found.clean["street"]) <= 0.01
    assert share(found.clean["free text"]) <= 0.05


@pytest.mark.parametrize("half", ["tuned", "held out"])
def test_welsh_names_are_found_and_welsh_words_that_are_names_are_let_be(half: str) -> None:
    found, alarms = welsh.measure_welsh(half)
    assert share(found) >= 0.94
    assert share(alarms) <= 0.05


def test_no_welsh_label_of_the_project_is_taken_for_a_name() -> None:
    known = law.book(date(2026, 7, 1)).entries.values()
    labels = {item.label.cy for each in known if isinstance(each, law.CodeList) for item in each}
    labels |= {each.label.cy for each in known}
    labels |= {str(each.label.cy) for spec in specs.every().values() for each in (spec, *spec.fields)}
    assert len(labels) > 400
    assert [each for each in labels if not gate.quotable(each)] == []


def test_methods_page_says_what_is_measured(measured: dict[str, Figures]) -> None:
    assert PAGE.read_text("utf-8") == page.render(measured), "run tools/methods_gate.py --write"


def test_tool_agrees_that_the_page_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "methods_gate.py")], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_no_finding_repeats_what_was_planted() -> None:
    for case in corpus.halves()["tuned"]:
        cells = {(row, column): case.columns[column][row - 2] for row, column in case.planted}
        for each in gate.examine(case.sheet, case.layout, case.spec, listed=100_000).kept:
            told = f"{each.says} {each.do} {each.column}"
            value = cells.get((each.row, each.column))
            assert value is None or value not in told


def test_interval_is_wilsons() -> None:
    low, high = wilson(9, 10)
    assert (round(low, 4), round(high, 4)) == (0.5958, 0.9821)
    assert wilson(0, 0) == (0.0, 1.0)
