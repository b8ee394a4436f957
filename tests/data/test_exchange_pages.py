"""The Data pages: what is loaded, handing a file in, what was set aside, undoing a load."""

from __future__ import annotations

from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.data.factories_exchange import Squareshire, csv_bytes, make_squareshire, street_row, zip_of
from tests.data.factories_store import load
from tests.foundation.factories import LONG_AGO, make_partnership, make_user, sign_in

from ourpatch.data.exchange.models import HandedIn
from ourpatch.data.store import specs
from ourpatch.data.store.models import Submission
from ourpatch.foundation.accounts.actors import ROLES
from ourpatch.foundation.accounts.models import RoleGrant
from ourpatch.ground import jobs

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda *queued: found.append(queued))
    return found


@pytest.fixture
def shire() -> Squareshire:
    return make_squareshire()


def signed_in_as(client: Client, role: str, place: Any) -> Client:
    user = make_user()
    assert ROLES.get(role) is not None
    RoleGrant.objects.create(user=user, role=role, service_area=place, from_on=LONG_AGO)
    sign_in(client, user)
    return client


@pytest.fixture
def analyst(client: Client, shire: Squareshire) -> Client:
    return signed_in_as(client, "analyst", shire.partnership)


def loaded(shire: Squareshire, n: int = 3, **changes: Any) -> Submission:
    return load([{}] * n, by=shire.loader, partnership_ids=frozenset({shire.partnership.pk}), **changes)


def test_without_data_the_page_says_how_it_fills(analyst: Client) -> None:
    page = analyst.get("/workspace/data/")

    assert page.status_code == 200
    assert "No months are loaded." in page.content.decode()


def test_the_page_lists_months_and_loads(analyst: Client, shire: Squareshire) -> None:
    loaded(shire)

    text = analyst.get("/workspace/data/").content.decode()

    assert "1 month is loaded: January 2026." in text
    assert "lancashire" in text
    assert "In use" in text


def test_a_load_shows_its_rows_set_aside_with_their_numbers(analyst: Client, shire: Squareshire) -> None:
    submission = loaded(shire, rows_read=5, counts={"outside": 2}, set_aside=((41, "outside"), (77, "outside")))

    text = analyst.get(f"/workspace/data/{submission.pk}/").content.decode()

    assert "Outside the area" in text
    assert ">41<" in text.replace(" ", "").replace("\n", "")
    assert "Undo this load" in text


def test_undoing_takes_a_load_out_of_use(analyst: Client, shire: Squareshire) -> None:
    submission = loaded(shire)

    page = analyst.post(f"/workspace/data/{submission.pk}/undo/", follow=True)

    assert "The load is undone." in page.content.decode()
    submission.refresh_from_db()
    assert submission.state == "undone"
    again = analyst.post(f"/workspace/data/{submission.pk}/undo/", follow=True)
    assert "This load has been undone already." in again.content.decode()


def test_a_file_is_handed_in_and_queued(
    analyst: Client, queued: list[tuple[object, ...]], tmp_path: Any, shire: Squareshire
) -> None:
    archive = zip_of(tmp_path, {"2019-01-squareshire-street.csv": csv_bytes([street_row()])})

    page = analyst.post(
        "/workspace/data/hand-in/", {"file": SimpleUploadedFile("January.zip", archive.read_bytes())}, follow=True
    )

    assert "January.zip" in page.content.decode()
    assert "Waiting to be read" in page.content.decode()
    assert queued == [("exchange.load_handed_in", HandedIn.objects.get().pk)]


def test_a_file_of_another_kind_is_refused_beside_its_field(analyst: Client) -> None:
    page = analyst.post("/workspace/data/hand-in/", {"file": SimpleUploadedFile("list.xlsx", b"x")})

    assert "Choose a zip archive" in page.content.decode()
    assert not HandedIn.objects.exists()


def test_the_rules_are_stated(analyst: Client) -> None:
    text = analyst.get("/workspace/data/rules/").content.decode()

    assert "A Crime ID that came before in the same file" in text


def test_every_dataset_says_whose_duty_it_is_and_what_a_row_holds(analyst: Client) -> None:
    listed = analyst.get("/workspace/data/specifications/").content.decode()
    assert "Police incidents" in listed

    for spec in specs.every().values():
        assert f"/workspace/data/specifications/{spec.key}/" in listed
        shown = unescape(analyst.get(f"/workspace/data/specifications/{spec.key}/").content.decode())
        assert all(str(each.label) in shown for each in spec.fields)
        assert all(str(each.why) in shown for each in spec.singling)
        assert spec.duty is None or spec.duty.source in shown
    assert analyst.get("/workspace/data/specifications/nothing/").status_code == 404


def test_others_may_look_and_not_touch(client: Client, shire: Squareshire) -> None:
    submission = loaded(shire)
    manager = signed_in_as(client, "neighbourhood_manager", shire.partnership)

    assert "Undo this load" not in manager.get(f"/workspace/data/{submission.pk}/").content.decode()
    assert manager.post(f"/workspace/data/{submission.pk}/undo/").status_code == 403
    assert manager.get("/workspace/data/hand-in/").status_code == 403


def test_a_partnership_does_not_see_anothers_loads(client: Client, shire: Squareshire) -> None:
    submission = loaded(shire)
    stranger = signed_in_as(client, "analyst", make_partnership())

    assert stranger.get(f"/workspace/data/{submission.pk}/").status_code == 404
    assert stranger.post(f"/workspace/data/{submission.pk}/undo/").status_code == 404
    assert stranger.get(f"/workspace/data/{UUID(int=5)}/").status_code == 404


def test_nobody_looks_without_signing_in(client: Client) -> None:
    assert client.get("/workspace/data/").status_code == 302
