"""Speed and memory, as ratios to named alternatives measured in the same run. Prints a Markdown table; `--write` puts it in docs.

Loads the Lancashire months where ../shared/data is present, else the invented county's, beside DuckDB's bare read_csv to
Parquet and beside a pandas and geopandas script; and serves a public neighbourhood page to 20 clients at once beside a
static file through the same server.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data" / "lancashire"
PARTS = ROOT / "tools" / "bench_parts"
CLIENTS, REQUESTS_EACH = 20, 10
MEGABYTE = 1024


@dataclass(frozen=True, slots=True)
class Run:
    """One measured command: wall seconds, peak memory in MB, and the number it printed (rows)."""

    seconds: float
    megabytes: float
    rows: int

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


def main() -> int:
    """Measure, print, and write when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/bench.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ourpatch-bench-") as name:
        lines = [*_loading(Path(name)), "", *_serving(Path(name))]
    text = "\n".join(lines)
    print(text)
    if arguments.write:
        note = "Measured by `make bench`; only the ratios travel between machines.\n\n"
        (ROOT / "docs" / "bench.md").write_text(f"# Benchmarks\n\n{note}{text}\n")
    return 0


def _loading(home: Path) -> list[str]:
    folder, archive = _records(home)
    ours = _measure("ours.py", folder, archive, home)
    duckdb = _measure("with_duckdb.py", folder, archive, home)
    pandas = _measure("with_pandas.py", folder, archive, home)
    rows = [
        "| Loading four months with every row given its ward, LSOA and district | rows | rows/s | peak MB | time, ours = 1 |",
        "|---|---:|---:|---:|---:|",
    ]
    for what, run in (
        ("`ourpatch load police-uk`", ours),
        ("DuckDB read_csv to Parquet, no checks, no places", duckdb),
        ("pandas + geopandas, no checks", pandas),
    ):
        rows.append(
            f"| {what} | {run.rows:,} | {run.rate:,.0f} | {run.megabytes:,.0f} | {run.seconds / ours.seconds:.2f} |"
        )
    return rows


def _records(home: Path) -> tuple[Path, Path]:
    """The boundaries' folder and the archive of records: Lancashire's, else the invented county's."""
    if SHARED.exists():
        return SHARED, SHARED / "police-uk-2018-11-to-2019-02.zip"
    sys.path.insert(0, str(ROOT / "src"))
    from ourpatch.site.demo import county

    files = county.build().write_files(home / "county")
    return home / "county", Path(files.police)


def _measure(part: str, folder: Path, archive: Path, home: Path) -> Run:
    """Run one part in a process of its own, timing what it says it took and the most memory it held."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "OURPATCH_HOME": str(home / "home"),
        "DJANGO_SETTINGS_MODULE": "ourpatch.settings.embedded",
    }
    command = [sys.executable, str(PARTS / part), str(folder), str(archive), str(home)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise SystemExit(f"{part} failed:\n{done.stderr[-2000:]}")
    seconds, kilobytes, rows = done.stdout.split()[-3:]
    return Run(float(seconds), float(kilobytes) / MEGABYTE, int(rows))


def _serving(home: Path) -> list[str]:
    port = _free_port()
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OURPATCH_HOME": str(home / "demo")}
    program = [sys.executable, "-m", "ourpatch.site.cli"]
    subprocess.run(  # noqa: S603 - our own program
        [*program, "demo", "--build-only", "--small"], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    server = subprocess.Popen(  # noqa: S603 - our own program
        [*program, "serve", "--no-workers", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        page = f"http://127.0.0.1:{port}{_neighbourhood_address(port)}"
        static = f"http://127.0.0.1:{port}/static/built/ourpatch.css"
        shown = [
            ("A neighbourhood's public page", _times(page)),
            ("A static file through the same server", _times(static)),
        ]
    finally:
        server.terminate()
        server.wait(15)
    base = statistics.median(shown[1][1])
    rows = [
        f"| Served to {CLIENTS} clients at once | requests | median ms | 95th ms | median, static = 1 |",
        "|---|---:|---:|---:|---:|",
    ]
    for what, times in shown:
        times.sort()
        middle, high = statistics.median(times), times[int(len(times) * 0.95)]
        rows.append(f"| {what} | {len(times)} | {middle * 1000:.0f} | {high * 1000:.0f} | {middle / base:.1f} |")
    return rows


def _neighbourhood_address(port: int) -> str:
    """The first neighbourhood that the home page links to."""
    deadline = time.monotonic() + 60
    while True:
        try:
            home = _fetch(f"http://127.0.0.1:{port}/").decode()
            return "/n/" + home.split('href="/n/')[1].split('"')[0]
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _times(address: str) -> list[float]:
    """Seconds of each request of every client, bounded in number; the first request warms up and is not counted."""
    _fetch(address)
    found: list[float] = []

    def client() -> None:
        for _ in range(REQUESTS_EACH):
            found.append(_timed(lambda: _fetch(address)))

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _fetch(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - the loopback address only
        return bytes(answer.read())


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
