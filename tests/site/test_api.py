"""The door for programs: what a token opens, what it does not, and what is said when something is wrong."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from tests.data.factories_deliveries import (
    Senders,
    incident,
    incidents,
    learn_layout,
    make_senders,
    organisation,
    person,
)
from tests.data.factories_exchange import NOW
from tests.foundation.factories import make_membership, make_partnership, make_staff
from tests.site.openapi_check import faults

from ourpatch.data.exchange import actions as exchange
from ourpatch.data.exchange import queries
from ourpatch.data.exchange.actions import keeping
from ourpatch.data.exchange.models import Channel, Delivery, DeliveryState
from ourpatch.data.exchange.permissions import Permission
from ourpatch.data.store import specs
from ourpatch.foundation.accounts import actions as accounts
from ourpatch.foundation.accounts.models import OrganisationToken
from ourpatch.foundation.accounts.permissions import Permission as Accounts
from ourpatch.foundation.directory.models import Membership, Organisation
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.site.api import doors, operations
from ourpatch.site.api.words import OPERATIONS

pytestmark = [pytest.mark.room, pytest.mark.django_db]


GOOD = incidents(*(incident(str(number)) for number in range(30)))
KEY = "2026-Q3-incidents"


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.OURPATCH_HOME = tmp_path / "home"
    monkeypatch.setattr(clock, "now", lambda: NOW)
    cache.clear()


@pytest.fixture
def senders() -> Senders:
    return make_senders()


@pytest.fixture
def secret(senders: Senders) -> str:
    return token_for(senders.police, senders.area.partnership)


@pytest.fixture
def program(secret: str) -> Client:
    return with_token(secret)


def token_for(sender: Organisation, *places: ServiceArea, name: str = "records system") -> str:
    """The secret of a token of an organisation."""
    by = person("An Administrator", sender, places[0], Accounts.MANAGE_TOKENS)
    _token, secret = accounts.make_token(
        by=by,
        organisation_id=sender.pk,
        partnership_ids=[each.pk for each in places],
        name=name,
        permissions=[Permission.SEND],
        last_day=(NOW + timedelta(days=90)).date(),
        now=NOW,
    )
    return secret


def with_token(secret: str) -> Client:
    """A program: no cookie, no form token, its secret in the header."""
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})


def send(program: Client, content: bytes = GOOD, *, key: str = KEY, name: str = "incidents.csv", **parts: Any) -> Any:
    """Send a file."""
    form = {"dataset": "police_incidents", "period": "2026-07-01", "months": "3", **parts}
    given = {part: value for part, value in form.items() if value is not None}
    file = SimpleUploadedFile(name, content)
    return program.post("/api/v1/deliveries", {**given, "file": file}, headers={"Idempotency-Key": key})


def problem(answer: HttpResponse, status: int) -> dict[str, Any]:
    """The problem that an answer is."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    told: dict[str, Any] = json.loads(answer.content)
    assert (answer.status_code, told["status"]) == (status, status), told
    assert told["detail"].endswith(".")
    return told


def test_a_file_that_would_empty_months_is_a_conflict_until_the_program_says_yes(
    program: Client, senders: Senders, tmp_path: Path
) -> None:
    whole = incidents(incident("1"), incident("2", "15/08/2026"))
    learn_layout(senders.clerk, senders.police.pk, whole, tmp_path)

    def sent_and_read(content: bytes, key: str, **parts: Any) -> dict[str, Any]:
        receipt = send(program, content, key=key, **parts).json()["receipt"]
        exchange.read_delivery(delivery_id=Delivery.objects.get(receipt=receipt).pk, now=NOW)
        shown: dict[str, Any] = program.get(f"/api/v1/deliveries/{receipt}").json()
        return shown

    assert sent_and_read(whole, "the-first-one")["problem"] is None
    asked = sent_and_read(incidents(incident("3")), "july-alone")
    told = asked["problem"]
    assert (asked["state"], told["status"], told["title"]) == ("to_confirm", 409, "Conflict")
    assert told["detail"] == asked["message"]
    assert told["errors"] == [{"field": "empties_months", "says": "2026-08: 1 rows would go."}]
    meant = sent_and_read(incidents(incident("3")), "july-alone-again", empties_months="true")
    assert (meant["state"], meant["problem"]) == ("loaded", None)
    first = program.get(f"/api/v1/deliveries/{Delivery.objects.order_by('pk')[0].receipt}").json()
    assert (first["state"], first["state_says"]) == ("loaded", "Replaced")
    corrected = sent_and_read(incidents(incident("3"), incident("4")), "corrected", extent="correction")
    assert (corrected["rows_replaced"], corrected["rows_new"]) == (1, 1)


