"""What every test may use: the real data where it is, a fixed present, and an audit that lets the test database be emptied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation

from ourpatch.ground.audit import triggers

# No test asserts on time, and the machine may be busy.
hypothesis.settings.register_profile("ourpatch", deadline=None)
hypothesis.settings.load_profile("ourpatch")

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"

# A test that touches the database of the run asks for one of these, or is marked django_db: any other is refused it.
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}

_empty_tables = TransactionTestCase._fixture_teardown


def _empty_tables_behind_the_audit(self: Any) -> None:
    """Tests that commit are cleaned up by emptying every table, which the audit's triggers rightly refuse."""
    connection = connections["default"]
    triggers.remove(connection)
    try:
        _empty_tables(self)
    finally:
        triggers.install(connection)


TransactionTestCase._fixture_teardown = _empty_tables_behind_the_audit  # type: ignore[method-assign]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--only-database`: what touches no database was run on another one already, and would say the same again."""
    parser.addoption("--only-database", action="store_true", help="run only tests that touch the database of the run")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what `--only-database` leaves out; pytest counts it as deselected."""
    if config.getoption("--only-database"):
        config.hook.pytest_deselected(items=[item for item in items if not _touches_database(item)])
        items[:] = [item for item in items if _touches_database(item)]


def _touches_database(item: pytest.Item) -> bool:
    fixtures = DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A page that was asked for in Welsh leaves Welsh behind; every test begins, and ends, in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def now() -> datetime:
    """A Wednesday noon in November."""
    return datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public data; a test that needs it is skipped, saying so, where it is absent."""
    if not SHARED_DATA.exists():
        pytest.skip("the real data (../shared/data) is not here")
    return SHARED_DATA
