"""The pages of deliveries and layouts, as a clerk and an information officer use them, without JavaScript."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from tests.data.factories_deliveries import Senders, incident, incidents, learn_layout, make_senders, send
from tests.data.factories_exchange import NOW
from tests.foundation.factories import LONG_AGO, make_person, make_user
from tests.foundation.factories import sign_in as sign_in_user

from ourpatch.data.exchange import actions
from ourpatch.data.exchange.models import Delivery, DeliveryState, LayoutVersion
from ourpatch.foundation.accounts.models import RoleGrant
from ourpatch.foundation.directory.models import Organisation

pytestmark = [pytest.mark.room, pytest.mark.django_db]
GOOD = incidents(incident("1", what="Rowdy"), incident("2", "15/08/2026", what="Rowdy"))


@pytest.fixture
def senders(settings: pytest.FixtureRequest, tmp_path: Path) -> Senders:
    settings.OURPATCH_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    return make_senders()


def sign_in(organisation: Organisation, role: str, senders: Senders) -> Client:
    user = make_user(make_person(organisation))
    RoleGrant.objects.create(user=user, role=role, service_area=senders.area.partnership, from_on=LONG_AGO)
    client = Client()
    sign_in_user(client, user)
    return client


def upload(client: Client, senders: Senders, content: bytes, **changes: str) -> Delivery | None:
    given = {
        "organisation": str(senders.police.pk),
        "dataset": "police_incidents",
        "period": "2026-07-01/3",
        "extent": "whole",
        **changes,
    }
    answer = client.post(reverse("exchange:send"), {**given, "file": SimpleUploadedFile("log.csv", content)})
    if answer.status_code != 302:
        return None
    return Delivery.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[-1])


def read(delivery: Delivery) -> Delivery:
    return actions.read_delivery(delivery_id=delivery.pk, now=NOW)


def match_form(client: Client, delivery: Delivery) -> dict[str, str]:
    """What the page's form holds before anybody changes it."""
    form = client.get(reverse("exchange:match", args=[delivery.pk])).context["form"]
    return {"headings": form.headings, **{each.name: each.value() or "" for each in form}}


def test_a_clerk_sends_matches_once_and_is_read_by_itself_the_next_time(senders: Senders) -> None:
    client = sign_in(senders.police, "data_clerk", senders)
    first = upload(client, senders, GOOD)
    assert first is not None
    first = read(first)
    assert first.state == DeliveryState.UNMAPPED
    page = client.get(reverse("exchange:delivery", args=[first.pk])).content.decode()
    assert "Match the columns" in page
    given = match_form(client, first)
    assert given["column_date"] == "Incident date"
    looked = client.post(reverse("exchange:preview", args=[first.pk]), given).content.decode()
    assert "0 of the first 2 rows" in looked
    given |= {"code_category_0": "asb_nuisance", "name": "Control room log", "save": "1"}
    looked = client.post(reverse("exchange:preview", args=[first.pk]), given).content.decode()
    assert "2 of the first 2 rows" in looked
    saved = client.post(reverse("exchange:match", args=[first.pk]), given)
    assert saved.status_code == 302, saved.context["form"].errors
    assert read(first).state == DeliveryState.LOADED
    layout = LayoutVersion.objects.get()
    assert (layout.name, layout.number) == ("Control room log", 1)
    again = upload(client, senders, incidents(incident("3", what="ROWDY")), period="2026-07-01/1")
    assert again is not None
    assert read(again).state == DeliveryState.LOADED
    assert "100 %" not in client.get(reverse("exchange:delivery", args=[again.pk])).content.decode()


def test_a_layout_without_what_is_needed_is_not_kept_and_says_which_field(senders: Senders) -> None:
    client = sign_in(senders.police, "data_clerk", senders)
    delivery = upload(client, senders, GOOD)
    assert delivery is not None
    delivery = read(delivery)
    given = match_form(client, delivery) | {"column_date": "", "column_time": "", "name": "Log", "save": "1"}
    answer = client.post(reverse("exchange:match", args=[delivery.pk]), given)
    assert answer.status_code == 200
    assert answer.context["form"].errors["column_date"]
    assert not LayoutVersion.objects.exists()


def test_a_layout_by_which_no_row_could_be_loaded_is_not_kept_yet(senders: Senders) -> None:
    client = sign_in(senders.police, "data_clerk", senders)
    delivery = upload(client, senders, GOOD)
    assert delivery is not None
    delivery = read(delivery)
    answer = client.post(
        reverse("exchange:match", args=[delivery.pk]), match_form(client, delivery) | {"name": "Log", "save": "1"}
    )
    assert "No row could be loaded" in answer.content.decode()
    assert not LayoutVersion.objects.exists()