def test_a_file_is_sent_read_and_asked_after(program: Client, senders: Senders, tmp_path: Path) -> None:
    learn_layout(senders.clerk, senders.police.pk, GOOD, tmp_path)
    bad = incidents(*(incident(str(number)) for number in range(30)), incident("31", "31/02/2026"))
    sent = send(program, bad)
    assert sent.status_code == 202
    receipt = sent.json()["receipt"]
    assert (sent.json()["state"], sent["Location"]) == ("waiting", f"/api/v1/deliveries/{receipt}")
    delivery = Delivery.objects.get(receipt=receipt)
    assert (delivery.organisation_id, delivery.channel, delivery.by_name, delivery.user_id) == (
        senders.police.pk,
        Channel.API,
        "records system",
        None,
    )
    exchange.read_delivery(delivery_id=delivery.pk, now=NOW)
    shown = program.get(sent["Location"]).json()
    assert (shown["state"], shown["rows_read"], shown["rows_kept"]) == ("loaded", 31, 30)
    assert (shown["findings_total"], shown["findings_next"]) == (1, None)
    (finding,) = shown["findings"]
    assert (finding["row"], finding["column"], finding["weight"]) == (32, "Incident date", "sets_aside")
    assert "no such day" in finding["says"]
    assert finding["do"]
    assert shown["counts"] == [{"kind": finding["kind"], "rows": 1, "weight": "sets_aside"}]
    report = program.get(shown["report"])
    assert b"".join(report.streaming_content).startswith(b"PK"), "a workbook is a zip archive"  # type: ignore[attr-defined]


def test_findings_are_told_in_the_language_asked_for(program: Client, senders: Senders, tmp_path: Path) -> None:
    receipt = send(program, b"%PDF-1.7 nothing").json()["receipt"]
    delivery = exchange.read_delivery(delivery_id=Delivery.objects.get(receipt=receipt).pk, now=NOW)
    delivery.findings.update(says_cy="Yn Gymraeg", do_cy="Gwnewch hyn")
    Delivery.objects.update(message_cy="Neges")
    welsh = program.get(f"/api/v1/deliveries/{receipt}", headers={"Accept-Language": "cy, en;q=0.5"})
    english = program.get(f"/api/v1/deliveries/{receipt}", headers={"Accept-Language": "fr, en;q=0.5"})
    assert (welsh.json()["message"], welsh.json()["findings"][0]["says"]) == ("Neges", "Yn Gymraeg")
    assert "PDF" in english.json()["message"]
    assert {"Authorization", "Accept-Language"} <= set(welsh["Vary"].split(", "))


def test_many_findings_come_a_page_at_a_time(program: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "PAGE", 2)
    delivery = Delivery.objects.get(receipt=send(program).json()["receipt"])
    for row in range(5):
        delivery.findings.create(
            row_number=row, kind="x", weight="warns", says_en="a", says_cy="b", do_en="c", do_cy="d"
        )
    rows, start = [], 0
    while start is not None:
        page = program.get(f"/api/v1/deliveries/{delivery.receipt}", {"start": start}).json()
        rows += [each["row"] for each in page["findings"]]
        start = page["findings_next"]
    assert rows == [0, 1, 2, 3, 4]
    told = problem(program.get(f"/api/v1/deliveries/{delivery.receipt}?start=-1"), 422)
    assert [each["field"] for each in told["errors"]] == ["start"]


def test_the_same_key_gives_the_same_receipt_and_another_file_a_conflict(program: Client) -> None:
    first = send(program)
    again = send(program, name="a copy.csv")
    assert (again.status_code, again.json()["receipt"]) == (202, first.json()["receipt"])
    assert "another file" in problem(send(program, GOOD + b"\n"), 409)["detail"]
    assert send(program, GOOD + b"\n", key=KEY + "-2").json()["receipt"] != first.json()["receipt"]
    assert Delivery.objects.count() == 2
    assert len(list(keeping.kept(keeping.FOLDER).iterdir())) == 2


