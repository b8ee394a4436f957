"""The whole loop in a real browser: a concern becomes a priority, a plan, a partner's task and an answer that comes back.

Every page that is met is looked at by axe, wide and narrow; public pages in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ourpatch.foundation.meetings.models import Meeting

from .world import Calendar, World, meeting_of

if TYPE_CHECKING:
    from .visitors import Visitor

pytestmark = [pytest.mark.journey]

EMAIL = "jo.resident@example.org"
WHAT = "Motorbikes race behind the shops on Mill Lane and nobody dares to walk there."
REPLY = "I was there on Friday and saw the tyre marks. I will put it before the residents' forum on Saturday."
PROBLEM_EN, PROBLEM_CY = "Motorbikes behind the shops on Mill Lane", "Beiciau modur y tu ôl i siopau Lôn y Felin"
SAID_EN = "Motorbikes race behind the shops, and people are afraid to walk there in the evening."
SAID_CY = "Mae beiciau modur yn rasio y tu ôl i'r siopau, ac mae ofn ar bobl gerdded yno gyda'r nos."
TASK = "Put a barrier at the passage behind the shops"
DONE = "The barrier stands since Tuesday; wheelchairs and prams pass."
DID_EN = "Quayside Homes put a barrier at the passage, and the team was there on six Fridays."
DID_CY = "Gosododd Quayside Homes rwystr wrth y llwybr, ac roedd y tîm yno ar chwe nos Wener."
NOT_DONE_EN = "Two riders still come along the beach path. We could not close it, because it is a right of way."
NOT_DONE_CY = "Mae dau feiciwr yn dal i ddod ar hyd llwybr y traeth. Ni allem ei gau, am ei fod yn hawl tramwy."


@dataclass
class Loop:
    """The loop as far as it has come: who is at which browser, and what they were given."""

    come: Callable[..., Visitor]
    world: World
    calendar: Calendar
    meeting: Meeting
    reference: str = ""
    code: str = ""
    people: dict[str, Visitor] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    @property
    def area(self) -> str:
        """The public address of the neighbourhood."""
        return f"/n/{self.world.neighbourhood.slug}/"


def test_from_a_concern_to_the_answer(come: Callable[..., Visitor], world: World, calendar: Calendar) -> None:
    meeting = meeting_of(world, starts_at=calendar.now + timedelta(days=3), now=calendar.now)
    loop = Loop(come, world, calendar, meeting)
    resident_raises_a_concern(loop)
    calendar.forward(hours=20)
    officer_finds_it_in_my_day(loop)
    officer_makes_a_problem(loop)
    officer_replies(loop)
    calendar.forward(days=1)
    manager_proposes_a_priority(loop)
    calendar.forward(days=2)
    manager_records_the_meeting(loop)
    forum_chooses(loop)
    manager_begins_the_plan(loop)
    partner_is_given_a_task(loop)
    calendar.forward(days=1)
    partner_accepts_and_does_it(loop)
    calendar.forward(days=30)
    manager_writes_the_result(loop)
    manager_publishes_the_answer(loop)
    everybody_reads_the_answer(loop)
    outbox_shows_the_message(loop)
    resident_reads_the_receipt(loop)
    manager_closes_the_plan(loop)


def resident_raises_a_concern(loop: Loop) -> None:
    """Without JavaScript, the place found by words; who will see it is said before it is sent."""
    resident = loop.come(script=False)
    resident.goto("/")
    resident.check()
    resident.submit({"q": "Harbour"})
    assert resident.path == loop.area
    resident.sees("There are no current priorities.", "No answers have been published yet.", "Asha Patel")
    resident.check()
    resident.follow("Raise a concern")
    resident.sees("999", "0800 555 111")
    resident.check()
    resident.goto("/raise/")
    resident.follow("Begin")
    resident.check()
    resident.submit({"q": "mill lane"})
    resident.check()
    resident.follow("Mill Lane")
    resident.sees("You chose Harbour.")
    resident.check()
    resident.press("Go on")
    resident.check()
    resident.submit(
        {
            "category": "asb_nuisance",
            "what": WHAT,
            "place_words": "Behind the shops on Mill Lane",
            "when_text": "Friday and Saturday nights",
            "how_often": "weekly",
        }
    )
    resident.check()
    resident.submit({"effects": ["sleep"], "effect": "My daughter no longer walks to the bus."})
    resident.check()
    resident.submit({"channel": "email", "name": "Jo", "email": EMAIL, "discreet": False, "answer_language": "en"})
    resident.sees("Who will see it", "Hillshire Police", WHAT, EMAIL)
    resident.sees_not("Quayside Homes")
    resident.check()
    resident.press("Send it")
    resident.check()
    loop.reference = resident.main.locator(".govuk-panel__body").inner_text().strip()
    loop.code = resident.main.locator(".op-secret").inner_text().strip()
    assert re.fullmatch(r"OP-[0-9A-Z-]+", loop.reference)
    resident.sees("21 November 2026")
    resident.press("I have written the code down")
    assert resident.path == "/"
    resident.goto("/raise/sent/")
    resident.sees_not(loop.code)
    loop.people["resident"] = resident


def officer_finds_it_in_my_day(loop: Loop) -> None:
    """Password and authenticator code; the concern waits in My day and on top of the list."""
    officer = loop.come()
    officer.sign_in(loop.world.officer, checked=True)
    officer.sees("My day", loop.reference)
    officer.check()
    officer.goto("/workspace/concerns/")
    officer.check()
    officer.follow(loop.reference)
    officer.sees(WHAT, EMAIL, "Behind the shops on Mill Lane", "My daughter no longer walks to the bus.")
    officer.check()
    loop.addresses["concern"] = officer.path
    loop.people["officer"] = officer


def officer_makes_a_problem(loop: Loop) -> None:
    """A problem of its own, named in both languages; what people say is written without anybody's details."""
    officer = loop.people["officer"]
    officer.follow("Put it into a problem")
    officer.check()
    officer.submit({"title_en": PROBLEM_EN, "title_cy": PROBLEM_CY})
    officer.follow(PROBLEM_EN)
    officer.sees(loop.reference)
    officer.check()
    loop.addresses["problem"] = officer.path
    officer.follow("Change the problem")
    officer.check()
    officer.submit({"about_en": SAID_EN, "about_cy": SAID_CY})
    officer.sees(SAID_EN)


