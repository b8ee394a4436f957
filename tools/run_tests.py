"""Run every test: on SQLite, those that touch a database on PostgreSQL too (a real server from a package), and in a real
browser on both.

Ends with one line, "N passed, N failed", over all runs. Exit status 1 when anything failed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLOSING = re.compile(r"(\d+) (passed|failed|error|errors|skipped)")

# Each process begins with a half of its own, so that what the tests of a file share is made once; a file of journeys shares
# its browser.
STEALING = ("--dist", "worksteal")
BY_FILE = ("--dist", "loadfile")


def main() -> int:
    """Prepare, run the four parts, and add them up."""
    arguments = _arguments()
    has_browser = _find_browser()
    totals: Counter[str] = Counter()
    with _postgresql() as address:
        for name, database, only in (("SQLite", "", []), ("PostgreSQL", address, ["--only-database"])):
            totals += _run(
                f"everything but the browser, on {name}",
                ["-m", "not journey", "-n", arguments.processes, *STEALING, *only],
                database,
            )
            if has_browser:
                totals += _run(
                    f"the browser journeys, on {name}",
                    ["-m", "journey", "-n", arguments.processes, *BY_FILE, *only, *_journeys()],
                    database,
                )
    failed = totals["failed"] + totals["error"] + totals["errors"] + (0 if has_browser else 1)
    if not has_browser:
        print("The browser journeys did not run: no Chromium was found. Install it (Debian: apt-get install chromium).")
    print(f"{totals['passed']} passed, {failed} failed, {totals['skipped']} skipped")
    return 1 if failed or not totals["passed"] else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", default="2", help="how many tests run at once")
    return parser.parse_args()


def _run(what: str, options: list[str], database: str) -> Counter[str]:
    print(f"\n== {what} ==", flush=True)
    environment = {**os.environ, "OURPATCH_TEST_DATABASE": database, "PYTHONPATH": str(ROOT / "src")}
    environment.pop("OURPATCH_HOME", None)
    command = [sys.executable, "-m", "pytest", "-q", *options]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
    lines: list[str] = []
    for line in process.stdout or ():
        print(line, end="", flush=True)
        lines.append(line)
    status = process.wait()
    counts = Counter({word: int(number) for number, word in CLOSING.findall(lines[-1] if lines else "")})
    if status and not (counts["failed"] or counts["error"] or counts["errors"]):
        counts["failed"] += 1
    return counts


def _journeys() -> list[str]:
    """The files that hold journeys, so that nothing else need be read to find them."""
    tests = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(path.relative_to(ROOT)) for path in tests if "pytest.mark.journey" in path.read_text()]


def _find_browser() -> bool:
    if _browser() is None and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser journeys ...", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]  # noqa: S607
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, **quiet)  # type: ignore[call-overload]  # noqa: S607
    found = _browser()
    if found:
        os.environ["OURPATCH_BROWSER"] = found
    return found is not None


def _browser() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("OURPATCH_BROWSER") or next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def _postgresql() -> Iterator[str]:
    given = os.environ.get("OURPATCH_TEST_POSTGRESQL")
    if given:
        yield given
        return
    sys.path.insert(0, str(ROOT / "tests"))
    from postgresql_server import server

    with tempfile.TemporaryDirectory(prefix="ourpatch-postgresql-") as folder, server(Path(folder)) as address:
        yield address


if __name__ == "__main__":
    sys.exit(main())
