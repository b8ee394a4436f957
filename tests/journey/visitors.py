"""People at a browser: what they press and fill in, and the check that every page they meet must pass."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page

from .world import PASSWORD, Staff

DESKTOP, PHONE, HEIGHT = 1280, 320, 900
LANGUAGE_COOKIE = "django_language"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PATIENCE = 60_000
BEYOND = """width => [...document.querySelectorAll('body *')].filter(each => each.getBoundingClientRect().right > width)
    .slice(-1).map(each => each.outerHTML.slice(0, 200))"""


class Visitor:
    """Somebody with a browser of their own; without JavaScript, a second browser that has it makes the checks."""

    def __init__(self, browser: Browser, home: str, *, script: bool = True, width: int = DESKTOP) -> None:
        self.home = home
        self.width = width
        self._browser = browser
        self._script = script
        self.context = self._context(script)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.faults: list[str] = []
        self._listen(self.page)
        self._shadow: tuple[BrowserContext, Page] | None = None

    def goto(self, path: str) -> None:
        """Open an address of this site."""
        response = self.page.goto(f"{self.home}{path}")
        assert response is not None
        assert response.status < 400, f"{path} answered {response.status}: {self.text[:400]}"

    def follow(self, name: str) -> None:
        """Press the link of this name, whether it looks like a link or like a button."""
        links = (self.main.get_by_role(role, name=name, exact=True) for role in ("link", "button"))
        self._and_wait(next(links).or_(next(links)).first)

    def press(self, name: str) -> None:
        """Press the button of this name on the page itself."""
        self._and_wait(self.main.get_by_role("button", name=name, exact=True).first)

    def send(self, form: Locator) -> None:
        """Press the button of a form, whatever language it is in."""
        self._and_wait(form.locator("button:not([type=button]):not([form])").first)

    def form_with(self, name: str) -> Locator:
        """The form that has a field of this name."""
        return self.main.locator("form", has=self.page.locator(f"[name='{name}']")).first

    def fill(self, form: Locator, values: Mapping[str, Any]) -> None:
        """Fill fields by their name: text, a choice, a tick (True), several ticks (a list), a day (a date's parts)."""
        for name, value in values.items():
            if isinstance(value, (list, tuple)):
                for each in value:
                    form.locator(f"[name='{name}'][value='{each}']").check()
                continue
            field = form.locator(f"[name='{name}']")
            kind = field.first.evaluate("field => field.type || field.tagName") if self._script else _kind(field.first)
            if kind == "radio":
                form.locator(f"[name='{name}'][value='{value}']").check()
            elif kind == "checkbox":
                field.set_checked(bool(value))
            elif kind == "select-one":
                field.select_option(str(value))
            else:
                field.fill(str(value))

    def submit(self, values: Mapping[str, Any], among: str = "") -> None:
        """Fill in the form that has these fields (or the field `among`), and send it."""
        form = self.form_with(among or next(iter(values)))
        self.fill(form, values)
        self.send(form)

    @property
    def main(self) -> Locator:
        """The page without its frame."""
        return self.page.locator("#main-content")

    @property
    def text(self) -> str:
        """What the page says."""
        return self.page.locator("body").inner_text()

    @property
    def path(self) -> str:
        """The address without the site."""
        return self.page.url.removeprefix(self.home)

    def sees(self, *words: str) -> None:
        """Every one of these is on the page."""
        said = _one_line(self.text)
        for each in words:
            assert _one_line(each) in said, f"{each!r} is not on {self.path}:\n{self.text}"

    def sees_not(self, *words: str) -> None:
        """None of these is on the page."""
        said = _one_line(self.text)
        for each in words:
            assert _one_line(each) not in said, f"{each!r} is on {self.path}"

    def holds(self, values: Mapping[str, str]) -> None:
        """The fields of these names hold these values."""
        held = {name: self.form_with(name).locator(f"[name='{name}']").input_value() for name in values}
        assert held == dict(values)

    def speak(self, language: str) -> None:
        """Press the button that changes the language, where the page is not in it yet."""
        button = self.page.locator(f"header button[name='language'][value='{language}']")
        if button.count():
            self._and_wait(button)
        assert self.page.locator("html").get_attribute("lang") == language

    def sign_in(self, staff: Staff, onward: str = "/workspace/", *, checked: bool = False) -> None:
        """Password, then what the authenticator app shows; `checked` looks at these two pages as well."""
        self.goto(onward)
        if checked:
            self.check()
        self.submit({"login": staff.person.email, "password": PASSWORD})
        if checked:
            self.check()
        self.submit({"code": staff.code})
        assert self.path.startswith(onward), f"signing in led to {self.path}: {self.text}"

    def check(self, *, here: bool = False) -> None:
        """Axe and the width of the page, wide and narrow, in both languages.

        What is found is kept until the visitor leaves, so that one run tells everything. `here` checks the very page that a
        form answered with, which no address would show again: in one language.
        """
        if self._script:
            self._check(self.page, here=here)
            return
        assert not here, "a page that only a form leads to is checked by a visitor with JavaScript"
        page = self._shadow_page()
        page.goto(self.page.url)
        assert page.url == self.page.url, f"{self.page.url} led to {page.url}"
        self._check(page, here=False)

    def close(self) -> None:
        """Shut the browser; no page may have had a fault, and the browser nothing to complain about."""
        self.context.close()
        if self._shadow:
            self._shadow[0].close()
        assert not self.faults, "\n".join(self.faults)
        assert not self.complaints, "\n".join(self.complaints)

    def _check(self, page: Page, *, here: bool) -> None:
        self.faults += check_page(page, back_to=self.width)
        if here:
            return
        with in_the_other_language(page):
            page.reload()
            self.faults += check_page(page, back_to=self.width)
        if page is self.page:
            page.reload()

    def _and_wait(self, what: Locator) -> None:
        with self.page.expect_navigation(wait_until="load"):
            what.click()

    def _context(self, script: bool) -> BrowserContext:
        context = self._browser.new_context(
            java_script_enabled=script, viewport={"width": self.width, "height": HEIGHT}, locale="en-GB"
        )
        context.set_default_timeout(PATIENCE)
        return context

    def _shadow_page(self) -> Page:
        if self._shadow is None:
            context = self._context(script=True)
            page = context.new_page()
            self._listen(page)
            self._shadow = context, page
        context, page = self._shadow
        context.clear_cookies()
        context.add_cookies(self.context.cookies())  # type: ignore[arg-type]
        return page

    def _listen(self, page: Page) -> None:
        def said(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.complaints.append(f"{page.url}: {message.text}")

        page.on("console", said)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))