def officer_replies(loop: Loop) -> None:
    """A meaningful reply, with the day of the next news."""
    officer = loop.people["officer"]
    officer.goto(loop.addresses["concern"])
    officer.submit({"kind": "meaningful", "text": REPLY, "news_on": "2026-12-05"})
    officer.sees(REPLY, "Your reply is on its way")
    officer.check()


def manager_proposes_a_priority(loop: Loop) -> None:
    """From the problem, with what was raised beside it; then exactly where, when and how much."""
    manager = loop.come()
    manager.sign_in(loop.world.manager)
    manager.check()
    loop.people["manager"] = manager
    manager.goto(loop.addresses["problem"])
    manager.check()
    manager.follow("Propose it as a priority")
    manager.sees("People behind this problem")
    manager.holds({"title": PROBLEM_EN, "title_cy": PROBLEM_CY, "statement": SAID_EN, "statement_cy": SAID_CY})
    manager.check()
    manager.submit({"kind": "chronic", "raised_by": "Residents of Mill Lane"})
    manager.sees("Exactly where, when and how much")
    manager.check()
    manager.submit(
        {
            "exact_place": "The passage behind the shops on Mill Lane",
            "days_and_times": "Fridays and Saturdays, 7pm to 11pm",
            "objective": "Nobody rides a motorbike behind the shops in the evening.",
            "measure": "Evenings with motorbikes, counted by the shopkeepers",
            "target": "At most one evening a month",
            "by_when_day": "31",
            "by_when_month": "3",
            "by_when_year": "2027",
        }
    )
    manager.sees("The priority is SMART")
    manager.check()
    loop.addresses["priority"] = manager.path


def manager_records_the_meeting(loop: Loop) -> None:
    """How many came, and what was said."""
    manager = loop.people["manager"]
    manager.goto("/workspace/meetings/")
    manager.check()
    manager.follow("Harbour residents' forum")
    manager.check()
    manager.follow("Record this meeting")
    manager.check()
    manager.submit(
        {"group_0": 17, "group_4": 2, "minutes": "Residents told of the motorbikes and asked for a barrier."}
    )
    manager.sees("Residents told of the motorbikes")
    manager.check()


