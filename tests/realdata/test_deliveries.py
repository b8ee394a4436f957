"""Lancashire's records in both layouts, sent as a partner would send them; totals agree with counts over the raw files."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.data.factories_exchange import NOW

from ourpatch.data.exchange import actions, mapping
from ourpatch.data.exchange.mapping import Mapped
from ourpatch.data.exchange.models import Channel, Delivery, DeliveryState
from ourpatch.data.exchange.permissions import Permission
from ourpatch.data.exchange.reading import read_sheet
from ourpatch.data.store import queries, specs
from ourpatch.data.store.query import CountBy, Dimension, Where
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.foundation import law
from ourpatch.foundation.directory.models import Duty, Membership, Organisation
from ourpatch.foundation.places.loading import load_boundaries
from ourpatch.foundation.places.permissions import Permission as PlacesPermission
from ourpatch.foundation.places.queries import partnerships
from ourpatch.ground.permission.actor import Actor
from ourpatch.site.loading import command_line

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]

ARCHIVE = "police-uk-2018-11-to-2019-02.zip"
OTHER_LAYOUT = "lancashire_asb.tab"


@pytest.fixture
def police(shared_data: Path, tmp_path: Path, settings: Any) -> Organisation:
    """The force, a member of every partnership of the county."""
    settings.OURPATCH_HOME = tmp_path
    by = Actor.job("test places", [PlacesPermission.LOAD], [uuid4()])
    load_boundaries(by=by, folder=shared_data / "lancashire", county="Lancashire", now=NOW)
    made = Organisation.objects.create(name="Lancashire Constabulary", kind="police", sector="statutory")
    for each in partnerships():
        Membership.objects.create(organisation=made, partnership=each, duty=Duty.RESPONSIBLE, from_on=date(2007, 7, 1))
    return made


def send(police: Organisation, path: Path, *extra: Mapped) -> Delivery:
    """Match the columns as they are proposed (with what a person adds) and send the file."""
    by = command_line(Permission.MAP, Permission.VIEW)
    sheet = read_sheet(path, path.name)
    layout = mapping.propose(sheet, specs.dataset(POLICE_UK), law.book(date(2022, 1, 1)).codes)
    data = mapping.as_data(layout)
    filled = {each.field for each in extra}
    fields = [each for each in data["fields"] if each["field"] not in filled]  # type: ignore[attr-defined]
    data["fields"] = fields + [{"field": each.field, "value": each.value} for each in extra]
    saved = actions.save_layout(
        by=by,
        organisation_id=police.pk,
        name=path.name,
        layout=mapping.from_data(json.loads(json.dumps(data))),
        now=NOW,
    )
    sent = actions.receive(
        by=by,
        organisation_id=police.pk,
        dataset=POLICE_UK,
        filename=path.name,
        content=io.BytesIO(path.read_bytes()),
        size=path.stat().st_size,
        channel=Channel.COMMAND,
        now=NOW,
        layout_id=saved.pk,
        at_once=True,
    )
    return actions.read_delivery(delivery_id=sent.pk, now=NOW)


def by_month() -> dict[Any, Any]:
    return dict(queries.run(CountBy(Where(POLICE_UK), (Dimension.MONTH,))))


def test_the_incidents_of_2022_load_in_their_own_layout(police: Organisation, shared_data: Path) -> None:
    path = shared_data / "lancashire" / OTHER_LAYOUT
    with path.open(newline="", encoding="utf-8") as raw:
        rows = list(csv.DictReader(raw, delimiter="\t"))
    delivery = send(police, path, Mapped("category", value="anti-social-behaviour"))
    assert delivery.state == DeliveryState.LOADED, delivery.message
    assert delivery.rows_read == len(rows) == 56_434
    outside = delivery.counts.get("outside", [0])[0]
    assert delivery.rows_kept == 56_434 - outside
    assert outside < 600
    assert sum(by_month().values()) == delivery.rows_kept
    if not outside:
        assert by_month() == Counter(date.fromisoformat(f"{row['month'][:7]}-01") for row in rows)


def test_a_street_file_loads_as_a_delivery_with_the_same_rows(
    police: Organisation, shared_data: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(shared_data / "lancashire" / ARCHIVE) as archive:
        name = next(each for each in archive.namelist() if each.endswith("2019-01-lancashire-street.csv"))
        content = archive.read(name)
    path = tmp_path / "street.csv"
    path.write_bytes(content)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
    delivery = send(police, path)
    assert delivery.state == DeliveryState.LOADED, delivery.message
    assert delivery.rows_read == len(rows) == 15_402
    outside = delivery.counts.get("outside", [0])[0]
    assert delivery.rows_kept + outside == 15_402
    without_place = sum(not row["Longitude"] for row in rows)
    stored = queries.run(CountBy(Where(POLICE_UK), (Dimension.PLACE_PRECISION,)))
    assert dict(stored)["none"] == without_place  # type: ignore[comparison-overlap]
