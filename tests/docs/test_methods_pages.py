"""The methods pages are what the analysis does today, and each test that they name is there."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest
from tools import methods
from tools.methods_pages import measured, pages

pytestmark = pytest.mark.golden

ROOT = Path(__file__).resolve().parents[2]
ONE_OF_MANY = re.compile(
    r"(?:^|[ (])1 (?:[a-z]+ )?(?:places|points|rounds|cells|incidents|areas|signals|candidates)\b", re.M
)
NAMED = re.compile(r"`(tests/[\w/]+\.py)((?:::\w+)+)`")


@pytest.mark.parametrize("name", pages.names())
def test_page_is_what_the_tool_would_write(name: str) -> None:
    assert pages.path(name).read_text("utf-8") == pages.text(name), "run tools/methods.py --write"


@pytest.mark.parametrize("name", pages.names())
def test_what_a_page_says_of_one_thing_is_no_plural(name: str) -> None:
    assert ONE_OF_MANY.findall(pages.text(name)) == []


def test_figures_come_from_the_code_of_today() -> None:
    assert measured.stale() == [], "run tools/methods.py --measure --write"


def test_figures_are_those_that_the_simulations_give() -> None:
    assert measured.measure("forecasts") == measured.kept("forecasts")


def test_the_tool_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["methods.py"])
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert methods.main() == 0


def test_the_tool_finds_a_page_that_is_out_of_date(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["methods.py"])
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(pages, "FOLDER", tmp_path)
    pages.write()
    assert methods.main() == 0
    pages.path("surveys").write_text(pages.text("surveys").replace("1.25", "1.26"))
    assert methods.main() == 1
    assert "surveys" in capsys.readouterr().out


def test_the_tool_finds_figures_of_other_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["methods.py"])
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(measured, "digest", lambda family: "another" if family == "change" else "")
    assert methods.main() == 1
    assert "change" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x = f(1)", "x = f(1)  # why", True),
        ("def f():\n    return 1", 'def f():\n    """Says so."""\n    return 1', True),
        ("t = _('one %(n)s', n=1)", "t = _('two')", True),
        ("import a\nimport b\nx = 1", "import b\nimport a\nx = 1", True),
        ("x = 1\ndef table(self) -> Table:\n    return 1", "x = 1", True),
        ("x = f(1)", "x = f(2)", False),
        ("x = a < b", "x = a <= b", False),
        ("t = say('one')", "t = say('two')", False),
    ],
)
def test_a_digest_sees_what_changes_numbers_and_not_words(one: str, other: str, same: bool) -> None:
    assert (measured._written(ast.parse(one)) == measured._written(ast.parse(other))) is same


@pytest.mark.parametrize("family", ["change", "comparison", "evaluation", "exposure", "near_repeat", "surveys"])
def test_a_digest_reaches_modules_that_other_modules_use(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = measured.digest(family)
    read = Path.read_text

    def changed(path: Path, *given: str) -> str:
        text = read(path, *given)
        return text.replace("_EPSILON = 1e-15", "_EPSILON = 1e-5") if path.name == "distributions.py" else text

    monkeypatch.setattr(Path, "read_text", changed)
    assert measured.digest(family) != before


@pytest.mark.parametrize("name", pages.names())
def test_every_test_that_a_page_names_is_there(name: str) -> None:
    found = NAMED.findall(pages.text(name))
    assert found or name == pages.INDEX
    for path, parts in found:
        body: list[ast.stmt] = ast.parse((ROOT / path).read_text()).body
        for part in parts.split("::")[1:]:
            held = {one.name: one.body for one in body if isinstance(one, ast.ClassDef | ast.FunctionDef)}
            assert part in held, f"{path}{parts}"
            body = held[part]


def test_every_fault_of_another_tool_has_a_test_of_its_own() -> None:
    named = [one.test for name in pages.PAGES for one in pages.made(name).others]
    assert len(named) == len(set(named)) >= 20
    tests = ast.parse((ROOT / "tests" / "docs" / "test_other_tools.py").read_text())
    held = {one.name for one in ast.walk(tests) if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")}
    assert held - {test.rsplit("::")[-1] for test in named} == {"test_a_target_out_of_reach_is_told"}


def test_the_index_lists_every_page() -> None:
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", pages.text(pages.INDEX)))
    assert listed == {path.name for path in pages.FOLDER.glob("*.md")} - {"README.md"}
