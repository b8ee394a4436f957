"""A small demo, built once for a whole run of the tests by the command that people use, and opened by tests that want it.

`demo` makes the demo's own database the default one for a test, whatever database the tests run on, and undoes what the
test changes. A test that uses it is not marked django_db.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper
from pytest_django import DjangoDbBlocker

from ourpatch.ground import secrets
from ourpatch.settings.base import sqlite
from ourpatch.site import demo_home as home_of_demo

LONGEST_BUILD_SECONDS = 400


@dataclass(frozen=True)
class Demo:
    """A built demo: where it lives, and its sign-in sheet."""

    home: Path
    sheet: dict[str, Any]


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small demo; of several processes that run tests, the first that asks builds it for all."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    home, lock = shared / "small-demo", shared / "small-demo.lock"
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return _wait_for(home)
    status = home_of_demo.run(area="invented", data=None, port=0, fresh=False, build_only=True, small=True, home=home)
    assert status == 0
    return home


@pytest.fixture
def demo(demo_home: Path, settings: Any, django_db_blocker: DjangoDbBlocker) -> Iterator[Demo]:
    """The small demo, opened: its database, its files and its keys."""
    settings.OURPATCH_HOME = demo_home
    settings.OURPATCH_KEY_RING = secrets.read_keys(home_of_demo.keys_of(demo_home) / "keys.json")
    settings.OURPATCH_HEADS = home_of_demo.keys_of(demo_home)
    secrets._key.cache_clear()
    with django_db_blocker.unblock(), _default_database(demo_home / "ourpatch.sqlite3"):
        yield Demo(demo_home, json.loads((demo_home / home_of_demo.SHEET).read_text()))
    secrets._key.cache_clear()


@contextmanager
def _default_database(path: Path) -> Iterator[None]:
    usual = connections["default"]
    opened = DatabaseWrapper({**usual.settings_dict, **sqlite(path)}, "default")
    connections["default"] = opened
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        opened.close()
        connections["default"] = usual


def _wait_for(home: Path) -> Path:
    deadline = time.monotonic() + LONGEST_BUILD_SECONDS
    while not home.exists():
        assert time.monotonic() < deadline, "the small demo was not built by the process that began it"
        time.sleep(0.5)
    return home
