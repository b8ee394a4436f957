"""Results of long simulations, kept beside a digest of the code that they came from: changed code asks for a new run."""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ourpatch.data.analysis.distributions import Interval
from ourpatch.data.analysis.surveys import wilson

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).with_name("measured.json")
SIMULATIONS = Path(__file__).with_name("simulations")
ANALYSIS = ROOT / "src" / "ourpatch" / "data" / "analysis"
FAMILIES = (
    "change",
    "comparison",
    "concentration",
    "evaluation",
    "exposure",
    "forecasts",
    "hot_spots",
    "near_repeat",
    "patterns",
    "surveys",
)
_PACKAGE = "ourpatch.data.analysis."
_WORDS = frozenset({"ourpatch.data.analysis.sentences", "ourpatch.data.analysis.tables"})
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many trials."""

    held: int
    of: int

    def interval(self) -> Interval:
        """Its 95 % interval (Wilson), from 0 to 1."""
        return wilson(self.held / self.of, self.of)

    def __str__(self) -> str:
        """The share with its 95 % interval, in percent."""
        around = self.interval()
        return f"{percent(self.held / self.of)} ({percent(around.lower)} to {percent(around.upper)})"


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over trials and its standard error."""

    value: float
    error: float
    of: int

    def percent(self) -> str:
        """The mean with two standard errors to either side, in percent."""
        low, high = max(0.0, self.value - 2 * self.error), self.value + 2 * self.error
        return f"{percent(self.value)} ({percent(low)} to {percent(high)})"


Figures = dict[str, Share | Mean]


def percent(share: float) -> str:
    """A share as a reader sees it: one decimal, two for less than one in a hundred."""
    return f"{100 * share:.2f} %" if 0.00005 < share < 0.00995 else f"{100 * share:.1f} %"


def kept(family: str) -> Figures:
    """The figures of a family as they were last measured."""
    return {name: _figure(values) for name, values in json.loads(KEPT.read_text())[family]["figures"].items()}


def measure(family: str) -> Figures:
    """Run a family's simulations."""
    module = importlib.import_module(f"tools.methods_pages.simulations.{family}")
    return {name: _figure(_plain(figure)) for name, figure in module.measured().items()}


def stale() -> list[str]:
    """The families whose code is not the code that their figures came from."""
    held = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return [family for family in FAMILIES if held.get(family, {}).get("digest") != digest(family)]


def renew(families: list[str]) -> None:
    """Measure these families and keep what comes out."""
    held = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for family in families:
        figures = {name: _plain(figure) for name, figure in measure(family).items()}
        held[family] = {"digest": digest(family), "figures": figures}
    ordered = {family: held[family] for family in FAMILIES if family in held}
    KEPT.write_text(json.dumps(ordered, indent=1) + "\n")


def digest(family: str) -> str:
    """A digest of the simulation and of every analysis module that it rests on, without their words and comments."""
    found, ahead = {}, [SIMULATIONS / f"{family}.py"]
    while ahead:
        path = ahead.pop()
        if path in found:
            continue
        tree = ast.parse(path.read_text())
        found[path] = _written(tree)
        ahead += [ANALYSIS / f"{name.removeprefix(_PACKAGE)}.py" for name in _imported(tree)]
    whole = "\n".join(found[path] for path in sorted(found))
    return hashlib.sha256(whole.encode()).hexdigest()


def _imported(tree: ast.Module) -> list[str]:
    return [
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.startswith(_PACKAGE)
        and node.module not in _WORDS
    ]


def _written(node: object) -> str:
    """A tree as text that is the same in every Python, without docstrings and without what is said to people."""
    if isinstance(node, ast.AST):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            return "words"
        fields = ((name, getattr(node, name)) for name in node._fields if name not in ("ctx", "kind", "type_params"))
        inside = ",".join(f"{name}={_written(value)}" for name, value in fields if value is not None and value != [])
        return f"{type(node).__name__}({inside})"
    if isinstance(node, list):
        return "[" + ",".join(_written(each) for each in node if not _left_out(each)) + "]"
    return repr(node)


def _left_out(node: object) -> bool:
    """Docstrings; imports, since what is imported is looked at itself; tables, which only set out what was worked out."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    if isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Name):
        return node.returns.id == "Table"
    return isinstance(node, ast.Import | ast.ImportFrom)


def _plain(figure: Share | Mean) -> Mapping[str, float]:
    if isinstance(figure, Share):
        return {"held": figure.held, "of": figure.of}
    return {"value": round(figure.value, _DIGITS), "error": round(figure.error, _DIGITS), "of": figure.of}


def _figure(values: Mapping[str, float]) -> Share | Mean:
    if "held" in values:
        return Share(int(values["held"]), int(values["of"]))
    return Mean(values["value"], values["error"], int(values["of"]))
