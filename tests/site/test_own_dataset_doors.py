"""A partnership's own dataset by the doors of programs: the API and the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from tests.data.factories_deliveries import Senders, learn_layout, make_senders, organisation
from tests.data.factories_exchange import NOW
from tests.data.factories_own import needles
from tests.data.test_own_datasets import KEY, find, found
from tests.foundation.factories import make_partnership
from tests.site.test_api import problem, send, token_for, with_token

from ourpatch.data.exchange import actions as exchange
from ourpatch.data.exchange.models import Delivery, DeliveryState
from ourpatch.data.store import queries as store
from ourpatch.data.store.own.actions import add_own_dataset, retire_own_dataset
from ourpatch.data.store.permissions import Permission
from ourpatch.data.store.query import CountBy, Where
from ourpatch.ground import clock
from ourpatch.ground.permission.actor import Actor
from ourpatch.site import cli

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.OURPATCH_HOME = tmp_path / "home"
    monkeypatch.setattr(clock, "now", lambda: NOW)
    cache.clear()


@pytest.fixture
def senders(tmp_path: Path) -> Senders:
    made = make_senders()
    partnership = made.area.partnership.pk
    add_own_dataset(by=_keeper(made), partnership_id=partnership, spec=needles(), now=NOW)
    learn_layout(made.clerk, made.police.pk, found(find(1)), tmp_path, dataset=KEY)
    return made


def _keeper(senders: Senders) -> Actor:
    return Actor.job("A keeper", [Permission.SPECIFY], [senders.area.partnership.pk])


def test_a_program_sees_it_sends_it_and_is_told(senders: Senders) -> None:
    program = with_token(token_for(senders.police, senders.area.partnership))
    listed = {each["key"]: each for each in program.get("/api/v1/datasets").json()}
    assert listed[KEY]["name"] == "Needle finds"
    shown = program.get(f"/api/v1/datasets/{KEY}").json()
    assert [each["code"] for each in shown["categories"]] == ["needle", "foil"]
    assert shown["fields"][4]["codes"] == shown["categories"]
    answer = send(program, found(find(1), find(2)), dataset=KEY, months="1")
    assert answer.status_code == 202, answer.content
    delivery = exchange.read_delivery(delivery_id=Delivery.objects.get().pk, now=NOW)
    assert delivery.state == DeliveryState.LOADED
    assert program.get(f"/api/v1/deliveries/{delivery.receipt}").json()["rows_kept"] == 2


def test_a_program_of_another_partnership_knows_nothing_of_it(senders: Senders) -> None:
    elsewhere = make_partnership("Elsewhere")
    other = organisation("Other Police", "police", elsewhere)
    program = with_token(token_for(other, elsewhere))
    assert KEY not in {each["key"] for each in program.get("/api/v1/datasets").json()}
    problem(program.get(f"/api/v1/datasets/{KEY}"), 404)
    problem(send(program, found(find(1)), dataset=KEY, months="1"), 400)
    assert not Delivery.objects.exists()


def test_a_retired_one_is_sent_by_no_program(senders: Senders) -> None:
    retire_own_dataset(by=_keeper(senders), key=KEY, reason="Wardens stopped.", now=NOW)
    program = with_token(token_for(senders.police, senders.area.partnership))
    assert KEY not in {each["key"] for each in program.get("/api/v1/datasets").json()}
    assert "retired" in problem(send(program, found(find(1)), dataset=KEY, months="1"), 422)["detail"]


def test_the_command_line_loads_it_and_proposes_a_layout(
    senders: Senders, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "needles.csv"
    path.write_bytes(found(find(1), find(2), find(3)))
    given = ["load", "file", str(path), "--from", "Square Constabulary", "--dataset", KEY, "--period", "2026-07"]
    assert cli.main([*given, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows_kept"] == 3
    assert store.run(CountBy(Where(KEY))) == [(3,)]
    assert cli.main(["propose-layout", str(path), "--dataset", KEY]) == 0
    assert {each["field"] for each in json.loads(capsys.readouterr().out)["fields"]} >= {"date", "category", "needles"}


def test_the_watched_folder_has_a_place_for_it(senders: Senders, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["inbox"]) == 0
    assert any(line.endswith(f"square-constabulary/{KEY}") for line in capsys.readouterr().out.splitlines())
