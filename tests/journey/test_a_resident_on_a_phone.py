"""A resident on a phone 320 pixels wide, in Welsh, without a name and not sure of the place; later, something to add."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ourpatch.access.concerns.models import Concern, Contact, Report

from .world import Calendar, World

if TYPE_CHECKING:
    from .visitors import Visitor

pytestmark = [pytest.mark.journey]

WHAT = "Mae rhywun yn cynnau tanau ar y traeth bob nos Wener."
MORE = "Digwyddodd eto neithiwr, yn agosach at y tai."


def test_in_welsh_on_a_phone_without_a_name(come: Callable[..., Visitor], world: World, calendar: Calendar) -> None:
    resident = come(width=320)
    resident.goto("/")
    resident.speak("cy")
    resident.check()
    resident.goto("/raise/")
    resident.check()
    resident.goto("/raise/place/")
    resident.check()
    resident.submit({"area": f"unsure:{world.partnership.slug}"})
    assert resident.path == "/raise/what/"
    resident.check()
    resident.submit({"category": "asb_environmental", "what": WHAT})
    resident.check()
    resident.submit({"effects": ["afraid"]})
    resident.check()
    resident.submit({"channel": "code", "answer_language": "cy"})
    resident.sees(WHAT, "Hillshire Police")
    resident.check()
    resident.send(resident.form_with("photo"))
    resident.check()
    code = resident.main.locator(".op-secret").inner_text().strip()
    resident.send(resident.main.locator("form[action='/raise/forget/']"))
    assert not Contact.objects.exists()
    concern = Concern.objects.get()
    assert (concern.is_unplaced, concern.language) == (True, "cy")

    calendar.forward(hours=30)
    resident.goto("/follow/")
    resident.check()
    resident.submit({"code": code.replace(" ", "").lower()})
    resident.sees(concern.reference, WHAT)
    resident.check()
    resident.submit({"text": MORE, "again": True})
    resident.sees(MORE)
    resident.check()
    assert resident.page.locator("html").get_attribute("lang") == "cy"
    assert list(Report.objects.order_by("told_at").values_list("what", flat=True)) == [WHAT, MORE]
    resident.send(resident.main.locator("form[action='/follow/leave/']"))
    resident.goto("/follow/concern/")
    assert resident.path == "/follow/", "the page is closed without the code"


def test_the_team_that_gets_it_gives_it_a_place(come: Callable[..., Visitor], world: World) -> None:
    resident = come(script=False, width=320)
    resident.goto("/raise/place/")
    resident.submit({"area": f"unsure:{world.partnership.slug}"})
    resident.submit({"category": "asb_nuisance", "what": "Fires on the beach."})
    resident.send(resident.form_with("effects"))
    resident.submit({"channel": "code"})
    resident.send(resident.form_with("photo"))
    reference = resident.main.locator(".govuk-panel__body").inner_text().strip()

    manager = come()
    manager.sign_in(world.manager)
    manager.follow("1 concern waits to be given a neighbourhood")
    manager.check()
    manager.follow(reference)
    manager.check()
    manager.follow("Give it a neighbourhood")
    manager.check()
    manager.submit({"service_area_id": str(world.neighbourhood.pk)})
    manager.sees("The concern is with the team of that neighbourhood.", "Harbour")
    manager.check()
