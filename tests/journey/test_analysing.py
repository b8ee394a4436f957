"""An analyst asks where it is worst, reads the answer, keeps and shares it; a manager opens the link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from ourpatch.data.studies.models import Study

from ..data.factories_store import load
from ..foundation.factories_places import middle_of
from .world import Calendar, World, staff_of

if TYPE_CHECKING:
    from pathlib import Path

    from .visitors import Visitor

pytestmark = [pytest.mark.journey]
ASKED = {"option_shape": "square", "option_side": "100", "option_permutations": "1999"}


@pytest.fixture
def recorded(world: World, settings: Any, tmp_path: Path) -> World:
    """A quarter of street crime around Mill Lane, and a little elsewhere in Harbour."""
    settings.OURPATCH_HOME = tmp_path / "home"
    easting, northing = middle_of("Harbour")
    lane = [(easting + at % 3 * 100, northing + at // 3 % 3 * 100) for at in range(36)]
    thin = [(easting - 400 + at * 80, northing + 500) for at in range(10)]
    scope = frozenset({world.partnership.pk})
    for month in (7, 8, 9):
        rows = [{"easting": e, "northing": n, "neighbourhood": str(world.neighbourhood.pk)} for e, n in [*lane, *thin]]
        load(rows, date(2026, month, 1), partnership_ids=scope)
    return world


@pytest.mark.parametrize(("has_script", "language"), [(True, "en"), (False, "cy")])
def test_an_analyst_finds_hot_spots_and_shares_them_with_a_manager(
    come: Callable[..., Visitor], recorded: World, calendar: Calendar, has_script: bool, language: str
) -> None:
    visitor = come(script=has_script)
    visitor.sign_in(staff_of(recorded, recorded.police, "Nia Lloyd", "Analyst", "analyst", calendar.now))
    visitor.speak(language)
    visitor.goto("/workspace/data/analyse/")
    visitor.check()
    visitor.goto("/workspace/data/analyse/hot-spots/")
    visitor.check()
    visitor.submit({"option_side": "3"})
    visitor.holds({"option_side": "3"})
    if has_script:
        visitor.check(here=True)
    visitor.submit(ASKED, among="option_side")
    study = Study.objects.get()
    assert visitor.path == f"/workspace/data/analyse/{study.pk}/"
    told = study.document[language]
    visitor.sees(*told["findings"], told["tables"][0]["caption"], recorded.partnership.name)
    visitor.check()
    visitor.submit({"title": "Mill Lane", "notes": "For the tasking meeting."})
    visitor.send(visitor.form_with("open"))
    visitor.sees("Mill Lane")
    assert Study.objects.get().is_open
    visitor.check()
    with visitor.page.expect_download() as download:
        visitor.main.locator("a[href$='/xlsx/']").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    visitor.main.locator("a[href$='/share/']").click()
    visitor.check()
    manager = come(script=has_script)
    manager.sign_in(recorded.manager, f"/workspace/data/analyse/{study.pk}/")
    manager.speak(language)
    manager.sees("Mill Lane", *told["findings"])
    manager.check()
