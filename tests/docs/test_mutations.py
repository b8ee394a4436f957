"""The small faults that are put into the analysis: each kind is made, each is one change, and the plan names what is there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tools.mutations import PLAN, SLOW, mutants

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
    tests = {each for files in PLAN.values() for each in files}
    assert all((ROOT / f"src/ourpatch/{module}.py").is_file() for module in PLAN)
    assert all((ROOT / f"tests/data/test_{each}.py").is_file() for each in tests)
    for each in SLOW:
        file, *_class, name = each.split("::")
        assert f"def {name}(" in (ROOT / f"tests/data/test_{file}").read_text("utf-8")
