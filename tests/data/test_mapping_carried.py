"""A sender's layout when the file looks otherwise, and what a layout itself may not say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.data.factories_deliveries import (
    HEADER,
    SUMMER,
    Senders,
    incident,
    incidents,
    learn_layout,
    make_senders,
    send,
)
from tests.data.factories_exchange import NOW
from tests.data.factories_mapping import layout_of, sheet_of
from tests.data.test_delivery_pages import match_form, read, sign_in, upload

from ourpatch.data.exchange import actions, mapping
from ourpatch.data.exchange.mapping import Layout, Mapped
from ourpatch.data.exchange.models import DeliveryState, LayoutVersion
from ourpatch.data.exchange.reading.sheet import Sheet, SheetOptions
from ourpatch.data.store import specs
from ourpatch.foundation import law
from ourpatch.ground.errors import BadInput, RuleBroken
from ourpatch.site import cli

pytestmark = [pytest.mark.room, pytest.mark.django_db]

GOOD = incidents(incident("1"), incident("2", "15/08/2026"))
OTHER = "Log ref,Created date,Start time,GridX,GridY,Street name,Final type"
SPEC, LISTS = specs.dataset("police_incidents"), law.book(SUMMER).codes
ROW = ("1", "02/07/2026", "21:30", "400000", "300000", "High Street", "ASB nuisance")


@pytest.fixture
def senders(settings: Any, tmp_path: Path) -> Senders:
    settings.OURPATCH_HOME = tmp_path / "home"
    return make_senders()


def sheet(headings: str) -> Sheet:
    return sheet_of({heading: [value] for heading, value in zip(headings.split(","), ROW, strict=True)})


def columns(layout: Layout) -> dict[str, str]:
    return {each.field: each.column for each in layout.fields}


def test_nothing_of_a_layout_is_there_when_every_heading_has_changed() -> None:
    old = mapping.propose(sheet(HEADER), SPEC, LISTS)
    assert mapping.still_there(old, sheet(HEADER)) == 7
    assert mapping.still_there(old, sheet(OTHER)) == 0
    assert columns(mapping.carried(old, sheet(OTHER), SPEC, LISTS)) == columns(
        mapping.propose(sheet(OTHER), SPEC, LISTS)
    )


def test_a_heading_that_is_written_otherwise_keeps_its_words_and_a_new_one_is_proposed() -> None:
    old = mapping.propose(sheet(HEADER), SPEC, LISTS)
    old = replace(
        old,
        fields=tuple(replace(each, codes={"odd": "asb_nuisance"}) if each.codes else each for each in old.fields),
    )
    now = sheet(HEADER.replace("NSIR category", "nsir_category").replace("Incident time", "Start time"))
    found = mapping.carried(old, now, SPEC, LISTS)
    assert columns(found)["category"] == "nsir_category"
    assert next(each for each in found.fields if each.field == "category").codes == {"odd": "asb_nuisance"}
    assert columns(found)["time"] == "Start time"
    assert not mapping.check_layout(found, SPEC, now.header, LISTS)


def test_what_the_sender_left_out_before_stays_out_and_a_value_stays() -> None:
    fields = (Mapped("date", "Incident date"), Mapped("category", value="asb_nuisance"))
    old = layout_of(SPEC, sheet(HEADER), *fields)
    found = mapping.carried(old, sheet(HEADER), SPEC, LISTS)
    assert (found.fields, found.ignored[:2]) == (fields, ("Incident number", "Incident time"))


def test_a_file_whose_headings_have_all_changed_gets_a_fresh_proposal_and_its_layout_a_next_version(
    senders: Senders, tmp_path: Path
) -> None:
    first = learn_layout(senders.clerk, senders.police.pk, GOOD, tmp_path)
    # A value for every row, which no heading holds, is no reason to begin from the old layout.
    valued = replace(
        mapping.from_data(first.data),
        fields=tuple(
            Mapped("category", value="asb_nuisance") if each.field == "category" else each
            for each in mapping.from_data(first.data).fields
        ),
    )
    actions.save_layout(by=senders.clerk, organisation_id=senders.police.pk, name="Own", layout=valued, now=NOW)
    client = sign_in(senders.police, "data_clerk", senders)
    delivery = upload(client, senders, incidents(incident("1"), incident("2", "15/08/2026"), header=OTHER))
    assert delivery is not None
    delivery = read(delivery)
    assert delivery.state == DeliveryState.UNMAPPED
    assert "None of the headings" in delivery.message
    page = client.get(reverse("exchange:match", args=[delivery.pk])).content.decode()
    assert "None of the headings of the layout “Own” is in this file" in page
    given = match_form(client, delivery)
    assert (given["name"], given["column_date"], given["column_easting"]) == ("Own", "Created date", "GridX")
    assert client.post(reverse("exchange:match", args=[delivery.pk]), given | {"save": "1"}).status_code == 302
    assert read(delivery).state == DeliveryState.LOADED
    assert sorted(LayoutVersion.objects.values_list("name", "number")) == [("Own", 1), ("Own", 2), ("Own", 3)]


def test_of_several_layouts_the_one_of_which_most_is_left_is_filled_in(senders: Senders, tmp_path: Path) -> None:
    learn_layout(senders.clerk, senders.police.pk, GOOD, tmp_path)
    other = mapping.propose(sheet(OTHER), SPEC, LISTS)
    actions.save_layout(by=senders.clerk, organisation_id=senders.police.pk, name="Other", layout=other, now=NOW)
    client = sign_in(senders.police, "data_clerk", senders)
    header = HEADER.replace("Incident time", "Start time")
    delivery = upload(client, senders, incidents(incident("1"), header=header))
    assert delivery is not None
    given = match_form(client, read(delivery))
    assert (given["name"], given["column_place"], given["column_time"]) == ("Own", "Location", "Start time")
    assert "None of the headings" not in client.get(reverse("exchange:match", args=[delivery.pk])).content.decode()


NAMED = {
    "a heading": lambda layout: replace(layout, header=(*layout.header[:-1], "Mrs Jane Wilkinson")),
    "a word": lambda layout: replace(
        layout, fields=(*layout.fields[:-1], replace(layout.fields[-1], codes={"Tel 07700 900123": "asb_nuisance"}))
    ),
    "a value": lambda layout: replace(
        layout, fields=(*(each for each in layout.fields if each.field != "place"), Mapped("place", value=JANE))
    ),
}
JANE = "at the home of Mrs Jane Wilkinson"


@pytest.mark.parametrize("what", NAMED)
def test_a_layout_that_names_somebody_is_kept_by_no_door(senders: Senders, tmp_path: Path, what: str) -> None:
    layout = mapping.propose(sheet(HEADER), SPEC, LISTS)
    named = NAMED[what](layout)
    with pytest.raises(RuleBroken, match="identify somebody") as refused:
        actions.save_layout(by=senders.clerk, organisation_id=senders.police.pk, name="Own", layout=named, now=NOW)
    assert "Wilkinson" not in str(refused.value)
    assert "900123" not in str(refused.value)
    carried = json.dumps(mapping.as_data(named)).encode()
    officer = sign_in(senders.police, "data_clerk", senders)
    given = {
        "organisation": str(senders.police.pk),
        "name": "Carried",
        "file": SimpleUploadedFile("l.json", carried),
    }
    page = officer.post(reverse("exchange:import_layout"), given).content.decode()
    assert "may identify somebody" in page or "seems to identify somebody" in page
    assert "Wilkinson" not in page
    (tmp_path / "layout.json").write_bytes(carried)
    (tmp_path / "log.csv").write_bytes(GOOD)
    asked = [
        "--from",
        "Square Constabulary",
        "--dataset",
        "police_incidents",
        "--layout",
        str(tmp_path / "layout.json"),
    ]
    assert cli.main(["load", "file", str(tmp_path / "log.csv"), *asked]) == 1
    assert not LayoutVersion.objects.exists()


def test_the_name_of_a_worksheet_that_names_somebody_is_left_out(senders: Senders) -> None:
    layout = mapping.propose(sheet(HEADER), SPEC, LISTS)
    layout = replace(layout, options=SheetOptions(sheet="Jane Wilkinson"), ignored=("Peter Johnson",))
    kept = actions.save_layout(by=senders.clerk, organisation_id=senders.police.pk, name="Own", layout=layout, now=NOW)
    assert (mapping.from_data(kept.data).options.sheet, mapping.from_data(kept.data).ignored) == ("", ())
    assert send(senders.clerk, senders.police.pk, GOOD).state == DeliveryState.LOADED


def test_a_word_in_other_letters_is_translated_once(senders: Senders) -> None:
    """Else the layout could not be read again, and with it none of the sender's files."""
    client = sign_in(senders.police, "data_clerk", senders)
    rows = incidents(incident("1", what="Rowdy"), incident("2", what="ROWDY"), incident("3", what="Litter"))
    delivery = upload(client, senders, rows)
    assert delivery is not None
    given = match_form(client, read(delivery))
    assert "code_category_1" in given
    assert "code_category_2" not in given
    given |= {"code_category_0": "asb_nuisance", "code_category_1": "asb_environmental", "name": "Own", "save": "1"}
    assert client.post(reverse("exchange:match", args=[delivery.pk]), given).status_code == 302
    loaded = read(delivery)
    assert (loaded.state, loaded.rows_kept) == (DeliveryState.LOADED, 3)
    again = send(senders.clerk, senders.police.pk, incidents(*(incident(str(n), what="rowdy") for n in range(3))))
    assert (again.state, again.rows_kept) == (DeliveryState.LOADED, 3)


def test_a_layout_that_could_not_be_read_again_is_not_kept_and_one_that_was_is_passed_over(
    senders: Senders, tmp_path: Path
) -> None:
    layout = mapping.propose(sheet(HEADER), SPEC, LISTS)
    both = {"odd": "asb_nuisance", "ODD": "asb_environmental"}
    split = replace(layout, fields=(*layout.fields[:-1], replace(layout.fields[-1], codes=both)))
    with pytest.raises(BadInput, match="two codes"):
        actions.save_layout(by=senders.clerk, organisation_id=senders.police.pk, name="Own", layout=split, now=NOW)
    kept = learn_layout(senders.clerk, senders.police.pk, GOOD, tmp_path)
    LayoutVersion.objects.create(
        organisation=senders.police,
        dataset=SPEC.key,
        name="Old",
        number=1,
        data=mapping.as_data(split),
        made_at=NOW,
        made_by="A Clerk",
    )
    delivery = send(senders.clerk, senders.police.pk, GOOD)
    assert (delivery.state, delivery.layout) == (DeliveryState.LOADED, kept)