def test_a_layout_travels_as_a_file(senders: Senders) -> None:
    client = sign_in(senders.police, "data_clerk", senders)
    delivery = upload(client, senders, GOOD)
    assert delivery is not None
    delivery = read(delivery)
    given = match_form(client, delivery) | {"code_category_0": "asb_nuisance", "name": "Log", "save": "1"}
    client.post(reverse("exchange:match", args=[delivery.pk]), given)
    layout = LayoutVersion.objects.get()
    carried = client.get(reverse("exchange:layout_file", args=[layout.pk])).content
    assert json.loads(carried)["dataset"] == "police_incidents"
    officer = sign_in(Organisation.objects.get(name="Square Council"), "information_officer", senders)
    imported = {
        "organisation": str(senders.police.pk),
        "name": "Carried",
        "file": SimpleUploadedFile("l.json", carried),
    }
    assert officer.post(reverse("exchange:import_layout"), imported).status_code == 302
    bad = {**imported, "file": SimpleUploadedFile("l.json", b"[" * 100_000)}
    assert officer.post(reverse("exchange:import_layout"), bad).status_code == 200
    assert officer.post(reverse("exchange:retire_layout", args=[layout.pk])).status_code == 302
    assert LayoutVersion.objects.filter(retired_at__isnull=True).count() == 1


def test_an_information_officer_reads_the_report_and_lets_through(senders: Senders) -> None:
    clerk = sign_in(senders.police, "data_clerk", senders)
    officer = sign_in(Organisation.objects.get(name="Square Council"), "information_officer", senders)
    named = incidents(
        incident("1") + ",Seen by Mrs Jane Wilkinson of 07700 900123", header=GOOD.decode().splitlines()[0] + ",Notes"
    )
    delivery = upload(clerk, senders, named)
    assert delivery is not None
    delivery = read(delivery)
    given = match_form(clerk, delivery) | {"name": "Log", "save": "1"}
    clerk.post(reverse("exchange:match", args=[delivery.pk]), given)
    assert read(delivery).state == DeliveryState.HELD
    shown = officer.get(reverse("exchange:delivery", args=[delivery.pk])).content.decode()
    assert "Wilkinson" not in shown
    assert "900123" not in shown
    assert clerk.get(reverse("exchange:let_through", args=[delivery.pk])).status_code == 403
    through = officer.post(reverse("exchange:let_through", args=[delivery.pk]), {"reason": "The notes are not loaded."})
    assert through.status_code == 302
    assert read(delivery).state == DeliveryState.LOADED
    assert "The notes are not loaded." in officer.get(reverse("exchange:delivery", args=[delivery.pk])).content.decode()
    assert (
        clerk.post(reverse("exchange:withdraw", args=[delivery.pk]), {"reason": "It was the wrong file."}).status_code
        == 302
    )


def test_a_file_that_was_let_through_is_not_said_to_be_held(senders: Senders, tmp_path: Path) -> None:
    learn_layout(senders.clerk, senders.police.pk, GOOD, tmp_path)
    held = send(senders.clerk, senders.police.pk, incidents(incident("1").replace("High Street", "Tel 07700 900123")))
    officer = sign_in(Organisation.objects.get(name="Square Council"), "information_officer", senders)
    page = reverse("exchange:delivery", args=[held.pk])
    assert "The file is held" in officer.get(page).content.decode()
    listed = officer.get(reverse("exchange:deliveries")).content.decode()
    assert "1 held file waits for you to decide" in listed
    officer.post(reverse("exchange:let_through", args=[held.pk]), {"reason": "The number is a call box."})
    read(held)
    shown = officer.get(page).content.decode()
    assert "The file is held" not in shown
    assert "Let through" in shown


def test_deliveries_are_listed_by_state_without_a_script(senders: Senders, tmp_path: Path) -> None:
    learn_layout(senders.clerk, senders.police.pk, GOOD, tmp_path)
    first = send(senders.clerk, senders.police.pk, incidents(incident("1")))
    second = send(senders.clerk, senders.police.pk, incidents(incident("2")))
    refused = send(senders.clerk, senders.police.pk, b"%PDF-1.7 nothing")
    client = sign_in(senders.police, "data_clerk", senders)

    def receipts(stands: str) -> set[str]:
        shown = client.get(reverse("exchange:deliveries"), {"stands": stands}).content.decode()
        return {each.receipt for each in (first, second, refused) if each.receipt in shown}

    assert receipts("") == receipts("nonsense") == {first.receipt, second.receipt, refused.receipt}
    assert receipts("replaced") == {first.receipt}
    assert receipts("loaded") == {second.receipt}
    assert receipts("refused") == {refused.receipt}
    assert receipts("held") == set()
    listed = client.get(reverse("exchange:deliveries"), {"stands": "held"}).content.decode()
    assert "Nothing that you may see stands so" in listed
    shown = client.get(reverse("exchange:delivery", args=[first.pk])).content.decode()
    assert "Replaced on 18 November 2026 by what A Clerk sent" in shown
    assert reverse("exchange:delivery", args=[second.pk]) in shown


