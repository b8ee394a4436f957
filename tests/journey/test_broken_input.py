"""Broken input on each public form, in both languages: a summary that takes the focus and leads to each field, nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ourpatch.access.concerns import actions
from ourpatch.access.concerns.models import Concern, Exchange
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.concerns.rules import Outcome
from ourpatch.site.loading import command_line

from .world import Calendar, World, ask

if TYPE_CHECKING:
    from .visitors import Visitor

pytestmark = [pytest.mark.journey]

LANGUAGES = ("en", "cy")
YOU = {"name": "Jo", "telephone": "07700 900123", "safe_times": "Mornings", "discreet": False}


@pytest.mark.parametrize("language", LANGUAGES)
def test_raising_a_concern(come: Callable[..., Visitor], world: World, tmp_path: Path, language: str) -> None:
    resident = speaking(come(), language)
    resident.goto("/raise/place/")
    refused(resident, {"area": ""})
    resident.submit({"area": world.neighbourhood.slug})
    resident.send(resident.main.locator("form").first)
    typed = {"place_words": "Behind the shops", "when_text": "At night", "started_on": "2026-12-24"}
    refused(resident, {**typed, "what": "  "})
    refused(resident, {**typed, "what": "Fires.", "category": "asb_nuisance"})
    resident.submit({"started_on": "2026-11-01"})
    resident.submit({"effect": "No sleep."})
    refused(resident, {"channel": "email", "email": "", **YOU})
    refused(resident, {"channel": "email", "email": "jo at home", **YOU})
    resident.submit({"email": "jo@example.org"})
    picture = tmp_path / "picture.jpg"
    picture.write_text("This is no picture.")
    resident.form_with("photo").locator("[name='photo']").set_input_files(picture)
    refused(resident, {}, "photo")
    resident.sees("Behind the shops", "Fires.", "No sleep.", "jo@example.org", "07700 900123")
    resident.send(resident.form_with("photo"))
    assert resident.path == "/raise/sent/"
    assert Concern.objects.count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_asking_the_team(come: Callable[..., Visitor], world: World, language: str) -> None:
    resident = speaking(come(), language)
    resident.goto("/ask/?area=")
    resident.check(here=True)
    resident.goto(f"/ask/?n={world.neighbourhood.slug}")
    refused(resident, {"what": "", **YOU})
    refused(resident, {"what": "When is the surgery?", "channel": "telephone", **YOU, "telephone": ""})
    resident.submit({"telephone": "07700 900123"})
    assert resident.path == "/raise/sent/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_following_up(come: Callable[..., Visitor], world: World, calendar: Calendar, language: str) -> None:
    asked = ask(world, "When is the surgery?", calendar.now)
    by = command_line(Permission.ANSWER)
    actions.answer(
        by=by,
        concern_id=asked.concern.pk,
        version=None,
        outcome=Outcome.NOT_DONE,
        text="There is none this winter, because the library is closed.",
        now=calendar.now,
    )
    resident = speaking(come(), language)
    resident.goto("/follow/")
    refused(resident, {"code": ""})
    refused(resident, {"code": "2222222222"})
    resident.submit({"code": asked.code})
    refused(resident, {"text": "", "when_text": "Last night"})
    refused(resident, {"comment": "The hall is open."})
    assert not Exchange.objects.filter(text__contains="hall").exists()
    resident.submit({"satisfied": "no"}, among="comment")
    resident.sees("The hall is open.")


def speaking(resident: Visitor, language: str) -> Visitor:
    """The resident, reading the pages in this language."""
    resident.goto("/")
    resident.speak(language)
    return resident


def refused(resident: Visitor, values: Mapping[str, object], among: str = "") -> None:
    """Sent like this the form comes back: the summary has the focus, leads to each field at fault, and what was typed stands."""
    form = resident.form_with(among or next(iter(values)))
    resident.fill(form, values)
    resident.send(form)
    page = resident.page
    summary = page.locator(".govuk-error-summary")
    assert summary.count() == 1, f"{resident.path} shows no summary of what is wrong: {resident.text}"
    assert summary.evaluate("summary => summary === document.activeElement"), "the summary has not got the focus"
    links = summary.locator("a").all()
    assert links, "the summary leads nowhere"
    for link in links:
        target = str(link.get_attribute("href"))
        assert page.locator(target).count() == 1, f"{target} of the summary is not on the page"
        link.click()
        assert page.evaluate("document.activeElement.id") == target[1:], f"{target} does not take the focus"
    kept = {name: value for name, value in values.items() if isinstance(value, str) and name != "channel"}
    assert kept.items() <= {**kept, **held(resident, kept)}.items()
    if "channel" in values:
        assert page.locator(f"[name='channel'][value='{values['channel']}']").is_checked()
    assert page.title().startswith(("Error:", "Gwall:")), page.title()
    resident.check(here=True)


def held(resident: Visitor, names: Mapping[str, str]) -> dict[str, str]:
    """What the text fields of these names hold now."""
    return {
        name: resident.main.locator(f"[name='{name}']").first.input_value()
        for name in names
        if resident.main.locator(f"[name='{name}']:not([type='radio'])").count()
    }