def test_the_key_of_one_organisation_is_not_anothers(program: Client, senders: Senders) -> None:
    other = organisation("Other Constabulary", "police", senders.area.partnership)
    theirs = send(with_token(token_for(other, senders.area.partnership)), GOOD + b"\n")
    assert theirs.status_code == 202
    assert send(program).json()["receipt"] != theirs.json()["receipt"]


def test_another_organisations_delivery_is_not_there(program: Client, senders: Senders, tmp_path: Path) -> None:
    other = organisation("Other Constabulary", "police", senders.area.partnership)
    theirs = with_token(token_for(other, senders.area.partnership))
    receipt = send(program).json()["receipt"]
    learn_layout(senders.clerk, senders.police.pk, GOOD, tmp_path)
    for asked in (f"/api/v1/deliveries/{receipt}", f"/api/v1/deliveries/{receipt}/report.xlsx"):
        hidden = problem(theirs.get(asked), 404)["detail"]
        assert hidden == problem(theirs.get(asked.replace(receipt, "AAAA-AAAA")), 404)["detail"]
    assert theirs.get("/api/v1/layouts").json() == []
    (layout,) = program.get("/api/v1/layouts").json()
    assert (layout["dataset"], layout["name"], layout["number"]) == ("police_incidents", "Own", 1)
    assert "layout" in problem(send(theirs, layout=layout["id"]), 404)["detail"]
    exchange.retire_layout(by=senders.clerk, layout_id=layout["id"], now=NOW)
    assert program.get("/api/v1/layouts").json() == []


def wrong_secrets(secret: str) -> list[dict[str, str]]:
    """Headers that open nothing."""
    return [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {secret}"},
        {"Authorization": secret},
        {"Authorization": f"Bearer {secret}x"},
        {"Authorization": f"Bearer  {secret}"},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": "Bearer \x00\xff"},
    ]


def test_without_a_token_in_use_nothing_opens_and_nobody_learns_why(secret: str, senders: Senders) -> None:
    said = set()
    expired = token_for(senders.police, senders.area.partnership, name="expired")
    OrganisationToken.objects.filter(name="expired").update(made_at=NOW - timedelta(days=9), expires_at=NOW)
    revoked = token_for(senders.police, senders.area.partnership, name="revoked")
    OrganisationToken.objects.filter(name="revoked").update(revoked_at=NOW, revoked_by="somebody")
    headers = [*wrong_secrets(secret), *({"Authorization": f"Bearer {each}"} for each in (expired, revoked))]
    for given in headers:
        stranger = Client(headers=given)
        for answer in (stranger.get("/api/v1/datasets"), send(stranger), stranger.get("/api/v1/deliveries/AAAA-AAAA")):
            assert answer["WWW-Authenticate"].startswith("Bearer")
            said.add(problem(answer, 401)["detail"])
        cache.clear()
    assert len(said) == 1
    assert not Delivery.objects.exists()
    assert Client(headers={"Authorization": f"bearer {secret}"}).get("/api/v1/datasets").status_code == 200


def test_a_browsers_session_opens_nothing_here(senders: Senders) -> None:
    client = Client()
    make_staff(client, senders.area.partnership, [Permission.SEND])
    problem(client.get("/api/v1/datasets"), 401)
    problem(send(client), 401)


def test_a_token_whose_organisation_left_may_do_nothing(program: Client, senders: Senders) -> None:
    receipt = send(program).json()["receipt"]
    Membership.objects.filter(organisation=senders.police).update(until=(NOW - timedelta(days=1)).date())
    for answer in (send(program, key="another-key"), program.get(f"/api/v1/deliveries/{receipt}")):
        assert "administrator" in problem(answer, 403)["detail"]
    for asked in ("datasets", "datasets/police_incidents", "layouts"):
        problem(program.get(f"/api/v1/{asked}"), 403)


