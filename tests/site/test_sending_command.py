"""`ourpatch load file`: a file that would empty months says which, and loads when that is meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.data.factories_deliveries import incident, incidents, learn_layout, make_senders

from ourpatch.data.exchange.models import Delivery, DeliveryState
from ourpatch.site import cli

pytestmark = [pytest.mark.room, pytest.mark.django_db]

WHOLE = incidents(incident("1"), incident("2", "15/08/2026"))
JULY = incidents(incident("3"))


def test_months_are_emptied_only_with_the_flag(
    settings: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.OURPATCH_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    monkeypatch.setattr(cli, "_setup", lambda: None)
    made = make_senders()
    learn_layout(made.clerk, made.police.pk, WHOLE, tmp_path)

    def load(content: bytes, *more: str) -> tuple[int, str]:
        path = tmp_path / "log.csv"
        path.write_bytes(content)
        asked = ["--from", "Square Constabulary", "--dataset", "police_incidents", "--period", "2026-Q3", *more]
        status = cli.main(["load", "file", str(path), *asked])
        return status, capsys.readouterr().out

    assert load(WHOLE)[0] == 0
    status, said = load(JULY)
    assert status == 1
    assert "08/2026 (1 → 0)" in said
    status, said = load(JULY, "--json")
    assert json.loads(said)["empties"] == [{"month": "2026-08", "rows": 1}]
    assert load(JULY, "--empties-months")[0] == 0
    assert Delivery.objects.filter(state=DeliveryState.TO_CONFIRM).count() == 2
