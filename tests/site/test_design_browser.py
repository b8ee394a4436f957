"""The components page in a real browser, in both languages, wide and narrow: no automatic accessibility fault, no overflow."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import RequestFactory
from django.utils.translation import override

from ourpatch.site.design import pages

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.journey

CHROMIUM = os.environ.get("OURPATCH_BROWSER", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
POLICY = "default-src 'none'; script-src 'nonce-n0nce'; style-src 'self'; img-src 'self' data:"
HOME = "http://ourpatch.test"

FORM_PAGE = """{% extends "public.html" %}{% load ourpatch %}
{% block title %}Tell us{% endblock %}
{% block exit_page %}{% component "exit-this-page" %}{% endblock %}
{% block errors %}{% form_errors form %}{% endblock %}
{% block content %}<h1 class="govuk-heading-xl">Tell us</h1>
<form method="post" novalidate>{% form form %}{% component "button" text="Send" %}</form>{% endblock %}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine")
    if not finders.find("built/ourpatch.css"):
        pytest.skip("the assets are not built: run tools/build_assets.py")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def serve(page: sync_api.Page, html: str) -> list[str]:
    """Let the page live at HOME with our static files beside it; returns the list that complaints go into."""

    def answer(route: sync_api.Route) -> None:
        path = route.request.url.removeprefix(HOME)
        if path.startswith("/static/"):
            route.fulfill(path=str(finders.find(path.removeprefix("/static/"))))
        else:
            route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**/*", answer)
    page.goto(f"{HOME}/")
    page.wait_for_selector("body.js-enabled")
    return complaints


def violations(page: sync_api.Page) -> list[str]:
    """What axe finds, one line each."""
    page.evaluate(Path(str(finders.find("built/test/axe.min.js"))).read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {json.dumps([node['html'][:120] for node in one['nodes']])}" for one in found]


def request_here() -> object:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    request.csp_nonce = "n0nce"
    return request


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_component_in_a_browser(browser: sync_api.Browser, language: str, width: int) -> None:
    with override(language):
        html = pages.components(request_here()).content.decode()
    check(browser, html, width)


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("data", [None, {}], ids=["fresh", "with errors"])
def test_every_kind_of_field_in_a_browser(browser: sync_api.Browser, data: dict | None, width: int) -> None:
    from django import forms

    class Report(forms.Form):
        what = forms.CharField(
            label="What happened?", help_text="In your words.", max_length=300, widget=forms.Textarea
        )
        when = forms.DateField(label="When was it?", help_text="For example, 31 3 2026", widget=forms.SelectDateWidget)
        kind = forms.ChoiceField(label="What was it?", choices=[("a", "Noise")], widget=forms.RadioSelect)
        reach = forms.MultipleChoiceField(
            label="How may we reach you?", choices=[("a", "Phone")], widget=forms.CheckboxSelectMultiple
        )
        area = forms.ChoiceField(label="Area", choices=[("", "Choose"), ("b", "Mill Lane")])
        agree = forms.BooleanField(label="I agree")
        secret = forms.CharField(label="Password", widget=forms.PasswordInput)
        photo = forms.FileField(label="Photo", required=False)

    template = engines["django"].from_string(FORM_PAGE)
    check(browser, template.render({"form": Report(data)}, request_here()), width)


def check(browser: sync_api.Browser, html: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, bypass_csp=False)
    try:
        complaints = serve(page, html)
        assert complaints == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
    finally:
        page.close()
