"""A real browser, a real server with its database in another thread, and the small world they meet in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from ourpatch.ground import clock

from .world import Calendar, World, make_world

sync_api = pytest.importorskip("playwright.sync_api")

CHROMIUM = os.environ.get("OURPATCH_BROWSER") or "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium for the tests of one file."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine")
    if not finders.find("built/test/axe.min.js"):
        pytest.skip("the assets are not built: run tools/build_assets.py")
    # The driver of the browser runs a loop in this thread, which Django would take for an asynchronous program.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_api.sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield browser
            browser.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    """The time that the pages go by: a Wednesday noon in November until the test moves it."""
    calendar = Calendar()
    monkeypatch.setattr(clock, "now", calendar)
    return calendar


@pytest.fixture
def world(transactional_db: None, calendar: Calendar) -> World:
    """The neighbourhood of Harbour and its people."""
    return make_world(calendar.now)


@pytest.fixture
def come(browser: Any, live_server: Any, world: World) -> Iterator[Callable[..., Any]]:
    """Somebody comes with a browser of their own: `come(script=False)`, `come(width=320)`."""
    from .visitors import Visitor

    here: list[Visitor] = []

    def comes(**how: Any) -> Visitor:
        visitor = Visitor(browser, live_server.url, **how)
        here.append(visitor)
        return visitor

    yield comes
    for visitor in here:
        visitor.close()