def check_page(page: Page, back_to: int = DESKTOP) -> list[str]:
    """What axe finds at 1280 and at 320 pixels wide, and what would have to be scrolled sideways; nothing, if all is well."""
    faults: list[str] = []
    for width in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        # On a phone the way out of the page stays in sight while one scrolls, over whatever is beneath it.
        page.evaluate("window.scrollTo(0, 0)")
        faults += [f"{width} px: {each}" for each in _violations(page)]
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            faults.append(f"{width} px: the page is {needed} wide, because of {_widest(page, width)}")
    page.set_viewport_size({"width": back_to, "height": HEIGHT})
    language = page.locator("html").get_attribute("lang")
    return [f"{page.url} in {language}, {each}" for each in faults]


@contextmanager
def in_the_other_language(page: Page) -> Iterator[None]:
    """English for Welsh and Welsh for English, until the block ends."""
    before = [each for each in page.context.cookies() if each["name"] == LANGUAGE_COOKIE]
    other = "en" if page.locator("html").get_attribute("lang") == "cy" else "cy"
    # A cookie of the page's own folder would stand beside the one of the whole site, and lose to it.
    page.context.clear_cookies(name=LANGUAGE_COOKIE)
    page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": other, "url": page.url}])
    try:
        yield
        assert page.locator("html").get_attribute("lang") == other
    finally:
        page.context.clear_cookies(name=LANGUAGE_COOKIE)
        page.context.add_cookies(before)  # type: ignore[arg-type]


def _violations(page: Page) -> list[str]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [f"{one['id']}: {json.dumps([node['html'][:200] for node in one['nodes']])}" for one in found]


@cache
def _axe() -> str:
    return Path(str(finders.find("built/test/axe.min.js"))).read_text(encoding="utf-8")


def _widest(page: Page, width: int) -> str:
    return str(page.evaluate(BEYOND, width))


def _kind(field: Locator) -> str:
    """The kind of a field, asked of its markup where no script may run."""
    for kind in ("radio", "checkbox"):
        if field.and_(field.page.locator(f"[type='{kind}']")).count():
            return kind
    return "select-one" if field.and_(field.page.locator("select")).count() else "text"


def _one_line(text: str) -> str:
    return " ".join(text.split()).casefold()
