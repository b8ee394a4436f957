"""The small faults that are put into the analysis: each kind is made, each is one change, and the plan names what is there."""

from __future__ import annotations

import ast
from pathlib import Path
from types import ModuleType

import pytest
from tools.mutations import PLAN, SLOW, forget, held_by, mutants

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("code", "faults"),
    [
        ("a < b", {"a <= b", "a >= b"}),
        ("a == b", {"a != b"}),
        ("a + b", {"a - b"}),
        ("a / b", {"a * b"}),
        ("5", {"6", "4"}),
        ("a and b", {"a or b"}),
        ("not a", {"not not a"}),
        ("min(a, np.maximum(b))", {"max(a, np.maximum(b))", "min(a, np.minimum(b))"}),
        ("True", set()),
        ("def f(a):\n    if a:\n        return\n    return a", {"False", "None"}),
    ],
)
def test_every_kind_of_fault(code, faults):
    found = [each.text for each in mutants(code)]
    if code.startswith("def"):
        assert {text.replace("if False", "if a").replace("return None", "return a") for text in found} == {code}
        assert len(found) == len(faults)
    else:
        assert set(found) == faults


def test_each_mutant_is_other_code_and_says_where():
    text = (ROOT / "src/ourpatch/data/disclosure/rules/cells.py").read_text("utf-8")
    whole, found = ast.dump(ast.parse(text)), mutants(text)
    assert len(found) > 10
    assert all(ast.dump(ast.parse(each.text)) != whole for each in found)
    assert all(each.line > 1 and each.before != each.after for each in found)


def test_the_plan_names_modules_and_tests_that_are_there():
    assert all((ROOT / f"src/ourpatch/{module}.py").is_file() for module in PLAN)
    for each in {test for module in PLAN for test in held_by(module)}:
        file, *names = each.split("::")
        text = (ROOT / file).read_text("utf-8")
        assert all(f"class {name}:" in text for name in names)
    for each in SLOW:
        file, *_class, name = each.split("::")
        assert f"def {name}(" in (ROOT / f"tests/data/test_{file}").read_text("utf-8")


def test_every_module_is_held_first_to_what_an_earlier_run_found():
    assert held_by("data/analysis/cusum")[0] == "tests/data/test_analysis_mutants.py"
    assert held_by("data/analysis/pictures/axes")[:2] == [
        "tests/data/test_picture_mutants.py",
        "tests/data/test_map_mutants.py",
    ]
    assert held_by("data/disclosure/rules/cells")[0] == "tests/data/test_disclosure_mutants.py"
    assert "tests/data/test_analysis_near_repeat.py::TestPicture" in held_by("data/analysis/pictures/grids")


def test_what_is_broken_is_loaded_anew_and_nothing_else():
    loaded = {name: ModuleType(name) for name in ("room", "room.rules", "room.rules.cells", "room.rules_of_others")}
    loaded["room"].rules = loaded["room.rules"]
    loaded["room"].rules_of_others = loaded["room.rules_of_others"]
    loaded["room.rules"].cells = loaded["room.rules.cells"]
    room = loaded["room"]
    forget(loaded, ("room.rules",))
    assert set(loaded) == {"room", "room.rules_of_others"}
    assert not hasattr(room, "rules")
    assert room.rules_of_others is loaded["room.rules_of_others"]
