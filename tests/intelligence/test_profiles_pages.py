"""The pages of profiles."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.data.factories_exchange import Squareshire, make_squareshire
from tests.data.factories_store import load
from tests.foundation.factories import LONG_AGO, make_partnership, make_user, sign_in

from ourpatch.foundation.accounts.models import RoleGrant
from ourpatch.ground import jobs
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.intelligence.profiles.models import ProfileNote, ProfileReview

pytestmark = [pytest.mark.room, pytest.mark.django_db]

NOTE = {"category": "priorities", "text": "Cars race here.", "source": "Forum, May 2026", "who": "open"}


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda *queued: None)


@pytest.fixture
def shire() -> Squareshire:
    return make_squareshire()


def signed_in_as(client: Client, role: str, place: Any) -> Client:
    user = make_user()
    RoleGrant.objects.create(user=user, role=role, service_area=place, from_on=LONG_AGO)
    sign_in(client, user)
    return client


@pytest.fixture
def officer(client: Client, shire: Squareshire) -> Client:
    return signed_in_as(client, "resident_facing_officer", shire.west)


def test_the_list_shows_every_profile_of_the_partnership(officer: Client) -> None:
    text = officer.get("/workspace/profiles/").content.decode()

    assert "West" in text
    assert "East" in text
    assert "Never reviewed" in text


def test_a_profile_shows_what_is_recorded_and_what_is_missing(officer: Client, shire: Squareshire) -> None:
    here = {"neighbourhood": str(shire.west.pk), "lsoa": "E01999900", "n": 40}
    load([here], by=shire.loader, partnership_ids=frozenset({shire.partnership.pk}))

    page = officer.get(f"/workspace/profiles/{shire.west.slug}/")
    text = page.content.decode()

    assert page.status_code == 200
    assert "40 incidents were recorded" in text
    assert "Nothing is known yet." in text
    assert "<svg" in text
    assert officer.get(f"/workspace/profiles/{shire.west.slug}/?version=public").status_code == 200


def test_a_note_is_added_read_with_an_entry_in_the_audit_and_taken_out(officer: Client, shire: Squareshire) -> None:
    address = f"/workspace/profiles/{shire.west.slug}/"
    page = officer.post(f"{address}note/", NOTE, follow=True)

    assert "Cars race here." in page.content.decode()
    assert AuditEntry.objects.filter(operation="profiles.profile", kind="consultation").exists()
    note = ProfileNote.objects.get()
    page = officer.post(f"{address}note/{note.pk}/retire/", {"version": note.version}, follow=True)
    assert "Cars race here." not in page.content.decode()
    assert officer.post(f"{address}note/{note.pk}/retire/", {"version": "x"}).status_code == 400


def test_a_note_without_a_source_is_refused_beside_its_field(officer: Client, shire: Squareshire) -> None:
    page = officer.post(f"/workspace/profiles/{shire.west.slug}/note/", {**NOTE, "source": ""})

    assert page.status_code == 200
    assert not ProfileNote.objects.exists()


def test_a_review_is_recorded(officer: Client, shire: Squareshire) -> None:
    page = officer.post(f"/workspace/profiles/{shire.west.slug}/review/", {"note": "All checked."}, follow=True)

    assert "the next review is due by" in page.content.decode()
    assert ProfileReview.objects.get().note == "All checked."


def test_an_officer_writes_only_in_their_own_neighbourhood(officer: Client, shire: Squareshire) -> None:
    assert officer.get(f"/workspace/profiles/{shire.east.slug}/").status_code == 200
    assert officer.get(f"/workspace/profiles/{shire.east.slug}/note/").status_code == 403
    assert officer.post(f"/workspace/profiles/{shire.east.slug}/review/", {"note": "x"}).status_code == 403


def test_another_partnerships_profile_is_not_there(client: Client, shire: Squareshire) -> None:
    stranger = signed_in_as(client, "analyst", make_partnership())

    assert stranger.get(f"/workspace/profiles/{shire.west.slug}/").status_code == 404
