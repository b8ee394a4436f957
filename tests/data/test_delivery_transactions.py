"""No file is written, moved, removed or read while a delivery holds the database's one writer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.data.factories_deliveries import Senders, incident, incidents, learn_layout, make_senders, send

from ourpatch.data.exchange import actions
from ourpatch.data.exchange.actions import keeping
from ourpatch.data.exchange.intake import opening
from ourpatch.data.exchange.models import DeliveryState
from ourpatch.data.store import files

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]
FIRST = incidents(incident("1"), incident("2", "15/08/2026"), incident("bad", "soon"))
FILE_WORK = (
    (files, ("stage", "settle", "discard", "_write", "_move", "_make_safe")),
    (keeping, ("keep", "keep_report", "let_go")),
    (opening, ("read_sheet", "read_first")),
)


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """What work on files was done, and whether a transaction was open."""
    done: dict[str, bool] = {}

    def watched(name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        def work(*args: Any, **options: Any) -> Any:
            done[name] = done.get(name, False) or connection.in_atomic_block
            return plain(*args, **options)

        return work

    for module, names in FILE_WORK:
        for name in names:
            monkeypatch.setattr(module, name, watched(name, getattr(module, name)))
    return done


def test_a_delivery_works_on_files_outside_of_its_transactions(
    settings: Any, tmp_path: Path, worked: dict[str, bool]
) -> None:
    settings.OURPATCH_HOME = tmp_path / "home"
    senders: Senders = make_senders()
    learn_layout(senders.clerk, senders.police.pk, FIRST, tmp_path)
    worked.clear()
    rows = [incident(str(at)) for at in range(30)]
    first = send(senders.clerk, senders.police.pk, incidents(*rows, incident("bad", "soon")))
    again = send(senders.clerk, senders.police.pk, incidents(*rows, incident("31")))
    held = send(
        senders.clerk, senders.police.pk, incidents(*rows, "9,02/07/2026,21:30,,,John Smith 07700 900123,Other")
    )
    assert [each.state for each in (first, again, held)] == [*[DeliveryState.LOADED] * 2, DeliveryState.HELD]
    actions.withdraw(by=senders.clerk, delivery_id=held.pk, reason="It names somebody.", now=held.received_at)
    actions.withdraw(by=senders.clerk, delivery_id=again.pk, reason="It was sent twice.", now=again.received_at)
    assert {name for _module, names in FILE_WORK for name in names} - set(worked) <= {"read_sheet"}
    assert [name for name, inside in worked.items() if inside] == []
