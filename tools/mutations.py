"""Would the tests notice a fault in the analysis or in the rules of publication?

Each module in turn is broken in a small way (a mutant) in a copy of the package in a temporary folder, and its fast tests
are run on the copy: killed when one fails, survived when none does. A seed picks the mutants. The checkout is not touched.
Exit status 1 when a mutant survived; docs/methods/mutations.md says why those that remain do.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
ANALYSIS, PICTURES, RULES = "data/analysis", "data/analysis/pictures", "data/disclosure/rules"

_EVALUATION = ("analysis_evaluation", "analysis_evaluation_designs")
_FAMILIES = ("disclosure_rules", "disclosure_families")
_TIMES = "analysis_near_repeat::TestTimesThatCannotCarryTheQuestion"
_DRAWN = ("analysis_pictures", "analysis_result_pictures")
# Module: the test files (or classes of them) that hold it to account, after those that an earlier run had added.
PLAN: dict[str, tuple[str, ...]] = {
    f"{ANALYSIS}/hotspots": ("analysis_hotspots",),
    f"{ANALYSIS}/local_test": ("analysis_hotspots",),
    f"{ANALYSIS}/density": ("analysis_hotspots",),
    f"{ANALYSIS}/patterns": ("analysis_patterns",),
    f"{ANALYSIS}/near_repeat": ("analysis_near_repeat",),
    f"{ANALYSIS}/repeats": ("analysis_repeats",),
    f"{ANALYSIS}/concentration": ("analysis_concentration", "analysis_few"),
    f"{ANALYSIS}/change": ("analysis_change", "analysis_charts", "analysis_missing"),
    f"{ANALYSIS}/signals": ("analysis_change", "analysis_charts", "analysis_missing"),
    f"{ANALYSIS}/cusum": ("analysis_cusum", "analysis_missing"),
    f"{ANALYSIS}/rare": ("analysis_charts", "analysis_missing"),
    f"{ANALYSIS}/forecast": ("analysis_forecast", "analysis_missing"),
    f"{ANALYSIS}/comparison": ("analysis_comparison",),
    f"{ANALYSIS}/standardised": ("analysis_comparison",),
    f"{ANALYSIS}/funnels": ("analysis_comparison",),
    f"{ANALYSIS}/vulnerability": ("analysis_vulnerability",),
    f"{ANALYSIS}/evaluation": _EVALUATION,
    f"{ANALYSIS}/evaluation_designs": ("analysis_evaluation_designs", "analysis_missing"),
    f"{ANALYSIS}/evaluation_power": ("analysis_evaluation_designs",),
    f"{ANALYSIS}/matching": ("analysis_matching",),
    f"{ANALYSIS}/surveys": ("analysis_surveys_golden", "analysis_surveys"),
    f"{ANALYSIS}/false_alarms": ("analysis_charts", "analysis_tables"),
    f"{ANALYSIS}/hours": ("analysis_hotspots::TestHours",),
    f"{ANALYSIS}/circulation": ("disclosure_rules", "disclosure_rounding"),
    f"{ANALYSIS}/pairs": ("analysis_near_repeat::TestCounts", "analysis_near_repeat::TestInvariances"),
    f"{ANALYSIS}/bands": (
        "analysis_near_repeat::TestBandsAsPrinted",
        "analysis_near_repeat::TestBadInput",
        "analysis_repeats",
    ),
    f"{ANALYSIS}/distributions": ("analysis_distributions",),
    f"{ANALYSIS}/moments": ("analysis_moments", _TIMES, "analysis_repeats"),
    f"{ANALYSIS}/rates": ("analysis_distributions", "analysis_comparison::TestCompareRates"),
    f"{ANALYSIS}/lattices": ("analysis_grids", "analysis_hotspots::TestDensity"),
    f"{ANALYSIS}/grids": ("analysis_grids", "analysis_hotspots::TestDensity"),
    f"{ANALYSIS}/multiplicity": ("analysis_near_repeat::TestCalibration",),
    f"{ANALYSIS}/likeness": ("analysis_comparison::TestMostSimilar", "analysis_matching"),
    f"{ANALYSIS}/tables": ("analysis_tables",),
    f"{ANALYSIS}/sentences": ("analysis_result_pictures",),
    f"{ANALYSIS}/exposure": ("analysis_exposure", "analysis_rate_pictures"),
    f"{ANALYSIS}/missing": ("analysis_missing",),
    f"{ANALYSIS}/mix": ("analysis_mix", "analysis_rate_pictures"),
    f"{ANALYSIS}/tails": ("analysis_exposure",),
    f"{PICTURES}/axes": _DRAWN,
    f"{PICTURES}/balance": ("analysis_result_pictures",),
    f"{PICTURES}/charts": _DRAWN,
    f"{PICTURES}/comparisons": ("analysis_result_pictures",),
    f"{PICTURES}/effects": ("analysis_result_pictures",),
    f"{PICTURES}/frame": ("analysis_pictures",),
    f"{PICTURES}/funnels": ("analysis_comparison::TestPicture",),
    f"{PICTURES}/grids": ("analysis_near_repeat::TestPicture",),
    f"{PICTURES}/hotspots": ("analysis_hotspots::TestPictures", "analysis_patterns"),
    f"{PICTURES}/lorenz": ("analysis_concentration",),
    f"{PICTURES}/maps": ("analysis_pictures",),
    f"{PICTURES}/ratios": ("analysis_rate_pictures",),
    f"{PICTURES}/series": ("analysis_result_pictures",),
    f"{PICTURES}/svg": (*_DRAWN, "analysis_comparison::TestPicture"),
    f"{PICTURES}/weeks": ("analysis_result_pictures",),
    f"{RULES}/bounds": _FAMILIES,
    f"{RULES}/cells": ("disclosure_rules",),
    f"{RULES}/families": _FAMILIES,
    f"{RULES}/points": ("disclosure_rules",),
    f"{RULES}/releases": ("disclosure_rules",),
    f"{RULES}/rounding": ("disclosure_rounding",),
    f"{RULES}/shape": _FAMILIES,
    f"{RULES}/sight": _FAMILIES,
    f"{RULES}/tables": ("disclosure_rules",),
    "data/disclosure/overlaps": ("disclosure_overlaps",),
    "data/disclosure/quarters": ("release_quarters",),
}
# Left out, because each takes ten seconds or more.
SLOW = (
    "analysis_exposure.py::TestPromises::test_other_incidents",
    "analysis_evaluation.py::TestVerdicts::test_small_counts_without_change_seldom_show_one",
    "disclosure_families.py::TestAttack::test_no_withheld_figure_and_no_small_piece_is_worked_out",
)

# Loaded once, with the settings, so that each run begins at once; what is broken is loaded anew by each run.
PRELOADED = ("numpy", "shapely", "django.test", "hypothesis.extra.numpy", "pytest")
BROKEN = tuple(f"ourpatch.{each.replace('/', '.')}" for each in (ANALYSIS, RULES))
LEAST_SECONDS, TIMES_AS_LONG = 20.0, 4.0

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
EXTREMES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum"}

Change = Callable[[ast.AST], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small fault: its line in the module, the code there before and after, and the whole text with it."""

    line: int
    before: str
    after: str
    text: str


