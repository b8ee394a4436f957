"""An analyst moves figures from wards to LSOAs, with script and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from .world import World

if TYPE_CHECKING:
    from .visitors import Visitor

pytestmark = [pytest.mark.journey]


@pytest.mark.parametrize("has_script", [True, False])
def test_figures_are_pasted_corrected_converted_and_taken_home(
    come: Callable[..., Visitor], world: World, has_script: bool
) -> None:
    analyst = come(script=has_script)
    analyst.sign_in(world.manager)
    analyst.goto("/workspace/places/convert/")
    analyst.check()
    page = analyst.page
    page.get_by_label("Boundaries that the figures are in").select_option(label="Ward 2023")
    page.get_by_label("Boundaries that you want them in").select_option(
        label="Lower-layer super output area (LSOA) 2021"
    )
    analyst.submit({"figures": "E05000001,10\nE05000099,7"})
    analyst.sees("Row 2: there is no area with this code")
    if has_script:
        analyst.check(here=True)
    analyst.submit({"figures": "E05000001,11\nE05000002,7"})
    analyst.sees("Converted figures", "Harbour 001A", "5.5", "it lies between 0 and 11")
    if has_script:
        analyst.check(here=True)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    assert download.value.suggested_filename == "converted-figures.csv"