def test_a_token_for_another_partnership_alone_opens_its_own_work_only(senders: Senders) -> None:
    elsewhere = make_partnership()
    visitor = organisation("Elsewhere Constabulary", "police", elsewhere)
    theirs = with_token(token_for(visitor, elsewhere))
    ours = with_token(token_for(senders.police, senders.area.partnership))
    receipt = send(ours).json()["receipt"]
    problem(theirs.get(f"/api/v1/deliveries/{receipt}"), 404)
    # Both are members of both now; still each acts for itself alone.
    make_membership(visitor, senders.area.partnership)
    make_membership(senders.police, elsewhere)
    problem(theirs.get(f"/api/v1/deliveries/{receipt}"), 404)


def test_wrong_tokens_are_noted_until_they_are_too_many_and_a_right_one_still_opens(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "TRIES", 3)
    guesser = with_token(secret[:-1] + ("A" if secret[-1] != "A" else "B"))
    for _try in range(3):
        problem(guesser.get("/api/v1/datasets"), 401)
    for _try in range(3):
        answer = guesser.get("/api/v1/datasets")
        problem(answer, 429)
        assert answer["Retry-After"] == "600"
    noted = AuditEntry.objects.filter(operation="accounts.token_refused")
    assert [(row.actor_name, row.reason) for row in noted] == [("Unknown token", "unknown")] * 3
    assert with_token(secret).get("/api/v1/datasets").status_code == 200


def test_the_secret_is_in_no_log_audit_or_answer(
    program: Client, secret: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [
        send(program),
        program.get("/api/v1/datasets"),
        program.get("/api/v1/nothing"),
        program.put("/api/v1/layouts"),
    ]
    answers += [with_token(secret + "x").get("/api/v1/datasets")]
    monkeypatch.setattr(queries, "list_layouts", _fails)
    answers += [program.get("/api/v1/layouts")]
    assert [each.status_code for each in answers] == [202, 200, 404, 405, 401, 500]
    hidden = secret[20:]
    assert all(hidden not in each.content.decode() for each in answers)
    assert hidden not in caplog.text
    assert hidden not in repr([entry.__dict__ for entry in AuditEntry.objects.all()])
    assert "RuntimeError: told to nobody" in caplog.text


def _fails(*_given: object, **_named: object) -> object:
    raise RuntimeError("told to nobody")


def test_a_fault_of_ours_tells_nothing_of_itself(program: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "list_layouts", _fails)
    answer = program.get("/api/v1/layouts")
    problem(answer, 500)
    assert b"told to nobody" not in answer.content


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"dataset": None}, "dataset"),
        ({"dataset": "x" * 41}, "dataset"),
        ({"period": "July"}, "period"),
        ({"period": "2026-07-02"}, "period"),
        ({"period": "2027-07-01"}, "period"),
        ({"months": None}, "period"),
        ({"months": "many"}, "months"),
        ({"months": "9" * 400}, "months"),
        ({"extent": "some"}, "extent"),
        ({"layout": "mine"}, "layout"),
        ({"dataset": "fire_incidents"}, "dataset"),
        ({"content": b""}, "file"),
        ({"key": ""}, "idempotency-key"),
        ({"key": "short"}, "idempotency-key"),
        ({"key": "has a space in it"}, "idempotency-key"),
        ({"key": "x" * 101}, "idempotency-key"),
        ({"key": "ünïcødé-key"}, "idempotency-key"),
    ],
)
def test_what_is_wrong_with_what_was_sent_is_named(program: Client, parts: dict[str, Any], field: str) -> None:
    told = problem(send(program, **parts), 422)
    assert [each["field"] for each in told["errors"]] == [field]
    assert told["errors"][0]["says"].endswith(".")
    assert not Delivery.objects.exists()


def test_a_request_without_its_parts_names_them_all(program: Client) -> None:
    told = problem(program.post("/api/v1/deliveries", {"dataset": "police_incidents"}), 422)
    assert {each["field"] for each in told["errors"]} == {"file", "idempotency-key"}
    told = problem(program.post("/api/v1/deliveries", {"file": "not a file", "dataset": "x"}), 422)
    assert {each["field"] for each in told["errors"]} == {"file", "idempotency-key"}
    unknown = problem(send(program, dataset="nothing\x00here"), 400)
    assert "no dataset called" in unknown["detail"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=" + "x" * 400, b"--x"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"; filename="a'),
        ("multipart/form-data; boundary=x", b"--x\r\n" * 10_000),
        ("application/json", b"[" * 100_000),
        ("text/csv", GOOD),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _each in range(5_000))),
        ("", b""),
    ],
)
def test_a_body_that_is_none_is_a_problem_and_not_a_fault(program: Client, content_type: str, body: bytes) -> None:
    answer = program.generic(
        "POST", "/api/v1/deliveries", body, content_type=content_type, headers={"Idempotency-Key": KEY}
    )
    assert answer.status_code in (400, 422), answer.content
    problem(answer, answer.status_code)
    assert not Delivery.objects.exists()


