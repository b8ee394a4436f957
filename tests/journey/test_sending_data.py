"""A clerk sends a bad file, matches its columns once, reads the message, mends the file and gets a receipt.

An information officer looks after the ledger: what is owed, the sheet of paper, and a file that the gate holds.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ourpatch.data.exchange import actions
from ourpatch.data.exchange.models import Delivery, DeliveryState
from ourpatch.data.store import queries as store
from ourpatch.data.store.query import CountBy, Where

from ..foundation.factories_places import middle_of
from .world import Calendar, Staff, World, staff_of

if TYPE_CHECKING:
    from .visitors import Visitor

pytestmark = [pytest.mark.journey]
HEAD = "Log no,Call date,Call time,Easting,Northing,Street,Closing code"


def rows(*days: str, extra: str = "") -> str:
    """A log with a row for each day, in Harbour."""
    easting, northing = middle_of("Harbour")
    lines = [
        f"L{at},{day},21:{at % 60:02d},{easting:.0f},{northing:.0f},Mill Lane,Rowdy{extra}"
        for at, day in enumerate(days)
    ]
    return "\n".join([HEAD + (",Remarks" if extra else ""), *lines]) + "\n"


def read_by_the_worker(calendar: Calendar) -> Delivery:
    """What the worker does with the latest delivery."""
    latest = Delivery.objects.order_by("-received_at", "-pk")[0]
    return actions.read_delivery(delivery_id=latest.pk, now=calendar.forward(minutes=1))


def send(visitor: Visitor, path: Path, content: str) -> None:
    """Fill in the form and send a file for July to September."""
    path.write_text(content)
    visitor.goto("/workspace/data/send/")
    visitor.page.set_input_files("input[name=file]", str(path))
    visitor.submit({"dataset": "police_incidents", "period": "2026-07-01/3", "extent": "whole"}, among="dataset")


@pytest.fixture
def clerk(world: World, calendar: Calendar) -> Staff:
    return staff_of(world, world.police, "Ffion Rees", "Data clerk", "data_clerk", calendar.now)


@pytest.fixture
def keeper(world: World, calendar: Calendar) -> Staff:
    return staff_of(world, world.council, "Ted Marsh", "Information officer", "information_officer", calendar.now)


@pytest.mark.parametrize("has_script", [True, False])
def test_a_clerk_sends_a_bad_file_mends_it_and_gets_a_receipt(
    come: Callable[..., Visitor], clerk: Staff, calendar: Calendar, tmp_path: Path, has_script: bool
) -> None:
    visitor = come(script=has_script)
    visitor.sign_in(clerk)
    visitor.goto("/workspace/data/send/")
    visitor.check()
    days = [f"{day:02d}/07/2026" for day in range(1, 21)]
    send(visitor, tmp_path / "log.csv", rows(*days, "31/09/2026"))
    visitor.sees("We have the file", "Waiting to be read")
    read_by_the_worker(calendar)
    visitor.page.reload()
    visitor.sees("Columns to be matched")
    visitor.check()
    visitor.follow("Match the columns")
    visitor.sees("In the file: Rowdy", "0 of the first 21 rows")
    visitor.check()
    if has_script:
        visitor.page.select_option("select[name=code_category_0]", "asb_nuisance")
        visitor.page.get_by_text("20 of the first 21 rows").wait_for()
    visitor.fill(visitor.form_with("name"), {"code_category_0": "asb_nuisance", "name": "Control room"})
    visitor.press("Keep this layout and read the file")
    assert read_by_the_worker(calendar).state == DeliveryState.LOADED
    visitor.page.reload()
    visitor.sees("20 of 21 rows are loaded", "There is no such day", "Control room, version 1", "July 2026")
    visitor.check()
    with visitor.page.expect_download() as download:
        visitor.main.get_by_role("link", name="Download the report with the cells marked (XLSX)").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    send(visitor, tmp_path / "mended.csv", rows(*days, "30/09/2026"))
    mended = read_by_the_worker(calendar)
    visitor.page.reload()
    visitor.sees("21 of 21 rows are loaded", mended.receipt)
    assert store.run(CountBy(Where("police_incidents"))) == [(21,)]
    visitor.goto("/workspace/data/deliveries/")
    visitor.sees(mended.receipt, "Loaded")
    visitor.check()
    visitor.goto("/workspace/data/layouts/")
    visitor.check()


def test_an_information_officer_sees_what_is_owed_prints_it_and_lets_through(
    come: Callable[..., Visitor], world: World, clerk: Staff, keeper: Staff, calendar: Calendar, tmp_path: Path
) -> None:
    sender, officer = come(), come()
    sender.sign_in(clerk)
    officer.sign_in(keeper)
    officer.goto("/workspace/duties/")
    officer.sees("Data duties", "Hillshire Police", "Police incidents")
    officer.check()
    officer.page.get_by_role("link", name="Police incidents: anti-social behaviour", exact=False).first.click()
    officer.check()
    sheet = officer.page.request.get(f"{officer.home}/workspace/duties/answer.pdf")
    assert sheet.body()[:5] == b"%PDF-"
    send(sender, tmp_path / "named.csv", rows("01/07/2026", extra=",Seen by Mrs Jane Wilkinson of 07700 900123"))
    read_by_the_worker(calendar)
    sender.page.reload()
    sender.follow("Match the columns")
    sender.fill(sender.form_with("name"), {"code_category_0": "asb_nuisance", "name": "With remarks"})
    sender.press("Keep this layout and read the file")
    held = read_by_the_worker(calendar)
    assert held.state == DeliveryState.HELD
    officer.goto(f"/workspace/data/deliveries/{held.pk}/")
    officer.sees("Held: it may identify somebody")
    officer.sees_not("Wilkinson", "900123")
    officer.check()
    officer.follow("Let it through")
    officer.check()
    officer.submit({"reason": "The remarks are not loaded."})
    read_by_the_worker(calendar)
    officer.page.reload()
    officer.sees("Let through the gate", "The remarks are not loaded.")
    officer.goto("/workspace/duties/")
    officer.follow("Quarter after: July to September 2026")
    officer.sees(held.receipt)
