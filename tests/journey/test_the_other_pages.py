"""The pages that the stories do not pass: what is written about the service, and the staff's other lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from ourpatch.data.disclosure.actions import make_releases
from ourpatch.data.disclosure.models import Detail

from ..data.factories_releases import NOW, choose, publisher
from ..data.factories_store import load
from .world import World

if TYPE_CHECKING:
    from pathlib import Path

    from .visitors import Visitor

pytestmark = [pytest.mark.journey]

WARD, LSOAS = "E05000001", ("E01000001", "E01000002")
STAFF_PAGES = (
    *("concerns/new/", "concerns/problems/", "plans/", "plans/new/", "answers/new/", "evaluations/"),
    *("profiles/", "profiles/harbour/", "year/", "feedback/", "partnership-plan/", "teams/", "directory/"),
    *("agreements/", "places/", "meetings/forums/new/", "data/", "accounts/why/", "components/"),
)


@pytest.fixture
def published(world: World, settings: Any, tmp_path: Path) -> World:
    """A quarter of Harbour, of which wards and small areas are published, rounded."""
    settings.OURPATCH_HOME = tmp_path / "home"
    here = {"neighbourhood": str(world.neighbourhood.pk), "ward": WARD, "district": "E06000001", "n": 40}
    for month in (7, 8, 9):
        rows = [{**here, "lsoa": lsoa, "category": each} for lsoa in LSOAS for each in ("burglary", "drugs")]
        load(rows, date(2026, month, 1), partnership_ids=frozenset({world.partnership.pk}))
    choose(world.partnership.pk, Detail.SMALL_AREAS, 5)
    make_releases(by=publisher(world.partnership.pk), partnership_id=world.partnership.pk, now=NOW)
    return world


def test_the_public_ones_in_both_languages(come: Callable[..., Visitor], world: World) -> None:
    anybody = come()
    area, partnership = world.neighbourhood.slug, world.partnership.slug
    for path in ("accessibility/", "privacy/", "cookies/", "contact/", "about-the-figures/", "find/?q=nowhere"):
        anybody.goto(f"/{path}")
        anybody.check()
    for path in (f"p/{partnership}/", f"n/{area}/crime/"):
        anybody.goto(f"/{path}")
        anybody.check()


def test_wards_and_small_areas_in_both_languages(come: Callable[..., Visitor], published: World) -> None:
    anybody = come()
    there = published.partnership.slug
    paths = ("", f"{there}/", f"{there}/?n={published.neighbourhood.slug}", f"ward/{WARD}/", f"lsoa/{LSOAS[0]}/")
    for path in paths:
        anybody.goto(f"/areas/{path}")
        anybody.check()
    anybody.sees("240", "nearest 5")


def test_the_staff_ones(come: Callable[..., Visitor], world: World) -> None:
    manager = come()
    manager.sign_in(world.manager)
    for path in STAFF_PAGES:
        manager.goto(f"/workspace/{path}")
        manager.check()