def test_a_body_in_pieces_of_unknown_length_is_told_to_say_its_length(program: Client) -> None:
    pieces = {"Idempotency-Key": KEY, "Transfer-Encoding": "chunked"}
    answer = program.generic(
        "POST", "/api/v1/deliveries", b"", content_type="multipart/form-data; boundary=x", headers=pieces
    )
    assert "Content-Length" in problem(answer, 411)["detail"]


def test_a_name_that_would_leave_its_folder_does_not(program: Client) -> None:
    for number, name in enumerate(("../../../etc/passwd", "C:\\temp\\x.csv", "a\u202eb\x07.csv", "x" * 300 + ".csv")):
        answer = send(program, GOOD, key=f"{KEY}-{number}", name=name)
        assert answer.status_code == 202
        assert not {"/", "\\", "\x07"} & set(answer.json()["filename"])
    assert {each.parent.name for each in keeping.kept("").rglob("*") if each.is_file()} == {keeping.FOLDER}


def test_the_body_of_a_stranger_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_request: HttpRequest) -> None:
        raise AssertionError("read")

    monkeypatch.setattr(HttpRequest, "_load_post_and_files", read)
    problem(send(Client()), 401)
    with pytest.raises(AssertionError, match="read"):
        HttpRequest()._load_post_and_files()


def test_the_report_is_for_the_sender_while_it_is_kept(program: Client) -> None:
    delivery = Delivery.objects.get(receipt=send(program).json()["receipt"])
    asked = f"/api/v1/deliveries/{delivery.receipt}"
    assert program.get(asked).json()["report"] is None
    problem(program.get(f"{asked}/report.xlsx"), 404)
    delivery.report_path = keeping.keep_report(delivery.pk, b"a workbook")
    delivery.save()
    assert program.get(asked).json()["report"] == f"{asked}/report.xlsx"
    answer = program.get(f"{asked}/report.xlsx")
    assert b"".join(answer.streaming_content) == b"a workbook"  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == f'attachment; filename="report-{delivery.receipt}.xlsx"'
    keeping.let_go(delivery.report_path)
    problem(program.get(f"{asked}/report.xlsx"), 404)


def test_a_receipt_is_known_however_it_is_written(program: Client) -> None:
    receipt = send(program).json()["receipt"]
    for written in (receipt.lower(), receipt.replace("-", ""), receipt.replace("-", " ")):
        assert program.get(f"/api/v1/deliveries/{written}").json()["receipt"] == receipt
    for wrong in ("%00", "%F0%9F%98%80", "x" * 500, str(uuid4())):
        problem(program.get(f"/api/v1/deliveries/{wrong}"), 404)


def test_datasets_are_described_with_the_codes_of_today(program: Client) -> None:
    listed = program.get("/api/v1/datasets").json()
    assert {each["key"] for each in listed} == {spec.key for spec in specs.every().values() if spec.mapped}
    for each in listed:
        shown = program.get(f"/api/v1/datasets/{each['key']}").json()
        assert each.items() <= shown.items()
        assert shown["categories"]
        assert [field["key"] for field in shown["fields"]] == [field.key for field in specs.dataset(each["key"]).fields]
        assert shown["on"] == "2026-11-18"
    problem(program.get("/api/v1/datasets/nothing"), 404)
    english = program.get("/api/v1/datasets", headers={"Accept-Language": "en"}).json()
    welsh = program.get("/api/v1/datasets", headers={"Accept-Language": "cy"}).json()
    assert [each["name"] for each in english] != [each["name"] for each in welsh]