def test_a_clerk_says_yes_to_emptying_months(senders: Senders, tmp_path: Path) -> None:
    learn_layout(senders.clerk, senders.police.pk, GOOD, tmp_path)
    send(senders.clerk, senders.police.pk, incidents(incident("1"), incident("2", "15/08/2026")))
    client = sign_in(senders.police, "data_clerk", senders)
    delivery = upload(client, senders, incidents(incident("3")))
    assert delivery is not None
    delivery = read(delivery)
    shown = client.get(reverse("exchange:delivery", args=[delivery.pk])).content.decode()
    decide = reverse("exchange:empty_months", args=[delivery.pk])
    assert decide in shown
    assert "August 2026" in client.get(decide).content.decode()
    assert "Nothing was found to be wrong" not in shown
    assert "Tick the box" in client.post(decide).content.decode()
    assert client.post(decide, {"confirmed": "on"}).status_code == 302
    assert read(delivery).state == DeliveryState.LOADED
    assert (
        "Yes to emptying or shrinking months"
        in client.get(reverse("exchange:delivery", args=[delivery.pk])).content.decode()
    )
    assert "August 2026" not in client.get(decide).content.decode(), "it is decided"
    viewer = sign_in(Organisation.objects.get(name="Square Council"), "analyst", senders)
    assert viewer.get(decide).status_code == 200
    stranger = sign_in(Organisation.objects.get(name="Square Council"), "board_member", senders)
    assert stranger.get(decide).status_code == 404


def test_a_layout_that_somebody_else_keeps_at_the_same_moment_is_told_plainly(
    senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(senders.police, "data_clerk", senders)
    delivery = upload(client, senders, GOOD)
    assert delivery is not None
    delivery = read(delivery)
    given = match_form(client, delivery) | {"code_category_0": "asb_nuisance", "name": "Log", "save": "1"}

    def meanwhile(**_arguments: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(LayoutVersion.objects, "create", meanwhile)
    answer = client.post(reverse("exchange:match", args=[delivery.pk]), given)
    assert answer.status_code == 200
    assert "at the same moment" in answer.content.decode()


def test_findings_and_reports_are_downloaded(senders: Senders) -> None:
    clerk = sign_in(senders.police, "data_clerk", senders)
    rows = [incident(str(n)) for n in range(20)]
    delivery = upload(clerk, senders, incidents(*rows, incident("99", "31/02/2026")))
    assert delivery is not None
    delivery = read(delivery)
    clerk.post(
        reverse("exchange:match", args=[delivery.pk]), match_form(clerk, delivery) | {"name": "Log", "save": "1"}
    )
    delivery = read(delivery)
    found = clerk.get(reverse("exchange:findings", args=[delivery.pk])).content.decode()
    assert "22" in found
    report = clerk.get(reverse("exchange:report", args=[delivery.pk]))
    assert report["Content-Type"].endswith("sheet")
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(b"".join(report.streaming_content)))  # type: ignore[attr-defined]
    assert len(book.worksheets) == 2
    officer = sign_in(Organisation.objects.get(name="Square Council"), "board_member", senders)
    assert officer.get(reverse("exchange:report", args=[delivery.pk])).status_code == 404


def test_loads_are_listed_by_the_senders_name(senders: Senders, tmp_path: Path) -> None:
    learn_layout(senders.clerk, senders.police.pk, incidents(incident("1")), tmp_path)
    sent = send(senders.clerk, senders.police.pk, incidents(incident("1")))
    officer = sign_in(Organisation.objects.get(name="Square Council"), "information_officer", senders)
    listed = officer.get(reverse("exchange:data")).content.decode()
    assert "Square Constabulary" in listed
    assert str(senders.police.pk) not in listed
    load = sent.parts.get(rows_kept=1).submission_id
    assert "Square Constabulary" in officer.get(reverse("exchange:submission", args=[load])).content.decode()


def test_who_has_no_part_in_it_is_told_so(senders: Senders) -> None:
    client = sign_in(senders.police, "board_member", senders)
    for name in ("send", "deliveries", "layouts", "import_layout"):
        assert client.get(reverse(f"exchange:{name}")).status_code == 200
    send(senders.clerk, senders.police.pk, GOOD)
    assert "Nothing was sent that you may see" in client.get(reverse("exchange:deliveries")).content.decode()
