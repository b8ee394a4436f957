"""The page on which columns are matched says what is wrong with how a file is laid out, and reads only its beginning."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from tests.data.factories_deliveries import HEADER, Senders, incident, make_senders
from tests.data.test_delivery_pages import match_form, read, sign_in, upload

from ourpatch.data.exchange import reading
from ourpatch.data.exchange.models import DeliveryState, LayoutVersion

pytestmark = [pytest.mark.room, pytest.mark.django_db]
TITLED = f"Incidents,July\n{HEADER}\n{incident('1')}\n{incident('2', '15/08/2026')}\n".encode()


@pytest.fixture
def senders(settings: pytest.FixtureRequest, tmp_path: Path) -> Senders:
    settings.OURPATCH_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    return make_senders()


def test_a_row_that_holds_no_headings_is_said_and_nothing_is_kept(senders: Senders) -> None:
    client = sign_in(senders.police, "data_clerk", senders)
    delivery = upload(client, senders, TITLED)
    assert delivery is not None
    delivery = read(delivery)
    assert delivery.state == DeliveryState.UNMAPPED, delivery.message
    given = match_form(client, delivery) | {"header_row": "900", "name": "Own"}
    for url in ("exchange:match", "exchange:preview"):
        page = client.post(reverse(url, args=[delivery.pk]), given | {"save": "1"}).content.decode()
        assert "has no headings in row 900. Choose the row that holds the headings." in page
        assert "Nothing was loaded" not in page
        assert "2 of the first 2 rows" in page
    assert not LayoutVersion.objects.exists()


def test_a_long_file_is_looked_at_from_its_beginning_alone(senders: Senders, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong far behind does not keep anybody from matching the columns, and is found when all of it is read."""
    monkeypatch.setattr(reading, "_BEGINNING", 16 * 1024)
    client = sign_in(senders.police, "data_clerk", senders)
    rows = [incident(str(at), what="Rowdy") for at in range(600)]
    delivery = upload(client, senders, "\n".join([HEADER, *rows]).encode() + b"\n")
    assert delivery is not None
    delivery = read(delivery)
    assert delivery.rows_read == 600
    page = client.get(reverse("exchange:match", args=[delivery.pk])).content.decode()
    assert "The file is long, about 6" in page
    given = match_form(client, delivery) | {"code_category_0": "asb_nuisance", "name": "Own", "save": "1"}
    assert client.post(reverse("exchange:match", args=[delivery.pk]), given).status_code == 302
    loaded = read(delivery)
    assert (loaded.state, loaded.rows_kept) == (DeliveryState.LOADED, 600), loaded.message
    again = upload(client, senders, "\n".join([HEADER, *rows[:500]]).encode() + b"\n", period="2026-07-01/1")
    assert again is not None
    assert read(again).rows_kept == 500
