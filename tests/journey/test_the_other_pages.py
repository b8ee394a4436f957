"""The pages that the stories do not pass: what is written about the service, and the staff's other lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from .world import World

if TYPE_CHECKING:
    from .visitors import Visitor

pytestmark = [pytest.mark.journey]

STAFF_PAGES = (
    *("concerns/new/", "concerns/problems/", "plans/", "plans/new/", "answers/new/", "evaluations/"),
    *("profiles/", "profiles/harbour/", "year/", "feedback/", "partnership-plan/", "teams/", "directory/"),
    *("agreements/", "places/", "meetings/forums/new/", "data/", "accounts/why/", "components/"),
)


def test_the_public_ones_in_both_languages(come: Callable[..., Visitor], world: World) -> None:
    anybody = come()
    area, partnership = world.neighbourhood.slug, world.partnership.slug
    for path in ("accessibility/", "privacy/", "cookies/", "contact/", "about-the-figures/", "find/?q=nowhere"):
        anybody.goto(f"/{path}")
        anybody.check()
    for path in (f"p/{partnership}/", f"n/{area}/crime/"):
        anybody.goto(f"/{path}")
        anybody.check()


def test_the_staff_ones(come: Callable[..., Visitor], world: World) -> None:
    manager = come()
    manager.sign_in(world.manager)
    for path in STAFF_PAGES:
        manager.goto(f"/workspace/{path}")
        manager.check()
