"""Pages served to many clients at once, beside a static file through the same server."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bench_parts.measuring import ROOT, table

CLIENTS, REQUESTS_EACH = 20, 10


def section(home: Path) -> list[str]:
    """A neighbourhood's public page and a static file, asked for by 20 clients at once."""
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
    rows = []
    for what, times in shown:
        times.sort()
        middle, high = statistics.median(times), times[int(len(times) * 0.95)]
        rows.append([what, str(len(times)), f"{middle * 1000:.0f}", f"{high * 1000:.0f}", f"{middle / base:.1f}"])
    return table(
        [f"Served to {CLIENTS} clients at once", "requests", "median ms", "95th ms", "median, static = 1"], rows
    )


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
