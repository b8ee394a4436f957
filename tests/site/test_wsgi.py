"""Who a visitor is when a proxy stands in front: its own word is taken, nobody else's."""

from __future__ import annotations

import pytest

from ourpatch.site.wsgi import behind_proxies

pytestmark = pytest.mark.room

Environment = dict[str, str]


def seen_as(address: str, forwarded_for: str) -> str:
    """The address that the application sees of a request that says it was forwarded."""
    seen: Environment = {}

    def application(environ: Environment, start: object) -> list[bytes]:
        seen.update(environ)
        return []

    behind_proxies(application, ["10.0.0.1"])({"REMOTE_ADDR": address, "HTTP_X_FORWARDED_FOR": forwarded_for}, None)
    return seen["REMOTE_ADDR"]


def test_a_proxy_that_is_trusted_says_who_comes() -> None:
    assert seen_as("10.0.0.1", "198.51.100.7") == "198.51.100.7"


def test_what_a_visitor_says_of_themselves_is_not_believed() -> None:
    assert seen_as("198.51.100.9", "192.0.2.1") == "198.51.100.9"
    assert seen_as("10.0.0.1", "192.0.2.1, 198.51.100.9") == "198.51.100.9"


def test_without_a_trusted_proxy_the_application_is_left_as_it_is() -> None:
    def application(environ: Environment, start: object) -> list[bytes]:
        return []

    assert behind_proxies(application, []) is application
