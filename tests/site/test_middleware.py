"""What every request passes before a page sees it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from ourpatch.data.exchange.rules import HANDED_IN_BYTES
from ourpatch.foundation.accounts.models import User
from ourpatch.site.middleware import LARGEST_BODY, body_size

from ..foundation.factories import make_user

pytestmark = [pytest.mark.room, pytest.mark.django_db]


def send(client: Client, path: str, size: int) -> HttpResponse:
    """A form with a file, whose header says that so many bytes follow."""
    boundary = "multipart/form-data; boundary=x"
    return client.generic("POST", path, b"--x--\r\n", content_type=boundary, CONTENT_LENGTH=str(size))


def test_what_is_larger_than_any_picture_is_refused_before_it_is_taken_in(client: Client) -> None:
    assert send(client, "/follow/", 7).status_code == 200
    refused = send(client, "/follow/", LARGEST_BODY + 1)
    assert refused.status_code == 413
    assert "too large" in refused.content.decode()


def test_an_archive_is_taken_from_people_who_are_signed_in_only(rf: RequestFactory) -> None:
    def answer(path: str, size: int, user: User | AnonymousUser) -> int:
        request = rf.generic("POST", path, b"", CONTENT_LENGTH=str(size))
        request.user = user
        return body_size(lambda _request: HttpResponse())(request).status_code

    path, staff = reverse("exchange:hand_in"), make_user()
    assert answer(path, HANDED_IN_BYTES, AnonymousUser()) == 413
    assert answer(path, HANDED_IN_BYTES, staff) == 200
    assert answer(path, 2 * HANDED_IN_BYTES, staff) == 413
    assert answer("/follow/", LARGEST_BODY + 1, staff) == 413