def forum_chooses(loop: Loop) -> None:
    """By a show of hands, with the votes."""
    manager = loop.people["manager"]
    manager.goto("/workspace/priorities/")
    manager.check()
    manager.follow("Record a forum's choice")
    manager.check()
    manager.follow("Harbour residents' forum")
    manager.check()
    priority_id = loop.addresses["priority"].rstrip("/").rsplit("/", 1)[1]
    manager.submit(
        {
            "method": "show_of_hands",
            "present": 19,
            f"votes_{priority_id}": 15,
            f"chosen_{priority_id}": True,
        }
    )
    manager.sees("The forum's choice is recorded.")
    manager.check()
    manager.goto(loop.addresses["priority"])
    manager.sees("15", "19 people could vote")
    manager.check()


def manager_begins_the_plan(loop: Loop) -> None:
    """A light plan from the priority: what happens, why, what is to be reached."""
    manager = loop.people["manager"]
    manager.follow("Begin a plan")
    manager.check()
    owner = str(loop.world.manager.person.pk)
    manager.submit({"owner_id": owner, "owner_because": "The passage is the council's."})
    manager.sees("The plan has begun.")
    manager.check()
    loop.addresses["plan"] = manager.path
    manager.press("Go on to: Analysis")
    manager.follow("Write Analysis: why it happens")
    manager.check()
    manager.submit({"cause": "The passage is open at both ends and leads from the estate to the beach."})
    manager.press("Go on to: Response")
    manager.check()


def partner_is_given_a_task(loop: Loop) -> None:
    """An action of prevention, asked of the housing association."""
    manager = loop.people["manager"]
    manager.follow("Add an action")
    manager.check()
    manager.submit(
        {
            "title": TASK,
            "kind": "prevention",
            "doer": "partner",
            "organisation_id": str(loop.world.housing.pk),
            "due_day": "18",
            "due_month": "12",
            "due_year": "2026",
        }
    )
    manager.sees(TASK, "Quayside Homes")
    manager.check()


def partner_accepts_and_does_it(loop: Loop) -> None:
    """The caretaker sees the task and not the concern, takes it on and says that it is done."""
    partner = loop.come()
    partner.sign_in(loop.world.partner)
    partner.sees(TASK)
    partner.sees_not(loop.reference)
    partner.check()
    assert partner.page.request.get(f"{partner.home}{loop.addresses['concern']}").status == 404
    partner.goto("/workspace/tasks/")
    partner.check()
    partner.follow(TASK)
    partner.check()
    partner.press("Take this task on")
    partner.check()
    loop.calendar.forward(days=5)
    partner.submit({"note": DONE}, among="note")
    partner.sees("Thank you.", DONE)
    partner.check()
    loop.people["partner"] = partner


def manager_writes_the_result(loop: Loop) -> None:
    """Counts before and after beside a comparison area; then what came of it in words."""
    manager = loop.people["manager"]
    manager.goto(loop.addresses["plan"])
    manager.sees(TASK, "Done")
    manager.press("Go on to: Assessment")
    manager.follow("Evaluate")
    manager.check()
    manager.follow("Type in counts from elsewhere instead")
    manager.check()
    manager.submit(
        {
            "before_from": "1/8/2026",
            "after_from": "1/11/2026",
            "months": 1,
            "response_name": "The passage behind the shops",
            "response_before": 24,
            "response_after": 6,
            "comparison_name": "The passage at Quay Street",
            "comparison_before": 20,
            "comparison_after": 19,
            "source": "Counted by the shopkeepers, in their diary",
        }
    )
    manager.sees("Evaluation:", "24", "19")
    manager.check()
    manager.goto(loop.addresses["plan"])
    manager.follow("Write Assessment: what came of it")
    manager.check()
    manager.submit({"happened": "The barrier stands and the evenings are quieter.", "outcome": "better_said"})
    manager.check()


