"""Run by test_store_killed.py in a process of its own: load an archive and die by SIGKILL at a named point.

    python store_killed_load.py HOME DATABASE PARTNERSHIP ARCHIVE POINT

A point is `before` or `after`, a function of the store, and which call of it: `after files._move 2`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID


def die() -> None:
    """Exactly what `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str) -> None:
    """Replace the function that the point names by one that dies at the call asked for."""
    from ourpatch.data.store import actions, engine, files

    when, name, wanted = point.split()
    module_name, function_name = name.split(".")
    module: Any = {"files": files, "actions": actions, "engine": engine}[module_name]
    plain: Callable[..., Any] = getattr(module, function_name)
    calls = 0

    def armed(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == int(wanted) and when == "before":
            die()
        if calls == int(wanted) and when == "halfway":
            args[1].write_bytes(b"PAR1 and then nothing")
            die()
        result = plain(*args, **kwargs)
        if calls == int(wanted):
            die()
        return result

    setattr(module, function_name, armed)


def main(home: str, database: str, partnership: str, archive: str, point: str) -> None:
    import django
    from django.conf import settings
    from django.db import connections

    django.setup()
    settings.OURPATCH_HOME = Path(home)
    connections["default"].settings_dict["NAME"] = database

    from tests.data.factories_exchange import NOW, loader

    from ourpatch.data.exchange.actions import load_police_uk
    from ourpatch.data.store import cubes

    cubes.LEAST_ROWS = 1
    arm(point)
    load_police_uk(by=loader(UUID(partnership)), paths=[Path(archive)], now=NOW)


if __name__ == "__main__":
    main(*sys.argv[1:])
