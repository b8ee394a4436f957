"""A question to the team: its 72 hours, the reply, and an answer that does not satisfy and is owed again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from .world import Calendar, World

if TYPE_CHECKING:
    from .visitors import Visitor

pytestmark = [pytest.mark.journey]

QUESTION = "When will somebody be at the library to talk to?"
REPLY = "I looked it up: the next surgery is in December. You get the day as soon as the library confirms it."
ANSWER = "There is no surgery this winter, because the library is closed."


def test_a_question_its_clock_and_an_answer_that_does_not_satisfy(
    come: Callable[..., Visitor], world: World, calendar: Calendar
) -> None:
    reference, code = ask(come(), world)

    calendar.forward(hours=73)
    officer = come()
    officer.sign_in(world.officer)
    officer.sees("1 concern is overdue", reference)
    officer.check()
    officer.follow(f"{reference}: Something else")
    officer.sees(QUESTION, "Overdue")
    officer.check()
    officer.submit({"kind": "meaningful", "text": "", "news_on": "2026-12-01"})
    officer.check(here=True)
    officer.submit({"kind": "meaningful", "text": REPLY, "news_on": "2026-12-01"})
    officer.sees(REPLY)
    concern = officer.path

    calendar.forward(days=5)
    officer.follow("Answer: say what came of it")
    officer.check()
    officer.submit({"outcome": "not_done", "text": ANSWER})
    officer.sees("The person has been answered.")
    officer.check()

    resident = come()
    resident.goto("/follow/")
    resident.submit({"code": code})
    resident.sees(REPLY, ANSWER)
    resident.check()
    resident.submit({"satisfied": "no", "comment": "The church hall is open. Why not there?"})
    resident.sees("We look at it again, and owe you another answer.", "The church hall is open.")
    resident.check()

    officer.goto(concern)
    officer.sees("The church hall is open. Why not there?", "Open again")
    officer.check()
    officer.goto("/workspace/")
    officer.sees(reference)


def ask(resident: Visitor, world: World) -> tuple[str, str]:
    """From the neighbourhood's page to the reference and the code."""
    resident.goto("/ask/")
    resident.check()
    resident.submit({"area": world.neighbourhood.slug})
    resident.sees("within 72 hours", "Hillshire Police", "999")
    resident.check()
    resident.submit({"what": QUESTION, "channel": "code", "answer_language": "en"})
    resident.sees("72 hours from now", "21 November 2026")
    resident.check()
    reference = resident.main.locator(".govuk-panel__body").inner_text().strip()
    return reference, resident.main.locator(".op-secret").inner_text().strip()
