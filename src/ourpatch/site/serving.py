"""Serving: one web server and two workers (what people wait for, what takes long), started together and stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType

STOP_SECONDS = 10


def serve(host: str, port: int, *, workers: bool) -> int:
    """Run until interrupted, or until any part ends; returns 1 when a part ended by itself."""
    from django.conf import settings

    from ourpatch.ground.errors import BadInput

    if settings.OURPATCH_DEMO and host not in ("127.0.0.1", "localhost", "::1"):
        raise BadInput("A demo is served on the loopback address only. Leave --host out.")
    parts = [_start(_web(host, port))]
    if workers:
        parts += [_start([sys.executable, "-m", "ourpatch.site.cli", "worker", queue]) for queue in ("urgent", "bulk")]
    print(f"Ourpatch is at http://{host}:{port}  (Ctrl-C stops it)", flush=True)
    return _wait(parts)


def work(queue: str) -> int:
    """Run one worker in this process until it is told to stop."""
    from django.core.management import call_command

    from ourpatch.ground import clock
    from ourpatch.ground.jobs import worker

    worker.keep_schedules(clock.now(), queue)
    call_command("qcluster", cluster_name=queue, verbosity=0)
    return 0


def _web(host: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", "2", "--blocking-threads", "4", "--log-level", "warning", "ourpatch.site.wsgi:application"),
    ]


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, env=os.environ.copy(), start_new_session=True)  # noqa: S603 - our own commands


def _wait(parts: list[subprocess.Popen[bytes]]) -> int:
    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(part.poll() is None for part in parts):
            time.sleep(0.5)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        _end(parts)


def _end(parts: list[subprocess.Popen[bytes]]) -> None:
    for part in parts:
        if part.poll() is None:
            os.killpg(part.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for part in parts:
        try:
            part.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(part.pid, signal.SIGKILL)