def mutants(text: str) -> list[Mutant]:
    """Every mutant of a module's text, in the order of its syntax tree."""
    return [_mutant(text, place) for place in _places(text)]


def forget(modules: MutableMapping[str, ModuleType], packages: tuple[str, ...]) -> None:
    """Take packages and all that is in them out of what was loaded, so that whoever needs them loads them anew."""
    for name in sorted(modules, reverse=True):
        if any(name == package or name.startswith(f"{package}.") for package in packages):
            del modules[name]
            parent, _dot, own = name.rpartition(".")
            vars(modules[parent]).pop(own, None)


def held_by(module: str) -> list[str]:
    """The tests that hold a module to account, as pytest takes them, what an earlier run added first."""
    added: tuple[str, ...] = ("picture_mutants", "map_mutants")
    if not module.startswith(PICTURES):
        added = ("analysis_mutants" if module.startswith(ANALYSIS) else "disclosure_mutants",)
    parts = [each.partition("::") for each in (*added, *PLAN[module])]
    return [f"tests/data/test_{file}.py{dots}{name}" for file, dots, name in parts]


def main() -> int:
    """Break each module that was asked for, and count."""
    arguments = _arguments()
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        package = _copy_package(Path(folder))
        for module in arguments.modules or PLAN:
            survived += _try_module(package, module, arguments)
    return 1 if survived else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help=f"such as {ANALYSIS}/cusum; all when none is named")
    parser.add_argument("--mutants", type=int, default=12, help="how many of each module")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--line", type=int, help="only the mutants of this line, every one of them")
    arguments = parser.parse_args()
    if unknown := set(arguments.modules) - set(PLAN):
        parser.error(f"not in the plan: {', '.join(sorted(unknown))}")
    return arguments


def _copy_package(folder: Path) -> Path:
    """A copy that Python finds before the checkout; what it compiles is not kept, so that no mutant is mistaken for another."""
    package = folder / "ourpatch"
    shutil.copytree(ROOT / "src" / "ourpatch", package, ignore=shutil.ignore_patterns("node_modules"))
    sys.path[:0] = [str(folder), str(ROOT)]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "ourpatch.settings.test"
    for name in PRELOADED:
        importlib.import_module(name)
    importlib.import_module("django").setup()
    forget(sys.modules, BROKEN)
    return package


