"""The places pages of the workspace."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ourpatch.foundation.accounts.actors import ROLES, Role
from ourpatch.foundation.accounts.models import RoleGrant
from ourpatch.foundation.places import actions, queries
from ourpatch.foundation.places.models import AreaKind, BoundarySet, ServiceArea
from ourpatch.foundation.places.permissions import Permission
from ourpatch.ground.words import say

from .factories import make_partnership, make_user, sign_in
from .factories_places import LOADER, NOW, load_county

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def keeper(client: Client) -> Client:
    """Signed in, and may see the places of the first partnership."""
    place = queries.partnerships().first() or make_partnership()
    ROLES.add("keeper", Role("keeper", "Keeper", "For a test.", frozenset({str(Permission.VIEW)})))
    user = make_user()
    RoleGrant.objects.create(user=user, role="keeper", service_area=place, from_on=date(2020, 1, 1))
    sign_in(client, user)
    return client


@pytest.fixture
def county() -> None:
    load_county()


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def test_nobody_sees_it_without_signing_in(client: Client) -> None:
    assert client.get(reverse("places:places")).status_code == 302


def test_before_anything_is_loaded_it_says_how_to(keeper: Client) -> None:
    assert "ourpatch load-boundaries" in text_of(keeper.get(reverse("places:places")))


def test_it_shows_sets_places_and_what_is_missing(county: None, keeper: Client) -> None:
    text = text_of(keeper.get(reverse("places:places")))
    for shown in ("Boundary sets", "Dale", "Bridge", "Wards whose population is not known", "E05000001"):
        assert shown in text
    assert "Seaport" not in text.split("Partnerships and neighbourhoods")[1]


def test_a_set_shows_its_report(county: None, keeper: Client) -> None:
    wards = BoundarySet.objects.get(kind=AreaKind.WARD)
    address = reverse("places:boundary_set", args=[wards.pk])
    assert "everything matched" in text_of(keeper.get(address))
    notes = [say("%(code)s: <b>odd</b>", code="E05000099")]
    actions.note_on_set(by=LOADER, boundary_set_id=wards.pk, notes=notes, now=NOW)
    text = text_of(keeper.get(address))
    assert "E05000099: &lt;b&gt;odd&lt;/b&gt;" in text
    assert keeper.get(reverse("places:boundary_set", args=[ServiceArea.objects.first().pk])).status_code == 404
