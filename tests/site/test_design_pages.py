"""The frame around every page: it can be skipped, read in either language, printed, and runs no code it does not know."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import path
from django.utils.translation import override

from ourpatch.site.design import pages
from ourpatch.site.design.context import Chrome, current_marker, has_page, navigation

pytestmark = pytest.mark.room

ERROR_PAGES = ["400", "403", "404", "409", "429", "500"]


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path(address, nothing)
    for address in ("workspace/", "workspace/concerns/", "workspace/concerns/1/", "areas/", "accessibility/")
]
urlpatterns.append(path("accounts/logout/", nothing, name="account_logout"))


@pytest.fixture
def request_for(settings):
    settings.ROOT_URLCONF = __name__
    has_page.cache_clear()

    def make(address: str) -> HttpRequest:
        request = RequestFactory().get(address)
        request.user = AnonymousUser()
        request.csp_nonce = "n0nce"
        return request

    yield make
    has_page.cache_clear()


@pytest.mark.parametrize("template", ["public.html", "workspace.html"])
def test_the_frame_can_be_skipped_and_names_its_language(request_for, template: str) -> None:
    html = render_to_string(template, request=request_for("/workspace/"))
    assert '<html lang="en"' in html
    assert html.index('href="#main-content"') < html.index("<header") < html.index('id="main-content"')
    assert html.count("<main") == 1
    with override("cy"):
        assert '<html lang="cy"' in render_to_string(template, request=request_for("/workspace/"))


def test_every_script_has_the_nonce_and_none_is_inline(request_for) -> None:
    html = render_to_string("workspace.html", request=request_for("/workspace/"))
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", html, flags=re.DOTALL)
    assert scripts
    assert all('nonce="n0nce"' in attributes and not body for attributes, body in scripts)
    assert "<style" not in html
    assert " style=" not in html


def test_language_is_changed_by_a_form_that_comes_back_here(request_for) -> None:
    html = render_to_string("public.html", request=request_for("/areas/?q=mill"))
    assert '<form method="post" action="/language/"' in html
    assert "csrfmiddlewaretoken" in html
    assert 'name="next" value="/areas/?q=mill"' in html
    assert re.search(r'value="cy" lang="cy">Cymraeg<', html)


def test_the_name_of_the_partnership_follows_the_language(request_for) -> None:
    request = request_for("/")
    request.partnership_names = {"en": "Mill Partnership", "cy": "Partneriaeth Melin"}
    assert Chrome(request).partnership == "Mill Partnership"
    with override("cy"):
        assert Chrome(request).partnership == "Partneriaeth Melin"
    request.partnership_names = {"en": "Mill Partnership"}
    with override("cy"):
        assert Chrome(request).partnership == "Mill Partnership"


def test_a_demonstration_says_so_and_a_real_home_does_not(request_for, settings) -> None:
    settings.OURPATCH_DEMO = True
    assert "is invented" in render_to_string("public.html", request=request_for("/"))
    settings.OURPATCH_DEMO = False
    assert "is invented" not in render_to_string("public.html", request=request_for("/"))


def test_only_places_with_a_page_are_offered_and_the_present_one_is_marked(request_for) -> None:
    request = request_for("/workspace/concerns/1/")
    entries = Chrome(request).workspace_navigation
    assert [(entry.href, entry.current) for entry in entries] == [
        ("/workspace/", ""),
        ("/workspace/concerns/", "true"),
    ]


@pytest.mark.parametrize(
    ("href", "path_now", "marker"),
    [
        ("/workspace/", "/workspace/", "page"),
        ("/workspace/", "/workspace/data/", ""),
        ("/workspace/data/", "/workspace/data/", "page"),
        ("/workspace/data/", "/workspace/data/3/", "true"),
        ("/workspace/plans/", "/workspace/data/", ""),
    ],
)
def test_the_present_place(href: str, path_now: str, marker: str) -> None:
    assert current_marker(href, path_now, "/workspace/") == marker


def test_a_navigation_without_places_is_left_out(request_for) -> None:
    assert navigation((("/nowhere/", "Nowhere"),), "/", home="/") == ()


@pytest.mark.parametrize("name", ERROR_PAGES)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_error_pages_stand_alone(name: str, language: str) -> None:
    with override(language):
        html = render_to_string(f"{name}.html")
    assert f'lang="{language}"' in html
    assert html.count("<h1") == 1
    assert "<script" not in html


def test_an_error_page_says_what_the_action_said() -> None:
    assert "Ask the owner &lt;Ann&gt;" in render_to_string("403.html", {"message": "Ask the owner <Ann>"})


def test_the_components_page_shows_them_all(request_for) -> None:
    html = pages.components(request_for("/workspace/components/")).content.decode()
    for name in ("back-link", "clock", "warning-text"):
        assert f'id="component-{name}"' in html
    assert html.count("When not to use") == html.count('class="op-component"')


def test_guidance_is_split_at_its_headings() -> None:
    found = list(pages.passages("## One\nText.\n\n## Two\nMore.\n"))
    assert [(passage.heading, passage.text) for passage in found] == [("One", "Text."), ("Two", "More.")]