def test_the_day_of_use_is_kept(program: Client) -> None:
    program.get("/api/v1/datasets")
    assert OrganisationToken.objects.get().last_used_on == NOW.date()


@pytest.mark.parametrize("asked", ["nothing", "deliveries/", "datasets/a/b", "openapi", "deliveries/A/report.xlsx/x"])
def test_an_address_that_is_no_operation_is_a_problem_too(program: Client, asked: str) -> None:
    assert "/api/v1/" in problem(program.get(f"/api/v1/{asked}"), 404)["detail"]


def test_a_wrong_method_is_told_which_is_right(program: Client) -> None:
    for method, asked, allowed in (("get", "deliveries", "POST"), ("delete", "datasets", "GET")):
        answer: HttpResponse = getattr(program, method)(f"/api/v1/{asked}")
        assert allowed in problem(answer, 405)["detail"]
        assert answer["Allow"] == allowed


def test_no_answer_is_kept_on_the_way(program: Client) -> None:
    for answer in (program.get("/api/v1/datasets"), program.get("/api/v1/layouts"), Client().get("/api/v1/layouts")):
        assert answer["Cache-Control"] == "no-store"


def test_the_description_is_openapi(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer["Content-Type"] == "application/json"
    document = answer.json()
    assert faults(document) == []
    operations = [each for item in document["paths"].values() for each in item.values()]
    assert {each["operationId"] for each in operations} == OPERATIONS.keys()
    assert all(each["security"] for each in operations)
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    form = document["paths"]["/api/v1/deliveries"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["required"] == ["dataset", "file"]
    for each in operations:
        for status, told in each["responses"].items():
            assert int(status) < 400 or set(told["content"]) == {"application/problem+json"}


BROKEN: list[Callable[[dict[str, Any]], Any]] = [
    lambda document: document.update(openapi="3.0.3"),
    lambda document: document["info"].pop("title"),
    lambda document: document.update(surprise={}),
    lambda document: document["components"]["schemas"].pop("Problem"),
    lambda document: document["components"].pop("securitySchemes"),
    lambda document: document["paths"].update({"no-slash": {}}),
    lambda document: document["paths"].update({"/api/v1/deliveries/{other}": {}}),
    lambda document: document["paths"]["/api/v1/deliveries/{receipt}"]["get"]["parameters"].pop(0),
    lambda document: document["paths"]["/api/v1/layouts"]["get"].update(operationId="list_datasets"),
    lambda document: document["paths"]["/api/v1/layouts"]["get"].update(responses={}),
    lambda document: document["paths"]["/api/v1/layouts"]["get"]["responses"]["200"].pop("description"),
    lambda document: document["components"]["schemas"]["Code"]["properties"]["name"].update(type="text"),
    lambda document: document["components"]["schemas"]["Code"]["properties"]["name"].update(nullable=True),
    lambda document: document["components"]["schemas"]["Code"]["required"].append("colour"),
]


@pytest.mark.parametrize("broken", range(len(BROKEN)))
def test_the_check_of_the_description_finds_what_is_broken(client: Client, broken: int) -> None:
    document = copy.deepcopy(client.get("/api/v1/openapi.json").json())
    BROKEN[broken](document)
    assert faults(document) != []


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_page_about_it_needs_nothing_from_elsewhere(client: Client, language: str) -> None:
    client.cookies["django_language"] = language
    answer = client.get("/api/v1/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in page
    assert "POST /api/v1/deliveries" in page
    assert "/api/v1/openapi.json" in page
    assert "https://" not in page.replace("https://www.nationalarchives.gov.uk", "")
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_delivery_held_by_the_gate_is_said_to_be_held(program: Client, senders: Senders, tmp_path: Path) -> None:
    learn_layout(senders.clerk, senders.police.pk, GOOD, tmp_path)
    rows = [incident(str(number)) for number in range(30)]
    named = incidents(*rows, incident("31").replace("High Street", "ring Ann on 07700 900123"))
    receipt = send(program, named).json()["receipt"]
    exchange.read_delivery(delivery_id=Delivery.objects.get(receipt=receipt).pk, now=NOW)
    answer = program.get(f"/api/v1/deliveries/{receipt}")
    assert answer.json()["state"] == DeliveryState.HELD
    assert "900123" not in answer.content.decode()
