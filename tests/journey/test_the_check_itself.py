"""The check that every page passes finds what it is there to find."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.journey]

GOOD = '<!DOCTYPE html><html lang="en"><head><title>A page</title></head><body><main><h1>A page</h1>{}</main></body></html>'


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p>Nothing is wrong.</p>", ""),
        ('<img src="data:,">', "image-alt"),
        ('<p style="color: #ccc; background: #fff">Hardly to be read.</p>', "color-contrast"),
        ("<input>", "label"),
        ('<p style="width: 600px">Wider than a phone.</p>', "320 px: the page is"),
    ],
)
def test_it_finds_what_is_wrong(browser: Any, html: str, fault: str) -> None:
    from .visitors import check_page

    page = browser.new_page()
    page.set_content(GOOD.format(html))
    found = check_page(page)
    page.close()
    assert bool(found) == bool(fault), found
    assert all(fault in each for each in found)
