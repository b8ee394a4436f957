"""Running one program and knowing how long it took and how much memory it held."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
PARTS = Path(__file__).resolve().parent
KILOBYTES_IN_MB = 1024
TIMES = 3


@dataclass(frozen=True, slots=True)
class Run:
    """A measured program: wall seconds from its start to its end, peak memory in MB, and the last line that it printed."""

    seconds: float
    megabytes: float
    said: str

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers of that line: what a part has to say."""
        return tuple(float(each) for each in self.said.split())


def run(part: str, *arguments: object, home: Path | None = None, python: Path | None = None) -> Run:
    """Run one part in a process of its own, by another interpreter (without Ourpatch) if one is named. Leaves with what it
    said when it fails.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": "" if python else f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tools'}",
        "DJANGO_SETTINGS_MODULE": "ourpatch.settings.embedded",
        # Compiled once, as where it is installed, wherever the machine's own habit is not to keep what was compiled.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "ourpatch-bench-compiled"),
    }
    if home is not None:
        environment["OURPATCH_HOME"] = str(home)
    command = [str(python or sys.executable), str(PARTS / part), *(str(each) for each in arguments)]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=err)  # noqa: S603 - our own program
        _pid, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            raise SystemExit(f"{part} failed:\n{err.read()[-2000:]}")
        lines = out.read().splitlines() or [""]
    return Run(seconds, used.ru_maxrss / KILOBYTES_IN_MB, lines[-1])


def best(measure: Callable[[], Run]) -> Run:
    """The quickest of three: what else the machine does can only make a run slower."""
    return min((measure() for _time in range(TIMES)), key=lambda one: one.seconds)


def fresh(prepared: Path, work: Path) -> Path:
    """A copy of a home that has its boundaries and no records yet."""
    home = Path(tempfile.mkdtemp(prefix="home-", dir=work)) / "home"
    shutil.copytree(prepared, home)
    return home


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table; every column but the first holds numbers."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return [f"| {' | '.join(line)} |" for line in lines]