def manager_publishes_the_answer(loop: Loop) -> None:
    """Before everybody is answered the plan does not close; publishing answers them."""
    manager = loop.people["manager"]
    manager.follow("Close the plan")
    manager.check()
    manager.submit({"reason": "The evenings are quiet."})
    manager.sees("still owed an answer")
    manager.check(here=True)
    manager.goto(loop.addresses["plan"])
    manager.follow("Write an answer")
    manager.check()
    manager.submit(
        {
            "title": PROBLEM_EN,
            "title_cy": PROBLEM_CY,
            "said": SAID_EN,
            "said_cy": SAID_CY,
            "did": DID_EN,
            "did_cy": DID_CY,
            "outcome": "better",
            "not_done": NOT_DONE_EN,
            "not_done_cy": NOT_DONE_CY,
        }
    )
    manager.sees("Publishing also answers the 1 person behind this problem")
    manager.check()
    manager.press("Publish")
    manager.sees("It is published, and 1 person was answered.")
    manager.check()
    for page in ("/workspace/answers/", "/workspace/feedback/"):
        manager.goto(page)
        manager.check()


def everybody_reads_the_answer(loop: Loop) -> None:
    """The public page says it in English and, at the press of a button, in Welsh; failure included."""
    anybody = loop.come()
    anybody.goto(loop.area)
    anybody.sees(PROBLEM_EN, DID_EN, NOT_DONE_EN, "1 of 1 actions are done.")
    anybody.sees_not(EMAIL, loop.reference, "My daughter")
    anybody.check()
    anybody.follow(PROBLEM_EN)
    anybody.sees("15 votes", "Fridays and Saturdays, 7pm to 11pm")
    anybody.check()
    anybody.goto(f"{loop.area}answers/")
    anybody.check()
    anybody.goto(f"{loop.area}meetings/")
    anybody.sees("Harbour residents' forum")
    anybody.check()
    anybody.goto(loop.area)
    anybody.speak("cy")
    assert anybody.path == loop.area
    anybody.sees(PROBLEM_CY, DID_CY, NOT_DONE_CY)
    anybody.sees_not(DID_EN, NOT_DONE_EN)


def outbox_shows_the_message(loop: Loop) -> None:
    """What was written to the resident stands in the outbox."""
    manager = loop.people["manager"]
    manager.goto("/workspace/outbox/")
    subject = f"Your reference {loop.reference}"
    manager.sees(subject)
    manager.sees_not(EMAIL)
    manager.check()
    addressed = manager.main.locator("tbody tr", has_text=subject)
    assert addressed.count() == 2, "the reply and the answer"
    texts = []
    for link in [each.get_attribute("href") for each in addressed.get_by_role("link").all()]:
        manager.goto(str(link))
        texts.append(manager.text)
    assert any(DID_EN in each and NOT_DONE_EN in each for each in texts)
    assert any(REPLY in each for each in texts)
    manager.check()


def resident_reads_the_receipt(loop: Loop) -> None:
    """By the code, still without JavaScript: concern, reply, priority, work, answer, each with its day."""
    resident = loop.people["resident"]
    resident.goto("/follow/")
    resident.check()
    resident.submit({"code": loop.code})
    assert resident.path == "/follow/concern/"
    resident.sees(loop.reference, REPLY, DID_EN, PROBLEM_EN, "1 of 1 actions are done.")
    steps = resident.main.locator(".op-progress li").all_inner_texts()
    told = [next(at for at, step in enumerate(steps) if words in step) for words in STEPS]
    assert told == sorted(told), f"the steps are out of order: {steps}"
    resident.check()
    resident.submit({"satisfied": "yes", "comment": "The evenings are quiet."})
    resident.sees("Thank you.")
    resident.check()


STEPS = (
    "You told us",
    "We replied to you",
    "Looked at together with others",
    "Chosen as a priority",
    "Work on it",
    "You had our answer",
)


def manager_closes_the_plan(loop: Loop) -> None:
    """Now that nobody is owed an answer, the plan closes."""
    manager = loop.people["manager"]
    manager.goto(loop.addresses["plan"])
    manager.follow("Close the plan")
    manager.submit({"reason": "The evenings are quiet."})
    manager.sees("The plan is closed.")
    manager.check()
    anybody = loop.come()
    anybody.goto(loop.area)
    anybody.sees("The plan was closed on")
