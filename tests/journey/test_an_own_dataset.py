"""An information officer adds a dataset of the partnership's own, field by field; a clerk sends a file of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ourpatch.data.exchange.models import DeliveryState
from ourpatch.data.store import catalogue
from ourpatch.data.store import queries as store
from ourpatch.data.store.query import CountBy, Dimension, Where

from ..foundation.factories_places import middle_of
from .test_sending_data import read_by_the_worker
from .world import Calendar, World, staff_of

if TYPE_CHECKING:
    from .visitors import Visitor

pytestmark = [pytest.mark.journey]
KEY = "own-needle-finds"
ABOUT = {
    "name_en": "Needle finds",
    "name_cy": "Nodwyddau a ganfuwyd",
    "about_en": "Needles that street wardens pick up.",
    "about_cy": "Nodwyddau a godir gan wardeiniaid stryd.",
    "senders": ["district_council", "police"],
    "must_not_hold": "Who found it.",
    "must_not_hold_cy": "Enw'r sawl a'i canfu.",
    "limits": "Wardens look where they are sent.",
    "limits_cy": "Mae wardeiniaid yn edrych lle yr anfonir hwy.",
}
HEAD = "Job,Date,Easting,Northing,What was found,How many"


def finds(what: str = "Syringe") -> str:
    """Twenty finds in Harbour."""
    easting, northing = middle_of("Harbour")
    rows = [f"J{day},{day:02d}/07/2026,{easting:.0f},{northing:.0f},{what},2" for day in range(1, 21)]
    return "\n".join([HEAD, *rows]) + "\n"


def look(visitor: Visitor) -> None:
    """The check of a page, once: the visitor without JavaScript meets the same ones."""
    if visitor.page.evaluate("document.body.classList.contains('js-enabled')"):
        visitor.check()


@pytest.mark.parametrize("has_script", [True, False])
def test_an_officer_adds_a_dataset_and_a_clerk_sends_it(
    come: Callable[..., Visitor], world: World, calendar: Calendar, tmp_path: Path, has_script: bool
) -> None:
    officer = come(script=has_script)
    officer.sign_in(
        staff_of(world, world.council, "Ted Marsh", "Information officer", "information_officer", calendar.now)
    )
    officer.goto("/workspace/data/specifications/")
    officer.follow("Add a dataset of your own")
    look(officer)
    form = officer.form_with("name_en")
    officer.fill(form, ABOUT)
    if not has_script:
        officer.page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    for summary in officer.page.locator("fieldset", has=officer.page.locator("[name=name_1]")).locator("summary").all():
        if not officer.page.locator("[name=codes_1]").is_visible():
            summary.click()
    officer.fill(
        form,
        {"name_1": "What was found", "name_cy_1": "Math", "codes_1": "needle | Needle | Nodwydd\nfoil | Foil | Ffoil"},
    )
    officer.fill(form, {"name_2": "Easting", "kind_2": "easting", "name_3": "Northing", "kind_3": "northing"})
    officer.press("Add another field")
    officer.holds({"name_en": "Needle finds", "name_3": "Northing", "name_4": ""})
    officer.fill(officer.form_with("name_en"), {"name_4": "Surname", "kind_4": "text"})
    officer.press("Add this dataset")
    officer.sees("There is a problem", "sounds like the name of a person")
    if has_script:
        officer.check(here=True)
    officer.fill(officer.form_with("name_en"), {"name_4": "How many", "name_cy_4": "Faint", "kind_4": "count"})
    officer.press("Show how people will see it")
    officer.sees("Needle finds, as people will see it", "Wardens look where they are sent.", "Who found it.")
    officer.press("Add this dataset")
    officer.sees("The dataset is added", "Own dataset", "What was found", "How many")
    look(officer)
    assert catalogue.dataset(KEY).lists[0].codes == ("needle", "foil")
    clerk = come(script=has_script)
    clerk.sign_in(staff_of(world, world.police, "Ffion Rees", "Data clerk", "data_clerk", calendar.now))
    (tmp_path / "finds.csv").write_text(finds())
    clerk.goto("/workspace/data/send/")
    clerk.page.set_input_files("input[name=file]", str(tmp_path / "finds.csv"))
    clerk.submit({"dataset": KEY, "period": "2026-07-01/1", "extent": "whole"}, among="dataset")
    clerk.sees("We have the file", "Needle finds")
    read_by_the_worker(calendar)
    clerk.page.reload()
    clerk.follow("Match the columns")
    clerk.sees("In the file: Syringe")
    clerk.fill(clerk.form_with("name"), {"code_category_0": "needle", "name": "Wardens' app"})
    clerk.press("Keep this layout and read the file")
    assert read_by_the_worker(calendar).state == DeliveryState.LOADED
    clerk.page.reload()
    clerk.sees("20 of 20 rows are loaded")
    assert store.run(CountBy(Where(KEY), by=(Dimension.CATEGORY,))) == [("needle", 20)]
    officer.goto("/workspace/data/specifications/")
    officer.sees("Datasets that your partnership added", "Needle finds", "When there is something to send")
    look(officer)
    officer.goto(f"/workspace/data/specifications/{KEY}/revise/")
    officer.sees("Rows are loaded by this specification.")
    look(officer)
    officer.goto("/workspace/data/specifications/upload/")
    look(officer)
    officer.goto(f"/workspace/data/specifications/{KEY}/retire/")
    look(officer)