def _try_module(package: Path, module: str, arguments: argparse.Namespace) -> int:
    path = package / f"{module}.py"
    whole = path.read_text("utf-8")
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()
    began = time.monotonic()
    if _tested(package, module, 600.0) != "survived":
        print(f"{module}: its tests fail or end too late as it is; nothing was tried", flush=True)
        return 1
    seconds = max(LEAST_SECONDS, TIMES_AS_LONG * (time.monotonic() - began))
    counts: Counter[str] = Counter()
    chosen = _chosen(whole, module, arguments)
    for mutant in chosen:
        path.write_text(mutant.text, "utf-8")
        outcome = _tested(package, module, seconds)
        counts[outcome] += 1
        print(f"{module}:{mutant.line} {outcome}: {mutant.before} -> {mutant.after}", flush=True)
    path.write_text(whole, "utf-8")
    figures = ", ".join(f"{counts[each]} {each}" for each in ("killed", "timed out", "survived"))
    print(f"{module}: {len(chosen)} made, {figures}", flush=True)
    return counts["survived"]


def _chosen(text: str, module: str, arguments: argparse.Namespace) -> list[Mutant]:
    places = _places(text)
    if arguments.line:
        return [each for each in mutants(text) if each.line == arguments.line]
    chooser = random.Random(f"{arguments.seed} {module}")  # noqa: S311 - a sample, not a secret
    chosen = chooser.sample(places, min(arguments.mutants, len(places)))
    return sorted((_mutant(text, place) for place in chosen), key=lambda each: each.line)


def _tested(package: Path, module: str, seconds: float) -> str:
    """What became of the copy as it now is: "killed", "timed out" or "survived"."""
    child = os.fork()
    if not child:
        _run_tests(package, module)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "killed" if status else "survived"
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timed out"


def _run_tests(package: Path, module: str) -> None:
    """Run the tests in this process, a fork, and end it with their status."""
    import pytest

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(ROOT)
    left_out = [f"--deselect=tests/data/test_{each}" for each in SLOW]
    status = pytest.main(
        ["-x", "-q", "-p", "no:cacheprovider", "-o", "pythonpath=", *left_out, *held_by(module)],
        plugins=[_Examples(package)],
    )
    os._exit(int(status))


class _Examples:
    """The same examples in every run, none made simpler once it failed; and the copy is what is tested."""

    def __init__(self, package: Path) -> None:
        self.package = package

    def pytest_configure(self) -> None:
        import hypothesis

        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, database=None, phases=phases)
        hypothesis.settings.load_profile("mutants")
        found = importlib.import_module("ourpatch").__file__ or ""
        if Path(found).parent != self.package:
            raise RuntimeError(f"The tests would run on {found}, not on the copy.")


def _changes(node: ast.AST) -> Iterator[Change]:
    """The small faults that a node can have."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in COMPARISONS[type(operator)]:
                yield _set_comparison(place, other)
    elif isinstance(node, ast.BinOp) and type(node.op) in SUMS:
        yield _set("op", SUMS[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        yield _set("op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield from (_set("value", node.value + step) for step in (1, -1))  # type: ignore[operator]
    else:
        yield from _changes_of_course(node)


def _changes_of_course(node: ast.AST) -> Iterator[Change]:
    """Faults in what is done, not in what is reckoned."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield _set("operand", ast.UnaryOp(ast.Not(), node.operand))
    elif isinstance(node, ast.Return) and node.value and not _is_none(node.value):
        yield _set("value", ast.Constant(None))
    elif (
        isinstance(node, ast.If)
        and not node.orelse
        and isinstance(node.body[-1], ast.Raise | ast.Return | ast.Continue)
    ):
        yield _set("test", ast.Constant(value=False))
    elif isinstance(node, ast.Name) and node.id in EXTREMES:
        yield _set("id", EXTREMES[node.id])
    elif isinstance(node, ast.Attribute) and node.attr in EXTREMES:
        yield _set("attr", EXTREMES[node.attr])


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _set(field: str, value: object) -> Change:
    return lambda node: setattr(node, field, value)


def _set_comparison(place: int, other: type[ast.cmpop]) -> Change:
    def change(node: ast.AST) -> None:
        assert isinstance(node, ast.Compare)
        node.ops[place] = other()

    return change


def _places(text: str) -> list[tuple[int, int]]:
    """Each fault that can be made: the number of its node in the tree, and which of the faults of that node."""
    nodes = enumerate(ast.walk(ast.parse(text)))
    return [(number, which) for number, node in nodes for which, _change in enumerate(_changes(node))]


def _mutant(text: str, place: tuple[int, int]) -> Mutant:
    tree = ast.parse(text)
    number, which = place
    node = next(islice(ast.walk(tree), number, None))
    line, before = getattr(node, "lineno", 0), _first_line(node)
    next(islice(_changes(node), which, None))(node)
    return Mutant(line, before, _first_line(node), ast.unparse(ast.fix_missing_locations(tree)))


def _first_line(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0]


if __name__ == "__main__":
    sys.exit(main())
